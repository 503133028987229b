/* What the files of the screen share. Nobody else includes it. */
#ifndef HOMARD_TUI_SCREEN_PRIV_H
#define HOMARD_TUI_SCREEN_PRIV_H

#include <uv.h>
#include "agent/base/i18n.h"
#include "agent/cli/session.h"
#include "agent/core/agent.h"
#include "agent/core/fold.h"
#include "agent/core/growth.h"
#include "tui/approval_guard.h"
#include "tui/blocks.h"
#include "tui/command.h"
#include "tui/edit.h"
#include "tui/input.h"
#include "tui/keymap.h"
#include "tui/layout.h"
#include "tui/scroll.h"
#include "tui/screen.h"
#include "tui/term.h"
#include "tui/theme.h"

#define OVERLAYS_MAX 8
#define FOLDS_MAX 64 /* tasks shown above one another */

struct screen;

/* Something over the panes that takes the keys: palette, pager, question for a word. */
struct overlay_type {
	const char *name;
	const char *const *contexts; /* innermost first */
	bool raw;		     /* key() gets every key before any binding */
	void (*draw)(struct screen *s, void *state, struct area a);
	/* Keys that are bound to nothing, mostly characters. True: taken. */
	bool (*key)(struct screen *s, void *state, struct key k);
	void (*paste)(struct screen *s, void *state, struct slice text);
	void (*mouse)(struct screen *s, void *state, const struct input_event *ev);
	void (*destroy)(void *state);
};
struct overlay {
	const struct overlay_type *type;
	void *state;
};

struct pane_type {
	const char *title;	/* N_() */
	const char *const *contexts;
	void (*draw)(struct screen *s, struct area a, bool focused);
	void (*mouse)(struct screen *s, const struct input_event *ev, int y, int x);
	void (*move)(struct screen *s, int rows); /* lists and texts alike; NULL: none */
	void (*page)(struct screen *s, int pages2);
	void (*edge)(struct screen *s, bool end);
};
extern const struct pane_type *const pane_types[PANE_COUNT];

/* A list in which one is chosen. */
struct approval_view { /* pane_approval.c */
	struct decision_guard guard;
	struct list list;
	bool *take; /* by effect of the approval */
	size_t n;
	bool by_part; /* something was unchecked */
	bool full;
	struct lines lines;
	int lines_cols, top, shown_rows;
	uint64_t lines_revision;
	int64_t diff_of; /* effect whose difference is shown, -1 none */
	char *diff;
	int want_last, want_total; /* rows in the frame being drawn */
	int view_rows;
	int *row_item; /* by line of `lines`: index of the effect, -1 none */
	size_t n_rows;
	int take_end, refuse_end; /* columns where the buttons end */
};

struct screen {
	struct cli *cli;
	struct session session;
	bool has_session;
	struct agent *agent;
	struct journal *journal;
	struct term *term;
	struct canvas *canvas;
	struct input *input;
	struct theme *theme;
	struct keymap keymap;
	struct edit *edit;
	const char *theme_dirs[3];
	char *theme_dir_own, *theme_dir_share;
	int32_t background; /* of the terminal, -1 unknown */
	bool colors_forced;

	/* handles */
	uv_poll_t poll;
	uv_timer_t frame_timer, tick_timer, input_timer, guard_timer, draft_timer, notify_timer;
	uv_prepare_t prepare;
	uv_signal_t sigwinch, sigtstp, sigcont;
	int n_handles;
	bool poll_writable;

	/* drawing */
	bool dirty, urgent;
	uint64_t last_frame; /* uv_hrtime ns */
	uint64_t frame_bytes; /* what the last one wrote */
	struct layout layout;
	enum pane_id focus, zoom;
	bool plan_folded, tools_folded, banner_off;
	int spin;

	/* tasks on view, oldest first; the last is the present one */
	struct fold *folds[FOLDS_MAX];
	size_t n_folds;
	struct fold *live; /* the running or newest task of this session, or NULL */
	bool viewing;	   /* an old task is on view */
	struct fold *kept[FOLDS_MAX]; /* this session's, while viewing */
	size_t n_kept;
	struct blocks *blocks;
	struct {
		int64_t task;
		int64_t seq;
	} unfolded[256];
	size_t n_unfolded;
	bool unfold_all;
	uint64_t fold_toggle;
	size_t cursor_block; /* flat index the pane's cursor is on, SIZE_MAX none */

	struct list plan_list, tools_list;
	struct approval_view approval;

	struct overlay overlays[OVERLAYS_MAX];
	size_t n_overlays;

