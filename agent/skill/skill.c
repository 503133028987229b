/* SKILL.md: front matter read leniently, the rules of the format checked beside it. */
#include "agent/skill/skill.h"
#include "agent/base/i18n.h"
#include "agent/base/utf8.h"
#include <ctype.h>
#include <math.h>

#define FIELDS_MAX 200

static void PRINTF_LIKE(3, 4) problem(struct skill_doc *d, const char *id, const char *fmt, ...)
{
	autobuf struct buf b = BUF_INIT(2000);
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	GROW(d->problems, d->n_problems, d->cap_problems);
	d->problems[d->n_problems++] = (struct skill_problem){ xstrdup(id), buf_steal(&b) };
}

/* BOM off, CR LF and CR become LF. */
static char *
normal_lines(struct slice t, struct skill_doc *d, size_t *ret_n)
{
	char *out = xmalloc(t.n + 1);
	size_t n = 0, i = 0;

	if (slice_starts(t, "\xEF\xBB\xBF")) {
		d->bom = true;
		i = 3;
	}
	for (; i < t.n; i++) {
		if (t.p[i] != '\r') {
			out[n++] = t.p[i];
			continue;
		}
		d->crlf = true;
		out[n++] = '\n';
		if (i + 1 < t.n && t.p[i + 1] == '\n')
			i++;
	}
	out[n] = '\0';
	*ret_n = n;
	return out;
}

static bool
is_fence(struct slice line, bool closing)
{
	while (line.n > 0 && (line.p[line.n - 1] == ' ' || line.p[line.n - 1] == '\t'))
		line.n--;
	return slice_eq_str(line, "---") || (closing && slice_eq_str(line, "..."));
}

/* Splits the text; front.p is NULL when there is none. */
static void
split(struct skill_doc *d, struct slice text, struct slice *front, struct slice *body)
{
	struct slice rest = text, line;
	const char *from;

	*front = (struct slice){ NULL, 0 };
	*body = text;
	d->front = FRONT_NONE;
	line = slice_line(&rest);
	if (!is_fence(line, false) || !rest.p)
		return;
	d->front = FRONT_UNTERMINATED;
	from = rest.p;
	while (rest.p && rest.n > 0) {
		const char *at = rest.p;

		line = slice_line(&rest);
		if (!is_fence(line, true))
			continue;
		*front = (struct slice){ from, (size_t)(at - from) };
		*body = rest.p ? rest : (struct slice){ text.p + text.n, 0 };
		d->front = FRONT_OK;
		return;
	}
}

static bool
core_int(const char *s, double *ret)
{
	char *end;

	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'o')) {
		*ret = (double)strtoull(s + 2, &end, s[1] == 'x' ? 16 : 8);
		return s[2] && !*end;
	}
	if (!isdigit((unsigned char)s[*s == '-' || *s == '+']))
		return false;
	*ret = strtod(s, &end);
	return !*end &&
		strspn(s + (*s == '-' || *s == '+'), "0123456789") ==
		strlen(s) - (*s == '-' || *s == '+');
}

static bool
core_float(const char *s, double *ret)
{
	const char *p = s + (*s == '-' || *s == '+');
	char *end;
	size_t digits = strspn(p, "0123456789");

	if (strspn(p, "0123456789.eE+-") != strlen(p) ||
		(!digits && !(p[0] == '.' && isdigit((unsigned char)p[1]))))
		return false;
	*ret = strtod(s, &end);
	return !*end && isfinite(*ret);
}

static cJSON *
scalar(const struct yaml *y)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL" };
	static const char *const bools[] = { "true", "True", "TRUE", "false", "False",
		"FALSE" };
	double d;

	if (!y->plain)
		return cJSON_CreateString(y->text);
	for (size_t i = 0; i < ARRAY_LEN(nulls); i++)
		if (str_eq(y->text, nulls[i]))
			return cJSON_CreateNull();
	for (size_t i = 0; i < ARRAY_LEN(bools); i++)
		if (str_eq(y->text, bools[i]))
			return cJSON_CreateBool(i < 3);
	if (core_int(y->text, &d) || core_float(y->text, &d))
		return cJSON_CreateNumber(d);
	return cJSON_CreateString(y->text);
}

