/* Golden screens: whole screens from events, in three sizes and two languages. */
#include "tests/support/testing.h"
#include "agent/base/json.h"
#include "tests/support/golden.h"
#include "tests/support/stage.h"

static void
shoot(struct stage *st, const char *name, bool styles)
{
	struct buf out = BUF_INIT(4u << 20);
	bool same;

	stage_compose(st);
	if (styles)
		canvas_styles(st->s.canvas, &out);
	else
		canvas_text(st->s.canvas, &out);
	same = golden_equal(name, buf_str(&out));
	buf_finish(&out);
	assert_true(same);
}

static void
play_task(struct stage *st)
{
	stage_feed(st, EV_REQUEST, "{\"engine\":\"model\",\"mode\":\"step\",\"cwd\":\"/home/ann/proj\",\"model\":\"box/big-1\"}",
		"Rename the invoices and tell me the sum.\nKeep the old names in a list.");
	stage_feed(st, EV_STATE, "{\"state\":\"thinking\"}", NULL);
	stage_feed(st, EV_PLAN, "{\"by\":\"engine\"}",
		"[{\"id\":\"1\",\"text\":\"Read the invoices\",\"state\":\"done\"},"
		"{\"id\":\"2\",\"text\":\"Rename them by date\",\"state\":\"now\"},"
		"{\"id\":\"3\",\"text\":\"Write the list\",\"state\":\"todo\"}]");
	stage_feed(st, EV_REASONING, "{\"turn\":1,\"end\":true}", "They look like PDF files.\nI will list them first.");
	stage_feed(st, EV_TEXT, "{\"turn\":1,\"end\":true}",
		"I found **3 invoices**. 总共三张发票。\n\n| file | sum |\n|---|---:|\n| a.pdf | 10.00 |\n| b.pdf | 7.50 |\n");
	stage_feed(st, EV_CALL, "{\"call\":1,\"turn\":1,\"tool\":\"list\",\"risk\":\"read\"}", "{\"path\":\"/home/ann/proj\"}");
	stage_feed(st, EV_CALL_BEGUN, "{\"call\":1}", NULL);
	stage_feed(st, EV_CALL_DONE, "{\"call\":1,\"outcome\":\"done\",\"ms\":12,\"summary\":\"3 files\"}", "a.pdf\nb.pdf\nc.pdf");
	stage_feed(st, EV_CALL, "{\"call\":2,\"turn\":2,\"tool\":\"shell\",\"risk\":\"write\"}",
		"{\"command\":\"mv a.pdf 2026-01-01.pdf && rm -rf old\"}");
	stage_feed(st, EV_CALL_BEGUN, "{\"call\":2}", NULL);
}

static void
play_effects(struct stage *st, bool red)
{
	stage_feed(st, EV_EFFECTS, "{\"call\":2,\"n\":3,\"create\":0,\"modify\":1,\"delete\":1,\"move\":1,\"bytes\":5120}",
		"[{\"n\":1,\"kind\":\"move\",\"path\":\"/home/ann/proj/2026-01-01.pdf\",\"from\":\"/home/ann/proj/a.pdf\",\"bytes\":2048,\"count\":1,\"type\":\"file\"},"
		"{\"n\":2,\"kind\":\"modify\",\"path\":\"/home/ann/proj/list.txt\",\"bytes\":64,\"was\":32,\"count\":1,\"type\":\"file\",\"text\":true},"
		"{\"n\":3,\"kind\":\"delete\",\"path\":\"/home/ann/proj/old\",\"bytes\":3072,\"count\":12,\"type\":\"folder\"}]");
	stage_feed(st, EV_STATE, "{\"state\":\"waiting\"}", NULL);
	stage_feed(st, EV_APPROVAL, red ? "{\"approval\":1,\"call\":2,\"why\":[\"it deletes 12 files\",\"the rule \\\"ask\\\" fits\"],\"red\":true,\"taint\":\"https://example.org/page\"}"
				  : "{\"approval\":1,\"call\":2,\"why\":[\"it changes files\"],\"red\":false}",
		"{\"effects\":[0,1,2],\"command\":\"mv a.pdf 2026-01-01.pdf && rm -rf old\"}");
}

static const struct {
	int rows, cols;
	const char *name;
} sizes[] = { { 24, 80, "80x24" }, { 40, 140, "140x40" }, { 15, 50, "50x15" }, { 5, 18, "18x5" } };

static const char *lang;

static void
golden_name(char out[64], const char *what, size_t i)
{
	snprintf(out, 64, "screen-%s-%s%s%s", what, sizes[i].name, lang ? "-" : "", lang ? lang : "");
}

