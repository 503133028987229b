/*
 * Markdown to lines. Parsed by md4c with what it gets wrong for CJK put right; laid out for a
 * width. Also the cutting of a growing text into pieces that will not change any more, so that
 * streaming lays out only the last one. Pure; foreign text is sanitised here.
 */
#ifndef HOMARD_TUI_MD_H
#define HOMARD_TUI_MD_H

#include "tui/lines.h"

struct md_opts {
	int cols;
	style base;   /* of plain text */
	bool inside_code; /* the piece begins inside a fence */
	const char *info; /* then: the fence's words ("python") */
};
/* Appends to out; no empty line at the start or end. */
void md_render(struct lines *out, struct slice text, const struct md_opts *o);

/* One finished or growing piece of a text. */
struct md_piece {
	size_t start, end;
	bool inside_code; /* begins inside a fence */
	bool joined;	  /* no gap before it: a split of something long */
	char info[32];
};
/* Where the cutting stands; zero at the start of a text. */
struct md_cut {
	size_t piece_start; /* of the open piece */
	size_t scanned;	    /* start of the first line not looked at */
	char fence;	    /* '`' or '~' inside one */
	int fence_len;
	char info[32];
	bool in_list, blank, any, joined, began_in_code;
};
/* Looks at the text from where it stood. Returns true and fills piece when a piece is finished;
 * call again until false. What follows the last finished piece is the tail: md_tail. */
bool md_cut_next(struct md_cut *c, struct slice text, struct md_piece *ret);
void md_tail(const struct md_cut *c, struct slice text, struct md_piece *ret);

/* Puts U+2E31 where CommonMark would not see emphasis beside CJK punctuation; md_render drops it.
 * Returns false when nothing had to be changed (out untouched). */
bool md_fix_cjk(struct slice text, struct buf *out);

/* --- code, also used by the tool pane --- */
/* Splits a line of code into styled pieces. state carries block comments; 0 at the start. */
typedef void code_piece_fn(void *user, struct slice s, style st);
void code_line(const char *language, struct slice line, int *state, code_piece_fn *fn, void *user);

#endif
