/* shell, pdf_text, convert_images: commands in a real draft. */
#include "tests/support/toolbox.h"
#include <sys/stat.h>

#define NEED_COMMANDS()                                                                        \
	do {                                                                                   \
		if (!box.commands)                                                               \
			skip();                                                                \
	} while (0)

static void
shell__effects__come_back_and_nothing_is_real(UNUSED void **state)
{
	const cJSON *o;

	NEED_COMMANDS();
	toolbox_file(&box, "w/a.txt", "one\n");
	toolbox_file(&box, "w/b.txt", "two\n");
	toolbox_call(&box, "move", "{'path':'w/a.txt','to':'w/moved.txt'}");
	o = toolbox_call(&box, "shell",
		"{'command':'cat w/moved.txt; echo new >w/c.txt; rm w/b.txt; exit 3'}");
	assert_int_equal(json_i64(o, "exit", 0), 3);
	assert_string_equal(json_str(o, "output", ""), "one\n");
	assert_int_equal(box.r.exit, 3);
	assert_false(box.r.failed);
	assert_non_null(box.r.effects);
	assert_true(box.r.effects->n >= 2);
	assert_string_equal(buf_str(&box.output), "one\n");
	assert_int_equal(access(toolbox_path(&box, "w/b.txt"), F_OK), 0);
	assert_int_equal(access(toolbox_path(&box, "w/c.txt"), F_OK), -1);
	assert_false(toolbox_has(&box, "w/b.txt"));
	assert_string_equal(toolbox_seen(&box, "w/c.txt"), "new\n");
	assert_string_equal(toolbox_text(&box, "shell", "{'command':'true'}"), "[exit 0]\n");
	toolbox_fails(&box, "shell", "{'command':'  '}", ERR_USAGE, "empty");
	toolbox_reset(&box);
}

static void
shell__output__is_kept_at_both_ends(UNUSED void **state)
{
	const cJSON *o;

	NEED_COMMANDS();
	o = toolbox_call(&box, "shell", "{'command':'seq 1 200000; echo error >&2'}");
	assert_true(json_i64(o, "bytes", 0) > 1u << 20);
	assert_int_equal(strlen(json_str(o, "sha256", "")), 64);
	assert_true(str_starts(json_str(o, "output", ""), "1\n2\n"));
	assert_non_null(strstr(json_str(o, "output", ""), "bytes left out"));
	o = toolbox_call(
		&box, "shell", "{'command':'printf \\\"\\\\\\\\033[31mred\\\\\\\\377\\\"'}");
	assert_int_equal(json_i64(o, "exit", 9), 0);
}

static void
shell__limits__end_it(UNUSED void **state)
{
	const cJSON *o;

	NEED_COMMANDS();
	o = toolbox_call(&box, "shell", "{'command':'echo before; sleep 60','timeout':1}");
	assert_true(cJSON_IsNull(json_get(o, "exit")));
	assert_string_equal(json_str(o, "limit", ""), "wall");
	assert_true(box.r.failed);
	assert_true(str_starts(json_str(o, "output", ""), "before\n"));
}

static void
shell__network__is_told_with_its_host(UNUSED void **state)
{
	NEED_COMMANDS();
	toolbox_call(&box, "shell",
		"{'command':'echo curl: Could not resolve host: files.example.org >&2; exit "
		"6'}");
	assert_string_equal(box.r.hosts, "[\"files.example.org:443\"]");
	assert_non_null(strstr(box.r.unpreviewed, "allow host files.example.org:443"));
	toolbox_call(&box, "shell", "{'command':'echo Could not resolve host: a.example.org'}");
	assert_null(box.r.hosts);
}

static void
stop_soon(uv_timer_t *timer)
{
	if (box.state) {
		tool_find("shell")->stop(&box.ctx, box.state);
		uv_close((uv_handle_t *)timer, NULL);
	}
}

static void
shell__stop__ends_at_once(UNUSED void **state)
{
	uv_timer_t timer;
	const cJSON *o;
	uint64_t began = uv_hrtime();

	NEED_COMMANDS();
	uv_timer_init(&box.loop, &timer);
	uv_timer_start(&timer, stop_soon, 50, 5);
	box.ctx.json = true;
	o = toolbox_call(&box, "shell", "{'command':'sleep 30'}");
	assert_true(cJSON_IsNull(json_get(o, "exit")));
	assert_true(uv_hrtime() - began < 5000000000ull);
}

