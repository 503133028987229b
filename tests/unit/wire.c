/*
 * Every recorded reply in the shared folder, fed whole and in pieces of 1 to 7 bytes, against
 * what it is known to mean. One test per provider folder; skipped where the folder is absent.
 */
#include <dirent.h>
#include "tests/support/test.h"

#include "agent/base/json.h"
#include "agent/base/path.h"
#include "agent/llm/llm.h"

#define CASES_MAX 512
#define FILE_MAX (32u << 20)

static char wire_dir[4096];

static void
find_wire(void)
{
	const char *shared = getenv("HOMARD_SHARED");

	snprintf(wire_dir, sizeof(wire_dir), "%s/wire", shared && *shared ? shared : "../shared");
	if (access(wire_dir, R_OK) != 0)
		wire_dir[0] = '\0';
}

static cJSON *
load_json(const char *dir, const char *name, const char *suffix)
{
	autofree char *path = xasprintf("%s/%s%s", dir, name, suffix);
	autobuf struct buf b = BUF_INIT(FILE_MAX);

	if (access(path, R_OK) != 0 || !path_read_file(path, &b, NULL))
		return NULL;
	return cJSON_ParseWithLength(b.p, b.len);
}

static bool
same(const cJSON *a, const cJSON *b)
{
	const cJSON *c, *d;

	if (!a || !b)
		return (!a || cJSON_IsNull(a)) && (!b || cJSON_IsNull(b));
	if ((a->type & 0xff) != (b->type & 0xff))
		return false;
	if (cJSON_IsString(a))
		return str_eq(a->valuestring, b->valuestring);
	if (cJSON_IsNumber(a))
		return a->valuedouble == b->valuedouble;
	if (cJSON_GetArraySize(a) != cJSON_GetArraySize(b))
		return false;
	for (c = a->child, d = b->child; c && d; c = c->next, d = d->next) {
		const cJSON *other =
			cJSON_IsObject(a) ? cJSON_GetObjectItemCaseSensitive(b, c->string) : d;

		if (!other || !same(c, other))
			return false;
	}
	return true;
}

/* Every member of the expectation; prints the first difference of each. */
static int
compare(const char *what, const cJSON *want, const cJSON *got)
{
	int bad = 0;

	for (const cJSON *w = want->child; w; w = w->next) {
		const cJSON *g = cJSON_GetObjectItemCaseSensitive(got, w->string);

		if (same(w, g))
			continue;
		bad++;
		if (getenv("WIRE_VERBOSE")) {
			autofree char *a = cJSON_PrintUnformatted(w), *b = cJSON_PrintUnformatted(g);
			print_message("%s %s\n  want %.1500s\n  got  %.1500s\n", what, w->string, a, b);
		} else {
			print_message("%s: %s differs\n", what, w->string);
		}
	}
	return bad;
}

static enum llm_kind
kind_of(const cJSON *meta)
{
	const char *api = json_str(meta, "api", "");

	if (str_eq(api, "responses"))
		return LLM_OPENAI_RESPONSES;
	if (str_eq(api, "anthropic"))
		return LLM_ANTHROPIC;
	if (str_eq(api, "gemini"))
		return LLM_GEMINI;
	if (str_eq(api, "ollama"))
		return LLM_OLLAMA;
	return LLM_OPENAI_CHAT;
}

static cJSON *
decode(enum llm_kind kind, struct slice body, size_t step)
{
	struct llm_stream *s = llm_stream_create(&(struct llm_stream_opts){ .kind = kind });
	autobuf struct buf out = BUF_INIT(FILE_MAX);
	struct llm_turn t;

	for (size_t at = 0; at < body.n; at += step)
		if (!llm_stream_feed(s, (struct slice){ body.p + at, MIN_OF(step, body.n - at) }))
			break;
	llm_stream_finish(s, &t);
	llm_stream_destroy(s);
	assert_true(llm_turn_to_json(&t, kind, &out));
	llm_turn_finish(&t);
	return cJSON_ParseWithLength(out.p, out.len);
}

/* The same events framed as other servers would. */
static void
reframe(struct slice body, int how, struct buf *out)
{
	static const char *const ends[] = { "\r\n", "\r", "\n" };

	if (how == 3)
		buf_add_str(out, "\xef\xbb\xbf: hello\n\n");
	while (body.p && body.n) {
		struct slice line = slice_line(&body);

		if (how == 2 && slice_starts(line, "data: ")) {
			buf_add_str(out, "data:");
			line.p += 6;
			line.n -= 6;
		}
		buf_add_slice(out, line);
		buf_add_str(out, ends[how < 2 ? how : 2]);
		if (how == 3 && line.n == 0)
			buf_add_str(out, ": keep-alive\n\n\n");
	}
	while (how == 2 && out->len && strchr("\r\n", out->p[out->len - 1]))
		buf_truncate(out, out->len - 1);
}

