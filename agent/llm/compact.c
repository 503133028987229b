/* How much the window holds, and the digest of what leaves it. */
#include "agent/base/jdoc.h"
#include "agent/base/utf8.h"
#include "agent/llm/context.h"

#define LINE_MAX_BYTES 240

int64_t
context_tokens(struct slice s)
{
	size_t ascii = 0;

	for (size_t i = 0; i < s.n; i++)
		ascii += (unsigned char)s.p[i] < 0x80;
	return (int64_t)(ascii * 10 / 36 + (s.n - ascii) / 2);
}

/* Tokens of an item as it is sent: a result is cut, a turn goes back as its replay. */
static int64_t
item_tokens(const struct engine_item *it, int cut_before)
{
	struct slice s = it->text;

	if (it->kind == ITEM_RESULT)
		s.n = MIN_OF(s.n, it->turn < cut_before ? CONTEXT_OLD_MAX + 80 : CONTEXT_RESULT_MAX);
	if (it->kind == ITEM_PIPED)
		s.n = MIN_OF(s.n, CONTEXT_PIPED_MAX);
	/* The kept form says everything twice: the portable text and the replay. */
	return (it->kind == ITEM_TURN ? context_tokens(s) / 2 : context_tokens(s)) + 10 +
		(it->turn < cut_before ? 0 : (int64_t)it->n_images * CONTEXT_IMAGE_TOKENS);
}

int64_t
context_measure(const struct engine_input *in, int cut_before)
{
	int64_t n = 400; /* the system text */

	for (size_t i = 0; i < in->n_tools; i++)
		n += context_tokens(slice_of(in->tools[i].schema)) + 40;
	for (size_t i = 0; i < in->n_items; i++)
		n += item_tokens(&in->items[i], cut_before);
	return n;
}

int
context_cut(const struct engine_input *in, int64_t max)
{
	int last = in->turn - CONTEXT_KEEP_TURNS, at = 0;

	while (context_measure(in, at) > max) {
		at += CONTEXT_JUMP;
		if (at > last)
			return -1;
	}
	return at;
}

/* --- the digest --- */

static void
add_short(struct buf *out, struct slice s, size_t max)
{
	size_t n = MIN_OF(s.n, max);

	n -= n < s.n ? utf8_partial_tail(s.p, n) : 0;
	for (size_t i = 0; i < n; i++)
		buf_add_char(out, s.p[i] == '\n' || s.p[i] == '\r' ? ' ' : s.p[i]);
	if (n < s.n)
		buf_add_str(out, " ...");
}

static const char *
outcome_word(enum call_outcome o)
{
	static const char *const words[] = { "done", "failed", "refused", "stopped" };

	return words[o];
}

struct digest {
	struct strv words; /* the person's, whole, never left out */
	struct strv steps; /* oldest first */
	struct llm_kept kept; /* the turn whose results follow */
	bool has_kept;
	int turn;
	size_t call;
};

static void
digest_turn(struct digest *d, const struct engine_item *it)
{
	struct slice text;
	struct buf b = BUF_INIT(LINE_MAX_BYTES + 64);

	if (d->has_kept)
		llm_kept_finish(&d->kept);
	d->has_kept = llm_kept_load(it->text, &d->kept, NULL);
	d->turn = it->turn;
	d->call = 0;
	text = d->has_kept ? slice_trim(d->kept.msg.text) : (struct slice){ "", 0 };
	if (!text.n)
		return;
	buf_add_str(&b, "You: ");
	add_short(&b, text, LINE_MAX_BYTES);
	strv_take(&d->steps, buf_steal(&b));
}

static void
digest_result(struct digest *d, const struct engine_item *it)
{
	struct buf b = BUF_INIT(2 * LINE_MAX_BYTES + 256);
	bool ours = d->has_kept && d->turn == it->turn && d->call < d->kept.msg.n_calls;

	buf_printf(&b, "- %s ", it->tool ? it->tool : "?");
	if (ours)
		add_short(&b, d->kept.msg.calls[d->call].args, LINE_MAX_BYTES);
	d->call++;
	buf_printf(&b, " -> %s: ", it->text.p ? outcome_word(it->outcome) : "did not end");
	add_short(&b, slice_trim(it->text), LINE_MAX_BYTES / 2);
	buf_printf(&b, " (#%lld)", (long long)it->seq);
	strv_take(&d->steps, buf_steal(&b));
}

