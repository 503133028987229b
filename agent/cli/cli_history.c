/* homard history: every task ever, newest first, filtered. */
#include "agent/base/i18n.h"
#include "agent/base/json.h"
#include "agent/cli/look.h"

extern const struct cli_command cli_history;

struct listing {
	struct cli *cli;
	bool json;
	size_t shown;
};

static bool
print_row(void *user, const struct task_row *r)
{
	struct listing *l = user;
	char when[32];

	l->shown++;
	if (l->json) {
		autobuf struct buf b = BUF_INIT(1u << 16);
		struct jw w;

		jw_init(&w, &b);
		jw_object(&w, NULL);
		jw_i64(&w, "task", r->task);
		jw_str(&w, "request", r->request);
		jw_str(&w, "state", r->state);
		jw_i64(&w, "time", r->time);
		jw_i64(&w, "ended", r->ended);
		jw_str(&w, "engine", r->engine);
		jw_str(&w, "model", r->model);
		jw_str(&w, "cwd", r->cwd);
		jw_i64(&w, "effects", r->effects);
		jw_i64(&w, "tokens", r->tokens);
		jw_num(&w, "cost", r->cost);
		jw_end_object(&w);
		fprintf(l->cli->out, "%s\n", buf_str(&b));
		return true;
	}
	look_time(r->time, when);
	fprintf(l->cli->out, "%5lld  %s  %-8s ", (long long)r->task, when, _(r->state));
	if (r->effects)
		fprintf(l->cli->out, ngettext("%lld change  ", "%lld changes  ",
					     (unsigned long)r->effects), (long long)r->effects);
	look_put(l->cli->out, r->request, true);
	fputc('\n', l->cli->out);
	return true;
}

struct history_args {
	struct task_filter f;
	bool json;
	struct buf words;
};

static const char *
value(int argc, char **argv, int *i, const char *name)
{
	return str_eq(argv[*i], name) && *i + 1 < argc ? argv[++*i] : NULL;
}

static int
parse(struct cli *c, struct history_args *a, int argc, char **argv)
{
	struct err err = { 0 };
	const char *v;
	bool ok = true;
	uint64_t n;
	int i;

	for (i = 1; i < argc; i++) {
		if (str_eq(argv[i], "--json"))
			a->json = true;
		else if ((v = value(argc, argv, &i, "--state")))
			a->f.state = v;
		else if ((v = value(argc, argv, &i, "--engine")))
			a->f.engine = v;
		else if ((v = value(argc, argv, &i, "--place")))
			a->f.place = v;
		else if ((v = value(argc, argv, &i, "--since")))
			ok = look_day(v, c->clock, &a->f.since, &err);
		else if ((v = value(argc, argv, &i, "--until")))
			ok = look_day(v, c->clock, &a->f.until, &err);
		else if ((v = value(argc, argv, &i, "--cost")))
			ok = str_to_double(v, &a->f.min_cost) ||
				err_set(&err, ERR_USAGE, _("--cost wants a number"));
		else if ((v = value(argc, argv, &i, "--limit"))) {
			ok = (str_to_u64(v, &n) && n > 0) ||
				err_set(&err, ERR_USAGE, _("--limit wants a number"));
			a->f.limit = ok ? (size_t)n : 0;
		} else if (argv[i][0] == '-' && argv[i][1])
			return cli_unknown_option(c, &cli_history, argv[i]);
		else
			buf_printf(&a->words, "%s%s", a->words.len ? " " : "", argv[i]);
		if (!ok)
			return cli_fail(c, "history", &err);
	}
	a->f.words = a->words.len ? buf_str(&a->words) : NULL;
	return 0;
}

static int
history(struct cli *c, int argc, char **argv)
{
	struct history_args a = { .words = BUF_INIT(4096) };
	struct listing l = { .cli = c };
	struct journal *j = NULL;
	struct err err = { 0 };
	int ret;

	if (cli_help_asked(c, &cli_history, argc, argv, &ret))
		return ret;
	a.f.limit = 50;
	ret = parse(c, &a, argc, argv);
	l.json = a.json;
	if (!ret && (!look_open(c, &j, &err) || !journal_tasks(j, &a.f, print_row, &l, &err)))
		ret = look_no_list(c, "history", l.json, &err);
	else if (!ret && !l.shown && !l.json)
		fprintf(c->out, "%s\n", _("No task matches."));
	journal_close(j);
	buf_finish(&a.words);
	return ret;
}

const struct cli_command cli_history = {
	.name = "history",
	.summary = N_("List the tasks, newest first"),
	.usage = "[--json] [--state S] [--engine E] [--place DIR] [--since DAY] [--until DAY] "
		 "[--cost N] [--limit N] [WORDS]",
	.help = N_("WORDS must occur in the task: in the request, the answer, paths or outputs.\n"
		   "homard show TASK tells one whole; homard undo TASK takes it back."),
	.run = history,
};
