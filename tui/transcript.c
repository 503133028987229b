/* What was said and done, as blocks over the folds on view. */
#include "tui/screen_priv.h"
#include "agent/base/jdoc.h"
#include "agent/base/sanitize.h"
#include "tui/blocks_priv.h"
#include "tui/md.h"
#include "tui/values.h"
#include "tui/words.h"

#define OUTPUT_TAIL 12 /* live output lines of a running call */
#define RESULT_HEAD 40
#define COPY_COLS 100000
#define REVEAL_MAX 20

/* --- which block --- */

size_t
transcript_count(void *user)
{
	const struct screen *s = user;
	size_t n = 0;

	for (size_t i = 0; i < s->n_folds; i++)
		n += s->folds[i]->n_blocks;
	return n;
}

bool
transcript_locate(const struct screen *s, size_t flat, struct fold **ret_fold, size_t *ret_block)
{
	for (size_t i = 0; i < s->n_folds; i++) {
		if (flat < s->folds[i]->n_blocks) {
			*ret_fold = s->folds[i];
			*ret_block = flat;
			return true;
		}
		flat -= s->folds[i]->n_blocks;
	}
	return false;
}

static bool
is_toggled(const struct screen *s, const struct fold *f, const struct fold_block *b)
{
	for (size_t i = 0; i < s->n_unfolded; i++) {
		if (s->unfolded[i].task == f->task && s->unfolded[i].seq == b->seq)
			return true;
	}
	return false;
}

static bool
is_unfolded(const struct screen *s, const struct fold *f, const struct fold_block *b)
{
	return s->unfold_all != is_toggled(s, f, b);
}

static void
toggle(struct screen *s, const struct fold *f, const struct fold_block *b)
{
	for (size_t k = 0; k < s->n_unfolded; k++) {
		if (s->unfolded[k].task == f->task && s->unfolded[k].seq == b->seq) {
			s->unfolded[k] = s->unfolded[--s->n_unfolded];
			return;
		}
	}
	if (s->n_unfolded == ARRAY_LEN(s->unfolded))
		memmove(s->unfolded, s->unfolded + 1, --s->n_unfolded * sizeof(s->unfolded[0]));
	s->unfolded[s->n_unfolded].task = f->task;
	s->unfolded[s->n_unfolded++].seq = b->seq;
}

void
transcript_toggle(struct screen *s, size_t flat)
{
	struct fold *f;
	size_t i;

	if (!transcript_locate(s, flat, &f, &i))
		return;
	s->fold_toggle++;
	toggle(s, f, &f->blocks[i]);
	blocks_sync(s->blocks);
	screen_dirty(s);
}

static bool
hides(const struct fold *f, const struct fold_block *b, const char *words)
{
	const struct fold_call *c = b->kind == BLOCK_CALL && b->index < f->n_calls ? &f->calls[b->index] : NULL;

	if (b->kind == BLOCK_REASONING)
		return find_nocase(buf_slice(&b->text), words) >= 0;
	return c && (find_nocase(slice_of(c->args), words) >= 0 ||
			    find_nocase(buf_slice(&c->output), words) >= 0 ||
			    (c->result && find_nocase(slice_of(c->result), words) >= 0));
}

/* What is looked for may lie in something folded: the newest of these are unfolded. */
void
transcript_reveal(struct screen *s, const char *words)
{
	size_t n = transcript_count(s), found = 0;

	for (size_t flat = n; flat > 0 && found < REVEAL_MAX; flat--) {
		struct fold *f;
		size_t i;

		if (!transcript_locate(s, flat - 1, &f, &i) || is_unfolded(s, f, &f->blocks[i]) ||
			!hides(f, &f->blocks[i], words))
			continue;
		toggle(s, f, &f->blocks[i]);
		found++;
	}
	if (found)
		blocks_sync(s->blocks);
}

/* Where the plan has no pane of its own it stands below the request. */
static bool
plan_here(const struct screen *s, const struct fold *f, size_t block)
{
	return block == 0 && f->n_steps > 0 && (s->layout.kind != LAYOUT_WIDE || f != screen_fold(s));
}

