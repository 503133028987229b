/* What the files that own the terminal share; nobody else includes it. */
#ifndef HOMARD_TUI_TERM_PRIV_H
#define HOMARD_TUI_TERM_PRIV_H

#include <termios.h>
#include "tui/term.h"

#define TERM_OUT_MAX (4u << 20)
#define TERM_STYLES 512 /* resolved styles kept, a power of two */

struct term_style {
	style key;
	bool known;
	unsigned long attr; /* curses attributes */
	int pair;
	struct paint paint; /* for links, which curses cannot write */
};

struct term {
	struct term_traits traits;
	int fd; /* the terminal, ours, without blocking */
	bool own_fd;
	int mem_fd;
	FILE *mem;
	void *screen; /* SCREEN */
	bool entered, mouse, queries, gone, asked;
	int rows, cols;
	struct cell *shown; /* what the last frame had, rows x cols */
	char **shown_links;
	size_t n_shown_links;
	bool all; /* draw every row */
	int cur_visible;
	struct term_style styles[TERM_STYLES];
	void *row; /* cchar_t, cols + 1 */
	struct buf extra; /* strings for the next frame */
	struct buf out; /* not yet taken by the terminal */
	size_t out_done;
	uint64_t bytes;
	char *title;
	enum term_cursor cursor;
	int progress;
};

/* term_crash.c: the part that must work inside a signal handler. */
void crash_arm(int fd, const struct termios *original);
void crash_set_entered(bool entered);
/* Writes the restore sequence and the original modes; async-signal-safe, once per enter. */
void crash_restore(void);
void crash_disarm(void);
extern const char term_enter_sequence[], term_restore_sequence[];

/* term_draw.c */
void draw_frame(struct term *t, const struct canvas *c, paint_fn *paint, void *user);
void draw_forget(struct term *t);
/* SGR sequence for a style as the terminal takes it. */
void paint_sgr(const struct term *t, const struct paint *p, struct buf *out);

#endif
