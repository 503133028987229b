/* Every task ever: filter, preview, open, undo, run again, fork, export, event by event. */
#include "tui/cmd_history.h"
#include "tui/cmds.h"
#include "agent/base/path.h"
#include "agent/base/sanitize.h"
#include "agent/store/export.h"
#include "tui/pager.h"
#include "tui/picker.h"
#include "tui/prompt.h"
#include "tui/screen_priv.h"
#include "tui/words.h"
#include <time.h>

#define HISTORY_SHOWN 500

static const char *const history_contexts[] = { "history", "picker", NULL };

/* --- the list --- */

static const char *
state_sign(const char *state)
{
	return str_eq(state, "done") ? "✓" : str_eq(state, "failed") ? "✗" : str_eq(state, "stopped") ? "–" : "●";
}

static bool
add_task(void *user, const struct task_row *row)
{
	autofree char *request = sanitize_elide(row->request, 100), *label = NULL, *when = when_text(row->time);
	autofree char *right = NULL, *data = xasprintf("%lld", (long long)row->task);

	label = xasprintf("%s %4lld  %s", state_sign(row->state), (long long)row->task,
		*request ? request : _("(removed)"));
	right = row->cost > 0 ? xasprintf("$%.3f  %s", row->cost, when) : xstrdup(when);
	picker_add(user, label, right, data);
	return true;
}

/* "failed in:~/proj since:2026-11-01 cost:0.1 invoice" */
struct parsed {
	struct task_filter f;
	char *words, *place, *engine, *state;
};

static int64_t
day_ms(const char *text)
{
	struct tm tm = { .tm_isdst = -1 };

	if (!strptime(text, "%Y-%m-%d", &tm))
		return 0;
	return (int64_t)mktime(&tm) * 1000;
}

static int64_t
day_start(int days)
{
	time_t now = time(NULL);
	struct tm tm;

	localtime_r(&now, &tm);
	tm = (struct tm){ .tm_year = tm.tm_year, .tm_mon = tm.tm_mon, .tm_mday = tm.tm_mday + days, .tm_isdst = -1 };
	return (int64_t)mktime(&tm) * 1000;
}

static bool
take_word(struct screen *s, struct parsed *p, const char *w)
{
	static const char *const states[] = { N_("done"), N_("failed"), N_("stopped"), N_("waiting"), "acting",
		"thinking" };
	double cost;

	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		if (str_eq(states[i], w) || str_eq(_(states[i]), w)) {
			free(p->state);
			p->state = xstrdup(states[i]);
			return true;
		}
	}
	if (str_eq(w, "today") || str_eq(w, _("today"))) {
		p->f.since = day_start(0);
	} else if (str_eq(w, "yesterday") || str_eq(w, _("yesterday"))) {
		p->f.since = day_start(-1);
		p->f.until = day_start(0);
	} else if (str_starts(w, "on:") && day_ms(w + 3)) {
		p->f.since = day_ms(w + 3);
		p->f.until = p->f.since + 86400000;
	} else if (str_starts(w, "in:")) {
		autofree char *cwd = getcwd(NULL, 0);

		free(p->place);
		p->place = path_resolve(w + 3, cwd ? cwd : "/", s->cli->places->home);
	} else if (str_starts(w, "engine:")) {
		free(p->engine);
		p->engine = xstrdup(w + 7);
	} else if (str_starts(w, "since:")) {
		p->f.since = day_ms(w + 6);
	} else if (str_starts(w, "until:")) {
		p->f.until = day_ms(w + 6) ? day_ms(w + 6) + 86400000 : 0;
	} else if (str_starts(w, "cost:") && str_to_double(w + 5, &cost)) {
		p->f.min_cost = cost;
	} else {
		return false;
	}
	return true;
}

