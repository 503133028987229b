/* What line mode prints. Foreign bytes pass the sanitiser. */
#include "agent/base/i18n.h"
#include "agent/base/json.h"
#include "agent/base/limits.h"
#include "agent/base/sanitize.h"
#include "agent/cli/line_private.h"

void
line_put_safe(FILE *f, struct slice s)
{
	autobuf struct buf b = BUF_INIT(2 * LIMIT_BODY);

	sanitize(&b, s.p ? s.p : "", s.n, SANITIZE_TEXT);
	fwrite(b.p ? b.p : "", 1, b.len, f);
}

/* A streamed message may stand open in the middle of a line. */
void
line_end_text(struct line *l)
{
	if (l->in_text)
		fputc('\n', l->out);
	l->in_text = false;
	fflush(l->out);
}

void
line_sentence(struct line *l, const char *mark, const char *text)
{
	autofree char *safe = sanitize_dup(text, SANITIZE_LINE);

	line_end_text(l);
	fprintf(l->say, "%s%s\n", mark, safe);
}

static enum effect_kind
kind_of(const char *name)
{
	size_t i;

	for (i = 0; i < EFFECT_KINDS; i++) {
		if (str_eq(effect_kind_names[i], name))
			return (enum effect_kind)i;
	}
	return EFFECT_MODIFY;
}

/* "odd-name,git" -> bits. */
static unsigned
red_of(const char *names)
{
	struct slice rest = slice_of(names);
	unsigned red = 0;

	while (names && rest.p) {
		struct slice name = slice_cut(&rest, ',');

		for (unsigned i = 0; i < RED_BITS; i++)
			red |= slice_eq_str(name, effect_red_names[i]) ? 1u << i : 0;
	}
	return red;
}

void
line_effects(const struct fold_call *c, struct effects *ret)
{
	size_t i;

	memset(ret, 0, sizeof(*ret));
	ret->v = xcalloc(MAX_OF(c->n_effects, 1u), sizeof(*ret->v));
	for (i = 0; i < c->n_effects; i++) {
		const struct fold_effect *f = &c->effects[i];
		struct effect *e = &ret->v[ret->n++];

		e->kind = kind_of(f->kind);
		e->path = path_from_text(f->path);
		e->from = f->from ? path_from_text(f->from) : NULL;
		e->bytes = f->bytes;
		e->was = f->was;
		e->count = f->count;
		e->text = f->text;
		e->mode = f->type == 'd' ? S_IFDIR : f->type == 'l' ? S_IFLNK : S_IFREG;
		e->red = red_of(f->red);
		ret->n_kind[e->kind] += f->count;
		ret->bytes_kind[e->kind] += f->bytes;
	}
}

void
line_show_effects(struct line *l, const struct fold_call *c, bool numbers)
{
	autobuf struct buf b = BUF_INIT(LIMIT_BODY);
	struct effects e;

	line_effects(c, &e);
	effects_sentence(&e, l->session.cli->places->home, &b);
	buf_add_char(&b, '\n');
	effects_tree(&e, l->session.cli->places->home, 60, numbers, &b);
	line_end_text(l);
	fwrite(b.p, 1, b.len, l->say);
	if (b.len && b.p[b.len - 1] != '\n')
		fputc('\n', l->say);
	effects_finish(&e);
}

void
line_show_diff(struct line *l, const struct fold_approval *a, int64_t n)
{
	const struct fold_call *c = fold_call(l->fold, a->call);
	autobuf struct buf b = BUF_INIT(LIMIT_BODY);
	struct err err = { 0 };
	size_t i;

	for (i = 0; c && i < c->n_effects; i++) {
		if (c->effects[i].n == n && c->effects[i].diff)
			buf_add_str(&b, c->effects[i].diff);
	}
	if (!b.len && !agent_diff(l->session.agent, l->fold->task, a->call, n, &b, &err))
		buf_add_str(&b, err.text);
	line_put_safe(l->say, buf_slice(&b));
	if (b.len && b.p[b.len - 1] != '\n')
		fputc('\n', l->say);
}
