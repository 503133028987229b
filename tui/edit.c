/* The text and its history of changes. */
#include "tui/edit_priv.h"
#include "agent/base/i18n.h"
#include "agent/base/utf8.h"

#define CHIP_LINES 10
#define CHIP_BYTES 800

struct edit *
edit_create(void)
{
	struct edit *e = xcalloc(1, sizeof(*e));

	buf_init(&e->text, LIMIT_REQUEST_TEXT);
	e->want_col = -1;
	e->cols = 80;
	return e;
}

static void
drop_steps(struct edit *e, size_t from)
{
	for (size_t i = from; i < e->n_undo; i++) {
		free(e->undo[i].del);
		free(e->undo[i].ins);
	}
	e->n_undo = from;
}

void
edit_destroy(struct edit *e)
{
	if (!e)
		return;
	drop_steps(e, 0);
	free(e->undo);
	for (size_t i = 0; i < e->n_chips; i++)
		free(e->chips[i]);
	for (size_t i = 0; i < e->n_kills; i++)
		free(e->kills[i]);
	strv_finish(&e->history);
	free(e->draft);
	buf_finish(&e->text);
	free(e);
}

static void
splice(struct edit *e, size_t at, size_t n, struct slice with)
{
	autobuf struct buf tail = BUF_INIT(LIMIT_REQUEST_TEXT);

	buf_add(&tail, e->text.p ? e->text.p + at + n : "", e->text.len - at - n);
	buf_truncate(&e->text, at);
	buf_add_slice(&e->text, with);
	buf_add_slice(&e->text, buf_slice(&tail));
	e->revision++;
}

/* Characters typed one after another are undone together, word by word. */
static bool
joins_last(struct edit *e, size_t at, size_t n, struct slice with, bool typing)
{
	struct edit_step *s = e->done ? &e->undo[e->done - 1] : NULL;

	if (!typing || !s || !s->typing || n > 0 || e->done != e->n_undo || s->del[0])
		return false;
	if (at != s->at + strlen(s->ins) || strlen(s->ins) > 200)
		return false;
	return !(with.n == 1 && with.p[0] != ' ' && str_ends(s->ins, " "));
}

void
edit_replace(struct edit *e, size_t at, size_t n, struct slice with, bool typing)
{
	if (e->text.len - n + with.n > LIMIT_REQUEST_TEXT)
		return;
	if (joins_last(e, at, n, with, typing)) {
		struct edit_step *s = &e->undo[e->done - 1];
		char *joined = xasprintf("%s%.*s", s->ins, SLICE_FMT(with));

		free(s->ins);
		s->ins = joined;
	} else {
		drop_steps(e, e->done);
		if (e->n_undo == EDIT_UNDO_MAX) {
			free(e->undo[0].del);
			free(e->undo[0].ins);
			memmove(e->undo, e->undo + 1, (e->n_undo - 1) * sizeof(*e->undo));
			e->n_undo--;
		}
		GROW(e->undo, e->n_undo, e->cap_undo);
		e->undo[e->n_undo++] = (struct edit_step){ .at = at,
			.del = xstrndup(e->text.p ? e->text.p + at : "", n), .ins = slice_dup(with),
			.caret = e->caret, .typing = typing };
		e->done = e->n_undo;
	}
	splice(e, at, n, with);
	e->caret = at + with.n;
	e->want_col = -1;
}

void
edit_move(struct edit *e, size_t caret)
{
	if (caret != e->caret)
		e->revision++;
	e->caret = caret;
}

static bool
undo(struct edit *e)
{
	struct edit_step *s;

	if (e->done == 0)
		return false;
	s = &e->undo[--e->done];
	splice(e, s->at, strlen(s->ins), slice_of(s->del));
	e->caret = s->caret;
	s->typing = false;
	return true;
}

static bool
redo(struct edit *e)
{
	struct edit_step *s;

	if (e->done == e->n_undo)
		return false;
	s = &e->undo[e->done++];
	splice(e, s->at, strlen(s->del), slice_of(s->ins));
	e->caret = s->at + strlen(s->ins);
	return true;
}

bool edit_undo_step(struct edit *e, bool again);

bool
edit_undo_step(struct edit *e, bool again)
{
	return again ? redo(e) : undo(e);
}