static void
shell__outside__runs_for_real(UNUSED void **state)
{
	const cJSON *o;

	box.ctx.outside = true;
	o = toolbox_call(
		&box, "shell", "{'command':'echo real > really.txt; echo $HOMARD_SECRET'}");
	box.ctx.outside = false;
	assert_int_equal(json_i64(o, "exit", 9), 0);
	assert_null(box.r.effects);
	assert_string_equal(json_str(o, "output", ""), "\n");
	assert_int_equal(access(toolbox_path(&box, "really.txt"), F_OK), 0);
}

static void
shell__no_ground__is_a_sentence(UNUSED void **state)
{
	toolbox_close(&box);
	toolbox_open(&box, false);
	toolbox_fails(&box, "shell", "{'command':'true'}", ERR_NOT_FOUND, "cannot be drafted");
	assert_true(box.err.text[0] != '\0');
	toolbox_close(&box);
	toolbox_open(&box, true);
}

/* A PDF of one page that says so. */
static void
make_pdf(const char *name)
{
	static const char pdf[] =
		"%PDF-1.1\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
		"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
		"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 "
		"R/Resources<</Font<</F1 5 0 R>>>>>>endobj\n"
		"4 0 obj<</Length 44>>stream\nBT /F1 18 Tf 20 100 Td (Hello lobster) Tj "
		"ET\nendstream endobj\n"
		"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
		"trailer<</Root 1 0 R>>\n%%EOF\n";

	toolbox_file(&box, name, pdf);
}

static void
pdf_text__is_kept_beside(UNUSED void **state)
{
	const cJSON *o;

	NEED_COMMANDS();
	if (system("pdftotext -v >/dev/null 2>&1") != 0)
		skip();
	make_pdf("p/doc.pdf");
	toolbox_file(&box, "p/doc.txt", "mine");
	o = toolbox_call(&box, "pdf_text", "{'path':'p/doc.pdf'}");
	assert_int_equal(json_i64(o, "pages", 0), 1);
	assert_true(str_starts(json_str(o, "text", ""), "Hello lobster"));
	assert_true(str_ends(json_str(o, "out", ""), "/p/doc (2).txt"));
	assert_true(str_starts(toolbox_seen(&box, "p/doc (2).txt"), "Hello lobster"));
	assert_string_equal(toolbox_seen(&box, "p/doc.txt"), "mine");
	toolbox_file(&box, "p/bad.pdf", "no pdf");
	toolbox_fails(&box, "pdf_text", "{'path':'p/bad.pdf'}", ERR_IO, "damaged");
	toolbox_reset(&box);
}

static void
convert__pictures__keep_originals(UNUSED void **state)
{
	const cJSON *o;

	NEED_COMMANDS();
	if (system("convert -version >/dev/null 2>&1") != 0)
		skip();
	toolbox_file(&box, "i/a.ppm", "P3 1 1 255 255 0 0\n");
	toolbox_file(&box, "i/a.pgm", "P2 1 1 255 9\n");
	toolbox_file(&box, "i/-odd %d [0].ppm", "P3 1 1 255 0 0 255\n");
	toolbox_file(&box, "i/bad.ppm", "nothing");
	toolbox_file(&box, "i/note.txt", "text");
	o = toolbox_call(&box, "convert_images", "{'path':'i','to':'png'}");
	assert_int_equal(json_i64(o, "converted", 0), 3);
	assert_int_equal(json_i64(o, "failed", 0), 1);
	assert_true(toolbox_has(&box, "i/a.png"));
	assert_true(toolbox_has(&box, "i/a (2).png"));
	assert_true(toolbox_has(&box, "i/-odd %d [0].png"));
	assert_true(toolbox_has(&box, "i/a.ppm"));
	assert_false(toolbox_has(&box, "i/bad.png"));
	assert_string_equal(toolbox_seen(&box, "i/note.txt"), "text");
	toolbox_fails(&box, "convert_images", "{'path':'i','to':'doc'}", ERR_USAGE, "not doc");
	toolbox_fails(&box, "convert_images", "{'path':'i/note.txt','to':'png'}", ERR_USAGE,
		"no picture");
	toolbox_reset(&box);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shell__effects__come_back_and_nothing_is_real),
		cmocka_unit_test(shell__output__is_kept_at_both_ends),
		cmocka_unit_test(shell__limits__end_it),
		cmocka_unit_test(shell__network__is_told_with_its_host),
		cmocka_unit_test(shell__stop__ends_at_once),
		cmocka_unit_test(shell__outside__runs_for_real),
		cmocka_unit_test(shell__no_ground__is_a_sentence),
		cmocka_unit_test(pdf_text__is_kept_beside),
		cmocka_unit_test(convert__pictures__keep_originals),
	};

	return cmocka_run_group_tests(tests, toolbox_group_helpers, toolbox_group_end);
}
