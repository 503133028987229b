/*
 * Every recorded pair of a reply and the request that followed it: the follow-up built from the
 * decoded and kept reply must carry what the provider accepted: the same calls with the same
 * ids, the results paired with them in order, and all opaque state. Skipped without the folder.
 */
#include <glob.h>
#include "tests/support/test.h"

#include "agent/base/json.h"
#include "agent/base/path.h"
#include "agent/llm/llm.h"

#define FILE_MAX (32u << 20)
#define MSG_MAX 512
#define IMAGE "[image] "

/* One thing said in a request, whatever the dialect. */
enum said { SAID_SYSTEM, SAID_USER, SAID_ASSISTANT, SAID_CALL, SAID_RESULT, SAID_OPAQUE };
static const char *const said_names[] = { "system", "user", "assistant", "call", "result",
	"opaque" };

struct entry {
	enum said what;
	char *id, *name, *text;
};

struct story {
	struct entry v[MSG_MAX];
	size_t n;
};

static void
tell(struct story *s, enum said what, const char *id, const char *name, const char *text)
{
	assert_true(s->n < MSG_MAX);
	s->v[s->n++] = (struct entry){ what, xstrdup(id ? id : ""), xstrdup(name ? name : ""),
		xstrdup(text ? text : "") };
}

static void
story_finish(struct story *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->v[i].id);
		free(s->v[i].name);
		free(s->v[i].text);
	}
	s->n = 0;
}

static cJSON *
load(const char *path)
{
	autobuf struct buf b = BUF_INIT(FILE_MAX);

	if (access(path, R_OK) != 0 || !path_read_file(path, &b, NULL))
		return NULL;
	return cJSON_ParseWithLength(b.p, b.len);
}

/* A content of any shape as text: parts joined. Owned. */
static char *
text_of(const cJSON *c)
{
	struct buf b = BUF_INIT(FILE_MAX);

	if (cJSON_IsString(c))
		return xstrdup(c->valuestring);
	if (cJSON_IsArray(c))
		for (const cJSON *p = c->child; p; p = p->next) {
			buf_add_str(&b, cJSON_IsString(p) ? p->valuestring : json_str(p, "text", ""));
			if (json_at(p, "source.data"))
				buf_printf(&b, IMAGE "%s", json_at(p, "source.data")->valuestring);
		}
	else if (cJSON_IsObject(c) && c->child && cJSON_IsString(c->child))
		buf_add_str(&b, c->child->valuestring);
	return buf_steal(&b);
}

/* Arguments in one spelling; one recorded client encoded them twice. Owned. */
static char *
args_of(const cJSON *a)
{
	autojson cJSON *one = cJSON_IsString(a) ? cJSON_Parse(a->valuestring) :
						 cJSON_Duplicate(a, 1);
	autojson cJSON *two = cJSON_IsString(one) ? cJSON_Parse(one->valuestring) : NULL;
	char *s = cJSON_PrintUnformatted(two ? two : one);
	char *ret = xstrdup(s ? s : "{}");

	cJSON_free(s);
	return ret;
}

static bool has_opaque(const struct story *s, const char *text);

/* Each value once: some clients send one thing under two names. */
static void
opaque(struct story *s, const char *text)
{
	autofree char *t = NULL;

	if (!text || !*text)
		return;
	t = xstrdup(text);
	for (char *p = t; *p; p++) /* url-safe base64 is the same state */
		*p = *p == '-' ? '+' : *p == '_' ? '/' : *p;
	if (!has_opaque(s, t))
		tell(s, SAID_OPAQUE, NULL, NULL, t);
}

static void
read_chat(struct story *s, const cJSON *root)
{
	const cJSON *m, *c;

	cJSON_ArrayForEach(m, json_get(root, "messages"))
	{
		const char *role = json_str(m, "role", "");
		autofree char *text = text_of(json_get(m, "content"));

		if (str_eq(role, "system") || str_eq(role, "developer"))
			tell(s, SAID_SYSTEM, NULL, NULL, text);
		else if (str_eq(role, "user"))
			tell(s, SAID_USER, NULL, NULL, text);
		else if (str_eq(role, "tool"))
			tell(s, SAID_RESULT, json_str(m, "tool_call_id", ""), NULL, text);
		else {
			opaque(s, json_str(m, "reasoning_content", NULL));
			if (!json_get(m, "reasoning_details"))
				opaque(s, json_str(m, "reasoning", NULL));
			cJSON_ArrayForEach(c, json_get(m, "reasoning_details"))
			{
				opaque(s, json_str(c, "signature", NULL));
				opaque(s, json_str(c, "data", NULL));
			}
			if (*text)
				tell(s, SAID_ASSISTANT, NULL, NULL, text);
			cJSON_ArrayForEach(c, json_get(m, "tool_calls"))
			{
				autofree char *a = args_of(json_at(c, "function.arguments"));

				tell(s, SAID_CALL, json_str(c, "id", ""),
					json_str(json_get(c, "function"), "name", ""), a);
			}
		}
	}
}

