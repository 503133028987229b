/* What keys do to the text. */
#include "tui/edit_priv.h"
#include "agent/base/i18n.h"
#include "agent/base/utf8.h"

bool edit_undo_step(struct edit *e, bool again);

size_t
edit_prev(const struct edit *e, size_t at)
{
	return at ? at - utf8_grapheme_prev(e->text.p, at) : 0;
}

size_t
edit_next(const struct edit *e, size_t at)
{
	return at < e->text.len ? at + utf8_grapheme_next(e->text.p + at, e->text.len - at) : at;
}

/* 0 space, 1 word, 2 other marks, 3 one class per CJK character run. */
static int
char_class(const struct edit *e, size_t at)
{
	uint32_t cp;

	utf8_decode(e->text.p + at, e->text.len - at, &cp, NULL);
	if (cp == ' ' || cp == '\n' || cp == '\t')
		return 0;
	if (cp < 0x80)
		return (cp >= '0' && cp <= '9') || (cp | 32) - 'a' < 26u || cp == '_' ? 1 : 2;
	return utf8_is_cjk(cp) ? 3 : 1;
}

size_t
edit_word_left(const struct edit *e, size_t at)
{
	int class;

	while (at > 0 && char_class(e, edit_prev(e, at)) == 0)
		at = edit_prev(e, at);
	if (at == 0)
		return 0;
	class = char_class(e, edit_prev(e, at));
	while (at > 0 && char_class(e, edit_prev(e, at)) == class)
		at = edit_prev(e, at);
	return at;
}

size_t
edit_word_right(const struct edit *e, size_t at)
{
	int class;

	while (at < e->text.len && char_class(e, at) == 0)
		at = edit_next(e, at);
	if (at == e->text.len)
		return at;
	class = char_class(e, at);
	while (at < e->text.len && char_class(e, at) == class)
		at = edit_next(e, at);
	return at;
}

size_t
edit_line_start(const struct edit *e, size_t at)
{
	while (at > 0 && e->text.p[at - 1] != '\n')
		at--;
	return at;
}

size_t
edit_line_end(const struct edit *e, size_t at)
{
	while (at < e->text.len && e->text.p[at] != '\n')
		at++;
	return at;
}

static void
push_kill(struct edit *e, char *text)
{
	if (e->n_kills == EDIT_KILLS_MAX) {
		free(e->kills[0]);
		memmove(e->kills, e->kills + 1, (EDIT_KILLS_MAX - 1) * sizeof(*e->kills));
		e->n_kills--;
	}
	e->kills[e->n_kills++] = text;
}

/* Kills one after another gather into one. */
void
edit_kill(struct edit *e, size_t from, size_t to, bool forward)
{
	char *cut = xstrndup(e->text.p + from, to - from);

	if (e->killing && e->n_kills) {
		char **last = &e->kills[e->n_kills - 1];
		char *joined = forward ? xasprintf("%s%s", *last, cut) : xasprintf("%s%s", cut, *last);

		free(*last);
		free(cut);
		*last = joined;
	} else {
		push_kill(e, cut);
	}
	edit_replace(e, from, to - from, (struct slice){ "", 0 }, false);
	e->killing = true;
}

static bool
kill_range(struct edit *e, size_t from, size_t to, bool forward)
{
	if (from == to)
		return false;
	edit_kill(e, from, to, forward);
	return true;
}

static bool
yank(struct edit *e)
{
	if (e->n_kills == 0)
		return false;
	e->kill_at = e->n_kills - 1;
	e->yank_start = e->caret;
	edit_replace(e, e->caret, 0, slice_of(e->kills[e->kill_at]), false);
	e->yanked = true;
	return true;
}

static bool
yank_pop(struct edit *e)
{
	if (!e->yanked || e->n_kills < 2)
		return false;
	e->kill_at = (e->kill_at + e->n_kills - 1) % e->n_kills;
	edit_replace(e, e->yank_start, e->caret - e->yank_start, slice_of(e->kills[e->kill_at]), false);
	return true;
}

static bool
transpose(struct edit *e)
{
	size_t b = e->caret == e->text.len ? edit_prev(e, e->caret) : e->caret;
	size_t a = edit_prev(e, b), end = edit_next(e, b);
	char *swapped;

	if (a == b || b == end)
		return false;
	swapped = xasprintf("%.*s%.*s", (int)(end - b), e->text.p + b, (int)(b - a), e->text.p + a);
	edit_replace(e, a, end - a, slice_of(swapped), false);
	free(swapped);
	return true;
}

