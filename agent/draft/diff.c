/* What one effect changes, in lines of text or in a sentence. */
#include <errno.h>
#include <limits.h>
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/base/sanitize.h"
#include "agent/draft/diff_tree.h"
#include "agent/draft/draft_private.h"
#include "agent/draft/effects_private.h"
#include "agent/draft/kinds.h"
#include "agent/draft/myers.h"

#define DIFF_FILE_MAX (4u << 20)
#define DIFF_LINES_MAX 100000
#define CONTEXT 3
#define TAB 8

/* One line of foreign text: nothing vanishes, tabs stay readable. */
static bool
put_line(struct buf *out, char sign, struct slice line)
{
	bool whole = line.n && line.p[line.n - 1] == '\n';
	size_t start = out->len + 1;

	if (whole)
		line.n--;
	buf_add_char(out, sign);
	while (line.p) {
		struct slice part = slice_cut(&line, '\t');

		sanitize(out, part.p, part.n, SANITIZE_NAME);
		while (line.p && (out->len - start) % TAB != TAB - 1)
			buf_add_char(out, ' ');
		if (line.p)
			buf_add_char(out, ' ');
	}
	buf_add_char(out, '\n');
	if (!whole)
		buf_printf(out, "\\ %s\n", _("no newline at the end"));
	return !out->full;
}

struct sides {
	struct diff_lines a, b;
	struct diff_edits edits;
	struct buf *out;
	size_t max;
};

static size_t
hunk_end(const struct diff_edits *e, size_t i)
{
	while (i + 1 < e->n &&
		e->v[i + 1].old - (e->v[i].old + e->v[i].n_old) <= 2 * CONTEXT)
		i++;
	return i;
}

static size_t
line_number(size_t at, size_t n)
{
	return n ? at + 1 : at;
}

static bool
put_hunk(struct sides *s, size_t first, size_t last)
{
	const struct diff_edit *x = &s->edits.v[first], *y = &s->edits.v[last];
	size_t from = x->old > CONTEXT ? x->old - CONTEXT : 0;
	size_t to = MIN_OF(y->old + y->n_old + CONTEXT, s->a.n);
	size_t new_from = x->new - (x->old - from);
	size_t new_to = y->new + y->n_new + (to - y->old - y->n_old);

	buf_printf(s->out, "@@ -%zu,%zu +%zu,%zu @@\n", line_number(from, to - from), to - from,
		line_number(new_from, new_to - new_from), new_to - new_from);
	for (size_t i = first; i <= last; i++) {
		const struct diff_edit *e = &s->edits.v[i];

		while (from < e->old)
			put_line(s->out, ' ', s->a.v[from++]);
		for (size_t j = 0; j < e->n_old; j++)
			put_line(s->out, '-', s->a.v[e->old + j]);
		for (size_t j = 0; j < e->n_new; j++)
			put_line(s->out, '+', s->b.v[e->new + j]);
		from = e->old + e->n_old;
		if (s->out->len > s->max)
			return false;
	}
	while (from < to)
		put_line(s->out, ' ', s->a.v[from++]);
	return s->out->len <= s->max;
}

/* Cuts at a whole line and says so. */
static void
cut(struct sides *s, size_t start)
{
	size_t n = MIN_OF(s->out->len, s->max);

	while (n > start && s->out->p[n - 1] != '\n')
		n--;
	buf_truncate(s->out, n);
	buf_printf(s->out, "%s\n", _("... the rest is too long to be shown here"));
}

static void
put_diff(struct sides *s, const char *a, const char *b)
{
	size_t start = s->out->len;

	buf_printf(s->out, "--- %s\n+++ %s\n", a, b);
	diff_edits_find(&s->a, &s->b, &s->edits);
	for (size_t i = 0; i < s->edits.n; i++) {
		size_t last = hunk_end(&s->edits, i);

		if (!put_hunk(s, i, last)) {
			cut(s, start);
			break;
		}
		i = last;
	}
	diff_edits_finish(&s->edits);
}

static bool
read_side(int dir, const char *rel, struct buf *b)
{
	autofd int fd = fs_open_in(dir, rel, O_RDONLY | O_NONBLOCK, 0);
	char part[16384];
	ssize_t n;

	if (fd < 0)
		return false;
	while ((n = read(fd, part, sizeof(part))) > 0) {
		if (!buf_add(b, part, (size_t)n))
			return false;
	}
	return n == 0;
}

/* --- sentences --- */

static void
put_mode(mode_t mode, char out[10])
{
	static const char bits[] = "rwxrwxrwx";

	for (int i = 0; i < 9; i++)
		out[i] = mode & (mode_t)(0400 >> i) ? bits[i] : '-';
	if (mode & S_ISUID)
		out[2] = mode & 0100 ? 's' : 'S';
	if (mode & S_ISGID)
		out[5] = mode & 0010 ? 's' : 'S';
	if (mode & S_ISVTX)
		out[8] = mode & 0001 ? 't' : 'T';
	out[9] = '\0';
}

void
effect_mode_words(mode_t was, mode_t is, char out[40])
{
	char a[10], b[10];

	put_mode(was, a);
	put_mode(is, b);
	snprintf(out, 40, "%s → %s", a, b);
}

