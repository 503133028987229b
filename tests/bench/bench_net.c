/*
 * The engine that asks models, against a server of its own on loopback: request on a warm
 * connection, 2 MB in 20-byte deltas, memory while 50 MB arrive, size of the first request.
 */
#include "agent/base/clock.h"
#include "agent/llm/model_engine.h"
#include "agent/tools/tool.h"
#include "tests/support/model_server.h"
#include <sys/resource.h>
#include <time.h>

struct run {
	uv_loop_t loop;
	struct places places;
	struct engine *engine;
	char *url;
	bool over;
	double asked, sent, answered;
	size_t bytes, text;
};

static double
now_ms(clockid_t c)
{
	struct timespec t;

	clock_gettime(c, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static const char *
get(void *user, const char *key)
{
	struct run *r = user;

	if (str_eq(key, "provider.box.kind"))
		return "openai-chat";
	if (str_eq(key, "provider.box.base_url"))
		return r->url;
	return str_starts(key, "net.") && str_ends(key, "timeout") ? "20" : "";
}

static const struct strv *
list(void *user, const char *key)
{
	static const struct strv none;

	(void)user;
	(void)key;
	return &none;
}

static void
s_text(void *user, struct slice s)
{
	((struct run *)user)->text += s.n;
}

static void
s_plan(void *user, const char *json)
{
	(void)user;
	(void)json;
}

static void
s_call(void *user, const char *id, const char *tool, struct slice args)
{
	(void)user;
	(void)id;
	(void)tool;
	(void)args;
}

static void
s_turn(void *user, struct slice json, const char *stop)
{
	(void)user;
	(void)json;
	(void)stop;
}

static bool
s_request(void *user, const struct engine_request *q)
{
	((struct run *)user)->bytes = q->body.n;
	return true;
}

static void
s_reply(void *user, int status, int64_t ms, int64_t first, int64_t bytes)
{
	struct run *r = user;

	(void)status;
	(void)ms;
	(void)first;
	(void)bytes;
	r->answered = now_ms(CLOCK_MONOTONIC);
}

static void
s_usage(void *user, const struct engine_usage *u)
{
	(void)user;
	(void)u;
}

static void
s_retry(void *user, const struct engine_retry *q)
{
	(void)user;
	(void)q;
}

static void
s_notice(void *user, const char *level, const char *sentence)
{
	(void)user;
	(void)level;
	(void)sentence;
}

static void
s_end(void *user, enum engine_end how, const struct err *err)
{
	(void)how;
	(void)err;
	((struct run *)user)->over = true;
}

static const struct engine_sink sink = { .text = s_text, .reasoning = s_text, .plan = s_plan,
	.call = s_call, .turn = s_turn, .request = s_request, .reply = s_reply,
	.usage = s_usage, .retry = s_retry, .notice = s_notice, .end = s_end };

static void
ask(struct run *r)
{
	struct engine_tool tools[64];
	struct engine_item item = { .kind = ITEM_REQUEST, .seq = 1,
		.text = SLICE_LIT("what is in this folder?") };
	struct engine_input in = { .task = 1, .turn = 1, .cwd = "/home/u/work", .home = "/home/u",
		.mode = "step", .language = "en", .model = "box/m", .items = &item, .n_items = 1,
		.tools = tools, .now_ms = clock_wall(&clock_system) };
	struct err err = { 0 };

	for (const struct tool *const *t = tool_table; *t; t++)
		if ((*t)->flags & TOOL_CORE)
			tools[in.n_tools++] = (struct engine_tool){ (*t)->name, (*t)->summary,
				(*t)->schema, (*t)->risk == RISK_READ };
	r->over = false;
	r->text = 0;
	r->asked = now_ms(CLOCK_MONOTONIC);
	if (!r->engine->ops->think(r->engine, &in, &sink, r, &err))
		bug("%s", err.text);
	while (!r->over)
		uv_run(&r->loop, UV_RUN_ONCE);
}

static void
begin(struct run *r, const struct model_server *s)
{
	static char nowhere[] = "/nonexistent", share[] = "agent/data";
	struct model_engine_opts o = { .loop = &r->loop, .clock = &clock_system,
		.places = &r->places, .settings = { get, list, r } };

	memset(r, 0, sizeof(*r));
	r->places = (struct places){ .state = nowhere, .data = nowhere, .share = share,
		.libexec = nowhere };
	r->url = xasprintf("http://127.0.0.1:%d/v1", ms_port(s));
	uv_loop_init(&r->loop);
	r->engine = model_engine_create(&o);
}

static void
end(struct run *r)
{
	r->engine->ops->destroy(r->engine);
	uv_run(&r->loop, UV_RUN_DEFAULT);
	uv_loop_close(&r->loop);
	free(r->url);
}

static int
by_size(const void *a, const void *b)
{
	return *(const double *)a > *(const double *)b ? 1 : -1;
}

/* Enter to the whole short answer: more than what is asked for, and measured from outside. */
static void
bench_warm(void)
{
	struct ms_reply reply = { .body = ms_text(LLM_OPENAI_CHAT, "yes") };
	struct model_server *s = ms_start(&reply, 1);
	double v[41];
	struct run r;

	begin(&r, s);
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		ask(&r);
		v[i] = r.answered - r.asked;
	}
	qsort(v + 1, ARRAY_LEN(v) - 1, sizeof(*v), by_size);
	printf("BENCH net_warm_request value=%.2f limit=5 unit=ms\n", v[1 + (ARRAY_LEN(v) - 1) / 2]);
	printf("BENCH net_first_request value=%zu limit=5120 unit=bytes\n", r.bytes);
	end(&r);
	ms_stop(s);
}

static char *
deltas(size_t bytes, size_t piece)
{
	struct buf b = BUF_INIT(512u << 20);

	for (size_t sent = 0; sent < bytes; sent += piece) {
		buf_add_str(&b, "data: {\"id\":\"chatcmpl-mock\",\"object\":\"chat.completion.chunk\","
				"\"created\":1700000000,\"model\":\"mock\",\"choices\":[{\"index\":0,"
				"\"delta\":{\"content\":\"");
		for (size_t i = 0; i < piece; i++)
			buf_add_char(&b, (char)('a' + i % 26));
		buf_add_str(&b, "\"},\"finish_reason\":null}]}\n\n");
	}
	buf_add_str(&b, "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
			"data: [DONE]\n\n");
	return buf_steal(&b);
}

static void
bench_stream(void)
{
	struct ms_reply reply = { .body = deltas(2u << 20, 20) };
	struct model_server *s = ms_start(&reply, 1);
	double cpu;
	struct run r;

	begin(&r, s);
	cpu = now_ms(CLOCK_THREAD_CPUTIME_ID);
	ask(&r);
	cpu = now_ms(CLOCK_THREAD_CPUTIME_ID) - cpu;
	if (r.text < 2u << 20)
		bug("the text is not whole");
	printf("BENCH net_stream_2mb_cpu value=%.0f limit=200 unit=ms\n", cpu);
	end(&r);
	ms_stop(s);
}

static void
bench_memory(void)
{
	struct ms_reply reply = { .body = deltas(50u << 20, 4000) };
	struct model_server *s = ms_start(&reply, 1);
	struct rusage before, after;
	struct run r;

	begin(&r, s);
	getrusage(RUSAGE_SELF, &before);
	ask(&r);
	getrusage(RUSAGE_SELF, &after);
	printf("BENCH net_reply_50mb_memory value=%.1f limit=40 unit=MB\n",
		(double)(after.ru_maxrss - before.ru_maxrss) / 1024);
	end(&r);
	ms_stop(s);
}

int
main(void)
{
	bench_warm();
	bench_memory(); /* before the others raise the peak */
	bench_stream();
	return 0;
}
