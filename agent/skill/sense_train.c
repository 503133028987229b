#include "agent/skill/sense_train.h"
#include "agent/base/i18n.h"
#include "agent/base/json.h"
#include "agent/base/path.h"
#include "agent/skill/sense_file.h"
#include <math.h>

#define EXAMPLES_MAX 200000
#define ROUNDS 12
#define RATE 0.4f
#define DECAY 4e-5f  /* of the squared weights */
#define DROPPED 0.25 /* of the features, so that no single one decides */
#define SWAPS 2      /* how often a request is said again with another's text */
#define REFUSED 6    /* every so manieth request is said once as what is not wanted */
#define SPAN_ROUNDS 10
#define SPAN_RATE 0.1f
#define LIST_MAX (16u << 20)

struct example {
	uint32_t *at;
	uint32_t n;
	int label;
};

/* A request with a hole where its text was. */
struct frame {
	char *before, *after;
	int label;
};

/* A request and where its text lies. */
struct spanned {
	struct atoms a;
	char *request; /* the atoms' text */
	size_t i, j;
	int label;
};

/* A request that a recipe serves. */
struct served {
	char *request;
	int label;
};

struct sense_trainer {
	struct sense_head head;
	struct served *served;
	size_t n_served, cap_served;
	struct spanned *spans;
	size_t n_spans, cap_spans;
	float *span_weight, *span_grad2;
	struct frame *frames;
	size_t n_frames, cap_frames;
	struct strv texts, requests;
	struct example *v;
	size_t n, cap;
	float *weight, *grad2; /* [bucket][label] */
	uint64_t random;
	struct lexicon *concepts;
};

struct sense_trainer *
sense_trainer_create(void)
{
	struct sense_trainer *t = xcalloc(1, sizeof(*t));

	memcpy(t->head.magic, SENSE_MAGIC, sizeof(t->head.magic));
	t->head.bits = SENSE_BITS;
	t->head.span_bits = SENSE_SPAN_BITS;
	t->random = 88172645463325252ull;
	t->concepts = lexicon_create_from(lex_concepts);
	return t;
}

void
sense_trainer_destroy(struct sense_trainer *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n; i++)
		free(t->v[i].at);
	for (size_t i = 0; i < t->n_frames; i++) {
		free(t->frames[i].before);
		free(t->frames[i].after);
	}
	free(t->frames);
	for (size_t i = 0; i < t->n_served; i++)
		free(t->served[i].request);
	free(t->served);
	for (size_t i = 0; i < t->n_spans; i++) {
		atoms_finish(&t->spans[i].a);
		free(t->spans[i].request);
	}
	free(t->spans);
	free(t->span_weight);
	free(t->span_grad2);
	strv_finish(&t->texts);
	strv_finish(&t->requests);
	free(t->v);
	free(t->weight);
	free(t->grad2);
	lexicon_destroy(t->concepts);
	free(t);
}

static int
label_of(struct sense_trainer *t, struct slice name)
{
	uint32_t i;

	for (i = 0; i < t->head.n_labels; i++)
		if (slice_eq_str(name, t->head.name[i]))
			return (int)i;
	if (i == SENSE_LABELS_MAX || name.n == 0 || name.n >= SENSE_NAME_MAX)
		return -1;
	memcpy(t->head.name[i], name.p, name.n);
	t->head.n_labels++;
	return (int)i;
}

static bool
add_example(struct sense_trainer *t, int label, struct slice request, struct err *err)
{
	uint32_t at[SENSE_FEATURES_MAX];
	struct atoms a;
	size_t n;

	if (t->n == EXAMPLES_MAX)
		return err_set(err, ERR_LIMIT, _("At most %d requests can be learned from."),
			EXAMPLES_MAX);
	atoms_init(&a, request.p, request.n);
	n = sense_features(&a, t->concepts, at);
	atoms_finish(&a);
	GROW(t->v, t->n, t->cap);
	t->v[t->n] = (struct example){ .n = (uint32_t)n, .label = label };
	t->v[t->n].at = xcalloc(n + 1, sizeof(*at));
	memcpy(t->v[t->n++].at, at, n * sizeof(*at));
	return true;
}

