/* Looking closer: open, fold, copy, find, the exact request, the person's own pager. */
#include "tui/cmds.h"
#include "agent/base/sanitize.h"
#include "tui/pager.h"
#include "tui/prompt.h"
#include "tui/screen_priv.h"
#include "tui/words.h"

/* The block that is meant: the chat's cursor, the selected call, else the newest. */
static bool
meant_block(struct screen *s, struct fold **ret_f, size_t *ret_i, size_t *ret_flat)
{
	size_t n = transcript_count(s), flat = s->cursor_block;
	struct fold *f = screen_fold(s);

	if (s->focus == PANE_TOOLS && f && s->tools_list.sel >= 0) {
		for (size_t i = 0; i < f->n_blocks; i++) {
			if (f->blocks[i].kind == BLOCK_CALL && f->blocks[i].index == (size_t)s->tools_list.sel) {
				*ret_f = f;
				*ret_i = i;
				*ret_flat = n - f->n_blocks + i;
				return true;
			}
		}
	}
	if (s->focus != PANE_TRANSCRIPT || flat >= n)
		flat = n - 1;
	*ret_flat = flat;
	return n > 0 && transcript_locate(s, flat, ret_f, ret_i);
}

static void
open_call(struct screen *s, const struct fold_call *c)
{
	struct buf text = BUF_INIT(8u << 20);
	autofree char *time = duration_text(c->ms), *sums = NULL;
	autolines struct lines args;

	lines_init(&args);
	call_args_lines(c, 100000, &args);
	buf_printf(&text, "%s %s · %s", c->tool, call_state_word(c), time);
	if (c->exit >= 0)
		buf_printf(&text, _(" · exit %lld"), (long long)c->exit);
	buf_add_str(&text, "\n\n");
	for (size_t i = 0; i < args.n; i++)
		buf_printf(&text, "%.*s\n", SLICE_FMT(lines_text(&args, i)));
	if (c->n_effects) {
		sums = effects_words(c->effects, c->n_effects);
		buf_printf(&text, "\n%s\n", sums);
	}
	for (size_t i = 0; i < c->n_effects; i++) {
		autofree char *path = place_text(c->effects[i].path);
		style st;

		buf_printf(&text, "  %s %s\n", effect_sign(c->effects[i].kind, &st), path);
		if (c->effects[i].diff)
			buf_printf(&text, "%s\n", c->effects[i].diff);
	}
	if (c->output.len) {
		buf_printf(&text, "\n── %s ──\n", _("output"));
		buf_add_slice(&text, buf_slice(&c->output));
	}
	if (c->result && *c->result) {
		buf_printf(&text, "\n── %s ──\n", _("what the engine was told"));
		buf_add_str(&text, c->result);
	}
	pager_open(s, c->tool, buf_slice(&text), PAGER_TEXT);
	buf_finish(&text);
}

static void
cmd_open(struct screen *s, const char *arg)
{
	struct fold *f;
	const struct fold_block *b;
	size_t i, flat;

	(void)arg;
	if (!meant_block(s, &f, &i, &flat))
		return;
	b = &f->blocks[i];
	if (b->kind == BLOCK_CALL && b->index < f->n_calls)
		open_call(s, &f->calls[b->index]);
	else if (b->kind == BLOCK_APPROVAL && f->approvals[b->index].open)
		screen_focus(s, PANE_APPROVAL);
	else
		pager_open(s, _("Text"), buf_slice(&b->text),
			b->kind == BLOCK_TEXT || b->kind == BLOCK_REASONING ? PAGER_MARKDOWN : PAGER_TEXT);
}

static void
cmd_fold(struct screen *s, const char *arg)
{
	struct fold *f;
	size_t i, flat;

	(void)arg;
	if (meant_block(s, &f, &i, &flat))
		transcript_toggle(s, flat);
}

static void
cmd_fold_all(struct screen *s, const char *arg)
{
	(void)arg;
	s->unfold_all = !s->unfold_all;
	s->n_unfolded = 0;
	blocks_sync(s->blocks);
	screen_dirty(s);
}

static void
copy(struct screen *s, const char *text)
{
	if (!text || !*text)
		screen_say(s, ROLE_WARN, "%s", _("nothing to copy"));
	else if (term_copy(s->term, slice_of(text)))
		screen_say(s, ROLE_INFO, "%s", _("copied"));
	else
		screen_say(s, ROLE_WARN, "%s", _("too long for the clipboard; o opens it in your pager"));
}

static void
cmd_copy(struct screen *s, const char *arg)
{
	autofree char *text = NULL;
	struct fold *f;
	size_t i, flat;

	(void)arg;
	if (pager_top(s)) {
		copy(s, pager_text(pager_top(s)));
		return;
	}
	text = blocks_selected(s->blocks);
	if (!text && meant_block(s, &f, &i, &flat))
		text = transcript_block_text(s, flat);
	copy(s, text);
}

/* The newest answer, whole. */
static void
cmd_copy_answer(struct screen *s, const char *arg)
{
	const struct fold *f = screen_fold(s);

	(void)arg;
	for (size_t i = f ? f->n_blocks : 0; i > 0; i--) {
		if (f->blocks[i - 1].kind == BLOCK_TEXT) {
			copy(s, buf_str(&f->blocks[i - 1].text));
			return;
		}
	}
	copy(s, NULL);
}

