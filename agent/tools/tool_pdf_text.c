/*
 * pdf_text: the words of a PDF, by pdftotext in the draft (a PDF is a stranger's program). They
 * come back and are kept beside it as NAME.txt.
 */
#include "agent/tools/draft_cmd.h"
#include "agent/tools/util.h"
#include "agent/tools/wait_child.h"
#include "agent/base/utf8.h"

#define TEXT_MAX (8u << 20)
#define WALL_MS 120000

struct pdf {
	struct tool_ctx ctx;
	struct tool_call *call;
	char *path, *out;
	struct buf text;
	bool cut, written;
	uint64_t pages;
	struct draft_cmd *cmd;
	uv_work_t work;
	struct err err;
};

static void
pdf_end(struct pdf *p)
{
	struct tool_result r = { .exit = -1 };
	struct tool_call *call = p->call;
	struct err err = p->err;
	char pages[32];
	struct jw w;

	if (!err.code) {
		autofree char *shown = tool_name(&p->ctx, p->path),
			      *to = tool_name(&p->ctx, p->out);
		struct slice text = buf_slice(&p->text);

		tool_json(&p->ctx, &r, &w);
		jw_i64(&w, "pages", (int64_t)p->pages);
		jw_path(&w, "out", p->out);
		/* A model gets the beginning; the whole stands in the file. */
		text.n = MIN_OF(text.n, (w.out->max - 16384) / 6);
		text.n -= utf8_partial_tail(text.p ? text.p : "", text.n);
		jw_slice(&w, "text", text);
		jw_bool(&w, "more", p->cut || text.n < p->text.len);
		tool_json_end(&p->ctx, &r, &w);
		tool_say(&r,
			ngettext_("Text of %s, %s page, kept in %s",
				"Text of %s, %s pages, kept in %s", p->pages),
			shown, str_count(p->pages, pages), to);
		r.taint = tool_name(&p->ctx, p->path);
	}
	buf_finish(&p->text);
	free(p->path);
	free(p->out);
	free(p);
	tool_finish(call, &r, err.code ? &err : NULL);
}

static void
keep_text(uv_work_t *work)
{
	struct pdf *p = work->data;
	autofree char *dir = path_dir(p->path), *name = NULL, *wanted = NULL;
	const char *base = path_base(p->path), *dot = strrchr(base, '.');

	name = xasprintf("%.*s.txt",
		(int)(dot && dot != base ? (size_t)(dot - base) : strlen(base)), base);
	wanted = path_join(dir, name);
	p->out = tool_free_name(&p->ctx, wanted);
	p->written = draft_write(p->ctx.draft, p->out, buf_slice(&p->text), 0644, &p->err);
}

static void
text_kept(uv_work_t *work, int status)
{
	struct pdf *p = work->data;

	if (status < 0 && !p->err.code)
		err_set(&p->err, ERR_CANCELLED, _("Stopped."));
	pdf_end(p);
}

static void
on_output(void *user, int which, struct slice bytes)
{
	struct pdf *p = user;

	if (which != 1)
		return;
	for (size_t i = 0; i < bytes.n; i++)
		p->pages += bytes.p[i] == '\f';
	p->cut = p->cut || bytes.n > p->text.max - p->text.len;
	bytes.n = MIN_OF(bytes.n, p->text.max - p->text.len);
	buf_add_slice(&p->text, bytes);
}

static void
done(void *user, struct draft_cmd_end *end)
{
	struct pdf *p = user;
	const char *limit = draft_cmd_limit_words(end->limit);

	p->cmd = NULL;
	p->err = end->err;
	if (end->ran)
		err_clear(&p->err);
	if (end->ran && limit)
		err_set(&p->err, ERR_LIMIT, "%s", limit);
	else if (end->ran && end->exit != 0 && !p->text.len)
		err_set(&p->err, ERR_IO, _("%s is damaged, locked or no PDF."),
			path_base(p->path));
	else if (end->ran && !slice_trim(buf_slice(&p->text)).n)
		err_set(&p->err, ERR_IO, _("%s holds no text, only pictures of it."),
			path_base(p->path));
	if (!p->err.code && uv_queue_work(p->ctx.loop, &p->work, keep_text, text_kept) == 0)
		return;
	pdf_end(p);
}

static bool
start(const struct tool_ctx *c, const cJSON *args, struct err *err)
{
	struct stat st;
	autofree char *path = tool_arg_file(c, args, "path", &st, err);
	const char *const argv[] = { "pdftotext", "-enc", "UTF-8", path, "-", NULL };
	struct draft_cmd_opts o = { .argv = argv,
		.wall_ms = WALL_MS,
		.quiet = true,
		.output = on_output,
		.done = done };
	struct pdf *p;

	if (!path)
		return false;
	if (!wait_child_exists("pdftotext"))
		return err_set(err, ERR_NOT_FOUND,
			_("pdftotext is not installed. Install the package poppler-utils."));
	p = xcalloc(1, sizeof(*p));
	p->ctx = *c;
	p->call = c->call;
	p->path = steal_ptr(&path);
	p->work.data = p;
	buf_init(&p->text, TEXT_MAX);
	o.user = p;
	if (draft_cmd_start(c, &o, &p->cmd, err)) {
		tool_set_state(c->call, p);
		return true;
	}
	buf_finish(&p->text);
	free(p->path);
	free(p);
	return false;
}

static void
stop(const struct tool_ctx *c, void *state)
{
	struct pdf *p = state;

	(void)c;
	if (p && p->cmd)
		draft_cmd_stop(p->cmd);
}

const struct tool tool_pdf_text = {
	.name = "pdf_text",
	.summary = N_("The text of a PDF, kept beside it"),
	.schema = "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"}},"
		  "\"required\":[\"path\"]}",
	.returns = "pages, out, text, more",
	.risk = RISK_ACT,
	.flags = TOOL_EXTRA | TOOL_TAINTS,
	.start = start,
	.stop = stop,
};
