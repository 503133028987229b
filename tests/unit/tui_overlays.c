/*
 * Golden overlays: what comes over the panes, in three sizes, in English and Chinese, and how it is
 * painted in colour and without. One file an overlay and language; UPDATE=1 renews them.
 */
#include "tests/support/test.h"
#include <ftw.h>
#include "agent/base/path.h"
#include "tests/support/golden.h"
#include "tests/support/journal_tmp.h"
#include "tests/support/stage.h"
#include "agent/llm/presets.h"

#define LONG_AGO 1715000000000ll /* 2024-05-06: lists show the day, never an hour of today */

static int64_t wall = LONG_AGO;

/* An hour between two events, so that the order is seen. */
static int64_t
next_hour(void *user)
{
	(void)user;
	return wall += 3600000;
}

static const struct clock old_clock = { next_hour, next_hour, NULL, NULL };
static char folder[] = "/tmp/homard-test-XXXXXX";
static struct journal *past;
static struct agent *agent;
static struct config *config;
static uv_loop_t loop;
static struct places places = { .home = (char *)(uintptr_t)"/home/ann", .config = folder, .state = folder,
	.data = folder, .share = folder, .libexec = folder };

static const char rules_yaml[] = "rules:\n"
	"  - id: build\n"
	"    allow: [create, modify]\n"
	"    below: ~/proj/build\n"
	"    match: [\"create ~/proj/build/a.o\"]\n"
	"    not_match: [\"delete ~/proj/build/a.o\"]\n"
	"  - id: papers\n"
	"    deny: [delete]\n"
	"    below: ~/papers\n"
	"    match: [\"delete ~/papers/thesis.tex\"]\n"
	"    not_match: [\"delete ~/music/song.mp3\"]\n";

/* The agent over that past: for its rules. */
static void
begin_agent(void)
{
	struct agent_opts o = { .loop = &loop, .places = &places, .clock = &old_clock, .front = "screen",
		.interactive = true };
	autofree char *rules = xasprintf("%s/rules.yaml", folder), *settings = xasprintf("%s/config.yaml", folder);
	struct err err = { 0 };

	uv_loop_init(&loop);
	assert_true(path_write_file(rules, slice_of(rules_yaml), 0600, &err));
	assert_true(config_load(settings, &config, &err));
	o.config = config;
	if (!agent_create(&o, &agent, &err))
		fail_msg("%s", err.text);
	past = agent_journal(agent);
}

static int
make_past(void **state)
{
	autofree char *path = NULL;
	struct journal_opts o = { .clock = &old_clock };
	struct err err = { 0 };
	int64_t t;

	(void)state;
	assert_non_null(mkdtemp(folder));
	path = xasprintf("%s/journal.db", folder);
	o.path = path;
	if (!journal_open(&o, &past, &err))
		fail_msg("%s", err.text);
	t = put_request(past, "{\"engine\":\"instinct\",\"mode\":\"step\",\"cwd\":\"/home/ann\"}",
		"tidy ~/Downloads by type");
	put_event(past, t, EV_CALL, "{\"call\":1,\"turn\":1,\"tool\":\"arrange\",\"risk\":\"act\"}",
		"{\"path\":\"/home/ann/Downloads\",\"by\":\"kind\"}");
	put_event(past, t, EV_EFFECTS, "{\"call\":1,\"n\":2,\"create\":1,\"move\":1}",
		"[{\"n\":1,\"kind\":\"create\",\"path\":\"/home/ann/Downloads/Music\",\"bytes\":0,\"count\":1,\"type\":\"d\"},"
		"{\"n\":2,\"kind\":\"move\",\"path\":\"/home/ann/Downloads/Music/song.mp3\",\"from\":\"/home/ann/Downloads/song.mp3\","
		"\"bytes\":9,\"count\":1,\"type\":\"f\"}]");
	put_event(past, t, EV_CALL_DONE, "{\"call\":1,\"outcome\":\"done\",\"ms\":40,\"summary\":\"1 file\"}", "ok");
	put_event(past, t, EV_STATE, "{\"state\":\"done\"}", NULL);
	t = put_request(past, "{\"engine\":\"model\",\"model\":\"box/big-1\",\"mode\":\"step\",\"cwd\":\"/home/ann/proj\"}",
		"把发票按日期重命名，然后告诉我总数");
	put_event(past, t, EV_TEXT, "{\"turn\":1,\"end\":true}", "三张发票，共 **17.50** 元。");
	put_event(past, t, EV_USAGE, "{\"turn\":1,\"input\":3200,\"output\":410,\"cost\":0.0123}", NULL);
	put_event(past, t, EV_STATE, "{\"state\":\"done\"}", NULL);
	t = put_request(past, "{\"engine\":\"model\",\"mode\":\"step\",\"cwd\":\"/home/ann\"}", "find the invoice of the plumber");
	put_event(past, t, EV_TEXT, "{\"turn\":1,\"end\":true}", "There is no invoice of a plumber below your home.");
	put_event(past, t, EV_STATE, "{\"state\":\"failed\",\"reason\":\"not found\",\"exit\":1}", NULL);
	journal_close(past);
	begin_agent();
	return 0;
}

