/* A full window: what may never leave it, what a small model sums up, and who is asked first. */
#include "tests/support/model_env.h"
#include "agent/llm/context.h"

#define TEXT(s) { (s), sizeof(s) - 1 }

static void
keep(const struct engine_item *items, size_t n, int turn, struct input **ret)
{
	struct engine_input in = { .task = 1, .turn = turn, .cwd = "/w", .home = "/h", .items = items,
		.n_items = n };

	*ret = input_keep(&in);
}

static char turn_json[] = "{\"kind\":\"openai-chat\",\"provider\":\"p\",\"model\":\"m\",\"text\":\"\","
	"\"calls\":[{\"id\":\"c\",\"name\":\"look\",\"args\":{\"path\":\"a\"}}]}";
static char ask_json[] = "{\"kind\":\"openai-chat\",\"provider\":\"p\",\"model\":\"m\",\"text\":\"\","
	"\"calls\":[{\"id\":\"c\",\"name\":\"ask_user\",\"args\":{\"question\":\"which colour?\"}}]}";

/* Turns first..last, each one call; result NULL: a long one. */
static size_t
add_turns(struct engine_item *items, size_t n, int first, int last)
{
	static char big[1500];

	memset(big, 'z', sizeof(big));
	for (int t = first; t <= last; t++) {
		items[n++] = (struct engine_item){ .kind = ITEM_TURN, .seq = 10 * t, .turn = t,
			.engine = "model", .model = "p/m", .text = slice_of(turn_json) };
		items[n++] = (struct engine_item){ .kind = ITEM_RESULT, .seq = 10 * t + 1, .turn = t,
			.call = t, .id = "c", .tool = "look", .text = { big, sizeof(big) } };
	}
	return n;
}

static char *
sent(const struct input *k)
{
	struct buf all = BUF_INIT(8u << 20);
	struct context c;

	context_build(&k->in, 0, false, &c);
	for (size_t i = 0; i < c.n; i++) {
		buf_add_slice(&all, c.msgs[i].text);
		buf_add_char(&all, '\n');
	}
	context_finish(&c);
	return buf_steal(&all);
}

static void
compact(struct input *k, int64_t max, const char *prose)
{
	autobuf struct buf summary = BUF_INIT(8u << 20);
	int64_t from, to;

	assert_true(context_compact(k, max, slice_of(prose), &summary, &from, &to));
	assert_true(from <= to);
}

/* Steers, answers, refusals, changes of the plan, a second request: through three compactions. */
static void
compact__words_of_the_person__never_leave(void **state)
{
	static const char *const kept[] = { "never touch the blue folder", "second line of it",
		"the last word of a long constraint", "crimson, because", "leave my letters alone",
		"step two is dropped", "and now the second thing" };
	struct engine_item items[256];
	autofree char *constraint = xmalloc(9000), *all = NULL;
	struct input *k;
	size_t n = 0;

	(void)state;
	memset(constraint, 'c', 9000);
	strcpy(constraint + 8900, "\nthe last word of a long constraint");
	items[n++] = (struct engine_item){ .kind = ITEM_REQUEST, .seq = 1, .text = TEXT("go") };
	n = add_turns(items, n, 1, 5);
	items[n++] = (struct engine_item){ .kind = ITEM_STEER, .seq = 60,
		.text = TEXT("never touch the blue folder\nsecond line of it") };
	items[n++] = (struct engine_item){ .kind = ITEM_STEER, .seq = 61, .text = slice_of(constraint) };
	items[n++] = (struct engine_item){ .kind = ITEM_TURN, .seq = 62, .turn = 6, .engine = "model",
		.model = "p/m", .text = slice_of(ask_json) };
	items[n++] = (struct engine_item){ .kind = ITEM_RESULT, .seq = 63, .turn = 6, .call = 6, .id = "c",
		.tool = "ask_user", .text = TEXT("crimson, because") };
	items[n++] = (struct engine_item){ .kind = ITEM_NOTE, .seq = 64, .text = TEXT("step two is dropped") };
	items[n++] = (struct engine_item){ .kind = ITEM_RESULT, .seq = 66, .turn = 6, .call = 7, .id = "d",
		.tool = "delete", .outcome = CALL_REFUSED,
		.text = TEXT("The person refused it, nothing was changed, and said: leave my letters alone") };
	/* What a task that goes on from another was asked. */
	items[n++] = (struct engine_item){ .kind = ITEM_REQUEST, .seq = 70, .text = TEXT("and now the second thing") };
	n = add_turns(items, n, 8, 40);
	keep(items, n, 41, &k);
	compact(k, 4000, "");
	assert_true(context_measure(&k->in, 0) < 12000);
	for (int round = 0; round < 3; round++) {
		all = sent(k);
		for (size_t i = 0; i < ARRAY_LEN(kept); i++)
			if (!strstr(all, kept[i]))
				fail_msg("round %d lost: %s", round, kept[i]);
		free(all);
		all = NULL;
		n = k->in.n_items;
		memcpy(items, k->items, n * sizeof(*items));
		n = add_turns(items, n, 41 + 20 * round, 60 + 20 * round);
		{
			struct input *next;

			keep(items, n, 61 + 20 * round, &next);
			input_free(k);
			k = next;
		}
		compact(k, 4000, round == 1 ? "Found three shells.\nThe red one is broken." : "");
	}
	all = sent(k);
	assert_non_null(strstr(all, "Before: The red one is broken."));
	input_free(k);
}

