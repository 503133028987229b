/* A loop of its own for each request. */
#include "tests/support/fetch.h"

static void
on_head(void *user, int status, const struct http_header *h, size_t n)
{
	(void)h;
	(void)n;
	((struct fetched *)user)->status = status;
}

static bool
on_data(void *user, struct slice s)
{
	return buf_add_slice(&((struct fetched *)user)->body, s);
}

static void
on_end(void *user, enum http_fail fail, const struct err *err)
{
	struct fetched *f = user;

	f->fail = fail;
	f->ends++;
	if (err)
		f->err = *err;
}

void
fetch(const struct http_opts *o, const char *url, struct fetched *ret)
{
	static const char *const headers[] = { "Authorization: Bearer key-of-the-person", NULL };
	struct http_request r = { .url = url, .headers = headers, .body = SLICE_LIT("{}"),
		.head = on_head, .data = on_data, .end = on_end, .user = ret };
	struct http_opts opts = *o;
	uint64_t begun = uv_hrtime();
	struct http_call *call;
	struct http *h;
	uv_loop_t loop;

	memset(ret, 0, sizeof(*ret));
	buf_init(&ret->body, 1u << 20);
	uv_loop_init(&loop);
	opts.loop = &loop;
	h = http_create(&opts);
	if (!http_start(h, &r, &call, &ret->err))
		ret->ends++;
	while (!ret->ends)
		uv_run(&loop, UV_RUN_ONCE);
	ret->ms = (double)(uv_hrtime() - begun) / 1e6;
	http_destroy(h);
	uv_run(&loop, UV_RUN_DEFAULT);
	if (uv_loop_close(&loop) != 0)
		bug("a handle was left");
}

void
fetched_finish(struct fetched *f)
{
	buf_finish(&f->body);
}

struct model_server *
fetch_server(void)
{
	struct ms_reply r = { .body = xstrdup("hello"), .type = "text/plain" };

	return ms_start(&r, 1);
}
