/* What a draft cannot show is asked for by the command itself: other users, services, terminals,
 * the network. */
#include "agent/core/agent_private.h"
#include "agent/base/i18n.h"
#include "agent/base/limits.h"

static void
reasons(struct task *t, const char *command, struct policy_answer *p)
{
	autobuf struct buf b = BUF_INIT(LIMIT_FACTS);
	autojson cJSON *list = NULL;
	const cJSON *it;

	if (tool_shell_outside(command, &b)) {
		list = json_parse_lenient(buf_slice(&b), NULL);
		cJSON_ArrayForEach(it, list)
			strv_add(&p->why, cJSON_IsString(it) ? it->valuestring : "?");
	}
	agent_banner(t->agent);
	if (!t->agent->ground.commands)
		strv_add(&p->why, _("no sandbox is available here: it would act at once"));
	if (p->why.n) {
		p->verdict = VERDICT_ASK;
		p->red = true;
		strv_add(&p->why, _("it cannot be undone"));
	}
}

bool
shell_may_begin(struct tool_call *c)
{
	struct task *t = c->task;
	struct policy_answer p = { 0 };
	const char *command = json_str(c->args, "command", "");
	bool ask;

	if (!str_eq(c->name, "shell") || c->asked_before)
		return true;
	reasons(t, command, &p);
	ask = p.verdict == VERDICT_ASK;
	if (ask && t->agent->interactive) {
		pending_ask(t, PEND_BEFORE, c, NULL, &p,
			_("This command cannot be previewed. Run it for real?"), command);
	} else if (ask) {
		/* --approve all covers what can be undone; this cannot. */
		autofree char *s = xasprintf(_("refused for want of approval: %s"), p.why.v[0]);

		t->refused_any = true;
		call_fail(c, CALL_REFUSED, s);
	}
	policy_answer_finish(&p);
	return !ask;
}

bool
shell_wants_network(struct tool_call *c)
{
	struct task *t = c->task;
	struct policy_answer p = { 0 };
	autofree char *question = NULL;
	autojson cJSON *list = NULL;
	autobuf struct buf names = BUF_INIT(4096);
	const cJSON *it;

	if (!c->result.hosts || c->hosts.n || !t->agent->interactive)
		return false;
	list = json_parse_lenient(slice_of(c->result.hosts), NULL);
	cJSON_ArrayForEach(it, list)
		buf_printf(&names, "%s%s", names.len ? ", " : "",
			cJSON_IsString(it) ? it->valuestring : "?");
	question = xasprintf(_("It wanted the network. Allow %s for this command?"), buf_str(&names));
	p.red = true;
	strv_add(&p.why, _("what it does there cannot be undone"));
	pending_ask(t, PEND_NETWORK, c, NULL, &p, question, json_str(c->args, "command", NULL));
	policy_answer_finish(&p);
	return true;
}

void
shell_allow_hosts(struct tool_call *c)
{
	autojson cJSON *list = json_parse_lenient(slice_of(c->result.hosts), NULL);
	const cJSON *it;

	cJSON_ArrayForEach(it, list)
	{
		if (!cJSON_IsString(it))
			continue;
		strv_add(&c->hosts, it->valuestring);
		emit(c->task->agent, c->task->n, EV_OUTSIDE, SLICE_LIT("{}"), "call:i what:s host:s",
			c->n, "network", it->valuestring);
	}
}

/* Output of a command that saw neither the network nor the world outside is the person's own. */
bool
shell_is_local(const struct tool_call *c)
{
	return str_eq(c->name, "shell") && !c->outside && !c->hosts.n;
}
