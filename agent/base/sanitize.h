/*
 * Foreign bytes become safe text. Every byte shown to a person, in any front end, passes here
 * first (security notes 4.2, tui notes 2.2).
 */
#ifndef HOMARD_SANITIZE_H
#define HOMARD_SANITIZE_H

#include "agent/base/buf.h"

enum sanitize_mode {
	SANITIZE_TEXT, /* running text: newlines stay, tabs become spaces, escape sequences and
			* controls vanish, bidi and invisible characters are dropped */
	SANITIZE_LINE, /* one line: also newline and tab become a space */
	SANITIZE_NAME, /* a path, a command, anything approved: nothing vanishes; controls,
			* invalid bytes and invisible characters are spelled \n \e \xHH <U+202E> */
};

/* Appends the safe form of s to out; false when out is full. */
bool sanitize(struct buf *out, const char *s, size_t n, enum sanitize_mode mode);
/* Owned, at most 1 MB (then cut). Never NULL. */
char *sanitize_dup(const char *s, enum sanitize_mode mode);
/* Names: at most cols columns, the middle elided with an ellipsis, the end kept. Owned. */
char *sanitize_elide(const char *s, size_t cols);
/* True when SANITIZE_NAME would change anything. */
bool sanitize_is_odd(const char *s);

#endif
