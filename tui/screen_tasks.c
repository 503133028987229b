/* Tasks on the screen: events into folds, requests out, old tasks on view, undo. */
#include "tui/screen_priv.h"
#include "agent/base/sanitize.h"
#include "tui/lobster.h"
#include "tui/notify.h"
#include "tui/picker.h"
#include "tui/words.h"

struct fold *
screen_fold(const struct screen *s)
{
	return s->n_folds ? s->folds[s->n_folds - 1] : NULL;
}

bool
screen_running(const struct screen *s)
{
	return s->live && !fold_is_ended(s->live);
}

static void
add_fold(struct screen *s, struct fold *f)
{
	struct fold **list = s->viewing ? s->kept : s->folds;
	size_t *n = s->viewing ? &s->n_kept : &s->n_folds;

	if (*n == FOLDS_MAX) {
		fold_destroy(list[0]);
		memmove(list, list + 1, (FOLDS_MAX - 1) * sizeof(*list));
		(*n)--;
		if (!s->viewing)
			blocks_reset(s->blocks);
	}
	list[(*n)++] = f;
	s->live = f;
}

static struct fold *
fold_of_task(struct screen *s, int64_t task)
{
	for (size_t i = 0; i < s->n_folds; i++) {
		if (s->folds[i]->task == task)
			return s->folds[i];
	}
	for (size_t i = 0; i < s->n_kept; i++) {
		if (s->kept[i]->task == task)
			return s->kept[i];
	}
	return NULL;
}

static void
grow_later(void *user)
{
	lobster_grow(user);
}

/* As term_progress takes it: the share of the plan, or only that something goes on. */
static int
progress_of(const struct fold *f)
{
	size_t done = 0;

	if (fold_is_ended(f))
		return f->state == FOLD_FAILED ? -3 : -2;
	for (size_t i = 0; i < f->n_steps; i++)
		done += str_eq(f->steps[i].state, "done") || str_eq(f->steps[i].state, "skipped");
	return done ? (int)(done * 100 / f->n_steps) : -1;
}

/* What the terminal itself should show or sound. */
static void
tell_terminal(struct screen *s, const struct event *ev)
{
	autofree char *title = NULL;

	if (ev->kind == EV_APPROVAL || ev->kind == EV_QUESTION)
		notify_waiting(s);
	if (ev->kind == EV_DECISION)
		notify_drop(s);
	if (ev->kind == EV_STATE || ev->kind == EV_PLAN)
		term_progress(s->term, progress_of(s->live));
	if (ev->kind != EV_STATE)
		return;
	title = xasprintf("homard: %s", fold_state_word(s->live->state));
	term_title(s->term, fold_is_ended(s->live) ? "homard" : title);
	if (fold_is_ended(s->live)) {
		notify_ended(s);
		agent_defer(s->agent, grow_later, s);
		s->offer_undo = s->offer_undo || fold_can_undo(s->live);
	}
}

void
screen_on_event(void *user, const struct event *ev)
{
	struct screen *s = user;
	struct fold *f;

	if (ev->task == 0)
		return;
	f = fold_of_task(s, ev->task);
	if (!f && ev->kind == EV_REQUEST) {
		f = fold_create(ev->task);
		add_fold(s, f);
		s->offer_undo = false;
		s->started = false;
	}
	if (!f || !fold_apply(f, ev))
		return;
	if (f == s->live)
		tell_terminal(s, ev);
	if (ev->kind == EV_COMMIT_DONE || ev->kind == EV_FORGOTTEN)
		s->offer_undo = fold_can_undo(f);
	/* What is not a piece of a stream shows at once, its end too. */
	if ((ev->kind != EV_TEXT && ev->kind != EV_REASONING && ev->kind != EV_OUTPUT) || !ev->body.n ||
		slice_find(ev->facts, SLICE_LIT("\"end\":true")) >= 0)
		s->urgent = true;
	blocks_sync(s->blocks);
	screen_dirty(s);
}

static void
on_started(void *user, int64_t task, const struct err *err)
{
	struct screen *s = user;

	s->started = false;
	if (!task && err)
		screen_error(s, err);
	screen_dirty(s);
}

/* "or write what to do instead": a recipe takes no further words, so its changes are refused and
 * the words asked anew; as a follow-up they know what was meant. */
static bool
ask_instead(struct screen *s, const char *text, struct err *err)
{
	const struct fold_approval *a = approval_open(s);
	struct decision_opts o = { .decision = DECIDE_REFUSE };

	/* "yes" is no answer, and nothing that should throw the decision away. */
	if (!agent_recipe_fits(s->agent, text, s->live->cwd))
		return err_set(err, ERR_USAGE, "%s",
			_("a decision waits, and no recipe does that: Alt+Y takes, Alt+N refuses"));
	return agent_queue(s->agent, text, err) &&
		agent_decide(s->agent, s->live->task, a->approval, &o, err);
}

static bool
answer_or_steer(struct screen *s, const char *text)
{
	const struct fold_question *q = s->live ? fold_open_question(s->live) : NULL;
	struct err err = { 0 };
	bool ok;

	if (q)
		ok = agent_answer(s->agent, s->live->task, q->ask, text, &err);
	else if (approval_open(s) && guard_may_refuse(&s->approval.guard) &&
		str_eq(s->live->engine, "instinct"))
		ok = ask_instead(s, text, &err);
	else
		ok = agent_steer(s->agent, text, &err);
	if (!ok)
		screen_error(s, &err);
	return ok;
}

