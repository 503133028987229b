/* homard approvals, approve, deny: decisions that wait, answered from another terminal. */
#include "agent/base/i18n.h"
#include "agent/base/json.h"
#include "agent/cli/decide_alone.h"
#include "agent/cli/look.h"

extern const struct cli_command cli_approvals, cli_approve, cli_deny;

#define WAITING_MAX 256

struct waiting {
	int64_t task, approval, call, time, seq;
	char *text;
};
struct finder {
	struct waiting v[WAITING_MAX];
	size_t n;
	int64_t tasks[WAITING_MAX];
	size_t n_tasks;
};

static bool
note_task(void *user, const struct task_row *r)
{
	struct finder *f = user;

	f->tasks[f->n_tasks++] = r->task;
	return f->n_tasks < WAITING_MAX;
}

static bool
note_event(void *user, const struct event *ev)
{
	struct finder *f = user;
	autojson cJSON *facts = json_parse_lenient(ev->facts, NULL);
	struct waiting *w = f->n ? &f->v[f->n - 1] : NULL;

	if (ev->kind == EV_APPROVAL && f->n < WAITING_MAX) {
		if (!w || w->task != ev->task || w->text)
			w = &f->v[f->n++];
		*w = (struct waiting){ ev->task, json_i64(facts, "approval", 0),
			json_i64(facts, "call", 0), ev->time, ev->seq, slice_dup(ev->facts) };
	} else if (w && w->task == ev->task) {
		/* decided, or the task has ended meanwhile */
		free(w->text);
		w->text = NULL;
		f->n--;
	}
	return true;
}

static bool
find(struct journal *j, struct finder *f, struct err *err)
{
	static const enum event_kind kinds[] = { EV_APPROVAL, EV_DECISION };
	struct task_filter filter = { .state = "waiting", .limit = WAITING_MAX };
	size_t i;

	if (!journal_tasks(j, &filter, note_task, f, err))
		return false;
	for (i = 0; i < f->n_tasks; i++) {
		struct journal_range r = { .task = f->tasks[i], .kinds = kinds,
			.n_kinds = ARRAY_LEN(kinds), .no_bodies = true };

		if (!journal_each(j, &r, note_event, f, err))
			return false;
	}
	return true;
}

static void
finder_free(struct finder *f)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		free(f->v[i].text);
	free(f);
}

static bool
request_text(void *user, const struct task_row *r)
{
	*(char **)user = xstrdup(r->request);
	return true;
}

static void
print_waiting(struct cli *c, struct journal *j, const struct waiting *w, bool json)
{
	autofree char *request = NULL;
	autojson cJSON *facts = json_parse_lenient(slice_of(w->text), NULL);
	const cJSON *why = json_get(facts, "why"), *it;
	char when[32];

	(void)journal_task(j, w->task, request_text, &request, NULL);
	if (json) {
		autobuf struct buf b = BUF_INIT(1u << 16);
		struct jw jw;

		jw_init(&jw, &b);
		jw_object(&jw, NULL);
		jw_i64(&jw, "task", w->task);
		jw_i64(&jw, "approval", w->approval);
		jw_str(&jw, "request", request ? request : "");
		jw_str(&jw, "state", "waiting");
		jw_i64(&jw, "time", w->time);
		jw_raw(&jw, "facts", slice_of(w->text));
		jw_end_object(&jw);
		fprintf(c->out, "%s\n", buf_str(&b));
		return;
	}
	look_time(w->time, when);
	fprintf(c->out, "%lld:%lld  %s  ", (long long)w->task, (long long)w->approval, when);
	look_put(c->out, request ? request : "", true);
	fputc('\n', c->out);
	cJSON_ArrayForEach(it, why)
	{
		fputs("      - ", c->out);
		look_put(c->out, cJSON_IsString(it) ? it->valuestring : "", true);
		fputc('\n', c->out);
	}
}

