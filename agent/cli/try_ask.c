/*
 * Asking on a terminal: numbered choices, one line each. An empty line decides nothing, what
 * was typed before the question is thrown away, and what destroys is not offered before all of
 * it was shown.
 */
#include "agent/cli/try_private.h"
#include <errno.h>
#include <poll.h>
#include <termios.h>
#include <time.h>
#include "agent/base/i18n.h"
#include "agent/base/sanitize.h"

#define LINES_FIRST 60
#define DEAF_MS 300
#define DIFF_MAX (1u << 20)
#define ANSWER_MAX 65536

enum choice { CHOICE_ALL, CHOICE_PART, CHOICE_DIFF, CHOICE_SHOW, CHOICE_DROP, CHOICES };

static const struct {
	const char *word, *label;
} choices[CHOICES] = {
	[CHOICE_ALL] = { "take", N_("take all") },
	[CHOICE_PART] = { "part", N_("take part, by numbers") },
	[CHOICE_DIFF] = { "diff", N_("show a difference") },
	[CHOICE_SHOW] = { "show", N_("show everything") },
	[CHOICE_DROP] = { "drop", N_("drop everything") },
};

struct ask {
	struct try *t;
	FILE *out;
	bool shown; /* all of it was on the screen */
	bool *take;
};

static int64_t
now_ms(struct ask *a)
{
	return clock_mono(a->t->cli->clock);
}

/* Keys from before the question, and for a moment after it, are no answer. */
static void
be_deaf(struct ask *a)
{
	int64_t until = now_ms(a) + DEAF_MS, left;

	fflush(a->out);
	while ((left = until - now_ms(a)) > 0) {
		struct pollfd p = { 0, POLLIN, 0 };

		if (poll(&p, 1, (int)left) > 0 && (p.revents & (POLLHUP | POLLERR)))
			return;
		tcflush(0, TCIFLUSH);
	}
}

/* One line without its end; false at the end of input or when interrupted. */
static bool
read_line(struct ask *a, char *line, size_t size)
{
	size_t n = 0;
	char c;

	fputs("> ", a->out);
	fflush(a->out);
	for (;;) {
		ssize_t got = read(0, &c, 1);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || a->t->interrupted)
			return false;
		if (c == '\n')
			break;
		if (n + 1 < size)
			line[n++] = c;
	}
	line[n] = '\0';
	return true;
}

static void
print_choices(struct ask *a)
{
	fputc('\n', a->out);
	for (int i = 0; i < CHOICES; i++)
		fprintf(a->out, "  %d %s\n", i + 1, _(choices[i].label));
}

static enum choice
parse_choice(const char *text)
{
	for (int i = 0; i < CHOICES; i++) {
		char number[16];

		snprintf(number, sizeof(number), "%d", i + 1);
		if (str_eq(text, number) || str_eq_nocase(text, choices[i].word))
			return (enum choice)i;
	}
	return CHOICES;
}

/* "1 3-5, 8": false when any of it is no number of an effect. */
static bool
parse_numbers(const char *text, size_t n, bool *set)
{
	bool any = false;

	memset(set, 0, n * sizeof(*set));
	for (const char *p = text; *p;) {
		unsigned long from, to;
		char *end;

		if (strchr(" ,\t", *p)) {
			p++;
			continue;
		}
		from = to = strtoul(p, &end, 10);
		if (end == p)
			return false;
		if (*end == '-') {
			p = end + 1;
			to = strtoul(p, &end, 10);
			if (end == p)
				return false;
		}
		if (from < 1 || to < from || to > n || (*end && !strchr(" ,\t", *end)))
			return false;
		for (unsigned long i = from; i <= to; i++)
			set[i - 1] = true;
		any = true;
		p = end;
	}
	return any;
}

static void
put_diff(struct ask *a, const struct effect *e)
{
	autobuf struct buf b = BUF_INIT(DIFF_MAX);
	struct err err = { 0 };

	if (draft_diff(a->t->draft, e, DIFF_MAX / 2, &b, &err))
		fprintf(a->out, "%s", buf_str(&b));
	else
		fprintf(a->out, "%s\n", err.text);
}