/* A quoted text is its quotes as well. */
static void
add_span(struct sense_trainer *t, int label, struct slice request, size_t head, size_t tail)
{
	struct spanned x = { .request = slice_dup(request), .label = label };

	atoms_init(&x.a, x.request, request.n);
	while (x.i < x.a.n && x.a.v[x.i].end <= head)
		x.i++;
	x.j = x.i;
	while (x.j < x.a.n && x.a.v[x.j].start < tail)
		x.j++;
	if (x.i < x.j && x.j <= SENSE_ATOMS_MAX) {
		GROW(t->spans, t->n_spans, t->cap_spans);
		t->spans[t->n_spans++] = x;
		return;
	}
	atoms_finish(&x.a);
	free(x.request);
}

bool
sense_trainer_add(struct sense_trainer *t, struct slice label, struct slice request,
	struct slice text, struct err *err)
{
	int l = label_of(t, label);
	const char *at = text.n ? memmem(request.p, request.n, text.p, text.n) : NULL;

	if (l < 0)
		return err_set(err, ERR_LIMIT,
			_("At most %d recipes can be learned; \"%.*s\" is one too many or no "
			  "name."),
			SENSE_LABELS_MAX - 1, SLICE_FMT(label));
	if (at) {
		size_t head = (size_t)(at - request.p), tail = head + text.n;

		GROW(t->frames, t->n_frames, t->cap_frames);
		t->frames[t->n_frames++] = (struct frame){ .before = xstrndup(request.p, head),
			.after = xstrndup(request.p + tail, request.n - tail),
			.label = l };
		strv_take(&t->texts, slice_dup(text));
		add_span(t, l, request, head, tail);
	}
	if (!str_eq(t->head.name[l], "-")) {
		GROW(t->served, t->n_served, t->cap_served);
		t->served[t->n_served++] =
			(struct served){ .request = slice_dup(request), .label = l };
	}
	strv_take(&t->requests, slice_dup(request));
	return add_example(t, l, request, err);
}

bool
sense_trainer_read(struct sense_trainer *t, const char *file, struct err *err)
{
	autobuf struct buf b = BUF_INIT(LIST_MAX);
	struct slice rest;

	if (!path_read_file(file, &b, err))
		return false;
	rest = buf_slice(&b);
	for (int line = 1; rest.p; line++) {
		struct slice r = slice_line(&rest), label, slots;
		autojson cJSON *v = NULL;

		if (r.n == 0 || r.p[0] == '#')
			continue;
		label = slice_cut(&r, '\t');
		slots = slice_cut(&r, '\t');
		v = slots.n ? json_parse(slots, NULL) : cJSON_CreateObject();
		if (!r.p || !v)
			return err_set(err, ERR_USAGE,
				_("%s, line %d: write RECIPE, SLOTS (JSON or nothing) and "
				  "REQUEST "
				  "with tabs between."),
				file, line);
		if (!sense_trainer_add(t, label, r, slice_of(json_str(v, "text", "")), err))
			return false;
	}
	return true;
}

size_t
sense_trainer_count(const struct sense_trainer *t)
{
	return t->n;
}

/* xorshift64 (Marsaglia 2003): the same everywhere. */
static uint64_t
draw(struct sense_trainer *t)
{
	t->random ^= t->random << 13;
	t->random ^= t->random >> 7;
	t->random ^= t->random << 17;
	return t->random;
}

static void
shuffle(struct sense_trainer *t)
{
	for (size_t i = t->n; i > 1; i--) {
		size_t j = draw(t) % i;
		struct example x = t->v[i - 1];

		t->v[i - 1] = t->v[j];
		t->v[j] = x;
	}
}

static void
learn(struct sense_trainer *t, const struct example *x)
{
	uint32_t at[SENSE_FEATURES_MAX];
	size_t labels = t->head.n_labels, n = 0;
	float p[SENSE_LABELS_MAX], norm;

	for (size_t i = 0; i < x->n; i++)
		if ((double)(draw(t) >> 11) * 0x1p-53 >= DROPPED)
			at[n++] = x->at[i];
	if (n == 0)
		return;
	norm = 1 / sqrtf((float)n);
	memcpy(p, t->head.bias, sizeof(p));
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < labels; k++)
			p[k] += t->weight[at[i] * labels + k] * norm;
	sense_softmax(p, labels);
	p[x->label] -= 1;
	for (size_t k = 0; k < labels; k++)
		t->head.bias[k] -= 0.01f * p[k];
	for (size_t i = 0; i < n; i++) {
		float *w = t->weight + at[i] * labels, *g2 = t->grad2 + at[i] * labels;

		for (size_t k = 0; k < labels; k++) {
			float g = p[k] * norm + DECAY * w[k];

			g2[k] += g * g;
			w[k] -= RATE * g / sqrtf(g2[k] + 1e-8f);
		}
	}
}

