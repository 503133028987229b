/* Which effects a rule speaks about. */
#include "agent/base/path.h"
#include "agent/core/rules_private.h"

int
effect_kind_from(const char *name, size_t n)
{
	int k;

	for (k = 0; k < EFFECT_KINDS; k++) {
		if (strlen(effect_kind_names[k]) == n &&
			strncmp(effect_kind_names[k], name, n) == 0)
			return k;
	}
	return -1;
}

static bool
below(const char *place, const char *home, const char *path)
{
	autofree char *abs = path_resolve(place, "/", home);

	return path_below(path, abs);
}

bool
rule_hits(const struct rule *r, const char *home, const char *actor, enum effect_kind kind,
	const char *path, const char *from, int64_t now_ms)
{
	if (!(r->kinds & (1u << kind)))
		return false;
	if (r->until && now_ms > r->until)
		return false;
	if (!str_eq(r->actor, "any") && !str_eq(r->actor, actor))
		return false;
	/* Both ends of a move must lie there, or, to be forbidden, one. */
	if (from && kind == EFFECT_MOVE) {
		bool a = below(r->below, home, path), b = below(r->below, home, from);

		return r->verdict == VERDICT_ALLOW ? a && b : a || b;
	}
	return below(r->below, home, path);
}

size_t
rule_depth(const char *place)
{
	autofree char *abs = path_resolve(place, "/", EXAMPLE_HOME);
	size_t n = 0;
	const char *p;

	for (p = abs; *p; p++)
		n += *p == '/' && p[1];
	return n;
}
