/* homard models update: tables from files and addresses, good ones and others. */
#include "agent/base/path.h"
#include "tests/support/headless.h"

static struct journey j;

static const char dev[] = "{\"openai\":{\"models\":{\"new-1\":{\"cost\":{\"input\":1.5,\"output\":6},"
			  "\"limit\":{\"context\":400000,\"output\":128000},\"tool_call\":true}}}}";

static int
begin(UNUSED void **state)
{
	journey_init(&j);
	return 0;
}

static int
finish(UNUSED void **state)
{
	journey_finish(&j);
	return 0;
}

static void
update(const char *from, struct headless *h)
{
	const char *const args[] = { "models", "update", from, "-c", "net.first_byte_timeout=2", "-c",
		"net.silence_timeout=2", NULL };

	headless_exec(&j, args, h);
}

/* From a server that answers so; says what, and leaves no table behind. */
static void
fails(struct ms_reply r, const char *words)
{
	struct model_server *s = ms_start(&r, 1);
	autofree char *url = xasprintf("http://127.0.0.1:%d/api.json", ms_port(s));
	autofree char *table = path_join(j.state, "models.json");
	struct headless h;

	update(url, &h);
	ms_stop(s);
	assert_true(h.exit == 1 || h.exit == 4); /* 4: a limit */
	headless_says(&h, words);
	assert_int_not_equal(access(table, F_OK), 0);
	headless_finish(&h);
}

static void
models_update__from_an_address__is_used(UNUSED void **state)
{
	struct ms_reply r = { .type = "application/json", .body = xstrdup(dev) };
	struct model_server *s = ms_start(&r, 1);
	autofree char *url = xasprintf("http://127.0.0.1:%d/api.json", ms_port(s));
	const char *const list[] = { "models", "list", "new-1", NULL };
	struct headless h;

	update(url, &h);
	ms_stop(s);
	assert_int_equal(h.exit, 0);
	headless_says(&h, "1 models were written");
	headless_finish(&h);
	headless_exec(&j, list, &h);
	headless_says(&h, "new-1");
	headless_finish(&h);
}

static void
models_update__from_a_file__is_used(UNUSED void **state)
{
	autofree char *file = path_join(j.home, "api.json");
	struct headless h;

	journey_file(&j, "api.json", dev);
	update(file, &h);
	assert_int_equal(h.exit, 0);
	headless_finish(&h);
}

static void
models_update__what_is_no_table__is_refused(UNUSED void **state)
{
	fails((struct ms_reply){ .type = "text/html", .body = xstrdup("<html>sign in</html>") }, "holds no JSON");
	fails((struct ms_reply){ .body = xstrdup("{\"a\":1}") }, "holds no models");
	fails((struct ms_reply){ .body = xstrdup("{\"openai\":{\"models\":{") }, "holds no JSON");
	fails((struct ms_reply){ .status = 404, .body = xstrdup("gone") }, "status 404");
}

static void
models_update__a_redirect__is_named_and_not_followed(UNUSED void **state)
{
	fails((struct ms_reply){ .status = 302, .headers = "Location: http://127.0.0.2:9/other\r\n" },
		"127.0.0.2:9/other");
}

static void
models_update__a_gigabyte__stops_at_the_limit(UNUSED void **state)
{
	fails((struct ms_reply){ .fault = MS_HUGE }, "is larger than 32 MB");
}

static void
models_update__silence_and_cuts__keep_the_old_table(UNUSED void **state)
{
	fails((struct ms_reply){ .fault = MS_SILENT }, "sent no reply in time");
	fails((struct ms_reply){ .fault = MS_CUT, .body = xstrdup(dev) }, "in the middle");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, finish)
	static const struct CMUnitTest tests[] = {
		T(models_update__from_an_address__is_used),
		T(models_update__from_a_file__is_used),
		T(models_update__what_is_no_table__is_refused),
		T(models_update__a_redirect__is_named_and_not_followed),
		T(models_update__a_gigabyte__stops_at_the_limit),
		T(models_update__silence_and_cuts__keep_the_old_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
