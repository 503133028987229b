/* Arguments of calls: the check against a tool's schema, and the getters. */
#include "agent/base/event.h"
#include "agent/tools/util.h"

static bool
is_whole(const cJSON *v)
{
	int64_t n;

	if (cJSON_IsString(v))
		return str_to_i64(v->valuestring, &n);
	return cJSON_IsNumber(v) && v->valuedouble == (double)(int64_t)v->valuedouble;
}

static bool
is_truth(const cJSON *v)
{
	if (cJSON_IsString(v))
		return str_eq(v->valuestring, "true") || str_eq(v->valuestring, "false");
	return cJSON_IsBool(v);
}

static bool
type_fits(const cJSON *v, const char *type)
{
	double d;

	if (str_eq(type, "string"))
		return cJSON_IsString(v) || cJSON_IsNumber(v);
	if (str_eq(type, "integer"))
		return is_whole(v);
	if (str_eq(type, "number"))
		return cJSON_IsNumber(v) ||
			(cJSON_IsString(v) && str_to_double(v->valuestring, &d));
	if (str_eq(type, "boolean"))
		return is_truth(v);
	if (str_eq(type, "array"))
		return cJSON_IsArray(v);
	return str_eq(type, "object") ? cJSON_IsObject(v) : false;
}

static const char *
type_words(const char *type)
{
	if (str_eq(type, "integer"))
		return _("a whole number");
	if (str_eq(type, "number"))
		return _("a number");
	if (str_eq(type, "boolean"))
		return _("true or false");
	if (str_eq(type, "array"))
		return _("a list");
	return str_eq(type, "object") ? _("an object") : _("text");
}

static bool
check_choice(const struct tool *t, const cJSON *v, const cJSON *choices, struct err *err)
{
	struct buf words = BUF_INIT(200);
	const cJSON *one;
	bool fits = v->valuestring && !*v->valuestring; /* an empty slot: not given */

	cJSON_ArrayForEach(one, choices)
	{
		fits = fits || str_eq(one->valuestring, v->valuestring ? v->valuestring : "");
		buf_printf(&words, "%s%s", words.len ? ", " : "", one->valuestring);
	}
	if (!fits)
		err_set(err, ERR_USAGE, _("%s: \"%s\" must be one of: %s."), t->name, v->string,
			buf_str(&words));
	buf_finish(&words);
	return fits;
}

static bool
check_one(const struct tool *t, const cJSON *v, const cJSON *rule, struct err *err)
{
	const char *type = json_str(rule, "type", "string");
	const cJSON *choices = json_get(rule, "enum"), *items = json_get(rule, "items"), *one;

	if (!type_fits(v, type))
		return err_set(err, ERR_USAGE, _("%s: \"%s\" must be %s."), t->name, v->string,
			type_words(type));
	if (choices && !check_choice(t, v, choices, err))
		return false;
	if (items && cJSON_IsArray(v))
		cJSON_ArrayForEach(one,
			v) if (!type_fits(one,
				       json_str(items, "type", "string"))) return err_set(err,
			ERR_USAGE, _("%s: every entry of \"%s\" must be %s."), t->name,
			v->string, type_words(json_str(items, "type", "string")));
	return true;
}

static bool
unknown_key(const struct tool *t, const char *key, const cJSON *rules, struct err *err)
{
	struct buf words = BUF_INIT(300);
	const cJSON *one;

	cJSON_ArrayForEach(one, rules)
		buf_printf(&words, "%s%s", words.len ? ", " : "", one->string);
	if (words.len)
		err_set(err, ERR_USAGE, _("%s has no argument \"%s\"; it takes: %s."), t->name,
			key, buf_str(&words));
	else
		err_set(err, ERR_USAGE, _("%s takes no arguments, but \"%s\" was given."),
			t->name, key);
	buf_finish(&words);
	return false;
}

bool
tool_check_args(const struct tool *t, const cJSON *args, struct err *err)
{
	autojson cJSON *schema = json_parse(slice_of(t->schema), err);
	const cJSON *rules, *v, *need;

	if (!schema)
		bug("the schema of %s does not parse", t->name);
	if (args && !cJSON_IsObject(args))
		return err_set(err, ERR_USAGE, _("%s: the arguments must be one JSON object."),
			t->name);
	rules = json_get(schema, "properties");
	cJSON_ArrayForEach(v, args)
	{
		const cJSON *rule = json_get(rules, v->string);

		if (!rule)
			return unknown_key(t, v->string, rules, err);
		/* Models spell "not given" as null. */
		if (!cJSON_IsNull(v) && !check_one(t, v, rule, err))
			return false;
	}
	cJSON_ArrayForEach(need, json_get(schema, "required"))
	{
		v = args ? json_get(args, need->valuestring) : NULL;
		if (!v || cJSON_IsNull(v))
			return err_set(err, ERR_USAGE, _("%s: the argument \"%s\" is missing."),
				t->name, need->valuestring);
	}
	return true;
}

const char *
tool_arg_opt(const cJSON *args, const char *key)
{
	const char *s = json_str(args, key, NULL);

	return s && *s ? s : NULL;
}

const char *
tool_arg_str(const cJSON *args, const char *key, struct err *err)
{
	const char *s = json_str(args, key, NULL);

	if (!s)
		err_set(err, ERR_USAGE, _("The argument \"%s\" is missing, or it is not text."),
			key);
	return s;
}

static char *
to_path(const struct tool_ctx *c, const char *text)
{
	autofree char *raw = path_from_text(text);

	return path_resolve(raw, c->cwd, c->home);
}

char *
tool_arg_path(const struct tool_ctx *c, const cJSON *args, const char *key, struct err *err)
{
	const char *s = tool_arg_str(args, key, err);

	if (s && !*s) {
		err_set(err, ERR_USAGE, _("The argument \"%s\" is empty; give a path."), key);
		return NULL;
	}
	return s ? to_path(c, s) : NULL;
}

char *
tool_arg_path_or(
	const struct tool_ctx *c, const cJSON *args, const char *key, const char *fallback)
{
	const char *s = tool_arg_opt(args, key);

	return to_path(c, s ? s : fallback);
}

int64_t
tool_arg_i64(const cJSON *args, const char *key, int64_t fallback)
{
	const char *s = json_str(args, key, NULL);
	int64_t n;

	if (s)
		return str_to_i64(s, &n) ? n : fallback;
	return json_i64(args, key, fallback);
}

size_t
tool_arg_limit(const cJSON *args, const char *key, size_t fallback, size_t max)
{
	int64_t n = tool_arg_i64(args, key, (int64_t)fallback);

	return n < 1 ? fallback : MIN_OF((size_t)n, max);
}

bool
tool_arg_bool(const cJSON *args, const char *key, bool fallback)
{
	const char *s = json_str(args, key, NULL);

	return s ? str_eq(s, "true") : json_bool(args, key, fallback);
}

bool
tool_arg_size(
	const cJSON *args, const char *key, uint64_t fallback, uint64_t *ret, struct err *err)
{
	const cJSON *v = json_get(args, key);

	*ret = fallback;
	if (!v || cJSON_IsNull(v) || (cJSON_IsString(v) && !*v->valuestring))
		return true;
	if (cJSON_IsNumber(v) && v->valuedouble >= 0) {
		*ret = (uint64_t)v->valuedouble;
		return true;
	}
	if (cJSON_IsString(v) && str_to_size(v->valuestring, ret))
		return true;
	return err_set(
		err, ERR_USAGE, _("\"%s\" must be a size such as 200, 10 MB or 2 GB."), key);
}