static void
read_blocks(struct story *s, const char *role, const cJSON *content)
{
	const cJSON *b;

	if (cJSON_IsString(content)) {
		tell(s, str_eq(role, "user") ? SAID_USER : SAID_ASSISTANT, NULL, NULL,
			content->valuestring);
		return;
	}
	cJSON_ArrayForEach(b, content)
	{
		const char *type = json_str(b, "type", "");

		if (str_eq(type, "tool_use")) {
			autofree char *a = args_of(json_get(b, "input"));

			tell(s, SAID_CALL, json_str(b, "id", ""), json_str(b, "name", ""), a);
		} else if (str_eq(type, "tool_result")) {
			autofree char *t = text_of(json_get(b, "content"));

			tell(s, SAID_RESULT, json_str(b, "tool_use_id", ""), NULL, t);
		} else if (str_eq(type, "text")) {
			tell(s, str_eq(role, "user") ? SAID_USER : SAID_ASSISTANT, NULL, NULL,
				json_str(b, "text", ""));
		} else {
			opaque(s, json_str(b, "signature", NULL));
			opaque(s, json_str(b, "data", NULL));
		}
	}
}

static void
read_anthropic(struct story *s, const cJSON *root)
{
	autofree char *sys = text_of(json_get(root, "system"));
	const cJSON *m;

	if (*sys)
		tell(s, SAID_SYSTEM, NULL, NULL, sys);
	cJSON_ArrayForEach(m, json_get(root, "messages"))
		read_blocks(s, json_str(m, "role", ""), json_get(m, "content"));
}

static void
read_responses(struct story *s, const cJSON *root)
{
	const cJSON *input = json_get(root, "input"), *it;
	const cJSON *list = cJSON_IsArray(input) ? input : NULL;

	if (cJSON_IsString(json_get(root, "instructions")))
		tell(s, SAID_SYSTEM, NULL, NULL, json_str(root, "instructions", ""));
	if (cJSON_IsString(input))
		tell(s, SAID_USER, NULL, NULL, input->valuestring);
	cJSON_ArrayForEach(it, list)
	{
		const char *type = json_str(it, "type", "message");

		if (str_eq(type, "function_call")) {
			autofree char *a = args_of(json_get(it, "arguments"));

			tell(s, SAID_CALL, json_str(it, "call_id", ""), json_str(it, "name", ""), a);
		} else if (str_eq(type, "function_call_output")) {
			autofree char *t = text_of(json_get(it, "output"));

			tell(s, SAID_RESULT, json_str(it, "call_id", ""), NULL, t);
		} else if (str_eq(type, "reasoning")) {
			opaque(s, json_str(it, "encrypted_content", NULL));
		} else if (str_eq(type, "message")) {
			const char *role = json_str(it, "role", "");
			autofree char *t = text_of(json_get(it, "content"));

			tell(s,
				str_eq(role, "user")		? SAID_USER :
					str_eq(role, "assistant") ? SAID_ASSISTANT :
								    SAID_SYSTEM,
				NULL, NULL, t);
		}
	}
}

static void
read_gemini_part(struct story *s, const char *role, const cJSON *p)
{
	const cJSON *fc = json_get(p, "functionCall"), *fr = json_get(p, "functionResponse");

	opaque(s, json_str(p, "thoughtSignature", NULL));
	if (fc) {
		autofree char *a = args_of(json_get(fc, "args"));

		tell(s, SAID_CALL, json_str(fc, "id", ""), json_str(fc, "name", ""), a);
	} else if (fr) {
		autofree char *t = text_of(json_get(fr, "response"));

		tell(s, SAID_RESULT, json_str(fr, "id", ""), json_str(fr, "name", ""), t);
	} else if (*json_str(p, "text", "") && !json_bool(p, "thought", false)) {
		tell(s, str_eq(role, "user") ? SAID_USER : SAID_ASSISTANT, NULL, NULL,
			json_str(p, "text", ""));
	}
}

static void
read_gemini(struct story *s, const cJSON *root)
{
	autofree char *sys = text_of(json_at(root, "systemInstruction.parts"));
	const cJSON *c, *p;

	if (*sys)
		tell(s, SAID_SYSTEM, NULL, NULL, sys);
	cJSON_ArrayForEach(c, json_get(root, "contents"))
		cJSON_ArrayForEach(p, json_get(c, "parts"))
			read_gemini_part(s, json_str(c, "role", "user"), p);
}

