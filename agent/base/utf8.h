/*
 * UTF-8: decoding that never reads past the end, validation, display width, grapheme steps.
 * Widths are those of wcwidth() on sanitised text (sanitize.h), which is what ncurses uses;
 * graphemes come from utf8proc. A UTF-8 LC_CTYPE must have been set (i18n_init).
 */
#ifndef HOMARD_UTF8_H
#define HOMARD_UTF8_H

#include "agent/base/str.h"

#define UTF8_BAD 0xFFFDu

/* Decodes one code point at s (n > 0 bytes): returns the bytes used (>= 1) and stores it.
 * An invalid byte counts as one and stores UTF8_BAD with *ok = false. ok may be NULL. */
size_t utf8_decode(const char *s, size_t n, uint32_t *ret_cp, bool *ok);
/* Writes 1 to 4 bytes to out. */
size_t utf8_encode(uint32_t cp, char out[4]);
bool utf8_valid(const char *s, size_t n);
/* How many bytes at the end of s are an unfinished but so far valid sequence (0 to 3). */
size_t utf8_partial_tail(const char *s, size_t n);
/* Display columns of one code point (0, 1 or 2; -1 for control and unassigned). */
int utf8_cp_width(uint32_t cp);
/* Columns of sanitised text. */
size_t utf8_width(const char *s, size_t n);
/* Bytes of the longest prefix of whole graphemes that takes at most cols columns. */
size_t utf8_fit(const char *s, size_t n, size_t cols, size_t *ret_cols);
/* Byte length of the grapheme cluster that starts at s / ends at s + n. */
size_t utf8_grapheme_next(const char *s, size_t n);
size_t utf8_grapheme_prev(const char *s, size_t n);
bool utf8_is_cjk(uint32_t cp);	 /* Han, kana, hangul, CJK punctuation, fullwidth forms */
bool utf8_is_space(uint32_t cp); /* Unicode white space */
/* Canonical lower-case, NFKC, full-width to half-width: for matching words. Owned. */
char *utf8_fold(const char *s, size_t n);

#endif
