#include "agent/skill/template.h"
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include <ctype.h>
#include <math.h>
#include <time.h>

struct filter {
	const char *name;
	/* in: the value or NULL; arg: what stands behind the colon, or "". */
	void (*run)(struct buf *out, const cJSON *in, const char *arg,
		const struct template_scope *s);
	const char *help;
};

static void
add_plain(struct buf *out, const cJSON *v)
{
	if (cJSON_IsString(v))
		buf_add_str(out, v->valuestring);
	else if (cJSON_IsNumber(v)) {
		if (v->valuedouble == floor(v->valuedouble) && fabs(v->valuedouble) < 1e15)
			buf_printf(out, "%lld", (long long)v->valuedouble);
		else
			buf_printf(out, "%.6g", v->valuedouble);
	} else if (cJSON_IsBool(v))
		buf_add_str(out, cJSON_IsTrue(v) ? "true" : "false");
	else if (v && !cJSON_IsNull(v)) {
		autofree char *t = json_print(v);

		buf_add_str(out, t);
	}
}

static double
as_number(const cJSON *v)
{
	double d = 0;

	if (cJSON_IsArray(v) || cJSON_IsObject(v))
		return cJSON_GetArraySize(v);
	if (cJSON_IsNumber(v))
		return v->valuedouble;
	if (cJSON_IsTrue(v))
		return 1;
	return cJSON_IsString(v) && str_to_double(v->valuestring, &d) ? d : 0;
}

static void
f_count(struct buf *out, const cJSON *in, const char *arg UNUSED,
	const struct template_scope *s UNUSED)
{
	char t[32];
	double d = as_number(in);

	buf_add_str(out, str_count(d > 0 ? (uint64_t)d : 0, t));
}

static void
f_size(struct buf *out, const cJSON *in, const char *arg UNUSED,
	const struct template_scope *s UNUSED)
{
	char t[16];
	double d = as_number(in);

	buf_add_str(out, str_size(d > 0 ? (uint64_t)d : 0, t));
}

/* plural:file:files with the number before it. */
static void
f_plural(struct buf *out, const cJSON *in, const char *arg, const struct template_scope *s)
{
	const char *colon = strchr(arg, ':');

	f_count(out, in, "", s);
	buf_add_char(out, ' ');
	if (!colon)
		buf_add_str(out, arg);
	else if (as_number(in) == 1)
		buf_add(out, arg, (size_t)(colon - arg));
	else
		buf_add_str(out, colon + 1);
}

static void
f_tilde(struct buf *out, const cJSON *in, const char *arg UNUSED,
	const struct template_scope *s)
{
	if (cJSON_IsString(in) && s->home) {
		autofree char *t = path_tilde(in->valuestring, s->home);

		buf_add_str(out, t);
	} else
		add_plain(out, in);
}

static void
f_base(struct buf *out, const cJSON *in, const char *arg UNUSED,
	const struct template_scope *s UNUSED)
{
	if (cJSON_IsString(in))
		buf_add_str(out, path_base(in->valuestring));
}

static void
f_dir(struct buf *out, const cJSON *in, const char *arg UNUSED,
	const struct template_scope *s UNUSED)
{
	if (cJSON_IsString(in)) {
		autofree char *d = path_dir(in->valuestring);

		buf_add_str(out, d);
	}
}

static void
f_join(struct buf *out, const cJSON *in, const char *arg, const struct template_scope *s UNUSED)
{
	const cJSON *v;
	size_t n = 0;

	cJSON_ArrayForEach(v, in)
	{
		if (n++)
			buf_add_str(out, *arg ? arg : ", ");
		add_plain(out, v);
	}
}

/* names: of [{name,count}], "Pictures 12, Other 3". */
static void
f_names(struct buf *out, const cJSON *in, const char *arg UNUSED,
	const struct template_scope *s UNUSED)
{
	const cJSON *v;
	char count[32];
	size_t n = 0;

	cJSON_ArrayForEach(v, in)
	{
		if (n++ == 12) {
			buf_add_str(out, ", …");
			return;
		}
		buf_printf(out, "%s%s", n > 1 ? ", " : "", json_str(v, "name", "?"));
		if (json_get(v, "count"))
			buf_printf(out, " %s",
				str_count((uint64_t)json_i64(v, "count", 0), count));
	}
}

