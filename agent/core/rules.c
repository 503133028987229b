/* The person's rules: the file as a list. */
#include "agent/core/rules_private.h"
#include "agent/base/i18n.h"
#include <sys/stat.h>

void
rules_destroy(struct rules *r)
{
	size_t i;

	if (!r)
		return;
	for (i = 0; i < r->n; i++)
		rule_clear(&r->v[i]);
	free(r->v);
	free(r->path);
	free(r);
}

bool
rules_parse(struct rules *r, const struct yaml *y, struct err *err)
{
	static const char *const known[] = { "rules", NULL };
	const struct yaml *list = yaml_get(y, "rules");
	size_t i, k;

	if (y->kind == YAML_SCALAR && !*y->text)
		return true;
	if (y->kind != YAML_MAP || !list || list->kind != YAML_LIST)
		return err_set(err, ERR_USAGE, _("%s:%d: begin with \"rules:\" and a list below it"),
			r->path, y->line);
	if (!yaml_check_keys(y, r->path, known, err))
		return false;
	if (list->n > RULES_MAX)
		return err_set(err, ERR_LIMIT, _("%s: more than %d rules"), r->path, RULES_MAX);
	for (i = 0; i < list->n; i++) {
		GROW(r->v, r->n, r->cap);
		memset(&r->v[r->n], 0, sizeof(r->v[r->n]));
		if (!rule_parse(list->items[i], r->path, &r->v[r->n++], err))
			return false;
		for (k = 0; k + 1 < r->n; k++) {
			if (str_eq(r->v[k].id, r->v[r->n - 1].id))
				return err_set(err, ERR_USAGE, _("%s:%d: the id \"%s\" is taken"),
					r->path, list->items[i]->line, r->v[k].id);
		}
	}
	return true;
}

bool
rules_load(const char *path, struct rules **ret, struct err *err)
{
	struct rules *r = xcalloc(1, sizeof(*r));
	autoyaml struct yaml *y = NULL;
	struct stat st;

	r->path = xstrdup(path);
	if (stat(path, &st) == 0) {
		y = yaml_load(path, err);
		if (!y || !rules_parse(r, y, err)) {
			rules_destroy(r);
			return false;
		}
	}
	*ret = r;
	return true;
}

size_t
rules_count(const struct rules *r)
{
	return r->n;
}

void
rules_each(const struct rules *r, rules_fn *fn, void *user)
{
	size_t i;

	for (i = 0; i < r->n; i++) {
		struct rule_view v = { r->v[i].id, r->v[i].verdict, r->v[i].kinds, r->v[i].below,
			r->v[i].actor, r->v[i].until, r->v[i].until_text,
			&r->v[i].match, &r->v[i].not_match };

		fn(user, &v);
	}
}