static uint64_t
plan_sum(const struct fold *f)
{
	uint64_t sum = f->n_steps + 1;

	for (size_t i = 0; i < f->n_steps; i++) {
		for (const char *p = f->steps[i].text; *p; p++)
			sum = sum * 131 + (unsigned char)*p;
		sum = sum * 131 + (unsigned char)f->steps[i].state[0] + (uint64_t)f->steps[i].ms / 1000;
	}
	return sum;
}

/* Only the newest of a task's commits, undos and redos says which key turns it back. */
static bool
is_newest_commit(const struct fold *f, const struct fold_block *b)
{
	for (size_t i = f->n_blocks; i > 0; i--) {
		if (f->blocks[i - 1].kind == BLOCK_COMMIT)
			return &f->blocks[i - 1] == b;
	}
	return false;
}

static void
view_block(void *user, size_t flat, struct block_view *ret)
{
	struct screen *s = user;
	struct fold *f;
	const struct fold_block *b;
	size_t i;

	if (!transcript_locate(s, flat, &f, &i))
		return;
	b = &f->blocks[i];
	ret->revision = b->revision * 8 + (is_unfolded(s, f, b) ? 2 : 0) + (s->cursor_block == flat ? 4 : 0) + 1;
	ret->text = buf_slice(&b->text);
	ret->indent = 2;
	ret->gap = true;
	if (b->kind == BLOCK_TEXT) {
		ret->markdown = true;
		ret->revision = b->revision;
	} else if (b->kind == BLOCK_REASONING && is_unfolded(s, f, b)) {
		ret->markdown = true;
		ret->base = STYLE(ROLE_REASONING);
	} else if (b->kind == BLOCK_CALL && i > 0 && f->blocks[i - 1].kind == BLOCK_CALL &&
		!is_unfolded(s, f, b) && !is_unfolded(s, f, &f->blocks[i - 1])) {
		ret->gap = false; /* calls in a row stand together */
	}
	if (b->kind == BLOCK_CALL && b->index < f->n_calls && f->calls[b->index].undone)
		ret->revision = ~ret->revision;
	if (b->kind == BLOCK_COMMIT && is_newest_commit(f, b))
		ret->revision = ret->revision * 2 + (fold_can_undo(f) ? 1 : 0);
	if (b->kind == BLOCK_REQUEST && plan_here(s, f, i))
		ret->revision = ret->revision * 31 + plan_sum(f);
	/* A running call counts seconds elsewhere; its block changes only with its events. */
}

/* --- the kinds --- */

static void
render_request(const struct fold_block *b, int cols, struct lines *out)
{
	autofree char *safe = sanitize_dup(buf_str(&b->text), SANITIZE_TEXT);
	struct slice rest = slice_trim(slice_of(safe));
	bool first = true;

	while (rest.p && (rest.n || first)) {
		struct slice line = slice_line(&rest);
		size_t from = out->n;

		lines_wrap_marked(out, line, cols - 2, "▌ ", STYLE(ROLE_PROMPT), STYLE(ROLE_STRONG));
		for (size_t i = from; i < out->n; i++)
			out->v[i].fill = ROLE_POPUP;
		first = false;
	}
}

static void
render_plan(const struct fold *f, int cols, struct lines *out)
{
	lines_begin(out);
	for (size_t i = 0; i < f->n_steps; i++) {
		const struct fold_step *p = &f->steps[i];
		bool now = str_eq(p->state, "now"), todo = str_eq(p->state, "todo");
		autofree char *text = sanitize_dup(p->text, SANITIZE_LINE), *mark = NULL;
		style st;

		mark = xasprintf("%s %zu ", step_sign(p, &st), i + 1);
		lines_wrap_hang(out, slice_of(text), cols, mark, st,
			now ? STYLE(ROLE_STRONG) : todo ? 0 : STYLE(ROLE_MUTED));
	}
}

