/* The task: undo and redo, resume, mode, model, folder, a fresh screen. */
#include "tui/cmd_model.h"
#include "tui/cmds.h"
#include "agent/base/path.h"
#include "agent/base/sanitize.h"
#include "agent/store/undo_index.h"
#include "tui/picker.h"
#include "tui/screen_priv.h"
#include "tui/words.h"

struct newest {
	int64_t task, commit;
	const char *state;
};

static bool
on_commit(void *user, const struct commit_row *row)
{
	struct newest *n = user;

	if (!str_eq(row->state, n->state))
		return true;
	n->task = row->task;
	n->commit = row->commit;
	return false;
}

/* "12" or "12:3" or nothing: the newest. */
static void
undo_or_redo(struct screen *s, const char *arg, bool redo)
{
	struct newest n = { .state = redo ? "undone" : "done" };
	struct err err = { 0 };

	if (*arg) {
		if (cli_task_number(arg, &n.task, &n.commit, &err))
			screen_undo(s, n.task, n.commit, redo);
		else
			screen_error(s, &err);
		return;
	}
	commit_each(s->journal, s->viewing ? screen_fold(s)->task : -1, on_commit, &n, NULL);
	if (!n.task)
		screen_say(s, ROLE_INFO, "%s", redo ? _("nothing to do again") : _("nothing to undo"));
	else
		screen_undo(s, n.task, n.commit, redo);
}

static void
cmd_undo(struct screen *s, const char *arg)
{
	undo_or_redo(s, arg, false);
}

static void
cmd_redo(struct screen *s, const char *arg)
{
	undo_or_redo(s, arg, true);
}

static void
on_undo_chosen(struct screen *s, const char *data)
{
	undo_or_redo(s, data + 1, data[0] == 'r');
}

struct undo_adder {
	struct screen *s;
	struct picker *p;
};

static bool
add_commit(void *user, const struct commit_row *row)
{
	struct undo_adder *a = user;
	bool undone = str_eq(row->state, "undone");
	autofree char *when = when_text(row->time), *label = NULL, *right = NULL, *data = NULL;
	char count[32], size[16];

	if (!undone && !str_eq(row->state, "done"))
		return true;
	label = xasprintf(ngettext_("task %lld: %s change", "task %lld: %s changes", (unsigned long)row->n),
		(long long)row->task, str_count((uint64_t)row->n, count));
	right = xasprintf("%s  %s  %s", str_size((uint64_t)row->bytes, size), when,
		undone ? _("do again") : _("undo"));
	data = xasprintf("%c%lld:%lld", undone ? 'r' : 'u', (long long)row->task, (long long)row->commit);
	picker_add(a->p, label, right, data);
	return true;
}

static void
cmd_undo_list(struct screen *s, const char *arg)
{
	struct picker_opts o = { .title = _("Undo or do again"), .placeholder = _("task, day"),
		.empty = _("nothing was taken yet"), .chosen = on_undo_chosen, .no_sort = true };
	struct undo_adder a = { s, picker_open(s, &o) };

	(void)arg;
	if (!a.p)
		return;
	commit_each(s->journal, -1, add_commit, &a, NULL);
	picker_ready(s, a.p, NULL);
}

static void
cmd_resume(struct screen *s, const char *arg)
{
	struct err err = { 0 };
	size_t n = 0;
	const int64_t *tasks = agent_interrupted(s->agent, &n);
	int64_t task = 0;
	struct fold *f;

	if (*arg && !str_to_i64(arg, &task)) {
		screen_say(s, ROLE_WARN, "%s", _("write the number of the task"));
		return;
	}
	if (!task && s->viewing)
		task = screen_fold(s)->task;
	if (!task && n)
		task = tasks[n - 1];
	if (!task && s->live && fold_is_ended(s->live))
		task = s->live->task;
	if (!task) {
		screen_say(s, ROLE_INFO, "%s", _("nothing to go on with"));
		return;
	}
	screen_view_back(s);
	f = screen_load_task(s, task, &err);
	if (!f || !agent_resume(s->agent, task, NULL, &err)) {
		fold_destroy(f);
		screen_error(s, &err);
		return;
	}
	screen_adopt(s, f);
}

