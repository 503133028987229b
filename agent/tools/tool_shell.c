/*
 * shell: a command in the task's draft. What it changed comes back as effects; what it could
 * not do for want of a network comes back with the hosts to allow.
 */
#include "agent/tools/draft_cmd.h"
#include "agent/tools/shell_net.h"
#include "agent/tools/util.h"

#define WALL_DEFAULT 120
#define WALL_MAX 7200
#define COMMAND_SHOWN 60

struct shell {
	struct tool_ctx ctx;
	char *command;
	struct draft_cmd *cmd;
};

static const char *const plain_env[] = { "TERM=dumb", "PAGER=cat", "GIT_PAGER=cat",
	"NO_COLOR=1", "GIT_TERMINAL_PROMPT=0", "DEBIAN_FRONTEND=noninteractive", NULL };

/* The hosts it wanted: what the proxy refused, else what its messages say. */
static void
wanted_hosts(struct shell *s, struct draft_cmd_end *end, const struct buf *text,
	struct tool_result *r)
{
	autostrv struct strv hosts = { 0 };
	autobuf struct buf said = BUF_INIT(8192), list = BUF_INIT(8192);
	bool failed = end->refused.n > 0;
	struct jw w;

	if (s->ctx.outside || (end->exit == 0 && !failed))
		return;
	for (size_t i = 0; i < end->refused.n && i < SHELL_HOSTS_MAX; i++)
		strv_add(&hosts, end->refused.v[i]);
	if (!failed)
		failed = shell_net_failed(s->command, buf_slice(text), &hosts);
	if (!failed)
		return;
	jw_init(&w, &said);
	jw_array(&w, NULL);
	for (size_t i = 0; i < hosts.n; i++) {
		autofree char *line =
			xasprintf(_("It wanted the network: allow host %s for this command? "
				    "What it does there cannot be undone."),
				hosts.v[i]);

		jw_str(&w, NULL, line);
	}
	if (!hosts.n)
		jw_str(&w, NULL, _("It wanted the network, and a draft has none."));
	jw_end_array(&w);
	jw_init(&w, &list);
	jw_array(&w, NULL);
	for (size_t i = 0; i < hosts.n; i++)
		jw_str(&w, NULL, hosts.v[i]);
	jw_end_array(&w);
	r->unpreviewed = buf_steal(&said);
	r->hosts = hosts.n ? buf_steal(&list) : NULL;
}

static void
give_text(const struct shell *s, struct draft_cmd_end *end, const struct buf *text,
	const char *hash, struct tool_result *r)
{
	const char *limit = draft_cmd_limit_words(end->limit);

	buf_init(&r->text, s->ctx.max_result ? s->ctx.max_result : LIMIT_TOOL_RESULT);
	if (text->len + 1024 < r->text.max)
		buf_add_slice(&r->text, buf_slice(text));
	if (text->len && !str_ends(buf_str(text), "\n"))
		buf_add_char(&r->text, '\n');
	if (*hash)
		buf_printf(&r->text, "[%llu bytes in all, SHA-256 %s]\n",
			(unsigned long long)end->keep.total, hash);
	if (limit)
		buf_printf(&r->text, "[%s]\n", limit);
	else if (end->signal)
		buf_printf(&r->text, "[ended by signal %d]\n", end->signal);
	else if (end->exit != 0 || !text->len)
		buf_printf(&r->text, "[exit %d]\n", end->exit);
	if (r->hosts)
		buf_printf(&r->text, "[no network in a draft; hosts wanted: %s]\n", r->hosts);
}