/* All places of one request: their features and weights. */
struct places_of {
	uint32_t f[SENSE_TOKENS_MAX][SENSE_SPAN_FEATURES];
	size_t m[SENSE_TOKENS_MAX];
	float w[SENSE_TOKENS_MAX], p[SENSE_TOKENS_MAX];
};

static void
weigh_places(struct sense_trainer *t, const struct sense_token *token, size_t n, char end,
	const char *recipe, size_t from, size_t to, struct places_of *out)
{
	for (size_t k = from; k < to; k++) {
		out->m[k] = sense_span_features(token, n, k, end, recipe, out->f[k]);
		out->w[k] = out->p[k] = 0;
		for (size_t i = 0; i < out->m[k]; i++)
			out->w[k] += t->span_weight[out->f[k][i]];
	}
}

static void
step_places(struct sense_trainer *t, const struct places_of *x, size_t from, size_t to)
{
	for (size_t k = from; k < to; k++)
		for (size_t i = 0; i < x->m[k]; i++) {
			float *w = &t->span_weight[x->f[k][i]],
			      *g2 = &t->span_grad2[x->f[k][i]];
			float g = x->p[k] + DECAY * *w;

			*g2 += g * g;
			*w -= SPAN_RATE * g / sqrtf(*g2 + 1e-8f);
		}
}

/* The right stretch against all others: p becomes how likely each place is, less what is true.
 */
static void
learn_span(struct sense_trainer *t, const struct spanned *x)
{
	static struct places_of b, e,
		in; /* a training is one thread's; too large for a stack */
	struct sense_token token[SENSE_TOKENS_MAX];
	size_t n = sense_tokens(&x->a, token), atoms = n - 2;
	const char *recipe = t->head.name[x->label];
	double most = -1e30, sum = 0;

	weigh_places(t, token, n, 'b', recipe, 0, atoms, &b);
	weigh_places(t, token, n, 'e', recipe, 1, atoms + 1, &e);
	weigh_places(t, token, n, 'i', recipe, 0, atoms, &in);
	for (int pass = 0; pass < 3; pass++)
		for (size_t i = 0; i < atoms; i++) {
			double s = b.w[i];

			for (size_t j = i + 1; j <= atoms; j++) {
				double all, p;

				s += in.w[j - 1];
				all = s + e.w[j];
				if (pass == 0) {
					most = MAX_OF(most, all);
					continue;
				}
				p = exp(all - most);
				if (pass == 1) {
					sum += p;
					continue;
				}
				p = p / sum - (i == x->i && j == x->j);
				b.p[i] += (float)p;
				e.p[j] += (float)p;
				in.p[i] += (float)p; /* from here on ... */
				if (j < atoms)
					in.p[j] -= (float)p; /* ... to here */
			}
		}
	for (size_t k = 1; k < atoms; k++)
		in.p[k] += in.p[k - 1];
	step_places(t, &b, 0, atoms);
	step_places(t, &e, 1, atoms + 1);
	step_places(t, &in, 0, atoms);
}

static void
learn_spans(struct sense_trainer *t)
{
	t->span_weight = xcalloc((size_t)1 << SENSE_SPAN_BITS, sizeof(float));
	t->span_grad2 = xcalloc((size_t)1 << SENSE_SPAN_BITS, sizeof(float));
	for (int round = 0; round < SPAN_ROUNDS; round++)
		for (size_t k = 0; k < t->n_spans; k++)
			learn_span(t, &t->spans[draw(t) % t->n_spans]);
}

static void
pack_spans(struct sense_trainer *t, struct buf *out)
{
	for (size_t i = 0; i < (size_t)1 << SENSE_SPAN_BITS; i++) {
		int8_t w = (int8_t)lrintf(t->span_weight[i] / t->head.span_scale);

		buf_add(out, &w, 1);
	}
}

/* One scale a label, so that its largest weight is 127. */
static void
pack(struct sense_trainer *t, struct buf *out)
{
	size_t labels = t->head.n_labels, n = (size_t)1 << SENSE_BITS;

	for (size_t k = 0; k < labels; k++) {
		float most = 1e-6f;

		for (size_t i = 0; i < n; i++)
			most = MAX_OF(most, fabsf(t->weight[i * labels + k]));
		t->head.scale[k] = most / 127;
	}
	t->head.span_scale = 1e-6f;
	for (size_t i = 0; i < (size_t)1 << SENSE_SPAN_BITS; i++)
		t->head.span_scale = MAX_OF(t->head.span_scale, fabsf(t->span_weight[i]) / 127);
	buf_add(out, &t->head, sizeof(t->head));
	for (size_t i = 0; i < n * labels; i++) {
		int8_t w = (int8_t)lrintf(t->weight[i] / t->head.scale[i % labels]);

		buf_add(out, &w, 1);
	}
}

