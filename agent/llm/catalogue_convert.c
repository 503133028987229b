/* Other people's model tables as ours: models.dev, genai-prices. */
#include "agent/base/i18n.h"
#include "agent/base/jdoc.h"
#include "agent/base/json.h"
#include "agent/llm/catalogue.h"
#include "agent/llm/presets.h"

/* Their names for providers that have another name here. */
static const char *const names[][2] = {
	{ "alibaba", "qwen" },	     { "alibaba-cn", "qwen-cn" },
	{ "moonshotai", "kimi" },    { "moonshotai-cn", "kimi-cn" },
	{ "kimi-for-coding", "kimi-coding" }, { "togetherai", "together" },
	{ "fireworks-ai", "fireworks" }, { "zhipuai", "zhipu" },
	{ "zai-coding-plan", "zai-coding" }, { "x-ai", "xai" },
};

struct convert {
	struct jw w;
	size_t models;
	bool open; /* the provider's list was begun */
	char *provider;
};

static char *
our_name(struct slice theirs)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (slice_eq_str(theirs, names[i][0]))
			return xstrdup(names[i][1]);
	return slice_dup(theirs);
}

static void
begin_model(struct convert *c, const char *id)
{
	if (!c->open)
		jw_array(&c->w, c->provider);
	c->open = true;
	c->models++;
	jw_object(&c->w, NULL);
	jw_str(&c->w, "id", id);
}

static void
copy_number(struct convert *c, const char *key, const struct jn *v)
{
	if (jn_is(v, JN_NUMBER))
		jw_raw(&c->w, key, jn_raw(v));
}

/* --- models.dev: {provider: {models: {id: {...}}}} --- */

static void
dev_price(struct convert *c, const struct jn *cost)
{
	copy_number(c, "in", jn_get(cost, "input"));
	copy_number(c, "out", jn_get(cost, "output"));
	copy_number(c, "read", jn_get(cost, "cache_read"));
	copy_number(c, "write", jn_get(cost, "cache_write"));
}

static void
dev_tiers(struct convert *c, const struct jn *cost)
{
	const struct jn *tiers = jn_get(cost, "tiers"), *over = jn_get(cost, "context_over_200k"), *t;
	bool list = jn_is(tiers, JN_ARRAY) && tiers->n;

	if (!list && !jn_is(over, JN_OBJECT))
		return;
	jw_array(&c->w, "tiers");
	for (t = list ? jn_first(tiers) : NULL; t; t = jn_next(tiers, t)) {
		jw_object(&c->w, NULL);
		jw_i64(&c->w, "above", jn_i64(jn_get2(t, "tier", "size"), 200000));
		dev_price(c, t);
		jw_end_object(&c->w);
	}
	if (!list) {
		jw_object(&c->w, NULL);
		jw_i64(&c->w, "above", 200000);
		dev_price(c, over);
		jw_end_object(&c->w);
	}
	jw_end_array(&c->w);
}

static bool
takes_images(const struct jn *m)
{
	const struct jn *in = jn_get2(m, "modalities", "input"), *v;

	for (v = jn_is(in, JN_ARRAY) ? jn_first(in) : NULL; v; v = jn_next(in, v))
		if (jn_is_str(v, "image"))
			return true;
	return false;
}

static void
dev_model(struct convert *c, const struct jn *id, const struct jn *m)
{
	autofree char *text = jn_dup(id, 256);

	/* What cannot call tools is of no use here. */
	if (!text || !jn_is(m, JN_OBJECT) || jn_is(jn_get(m, "tool_call"), JN_FALSE) ||
		jn_is_str(jn_get(m, "status"), "deprecated"))
		return;
	begin_model(c, text);
	copy_number(c, "context", jn_get2(m, "limit", "context"));
	copy_number(c, "output", jn_get2(m, "limit", "output"));
	dev_price(c, jn_get(m, "cost"));
	dev_tiers(c, jn_get(m, "cost"));
	if (jn_get(m, "modalities") || jn_get(m, "reasoning")) {
		autofree char *can = xasprintf("tools%s%s", takes_images(m) ? " images" : "",
			jn_true(jn_get(m, "reasoning")) ? " reasoning" : "");

		jw_str(&c->w, "can", can);
	}
	jw_end_object(&c->w);
}

static void
from_dev(struct convert *c, const struct jn *root)
{
	for (const struct jn *p = jn_first(root); p; p = jn_next(root, p)) {
		const struct jn *models = jn_get(jn_value(p), "models"), *m;

		c->provider = our_name(jn_inner(p));
		c->open = false;
		if (preset_find(c->provider) && jn_is(models, JN_OBJECT))
			for (m = jn_first(models); m; m = jn_next(models, m))
				dev_model(c, m, jn_value(m));
		if (c->open)
			jw_end_array(&c->w);
		free(c->provider);
	}
}

