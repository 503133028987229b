/* A turn as the journal keeps it, and back. */
#include "agent/base/i18n.h"
#include "agent/base/json.h"
#include "agent/base/jdoc.h"
#include "agent/llm/llm.h"

bool
llm_turn_save(const struct llm_turn *t, enum llm_kind kind, const char *provider,
	const char *model, struct buf *out)
{
	struct jw w;

	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_str(&w, "kind", llm_kind_name(kind));
	jw_str(&w, "provider", provider);
	jw_str(&w, "model", model);
	jw_slice(&w, "text", buf_slice(&t->text));
	/* Elsewhere the replay holds it. */
	if (kind == LLM_OLLAMA && t->reasoning.len)
		jw_slice(&w, "reasoning", buf_slice(&t->reasoning));
	jw_array(&w, "calls");
	for (size_t i = 0; i < t->n_calls; i++) {
		const struct llm_call *c = &t->calls[i];

		jw_object(&w, NULL);
		jw_str(&w, "id", c->id);
		jw_str(&w, "name", c->name);
		if (c->args)
			jw_raw(&w, "args", slice_of(c->args));
		else
			jw_null(&w, "args");
		jw_end_object(&w);
	}
	jw_end_array(&w);
	/* A turn that was cut off cannot go back as it is: its last block has no end. */
	if (t->replay.len && t->error.kind == LLM_ERR_NONE && !llm_turn_incomplete(t))
		jw_raw(&w, "replay", buf_slice(&t->replay));
	jw_end_object(&w);
	return !out->full;
}

/* Everything a loaded message points to. */
struct kept {
	char *json; /* the text the raw slices lie in */
	char *text, *reasoning, *provider, *model;
	struct llm_call_ref *calls;
	size_t n_calls;
};

static void
kept_free(struct kept *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < k->n_calls; i++) {
		free((char *)(uintptr_t)k->calls[i].id);
		free((char *)(uintptr_t)k->calls[i].name);
	}
	free(k->calls);
	free(k->json);
	free(k->text);
	free(k->reasoning);
	free(k->provider);
	free(k->model);
	free(k);
}

static void
load_calls(struct kept *k, const struct jn *list)
{
	size_t n = jn_is(list, JN_ARRAY) ? MIN_OF(list->n, LLM_CALLS_MAX) : 0;

	k->calls = xcalloc(n + 1, sizeof(*k->calls));
	for (const struct jn *c = n ? jn_first(list) : NULL; c && k->n_calls < n;
		c = jn_next(list, c)) {
		struct llm_call_ref *ref = &k->calls[k->n_calls++];
		char *name = jn_dup(jn_get(c, "name"), 1024);

		ref->id = jn_dup(jn_get(c, "id"), 1024);
		ref->name = name ? name : xstrdup("");
		if (!jn_none(jn_get(c, "args")))
			ref->args = jn_raw(jn_get(c, "args"));
	}
}

bool
llm_kept_load(struct slice json, struct llm_kept *ret, struct err *err)
{
	struct kept *k = xcalloc(1, sizeof(*k));
	autojdoc struct jdoc d = { 0 };
	autofree char *kind = NULL;
	const struct jn *root;

	k->json = slice_dup(json);
	root = jdoc_parse(&d, (struct slice){ k->json, json.n });
	kind = jn_dup(jn_get(root, "kind"), 64);
	if (!kind || llm_kind_of(kind) == LLM_KIND_COUNT) {
		kept_free(k);
		return err_set(err, ERR_CORRUPT, _("a kept turn of the model cannot be read"));
	}
	k->text = jn_dup(jn_get(root, "text"), LLM_TURN_MAX);
	k->reasoning = jn_dup(jn_get(root, "reasoning"), LLM_TURN_MAX);
	k->provider = jn_dup(jn_get(root, "provider"), 256);
	k->model = jn_dup(jn_get(root, "model"), 1024);
	load_calls(k, jn_get(root, "calls"));
	*ret = (struct llm_kept){ .mem = k };
	ret->msg = (struct llm_message){
		.role = LLM_ASSISTANT,
		.text = slice_of(k->text),
		.reasoning = slice_of(k->reasoning),
		.kind = llm_kind_of(kind),
		.provider = k->provider,
		.model = k->model,
		.replay = jn_raw(jn_get(root, "replay")),
		.calls = k->calls,
		.n_calls = k->n_calls,
	};
	return true;
}

void
llm_kept_finish(struct llm_kept *k)
{
	kept_free(k->mem);
	*k = (struct llm_kept){ 0 };
}
