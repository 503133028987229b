/* A task event by event: what happened, what it would change, and from there undo, redo, fork. */
#include "tui/cmd_history.h"
#include "tui/cmds.h"
#include "agent/base/jdoc.h"
#include "agent/base/json_words.h"
#include "agent/base/sanitize.h"
#include "tui/diffview.h"
#include "tui/pager.h"
#include "tui/picker.h"
#include "tui/values.h"
#include "tui/words.h"

#define BODY_SHOWN 200000u
#define LINES_SHOWN 2000

static const char *const events_contexts[] = { "events", "picker", NULL };
static int64_t events_task;

static const struct {
	enum event_kind kind;
	const char *words;
} kind_words[] = {
	{ EV_REQUEST, N_("request") },
	{ EV_STATE, N_("state") },
	{ EV_STEER, N_("steered") },
	{ EV_ENGINE, N_("engine") },
	{ EV_TEXT, N_("answer") },
	{ EV_REASONING, N_("thought") },
	{ EV_PLAN, N_("plan") },
	{ EV_CALL, N_("call") },
	{ EV_CALL_BEGUN, N_("call begins") },
	{ EV_OUTPUT, N_("output") },
	{ EV_CALL_DONE, N_("call ended") },
	{ EV_EFFECTS, N_("effects") },
	{ EV_DIFF, N_("difference") },
	{ EV_APPROVAL, N_("decision asked") },
	{ EV_DECISION, N_("decided") },
	{ EV_COMMIT_BEGUN, N_("taking begins") },
	{ EV_COMMIT_DONE, N_("taken") },
	{ EV_COMMIT_FAILED, N_("not taken") },
	{ EV_UNDONE, N_("undone") },
	{ EV_REDONE, N_("done again") },
	{ EV_MODEL_REQUEST, N_("model asked") },
	{ EV_MODEL_REPLY, N_("model answered") },
	{ EV_USAGE, N_("tokens used") },
	{ EV_NOTICE, N_("note") },
};

static const char *
words_of(const struct event *ev)
{
	for (size_t i = 0; i < ARRAY_LEN(kind_words); i++) {
		if (kind_words[i].kind == ev->kind)
			return _(kind_words[i].words);
	}
	return ev->kind_name;
}

static bool
add_event(void *user, const struct event *ev)
{
	autofree char *data = xasprintf("%lld", (long long)ev->seq), *facts = json_words_row(ev->facts);
	autofree char *label = NULL, *when = when_text(ev->time);
	int pad = MAX_OF(16 - text_cols(slice_of(words_of(ev))), 1);

	label = xasprintf("%s%*s%s", words_of(ev), pad, "", facts);
	picker_add(user, label, when, data);
	return true;
}

/* --- the preview --- */

static void
put_effects(const struct fold_effect *v, size_t n, int cols, struct lines *out)
{
	for (size_t i = 0; i < n; i++) {
		autofree char *path = place_text(v[i].path), *from = v[i].from ? place_text(v[i].from) : NULL;
		autofree char *text = from ? xasprintf("%s → %s", from, path) : xstrdup(path), *mark = NULL;
		style st;

		mark = xasprintf("%s ", effect_sign(v[i].kind, &st));
		lines_wrap_hang(out, slice_of(text), cols, mark, st, v[i].taken ? 0 : STYLE(ROLE_MUTED));
		if (v[i].diff)
			diff_render(out, slice_of(v[i].diff), cols, cols >= DIFF_SIDE_COLS);
	}
}

struct point {
	struct fold *f;
	int64_t seq;
	enum event_kind kind;
	int64_t call, commit;
	char *body;
};

static bool
on_point(void *user, const struct event *ev)
{
	struct point *p = user;

	fold_apply(p->f, ev);
	if (ev->seq == p->seq) {
		autojdoc struct jdoc d = { 0 };
		const struct jn *facts = jdoc_parse(&d, ev->facts);

		p->kind = ev->kind;
		p->call = jn_i64(jn_get(facts, "call"), 0);
		p->commit = jn_i64(jn_get(facts, "commit"), 0);
		p->body = ev->has_body && !ev->body_removed ? slice_dup(ev->body) : NULL;
	}
	return true;
}

/* The task as it stood at one event. */
static bool
load_point(struct screen *s, const char *data, struct point *p)
{
	struct journal_range r = { .task = events_task };

	*p = (struct point){ 0 };
	if (!str_to_i64(data, &p->seq))
		return false;
	r.until_seq = p->seq;
	p->f = fold_create(events_task);
	return journal_each(s->journal, &r, on_point, p, NULL);
}

static void
point_finish(struct point *p)
{
	fold_destroy(p->f);
	free(p->body);
}

static bool
shows_effects(enum event_kind kind)
{
	switch (kind) {
	case EV_EFFECTS:
	case EV_APPROVAL:
	case EV_DECISION:
	case EV_COMMIT_BEGUN:
	case EV_COMMIT_DONE:
	case EV_COMMIT_FAILED:
		return true;
	default:
		return false;
	}
}

