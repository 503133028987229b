/*
 * What holds for every dialect and every body: the cut of the pieces does not matter, what is
 * printed is JSON, what is kept can be loaded, and a request built from it is JSON again.
 * The first byte of the input chooses the size of the pieces.
 */
#ifndef HOMARD_FUZZ_DIALECT_H
#define HOMARD_FUZZ_DIALECT_H

#include "agent/base/json.h"
#include "agent/llm/llm.h"

#define FUZZ_OUT_MAX (64u << 20)

static void
fuzz_turn(enum llm_kind kind, struct slice body, size_t step, struct llm_turn *ret)
{
	struct llm_stream *s = llm_stream_create(
		&(struct llm_stream_opts){ .kind = kind, .split_think = step & 1 });

	for (size_t at = 0; at < body.n; at += step)
		if (!llm_stream_feed(s, (struct slice){ body.p + at, MIN_OF(step, body.n - at) }))
			break;
	llm_stream_finish(s, ret);
	llm_stream_destroy(s);
}

static void
fuzz_must_be_json(const struct buf *b)
{
	autojson cJSON *j = json_parse_lenient(buf_slice(b), NULL);

	if (!j && b->len && !b->full)
		abort();
}

/* Depth is limited differently on the two sides: only what is not deep must be JSON. */
static bool
fuzz_is_deep(struct slice body)
{
	int depth = 0, most = 0;

	for (size_t i = 0; i < body.n; i++) {
		depth += body.p[i] == '[' || body.p[i] == '{';
		depth -= body.p[i] == ']' || body.p[i] == '}';
		most = MAX_OF(most, depth);
	}
	return most > 40;
}

static void
fuzz_follow_up(enum llm_kind kind, const struct llm_turn *t)
{
	autobuf struct buf kept = BUF_INIT(FUZZ_OUT_MAX);
	struct llm_kept k;

	if (!llm_turn_save(t, kind, "p", "m", &kept))
		return;
	fuzz_must_be_json(&kept);
	if (!llm_kept_load(buf_slice(&kept), &k, NULL))
		abort();
	for (int to = 0; to < LLM_KIND_COUNT; to++) {
		struct llm_message m[] = { { .role = LLM_USER, .text = SLICE_LIT("x") }, k.msg,
			{ .role = LLM_TOOL, .text = SLICE_LIT("y") } };
		struct llm_request r = { .kind = (enum llm_kind)to, .provider = "p", .model = "m",
			.messages = m, .n_messages = 3, .temperature = -1, .cache = true };
		autobuf struct buf out = BUF_INIT(FUZZ_OUT_MAX);

		if (!llm_request_build(&r, &out, NULL))
			abort();
		fuzz_must_be_json(&out);
	}
	llm_kept_finish(&k);
}

static int
fuzz_dialect(enum llm_kind kind, const uint8_t *data, size_t n)
{
	size_t step = n ? data[0] % 13 + 1 : 1;
	struct slice body = { n ? (const char *)data + 1 : "", n ? n - 1 : 0 };
	autobuf struct buf a = BUF_INIT(FUZZ_OUT_MAX), b = BUF_INIT(FUZZ_OUT_MAX);
	struct llm_turn whole, cut;

	fuzz_turn(kind, body, MAX_OF(body.n, 1), &whole);
	fuzz_turn(kind, body, step, &cut);
	llm_turn_to_json(&whole, kind, &a);
	llm_turn_to_json(&cut, kind, &b);
	if (a.len != b.len || memcmp(buf_str(&a), buf_str(&b), a.len) != 0)
		abort();
	if (!fuzz_is_deep(body)) {
		fuzz_must_be_json(&a);
		fuzz_follow_up(kind, &whole);
	}
	llm_turn_finish(&whole);
	llm_turn_finish(&cut);
	return 0;
}

#define FUZZ_DIALECT(kind)                                                                         \
	int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);                                 \
	int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)                                  \
	{                                                                                          \
		return fuzz_dialect((kind), data, n);                                              \
	}

#endif
