/* homard config: all settings, one setting, set one. */
#include "agent/base/buf.h"
#include "agent/base/i18n.h"
#include "agent/cli/cli.h"

extern const struct cli_command cli_config;

static bool
known(const char *key)
{
	const struct config_option *o;

	for (o = config_options; o->key; o++) {
		if (str_eq(o->key, key))
			return true;
	}
	return false;
}

static void
print_all(struct cli *c)
{
	const struct config_option *o;

	for (o = config_options; o->key; o++) {
		if (strchr(o->key, '*')) {
			fprintf(c->out, "  %-28s %-18s %s\n", o->key, "", _(o->help));
			continue;
		}
		fprintf(c->out, "%c %-28s %-18s %s%s%s%s\n",
			config_is_set(c->config, o->key) ? '*' : ' ', o->key,
			config_str(c->config, o->key), _(o->help), o->choices ? " (" : "",
			o->choices ? o->choices : "", o->choices ? ")" : "");
	}
}

static int
config(struct cli *c, int argc, char **argv)
{
	autobuf struct buf b = BUF_INIT(1u << 20);
	struct err err = { 0 };
	int ret;

	if (cli_help_asked(c, &cli_config, argc, argv, &ret))
		return ret;
	if (argc == 1) {
		print_all(c);
		return 0;
	}
	if (argc == 2 && str_eq(argv[1], "--defaults")) {
		config_defaults(&b);
		fputs(buf_str(&b), c->out);
		return 0;
	}
	if (argv[1][0] == '-')
		return cli_unknown_option(c, &cli_config, argv[1]);
	if (argc == 2 && known(argv[1])) {
		fprintf(c->out, "%s\n", config_str(c->config, argv[1]));
		return 0;
	}
	if (argc == 3) {
		if (!config_set(c->config, argv[1], argv[2], &err))
			return cli_fail(c, "config", &err);
		fprintf(c->out, "%s = %s\n", argv[1], argv[2]);
		return 0;
	}
	if (argc == 2) {
		err_set(&err, ERR_USAGE, _("unknown setting \"%s\"; homard config lists all of them"),
			argv[1]);
		return cli_fail(c, "config", &err);
	}
	return cli_usage(c, &cli_config, _("too many words"));
}

const struct cli_command cli_config = {
	.name = "config",
	.summary = N_("List, show or change settings"),
	.usage = "[--defaults | KEY [VALUE]]",
	.help = N_("A star marks what you have set. Setting replaces one line of config.yaml;\n"
		   "comments stay. --defaults prints a commented file."),
	.run = config,
};
