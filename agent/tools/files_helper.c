/* Lines and frames of homard-files. */
#include "agent/tools/files_helper.h"
#include "agent/tools/util.h"
#include "agent/tools/wait_child.h"
#include <errno.h>
#include <sys/mman.h>
#include <time.h>

#define LINE_MAX_BYTES (64u << 10)
#define FRAME_MAX (1u << 20)

struct reading {
	const struct files_call *call;
	struct buf line;
	size_t raw; /* bytes of data still to come */
	bool ended, failed;
	char why[200];
};

int
files_list_open(struct err *err)
{
	int fd = memfd_create("homard-list", MFD_CLOEXEC);

	if (fd < 0)
		err_sys(err, errno, _("A list for the file helper could not be made"));
	return fd;
}

bool
files_list_add(FILE *list, const char *s)
{
	return fwrite(s, 1, strlen(s) + 1, list) == strlen(s) + 1;
}

static bool
on_line(struct reading *r)
{
	autojson cJSON *o = json_parse_lenient(buf_slice(&r->line), NULL);
	const char *why = json_str(o, "error", NULL);
	int64_t n = json_i64(o, "data", -1);

	if (!o)
		return false;
	if (why) {
		/* The one reason everybody meets, in the person's words. */
		if (str_eq(why, "Unrecognized archive format"))
			why = _("it is no archive that can be read");
		snprintf(r->why, sizeof(r->why), "%s", why);
		return false;
	}
	if (json_bool(o, "end", false))
		r->ended = true;
	if (n >= 0 && r->call->data) {
		if (n > FRAME_MAX)
			return false;
		r->raw = (size_t)n;
		return true;
	}
	return r->call->line(r->call->user, o);
}

static bool
on_output(void *user, struct slice bytes)
{
	struct reading *r = user;

	while (bytes.n && !r->failed) {
		const char *nl;
		size_t n;

		if (r->raw) {
			n = MIN_OF(bytes.n, r->raw);
			r->failed = !r->call->data(r->call->user, (struct slice){ bytes.p, n });
			r->raw -= n;
			bytes.p += n;
			bytes.n -= n;
			continue;
		}
		nl = memchr(bytes.p, '\n', bytes.n);
		n = nl ? (size_t)(nl - bytes.p) : bytes.n;
		if (!buf_add(&r->line, bytes.p, n))
			r->failed = true;
		bytes.p += n + (nl != NULL);
		bytes.n -= n + (nl != NULL);
		if (nl && !r->failed) {
			r->failed = !on_line(r);
			buf_clear(&r->line);
		}
	}
	return !r->failed;
}

/* wait_child passes one descriptor; the list travels as the second of base's two. */
bool
files_call(const struct files_call *call, struct err *err)
{
	autofree char *helper = places_helper(call->ctx->places, "homard-files", err);
	const char *const argv[] = { helper, call->verb, call->arg, NULL };
	struct reading r = { .call = call, .line = BUF_INIT(LINE_MAX_BYTES) };
	struct wait_child w = { .ctx = call->ctx,
		.argv = argv,
		.fd = call->archive,
		.fd2 = call->list,
		.wall_ms = call->wall_ms,
		.output = on_output,
		.user = &r };
	struct err own = { 0 };
	bool ok;

	if (!helper)
		return false;
	if (call->list >= 0 && lseek(call->list, 0, SEEK_SET) < 0)
		return err_sys(err, errno, _("A list for the file helper could not be made"));
	ok = wait_child_run(&w, &own);
	if (!ok && own.code != ERR_NONE && err)
		*err = own;
	if (ok && !r.ended) {
		ok = false;
		if (err && err->code == ERR_NONE) {
			if (r.why[0])
				err_set(err, ERR_IO, _("The file could not be understood: %s."),
					r.why);
			else if (w.end.timed_out)
				err_set(err, ERR_LIMIT, _("It took too long and was ended."));
			else
				err_set(err, ERR_IO,
					_("The helper for files failed on it (signal %d, exit "
					  "%d)."),
					w.end.signal, w.end.exit);
		}
	}
	wait_child_finish(&w);
	buf_finish(&r.line);
	return ok;
}

struct photos {
	int64_t *times;
	size_t n;
	uint64_t dated;
};

static bool
photo_line(void *user, const cJSON *o)
{
	struct photos *p = user;
	int64_t n = json_i64(o, "n", -1);
	const char *taken = json_str(o, "taken", NULL);
	struct tm tm = { .tm_isdst = -1 };

	if (!taken || n < 0 || (size_t)n >= p->n)
		return true;
	if (sscanf(taken, "%4d:%2d:%2d %2d:%2d:%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
		    &tm.tm_hour, &tm.tm_min, &tm.tm_sec) != 6 ||
		tm.tm_year < 1900 || tm.tm_year > 2200 || tm.tm_mon < 1 || tm.tm_mon > 12)
		return true;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	p->times[n] = (int64_t)mktime(&tm) * 1000;
	p->dated++;
	return true;
}

static bool
list_places(const struct tool_ctx *c, const struct strv *paths, int fd)
{
	int copy = dup(fd);
	FILE *f = copy >= 0 ? fdopen(copy, "w") : NULL;
	bool ok = f != NULL;

	for (size_t i = 0; ok && i < paths->n; i++) {
		autofree char *disk = draft_locate(c->draft, paths->v[i], NULL);

		ok = files_list_add(f, disk ? disk : "");
	}
	return f && fclose(f) == 0 && ok;
}

bool
files_photo_times(const struct tool_ctx *c, const struct strv *paths, int64_t *times,
	uint64_t *ret_undated, struct err *err)
{
	struct photos p = { times, paths->n, 0 };
	autofree char *helper =
		c->places ? places_helper(c->places, "homard-files", NULL) : NULL;
	autofd int list = helper ? files_list_open(err) : -1;
	const struct files_call call = { .ctx = c,
		.verb = "exif",
		.archive = -1,
		.list = list,
		.line = photo_line,
		.user = &p };
	struct err own = { 0 };

	*ret_undated = paths->n;
	if (!helper || !paths->n)
		return true;
	if (list < 0 || !list_places(c, paths, list))
		return false;
	/* A photo that ends the helper costs the dates, not the task. */
	if (!files_call(&call, &own) && own.code == ERR_CANCELLED) {
		if (err)
			*err = own;
		return false;
	}
	*ret_undated = paths->n - MIN_OF(p.dated, paths->n);
	return true;
}

static bool
kind_line(void *user, const cJSON *o)
{
	char **text = user;

	if (!*text && json_str(o, "text", NULL))
		*text = sanitize_dup(json_str(o, "text", ""), SANITIZE_LINE);
	return true;
}

char *
files_kind(const struct tool_ctx *c, const char *path)
{
	autofree char *helper =
		c->places ? places_helper(c->places, "homard-files", NULL) : NULL;
	autofd int list = helper ? files_list_open(NULL) : -1;
	char *text = NULL;
	const struct files_call call = { .ctx = c,
		.verb = "kind",
		.archive = -1,
		.list = list,
		.wall_ms = 5000,
		.line = kind_line,
		.user = &text };
	struct strv one = { 0 };

	if (list < 0)
		return NULL;
	strv_add(&one, path);
	if (!list_places(c, &one, list) || !files_call(&call, NULL)) {
		free(text);
		text = NULL;
	}
	strv_finish(&one);
	return text;
}
