/* Pictures on their way to a model: read by the tool, kept in the journal, sent in each dialect. */
#include "tests/support/play.h"
#include "agent/base/base64.h"
#include "agent/base/hash.h"
#include "agent/base/path.h"
#include "agent/llm/context.h"

/* What a program that reads headers takes for a PNG of 640 x 480. */
static const char png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xe0\x08\x02\0\0\0pixels";
#define PNG ((struct slice){ png, sizeof(png) - 1 })

static void
write_png(struct play *p, const char *name)
{
	autofree char *path = xasprintf("%s/%s", p->w.home, name);

	assert_true(path_write_file(path, PNG, 0600, NULL));
}

static char *
png_base64(void)
{
	struct buf b = BUF_INIT(4096);

	assert_true(base64_add(&b, PNG));
	return buf_steal(&b);
}

static void
base64__every_tail(void **state)
{
	static const char *const pairs[][2] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" },
		{ "foo", "Zm9v" }, { "foob", "Zm9vYg==" }, { "\xff\xfe\xfd", "//79" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		autobuf struct buf b = BUF_INIT(64), small = BUF_INIT(3);

		assert_true(base64_add(&b, slice_of(pairs[i][0])));
		assert_string_equal(buf_str(&b), pairs[i][1]);
		assert_true(base64_add(&small, slice_of(pairs[i][0])) == !*pairs[i][0]);
	}
}

/* read, then the end; the second request is returned, owned. */
static char *
look(enum llm_kind kind, const char *images, struct play *p)
{
	struct ms_reply r[2] = { { .body = ms_call(kind, "read", "{\"path\":\"shot.png\"}") },
		{ .body = ms_text(kind, "a lobster") } };
	struct model_server *s = ms_start(r, 2);
	autofree char *url = play_url("box", s);
	autofree char *dialect = xasprintf("provider.box.kind=%s", llm_kind_name(kind));
	autofree char *can = xasprintf("provider.box.images=%s", images);
	const char *const settings[] = { url, dialect, can, NULL };
	char *body;

	play_begin(p, settings);
	write_png(p, "shot.png");
	play_run(p, "box/m", "what is on shot.png?");
	assert_string_equal(p->state, "done");
	assert_int_equal(ms_count(s), 2);
	body = ms_body(s, 1);
	ms_stop(s);
	return body;
}

/* Where each dialect has its picture: path and value around the base64 text. */
static const struct {
	const char *path, *before;
} places[LLM_KIND_COUNT] = {
	[LLM_OPENAI_CHAT] = { "messages.4.content.1.image_url.url", "data:image/png;base64," },
	[LLM_OPENAI_RESPONSES] = { "input.4.content.1.image_url", "data:image/png;base64," },
	[LLM_ANTHROPIC] = { "messages.2.content.0.content.1.source.data", "" },
	[LLM_GEMINI] = { "contents.3.parts.1.inlineData.data", "" },
	[LLM_OLLAMA] = { "messages.3.images.0", "" },
};

static void
picture__every_dialect_gets_it_where_it_wants_it(void **state)
{
	autofree char *text = png_base64();

	(void)state;
	for (int k = 0; k < LLM_KIND_COUNT; k++) {
		struct play p;
		autofree char *body = look((enum llm_kind)k, "yes", &p);
		autojson cJSON *root = json_parse(slice_of(body), NULL);
		autofree char *want = xasprintf("%s%s", places[k].before, text);
		const cJSON *at = json_at(root, places[k].path);

		if (!cJSON_IsString(at) || !str_eq(at->valuestring, want))
			fail_msg("%s: %s", llm_kind_name(k), body);
		assert_non_null(strstr(body, "640 x 480"));
		play_end(&p);
	}
}

static void
picture__a_model_that_takes_none_is_told(void **state)
{
	autofree char *text = png_base64();

	(void)state;
	for (int k = 0; k < LLM_KIND_COUNT; k++) {
		struct play p;
		/* Nothing is known of box/m: it is not tried. */
		autofree char *body = look((enum llm_kind)k, k % 2 ? "auto" : "no", &p);

		assert_null(strstr(body, text));
		assert_non_null(strstr(body, "you take no pictures"));
		play_end(&p);
	}
}

static char *
picture_facts(char *hex)
{
	unsigned char h[HASH_LEN];

	hash_bytes(png, PNG.n, h);
	hash_hex(h, hex);
	return xasprintf("\"type\":\"image/png\",\"width\":640,\"height\":480,\"bytes\":%zu,\"sha256\":\"%s\"",
		PNG.n, hex);
}

/* The bytes stand once in the journal, by their hash; requests name them. */
static void
picture__the_journal_holds_it_once(void **state)
{
	autofree char *text = png_base64();
	char hex[HASH_HEX_LEN];
	autofree char *facts = picture_facts(hex);
	struct play p;
	autofree char *body = look(LLM_ANTHROPIC, "yes", &p);
	const char *image, *request;

	(void)state;
	assert_non_null(strstr(body, text));
	image = strstr(buf_str(&p.lines), "\"kind\":\"image\"");
	assert_non_null(image);
	assert_non_null(strstr(image, facts));
	assert_null(strstr(buf_str(&p.lines), text));
	request = strstr(image, "\"kind\":\"model_request\"");
	assert_non_null(request);
	assert_non_null(strstr(request, "\"media_type\":\"image/png\",\"data\":\"#"));
	play_end(&p);
}

