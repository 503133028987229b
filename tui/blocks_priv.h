/* Shared by the files of blocks only. */
#ifndef HOMARD_TUI_BLOCKS_PRIV_H
#define HOMARD_TUI_BLOCKS_PRIV_H

#include "tui/blocks.h"
#include "tui/md.h"

#define BLOCKS_CACHE_MAX 160

struct piece {
	struct md_piece md;
	int rows; /* without the gap; -1 = not known at this width */
	struct lines *lines; /* NULL = not kept */
	uint64_t used;	     /* frame */
};

struct entry {
	uint64_t revision;
	size_t text_n;
	struct md_cut cut;
	struct piece *v; /* the last one is the tail (Markdown) or the only one */
	size_t n, cap;
	struct block_view view;
};

/* A place: block, piece, line in it (-1: the gap before it). */
struct place {
	size_t e, p;
	int line;
};

struct blocks {
	struct blocks_source src;
	struct entry *v;
	size_t n, cap;
	int cols, rows;
	bool follow;
	struct place top;
	uint64_t frame;
	size_t cached;
	struct place *seen; /* by screen row; e == n: nothing */
	int n_seen;
	char *words;
	struct place match;
	bool has_match;
	struct place sel_a, sel_b;
	int sel_ax, sel_bx;
	bool selecting;
};

struct piece *piece_at(struct blocks *b, struct place at);
int piece_gap(const struct blocks *b, size_t e, size_t p);
/* Laid out for b->cols; kept until it is long out of view. */
const struct lines *piece_lines(struct blocks *b, size_t e, size_t p);
/* Rows with the gap; lays out when exact, else estimates. */
int piece_rows(struct blocks *b, size_t e, size_t p, bool exact);
bool place_next(const struct blocks *b, struct place *at); /* next piece */
bool place_prev(const struct blocks *b, struct place *at);
int place_compare(struct place x, struct place y);
/* Byte offset of a column in a line. */
size_t column_offset(struct slice line, int col);
/* First occurrence without case, -1 none. */
ptrdiff_t find_nocase(struct slice hay, const char *needle);

#endif