static void
read_story(enum llm_kind kind, struct story *s, const cJSON *root)
{
	switch (kind) {
	case LLM_ANTHROPIC:
		read_anthropic(s, root);
		break;
	case LLM_OPENAI_RESPONSES:
		read_responses(s, root);
		break;
	case LLM_GEMINI:
		read_gemini(s, root);
		break;
	default:
		read_chat(s, root);
		break;
	}
}

static enum llm_kind
kind_of(const char *api)
{
	if (str_eq(api, "responses"))
		return LLM_OPENAI_RESPONSES;
	if (str_eq(api, "anthropic"))
		return LLM_ANTHROPIC;
	if (str_eq(api, "gemini"))
		return LLM_GEMINI;
	return str_eq(api, "ollama") ? LLM_OLLAMA : LLM_OPENAI_CHAT;
}

/* --- one pair --- */

struct pair {
	const char *name;
	enum llm_kind kind;
	struct story before, next, built;
	struct llm_kept kept;
	struct llm_message msgs[MSG_MAX];
	size_t n_msgs;
	struct slice system;
	struct buf body;
	struct llm_image image;
	size_t tail; /* where the reply begins in next */
};

static bool
decode_reply(struct pair *p, const char *path)
{
	struct llm_stream *s = llm_stream_create(&(struct llm_stream_opts){ .kind = p->kind });
	autobuf struct buf kept = BUF_INIT(FILE_MAX);
	struct llm_turn t;
	bool ok;

	if (!path_read_file(path, &p->body, NULL)) {
		llm_stream_destroy(s);
		return false;
	}
	llm_stream_feed(s, buf_slice(&p->body));
	llm_stream_finish(s, &t);
	llm_stream_destroy(s);
	ok = llm_turn_save(&t, p->kind, "test", "model", &kept) &&
		llm_kept_load(buf_slice(&kept), &p->kept, NULL);
	llm_turn_finish(&t);
	return ok;
}

/* Our history: the recorded system and user words, the kept reply, the recorded results. */
static void
make_history(struct pair *p)
{
	size_t calls = 0;

	for (size_t i = 0; i < p->next.n; i++) {
		const struct entry *e = &p->next.v[i];

		if (e->what == SAID_SYSTEM)
			p->system = slice_of(e->text);
		if (e->what == SAID_USER)
			p->msgs[p->n_msgs++] = (struct llm_message){ .role = LLM_USER,
				.text = slice_of(e->text) };
		if (i == p->tail)
			p->msgs[p->n_msgs++] = p->kept.msg;
		if (i <= p->tail || e->what != SAID_RESULT)
			continue;
		p->msgs[p->n_msgs++] = (struct llm_message){ .role = LLM_TOOL,
			.text = slice_of(e->text), .call = calls++ };
		if (str_starts(e->text, IMAGE)) {
			p->image = (struct llm_image){ "image/png",
				slice_of(e->text + strlen(IMAGE)) };
			p->msgs[p->n_msgs - 1].text = (struct slice){ NULL, 0 };
			p->msgs[p->n_msgs - 1].images = &p->image;
			p->msgs[p->n_msgs - 1].n_images = 1;
		}
	}
}

static bool
build(struct pair *p)
{
	struct llm_request r = { .kind = p->kind, .provider = "test", .model = "model",
		.system = p->system, .messages = p->msgs, .n_messages = p->n_msgs,
		.temperature = -1 };
	autobuf struct buf out = BUF_INIT(FILE_MAX);
	autojson cJSON *root = NULL;
	struct err err = { 0 };

	if (!llm_request_build(&r, &out, &err))
		fail_msg("%s: %s", p->name, err.text);
	root = cJSON_ParseWithLength(out.p, out.len);
	assert_non_null(root);
	read_story(p->kind, &p->built, root);
	return true;
}

static const struct entry *
nth(const struct story *s, size_t from, enum said what, size_t n)
{
	for (size_t i = from; i < s->n; i++)
		if (s->v[i].what == what && n-- == 0)
			return &s->v[i];
	return NULL;
}

static bool
has_opaque(const struct story *s, const char *text)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].what == SAID_OPAQUE && str_eq(s->v[i].text, text))
			return true;
	return false;
}

/* Calls and results in order, with ids. Where the recorded client made an id up itself (Gemini
 * 2 sends none), ours must leave it out on both sides. */
