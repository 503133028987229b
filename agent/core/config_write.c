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
	buf_printf(out, "%*s%s: ", (int)indent, "", leaf);
	put_scalar(out, value);
	if (hash && hash[-1] != '"')
		buf_add(out, hash, (size_t)(old.p + old.n - hash));
	buf_add_char(out, '\n');
}

/* Line of a top-level "section:" or 0. */
static int
section_line(struct slice text, const char *section)
{
	autofree char *want = xasprintf("%s:", section);
	int n = 0;

	while (text.p && text.n) {
		struct slice l = slice_line(&text);

		n++;
		if (slice_starts(l, want))
			return n;
	}
	return 0;
}

static void
rewrite(struct buf *out, struct slice text, int line, int after, const char *section,
	const char *leaf, const char *value)
{
	int n = 0;

	while (text.p && text.n) {
		struct slice l = slice_line(&text);

		n++;
		if (n == line) {
			put_line(out, l, leaf, value);
			continue;
		}
		buf_add_slice(out, l);
		buf_add_char(out, '\n');
		if (n == after)
			put_line(out, SLICE_LIT("  "), leaf, value);
	}
	if (!line && !after) {
		buf_printf(out, "%s:\n", section);
		put_line(out, SLICE_LIT("  "), leaf, value);
	}
}

bool
config_set(struct config *c, const char *key, const char *value, struct err *err)
{
	const char *dot = strrchr(key, '.');
	const struct config_entry *e = config_entry(c, key);
	autobuf struct buf old = BUF_INIT(CONFIG_FILE_MAX), out = BUF_INIT(CONFIG_FILE_MAX);
	autofree char *section = NULL;
	int line = e ? e->line : 0, after = 0;
	struct stat st;

	if (!dot)
		return err_set(err, ERR_USAGE, _("a setting is written section.key, not \"%s\""), key);
	if (strchr(key, '.') != dot && !line)
		return err_set(err, ERR_USAGE,
			_("%s is nested; please write it into %s yourself"), key, c->path);
	if (!config_put(c, key, value, NULL, line, err))
		return false;
	if (stat(c->path, &st) == 0 && !path_read_file(c->path, &old, err))
		return false;
	section = xstrndup(key, (size_t)(dot - key));
	if (!line)
		after = section_line(buf_slice(&old), section);
	rewrite(&out, buf_slice(&old), line, after, section, dot + 1, value);
	if (!path_write_file(c->path, buf_slice(&out), 0600, err))
		return false;
	/* Line numbers behind an inserted line moved: read them anew. */
	if (!line) {
		struct config *fresh = NULL;
		size_t i;

		if (!config_load(c->path, &fresh, err))
			return false;
		for (i = 0; i < c->n; i++) {
			const struct config_entry *f = config_entry(fresh, c->v[i].key);

			c->v[i].line = f ? f->line : 0;
		}
		config_destroy(fresh);
	}
	return true;
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
