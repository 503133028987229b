#include "tests/support/play.h"

static void
on_event(void *user, const struct event *ev)
{
	struct play *p = user;
	autojson cJSON *facts = json_parse_lenient(ev->facts.n ? ev->facts : SLICE_LIT("{}"), NULL);
	const char *state = json_str(facts, "state", "");

	if (ev->kind == EV_REQUEST) {
		fold_destroy(p->fold);
		p->fold = fold_create(ev->task);
	}
	if (p->fold)
		fold_apply(p->fold, ev);
	event_to_json(&p->lines, ev);
	buf_add_char(&p->lines, '\n');
	p->requests += ev->kind == EV_MODEL_REQUEST;
	if (ev->kind == EV_USAGE)
		p->cost += json_num(facts, "cost", 0);
	if (ev->kind == EV_TEXT)
		buf_add_slice(&p->texts, ev->body);
	if (ev->kind == EV_NOTICE)
		buf_add_slice(&p->notices, ev->body);
	if (ev->kind == EV_CALL_DONE)
		buf_add_slice(&p->results, ev->body);
	p->calls_begun += ev->kind == EV_CALL_BEGUN;
	if (ev->kind == EV_STATE && (str_eq(state, "done") || str_eq(state, "failed") || str_eq(state, "stopped"))) {
		p->over = true;
		p->exit = (int)json_i64(facts, "exit", -1);
		free(p->state);
		p->state = xstrdup(state);
	}
}

void
play_begin(struct play *p, const char *const *settings)
{
	struct agent_opts o = { .loop = &p->w.loop, .places = &p->w.places, .front = "test",
		.clock = &clock_system };
	struct err err = { 0 };

	memset(p, 0, sizeof(*p));
	buf_init(&p->texts, 1u << 20);
	buf_init(&p->notices, 1u << 20);
	buf_init(&p->results, 8u << 20);
	buf_init(&p->lines, 64u << 20);
	agent_world_init(&p->w);
	free(p->w.places.share);
	p->w.places.share = xstrdup("agent/data");
	uv_loop_init(&p->w.loop);
	assert_true(config_load("/nowhere/config.yaml", &p->w.config, &err));
	for (; *settings; settings++)
		if (!config_override(p->w.config, *settings, &err))
			fail_msg("%s", err.text);
	o.config = p->w.config;
	if (!agent_create(&o, &p->w.agent, &err))
		fail_msg("%s", err.text);
	agent_subscribe(p->w.agent, on_event, p);
}

void
play_started(void *user, int64_t task, const struct err *err)
{
	(void)user;
	if (err)
		fail_msg("%s", err->text);
	assert_true(task > 0);
}

static void
give_up(uv_timer_t *t)
{
	*(bool *)t->data = true;
}

void
play_run(struct play *p, const char *model, const char *request)
{
	play_go_on(p, model, request, 0);
}

static void
until_over(struct play *p)
{
	bool late = false;
	uv_timer_t t;

	uv_timer_init(&p->w.loop, &t);
	t.data = &late;
	uv_timer_start(&t, give_up, 30000, 0);
	while (!p->over && !late)
		uv_run(&p->w.loop, UV_RUN_ONCE);
	while (agent_running(p->w.agent) && !late)
		uv_run(&p->w.loop, UV_RUN_ONCE);
	uv_close((uv_handle_t *)&t, NULL);
	uv_run(&p->w.loop, UV_RUN_NOWAIT);
	assert_false(late);
}

void
play_go_on(struct play *p, const char *model, const char *request, int64_t task)
{
	struct submit s = { .text = request, .cwd = p->w.home, .engine = "model", .model = model,
		.fork_task = task };
	struct err err = { 0 };

	p->over = false;
	assert_true(agent_submit(p->w.agent, &s, play_started, p, &err));
	until_over(p);
}

void
play_resume(struct play *p, int64_t task, const char *model)
{
	struct err err = { 0 };

	p->over = false;
	if (!agent_resume(p->w.agent, task, model, &err))
		fail_msg("%s", err.text);
	until_over(p);
}

void
play_end(struct play *p)
{
	agent_destroy(p->w.agent);
	uv_run(&p->w.loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&p->w.loop), 0);
	config_destroy(p->w.config);
	agent_world_finish(&p->w);
	buf_finish(&p->texts);
	buf_finish(&p->notices);
	buf_finish(&p->results);
	buf_finish(&p->lines);
	fold_destroy(p->fold);
	free(p->state);
}

char *
play_url(const char *name, const struct model_server *s)
{
	return xasprintf("provider.%s.base_url=http://127.0.0.1:%d", name, ms_port(s));
}
