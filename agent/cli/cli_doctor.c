/* homard doctor: versions, paths, disk, ground, what is missing and how to mend it. */
#include "agent/base/i18n.h"
#include "agent/base/json.h"
#include "agent/base/utf8.h"
#include "agent/cli/look.h"
#include "agent/draft/stage.h"
#include <errno.h>
#include <langinfo.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>

extern const struct cli_command cli_doctor;

struct doctor {
	struct cli *cli;
	bool json;
	int bad;
	struct jw jw;
	struct buf out;
};

/* One finding. ok: nothing to do; otherwise mend says how (translated), or NULL. */
static void
say(struct doctor *d, bool ok, const char *what, const char *value, const char *mend)
{
	size_t width;

	d->bad += !ok;
	if (d->json) {
		jw_object(&d->jw, NULL);
		jw_bool(&d->jw, "ok", ok);
		jw_str(&d->jw, "what", what);
		jw_str(&d->jw, "value", value);
		if (!ok && mend)
			jw_str(&d->jw, "mend", mend);
		jw_end_object(&d->jw);
		return;
	}
	width = utf8_width(what, strlen(what));
	fprintf(d->cli->out, "%s %s%*s ", ok ? "  " : "! ", what, width < 16 ? (int)(16 - width) : 0, "");
	look_put(d->cli->out, value, true);
	fputc('\n', d->cli->out);
	if (!ok && mend)
		fprintf(d->cli->out, "  %-16s -> %s\n", "", mend);
}

static void
check_system(struct doctor *d)
{
	struct utsname u;
	autofree char *s = NULL;

	say(d, true, "homard", HOMARD_VERSION, NULL);
	if (uname(&u) == 0) {
		s = xasprintf("%s %s %s", u.sysname, u.release, u.machine);
		say(d, true, _("system"), s, NULL);
	}
	say(d, str_eq(nl_langinfo(CODESET), "UTF-8"), _("text"), nl_langinfo(CODESET),
		_("set LANG to a UTF-8 locale"));
	say(d, true, _("language"), i18n_language(), NULL);
	say(d, true, _("terminal"), getenv("TERM") ? getenv("TERM") : "-", NULL);
}

static void
check_folder(struct doctor *d, const char *what, const char *path)
{
	struct stat st;
	struct statvfs fs;
	char free_text[16];
	autofree char *s = NULL;

	if (stat(path, &st) != 0) {
		s = xasprintf("%s: %s", path, strerror(errno));
		say(d, false, what, s, _("it is made at the next start; check the folder above it"));
		return;
	}
	if (statvfs(path, &fs) == 0) {
		uint64_t bytes = (uint64_t)fs.f_bavail * fs.f_frsize;

		s = xasprintf(_("%s (%s free)"), path, str_size(bytes, free_text));
		say(d, bytes > (64u << 20) && access(path, W_OK) == 0, what, s,
			access(path, W_OK) == 0 ? _("free some space on this disk")
						: _("make this folder writable for you"));
	}
	if (st.st_mode & 077) {
		autofree char *mend = xasprintf("chmod 700 %s", path);

		say(d, false, what, _("other people may look into it"), mend);
	}
}

static void
check_journal(struct doctor *d)
{
	autofree char *path = path_join(d->cli->places->state, "journal.db");
	struct journal *j = NULL;
	struct err err = { 0 };
	struct stat st;
	char size[16];
	autofree char *s = NULL;

	if (stat(path, &st) != 0) {
		say(d, errno == ENOENT, _("history"), _("none yet"), NULL);
		return;
	}
	if (!look_open(d->cli, &j, &err)) {
		say(d, false, _("history"), err.text,
			_("restore a copy made with homard backup, or move the file away"));
		return;
	}
	s = xasprintf(_("%lld events, %s; homard verify checks each"),
		(long long)journal_last_seq(j), str_size((uint64_t)st.st_size, size));
	say(d, true, _("history"), s, NULL);
	journal_close(j);
}

