/*
 * Words, "phrases", -without and begin* become an expression. Everything a person types ends up
 * inside quotes, so no syntax of FTS5 gets through.
 */
#include <utf8proc.h>
#include "agent/base/i18n.h"
#include "agent/base/utf8.h"
#include "agent/store/journal.h"
#include "agent/store/search_cut.h"
#include "agent/store/search_query.h"

struct term {
	struct slice text;
	bool without, begin, phrase;
};

/* The next term of *rest; false at the end. */
static bool
next_term(struct slice *rest, struct term *t)
{
	const char *end;
	size_t n = 0;

	*rest = slice_trim(*rest);
	*t = (struct term){ 0 };
	if (rest->n > 1 && rest->p[0] == '-') {
		t->without = true;
		rest->p++;
		rest->n--;
	}
	if (!rest->n)
		return false;
	if (rest->p[0] == '"') {
		end = memchr(rest->p + 1, '"', rest->n - 1);
		n = end ? (size_t)(end - rest->p - 1) : rest->n - 1;
		t->text = (struct slice){ rest->p + 1, n };
		t->phrase = true;
		n += end ? 2 : 1;
	} else {
		while (n < rest->n && !strchr(" \t\r\n\"", rest->p[n]))
			n++;
		t->text = (struct slice){ rest->p, n };
		t->begin = n > 1 && rest->p[n - 1] == '*';
	}
	rest->p += n;
	rest->n -= n;
	return true;
}

/* What unicode61 makes words of: letters, numbers, private use. */
static bool
is_word(uint32_t cp)
{
	utf8proc_category_t c;

	if (cp >= 0xff01 && cp <= 0xff5e) /* search_cut() makes ASCII of them */
		cp = cp - 0xff01 + '!';
	c = utf8proc_category((utf8proc_int32_t)cp);

	return (c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO)
		|| (c >= UTF8PROC_CATEGORY_ND && c <= UTF8PROC_CATEGORY_NO)
		|| c == UTF8PROC_CATEGORY_CO;
}

/* Cuts the first part off: a run of CJK characters, or what lies between two of them. */
static struct slice
next_part(struct slice *rest, bool *ret_cjk, size_t *ret_chars, bool *ret_words)
{
	struct slice part = { rest->p, 0 };
	uint32_t cp;
	size_t used;
	bool ok, c;

	*ret_chars = 0;
	*ret_words = false;
	while (part.n < rest->n) {
		used = utf8_decode(rest->p + part.n, rest->n - part.n, &cp, &ok);
		c = ok && search_is_cjk(cp);
		if (part.n && c != *ret_cjk)
			break;
		*ret_cjk = c;
		*ret_words |= ok && is_word(cp);
		++*ret_chars;
		part.n += used;
	}
	rest->p += part.n;
	rest->n -= part.n;
	return part;
}

static void
add_quoted(struct buf *out, const char *column, struct slice s)
{
	size_t i;

	buf_add_str(out, column);
	buf_add_char(out, '"');
	for (i = 0; i < s.n; i++)
		buf_add_char(out, s.p[i] == '"' ? ' ' : s.p[i]);
	buf_add_char(out, '"');
}

/* One part as a phrase; in SEARCH_ANY each pair counts by itself. */
static void
add_part(struct buf *out, struct slice part, bool cjk, size_t chars, enum search_mode mode)
{
	autobuf struct buf cut = BUF_INIT(SEARCH_QUERY_MAX);
	struct slice rest, pair;
	bool first = true;

	if (cjk && chars == 1) {
		add_quoted(out, "chars : ", part);
		return;
	}
	search_cut(&cut, part);
	rest = slice_trim(buf_slice(&cut));
	if (mode == SEARCH_ALL || !cjk) {
		add_quoted(out, "text : ", rest);
		return;
	}
	while (rest.p) {
		pair = slice_cut(&rest, ' ');
		if (!pair.n)
			continue;
		if (!first)
			buf_add_str(out, " OR ");
		add_quoted(out, "", pair);
		first = false;
	}
}

/* Makes the last phrase a beginning: "bicy*" at the end of out. The stemmer also sees what is
 * typed and turns a last y into i, which no bicycle begins with: leave it out. */
static void
end_prefix(struct buf *out)
{
	size_t n = out->len;

	while (n && strchr("*\"", out->p[n - 1]))
		n--;
	if (n > 3 && (out->p[n - 1] | 32) == 'y' && out->p[n - 2] != '"' && out->p[n - 3] != '"')
		n--;
	buf_truncate(out, n);
	buf_add_str(out, "\" *");
}

/* The parts of one word must all occur. False when nothing in it can be searched. */
static bool
add_term(struct buf *out, const struct term *t, enum search_mode mode)
{
	struct slice rest = t->text, part;
	bool cjk = false, words, any = false;
	size_t chars;

	while (rest.n) {
		part = next_part(&rest, &cjk, &chars, &words);
		if (!words)
			continue;
		buf_add_str(out, any ? (mode == SEARCH_ANY ? " OR " : " AND ") : "(");
		add_part(out, part, cjk, chars, mode);
		any = true;
	}
	if (any && t->begin && !cjk)
		end_prefix(out);
	if (any)
		buf_add_char(out, ')');
	return any;
}

static bool
finish(struct buf *out, struct buf *with, struct buf *without, struct err *err)
{
	if (without->len && !with->len)
		return err_set(err, ERR_USAGE,
			_("Name at least one word to find; -word only leaves matches out."));
	if (with->full || without->full || (without->len && with->len + without->len + 16 > out->max))
		return err_set(err, ERR_LIMIT, _("The search is too long; use fewer words."));
	if (without->len) {
		buf_add_char(out, '(');
		buf_add_slice(out, buf_slice(with));
		buf_add_str(out, ") NOT (");
		buf_add_slice(out, buf_slice(without));
		buf_add_char(out, ')');
	} else {
		buf_add_slice(out, buf_slice(with));
	}
	return !out->full || err_set(err, ERR_LIMIT, _("The search is too long; use fewer words."));
}

bool
search_query(struct buf *out, const char *words, enum search_mode mode, struct err *err)
{
	autobuf struct buf with = BUF_INIT(SEARCH_QUERY_MAX), without = BUF_INIT(SEARCH_QUERY_MAX);
	struct slice rest = slice_of(words);
	struct term t;
	int n = 0;

	while (n < SEARCH_TERMS_MAX && next_term(&rest, &t)) {
		autobuf struct buf one = BUF_INIT(SEARCH_QUERY_MAX);
		struct buf *to = t.without && mode == SEARCH_ALL ? &without : &with;

		if (!add_term(&one, &t, mode))
			continue;
		if (to->len)
			buf_add_str(to, to == &with && mode == SEARCH_ALL ? " AND " : " OR ");
		buf_add_slice(to, buf_slice(&one));
		n++;
	}
	return finish(out, &with, &without, err);
}

void
search_query_words(struct strv *out, const char *words)
{
	struct slice rest = slice_of(words), part, text;
	struct term t;
	bool cjk = false, any;
	size_t chars;

	while (out->n < SEARCH_TERMS_MAX && next_term(&rest, &t)) {
		if (t.without)
			continue;
		for (text = t.text; text.n;) {
			part = next_part(&text, &cjk, &chars, &any);
			if (t.begin && part.n && part.p[part.n - 1] == '*')
				part.n--;
			if (any)
				strv_take(out, utf8_fold(part.p, part.n));
		}
	}
}