const char *
edit_chip(const struct edit *e, uint32_t cp)
{
	if (cp < EDIT_CHIP_BASE || cp - EDIT_CHIP_BASE >= e->n_chips)
		return NULL;
	return e->chips[cp - EDIT_CHIP_BASE];
}

char *
edit_text(const struct edit *e)
{
	struct buf out = BUF_INIT(4 * LIMIT_REQUEST_TEXT);
	size_t i = 0;

	while (i < e->text.len) {
		uint32_t cp;
		size_t n = utf8_decode(e->text.p + i, e->text.len - i, &cp, NULL);
		const char *chip = edit_chip(e, cp);

		if (chip)
			buf_add_str(&out, chip);
		else
			buf_add(&out, e->text.p + i, n);
		i += n;
	}
	return buf_steal(&out);
}

bool
edit_is_empty(const struct edit *e)
{
	return e->text.len == 0;
}

void
edit_set(struct edit *e, const char *text)
{
	edit_replace(e, 0, e->text.len, slice_of(text), false);
	e->top = 0;
}

void
edit_clear(struct edit *e)
{
	if (e->text.len)
		edit_set(e, "");
	e->history_at = e->history.n;
	free(e->draft);
	e->draft = NULL;
}

uint64_t
edit_revision(const struct edit *e)
{
	return e->revision;
}

/* Private characters of ours must not come in from outside. */
static char *
without_chips(struct slice s)
{
	struct buf out = BUF_INIT(LIMIT_REQUEST_TEXT);
	size_t i = 0;

	while (i < s.n) {
		uint32_t cp;
		bool ok;
		size_t n = utf8_decode(s.p + i, s.n - i, &cp, &ok);

		if (ok && !(cp >= EDIT_CHIP_BASE && cp < EDIT_CHIP_BASE + EDIT_CHIPS_MAX) && cp)
			buf_add(&out, s.p + i, n);
		i += n;
	}
	return buf_steal(&out);
}

bool
edit_insert(struct edit *e, struct slice s)
{
	autofree char *clean = without_chips(s);

	if (e->text.len + strlen(clean) > LIMIT_REQUEST_TEXT)
		return false;
	e->killing = e->yanked = false;
	edit_replace(e, e->caret, 0, slice_of(clean), s.n <= 8);
	return true;
}

static size_t
count_lines(struct slice s)
{
	size_t n = 1;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

bool
edit_paste(struct edit *e, struct slice s)
{
	char mark[4];

	if ((s.n <= CHIP_BYTES && count_lines(s) <= CHIP_LINES) || e->n_chips == EDIT_CHIPS_MAX)
		return edit_insert(e, s);
	e->chips[e->n_chips] = without_chips(s);
	edit_replace(e, e->caret, 0,
		(struct slice){ mark, utf8_encode(EDIT_CHIP_BASE + (uint32_t)e->n_chips, mark) }, false);
	e->n_chips++;
	return true;
}

void
edit_history_add(struct edit *e, const char *text)
{
	if (*text && !(e->history.n && str_eq(e->history.v[e->history.n - 1], text))) {
		if (e->history.n == EDIT_HISTORY_MAX) {
			free(e->history.v[0]);
			memmove(e->history.v, e->history.v + 1, e->history.n * sizeof(*e->history.v));
			e->history.n--;
		}
		strv_add(&e->history, text);
	}
	e->history_at = e->history.n;
}

size_t
edit_history_count(const struct edit *e)
{
	return e->history.n;
}

const char *
edit_history_at(const struct edit *e, size_t i)
{
	return i < e->history.n ? e->history.v[i] : "";
}

bool
edit_word(const struct edit *e, char mark, struct slice *ret_word)
{
	size_t i = e->caret;

	while (i > 0 && e->text.p[i - 1] != ' ' && e->text.p[i - 1] != '\n')
		i--;
	if (i == e->caret || e->text.p[i] != mark || (mark == '/' && i != 0))
		return false;
	*ret_word = (struct slice){ e->text.p + i + 1, e->caret - i - 1 };
	return true;
}

void
edit_complete(struct edit *e, char mark, const char *text)
{
	struct slice word;
	autofree char *with = xasprintf("%s ", text);

	if (!edit_word(e, mark, &word))
		return;
	edit_replace(e, e->caret - word.n - 1, word.n + 1, slice_of(with), false);
}