static int
remove_one(const char *path, UNUSED const struct stat *st, UNUSED int kind, UNUSED struct FTW *at)
{
	return remove(path);
}

static int
drop_past(void **state)
{
	(void)state;
	agent_destroy(agent);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	config_destroy(config);
	return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* --- what is opened --- */

static void
run(struct stage *st, const char *command, const char *arg)
{
	command_find(command)->run(&st->s, arg);
}

static void
type(struct stage *st, const char *bytes)
{
	stage_compose(st); /* keys go by what is on the screen */
	input_feed(st->s.input, bytes, strlen(bytes));
}

#define DOWN "\033[B"

static void
open_history(struct stage *st)
{
	run(st, "history", "");
	type(st, DOWN DOWN);
}

static void
open_history_filtered(struct stage *st)
{
	run(st, "history", "");
	type(st, "failed invoice");
}

static void
open_events(struct stage *st)
{
	run(st, "history", "");
	type(st, DOWN DOWN "\033e");
	type(st, DOWN DOWN);
}

static void
open_search(struct stage *st)
{
	run(st, "search", "invoice");
}

static void
open_palette(struct stage *st)
{
	run(st, "palette", "");
	type(st, DOWN);
}

static void
open_palette_filtered(struct stage *st)
{
	run(st, "palette", "");
	type(st, "undo");
}

static void
open_help(struct stage *st)
{
	run(st, "help", "");
}

static void
open_settings(struct stage *st)
{
	run(st, "settings", "");
	type(st, "ui.");
	type(st, DOWN);
}

static void
open_theme(struct stage *st)
{
	autofree char *exe = realpath("/proc/self/exe", NULL), *dir = path_dir(exe);

	free(st->s.theme_dir_share);
	st->s.theme_dir_share = path_join(dir, "../../share/themes");
	st->s.theme_dirs[1] = st->s.theme_dir_share;
	run(st, "theme", "");
}

static void
no_keys(void)
{
	for (const struct preset *p = presets; p->name; p++) {
		if (p->key_env)
			unsetenv(p->key_env);
		if (p->key_env2)
			unsetenv(p->key_env2);
	}
}

static void
open_model(struct stage *st)
{
	no_keys();
	strv_add(&st->s.local_servers, "ollama");
	run(st, "model", "");
}

static void
open_rules(struct stage *st)
{
	run(st, "rules", "");
}

static void
open_secrets(struct stage *st)
{
	no_keys();
	setenv("MISTRAL_API_KEY", "x", 1);
	run(st, "secrets", "");
	type(st, DOWN);
}

/* What is typed must not be seen. */
static void
open_secret(struct stage *st)
{
	run(st, "secrets", "anthropic");
	type(st, "sk-visible");
}

static void
open_keys(struct stage *st)
{
	run(st, "keys", "");
	type(st, "undo");
}

static void
open_find(struct stage *st)
{
	run(st, "find", "");
	type(st, "invoice");
}

static void
open_leave(struct stage *st)
{
	run(st, "quit", "");
}

/* --- */

static const struct {
	const char *name;
	void (*open)(struct stage *st);
} overlays[] = {
	{ "history", open_history },
	{ "history-filtered", open_history_filtered },
	{ "events", open_events },
	{ "search", open_search },
	{ "palette", open_palette },
	{ "palette-filtered", open_palette_filtered },
	{ "help", open_help },
	{ "settings", open_settings },
	{ "theme", open_theme },
	{ "model", open_model },
	{ "rules", open_rules },
	{ "secrets", open_secrets },
	{ "secret", open_secret },
	{ "keys", open_keys },
	{ "find", open_find },
	{ "leave", open_leave },
};

static const struct {
	int rows, cols;
} sizes[] = { { 15, 50 }, { 24, 80 }, { 40, 140 } };

/* A task that runs stands behind it all. */
static void
begin(struct stage *st, size_t size)
{
	stage_begin(st, sizes[size].rows, sizes[size].cols);
	st->s.journal = past;
	st->s.agent = agent;
	stage_feed(st, EV_REQUEST, "{\"engine\":\"model\",\"mode\":\"step\",\"cwd\":\"/home/ann/proj\",\"model\":\"box/big-1\"}",
		"Rename the invoices and tell me the sum.");
	stage_feed(st, EV_STATE, "{\"state\":\"thinking\"}", NULL);
	stage_feed(st, EV_TEXT, "{\"turn\":1}", "I found **3 invoices**, the first is an invoice of a baker.\n");
}

static void
end(struct stage *st)
{
	overlay_clear(&st->s);
	stage_end(st);
}

static int
each_overlay(const char *lang)
{
	int wrong = 0;

	for (size_t i = 0; i < ARRAY_LEN(overlays); i++) {
		struct buf out = BUF_INIT(4u << 20);
		autofree char *name = xasprintf("overlay-%s%s%s", overlays[i].name, lang ? "-" : "", lang ? lang : "");
		struct stage st;

		for (size_t k = 0; k < ARRAY_LEN(sizes); k++) {
			begin(&st, k);
			overlays[i].open(&st);
			buf_printf(&out, "%s%dx%d\n", k ? "\n" : "", sizes[k].cols, sizes[k].rows);
			stage_shot(&st, &out);
			end(&st);
		}
		wrong += !golden_equal(name, buf_str(&out));
		buf_finish(&out);
	}
	return wrong;
}

static void
overlay__each__as_last_read(void **state)
{
	(void)state;
	assert_int_equal(each_overlay(NULL), 0);
}

static void
overlay__each__in_chinese(void **state)
{
	int wrong;

	(void)state;
	if (!stage_language("zh_CN"))
		skip();
	wrong = each_overlay("zh");
	stage_language("en");
	assert_int_equal(wrong, 0);
}

/* How it is painted at 80x24: nothing may be said by colour alone. */
static void
overlay__each__in_colour_and_without(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(overlays); i++) {
		struct buf out = BUF_INIT(4u << 20);
		autofree char *name = xasprintf("overlay-%s-painted", overlays[i].name);
		struct stage st;

		begin(&st, 1);
		overlays[i].open(&st);
		stage_shot(&st, &out);
		buf_add_str(&out, "\ntrue colour\n");
		stage_shot_painted(&st, DEPTH_TRUE, &out);
		buf_add_str(&out, "\nwithout colour\n");
		stage_shot_painted(&st, DEPTH_MONO, &out);
		end(&st);
		wrong += !golden_equal(name, buf_str(&out));
		buf_finish(&out);
	}
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(overlay__each__as_last_read),
		cmocka_unit_test(overlay__each__in_chinese),
		cmocka_unit_test(overlay__each__in_colour_and_without),
	};

	stage_world();
	return cmocka_run_group_tests(tests, make_past, drop_past);
}
