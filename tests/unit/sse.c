/* Framing: every cut gives the same events; what servers do to line ends does not matter. */
#include "tests/support/test.h"
#include "agent/net/sse.h"

struct seen {
	struct buf log;
	size_t stop_after;
	size_t n;
};

static bool
on_event(void *user, struct slice event, struct slice data)
{
	struct seen *s = user;

	buf_printf(&s->log, "[%.*s|%.*s]", SLICE_FMT(event), SLICE_FMT(data));
	return ++s->n != s->stop_after;
}

static void
check(enum sse_mode mode, const char *body, const char *want)
{
	size_t n = strlen(body);

	for (size_t step = 1; step <= n; step++) {
		struct seen seen = { .log = BUF_INIT(1 << 16) };
		struct sse s;

		sse_init(&s, mode, 1 << 16, on_event, &seen);
		for (size_t at = 0; at < n; at += step)
			assert_true(sse_feed(&s,
				(struct slice){ body + at, MIN_OF(step, n - at) }));
		sse_end(&s);
		assert_string_equal(buf_str(&seen.log), want);
		sse_finish(&s);
		buf_finish(&seen.log);
	}
}

static void
sse__feed__line_ends(void **state UNUSED)
{
	check(SSE_EVENTS, "data: a\n\ndata: b\n\n", "[|a][|b]");
	check(SSE_EVENTS, "data: a\r\n\r\ndata: b\r\n\r\n", "[|a][|b]");
	check(SSE_EVENTS, "data: a\r\rdata: b\r\r", "[|a][|b]");
	check(SSE_EVENTS, "data: a\n\r\ndata: b\r\n\n", "[|a][|b]");
}

static void
sse__feed__fields(void **state UNUSED)
{
	check(SSE_EVENTS, "event: x\ndata:a\ndata: b\nid: 3\nretry: 5\n\n", "[x|a\nb]");
	check(SSE_EVENTS, ": note\n\n:\n\ndata: a\n: between\n\n", "[|a]");
	check(SSE_EVENTS, "\357\273\277data: a\n\n", "[|a]");
	check(SSE_EVENTS, "event: ping\n\ndata: a\n\n", "[|a]");
	check(SSE_EVENTS, "data:\n\n", "[|]");
	check(SSE_EVENTS, "data:  two\n\n", "[| two]");
}

static void
sse__feed__what_servers_forget(void **state UNUSED)
{
	check(SSE_EVENTS, "data: a", "[|a]");
	check(SSE_EVENTS, "data: a\n", "[|a]");
	check(SSE_EVENTS, "{\"error\":1}\n\ndata: b\n\n", "[|{\"error\":1}][|b]");
	check(SSE_EVENTS, "event: a\ndata: 1\nevent: b\ndata: 2\n\n", "[a|1][b|2]");
}

static void
sse__feed__lines(void **state UNUSED)
{
	check(SSE_LINES, "{\"a\":1}\n{\"b\":2}\r\n\n{\"c\":3}", "[|{\"a\":1}][|{\"b\":2}][|{\"c\":3}]");
}

static void
sse__feed__too_large_stops(void **state UNUSED)
{
	char piece[1000];

	memset(piece, 'x', sizeof(piece));
	for (int mode = SSE_EVENTS; mode <= SSE_LINES; mode++) {
		struct seen seen = { .log = BUF_INIT(1 << 16) };
		struct sse s;
		size_t fed = 0;

		sse_init(&s, (enum sse_mode)mode, 10000, on_event, &seen);
		sse_feed(&s, slice_of("data: "));
		while (sse_feed(&s, (struct slice){ piece, sizeof(piece) }))
			assert_true((fed += sizeof(piece)) < 20000);
		assert_true(s.too_large);
		assert_true(s.line.cap <= 10001);
		assert_false(sse_feed(&s, slice_of("\n\n")));
		assert_int_equal(seen.n, 0);
		sse_finish(&s);
		buf_finish(&seen.log);
	}
}

static void
sse__feed__many_data_lines_too_large(void **state UNUSED)
{
	struct seen seen = { .log = BUF_INIT(1 << 16) };
	struct sse s;
	int i = 0;

	sse_init(&s, SSE_EVENTS, 1000, on_event, &seen);
	while (sse_feed(&s, slice_of("data: 0123456789\n")))
		assert_true(++i < 200);
	assert_true(s.too_large);
	sse_finish(&s);
	buf_finish(&seen.log);
}

static void
sse__feed__callback_stops(void **state UNUSED)
{
	struct seen seen = { .log = BUF_INIT(1 << 16), .stop_after = 2 };
	struct sse s;

	sse_init(&s, SSE_EVENTS, 1000, on_event, &seen);
	assert_false(sse_feed(&s, slice_of("data: a\n\ndata: b\n\ndata: c\n\n")));
	assert_false(s.too_large);
	sse_end(&s);
	assert_int_equal(seen.n, 2);
	sse_finish(&s);
	buf_finish(&seen.log);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sse__feed__line_ends),
		cmocka_unit_test(sse__feed__fields),
		cmocka_unit_test(sse__feed__what_servers_forget),
		cmocka_unit_test(sse__feed__lines),
		cmocka_unit_test(sse__feed__too_large_stops),
		cmocka_unit_test(sse__feed__many_data_lines_too_large),
		cmocka_unit_test(sse__feed__callback_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
