/* Loading and looking up the model table. */
#include "agent/llm/catalogue.h"
#include "agent/base/i18n.h"
#include "agent/base/jdoc.h"
#include <ctype.h>

struct catalogue {
	struct model_facts *v;
	size_t n, cap;
	size_t earlier; /* models of the files before this one */
	char date[16];
};

#define NO_PRICE { 0, -1, -1, -1, -1 }
const struct model_facts model_facts_unknown = { .context = -1, .output = -1, .price = NO_PRICE,
	.tools = true, .images = true };

/* Makers first: whose prices hold for an id that several sell. */
static const char *const makers[] = { "openai", "anthropic", "google", "deepseek", "qwen", "kimi",
	"zai", "minimax", "mistral", "xai" };

struct catalogue *
catalogue_create(void)
{
	return xcalloc(1, sizeof(struct catalogue));
}

static void
drop_names(struct model_facts *m)
{
	free((char *)(uintptr_t)m->provider);
	free((char *)(uintptr_t)m->id);
}

void
catalogue_destroy(struct catalogue *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n; i++)
		drop_names(&c->v[i]);
	free(c->v);
	free(c);
}

static double
price_of(const struct jn *o, const char *key)
{
	const struct jn *v = jn_get(o, key);
	char text[40];
	double d;

	if (!jn_is(v, JN_NUMBER) || v->len >= sizeof(text))
		return -1;
	memcpy(text, v->p, v->len);
	text[v->len] = '\0';
	return str_to_double(text, &d) && d >= 0 ? d : -1;
}

static void
read_price(const struct jn *o, struct model_price *p)
{
	p->above = jn_i64(jn_get(o, "above"), 0);
	p->in = price_of(o, "in");
	p->out = price_of(o, "out");
	p->read = price_of(o, "read");
	p->write = price_of(o, "write");
}

static bool
has_word(struct slice words, const char *word)
{
	while (words.p)
		if (slice_eq_str(slice_cut(&words, ' '), word))
			return true;
	return false;
}

/* A table of prices alone leaves the rest as an earlier file knew it. */
static void
inherit(const struct catalogue *c, struct model_facts *m, bool abilities)
{
	for (size_t i = 0; i < c->earlier; i++) {
		const struct model_facts *old = &c->v[i];

		if (!str_eq(old->id, m->id) || !str_eq(old->provider, m->provider))
			continue;
		if (m->context < 0)
			m->context = old->context;
		if (m->output < 0)
			m->output = old->output;
		if (!abilities) {
			m->tools = old->tools;
			m->images = old->images;
			m->reasoning = old->reasoning;
		}
	}
}

static void
read_model(struct catalogue *c, const struct jn *provider, const struct jn *o)
{
	char *id = jn_dup(jn_get(o, "id"), 256);
	const struct jn *tiers = jn_get(o, "tiers"), *t;
	struct slice can = jn_inner(jn_get(o, "can"));
	struct model_facts *m;

	if (!id || !*id || c->n >= CATALOGUE_MODELS_MAX) {
		free(id);
		return;
	}
	GROW(c->v, c->n, c->cap);
	m = &c->v[c->n++];
	*m = (struct model_facts){ .provider = slice_dup(jn_inner(provider)), .id = id,
		.context = jn_i64(jn_get(o, "context"), -1),
		.output = jn_i64(jn_get(o, "output"), -1), .known = true };
	read_price(o, &m->price);
	for (t = jn_is(tiers, JN_ARRAY) ? jn_first(tiers) : NULL;
		t && m->n_tiers < CATALOGUE_TIERS; t = jn_next(tiers, t))
		read_price(t, &m->tiers[m->n_tiers++]);
	m->tools = !can.p || has_word(can, "tools");
	m->images = !can.p || has_word(can, "images");
	m->reasoning = can.p && has_word(can, "reasoning");
	inherit(c, m, can.p != NULL);
}

