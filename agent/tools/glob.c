/* Name patterns. */
#include "agent/tools/glob.h"
#include "agent/base/buf.h"
#include "agent/base/i18n.h"
#include "agent/base/utf8.h"
#include "agent/tools/kinds.h"

#define PATTERN_MAX 1000
#define ALTERNATIVES_MAX 64

/* Splits the first {a,b} and goes on with each; nesting is by recursion, bounded by the count.
 */
static bool
expand(struct strv *out, const char *p, int depth)
{
	const char *open = strchr(p, '{'), *close = open, *start;
	int level = 0;

	if (out->n >= ALTERNATIVES_MAX || depth > 8)
		return false;
	for (; close && *close; close++) {
		level += *close == '{' ? 1 : *close == '}' ? -1 : 0;
		if (level == 0)
			break;
	}
	if (!open || !*close) {
		strv_add(out, p);
		return true;
	}
	start = open + 1;
	for (const char *s = start; s <= close; s++) {
		level += *s == '{' ? 1 : *s == '}' && s < close ? -1 : 0;
		if (s == close || (*s == ',' && level == 0)) {
			autofree char *one = xasprintf("%.*s%.*s%s", (int)(open - p), p,
				(int)(s - start), start, close + 1);

			if (!expand(out, one, depth + 1))
				return false;
			start = s + 1;
		}
	}
	return true;
}

bool
glob_init(struct glob *g, const char *pattern, struct err *err)
{
	autofree char *folded = NULL;
	bool ok;

	*g = (struct glob){ 0 };
	if (!pattern || !*pattern || str_eq(pattern, "*"))
		return true;
	if (strlen(pattern) > PATTERN_MAX)
		return err_set(
			err, ERR_USAGE, _("The pattern is longer than %d bytes."), PATTERN_MAX);
	g->kind = kind_of_word(str_starts(pattern, "kind:") ? pattern + 5 : pattern);
	if (g->kind)
		return true;
	g->path = strchr(pattern, '/') != NULL;
	folded = utf8_fold(pattern, strlen(pattern));
	if (strpbrk(folded, "*?[{")) {
		ok = expand(&g->any, folded, 0);
	} else {
		strv_addf(&g->any, "*%s*", folded);
		ok = true;
	}
	if (!ok) {
		glob_finish(g);
		return err_set(err, ERR_USAGE, _("The pattern has too many alternatives."));
	}
	return true;
}

void
glob_finish(struct glob *g)
{
	strv_finish(&g->any);
	*g = (struct glob){ 0 };
}

/* [abc] [a-z] [!x]: returns where it ends, NULL when it is not closed. */
static const char *
in_class(const char *p, uint32_t c, bool *ret_in)
{
	size_t left = strlen(p);
	bool no = *p == '!' || *p == '^', in = false;
	const char *end = p + left, *first;

	p += no;
	first = p;
	while (p < end && (*p != ']' || p == first)) {
		uint32_t low, high;

		p += utf8_decode(p, (size_t)(end - p), &low, NULL);
		high = low;
		if (p + 1 < end && *p == '-' && p[1] != ']') {
			p++;
			p += utf8_decode(p, (size_t)(end - p), &high, NULL);
		}
		in = in || (c >= low && c <= high);
	}
	*ret_in = in != no;
	return p < end ? p + 1 : NULL;
}

/* One step of the pattern over one character; false when it does not fit. */
static bool
step(const char **p, const char **s, const char *end)
{
	uint32_t c;
	size_t n = utf8_decode(*s, (size_t)(end - *s), &c, NULL);

	if (**p == '[') {
		bool in;
		const char *behind = in_class(*p + 1, c, &in);

		if (behind) {
			*p = behind;
			*s += n;
			return in;
		}
	}
	if (**p == '?') {
		(*p)++;
		*s += n;
		return true;
	}
	if (**p == '\\' && (*p)[1])
		(*p)++;
	if (**p != **s)
		return false;
	(*p)++;
	(*s)++;
	return true;
}

static bool
match_one(const char *p, const char *s)
{
	const char *end = s + strlen(s), *star = NULL, *back = NULL;

	while (s < end) {
		if (*p == '*') {
			star = ++p;
			back = s;
			continue;
		}
		if (*p && step(&p, &s, end))
			continue;
		if (!star)
			return false;
		/* The last star takes one byte more. */
		p = star;
		s = ++back;
	}
	while (*p == '*')
		p++;
	return !*p;
}

bool
glob_match(const struct glob *g, const char *name, const char *below)
{
	const char *s = g->path && below ? below : name;
	autofree char *folded = NULL;

	if (g->kind)
		return kind_is(name, g->kind);
	if (!g->any.n)
		return true;
	folded = utf8_fold(s, strlen(s));
	for (size_t i = 0; i < g->any.n; i++)
		if (match_one(g->any.v[i], folded))
			return true;
	return false;
}
