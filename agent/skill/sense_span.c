/* Where a text lies: what stands on both sides of its borders, and which words are mostly
 * inside one. A semi-Markov model (Sarawagi and Cohen 2004) with a single segment. */
#include "agent/skill/sense_file.h"

struct out {
	uint32_t *v;
	size_t n;
	char end;
	const char *recipe;
};

/* Each feature counts for every recipe and for this one. */
static void
add(struct out *o, uint32_t h)
{
	if (o->n + 2 > SENSE_SPAN_FEATURES)
		return;
	o->v[o->n++] = sense_bucket(h, SENSE_SPAN_BITS);
	o->v[o->n++] =
		sense_bucket(sense_mix(h, o->recipe, strlen(o->recipe)), SENSE_SPAN_BITS);
}

static uint32_t
kind(const struct out *o, char c)
{
	char name[2] = { o->end, c };

	return sense_mix(sense_seed('t'), name, 2);
}

static uint32_t
with(uint32_t h, struct sense_token t)
{
	return sense_mix(h, t.s, t.n);
}

/* A word alone: one never met belongs to the text rather than to what leads in to it. */
static size_t
inside_features(struct out *o, const struct sense_token *t, size_t k)
{
	struct sense_token x = t[k + 1];

	add(o, kind(o, 'a'));
	add(o, with(kind(o, 'b'), x));
	add(o, with(with(kind(o, 'c'), t[k]), x));
	add(o, with(with(kind(o, 'd'), x), t[k + 2]));
	add(o, with(with(with(kind(o, 'e'), t[k]), x), t[k + 2]));
	if (k > 0)
		add(o, with(with(with(kind(o, 'f'), t[k - 1]), t[k]), x));
	return o->n;
}

size_t
sense_span_features(const struct sense_token *t, size_t n, size_t k, char end,
	const char *recipe, uint32_t out[SENSE_SPAN_FEATURES])
{
	struct out o = { .v = out, .end = end, .recipe = recipe };
	/* Tokens are one behind the atoms: t[k] is what stands before the border. */
	struct sense_token none = { "", 0, false };
	struct sense_token a = t[k], b = t[k + 1], a2 = k > 0 ? t[k - 1] : none,
			   b2 = k + 2 < n ? t[k + 2] : none, a3 = k > 1 ? t[k - 2] : none,
			   b3 = k + 3 < n ? t[k + 3] : none;
	const char *place = k == 0 ? "0" : k == 1 ? "1" : k == 2 ? "2" : k < 5 ? "4" : "9";
	size_t left = n - 2 - k;
	const char *rest = left == 0 ? "0" : left == 1 ? "1" : left < 4 ? "3" : "9";

	if (end == 'i')
		return inside_features(&o, t, k);
	add(&o, with(kind(&o, 'a'), a));
	add(&o, with(kind(&o, 'b'), b));
	add(&o, with(with(kind(&o, 'c'), a), b));
	add(&o, with(with(kind(&o, 'd'), a2), a));
	add(&o, with(with(kind(&o, 'e'), b), b2));
	add(&o, with(with(with(kind(&o, 'f'), a3), a2), a));
	add(&o, with(with(with(kind(&o, 'g'), b), b2), b3));
	add(&o, with(with(with(kind(&o, 'h'), a2), a), b));
	add(&o, with(with(with(kind(&o, 'i'), a), b), b2));
	add(&o, with(kind(&o, 'j'), a2));
	add(&o, with(kind(&o, 'k'), b2));
	add(&o, sense_mix(kind(&o, 'l'), place, 1));
	add(&o, sense_mix(kind(&o, 'm'), rest, 1));
	add(&o, sense_mix(with(kind(&o, 'n'), a), rest, 1));
	return o.n;
}
