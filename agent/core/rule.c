/* One rule: its YAML, its JSON, and whether its own examples bear it out. */
#include <time.h>
#include "agent/base/i18n.h"
#include "agent/base/json.h"
#include "agent/base/path.h"
#include "agent/core/rules_private.h"

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
				_("unknown effect \"%s\"; known: create, modify, delete, "
				  "replace, "
				  "perm, move"),
				list.v[i]);
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
		return err_set(err, ERR_USAGE,
			_("until is a day such as 2026-12-01, not \"%s\""), text);
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	*ret = (int64_t)mktime(&tm) * 1000;
	return true;
}

static bool
example_hits(const struct rule *r, const char *example, bool *ret, struct err *err)
{
	size_t n = strcspn(example, " ");
	const char *path = example + n + strspn(example + n, " ");
	int kind = effect_kind_from(example, n);
	autofree char *abs = NULL;

	if (kind < 0 || !*path)
		return err_set(err, ERR_USAGE,
			_("an example is an effect and a path, e.g. \"create ~/x\", not "
			  "\"%s\""),
			example);
	abs = path_resolve(path, "/", EXAMPLE_HOME);
	*ret = rule_hits(r, EXAMPLE_HOME, str_eq(r->actor, "any") ? "model" : r->actor,
		(enum effect_kind)kind, abs, kind == EFFECT_MOVE ? abs : NULL, 0);
	return true;
}

/* Deleting is never allowed broadly: at least two folders below home. */
static bool
too_broad(const struct rule *r)
{
	unsigned kills = (1u << EFFECT_DELETE) | (1u << EFFECT_REPLACE);

	if (r->verdict != VERDICT_ALLOW)
		return false;
	return rule_depth(r->below) < ((r->kinds & kills) ? rule_depth(EXAMPLE_HOME) + 2
							  : rule_depth(EXAMPLE_HOME) + 1);
}

static bool
check(const struct rule *r, const char *name, struct err *err)
{
	static const char *const actors[] = { "any", "model", "instinct", "schedule" };
	bool known = false, hit = false;
	size_t i;

	for (i = 0; i < ARRAY_LEN(actors); i++)
		known |= str_eq(actors[i], r->actor);
	if (!known)
		return err_set(err, ERR_USAGE,
			_("%s:%d: actor is any, model, instinct or schedule"), name, r->line);
	if (!*r->id || (*r->below != '/' && *r->below != '~'))
		return err_set(err, ERR_USAGE,
			_("%s:%d: a rule needs an id and a place: \"below: ~/folder\""), name,
			r->line);
	if (too_broad(r))
		return err_set(err, ERR_USAGE,
			_("%s:%d: \"below: %s\" is too broad to allow this; name a folder "
			  "deeper"),
			name, r->line, r->below);
	if (!r->match.n || !r->not_match.n)
		return err_set(err, ERR_USAGE,
			_("%s:%d: a rule needs examples: match and not_match, one each at "
			  "least"),
			name, r->line);
	for (i = 0; i < r->match.n + r->not_match.n; i++) {
		bool want = i < r->match.n;
		const char *ex = want ? r->match.v[i] : r->not_match.v[i - r->match.n];

		if (!example_hits(r, ex, &hit, err))
			return err_wrap(err, "%s:%d", name, r->line);
		if (hit != want)
			return err_set(err, ERR_USAGE,
				want ? _("%s:%d: the example \"%s\" does not match the rule")
				     : _("%s:%d: the example \"%s\" must not match, but does"),
				name, r->line, ex);
	}
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
		return err_set(err, ERR_USAGE,
			_("%s:%d: a rule is a list of \"key: value\" lines"), name, y->line);
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
			_("%s:%d: a rule has exactly one of allow, ask and deny"), name,
			y->line);
	return check(ret, name, err);
}

static void
put_quoted(struct buf *b, const char *s)
{
	buf_add_char(b, '"');
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		/* A name may hold a line break, which must not end the line of the file. */
		if (c < ' ' || c == 0x7f)
			buf_printf(b, "\\x%02x", c);
		else if (c == '"' || c == '\\')
			buf_printf(b, "\\%c", c);
		else
			buf_add_char(b, *s);
	}
	buf_add_char(b, '"');
}

bool
rule_to_yaml(const cJSON *o, const char *id, struct buf *b, struct err *err)
{
	static const char *const verdicts[] = { "allow", "ask", "deny" };
	static const char *const lists[] = { "match", "not_match" };
	const cJSON *list, *it;
	size_t i;

	buf_add_str(b, "  - id: ");
	put_quoted(b, id);
	buf_add_char(b, '\n');
	for (i = 0; i < ARRAY_LEN(verdicts); i++) {
		list = json_get(o, verdicts[i]);
		if (!list)
			continue;
		buf_printf(b, "    %s: [", verdicts[i]);
		cJSON_ArrayForEach(it, list)
			buf_printf(b, "%s%s", it == list->child ? "" : ", ",
				cJSON_IsString(it) ? it->valuestring : "");
		buf_add_str(b, "]\n");
	}
	buf_add_str(b, "    below: ");
	put_quoted(b, json_str(o, "below", ""));
	buf_add_char(b, '\n');
	if (json_str(o, "actor", NULL))
		buf_printf(b, "    actor: %s\n", json_str(o, "actor", "any"));
	if (json_str(o, "until", NULL))
		buf_printf(b, "    until: \"%s\"\n", json_str(o, "until", ""));
	for (i = 0; i < ARRAY_LEN(lists); i++) {
		buf_printf(b, "    %s:\n", lists[i]);
		cJSON_ArrayForEach(it, json_get(o, lists[i]))
		{
			buf_add_str(b, "      - ");
			put_quoted(b, cJSON_IsString(it) ? it->valuestring : "");
			buf_add_char(b, '\n');
		}
	}
	return !b->full || err_set(err, ERR_LIMIT, "%s", _("the rule is too long"));
}

bool
rule_from_json(const char *json, struct rule *ret, struct err *err)
{
	autojson cJSON *o = json_parse(slice_of(json), err);
	autobuf struct buf text = BUF_INIT(1u << 16);
	autoyaml struct yaml *y = NULL;

	if (!o)
		return false;
	buf_add_str(&text, "rules:\n");
	if (!rule_to_yaml(o, json_str(o, "id", "rule"), &text, err))
		return false;
	y = yaml_parse(buf_slice(&text), "rule", err);
	if (!y)
		return false;
	if (!rule_parse(yaml_get(y, "rules")->items[0], "rule", ret, err)) {
		rule_clear(ret);
		return false;
	}
	return true;
}
