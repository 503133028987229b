/* The model table, prices, presets and endpoints, secrets. */
#include "tests/support/testing.h"
#include "agent/llm/catalogue.h"
#include "agent/llm/presets.h"
#include "agent/llm/secrets.h"
#include "agent/llm/usage.h"
#include <sys/stat.h>

static struct strv keys, values;

static const char *
get(void *user, const char *key)
{
	(void)user;
	for (size_t i = keys.n; i > 0; i--)
		if (str_eq(keys.v[i - 1], key))
			return values.v[i - 1];
	return "";
}

static const struct strv *
list(void *user, const char *key)
{
	static const struct strv none;

	(void)user;
	(void)key;
	return &none;
}

static const struct model_settings settings = { get, list, NULL };

static void
set(const char *key, const char *value)
{
	strv_add(&keys, key);
	strv_add(&values, value);
}

static int
forget(void **state)
{
	(void)state;
	strv_finish(&keys);
	strv_finish(&values);
	memset(&keys, 0, sizeof(keys));
	memset(&values, 0, sizeof(values));
	return 0;
}

static struct catalogue *
shipped(void)
{
	struct buf b = BUF_INIT(CATALOGUE_FILE_MAX);
	struct catalogue *c = catalogue_create();
	struct err err = { 0 };

	assert_true(path_read_file("agent/data/models.json", &b, &err));
	assert_true(catalogue_add(c, buf_slice(&b), "models.json", &err));
	buf_finish(&b);
	return c;
}

/* --- the table --- */

static void
catalogue__shipped__has_the_models_people_use(void **state)
{
	struct catalogue *c = shipped();

	(void)state;
	assert_true(catalogue_count(c) >= 120);
	for (size_t i = 0; i < catalogue_count(c); i++) {
		const struct model_facts *m = catalogue_at(c, i);

		assert_non_null(preset_find(m->provider));
		assert_true(m->context == -1 || m->context >= 8000);
		assert_true(m->output == -1 || m->output < m->context);
		assert_true(m->price.in < 1000 && m->price.out < 1000);
	}
	assert_string_equal(catalogue_date(c), "2026-08-21");
	catalogue_destroy(c);
}

static void
catalogue__find__looks_past_dates_and_makers(void **state)
{
	struct catalogue *c = shipped();

	(void)state;
	assert_non_null(catalogue_find(c, "anthropic", "claude-opus-4-5-20251101", false));
	assert_non_null(catalogue_find(c, "openai", "gpt-5-mini-2025-08-07", false));
	assert_null(catalogue_find(c, "gateway", "gpt-5-mini", false));
	assert_non_null(catalogue_find(c, "gateway", "gpt-5-mini", true));
	assert_non_null(catalogue_find(c, "gateway", "openai/gpt-5-mini", true));
	assert_null(catalogue_find(c, "openai", "gpt-5-minimal", true));
	catalogue_destroy(c);
}

static void
catalogue__add__later_tables_win_and_prices_alone_keep_the_rest(void **state)
{
	struct catalogue *c = shipped();
	const struct model_facts *m;
	struct err err = { 0 };

	(void)state;
	assert_true(catalogue_add(c, SLICE_LIT("{\"date\":\"2027-01-01\",\"providers\":{\"openai\":[{\"id\":\"gpt-5\","
					       "\"in\":9}]}}"), "own", &err));
	m = catalogue_find(c, "openai", "gpt-5", false);
	assert_float_equal(m->price.in, 9, 1e-9);
	assert_int_equal(m->context, 400000);
	assert_true(m->reasoning);
	assert_string_equal(catalogue_date(c), "2027-01-01");
	assert_false(catalogue_add(c, SLICE_LIT("[1,2"), "bad", &err));
	assert_non_null(strstr(err.text, "bad"));
	catalogue_destroy(c);
}

