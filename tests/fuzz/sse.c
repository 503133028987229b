/* Framing: the cut of the pieces does not matter, for events and for lines. */
#include "agent/net/sse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static bool
on_event(void *user, struct slice event, struct slice data)
{
	struct buf *log = user;

	buf_add_char(log, '[');
	buf_add_slice(log, event);
	buf_add_char(log, '|');
	buf_add_slice(log, data);
	buf_add_char(log, ']');
	return true;
}

static void
run(enum sse_mode mode, struct slice body, size_t step, struct buf *log)
{
	struct sse s;

	sse_init(&s, mode, 1 << 20, on_event, log);
	for (size_t at = 0; at < body.n; at += step)
		sse_feed(&s, (struct slice){ body.p + at, MIN_OF(step, body.n - at) });
	sse_end(&s);
	sse_finish(&s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	size_t step = n ? data[0] % 11 + 1 : 1;
	struct slice body = { n ? (const char *)data + 1 : "", n ? n - 1 : 0 };

	for (int mode = SSE_EVENTS; mode <= SSE_LINES; mode++) {
		autobuf struct buf a = BUF_INIT(8 << 20), b = BUF_INIT(8 << 20);

		run((enum sse_mode)mode, body, MAX_OF(body.n, 1), &a);
		run((enum sse_mode)mode, body, step, &b);
		if (a.len != b.len || memcmp(buf_str(&a), buf_str(&b), a.len) != 0)
			abort();
	}
	return 0;
}
