/* Shared by the files of line mode only. */
#ifndef HOMARD_LINE_PRIVATE_H
#define HOMARD_LINE_PRIVATE_H

#include "agent/cli/line.h"
#include "agent/core/fold.h"
#include "agent/draft/effects.h"

#define LINE_INPUT_MAX (1u << 20)

/* What the next line of input answers. */
enum line_wants { WANT_REQUEST, WANT_CHOICE, WANT_NUMBERS, WANT_DIFF, WANT_WORDS, WANT_COMMAND,
	WANT_TYPED, WANT_ALWAYS, WANT_ANSWER };

struct line {
	struct session session;
	const struct line_opts *opts;
	FILE *out; /* answers */
	FILE *say; /* everything else */
	struct fold *fold;
	enum line_wants wants;
	bool tty, prompted, ended_input, in_text;
	struct buf input; /* not yet a whole line */
	uv_poll_t *poll;  /* NULL: a file, read at once */
	char *cwd, *mode, *model, *engine;
	int64_t *part; /* chosen numbers while a confirmation is typed */
	size_t n_part;
	bool part_chosen;
	int64_t sigint_ms;
	bool undoing;
	void (*take_input)(void *line); /* what waits may answer the state that was reached */
};

/* line_event.c */
void line_event(void *user, const struct event *ev);

/* line_print.c */
void line_put_safe(FILE *f, struct slice s);
/* A streamed message may stand open in the middle of a line. */
void line_end_text(struct line *l);
void line_sentence(struct line *l, const char *mark, const char *text);
void line_show_effects(struct line *l, const struct fold_call *c, bool numbers);
void line_show_diff(struct line *l, const struct fold_approval *a, int64_t n);
/* Copies of the fold's effects as the draft room's type, for its tree; effects_finish it. */
void line_effects(const struct fold_call *c, struct effects *ret);

/* line_decide.c */
void line_show_choices(struct line *l, const struct fold_approval *a);
void line_decide(struct line *l, const char *text);
void line_show_question(struct line *l, const struct fold_question *q);
void line_answer(struct line *l, const char *text);
/* "1-3, 7" -> numbers counted from 0; false with a sentence. */
bool line_parse_numbers(const char *text, size_t max, int64_t **ret, size_t *ret_n,
	struct err *err) MUST_CHECK;

/* line_command.c: /commands. False: no such command. */
bool line_command(struct line *l, const char *text);

/* line_submit.c */
void line_submit(struct line *l, const char *text);

/* Looks at waiting input again on the next turn of the loop. */
static inline void
line_wake(struct line *l)
{
	agent_defer(l->session.agent, l->take_input, l);
}

#endif