static void
add_time(struct buf *out, const cJSON *in, bool day)
{
	char t[32];
	time_t when;
	struct tm tm;

	if (cJSON_IsString(in) && day && strlen(in->valuestring) > 10) {
		buf_add(out, in->valuestring, 10);
		return;
	}
	if (!cJSON_IsNumber(in)) {
		add_plain(out, in);
		return;
	}
	/* Seconds or milliseconds: no file is from before 1970 plus four months in
	 * milliseconds. */
	when = (time_t)(in->valuedouble > 1e11 ? in->valuedouble / 1000 : in->valuedouble);
	localtime_r(&when, &tm);
	strftime(t, sizeof(t), "%Y-%m-%d %H:%M", &tm);
	buf_add(out, t, day ? 10 : strlen(t));
}

static void
f_date(struct buf *out, const cJSON *in, const char *arg UNUSED,
	const struct template_scope *s UNUSED)
{
	add_time(out, in, false);
}

static void
f_day(struct buf *out, const cJSON *in, const char *arg UNUSED,
	const struct template_scope *s UNUSED)
{
	add_time(out, in, true);
}

static void
f_first(struct buf *out, const cJSON *in, const char *arg,
	const struct template_scope *s UNUSED)
{
	const cJSON *v = cJSON_GetArrayItem(in, 0);

	add_plain(out, *arg ? json_get(v, arg) : v);
}

/* short:80 - one line of at most so many bytes. */
static void
f_short(struct buf *out, const cJSON *in, const char *arg,
	const struct template_scope *s UNUSED)
{
	size_t max = (size_t)strtoul(arg, NULL, 10), n;
	autofree char *printed = cJSON_IsNumber(in) ? json_print(in) : NULL;
	const char *t = cJSON_IsString(in) ? in->valuestring : printed ? printed : "";

	if (max < 8 || max > 4000)
		max = 80;
	while (isspace((unsigned char)*t))
		t++;
	n = strcspn(t, "\n");
	if (n > max) {
		n = max;
		while (n > 0 && ((unsigned char)t[n] & 0xC0) == 0x80)
			n--;
		buf_add(out, t, n);
		buf_add_str(out, "…");
	} else
		buf_add(out, t, n);
}

static const struct filter filters[] = {
	{ "base", f_base, "the last part of a path" },
	{ "count", f_count, "a number with separators; of a list: how many" },
	{ "date", f_date, "a time as YYYY-MM-DD HH:MM" },
	{ "day", f_day, "a time as YYYY-MM-DD" },
	{ "dir", f_dir, "the folder of a path" },
	{ "first", f_first, "the first of a list; first:FIELD" },
	{ "join", f_join, "a list with commas between; join:SEPARATOR" },
	{ "names", f_names, "a list of {name,count} as \"a 3, b 1\"" },
	{ "plural", f_plural, "plural:file:files gives \"1 file\", \"2 files\"" },
	{ "short", f_short, "one line of at most so many bytes; short:80" },
	{ "size", f_size, "bytes as 1.4 MB" },
	{ "tilde", f_tilde, "a path with ~ for the home folder" },
};

static const struct filter *
filter_find(struct slice name)
{
	for (size_t i = 0; i < ARRAY_LEN(filters); i++)
		if (slice_eq_str(name, filters[i].name))
			return &filters[i];
	return NULL;
}

/* The next ${...}: returns what stands inside; *ret_before is the text up to it. */
static bool
next_part(struct slice *rest, struct slice *ret_before, struct slice *ret_inside,
	bool *ret_broken)
{
	ptrdiff_t at = slice_find(*rest, SLICE_LIT("${")), close;
	struct slice tail;

	*ret_broken = false;
	if (at < 0) {
		*ret_before = *rest;
		*rest = (struct slice){ NULL, 0 };
		return false;
	}
	*ret_before = (struct slice){ rest->p, (size_t)at };
	tail = (struct slice){ rest->p + at + 2, rest->n - (size_t)at - 2 };
	close = slice_find(tail, SLICE_LIT("}"));
	if (close < 0) {
		*ret_broken = true;
		*rest = (struct slice){ NULL, 0 };
		return false;
	}
	*ret_inside = (struct slice){ tail.p, (size_t)close };
	*rest = (struct slice){ tail.p + close + 1, tail.n - (size_t)close - 1 };
	return true;
}