static int
approvals(struct cli *c, int argc, char **argv)
{
	bool json = argc == 2 && str_eq(argv[1], "--json");
	struct finder *f = xcalloc(1, sizeof(*f));
	struct journal *j = NULL;
	struct err err = { 0 };
	int ret = 0;
	size_t i;

	if (cli_help_asked(c, &cli_approvals, argc, argv, &ret)) {
		free(f);
		return ret;
	}
	if (argc > 1 && !json) {
		free(f);
		return cli_unknown_option(c, &cli_approvals, argv[1]);
	}
	if (!look_open(c, &j, &err) || !find(j, f, &err)) {
		ret = look_no_list(c, "approvals", json, &err);
		json = true; /* said already */
	}
	for (i = f->n; !ret && i > 0; i--)
		print_waiting(c, j, &f->v[i - 1], json);
	if (!ret && !f->n && !json)
		fprintf(c->out, "%s\n", _("No decision waits."));
	journal_close(j);
	finder_free(f);
	return ret;
}

/* The decision is an event; the program that runs the task reads it and acts. */
static int
tell_decision(struct cli *c, const struct cli_command *cmd, struct journal *j, const struct waiting *w)
{
	bool take = cmd == &cli_approve;
	autofree char *facts = xasprintf("{\"approval\":%lld,\"call\":%lld,\"decision\":\"%s\",\"by\":\"person\"}",
		(long long)w->approval, (long long)w->call, take ? "take" : "refuse");
	struct journal_entry e = { .task = w->task, .kind = EV_DECISION, .facts = slice_of(facts),
		.body = SLICE_LIT("{}"), .has_body = true };
	struct err err = { 0 };

	if (!journal_append_now(j, &e, NULL, NULL, &err))
		return cli_fail(c, cmd->name, &err);
	fprintf(c->out, "%s\n", take ? _("Approved.") : _("Refused."));
	return 0;
}

static const struct waiting *
named(const struct finder *f, int64_t task, int64_t approval)
{
	const struct waiting *w = NULL;

	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].task == task && (!approval || f->v[i].approval == approval))
			w = &f->v[i];
	return w;
}

static int
decide(struct cli *c, const struct cli_command *cmd, int argc, char **argv)
{
	struct finder *f = xcalloc(1, sizeof(*f));
	struct journal *j = NULL;
	struct err err = { 0 };
	int64_t task = 0, approval = 0;
	const struct waiting *w;
	bool alone = false;
	int ret = 0;

	if (cli_help_asked(c, cmd, argc, argv, &ret) ||
		(argc != 2 && (ret = cli_usage(c, cmd, _("name what homard approvals lists"))))) {
		free(f);
		return ret;
	}
	if (!cli_task_number(argv[1], &task, &approval, &err) || !look_open_write(c, &j, &err) ||
		!find(j, f, &err))
		ret = cli_fail(c, cmd->name, &err);
	w = named(f, task, approval);
	if (!ret && !w) {
		err_set(&err, ERR_NOT_FOUND, _("no decision of %s waits; homard approvals lists them"),
			argv[1]);
		ret = cli_fail(c, cmd->name, &err);
	} else if (!ret) {
		alone = decide_is_alone(j, task);
		ret = alone ? 0 : tell_decision(c, cmd, j, w);
	}
	journal_close(j);
	if (alone) {
		autojson cJSON *facts = json_parse_lenient(slice_of(w->text), NULL);

		ret = decide_alone(c, cmd->name, task, w->call, json_str(facts, "typed", NULL),
			cmd == &cli_approve);
	}
	finder_free(f);
	return ret;
}

static int
approve(struct cli *c, int argc, char **argv)
{
	return decide(c, &cli_approve, argc, argv);
}

static int
deny(struct cli *c, int argc, char **argv)
{
	return decide(c, &cli_deny, argc, argv);
}

const struct cli_command cli_approvals = {
	.name = "approvals",
	.summary = N_("Decisions that wait for you"),
	.usage = "[--json]",
	.help = N_("homard approve ID takes all of it, homard deny ID refuses it."),
	.run = approvals,
};

const struct cli_command cli_approve = {
	.name = "approve",
	.summary = N_("Take what a waiting task would change"),
	.usage = "TASK[:APPROVAL]",
	.help = N_("Asks nothing: the command is the decision.\n"
		   "A task whose program has ended goes on here.\n"
		   "homard undo TASK takes it back."),
	.run = approve,
};

const struct cli_command cli_deny = {
	.name = "deny",
	.summary = N_("Refuse what a waiting task would change"),
	.usage = "TASK[:APPROVAL]",
	.help = N_("Asks nothing: the command is the decision."),
	.run = deny,
};
