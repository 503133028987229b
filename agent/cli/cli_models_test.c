/* homard models test: one tiny request and one tool call show what an endpoint can do. */
#include "agent/base/engine.h"
#include "agent/base/i18n.h"
#include "agent/cli/models.h"
#include <uv.h>

struct test {
	struct cli *c;
	bool over, texted, thought, called, args_ok, counted;
	enum engine_end how;
	struct err err;
	struct engine_usage usage;
	int64_t first_ms, ms;
	size_t bytes;
};

static void
on_text(void *user, struct slice s)
{
	((struct test *)user)->texted |= s.n > 0;
}

static void
on_reasoning(void *user, struct slice s)
{
	((struct test *)user)->thought |= s.n > 0;
}

static void
on_plan(void *user, const char *json)
{
	(void)user;
	(void)json;
}

static void
on_call(void *user, const char *id, const char *tool, struct slice args)
{
	struct test *t = user;

	(void)id;
	t->called |= str_eq(tool, "ping");
	t->args_ok |= args.n && slice_find(args, SLICE_LIT("lobster")) >= 0;
}

static void
on_turn(void *user, struct slice json, const char *stop)
{
	(void)user;
	(void)json;
	(void)stop;
}

static bool
on_request(void *user, const struct engine_request *r)
{
	struct test *t = user;

	t->bytes = r->body.n;
	fprintf(t->c->out, _("Asking %s at %s (%zu bytes) ...\n"), r->model, r->host, r->body.n);
	return true;
}

static void
on_reply(void *user, int status, int64_t ms, int64_t first_ms, int64_t bytes)
{
	struct test *t = user;

	(void)status;
	(void)bytes;
	t->ms = ms;
	t->first_ms = first_ms;
}

static void
on_usage(void *user, const struct engine_usage *u)
{
	struct test *t = user;

	t->usage = *u;
	t->counted = true;
}

static void
on_retry(void *user, const struct engine_retry *r)
{
	struct test *t = user;

	fprintf(t->c->out, _("%s; asking again in %.1f s\n"), r->why, (double)r->wait_ms / 1000);
}

static void
on_notice(void *user, const char *level, const char *sentence)
{
	struct test *t = user;

	(void)level;
	fprintf(t->c->out, "%s\n", sentence);
}

static void
on_compact(void *user, int64_t from, int64_t to, struct slice s, int64_t before, int64_t after)
{
	(void)user;
	(void)from;
	(void)to;
	(void)s;
	(void)before;
	(void)after;
}

static void
on_end(void *user, enum engine_end how, const struct err *err)
{
	struct test *t = user;

	t->over = true;
	t->how = how;
	if (err)
		t->err = *err;
}

static const struct engine_sink sink = { .text = on_text, .reasoning = on_reasoning,
	.plan = on_plan, .call = on_call, .turn = on_turn, .request = on_request,
	.reply = on_reply, .usage = on_usage, .retry = on_retry, .notice = on_notice,
	.compact = on_compact, .end = on_end };

/* Only the model that was named. */
static const struct strv *
no_fallback(void *user, const char *key)
{
	static const struct strv none;

	return str_starts(key, "provider.") ? config_list(user, key) : &none;
}

static void
ask(struct cli *c, const char *model, struct test *t)
{
	static const struct engine_tool ping = { "ping", "Answer by this tool only",
		"{\"type\":\"object\",\"properties\":{\"word\":{\"type\":\"string\"}},"
		"\"required\":[\"word\"]}", true };
	struct engine_item item = { .kind = ITEM_REQUEST,
		.text = SLICE_LIT("Call the tool ping with the word lobster.") };
	struct engine_input in = { .turn = 1, .cwd = "/", .home = "/", .mode = "step",
		.language = "en", .model = model, .items = &item, .n_items = 1, .tools = &ping,
		.n_tools = 1, .now_ms = clock_wall(c->clock) };
	struct model_engine_opts o = { .clock = c->clock, .places = c->places,
		.settings = cli_model_settings(c) };
	struct engine *e;
	uv_loop_t loop;

	uv_loop_init(&loop);
	o.loop = &loop;
	o.settings.list = no_fallback;
	e = model_engine_create(&o);
	if (!e->ops->think(e, &in, &sink, t, &t->err))
		t->over = true;
	while (!t->over)
		uv_run(&loop, UV_RUN_ONCE);
	e->ops->destroy(e);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
}

static const char *
yes(bool b)
{
	return b ? _("yes") : _("no");
}

static int
test(struct cli *c, int argc, char **argv)
{
	const char *model = argc > 1 ? argv[1] : config_str(c->config, "model.default");
	struct test t = { .c = c, .first_ms = -1 };

	if (argc > 2 || !*model) {
		fprintf(c->errout, _("homard models test: name one PROVIDER/MODEL\n"));
		return 2;
	}
	ask(c, model, &t);
	if (t.err.code)
		return cli_fail(c, "models", &t.err);
	fprintf(c->out, _("answers:            yes, first byte after %lld ms, %lld ms in all\n"),
		(long long)t.first_ms, (long long)t.ms);
	fprintf(c->out, _("calls tools:        %s\n"), yes(t.called));
	fprintf(c->out, _("arguments right:    %s\n"), yes(t.args_ok));
	fprintf(c->out, _("shows its thoughts: %s\n"), yes(t.thought));
	fprintf(c->out, _("counts tokens:      %s\n"), yes(t.counted));
	if (t.counted && t.usage.cost >= 0)
		fprintf(c->out, _("this test cost:     $%.6f\n"), t.usage.cost);
	if (!t.called)
		fprintf(c->out, "%s\n", _("It did not call the tool: as an assistant that acts it is "
					  "of little use."));
	return t.called ? 0 : 1;
}

const struct models_verb models_test = {
	.name = "test",
	.usage = "test [PROVIDER/MODEL]",
	.help = N_("Sends one tiny request with one tool and says what the endpoint can do. It costs\n"
		   "what a few hundred tokens cost there. Without a name: model.default."),
	.run = test,
};
