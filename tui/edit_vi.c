/* The vi keys most hands know: motions, x d c y p, insert and append, undo. */
#include "tui/edit_priv.h"
#include "agent/base/utf8.h"

void
edit_set_vi(struct edit *e, bool on)
{
	e->vi = on;
	e->vi_normal = false;
	e->vi_op = 0;
}

bool
edit_vi_normal(const struct edit *e)
{
	return e->vi && e->vi_normal;
}

static bool
motion(struct edit *e, uint32_t c, size_t *ret_to)
{
	switch (c) {
	case 'h':
		*ret_to = edit_prev(e, e->caret);
		return true;
	case 'l':
		*ret_to = edit_next(e, e->caret);
		return true;
	case 'w':
	case 'e':
		*ret_to = edit_word_right(e, e->caret);
		/* To the start of the next word, but cw and e end with this one. */
		while (c == 'w' && e->vi_op != 'c' && *ret_to < e->text.len && e->text.p[*ret_to] == ' ')
			(*ret_to)++;
		return true;
	case 'b':
		*ret_to = edit_word_left(e, e->caret);
		return true;
	case '0':
	case '^':
		*ret_to = edit_line_start(e, e->caret);
		return true;
	case '$':
		*ret_to = edit_line_end(e, e->caret);
		return true;
	case 'G':
		*ret_to = e->text.len;
		return true;
	default:
		return false;
	}
}

static void
operate(struct edit *e, size_t from, size_t to)
{
	char op = e->vi_op;

	e->vi_op = 0;
	if (from < to) {
		edit_kill(e, from, to, true);
		e->killing = false;
		if (op == 'y') {
			edit_do(e, EDIT_UNDO);
			edit_move(e, from);
		}
	}
	if (op == 'c')
		e->vi_normal = false;
}

static void
operate_line(struct edit *e)
{
	size_t from = edit_line_start(e, e->caret), to = edit_line_end(e, e->caret);

	if (to < e->text.len && e->vi_op != 'c')
		to++;
	operate(e, from, to);
}

static void
insert_mode(struct edit *e, enum edit_op first)
{
	if (first != EDIT_OP_COUNT)
		edit_do(e, first);
	e->vi_normal = false;
}

static void
open_line(struct edit *e, bool below)
{
	edit_do(e, below ? EDIT_END : EDIT_HOME);
	edit_do(e, EDIT_NEWLINE);
	if (!below)
		edit_do(e, EDIT_LEFT);
	e->vi_normal = false;
}

static bool
command(struct edit *e, uint32_t c)
{
	switch (c) {
	case 'i':
		insert_mode(e, EDIT_OP_COUNT);
		return true;
	case 'a':
		insert_mode(e, EDIT_RIGHT);
		return true;
	case 'I':
		insert_mode(e, EDIT_HOME);
		return true;
	case 'A':
		insert_mode(e, EDIT_END);
		return true;
	case 'o':
	case 'O':
		open_line(e, c == 'o');
		return true;
	case 'x':
		return edit_do(e, EDIT_DELETE), true;
	case 'D':
		return edit_do(e, EDIT_KILL_LINE), true;
	case 'C':
		edit_do(e, EDIT_KILL_LINE);
		e->vi_normal = false;
		return true;
	case 'p':
		return edit_do(e, EDIT_YANK), true;
	case 'u':
		return edit_do(e, EDIT_UNDO), true;
	case 'j':
		if (!edit_do(e, EDIT_DOWN))
			edit_do(e, EDIT_HISTORY_NEXT);
		return true;
	case 'k':
		if (!edit_do(e, EDIT_UP))
			edit_do(e, EDIT_HISTORY_PREV);
		return true;
	default:
		return true; /* an unknown letter must not be typed */
	}
}

bool
edit_vi_key(struct edit *e, struct key k)
{
	size_t to;

	if (!e->vi)
		return false;
	if (!e->vi_normal) {
		if (k.code != KEYC_ESC || k.mods || e->text.len == 0)
			return false;
		e->vi_normal = true;
		e->vi_op = 0;
		e->revision++;
		return true;
	}
	if (!key_is_text(k)) {
		e->vi_op = 0;
		return false;
	}
	e->revision++;
	if (e->vi_op && k.code == (uint32_t)e->vi_op) {
		operate_line(e);
	} else if (motion(e, k.code, &to)) {
		if (e->vi_op)
			operate(e, MIN_OF(e->caret, to), MAX_OF(e->caret, to));
		else
			edit_move(e, to);
	} else if (!e->vi_op && (k.code == 'd' || k.code == 'c' || k.code == 'y')) {
		e->vi_op = (char)k.code;
	} else {
		e->vi_op = 0;
		return command(e, k.code);
	}
	return true;
}