static void
each_size(const char *what, void (*play)(struct stage *st))
{
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct stage st;
		char name[64];

		stage_begin(&st, sizes[i].rows, sizes[i].cols);
		play(&st);
		golden_name(name, what, i);
		shoot(&st, name, i == 0);
		stage_end(&st);
	}
}

static void
play_nothing(struct stage *st)
{
	(void)st;
}

static void
play_decision(struct stage *st)
{
	play_task(st);
	play_effects(st, true);
}

static void
play_done(struct stage *st)
{
	play_task(st);
	play_effects(st, false);
	stage_feed(st, EV_DECISION, "{\"approval\":1,\"call\":2,\"decision\":\"part\",\"by\":\"person\"}", "{\"take\":[0,1]}");
	stage_feed(st, EV_COMMIT_DONE, "{\"commit\":1,\"call\":2,\"n\":2,\"bytes\":2112,\"undoable\":true}",
		"[{\"kind\":\"move\",\"path\":\"/home/ann/proj/2026-01-01.pdf\"},{\"kind\":\"modify\",\"path\":\"/home/ann/proj/list.txt\"}]");
	stage_feed(st, EV_CALL_DONE, "{\"call\":2,\"outcome\":\"failed\",\"ms\":2100,\"exit\":1}", "rm: cannot remove 'old': refused");
	stage_feed(st, EV_NOTICE, "{\"level\":\"warn\"}", "The provider was slow.");
	stage_feed(st, EV_TEXT, "{\"turn\":2,\"end\":true}", "Done: `2026-01-01.pdf`.\n\n```sh\nls -l  # look\n```\n");
	stage_feed(st, EV_USAGE, "{\"turn\":2,\"input\":3200,\"output\":410,\"cost\":0.0123}", NULL);
	stage_feed(st, EV_STATE, "{\"state\":\"done\"}", NULL);
}

static void
play_question(struct stage *st)
{
	play_task(st);
	stage_feed(st, EV_QUESTION, "{\"ask\":1,\"call\":2,\"choices\":[\"by date\",\"by number\"]}", "How shall the names begin?");
	stage_feed(st, EV_STATE, "{\"state\":\"waiting\"}", NULL);
}

static void
screen__empty__teaches(void **state)
{
	(void)state;
	each_size("empty", play_nothing);
}

static void
screen__running__shows_every_step(void **state)
{
	(void)state;
	each_size("running", play_task);
}

static void
screen__decision__shows_what_would_change(void **state)
{
	(void)state;
	each_size("decision", play_decision);
}

static void
screen__done__tells_what_was_done(void **state)
{
	(void)state;
	each_size("done", play_done);
}

static void
screen__question__waits_for_an_answer(void **state)
{
	struct stage st;

	(void)state;
	stage_begin(&st, 24, 80);
	play_question(&st);
	shoot(&st, "screen-question-80x24", false);
	stage_end(&st);
}

static void
screen__chinese__is_complete_and_aligned(void **state)
{
	(void)state;
	if (!stage_language("zh_CN"))
		skip();
	lang = "zh";
	each_size("empty", play_nothing);
	each_size("decision", play_decision);
	stage_language("en");
	lang = NULL;
}

/* In draft mode the decision at the end belongs to no call; its changes must be seen all the same. */
static void
screen__final_decision__shows_the_whole_tasks_changes(void **state)
{
	struct stage st;

	(void)state;
	stage_begin(&st, 24, 80);
	play_task(&st);
	stage_feed(&st, EV_CALL_DONE, "{\"call\":2,\"outcome\":\"done\",\"ms\":2100}", "staged");
	stage_feed(&st, EV_EFFECTS, "{\"call\":0,\"n\":2,\"create\":1,\"delete\":1,\"bytes\":5120}",
		"[{\"n\":1,\"kind\":\"create\",\"path\":\"/home/ann/proj/new.txt\",\"bytes\":2048,\"count\":1,\"type\":\"file\"},"
		"{\"n\":2,\"kind\":\"delete\",\"path\":\"/home/ann/proj/old\",\"bytes\":3072,\"count\":12,\"type\":\"folder\"}]");
	stage_feed(&st, EV_APPROVAL, "{\"approval\":1,\"call\":0,\"why\":[\"it deletes files\"],\"red\":false}",
		"{\"effects\":[0,1]}");
	stage_feed(&st, EV_STATE, "{\"state\":\"waiting\"}", NULL);
	shoot(&st, "screen-final-80x24", false);
	stage_end(&st);
}

