/* Shared by the files of the editor only. */
#ifndef HOMARD_TUI_EDIT_PRIV_H
#define HOMARD_TUI_EDIT_PRIV_H

#include "agent/base/limits.h"
#include "tui/edit.h"

#define EDIT_CHIPS_MAX 64
#define EDIT_CHIP_BASE 0xF0000u /* private characters that stand for chips */
#define EDIT_HISTORY_MAX 1000
#define EDIT_UNDO_MAX 1000
#define EDIT_KILLS_MAX 8

struct edit_step { /* at: del was replaced by ins */
	size_t at;
	char *del, *ins;
	size_t caret; /* before */
	bool typing;  /* may grow with the next character */
};

struct edit {
	struct buf text;
	size_t caret;
	int want_col; /* for up and down; -1 none */
	uint64_t revision;
	char *chips[EDIT_CHIPS_MAX];
	size_t n_chips;
	struct edit_step *undo;
	size_t n_undo, cap_undo, done; /* undo[0..done) are applied */
	char *kills[EDIT_KILLS_MAX];
	size_t n_kills, kill_at;
	bool killing, yanked;
	size_t yank_start;
	struct strv history;
	size_t history_at; /* == history.n: the draft */
	char *draft;
	bool vi, vi_normal;
	char vi_op; /* pending d, c, y */
	int cols, top; /* as last drawn */
};

/* The one place text changes. Records undo. */
void edit_replace(struct edit *e, size_t at, size_t n, struct slice with, bool typing);
void edit_move(struct edit *e, size_t caret);
void edit_kill(struct edit *e, size_t from, size_t to, bool forward);
size_t edit_prev(const struct edit *e, size_t at);
size_t edit_next(const struct edit *e, size_t at);
size_t edit_word_left(const struct edit *e, size_t at);
size_t edit_word_right(const struct edit *e, size_t at);
size_t edit_line_start(const struct edit *e, size_t at);
size_t edit_line_end(const struct edit *e, size_t at);
/* NULL when the code point is no chip. */
const char *edit_chip(const struct edit *e, uint32_t cp);
/* Up (-1) or down (+1) a screen line; false at the edge. */
bool edit_vertical(struct edit *e, int dir);

#endif