static void
preview_event(struct screen *s, const char *data, int cols, struct lines *out)
{
	struct point p;
	const struct fold_call *c;
	int more = 0;

	if (!load_point(s, data, &p)) {
		point_finish(&p);
		return;
	}
	lines_begin(out);
	lines_printf(out, STYLE(ROLE_MUTED), _("event %lld · the task was %s"), (long long)p.seq,
		fold_state_word(p.f->state));
	c = p.call ? fold_call(p.f, p.call) : NULL;
	if (c && c->tool) {
		autofree char *words = call_words(c);
		autofree char *line = xasprintf("%s %s", c->tool, words);

		lines_wrap(out, slice_of(line), cols, "", STYLE(ROLE_TOOL));
	}
	lines_begin(out);
	if (c && c->n_effects && shows_effects(p.kind)) {
		put_effects(c->effects, c->n_effects, cols, out);
	} else if (p.body && p.kind == EV_DIFF) {
		diff_render(out, slice_of(p.body), cols, cols >= DIFF_SIDE_COLS);
	} else if (p.body && !values_lines(slice_of(p.body), cols, LINES_SHOWN, out, &more)) {
		autobuf struct buf safe = BUF_INIT(8u << 20);

		sanitize(&safe, p.body, MIN_OF(strlen(p.body), (size_t)BODY_SHOWN), SANITIZE_TEXT);
		lines_wrap(out, buf_slice(&safe), cols, "", 0);
	} else if (!p.body) {
		lines_put(out, _("no text"), STYLE(ROLE_MUTED));
	}
	point_finish(&p);
}

static void
on_event_chosen(struct screen *s, const char *data)
{
	struct point p;

	if (load_point(s, data, &p) && p.body)
		pager_open(s, _("Event"), slice_of(p.body), p.kind == EV_DIFF ? PAGER_DIFF
			: p.body[0] == '{' || p.body[0] == '[' ? PAGER_JSON : PAGER_TEXT);
	else
		screen_say(s, ROLE_INFO, "%s", _("this event has no text"));
	point_finish(&p);
}

static void
cmd_events(struct screen *s, const char *arg)
{
	struct picker_opts o = { .title = _("Event by event"), .placeholder = _("kind or words"), .wide = true,
		.hints = _("↑↓ step · Enter in full · Alt+U undo · Alt+Shift+U do again · Alt+F go on from here"),
		.no_sort = true, .contexts = events_contexts, .chosen = on_event_chosen, .preview = preview_event,
		.keep_open = true };
	struct journal_range r = { .task = history_meant(s), .no_bodies = true, .limit = PICKER_MAX };
	struct picker *p = r.task ? picker_open(s, &o) : NULL;

	(void)arg;
	if (!p)
		return;
	events_task = r.task;
	journal_each(s->journal, &r, add_event, p, NULL);
	picker_ready(s, p, NULL);
}

/* --- from there --- */

static const char *
selected(struct screen *s)
{
	struct picker *p = picker_top(s);

	return p && picker_contexts_of(p) == events_contexts ? picker_data(p) : NULL;
}

static bool
at_event(struct screen *s)
{
	return selected(s) != NULL;
}

static void
cmd_event_fork(struct screen *s, const char *arg)
{
	int64_t seq;

	(void)arg;
	if (str_to_i64(selected(s), &seq))
		history_fork(s, events_task, seq);
}

/* The event's own commit, that of its call, else the newest taken up to there. */
static int64_t
commit_at(const struct point *p)
{
	int64_t newest = p->commit;

	for (size_t i = 0; i < p->f->n_calls && !p->commit; i++) {
		if (p->f->calls[i].commit && (p->f->calls[i].call == p->call || !newest || !p->call))
			newest = p->f->calls[i].commit;
	}
	return newest ? newest : p->f->whole.commit;
}

static void
turn_back(struct screen *s, bool redo)
{
	struct point p;
	int64_t commit = 0;

	if (load_point(s, selected(s), &p))
		commit = commit_at(&p);
	point_finish(&p);
	if (commit)
		screen_undo(s, events_task, commit, redo);
	else
		screen_say(s, ROLE_INFO, "%s", _("nothing was taken up to here"));
}

static void
cmd_event_undo(struct screen *s, const char *arg)
{
	(void)arg;
	turn_back(s, false);
}

static void
cmd_event_redo(struct screen *s, const char *arg)
{
	(void)arg;
	turn_back(s, true);
}

static bool
has_task(struct screen *s)
{
	return history_meant(s) != 0;
}

const struct command cmds_events[] = {
	{ "events", N_("Step through a task event by event"), "history", NULL, "/events", cmd_events, has_task },
	{ "event-fork", N_("Go on from this event as a new task"), "events", NULL, NULL, cmd_event_fork, at_event },
	{ "event-undo", N_("Undo what was taken here"), "events", NULL, NULL, cmd_event_undo, at_event },
	{ "event-redo", N_("Do again what was undone here"), "events", NULL, NULL, cmd_event_redo, at_event },
	{ 0 },
};
