#include "agent/base/jdoc.h"
#include "agent/base/utf8.h"
#include <math.h>

/* 1: ends the fast walk through a string; 2: white space. */
static const uint8_t cls[256] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 3, 1, 1, 3, 1, 1, 1, 1, 1, 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, [' '] = 2, ['"'] = 1, ['\\'] = 1 };

struct scan {
	const char *p, *end;
	struct jdoc *d;
};

static void
skip_space(struct scan *s)
{
	while (s->p < s->end && (cls[(uint8_t)*s->p] & 2))
		s->p++;
}

static struct jn *
add(struct scan *s, enum jn_type type)
{
	struct jdoc *d = s->d;
	struct jn *v;

	if (d->n >= JDOC_NODES_MAX)
		return NULL;
	GROW(d->v, d->n, d->cap);
	v = &d->v[d->n++];
	*v = (struct jn){ .p = s->p, .skip = 1, .type = (uint8_t)type };
	return v;
}

static bool
hex4(const char *p, unsigned *ret)
{
	unsigned v = 0;

	for (int i = 0; i < 4; i++) {
		char c = p[i];
		unsigned h;

		if (c >= '0' && c <= '9')
			h = (unsigned)(c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			h = (unsigned)((c | 32) - 'a') + 10;
		else
			return false;
		v = v << 4 | h;
	}
	*ret = v;
	return true;
}

static bool
scan_escape(struct scan *s)
{
	unsigned u;

	if (s->end - s->p < 2)
		return false;
	switch (s->p[1]) {
	case '"':
	case '\\':
	case '/':
	case 'b':
	case 'f':
	case 'n':
	case 'r':
	case 't':
		s->p += 2;
		return true;
	case 'u':
		if (s->end - s->p < 6 || !hex4(s->p + 2, &u))
			return false;
		s->p += 6;
		return true;
	default:
		return false;
	}
}

static bool
scan_string(struct scan *s)
{
	struct jn *v;
	bool esc = false;
	const char *start = ++s->p;

	for (;;) {
		while (s->p < s->end && !(cls[(uint8_t)*s->p] & 1))
			s->p++;
		if (s->p >= s->end)
			return false;
		if (*s->p == '"')
			break;
		esc = true;
		if (*s->p != '\\' || !scan_escape(s))
			return false;
	}
	v = add(s, JN_STRING);
	if (!v)
		return false;
	v->p = start;
	v->len = (uint32_t)(s->p - start);
	v->esc = esc;
	s->p++;
	return true;
}

static bool
scan_digits(struct scan *s)
{
	const char *start = s->p;

	while (s->p < s->end && *s->p >= '0' && *s->p <= '9')
		s->p++;
	return s->p > start;
}

static bool
scan_number(struct scan *s)
{
	const char *start = s->p;
	struct jn *v = add(s, JN_NUMBER);

	if (!v)
		return false;
	if (*s->p == '-')
		s->p++;
	if (s->p + 1 < s->end && *s->p == '0' && s->p[1] >= '0' && s->p[1] <= '9')
		return false;
	if (!scan_digits(s))
		return false;
	if (s->p < s->end && *s->p == '.') {
		s->p++;
		if (!scan_digits(s))
			return false;
	}
	if (s->p < s->end && (*s->p | 32) == 'e') {
		s->p++;
		if (s->p < s->end && (*s->p == '+' || *s->p == '-'))
			s->p++;
		if (!scan_digits(s))
			return false;
	}
	v->len = (uint32_t)(s->p - start);
	return true;
}

static bool
scan_word(struct scan *s, const char *word, enum jn_type type)
{
	size_t n = strlen(word);
	struct jn *v;

	if ((size_t)(s->end - s->p) < n || memcmp(s->p, word, n) != 0)
		return false;
	v = add(s, type);
	if (!v)
		return false;
	v->len = (uint32_t)n;
	s->p += n;
	return true;
}

static bool
scan_scalar(struct scan *s)
{
	switch (*s->p) {
	case '"':
		return scan_string(s);
	case 't':
		return scan_word(s, "true", JN_TRUE);
	case 'f':
		return scan_word(s, "false", JN_FALSE);
	case 'n':
		return scan_word(s, "null", JN_NULL);
	default:
		if (*s->p != '-' && (*s->p < '0' || *s->p > '9'))
			return false;
		return scan_number(s);
	}
}

/* Inside an object: the key and its colon. */
static bool
scan_key(struct scan *s)
{
	skip_space(s);
	if (s->p >= s->end || *s->p != '"' || !scan_string(s))
		return false;
	skip_space(s);
	if (s->p >= s->end || *s->p != ':')
		return false;
	s->p++;
	skip_space(s);
	return s->p < s->end;
}

struct open {
	uint32_t at[JDOC_DEPTH_MAX];
	unsigned depth;
};

/* Opens a container; an empty one is closed at once by the caller's loop. */
static bool
push(struct scan *s, struct open *o)
{
	if (o->depth >= JDOC_DEPTH_MAX || !add(s, *s->p == '{' ? JN_OBJECT : JN_ARRAY))
		return false;
	o->at[o->depth++] = (uint32_t)s->d->n - 1;
	s->p++;
	skip_space(s);
	return s->p < s->end;
}

static void
pop(struct scan *s, struct open *o)
{
	struct jn *c = &s->d->v[o->at[--o->depth]];

	s->p++;
	c->len = (uint32_t)(s->p - c->p);
	c->skip = (uint32_t)(s->d->v + s->d->n - c);
}

static char
closer(const struct scan *s, const struct open *o)
{
	return s->d->v[o->at[o->depth - 1]].type == JN_OBJECT ? '}' : ']';
}

/* After a value: closes what ends here, or steps over the comma to the next value. */
static bool
after_value(struct scan *s, struct open *o)
{
	while (o->depth) {
		struct jn *c = &s->d->v[o->at[o->depth - 1]];

		c->n++;
		skip_space(s);
		if (s->p >= s->end)
			return false;
		if (*s->p == ',') {
			s->p++;
			if (c->type == JN_OBJECT)
				return scan_key(s);
			skip_space(s);
			return s->p < s->end;
		}
		if (*s->p != closer(s, o))
			return false;
		pop(s, o);
	}
	return true;
}

static bool
scan_all(struct scan *s)
{
	struct open o = { .depth = 0 };

	skip_space(s);
	if (s->p >= s->end)
		return false;
	do {
		if (*s->p == '{' || *s->p == '[') {
			if (!push(s, &o))
				return false;
			if (*s->p != closer(s, &o)) {
				if (closer(s, &o) == '}' && !scan_key(s))
					return false;
				continue;
			}
			pop(s, &o);
		} else if (!scan_scalar(s)) {
			return false;
		}
		if (!after_value(s, &o))
			return false;
	} while (o.depth);
	skip_space(s);
	return s->p == s->end;
}

const struct jn *
jdoc_parse(struct jdoc *d, struct slice text)
{
	struct scan s = { .p = text.p, .d = d };

	d->n = 0;
	if (text.n >= UINT32_MAX || !text.p)
		return NULL;
	s.end = text.p + text.n;
	return scan_all(&s) ? d->v : NULL;
}

void
jdoc_finish(struct jdoc *d)
{
	free(d->v);
	*d = (struct jdoc){ 0 };
}

const struct jn *
jn_first(const struct jn *a)
{
	if (!a || a->type < JN_ARRAY || a->n == 0)
		return NULL;
	return a + 1;
}

const struct jn *
jn_next(const struct jn *a, const struct jn *c)
{
	c += c->skip;
	if (a->type == JN_OBJECT)
		c += c->skip;
	return c < a + a->skip ? c : NULL;
}

const struct jn *
jn_value(const struct jn *key)
{
	return key + 1;
}

const struct jn *
jn_get(const struct jn *o, const char *key)
{
	const struct jn *found = NULL;
	size_t n = strlen(key);

	if (!jn_is(o, JN_OBJECT))
		return NULL;
	for (const struct jn *c = jn_first(o); c; c = jn_next(o, c))
		if (c->len == n && memcmp(c->p, key, n) == 0)
			found = c + 1;
	return found;
}

void
jn_pick(const struct jn *o, const struct jn_key *keys, size_t n, const struct jn **out)
{
	memset(out, 0, n * sizeof(*out));
	if (!jn_is(o, JN_OBJECT))
		return;
	for (const struct jn *c = jn_first(o); c; c = jn_next(o, c))
		for (size_t i = 0; i < n; i++)
			if (keys[i].len == c->len && memcmp(keys[i].s, c->p, c->len) == 0) {
				out[i] = c + 1;
				break;
			}
}

const struct jn *
jn_get2(const struct jn *o, const char *a, const char *b)
{
	return jn_get(jn_get(o, a), b);
}

const struct jn *
jn_at(const struct jn *a, size_t i)
{
	if (!jn_is(a, JN_ARRAY))
		return NULL;
	for (const struct jn *c = jn_first(a); c; c = jn_next(a, c))
		if (i-- == 0)
			return c;
	return NULL;
}

bool
jn_true(const struct jn *v)
{
	return jn_is(v, JN_TRUE);
}

bool
jn_is_str(const struct jn *v, const char *s)
{
	return jn_is(v, JN_STRING) && v->len == strlen(s) && memcmp(v->p, s, v->len) == 0;
}

int64_t
jn_i64(const struct jn *v, int64_t fallback)
{
	char text[40];
	int64_t n;
	double d;

	if (!jn_is(v, JN_NUMBER) || v->len >= sizeof(text))
		return fallback;
	memcpy(text, v->p, v->len);
	text[v->len] = '\0';
	if (str_to_i64(text, &n))
		return n > -(1ll << 53) && n < 1ll << 53 ? n : fallback;
	if (!str_to_double(text, &d) || !(fabs(d) < 9007199254740992.0) || d != floor(d))
		return fallback;
	return (int64_t)d;
}

struct slice
jn_raw(const struct jn *v)
{
	if (!v)
		return (struct slice){ NULL, 0 };
	if (v->type == JN_STRING)
		return (struct slice){ v->p - 1, (size_t)v->len + 2 };
	return (struct slice){ v->p, v->len };
}

struct slice
jn_inner(const struct jn *v)
{
	if (!jn_is(v, JN_STRING))
		return (struct slice){ NULL, 0 };
	return (struct slice){ v->p, v->len };
}

/* One \uXXXX (or a pair) at p; returns the bytes read. */
static size_t
decode_u(const char *p, const char *end, uint32_t *cp)
{
	unsigned u = 0, lo = 0;

	hex4(p + 2, &u);
	*cp = u;
	if (u >= 0xd800 && u < 0xdc00 && end - p >= 12 && p[6] == '\\' && p[7] == 'u' &&
		hex4(p + 8, &lo) && lo >= 0xdc00 && lo < 0xe000) {
		*cp = 0x10000 + ((u - 0xd800) << 10) + (lo - 0xdc00);
		return 12;
	}
	if ((u >= 0xd800 && u < 0xe000) || u == 0)
		*cp = UTF8_BAD;
	return 6;
}

static char
plain_escape(char c)
{
	switch (c) {
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return c;
	}
}

bool
jn_text(struct buf *out, const struct jn *v)
{
	const char *p, *end;

	if (!jn_is(v, JN_STRING))
		return true;
	if (!v->esc)
		return buf_add(out, v->p, v->len);
	p = v->p;
	end = p + v->len;
	while (p < end) {
		const char *q = memchr(p, '\\', (size_t)(end - p));
		char utf8[4];
		uint32_t cp;

		if (!buf_add(out, p, (size_t)((q ? q : end) - p)))
			return false;
		if (!q)
			break;
		if (q[1] == 'u') {
			p = q + decode_u(q, end, &cp);
			if (!buf_add(out, utf8, utf8_encode(cp, utf8)))
				return false;
		} else {
			if (!buf_add_char(out, plain_escape(q[1])))
				return false;
			p = q + 2;
		}
	}
	return true;
}

/* The code unit of a \uXXXX at p, or 0. */
static unsigned
unit_at(const char *p, const char *end)
{
	unsigned u = 0;

	return end - p >= 6 && p[0] == '\\' && p[1] == 'u' && hex4(p + 2, &u) ? u : 0;
}

/* The high half that ends v's text, or 0. */
static unsigned
trailing_high(const struct jn *v)
{
	const char *end = v->p + v->len, *p = end - 6;
	unsigned u = v->len >= 6 ? unit_at(p, end) : 0;
	size_t slashes = 0;

	if (u < 0xd800 || u >= 0xdc00)
		return 0;
	while (p - slashes > v->p && p[-(ptrdiff_t)slashes - 1] == '\\')
		slashes++;
	return slashes % 2 ? 0 : u;
}

static bool
add_code_point(struct buf *out, uint32_t cp)
{
	char utf8[4];

	return buf_add(out, utf8, utf8_encode(cp, utf8));
}

bool
jn_text_piece(struct buf *out, const struct jn *v, uint32_t *pending)
{
	struct jn rest;
	unsigned low, high;

	if (!jn_is(v, JN_STRING) || v->len == 0)
		return true;
	if (!v->esc && !*pending)
		return buf_add(out, v->p, v->len);
	rest = *v;
	if (*pending) {
		low = unit_at(rest.p, rest.p + rest.len);
		if (low >= 0xdc00 && low < 0xe000) {
			add_code_point(out, 0x10000 + ((*pending - 0xd800) << 10) + (low - 0xdc00));
			rest.p += 6;
			rest.len -= 6;
		} else {
			add_code_point(out, UTF8_BAD);
		}
		*pending = 0;
	}
	high = trailing_high(&rest);
	if (high) {
		rest.len -= 6;
		*pending = high;
	}
	return jn_text(out, &rest);
}

char *
jn_dup(const struct jn *v, size_t max)
{
	struct buf b;
	char *s;

	if (!jn_is(v, JN_STRING))
		return NULL;
	buf_init(&b, max + 1);
	if (v->len > max) {
		/* Cut the raw text; an escape cut in half must not be read past. */
		struct jn cut = *v;

		cut.len = (uint32_t)max;
		for (uint32_t i = 0; cut.esc && i < cut.len; i++)
			if (cut.p[i] == '\\') {
				uint32_t w = cut.p[i + 1] == 'u' ? 6 : 2;
				if (i + w > cut.len)
					cut.len = i;
				else
					i += w - 1;
			}
		cut.len -= (uint32_t)utf8_partial_tail(cut.p, cut.len);
		jn_text(&b, &cut);
	} else {
		jn_text(&b, v);
	}
	s = xstrdup(buf_str(&b));
	buf_finish(&b);
	return s;
}