/* The plan and a call without an end are not part of what is summed up. */
static void
compact__plan_and_open_calls__stand_apart(void **state)
{
	struct engine_item items[128];
	autofree char *all = NULL;
	struct input *k;
	size_t n = 0;

	(void)state;
	items[n++] = (struct engine_item){ .kind = ITEM_REQUEST, .seq = 1, .text = TEXT("go") };
	n = add_turns(items, n, 1, 40);
	items[n - 1].text = (struct slice){ NULL, 0 }; /* asked for, not decided yet */
	keep(items, n, 41, &k);
	k->in.plan = xstrdup("[{\"id\":\"1\",\"text\":\"weigh the shells\",\"state\":\"now\"}]");
	compact(k, 4000, "");
	all = sent(k);
	assert_non_null(strstr(all, "The plan now: [{\"id\":\"1\",\"text\":\"weigh the shells\""));
	assert_int_equal(k->items[k->in.n_items - 1].kind, ITEM_RESULT);
	assert_null(k->items[k->in.n_items - 1].text.p);
	assert_int_equal(k->items[k->in.n_items - 1].seq, items[n - 1].seq);
	input_free(k);
}

/* --- model.small --- */

struct full {
	struct engine_item items[128];
	size_t n;
	struct model_server *main, *small;
};

static void
full_begin(struct full *f, struct env *e, struct ms_reply *small)
{
	struct ms_reply r = { .body = ms_text(LLM_OPENAI_CHAT, "done") };

	f->main = ms_start(&r, 1);
	f->small = ms_start(small, 1);
	env_point(e, "p", LLM_OPENAI_CHAT, f->main);
	env_point(e, "tiny", LLM_ANTHROPIC, f->small);
	env_set(e, "provider.p.context", "8000");
	f->n = 0;
	f->items[f->n++] = (struct engine_item){ .kind = ITEM_REQUEST, .seq = 1, .text = TEXT("go") };
	f->n = add_turns(f->items, f->n, 1, 40);
}

static void
full_end(struct full *f)
{
	ms_stop(f->main);
	ms_stop(f->small);
}

static void
small__sums_up_what_leaves(void **state)
{
	struct env *e = *state;
	struct ms_reply r = { .body = ms_text(LLM_ANTHROPIC, "Forty shells were counted.\\nNone was red.") };
	autofree char *asked = NULL, *body = NULL;
	struct full f;

	full_begin(&f, e, &r);
	env_set(e, "model.small", "tiny/s");
	env_think_items(e, "p/m", f.items, f.n, 41);
	assert_int_equal(e->how, ENGINE_DONE);
	assert_string_equal(buf_str(&e->text), "done");
	assert_int_equal(e->compacts, 1);
	assert_int_equal(ms_count(f.small), 1);
	assert_int_equal(ms_count(f.main), 1);
	assert_int_equal(e->requests, 2); /* both asked the budget */
	asked = ms_body(f.small, 0);
	assert_non_null(strstr(asked, "Sum up this part"));
	assert_non_null(strstr(asked, "calls look"));
	assert_null(strstr(asked, "\"tools\""));
	assert_non_null(strstr(asked, "\"max_tokens\":2000"));
	body = ms_body(f.main, 0);
	assert_non_null(strstr(body, "Before: Forty shells were counted."));
	assert_non_null(strstr(buf_str(&e->notices), "tiny/s"));
	full_end(&f);
}

