#include "agent/cli/decide_alone.h"
#include "agent/base/i18n.h"
#include "agent/base/json.h"
#include "agent/cli/look.h"
#include "agent/cli/session.h"

#define ORPHANS_MAX 1024

struct alone {
	struct session session;
	const char *verb, *typed;
	int64_t task, call, approval;
	bool take, decided;
	char *shown, *now; /* what the call would change: when it was asked, and as it is now */
};

bool
decide_is_alone(struct journal *j, int64_t task)
{
	autofree int64_t *tasks = xcalloc(ORPHANS_MAX, sizeof(*tasks));
	struct err ignored = { 0 };
	size_t n = 0;

	if (!lease_orphans(j, tasks, ORPHANS_MAX, &n, &ignored))
		return false;
	for (size_t i = 0; i < n; i++)
		if (tasks[i] == task)
			return true;
	return false;
}

static void
keep(char **to, const struct event *ev)
{
	free(*to);
	*to = slice_dup(ev->body);
}

static int64_t
call_of(const struct event *ev)
{
	autojson cJSON *facts = json_parse_lenient(ev->facts, NULL);

	return json_i64(facts, "call", 0);
}

static bool
keep_shown(void *user, const struct event *ev)
{
	struct alone *a = user;

	if (call_of(ev) == a->call)
		keep(&a->shown, ev);
	return true;
}

static void
leave_with(struct alone *a, int exit, const char *sentence)
{
	fprintf(a->session.cli->errout, "homard %s: %s\n", a->verb, sentence);
	session_leave(&a->session, exit);
}

static void
decide(void *user)
{
	struct alone *a = user;
	struct decision_opts o = { .decision = a->take ? DECIDE_TAKE : DECIDE_REFUSE, .typed = a->typed };
	struct err err = { 0 };

	if (a->take && a->shown && (!a->now || !str_eq(a->shown, a->now))) {
		leave_with(a, 1,
			_("it would change something else by now; look at it again with homard and /resume"));
		return;
	}
	if (!agent_decide(a->session.agent, a->task, a->approval, &o, &err))
		leave_with(a, err_exit_code(&err), err.text);
}

static void
on_approval(struct alone *a, const struct event *ev)
{
	autojson cJSON *facts = json_parse_lenient(ev->facts, NULL);

	a->approval = json_i64(facts, "approval", 0);
	if (a->decided || json_i64(facts, "call", 0) != a->call) {
		leave_with(a, 3, _("another decision waits; homard approvals lists it"));
		return;
	}
	a->decided = true;
	agent_defer(a->session.agent, decide, a);
}

static void
on_state(struct alone *a, const struct event *ev)
{
	autojson cJSON *facts = json_parse_lenient(ev->facts, NULL);
	const char *state = json_str(facts, "state", "");

	if (str_eq(state, "done") || str_eq(state, "failed") || str_eq(state, "stopped"))
		session_leave(&a->session, (int)json_i64(facts, "exit", str_eq(state, "done") ? 0 : 1));
}

static void
on_event(void *user, const struct event *ev)
{
	struct alone *a = user;
	autofree char *text = NULL;

	if (ev->task != a->task)
		return;
	switch (ev->kind) {
	case EV_EFFECTS:
		if (call_of(ev) == a->call && !a->decided)
			keep(&a->now, ev);
		break;
	case EV_APPROVAL:
		on_approval(a, ev);
		break;
	case EV_QUESTION:
		leave_with(a, 3, _("the task asks something; answer it with homard and /resume"));
		break;
	case EV_TEXT:
		text = slice_dup(ev->body);
		look_put(a->session.cli->out, text, false);
		if (ev->body.n && ev->body.p[ev->body.n - 1] != '\n')
			fputc('\n', a->session.cli->out);
		break;
	case EV_NOTICE:
		text = slice_dup(ev->body);
		look_put(a->session.cli->errout, text, true);
		fputc('\n', a->session.cli->errout);
		break;
	case EV_STATE:
		on_state(a, ev);
		break;
	default:
		break;
	}
}

int
decide_alone(struct cli *c, const char *verb, int64_t task, int64_t call, const char *typed, bool take)
{
	static const enum event_kind kinds[] = { EV_EFFECTS };
	struct journal_range past = { .task = task, .kinds = kinds, .n_kinds = ARRAY_LEN(kinds) };
	struct alone a = { .verb = verb, .typed = typed, .task = task, .call = call, .take = take };
	struct err err = { 0 };
	int ret;

	if (!session_begin(&a.session, c, verb, true, false, &err) ||
		!journal_each(agent_journal(a.session.agent), &past, keep_shown, &a, &err)) {
		ret = cli_fail(c, verb, &err);
	} else {
		agent_subscribe(a.session.agent, on_event, &a);
		if (agent_resume(a.session.agent, task, NULL, &err))
			ret = session_run(&a.session);
		else
			ret = cli_fail(c, verb, &err);
	}
	session_end(&a.session);
	free(a.shown);
	free(a.now);
	return ret;
}
