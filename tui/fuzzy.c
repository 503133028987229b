#include "tui/fuzzy.h"

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool
is_start(const char *text, size_t i)
{
	unsigned char before, here = (unsigned char)text[i];

	if (i == 0)
		return true;
	before = (unsigned char)text[i - 1];
	if (before == ' ' || before == '-' || before == '/' || before == '_' || before == '.' ||
		before == ':')
		return true;
	/* Every character of a script without spaces starts something. */
	return here >= 0xE2 || (here >= 'A' && here <= 'Z' && before >= 'a' && before <= 'z');
}

static bool
find_run(const char *text, size_t n, struct slice word, bool starts_only, size_t *ret_at)
{
	for (size_t i = 0; i + word.n <= n; i++) {
		size_t k = 0;

		if (starts_only && !is_start(text, i))
			continue;
		while (k < word.n && lower(text[i + k]) == lower(word.p[k]))
			k++;
		if (k == word.n) {
			*ret_at = i;
			return true;
		}
	}
	return false;
}

/* Letters in order, each as early as possible but preferring starts of words. */
static int
match_scattered(const char *text, size_t n, struct slice word, bool *hits)
{
	size_t at = 0;
	int score = 0;
	bool was_hit = false;

	for (size_t k = 0; k < word.n; k++) {
		size_t i = at, best = n;

		for (; i < n; i++) {
			if (lower(text[i]) != lower(word.p[k]))
				continue;
			if (best == n)
				best = i;
			if (is_start(text, i) || (was_hit && i == at)) {
				best = i;
				break;
			}
		}
		if (best == n)
			return -1;
		score += is_start(text, best) ? 8 : was_hit && best == at ? 4 : 1;
		was_hit = true;
		if (hits)
			hits[best] = true;
		at = best + 1;
	}
	return score;
}

static int
match_word(const char *text, size_t n, struct slice word, bool *hits)
{
	bool scattered[FUZZY_MAX] = { false };
	size_t at;
	int score;

	if (find_run(text, n, word, true, &at) || find_run(text, n, word, false, &at)) {
		for (size_t k = 0; hits && k < word.n; k++)
			hits[at + k] = true;
		score = (int)word.n * 12 + (is_start(text, at) ? 40 : 0) + (at == 0 ? 30 : 0);
		return score;
	}
	score = match_scattered(text, n, word, scattered);
	/* Two letters far apart match nearly everything. */
	if (score < 0 || (word.n >= 3 && score < (int)word.n * 2))
		return -1;
	for (size_t i = 0; hits && i < n; i++)
		hits[i] = hits[i] || scattered[i];
	return score;
}

int
fuzzy_match(const char *pattern, const char *text, bool *hits)
{
	struct slice rest = slice_of(pattern);
	size_t n = MIN_OF(strlen(text), (size_t)FUZZY_MAX);
	int total = 0;

	if (hits)
		memset(hits, 0, FUZZY_MAX * sizeof(*hits));
	while (rest.p) {
		struct slice word = slice_cut(&rest, ' ');
		int score;

		if (word.n == 0)
			continue;
		score = match_word(text, n, word, hits);
		if (score < 0)
			return -1;
		total += score;
	}
	/* Among equals the shorter text is nearer to what was meant. */
	return total ? total * 4 + (int)(FUZZY_MAX - n) / 32 : 0;
}
