#include "agent/llm/input.h"

static void
item_free(struct engine_item *i)
{
	free((char *)(uintptr_t)i->text.p);
	free((char *)(uintptr_t)i->engine);
	free((char *)(uintptr_t)i->model);
	free((char *)(uintptr_t)i->id);
	free((char *)(uintptr_t)i->tool);
	for (size_t k = 0; k < i->n_images; k++) {
		free((char *)(uintptr_t)i->images[k].type);
		free((char *)(uintptr_t)i->images[k].base64.p);
	}
	free((void *)(uintptr_t)i->images);
}

static void
keep_images(struct engine_item *to, const struct engine_item *from)
{
	struct engine_image *v = from->n_images ? xcalloc(from->n_images, sizeof(*v)) : NULL;

	for (size_t i = 0; i < from->n_images; i++) {
		v[i] = from->images[i];
		v[i].type = xstrdup(v[i].type);
		v[i].base64.p = slice_dup(v[i].base64);
	}
	to->images = v;
}

struct input *
input_keep(const struct engine_input *in)
{
	struct input *k = xcalloc(1, sizeof(*k));
	struct engine_tool *tools = xcalloc(in->n_tools + 1, sizeof(*tools));

	k->in = *in;
	k->items = xcalloc(in->n_items + 1, sizeof(*k->items));
	for (size_t i = 0; i < in->n_items; i++) {
		const struct engine_item *from = &in->items[i];
		struct engine_item *to = &k->items[i];

		*to = *from;
		if (from->text.p)
			to->text.p = slice_dup(from->text);
		to->engine = xstrdup0(from->engine);
		to->model = xstrdup0(from->model);
		to->id = xstrdup0(from->id);
		to->tool = xstrdup0(from->tool);
		keep_images(to, from);
	}
	/* Tools are constants of the program or of the core's table: their words stay. */
	for (size_t i = 0; i < in->n_tools; i++)
		tools[i] = in->tools[i];
	k->in.items = k->items;
	k->in.tools = tools;
	k->in.cwd = xstrdup0(in->cwd);
	k->in.home = xstrdup0(in->home);
	k->in.mode = xstrdup0(in->mode);
	k->in.language = xstrdup0(in->language);
	k->in.model = xstrdup0(in->model);
	k->in.plan = xstrdup0(in->plan);
	k->in.constraints = xstrdup0(in->constraints);
	k->in.memory = xstrdup0(in->memory);
	k->in.recipe = k->in.last_run = NULL;
	return k;
}

void
input_free(struct input *k)
{
	const char *const *const owned = k ? (const char *const[]){ k->in.cwd, k->in.home, k->in.mode,
		k->in.language, k->in.model, k->in.plan, k->in.constraints, k->in.memory } : NULL;

	if (!k)
		return;
	for (size_t i = 0; i < 8; i++)
		free((char *)(uintptr_t)owned[i]);
	for (size_t i = 0; i < k->in.n_items; i++)
		item_free(&k->items[i]);
	free(k->items);
	free((void *)(uintptr_t)k->in.tools);
	free(k);
}

void
input_replace(struct input *k, size_t from, size_t to, struct slice summary, int64_t seq)
{
	size_t n = k->in.n_items;

	for (size_t i = from; i <= to; i++)
		item_free(&k->items[i]);
	k->items[from] = (struct engine_item){ .kind = ITEM_SUMMARY, .seq = seq,
		.text = { slice_dup(summary), summary.n } };
	memmove(&k->items[from + 1], &k->items[to + 1], (n - to - 1) * sizeof(*k->items));
	k->in.n_items = n - (to - from);
}