/* Begun on one dialect, the task goes on with the next, which sees the picture too. */
static void
picture__survives_a_switch_and_a_restart(void **state)
{
	autofree char *text = png_base64();

	(void)state;
	for (int k = 0; k < LLM_KIND_COUNT; k++) {
		int next = (k + 1) % LLM_KIND_COUNT;
		struct ms_reply r = { .body = ms_text((enum llm_kind)next, "still a lobster") };
		struct play p;
		autofree char *first = look((enum llm_kind)k, "yes", &p), *body = NULL;
		const char *seen = strstr(first, text);
		struct model_server *s = ms_start(&r, 1);
		autofree char *url = play_url("two", s);
		autofree char *dialect = xasprintf("provider.two.kind=%s", llm_kind_name(next));

		assert_non_null(seen);
		assert_true(config_override(p.w.config, url, NULL));
		assert_true(config_override(p.w.config, dialect, NULL));
		assert_true(config_override(p.w.config, "provider.two.images=yes", NULL));
		/* Read back from the journal, as after a restart. */
		play_go_on(&p, "two/n", "and its colour?", 1);
		assert_string_equal(p.state, "done");
		body = ms_body(s, 0);
		if (!strstr(body, text))
			fail_msg("%s to %s: %s", llm_kind_name(k), llm_kind_name(next), body);
		play_end(&p);
		ms_stop(s);
	}
}

/* Refused once, it is told in words, and the task does not end of it. */
static void
picture__refused_by_the_server__goes_on_in_words(void **state)
{
	struct ms_reply r[5] = { { .body = ms_call(LLM_OPENAI_CHAT, "read", "{\"path\":\"shot.png\"}") },
		{ .status = 400, .type = "application/json",
			.body = xstrdup("{\"error\":{\"message\":\"unsupported image\",\"type\":\"invalid_request_error\"}}") },
		{ .body = ms_call(LLM_OPENAI_CHAT, "list", "{\"path\":\".\"}") },
		{ .body = ms_text(LLM_OPENAI_CHAT, "I cannot see it") } };
	struct model_server *s = ms_start(r, 4);
	autofree char *url = play_url("box", s), *text = png_base64();
	const char *const settings[] = { url, "provider.box.kind=openai-chat", "provider.box.images=yes", NULL };
	struct play p;

	(void)state;
	play_begin(&p, settings);
	write_png(&p, "shot.png");
	play_run(&p, "box/m", "what is on shot.png?");
	assert_string_equal(p.state, "done");
	assert_int_equal(ms_count(s), 4);
	for (size_t i = 0; i < 4; i++) {
		autofree char *body = ms_body(s, i);

		assert_true((strstr(body, text) != NULL) == (i == 1));
	}
	assert_non_null(strstr(buf_str(&p.notices), "without them"));
	play_end(&p);
	ms_stop(s);
}

/* The newest that fit go along, never none because of the others. */
static void
picture__the_oldest_are_left_out(void **state)
{
	static char turn[] = "{\"kind\":\"anthropic\",\"provider\":\"p\",\"model\":\"m\",\"text\":\"\","
		"\"calls\":[{\"id\":\"c\",\"name\":\"read\",\"args\":{}}]}";
	static const struct {
		size_t n, bytes, sent;
	} cases[] = { { 3, 5u << 20, 2 }, { 1, 5u << 20, 1 }, { 17, 1000, 13 }, { 16, 1000, 16 },
		{ 20, 1000, 16 } };
	autofree char *big = xmalloc(5u << 20);

	(void)state;
	memset(big, 'A', 5u << 20);
	for (size_t k = 0; k < ARRAY_LEN(cases); k++) {
		struct engine_image im[20];
		struct engine_item items[41] = { { .kind = ITEM_REQUEST, .seq = 1, .text = SLICE_LIT("go") } };
		struct engine_input in = { .task = 1, .turn = 30, .items = items };
		struct context c;
		size_t sent = 0;

		in.n_items = 1;
		for (size_t i = 0; i < cases[k].n; i++) {
			im[i] = (struct engine_image){ "image/png", { big, cases[k].bytes }, (int64_t)(100 + i) };
			items[in.n_items++] = (struct engine_item){ .kind = ITEM_TURN, .turn = (int)i + 1,
				.engine = "model", .model = "p/m", .text = slice_of(turn) };
			items[in.n_items++] = (struct engine_item){ .kind = ITEM_RESULT, .turn = (int)i + 1,
				.call = (int)i + 1, .id = "c", .tool = "read", .text = SLICE_LIT("[picture]"),
				.images = &im[i], .n_images = 1 };
		}
		context_build(&in, 0, true, &c);
		for (size_t i = 0; i < c.n; i++)
			sent += c.msgs[i].n_images;
		assert_int_equal(sent, cases[k].sent);
		assert_int_equal(c.msgs[c.n - 1].n_images, 1);
		if (sent < cases[k].n)
			assert_non_null(strstr(c.msgs[2].text.p, "read it again"));
		context_finish(&c);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64__every_tail),
		cmocka_unit_test(picture__every_dialect_gets_it_where_it_wants_it),
		cmocka_unit_test(picture__a_model_that_takes_none_is_told),
		cmocka_unit_test(picture__the_journal_holds_it_once),
		cmocka_unit_test(picture__the_oldest_are_left_out),
		cmocka_unit_test(picture__refused_by_the_server__goes_on_in_words),
		cmocka_unit_test(picture__survives_a_switch_and_a_restart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