static void
give_json(const struct shell *s, struct draft_cmd_end *end, const struct buf *text,
	const char *hash, struct tool_result *r)
{
	static const char *const names[] = {
		[DRAFT_LIMIT_NONE] = "",
		[DRAFT_LIMIT_WALL] = "wall",
		[DRAFT_LIMIT_MEM] = "mem",
		[DRAFT_LIMIT_CPU] = "cpu",
		[DRAFT_LIMIT_OUTPUT] = "output",
		[DRAFT_LIMIT_STOP] = "stop",
		[DRAFT_LIMIT_PROCS] = "procs",
		[DRAFT_LIMIT_SPACE] = "space",
	};
	struct jw w;

	tool_json(&s->ctx, r, &w);
	if (end->exit >= 0)
		jw_i64(&w, "exit", end->exit);
	else
		jw_null(&w, "exit");
	if (end->limit)
		jw_str(&w, "limit", names[end->limit]);
	if (end->signal)
		jw_i64(&w, "signal", end->signal);
	if (tool_room(&w, 2 * text->len))
		jw_slice(&w, "output", buf_slice(text));
	jw_i64(&w, "bytes", (int64_t)end->keep.total);
	if (*hash)
		jw_str(&w, "sha256", hash);
	if (r->hosts)
		jw_raw(&w, "hosts", slice_of(r->hosts));
	tool_json_end(&s->ctx, r, &w);
}

static void
say(const struct shell *s, const struct draft_cmd_end *end, struct tool_result *r)
{
	autofree char *shown = sanitize_elide(s->command, COMMAND_SHOWN);
	const char *limit = draft_cmd_limit_words(end->limit);

	if (limit)
		tool_say(r, "%s: %s", shown, limit);
	else if (end->signal)
		tool_say(r, _("%s: ended by signal %d"), shown, end->signal);
	else if (end->exit)
		tool_say(r, _("%s: exit %d"), shown, end->exit);
	else
		tool_say(r, _("Ran %s"), shown);
}

static void
done(void *user, struct draft_cmd_end *end)
{
	struct shell *s = user;
	struct tool_call *call = s->ctx.call;
	struct tool_result r = { .exit = -1 };
	autobuf struct buf text = BUF_INIT(4 * 3 * KEEP_PART);
	char hash[HASH_HEX_LEN];
	struct err err = end->err;

	if (end->ran) {
		shell_keep_text(&end->keep, &text);
		shell_keep_hash(&end->keep, hash);
		wanted_hosts(s, end, &text, &r);
		if (s->ctx.json)
			give_json(s, end, &text, hash, &r);
		else
			give_text(s, end, &text, hash, &r);
		say(s, end, &r);
		r.exit = end->exit;
		r.failed = end->limit != DRAFT_LIMIT_NONE;
		r.effects = steal_ptr(&end->effects);
		r.taint = sanitize_elide(s->command, COMMAND_SHOWN);
		err_clear(&err);
	}
	free(s->command);
	free(s);
	tool_finish(call, &r, err.code ? &err : NULL);
}

static bool
start(const struct tool_ctx *c, const cJSON *args, struct err *err)
{
	const char *command = tool_arg_str(args, "command", err);
	const char *argv[] = { access("/bin/bash", X_OK) == 0 ? "/bin/bash" : "/bin/sh", "-c",
		command, NULL };
	struct draft_cmd_opts o = { .argv = argv, .env = plain_env, .done = done };
	struct shell *s;

	if (!command)
		return false;
	if (!slice_trim(slice_of(command)).n)
		return err_set(err, ERR_USAGE, _("The command is empty."));
	s = xcalloc(1, sizeof(*s));
	s->ctx = *c;
	s->command = xstrdup(command);
	o.user = s;
	o.wall_ms = 1000 * (uint64_t)tool_arg_limit(args, "timeout", WALL_DEFAULT, WALL_MAX);
	if (!draft_cmd_start(c, &o, &s->cmd, err)) {
		free(s->command);
		free(s);
		return false;
	}
	tool_set_state(c->call, s->cmd);
	return true;
}

static void
stop(const struct tool_ctx *c, void *state)
{
	(void)c;
	if (state)
		draft_cmd_stop(state);
}

const struct tool tool_shell = {
	.name = "shell",
	.summary = N_("Run a shell command; no terminal, no network"),
	.schema = "{\"type\":\"object\",\"properties\":{\"command\":{\"type\":\"string\"},"
		  "\"timeout\":{\"type\":\"integer\"}},\"required\":[\"command\"]}",
	.returns = "exit, output, bytes, limit?, signal?, sha256?, hosts?",
	.risk = RISK_ACT,
	.flags = TOOL_CORE | TOOL_TAINTS,
	.start = start,
	.stop = stop,
};
