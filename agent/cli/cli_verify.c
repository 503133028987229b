/* homard verify, backup: is the history whole; one consistent copy of it. */
#include "agent/base/i18n.h"
#include "agent/base/json.h"
#include "agent/cli/look.h"

extern const struct cli_command cli_verify, cli_backup;

static void
print_json(struct cli *c, const struct verify_report *r)
{
	autobuf struct buf b = BUF_INIT(4096);
	struct jw w;

	jw_init(&w, &b);
	jw_object(&w, NULL);
	jw_bool(&w, "ok", r->bad_seq == 0);
	jw_bool(&w, "events_ok", r->bad_seq <= 0);
	jw_i64(&w, "events", r->events);
	jw_i64(&w, "bodies", r->bodies);
	jw_i64(&w, "removed", r->removed);
	jw_i64(&w, "bad", r->bad_seq);
	jw_str(&w, "why", r->why);
	jw_str(&w, "head", r->head);
	jw_end_object(&w);
	fprintf(c->out, "%s\n", buf_str(&b));
}

static bool
rebuild(struct cli *c, bool quiet, struct err *err)
{
	struct journal *j = NULL;
	bool ok;

	/* Opened to be read first: where there is no journal none is made. */
	ok = look_open(c, &j, err);
	journal_close(j);
	j = NULL;
	ok = ok && look_open_write(c, &j, err) && journal_rebuild(j, err);
	if (ok && !quiet)
		fprintf(c->out, "%s\n", _("Made the lists and the search index anew from the events."));
	journal_close(j);
	return ok;
}

static int
check(struct cli *c, bool json)
{
	struct verify_report r = { 0 };
	struct journal *j = NULL;
	struct err err = { 0 };
	bool ok;

	if (!look_open(c, &j, &err))
		return cli_fail(c, "verify", &err);
	ok = journal_verify(j, &r, &err);
	journal_close(j);
	if (json)
		print_json(c, &r);
	if (!ok)
		return cli_fail(c, "verify", &err);
	if (!json)
		fprintf(c->out, _("The history is whole: %lld events, %lld bodies, %lld removed by "
				  "you.\nIts last link: %s\n"),
			(long long)r.events, (long long)r.bodies, (long long)r.removed, r.head);
	return 0;
}

static int
verify(struct cli *c, int argc, char **argv)
{
	bool json = false, anew = false;
	struct err err = { 0 };
	int i, ret;

	if (cli_help_asked(c, &cli_verify, argc, argv, &ret))
		return ret;
	for (i = 1; i < argc; i++) {
		if (str_eq(argv[i], "--json"))
			json = true;
		else if (str_eq(argv[i], "--rebuild"))
			anew = true;
		else
			return cli_unknown_option(c, &cli_verify, argv[i]);
	}
	/* What keeps it from being made anew is told best by the check itself. */
	if (anew && !rebuild(c, json, &err) && (err.code != ERR_CORRUPT || check(c, json) == 0))
		return cli_fail(c, "verify", &err);
	return anew && err.code ? 1 : check(c, json);
}

static int
backup(struct cli *c, int argc, char **argv)
{
	struct journal *j = NULL;
	struct err err = { 0 };
	int ret;

	if (cli_help_asked(c, &cli_backup, argc, argv, &ret))
		return ret;
	if (argc != 2)
		return cli_usage(c, &cli_backup, _("name the file to write"));
	ret = 0;
	if (access(argv[1], F_OK) == 0)
		ret = err_set(&err, ERR_USAGE, _("%s exists; name a new file"), argv[1]) ? 0 : 1;
	if (ret || !look_open(c, &j, &err) || !journal_backup(j, argv[1], &err))
		ret = cli_fail(c, "backup", &err);
	else
		fprintf(c->out, _("Copied the history to %s.\n"), argv[1]);
	journal_close(j);
	return ret;
}

const struct cli_command cli_verify = {
	.name = "verify",
	.summary = N_("Check that the history is whole and unchanged"),
	.usage = "[--json] [--rebuild]",
	.help = N_("Every row, body and link of the chain is checked, then whether the lists and the\n"
		   "search index match the events; --rebuild makes those anew first. Keep the last\n"
		   "link elsewhere: only then a cut-off end can be noticed. Unused space of the file\n"
		   "is not checked; it holds nothing."),
	.run = verify,
};

const struct cli_command cli_backup = {
	.name = "backup",
	.summary = N_("Copy the history to one file"),
	.usage = "FILE",
	.help = N_("The copy is consistent, also while tasks run."),
	.run = backup,
};
