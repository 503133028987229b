/* homard(1) from the tables. */
#include "agent/base/i18n.h"
#include "agent/cli/help_data.h"

/* Text as roff takes it: no line begins with a control character, backslashes are doubled. */
static void
put(FILE *out, const char *s)
{
	bool start = true;

	for (; *s; s++) {
		if (start && (*s == '.' || *s == '\''))
			fputs("\\&", out);
		if (*s == '\\')
			fputs("\\\\", out);
		else if (*s == '-')
			fputs("\\-", out);
		else
			fputc(*s, out);
		start = *s == '\n';
	}
}

static void
line(FILE *out, const char *macro, const char *s)
{
	fprintf(out, "%s ", macro);
	put(out, s);
	fputc('\n', out);
}

/* Help is laid out by hand: shown as it is. */
static void
as_it_is(FILE *out, const char *s)
{
	fputs(".nf\n", out);
	put(out, s);
	fputs("\n.fi\n", out);
}

static void
verbs(FILE *out)
{
	const struct cli_command *const *p;

	line(out, ".SH", _("VERBS"));
	for (p = cli_commands; *p; p++) {
		fputs(".TP\n.B ", out);
		put(out, (*p)->name);
		fputs("\n.RB ", out);
		fputc('"', out);
		for (const char *u = (*p)->usage; *u; u++) {
			if (*u == '"')
				fputs("\\(dq", out);
			else if (*u == '-')
				fputs("\\-", out);
			else
				fputc(*u, out);
		}
		fputs("\"\n.br\n", out);
		put(out, _((*p)->summary));
		fputs("\n.br\n", out);
		if ((*p)->help && *(*p)->help)
			as_it_is(out, _((*p)->help));
	}
}

static void
settings(FILE *out)
{
	const struct config_option *o;

	line(out, ".SH", _("SETTINGS"));
	put(out, _("Lines of config.yaml, or for one run: -c section.key=value."));
	fputc('\n', out);
	for (o = config_options; o->key; o++) {
		line(out, ".TP\n.B", o->key);
		put(out, _(o->help));
		if (o->choices) {
			fputs("\n(", out);
			put(out, o->choices);
			fputc(')', out);
		}
		if (*o->fallback) {
			fputs("\n[", out);
			put(out, o->fallback);
			fputc(']', out);
		}
		fputc('\n', out);
	}
}

void
help_man(FILE *out)
{
	fprintf(out, ".TH HOMARD 1 \"\" \"homard %s\" \"\"\n", HOMARD_VERSION);
	line(out, ".SH", _("NAME"));
	fprintf(out, "homard \\- %s\n", _("an assistant in your terminal that asks before it takes effect"));
	line(out, ".SH", _("SYNOPSIS"));
	fputs(".B homard\n[\\-c section.key=value] [\\-\\-plain] [VERB ...]\n", out);
	line(out, ".SH", _("DESCRIPTION"));
	put(out, _("You ask in plain words; Homard works in a private draft of your files, shows every "
		   "change it would make, and takes only what you take. Everything taken can be undone. "
		   "Without a verb the screen opens; where there is none, or with --plain, line mode."));
	fputc('\n', out);
	verbs(out);
	settings(out);
	line(out, ".SH", _("EXIT STATUS"));
	as_it_is(out, _("0    done\n1    failed, not understood, provider unreachable, conflict\n"
			"2    wrong usage or settings\n3    refused for want of approval\n"
			"4    a limit or budget was reached\n130  stopped"));
	line(out, ".SH", _("FILES"));
	as_it_is(out, _("~/.config/homard/config.yaml       settings\n"
			"~/.config/homard/rules.yaml        what may happen without asking\n"
			"~/.local/state/homard/journal.db   everything that happened\n"
			"~/.local/state/homard/stage/       drafts, and what undo needs\n"
			"~/.local/share/homard/skills/      your skills\n"
			"HOMARD_HOME=DIR puts all of it below DIR."));
	line(out, ".SH", _("EXAMPLES"));
	as_it_is(out, "homard run \"tidy ~/Downloads by type\"\n"
		      "homard undo 1\n"
		      "homard try -- sh -c 'rm -rf build && make'\n"
		      "homard search invoice");
}
