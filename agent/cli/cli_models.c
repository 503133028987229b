/* homard models VERB: what the models are, and what they said. */
#include "agent/base/i18n.h"
#include "agent/cli/models.h"

extern const struct cli_command cli_models;

static const struct models_verb *const verbs[] = { &models_list, &models_test, &models_update,
	&models_decode, NULL };

static const char *
get_setting(void *user, const char *key)
{
	return config_str(user, key);
}

static const struct strv *
get_list(void *user, const char *key)
{
	return config_list(user, key);
}

struct model_settings
cli_model_settings(struct cli *c)
{
	return (struct model_settings){ get_setting, get_list, c->config };
}

static void
print_help(struct cli *c)
{
	fprintf(c->out, "homard models %s\n\n%s.\n", cli_models.usage, _(cli_models.summary));
	for (size_t i = 0; verbs[i]; i++)
		fprintf(c->out, "\nhomard models %s\n%s\n", verbs[i]->usage, _(verbs[i]->help));
}

static int
models(struct cli *c, int argc, char **argv)
{
	for (int i = 1; i < argc && !str_eq(argv[i], "--"); i++)
		if (str_eq(argv[i], "--help") || str_eq(argv[i], "-h")) {
			print_help(c);
			return 0;
		}
	if (argc < 2)
		return cli_usage(c, &cli_models, _("say what to do; --help lists the verbs"));
	for (size_t i = 0; verbs[i]; i++)
		if (str_eq(verbs[i]->name, argv[1]))
			return verbs[i]->run(c, argc - 1, argv + 1);
	return cli_usage(c, &cli_models, _("no such verb; --help lists them"));
}

const struct cli_command cli_models = {
	.name = "models",
	.summary = N_("Models: which there are, what they can do, prices"),
	.usage = "VERB ...",
	.help = N_("list shows the model table, test tries an endpoint, update takes a newer table,\n"
		   "decode explains a recorded reply. homard models --help tells all of each."),
	.run = models,
};
