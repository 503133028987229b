/* Changing config.yaml by single lines, so that comments and order stay the person's. */
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/core/config_private.h"
#include <ctype.h>
#include <sys/stat.h>

#define CONFIG_FILE_MAX (1u << 20)

/* Plain when that is safe in YAML, else double-quoted. */
static void
put_scalar(struct buf *b, const char *v)
{
	const char *p;
	bool plain = *v && !strchr("!&*-?|>@`\"'%#{}[],: ", *v);

	for (p = v; *p && plain; p++) {
		if (!isalnum((unsigned char)*p) && !strchr("._/-+~@ ", *p) && (unsigned char)*p < 128)
			plain = false;
	}
	if (plain) {
		buf_add_str(b, v);
		return;
	}
	buf_add_char(b, '"');
	for (p = v; *p; p++) {
		if (*p == '"' || *p == '\\')
			buf_add_char(b, '\\');
		if (*p == '\n')
			buf_add_str(b, "\\n");
		else
			buf_add_char(b, *p);
	}
	buf_add_char(b, '"');
}

/* "  key: value  # comment" with the value replaced. */
static void
put_line(struct buf *out, struct slice old, const char *leaf, const char *value)
{
	const char *hash = memmem(old.p, old.n, " #", 2);
	size_t indent = 0;

	while (indent < old.n && old.p[indent] == ' ')
		indent++;
	buf_printf(out, "%*s", (int)indent, "");
	put_scalar(out, leaf);
	buf_add_str(out, ": ");
	put_scalar(out, value);
	if (hash && hash[-1] != '"')
		buf_add(out, hash, (size_t)(old.p + old.n - hash));
	buf_add_char(out, '\n');
}

static size_t
indent_of(struct slice l)
{
	size_t n = 0;

	while (n < l.n && l.p[n] == ' ')
		n++;
	return n;
}

static bool
says_nothing(struct slice l)
{
	struct slice t = slice_trim(l);

	return t.n == 0 || t.p[0] == '#';
}

/* "provider.box.kind": section, sub (NULL in "ui.theme"), leaf. Keys on the keyboard may hold a
 * dot: the leaf is all that is left. */
struct place {
	char *section, *sub;
	const char *leaf;
};

static bool
place_of(const char *key, struct place *p)
{
	const char *dot = strchr(key, '.'), *next = dot ? strchr(dot + 1, '.') : NULL;

	*p = (struct place){ 0 };
	if (!dot)
		return false;
	p->section = xstrndup(key, (size_t)(dot - key));
	p->sub = next && next[1] ? xstrndup(dot + 1, (size_t)(next - dot - 1)) : NULL;
	p->leaf = p->sub ? next + 1 : dot + 1;
	return true;
}

/* Where a new line belongs: behind line `after` (0: at the end), so deep. */
struct spot {
	int section, sub;
	size_t depth; /* of what stands in the section */
	size_t sub_depth;
};

static bool
is_head(struct slice l, const char *name)
{
	autofree char *want = xasprintf("%s:", name), *quoted = xasprintf("\"%s\":", name);

	return slice_starts(l, want) || slice_starts(l, quoted);
}

static void
find_spot(struct slice text, const struct place *p, struct spot *ret)
{
	int n = 0;

	*ret = (struct spot){ .depth = 2, .sub_depth = 4 };
	while (text.p && text.n) {
		struct slice l = slice_line(&text);
		size_t in = indent_of(l);

		n++;
		if (says_nothing(l))
			continue;
		if (ret->sub && n > ret->sub) {
			ret->sub_depth = in > ret->depth ? in : ret->depth + 2;
			return;
		}
		if (ret->section && in == 0)
			return;
		if (!ret->section && is_head(l, p->section)) {
			ret->section = n;
		} else if (ret->section) {
			if (n == ret->section + 1 || in < ret->depth)
				ret->depth = in;
			if (p->sub && in == ret->depth && is_head(slice_trim(l), p->sub)) {
				ret->sub = n;
				ret->sub_depth = in + 2;
			}
		}
	}
}

static void
put_new(struct buf *out, const struct place *p, const struct spot *at, const char *value, bool with_sub)
{
	autofree char *deep = xasprintf("%*s", (int)(with_sub ? at->depth + 2 : p->sub ? at->sub_depth : at->depth), "");

	if (with_sub) {
		buf_printf(out, "%*s", (int)at->depth, "");
		put_scalar(out, p->sub);
		buf_add_str(out, ":\n");
	}
	put_line(out, slice_of(deep), p->leaf, value);
}

static void
rewrite(struct buf *out, struct slice text, int line, const struct place *p, const char *value)
{
	struct spot at;
	int n = 0;

	find_spot(text, p, &at);
	while (text.p && text.n) {
		struct slice l = slice_line(&text);

		n++;
		if (n == line) {
			put_line(out, l, p->leaf, value);
			continue;
		}
		buf_add_slice(out, l);
		buf_add_char(out, '\n');
		if (!line && n == (at.sub ? at.sub : at.section))
			put_new(out, p, &at, value, p->sub && !at.sub);
	}
	if (line || at.section)
		return;
	put_scalar(out, p->section);
	buf_add_str(out, ":\n");
	put_new(out, p, &at, value, p->sub != NULL);
}

/* Line numbers behind an inserted line moved: they are read anew. A file that cannot be read
 * with the new line in it gets its old text back. */
static bool
read_lines(struct config *c, struct slice old, struct err *err)
{
	struct config *fresh = NULL;
	size_t i;

	if (!config_load(c->path, &fresh, err)) {
		struct err again = { 0 };

		if (!path_write_file(c->path, old, 0600, &again))
			return err_wrap(err, "%s", again.text);
		return false;
	}
	for (i = 0; i < c->n; i++) {
		const struct config_entry *f = config_entry(fresh, c->v[i].key);

		c->v[i].line = f ? f->line : 0;
	}
	config_destroy(fresh);
	return true;
}

bool
config_set(struct config *c, const char *key, const char *value, struct err *err)
{
	const struct config_entry *e = config_entry(c, key);
	autobuf struct buf old = BUF_INIT(CONFIG_FILE_MAX), out = BUF_INIT(CONFIG_FILE_MAX);
	int line = e ? e->line : 0;
	struct place p;
	struct stat st;
	bool ok;

	if (!place_of(key, &p))
		return err_set(err, ERR_USAGE, _("a setting is written section.key, not \"%s\""), key);
	ok = config_put(c, key, value, NULL, line, err) &&
		(stat(c->path, &st) != 0 || path_read_file(c->path, &old, err));
	if (ok) {
		rewrite(&out, buf_slice(&old), line, &p, value);
		ok = path_write_file(c->path, buf_slice(&out), 0600, err) &&
			(line || read_lines(c, buf_slice(&old), err));
	}
	free(p.section);
	free(p.sub);
	return ok;
}

void
config_defaults(struct buf *out)
{
	const struct config_option *o;
	char last[64] = "";

	for (o = config_options; o->key; o++) {
		const char *dot = strrchr(o->key, '.');
		size_t n = (size_t)(dot - o->key);

		if (strncmp(last, o->key, n) != 0 || last[n]) {
			snprintf(last, sizeof(last), "%.*s", (int)n, o->key);
			buf_printf(out, "%s# %s:\n", out->len ? "\n" : "", last);
		}
		buf_printf(out, "#   # %s%s%s%s\n#   %s: %s\n", _(o->help), o->choices ? " (" : "",
			o->choices ? o->choices : "", o->choices ? ")" : "", dot + 1, o->fallback);
	}
}
