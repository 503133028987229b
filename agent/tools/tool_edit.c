/* edit: exact replacement; what does not match is answered with where it nearly does. */
#include "agent/tools/util.h"

#define CHANGES_MAX 100000

static size_t
count_all(struct slice text, struct slice old)
{
	size_t n = 0;
	ptrdiff_t at;

	while (n < CHANGES_MAX && (at = slice_find(text, old)) >= 0) {
		text.p += (size_t)at + old.n;
		text.n -= (size_t)at + old.n;
		n++;
	}
	return n;
}

/* Files with \r\n are edited by those who see \n. */
static char *
with_crlf(const char *s)
{
	struct buf b = BUF_INIT(2 * strlen(s) + 1);

	for (; *s; s++) {
		if (*s == '\n')
			buf_add_char(&b, '\r');
		buf_add_char(&b, *s);
	}
	return buf_steal(&b);
}

/* The line whose words are those of the first line of old; 0: none. */
static size_t
near_line(struct slice text, const char *old)
{
	struct slice rest = slice_of(old), want;
	size_t n = 0;

	do {
		want = slice_trim(slice_line(&rest));
	} while (!want.n && rest.p);
	while (want.n && text.p) {
		n++;
		if (slice_eq(slice_trim(slice_line(&text)), want))
			return n;
	}
	return 0;
}

static bool
not_there(const char *shown, struct slice text, const char *old, struct err *err)
{
	size_t line = near_line(text, old);

	if (line)
		return err_set(err, ERR_NOT_FOUND,
			_("%s does not hold the old text exactly; line %zu begins alike but "
			  "spaces or later "
			  "lines differ. Read it and copy the text as it is."),
			shown, line);
	return err_set(err, ERR_NOT_FOUND,
		_("%s does not hold the old text. Read the file again."), shown);
}

static bool
replace_all(struct slice text, struct slice old, struct slice new, struct buf *out)
{
	ptrdiff_t at;

	while ((at = slice_find(text, old)) >= 0) {
		if (!buf_add(out, text.p, (size_t)at) || !buf_add_slice(out, new))
			return false;
		text.p += (size_t)at + old.n;
		text.n -= (size_t)at + old.n;
	}
	return buf_add_slice(out, text);
}

struct change {
	const char *old, *new;
	char *old_crlf, *new_crlf; /* owned */
	size_t n;
};

static bool
make_change(struct change *ch, struct slice text, bool all, const char *shown, struct buf *out,
	struct err *err)
{
	ch->n = count_all(text, slice_of(ch->old));
	if (!ch->n && strchr(ch->old, '\n') && !strchr(ch->old, '\r')) {
		ch->old = ch->old_crlf = with_crlf(ch->old);
		ch->new = ch->new_crlf = with_crlf(ch->new);
		ch->n = count_all(text, slice_of(ch->old));
	}
	if (!ch->n)
		return not_there(shown, text, ch->old, err);
	if (ch->n > 1 && !all)
		return err_set(err, ERR_USAGE,
			_("The old text stands %zu times in %s. Give more of its surroundings, "
			  "or all: true."),
			ch->n, shown);
	if (!replace_all(text, slice_of(ch->old), slice_of(ch->new), out))
		return err_set(err, ERR_LIMIT, _("%s would become too large."), shown);
	return true;
}

static bool
edit_file(const struct tool_ctx *c, const char *path, struct change *ch, bool all,
	struct err *err)
{
	autofree char *shown = tool_name(c, path);
	autobuf struct buf text = BUF_INIT(LIMIT_READ_FILE),
			   out = BUF_INIT(2u * LIMIT_READ_FILE);
	const char *what;

	if (!tool_slurp(c, path, &text, err))
		return false;
	what = tool_not_text((struct slice){ text.p, MIN_OF(text.len, 8192) });
	if (what)
		return err_set(err, ERR_USAGE, _("%s is not text but %s."), shown, what);
	return make_change(ch, buf_slice(&text), all, shown, &out, err) &&
		draft_write(c->draft, path, buf_slice(&out), 0644, err);
}

static bool
run(const struct tool_ctx *c, const cJSON *args, struct tool_result *r, struct err *err)
{
	struct stat st;
	autofree char *path = tool_arg_file(c, args, "path", &st, err), *shown = NULL;
	struct change ch = { 0 };
	struct jw w;
	bool ok;

	if (!path || !(ch.old = tool_arg_str(args, "old", err)) ||
		!(ch.new = tool_arg_str(args, "new", err)))
		return false;
	if (!*ch.old)
		return err_set(
			err, ERR_USAGE, _("The old text is empty; use write to make a file."));
	if (str_eq(ch.old, ch.new))
		return err_set(err, ERR_USAGE, _("The old and the new text are the same."));
	ok = edit_file(c, path, &ch, tool_arg_bool(args, "all", false), err);
	free(ch.old_crlf);
	free(ch.new_crlf);
	if (!ok)
		return false;
	tool_json(c, r, &w);
	jw_path(&w, "path", path);
	jw_i64(&w, "replaced", (int64_t)ch.n);
	tool_json_end(c, r, &w);
	shown = tool_name(c, path);
	tool_say(r, ngettext_("Edited %s: %zu place", "Edited %s: %zu places", ch.n), shown,
		ch.n);
	return true;
}

const struct tool tool_edit = {
	.name = "edit",
	.summary = N_("Replace exact text in a file; it must be unique"),
	.schema = "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"},"
		  "\"old\":{\"type\":\"string\"},\"new\":{\"type\":\"string\"},"
		  "\"all\":{\"type\":\"boolean\"}},\"required\":[\"path\",\"old\",\"new\"]}",
	.returns = "path, replaced",
	.risk = RISK_ACT,
	.flags = TOOL_CORE,
	.run = run,
};
