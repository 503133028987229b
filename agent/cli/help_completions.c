/* Words to complete for bash, zsh and fish. */
#include "agent/base/i18n.h"
#include "agent/cli/help_data.h"

#define OPTION_CHARS "abcdefghijklmnopqrstuvwxyz0123456789-"

/* The next --option of a usage line. */
static struct slice
next_option(const char **usage)
{
	const char *at = strstr(*usage, "--");

	while (at && !strspn(at + 2, OPTION_CHARS))
		at = strstr(at + 2, "--");
	if (!at)
		return (struct slice){ 0 };
	*usage = at + strspn(at, OPTION_CHARS);
	return (struct slice){ at, (size_t)(*usage - at) };
}

/* Single quotes for every shell. */
static void
quoted(FILE *out, const char *s, bool zsh)
{
	fputc('\'', out);
	for (; *s; s++) {
		if (*s == '\'')
			fputs("'\\''", out);
		else if (zsh && *s == ':')
			fputs("\\:", out);
		else
			fputc(*s, out);
	}
	fputc('\'', out);
}

static void
bash(FILE *out)
{
	const struct cli_command *const *p;
	struct slice o;

	fputs("_homard() {\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} verb= i\n"
	      "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	      "\t\tcase ${COMP_WORDS[i]} in\n\t\t-c) ((i++)) ;;\n\t\t-*) ;;\n"
	      "\t\t*) verb=${COMP_WORDS[i]}; break ;;\n\t\tesac\n\tdone\n"
	      "\tlocal words='-c --plain --help --version'\n\tcase $verb in\n\t'') words+='", out);
	for (p = cli_commands; *p; p++)
		fprintf(out, " %s", (*p)->name);
	fputs("' ;;\n\thelp) words='", out);
	for (p = cli_commands; *p; p++)
		fprintf(out, " %s", (*p)->name);
	fputs("' ;;\n", out);
	for (p = cli_commands; *p; p++) {
		const char *usage = (*p)->usage;

		if (str_eq((*p)->name, "help"))
			continue;
		fprintf(out, "\t%s) words='--help", (*p)->name);
		while ((o = next_option(&usage)).n)
			fprintf(out, " %.*s", SLICE_FMT(o));
		fputs("' ;;\n", out);
	}
	fputs("\tesac\n\tif [[ $cur == -* || -z $verb || $verb == help ]]; then\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n\telse\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n\tfi\n}\n"
	      "complete -o filenames -F _homard homard\n", out);
}

static void
zsh(FILE *out)
{
	const struct cli_command *const *p;
	struct slice o;

	fputs("#compdef homard\nlocal -a verbs=(\n", out);
	for (p = cli_commands; *p; p++) {
		fprintf(out, "\t%s:", (*p)->name);
		quoted(out, _((*p)->summary), true);
		fputc('\n', out);
	}
	fputs(")\nif (( CURRENT == 2 )); then\n\t_describe verb verbs\n\treturn\nfi\ncase $words[2] in\n",
		out);
	for (p = cli_commands; *p; p++) {
		const char *usage = (*p)->usage;

		fprintf(out, "%s) compadd -- --help", (*p)->name);
		while ((o = next_option(&usage)).n)
			fprintf(out, " %.*s", SLICE_FMT(o));
		fprintf(out, "; %s ;;\n", str_eq((*p)->name, "help") ? "_describe verb verbs" : "_files");
	}
	fputs("esac\n", out);
}

static void
fish(FILE *out)
{
	const struct cli_command *const *p;
	struct slice o;

	fputs("complete -c homard -n __fish_use_subcommand -l plain\n", out);
	for (p = cli_commands; *p; p++) {
		const char *usage = (*p)->usage;

		fprintf(out, "complete -c homard -f -n __fish_use_subcommand -a %s -d ", (*p)->name);
		quoted(out, _((*p)->summary), false);
		fputc('\n', out);
		while ((o = next_option(&usage)).n)
			fprintf(out, "complete -c homard -n '__fish_seen_subcommand_from %s' -l %.*s\n",
				(*p)->name, (int)o.n - 2, o.p + 2);
	}
}

bool
help_completions(FILE *out, const char *shell)
{
	static const struct {
		const char *name;
		void (*print)(FILE *out);
	} shells[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };

	for (size_t i = 0; i < ARRAY_LEN(shells); i++) {
		if (str_eq(shells[i].name, shell)) {
			shells[i].print(out);
			return true;
		}
	}
	return false;
}
