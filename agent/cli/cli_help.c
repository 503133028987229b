/* homard help VERB. */
#include "agent/base/i18n.h"
#include "agent/cli/cli.h"

extern const struct cli_command cli_help;

static int
help(struct cli *c, int argc, char **argv)
{
	const struct cli_command *cmd = argc > 1 ? cli_find(argv[1]) : &cli_help;
	char *args[] = { argv[0], (char *)"--help", NULL };
	int ret = 2;

	if (!cmd)
		return cli_usage(c, &cli_help, _("there is no such verb; homard help lists them"));
	(void)cli_help_asked(c, cmd, 2, args, &ret);
	return ret;
}

const struct cli_command cli_help = {
	.name = "help",
	.summary = N_("Explain a verb"),
	.usage = "[VERB]",
	.help = N_("Without VERB all verbs are listed."),
	.no_config = true,
	.run = help,
};
