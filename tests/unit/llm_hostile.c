/* What a broken or hostile server may send: bounded memory, a clear state, no crash. */
#include "tests/support/test.h"
#include "agent/base/jdoc.h"
#include "agent/llm/llm.h"
#include <malloc.h>

static struct llm_stream *
open_stream(enum llm_kind kind)
{
	return llm_stream_create(&(struct llm_stream_opts){ .kind = kind });
}

static void
end_stream(struct llm_stream *s, struct llm_turn *t)
{
	llm_stream_finish(s, t);
	llm_stream_destroy(s);
}

/* 1 GB on one line, without holding it. */
static void
hostile__endless_line__stops_at_the_limit(void **state UNUSED)
{
	static char piece[1 << 16];

	memset(piece, 'x', sizeof(piece));
	for (int kind = 0; kind < LLM_KIND_COUNT; kind++) {
		struct llm_stream *s = open_stream((enum llm_kind)kind);
		struct llm_turn t;
		size_t fed = 0;

		llm_stream_feed(s, slice_of(kind == LLM_OLLAMA ? "{\"x\":\"" : "data: {\"x\":\""));
		while (fed < 1u << 30 && llm_stream_feed(s, (struct slice){ piece, sizeof(piece) }))
			fed += sizeof(piece);
		assert_true(fed < LLM_EVENT_MAX + 2 * sizeof(piece));
		end_stream(s, &t);
		assert_int_equal(t.error.kind, LLM_ERR_TOO_LARGE);
		assert_false(t.error.retryable);
		llm_turn_finish(&t);
	}
}

static void
hostile__endless_text__stops_at_the_limit(void **state UNUSED)
{
	static const char *const events[LLM_KIND_COUNT] = {
		[LLM_OPENAI_CHAT] = "data: {\"choices\":[{\"delta\":{\"content\":\"%s\"}}]}\n\n",
		[LLM_OPENAI_RESPONSES] = "data: {\"type\":\"response.output_text.delta\",\"delta\":\"%s\"}\n\n",
		[LLM_ANTHROPIC] = "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"%s\"}}\n\n",
		[LLM_GEMINI] = "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"%s\"}]}}]}\n\n",
		[LLM_OLLAMA] = "{\"message\":{\"content\":\"%s\"}}\n",
	};
	char words[4001];

	memset(words, 'w', sizeof(words) - 1);
	words[sizeof(words) - 1] = '\0';
	for (int kind = 0; kind < LLM_KIND_COUNT; kind++) {
		struct llm_stream *s = open_stream((enum llm_kind)kind);
		autobuf struct buf ev = BUF_INIT(1 << 16);
		const char *hole = strstr(events[kind], "%s");
		struct llm_turn t;
		size_t fed = 0;

		buf_add(&ev, events[kind], (size_t)(hole - events[kind]));
		buf_add_str(&ev, words);
		buf_add_str(&ev, hole + 2);
		if (kind == LLM_ANTHROPIC)
			llm_stream_feed(s, slice_of("data: {\"type\":\"content_block_start\",\"index\":0,"
						    "\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"));
		while (llm_stream_feed(s, buf_slice(&ev)))
			assert_true((fed += 4000) < 2 * LLM_TURN_MAX);
		end_stream(s, &t);
		assert_int_equal(t.error.kind, LLM_ERR_TOO_LARGE);
		assert_true(t.text.len <= LLM_TURN_MAX);
		llm_turn_finish(&t);
	}
}

static void
hostile__ten_thousand_calls__refused(void **state UNUSED)
{
	struct llm_stream *s = open_stream(LLM_OPENAI_CHAT);
	struct llm_turn t;
	int i;

	for (i = 0; i < 10000; i++) {
		autofree char *e = xasprintf("data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":%d,"
					     "\"id\":\"c%d\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}}]}\n\n", i, i);
		if (!llm_stream_feed(s, slice_of(e)))
			break;
	}
	assert_int_equal(i, LLM_CALLS_MAX);
	end_stream(s, &t);
	assert_int_equal(t.error.kind, LLM_ERR_TOO_LARGE);
	assert_int_equal(t.n_calls, LLM_CALLS_MAX);
	llm_turn_finish(&t);
}

static void
hostile__many_blocks__refused(void **state UNUSED)
{
	struct llm_stream *s = open_stream(LLM_ANTHROPIC);
	struct llm_turn t;
	int i;

	for (i = 0; i < 100000; i++) {
		autofree char *e = xasprintf("data: {\"type\":\"content_block_start\",\"index\":%d,"
					     "\"content_block\":{\"type\":\"x\"}}\n\n", i);
		if (!llm_stream_feed(s, slice_of(e)))
			break;
	}
	assert_int_equal(i, LLM_BLOCKS_MAX);
	end_stream(s, &t);
	assert_int_equal(t.error.kind, LLM_ERR_TOO_LARGE);
	llm_turn_finish(&t);
}

static void
hostile__deep_nesting__no_crash(void **state UNUSED)
{
	struct llm_stream *s = open_stream(LLM_OPENAI_CHAT);
	autobuf struct buf b = BUF_INIT(1 << 20);
	struct llm_turn t;

	buf_add_str(&b, "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"x\":");
	for (int i = 0; i < 10000; i++)
		buf_add_char(&b, '[');
	buf_add_str(&b, "\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"b\"}}]}\n\n");
	assert_true(llm_stream_feed(s, buf_slice(&b)));
	end_stream(s, &t);
	assert_string_equal(buf_str(&t.text), "b");
	llm_turn_finish(&t);
}

