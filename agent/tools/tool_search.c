/*
 * search: lines that hold a text, below a folder or in one file. The walk (this thread, the
 * only one that touches the draft) opens files and hands them to two scanning threads. Hidden
 * folders, node_modules and their like are not entered unless the search begins in them.
 */
#include "agent/tools/scan.h"
#include "agent/tools/util.h"
#include "agent/tools/walk.h"

#define HITS_DEFAULT 100
#define HITS_MAX 5000
#define QUEUE 16
#define THREADS 2
#define LINE_SHOWN 240
#define PATH_SPARE 4200 /* the longest path, and its frame */

struct hit {
	uint64_t file, line;
	char *text; /* owned, valid UTF-8, trimmed */
};

struct job {
	uint64_t file;
	int fd;
};

struct search {
	const struct tool_ctx *ctx;
	struct scan scan;
	size_t limit;
	uv_mutex_t lock;
	uv_cond_t fed, room;
	struct job queue[QUEUE];
	size_t first, n;
	bool closed;
	struct hit *hits;
	size_t n_hits, cap_hits;
	struct strv paths; /* by file number; NULL once known to have no hit */
	uint64_t searched, binary, unreadable;
};

struct scanning {
	struct search *s;
	uint64_t file;
	size_t n;
};

/* The part of a long line around its beginning is enough to recognise it. */
static char *
line_text(struct slice line)
{
	struct buf out = BUF_INIT(LINE_SHOWN * 8);

	line = slice_trim(line);
	sanitize(&out, line.p, MIN_OF(line.n, (size_t)LINE_SHOWN), SANITIZE_LINE);
	if (line.n > LINE_SHOWN)
		buf_add_str(&out, "…");
	return buf_steal(&out);
}

static bool
on_hit(void *user, uint64_t line, struct slice text)
{
	struct scanning *now = user;
	struct search *s = now->s;
	char *shown = line_text(text);

	uv_mutex_lock(&s->lock);
	GROW(s->hits, s->n_hits, s->cap_hits);
	s->hits[s->n_hits++] = (struct hit){ now->file, line, shown };
	uv_mutex_unlock(&s->lock);
	return ++now->n <= s->limit; /* one beyond: then there is more */
}

static void
scan_one(struct search *s, struct scan_room *room, struct job job)
{
	struct scanning now = { .s = s, .file = job.file };
	enum scan_end end;

	end = scan_fd(&s->scan, room, job.fd, on_hit, &now, s->ctx->cancelled);
	close(job.fd);
	uv_mutex_lock(&s->lock);
	s->searched += end == SCAN_TEXT;
	s->binary += end == SCAN_BINARY;
	s->unreadable += end == SCAN_FAILED;
	if (!now.n) {
		free(s->paths.v[job.file]);
		s->paths.v[job.file] = NULL;
	}
	uv_mutex_unlock(&s->lock);
}

static void
scanner(void *arg)
{
	struct search *s = arg;
	struct scan_room room;

	scan_room_init(&room);
	uv_mutex_lock(&s->lock);
	for (;;) {
		struct job job;

		while (!s->n && !s->closed)
			uv_cond_wait(&s->fed, &s->lock);
		if (!s->n)
			break;
		job = s->queue[s->first];
		s->first = (s->first + 1) % QUEUE;
		s->n--;
		uv_cond_signal(&s->room);
		uv_mutex_unlock(&s->lock);
		scan_one(s, &room, job);
		uv_mutex_lock(&s->lock);
	}
	uv_mutex_unlock(&s->lock);
	scan_room_finish(&room);
}

/* Files go out in order, so that the first hits are the same every time. */
static bool
feed(void *user, const char *path, const struct stat *st)
{
	struct search *s = user;
	int fd;
	bool go_on;

	if (st->st_size == 0)
		return true;
	fd = tool_open_same(path, st->st_dev, st->st_ino);
	if (fd < 0)
		fd = draft_open_read(s->ctx->draft, path, NULL);
	uv_mutex_lock(&s->lock);
	if (fd < 0) {
		s->unreadable++;
		uv_mutex_unlock(&s->lock);
		return true;
	}
	while (s->n == QUEUE)
		uv_cond_wait(&s->room, &s->lock);
	strv_add(&s->paths, path);
	s->queue[(s->first + s->n++) % QUEUE] = (struct job){ s->paths.n - 1, fd };
	uv_cond_signal(&s->fed);
	go_on = s->n_hits <= s->limit;
	uv_mutex_unlock(&s->lock);
	return go_on;
}

