/* Blocks, their pieces, and what is laid out of them. */
#include "tui/blocks_priv.h"
#include "agent/base/utf8.h"

struct blocks *
blocks_create(const struct blocks_source *src)
{
	struct blocks *b = xcalloc(1, sizeof(*b));

	b->src = *src;
	b->cols = 80;
	b->rows = 24;
	b->follow = true;
	return b;
}

static void
piece_drop(struct blocks *b, struct piece *p)
{
	if (!p->lines)
		return;
	lines_finish(p->lines);
	free(p->lines);
	p->lines = NULL;
	b->cached--;
}

static void
entry_finish(struct blocks *b, struct entry *e)
{
	for (size_t i = 0; i < e->n; i++)
		piece_drop(b, &e->v[i]);
	free(e->v);
	*e = (struct entry){ 0 };
}

static void
drop_entries(struct blocks *b, size_t from)
{
	for (size_t i = from; i < b->n; i++)
		entry_finish(b, &b->v[i]);
	b->n = from;
}

void
blocks_destroy(struct blocks *b)
{
	if (!b)
		return;
	drop_entries(b, 0);
	free(b->v);
	free(b->seen);
	free(b->words);
	free(b);
}

void
blocks_reset(struct blocks *b)
{
	drop_entries(b, 0);
	b->follow = true;
	b->has_match = false;
	b->n_seen = 0;
	blocks_select_none(b);
	blocks_sync(b);
}

static void
add_piece(struct entry *e, const struct md_piece *md)
{
	GROW(e->v, e->n, e->cap);
	e->v[e->n++] = (struct piece){ .md = *md, .rows = -1 };
}

/* The tail is cut again; finished pieces stay as they are. */
static void
sync_markdown(struct blocks *b, struct entry *e)
{
	struct md_piece piece;

	if (e->n > 0)
		piece_drop(b, &e->v[--e->n]);
	while (md_cut_next(&e->cut, e->view.text, &piece))
		add_piece(e, &piece);
	md_tail(&e->cut, e->view.text, &piece);
	add_piece(e, &piece);
}

static void
sync_entry(struct blocks *b, size_t i)
{
	struct entry *e = &b->v[i];
	struct block_view view = { 0 };
	bool grew;

	b->src.view(b->src.user, i, &view);
	if (e->n > 0 && e->revision == view.revision) {
		e->view.text = view.text; /* the buffer behind it may have moved */
		return;
	}
	grew = e->n > 0 && view.markdown && e->view.markdown && view.text.n >= e->text_n &&
		view.base == e->view.base && view.indent == e->view.indent;
	if (!grew)
		entry_finish(b, e);
	e->view = view;
	e->revision = view.revision;
	e->text_n = view.text.n;
	if (view.markdown) {
		sync_markdown(b, e);
	} else {
		struct md_piece whole = { .end = view.text.n };

		add_piece(e, &whole);
	}
}

void
blocks_sync(struct blocks *b)
{
	size_t n = b->src.count(b->src.user);

	if (n < b->n)
		drop_entries(b, n);
	while (b->n < n) {
		GROW(b->v, b->n, b->cap);
		b->v[b->n++] = (struct entry){ 0 };
	}
	for (size_t i = 0; i < n; i++)
		sync_entry(b, i);
	if (b->top.e >= b->n || (b->n && b->top.p >= b->v[b->top.e].n)) {
		b->top = (struct place){ 0 };
		b->follow = true;
	}
	if (b->has_match && (b->match.e >= b->n || b->match.p >= b->v[b->match.e].n))
		b->has_match = false;
	if (b->selecting && (b->sel_a.e >= b->n || b->sel_b.e >= b->n ||
				    b->sel_a.p >= b->v[b->sel_a.e].n || b->sel_b.p >= b->v[b->sel_b.e].n))
		b->selecting = false;
}

struct piece *
piece_at(struct blocks *b, struct place at)
{
	return &b->v[at.e].v[at.p];
}

int
piece_gap(const struct blocks *b, size_t e, size_t p)
{
	if (p > 0)
		return b->v[e].v[p].md.joined ? 0 : 1;
	return e > 0 && b->v[e].view.gap ? 1 : 0;
}

/* Frees what has not been shown for longest until there is room. */
static void
make_room(struct blocks *b)
{
	if (b->cached < BLOCKS_CACHE_MAX)
		return;
	for (size_t i = 0; i < b->n; i++) {
		for (size_t k = 0; k < b->v[i].n; k++) {
			struct piece *p = &b->v[i].v[k];

			if (p->lines && p->used + 1 < b->frame)
				piece_drop(b, p);
		}
	}
}

const struct lines *
piece_lines(struct blocks *b, size_t e, size_t p)
{
	struct entry *en = &b->v[e];
	struct piece *pc = &en->v[p];
	int cols = MAX_OF(b->cols - en->view.indent, 4);

	pc->used = b->frame;
	if (pc->lines)
		return pc->lines;
	make_room(b);
	pc->lines = xmalloc(sizeof(*pc->lines));
	lines_init(pc->lines);
	b->cached++;
	if (en->view.markdown) {
		struct md_opts o = { .cols = cols, .base = en->view.base,
			.inside_code = pc->md.inside_code, .info = pc->md.info };
		struct slice text = { en->view.text.p + pc->md.start, pc->md.end - pc->md.start };

		md_render(pc->lines, text, &o);
	} else {
		b->src.render(b->src.user, e, cols, pc->lines);
	}
	pc->rows = (int)pc->lines->n;
	return pc->lines;
}

int
piece_rows(struct blocks *b, size_t e, size_t p, bool exact)
{
	struct piece *pc = &b->v[e].v[p];

	if (pc->rows < 0 && exact)
		piece_lines(b, e, p);
	/* An empty piece (only blank lines so far) has no gap either. */
	if (pc->rows == 0)
		return 0;
	if (pc->rows > 0)
		return pc->rows + piece_gap(b, e, p);
	return (int)((pc->md.end - pc->md.start) / (size_t)MAX_OF(b->cols * 2 / 3, 1)) + 1 +
		piece_gap(b, e, p);
}

bool
place_next(const struct blocks *b, struct place *at)
{
	if (at->e >= b->n)
		return false;
	if (at->p + 1 < b->v[at->e].n) {
		at->p++;
	} else if (at->e + 1 < b->n) {
		at->e++;
		at->p = 0;
	} else {
		return false;
	}
	return true;
}

bool
place_prev(const struct blocks *b, struct place *at)
{
	if (at->p > 0) {
		at->p--;
	} else if (at->e > 0) {
		at->e--;
		at->p = b->v[at->e].n - 1;
	} else {
		return false;
	}
	return true;
}

int
place_compare(struct place x, struct place y)
{
	if (x.e != y.e)
		return x.e < y.e ? -1 : 1;
	if (x.p != y.p)
		return x.p < y.p ? -1 : 1;
	return x.line < y.line ? -1 : x.line > y.line;
}

size_t
column_offset(struct slice line, int col)
{
	return utf8_fit(line.p, line.n, (size_t)MAX_OF(col, 0), NULL);
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

ptrdiff_t
find_nocase(struct slice hay, const char *needle)
{
	size_t n = strlen(needle);

	for (size_t i = 0; n && i + n <= hay.n; i++) {
		size_t k = 0;

		while (k < n && lower(hay.p[i + k]) == lower(needle[k]))
			k++;
		if (k == n)
			return (ptrdiff_t)i;
	}
	return -1;
}