static cJSON *
as_json(const struct yaml *y)
{
	cJSON *o;

	if (y->kind == YAML_SCALAR)
		return scalar(y);
	o = y->kind == YAML_MAP ? cJSON_CreateObject() : cJSON_CreateArray();
	for (size_t i = 0; i < y->n; i++) {
		cJSON *v = as_json(y->items[i]);

		if (y->kind == YAML_MAP)
			cJSON_AddItemToObject(o, y->keys[i], v);
		else
			cJSON_AddItemToArray(o, v);
	}
	return o;
}

/* Broken YAML, mostly an unquoted colon in the description: its plain "key: value" lines. */
static void
salvage(struct skill_doc *d, struct slice front)
{
	struct slice rest = front, line;
	cJSON *last = NULL;

	while (rest.p && cJSON_GetArraySize(d->fields) < FIELDS_MAX) {
		size_t n = 0;

		line = slice_line(&rest);
		while (n < line.n &&
			(isalnum((unsigned char)line.p[n]) || line.p[n] == '-' ||
				line.p[n] == '_'))
			n++;
		if (n > 0 && n < line.n && line.p[n] == ':' &&
			(n + 1 == line.n || isspace((unsigned char)line.p[n + 1]))) {
			autofree char *key = xstrndup(line.p, n);
			struct slice v =
				slice_trim((struct slice){ line.p + n + 1, line.n - n - 1 });

			if (v.n > 1 && (v.p[0] == '"' || v.p[0] == '\'') &&
				v.p[v.n - 1] == v.p[0]) {
				v.p++;
				v.n -= 2;
			}
			autofree char *value = slice_dup(v);

			if (!cJSON_GetObjectItemCaseSensitive(d->fields, key) &&
				utf8_valid(value, strlen(value)))
				last = cJSON_AddStringToObject(d->fields, key, value);
			else
				last = NULL;
		} else if (last && line.n > 0 && isspace((unsigned char)line.p[0])) {
			autofree char *more = slice_dup(slice_trim(line));
			autofree char *all = xasprintf("%s%s%s", last->valuestring,
				*last->valuestring ? " " : "", more);

			if (utf8_valid(more, strlen(more)) && strlen(all) < 64 * 1024)
				cJSON_SetValuestring(last, all);
		}
	}
	d->salvaged = cJSON_GetArraySize(d->fields) > 0;
}

static size_t
chars(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xC0) != 0x80;
	return n;
}

static void
check_name(struct skill_doc *d, const char *dir)
{
	const cJSON *v = json_get(d->fields, "name");
	const char *s = cJSON_IsString(v) ? v->valuestring : "";
	bool upper = false, bad = false;

	if (!*s) {
		problem(d, "name-missing", _("It has no name: add \"name: %s\"."),
			dir ? dir : "some-name");
		return;
	}
	for (const char *p = s; *p; p++) {
		upper = upper || isupper((unsigned char)*p);
		bad = bad ||
			!(islower((unsigned char)*p) || isupper((unsigned char)*p) ||
				isdigit((unsigned char)*p) || *p == '-');
	}
	if (upper)
		problem(d, "name-uppercase",
			_("The name has capital letters: write it in small ones."));
	if (bad)
		problem(d, "name-bad-chars", _("The name may only have a-z, 0-9 and hyphens."));
	if (s[0] == '-' || s[strlen(s) - 1] == '-')
		problem(d, "name-edge-hyphen",
			_("The name begins or ends with a hyphen: take it away."));
	if (strstr(s, "--"))
		problem(d, "name-double-hyphen",
			_("The name has two hyphens in a row: leave one."));
	if (chars(s) > 64)
		problem(d, "name-too-long",
			_("The name has more than 64 letters: make it shorter."));
	if (dir && !str_eq(s, dir))
		problem(d, "name-dir-mismatch",
			_("The name is \"%s\" but the folder \"%s\": give both the same name."),
			s, dir);
}