static bool
change_case(struct edit *e, enum edit_op op)
{
	size_t from = e->caret, to = edit_word_right(e, e->caret);
	bool first = true;
	char *word;

	if (from == to)
		return false;
	word = xstrndup(e->text.p + from, to - from);
	for (char *p = word; *p; p++) {
		bool letter = ((*p | 32) >= 'a' && (*p | 32) <= 'z');

		if (!letter)
			continue;
		if (op == EDIT_UPCASE || (op == EDIT_CAPITALIZE && first))
			*p = (char)(*p & ~32);
		else
			*p = (char)(*p | 32);
		first = false;
	}
	edit_replace(e, from, to - from, slice_of(word), false);
	free(word);
	return true;
}

static bool
history_step(struct edit *e, int dir)
{
	if (dir < 0 && e->history_at == 0)
		return false;
	if (dir > 0 && e->history_at >= e->history.n)
		return false;
	if (e->history_at == e->history.n) {
		free(e->draft);
		e->draft = edit_text(e);
	}
	e->history_at = dir < 0 ? e->history_at - 1 : e->history_at + 1;
	edit_set(e, e->history_at == e->history.n ? (e->draft ? e->draft : "")
						  : e->history.v[e->history_at]);
	return true;
}

static bool
expand_chip(struct edit *e)
{
	size_t at = edit_prev(e, e->caret);
	uint32_t cp = 0;
	const char *chip;

	if (at == e->caret)
		return false;
	utf8_decode(e->text.p + at, e->text.len - at, &cp, NULL);
	chip = edit_chip(e, cp);
	if (!chip)
		return false;
	edit_replace(e, at, e->caret - at, slice_of(chip), false);
	return true;
}

static bool
go(struct edit *e, size_t to)
{
	bool moved = to != e->caret;

	e->want_col = -1;
	edit_move(e, to);
	return moved;
}

static bool
delete_range(struct edit *e, size_t from, size_t to)
{
	if (from == to)
		return false;
	edit_replace(e, from, to - from, (struct slice){ "", 0 }, false);
	return true;
}

static bool
kill_line(struct edit *e)
{
	size_t end = edit_line_end(e, e->caret);

	/* At the end of a line its newline goes. */
	if (end == e->caret && end < e->text.len)
		end++;
	return kill_range(e, e->caret, end, true);
}

static bool
run_move(struct edit *e, enum edit_op op)
{
	switch (op) {
	case EDIT_LEFT:
		return go(e, edit_prev(e, e->caret));
	case EDIT_RIGHT:
		return go(e, edit_next(e, e->caret));
	case EDIT_UP:
		return edit_vertical(e, -1);
	case EDIT_DOWN:
		return edit_vertical(e, 1);
	case EDIT_WORD_LEFT:
		return go(e, edit_word_left(e, e->caret));
	case EDIT_WORD_RIGHT:
		return go(e, edit_word_right(e, e->caret));
	case EDIT_HOME:
		return go(e, edit_line_start(e, e->caret));
	case EDIT_END:
		return go(e, edit_line_end(e, e->caret));
	case EDIT_TOP:
		return go(e, 0);
	case EDIT_BOTTOM:
		return go(e, e->text.len);
	case EDIT_HISTORY_PREV:
		return history_step(e, -1);
	case EDIT_HISTORY_NEXT:
		return history_step(e, 1);
	default:
		return false;
	}
}

static bool
run_change(struct edit *e, enum edit_op op)
{
	switch (op) {
	case EDIT_NEWLINE:
		return edit_insert(e, SLICE_LIT("\n"));
	case EDIT_DELETE_BACK:
		return delete_range(e, edit_prev(e, e->caret), e->caret);
	case EDIT_DELETE:
		return delete_range(e, e->caret, edit_next(e, e->caret));
	case EDIT_KILL_LINE:
		return kill_line(e);
	case EDIT_KILL_BACK:
		return kill_range(e, edit_line_start(e, e->caret), e->caret, false);
	case EDIT_KILL_WORD:
		return kill_range(e, e->caret, edit_word_right(e, e->caret), true);
	case EDIT_KILL_WORD_BACK:
		return kill_range(e, edit_word_left(e, e->caret), e->caret, false);
	case EDIT_YANK:
		return yank(e);
	case EDIT_YANK_POP:
		return yank_pop(e);
	case EDIT_TRANSPOSE:
		return transpose(e);
	case EDIT_UPCASE:
	case EDIT_DOWNCASE:
	case EDIT_CAPITALIZE:
		return change_case(e, op);
	case EDIT_UNDO:
		return edit_undo_step(e, false);
	case EDIT_REDO:
		return edit_undo_step(e, true);
	case EDIT_EXPAND_CHIP:
		return expand_chip(e);
	default:
		return run_move(e, op);
	}
}

bool
edit_do(struct edit *e, enum edit_op op)
{
	bool kills = op >= EDIT_KILL_LINE && op <= EDIT_KILL_WORD_BACK;
	bool done = run_change(e, op);

	if (!kills)
		e->killing = false;
	if (op != EDIT_YANK && op != EDIT_YANK_POP)
		e->yanked = false;
	return done;
}