/* --- find --- */

static bool
find(struct screen *s, int dir)
{
	struct pager *p = pager_top(s);

	if (!s->find_words)
		return true;
	screen_dirty(s);
	return p ? pager_find(s, p, s->find_words, dir) : blocks_find(s->blocks, s->find_words, dir);
}

static void
on_find(struct screen *s, const char *text, void *user)
{
	(void)user;
	free(s->find_words);
	s->find_words = *text ? xstrdup(text) : NULL;
	if (!s->find_words) {
		blocks_find(s->blocks, "", 1);
		return;
	}
	if (!pager_top(s))
		transcript_reveal(s, text);
	if (!find(s, pager_top(s) ? 1 : -1))
		screen_say(s, ROLE_WARN, _("%s is nowhere"), text);
}

static void
cmd_find(struct screen *s, const char *arg)
{
	if (*arg)
		on_find(s, arg, NULL);
	else
		prompt_open(s, _("Find"), s->find_words, on_find, NULL, NULL);
}

static void
find_again(struct screen *s, int dir)
{
	if (!s->find_words)
		cmd_find(s, "");
	else if (!find(s, dir))
		screen_say(s, ROLE_WARN, "%s", _("no more"));
}

static void
cmd_find_next(struct screen *s, const char *arg)
{
	(void)arg;
	find_again(s, 1);
}

static void
cmd_find_prev(struct screen *s, const char *arg)
{
	(void)arg;
	find_again(s, -1);
}

/* --- the exact request --- */

struct request_seeker {
	int64_t turn;
	int64_t seq;
};

static bool
on_request_event(void *user, const struct event *ev)
{
	((struct request_seeker *)user)->seq = ev->seq;
	return true;
}

static void
cmd_request(struct screen *s, const char *arg)
{
	static const enum event_kind kinds[] = { EV_MODEL_REQUEST };
	struct fold *f = screen_fold(s);
	struct journal_range r = { .kinds = kinds, .n_kinds = 1, .no_bodies = true };
	struct request_seeker seek = { 0 };
	autofree char *body = NULL;
	size_t n = 0, i, flat;

	(void)arg;
	if (!f)
		return;
	/* Of the block somebody looks at; else the newest. */
	if ((s->focus == PANE_TRANSCRIPT || s->focus == PANE_TOOLS) && meant_block(s, &f, &i, &flat))
		r.until_seq = f->blocks[i].seq;
	r.task = f->task;
	journal_each(s->journal, &r, on_request_event, &seek, NULL);
	if (seek.seq)
		body = journal_body(s->journal, seek.seq, &n, NULL);
	if (!body) {
		screen_say(s, ROLE_INFO, "%s", _("no model was asked; nothing left this machine"));
		return;
	}
	pager_open(s, _("The newest request to the model, exactly"), (struct slice){ body, n }, PAGER_JSON);
}

/* --- the person's own pager --- */

static void
show_outside(struct screen *s, struct slice text)
{
	char path[] = "/tmp/homard-XXXXXX";
	const char *argv[] = { "sh", "-c", "exec ${PAGER:-less} \"$1\"", "sh", path, NULL };
	int fd = mkstemp(path);

	if (fd < 0 || write(fd, text.p, text.n) != (ssize_t)text.n)
		screen_say(s, ROLE_ERROR, "%s", _("no temporary file could be made"));
	else
		screen_shell_out(s, argv);
	if (fd >= 0)
		close(fd);
	unlink(path);
}

static void
cmd_pager(struct screen *s, const char *arg)
{
	struct buf text = BUF_INIT(16u << 20);

	(void)arg;
	if (pager_top(s)) {
		show_outside(s, slice_of(pager_text(pager_top(s))));
	} else {
		blocks_text(s->blocks, 100, &text);
		if (text.len)
			show_outside(s, buf_slice(&text));
	}
	buf_finish(&text);
}

const struct command cmds_view[] = {
	{ "open", N_("Open this block or call in full"), "pane", NULL, NULL, cmd_open, NULL },
	{ "fold", N_("Fold or unfold this block"), "pane", NULL, NULL, cmd_fold, NULL },
	{ "fold-all", N_("Fold or unfold all reasoning and output"), "global", NULL, "/fold", cmd_fold_all, NULL },
	{ "copy", N_("Copy the selection or this block"), "pane", NULL, NULL, cmd_copy, NULL },
	{ "copy-answer", N_("Copy the newest answer"), "global", NULL, "/copy", cmd_copy_answer, NULL },
	{ "find", N_("Find words in everything shown"), "global", N_("WORDS"), "/find", cmd_find, NULL },
	{ "find-next", N_("Find the next place"), "pane", NULL, NULL, cmd_find_next, NULL },
	{ "find-prev", N_("Find the place before"), "pane", NULL, NULL, cmd_find_prev, NULL },
	{ "request", N_("Show the exact request sent to the model"), "global", NULL, "/request", cmd_request, NULL },
	{ "pager", N_("Show this in your own pager"), "global", NULL, "/pager", cmd_pager, NULL },
	{ 0 },
};
