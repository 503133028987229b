/* Raw slices of JSON, kept byte for byte. */
#include "agent/base/json.h"
#include "agent/base/json_scan.h"

/* Whether a raw name with quotes and escapes is key. */
static bool
key_is(struct slice raw, struct slice key)
{
	struct slice inner = { raw.p + 1, raw.n - 2 };
	autojson cJSON *o = NULL;

	if (!memchr(inner.p, '\\', inner.n))
		return slice_eq(inner, key);
	o = json_parse_lenient(raw, NULL);
	return cJSON_IsString(o) && slice_eq_str(key, o->valuestring);
}

/* The value at s->p, without the space around it. */
static bool
take_value(struct json_scan *s, struct slice *ret)
{
	json_scan_space(s);
	ret->p = s->p;
	if (!json_scan_value(s))
		return false;
	ret->n = (size_t)(s->p - ret->p);
	return true;
}

static struct slice
in_object(struct json_scan *s, struct slice key)
{
	struct slice found = { NULL, 0 }, name, value;

	if (json_scan_take(s, '}'))
		return found;
	do {
		if (!json_scan_key(s, &name) || !take_value(s, &value))
			return (struct slice){ NULL, 0 };
		if (key_is(name, key))
			found = value;
	} while (json_scan_take(s, ','));
	if (!json_scan_take(s, '}'))
		found = (struct slice){ NULL, 0 };
	return found;
}

static struct slice
in_array(struct json_scan *s, struct slice part)
{
	autofree char *digits = slice_dup(part);
	struct slice value;
	uint64_t want, i = 0;

	if (!str_to_u64(digits, &want) || json_scan_take(s, ']'))
		return (struct slice){ NULL, 0 };
	do {
		if (!take_value(s, &value))
			return (struct slice){ NULL, 0 };
		if (i++ == want)
			return value;
	} while (json_scan_take(s, ','));
	return (struct slice){ NULL, 0 };
}

static struct slice
step(struct slice text, struct slice part)
{
	struct json_scan s;

	json_scan_init(&s, text);
	if (json_scan_take(&s, '{'))
		return in_object(&s, part);
	if (json_scan_take(&s, '['))
		return in_array(&s, part);
	return (struct slice){ NULL, 0 };
}

struct slice
json_raw(struct slice text, const char *path)
{
	struct slice rest = slice_of(path);
	struct slice at = text;

	while (at.p && rest.p)
		at = step(at, slice_cut(&rest, '.'));
	return at;
}