bool
catalogue_add(struct catalogue *c, struct slice json, const char *name, struct err *err)
{
	autojdoc struct jdoc d = { 0 };
	const struct jn *root = jdoc_parse(&d, json), *all = jn_get(root, "providers"), *p, *m;
	struct slice date = jn_inner(jn_get(root, "date"));

	if (!jn_is(all, JN_OBJECT))
		return err_set(err, ERR_CORRUPT,
			_("%s is no model table; remove it or run homard models update"), name);
	c->earlier = c->n;
	for (p = jn_first(all); p; p = jn_next(all, p)) {
		const struct jn *list = jn_value(p);

		for (m = jn_is(list, JN_ARRAY) ? jn_first(list) : NULL; m; m = jn_next(list, m))
			if (jn_is(m, JN_OBJECT))
				read_model(c, p, m);
	}
	if (date.n && date.n < sizeof(c->date) && strncmp(date.p, c->date, date.n) > 0)
		snprintf(c->date, sizeof(c->date), "%.*s", SLICE_FMT(date));
	return true;
}

static void
add_file(struct catalogue *c, const char *dir, const char *name, char **problem)
{
	autofree char *path = path_join(dir, name);
	autobuf struct buf b = BUF_INIT(CATALOGUE_FILE_MAX);
	struct err err = { 0 };

	if (access(path, F_OK) != 0)
		return;
	if (path_read_file(path, &b, &err) && catalogue_add(c, buf_slice(&b), path, &err))
		return;
	if (problem && !*problem)
		*problem = xstrdup(err.text);
}

struct catalogue *
catalogue_load(const struct places *places, char **problem)
{
	struct catalogue *c = catalogue_create();

	if (problem)
		*problem = NULL;
	add_file(c, places->share, "models.json", problem);
	add_file(c, places->data, "models.json", problem);
	add_file(c, places->data, "models.own.json", problem);
	return c;
}

/* --- looking up --- */

static bool
digits(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isdigit((unsigned char)s[i]))
			return false;
	return true;
}

/* Length of the id without a date at its end. */
static size_t
stem(const char *id)
{
	size_t n = strlen(id);

	if (n > 9 && id[n - 9] == '-' && digits(id + n - 8, 8))
		return n - 9;
	if (n > 11 && id[n - 11] == '-' && digits(id + n - 10, 4) && id[n - 6] == '-' &&
		digits(id + n - 5, 2) && id[n - 3] == '-' && digits(id + n - 2, 2))
		return n - 11;
	if (n > 7 && str_eq(id + n - 7, "-latest"))
		return n - 7;
	return n;
}

static bool
same(const char *a, const char *b, bool stems)
{
	size_t n;

	if (!stems)
		return str_eq_nocase(a, b);
	n = stem(a);
	return n == stem(b) && strncasecmp(a, b, n) == 0;
}

static const struct model_facts *
find_at(const struct catalogue *c, const char *provider, const char *id, bool stems)
{
	for (size_t i = c->n; i > 0; i--)
		if (str_eq(c->v[i - 1].provider, provider) && same(c->v[i - 1].id, id, stems))
			return &c->v[i - 1];
	return NULL;
}

const struct model_facts *
catalogue_find(const struct catalogue *c, const char *provider, const char *id, bool any)
{
	const struct model_facts *m = find_at(c, provider, id, false);
	const char *slash = strrchr(id, '/');

	if (!m)
		m = find_at(c, provider, id, true);
	for (int stems = 0; any && !m && stems < 2; stems++)
		for (size_t i = 0; !m && i < ARRAY_LEN(makers); i++)
			m = find_at(c, makers[i], slash ? slash + 1 : id, stems);
	return m;
}

size_t
catalogue_count(const struct catalogue *c)
{
	return c->n;
}

const struct model_facts *
catalogue_at(const struct catalogue *c, size_t i)
{
	return &c->v[i];
}

const char *
catalogue_date(const struct catalogue *c)
{
	return c->date;
}