/* Whether a recipe writes down whatever one says. */
static bool
takes_anything(const char *name)
{
	return str_eq(name, "note-add") || str_eq(name, "remember") || str_eq(name, "todo-add");
}

static bool
said_with(struct sense_trainer *t, const struct frame *f, const char *text, struct err *err)
{
	autofree char *said = xasprintf("%s%s%s", f->before, text, f->after);

	return add_example(t, f->label, slice_of(said), err);
}

/* "remember that X" is a remembering for any X, even where X alone were a request. */
static bool
swap_texts(struct sense_trainer *t, struct err *err)
{
	for (size_t i = 0; i < t->n_frames; i++)
		for (int k = 0; k < SWAPS; k++) {
			const struct frame *f = &t->frames[i];
			const char *text = t->texts.v[draw(t) % t->texts.n];

			if (k > 0 && takes_anything(t->head.name[f->label]))
				text = t->requests.v[draw(t) % t->requests.n];
			if (!said_with(t, f, text, err))
				return false;
		}
	return true;
}

/* What is refused, reported, asked about, supposed or told of others is nobody's, whatever
 * follows. But "don't forget" remembers, and what is done already may be ticked off. */
static const char *const refused_en[] = { "don't ", "do not ", "please don't ",
	"please do not ", "never ", "no need to ", "stop, don't ", "I have already ",
	"I already ", "I already did ", "I have just ", "yesterday I ", "how can I ",
	"how do I ", "how do you ", "how would one ", "should we ", "should I ", "what if I ",
	"what would happen if you ", "my brother wants to ", "my sister wants to ",
	"he told me to ", "why would you ", "why did you ", "if you ", "would it be wise to ",
	"every Monday " };
static const char *const refused_zh[] = { "别", "不要", "请别", "先别", "千万别", "不用",
	"已经", "昨天", "怎样", "怎么才能", "怎么", "如何", "为什么", "该不该", "要不要",
	"假如", "如果", "老板让", "同事让我", "我妈想", "每天" };
static const struct {
	const char *const *v;
	size_t n, done, other; /* where what is done begins, and the rest */
} refused[] = { { refused_en, ARRAY_LEN(refused_en), 7, 12 },
	{ refused_zh, ARRAY_LEN(refused_zh), 6, 8 } };

static bool
refuse(struct sense_trainer *t, struct err *err)
{
	int none = label_of(t, SLICE_LIT("-"));

	for (size_t i = 0; i < t->n_served; i++) {
		const struct served *s = &t->served[i];
		const char *name = t->head.name[s->label];
		bool han = (unsigned char)s->request[0] >= 0xE3; /* CJK in UTF-8 */
		size_t from = str_eq(name, "todo-done") ? refused[han].other
			: str_eq(name, "forget")        ? refused[han].done
							: 0;

		if (draw(t) % REFUSED)
			continue;
		autofree char *said = xasprintf("%s%s",
			refused[han].v[from + draw(t) % (refused[han].n - from)], s->request);

		if (!add_example(t, none, slice_of(said), err))
			return false;
	}
	return true;
}

bool
sense_trainer_write(struct sense_trainer *t, const char *file, struct err *err)
{
	size_t cells = ((size_t)1 << SENSE_BITS) * MAX_OF(t->head.n_labels, 1u);
	autobuf struct buf out =
		BUF_INIT(sizeof(t->head) + cells + (1u << SENSE_SPAN_BITS) + 1);

	if (t->head.n_labels < 2)
		return err_set(
			err, ERR_USAGE, _("There is nothing to learn: too few requests."));
	if (!swap_texts(t, err) || !refuse(t, err))
		return false;
	t->weight = xcalloc(cells, sizeof(*t->weight));
	t->grad2 = xcalloc(cells, sizeof(*t->grad2));
	for (int round = 0; round < ROUNDS; round++) {
		shuffle(t);
		for (size_t i = 0; i < t->n; i++)
			learn(t, &t->v[i]);
	}
	learn_spans(t);
	pack(t, &out);
	pack_spans(t, &out);
	return path_write_file(file, buf_slice(&out), 0644, err);
}