static void
catalogue__convert__reads_both_foreign_forms(void **state)
{
	static const char dev[] = "{\"moonshotai\":{\"models\":{\"kimi-k9\":{\"tool_call\":true,\"reasoning\":true,"
		"\"modalities\":{\"input\":[\"text\",\"image\"]},\"limit\":{\"context\":1000,\"output\":100},"
		"\"cost\":{\"input\":1,\"output\":2,\"cache_read\":0.1,\"tiers\":[{\"input\":3,\"tier\":{\"size\":500}}]}},"
		"\"old\":{\"tool_call\":false}}},\"unknown-shop\":{\"models\":{\"x\":{}}}}";
	static const char genai[] = "[{\"id\":\"x-ai\",\"models\":[{\"id\":\"grok-9\",\"context_window\":77,"
		"\"prices\":{\"input_mtok\":{\"base\":2,\"tiers\":[{\"start\":128000,\"price\":4}]},"
		"\"output_mtok\":10}}]}]";
	struct buf out = BUF_INIT(1u << 20);
	struct catalogue *c = catalogue_create();
	const struct model_facts *m;
	struct err err = { 0 };
	size_t n;

	(void)state;
	assert_true(catalogue_convert(slice_of(dev), "dev", "2026-11-22", &out, &n, &err));
	assert_int_equal(n, 1);
	assert_true(catalogue_add(c, buf_slice(&out), "dev", &err));
	m = catalogue_find(c, "kimi", "kimi-k9", false);
	assert_true(m->images && m->reasoning && m->n_tiers == 1);
	assert_int_equal(m->tiers[0].above, 500);
	buf_clear(&out);
	assert_true(catalogue_convert(slice_of(genai), "genai", "2026-11-22", &out, &n, &err));
	assert_true(catalogue_add(c, buf_slice(&out), "genai", &err));
	m = catalogue_find(c, "xai", "grok-9", false);
	assert_int_equal(m->context, 77);
	assert_float_equal(m->price.in, 2, 1e-9);
	assert_float_equal(m->tiers[0].in, 4, 1e-9);
	buf_clear(&out);
	assert_false(catalogue_convert(SLICE_LIT("{\"a\":1}"), "other", "2026-11-22", &out, &n, &err));
	assert_false(catalogue_convert(SLICE_LIT("<html>"), "page", "2026-11-22", &out, &n, &err));
	buf_finish(&out);
	catalogue_destroy(c);
}

/* --- counting --- */

static void
usage__normalise__is_the_same_everywhere(void **state)
{
	const struct llm_usage incl = { 1000, 50, 400, 100, 20 }, excl = { 500, 50, 400, 100, 20 };
	struct engine_usage u = { 0 };

	(void)state;
	usage_normalise(&incl, LLM_OPENAI_CHAT, 0, &u);
	assert_int_equal(u.input, 500);
	assert_int_equal(u.output, 50);
	usage_normalise(&excl, LLM_ANTHROPIC, 0, &u);
	assert_int_equal(u.input, 500);
	usage_normalise(&incl, LLM_GEMINI, 0, &u);
	assert_int_equal(u.output, 70);
	usage_normalise(&incl, LLM_OPENAI_CHAT, USAGE_OUT_EXCL_REASONING, &u);
	assert_int_equal(u.output, 70);
	usage_normalise(&(struct llm_usage){ 10, 5, 400, -1, -1 }, LLM_OPENAI_CHAT, 0, &u);
	assert_int_equal(u.input, 0); /* more cached than counted */
	assert_int_equal(u.reasoning, -1);
}

