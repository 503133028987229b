/* From main to a front end. */
#include "agent/cli/front.h"
#include "agent/base/i18n.h"
#include "agent/base/log.h"
#include "agent/base/sanitize.h"
#include "agent/cli/line.h"
#include <malloc.h>

#define OVERRIDES_MAX 64

struct front {
	const char *overrides[OVERRIDES_MAX];
	size_t n_overrides;
	bool plain;
	char *argv[256]; /* without the options that were taken */
	int argc;
};

static int
say(const char *sentence, const char *arg)
{
	autofree char *safe = arg ? sanitize_dup(arg, SANITIZE_NAME) : NULL;

	fprintf(stderr, "homard: %s%s%s\n", sentence, safe ? ": " : "", safe ? safe : "");
	return 2;
}

/* -c section.key=value and --plain may stand before or after the verb, never behind "--". */
static int
take_options(struct front *f, int argc, char **argv)
{
	bool words = false;
	int i;

	for (i = 1; i < argc; i++) {
		bool short_c = !words && str_eq(argv[i], "-c");

		words |= str_eq(argv[i], "--");
		if (short_c && i + 1 >= argc)
			return say(_("-c wants section.key=value"), NULL);
		if (short_c && f->n_overrides == OVERRIDES_MAX)
			return say(_("too many -c options"), NULL);
		if (short_c)
			f->overrides[f->n_overrides++] = argv[++i];
		else if (!words && str_eq(argv[i], "--plain"))
			f->plain = true;
		else if (f->argc < (int)ARRAY_LEN(f->argv) - 1)
			f->argv[f->argc++] = argv[i];
		else
			return say(_("too many words; put the request in quotes"), NULL);
	}
	f->argv[f->argc] = NULL;
	return 0;
}

static void
print_verbs(FILE *out)
{
	const struct cli_command *const *p;

	fprintf(out, "%s\n\n", _("Usage: homard [-c section.key=value] [--plain] [VERB ...]"));
	fprintf(out, "%s\n\n", _("Without a verb the screen opens. Verbs:"));
	for (p = cli_commands; *p; p++)
		fprintf(out, "  %-10s %s\n", (*p)->name, _((*p)->summary));
	fprintf(out, "\n%s\n", _("homard VERB --help tells more."));
}

static int
line_front(struct cli *c)
{
	autofree char *cwd = getcwd(NULL, 0);
	struct line_opts o = { .cwd = cwd ? cwd : "/", .ask = true };

	return line_main(c, &o);
}

static bool
load_config(struct cli *c, const struct front *f, struct err *err)
{
	autofree char *path = path_join(c->places->config, "config.yaml");
	size_t i;

	if (!config_load(path, &c->config, err))
		return false;
	for (i = 0; i < f->n_overrides; i++) {
		if (!config_override(c->config, f->overrides[i], err))
			return false;
	}
	return true;
}

static enum log_level
log_level_of(const char *name)
{
	return str_eq(name, "debug") ? LOG_DEBUG
		: str_eq(name, "error") ? LOG_ERROR
		: str_eq(name, "warn")	? LOG_WARN
					: LOG_INFO;
}

static void
use_config(struct cli *c, const char *locale)
{
	const char *lang = config_str(c->config, "ui.language");

	if (!str_eq(lang, "auto"))
		i18n_init(locale, lang);
	log_open(c->places->state, log_level_of(config_str(c->config, "log.level")));
}

static int
dispatch(struct cli *c, struct front *f, const struct front_screen *screen)
{
	const struct cli_command *cmd;
	int ret = -1;

	if (!f->argc) {
		bool wanted = screen && !f->plain && isatty(0) && isatty(1) &&
			!config_bool(c->config, "ui.plain");

		if (wanted)
			ret = screen->run(c);
		return ret >= 0 ? ret : line_front(c);
	}
	cmd = cli_find(f->argv[0]);
	return cmd->run(c, f->argc, f->argv);
}

static int
check_verb(const struct front *f, bool *ret_leave)
{
	const char *v = f->argc ? f->argv[0] : NULL;

	*ret_leave = true;
	if (v && (str_eq(v, "--help") || str_eq(v, "-h") || (str_eq(v, "help") && f->argc == 1))) {
		print_verbs(stdout);
		return 0;
	}
	if (v && *v == '-')
		return say(_("unknown option; homard --help lists them"), v);
	if (v && !cli_find(v))
		return say(_("unknown verb; homard --help lists them, homard run REQUEST asks for "
			     "something"), v);
	*ret_leave = false;
	return 0;
}

/* Few threads that hardly allocate: heaps of their own would only lie about. Large buffers get
 * pages of their own for good (glibc would raise the limit with each that is freed): they grow
 * without being copied, and go back to the system at once. */
static void
set_memory(void)
{
	mallopt(M_ARENA_MAX, 1);
	mallopt(M_MMAP_THRESHOLD, 256 << 10);
	mallopt(M_TRIM_THRESHOLD, 256 << 10);
}

int
front_main(int argc, char **argv, const struct front_screen *screen)
{
	struct front f = { 0 };
	struct places places = { 0 };
	struct cli c = { .clock = &clock_system, .out = stdout, .errout = stderr,
		.program = argv[0], .places = &places, .screen = screen };
	autofree char *locale = NULL;
	struct err err = { 0 };
	const struct cli_command *cmd;
	bool leave, configured;
	int ret;

	if (argc == 2 && str_eq(argv[1], "--version")) {
		puts("homard " HOMARD_VERSION);
		return 0;
	}
	set_memory();
	if (!places_init(&places, &err))
		return cli_fail(&c, NULL, &err);
	locale = path_join(places.share, "locale");
	i18n_init(locale, NULL);
	ret = take_options(&f, argc, argv);
	if (ret)
		goto out;
	/* Before the verb is looked at: help speaks the person's language too. */
	configured = load_config(&c, &f, &err);
	if (configured)
		use_config(&c, locale);
	ret = check_verb(&f, &leave);
	if (ret || leave)
		goto out;
	cmd = f.argc ? cli_find(f.argv[0]) : NULL;
	if (!configured && (!cmd || !cmd->no_config)) {
		ret = cli_fail(&c, NULL, &err);
		goto out;
	}
	ret = dispatch(&c, &f, screen);
	if (fflush(stdout) != 0 && !ret)
		ret = 1;
out:
	config_destroy(c.config);
	places_finish(&places);
	log_close();
	return ret;
}