bool
template_check(const char *text, struct err *err)
{
	struct slice rest = slice_of(text), before, inside;
	bool broken;

	while (rest.p && next_part(&rest, &before, &inside, &broken)) {
		struct slice path = slice_cut(&inside, '|'), f;

		if (slice_trim(path).n == 0)
			return err_set(err, ERR_USAGE,
				_("\"${}\" names nothing: write ${slot} or ${step.field}."));
		while (inside.p) {
			f = slice_cut(&inside, '|');
			f = slice_trim(slice_cut(&f, ':'));
			if (!filter_find(f))
				return err_set(err, ERR_USAGE,
					_("There is no filter \"%.*s\"; use base, count, date, "
					  "day, dir, first, join, names, plural, short, size or "
					  "tilde."),
					SLICE_FMT(f));
		}
	}
	if (broken)
		return err_set(err, ERR_USAGE, _("\"${\" is not closed by \"}\"."));
	return true;
}

static const cJSON *
lookup(struct slice path, const struct template_scope *s)
{
	autofree char *p = slice_dup(slice_trim(path));

	return json_at(s->values, p);
}

static void
expand(struct buf *out, struct slice inside, const struct template_scope *s)
{
	const cJSON *v = lookup(slice_cut(&inside, '|'), s);
	autojson cJSON *made = NULL;

	while (inside.p) {
		struct slice f = slice_cut(&inside, '|'), name = slice_trim(slice_cut(&f, ':'));
		const struct filter *fl = filter_find(name);
		autofree char *arg = f.p ? slice_dup(f) : xstrdup("");
		autobuf struct buf b = BUF_INIT(TEMPLATE_OUT_MAX);

		if (fl)
			fl->run(&b, v, arg, s);
		cJSON_Delete(made);
		v = made = cJSON_CreateString(buf_str(&b));
	}
	add_plain(out, v);
}

char *
template_text(const char *text, const struct template_scope *s, struct err *err)
{
	autobuf struct buf out = BUF_INIT(TEMPLATE_OUT_MAX);
	struct slice rest = slice_of(text), before, inside;
	bool broken;

	while (rest.p) {
		bool more = next_part(&rest, &before, &inside, &broken);

		buf_add_slice(&out, before);
		if (more)
			expand(&out, inside, s);
	}
	if (out.full) {
		err_set(err, ERR_LIMIT, _("A text of the recipe grew larger than 1 MB."));
		return NULL;
	}
	return buf_steal(&out);
}

const cJSON *
template_value(const char *text, const struct template_scope *s)
{
	struct slice t = slice_trim(slice_of(text)), rest, before, inside;
	bool broken;

	rest = t;
	if (!slice_starts(t, "${") || !next_part(&rest, &before, &inside, &broken) ||
		rest.n > 0 || slice_find(inside, SLICE_LIT("|")) >= 0)
		return NULL;
	return lookup(inside, s);
}

static bool
is_single(const char *text)
{
	const char *close = strchr(text, '}');

	return str_starts(text, "${") && close && close[1] == '\0' && !strchr(text, '|');
}

cJSON *
template_json(const cJSON *args, const struct template_scope *s, struct err *err)
{
	cJSON *out;
	const cJSON *v;

	if (cJSON_IsString(args)) {
		if (is_single(args->valuestring)) {
			v = template_value(args->valuestring, s);
			return v ? cJSON_Duplicate(v, true) : cJSON_CreateNull();
		}
		autofree char *t = template_text(args->valuestring, s, err);

		return t ? cJSON_CreateString(t) : NULL;
	}
	if (!cJSON_IsObject(args) && !cJSON_IsArray(args))
		return cJSON_Duplicate(args, true);
	out = cJSON_IsObject(args) ? cJSON_CreateObject() : cJSON_CreateArray();
	cJSON_ArrayForEach(v, args)
	{
		cJSON *x = template_json(v, s, err);

		if (!x) {
			cJSON_Delete(out);
			return NULL;
		}
		if (cJSON_IsArray(out))
			cJSON_AddItemToArray(out, x);
		else if (cJSON_IsNull(x))
			cJSON_Delete(x);
		else
			cJSON_AddItemToObject(out, v->string, x);
	}
	return out;
}

