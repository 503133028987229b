/*
 * convert_images: pictures into another format, by ImageMagick in the draft. The originals
 * stay; a taken name gets a number. Names never reach ImageMagick: it reads and writes pipes,
 * because it takes names for orders ("msl:x", "50%d.png").
 */
#include "agent/tools/draft_cmd.h"
#include "agent/tools/kinds.h"
#include "agent/tools/nameset.h"
#include "agent/tools/util.h"
#include "agent/tools/wait_child.h"
#include "agent/tools/walk.h"

#define FILES_MAX 20000
#define LIST_MAX (64u << 20)
#define WALL_MS (3600ull * 1000)

struct converting {
	struct tool_ctx ctx;
	char *path, *to, *program;
	struct glob glob;
	bool single;
	struct strv files;
	struct strv names; /* of the results, so that two never get one name */
	struct nameset taken;
	struct buf list; /* format, in, out, each ended by NUL */
	uint64_t converted, failed;
	bool stranger; /* `convert` is not ImageMagick's */
	struct draft_cmd *cmd;
	uv_work_t work;
	struct err err;
	bool stopped;
};

static const struct {
	const char *ext, *format;
} formats[] = {
	{ "avif", "avif" },
	{ "bmp", "bmp" },
	{ "gif", "gif" },
	{ "heic", "heic" },
	{ "heif", "heic" },
	{ "ico", "ico" },
	{ "jpe", "jpeg" },
	{ "jpeg", "jpeg" },
	{ "jpg", "jpeg" },
	{ "jxl", "jxl" },
	{ "pbm", "pbm" },
	{ "pgm", "pgm" },
	{ "png", "png" },
	{ "pnm", "pnm" },
	{ "ppm", "ppm" },
	{ "tga", "tga" },
	{ "tif", "tiff" },
	{ "tiff", "tiff" },
	{ "webp", "webp" },
};

static const char *
format_of(const char *ext)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (str_eq_nocase(formats[i].ext, ext))
			return formats[i].format;
	return NULL;
}

static const char *
ext_of(const char *path)
{
	const char *base = path_base(path), *dot = strrchr(base, '.');

	return dot && dot != base ? dot + 1 : "";
}

static void
add_list(struct converting *v, const char *s)
{
	buf_add(&v->list, s, strlen(s) + 1);
}

static bool
gather(void *user, const char *path, const struct stat *st)
{
	struct converting *v = user;
	const char *format = format_of(ext_of(path));

	(void)st;
	if (format && !str_eq(format, format_of(v->to)))
		strv_add(&v->files, path);
	return v->files.n < FILES_MAX;
}

static bool
plan_one(struct converting *v, const char *path)
{
	size_t stem = strlen(path) - strlen(ext_of(path));
	autofree char *wanted = xasprintf("%.*s%s", (int)stem, path, v->to),
		      *out = xstrdup(wanted);
	struct stat st;

	for (int n = 2; nameset_get(&v->taken, out) != SIZE_MAX ||
		draft_stat(v->ctx.draft, out, &st, NULL);
		n++) {
		free(out);
		out = path_numbered(wanted, n);
	}
	strv_add(&v->names, out);
	nameset_put(&v->taken, v->names.v[v->names.n - 1], 1);
	add_list(v, format_of(ext_of(path)));
	add_list(v, path);
	add_list(v, out);
	add_list(v, format_of(v->to));
	return !v->list.full;
}

static void
plan(uv_work_t *work)
{
	struct converting *v = work->data;
	struct walk w = {
		.ctx = &v->ctx, .flags = WALK_FLAT, .glob = &v->glob, .fn = gather, .user = v
	};
	struct stat st = { 0 };

	if (v->single)
		gather(v, v->path, &st);
	else if (!walk_run(&w, v->path, &v->err))
		goto out;
	for (size_t i = 0; i < v->files.n; i++)
		if (!plan_one(v, v->files.v[i])) {
			err_set(&v->err, ERR_LIMIT,
				_("There are too many pictures; do it in parts with a "
				  "pattern."));
			break;
		}
out:
	walk_finish(&w);
}

static void
finish(struct converting *v)
{
	struct tool_result r = { .exit = -1 };
	struct tool_call *call = v->ctx.call;
	struct err err = v->err;
	char count[32];
	struct jw w;

	if (!err.code) {
		tool_json(&v->ctx, &r, &w);
		jw_i64(&w, "converted", (int64_t)v->converted);
		jw_i64(&w, "failed", (int64_t)v->failed);
		tool_json_end(&v->ctx, &r, &w);
		if (v->failed)
			tool_say(&r,
				ngettext_("Converted %s picture to %s; %llu could not be read",
					"Converted %s pictures to %s; %llu could not be read",
					v->converted),
				str_count(v->converted, count), v->to,
				(unsigned long long)v->failed);
		else
			tool_say(&r,
				ngettext_("Converted %s picture to %s",
					"Converted %s pictures to %s", v->converted),
				str_count(v->converted, count), v->to);
	}
	free(v->path);
	free(v->to);
	free(v->program);
	glob_finish(&v->glob);
	strv_finish(&v->files);
	strv_finish(&v->names);
	nameset_finish(&v->taken);
	buf_finish(&v->list);
	free(v);
	tool_finish(call, &r, err.code ? &err : NULL);
}

