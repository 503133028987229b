/* From nodes of JSON to rows of words. */
#include "agent/base/json_words.h"
#include "agent/base/buf.h"
#include "agent/base/event.h"
#include "agent/base/i18n.h"
#include "agent/base/jdoc.h"
#include "agent/base/path.h"
#include "agent/base/sanitize.h"

#define TEXT_MAX 4000u
#define DEPTH_SHOWN 4

static char *
place(const char *path)
{
	const char *home = getenv("HOME");
	autofree char *raw = path_from_text(path), *text = home ? path_tilde(raw, home) : xstrdup(raw);

	return sanitize_dup(text, SANITIZE_NAME);
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
	return raw[0] == '/' ? place(raw) : sanitize_dup(raw, *key ? SANITIZE_TEXT : SANITIZE_LINE);
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

struct painter {
	json_words_fn *fn;
	void *user;
	bool full;
};

static void
put(struct painter *p, const char *row, int depth)
{
	if (*row && !p->full)
		p->full = !p->fn(p->user, row, depth);
}

static void put_nested(struct painter *p, const struct jn *v, int depth);

static void
put_rows(struct painter *p, const struct jn *a, int depth)
{
	for (const struct jn *v = jn_first(a); v && !p->full; v = jn_next(a, v)) {
		autofree char *text = jn_is(v, JN_OBJECT) ? row_words(v) : scalar("", v);

		put(p, text, depth);
		if (jn_is(v, JN_ARRAY))
			put_nested(p, v, depth + 1);
		for (const struct jn *k = jn_is(v, JN_OBJECT) ? jn_first(v) : NULL; k; k = jn_next(v, k))
			put_nested(p, jn_value(k), depth + 1);
	}
}

static void
put_pair(struct painter *p, const char *key, const char *text, int depth)
{
	autofree char *name = sanitize_dup(key, SANITIZE_NAME), *row = NULL;

	for (char *c = name; *c; c++)
		*c = *c == '_' ? ' ' : *c;
	row = xasprintf("%s:%s%s", name, *text ? " " : "", text);
	put(p, row, depth);
}

static void
put_members(struct painter *p, const struct jn *o, int depth)
{
	for (const struct jn *k = jn_first(o); k && !p->full; k = jn_next(o, k)) {
		const struct jn *v = jn_value(k);
		autofree char *key = jn_dup(k, 200), *text = NULL;

		if (!key || str_ends(key, "_text"))
			continue;
		if (is_nested(v)) {
			if (v->n == 0 || depth >= DEPTH_SHOWN)
				continue;
			put_pair(p, key, "", depth);
			put_nested(p, v, depth + 1);
			continue;
		}
		text = scalar(key, worded(o, key) ? worded(o, key) : v);
		if (*text)
			put_pair(p, key, text, depth);
	}
}

static void
put_nested(struct painter *p, const struct jn *v, int depth)
{
	if (depth > DEPTH_SHOWN)
		return;
	if (jn_is(v, JN_ARRAY))
		put_rows(p, v, depth);
	else if (jn_is(v, JN_OBJECT))
		put_members(p, v, depth);
}

bool
json_words(struct slice text, json_words_fn *fn, void *user)
{
	autojdoc struct jdoc d = { 0 };
	struct slice s = slice_trim(text);
	const struct jn *v = s.n && (s.p[0] == '{' || s.p[0] == '[') ? jdoc_parse(&d, s) : NULL;
	struct painter p = { .fn = fn, .user = user };

	if (!is_nested(v))
		return false;
	put_nested(&p, v, 0);
	return true;
}

char *
json_words_row(struct slice json)
{
	autojdoc struct jdoc d = { 0 };
	const struct jn *v = jdoc_parse(&d, json);

	return jn_is(v, JN_OBJECT) ? row_words(v) : xstrdup("");
}