static void
render_reasoning(const struct fold_block *b, int cols, struct lines *out)
{
	struct slice text = slice_trim(buf_slice(&b->text)), last = text;
	size_t lines = 1;
	autofree char *raw = NULL, *safe = NULL;

	for (size_t i = 0; i < text.n; i++) {
		lines += text.p[i] == '\n';
		if (text.p[i] == '\n')
			last = (struct slice){ text.p + i + 1, text.n - i - 1 };
	}
	raw = slice_dup(last);
	safe = sanitize_elide(raw, (size_t)MAX_OF(cols - 16, 10));
	lines_begin(out);
	lines_add_str(out, b->closed ? "▸ " : "▾ ", STYLE(ROLE_MUTED));
	if (b->closed)
		lines_printf(out, STYLE(ROLE_REASONING), ngettext_("thought, %zu line", "thought, %zu lines", lines), lines);
	else
		lines_printf(out, STYLE(ROLE_REASONING), "%s %s", _("thinking:"), safe);
}

/* The last lines of something that may be long. */
static void
render_tail(struct slice text, int cols, int max, struct lines *out)
{
	autobuf struct buf safe = BUF_INIT(1u << 20);
	struct slice tail;
	size_t start;
	int lines = 0;

	text = slice_trim(text);
	if (text.n > 65536) {
		text.p += text.n - 65536;
		text.n = 65536;
	}
	sanitize(&safe, text.p ? text.p : "", text.n, SANITIZE_TEXT);
	start = safe.len;
	while (start > 0 && lines < max) {
		start--;
		if (safe.p[start] == '\n')
			lines++;
	}
	if (safe.len && safe.p[start] == '\n')
		start++;
	tail = (struct slice){ safe.p + start, safe.len - start };
	if (tail.n)
		lines_wrap_marked(out, tail, cols, "│ ", STYLE(ROLE_BORDER), STYLE(ROLE_MUTED));
}

static void
render_head(const char *text, int cols, int max, struct lines *out)
{
	autobuf struct buf safe = BUF_INIT(1u << 20);
	struct slice rest;
	int n = 0, more = 0;

	if (values_lines(slice_of(text), cols, max, out, &more)) {
		if (more) {
			lines_begin(out);
			lines_add_str(out, "│ ", STYLE(ROLE_BORDER));
			lines_printf(out, STYLE(ROLE_MUTED), _("… %d more: press o"), more);
		}
		return;
	}
	sanitize(&safe, text, MIN_OF(strlen(text), (size_t)262144), SANITIZE_TEXT);
	rest = slice_trim(buf_slice(&safe));
	while (rest.p && rest.n && n++ < max)
		lines_wrap_marked(out, slice_line(&rest), cols, "│ ", STYLE(ROLE_BORDER), STYLE(ROLE_MUTED));
	if (rest.p && rest.n) {
		lines_begin(out);
		lines_add_str(out, "│ ", STYLE(ROLE_BORDER));
		lines_add_str(out, _("… more: press o"), STYLE(ROLE_MUTED));
	}
}

static void
call_head(const struct fold_call *c, int cols, struct lines *out)
{
	autofree char *words = call_words(c), *time = NULL, *shown = NULL;
	style st;
	const char *sign = call_sign(c, &st);
	int room;

	lines_begin(out);
	lines_add_str(out, sign, st);
	lines_add_str(out, " ", 0);
	lines_add_str(out, c->tool, STYLE(ROLE_TOOL));
	if (c->state >= FOLD_CALL_DONE)
		time = duration_text(c->ms);
	room = cols - 4 - text_cols(slice_of(c->tool)) - (time ? text_cols(slice_of(time)) + 2 : 0) -
		(c->state > FOLD_CALL_DONE ? text_cols(slice_of(call_state_word(c))) + 2 : 0);
	shown = sanitize_elide(words, (size_t)MAX_OF(room, 8));
	lines_add_str(out, " ", 0);
	lines_add_str(out, shown, 0);
	if (c->state > FOLD_CALL_DONE)
		lines_printf(out, st, "  %s", call_state_word(c));
	if (time && c->ms >= 100)
		lines_printf(out, STYLE(ROLE_MUTED), "  %s", time);
}

