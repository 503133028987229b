/* The person's rules: the file, its syntax, its examples. */
#include "agent/core/rules_private.h"
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include <sys/stat.h>
#include <time.h>

void
rule_clear(struct rule *r)
{
	free(r->id);
	free(r->below);
	free(r->actor);
	free(r->until_text);
	strv_finish(&r->match);
	strv_finish(&r->not_match);
	memset(r, 0, sizeof(*r));
}

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

int
effect_kind_from(const char *name, size_t n)
{
	int k;

	for (k = 0; k < EFFECT_KINDS; k++) {
		if (strlen(effect_kind_names[k]) == n && strncmp(effect_kind_names[k], name, n) == 0)
			return k;
	}
	return -1;
}

static bool
parse_kinds(const struct yaml *y, const char *key, struct rule *r, struct err *err)
{
	autostrv struct strv list = { 0 };
	size_t i;
	int k;

	yaml_strings(y, key, &list);
	for (i = 0; i < list.n; i++) {
		k = effect_kind_from(list.v[i], strlen(list.v[i]));
		if (k < 0)
			return err_set(err, ERR_USAGE,
				_("unknown effect \"%s\"; known: create, modify, delete, replace, "
				  "perm, move"), list.v[i]);
		r->kinds |= 1u << k;
	}
	if (!r->kinds)
		return err_set(err, ERR_USAGE, _("\"%s\" names no effect"), key);
	return true;
}

/* The day itself still counts. */
static bool
parse_until(const char *text, int64_t *ret, struct err *err)
{
	struct tm tm = { .tm_isdst = -1, .tm_hour = 23, .tm_min = 59, .tm_sec = 59 };
	char rest;

	if (sscanf(text, "%d-%d-%d%c", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &rest) != 3)
		return err_set(err, ERR_USAGE, _("until is a day such as 2026-12-01, not \"%s\""),
			text);
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	*ret = (int64_t)mktime(&tm) * 1000;
	return true;
}

bool
rule_parse(const struct yaml *y, const char *name, struct rule *ret, struct err *err)
{
	static const char *const known[] = { "id", "allow", "ask", "deny", "below", "actor",
		"until", "match", "not_match", NULL };
	static const char *const verdicts[] = { "allow", "ask", "deny" };
	size_t i, found = 0;
	const char *until;

	memset(ret, 0, sizeof(*ret));
	if (y->kind != YAML_MAP)
		return err_set(err, ERR_USAGE, _("%s:%d: a rule is a list of \"key: value\" lines"),
			name, y->line);
	if (!yaml_check_keys(y, name, known, err))
		return false;
	ret->line = y->line;
	ret->id = xstrdup(yaml_str(y, "id", ""));
	ret->below = xstrdup(yaml_str(y, "below", ""));
	ret->actor = xstrdup(yaml_str(y, "actor", "any"));
	for (i = 0; i < ARRAY_LEN(verdicts); i++) {
		if (!yaml_get(y, verdicts[i]))
			continue;
		found++;
		ret->verdict = (enum verdict)i;
		if (!parse_kinds(y, verdicts[i], ret, err))
			return err_wrap(err, "%s:%d", name, y->line);
	}
	until = yaml_str(y, "until", NULL);
	ret->until_text = xstrdup0(until);
	if (until && !parse_until(until, &ret->until, err))
		return err_wrap(err, "%s:%d", name, y->line);
	yaml_strings(y, "match", &ret->match);
	yaml_strings(y, "not_match", &ret->not_match);
	if (found != 1)
		return err_set(err, ERR_USAGE,
			_("%s:%d: a rule has exactly one of allow, ask and deny"), name, y->line);
	return rule_check(ret, name, err);
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
			r->v[i].actor, r->v[i].until, r->v[i].until_text };

		fn(user, &v);
	}
}