static bool
say_binary(struct draft *d, const struct effect *e, struct buf *out)
{
	const char *rel;
	struct draft_root *r = draft_root_of(d, e->path, &rel);
	const char *kind = r ? kind_of_file(e->mode ? r->upper_fd : r->real_fd, rel) : "";
	char was[16], is[16];

	str_size(e->was ? e->was : e->bytes, was);
	str_size(e->bytes, is);
	if (e->kind == EFFECT_CREATE)
		buf_printf(out, _("a new file, %s: %s"), is, kind);
	else if (e->kind == EFFECT_DELETE)
		buf_printf(out, _("a file of %s goes: %s"), was, kind);
	else
		buf_printf(out, _("%s becomes %s: %s"), was, is, kind);
	return buf_add_char(out, '\n');
}

static bool
say_tree(struct draft *d, const struct effect *e, size_t max, struct buf *out)
{
	const char *rel;
	struct draft_root *r = draft_root_of(d, e->path, &rel);
	bool goes = S_ISDIR(e->was_mode) && (e->kind == EFFECT_DELETE || e->kind == EFFECT_REPLACE);
	char count[32], bytes[16], was[16];

	str_count(e->count, count);
	str_size(e->bytes, bytes);
	str_size(e->was, was);
	if (e->kind == EFFECT_CREATE)
		buf_add_str(out, _("a new folder"));
	else if (e->kind == EFFECT_DELETE)
		buf_printf(out, _("the folder goes with everything in it: %s entries, %s"), count,
			bytes);
	else
		buf_printf(out, _("the old one (%s) goes, the new folder has %s entries, %s"), was,
			count, bytes);
	buf_add_char(out, '\n');
	if (goes && r)
		diff_tree(r->real_fd, rel, e->kind == EFFECT_DELETE ? e->count : e->was_count, max, out);
	return !out->full;
}

static bool
say_link(struct draft *d, const struct effect *e, struct buf *out)
{
	const char *rel;
	struct draft_root *r = draft_root_of(d, e->path, &rel);
	char target[PATH_MAX];
	ssize_t n = r && S_ISLNK(e->was_mode) ? readlinkat(r->real_fd, rel, target,
							sizeof(target) - 1)
					      : -1;
	autofree char *new = sanitize_dup(e->from ? e->from : "", SANITIZE_NAME);
	autofree char *old = NULL;

	if (n >= 0) {
		target[n] = '\0';
		old = sanitize_dup(target, SANITIZE_NAME);
	}
	if (e->kind == EFFECT_DELETE)
		buf_printf(out, _("the link to %s goes; what it leads to stays"), old ? old : "?");
	else if (old)
		buf_printf(out, _("a link, that led to %s, leads to %s"), old, new);
	else
		buf_printf(out, _("a link to %s"), new);
	return buf_add_char(out, '\n');
}

static bool
say_move(struct draft *d, const struct effect *e, struct buf *out)
{
	autofree char *a = path_tilde(e->from, d->home), *b = path_tilde(e->path, d->home);
	autofree char *from = sanitize_dup(a, SANITIZE_NAME), *to = sanitize_dup(b, SANITIZE_NAME);

	buf_printf(out, _("moves from %s to %s, unchanged"), from, to);
	return buf_add_char(out, '\n');
}

static bool
diff_text(struct draft *d, const struct effect *e, size_t max, struct buf *out, bool *ret_done)
{
	autobuf struct buf old = BUF_INIT(DIFF_FILE_MAX), new = BUF_INIT(DIFF_FILE_MAX);
	autofree char *short_path = path_tilde(e->path, d->home);
	autofree char *label = sanitize_dup(short_path, SANITIZE_NAME);
	struct sides s = { .out = out, .max = max };
	const char *rel;
	struct draft_root *r = draft_root_of(d, e->path, &rel);

	*ret_done = r && (!S_ISREG(e->was_mode) || read_side(r->real_fd, rel, &old)) &&
		(!S_ISREG(e->mode) || read_side(r->upper_fd, rel, &new)) &&
		diff_lines_split(buf_slice(&old), DIFF_LINES_MAX, &s.a);
	if (!*ret_done)
		return true;
	*ret_done = diff_lines_split(buf_slice(&new), DIFF_LINES_MAX, &s.b);
	if (*ret_done)
		put_diff(&s, S_ISREG(e->was_mode) ? label : _("(nothing)"),
			S_ISREG(e->mode) ? label : _("(nothing)"));
	diff_lines_finish(&s.a);
	diff_lines_finish(&s.b);
	return !out->full;
}

bool
draft_diff(struct draft *d, const struct effect *e, size_t max, struct buf *out, struct err *err)
{
	mode_t mode = e->mode ? e->mode : e->was_mode;
	bool done = false, ok;
	char words[40];

	if (e->kind == EFFECT_MOVE) {
		ok = say_move(d, e, out);
	} else if (e->kind == EFFECT_PERM) {
		effect_mode_words(e->was_mode, e->mode, words);
		ok = buf_printf(out, _("rights: %s"), words) && buf_add_char(out, '\n');
	} else if (S_ISDIR(mode) || S_ISDIR(e->was_mode)) {
		ok = say_tree(d, e, max, out);
	} else if (S_ISLNK(mode)) {
		ok = say_link(d, e, out);
	} else {
		ok = !e->text || diff_text(d, e, max, out, &done);
		if (ok && !done)
			ok = say_binary(d, e, out);
	}
	return ok || err_set(err, ERR_LIMIT, _("the difference is too long to be shown"));
}
