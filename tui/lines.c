#include "tui/lines.h"
#include "tui/wrap.h"
#include <stdarg.h>

#define LINES_TEXT_MAX (16u << 20)

void
lines_init(struct lines *l)
{
	*l = (struct lines){ 0 };
	buf_init(&l->text, LINES_TEXT_MAX);
}

void
lines_finish(struct lines *l)
{
	buf_finish(&l->text);
	free(l->runs);
	free(l->v);
	strv_finish(&l->links);
	*l = (struct lines){ 0 };
}

void
lines_clear(struct lines *l)
{
	buf_clear(&l->text);
	l->n_runs = l->n = 0;
	strv_finish(&l->links);
}

void
lines_begin(struct lines *l)
{
	GROW(l->v, l->n, l->cap);
	l->v[l->n++] = (struct line){ .start = (uint32_t)l->text.len,
		.end = (uint32_t)l->text.len, .first_run = (uint32_t)l->n_runs };
}

void
lines_add(struct lines *l, struct slice s, style st, uint16_t link)
{
	struct line *line = &l->v[l->n - 1];
	struct run *last = line->n_runs ? &l->runs[l->n_runs - 1] : NULL;

	if (s.n == 0 || !buf_add_slice(&l->text, s))
		return;
	line->end = (uint32_t)l->text.len;
	if (last && last->st == st && last->link == link) {
		last->end = line->end;
		return;
	}
	GROW(l->runs, l->n_runs, l->cap_runs);
	l->runs[l->n_runs++] = (struct run){ .end = line->end, .st = st, .link = link };
	line->n_runs++;
}

void
lines_add_str(struct lines *l, const char *s, style st)
{
	lines_add(l, slice_of(s), st, 0);
}

void
lines_printf(struct lines *l, style st, const char *fmt, ...)
{
	autobuf struct buf b = BUF_INIT(65536);
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	lines_add(l, buf_slice(&b), st, 0);
}

void
lines_decor(struct lines *l)
{
	struct line *line = &l->v[l->n - 1];

	line->skip = line->end - line->start;
}

struct line *
lines_last(struct lines *l)
{
	return &l->v[l->n - 1];
}

uint16_t
lines_link(struct lines *l, struct slice url)
{
	if (l->links.n && slice_eq_str(url, l->links.v[l->links.n - 1]))
		return (uint16_t)l->links.n;
	if (url.n == 0 || l->links.n >= 65000)
		return 0;
	strv_take(&l->links, slice_dup(url));
	return (uint16_t)l->links.n;
}

void
lines_put(struct lines *l, const char *s, style st)
{
	lines_begin(l);
	lines_add_str(l, s, st);
}

void
lines_append(struct lines *l, const struct lines *more)
{
	for (size_t i = 0; i < more->n; i++) {
		const struct line *from = &more->v[i];
		uint32_t at = from->start;

		lines_begin(l);
		for (uint32_t r = 0; r < from->n_runs; r++) {
			const struct run *run = &more->runs[from->first_run + r];

			lines_add(l, (struct slice){ more->text.p + at, run->end - at }, run->st, 0);
			at = run->end;
		}
		lines_last(l)->fill = from->fill;
	}
}

static void
wrap_one(struct lines *l, struct slice s, int cols, const char *prefix, style prefix_st, style st)
{
	do {
		struct wrap_line w;

		wrap_next(s, cols, &w);
		lines_begin(l);
		lines_add_str(l, prefix, prefix_st);
		lines_decor(l);
		lines_add(l, (struct slice){ s.p, w.end }, st, 0);
		lines_last(l)->soft = w.next < s.n;
		lines_last(l)->soft_space = w.next > w.end;
		s.p += w.next;
		s.n -= w.next;
	} while (s.n > 0);
}

void
lines_wrap(struct lines *l, struct slice s, int cols, const char *prefix, style st)
{
	lines_wrap_marked(l, s, cols, prefix, st, st);
}

void
lines_wrap_marked(struct lines *l, struct slice s, int cols, const char *prefix, style prefix_st,
	style st)
{
	struct slice rest = s;

	cols = MAX_OF(cols - text_cols(slice_of(prefix)), 1);
	while (rest.p && (rest.n || rest.p == s.p))
		wrap_one(l, slice_line(&rest), cols, prefix, prefix_st, st);
}

void
lines_wrap_hang(struct lines *l, struct slice s, int cols, const char *prefix, style prefix_st,
	style st)
{
	static const char spaces[] = "                        ";
	int w = MIN_OF(text_cols(slice_of(prefix)), (int)sizeof(spaces) - 1);
	const char *indent = spaces + sizeof(spaces) - 1 - w;
	struct wrap_line first;
	struct slice line = s, rest = s;

	line = slice_line(&rest);
	wrap_next(line, MAX_OF(cols - w, 1), &first);
	lines_begin(l);
	lines_add_str(l, prefix, prefix_st);
	lines_decor(l);
	lines_add(l, (struct slice){ line.p, first.end }, st, 0);
	if (first.next < line.n) {
		lines_last(l)->soft = true;
		lines_last(l)->soft_space = first.next > first.end;
		wrap_one(l, (struct slice){ line.p + first.next, line.n - first.next }, MAX_OF(cols - w, 1),
			indent, st, st);
	}
	if (rest.p && rest.n)
		lines_wrap_marked(l, rest, cols, indent, st, st);
}

struct slice
lines_text(const struct lines *l, size_t i)
{
	return (struct slice){ l->text.p + l->v[i].start, l->v[i].end - l->v[i].start };
}

void
lines_draw(const struct lines *l, size_t i, struct area a, int y, int x)
{
	const struct line *line = &l->v[i];
	uint32_t at = line->start;

	if (line->fill)
		draw_repeat(a, y, x, a.w - x, ' ', style_on(0, (enum role)line->fill));
	for (uint32_t r = 0; r < line->n_runs; r++) {
		const struct run *run = &l->runs[line->first_run + r];
		struct slice s = { l->text.p + at, run->end - at };
		style st = run->st;
		uint16_t link = 0;

		if (line->fill && !role_has_bg(style_bg(st)))
			st = style_on(st, (enum role)line->fill);
		if (run->link)
			link = canvas_link(a.c, slice_of(l->links.v[run->link - 1]));
		x += draw_link(a, y, x, -1, s, st, link);
		at = run->end;
	}
}