/* An operand: a name in scope, ${...}, a number or a word. */
static void
operand(struct slice t, const struct template_scope *s, struct buf *out, double *num,
	bool *truth)
{
	autofree char *text = slice_dup(slice_trim(t));
	const cJSON *v = strchr(text, '$') ? template_value(text, s) : json_at(s->values, text);

	if (v) {
		add_plain(out, v);
		*num = as_number(v);
		*truth = cJSON_IsString(v)  ? v->valuestring[0] != '\0'
			: cJSON_IsArray(v)  ? cJSON_GetArraySize(v) > 0
			: cJSON_IsObject(v) ? true
					    : *num != 0;
		return;
	}
	if (strchr(text, '$')) {
		autofree char *filled = template_text(text, s, NULL);

		buf_add_str(out, filled ? filled : "");
	} else if (isdigit((unsigned char)*text) || *text == '-' || *text == '\'' ||
		*text == '"') {
		buf_add(out, text + (*text == '\'' || *text == '"'),
			strlen(text) - (*text == '\'' || *text == '"' ? 2 : 0));
	}
	/* A bare name that is not in scope is empty. */
	if (!str_to_double(buf_str(out), num))
		*num = 0;
	*truth = out->len > 0 && !str_eq(buf_str(out), "0") && !str_eq(buf_str(out), "false");
}

/* Where " or " stands outside of quotes; NULL: nowhere. */
static const char *
find_or(const char *t)
{
	char quote = '\0';

	for (; *t; t++)
		if (quote)
			quote = *t == quote ? '\0' : quote;
		else if (*t == '\'' || *t == '"')
			quote = *t;
		else if (str_starts(t, " or "))
			return t;
	return NULL;
}

static bool
one_true(const char *condition, const struct template_scope *s)
{
	static const char *const ops[] = { "==", "!=", "<=", ">=", "<", ">" };
	struct slice c = slice_trim(slice_of(condition));
	autobuf struct buf a = BUF_INIT(TEMPLATE_OUT_MAX), b = BUF_INIT(TEMPLATE_OUT_MAX);
	double x = 0, y = 0, d;
	bool ta = false, tb = false, numbers;

	if (slice_starts(c, "not ")) {
		autofree char *rest = slice_dup((struct slice){ c.p + 4, c.n - 4 });

		return !one_true(rest, s);
	}
	for (size_t i = 0; i < ARRAY_LEN(ops); i++) {
		ptrdiff_t at = slice_find(c, slice_of(ops[i]));
		size_t n = strlen(ops[i]);

		if (at < 0)
			continue;
		operand((struct slice){ c.p, (size_t)at }, s, &a, &x, &ta);
		operand((struct slice){ c.p + at + n, c.n - (size_t)at - n }, s, &b, &y, &tb);
		numbers = str_to_double(buf_str(&a), &d) || str_to_double(buf_str(&b), &d);
		switch (i) {
		case 0:
			return numbers ? x == y : str_eq(buf_str(&a), buf_str(&b));
		case 1:
			return numbers ? x != y : !str_eq(buf_str(&a), buf_str(&b));
		case 2:
			return x <= y;
		case 3:
			return x >= y;
		case 4:
			return x < y;
		default:
			return x > y;
		}
	}
	operand(c, s, &a, &x, &ta);
	return ta;
}

bool
template_true(const char *condition, const struct template_scope *s)
{
	const char *or;

	while ((or = find_or(condition))) {
		autofree char *first = xstrndup(condition, (size_t)(or - condition));

		if (one_true(first, s))
			return true;
		condition = or + 4;
	}
	return one_true(condition, s);
}