static void
usage__cost__counts_cache_and_tiers(void **state)
{
	struct model_facts m = { .price = { 0, 2, 10, 0.2, 2.5 }, .n_tiers = 1,
		.tiers = { { 200000, 4, 15, 0.4, -1 } } };
	struct engine_usage u = { .input = 1000, .output = 100, .cache_read = 10000, .cache_write = 2000 };

	(void)state;
	assert_float_equal(usage_cost(&m, &u), 0.002 + 0.001 + 0.002 + 0.005, 1e-9);
	u.input = 300000;
	assert_float_equal(usage_cost(&m, &u), 1.2 + 0.0015 + 0.004 + 0.008, 1e-9);
	m.price.in = -1;
	assert_true(usage_cost(&m, &u) < 0);
	assert_float_equal(usage_reported_cost("{\"cost\":0.25}"), 0.25, 1e-9);
	assert_float_equal(usage_reported_cost("{\"cost_in_usd_ticks\":3515000}"), 0.0003515, 1e-12);
	assert_true(usage_reported_cost("{}") < 0);
	assert_true(usage_reported_cost(NULL) < 0);
}

/* --- endpoints --- */

static void
endpoint__resolve__splits_at_the_first_slash(void **state)
{
	struct endpoint e;
	struct err err = { 0 };

	(void)state;
	assert_true(endpoint_resolve("openrouter/anthropic/claude-sonnet-4.6", &settings, NULL, &e, &err));
	assert_string_equal(e.model, "anthropic/claude-sonnet-4.6");
	assert_string_equal(e.host, "openrouter.ai");
	assert_true(e.quirks.cache_control && e.needs_key && !e.local);
	endpoint_finish(&e);
	assert_true(endpoint_resolve("ollama/qwen3", &settings, NULL, &e, &err));
	assert_true(e.local && !e.needs_key && e.kind == LLM_OLLAMA);
	endpoint_finish(&e);
}

static void
endpoint__resolve__says_what_to_set(void **state)
{
	struct endpoint e;
	struct err err = { 0 };

	(void)state;
	assert_false(endpoint_resolve("gpt-5", &settings, NULL, &e, &err));
	assert_false(endpoint_resolve("nobody/x", &settings, NULL, &e, &err));
	assert_non_null(strstr(err.text, "provider.nobody.kind"));
	assert_false(endpoint_resolve("azure/x", &settings, NULL, &e, &err));
	assert_non_null(strstr(err.text, "provider.azure.base_url"));
	set("provider.nobody.kind", "gemini");
	assert_false(endpoint_resolve("nobody/x", &settings, NULL, &e, &err));
	set("provider.nobody.base_url", "ftp://x");
	assert_false(endpoint_resolve("nobody/x", &settings, NULL, &e, &err));
	set("provider.nobody.base_url", "http://localhost:9/v1beta/");
	assert_true(endpoint_resolve("nobody/x", &settings, NULL, &e, &err));
	assert_string_equal(e.base_url, "http://localhost:9/v1beta");
	assert_true(e.local);
	endpoint_finish(&e);
}

static void
endpoint__resolve__knows_how_models_think(void **state)
{
	static const struct {
		const char *model;
		enum llm_think_field think;
	} t[] = { { "anthropic/claude-3-5-haiku-latest", LLM_THINK_NONE },
		{ "anthropic/claude-sonnet-4-20250514", LLM_THINK_OBJECT },
		{ "anthropic/claude-haiku-4-5", LLM_THINK_OBJECT },
		{ "anthropic/claude-opus-4-8", LLM_THINK_EFFORT },
		{ "anthropic/claude-sonnet-5", LLM_THINK_EFFORT },
		{ "openai/gpt-5.4", LLM_THINK_EFFORT }, { "openai/gpt-4o", LLM_THINK_NONE },
		{ "google/gemini-2.5-pro", LLM_THINK_OBJECT },
		{ "google/gemini-3.1-pro-preview", LLM_THINK_EFFORT },
		{ "qwen/qwen3-max", LLM_THINK_ENABLE } };
	struct endpoint e;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(t); i++) {
		assert_true(endpoint_resolve(t[i].model, &settings, NULL, &e, NULL));
		if (e.quirks.think != t[i].think)
			fail_msg("%s", t[i].model);
		endpoint_finish(&e);
	}
}

