/* /commands of line mode. Those that only look are the program's own verbs. */
#include "agent/base/i18n.h"
#include "agent/cli/line_private.h"

struct line_cmd {
	const char *name, *args, *help; /* help N_() */
	void (*fn)(struct line *l, const char *arg);
};

static void help(struct line *l, const char *arg);

static void
quit(struct line *l, const char *arg)
{
	(void)arg;
	if (agent_running(l->session.agent))
		fprintf(l->say, "%s\n", _("A task is running; /stop ends it first."));
	else
		session_leave(&l->session, 0);
}

static void
stop(struct line *l, const char *arg)
{
	(void)arg;
	agent_stop(l->session.agent, false);
}

static void
hurry(struct line *l, const char *arg)
{
	(void)arg;
	agent_hurry(l->session.agent);
}

static void
mode(struct line *l, const char *arg)
{
	struct err err = { 0 };

	if (*arg && !agent_check_mode(arg, &err)) {
		fprintf(l->say, "%s\n", err.text);
		return;
	}
	free(l->mode);
	l->mode = xstrdup(*arg ? arg : "step");
	if (agent_running(l->session.agent) && !agent_set_mode(l->session.agent, l->mode, &err))
		fprintf(l->say, "%s\n", err.text);
	else
		fprintf(l->say, _("Mode: %s\n"), l->mode);
}

static void
model(struct line *l, const char *arg)
{
	struct err err = { 0 };
	bool instinct = str_eq(arg, "instinct") || !*arg;

	if (*arg && !agent_check_model(arg, &err)) {
		fprintf(l->say, "%s\n", err.text);
		return;
	}
	free(l->model);
	free(l->engine);
	l->model = instinct ? NULL : xstrdup(arg);
	l->engine = instinct ? xstrdup("instinct") : xstrdup("model");
	if (agent_running(l->session.agent) &&
		!agent_set_model(l->session.agent, instinct ? "instinct" : arg, &err))
		fprintf(l->say, "%s\n", err.text);
	else
		fprintf(l->say, _("Engine: %s\n"), instinct ? "instinct" : arg);
}

static void
queue(struct line *l, const char *arg)
{
	struct err err = { 0 };

	if (!agent_running(l->session.agent))
		line_submit(l, arg);
	else if (!agent_queue(l->session.agent, arg, &err))
		fprintf(l->say, "%s\n", err.text);
}

static void
undone(void *user, size_t n, const char *sentence, const struct err *err)
{
	struct line *l = user;

	l->undoing = false;
	if (n || !err)
		fprintf(l->say, "%s\n", sentence);
	if (err)
		fprintf(l->say, "! %s\n", err->text);
	l->prompted = false;
	line_wake(l);
}

static void
undo_or_redo(struct line *l, const char *arg, bool undo)
{
	struct err err = { 0 };
	int64_t task = l->fold ? l->fold->task : 0, step = 0;
	struct agent *a = l->session.agent;
	bool ok = true;

	if (*arg)
		ok = cli_task_number(arg, &task, &step, &err);
	else if (!task)
		ok = err_set(&err, ERR_USAGE, "%s", _("name the task, e.g. /undo 12"));
	if (ok)
		ok = undo ? agent_undo(a, task, step, false, undone, l, &err)
			  : agent_redo(a, task, step, false, undone, l, &err);
	l->undoing = ok;
	if (!ok)
		fprintf(l->say, "! %s\n", err.text);
}

static void
undo(struct line *l, const char *arg)
{
	undo_or_redo(l, arg, true);
}

static void
redo(struct line *l, const char *arg)
{
	undo_or_redo(l, arg, false);
}

static bool
fold_past(void *user, const struct event *ev)
{
	fold_apply(user, ev);
	return true;
}

static void
resume(struct line *l, const char *arg)
{
	struct journal_range r = { 0 };
	struct err err = { 0 };
	int64_t task, step;

	if (!cli_task_number(arg, &task, &step, &err)) {
		fprintf(l->say, "! %s\n", err.text);
		return;
	}
	fold_destroy(l->fold);
	l->fold = fold_create(task);
	r.task = task;
	(void)journal_each(agent_journal(l->session.agent), &r, fold_past, l->fold, &err);
	if (!agent_resume(l->session.agent, task, l->model, &err))
		fprintf(l->say, "! %s\n", err.text);
}

static void
verb(struct line *l, const char *name, const char *arg)
{
	const struct cli_command *cmd = cli_find(name);
	autofree char *copy = xstrdup(arg);
	char *argv[64] = { (char *)name }, *word, *save = NULL;
	int argc = 1;

	for (word = strtok_r(copy, " \t", &save); word && argc < 63;
		word = strtok_r(NULL, " \t", &save))
		argv[argc++] = word;
	fflush(l->say);
	(void)cmd->run(l->session.cli, argc, argv);
	fflush(l->session.cli->out);
}

static const struct line_cmd commands[] = {
	{ "help", "", N_("this list"), help },
	{ "hurry", "", N_("try again now instead of waiting"), hurry },
	{ "mode", "step|draft|auto|read-only", N_("when you are asked"), mode },
	{ "model", "PROVIDER/MODEL|instinct", N_("who decides the next act"), model },
	{ "queue", "REQUEST", N_("do this after the running task"), queue },
	{ "quit", "", N_("leave"), quit },
	{ "redo", "[TASK[:STEP]]", N_("do again what was undone"), redo },
	{ "resume", "TASK", N_("go on with an interrupted task"), resume },
	{ "stop", "", N_("stop the running task"), stop },
	{ "undo", "[TASK[:STEP]]", N_("take back what a task changed"), undo },
};

/* Verbs of the program that only look, or ask nothing of the running task. */
static const char *const verbs[] = { "history", "show", "search", "doctor", "memory", "skills",
	"recipe", "usage", "rules", "models", "verify", "approvals", "config" };

static void
help(struct line *l, const char *arg)
{
	size_t i;

	(void)arg;
	for (i = 0; i < ARRAY_LEN(commands); i++)
		fprintf(l->say, "  /%-8s %-26s %s\n", commands[i].name, commands[i].args,
			_(commands[i].help));
	for (i = 0; i < ARRAY_LEN(verbs); i++) {
		const struct cli_command *c = cli_find(verbs[i]);

		if (c)
			fprintf(l->say, "  /%-8s %-26s %s\n", c->name, "", _(c->summary));
	}
}

bool
line_command(struct line *l, const char *text)
{
	const char *name = text + strspn(text, " \t") + 1;
	size_t n = strcspn(name, " \t"), i;
	const char *arg = name + n + strspn(name + n, " \t");

	for (i = 0; i < ARRAY_LEN(commands); i++) {
		if (strlen(commands[i].name) == n && strncmp(commands[i].name, name, n) == 0) {
			commands[i].fn(l, arg);
			return true;
		}
	}
	for (i = 0; i < ARRAY_LEN(verbs); i++) {
		if (strlen(verbs[i]) == n && strncmp(verbs[i], name, n) == 0 && cli_find(verbs[i])) {
			verb(l, verbs[i], arg);
			return true;
		}
	}
	if (memchr(name, '/', n)) /* a path, not a command */
		return false;
	fprintf(l->say, _("There is no command /%.*s; /help lists them.\n"), (int)n, name);
	return true;
}