static void
check_rest(struct skill_doc *d)
{
	static const char *const known[] = { "name", "description", "license", "compatibility",
		"metadata", "allowed-tools" };
	const cJSON *v = json_get(d->fields, "description"), *f;
	bool unknown = false, nonstring = false;

	if (!cJSON_IsString(v) || !*v->valuestring)
		problem(d, "description-missing",
			_("It has no description: say in one or two sentences what it does and "
			  "when to use it."));
	else if (chars(v->valuestring) > 1024)
		problem(d, "description-too-long",
			_("The description has more than 1,024 letters: make it shorter."));
	v = json_get(d->fields, "compatibility");
	if (v && (!cJSON_IsString(v) || !*v->valuestring || chars(v->valuestring) > 500))
		problem(d, "compatibility-bad",
			_("\"compatibility\" must be a text of 1 to 500 letters."));
	v = json_get(d->fields, "license");
	if (v && !cJSON_IsString(v))
		problem(d, "license-bad", _("\"license\" must be a text."));
	v = json_get(d->fields, "metadata");
	if (v && !cJSON_IsObject(v))
		problem(d, "metadata-not-map",
			_("\"metadata\" must be a map of \"key: value\" lines."));
	cJSON_ArrayForEach(f, v) nonstring =
		nonstring || (cJSON_IsObject(v) && !cJSON_IsString(f));
	if (nonstring)
		problem(d, "metadata-nonstring-value",
			_("Values below \"metadata\" must be texts: put them in quotes."));
	cJSON_ArrayForEach(f, d->fields)
	{
		bool is = false;

		for (size_t i = 0; i < ARRAY_LEN(known); i++)
			is = is || str_eq(known[i], f->string);
		if (!is && !unknown)
			problem(d, "unknown-field",
				_("\"%s\" is no field of the format: move it below "
				  "\"metadata\"."),
				f->string);
		unknown = unknown || !is;
	}
}

/* Some readers take a list as a key, {a: 1, ["b"]}, for the text in it. Rewrites such keys as
 * "b": null; NULL when there is none. */
static char *
without_list_keys(struct slice t)
{
	struct buf out = BUF_INIT(SKILL_MD_MAX * 2);
	bool any = false;

	for (size_t i = 0; i < t.n; i++) {
		size_t b = i, close, after;

		while (t.p[i] == '[' && b > 0 && t.p[b - 1] == ' ')
			b--;
		close = t.p[i] == '[' ? strcspn(t.p + i, "]\n") : 0;
		after = i + close + 1;
		if (t.p[i] == '[' && b > 0 && strchr(",{", t.p[b - 1]) && after < t.n &&
			t.p[i + close] == ']' && !memchr(t.p + i + 1, '[', close - 1) &&
			!memchr(t.p + i + 1, ',', close - 1) && strchr(",}", t.p[after])) {
			buf_add(&out, t.p + i + 1, close - 1);
			buf_add_str(&out, ": null");
			i += close;
			any = true;
		} else
			buf_add_char(&out, t.p[i]);
	}
	if (any)
		return buf_steal(&out);
	buf_finish(&out);
	return NULL;
}

static struct yaml *
parse_front(struct slice front, struct err *err)
{
	struct yaml *y = yaml_parse(front, "SKILL.md", err);
	autofree char *own = slice_dup(front);
	autofree char *mended = y ? NULL : without_list_keys((struct slice){ own, front.n });

	return mended ? yaml_parse(slice_of(mended), "SKILL.md", NULL) : y;
}

