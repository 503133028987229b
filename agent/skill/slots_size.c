/* Slot type size. */
#include "agent/base/i18n.h"
#include "agent/skill/slot.h"
#include <ctype.h>

static const struct {
	const char *name, *letter;
	double bytes;
} units[] = {
	{ "b", "", 1 },
	{ "k", "K", 1024.0 },
	{ "m", "M", 1048576.0 },
	{ "g", "G", 1073741824.0 },
	{ "t", "T", 1099511627776.0 },
};

static void
scan(const struct request *r, struct values *out)
{
	for (size_t i = 0; i < r->a.n; i++) {
		size_t num_at = i, j, k, c;
		enum value_op op = OP_NONE;
		const char *name;
		struct value *v;
		double n;

		if ((c = after_class(r, i, LEX_COMPARE))) {
			num_at = c;
			op = OP_OVER;
		} else if ((c = after_class(r, i, LEX_BELOW))) {
			num_at = c;
			op = OP_BELOW;
		}
		j = read_number(r, num_at, &n);
		if (j && j < r->a.n && str_eq(r->a.v[j].fold, "个")) /* 1个G */
			j++;
		if (!j || !(k = after_prefix(r, j, "unit:", &name, NULL)))
			continue;
		if (op == OP_NONE && (c = after_class(r, k, LEX_COMPARE))) {
			k = c; /* 2G以上, 比2G大 */
			op = OP_OVER;
		} else if (op == OP_NONE && (c = after_class(r, k, LEX_BELOW))) {
			k = c;
			op = OP_BELOW;
		} else if (op == OP_OVER && k < r->a.n && r->a.v[k].kind == ATOM_CJK &&
			(c = after_class(r, k, LEX_COMPARE)))
			k = c;
		/* "2 GB or more" */
		if (k + 1 < r->a.n && str_eq(r->a.v[k].fold, "or") &&
			(str_eq(r->a.v[k + 1].fold, "more") ||
				str_eq(r->a.v[k + 1].fold, "larger") ||
				str_eq(r->a.v[k + 1].fold, "bigger") ||
				str_eq(r->a.v[k + 1].fold, "above"))) {
			k += 2;
			op = OP_OVER;
		}
		if (k < r->a.n && str_eq(r->a.v[k].fold, "+")) {
			k++;
			op = OP_OVER;
		}
		v = values_add(out, i, k, "size");
		v->op = op;
		for (size_t u = 0; u < ARRAY_LEN(units); u++)
			if (str_eq(units[u].name, name)) {
				v->num = n * units[u].bytes;
				v->text = xasprintf("%g%s", n, units[u].letter);
			}
	}
}

static bool
fits(const struct slot *s UNUSED, const struct value *v)
{
	return v->op == OP_OVER || v->op == OP_NONE;
}

static cJSON *
json(const struct slot *s UNUSED, const struct value *v)
{
	return cJSON_CreateString(v->text); /* "2G": as tools read it */
}

const struct slot_type slot_size = {
	.name = "size",
	.kind = "size",
	.summary = N_("a size such as 500 MB or 2 GB"),
	.scan = scan,
	.fits = fits,
	.json = json,
};
