/* homard show, export: one task whole, as sentences, Markdown or events. */
#include "agent/base/i18n.h"
#include "agent/cli/look.h"
#include "agent/store/export.h"
#include <errno.h>

extern const struct cli_command cli_show, cli_export;

static bool
write_piece(void *user, struct slice piece, struct err *err)
{
	if (fwrite(piece.p, 1, piece.n, user) == piece.n)
		return true;
	return err_sys(err, errno, "%s", _("cannot write all of it"));
}

static bool
found(void *user, const struct task_row *row)
{
	(void)user;
	(void)row;
	return true;
}

static FILE *
open_new(const char *file, struct err *err)
{
	FILE *f = fopen(file, "wex");

	if (!f && errno == EEXIST)
		err_set(err, ERR_USAGE, _("%s exists; name a new file"), file);
	else if (!f)
		err_sys(err, errno, _("cannot write %s"), file);
	return f;
}

static int
show_or_export(struct cli *c, const struct cli_command *cmd, int argc, char **argv)
{
	const struct export_form *form = &export_markdown;
	const char *which = NULL, *file = NULL;
	struct journal *j = NULL;
	struct err err = { 0 };
	int64_t task, step;
	FILE *out = c->out;
	int i, ret;

	if (cli_help_asked(c, cmd, argc, argv, &ret))
		return ret;
	for (i = 1; i < argc; i++) {
		if (str_eq(argv[i], "--json"))
			form = &export_json;
		else if (str_eq(argv[i], "--markdown"))
			form = &export_markdown;
		else if (str_eq(argv[i], "--cast"))
			form = &export_cast;
		else if (argv[i][0] == '-' && argv[i][1])
			return cli_unknown_option(c, cmd, argv[i]);
		else if (!which)
			which = argv[i];
		else if (!file && cmd == &cli_export)
			file = argv[i];
		else
			return cli_usage(c, cmd, _("too many words"));
	}
	if (!which)
		return cli_usage(c, cmd, _("name the task"));
	if (!cli_task_number(which, &task, &step, &err) || !look_open(c, &j, &err) ||
		!journal_task(j, task, found, NULL, &err))
		ret = cli_fail(c, cmd->name, &err);
	else if (file && !(out = open_new(file, &err)))
		ret = cli_fail(c, cmd->name, &err);
	else
		ret = export_task(j, task, form, write_piece, out, &err)
			? 0
			: cli_fail(c, cmd->name, &err);
	if (file && out && out != c->out && fclose(out) != 0 && !ret)
		ret = err_sys(&err, errno, _("cannot write %s"), file)
			? 0
			: cli_fail(c, cmd->name, &err);
	journal_close(j);
	return ret;
}

static int
show(struct cli *c, int argc, char **argv)
{
	return show_or_export(c, &cli_show, argc, argv);
}

static int export(struct cli *c, int argc, char **argv)
{
	return show_or_export(c, &cli_export, argc, argv);
}

const struct cli_command cli_show = {
	.name = "show",
	.summary = N_("Show one task whole"),
	.usage = "[--json] TASK",
	.help = N_("Plan, acts, effects, decisions and answers in order; --json prints its "
		   "events."),
	.run = show,
};

const struct cli_command cli_export = {
	.name = "export",
	.summary = N_("Write one task to a file"),
	.usage = "[--markdown|--json|--cast] TASK [FILE]",
	.help = N_(
		"Markdown unless told otherwise; --cast is an asciicast of the visible text.\n"
		"An existing FILE is never overwritten."),
	.run = export,
};
