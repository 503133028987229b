/* Items become lines. */
#include "agent/llm/digest.h"
#include "agent/base/utf8.h"
#include "agent/llm/context.h"

#define LINE_MAX_BYTES 240
#define PROSE_MAX 8192u
#define PROSE_STEPS_MAX 4096u /* of the newest steps beside a prose */
#define WORDS_MAX (2u << 20)

struct digest {
	struct strv words; /* the person's, whole, never left out; further lines are indented */
	struct strv prose; /* of an earlier digest */
	struct strv steps; /* oldest first */
	struct llm_kept kept; /* the turn whose results follow */
	bool has_kept;
	int turn;
	size_t call;
};

struct digest *
digest_create(void)
{
	struct digest *d = xcalloc(1, sizeof(*d));

	d->turn = -1;
	return d;
}

void
digest_destroy(struct digest *d)
{
	if (!d)
		return;
	if (d->has_kept)
		llm_kept_finish(&d->kept);
	strv_finish(&d->words);
	strv_finish(&d->prose);
	strv_finish(&d->steps);
	free(d);
}

void
context_short(struct buf *out, struct slice s, size_t max)
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

/* --- the person's words --- */

static void
add_words(struct digest *d, const char *who, struct slice text)
{
	struct buf b = BUF_INIT(WORDS_MAX);
	bool first = true;

	buf_add_str(&b, who);
	while (text.p && text.n) {
		buf_add_str(&b, first ? "" : "\n  ");
		buf_add_slice(&b, slice_line(&text));
		first = false;
	}
	strv_take(&d->words, buf_steal(&b));
}

/* --- steps --- */

static void
add_turn(struct digest *d, const struct engine_item *it)
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
	context_short(&b, text, LINE_MAX_BYTES);
	strv_take(&d->steps, buf_steal(&b));
}

static void
add_result(struct digest *d, const struct engine_item *it)
{
	struct buf b = BUF_INIT(2 * LINE_MAX_BYTES + 256);
	bool ours = d->has_kept && d->turn == it->turn && d->call < d->kept.msg.n_calls;
	struct slice args = ours ? d->kept.msg.calls[d->call].args : (struct slice){ "", 0 };

	d->call++;
	/* What the person answered or refused holds on. */
	if (it->tool && (str_eq(it->tool, "ask_user") || it->outcome == CALL_REFUSED) && it->text.n) {
		buf_printf(&b, "The person: [%s ", it->tool);
		context_short(&b, args, LINE_MAX_BYTES);
		buf_add_str(&b, "] ");
		add_words(d, buf_str(&b), slice_trim(it->text));
		buf_finish(&b);
		return;
	}
	buf_printf(&b, "- %s ", it->tool ? it->tool : "?");
	context_short(&b, args, LINE_MAX_BYTES);
	buf_printf(&b, " -> %s: ", it->text.p ? outcome_word(it->outcome) : "did not end");
	context_short(&b, slice_trim(it->text), LINE_MAX_BYTES / 2);
	buf_printf(&b, " (#%lld)", (long long)it->seq);
	strv_take(&d->steps, buf_steal(&b));
}

/* An earlier digest is taken apart again. */
static void
add_summary(struct digest *d, struct slice text)
{
	struct strv *last = NULL;

	while (text.p) {
		struct slice line = slice_line(&text);

		if (slice_starts(line, "The person: ") || slice_starts(line, "Note: "))
			strv_take(last = &d->words, slice_dup(line));
		else if (slice_starts(line, "  ") && last == &d->words) {
			char **tail = &d->words.v[d->words.n - 1], *was = *tail;

			*tail = xasprintf("%s\n%.*s", was, SLICE_FMT(line));
			free(was);
		} else if (slice_starts(line, "Before: ")) {
			strv_take(last = &d->prose, slice_dup(line));
		} else if (slice_starts(line, "- ") || slice_starts(line, "You: ")) {
			strv_take(last = &d->steps, slice_dup(line));
		}
	}
}

void
digest_item(struct digest *d, const struct engine_item *it)
{
	switch (it->kind) {
	case ITEM_TURN:
		add_turn(d, it);
		break;
	case ITEM_RESULT:
		add_result(d, it);
		break;
	case ITEM_STEER:
	case ITEM_REQUEST: /* of a task that goes on from another */
		add_words(d, "The person: ", it->text);
		break;
	case ITEM_NOTE:
		add_words(d, "Note: ", it->text);
		break;
	case ITEM_SUMMARY:
		add_summary(d, it->text);
		break;
	case ITEM_PIPED: {
		autofree char *line = xasprintf("- piped data of %zu bytes (#%lld)", it->text.n,
			(long long)it->seq);

		strv_add(&d->steps, line);
		break;
	}
	}
}

/* --- writing --- */

static size_t
write_prose(const struct digest *d, struct slice prose, struct buf *out)
{
	size_t was = out->len;

	prose.n = MIN_OF(prose.n, (size_t)PROSE_MAX);
	prose.n -= utf8_partial_tail(prose.p, prose.n);
	while (prose.p && prose.n) {
		struct slice line = slice_trim(slice_line(&prose));

		if (line.n) {
			buf_add_str(out, "Before: ");
			buf_add_slice(out, line);
			buf_add_char(out, '\n');
		}
	}
	/* A new one was made from the old one and what came since. */
	if (out->len == was)
		for (size_t i = 0; i < d->prose.n; i++)
			buf_printf(out, "%s\n", d->prose.v[i]);
	return out->len - was;
}

void
digest_write(const struct digest *d, struct slice prose, struct buf *out)
{
	size_t room, first = d->steps.n, used;

	buf_add_str(out, "[Summary of what was done so far. The full texts are kept: recall "
			 "{\"text\":\"#NUMBER\"} shows one.]\n");
	for (size_t i = 0; i < d->words.n; i++)
		buf_printf(out, "%s\n", d->words.v[i]);
	used = write_prose(d, prose, out);
	room = prose.n ? PROSE_STEPS_MAX : CONTEXT_SUMMARY_MAX - MIN_OF(used, CONTEXT_SUMMARY_MAX / 2);
	while (first > 0 && strlen(d->steps.v[first - 1]) + 1 < room) {
		first--;
		room -= strlen(d->steps.v[first]) + 1;
	}
	if (first)
		buf_printf(out, "(%zu older steps are left out here)\n", first);
	for (size_t i = first; i < d->steps.n; i++)
		buf_printf(out, "%s\n", d->steps.v[i]);
}
