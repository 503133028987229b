/* Slot type choice. */
#include "agent/base/i18n.h"
#include "agent/skill/slot.h"

/* The words of a choice belong to its recipe; match_bag.c finds them as edges. */
static bool
fits(const struct slot *s, const struct value *v)
{
	for (size_t i = 0; i < s->n_choices; i++)
		if (str_eq(s->choices[i].value, v->text))
			return true;
	return false;
}

static cJSON *
json(const struct slot *s UNUSED, const struct value *v)
{
	return cJSON_CreateString(v->text);
}

const struct slot_type slot_choice = {
	.name = "choice",
	.kind = "choice",
	.summary = N_("one of the choices"),
	.fits = fits,
	.json = json,
};