static int
check_framings(const char *what, const cJSON *want, enum llm_kind kind, struct slice body)
{
	int bad = 0;

	for (int how = 0; how < 4 && kind != LLM_OLLAMA; how++) {
		autobuf struct buf other = BUF_INIT(FILE_MAX);
		autojson cJSON *got = NULL;

		reframe(body, how, &other);
		got = decode(kind, buf_slice(&other), 1021);
		assert_non_null(got);
		bad += compare(what, want, got);
	}
	return bad;
}

static bool
read_body(const char *dir, const char *name, struct buf *b)
{
	static const char *const suffixes[] = { ".sse", ".ndjson", ".body" };

	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		autofree char *path = xasprintf("%s/%s%s", dir, name, suffixes[i]);

		if (access(path, R_OK) == 0)
			return path_read_file(path, b, NULL);
	}
	return false;
}

static int
check_stream(const char *what, const cJSON *want, enum llm_kind kind, struct slice body)
{
	struct llm_error e;
	int bad = 0;

	/* With its status told, a stream is still a stream. */
	assert_false(llm_error_decode(kind, 200, NULL, 0, body, 0, &e));
	for (size_t step = 0; step <= 7; step++) {
		autojson cJSON *got = decode(kind, body, step ? step : MAX_OF(body.n, 1));

		assert_non_null(got);
		bad += compare(what, want, got);
		if (bad)
			break;
	}
	return bad;
}

static int
check_error(const char *what, const cJSON *want, const cJSON *meta, struct slice body)
{
	const cJSON *hs = json_get(meta, "response_headers");
	struct llm_header headers[128];
	autobuf struct buf out = BUF_INIT(FILE_MAX);
	autojson cJSON *got = NULL;
	struct llm_error e;
	size_t n = 0;
	int bad;

	for (const cJSON *h = hs ? hs->child : NULL; h && n < ARRAY_LEN(headers); h = h->next)
		if (cJSON_IsString(h))
			headers[n++] = (struct llm_header){ h->string, h->valuestring };
	assert_true(llm_error_decode(LLM_OPENAI_CHAT, (int)json_i64(meta, "status", 0), headers, n,
		body, 0, &e));
	assert_true(llm_error_to_json(&e, &out));
	llm_error_finish(&e);
	got = cJSON_ParseWithLength(out.p, out.len);
	assert_non_null(got);
	bad = compare(what, want, got);
	return bad + compare(what, json_get(want, "error"), json_get(got, "error"));
}

static int
check_case(const char *dir, const char *provider, const char *name)
{
	autojson cJSON *want = load_json(dir, name, ".expect.json");
	autojson cJSON *meta = load_json(dir, name, ".meta.json");
	autofree char *what = xasprintf("%s/%s", provider, name);
	autobuf struct buf body = BUF_INIT(FILE_MAX);

	assert_non_null(want);
	assert_non_null(meta);
	if (!read_body(dir, name, &body)) {
		print_message("%s: no body\n", what);
		return 1;
	}
	if (str_starts(name, "err-"))
		return check_error(what, want, meta, buf_slice(&body));
	return check_stream(what, want, kind_of(meta), buf_slice(&body)) +
		check_framings(what, want, kind_of(meta), buf_slice(&body));
}

static void
wire__decode__provider(void **state)
{
	const char *provider = *state;
	autofree char *dir = xasprintf("%s/%s", wire_dir, provider);
	struct dirent *e;
	int bad = 0, cases = 0;
	DIR *d;

	d = wire_dir[0] ? opendir(dir) : NULL;
	if (!d) {
		free(steal_ptr(&dir)); /* skip() jumps over the cleanup */
		skip();
	}
	while ((e = readdir(d))) {
		autofree char *name = NULL;

		if (!str_ends(e->d_name, ".expect.json"))
			continue;
		name = xstrndup(e->d_name, strlen(e->d_name) - strlen(".expect.json"));
		cases++;
		bad += check_case(dir, provider, name) > 0;
	}
	closedir(d);
	print_message("%s: %d of %d cases equal\n", provider, cases - bad, cases);
	assert_int_equal(bad, 0);
}

#define PROVIDER(name)                                                                             \
	{ "wire__decode__" name, wire__decode__provider, NULL, NULL, (void *)(name) }

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PROVIDER("anthropic"),
		PROVIDER("azure"),
		PROVIDER("cerebras"),
		PROVIDER("databricks"),
		PROVIDER("deepseek"),
		PROVIDER("deepseek-gw"),
		PROVIDER("gemini"),
		PROVIDER("gpustack"),
		PROVIDER("groq"),
		PROVIDER("huggingface"),
		PROVIDER("kimi"),
		PROVIDER("llamacpp"),
		PROVIDER("lmstudio"),
		PROVIDER("minimax"),
		PROVIDER("mistral"),
		PROVIDER("ollama"),
		PROVIDER("openai-chat"),
		PROVIDER("openai-responses"),
		PROVIDER("openrouter"),
		PROVIDER("other-compat"),
		PROVIDER("qwen"),
		PROVIDER("together"),
		PROVIDER("vercel-gateway"),
		PROVIDER("vllm"),
		PROVIDER("xai"),
		PROVIDER("zai"),
	};

	find_wire();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