static int
check_order(struct pair *p, enum said what)
{
	int bad = 0;

	for (size_t i = 0;; i++) {
		const struct entry *a = nth(&p->next, p->tail, what, i);
		const struct entry *b = nth(&p->built, 0, what, i);

		if (!a && !b)
			return bad;
		if (a && b && str_eq(a->text, b->text) &&
			(str_eq(a->id, b->id) || (p->kind == LLM_GEMINI && !*b->id)) &&
			(what == SAID_RESULT || str_eq(a->name, b->name)))
			continue;
		print_message("%s: %s %zu: accepted %s %s %.80s, built %s %s %.80s\n", p->name,
			said_names[what], i, a ? a->id : "-", a ? a->name : "-", a ? a->text : "-",
			b ? b->id : "-", b ? b->name : "-", b ? b->text : "-");
		if (!a || !b)
			return bad + 1;
		bad++;
	}
}

/* Opaque state that was accepted and came with this reply must be in what we built. The final
 * object of a Responses stream holds another encryption of the same item than the event before
 * it: either is accepted, so there only the number counts. */
static int
check_opaque(struct pair *p)
{
	size_t ours = 0, theirs = 0;
	int bad = 0;

	for (size_t i = 0; i < p->built.n; i++)
		ours += p->built.v[i].what == SAID_OPAQUE;
	for (size_t i = p->tail; i < p->next.n; i++) {
		const struct entry *e = &p->next.v[i];

		if (e->what != SAID_OPAQUE)
			continue;
		theirs++;
		if (p->kind == LLM_OPENAI_RESPONSES || has_opaque(&p->built, e->text))
			continue;
		print_message("%s: opaque state is missing: %.120s\n", p->name, e->text);
		bad++;
	}
	if (ours < theirs) {
		print_message("%s: %zu opaque values accepted, %zu built\n", p->name, theirs, ours);
		bad++;
	}
	return bad;
}

/* Role order: between the reply's first word and the last result nothing stands out of place. */
static int
check_roles(struct pair *p)
{
	size_t i = p->built.n;
	int last = SAID_RESULT;

	while (i > 0) {
		const struct entry *e = &p->built.v[--i];

		if (e->what == SAID_OPAQUE)
			continue;
		if (e->what == SAID_USER || e->what == SAID_SYSTEM)
			break;
		if ((int)e->what > last) {
			print_message("%s: %s after %s\n", p->name, said_names[e->what],
				said_names[last]);
			return 1;
		}
		last = (int)e->what;
	}
	return 0;
}

static int
check_pair(const char *next_path)
{
	static struct pair p;
	autofree char *base = xstrndup(next_path, strlen(next_path) - strlen(".next_request.json"));
	autofree char *meta_path = xasprintf("%s.meta.json", base);
	autofree char *req_path = xasprintf("%s.request.json", base);
	autofree char *sse = xasprintf("%s.sse", base), *nd = xasprintf("%s.ndjson", base);
	autojson cJSON *meta = load(meta_path), *req = load(req_path), *next = load(next_path);
	const char *name = strstr(base, "/wire/");
	int bad;

	p = (struct pair){ .name = name ? name + 6 : base, .body = BUF_INIT(FILE_MAX) };
	assert_non_null(meta);
	assert_non_null(next);
	p.kind = kind_of(json_str(meta, "api", ""));
	assert_true(decode_reply(&p, access(sse, R_OK) == 0 ? sse : nd));
	read_story(p.kind, &p.before, req);
	read_story(p.kind, &p.next, next);
	/* The reply begins behind what was asked. */
	for (size_t i = 0; i < p.next.n; i++)
		if (p.next.v[i].what == SAID_USER || p.next.v[i].what == SAID_SYSTEM)
			p.tail = i + 1;
	if (req && p.tail < p.before.n)
		p.tail = p.before.n;
	make_history(&p);
	build(&p);
	bad = check_order(&p, SAID_CALL) + check_order(&p, SAID_RESULT) + check_opaque(&p) +
		check_roles(&p);
	llm_kept_finish(&p.kept);
	buf_finish(&p.body);
	story_finish(&p.before);
	story_finish(&p.next);
	story_finish(&p.built);
	return bad;
}

static void
next_request__build__carries_what_was_accepted(void **state UNUSED)
{
	const char *shared = getenv("HOMARD_SHARED");
	autofree char *pattern = xasprintf("%s/wire/*/*.next_request.json",
		shared && *shared ? shared : "../shared");
	size_t bad = 0;
	glob_t g;

	if (glob(pattern, 0, NULL, &g) != 0) {
		free(steal_ptr(&pattern)); /* skip() jumps over the cleanup */
		skip();
	}
	for (size_t i = 0; i < g.gl_pathc; i++)
		bad += check_pair(g.gl_pathv[i]) > 0;
	print_message("%zu of %zu follow-up requests carry what was accepted\n",
		g.gl_pathc - bad, g.gl_pathc);
	globfree(&g);
	assert_int_equal(bad, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(next_request__build__carries_what_was_accepted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
