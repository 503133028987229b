#include "tui/values.h"
#include "agent/base/i18n.h"
#include "agent/base/jdoc.h"
#include "agent/base/sanitize.h"
#include "tui/words.h"

#define LABEL_MAX 24
#define TEXT_MAX 4000u
#define DEPTH_SHOWN 4

struct painter {
	struct lines *out;
	int cols, left, more;
};

static bool
room(struct painter *p)
{
	if (p->left > 0) {
		p->left--;
		return true;
	}
	p->more++;
	return false;
}

/* The member whose value says the same in words ("bytes" and "bytes_text"). */
static const struct jn *
worded(const struct jn *o, const char *key)
{
	autofree char *name = xasprintf("%s_text", key);
	const struct jn *v = jn_get(o, name);

	return jn_is(v, JN_STRING) && v->len ? v : NULL;
}

static bool
is_size(const char *key)
{
	static const char *const names[] = { "bytes", "size", "total", "free", "used", "available",
		"swap_total", "swap_free" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (str_eq(names[i], key))
			return true;
	}
	return false;
}

static bool
is_nested(const struct jn *v)
{
	return jn_is(v, JN_OBJECT) || jn_is(v, JN_ARRAY);
}

/* "" for what says nothing: null, false, an empty text. */
static char *
scalar(const char *key, const struct jn *v)
{
	autofree char *raw = NULL;
	uint64_t n;
	char size[16];

	if (jn_none(v) || jn_is(v, JN_FALSE) || is_nested(v))
		return xstrdup("");
	if (jn_is(v, JN_TRUE))
		return xstrdup(_("yes"));
	if (jn_is(v, JN_NUMBER)) {
		raw = slice_dup(jn_raw(v));
		return xstrdup(is_size(key) && str_to_u64(raw, &n) ? str_size(n, size) : raw);
	}
	raw = jn_dup(v, TEXT_MAX);
	if (!raw)
		return xstrdup("…");
	return raw[0] == '/' ? place_text(raw) : sanitize_dup(raw, *key ? SANITIZE_TEXT : SANITIZE_LINE);
}

static void
add_word(struct buf *b, const char *gap, const char *word)
{
	if (*word)
		buf_printf(b, "%s%s", b->len ? gap : "", word);
}

/* "~/a.txt:3  the text  owner me": names of members stand only where a value alone says nothing. */
static char *
row_words(const struct jn *o)
{
	struct buf b = BUF_INIT(1u << 16);
	const struct jn *line = jn_get(o, "line");

	for (const struct jn *k = jn_first(o); k; k = jn_next(o, k)) {
		const struct jn *v = jn_value(k);
		autofree char *key = jn_dup(k, 200), *text = NULL, *name = NULL, *pair = NULL;

		if (!key || (jn_is(line, JN_NUMBER) && str_eq(key, "line")) || str_ends(key, "_text"))
			continue;
		v = worded(o, key) ? worded(o, key) : v;
		text = scalar(is_size(key) ? key : "", v);
		name = sanitize_dup(key, SANITIZE_NAME);
		if (jn_is(v, JN_TRUE)) {
			add_word(&b, "  ", name);
		} else if (jn_is(v, JN_NUMBER) && !is_size(key)) {
			pair = xasprintf("%s %s", name, text);
			add_word(&b, "  ", pair);
		} else {
			add_word(&b, str_eq(key, "to") ? " → " : "  ", text);
		}
		if (str_eq(key, "path") && jn_is(line, JN_NUMBER))
			buf_printf(&b, ":%.*s", SLICE_FMT(jn_raw(line)));
	}
	return buf_steal(&b);
}

static void
put(struct painter *p, const char *text, int indent, style st)
{
	autofree char *mark = xasprintf("│ %*s", indent, "");

	if (*text && room(p))
		lines_wrap_marked(p->out, slice_of(text), p->cols, mark, STYLE(ROLE_BORDER), st);
}

static void put_members(struct painter *p, const struct jn *o, int depth);

static void
put_rows(struct painter *p, const struct jn *a, int depth)
{
	for (const struct jn *v = jn_first(a); v; v = jn_next(a, v)) {
		autofree char *text = jn_is(v, JN_OBJECT) ? row_words(v) : scalar("", v);

		put(p, text, 2 * depth, STYLE(ROLE_MUTED));
		if (jn_is(v, JN_ARRAY) && depth < DEPTH_SHOWN)
			put_rows(p, v, depth + 1);
		for (const struct jn *k = jn_is(v, JN_OBJECT) ? jn_first(v) : NULL; k && depth < DEPTH_SHOWN;
			k = jn_next(v, k)) {
			const struct jn *in = jn_value(k);

			if (jn_is(in, JN_ARRAY))
				put_rows(p, in, depth + 1);
			else if (jn_is(in, JN_OBJECT))
				put_members(p, in, depth + 1);
		}
	}
}

static void
put_pair(struct painter *p, const char *key, const char *text, int indent)
{
	autofree char *name = sanitize_dup(key, SANITIZE_NAME), *line = NULL;

	for (char *c = name; *c; c++)
		*c = *c == '_' ? ' ' : *c;
	line = xasprintf("%s: %s", name, text);
	put(p, line, indent, STYLE(ROLE_MUTED));
}

static void
put_members(struct painter *p, const struct jn *o, int depth)
{
	for (const struct jn *k = jn_first(o); k; k = jn_next(o, k)) {
		const struct jn *v = jn_value(k);
		autofree char *key = jn_dup(k, 200), *text = NULL;

		if (!key || str_ends(key, "_text"))
			continue;
		if (is_nested(v)) {
			if (v->n == 0 || depth >= DEPTH_SHOWN)
				continue;
			put_pair(p, key, "", 2 * depth);
			if (jn_is(v, JN_ARRAY))
				put_rows(p, v, depth + 1);
			else
				put_members(p, v, depth + 1);
			continue;
		}
		text = scalar(key, worded(o, key) ? worded(o, key) : v);
		if (*text)
			put_pair(p, key, text, 2 * depth);
	}
}

bool
values_lines(struct slice text, int cols, int max, struct lines *out, int *ret_more)
{
	autojdoc struct jdoc d = { 0 };
	struct slice s = slice_trim(text);
	const struct jn *v = s.n && (s.p[0] == '{' || s.p[0] == '[') ? jdoc_parse(&d, s) : NULL;
	struct painter p = { .out = out, .cols = cols, .left = max };

	if (!is_nested(v))
		return false;
	if (jn_is(v, JN_ARRAY))
		put_rows(&p, v, 0);
	else
		put_members(&p, v, 0);
	*ret_more = p.more;
	return true;
}

char *
values_words(struct slice json)
{
	autojdoc struct jdoc d = { 0 };
	const struct jn *v = jdoc_parse(&d, json);

	return jn_is(v, JN_OBJECT) ? row_words(v) : xstrdup("");
}
