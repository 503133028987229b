/* Fenced code: a bar on the left, the language above it, lines coloured and never cut. */
#include "tui/md_priv.h"
#include "agent/base/utf8.h"

struct painter {
	struct md *m;
	int left; /* columns free in the open line */
	int cols;
};

static void
code_start(struct md *m)
{
	md_line(m);
	lines_add_str(m->out, "│ ", STYLE_ON(ROLE_BORDER, style_bg(m->o->base)));
	lines_decor(m->out);
}

static void
on_piece(void *user, struct slice s, style st)
{
	struct painter *p = user;

	st = style_on(st, style_bg(p->m->o->base));
	while (s.n > 0) {
		size_t cols, fit = utf8_fit(s.p, s.n, (size_t)MAX_OF(p->left, 0), &cols);

		lines_add(p->m->out, (struct slice){ s.p, fit }, st, 0);
		p->left -= (int)cols;
		s.p += fit;
		s.n -= fit;
		if (s.n > 0) {
			/* Not even one character fitted into a whole line: drop it. */
			if (fit == 0 && p->left == p->cols)
				return;
			lines_last(p->m->out)->soft = true;
			code_start(p->m);
			p->left = p->cols;
		}
	}
}

void
md_code_lines(struct md *m, struct slice code)
{
	struct painter p = { .m = m, .cols = MAX_OF(md_width(m) - 2, 8) };
	struct slice rest = code;
	int state = 0;

	if (code.n && code.p[code.n - 1] == '\n')
		rest.n--;
	if (m->info[0] && !m->o->inside_code) {
		md_line(m);
		lines_add_str(m->out, "╷ ", STYLE_ON(ROLE_BORDER, style_bg(m->o->base)));
		lines_add_str(m->out, m->info, STYLE_ON(ROLE_MUTED, style_bg(m->o->base)));
		lines_decor(m->out);
		lines_last(m->out)->no_copy = true;
	}
	while (rest.p) {
		struct slice line = slice_cut(&rest, '\n');

		code_start(m);
		p.left = p.cols;
		code_line(m->info, line, &state, on_piece, &p);
	}
}