static void
digest_words(struct digest *d, const char *who, struct slice text)
{
	struct buf b = BUF_INIT(8192);

	buf_printf(&b, "%s: ", who);
	add_short(&b, text, 4000);
	strv_take(&d->words, buf_steal(&b));
}

/* An earlier digest is taken apart again. */
static void
digest_summary(struct digest *d, struct slice text)
{
	while (text.p) {
		struct slice line = slice_line(&text);

		if (slice_starts(line, "The person: ") || slice_starts(line, "Note: "))
			strv_take(&d->words, slice_dup(line));
		else if (slice_starts(line, "- ") || slice_starts(line, "You: "))
			strv_take(&d->steps, slice_dup(line));
	}
}

static void
digest_item(struct digest *d, const struct engine_item *it)
{
	switch (it->kind) {
	case ITEM_TURN:
		digest_turn(d, it);
		break;
	case ITEM_RESULT:
		digest_result(d, it);
		break;
	case ITEM_STEER:
		digest_words(d, "The person", it->text);
		break;
	case ITEM_NOTE:
		digest_words(d, "Note", it->text);
		break;
	case ITEM_SUMMARY:
		digest_summary(d, it->text);
		break;
	case ITEM_PIPED: {
		autofree char *line = xasprintf("- piped data of %zu bytes (#%lld)", it->text.n,
			(long long)it->seq);

		strv_add(&d->steps, line);
		break;
	}
	case ITEM_REQUEST:
		break;
	}
}

static void
write_digest(const struct digest *d, struct buf *out)
{
	size_t room = CONTEXT_SUMMARY_MAX, first = d->steps.n;

	buf_add_str(out, "[Summary of what was done so far. The full texts are kept: recall "
			 "{\"text\":\"#NUMBER\"} shows one.]\n");
	for (size_t i = 0; i < d->words.n; i++) {
		buf_printf(out, "%s\n", d->words.v[i]);
		room -= MIN_OF(room, strlen(d->words.v[i]) + 1);
	}
	while (first > 0 && strlen(d->steps.v[first - 1]) + 1 < room) {
		first--;
		room -= strlen(d->steps.v[first]) + 1;
	}
	if (first)
		buf_printf(out, "(%zu older steps are left out here)\n", first);
	for (size_t i = first; i < d->steps.n; i++)
		buf_printf(out, "%s\n", d->steps.v[i]);
}

/* The first turn that stays: as many of the newest as fit. */
static size_t
first_kept(const struct engine_input *in, int64_t max)
{
	size_t keep = in->n_items;
	int64_t n = 0;
	int turns = 0;

	for (size_t i = in->n_items; i > 0; i--) {
		n += item_tokens(&in->items[i - 1], 0);
		if (turns && n > max)
			break;
		if (in->items[i - 1].kind == ITEM_TURN) {
			keep = i - 1;
			turns++;
		}
	}
	return keep;
}

bool
context_compact(struct input *k, int64_t max, struct buf *summary, int64_t *from, int64_t *to)
{
	struct digest d = { .turn = -1 };
	size_t begin = 0, end;

	while (begin < k->in.n_items && k->items[begin].kind == ITEM_REQUEST)
		begin++;
	end = first_kept(&k->in, max);
	/* One item less is no gain, and a summary alone need not be made again. */
	if (end >= k->in.n_items || end < begin + 2)
		return false;
	*from = k->items[begin].seq;
	*to = 0;
	for (size_t i = begin; i < end; i++) {
		*from = MIN_OF(*from, k->items[i].seq);
		*to = MAX_OF(*to, k->items[i].seq);
		digest_item(&d, &k->items[i]);
	}
	if (d.has_kept)
		llm_kept_finish(&d.kept);
	buf_clear(summary);
	write_digest(&d, summary);
	strv_finish(&d.words);
	strv_finish(&d.steps);
	input_replace(k, begin, end - 1, buf_slice(summary), *to);
	return true;
}
