/* homard models decode: options, errors, one line of JSON. */
#include "tests/support/test.h"
#include "agent/base/json.h"
#include "agent/cli/models.h"

extern const struct cli_command cli_models;

struct run {
	char *out, *err;
	size_t out_n, err_n;
	int exit;
};

static struct run
run(const char *const *args)
{
	struct run r = { 0 };
	FILE *o = open_memstream(&r.out, &r.out_n), *e = open_memstream(&r.err, &r.err_n);
	struct cli c = { .clock = &clock_system, .out = o, .errout = e, .program = "homard" };
	char *argv[16];
	int argc = 0;

	for (; args[argc]; argc++)
		argv[argc] = xstrdup(args[argc]);
	argv[argc] = NULL;
	r.exit = cli_models.run(&c, argc, argv);
	fclose(o);
	fclose(e);
	while (argc > 0)
		free(argv[--argc]);
	return r;
}
#define RUN(...) run((const char *const[]){ "models", __VA_ARGS__, NULL })

static void
run_finish(struct run *r)
{
	free(r->out);
	free(r->err);
}

static char dir[] = "/tmp/homard-test-XXXXXX";
static char stream_file[64], error_file[64];

static int
make_files(void **state UNUSED)
{
	static const char s[] = "data: {\"choices\":[{\"delta\":{\"content\":\"h\u00e9\"},\"finish_reason\":\"stop\"}]}\n\n";
	static const char e[] = "{\"error\":{\"message\":\"slow\",\"type\":\"t\",\"code\":7}}";

	if (!mkdtemp(dir))
		return -1;
	snprintf(stream_file, sizeof(stream_file), "%s/s", dir);
	snprintf(error_file, sizeof(error_file), "%s/e", dir);
	return path_write_file(stream_file, slice_of(s), 0600, NULL) &&
			path_write_file(error_file, slice_of(e), 0600, NULL) ?
		0 :
		-1;
}

static int
remove_files(void **state UNUSED)
{
	unlink(stream_file);
	unlink(error_file);
	return rmdir(dir);
}

static void
models_decode__stream__one_line(void **state UNUSED)
{
	struct run a = RUN("decode", "--kind", "openai-chat", stream_file);
	struct run b = RUN("decode", "--kind=openai-chat", "--pieces", "1", "--status=200", "--", stream_file);
	autojson cJSON *j = json_parse(slice_trim(slice_of(a.out)), NULL);

	assert_int_equal(a.exit, 0);
	assert_non_null(j);
	assert_string_equal(json_str(j, "text", ""), "h\u00e9");
	assert_string_equal(a.out, b.out);
	assert_ptr_equal(strchr(a.out, '\n'), a.out + a.out_n - 1);
	run_finish(&a);
	run_finish(&b);
}

static void
models_decode__error__with_headers(void **state UNUSED)
{
	struct run r = RUN("decode", "--kind", "openai-chat", "--status", "429", "--header", "Retry-After: 3", error_file);
	autojson cJSON *j = json_parse(slice_trim(slice_of(r.out)), NULL);

	assert_int_equal(r.exit, 0);
	assert_string_equal(json_str(json_get(j, "error"), "kind", ""), "rate_limit");
	assert_true(json_num(json_get(j, "error"), "retry_after_s", 0) == 3);
	assert_int_equal(json_i64(json_get(j, "error"), "code", 0), 7);
	run_finish(&r);
}

static void
models_decode__usage__exits_2(void **state UNUSED)
{
	struct run r[] = { RUN("decode", stream_file), RUN("decode", "--kind", "telepathy", stream_file),
		RUN("decode", "--kind", "gemini"), RUN("decode", "--kind", "gemini", "--pieces", "0", stream_file),
		RUN("decode", "--kind", "gemini", "--status", "x", stream_file),
		RUN("decode", "--kind", "gemini", "--header", "nocolon", stream_file),
		RUN("decode", "--kind", "gemini", "--wat", "x", stream_file), RUN("decode", "--kind"),
		RUN("decode", "--kind", "gemini", stream_file, stream_file), RUN("juggle") };

	for (size_t i = 0; i < ARRAY_LEN(r); i++) {
		assert_int_equal(r[i].exit, 2);
		assert_true(r[i].err_n > 0 && r[i].out_n == 0);
		run_finish(&r[i]);
	}
}

static void
models_decode__missing_file__exits_1(void **state UNUSED)
{
	struct run r = RUN("decode", "--kind", "gemini", "/nonexistent/x");
	struct run h = RUN("--help");

	assert_int_equal(r.exit, 1);
	assert_int_equal(h.exit, 0);
	assert_non_null(strstr(h.out, "--pieces N"));
	run_finish(&r);
	run_finish(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(models_decode__stream__one_line),
		cmocka_unit_test(models_decode__error__with_headers),
		cmocka_unit_test(models_decode__usage__exits_2),
		cmocka_unit_test(models_decode__missing_file__exits_1),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
