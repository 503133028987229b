/* Plays a script as an engine. */
#include "tests/support/script_engine.h"

struct script_engine_impl {
	struct engine engine;
	struct script *script;
	const struct engine_sink *sink;
	void *user;
};

static void
note_items(struct script *s, const struct engine_input *in)
{
	size_t i, n = 0;

	s->items[0] = '\0';
	for (i = 0; i < in->n_items && n < sizeof(s->items) - 600; i++) {
		const struct engine_item *it = &in->items[i];

		n += (size_t)snprintf(s->items + n, sizeof(s->items) - n, "%d:%d:%.*s\n", it->kind,
			it->outcome, (int)MIN_OF(it->text.n, 400u), it->text.p ? it->text.p : "");
		if (it->kind == ITEM_RESULT)
			snprintf(s->last_result, sizeof(s->last_result), "%.*s", (int)it->text.n,
				it->text.p ? it->text.p : "");
	}
}

static bool
think(struct engine *e, const struct engine_input *in, const struct engine_sink *sink, void *user,
	struct err *err)
{
	struct script_engine_impl *x = (struct script_engine_impl *)e;
	struct script *s = x->script;
	size_t turn = 0, i;

	(void)err;
	for (i = 0; i < in->n_items; i++)
		turn += in->items[i].kind == ITEM_TURN;
	s->thought++;
	note_items(s, in);
	if (turn < s->n) {
		const struct script_turn *t = &s->turns[turn];

		if (t->text)
			sink->text(user, slice_of(t->text));
		for (i = 0; i < ARRAY_LEN(t->calls) && t->calls[i].tool; i++)
			sink->call(user, NULL, t->calls[i].tool, slice_of(t->calls[i].args));
	}
	sink->turn(user, SLICE_LIT("{}"), "stop");
	sink->end(user, ENGINE_DONE, NULL);
	return true;
}

static void
cancel(struct engine *e)
{
	(void)e;
}

static void
destroy(struct engine *e)
{
	free(e);
}

static const struct engine_ops instinct_ops = { "instinct", think, cancel, NULL, destroy };
static const struct engine_ops model_ops = { "model", think, cancel, NULL, destroy };

struct engine *
script_engine(struct script *s)
{
	struct script_engine_impl *x = xcalloc(1, sizeof(*x));

	x->engine.ops = str_eq(s->name, "model") ? &model_ops : &instinct_ops;
	x->script = s;
	return &x->engine;
}
