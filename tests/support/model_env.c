/* One think() after another, everything kept. */
#include "tests/support/model_env.h"

static const char *
get(void *user, const char *key)
{
	struct env *e = user;
	static const char *const defaults[][2] = { { "net.connect_timeout", "2" },
		{ "net.first_byte_timeout", "2" }, { "net.silence_timeout", "1" },
		{ "net.retries", "2" }, { "model.cache", "true" }, { "model.effort", "auto" } };

	for (size_t i = e->keys.n; i > 0; i--)
		if (str_eq(e->keys.v[i - 1], key))
			return e->values.v[i - 1];
	for (size_t i = 0; i < ARRAY_LEN(defaults); i++)
		if (str_eq(defaults[i][0], key))
			return defaults[i][1];
	return "";
}

static const struct strv *
list(void *user, const char *key)
{
	static const struct strv none;
	struct env *e = user;

	return str_eq(key, "model.fallback") ? &e->fallback : &none;
}

void
env_set(struct env *e, const char *key, const char *value)
{
	strv_add(&e->keys, key);
	strv_add(&e->values, value);
}

static void
s_text(void *user, struct slice s)
{
	struct env *e = user;

	buf_add_slice(&e->text, s);
	if (e->cancel_on_text)
		e->engine->ops->cancel(e->engine);
}

static void
s_reasoning(void *user, struct slice s)
{
	buf_add_slice(&((struct env *)user)->reasoning, s);
}

static void
s_call(void *user, const char *id, const char *tool, struct slice args)
{
	struct env *e = user;

	buf_printf(&e->calls, "%s %s %.*s\n", id ? id : "-", tool, SLICE_FMT(args));
}

static void
s_turn(void *user, struct slice json, const char *stop)
{
	struct env *e = user;

	(void)stop;
	e->n_turns++;
	buf_clear(&e->turns);
	buf_add_slice(&e->turns, json);
}

static bool
s_request(void *user, const struct engine_request *r)
{
	struct env *e = user;

	e->requests++;
	e->cost_est = r->cost_est;
	e->tokens_est = r->tokens_est;
	buf_clear(&e->last_body);
	buf_add_slice(&e->last_body, r->body);
	return e->allow;
}

static void
s_reply(void *user, int status, int64_t ms, int64_t first, int64_t bytes)
{
	(void)ms;
	(void)first;
	(void)bytes;
	((struct env *)user)->status = status;
}

static void
s_usage(void *user, const struct engine_usage *u)
{
	((struct env *)user)->usage = *u;
}

static void
s_retry(void *user, const struct engine_retry *r)
{
	struct env *e = user;

	e->retries++;
	e->wait_ms = r->wait_ms;
	free(e->next_model);
	e->next_model = xstrdup0(r->model);
	buf_printf(&e->notices, "%s\n", r->why);
}

static void
s_notice(void *user, const char *level, const char *sentence)
{
	buf_printf(&((struct env *)user)->notices, "%s: %s\n", level, sentence);
}

static void
s_compact(void *user, int64_t from, int64_t to, struct slice s, int64_t before, int64_t after)
{
	struct env *e = user;

	assert_true(from <= to);
	assert_true(after < before);
	assert_true(s.n > 0);
	e->compacts++;
}

static void
s_end(void *user, enum engine_end how, const struct err *err)
{
	struct env *e = user;

	e->ends++;
	e->how = how;
	if (err)
		e->err = *err;
}

static const struct engine_sink sink = { .text = s_text, .reasoning = s_reasoning, .call = s_call,
	.turn = s_turn, .request = s_request, .reply = s_reply, .usage = s_usage,
	.retry = s_retry, .notice = s_notice, .compact = s_compact, .end = s_end };

int
env_setup(void **state)
{
	struct env *e = xcalloc(1, sizeof(*e));
	struct model_engine_opts o = { .loop = &e->loop, .clock = &clock_system,
		.places = &e->places, .settings = { get, list, e } };

	uv_loop_init(&e->loop);
	e->places.state = xstrdup(test_dir());
	e->places.data = xstrdup(test_dir());
	e->places.share = xstrdup("agent/data");
	e->places.libexec = xstrdup(test_dir());
	e->allow = true;
	buf_init(&e->text, 64u << 20);
	buf_init(&e->reasoning, 1u << 20);
	buf_init(&e->turns, 16u << 20);
	buf_init(&e->calls, 16u << 20);
	buf_init(&e->notices, 1u << 20);
	buf_init(&e->last_body, 32u << 20);
	e->engine = model_engine_create(&o);
	*state = e;
	return 0;
}

int
env_teardown(void **state)
{
	struct env *e = *state;

	e->engine->ops->destroy(e->engine);
	uv_run(&e->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&e->loop), 0);
	buf_finish(&e->text);
	buf_finish(&e->reasoning);
	buf_finish(&e->turns);
	buf_finish(&e->calls);
	buf_finish(&e->notices);
	buf_finish(&e->last_body);
	strv_finish(&e->keys);
	strv_finish(&e->values);
	strv_finish(&e->fallback);
	free(e->places.state);
	free(e->places.data);
	free(e->places.share);
	free(e->places.libexec);
	free(e->next_model);
	free(e);
	return 0;
}

void
env_point(struct env *e, const char *name, enum llm_kind kind, const struct model_server *s)
{
	autofree char *kind_key = xasprintf("provider.%s.kind", name);
	autofree char *url_key = xasprintf("provider.%s.base_url", name);
	autofree char *url = xasprintf("http://127.0.0.1:%d", ms_port(s));

	env_set(e, kind_key, llm_kind_name(kind));
	env_set(e, url_key, url);
}

static const struct engine_tool tools[] = { { "look", "Look at a file",
	"{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"}},\"required\":[\"path\"]}",
	true } };

void
env_think_items(struct env *e, const char *model, const struct engine_item *items, size_t n, int turn)
{
	struct engine_input in = { .task = 1, .turn = turn, .cwd = "/w", .home = "/h", .mode = "step",
		.language = "en", .model = model, .items = items, .n_items = n, .tools = tools,
		.n_tools = 1, .now_ms = 1795000000000 };
	struct err err = { 0 };
	size_t before = e->ends;

	buf_clear(&e->text);
	buf_clear(&e->calls);
	err_clear(&e->err);
	assert_true(e->engine->ops->think(e->engine, &in, &sink, e, &err));
	while (e->ends == before) {
		uv_run(&e->loop, UV_RUN_ONCE);
		if (e->hurry_on_retry && e->retries)
			e->engine->ops->hurry(e->engine);
		if (e->cancel_on_retry && e->retries && e->ends == before)
			e->engine->ops->cancel(e->engine);
	}
	assert_int_equal(e->ends, before + 1);
}

void
env_think(struct env *e, const char *model)
{
	struct engine_item item = { .kind = ITEM_REQUEST, .seq = 1, .text = SLICE_LIT("what is this?") };

	env_think_items(e, model, &item, 1, 1);
}
