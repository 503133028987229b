/*
 * A terminal for tests: runs a program or a function on a pty and reads its screen with libvterm.
 * Every wait is for a condition with a deadline; nothing sleeps. Everything is killed and reaped
 * by pty_finish.
 */
#ifndef HOMARD_TEST_PTY_H
#define HOMARD_TEST_PTY_H

#include <sys/types.h>
#include "agent/base/buf.h"

struct pty; /* opaque */

struct pty_opts {
	int rows, cols;	      /* 0: 24 x 80 */
	const char *term;     /* NULL: xterm-256color */
	const char *const *env; /* "K=V", NULL-terminated; set in the child */
	const char *cwd;
	const char *background; /* answer to OSC 11, e.g. "rgb:1e1e/1e1e/2e2e"; NULL: silent */
};

struct pty *pty_run(const char *const *argv, const struct pty_opts *o);
/* The child runs fn and exits with its result. */
struct pty *pty_call(int (*fn)(void *arg), void *arg, const struct pty_opts *o);
void pty_finish(struct pty *p);

pid_t pty_pid(const struct pty *p);
int pty_fd(const struct pty *p);
void pty_send(struct pty *p, const char *bytes);
void pty_send_n(struct pty *p, const char *bytes, size_t n);
/* "Enter" "Esc" "Tab" "Up" "C-x" "M-y" "F6" "x" ... */
void pty_key(struct pty *p, const char *name);
void pty_paste(struct pty *p, const char *text);
void pty_click(struct pty *p, int row, int col);
void pty_resize(struct pty *p, int rows, int cols);
void pty_signal(struct pty *p, int sig);
/* The terminal goes away, as when its window is closed. Only pty_wait_exit and pty_finish after. */
void pty_hang_up(struct pty *p);

/* Reads what is there, at most until the deadline or the first bytes: 1 data, 0 none, -1 ended. */
int pty_pump(struct pty *p, int timeout_ms);
bool pty_wait_text(struct pty *p, const char *text, int timeout_ms);
bool pty_wait_gone(struct pty *p, const char *text, int timeout_ms);
bool pty_wait_exit(struct pty *p, int timeout_ms, int *ret_status);
bool pty_wait(struct pty *p, bool (*cond)(struct pty *p, void *arg), void *arg, int timeout_ms);
/* Nothing came for quiet_ms (a deadline of ten times that). */
void pty_settle(struct pty *p, int quiet_ms);

/* Rows joined by newlines, right-trimmed. Owned. */
char *pty_text(struct pty *p);
/* Everything that scrolled off or stays, after the program left: the normal screen. */
bool pty_find(struct pty *p, const char *text, int *ret_row, int *ret_col);
struct pty_cell {
	uint32_t cp;
	int width;
	bool bold, italic, underline, reverse;
	int fg, bg; /* 0xRRGGBB, or -1 for the default colour, or 0x1000000 | palette index */
};
struct pty_cell pty_cell(struct pty *p, int row, int col);
void pty_cursor(struct pty *p, int *ret_row, int *ret_col, bool *ret_visible);
bool pty_altscreen(const struct pty *p);
int pty_mouse(const struct pty *p); /* 0 off */
int pty_rows(const struct pty *p);
int pty_cols(const struct pty *p);
/* Raw output since the last pty_forget (at most 8 MB). */
struct slice pty_raw(const struct pty *p);
void pty_forget(struct pty *p);

#endif