static void
parse_filter(struct screen *s, const char *text, struct parsed *p)
{
	struct slice rest = slice_of(text);
	struct buf words = BUF_INIT(4096);

	*p = (struct parsed){ .f = { .limit = HISTORY_SHOWN } };
	while (rest.p) {
		autofree char *w = slice_dup(slice_cut(&rest, ' '));

		if (*w && !take_word(s, p, w))
			buf_printf(&words, "%s%s", words.len ? " " : "", w);
	}
	p->words = buf_steal(&words);
	p->f.words = *p->words ? p->words : NULL;
	p->f.state = p->state;
	p->f.engine = p->engine;
	p->f.place = p->place;
}

static void
refill(struct screen *s, struct picker *p, const char *filter)
{
	struct parsed q;
	struct err err = { 0 };

	parse_filter(s, filter, &q);
	if (!journal_tasks(s->journal, &q.f, add_task, p, &err))
		screen_error(s, &err);
	free(q.words);
	free(q.place);
	free(q.engine);
	free(q.state);
}

/* --- the preview: the task's own fold, drawn small --- */

static void
preview(struct screen *s, const char *data, int cols, struct lines *out)
{
	struct err err = { 0 };
	int64_t task = 0;
	struct fold *f;
	autofree char *place = NULL, *time = NULL;

	if (!str_to_i64(data, &task))
		return;
	f = screen_load_task(s, task, &err);
	if (!f) {
		lines_wrap(out, slice_of(err.text), cols, "", STYLE(ROLE_WARN));
		return;
	}
	place = place_text(f->cwd ? f->cwd : "");
	time = duration_text(f->ended ? f->ended - f->time : 0);
	lines_begin(out);
	lines_printf(out, STYLE(f->state == FOLD_DONE ? ROLE_OK : ROLE_WARN), "%s", fold_state_word(f->state));
	lines_printf(out, STYLE(ROLE_MUTED), " · %s · %s · %s", time, f->engine ? f->engine : "?", place);
	for (size_t i = 0; i < f->n_blocks && out->n < 400; i++) {
		autolines struct lines one;

		lines_init(&one);
		transcript_lines(s, f, i, false, cols, &one);
		if (one.n)
			lines_begin(out);
		lines_append(out, &one);
	}
	fold_destroy(f);
}

/* --- what can be done with a task --- */

static void
on_task(struct screen *s, const char *data)
{
	int64_t task;

	if (str_to_i64(data, &task))
		screen_view_task(s, task);
}

static void
cmd_history(struct screen *s, const char *arg)
{
	struct picker_opts o = { .title = _("History"),
		.placeholder = _("words, done, failed, today, since:2026-01-31, in:FOLDER, engine:, cost:"),
		.empty = _("no task like that; every task you ask for is kept here"),
		.hints = _("Enter open · Alt+R again · Alt+F fork · Alt+U undo · Alt+E events · Alt+X export · Alt+Del remove text"),
		.wide = true, .no_sort = true, .contexts = history_contexts, .chosen = on_task,
		.preview = preview, .refill = refill };
	struct picker *p = picker_open(s, &o);

	if (!p)
		return;
	picker_filter(p, arg);
	refill(s, p, arg);
	picker_ready(s, p, NULL);
}

int64_t
history_meant(struct screen *s)
{
	struct picker *p = picker_top(s);
	const char *data = p && picker_contexts_of(p) == history_contexts ? picker_data(p) : NULL;
	const struct fold *f = screen_fold(s);
	int64_t task;

	if (data && str_to_i64(data, &task))
		return task;
	return f ? f->task : 0;
}

static void
cmd_again(struct screen *s, const char *arg)
{
	int64_t task = history_meant(s);
	struct fold *f = task ? screen_load_task(s, task, NULL) : NULL;

	(void)arg;
	if (!f || !f->request)
		screen_say(s, ROLE_WARN, "%s", _("there is no request to run again"));
	if (f && f->request) {
		overlay_clear(s);
		screen_view_back(s);
		screen_focus(s, PANE_INPUT);
		edit_set(s->edit, f->request);
		input_changed(s);
	}
	fold_destroy(f);
}

