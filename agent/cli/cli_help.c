/* homard help VERB; the manual page and the completions. */
#include "agent/base/buf.h"
#include "agent/base/i18n.h"
#include "agent/cli/front.h"
#include "agent/cli/help_data.h"

extern const struct cli_command cli_help;

static int
help_keys(struct cli *c)
{
	autobuf struct buf text = BUF_INIT(1u << 18);
	struct err err = { 0 };

	if (!c->screen) {
		err_set(&err, ERR_NOT_FOUND, "%s", _("this program has no screen, so it has no keys"));
		return cli_fail(c, "help", &err);
	}
	c->screen->help(c, &text);
	fwrite(text.p, 1, text.len, c->out);
	return 0;
}

static int
help(struct cli *c, int argc, char **argv)
{
	const struct cli_command *cmd = argc > 1 ? cli_find(argv[1]) : &cli_help;
	char *args[] = { argv[0], (char *)"--help", NULL };
	int ret = 2;

	if (argc == 2 && str_eq(argv[1], "keys"))
		return help_keys(c);
	if (argc == 2 && str_eq(argv[1], "--man")) {
		help_man(c->out);
		return 0;
	}
	if (argc > 1 && str_eq(argv[1], "--completions")) {
		if (argc == 3 && help_completions(c->out, argv[2]))
			return 0;
		return cli_usage(c, &cli_help, _("--completions wants bash, zsh or fish"));
	}
	if (!cmd)
		return cli_usage(c, &cli_help, _("there is no such verb; homard help lists them"));
	(void)cli_help_asked(c, cmd, 2, args, &ret);
	return ret;
}

const struct cli_command cli_help = {
	.name = "help",
	.summary = N_("Explain a verb"),
	.usage = "[VERB | keys | --man | --completions bash|zsh|fish]",
	.help = N_("Without VERB all verbs are listed. keys lists what can be typed and pressed on\n"
		   "the screen, with your own keys. --man prints the manual page, --completions what\n"
		   "a shell needs to complete words."),
	.no_config = true,
	.run = help,
};
