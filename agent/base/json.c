/* Parsing and access. */
#include "agent/base/json.h"
#include "agent/base/i18n.h"
#include "agent/base/json_scan.h"
#include "agent/base/utf8.h"
#include <math.h>

#define FEW_KEYS 12 /* comparing each with each is quicker than sorting */

static int
by_key(const void *a, const void *b)
{
	return strcmp((*(const cJSON *const *)a)->string, (*(const cJSON *const *)b)->string);
}

static const char *
few_duplicate(const cJSON *o)
{
	const cJSON *m, *other;

	cJSON_ArrayForEach(m, o)
	{
		for (other = m->next; other; other = other->next) {
			if (str_eq(m->string, other->string))
				return m->string;
		}
	}
	return NULL;
}

/* A key that an object holds twice, or NULL. Sorted: a hostile object must not cost n * n. */
static const char *
own_duplicate(const cJSON *o)
{
	autofree const cJSON **v = NULL;
	const cJSON *m;
	size_t n = 0, i = 0;

	cJSON_ArrayForEach(m, o) n++;
	if (n <= FEW_KEYS)
		return few_duplicate(o);
	v = xcalloc(n, sizeof(const cJSON *));
	cJSON_ArrayForEach(m, o) v[i++] = m;
	qsort(v, n, sizeof(const cJSON *), by_key);
	for (i = 1; i < n; i++) {
		if (str_eq(v[i - 1]->string, v[i]->string))
			return v[i]->string;
	}
	return NULL;
}

static const char *
find_duplicate(const cJSON *o)
{
	const char *key = cJSON_IsObject(o) ? own_duplicate(o) : NULL;
	const cJSON *m;

	if (key)
		return key;
	cJSON_ArrayForEach(m, o)
	{
		key = find_duplicate(m);
		if (key)
			return key;
	}
	return NULL;
}

static bool
scan(struct slice text, bool strict, char *fix, struct err *err)
{
	struct json_scan s;

	if (!utf8_valid(text.p, text.n))
		return err_set(err, ERR_PROTO, _("Not JSON: the text is not valid UTF-8"));
	json_scan_init(&s, text);
	s.strict = strict;
	s.fix = fix;
	if (json_scan_value(&s)) {
		json_scan_space(&s);
		if (s.p == s.end)
			return true;
		s.problem = N_("more text behind the value");
	}
	return err_set(err, ERR_PROTO, _("Not JSON at byte %zu: %s"),
		(size_t)(s.p - s.start) + 1, _(s.problem));
}

static cJSON *
parse(struct slice text, bool strict, struct err *err)
{
	autofree char *copy = strict ? NULL : slice_dup(text);
	cJSON *o;

	if (!scan(text, strict, copy, err))
		return NULL;
	o = cJSON_ParseWithLength(strict ? text.p : copy, text.n);
	if (!o)
		err_set(err, ERR_PROTO, _("Not JSON: the parser refuses it"));
	return o;
}

static struct slice
no_null(struct slice text)
{
	return text.p ? text : SLICE_LIT("");
}

cJSON *
json_parse(struct slice text, struct err *err)
{
	autojson cJSON *o = parse(no_null(text), true, err);
	const char *twice;

	if (!o)
		return NULL;
	twice = find_duplicate(o);
	if (twice) {
		err_set(err, ERR_PROTO, _("Not JSON that can be trusted: \"%s\" stands twice"),
			twice);
		return NULL;
	}
	return steal_ptr(&o);
}

cJSON *
json_parse_lenient(struct slice text, struct err *err)
{
	if (slice_starts(text, "\xEF\xBB\xBF")) {
		text.p += 3;
		text.n -= 3;
	}
	return parse(no_null(text), false, err);
}

/* Of duplicates (lenient text only) the last counts, as everywhere else. */
static const cJSON *
member(const cJSON *o, struct slice key)
{
	const cJSON *m, *found = NULL;

	if (!cJSON_IsObject(o))
		return NULL;
	cJSON_ArrayForEach(m, o)
	{
		if (m->string && slice_eq_str(key, m->string))
			found = m;
	}
	return found;
}

const cJSON *
json_get(const cJSON *o, const char *key)
{
	return member(o, slice_of(key));
}

static const cJSON *
element(const cJSON *o, struct slice part)
{
	autofree char *digits = slice_dup(part);
	uint64_t i;

	if (!str_to_u64(digits, &i) || i > INT32_MAX)
		return NULL;
	return cJSON_GetArrayItem(o, (int)i);
}

const cJSON *
json_at(const cJSON *o, const char *path)
{
	struct slice rest = slice_of(path);

	while (o && rest.p) {
		struct slice part = slice_cut(&rest, '.');

		o = cJSON_IsArray(o) ? element(o, part) : member(o, part);
	}
	return o;
}

const char *
json_str(const cJSON *o, const char *key, const char *fallback)
{
	const cJSON *m = json_get(o, key);

	return cJSON_IsString(m) ? m->valuestring : fallback;
}

bool
json_bool(const cJSON *o, const char *key, bool fallback)
{
	const cJSON *m = json_get(o, key);

	return cJSON_IsBool(m) ? cJSON_IsTrue(m) : fallback;
}

int64_t
json_i64(const cJSON *o, const char *key, int64_t fallback)
{
	const cJSON *m = json_get(o, key);
	double d;

	if (!cJSON_IsNumber(m))
		return fallback;
	d = m->valuedouble;
	if (!(fabs(d) <= 9007199254740992.0) || d != floor(d))
		return fallback;
	return (int64_t)d;
}

double
json_num(const cJSON *o, const char *key, double fallback)
{
	const cJSON *m = json_get(o, key);

	return cJSON_IsNumber(m) ? m->valuedouble : fallback;
}

char *
json_print(const cJSON *o)
{
	char *s = cJSON_PrintUnformatted(o);

	if (!s)
		bug("cJSON cannot print");
	return s;
}