static void
endpoint__loopback__is_not_guessed(void **state)
{
	(void)state;
	assert_true(endpoint_is_loopback("127.0.0.1:80"));
	assert_true(endpoint_is_loopback("localhost"));
	assert_true(endpoint_is_loopback("[::1]:9"));
	assert_false(endpoint_is_loopback("localhost.evil.example"));
	assert_false(endpoint_is_loopback("example.com"));
	assert_false(endpoint_is_loopback("127.evil.example"));
}

static void
presets__table__is_sorted_and_whole(void **state)
{
	static const char *const wanted[] = { "openai", "anthropic", "google", "deepseek", "qwen", "kimi",
		"zai", "minimax", "mistral", "xai", "groq", "openrouter", "together", "fireworks", "azure",
		"ollama", "llamacpp", "vllm", "lmstudio", "gemini", "glm", "moonshot" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		if (!preset_find(wanted[i]))
			fail_msg("%s", wanted[i]);
	for (const struct preset *p = presets; p->name; p++) {
		if (p[1].name)
			assert_true(strcmp(p->name, p[1].name) < 0);
		assert_true(p->local || p->key_env);
		assert_true(!p->local || (p->base_url && strstr(p->base_url, "http://")));
	}
}

/* --- secrets --- */

struct got {
	char *value;
	enum secret_place place;
	bool over;
};

static void
on_found(void *user, char *value, enum secret_place place, const char *variable, const struct err *err)
{
	struct got *g = user;

	(void)variable;
	(void)err;
	g->value = value;
	g->place = place;
	g->over = true;
}

static void
on_done(void *user, enum secret_place place, const struct err *err)
{
	struct got *g = user;

	assert_null(err);
	g->place = place;
	g->over = true;
}

static void
secrets__file__is_ours_alone_and_variables_go_first(void **state)
{
	struct places p = { .state = (char *)(uintptr_t)test_dir(), .libexec = (char *)(uintptr_t)"/nowhere" };
	struct endpoint e;
	struct got g = { 0 };
	struct stat st;
	uv_loop_t loop;

	(void)state;
	unsetenv("GROQ_API_KEY");
	uv_loop_init(&loop);
	assert_true(endpoint_resolve("groq/x", &settings, NULL, &e, NULL));
	secret_find(&loop, &p, &e, on_found, &g);
	assert_true(g.over && !g.value && g.place == SECRET_NONE);
	secret_set(&loop, &p, "groq", "gsk_something", on_done, &g);
	assert_int_equal(g.place, SECRET_FILE);
	assert_int_equal(stat(test_path("secrets.json"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	secret_find(&loop, &p, &e, on_found, &g);
	assert_string_equal(g.value, "gsk_something");
	secret_wipe(g.value);
	setenv("GROQ_API_KEY", "from the environment", 1);
	secret_find(&loop, &p, &e, on_found, &g);
	assert_string_equal(g.value, "from the environment");
	assert_int_equal(g.place, SECRET_ENV);
	secret_wipe(g.value);
	unsetenv("GROQ_API_KEY");
	secret_set(&loop, &p, "groq", NULL, on_done, &g);
	secret_find(&loop, &p, &e, on_found, &g);
	assert_null(g.value);
	endpoint_finish(&e);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_teardown(f, forget)
	static const struct CMUnitTest tests[] = {
		T(catalogue__shipped__has_the_models_people_use),
		T(catalogue__find__looks_past_dates_and_makers),
		T(catalogue__add__later_tables_win_and_prices_alone_keep_the_rest),
		T(catalogue__convert__reads_both_foreign_forms),
		T(usage__normalise__is_the_same_everywhere),
		T(usage__cost__counts_cache_and_tiers),
		T(endpoint__resolve__splits_at_the_first_slash),
		T(endpoint__resolve__says_what_to_set),
		T(endpoint__resolve__knows_how_models_think),
		T(endpoint__loopback__is_not_guessed),
		T(presets__table__is_sorted_and_whole),
		T(secrets__file__is_ours_alone_and_variables_go_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
