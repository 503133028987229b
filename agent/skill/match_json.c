/* A match as one line of JSON: what `homard recipe match` prints. */
#include "agent/skill/match.h"
#include <math.h>

void
match_to_json(const struct match *m, struct buf *out)
{
	struct jw w;
	autofree char *slots = json_print(m->slots);

	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_str(&w, "recipe", m->recipe ? m->recipe->name : NULL);
	jw_raw(&w, "slots", m->recipe ? slice_of(slots) : SLICE_LIT("{}"));
	jw_array(&w, "missing");
	for (size_t i = 0; i < m->missing.n; i++)
		jw_str(&w, NULL, m->missing.v[i]);
	jw_end_array(&w);
	jw_num(&w, "score", round(m->score * 1000) / 1000);
	jw_array(&w, "nearest");
	for (size_t i = 0; i < m->n_nearest; i++)
		jw_str(&w, NULL, m->nearest[i].recipe->name);
	jw_end_array(&w);
	jw_end_object(&w);
}