static void
check_draft(struct doctor *d)
{
	struct draft_ground g = { 0 };
	struct stage_sums sums = { 0 };
	struct err err = { 0 };
	autofree char *helper = places_helper(d->cli->places, "homard-draft", &err);
	autofree char *stage = path_join(d->cli->places->state, "stage"), *s = NULL;
	char held[16], open[16];

	if (!helper)
		say(d, false, _("sandbox"), err.text, _("install the program again with its helpers"));
	else if (!draft_probe(helper, d->cli->places->home, stage, &g, &err))
		say(d, false, _("sandbox"), err.text, NULL);
	else
		say(d, g.commands, _("sandbox"),
			g.commands ? _("commands run in drafts") : _("commands cannot be drafted here"),
			g.words);
	if (g.commands && g.words[0])
		say(d, true, _("sandbox"), g.words, NULL);
	if (stage_sums(stage, d->cli->places->home, &sums, NULL)) {
		s = xasprintf(_("%llu undo steps hold %s, open drafts %s"),
			(unsigned long long)sums.stages, str_size(sums.bytes, held),
			str_size(sums.pending, open));
		say(d, true, _("undo"), s, NULL);
	}
}

static bool
in_path(const char *name)
{
	const char *path = getenv("PATH");
	struct slice rest = slice_of(path ? path : "/usr/bin:/bin");

	while (rest.p) {
		struct slice dir = slice_cut(&rest, ':');
		autofree char *full = xasprintf("%.*s/%s", SLICE_FMT(dir), name);

		if (access(full, X_OK) == 0)
			return true;
	}
	return false;
}

static void
check_tools(struct doctor *d)
{
	static const struct {
		const char *name, *package, *what; /* what N_() */
	} tools[] = {
		{ "git", "git", N_("repositories") },
		{ "pdftotext", "poppler-utils", N_("text of PDF files") },
		{ "convert", "imagemagick", N_("converting images") },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(tools); i++) {
		autofree char *mend = xasprintf("apt install %s", tools[i].package);

		if (!in_path(tools[i].name))
			say(d, false, tools[i].name, _(tools[i].what), mend);
	}
}

static void
check_config(struct doctor *d)
{
	struct config *cfg = NULL;
	struct err err = { 0 };
	autofree char *path = path_join(d->cli->places->config, "config.yaml");

	if (config_load(path, &cfg, &err))
		say(d, true, _("settings"), path, NULL);
	else
		say(d, false, _("settings"), err.text, _("correct that line"));
	config_destroy(cfg);
}

static int
doctor(struct cli *c, int argc, char **argv)
{
	struct doctor d = { .cli = c };
	int ret;

	if (cli_help_asked(c, &cli_doctor, argc, argv, &ret))
		return ret;
	d.json = argc == 2 && str_eq(argv[1], "--json");
	if (argc > 1 && !d.json)
		return cli_unknown_option(c, &cli_doctor, argv[1]);
	buf_init(&d.out, 1u << 20);
	jw_init(&d.jw, &d.out);
	jw_array(&d.jw, NULL);
	check_system(&d);
	check_config(&d);
	check_folder(&d, _("settings in"), c->places->config);
	check_folder(&d, _("state in"), c->places->state);
	check_folder(&d, _("data in"), c->places->data);
	check_journal(&d);
	check_draft(&d);
	check_tools(&d);
	jw_end_array(&d.jw);
	if (d.json)
		fprintf(c->out, "%s\n", buf_str(&d.out));
	else if (d.bad)
		fprintf(c->out, ngettext("\n%d thing wants attention.\n",
					"\n%d things want attention.\n", (unsigned)d.bad), d.bad);
	else
		fprintf(c->out, "\n%s\n", _("All is well."));
	buf_finish(&d.out);
	return 0;
}

const struct cli_command cli_doctor = {
	.name = "doctor",
	.summary = N_("Check versions, paths, disk and sandbox"),
	.usage = "[--json]",
	.help = N_("Names what is missing and how to mend it. It changes nothing."),
	.no_config = true,
	.run = doctor,
};