/* Injection: whatever a task brings, no cell outside its own field changes and no control byte
 * gets into one. */
static void
assert_harmless(const char *bad)
{
	struct stage st;
	struct buf out = BUF_INIT(1u << 20);

	stage_begin(&st, 24, 80);
	play_decision(&st);
	stage_feed(&st, EV_TEXT, "{\"turn\":3,\"end\":true}", bad);
	stage_feed(&st, EV_NOTICE, "{\"level\":\"error\"}", bad);
	stage_feed(&st, EV_CALL, "{\"call\":3,\"turn\":3,\"tool\":\"shell\",\"risk\":\"write\"}", bad);
	stage_feed(&st, EV_OUTPUT, "{\"call\":3}", bad);
	free(st.s.live->request);
	st.s.live->request = xstrdup(bad);
	free(st.s.live->approvals[0].question);
	st.s.live->approvals[0].question = xstrdup(bad);
	free(st.s.live->steps[1].text);
	st.s.live->steps[1].text = xstrdup(bad);
	stage_compose(&st);
	canvas_text(st.s.canvas, &out);
	assert_null(strpbrk(buf_str(&out), "\033\007\r\b"));
	assert_null(strstr(buf_str(&out), "\u202E"));
	assert_true(str_starts(buf_str(&out), " homard "));
	assert_non_null(strstr(buf_str(&out), "Alt+Y"));
	buf_finish(&out);
	stage_end(&st);
}

static void
screen__hostile__text_stays_in_its_field(void **state)
{
	static const char *const bad[] = { "\033[2J\033[H\033]0;pwned\007", "\u202Egnp.exe", "a\001b",
		"\x9b" "31m", "line\rover", "\u200b\u200d\ufe0f", "\xff\xfe\xc0\x80", "████████████████████████████████",
		"\033[?1049l\033[999;999H!", "字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_harmless(bad[i]);
}

static void
screen__every_injection_of_the_corpora__stays_in_its_field(void **state)
{
	static const struct {
		const char *file, *field;
	} all[] = { { "corpora/bipia_attacks.jsonl", "text" }, { "corpora/agentdojo_injection_goals.jsonl", "goal_src" },
		{ "corpora/destructive.jsonl", "cmd" } };
	int n = 0;

	(void)state;
	if (!test_shared("corpora"))
		skip();
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		autofree char *text = test_slurp(test_shared(all[i].file));
		struct slice rest = slice_of(text);

		while (rest.p && rest.n) {
			autojson cJSON *o = json_parse_lenient(slice_line(&rest), NULL);
			const char *words = json_str(o, all[i].field, NULL);

			if (!words)
				continue;
			assert_harmless(words);
			n++;
		}
	}
	print_message("# %d strings\n", n);
	assert_true(n > 300);
}

static void
screen__resize__storm_ends_like_a_fresh_draw(void **state)
{
	struct stage st;
	struct buf a = BUF_INIT(1u << 20), b = BUF_INIT(1u << 20);
	uint32_t seed = 5;

	(void)state;
	stage_begin(&st, 24, 80);
	play_done(&st);
	shoot(&st, "screen-done-80x24", true);
	canvas_styles(st.s.canvas, &a);
	for (int i = 0; i < 500; i++) {
		seed = seed * 1103515245u + 12345u;
		canvas_resize(st.s.canvas, (int)(seed >> 18) % 200 + 1, (int)(seed >> 9) % 400 + 1);
		screen_compose(&st.s);
	}
	canvas_resize(st.s.canvas, 24, 80);
	screen_compose(&st.s);
	canvas_styles(st.s.canvas, &b);
	assert_string_equal(buf_str(&b), buf_str(&a));
	buf_finish(&a);
	buf_finish(&b);
	stage_end(&st);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(screen__empty__teaches),
		cmocka_unit_test(screen__running__shows_every_step),
		cmocka_unit_test(screen__decision__shows_what_would_change),
		cmocka_unit_test(screen__done__tells_what_was_done),
		cmocka_unit_test(screen__question__waits_for_an_answer),
		cmocka_unit_test(screen__final_decision__shows_the_whole_tasks_changes),
		cmocka_unit_test(screen__chinese__is_complete_and_aligned),
		cmocka_unit_test(screen__hostile__text_stays_in_its_field),
		cmocka_unit_test(screen__every_injection_of_the_corpora__stays_in_its_field),
		cmocka_unit_test(screen__resize__storm_ends_like_a_fresh_draw),
	};

	stage_world();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
