/* What all subcommands share. */
#include "agent/cli/cli.h"
#include "agent/base/i18n.h"
#include "agent/base/sanitize.h"

const struct cli_command *
cli_find(const char *name)
{
	const struct cli_command *const *p;

	for (p = cli_commands; *p; p++) {
		if (str_eq((*p)->name, name))
			return *p;
	}
	return NULL;
}

int
cli_fail(struct cli *c, const char *verb, const struct err *err)
{
	fprintf(c->errout, "homard%s%s: %s\n", verb ? " " : "", verb ? verb : "", err->text);
	return err_exit_code(err);
}

int
cli_usage(struct cli *c, const struct cli_command *cmd, const char *sentence)
{
	fprintf(c->errout, "homard %s: %s\n", cmd->name, sentence);
	fprintf(c->errout, _("Usage: homard %s %s\n"), cmd->name, cmd->usage);
	return 2;
}

int
cli_unknown_option(struct cli *c, const struct cli_command *cmd, const char *option)
{
	autofree char *safe = sanitize_dup(option, SANITIZE_NAME);
	autofree char *s = xasprintf(_("unknown option %s; homard %s --help lists them"), safe,
		cmd->name);

	return cli_usage(c, cmd, s);
}

bool
cli_help_asked(struct cli *c, const struct cli_command *cmd, int argc, char **argv, int *ret)
{
	int i;

	for (i = 1; i < argc && !str_eq(argv[i], "--"); i++) {
		if (!str_eq(argv[i], "--help") && !str_eq(argv[i], "-h"))
			continue;
		fprintf(c->out, "homard %s %s\n\n", cmd->name, cmd->usage);
		/* TRANSLATORS: a sentence and its full stop */
		fprintf(c->out, _("%s.\n"), _(cmd->summary));
		if (cmd->help && *cmd->help)
			fprintf(c->out, "\n%s\n", _(cmd->help));
		*ret = 0;
		return true;
	}
	return false;
}

bool
cli_task_number(const char *text, int64_t *ret_task, int64_t *ret_step, struct err *err)
{
	autofree char *copy = xstrdup(text);
	char *colon = strchr(copy, ':');

	*ret_step = 0;
	if (colon)
		*colon++ = '\0';
	if (str_to_i64(copy, ret_task) && *ret_task > 0 &&
		(!colon || (str_to_i64(colon, ret_step) && *ret_step > 0)))
		return true;
	return err_set(err, ERR_USAGE,
		_("\"%s\" is not a task number; homard history lists them"), text);
}