/* A folder that goes is one line of the list: here it is opened. */
static void
show_all(struct ask *a)
{
	const struct effects *e = a->t->effects;

	try_print_effects(a->t, 0);
	for (size_t i = 0; i < e->n; i++)
		if (S_ISDIR(e->v[i].was_mode) &&
			(e->v[i].kind == EFFECT_DELETE || e->v[i].kind == EFFECT_REPLACE)) {
			fprintf(a->out, "\n%zu: ", i + 1);
			put_diff(a, &e->v[i]);
		}
	a->shown = true;
}

static void
show_diff(struct ask *a)
{
	struct effects *e = a->t->effects;
	autofree bool *set = xcalloc(e->n + 1, sizeof(*set));
	char line[ANSWER_MAX];

	fprintf(a->out, "%s\n", _("Which numbers? (such as 1 3-5)"));
	if (!read_line(a, line, sizeof(line)) || !parse_numbers(line, e->n, set)) {
		fprintf(a->out, "%s\n", _("Those are not numbers of this list."));
		return;
	}
	for (size_t i = 0; i < e->n; i++) {
		if (set[i])
			put_diff(a, &e->v[i]);
	}
}

static bool
choose_part(struct ask *a)
{
	size_t n = a->t->effects->n, more;
	char line[ANSWER_MAX];

	if (a->t->effects->not_listed) {
		fprintf(a->out, "%s\n",
			_("There is more than can be listed: only dropping is possible."));
		return false;
	}
	fprintf(a->out, "%s\n", _("Take which numbers? (such as 1 3-5)"));
	if (!read_line(a, line, sizeof(line)) || !parse_numbers(line, n, a->take)) {
		fprintf(a->out, "%s\n", _("Those are not numbers of this list."));
		return false;
	}
	more = effects_settle(a->t->effects, a->take);
	if (more)
		fprintf(a->out, _("%zu more belong to them and are taken or left with them.\n"),
			more);
	return true;
}

static bool
destroys(const struct effects *e)
{
	return e->red || e->n_kind[EFFECT_DELETE] || e->n_kind[EFFECT_REPLACE];
}

/* What would be gone must have been seen, and very much of it be named. */
static bool
may_take(struct ask *a)
{
	const struct effects *e = a->t->effects;
	char line[ANSWER_MAX], want[32], count[32];

	if (!a->shown && destroys(e)) {
		show_all(a);
		fprintf(a->out, "%s\n", _("That is everything it would do. Choose again."));
		return false;
	}
	if (!(e->red & RED_MANY))
		return true;
	snprintf(want, sizeof(want), "%s", str_count(e->n_kind[EFFECT_DELETE], count));
	fprintf(a->out,
		_("This removes very much. Type %s to confirm, anything else goes back:\n"),
		want);
	return read_line(a, line, sizeof(line)) && str_eq(line, want);
}

static void
take_everything(struct ask *a)
{
	for (size_t i = 0; i < a->t->effects->n; i++)
		a->take[i] = true;
}

/* True when decided; *ret says whether something is taken. */
static bool
act(struct ask *a, enum choice c, bool *ret)
{
	*ret = false;
	switch (c) {
	case CHOICE_ALL:
		if (a->t->effects->not_listed || !may_take(a))
			return false;
		take_everything(a);
		*ret = true;
		return true;
	case CHOICE_PART:
		*ret = choose_part(a) && may_take(a);
		return *ret;
	case CHOICE_DIFF:
		show_diff(a);
		return false;
	case CHOICE_SHOW:
		show_all(a);
		return false;
	case CHOICE_DROP:
		return true;
	case CHOICES:
		break;
	}
	fprintf(a->out, "%s\n", _("Type the number of a choice."));
	return false;
}

bool
try_ask(struct try *t, bool *take)
{
	struct ask a = { .t = t, .out = t->cli->errout, .take = take };
	char line[ANSWER_MAX];
	bool ret;

	a.shown = try_print_effects(t, LINES_FIRST);
	print_choices(&a);
	be_deaf(&a);
	while (read_line(&a, line, sizeof(line))) {
		struct slice s = slice_trim(slice_of(line));
		autofree char *word = slice_dup(s);

		if (act(&a, parse_choice(word), &ret))
			return ret;
		print_choices(&a);
	}
	return false;
}
