/*
 * The terminal, and the only door to curses. ncurses draws into a memory file; each frame leaves
 * as one write inside a synchronised update. Everything else (raw mode, alternate screen, mouse,
 * paste, focus, keyboard protocols, queries) is written by us, and undone on close, suspend, crash
 * and hang-up alike.
 *
 * One per process (the crash handler needs it), main thread. The terminal is opened a second time
 * without blocking, so a slow or stopped one never holds the loop: while term_pending() is
 * true draw nothing, and call term_write_more() when it is writable.
 */
#ifndef HOMARD_TUI_TERM_H
#define HOMARD_TUI_TERM_H

#include "agent/base/err.h"
#include "tui/cell.h"

enum color_depth { DEPTH_MONO, DEPTH_16, DEPTH_256, DEPTH_TRUE };

/* What the environment says about the terminal. */
struct term_traits {
	enum color_depth depth;
	bool dumb;    /* no screen at all: use line mode */
	bool italic;
	bool osc;     /* understands (or ignores) OSC strings, kitty keys, queries */
	bool links;   /* OSC 8 is worth the bytes */
	bool no_color; /* NO_COLOR: depth is DEPTH_MONO by wish */
	bool unicode_lines; /* line drawing characters exist */
	int background; /* from COLORFGBG: 1 light, 0 dark, -1 unknown */
};
typedef const char *term_env_fn(void *user, const char *name);
/* env NULL: getenv. */
void term_detect(struct term_traits *ret, term_env_fn *env, void *user);

/* Colours of one style: -1 = the terminal's own; with DEPTH_TRUE 0xRRGGBB or PAINT_ANSI(0..7), else
 * an index. */
#define PAINT_ANSI(n) (-2 - (n))
struct paint {
	int32_t fg, bg;
	unsigned attr; /* ATTR_* */
};
typedef void paint_fn(void *user, style s, struct paint *ret);

struct term; /* opaque */

struct term_opts {
	struct term_traits traits;
	bool mouse;
	bool queries; /* ask for background and widths with the first frame */
};

/* Takes over the terminal on descriptors 0 and 1. ERR_USAGE when there is none or it cannot show
 * a screen: then use line mode. */
bool term_open(const struct term_opts *o, struct term **ret, struct err *err) MUST_CHECK;
/* Restores everything. NULL is fine. */
void term_close(struct term *t);
int term_fd(const struct term *t); /* to poll, and to read input from */
const struct term_traits *term_traits(const struct term *t);
/* The size the terminal has now (TIOCGWINSZ); at least 1 x 1. */
void term_size(const struct term *t, int *ret_rows, int *ret_cols);
/* Tells curses; the next frame is drawn whole. */
void term_resize(struct term *t, int rows, int cols);
/* The next frame is drawn whole (Ctrl-L, after other programs wrote here). */
void term_redraw_all(struct term *t);

/* Hands the terminal to another program, or to the shell, and takes it back. */
void term_leave(struct term *t);
void term_enter(struct term *t);
/* Mouse reports on or off (off: the terminal's own selection works). */
void term_mouse(struct term *t, bool on);

/* Draws what differs from the last frame; one write. Styles are resolved by paint; call
 * term_new_paint() when their meaning changed (another theme). */
void term_draw(struct term *t, const struct canvas *c, paint_fn *paint, void *user);
void term_new_paint(struct term *t);
bool term_pending(const struct term *t);
/* False: the terminal is gone. */
bool term_write_more(struct term *t);
bool term_gone(const struct term *t);
uint64_t term_bytes(const struct term *t); /* written so far */

/* --- strings that leave with the next frame; text is made safe, too long is dropped --- */
void term_title(struct term *t, const char *text); /* once per change */
/* OSC 52, at most 100 kB. False when it is too long or the terminal has no OSC. */
bool term_copy(struct term *t, struct slice text);
/* OSC 9, 777 and 99 differ by terminal: picks by environment; false = none, ring the bell. */
bool term_notify(struct term *t, const char *title, const char *body);
void term_bell(struct term *t);
/* OSC 9;4: percent 0..100, -1 = busy without measure, -2 = none, -3 = error. */
void term_progress(struct term *t, int percent);
/* Block, bar or the terminal's own cursor. */
enum term_cursor { TERM_CURSOR_DEFAULT, TERM_CURSOR_BLOCK, TERM_CURSOR_BAR };
void term_cursor_shape(struct term *t, enum term_cursor shape);
/* Sends the pending strings without a frame. */
void term_flush(struct term *t);

#endif