static void
render_effects(const struct fold_call *c, int cols, size_t max, struct lines *out)
{
	autofree char *sums = NULL, *line = NULL;

	if (c->n_effects == 0)
		return;
	sums = effects_words(c->effects, c->n_effects);
	line = xasprintf("%s%s", sums, c->undone ? _("  (undone)") : "");
	lines_wrap_hang(out, slice_of(line), cols, "  ", 0, STYLE(c->undone ? ROLE_WARN : ROLE_TEXT));
	for (size_t i = 0; i < c->n_effects && i < max; i++) {
		autofree char *path = place_text(c->effects[i].path);
		autofree char *shown = sanitize_elide(path, (size_t)MAX_OF(cols - 8, 10));
		style st;
		const char *sign = effect_sign(c->effects[i].kind, &st);

		lines_begin(out);
		lines_printf(out, st, "    %s ", sign);
		lines_add_str(out, shown, c->effects[i].taken || !c->commit ? 0 : STYLE(ROLE_MUTED));
	}
	if (c->n_effects > max) {
		lines_begin(out);
		lines_printf(out, STYLE(ROLE_MUTED), _("    … and %zu more"), c->n_effects - max);
	}
}

static void
render_call(const struct fold_call *c, bool open, int cols, struct lines *out)
{
	call_head(c, cols, out);
	if (open) {
		call_args_lines(c, cols, out);
		if (c->output.len)
			render_tail(buf_slice(&c->output), cols, 200, out);
		else if (c->result)
			render_head(c->result, cols, RESULT_HEAD, out);
		render_effects(c, cols, 200, out);
		return;
	}
	if (c->state == FOLD_CALL_RUNNING && c->output.len)
		render_tail(buf_slice(&c->output), cols, OUTPUT_TAIL, out);
	if (c->state == FOLD_CALL_FAILED && c->result && *c->result) {
		autofree char *why = sanitize_elide(c->result, (size_t)MAX_OF(cols - 4, 10));

		lines_begin(out);
		lines_printf(out, STYLE(ROLE_ERROR), "  %s", why);
	}
	render_effects(c, cols, 3, out);
}

static void
render_approval(struct screen *s, const struct fold_approval *a, int cols, struct lines *out)
{
	autofree char *q = sanitize_dup(a->question ? a->question : _("May this be done?"), SANITIZE_LINE);
	bool taken = a->decision && (str_eq(a->decision, "take") || str_eq(a->decision, "part"));

	if (a->open) {
		char take[64], refuse[64];

		lines_wrap_hang(out, slice_of(q), cols, "? ", STYLE(ROLE_WARN), STYLE(a->red ? ROLE_RISK_RED : ROLE_WARN));
		lines_begin(out);
		lines_printf(out, STYLE(ROLE_MUTED), _("  waits for you: %s takes, %s refuses"),
			keymap_keys_of(&s->keymap, "approval-take", NULL, take, sizeof(take)),
			keymap_keys_of(&s->keymap, "approval-refuse", NULL, refuse, sizeof(refuse)));
		return;
	}
	/* What was taken whole is said by the line that follows it. */
	if (a->decision && str_eq(a->decision, "take") && a->n_effects && !a->words &&
		(!a->by || str_eq(a->by, "person")))
		return;
	lines_begin(out);
	lines_add_str(out, taken ? "✓ " : "– ", STYLE(taken ? ROLE_OK : ROLE_WARN));
	lines_printf(out, STYLE(ROLE_MUTED), "%s",
		!a->decision ? _("decided") : str_eq(a->decision, "take") ? _("taken")
		: str_eq(a->decision, "part") ? _("taken in part")
		: str_eq(a->decision, "edit") ? _("edited")
		: str_eq(a->decision, "refuse") ? _("refused")
		: str_eq(a->decision, "stop") ? _("stopped") : _("dropped"));
	if (a->by && !str_eq(a->by, "person"))
		lines_printf(out, STYLE(ROLE_MUTED), " (%s)", str_eq(a->by, "rule") ? _("by a rule") : a->by);
	if (a->words) {
		autofree char *w = sanitize_elide(a->words, (size_t)MAX_OF(cols - 16, 10));

		lines_printf(out, 0, ": %s", w);
	}
}

