/* homard undo, redo: take back what a task or one of its steps changed, or do it again. */
#include "agent/base/i18n.h"
#include "agent/cli/session.h"

extern const struct cli_command cli_undo, cli_redo;

struct undo_run {
	struct session session;
	const struct cli_command *cmd;
};

static void
on_done(void *user, size_t n, const char *sentence, const struct err *err)
{
	struct undo_run *u = user;

	if (n || !err)
		fprintf(u->session.cli->out, "%s\n", sentence);
	session_leave(&u->session, err ? cli_fail(u->session.cli, u->cmd->name, err) : 0);
}

struct undo_args {
	const char *task;
	bool keep, forget;
};

static int
parse(struct cli *c, const struct cli_command *cmd, struct undo_args *a, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (str_eq(argv[i], "--keep-both"))
			a->keep = true;
		else if (str_eq(argv[i], "--forget") && cmd == &cli_undo)
			a->forget = true;
		else if (argv[i][0] == '-')
			return cli_unknown_option(c, cmd, argv[i]);
		else if (a->task)
			return cli_usage(c, cmd, _("name one task"));
		else
			a->task = argv[i];
	}
	return a->task ? 0 : cli_usage(c, cmd, _("name the task, e.g. 12 or 12:2"));
}

static int
undo_or_redo(struct cli *c, const struct cli_command *cmd, int argc, char **argv)
{
	struct undo_run u = { .cmd = cmd };
	struct undo_args a = { 0 };
	struct err err = { 0 };
	int64_t task, step;
	int ret;
	bool ok;

	if (cli_help_asked(c, cmd, argc, argv, &ret))
		return ret;
	ret = parse(c, cmd, &a, argc, argv);
	if (ret)
		return ret;
	if (!cli_task_number(a.task, &task, &step, &err))
		return cli_fail(c, cmd->name, &err);
	ok = session_begin(&u.session, c, cmd->name, false, false, &err);
	if (ok && a.forget)
		ok = agent_forget(u.session.agent, task, step, on_done, &u, &err);
	else if (ok && cmd == &cli_undo)
		ok = agent_undo(u.session.agent, task, step, a.keep, on_done, &u, &err);
	else if (ok)
		ok = agent_redo(u.session.agent, task, step, a.keep, on_done, &u, &err);
	ret = ok ? session_run(&u.session) : cli_fail(c, cmd->name, &err);
	session_end(&u.session);
	return ret;
}

static int
undo(struct cli *c, int argc, char **argv)
{
	return undo_or_redo(c, &cli_undo, argc, argv);
}

static int
redo(struct cli *c, int argc, char **argv)
{
	return undo_or_redo(c, &cli_redo, argc, argv);
}

const struct cli_command cli_undo = {
	.name = "undo",
	.summary = N_("Take back what a task changed"),
	.usage = "[--keep-both] [--forget] TASK[:STEP]",
	.help = N_("Puts every byte, mode and time back. Asks nothing: the command is the decision.\n"
		   "When you edited such a file since, nothing changes and the exit is 1;\n"
		   "--keep-both keeps your version and puts the old one beside it.\n"
		   "--forget frees the space instead; then it can no longer be undone."),
	.run = undo,
};

const struct cli_command cli_redo = {
	.name = "redo",
	.summary = N_("Do again what was undone"),
	.usage = "[--keep-both] TASK[:STEP]",
	.help = N_("Asks nothing: the command is the decision. A conflict changes nothing."),
	.run = redo,
};
