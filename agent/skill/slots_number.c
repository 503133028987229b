/* Slot type number. */
#include "agent/base/i18n.h"
#include "agent/skill/slot.h"

/* 二十五, 两百, 三十: Chinese numerals, unit by unit. */
static size_t
chinese_number(const struct request *r, size_t i, double *ret)
{
	double total = 0, digit = -1;
	size_t j = i;
	const char *name;
	size_t next;

	while (j < r->a.n && r->a.v[j].kind == ATOM_CJK &&
		(next = after_prefix(r, j, "cnum:", &name, NULL))) {
		double v = strtod(name, NULL);

		if (v >= 10) {
			total += (digit < 0 ? 1 : digit) * v;
			digit = -1;
		} else if (digit >= 0)
			digit = digit * 10 + v;
		else
			digit = v;
		j = next;
	}
	if (j == i)
		return 0;
	*ret = total + (digit >= 0 ? digit : 0);
	return j;
}

size_t
read_number(const struct request *r, size_t i, double *ret)
{
	const char *name;
	size_t j, k;

	if (i >= r->a.n)
		return 0;
	if (r->a.v[i].kind == ATOM_NUM) {
		if (r->a.v[i].num < 0)
			return 0;
		*ret = r->a.v[i].num;
		return i + 1;
	}
	if (r->a.v[i].kind == ATOM_CJK)
		return chinese_number(r, i, ret);
	j = after_prefix(r, i, "num:", &name, NULL);
	if (!j)
		return 0;
	*ret = strtod(name, NULL);
	k = j < r->a.n ? after_prefix(r, j, "num:", &name, NULL) : 0;
	if (k && *ret >= 20 && *ret < 100 && strtod(name, NULL) < 10 &&
		strtod(name, NULL) >= 1) {
		*ret += strtod(name, NULL);
		return k;
	}
	if (k && *ret < 10 && *ret >= 1 && str_eq(name, "100")) {
		*ret *= 100;
		return k;
	}
	return j;
}

static void
scan(const struct request *r, struct values *out)
{
	for (size_t i = 0; i < r->a.n; i++) {
		double n;
		size_t j = read_number(r, i, &n), m;
		struct value *v;

		if (!j)
			continue;
		if (i > 0 && r->a.v[i].glued && r->a.v[i - 1].kind == ATOM_WORD)
			continue;
		m = after_class(r, j, LEX_MEASURE);
		v = values_add(out, i, m ? m : j, "number");
		v->num = n;
		v->text = xasprintf("%g", n);
	}
}

static bool
fits(const struct slot *s, const struct value *v)
{
	return v->num >= (double)s->min && v->num <= (double)s->max &&
		v->num == (double)(int64_t)v->num;
}

static cJSON *
json(const struct slot *s UNUSED, const struct value *v)
{
	return cJSON_CreateNumber(v->num);
}

const struct slot_type slot_number = {
	.name = "number",
	.kind = "number",
	.summary = N_("a whole number, in digits or words"),
	.scan = scan,
	.fits = fits,
	.json = json,
};