/* --- mode, model --- */

static void
set_mode(struct screen *s, const char *mode)
{
	struct err err = { 0 };
	bool ok = screen_running(s) ? agent_set_mode(s->agent, mode, &err)
				    : config_set(s->cli->config, "task.mode", mode, &err);

	if (!ok)
		screen_error(s, &err);
	else
		screen_say(s, ROLE_INFO, _("mode: %s"), mode);
}

static void
cmd_mode(struct screen *s, const char *arg)
{
	struct picker_opts o = { .title = _("Mode"), .chosen = set_mode, .no_sort = true };
	struct picker *p;

	if (*arg) {
		set_mode(s, arg);
		return;
	}
	p = picker_open(s, &o);
	if (!p)
		return;
	picker_add(p, _("step: decide the changes of each act"), "step", "step");
	picker_add(p, _("draft: the whole task in its draft, decide once at the end"), "draft", "draft");
	picker_add(p, _("auto: take what the rules allow, ask for the rest"), "auto", "auto");
	picker_add(p, _("read-only: change nothing"), "read-only", "read-only");
	picker_ready(s, p, config_str(s->cli->config, "task.mode"));
}

static void
cmd_cd(struct screen *s, const char *arg)
{
	autofree char *cwd = getcwd(NULL, 0), *path = NULL, *shown = NULL;
	const char *home = s->cli->places->home;

	path = path_resolve(*arg ? arg : home, cwd ? cwd : "/", home);
	shown = sanitize_dup(path, SANITIZE_NAME);
	if (chdir(path) < 0)
		screen_say(s, ROLE_WARN, _("%s is no folder one can go to"), shown);
	else
		screen_say(s, ROLE_INFO, _("now in %s"), shown);
}

static void
cmd_clear(struct screen *s, const char *arg)
{
	(void)arg;
	if (screen_running(s)) {
		screen_say(s, ROLE_WARN, "%s", _("a task is running"));
		return;
	}
	screen_view_back(s);
	for (size_t i = 0; i < s->n_folds; i++)
		fold_destroy(s->folds[i]);
	s->n_folds = 0;
	s->live = NULL;
	s->offer_undo = false;
	s->cursor_block = SIZE_MAX;
	blocks_reset(s->blocks);
	screen_dirty(s);
}

static void
cmd_hurry(struct screen *s, const char *arg)
{
	(void)arg;
	agent_hurry(s->agent);
}

static bool
is_retrying(struct screen *s)
{
	return s->live && s->live->retry_until > clock_wall(s->cli->clock);
}

const struct command cmds_task[] = {
	{ "undo", N_("Undo what was taken last"), "global", N_("[TASK[:STEP]]"), "/undo", cmd_undo, NULL },
	{ "redo", N_("Do again what was undone last"), "global", N_("[TASK[:STEP]]"), "/redo", cmd_redo, NULL },
	{ "undo-list", N_("Choose what to undo or do again"), "global", NULL, "/undos", cmd_undo_list, NULL },
	{ "resume", N_("Go on with an interrupted task"), "global", N_("[TASK]"), "/resume", cmd_resume, NULL },
	{ "mode", N_("How much is asked: step, draft, auto, read-only"), "global", N_("[MODE]"), "/mode", cmd_mode, NULL },
	{ "model", N_("Show or change the model"), "global", N_("[PROVIDER/MODEL]"), "/model", cmd_model, NULL },
	{ "cd", N_("Work in another folder"), "global", N_("FOLDER"), "/cd", cmd_cd, NULL },
	{ "clear", N_("Start with an empty screen; nothing is forgotten"), "global", NULL, "/clear", cmd_clear, NULL },
	{ "hurry", N_("Try again now instead of waiting"), "global", NULL, "/hurry", cmd_hurry, is_retrying },
	{ 0 },
};