static void
hostile__deep_arguments__never_run(void **state UNUSED)
{
	struct llm_stream *s = open_stream(LLM_OPENAI_CHAT);
	autobuf struct buf b = BUF_INIT(1 << 20);
	struct llm_turn t;

	buf_add_str(&b, "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"");
	for (int i = 0; i < 10000; i++)
		buf_add_char(&b, '[');
	for (int i = 0; i < 10000; i++)
		buf_add_char(&b, ']');
	buf_add_str(&b, "\"}}]},\"finish_reason\":\"tool_calls\"}]}\n\n");
	llm_stream_feed(s, buf_slice(&b));
	end_stream(s, &t);
	assert_int_equal(t.n_calls, 1);
	assert_null(t.calls[0].args);
	llm_turn_finish(&t);
}

static void
hostile__many_values__bounded(void **state UNUSED)
{
	autobuf struct buf b = BUF_INIT(LLM_EVENT_MAX);
	autojdoc struct jdoc d = { 0 };

	buf_add_char(&b, '[');
	for (int i = 0; i < 3000000; i++)
		buf_add_str(&b, "1,");
	buf_add_str(&b, "1]");
	assert_null(jdoc_parse(&d, buf_slice(&b)));
	assert_true(d.n <= JDOC_NODES_MAX);
}

static void
hostile__not_a_stream__says_what_came(void **state UNUSED)
{
	static const struct {
		const char *body;
		enum llm_error_kind kind;
	} cases[] = { { "<html>login</html>", LLM_ERR_PROTOCOL }, { "", LLM_ERR_INCOMPLETE },
		{ "\n\n\n", LLM_ERR_PROTOCOL }, { ": only comments\n\n", LLM_ERR_PROTOCOL },
		{ "{\"choices\":", LLM_ERR_PROTOCOL }, { "[1,2", LLM_ERR_PROTOCOL },
		{ "data: nonsense\n\n", LLM_ERR_PROTOCOL } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct llm_stream *s = open_stream(LLM_OPENAI_CHAT);
		struct llm_turn t;

		llm_stream_feed(s, slice_of(cases[i].body));
		end_stream(s, &t);
		assert_int_equal(t.error.kind, cases[i].kind);
		llm_turn_finish(&t);
	}
}

static void
hostile__garbage_between_events__loses_nothing(void **state UNUSED)
{
	struct llm_stream *s = open_stream(LLM_OPENAI_CHAT);
	struct llm_turn t;

	llm_stream_feed(s, slice_of("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n"
				    "data: {broken\n\nwhatever: x\n\ndata: [1,2]\n\ndata: null\n\ndata: \"s\"\n\n"
				    "data: {\"choices\":{\"0\":1}}\n\ndata: {\"choices\":[null,1,[],{\"delta\":7}]}\n\n"
				    "data: {\"choices\":[{\"delta\":{\"tool_calls\":[null,3]}}]}\n\n"
				    "data: {\"choices\":[{\"delta\":{\"content\":[null,1,{\"type\":\"text\"},{\"thinking\":[1]}]}}]}\n\n"
				    "data: {\"choices\":[{\"delta\":{\"content\":\"b\"},\"finish_reason\":\"stop\"}]}\n\n"));
	end_stream(s, &t);
	assert_string_equal(buf_str(&t.text), "ab");
	assert_int_equal(t.stop, LLM_STOP_STOP);
	llm_turn_finish(&t);
}

static void
hostile__memory__of_a_fifty_megabyte_reply(void **state UNUSED)
{
	static const char ev[] = "data: {\"choices\":[{\"delta\":{\"content\":\"0123456789012345678901234567890123456789\"}}]}\n\n";
	struct llm_stream *s = open_stream(LLM_OPENAI_CHAT);
	struct mallinfo2 before = mallinfo2(), after;
	struct llm_turn t;
	size_t fed = 0;

	while (fed < 50u << 20 && llm_stream_feed(s, slice_of(ev)))
		fed += sizeof(ev) - 1;
	after = mallinfo2();
	assert_true(after.uordblks + after.hblkhd - before.uordblks - before.hblkhd < 30u << 20);
	end_stream(s, &t);
	assert_int_equal(t.error.kind, LLM_ERR_TOO_LARGE);
	llm_turn_finish(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile__endless_line__stops_at_the_limit),
		cmocka_unit_test(hostile__endless_text__stops_at_the_limit),
		cmocka_unit_test(hostile__ten_thousand_calls__refused),
		cmocka_unit_test(hostile__many_blocks__refused),
		cmocka_unit_test(hostile__deep_nesting__no_crash),
		cmocka_unit_test(hostile__deep_arguments__never_run),
		cmocka_unit_test(hostile__many_values__bounded),
		cmocka_unit_test(hostile__not_a_stream__says_what_came),
		cmocka_unit_test(hostile__garbage_between_events__loses_nothing),
		cmocka_unit_test(hostile__memory__of_a_fifty_megabyte_reply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
