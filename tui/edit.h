/*
 * The text a person writes: several lines, moved in by grapheme, with a kill ring, undo, history
 * and chips (a long paste shows as "[pasted 120 lines]" and counts as one character).
 * Owns its text; main thread. Limits: LIMIT_REQUEST_TEXT bytes, 64 chips, 1,000 history entries,
 * 1,000 undo steps, 8 kills.
 */
#ifndef HOMARD_TUI_EDIT_H
#define HOMARD_TUI_EDIT_H

#include "tui/cell.h"
#include "tui/key.h"

struct edit; /* opaque */

struct edit *edit_create(void);
void edit_destroy(struct edit *e); /* NULL is fine */

/* The text with chips written out. Owned. */
char *edit_text(const struct edit *e);
bool edit_is_empty(const struct edit *e);
void edit_set(struct edit *e, const char *text); /* caret at the end; can be undone */
void edit_clear(struct edit *e);
/* Changes with every change of text or caret. */
uint64_t edit_revision(const struct edit *e);

/* Typed characters. False when full. */
bool edit_insert(struct edit *e, struct slice s);
/* Pasted text: becomes a chip when it has more than 10 lines or 800 characters. */
bool edit_paste(struct edit *e, struct slice s);

/* Everything a key may do; names and summaries are in edit_ops. */
enum edit_op {
	EDIT_LEFT, EDIT_RIGHT, EDIT_UP, EDIT_DOWN, EDIT_WORD_LEFT, EDIT_WORD_RIGHT, EDIT_HOME, EDIT_END,
	EDIT_TOP, EDIT_BOTTOM, EDIT_NEWLINE, EDIT_DELETE_BACK, EDIT_DELETE, EDIT_KILL_LINE,
	EDIT_KILL_BACK, EDIT_KILL_WORD, EDIT_KILL_WORD_BACK, EDIT_YANK, EDIT_YANK_POP,
	EDIT_TRANSPOSE, EDIT_UPCASE, EDIT_DOWNCASE, EDIT_CAPITALIZE, EDIT_UNDO, EDIT_REDO, EDIT_HISTORY_PREV,
	EDIT_HISTORY_NEXT, EDIT_EXPAND_CHIP,
	EDIT_OP_COUNT
};
struct edit_op_info {
	const char *name;    /* "edit-left": also the command's name */
	const char *summary; /* N_() */
};
extern const struct edit_op_info edit_ops[EDIT_OP_COUNT];
/* False: nothing to do (already at the edge): the key may mean something else. */
bool edit_do(struct edit *e, enum edit_op op);

/* --- vi keys (off by default) --- */
void edit_set_vi(struct edit *e, bool on);
/* True when the key was taken in normal mode (or Esc left insert mode). */
bool edit_vi_key(struct edit *e, struct key k);
bool edit_vi_normal(const struct edit *e);

/* --- history: newest last; equal neighbours are kept once --- */
void edit_history_add(struct edit *e, const char *text);
size_t edit_history_count(const struct edit *e);
const char *edit_history_at(const struct edit *e, size_t i); /* 0 = oldest */

/* --- completion: the word before the caret that starts with '@' (anywhere) or '/' (first) --- */
bool edit_word(const struct edit *e, char mark, struct slice *ret_word);
/* Replaces that word (with its mark) by text and a space. */
void edit_complete(struct edit *e, char mark, const char *text);

/* --- on the screen --- */
/* Rows the text takes at this width. */
int edit_rows(struct edit *e, int cols);
/* Draws, scrolled so that the caret shows, and places the real cursor when focused. */
void edit_draw(struct edit *e, struct area a, style st, bool focused);
/* Moves the caret to a place inside the area last drawn. */
void edit_click(struct edit *e, int y, int x);

#endif
