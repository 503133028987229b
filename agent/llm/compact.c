/* How much the window holds, and what leaves it. */
#include "agent/llm/context.h"
#include "agent/llm/digest.h"

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

/* --- what leaves --- */

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

/* Items begin..end-1 leave; false when that would be no gain. */
static bool
leaving(const struct engine_input *in, int64_t max, size_t *begin, size_t *end)
{
	*begin = 0;
	while (*begin < in->n_items && in->items[*begin].kind == ITEM_REQUEST)
		++*begin;
	*end = first_kept(in, max);
	/* One item less is no gain, and a summary alone need not be made again. */
	return *end < in->n_items && *end >= *begin + 2;
}

bool
context_compact(struct input *k, int64_t max, struct slice prose, struct buf *summary,
	int64_t *from, int64_t *to)
{
	struct digest *d;
	size_t begin, end;

	if (!leaving(&k->in, max, &begin, &end))
		return false;
	d = digest_create();
	*from = k->items[begin].seq;
	*to = 0;
	for (size_t i = begin; i < end; i++) {
		*from = MIN_OF(*from, k->items[i].seq);
		*to = MAX_OF(*to, k->items[i].seq);
		digest_item(d, &k->items[i]);
	}
	buf_clear(summary);
	digest_write(d, prose, summary);
	digest_destroy(d);
	input_replace(k, begin, end - 1, buf_slice(summary), *to);
	return true;
}

/* One item for the reader who sums up: results in short, the newest of them last. */
static void
add_old(struct buf *out, const struct engine_item *it)
{
	struct llm_kept kept;

	if (it->kind == ITEM_TURN) {
		if (!llm_kept_load(it->text, &kept, NULL))
			return;
		buf_add_str(out, "\nAssistant: ");
		buf_add_slice(out, slice_trim(kept.msg.text));
		for (size_t c = 0; c < kept.msg.n_calls; c++) {
			buf_printf(out, "\n  calls %s ", kept.msg.calls[c].name);
			context_short(out, kept.msg.calls[c].args, 500);
		}
		llm_kept_finish(&kept);
		return;
	}
	buf_printf(out, "\n%s: ", it->kind == ITEM_RESULT ? it->tool :
			it->kind == ITEM_STEER	      ? "Person" :
			it->kind == ITEM_SUMMARY      ? "Earlier" :
							"Note");
	context_short(out, it->text, it->kind == ITEM_RESULT ? 1500 : 8000);
}

bool
context_old_text(const struct input *k, int64_t max, size_t max_bytes, struct buf *out)
{
	size_t begin, end, from;

	if (!leaving(&k->in, max, &begin, &end))
		return false;
	/* As many of the newest as fit, in their order. */
	for (from = end; from > begin; from--) {
		autobuf struct buf one = BUF_INIT(CONTEXT_SUMMARY_MAX);

		add_old(&one, &k->items[from - 1]);
		if (one.len > max_bytes)
			break;
		max_bytes -= one.len;
	}
	for (size_t i = from; i < end; i++)
		add_old(out, &k->items[i]);
	return out->len > 0;
}
