/* Slot type text. */
#include "agent/base/i18n.h"
#include "agent/skill/slot.h"

/* Free of order only quoted text is a value; other text is cut out by a pattern (match_text.c).
 */
static void
scan(const struct request *r, struct values *out)
{
	for (size_t i = 0; i < r->a.n; i++) {
		if (r->a.v[i].kind != ATOM_QUOTE)
			continue;
		values_add(out, i, i + 1, "text")->text = atoms_text(&r->a, i, i + 1);
	}
}

static bool
fits(const struct slot *s UNUSED, const struct value *v)
{
	return *v->text != '\0';
}

static cJSON *
json(const struct slot *s UNUSED, const struct value *v)
{
	return cJSON_CreateString(v->text);
}

const struct slot_type slot_text = {
	.name = "text",
	.kind = "text",
	.summary = N_("any words"),
	.scan = scan,
	.fits = fits,
	.json = json,
};