static void
small__unset__nothing_further_is_asked(void **state)
{
	struct env *e = *state;
	struct ms_reply r = { .body = ms_text(LLM_ANTHROPIC, "x") };
	struct full f;

	full_begin(&f, e, &r);
	env_think_items(e, "p/m", f.items, f.n, 41);
	assert_int_equal(e->how, ENGINE_DONE);
	assert_int_equal(e->compacts, 1);
	assert_int_equal(ms_count(f.small), 0);
	assert_int_equal(e->requests, 1);
	full_end(&f);
}

static void
small__fails__the_digest_does(void **state)
{
	struct env *e = *state;
	struct ms_reply r = { .status = 500, .type = "application/json", .body = xstrdup("{\"error\":\"broken\"}") };
	struct full f;

	full_begin(&f, e, &r);
	env_set(e, "model.small", "tiny/s");
	env_think_items(e, "p/m", f.items, f.n, 41);
	assert_int_equal(e->how, ENGINE_DONE);
	assert_int_equal(e->compacts, 1);
	assert_int_equal(ms_count(f.small), 1); /* not tried again and again */
	assert_int_equal(e->retries, 0);
	assert_non_null(strstr(buf_str(&e->notices), "could not sum up"));
	full_end(&f);
}

static void
small__budget__holds_it_too(void **state)
{
	struct env *e = *state;
	struct ms_reply r = { .body = ms_text(LLM_ANTHROPIC, "x") };
	struct full f;

	full_begin(&f, e, &r);
	env_set(e, "model.small", "tiny/s");
	e->allow = false;
	env_think_items(e, "p/m", f.items, f.n, 41);
	assert_int_equal(e->how, ENGINE_FAILED);
	assert_int_equal(e->err.code, ERR_LIMIT);
	assert_int_equal(ms_count(f.small) + ms_count(f.main), 0);
	assert_int_equal(e->compacts, 0);
	full_end(&f);
}

static void
on_cancel(uv_timer_t *t)
{
	struct env *e = t->data;

	e->engine->ops->cancel(e->engine);
	uv_close((uv_handle_t *)t, NULL);
}

static void
small__cancel__ends_both(void **state)
{
	struct env *e = *state;
	struct ms_reply r = { .fault = MS_SILENT };
	struct full f;
	uv_timer_t t;

	full_begin(&f, e, &r);
	env_set(e, "model.small", "tiny/s");
	uv_timer_init(&e->loop, &t);
	t.data = e;
	uv_timer_start(&t, on_cancel, 200, 0);
	env_think_items(e, "p/m", f.items, f.n, 41);
	assert_int_equal(e->how, ENGINE_CANCELLED);
	assert_int_equal(ms_count(f.main), 0);
	full_end(&f);
}

/* --- model.local_first --- */

static void
local_first__before_the_default_but_not_before_what_was_named(void **state)
{
	struct env *e = *state;
	struct ms_reply r = { .body = ms_text(LLM_OPENAI_CHAT, "from home") };
	struct model_server *s = ms_start(&r, 1);

	env_point(e, "home", LLM_OPENAI_CHAT, s);
	/* Elsewhere, and without a key it is never connected to. */
	unsetenv("OPENAI_API_KEY");
	strv_add(&e->fallback, "home/h");
	env_set(e, "model.default", "openai/far");
	env_think(e, "openai/far");
	assert_int_equal(e->retries, 1);
	env_set(e, "model.local_first", "true");
	env_think(e, "openai/far");
	assert_int_equal(e->how, ENGINE_DONE);
	assert_string_equal(buf_str(&e->text), "from home");
	assert_int_equal(e->retries, 1);
	env_set(e, "model.default", "home/h");
	env_think(e, "openai/far");
	assert_int_equal(e->retries, 2); /* named: asked first, then the next */
	assert_string_equal(buf_str(&e->text), "from home");
	ms_stop(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compact__words_of_the_person__never_leave),
		cmocka_unit_test(compact__plan_and_open_calls__stand_apart),
		ENV_TEST(small__sums_up_what_leaves),
		ENV_TEST(small__unset__nothing_further_is_asked),
		ENV_TEST(small__fails__the_digest_does),
		ENV_TEST(small__budget__holds_it_too),
		ENV_TEST(small__cancel__ends_both),
		ENV_TEST(local_first__before_the_default_but_not_before_what_was_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
