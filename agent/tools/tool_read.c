/*
 * read: lines of a text file. Any size: only the wanted lines are kept, so that the middle of
 * a large log can be read; at most SCAN_MAX bytes are looked through. A picture is handed to a
 * model as it is; a recipe reads text only.
 */
#include "agent/base/utf8.h"
#include "agent/tools/picture.h"
#include "agent/tools/util.h"
#include <errno.h>

#define LINES_DEFAULT 2000
#define LINES_MAX 100000
#define HEAD 8192
#define LINE_MAX_SHOWN 8192
#define SCAN_MAX (4ull << 30)
#define SPARE 4096 /* for the closing words and JSON escapes */

struct reading {
	struct buf text;
	uint64_t line;       /* the one being read, from 1 */
	uint64_t from, upto; /* wanted lines: from <= line < upto */
	size_t shown;        /* bytes of the present line */
	bool more, cut;
};

/* Keeps what is wanted of a piece; false once enough was seen. */
static bool
keep(struct reading *r, const char *p, size_t n)
{
	while (n) {
		const char *nl = memchr(p, '\n', n);
		size_t part = nl ? (size_t)(nl - p) + 1 : n;

		if (r->line >= r->upto) {
			r->more = true;
			return false;
		}
		if (r->line >= r->from) {
			size_t room = r->shown < LINE_MAX_SHOWN ? LINE_MAX_SHOWN - r->shown : 0;

			if (r->text.len + MIN_OF(part, room) + 1 > r->text.max) {
				r->more = true;
				r->upto = r->line;
				return false;
			}
			buf_add(&r->text, p, MIN_OF(part, room));
			r->cut = r->cut || part > room;
			if (nl && part > room)
				buf_add_char(&r->text, '\n');
			r->shown += part;
		}
		if (nl) {
			r->line++;
			r->shown = 0;
		}
		p += part;
		n -= part;
	}
	return true;
}

static bool
read_lines(const struct tool_ctx *c, const char *path, struct reading *r, struct err *err)
{
	autofree char *shown = tool_name(c, path), *piece = xmalloc(65536);
	autofd int fd = draft_open_read(c->draft, path, err);
	uint64_t seen = 0;

	if (fd < 0)
		return false;
	while (seen < SCAN_MAX) {
		ssize_t n = read(fd, piece, 65536);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, errno, _("Cannot read %s"), shown);
		if (seen == 0 && n > 0) {
			const char *what =
				tool_not_text((struct slice){ piece, MIN_OF((size_t)n, HEAD) });

			if (what)
				return err_set(err, ERR_USAGE, _("%s is not text but %s."),
					shown, what);
		}
		if (n == 0 || !keep(r, piece, (size_t)n))
			return true;
		seen += (uint64_t)n;
		if (!tool_going(c, err))
			return false;
	}
	r->more = true;
	return true;
}

/* Bytes that are not UTF-8 are spelled, so that the text can travel. */
static void
make_valid(struct buf *b)
{
	struct buf out = BUF_INIT(b->max * 4);

	if (utf8_valid(b->p ? b->p : "", b->len))
		return;
	for (size_t i = 0; i < b->len;) {
		bool ok;
		uint32_t cp;
		size_t n = utf8_decode(b->p + i, b->len - i, &cp, &ok);

		if (ok)
			buf_add(&out, b->p + i, n);
		else
			buf_printf(&out, "\\x%02X", (unsigned char)b->p[i]);
		i += ok ? n : 1;
	}
	buf_finish(b);
	*b = out;
}

static void
give(const struct tool_ctx *c, struct tool_result *r, struct reading *g, const char *path,
	const struct stat *st)
{
	uint64_t last = g->line - (g->shown == 0 && g->line > g->from);
	char size[16];
	struct jw w;

	if (c->json) {
		tool_json(c, r, &w);
		jw_path(&w, "path", path);
		jw_slice(&w, "text", buf_slice(&g->text));
		jw_i64(&w, "first", (int64_t)g->from);
		jw_i64(&w, "last", (int64_t)last);
		jw_i64(&w, "bytes", (int64_t)st->st_size);
		jw_bool(&w, "more", g->more);
		tool_json_end(c, r, &w);
		return;
	}
	buf_init(&r->text, g->text.len + SPARE);
	buf_add_slice(&r->text, buf_slice(&g->text));
	if (g->text.len && !str_ends(buf_str(&g->text), "\n"))
		buf_add_char(&r->text, '\n');
	if (g->cut)
		buf_printf(&r->text, "[lines over %d bytes are cut]\n", LINE_MAX_SHOWN);
	if (g->more)
		buf_printf(&r->text, "[more: the file has %s; read on with offset %llu]\n",
			str_size((uint64_t)st->st_size, size), (unsigned long long)g->line);
	else if (!g->text.len)
		buf_add_str(&r->text,
			st->st_size ? "[no line there: the file is shorter]\n"
				    : "[the file is empty]\n");
}

