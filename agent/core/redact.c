/* Secrets leave text before it is written: known values and known shapes. */
#include "agent/core/agent_private.h"
#include "agent/core/redact_value.h"
#include <ctype.h>

#define MARK "[secret removed]"

struct shape {
	const char *prefix;
	size_t min; /* characters behind the prefix */
};

/* Prefixes that providers publish for their keys. */
static const struct shape shapes[] = {
	{ "sk-ant-", 20 }, { "sk-proj-", 20 }, { "sk-or-", 20 }, { "sk-", 32 }, { "AKIA", 16 },
	{ "ASIA", 16 }, { "ghp_", 30 }, { "gho_", 30 }, { "ghs_", 30 }, { "github_pat_", 30 },
	{ "glpat-", 18 }, { "xoxb-", 20 }, { "xoxp-", 20 }, { "xapp-", 20 }, { "AIza", 33 },
	{ "gsk_", 30 }, { "xai-", 40 }, { "npm_", 30 }, { "hf_", 30 },
};

static bool
is_key_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/* Bytes of a secret that begins at s, or 0. */
static size_t
shape_at(const char *s, size_t n)
{
	size_t i, k;

	if (n < 2)
		return 0;
	for (i = 0; i < ARRAY_LEN(shapes); i++) {
		size_t p;

		if (s[0] != shapes[i].prefix[0] || s[1] != shapes[i].prefix[1])
			continue;
		p = strlen(shapes[i].prefix);
		if (n < p + shapes[i].min || memcmp(s, shapes[i].prefix, p) != 0)
			continue;
		for (k = p; k < n && is_key_char(s[k]);)
			k++;
		if (k - p >= shapes[i].min)
			return k;
	}
	return 0;
}

#define PEM_BEGIN "-----BEGIN "
#define PEM_END "-----END "

/* A private key block, up to its end or the text's. */
static size_t
pem_at(const char *s, size_t n)
{
	const char *end, *line;
	size_t look = MIN_OF(n, 64u);

	if (n < sizeof(PEM_BEGIN) || memcmp(s, PEM_BEGIN, sizeof(PEM_BEGIN) - 1) != 0 ||
		!memmem(s, look, "PRIVATE KEY-----", 16))
		return 0;
	end = memmem(s, n, PEM_END, sizeof(PEM_END) - 1);
	if (!end)
		return n;
	line = memmem(end + 9, n - (size_t)(end + 9 - s), "-----", 5);
	return line ? (size_t)(line + 5 - s) : n;
}

static size_t
known_at(const struct agent *a, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < a->secrets.n; i++) {
		size_t k;

		if (s[0] != a->secrets.v[i][0])
			continue;
		k = strlen(a->secrets.v[i]);
		if (k >= 8 && k <= n && memcmp(s, a->secrets.v[i], k) == 0)
			return k;
	}
	return 0;
}

/* Every body passes here before it is written, megabytes of them in a flood: nearly all pairs of
 * bytes begin nothing that is looked for, which one look in a table says. By the first byte: a bit
 * for the second one's last five. */
struct beginnings {
	uint32_t next[256];
};

static void
may_begin(struct beginnings *b, const char *what)
{
	b->next[(unsigned char)what[0]] |= 1u << (what[1] & 31);
}

static void
beginnings_of(const struct agent *a, struct beginnings *b)
{
	size_t i;

	memset(b, 0, sizeof(*b));
	b->next['='] = b->next[':'] = UINT32_MAX; /* a value behind a label, whatever it is */
	may_begin(b, "ey");
	may_begin(b, PEM_BEGIN);
	for (i = 0; i < ARRAY_LEN(shapes); i++)
		may_begin(b, shapes[i].prefix);
	for (i = 0; i < a->secrets.n; i++)
		may_begin(b, a->secrets.v[i]);
}

/* The secret that shows at s[i]: its bytes, and where it begins. */
static size_t
secret_at(const struct agent *a, struct slice s, size_t i, size_t *ret_at)
{
	bool word = i == 0 || !is_key_char(s.p[i - 1]);
	const char *p = s.p + i;
	size_t n = s.n - i, k = word ? shape_at(p, n) : 0;

	*ret_at = i;
	if (!k && word && *p == 'e')
		k = secret_jwt(p, n);
	if (!k && *p == '-')
		k = pem_at(p, n);
	if (!k && a->secrets.n)
		k = known_at(a, p, n);
	if (!k && (*p == '=' || *p == ':'))
		k = secret_value(s.p, s.n, i, ret_at);
	return k;
}

bool
agent_redact(void *user, struct buf *out, struct slice s)
{
	const struct agent *a = user;
	size_t i = 0, from = 0, at, k;
	struct beginnings b;

	beginnings_of(a, &b);
	while (i + 1 < s.n) {
		bool may = b.next[(unsigned char)s.p[i]] >> (s.p[i + 1] & 31) & 1;

		k = may ? secret_at(a, s, i, &at) : 0;
		if (!k) {
			i++;
			continue;
		}
		buf_add(out, s.p + from, at - from);
		buf_add_str(out, MARK);
		i = from = at + k;
	}
	if (!from)
		return false;
	buf_add(out, s.p + from, s.n - from);
	return true;
}

bool
agent_redact_shapes(UNUSED void *unused, struct buf *out, struct slice s)
{
	static struct agent nobody; /* who knows no secrets */

	return agent_redact(&nobody, out, s);
}

void
agent_add_secret(struct agent *a, const char *value)
{
	if (strlen(value) >= 8 && !strv_has(&a->secrets, value))
		strv_add(&a->secrets, value);
}
