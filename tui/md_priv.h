/* Shared by the files of Markdown only. */
#ifndef HOMARD_TUI_MD_PRIV_H
#define HOMARD_TUI_MD_PRIV_H

#include "tui/md.h"

#define MD_DEPTH_MAX 16
#define MD_COLS_MAX 24 /* table columns; further ones are dropped */

/* Text with styles before it is wrapped. */
struct inline_text {
	struct buf text;
	struct run *runs;
	size_t n, cap;
};
void inline_init(struct inline_text *t);
void inline_finish(struct inline_text *t);
void inline_clear(struct inline_text *t);
void inline_add(struct inline_text *t, struct slice s, style st, uint16_t link);
/* Style and link at byte `at`; *ret_end: where they change. */
const struct run *inline_at(const struct inline_text *t, size_t at, size_t *ret_end);
/* Adds the bytes [from, to) to the open line of out. */
void inline_emit(const struct inline_text *t, size_t from, size_t to, struct lines *out);

struct md_list {
	bool ordered, tight;
	unsigned number;
};

struct md_cell {
	struct inline_text t;
};
struct md_table {
	size_t cols, n_cells, cap; /* row-major; row 0 is the head */
	struct md_cell *cells;
	unsigned char align[MD_COLS_MAX]; /* 0 left, 1 centre, 2 right */
};

struct md {
	struct lines *out;
	const struct md_opts *o;
	struct inline_text t;
	/* What stands before each line: quote bars and list indents. */
	char prefix[128];
	style prefix_st;
	char mark[24]; /* for the first line of an item */
	int quotes, depth;
	struct md_list lists[MD_DEPTH_MAX];
	int n_lists;
	size_t prefix_len[2 * MD_DEPTH_MAX];
	bool wrote; /* something stands above: a gap goes between */
	bool in_item_first;
	unsigned attr;
	int heading;
	bool in_code_span, in_code_block;
	uint16_t link;
	struct buf url;
	size_t link_start;
	char info[32];
	struct md_table table;
	bool in_table;
};

void md_gap(struct md *m);
/* Writes the prefix (with the item's mark, once) into a new line. */
void md_line(struct md *m);
int md_width(const struct md *m);
/* The gathered text as a wrapped paragraph. */
void md_flush(struct md *m);
void md_code_lines(struct md *m, struct slice code);
void md_table_draw(struct md *m);
void md_table_clear(struct md_table *t);

#endif