	/* keys */
	struct key seq[KEYMAP_SEQ_MAX];
	size_t n_seq;
	bool far; /* the terminal is behind a network */
	bool focused_terminal, click_blind;
	bool click_inside; /* the pane had the keyboard before this click */
	bool dragging;
	int64_t last_interrupt, last_escape;
	uint64_t draft_revision;

	/* completion under the input */
	struct strv complete;
	int complete_sel;
	char complete_mark;
	uint64_t complete_revision;

	/* one line to the person */
	char *message;
	enum role message_role;
	bool offer_undo;
	int64_t undo_task, undo_commit; /* being undone or done again */
	bool undo_redo, undo_keep;
	char *error_details;

	char *find_words;
	struct strv local_servers; /* presets that answer on loopback */
	char *model_hint;
	bool leaving, quit;
	int exit;
	bool started; /* a submit is on its way */
	const char *banner; /* permanent warning, borrowed from the agent */
	bool mouse;
	bool lobster;
	struct growth growth; /* read anew when a task has ended */

	/* the notification on the desktop, if one is there */
	struct {
		struct child *child;
		char *title, *body;
		int64_t task, approval; /* what its buttons are about */
		bool shown;
	} note;
};

/* screen.c */
/* Everything that needs neither a terminal nor an agent. */
void screen_init(struct screen *s, struct cli *c);
void screen_finish(struct screen *s);
void screen_dirty(struct screen *s);
void screen_leave(struct screen *s, int exit);
void screen_say(struct screen *s, enum role role, const char *fmt, ...) PRINTF_LIKE(3, 4);
void screen_error(struct screen *s, const struct err *err);
void screen_shell_out(struct screen *s, const char *const *argv);
int64_t screen_now(struct screen *s); /* monotonic ms */
void screen_use_theme(struct screen *s, const char *name, bool keep);
void screen_read_input(struct screen *s);

/* screen_open.c */
bool screen_open_terminal(struct screen *s, struct err *err) MUST_CHECK;
void screen_read_keys(struct screen *s);
void screen_help_text(const struct keymap *m, struct buf *out); /* screen_help.c */

/* screen_tasks.c */
struct fold *screen_fold(const struct screen *s); /* the present one, or NULL */
void screen_on_event(void *user, const struct event *ev);
void screen_submit(struct screen *s, const char *text);
void screen_view_task(struct screen *s, int64_t task);
void screen_view_back(struct screen *s);
/* Shows a loaded task as the present one. Takes f. */
void screen_adopt(struct screen *s, struct fold *f);
bool screen_running(const struct screen *s);
bool screen_is_running(struct screen *s); /* for commands */
struct fold *screen_load_task(struct screen *s, int64_t task, struct err *err);
void screen_undo(struct screen *s, int64_t task, int64_t commit, bool redo);

/* screen_draw.c */
void screen_draw(struct screen *s);
/* Fills the canvas. */
void screen_compose(struct screen *s);
void screen_wish(struct screen *s, struct layout_wish *w);
struct area area_of(struct screen *s, struct rect r);
/* A pane's title row; returns the area below it. */
struct area draw_pane_title(struct screen *s, struct area a, enum pane_id p, bool focused,
	const char *right);
const char *spinner(const struct screen *s);

/* screen_key.c */
void screen_on_input(void *user, const struct input_event *ev);
void screen_focus(struct screen *s, enum pane_id p);
/* What the arrow keys and their like act on: the overlay on top or the focused pane. */
const char *const *screen_contexts(const struct screen *s);

/* overlays.c */
bool overlay_push(struct screen *s, const struct overlay_type *type, void *state);
void overlay_pop(struct screen *s);
struct overlay *overlay_top(struct screen *s);
void overlay_clear(struct screen *s);

/* transcript.c */
extern const struct blocks_source transcript_source;
bool transcript_locate(const struct screen *s, size_t flat, struct fold **ret_fold, size_t *ret_block);
void transcript_toggle(struct screen *s, size_t flat);
/* Unfolds what hides these words. */
void transcript_reveal(struct screen *s, const char *words);
size_t transcript_count(void *user);
/* One block of any fold, laid out as the transcript does; open: unfolded. */
void transcript_lines(struct screen *s, const struct fold *f, size_t i, bool open, int cols,
	struct lines *out);
char *transcript_block_text(struct screen *s, size_t flat);

/* pane_input.c */
void draw_input(struct screen *s, struct area a);
void draw_completion(struct screen *s);
void input_changed(struct screen *s);
bool complete_active(const struct screen *s);

/* pane_approval.c */
const struct fold_approval *approval_open(const struct screen *s);
void approval_sync(struct screen *s);
void approval_frame_written(struct screen *s);

/* status.c */
void draw_header(struct screen *s, struct area a);
void draw_rule(struct screen *s, struct area a);
void draw_status(struct screen *s, struct area a);

#endif