static void
on_output(void *user, int which, struct slice bytes)
{
	struct converting *v = user;

	for (size_t i = 0; which == 1 && i < bytes.n; i++) {
		v->converted += bytes.p[i] == '+';
		v->failed += bytes.p[i] == '-';
		v->stranger = v->stranger || bytes.p[i] == '!';
	}
	if (v->ctx.progress)
		v->ctx.progress(v->ctx.call, v->converted + v->failed, v->files.n);
}

static void
done(void *user, struct draft_cmd_end *end)
{
	struct converting *v = user;
	const char *limit = draft_cmd_limit_words(end->limit);

	v->cmd = NULL;
	v->err = end->err;
	if (end->ran)
		err_clear(&v->err);
	if (end->ran && limit)
		err_set(&v->err, ERR_LIMIT, "%s", limit);
	else if (end->ran && v->stranger)
		err_set(&v->err, ERR_NOT_FOUND,
			_("%s on this machine is not ImageMagick's. Install the package "
			  "imagemagick."),
			v->program);
	finish(v);
}

static void
planned(uv_work_t *work, int status)
{
	/* Other programs are called so too: one that cannot name itself gets no picture. */
	static const char ask_first[] =
		"case $(\"$0\" -version </dev/null 2>/dev/null) in "
		"*ImageMagick*|*GraphicsMagick*) ;; *) echo !; exit 0 ;; esac; "
		"exec xargs -0 -n 4 -P 2 sh -c \"$1\" \"$0\"";
	static const char script[] =
		"if \"$0\" \"$1:-[0]\" \"$4:-\" <\"$2\" >\"$3\" 2>/dev/null && [ -s \"$3\" ]; "
		"then "
		"touch -r \"$2\" -- \"$3\"; echo +; else rm -f -- \"$3\"; echo -; fi";
	struct converting *v = work->data;
	const char *const argv[] = { "sh", "-c", ask_first, v->program, script, NULL };
	const struct draft_cmd_opts o = { .argv = argv,
		.wall_ms = WALL_MS,
		.quiet = true,
		.input = buf_slice(&v->list),
		.output = on_output,
		.done = done,
		.user = v };

	if (status < 0 || v->stopped)
		err_set(&v->err, ERR_CANCELLED, _("Stopped."));
	if (v->err.code || !v->files.n)
		finish(v);
	else if (!draft_cmd_start(&v->ctx, &o, &v->cmd, &v->err))
		finish(v);
}

static bool
start(const struct tool_ctx *c, const cJSON *args, struct err *err)
{
	const char *program = wait_child_exists("magick") ? "magick" : "convert";
	const char *to = tool_arg_str(args, "to", err);
	autofree char *given = to ? tool_arg_path(c, args, "path", err) : NULL, *path = NULL;
	struct converting *v;
	struct stat st;

	if (!given || !(path = tool_follow(c, given, err)) || !tool_stat(c, path, &st, err))
		return false;
	to += *to == '.';
	if (!format_of(to))
		return err_set(err, ERR_USAGE,
			_("Pictures can become jpg, png, webp, tiff, gif, bmp or avif, not "
			  "%s."),
			to);
	if (!S_ISDIR(st.st_mode) && !format_of(ext_of(path)))
		return err_set(err, ERR_USAGE, _("%s is no picture that can be converted."),
			path_base(path));
	if (!wait_child_exists(program))
		return err_set(err, ERR_NOT_FOUND,
			_("ImageMagick is not installed. Install the package imagemagick."));
	v = xcalloc(1, sizeof(*v));
	if (!glob_init(&v->glob, tool_arg_opt(args, "pattern"), err)) {
		free(v);
		return false;
	}
	v->ctx = *c;
	v->path = steal_ptr(&path);
	v->to = xstrdup(to);
	v->single = !S_ISDIR(st.st_mode);
	v->program = xstrdup(program);
	v->work.data = v;
	buf_init(&v->list, LIST_MAX);
	tool_set_state(c->call, v);
	if (uv_queue_work(c->loop, &v->work, plan, planned) != 0)
		finish(v);
	return true;
}

static void
stop(const struct tool_ctx *c, void *state)
{
	struct converting *v = state;

	(void)c;
	if (!v)
		return;
	v->stopped = true;
	if (v->cmd)
		draft_cmd_stop(v->cmd);
}

const struct tool tool_convert_images = {
	.name = "convert_images",
	.summary = N_("Convert pictures to another format"),
	.schema = "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"},"
		  "\"to\":{\"type\":\"string\"},\"pattern\":{\"type\":\"string\"}},"
		  "\"required\":[\"path\",\"to\"]}",
	.returns = "converted, failed",
	.risk = RISK_ACT,
	.flags = TOOL_EXTRA,
	.start = start,
	.stop = stop,
};
