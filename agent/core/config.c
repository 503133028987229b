/* Settings: reading, checking, looking up. Writing is in config_write.c. */
#include "agent/core/config_private.h"
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/base/yaml.h"
#include <fnmatch.h>
#include <sys/stat.h>

static const struct config_option *
option_of(const char *key)
{
	const struct config_option *o;

	for (o = config_options; o->key; o++) {
		if (str_eq(o->key, key) || (strchr(o->key, '*') && fnmatch(o->key, key, 0) == 0))
			return o;
	}
	return NULL;
}

struct config_entry *
config_entry(const struct config *c, const char *key)
{
	size_t i;

	for (i = 0; i < c->n; i++) {
		if (str_eq(c->v[i].key, key))
			return &c->v[i];
	}
	return NULL;
}

static bool
choice_ok(const char *choices, const char *value)
{
	struct slice rest = slice_of(choices);

	while (rest.p) {
		if (slice_eq_str(slice_cut(&rest, '|'), value))
			return true;
	}
	return false;
}

static bool
check_value(const struct config_option *o, const char *key, const char *value, struct err *err)
{
	int64_t n;
	uint64_t u;
	double d;

	switch (o->type) {
	case CONFIG_BOOL:
		if (str_eq(value, "true") || str_eq(value, "false"))
			return true;
		return err_set(err, ERR_USAGE, _("%s must be true or false, not \"%s\""), key, value);
	case CONFIG_INT:
	case CONFIG_SECONDS:
		if (str_to_i64(value, &n) && n >= 0)
			return true;
		return err_set(err, ERR_USAGE, _("%s must be a whole number, not \"%s\""), key, value);
	case CONFIG_NUM:
		if (str_to_double(value, &d) && d >= 0)
			return true;
		return err_set(err, ERR_USAGE, _("%s must be a number, not \"%s\""), key, value);
	case CONFIG_SIZE:
		if (str_to_size(value, &u))
			return true;
		return err_set(err, ERR_USAGE, _("%s must be a size such as 500M or 4G, not \"%s\""),
			key, value);
	case CONFIG_CHOICE:
		if (choice_ok(o->choices, value))
			return true;
		return err_set(err, ERR_USAGE, _("%s must be one of %s, not \"%s\""), key, o->choices,
			value);
	default:
		return true;
	}
}

static void
entry_clear(struct config_entry *e)
{
	free(e->key);
	free(e->value);
	strv_finish(&e->list);
}

/* Comma-separated for -c and the environment; in brackets as well, as in the file. */
static void
split_list(const char *value, struct strv *out)
{
	struct slice rest = slice_trim(slice_of(value)), part;

	if (rest.n >= 2 && rest.p[0] == '[' && rest.p[rest.n - 1] == ']')
		rest = (struct slice){ rest.p + 1, rest.n - 2 };
	while (rest.p) {
		part = slice_trim(slice_cut(&rest, ','));
		if (part.n)
			strv_take(out, slice_dup(part));
	}
}

bool
config_put(struct config *c, const char *key, const char *value, const struct strv *list, int line,
	struct err *err)
{
	const struct config_option *o = option_of(key);
	struct config_entry *e;
	size_t i;

	if (!o)
		return err_set(err, ERR_USAGE,
			_("unknown setting \"%s\"; homard config lists all of them"), key);
	if (!list && !check_value(o, key, value, err))
		return false;
	if (list && o->type != CONFIG_LIST)
		return err_set(err, ERR_USAGE, _("%s takes one value, not a list"), key);
	e = config_entry(c, key);
	if (e) {
		entry_clear(e);
	} else {
		GROW(c->v, c->n, c->cap);
		e = &c->v[c->n++];
	}
	*e = (struct config_entry){ .key = xstrdup(key), .value = xstrdup(value), .line = line };
	for (i = 0; list && i < list->n; i++)
		strv_add(&e->list, list->v[i]);
	if (!list && o->type == CONFIG_LIST)
		split_list(value, &e->list);
	return true;
}

