/*
 * Bytes from the terminal to events. A state machine that keeps unfinished sequences across
 * reads: keys in every form terminals send, pastes put together again, the mouse, focus, and the
 * late answers to our questions (which must never show up as text). Owns its buffers; main thread.
 * Limits: a paste of 1 MB (the rest is dropped and said so), an answer of 4 kB.
 */
#ifndef HOMARD_TUI_INPUT_H
#define HOMARD_TUI_INPUT_H

#include "agent/base/buf.h"
#include "tui/key.h"

enum input_kind { INPUT_KEY, INPUT_PASTE, INPUT_MOUSE, INPUT_FOCUS, INPUT_REPLY };

enum mouse_what { MOUSE_PRESS, MOUSE_RELEASE, MOUSE_DRAG, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };

enum input_reply {
	REPLY_OSC,    /* text: "11;rgb:..." */
	REPLY_CURSOR, /* y, x from 1 */
	REPLY_DEVICE, /* DA1: text are its parameters */
	REPLY_OTHER
};

struct input_event {
	enum input_kind kind;
	struct key key;	      /* INPUT_KEY */
	struct slice text;    /* INPUT_PASTE, REPLY_OSC, REPLY_DEVICE; valid during the call */
	bool cut;	      /* INPUT_PASTE: the end was dropped */
	bool focused;	      /* INPUT_FOCUS */
	enum mouse_what what; /* INPUT_MOUSE */
	int button;	      /* 1 left, 2 middle, 3 right */
	unsigned mods;
	int y, x; /* from 0; REPLY_CURSOR from 1 */
	enum input_reply reply;
};
typedef void input_fn(void *user, const struct input_event *ev);

struct input; /* opaque */

struct input *input_create(input_fn *fn, void *user);
void input_destroy(struct input *in); /* NULL is fine */
/* One read's worth of bytes. */
void input_feed(struct input *in, const char *p, size_t n);
/* How long to wait for more bytes before input_timeout() must be called; -1: nothing waits. */
int input_wait_ms(const struct input *in);
/* While on, a lone ESC is the key after 2 ms instead of 25: for when it stops a stream, and where
 * the terminal is near enough not to tear sequences apart. */
void input_hurry(struct input *in, bool on);
/* A lone ESC becomes the key, a paste without its end is delivered, unfinished answers go. */
void input_timeout(struct input *in);

#endif
