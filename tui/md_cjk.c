/*
 * CommonMark decides emphasis by spaces and punctuation around the stars, which CJK text does not
 * have: **注意：**请看 stays literal. A private mark between star and letter settles it.
 */
#include "tui/md.h"
#include "agent/base/utf8.h"
#include <utf8proc.h>

#define MARK "\xE2\xB8\xB1" /* U+2E31 */

static bool
is_punct(uint32_t c)
{
	utf8proc_category_t k;

	if (c < 0x80)
		return c > ' ' && c < 0x7F && !((c | 32) >= 'a' && (c | 32) <= 'z') && !(c >= '0' && c <= '9');
	k = utf8proc_category((utf8proc_int32_t)c);
	return k >= UTF8PROC_CATEGORY_PC && k <= UTF8PROC_CATEGORY_PO;
}

bool
md_fix_cjk(struct slice text, struct buf *out)
{
	uint32_t prev = 0;
	size_t i = 0, copied = 0;
	bool changed = false;

	if (!text.n || !memchr(text.p, '*', text.n))
		return false;
	while (i < text.n) {
		uint32_t cp, next = 0;
		size_t run = 0;

		if (text.p[i] != '*') {
			i += utf8_decode(text.p + i, text.n - i, &cp, NULL);
			prev = cp;
			continue;
		}
		while (i + run < text.n && text.p[i + run] == '*')
			run++;
		if (i + run < text.n)
			utf8_decode(text.p + i + run, text.n - i - run, &next, NULL);
		if (prev >= 0x2E80 && !is_punct(prev) && is_punct(next)) {
			buf_add(out, text.p + copied, i - copied);
			buf_add_str(out, MARK);
			copied = i;
			changed = true;
		}
		if (is_punct(prev) && next >= 0x2E80 && !is_punct(next)) {
			buf_add(out, text.p + copied, i + run - copied);
			buf_add_str(out, MARK);
			copied = i + run;
			changed = true;
		}
		i += run;
		prev = '*';
	}
	if (changed)
		buf_add(out, text.p + copied, text.n - copied);
	return changed;
}
