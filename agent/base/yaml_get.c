/* Typed access to a tree, by the YAML 1.2 core schema. */
#include "agent/base/yaml.h"
#include "agent/base/buf.h"
#include "agent/base/i18n.h"

struct yaml *
yaml_get(const struct yaml *y, const char *key)
{
	if (!y || y->kind != YAML_MAP)
		return NULL;
	for (size_t i = 0; i < y->n; i++) {
		if (str_eq(y->keys[i], key))
			return y->items[i];
	}
	return NULL;
}

static bool
is_null(const struct yaml *y)
{
	return y->plain &&
		(!*y->text || str_eq(y->text, "~") || str_eq(y->text, "null") ||
			str_eq(y->text, "Null") || str_eq(y->text, "NULL"));
}

const char *
yaml_str(const struct yaml *y, const char *key, const char *fallback)
{
	const struct yaml *m = yaml_get(y, key);

	return m && m->kind == YAML_SCALAR && !is_null(m) ? m->text : fallback;
}

/* Only these six words: in YAML 1.2 yes, no, on and off are texts. */
bool
yaml_bool(const struct yaml *y, const char *key, bool fallback)
{
	const struct yaml *m = yaml_get(y, key);

	if (!m || m->kind != YAML_SCALAR || !m->plain)
		return fallback;
	if (str_eq(m->text, "true") || str_eq(m->text, "True") || str_eq(m->text, "TRUE"))
		return true;
	if (str_eq(m->text, "false") || str_eq(m->text, "False") || str_eq(m->text, "FALSE"))
		return false;
	return fallback;
}

/* 0o17 and 0x1f of the core schema. */
static bool
based(const char *s, int64_t *ret)
{
	unsigned shift = str_starts(s, "0x") ? 4 : str_starts(s, "0o") ? 3 : 0;
	uint64_t n = 0;

	if (!shift || !s[2])
		return false;
	for (s += 2; *s; s++) {
		static const char digits[] = "0123456789abcdef";
		const char *d = strchr(digits, *s >= 'A' && *s <= 'F' ? *s + 32 : *s);

		if (!d || d - digits >= 1 << shift || n >> (63 - shift))
			return false;
		n = n << shift | (uint64_t)(d - digits);
	}
	*ret = (int64_t)n;
	return true;
}

int64_t
yaml_i64(const struct yaml *y, const char *key, int64_t fallback)
{
	const struct yaml *m = yaml_get(y, key);
	int64_t n;

	if (!m || m->kind != YAML_SCALAR || !m->plain)
		return fallback;
	return str_to_i64(m->text, &n) || based(m->text, &n) ? n : fallback;
}

void
yaml_strings(const struct yaml *y, const char *key, struct strv *out)
{
	const struct yaml *m = yaml_get(y, key);

	if (!m)
		return;
	if (m->kind == YAML_SCALAR && !is_null(m))
		strv_add(out, m->text);
	for (size_t i = 0; m->kind == YAML_LIST && i < m->n; i++) {
		if (m->items[i]->kind == YAML_SCALAR)
			strv_add(out, m->items[i]->text);
	}
}

static bool
in_list(const char *key, const char *const *known)
{
	for (; *known; known++) {
		if (str_eq(key, *known))
			return true;
	}
	return false;
}

bool
yaml_check_keys(
	const struct yaml *y, const char *name, const char *const *known, struct err *err)
{
	autobuf struct buf all = BUF_INIT(400);

	if (!y || y->kind != YAML_MAP)
		return true;
	for (size_t i = 0; i < y->n; i++) {
		if (in_list(y->keys[i], known))
			continue;
		for (; *known; known++)
			buf_printf(&all, "%s%s", all.len ? ", " : "", *known);
		return err_set(err, ERR_USAGE, _("%s:%d: unknown key \"%s\"; known: %s%s"),
			name, y->key_lines[i], y->keys[i], buf_str(&all),
			all.full ? " ..." : "");
	}
	return true;
}