static void
read_front(struct skill_doc *d, struct slice front)
{
	struct err err = { 0 };
	autoyaml struct yaml *y = parse_front(front, &err);

	if (y && y->kind == YAML_MAP) {
		cJSON_Delete(d->fields);
		d->fields = as_json(y);
		return;
	}
	if (y && y->kind == YAML_SCALAR && slice_trim(slice_of(y->text)).n == 0)
		return;
	d->front = FRONT_YAML_ERROR;
	d->yaml_error = xstrdup(
		y ? _("The front matter is not a map of \"key: value\" lines.") : err.text);
	salvage(d, front);
	problem(d, "yaml-error",
		_("The front matter is not valid YAML (%s): put values that hold a colon in "
		  "quotes."),
		d->yaml_error);
}

struct skill_doc *
skill_doc_parse(struct slice text, const char *dir)
{
	struct skill_doc *d = xcalloc(1, sizeof(*d));
	struct slice front, body;
	const cJSON *v;
	size_t n;
	autofree char *plain = normal_lines(text, d, &n);

	d->fields = cJSON_CreateObject();
	split(d, (struct slice){ plain, n }, &front, &body);
	if (d->front == FRONT_OK)
		read_front(d, front);
	else if (d->front == FRONT_NONE)
		problem(d, "no-frontmatter",
			_("It does not begin with \"---\": add front matter with name and "
			  "description."));
	else
		problem(d, "unterminated",
			_("The front matter is not closed: add a line \"---\" behind it."));
	if (d->front == FRONT_OK) {
		check_name(d, dir);
		check_rest(d);
	}
	d->body = slice_dup(body);
	v = json_get(d->fields, "name");
	d->name = xstrdup(cJSON_IsString(v) && *v->valuestring ? v->valuestring
			: dir                                  ? dir
							       : "");
	v = json_get(d->fields, "description");
	d->description = xstrdup(cJSON_IsString(v) ? v->valuestring : "");
	return d;
}

char *
skill_md_path(const char *dir)
{
	char *p = path_join(dir, "SKILL.md");

	if (access(p, F_OK) < 0) {
		autofree char *small = path_join(dir, "skill.md");

		if (access(small, F_OK) == 0) {
			free(p);
			return steal_ptr(&small);
		}
	}
	return p;
}

struct skill_doc *
skill_doc_load(const char *path, struct err *err)
{
	autobuf struct buf b = BUF_INIT(SKILL_MD_MAX);
	autofree char *dir = path_dir(path);

	if (!path_read_file(path, &b, err))
		return NULL;
	return skill_doc_parse(buf_slice(&b), path_base(dir));
}

void
skill_doc_destroy(struct skill_doc *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->n_problems; i++) {
		free(d->problems[i].id);
		free(d->problems[i].sentence);
	}
	free(d->problems);
	free(d->yaml_error);
	cJSON_Delete(d->fields);
	free(d->name);
	free(d->description);
	free(d->body);
	free(d);
}

bool
skill_doc_strict(const struct skill_doc *d)
{
	return d->n_problems == 0;
}

void
skill_doc_to_json(const struct skill_doc *d, const char *path, struct buf *out)
{
	static const char *const states[] = { "ok", "no-frontmatter", "unterminated",
		"yaml-error" };
	autofree char *fields = json_print(d->fields);
	struct jw w;

	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_str(&w, "path", path);
	jw_str(&w, "state", states[d->front]);
	jw_str(&w, "name", d->name);
	jw_str(&w, "description", d->description);
	jw_bool(&w, "bom", d->bom);
	jw_bool(&w, "crlf", d->crlf);
	jw_str(&w, "yaml_error", d->yaml_error);
	jw_bool(&w, "salvaged", d->salvaged);
	jw_raw(&w, "frontmatter", slice_of(fields));
	jw_i64(&w, "body_bytes", (int64_t)strlen(d->body));
	jw_array(&w, "problems");
	for (size_t i = 0; i < d->n_problems; i++) {
		jw_object(&w, NULL);
		jw_str(&w, "id", d->problems[i].id);
		jw_str(&w, "text", d->problems[i].sentence);
		jw_end_object(&w);
	}
	jw_end_array(&w);
	jw_bool(&w, "valid", skill_doc_strict(d));
	jw_end_object(&w);
}
