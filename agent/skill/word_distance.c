/* How far two words are apart: letters changed, added, left out, or swapped with the next. */
#include "agent/skill/lexicon.h"

size_t
word_distance(const char *a, const char *b, size_t max)
{
	size_t na = strlen(a), nb = strlen(b);
	uint8_t d[3][32];

	if (na > 30 || nb > 30 || (na > nb ? na - nb : nb - na) > max)
		return max + 1;
	for (size_t j = 0; j <= nb; j++)
		d[0][j] = (uint8_t)j;
	for (size_t i = 1; i <= na; i++) {
		uint8_t *row = d[i % 3], *up = d[(i + 2) % 3], *up2 = d[(i + 1) % 3];
		uint8_t least;

		row[0] = least = (uint8_t)i;
		for (size_t j = 1; j <= nb; j++) {
			uint8_t cost = a[i - 1] != b[j - 1];
			uint8_t v = (uint8_t)MIN_OF(
				MIN_OF(up[j] + 1, row[j - 1] + 1), up[j - 1] + cost);

			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				v = (uint8_t)MIN_OF(v, up2[j - 2] + 1);
			row[j] = v;
			least = MIN_OF(least, v);
		}
		if (least > max)
			return max + 1;
	}
	return d[na % 3][nb];
}
