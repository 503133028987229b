/* A stream as fast as the machine: the loop still gets its turns, so that keys are read. */
#include "tests/support/test.h"
#include "agent/net/http.h"
#include "tests/support/mock_model.h"

#define WORK_NS 20 /* for each byte */

struct flow {
	uv_loop_t loop;
	size_t bytes, since, most;
	int turns;
	bool ended;
};

static bool
on_data(void *user, struct slice s)
{
	struct flow *f = user;
	uint64_t until = uv_hrtime() + s.n * WORK_NS;

	/* Slower than the server, so that there is always more to read. */
	while (uv_hrtime() < until)
		;
	f->bytes += s.n;
	f->since += s.n;
	f->most = MAX_OF(f->most, f->since);
	return true;
}

static void
on_end(void *user, enum http_fail fail, const struct err *err)
{
	struct flow *f = user;

	(void)err;
	assert_int_equal(fail, HTTP_OK);
	f->ended = true;
}

/* Once for each time the loop looks for what else there is. */
static void
on_turn(uv_check_t *h)
{
	struct flow *f = h->data;

	f->turns++;
	f->since = 0;
}

static void
ask(struct http *h, struct flow *f, const char *url, const char *words)
{
	struct http_request r = { .url = url, .body = slice_of(words), .data = on_data, .end = on_end, .user = f };
	struct http_call *call;
	struct err err = { 0 };

	f->ended = false;
	if (!http_start(h, &r, &call, &err))
		fail_msg("%s", err.text);
	while (!f->ended)
		uv_run(&f->loop, UV_RUN_ONCE);
}

static void
http_stream__gives_way__in_a_flood(void **state)
{
	struct mock_model *m = mock_model_start();
	struct flow f = { 0 };
	struct http_opts o = { .loop = &f.loop };
	autofree char *url = NULL;
	struct http *h;
	uv_check_t turn;

	(void)state;
	if (!m)
		skip();
	url = xasprintf("%s/chat/completions", strchr(mock_model_options(m)[3], '=') + 1);
	uv_loop_init(&f.loop);
	uv_check_init(&f.loop, &turn);
	turn.data = &f;
	uv_check_start(&turn, on_turn);
	h = http_create(&o);
	ask(h, &f, url, "FLOOD");
	print_message("# %zu bytes, at most %zu between two turns, %d turns\n", f.bytes, f.most, f.turns);
	assert_true(f.bytes > 10u << 20);
	/* Nothing else could be read while this much came in. */
	assert_true(f.most <= 1u << 20);
	assert_true(f.turns >= 10);
	/* What was given back comes again when it is wanted. */
	f.bytes = 0;
	http_rest();
	ask(h, &f, url, "hello");
	assert_true(f.bytes > 100);
	http_destroy(h);
	uv_close((uv_handle_t *)&turn, NULL);
	while (uv_run(&f.loop, UV_RUN_NOWAIT))
		;
	uv_loop_close(&f.loop);
	mock_model_stop(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(http_stream__gives_way__in_a_flood) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