static void
on_fork_text(struct screen *s, const char *text, void *user)
{
	const int64_t *from = user;
	autofree char *cwd = getcwd(NULL, 0);
	struct submit sub = { .text = text, .cwd = cwd ? cwd : "/", .fork_task = from[0], .fork_seq = from[1] };
	struct err err = { 0 };

	if (!*text)
		return;
	screen_view_back(s);
	if (!agent_submit(s->agent, &sub, NULL, NULL, &err))
		screen_error(s, &err);
	else
		s->started = true;
}

void
history_fork(struct screen *s, int64_t task, int64_t seq)
{
	int64_t *from = xcalloc(2, sizeof(*from));
	autofree char *label = xasprintf(_("Go on from task %lld as a new task with"), (long long)task);

	from[0] = task;
	from[1] = seq;
	overlay_clear(s);
	prompt_open(s, label, NULL, on_fork_text, NULL, from);
}

static void
cmd_fork(struct screen *s, const char *arg)
{
	int64_t task = history_meant(s);
	struct fold *f = task ? screen_load_task(s, task, NULL) : NULL;

	(void)arg;
	if (f)
		history_fork(s, task, f->last_seq);
	fold_destroy(f);
}

static void
cmd_history_undo(struct screen *s, const char *arg)
{
	int64_t task = history_meant(s);

	(void)arg;
	if (task)
		screen_undo(s, task, 0, false);
}

static void
cmd_history_redo(struct screen *s, const char *arg)
{
	int64_t task = history_meant(s);

	(void)arg;
	if (task)
		screen_undo(s, task, 0, true);
}

/* --- export --- */

static bool
write_piece(void *user, struct slice piece, struct err *err)
{
	if (fwrite(piece.p, 1, piece.n, user) != piece.n)
		return err_set(err, ERR_IO, _("the file could not be written"));
	return true;
}

static void
on_export_name(struct screen *s, const char *text, void *user)
{
	int64_t task = *(const int64_t *)user;
	const char *dot = strrchr(text, '.');
	const struct export_form *form = dot && str_eq(dot, ".jsonl") ? &export_json
		: dot && str_eq(dot, ".cast")				? &export_cast
									: &export_markdown;
	autofree char *cwd = getcwd(NULL, 0), *path = path_resolve(text, cwd ? cwd : "/", s->cli->places->home);
	struct err err = { 0 };
	autofile FILE *f = *text ? fopen(path, "wxe") : NULL;

	if (!*text)
		return;
	if (!f)
		screen_say(s, ROLE_ERROR, _("%s cannot be made; is it there already?"), text);
	else if (!export_task(s->journal, task, form, write_piece, f, &err))
		screen_error(s, &err);
	else
		screen_say(s, ROLE_OK, _("written: %s"), text);
}

static void
cmd_export(struct screen *s, const char *arg)
{
	int64_t *task = xmalloc(sizeof(*task));
	autofree char *name = NULL;

	*task = history_meant(s);
	if (*arg && *task) {
		on_export_name(s, arg, task);
		free(task);
		return;
	}
	if (!*task) {
		free(task);
		return;
	}
	name = xasprintf("homard-%lld.md", (long long)*task);
	prompt_open(s, _("Export to (.md, .jsonl, .cast)"), name, on_export_name, NULL, task);
}

/* --- removing what a task says --- */

struct body_list {
	int64_t *v;
	size_t n, cap;
};

static bool
add_body(void *user, const struct event *ev)
{
	struct body_list *l = user;

	if (ev->has_body && !ev->body_removed) {
		GROW(l->v, l->n, l->cap);
		l->v[l->n++] = ev->seq;
	}
	return true;
}

