/* The window of a model: what fits, and what leaves when it is full. */
#include "agent/base/i18n.h"
#include "agent/base/limits.h"
#include "agent/llm/model_private.h"

#define WINDOW_LOCAL 32768   /* what a server at home is asked for when nothing is known */
#define WINDOW_UNKNOWN 128000
#define OUTPUT_UNKNOWN 8192

int64_t
ask_window(const struct ask *a)
{
	if (a->ep.facts.context > 0)
		return a->ep.facts.context;
	return a->ep.kind == LLM_OLLAMA || a->ep.local ? WINDOW_LOCAL : WINDOW_UNKNOWN;
}

int64_t
ask_max_output(const struct ask *a)
{
	int64_t set = model_number(a->e, "model.max_output"), can = a->ep.facts.output;

	if (a->parent)
		return SMALL_OUTPUT;
	if (set > 0)
		return can > 0 ? MIN_OF(set, can) : set;
	/* Anthropic wants a number; elsewhere the model's own limit holds when none is sent. */
	if (a->ep.kind != LLM_ANTHROPIC)
		return 0;
	return can > 0 ? MIN_OF(can, 32000) : OUTPUT_UNKNOWN;
}

/* Ollama cuts a longer request silently at its own small default: ask for enough, in doublings,
 * because each change loads the model anew. */
static void
choose_num_ctx(struct ask *a, int64_t window)
{
	int64_t need = context_measure(&a->input->in, a->cut) * 5 / 4 + 4096, n = 8192;

	if (a->ep.kind != LLM_OLLAMA)
		return;
	while (n < need && n < window)
		n *= 2;
	a->ep.quirks.num_ctx = MIN_OF(n, window);
}

/* Tokens of the items alone. */
static int64_t
items_tokens(const struct engine_input *in)
{
	struct engine_input empty = *in;

	empty.n_items = 0;
	return context_measure(in, 0) - context_measure(&empty, 0);
}

static bool
compact(struct ask *a, int64_t keep)
{
	autobuf struct buf summary = BUF_INIT(LIMIT_BODY);
	int64_t before = context_measure(&a->input->in, 0), from, to;

	if (!context_compact(a->input, keep, buf_slice(&a->prose), &summary, &from, &to))
		return false;
	a->sink->compact(a->user, from, to, buf_slice(&summary), before,
		context_measure(&a->input->in, 0));
	if (a->prose.len)
		ask_notice(a, "info",
			_("The model's window is full: older steps were replaced by a summary that %s "
			  "wrote. Your words and the plan stay whole, and everything stays in the "
			  "history."),
			model_setting(a->e, "model.small"));
	else
		ask_notice(a, "info", "%s",
			_("The model's window is full: older steps were replaced by a summary. Your "
			  "words and the plan stay whole, and everything stays in the history."));
	buf_clear(&a->prose);
	return true;
}

static void
tell_cut(struct ask *a)
{
	struct learned *l = &a->e->learned;

	if (a->cut > 0 && (l->task != a->input->in.task || l->cut < a->cut))
		ask_notice(a, "info", "%s",
			_("Older tool output is shown to the model in short from here on; it can ask "
			  "for the rest."));
	if (l->task == a->input->in.task)
		l->cut = a->cut;
}

bool
ask_fit(struct ask *a, bool force, struct err *err)
{
	const struct engine_input *in = &a->input->in;
	int64_t window = ask_window(a), out = ask_max_output(a);
	int64_t reserve = MIN_OF(out > 0 ? out : OUTPUT_UNKNOWN, window / 4);
	int64_t max = (window - reserve) * 19 / 20;

	if (force)
		max = MIN_OF(max, context_measure(in, 0)) / 2;
	a->cut = force ? -1 : context_cut(in, max);
	if (a->cut < 0 && small_ask(a, force ? MIN_OF(max, items_tokens(in)) / 2 : max / 2, force))
		return true; /* it fits when the small model has answered */
	if (a->cut < 0) {
		/* When the server says so, half of what there is goes, whatever was guessed. */
		bool less = compact(a, force ? MIN_OF(max, items_tokens(in)) / 2 : max / 2);

		a->cut = context_cut(in, max);
		if (a->cut < 0)
			a->cut = in->turn; /* all but what was just said */
		if (force && !less && context_measure(in, a->cut) >= context_measure(in, 0))
			return err_set(err, ERR_LIMIT,
				_("the request does not fit into the window of %s, and nothing more "
				  "can be left out; choose a model with a larger one"),
				a->ep.model);
	}
	tell_cut(a);
	choose_num_ctx(a, window);
	return true;
}