void
screen_submit(struct screen *s, const char *text)
{
	autofree char *cwd = getcwd(NULL, 0);
	struct submit sub = { .text = text, .cwd = cwd ? cwd : "/" };
	struct err err = { 0 };

	if (!s->agent) {
		screen_say(s, ROLE_WARN, "%s", _("one moment, still starting"));
		return;
	}
	if (agent_running(s->agent)) {
		if (answer_or_steer(s, text)) {
			edit_history_add(s->edit, text);
			edit_clear(s->edit);
		}
		return;
	}
	if (s->viewing)
		screen_view_back(s);
	if (!agent_submit(s->agent, &sub, on_started, s, &err)) {
		screen_error(s, &err);
		return;
	}
	s->started = true;
	s->offer_undo = false;
	edit_history_add(s->edit, text);
	edit_clear(s->edit);
	blocks_bottom(s->blocks);
}

static bool
apply_event(void *user, const struct event *ev)
{
	fold_apply(user, ev);
	return true;
}

struct fold *
screen_load_task(struct screen *s, int64_t task, struct err *err)
{
	struct fold *f = fold_create(task);
	struct journal_range r = { .task = task };

	if (!journal_each(s->journal, &r, apply_event, f, err) || f->n_blocks == 0) {
		if (f->n_blocks == 0 && err && !err->code)
			err_set(err, ERR_NOT_FOUND, _("there is no task %lld"), (long long)task);
		fold_destroy(f);
		return NULL;
	}
	return f;
}

void
screen_view_task(struct screen *s, int64_t task)
{
	struct err err = { 0 };
	struct fold *f = screen_load_task(s, task, &err);

	if (!f) {
		screen_error(s, &err);
		return;
	}
	screen_view_back(s);
	memcpy(s->kept, s->folds, s->n_folds * sizeof(s->folds[0]));
	s->n_kept = s->n_folds;
	s->folds[0] = f;
	s->n_folds = 1;
	s->viewing = true;
	s->cursor_block = SIZE_MAX;
	blocks_reset(s->blocks);
	blocks_top(s->blocks);
	screen_dirty(s);
}

void
screen_view_back(struct screen *s)
{
	if (!s->viewing)
		return;
	fold_destroy(s->folds[0]);
	memcpy(s->folds, s->kept, s->n_kept * sizeof(s->folds[0]));
	s->n_folds = s->n_kept;
	s->n_kept = 0;
	s->viewing = false;
	s->cursor_block = SIZE_MAX;
	blocks_reset(s->blocks);
	screen_dirty(s);
}

/* The view of an old task does not hear its events: read them again. */
static void
refresh_view(struct screen *s)
{
	struct fold *f = s->viewing ? screen_load_task(s, s->folds[0]->task, NULL) : NULL;

	if (!f)
		return;
	fold_destroy(s->folds[0]);
	s->folds[0] = f;
	blocks_reset(s->blocks);
}

static bool
keep_request(void *user, const struct task_row *row)
{
	*(char **)user = sanitize_elide(row->request, 60);
	return true;
}

static void undo_now(struct screen *s, bool keep);

static void
on_keep_answer(struct screen *s, const char *data)
{
	if (str_eq(data, "keep"))
		undo_now(s, true);
}

/* A file changed since: nothing was touched yet, and the person says what shall be. */
static void
ask_keep(struct screen *s, const char *why)
{
	autofree char *safe = sanitize_elide(why, 70);
	struct picker_opts o = { .title = safe, .chosen = on_keep_answer, .no_sort = true };
	struct picker *p = picker_open(s, &o);

	if (!p)
		return;
	picker_add(p, _("Leave everything as it is"), "", "leave");
	picker_add(p, s->undo_redo ? _("Do it again; where something changed since, keep both")
				   : _("Undo it; where something changed since, keep both"), "", "keep");
	picker_ready(s, p, "leave");
}

static void
on_undone(void *user, size_t n, const char *sentence, const struct err *err)
{
	struct screen *s = user;
	autofree char *request = NULL;

	(void)n;
	if (err && err->code == ERR_CONFLICT && !s->undo_keep)
		ask_keep(s, err->text);
	else if (err)
		screen_error(s, err);
	else if (journal_task(s->journal, s->undo_task, keep_request, &request, NULL))
		/* The newest may be an old one: it is named. */
		screen_say(s, ROLE_OK, "%s  (%lld: %s)", sentence, (long long)s->undo_task, request);
	else
		screen_say(s, ROLE_OK, "%s", sentence);
	s->offer_undo = false;
	refresh_view(s);
	picker_refresh(s);
	screen_dirty(s);
}

static void
undo_now(struct screen *s, bool keep)
{
	struct err err = { 0 };
	bool ok;

	s->undo_keep = keep;
	ok = s->undo_redo ? agent_redo(s->agent, s->undo_task, s->undo_commit, keep, on_undone, s, &err)
			  : agent_undo(s->agent, s->undo_task, s->undo_commit, keep, on_undone, s, &err);
	if (!ok)
		screen_error(s, &err);
	else
		screen_say(s, ROLE_INFO, "%s", s->undo_redo ? _("doing it again …") : _("undoing …"));
}

void
screen_undo(struct screen *s, int64_t task, int64_t commit, bool redo)
{
	s->undo_task = task;
	s->undo_commit = commit;
	s->undo_redo = redo;
	undo_now(s, false);
}

bool
screen_is_running(struct screen *s)
{
	return screen_running(s);
}

void
screen_adopt(struct screen *s, struct fold *f)
{
	for (size_t i = 0; i < s->n_folds; i++) {
		if (s->folds[i]->task == f->task) {
			fold_destroy(s->folds[i]);
			memmove(s->folds + i, s->folds + i + 1, (s->n_folds - i - 1) * sizeof(s->folds[0]));
			s->n_folds--;
			break;
		}
	}
	add_fold(s, f);
	blocks_reset(s->blocks);
	screen_dirty(s);
}