static void
on_remove_sure(struct screen *s, const char *text, void *user)
{
	int64_t task = *(const int64_t *)user;
	struct journal_range r = { .task = task, .no_bodies = true };
	struct body_list l = { 0 };
	struct err err = { 0 };
	size_t removed = 0;

	if (!str_eq(text, _("remove"))) {
		screen_say(s, ROLE_INFO, "%s", _("nothing was removed"));
		return;
	}
	journal_each(s->journal, &r, add_body, &l, &err);
	for (size_t i = 0; i < l.n && journal_remove_body(s->journal, l.v[i], "person", &err); i++)
		removed++;
	free(l.v);
	picker_refresh(s);
	if (err.code)
		screen_error(s, &err);
	else
		screen_say(s, ROLE_OK, ngettext_("%zu text removed; the chain stays whole",
			"%zu texts removed; the chain stays whole", removed), removed);
}

static void
cmd_remove(struct screen *s, const char *arg)
{
	int64_t *task = xmalloc(sizeof(*task));
	autofree char *label = NULL;

	(void)arg;
	*task = history_meant(s);
	if (!*task || (s->live && s->live->task == *task && screen_running(s))) {
		free(task);
		screen_say(s, ROLE_WARN, "%s", _("a running task cannot be removed"));
		return;
	}
	label = xasprintf(_("Remove every text of task %lld for good? Type \"%s\""), (long long)*task, _("remove"));
	prompt_open(s, label, NULL, on_remove_sure, NULL, task);
}

/* --- words in everything --- */

static bool
add_hit(void *user, const struct search_hit *hit)
{
	autofree char *snippet = xstrdup(hit->snippet), *safe = NULL, *when = when_text(hit->time);
	autofree char *data = xasprintf("%lld", (long long)hit->task), *label = NULL;
	char *to = snippet;

	/* Without the marks around what was found. */
	for (const char *p = snippet; *p; p++) {
		if (*p != '\x01' && *p != '\x02')
			*to++ = *p;
	}
	*to = '\0';
	safe = sanitize_elide(snippet, 110);
	label = xasprintf("%4lld  %s", (long long)hit->task, safe);
	picker_add(user, label, when, data);
	return true;
}

static void
refill_search(struct screen *s, struct picker *p, const char *filter)
{
	struct err err = { 0 };

	if (*filter)
		journal_search(s->journal, filter, 100, add_hit, p, &err);
}

static void
cmd_search(struct screen *s, const char *arg)
{
	struct picker_opts o = { .title = _("Search everything ever"), .placeholder = _("words, \"a phrase\", -without"),
		.empty = _("write words to search for"), .wide = true, .no_sort = true, .chosen = on_task,
		.contexts = history_contexts,
		.preview = preview, .refill = refill_search };
	struct picker *p = picker_open(s, &o);

	if (!p)
		return;
	picker_filter(p, arg);
	refill_search(s, p, arg);
	picker_ready(s, p, NULL);
}

static bool
has_task(struct screen *s)
{
	return history_meant(s) != 0;
}

const struct command cmds_history[] = {
	{ "history", N_("Browse every task"), "global", N_("[FILTER]"), "/history", cmd_history, NULL },
	{ "search", N_("Search every text of every task"), "global", N_("[WORDS]"), "/search", cmd_search, NULL },
	{ "again", N_("Put a task's request into the input again"), "history", NULL, "/again", cmd_again, has_task },
	{ "fork", N_("Go on from a task as a new one"), "history", NULL, "/fork", cmd_fork, has_task },
	{ "task-undo", N_("Undo everything a task took"), "history", NULL, NULL, cmd_history_undo, has_task },
	{ "task-redo", N_("Do again everything a task took"), "history", NULL, NULL, cmd_history_redo, has_task },
	{ "export", N_("Write a task to a file"), "history", N_("[FILE]"), "/export", cmd_export, has_task },
	{ "remove", N_("Remove a task's texts for good"), "history", NULL, "/remove", cmd_remove, has_task },
	{ 0 },
};