static void
render_question(const struct fold_question *q, int cols, struct lines *out)
{
	autofree char *safe = sanitize_dup(q->text, SANITIZE_TEXT);
	autojdoc struct jdoc d = { 0 };
	const struct jn *list = q->choices ? jdoc_parse(&d, slice_of(q->choices)) : NULL;
	int n = 0;

	lines_wrap_hang(out, slice_of(safe), cols, q->open ? "? " : "  ", STYLE(ROLE_WARN),
		STYLE(q->open ? ROLE_STRONG : ROLE_TEXT));
	for (const struct jn *c = jn_first(list); c && q->open; c = jn_next(list, c)) {
		autofree char *text = jn_dup(c, 400), *line = NULL;

		line = sanitize_elide(text ? text : "", (size_t)MAX_OF(cols - 6, 10));
		lines_begin(out);
		lines_printf(out, STYLE(ROLE_KEY), "  %d ", ++n);
		lines_add_str(out, line, 0);
	}
	if (q->answer) {
		autofree char *a = sanitize_dup(q->answer, SANITIZE_TEXT);

		lines_wrap_hang(out, slice_of(a), cols, "› ", STYLE(ROLE_PROMPT), STYLE(ROLE_STRONG));
	} else {
		lines_begin(out);
		lines_add_str(out, _("  answer below"), STYLE(ROLE_MUTED));
	}
}

static void
render_notice(const struct fold_block *b, int cols, struct lines *out)
{
	autofree char *safe = sanitize_dup(buf_str(&b->text), SANITIZE_TEXT);
	bool error = b->level && str_eq(b->level, "error"), warn = b->level && str_eq(b->level, "warn");

	style st = STYLE(error ? ROLE_ERROR : warn ? ROLE_WARN : ROLE_MUTED);

	lines_wrap_hang(out, slice_of(safe), cols, error ? "✗ " : warn ? "! " : "· ", st, st);
}

static void
say_commit(struct lines *out, const char *line, const char *key, int cols, const char *mark, enum role role)
{
	autofree char *all = xasprintf("%s%s", line, key);

	lines_wrap_hang(out, slice_of(all), cols, mark, STYLE(role), STYLE(ROLE_MUTED));
}

static void
render_commit(struct screen *s, const struct fold *f, const struct fold_block *b, int cols, struct lines *out)
{
	autojdoc struct jdoc d = { 0 };
	const struct jn *list = jdoc_parse(&d, buf_slice(&b->text));
	size_t n = list ? list->n : 0;
	char keys[64] = "", count[32];
	const char *what = b->level ? b->level : "";
	bool done = str_eq(what, "commit_done"), undone = str_eq(what, "undone");
	autofree char *key = NULL, *line = NULL;

	if (str_eq(what, "commit_failed")) {
		lines_wrap_hang(out, slice_of(_("could not be taken: a file changed meanwhile or the disk said no")),
			cols, "✗ ", STYLE(ROLE_ERROR), STYLE(ROLE_ERROR));
		return;
	}
	if (is_newest_commit(f, b) && (undone || fold_can_undo(f)))
		keymap_keys_of(&s->keymap, undone ? "redo" : "undo", NULL, keys, sizeof(keys));
	key = !*keys ? xstrdup("") : undone ? xasprintf(_("  (%s does it again)"), keys) : xasprintf(_("  (%s undoes)"), keys);
	if (done)
		line = xasprintf(ngettext_("took %s change", "took %s changes", n), str_count(n, count));
	else
		line = xstrdup(undone ? _("undone") : _("done again"));
	say_commit(out, line, key, cols, done ? "✓ " : undone ? "↶ " : "↷ ", done ? ROLE_OK : ROLE_WARN);
}

