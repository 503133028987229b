/* Replies that break off: what came of them is marked, and does not mingle with the next. */
#include "tests/support/play.h"

#define DELTA(name, text) "data: {\"choices\":[{\"index\":0,\"delta\":{\"" name "\":\"" text "\"}}]}\n\n"

static void
one_box(struct play *p, enum llm_kind kind, const struct model_server *s)
{
	autofree char *url = play_url("box", s);
	autofree char *dialect = xasprintf("provider.box.kind=%s", llm_kind_name(kind));
	const char *const settings[] = { url, dialect, NULL };

	play_begin(p, settings);
	play_run(p, "box/m", "say something");
}

/* The n-th block of a kind. */
static const struct fold_block *
block(const struct play *p, enum fold_block_kind kind, size_t n)
{
	for (size_t i = 0; i < p->fold->n_blocks; i++)
		if (p->fold->blocks[i].kind == kind && n-- == 0)
			return &p->fold->blocks[i];
	return NULL;
}

static void
cut__text_of_a_failed_reply__is_marked(void **state)
{
	struct ms_reply r = { .body = xstrdup(DELTA("content", "half a sen")), .fault = MS_CUT };
	struct model_server *s = ms_start(&r, 1);
	const struct fold_block *b;
	struct play p;

	(void)state;
	one_box(&p, LLM_OPENAI_CHAT, s);
	assert_string_equal(p.state, "failed");
	assert_non_null(strstr(buf_str(&p.lines), "\"kind\":\"text\",\"turn\":1,\"end\":true,\"cut\":true"));
	b = block(&p, BLOCK_TEXT, 0);
	assert_true(b && b->closed && b->cut);
	assert_string_equal(buf_str(&b->text), "half a sen [cut off]");
	assert_int_equal(ms_count(s), 1); /* shown: not asked for again */
	play_end(&p);
	ms_stop(s);
}

static void
cut__thoughts_of_a_failed_reply__stay_apart_from_the_next(void **state)
{
	struct ms_reply r[2] = {
		{ .body = xstrdup(DELTA("reasoning_content", "first thou")), .fault = MS_CUT },
		{ .body = xstrdup(DELTA("reasoning_content", "second thought") DELTA("content", "said")
			"data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n") } };
	struct model_server *s = ms_start(r, 2);
	const struct fold_block *a, *b, *t;
	struct play p;

	(void)state;
	one_box(&p, LLM_OPENAI_CHAT, s);
	assert_string_equal(p.state, "done");
	a = block(&p, BLOCK_REASONING, 0);
	b = block(&p, BLOCK_REASONING, 1);
	t = block(&p, BLOCK_TEXT, 0);
	assert_true(a && a->cut && b && !b->cut && t && !t->cut && t->closed);
	assert_string_equal(buf_str(&a->text), "first thou [cut off]");
	assert_string_equal(buf_str(&b->text), "second thought");
	assert_string_equal(buf_str(&t->text), "said");
	assert_null(block(&p, BLOCK_TEXT, 1));
	play_end(&p);
	ms_stop(s);
}

/* After kill -9 nobody wrote an end; the next process says that it goes on. */
static void
cut__text_of_a_killed_process__is_marked(void **state)
{
	static const struct {
		enum event_kind kind;
		const char *facts, *body;
	} events[] = { { EV_REQUEST, "{}", "go" }, { EV_TEXT, "{\"turn\":1}", "half" },
		{ EV_RECOVERED, "{\"what\":\"interrupted\"}", NULL }, { EV_TEXT, "{\"turn\":1}", "whole" },
		{ EV_TEXT, "{\"turn\":1,\"end\":true}", "" } };
	struct play p = { .fold = fold_create(1) };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(events); i++) {
		struct event ev = { .seq = (int64_t)i + 1, .task = 1, .kind = events[i].kind,
			.kind_name = event_kinds[events[i].kind].name, .facts = slice_of(events[i].facts),
			.body = slice_of(events[i].body), .has_body = events[i].body };

		fold_apply(p.fold, &ev);
	}
	assert_string_equal(buf_str(&block(&p, BLOCK_TEXT, 0)->text), "half [cut off]");
	assert_string_equal(buf_str(&block(&p, BLOCK_TEXT, 1)->text), "whole");
	assert_false(block(&p, BLOCK_TEXT, 1)->cut);
	fold_destroy(p.fold);
}

#define EV(json) "data: " json "\n\n"
#define PAUSED                                                                                     \
	EV("{\"type\":\"message_start\",\"message\":{\"id\":\"1\",\"model\":\"m\",\"usage\":{\"input_tokens\":5}}}") \
	EV("{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}") \
	EV("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"looking ...\"}}") \
	EV("{\"type\":\"content_block_stop\",\"index\":0}")                                        \
	EV("{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"pause_turn\"},\"usage\":{\"output_tokens\":2}}") \
	EV("{\"type\":\"message_stop\"}")

/* A pause is no failure: both pieces count, each turn is kept, and the first goes back. */
static void
pause__the_turn_goes_back_and_both_count(void **state)
{
	struct ms_reply r[2] = { { .body = xstrdup(PAUSED) },
		{ .body = ms_text(LLM_ANTHROPIC, "found it") } };
	struct model_server *s = ms_start(r, 2);
	autofree char *second = NULL;
	autojson cJSON *root = NULL;
	const char *turn;
	struct play p;

	(void)state;
	one_box(&p, LLM_ANTHROPIC, s);
	assert_string_equal(p.state, "done");
	assert_int_equal(ms_count(s), 2);
	second = ms_body(s, 1);
	root = json_parse(slice_of(second), NULL);
	assert_string_equal(json_str(json_at(root, "messages.1"), "role", ""), "assistant");
	assert_string_equal(json_str(json_at(root, "messages.1.content.0"), "text", ""), "looking ...");
	assert_false(block(&p, BLOCK_TEXT, 0)->cut);
	assert_string_equal(buf_str(&block(&p, BLOCK_TEXT, 0)->text), "looking ...");
	assert_string_equal(buf_str(&block(&p, BLOCK_TEXT, 1)->text), "found it");
	turn = strstr(buf_str(&p.lines), "\"kind\":\"turn\"");
	assert_non_null(turn);
	assert_non_null(strstr(turn + 1, "\"kind\":\"turn\""));
	play_end(&p);
	ms_stop(s);
}

/* Anthropic and Z.ai say only in the stop reason that there was no room to answer. */
static void
overflow__told_by_the_stop_reason__is_an_error(void **state)
{
	struct ms_reply r = { .body = xstrdup(
		EV("{\"type\":\"message_start\",\"message\":{\"id\":\"1\",\"model\":\"m\",\"usage\":{\"input_tokens\":5}}}")
		EV("{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"model_context_window_exceeded\"}}")
		EV("{\"type\":\"message_stop\"}")) };
	struct model_server *s = ms_start(&r, 1);
	struct play p;

	(void)state;
	one_box(&p, LLM_ANTHROPIC, s);
	assert_string_equal(p.state, "failed");
	assert_non_null(strstr(p.fold->reason, "larger than the model"));
	play_end(&p);
	ms_stop(s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(cut__text_of_a_failed_reply__is_marked),
		cmocka_unit_test(cut__thoughts_of_a_failed_reply__stay_apart_from_the_next),
		cmocka_unit_test(cut__text_of_a_killed_process__is_marked),
		cmocka_unit_test(pause__the_turn_goes_back_and_both_count),
		cmocka_unit_test(overflow__told_by_the_stop_reason__is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
