/* openai-chat: reasoning under one of several names, or two at once; details merged. */
#include "agent/base/i18n.h"
#include "agent/llm/decode_chat.h"

static struct slice
member_raw(struct robj *o, const char *key)
{
	struct robj_member *m = robj_find(o, key);

	return m ? buf_slice(&m->val) : (struct slice){ NULL, 0 };
}

/* The inside of a string, other values raw: how robj keeps them. */
static struct slice
plain(const struct jn *v)
{
	return jn_is(v, JN_STRING) ? jn_inner(v) : jn_none(v) ? (struct slice){ NULL, 0 } : jn_raw(v);
}

static bool
same_detail(struct robj *o, const struct jn *d)
{
	struct slice id = member_raw(o, "id"), new_id = plain(jn_get(d, "id"));

	if (!slice_eq(member_raw(o, "type"), plain(jn_get(d, "type"))) ||
		!slice_eq(member_raw(o, "index"), plain(jn_get(d, "index"))))
		return false;
	return !id.n || !new_id.n || slice_eq(id, new_id);
}

static bool
merge_detail(struct llm_stream *s, struct robj *o, const struct jn *d)
{
	for (const struct jn *k = jn_first(d); k; k = jn_next(d, k)) {
		const struct jn *v = jn_value(k);
		struct slice key = jn_inner(k);
		bool ok;

		if (v->type == JN_NULL && robj_find(o, "type"))
			continue;
		if (slice_eq_str(key, "text"))
			ok = robj_append(s, o, "text", v);
		else if (slice_eq_str(key, "summary"))
			ok = robj_append(s, o, "summary", v);
		else if (slice_eq_str(key, "data"))
			ok = robj_append(s, o, "data", v);
		else
			ok = robj_set(s, o, key, jn_raw(v));
		if (!ok)
			return false;
	}
	return true;
}

static bool
take_detail(struct llm_stream *s, const struct jn *d)
{
	struct chat *c = chat(s);
	struct robj *o = NULL;

	if (!jn_is(d, JN_OBJECT))
		return true;
	for (size_t i = c->n_details; i > 0 && !o; i--)
		if (same_detail(&c->details[i - 1], d))
			o = &c->details[i - 1];
	if (!o) {
		if (c->n_details >= LLM_BLOCKS_MAX || !st_keep(s, sizeof(*o)))
			return st_fail(s, LLM_ERR_TOO_LARGE, _("the reply holds too many parts"));
		GROW(c->details, c->n_details, c->details_cap);
		o = &c->details[c->n_details++];
		*o = (struct robj){ 0 };
	}
	return merge_detail(s, o, d);
}

bool
chat_take_thought(struct llm_stream *s, const struct jn *v, enum reason_field f)
{
	if (!jn_is(v, JN_STRING) || v->len == 0)
		return true;
	if (chat(s)->field == REASON_NONE)
		chat(s)->field = f;
	return chat(s)->field != f || st_reasoning(s, v);
}

bool
chat_take_reasoning(struct llm_stream *s, const struct jn *const *names, const struct jn *list)
{
	const struct jn *d = jn_is(list, JN_ARRAY) ? jn_first(list) : NULL;

	for (int f = REASON_CONTENT; f <= REASON_TEXT; f++)
		if (!chat_take_thought(s, names[f - REASON_CONTENT], (enum reason_field)f))
			return false;
	for (; d; d = jn_next(list, d)) {
		const struct jn *t = jn_get(d, "text");

		if (!take_detail(s, d))
			return false;
		if (!jn_is(t, JN_STRING))
			t = jn_get(d, "summary");
		if (!chat_take_thought(s, t, REASON_DETAILS))
			return false;
	}
	return true;
}