static void
render_end(const struct fold *f, struct lines *out)
{
	autofree char *time = duration_text(f->ended - f->time), *tokens = tokens_text(f->tokens_in + f->tokens_out);
	bool done = f->state == FOLD_DONE;

	lines_begin(out);
	lines_printf(out, STYLE(done ? ROLE_OK : f->state == FOLD_FAILED ? ROLE_ERROR : ROLE_WARN), "%s %s",
		done ? "■" : "□", fold_state_word(f->state));
	lines_printf(out, STYLE(ROLE_MUTED), " · %s", time);
	if (f->tokens_in + f->tokens_out)
		lines_printf(out, STYLE(ROLE_MUTED), _(" · %s tokens"), tokens);
	else if (f->engine && str_eq(f->engine, "instinct"))
		lines_add_str(out, _(" · no tokens"), STYLE(ROLE_MUTED));
	if (f->cost > 0)
		lines_printf(out, STYLE(ROLE_MUTED), " · $%.3f", f->cost);
	/* An error was said in full above. */
	if (f->reason && *f->reason && f->state != FOLD_FAILED) {
		autofree char *why = sanitize_dup(f->reason, SANITIZE_LINE);

		lines_printf(out, STYLE(ROLE_MUTED), " · %s", why);
	}
}

void
transcript_lines(struct screen *s, const struct fold *f, size_t i, bool open, int cols, struct lines *out)
{
	const struct fold_block *b = &f->blocks[i];

	switch (b->kind) {
	case BLOCK_REQUEST:
	case BLOCK_STEER:
		render_request(b, cols, out);
		if (plan_here(s, f, i))
			render_plan(f, cols, out);
		break;
	case BLOCK_REASONING:
		render_reasoning(b, cols, out);
		break;
	case BLOCK_CALL:
		if (b->index < f->n_calls)
			render_call(&f->calls[b->index], open, cols, out);
		break;
	case BLOCK_APPROVAL:
		if (b->index < f->n_approvals)
			render_approval(s, &f->approvals[b->index], cols, out);
		break;
	case BLOCK_QUESTION:
		if (b->index < f->n_questions)
			render_question(&f->questions[b->index], cols, out);
		break;
	case BLOCK_NOTICE:
		render_notice(b, cols, out);
		break;
	case BLOCK_COMMIT:
		render_commit(s, f, b, cols, out);
		break;
	case BLOCK_END:
		render_end(f, out);
		break;
	case BLOCK_TEXT:
		md_render(out, buf_slice(&b->text), &(struct md_opts){ .cols = cols });
		break;
	}
}

static void
render_block(void *user, size_t flat, int cols, struct lines *out)
{
	struct screen *s = user;
	struct fold *f;
	size_t i;

	if (transcript_locate(s, flat, &f, &i))
		transcript_lines(s, f, i, is_unfolded(s, f, &f->blocks[i]), cols, out);
}

static bool
is_raw(const struct fold_block *b)
{
	return b->kind == BLOCK_TEXT || b->kind == BLOCK_REASONING || b->kind == BLOCK_REQUEST ||
		b->kind == BLOCK_STEER;
}

/* What "copy this block" gives: words as they were written, anything else as it shows. Owned. */
char *
transcript_block_text(struct screen *s, size_t flat)
{
	autolines struct lines l;
	struct fold *f;
	const struct fold_block *b;
	struct buf out = BUF_INIT(1u << 20);
	size_t i;

	if (!transcript_locate(s, flat, &f, &i))
		return NULL;
	b = &f->blocks[i];
	if (is_raw(b)) {
		buf_add_slice(&out, buf_slice(&b->text));
		return buf_steal(&out);
	}
	lines_init(&l);
	transcript_lines(s, f, i, true, COPY_COLS, &l);
	for (size_t k = 0; k < l.n; k++) {
		struct slice line = lines_text(&l, k);

		buf_printf(&out, "%.*s\n", (int)(line.n - l.v[k].skip), line.p + l.v[k].skip);
	}
	return buf_steal(&out);
}

const struct blocks_source transcript_source = { transcript_count, view_block, render_block, NULL };
