/* What "always" would write: a rule shaped by the effects, with a place and an end. */
#include "agent/core/policy_private.h"
#include "agent/base/json.h"
#include "agent/base/path.h"
#include <time.h>

#define ALWAYS_DAYS 7

/* Longest folder above all effects, or NULL when there is none below home. */
static char *
common_place(const struct policy_question *q)
{
	char *place = NULL;
	size_t i, end;

	for (i = 0; i < q->effects->n * 2; i++) {
		const struct effect *e = &q->effects->v[i / 2];
		const char *p = i % 2 ? (e->kind == EFFECT_MOVE ? e->from : NULL) : e->path;
		autofree char *dir = p ? path_dir(p) : NULL;

		if (!dir)
			continue;
		if (!place)
			place = xstrdup(dir);
		while (!path_below(dir, place)) {
			char *up = path_dir(place);

			free(place);
			place = up;
		}
	}
	end = strlen(q->home);
	if (place && path_below(place, q->home) && strlen(place) > end)
		return place;
	free(place);
	return NULL;
}

static void
day_text(int64_t ms, char out[16])
{
	time_t t = (time_t)(ms / 1000);
	struct tm tm;

	localtime_r(&t, &tm);
	strftime(out, 16, "%Y-%m-%d", &tm);
}

char *
policy_always(const struct policy_question *q, const struct policy_answer *a)
{
	autobuf struct buf b = BUF_INIT(1u << 16);
	autofree char *place = NULL, *shown = NULL, *example = NULL, *other = NULL;
	unsigned kinds = 0;
	char until[16];
	struct jw w;
	size_t i;
	int k, first = -1;

	/* Never broad for deletion, never for what is red, tainted or outside. */
	if (!q->effects || !q->effects->n || a->red || a->typed || q->taint || q->unpreviewed ||
		q->effects->not_listed)
		return NULL;
	for (i = 0; i < q->effects->n; i++)
		kinds |= 1u << q->effects->v[i].kind;
	if (kinds & ((1u << EFFECT_DELETE) | (1u << EFFECT_REPLACE) | (1u << EFFECT_TOUCH)))
		return NULL;
	place = common_place(q);
	if (!place)
		return NULL;
	shown = path_tilde(place, q->home);
	day_text(q->now_ms + ALWAYS_DAYS * 86400000LL, until);
	jw_init(&w, &b);
	jw_object(&w, NULL);
	jw_str(&w, "id", path_base(place));
	jw_array(&w, "allow");
	for (k = 0; k < EFFECT_KINDS; k++) {
		if (kinds & (1u << k)) {
			jw_str(&w, NULL, effect_kind_names[k]);
			first = first < 0 ? k : first;
		}
	}
	jw_end_array(&w);
	jw_str(&w, "below", shown);
	jw_str(&w, "until", until);
	example = xasprintf("%s %s/x", effect_kind_names[first], shown);
	other = xasprintf("delete %s/x", shown);
	jw_array(&w, "match");
	jw_str(&w, NULL, example);
	jw_end_array(&w);
	jw_array(&w, "not_match");
	jw_str(&w, NULL, other);
	jw_end_array(&w);
	jw_end_object(&w);
	return buf_steal(&b);
}