/* --- pictures --- */

static const char *
type_of_file(const struct tool_ctx *c, const char *path)
{
	autofd int fd = draft_open_read(c->draft, path, NULL);
	char head[32];
	ssize_t n = fd >= 0 ? read(fd, head, sizeof(head)) : -1;

	return n > 0 ? picture_type((struct slice){ head, (size_t)n }) : NULL;
}

static bool
read_all(const struct tool_ctx *c, const char *path, struct buf *out, struct err *err)
{
	autofree char *shown = tool_name(c, path), *piece = xmalloc(65536);
	autofd int fd = draft_open_read(c->draft, path, err);

	while (fd >= 0) {
		ssize_t n = read(fd, piece, 65536);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, errno, _("Cannot read %s"), shown);
		if (n == 0)
			return true;
		if (!buf_add(out, piece, (size_t)n))
			return err_set(err, ERR_LIMIT, _("%s has grown while it was read"), shown);
		if (!tool_going(c, err))
			return false;
	}
	return false;
}

static bool
read_picture(const struct tool_ctx *c, const char *path, const char *type, const struct stat *st,
	struct tool_result *r, struct err *err)
{
	autofree char *shown = tool_name(c, path);
	char size[16];

	str_size((uint64_t)st->st_size, size);
	if (st->st_size > (off_t)PICTURE_BYTES_MAX)
		return err_set(err, ERR_LIMIT,
			_("%s is a picture of %s; models take at most 3.7 MB. Make a smaller one first."),
			shown, size);
	buf_init(&r->image, PICTURE_BYTES_MAX);
	if (!read_all(c, path, &r->image, err))
		return false;
	if (!picture_size(buf_slice(&r->image), &r->image_width, &r->image_height))
		return err_set(err, ERR_USAGE, _("%s is damaged: its picture has no size"), shown);
	if (r->image_width > PICTURE_SIDE_MAX || r->image_height > PICTURE_SIDE_MAX)
		return err_set(err, ERR_LIMIT,
			_("%s has %d x %d pixels; models take at most %d a side. Make a smaller one first."),
			shown, r->image_width, r->image_height, PICTURE_SIDE_MAX);
	r->image_type = type;
	buf_init(&r->text, SPARE);
	buf_printf(&r->text, "[picture: %s, %d x %d pixels, %s]\n", type, r->image_width,
		r->image_height, size);
	tool_say(r, _("Looked at %s"), shown);
	return true;
}

static bool
run(const struct tool_ctx *c, const cJSON *args, struct tool_result *r, struct err *err)
{
	struct stat st;
	autofree char *path = tool_arg_file(c, args, "path", &st, err), *shown = NULL;
	size_t limit = tool_arg_limit(args, "limit", LINES_DEFAULT, LINES_MAX);
	size_t max = c->max_result ? c->max_result : LIMIT_TOOL_RESULT;
	int64_t from = tool_arg_i64(args, "offset", 1);
	struct reading g = { .line = 1, .from = (uint64_t)MAX_OF(from, 1) };
	const char *picture;
	bool ok;

	if (!path)
		return false;
	picture = c->json ? NULL : type_of_file(c, path);
	if (picture) {
		tool_taint(c, r, path);
		return read_picture(c, path, picture, &st, r, err);
	}
	/* JSON spells a control byte with six. */
	buf_init(&g.text,
		c->json                   ? MIN_OF(max / 6, LIMIT_READ_FILE)
			: max > 2 * SPARE ? max - SPARE
					  : max);
	g.upto = g.from + limit;
	ok = read_lines(c, path, &g, err);
	if (ok) {
		make_valid(&g.text);
		give(c, r, &g, path, &st);
		tool_taint(c, r, path);
		shown = tool_name(c, path);
		tool_say(r, _("Read %s"), shown);
	}
	buf_finish(&g.text);
	return ok;
}

const struct tool tool_read = {
	.name = "read",
	.summary = N_("Read lines of a text file, from line offset; or a picture"),
	.schema = "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"},"
		  "\"offset\":{\"type\":\"integer\"},\"limit\":{\"type\":\"integer\"}},"
		  "\"required\":[\"path\"]}",
	.returns = "path, text, first, last, bytes, more",
	.risk = RISK_READ,
	.flags = TOOL_CORE | TOOL_TAINTS,
	.run = run,
};
