#include "agent/draft/effects.h"
#include "agent/base/event.h"
#include "agent/base/i18n.h"
#include "agent/base/json.h"
#include "agent/base/limits.h"
#include "agent/draft/draft_private.h"
#include "agent/draft/effects_private.h"

const char *const effect_kind_names[EFFECT_KINDS] = { "create", "modify", "delete", "replace",
	"perm", "move", "touch" };

void
effect_finish(struct effect *e)
{
	free(e->path);
	free(e->from);
}

void
effects_finish(struct effects *e)
{
	for (size_t i = 0; i < e->n; i++)
		effect_finish(&e->v[i]);
	free(e->v);
	*e = (struct effects){ 0 };
}

struct effect *
effects_append(struct effects *e)
{
	GROW(e->v, e->n, e->cap);
	e->v[e->n] = (struct effect){ .count = 1 };
	return &e->v[e->n++];
}

static bool
kind_of(uint32_t record, enum effect_kind *ret)
{
	switch (record) {
	case DRAFT_CREATE:
		*ret = EFFECT_CREATE;
		return true;
	case DRAFT_MODIFY:
		*ret = EFFECT_MODIFY;
		return true;
	case DRAFT_DELETE:
		*ret = EFFECT_DELETE;
		return true;
	case DRAFT_REPLACE:
		*ret = EFFECT_REPLACE;
		return true;
	case DRAFT_PERM:
		*ret = EFFECT_PERM;
		return true;
	default:
		return false;
	}
}

void
effects_add_record(struct effects *e, const struct draft_record *r, const char *path,
	const char *from)
{
	enum effect_kind kind;
	struct effect *x;

	if (r->kind == DRAFT_TOUCH || r->kind == DRAFT_SAME)
		e->folded++;
	if (!kind_of(r->kind, &kind))
		return;
	if (e->n >= LIMIT_EFFECTS) {
		e->not_listed++;
		e->n_kind[kind] += r->count ? r->count : 1;
		e->bytes_kind[kind] += r->bytes;
		return;
	}
	x = effects_append(e);
	x->kind = kind;
	x->path = xstrdup(path);
	x->from = from && *from ? xstrdup(from) : NULL;
	x->mode = kind == EFFECT_DELETE ? 0 : r->post.mode;
	x->was_mode = kind == EFFECT_CREATE ? 0 : r->pre.mode;
	x->bytes = r->bytes;
	x->was = S_ISREG(r->pre.mode) ? r->pre.size : 0;
	x->count = r->count ? r->count : 1;
	x->root = r->root;
	x->pre = r->pre;
	x->post = r->post;
}

static const char *
type_name(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return "folder";
	case S_IFLNK:
		return "link";
	case S_IFREG:
		return "file";
	default:
		return "special";
	}
}

static void
red_to_json(struct jw *w, unsigned red)
{
	jw_array(w, "red");
	for (unsigned i = 0; i < RED_BITS; i++) {
		if (red & 1u << i)
			jw_str(w, NULL, effect_red_names[i]);
	}
	jw_end_array(w);
}

static void
effect_to_json(struct jw *w, const struct effect *x, size_t number)
{
	autofree char *path = path_text(x->path);
	autofree char *from = x->from ? path_text(x->from) : NULL;

	jw_object(w, NULL);
	jw_i64(w, "n", (int64_t)number);
	jw_str(w, "kind", effect_kind_names[x->kind]);
	jw_str(w, "path", path);
	if (from)
		jw_str(w, x->kind == EFFECT_MOVE ? "from" : "link", from);
	jw_i64(w, "bytes", (int64_t)x->bytes);
	jw_i64(w, "count", (int64_t)x->count);
	if (x->kind == EFFECT_MODIFY || x->kind == EFFECT_REPLACE)
		jw_i64(w, "was", (int64_t)x->was);
	if (x->was_count)
		jw_i64(w, "was_count", (int64_t)x->was_count);
	jw_str(w, "type", type_name(x->mode ? x->mode : x->was_mode));
	if (x->text)
		jw_bool(w, "text", true);
	if (x->red)
		red_to_json(w, x->red);
	jw_end_object(w);
}

bool
effects_to_json(const struct effects *e, size_t max, struct buf *out)
{
	struct jw w;

	jw_init(&w, out);
	jw_array(&w, NULL);
	for (size_t i = 0; i < e->n && i < max; i++)
		effect_to_json(&w, &e->v[i], i);
	jw_end_array(&w);
	return !out->full;
}
