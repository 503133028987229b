/* An object of a reply, kept as raw members. */
#include "agent/llm/decode.h"

void
robj_finish(struct robj *o)
{
	for (size_t i = 0; i < o->n; i++) {
		free(o->v[i].key);
		buf_finish(&o->v[i].val);
	}
	free(o->v);
	*o = (struct robj){ 0 };
}

struct robj_member *
robj_find(struct robj *o, const char *key)
{
	for (size_t i = 0; i < o->n; i++)
		if (str_eq(o->v[i].key, key))
			return &o->v[i];
	return NULL;
}

/* Keys stay as they are escaped in the source: none of those we look for has escapes. */
static struct robj_member *
member(struct llm_stream *s, struct robj *o, struct slice key)
{
	struct robj_member *m;

	for (size_t i = 0; i < o->n; i++)
		if (slice_eq_str(key, o->v[i].key))
			return &o->v[i];
	if (o->n >= LLM_BLOCKS_MAX || !st_keep(s, key.n + sizeof(*m)))
		return NULL;
	GROW(o->v, o->n, o->cap);
	m = &o->v[o->n++];
	*m = (struct robj_member){ .key = slice_dup(key) };
	buf_init(&m->val, LLM_TURN_MAX);
	return m;
}

bool
robj_set(struct llm_stream *s, struct robj *o, struct slice key, struct slice raw)
{
	struct robj_member *m = member(s, o, key);

	if (!m || !st_keep(s, raw.n))
		return false;
	buf_clear(&m->val);
	m->text = raw.n >= 2 && raw.p[0] == '"';
	if (m->text) {
		raw.p++;
		raw.n -= 2;
	}
	return buf_add_slice(&m->val, raw);
}

bool
robj_append(struct llm_stream *s, struct robj *o, const char *key, const struct jn *str)
{
	struct robj_member *m;

	if (!jn_is(str, JN_STRING))
		return true;
	m = member(s, o, slice_of(key));
	if (!m || !st_keep(s, str->len))
		return false;
	if (!m->text) {
		buf_clear(&m->val);
		m->text = true;
	}
	return buf_add_slice(&m->val, jn_inner(str));
}

bool
robj_merge(struct llm_stream *s, struct robj *o, const struct jn *obj, bool nulls)
{
	if (!jn_is(obj, JN_OBJECT))
		return true;
	for (const struct jn *k = jn_first(obj); k; k = jn_next(obj, k)) {
		const struct jn *v = jn_value(k);

		if (!nulls && v->type == JN_NULL)
			continue;
		if (!robj_set(s, o, jn_inner(k), jn_raw(v)))
			return false;
	}
	return true;
}

bool
robj_write(const struct robj *o, struct buf *out)
{
	bool ok = buf_add_char(out, '{');

	for (size_t i = 0; ok && i < o->n; i++) {
		const struct robj_member *m = &o->v[i];

		ok = buf_printf(out, "%s\"%s\":%s", i ? "," : "", m->key, m->text ? "\"" : "") &&
			buf_add_slice(out, buf_slice(&m->val)) &&
			(!m->text || buf_add_char(out, '"'));
	}
	return ok && buf_add_char(out, '}');
}

int64_t
robj_i64(struct robj *o, const char *key)
{
	struct robj_member *m = robj_find(o, key);
	int64_t n;

	return m && !m->text && str_to_i64(buf_str(&m->val), &n) ? n : -1;
}

void
st_usage_of(struct llm_stream *s, const struct robj *usage)
{
	autobuf struct buf raw = BUF_INIT(64u << 10);

	if (robj_write(usage, &raw))
		st_usage(s, buf_slice(&raw));
}
