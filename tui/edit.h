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

/* Everything a key may do. X(id, name of the command, N_(summary)) */
#define EDIT_OPS(X) \
	X(LEFT, "edit-left", N_("Back one character")) \
	X(RIGHT, "edit-right", N_("Forward one character")) \
	X(UP, "edit-up", N_("Up a line, then back in what you sent")) \
	X(DOWN, "edit-down", N_("Down a line, then forward in what you sent")) \
	X(WORD_LEFT, "edit-word-left", N_("Back one word")) \
	X(WORD_RIGHT, "edit-word-right", N_("Forward one word")) \
	X(HOME, "edit-home", N_("To the start of the line")) \
	X(END, "edit-end", N_("To the end of the line")) \
	X(TOP, "edit-top", N_("To the start of the text")) \
	X(BOTTOM, "edit-bottom", N_("To the end of the text")) \
	X(NEWLINE, "edit-newline", N_("Start a new line")) \
	X(DELETE_BACK, "edit-delete-back", N_("Delete the character before the cursor")) \
	X(DELETE, "edit-delete", N_("Delete the character at the cursor")) \
	X(KILL_LINE, "edit-kill-line", N_("Cut to the end of the line")) \
	X(KILL_BACK, "edit-kill-back", N_("Cut to the start of the line")) \
	X(KILL_WORD, "edit-kill-word", N_("Cut the word after the cursor")) \
	X(KILL_WORD_BACK, "edit-kill-word-back", N_("Cut the word before the cursor")) \
	X(YANK, "edit-yank", N_("Put back what was cut")) \
	X(YANK_POP, "edit-yank-pop", N_("Put back an older cut instead")) \
	X(TRANSPOSE, "edit-transpose", N_("Swap two characters")) \
	X(UPCASE, "edit-upcase", N_("Make the word upper case")) \
	X(DOWNCASE, "edit-downcase", N_("Make the word lower case")) \
	X(CAPITALIZE, "edit-capitalize", N_("Capitalize the word")) \
	X(UNDO, "edit-undo", N_("Undo the last change of the text")) \
	X(REDO, "edit-redo", N_("Make the undone change again")) \
	X(HISTORY_PREV, "edit-history-prev", N_("The request you sent before")) \
	X(HISTORY_NEXT, "edit-history-next", N_("The request you sent after")) \
	X(EXPAND_CHIP, "edit-expand-chip", N_("Show a pasted block as text"))

enum edit_op {
#define X(id, name, summary) EDIT_##id,
	EDIT_OPS(X)
#undef X
	EDIT_OP_COUNT
};
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