/* A nested map becomes dotted keys. */
static bool
flatten(struct config *c, const struct yaml *y, const char *prefix, struct err *err)
{
	size_t i;

	for (i = 0; i < y->n; i++) {
		const struct yaml *v = y->items[i];
		autofree char *key =
			*prefix ? xasprintf("%s.%s", prefix, y->keys[i]) : xstrdup(y->keys[i]);
		autostrv struct strv list = { 0 };
		bool ok;

		if (v->kind == YAML_MAP) {
			if (!flatten(c, v, key, err))
				return false;
			continue;
		}
		if (v->kind == YAML_LIST)
			yaml_strings(y, y->keys[i], &list);
		ok = config_put(c, key, v->kind == YAML_SCALAR ? v->text : "",
			v->kind == YAML_LIST ? &list : NULL, y->key_lines[i], err);
		if (!ok)
			return err_wrap(err, "%s:%d", c->path, y->key_lines[i]);
	}
	return true;
}

bool
config_load(const char *path, struct config **ret, struct err *err)
{
	struct config *c = xcalloc(1, sizeof(*c));
	autoyaml struct yaml *y = NULL;
	struct stat st;

	c->path = xstrdup(path);
	if (stat(path, &st) == 0) {
		y = yaml_load(path, err);
		if (!y)
			goto fail;
		if (y->kind == YAML_SCALAR && !*y->text)
			goto done;
		if (y->kind != YAML_MAP) {
			err_set(err, ERR_USAGE, _("%s:%d: settings are written as \"section:\" and, "
						  "below it, \"  key: value\""), path, y->line);
			goto fail;
		}
		if (!flatten(c, y, "", err))
			goto fail;
	}
done:
	*ret = c;
	return true;
fail:
	config_destroy(c);
	return false;
}

void
config_destroy(struct config *c)
{
	size_t i;

	if (!c)
		return;
	for (i = 0; i < c->n; i++)
		entry_clear(&c->v[i]);
	free(c->v);
	free(c->path);
	free(c);
}

bool
config_override(struct config *c, const char *assignment, struct err *err)
{
	const char *eq = strchr(assignment, '=');
	autofree char *key = NULL;

	if (!eq || eq == assignment)
		return err_set(err, ERR_USAGE, _("-c wants section.key=value, not \"%s\""),
			assignment);
	key = xstrndup(assignment, (size_t)(eq - assignment));
	return config_put(c, key, eq + 1, NULL, 0, err);
}

static const char *
value_of(const struct config *c, const char *key)
{
	const struct config_entry *e = c ? config_entry(c, key) : NULL;
	const struct config_option *o = option_of(key);

	if (!o)
		bug("no such setting: %s", key);
	return e ? e->value : o->fallback;
}

const char *
config_str(const struct config *c, const char *key)
{
	return value_of(c, key);
}

bool
config_bool(const struct config *c, const char *key)
{
	return str_eq(value_of(c, key), "true");
}

int64_t
config_int(const struct config *c, const char *key)
{
	const char *v = value_of(c, key);
	int64_t n = 0;
	uint64_t u = 0;

	if (option_of(key)->type == CONFIG_SIZE)
		return str_to_size(v, &u) ? (int64_t)u : 0;
	return str_to_i64(v, &n) ? n : 0;
}

double
config_num(const struct config *c, const char *key)
{
	double d = 0;

	return str_to_double(value_of(c, key), &d) ? d : 0;
}

const struct strv *
config_list(const struct config *c, const char *key)
{
	static const struct strv none;
	const struct config_entry *e = config_entry(c, key);

	return e ? &e->list : &none;
}

void
config_names(const struct config *c, const char *prefix, struct strv *out)
{
	size_t i, n = strlen(prefix);
	bool is_key = str_starts(prefix, "keys.") && prefix[5];

	for (i = 0; i < c->n; i++) {
		const char *rest = c->v[i].key + n;
		autofree char *name = NULL;

		if (!str_starts(c->v[i].key, prefix))
			continue;
		/* A key of the keyboard may be a dot: "keys.global.M-.". */
		name = is_key ? xstrdup(rest) : xstrndup(rest, strcspn(rest, "."));
		if (!strv_has(out, name))
			strv_add(out, name);
	}
}

bool
config_is_set(const struct config *c, const char *key)
{
	return config_entry(c, key) != NULL;
}
