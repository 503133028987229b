/* Engine items from events. */
#include "agent/core/items.h"
#include "agent/base/base64.h"
#include "agent/base/json.h"

static struct engine_item *
add(struct items *it, enum engine_item_kind kind, const struct event *ev)
{
	struct engine_item *i;

	GROW(it->v, it->n, it->cap);
	i = &it->v[it->n++];
	*i = (struct engine_item){ .kind = kind, .seq = ev->seq };
	i->text = (struct slice){ slice_dup(ev->body), ev->body.n };
	return i;
}

static void
clear(struct engine_item *i)
{
	free((char *)i->text.p);
	free((char *)i->engine);
	free((char *)i->model);
	free((char *)i->id);
	free((char *)i->tool);
	for (size_t k = 0; k < i->n_images; k++) {
		free((char *)i->images[k].type);
		free((char *)i->images[k].base64.p);
	}
	free((void *)i->images);
}

/* The newest item of a call; a fork holds calls of two tasks under one number. */
static struct engine_item *
of_call(struct items *it, int call)
{
	for (size_t n = it->n; n > 0; n--)
		if (it->v[n - 1].kind == ITEM_RESULT && it->v[n - 1].call == call)
			return &it->v[n - 1];
	return NULL;
}

/* A call is known from CALL; its result completes the item. Until then it is not offered. */
static void
on_call(struct items *it, const struct event *ev, const cJSON *facts)
{
	struct engine_item *i = add(it, ITEM_RESULT, ev);

	free((char *)i->text.p);
	i->text = (struct slice){ NULL, 0 };
	i->turn = (int)json_i64(facts, "turn", 0);
	i->call = (int)json_i64(facts, "call", 0);
	i->id = xstrdup(json_str(facts, "id", ""));
	i->tool = xstrdup(json_str(facts, "tool", ""));
}

static enum call_outcome
outcome_of(const char *s)
{
	if (str_eq(s, "failed"))
		return CALL_FAILED;
	if (str_eq(s, "refused"))
		return CALL_REFUSED;
	return str_eq(s, "stopped") ? CALL_STOPPED : CALL_DONE;
}

static void
on_call_done(struct items *it, const struct event *ev, const cJSON *facts)
{
	struct engine_item *i = of_call(it, (int)json_i64(facts, "call", 0));

	if (!i)
		return;
	free((char *)i->text.p);
	i->text = (struct slice){ slice_dup(ev->body), ev->body.n };
	i->seq = ev->seq;
	i->outcome = outcome_of(json_str(facts, "outcome", "done"));
}

static void
on_image(struct items *it, const struct event *ev, const cJSON *facts)
{
	struct engine_item *i = of_call(it, (int)json_i64(facts, "call", 0));
	struct buf text = BUF_INIT(ev->body.n / 3 * 4 + 8);
	struct engine_image *v;

	if (!i || !ev->body.n || !base64_add(&text, ev->body)) {
		buf_finish(&text);
		return;
	}
	v = xreallocarray((void *)i->images, i->n_images + 1, sizeof(*v));
	v[i->n_images] = (struct engine_image){ .type = xstrdup(json_str(facts, "type", "image/png")),
		.seq = ev->seq };
	v[i->n_images].base64.n = text.len;
	v[i->n_images].base64.p = buf_steal(&text);
	i->images = v;
	i->n_images++;
}

static void
on_turn(struct items *it, const struct event *ev, const cJSON *facts)
{
	struct engine_item *i = add(it, ITEM_TURN, ev);
	struct engine_item turn;
	size_t at = it->n - 1;

	i->turn = (int)json_i64(facts, "turn", 0);
	i->engine = xstrdup(json_str(facts, "engine", ""));
	i->model = xstrdup(json_str(facts, "model", ""));
	/* Calls may be written before their turn is: keep the turn in front of them. */
	turn = *i;
	while (at > 0 && it->v[at - 1].kind == ITEM_RESULT && it->v[at - 1].turn == turn.turn) {
		it->v[at] = it->v[at - 1];
		at--;
	}
	it->v[at] = turn;
}

/* The summary replaces all items from..to but the request. */
static void
on_compact(struct items *it, const struct event *ev, const cJSON *facts)
{
	int64_t from = json_i64(facts, "from", 0), to = json_i64(facts, "to", 0);
	struct engine_item summary;
	size_t r, w = 0;
	bool placed = false;

	add(it, ITEM_SUMMARY, ev);
	summary = it->v[--it->n];
	for (r = 0; r < it->n; r++) {
		struct engine_item *i = &it->v[r];
		bool goes = i->kind != ITEM_REQUEST && i->seq >= from && i->seq <= to;

		if (!goes) {
			it->v[w++] = *i;
			continue;
		}
		clear(i);
		if (!placed)
			it->v[w++] = summary;
		placed = true;
	}
	it->n = w;
	if (!placed)
		clear(&summary);
}

bool
items_takes(enum event_kind kind)
{
	return kind == EV_REQUEST || kind == EV_STEER || kind == EV_TURN || kind == EV_CALL ||
		kind == EV_IMAGE || kind == EV_CALL_DONE || kind == EV_COMPACT || kind == EV_PLAN;
}

void
items_apply(struct items *it, const struct event *ev)
{
	autojson cJSON *facts =
		json_parse_lenient(ev->facts.n ? ev->facts : SLICE_LIT("{}"), NULL);

	switch (ev->kind) {
	case EV_REQUEST:
		add(it, json_bool(facts, "piped", false) ? ITEM_PIPED : ITEM_REQUEST, ev);
		break;
	case EV_STEER:
		add(it, json_bool(facts, "piped", false) ? ITEM_PIPED : ITEM_STEER, ev);
		break;
	case EV_TURN:
		on_turn(it, ev, facts);
		break;
	case EV_CALL:
		on_call(it, ev, facts);
		break;
	case EV_CALL_DONE:
		on_call_done(it, ev, facts);
		break;
	case EV_IMAGE:
		on_image(it, ev, facts);
		break;
	case EV_COMPACT:
		on_compact(it, ev, facts);
		break;
	case EV_PLAN:
		if (str_eq(json_str(facts, "by", ""), "person"))
			add(it, ITEM_NOTE, ev);
		break;
	default:
		break;
	}
}

void
items_finish(struct items *it)
{
	size_t i;

	for (i = 0; i < it->n; i++)
		clear(&it->v[i]);
	free(it->v);
	memset(it, 0, sizeof(*it));
}
