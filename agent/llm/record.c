/* Traffic to files, keys taken out, and back. */
#include "agent/llm/record.h"
#include "agent/base/i18n.h"
#include "agent/base/jdoc.h"
#include "agent/base/json.h"
#include "agent/base/path.h"
#include <errno.h>
#include <fcntl.h>
#include <strings.h>

#define NUMBERS_MAX 9999
#define MARK "[secret removed]"

struct record {
	char *dir, *provider, *model, *host, *path, *secret;
	enum llm_kind kind;
	int number, status;
	FILE *reply;
	size_t written;
	struct buf headers; /* JSON array */
	struct jw w;
	/* a key may be cut by the pieces: what may be its begin waits */
	struct buf held;
};

/* Response headers that say something about the reply and nothing about the account. */
static bool
is_harmless(const char *name)
{
	static const char *const bad[] = { "set-cookie", "authorization", "cookie", "x-api-key",
		"openai-organization", "openai-project", "anthropic-organization-id",
		"x-goog-api-key", "api-key" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (strcasecmp(name, bad[i]) == 0)
			return false;
	return true;
}

static void
without_secret(struct buf *out, struct slice s, const char *secret)
{
	size_t k = secret ? strlen(secret) : 0;

	while (k >= 8 && s.n) {
		ptrdiff_t at = slice_find(s, (struct slice){ secret, k });

		if (at < 0)
			break;
		buf_add(out, s.p, (size_t)at);
		buf_add_str(out, MARK);
		s.p += (size_t)at + k;
		s.n -= (size_t)at + k;
	}
	buf_add_slice(out, s);
}

static bool
write_file(const struct record *r, const char *ending, struct slice data, struct err *err)
{
	autofree char *name = xasprintf("%04d.%s", r->number, ending);
	autofree char *path = path_join(r->dir, name);
	struct buf clean = BUF_INIT(data.n * 4 + 4096);
	bool ok;

	without_secret(&clean, data, r->secret);
	ok = path_write_file(path, buf_slice(&clean), 0600, err);
	buf_finish(&clean);
	return ok;
}

/* The next free number; the reply's file takes it, so that two programs do not share one. */
static bool
open_reply(struct record *r, struct err *err)
{
	for (r->number = 1; r->number <= NUMBERS_MAX; r->number++) {
		autofree char *name = xasprintf("%04d.reply", r->number);
		autofree char *path = path_join(r->dir, name);
		int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

		if (fd >= 0) {
			r->reply = fdopen(fd, "w");
			return true;
		}
		if (errno != EEXIST)
			return err_sys(err, errno, _("cannot record to %s"), r->dir);
	}
	return err_set(err, ERR_LIMIT, _("%s holds %d recordings already"), r->dir, NUMBERS_MAX);
}

struct record *
record_begin(const struct record_start *s, struct err *err)
{
	struct record *r = xcalloc(1, sizeof(*r));

	r->dir = xstrdup(s->dir);
	r->provider = xstrdup(s->provider);
	r->model = xstrdup(s->model);
	r->host = xstrdup(s->host);
	r->path = xstrdup(s->path);
	r->secret = xstrdup0(s->secret);
	r->kind = s->kind;
	buf_init(&r->headers, 256u << 10);
	buf_init(&r->held, 65536);
	jw_init(&r->w, &r->headers);
	jw_array(&r->w, NULL);
	if (path_make_dirs(r->dir, 0700, err) && open_reply(r, err) &&
		write_file(r, "request.json", s->body, err))
		return r;
	record_end(r, NULL, 0);
	return NULL;
}

void
record_head(struct record *r, int status, const struct llm_header *headers, size_t n)
{
	if (!r)
		return;
	r->status = status;
	for (size_t i = 0; i < n; i++) {
		if (!is_harmless(headers[i].name))
			continue;
		jw_array(&r->w, NULL);
		jw_str(&r->w, NULL, headers[i].name);
		jw_str(&r->w, NULL, headers[i].value);
		jw_end_array(&r->w);
	}
}

static void
put(struct record *r, struct slice s)
{
	if (r->written + s.n <= RECORD_REPLY_MAX && s.n)
		(void)!fwrite(s.p, 1, s.n, r->reply);
	r->written += s.n;
}

static void
flush_held(struct record *r, size_t keep)
{
	struct buf clean = BUF_INIT(r->held.len * 4 + 64);
	struct slice all = buf_slice(&r->held);

	without_secret(&clean, all, r->secret);
	keep = MIN_OF(keep, clean.len);
	put(r, (struct slice){ clean.p, clean.len - keep });
	buf_clear(&r->held);
	if (keep)
		buf_add(&r->held, clean.p + clean.len - keep, keep);
	buf_finish(&clean);
}

void
record_data(struct record *r, struct slice bytes)
{
	if (!r)
		return;
	while (bytes.n) {
		size_t n = MIN_OF(bytes.n, 16384u);

		buf_add(&r->held, bytes.p, n);
		bytes.p += n;
		bytes.n -= n;
		flush_held(r, r->secret ? strlen(r->secret) - (*r->secret != '\0') : 0);
	}
}

static void
write_meta(struct record *r, const char *how, int64_t ms)
{
	autobuf struct buf b = BUF_INIT(512u << 10);
	struct jw w;

	jw_end_array(&r->w);
	jw_init(&w, &b);
	jw_object(&w, NULL);
	jw_str(&w, "provider", r->provider);
	jw_str(&w, "model", r->model);
	jw_str(&w, "kind", llm_kind_name(r->kind));
	jw_str(&w, "host", r->host);
	jw_str(&w, "path", r->path);
	jw_i64(&w, "status", r->status);
	jw_i64(&w, "ms", ms);
	jw_str(&w, "end", how);
	jw_raw(&w, "headers", buf_slice(&r->headers));
	jw_end_object(&w);
	buf_add_char(&b, '\n');
	if (!write_file(r, "meta.json", buf_slice(&b), NULL))
		r->status = 0; /* the reply stays, only without its facts */
}

void
record_end(struct record *r, const char *how, int64_t ms)
{
	if (!r)
		return;
	if (r->reply) {
		flush_held(r, 0);
		fclose(r->reply);
		if (how)
			write_meta(r, how, ms);
	}
	free(r->dir);
	free(r->provider);
	free(r->model);
	free(r->host);
	free(r->path);
	if (r->secret)
		explicit_bzero(r->secret, strlen(r->secret));
	free(r->secret);
	buf_finish(&r->headers);
	buf_finish(&r->held);
	free(r);
}

/* --- back --- */

static bool
read_part(const char *dir, size_t n, const char *ending, struct buf *b, struct err *err)
{
	autofree char *name = xasprintf("%04zu.%s", n, ending);
	autofree char *path = path_join(dir, name);

	if (access(path, F_OK) != 0)
		return err_set(err, ERR_NOT_FOUND, _("the recording %s has no exchange %zu"), dir, n);
	return path_read_file(path, b, err);
}

static void
read_headers(const struct jn *list, struct replay *r)
{
	for (const struct jn *h = jn_is(list, JN_ARRAY) ? jn_first(list) : NULL; h;
		h = jn_next(list, h)) {
		char *name = jn_dup(jn_at(h, 0), 256), *value = jn_dup(jn_at(h, 1), 16384);

		strv_take(&r->names, name ? name : xstrdup(""));
		strv_take(&r->values, value ? value : xstrdup(""));
	}
}

bool
replay_load(const char *dir, size_t n, struct replay *ret, struct err *err)
{
	struct replay r = { .reply = BUF_INIT(RECORD_REPLY_MAX) };
	autobuf struct buf meta = BUF_INIT(1u << 20);
	autojdoc struct jdoc d = { 0 };
	autofree char *kind = NULL;
	const struct jn *root;

	if (!read_part(dir, n, "meta.json", &meta, err) || !read_part(dir, n, "reply", &r.reply, err)) {
		replay_finish(&r);
		return false;
	}
	root = jdoc_parse(&d, buf_slice(&meta));
	kind = jn_dup(jn_get(root, "kind"), 64);
	r.kind = kind ? llm_kind_of(kind) : LLM_KIND_COUNT;
	if (r.kind == LLM_KIND_COUNT) {
		replay_finish(&r);
		return err_set(err, ERR_CORRUPT, _("exchange %zu of the recording %s has no facts"), n,
			dir);
	}
	r.status = (int)jn_i64(jn_get(root, "status"), 200);
	r.model = jn_dup(jn_get(root, "model"), 1024);
	read_headers(jn_get(root, "headers"), &r);
	*ret = r;
	return true;
}

void
replay_finish(struct replay *r)
{
	free(r->model);
	buf_finish(&r->reply);
	strv_finish(&r->names);
	strv_finish(&r->values);
	memset(r, 0, sizeof(*r));
}