/* --- genai-prices: [{id, models: [{id, prices, context_window}]}] --- */

/* A number, or {base, tiers}. */
static void
genai_number(struct convert *c, const char *key, const struct jn *v)
{
	copy_number(c, key, jn_is(v, JN_OBJECT) ? jn_get(v, "base") : v);
}

static void
genai_tier(struct convert *c, const struct jn *prices)
{
	static const char *const keys[][2] = { { "in", "input_mtok" }, { "out", "output_mtok" },
		{ "read", "cache_read_mtok" }, { "write", "cache_write_mtok" } };
	int64_t above = -1;

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const struct jn *t = jn_at(jn_get2(prices, keys[i][1], "tiers"), 0);

		above = MAX_OF(above, jn_i64(jn_get(t, "start"), -1));
	}
	if (above < 0)
		return;
	jw_array(&c->w, "tiers");
	jw_object(&c->w, NULL);
	jw_i64(&c->w, "above", above);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		copy_number(c, keys[i][0],
			jn_get(jn_at(jn_get2(prices, keys[i][1], "tiers"), 0), "price"));
	jw_end_object(&c->w);
	jw_end_array(&c->w);
}

/* Prices with conditions (a date, a time of day): the last one without a time of day holds. */
static const struct jn *
genai_prices(const struct jn *v)
{
	const struct jn *best = NULL;

	if (!jn_is(v, JN_ARRAY))
		return v;
	for (const struct jn *p = jn_first(v); p; p = jn_next(v, p))
		if (!best || !jn_get2(p, "constraint", "start_time"))
			best = jn_get(p, "prices") ? jn_get(p, "prices") : best;
	return best;
}

static void
genai_model(struct convert *c, const struct jn *m)
{
	autofree char *id = jn_dup(jn_get(m, "id"), 256);
	const struct jn *prices = genai_prices(jn_get(m, "prices"));

	if (!id || !jn_is(prices, JN_OBJECT))
		return;
	begin_model(c, id);
	copy_number(c, "context", jn_get(m, "context_window"));
	genai_number(c, "in", jn_get(prices, "input_mtok"));
	genai_number(c, "out", jn_get(prices, "output_mtok"));
	genai_number(c, "read", jn_get(prices, "cache_read_mtok"));
	genai_number(c, "write", jn_get(prices, "cache_write_mtok"));
	genai_tier(c, prices);
	jw_end_object(&c->w);
}

static void
from_genai(struct convert *c, const struct jn *root)
{
	for (const struct jn *p = jn_first(root); p; p = jn_next(root, p)) {
		const struct jn *models = jn_get(p, "models"), *m;

		c->provider = our_name(jn_inner(jn_get(p, "id")));
		c->open = false;
		if (preset_find(c->provider) && jn_is(models, JN_ARRAY))
			for (m = jn_first(models); m; m = jn_next(models, m))
				genai_model(c, m);
		if (c->open)
			jw_end_array(&c->w);
		free(c->provider);
	}
}

bool
catalogue_convert(struct slice json, const char *source, const char *date, struct buf *out,
	size_t *ret_models, struct err *err)
{
	autojdoc struct jdoc d = { 0 };
	const struct jn *root = jdoc_parse(&d, json);
	struct convert c = { 0 };

	if (!jn_is(root, JN_OBJECT) && !jn_is(root, JN_ARRAY))
		return err_set(err, ERR_PROTO, _("%s holds no JSON"), source);
	jw_init(&c.w, out);
	jw_object(&c.w, NULL);
	jw_str(&c.w, "date", date);
	jw_str(&c.w, "source", source);
	if (jn_get(root, "providers")) {
		struct catalogue *check = catalogue_create();
		bool ok = catalogue_add(check, json, source, err);

		c.models = catalogue_count(check);
		catalogue_destroy(check);
		if (!ok)
			return false;
		jw_raw(&c.w, "providers", jn_raw(jn_get(root, "providers")));
	} else {
		jw_object(&c.w, "providers");
		if (root->type == JN_ARRAY)
			from_genai(&c, root);
		else
			from_dev(&c, root);
		jw_end_object(&c.w);
	}
	jw_end_object(&c.w);
	*ret_models = c.models;
	if (!c.models)
		return err_set(err, ERR_PROTO,
			_("%s holds no models; models.dev's api.json and genai-prices' data.json are "
			  "understood"), source);
	if (out->full)
		return err_set(err, ERR_LIMIT, _("%s is too large a table"), source);
	return true;
}
