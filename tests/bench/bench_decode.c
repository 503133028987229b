/*
 * A reply of 2 MB in 20-byte deltas, as an openai-chat server sends it (25 MB of events), fed in
 * pieces of 16 kB: CPU of framing and decoding alone. The reference is cJSON parsing the same
 * events, framing not counted.
 */
#include <cjson/cJSON.h>
#include <time.h>
#include "agent/llm/llm.h"

#define DELTAS 100000
#define PIECE 16384
#define ROUNDS 5

static double
cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
make_body(struct buf *b)
{
	for (int i = 0; i < DELTAS; i++)
		buf_printf(b,
			"data: {\"id\":\"chatcmpl-abcdefghij\",\"object\":\"chat.completion.chunk\","
			"\"created\":1694268190,\"model\":\"some-model-mini\",\"system_fingerprint\":"
			"\"fp_44709d6fcb\",\"choices\":[{\"index\":0,\"delta\":{\"content\":"
			"\"twenty bytes here %02d\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n",
			i % 100);
}

static double
decode(struct slice body)
{
	double start = cpu_s();
	struct llm_stream *s = llm_stream_create(
		&(struct llm_stream_opts){ .kind = LLM_OPENAI_CHAT, .split_think = true });
	struct llm_turn t;
	bool whole;

	for (size_t at = 0; at < body.n; at += PIECE)
		llm_stream_feed(s, (struct slice){ body.p + at, MIN_OF(PIECE, body.n - at) });
	llm_stream_finish(s, &t);
	llm_stream_destroy(s);
	whole = t.text.len == 20 * DELTAS;
	llm_turn_finish(&t);
	return whole ? cpu_s() - start : -1;
}

static double
reference(struct slice body)
{
	double start = cpu_s();

	while (body.p && body.n) {
		struct slice line = slice_line(&body);

		if (line.n > 6)
			cJSON_Delete(cJSON_ParseWithLength(line.p + 6, line.n - 6));
	}
	return cpu_s() - start;
}

int
main(void)
{
	struct buf body = BUF_INIT(64u << 20);
	double best = 1e9, ref = 1e9;

	make_body(&body);
	for (int i = 0; i < ROUNDS; i++) {
		double t = decode(buf_slice(&body)), r = reference(buf_slice(&body));

		if (t < 0)
			return 1;
		best = MIN_OF(best, t);
		ref = MIN_OF(ref, r);
	}
	printf("BENCH decode_2mb_stream_cpu value=%.3f limit=0.2 unit=s ref=%.3f\n", best, ref);
	buf_finish(&body);
	return 0;
}