static int
compare_hits(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

/* A file named by the person must say why it cannot be read. */
static bool
feed_file(struct search *s, const char *path, const struct stat *st, struct err *err)
{
	autofd int fd = draft_open_read(s->ctx->draft, path, err);

	if (fd < 0)
		return false;
	feed(s, path, st);
	return true;
}

static bool
search_all(struct search *s, struct walk *w, const char *path, const struct stat *st,
	struct err *err)
{
	uv_thread_t threads[THREADS];
	size_t started = 0;
	bool ok = true;

	uv_mutex_init(&s->lock);
	uv_cond_init(&s->fed);
	uv_cond_init(&s->room);
	while (started < THREADS && uv_thread_create(&threads[started], scanner, s) == 0)
		started++;
	if (!started)
		ok = err_set(
			err, ERR_LIMIT, _("No thread could be started; close other programs."));
	else if (S_ISDIR(st->st_mode))
		ok = walk_run(w, path, err);
	else
		ok = feed_file(s, path, st, err);
	uv_mutex_lock(&s->lock);
	s->closed = true;
	uv_cond_broadcast(&s->fed);
	uv_mutex_unlock(&s->lock);
	for (size_t i = 0; i < started; i++)
		uv_thread_join(&threads[i]);
	uv_cond_destroy(&s->room);
	uv_cond_destroy(&s->fed);
	uv_mutex_destroy(&s->lock);
	if (s->n_hits)
		qsort(s->hits, s->n_hits, sizeof(*s->hits), compare_hits);
	return ok && tool_going(s->ctx, err);
}

static uint64_t
give_json(struct search *s, const struct walk *walked, struct tool_result *r, size_t n)
{
	uint64_t files = 0;
	size_t i;
	struct jw w;

	tool_json(s->ctx, r, &w);
	jw_array(&w, "hits");
	for (i = 0; i < n && tool_room(&w, 6 * strlen(s->hits[i].text) + PATH_SPARE); i++) {
		const struct hit *h = &s->hits[i];

		files += i == 0 || s->hits[i - 1].file != h->file;
		jw_object(&w, NULL);
		jw_path(&w, "path", s->paths.v[h->file]);
		jw_i64(&w, "line", (int64_t)h->line);
		jw_str(&w, "text", h->text);
		jw_end_object(&w);
	}
	jw_end_array(&w);
	jw_i64(&w, "count", (int64_t)i);
	jw_i64(&w, "files", (int64_t)files);
	jw_bool(&w, "more", s->n_hits > i);
	jw_i64(&w, "searched", (int64_t)s->searched);
	walk_tell(walked, &w);
	tool_json_end(s->ctx, r, &w);
	return files;
}

static uint64_t
give_text(struct search *s, const struct walk *walked, struct tool_result *r, size_t n)
{
	size_t i, max = s->ctx->max_result ? s->ctx->max_result : LIMIT_TOOL_RESULT;
	uint64_t files = 0;

	buf_init(&r->text, max);
	for (i = 0; i < n; i++) {
		const struct hit *h = &s->hits[i];

		if (r->text.len + strlen(h->text) + PATH_SPARE > max)
			break;
		if (i == 0 || s->hits[i - 1].file != h->file) {
			autofree char *name = tool_name(s->ctx, s->paths.v[h->file]);

			buf_printf(&r->text, "%s\n", name);
			files++;
		}
		buf_printf(&r->text, " %llu: %s\n", (unsigned long long)h->line, h->text);
	}
	if (!n)
		buf_printf(&r->text, "[not found in %llu files]\n",
			(unsigned long long)s->searched);
	else if (s->n_hits > i)
		buf_printf(&r->text, "[more; narrow it with path or pattern]\n");
	if (walked->unreadable)
		buf_printf(&r->text, "[%llu could not be read]\n",
			(unsigned long long)walked->unreadable);
	return files;
}

static void
give(struct search *s, const struct walk *walked, struct tool_result *r)
{
	size_t n = MIN_OF(s->n_hits, s->limit);
	uint64_t files = s->ctx->json ? give_json(s, walked, r, n) : give_text(s, walked, r, n);
	char lines[32], count[32], where[64];

	snprintf(where, sizeof(where), ngettext_("%s file", "%s files", files),
		str_count(files, count));
	if (n)
		tool_say(r,
			s->n_hits > n ? _("Found in more than %s lines, the first in %s")
				: ngettext_("Found in %s line of %s", "Found in %s lines of %s", n),
			str_count(n, lines), where);
	else
		tool_say(r,
			ngettext_("Not found in %s file", "Not found in %s files", s->searched),
			str_count(s->searched, count));
}

static void
search_finish(struct search *s)
{
	for (size_t i = 0; i < s->n_hits; i++)
		free(s->hits[i].text);
	free(s->hits);
	strv_finish(&s->paths);
	scan_finish(&s->scan);
}

static bool
run(const struct tool_ctx *c, const cJSON *args, struct tool_result *r, struct err *err)
{
	const char *text = tool_arg_str(args, "text", err);
	autofree char *given = tool_arg_path_or(c, args, "path", "."), *path = NULL;
	struct search s = { .ctx = c,
		.limit = tool_arg_limit(args, "limit", HITS_DEFAULT, HITS_MAX) };
	struct walk w = {
		.ctx = c, .flags = WALK_DOTFILES | WALK_NO_BULK, .fn = feed, .user = &s
	};
	struct glob glob = { 0 };
	struct stat st;
	bool ok;

	if (!text)
		return false;
	path = tool_follow(c, given, err);
	if (!path || !tool_stat(c, path, &st, err))
		return false;
	if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode))
		return err_set(
			err, ERR_USAGE, _("Only folders and regular files can be searched."));
	if (!scan_init(&s.scan, text, tool_arg_bool(args, "regex", false), err))
		return false;
	w.glob = &glob;
	ok = glob_init(&glob, tool_arg_opt(args, "pattern"), err) &&
		search_all(&s, &w, path, &st, err);
	if (ok) {
		w.unreadable += s.unreadable;
		give(&s, &w, r);
		tool_taint(c, r, s.n_hits ? s.paths.v[s.hits[0].file] : path);
	}
	walk_finish(&w);
	glob_finish(&glob);
	search_finish(&s);
	return ok;
}

const struct tool tool_search = {
	.name = "search",
	.summary = N_("Find text in files; lower case fits either"),
	.schema = "{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\"},"
		  "\"path\":{\"type\":\"string\"},\"pattern\":{\"type\":\"string\"},"
		  "\"limit\":{\"type\":\"integer\"},\"regex\":{\"type\":\"boolean\"}},"
		  "\"required\":[\"text\"]}",
	.returns = "hits:[{path,line,text}], count, files, more, searched",
	.risk = RISK_READ,
	.flags = TOOL_CORE | TOOL_TAINTS,
	.run = run,
};
