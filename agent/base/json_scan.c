#include "agent/base/json_scan.h"
#include "agent/base/i18n.h"

#define NODES_MAX 1000000 /* one costs cJSON 64 bytes and more for two bytes of text */

void
json_scan_init(struct json_scan *s, struct slice text)
{
	*s = (struct json_scan){ .start = text.p, .p = text.p, .end = text.p + text.n };
}

static bool
problem(struct json_scan *s, const char *what)
{
	if (!s->problem)
		s->problem = what;
	return false;
}

void
json_scan_space(struct json_scan *s)
{
	while (s->p < s->end &&
		(*s->p == ' ' || *s->p == '\n' || *s->p == '\r' || *s->p == '\t'))
		s->p++;
}

bool
json_scan_take(struct json_scan *s, char c)
{
	json_scan_space(s);
	if (s->p == s->end || *s->p != c)
		return false;
	s->p++;
	return true;
}

/* The four hex digits at p, or -1. */
static int
hex4(const char *p, const char *end)
{
	int n = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = p[i];

		if (c >= '0' && c <= '9')
			n = n * 16 + (c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			n = n * 16 + ((c | 32) - 'a' + 10);
		else
			return -1;
	}
	return n;
}

static bool
bad_unicode(struct json_scan *s, const char *what)
{
	if (s->strict)
		return problem(s, what);
	if (s->fix)
		memcpy(s->fix + (s->p - s->start), "\\ufffd", 6);
	s->p += 6;
	return true;
}

/* p stands on the backslash of a \uXXXX. */
static bool
scan_unicode(struct json_scan *s)
{
	int n = hex4(s->p + 2, s->end), low;

	if (n < 0)
		return problem(s, N_("\\u needs four hex digits"));
	if (n == 0)
		return bad_unicode(s, N_("the escape \\u0000 is not allowed"));
	if (n >= 0xD800 && n < 0xDC00) {
		low = s->end - s->p >= 12 && s->p[6] == '\\' && s->p[7] == 'u'
			? hex4(s->p + 8, s->end)
			: -1;
		if (low >= 0xDC00 && low < 0xE000) {
			s->p += 12;
			return true;
		}
	}
	if (n >= 0xD800 && n < 0xE000)
		return bad_unicode(s, N_("half a surrogate pair"));
	s->p += 6;
	return true;
}

bool
json_scan_string(struct json_scan *s)
{
	for (s->p++; s->p < s->end;) {
		unsigned char c = (unsigned char)*s->p;

		if (c == '"') {
			s->p++;
			return true;
		}
		if (c < 0x20)
			return problem(s, N_("a control byte inside a string"));
		if (c != '\\') {
			s->p++;
			continue;
		}
		if (s->end - s->p < 2)
			break;
		if (s->p[1] == 'u') {
			if (!scan_unicode(s))
				return false;
			continue;
		}
		if (!s->p[1] || !strchr("\"\\/bfnrt", s->p[1]))
			return problem(s, N_("an unknown escape in a string"));
		s->p += 2;
	}
	return problem(s, N_("a string without end"));
}

static size_t
digits(struct json_scan *s)
{
	const char *from = s->p;

	while (s->p < s->end && *s->p >= '0' && *s->p <= '9')
		s->p++;
	return (size_t)(s->p - from);
}

static bool
in_exact_range(const char *p, size_t n)
{
	/* 2^53 has 16 digits. */
	return n < 16 || (n == 16 && memcmp(p, "9007199254740992", 16) <= 0);
}

static bool
scan_number(struct json_scan *s)
{
	const char *first;
	size_t n;
	bool whole = true;

	if (*s->p == '-')
		s->p++;
	first = s->p;
	n = digits(s);
	if (n == 0 || (n > 1 && *first == '0')) {
		s->p = first;
		return problem(s, N_("not a number"));
	}
	if (s->p < s->end && *s->p == '.') {
		whole = false;
		s->p++;
		if (!digits(s))
			return problem(s, N_("not a number"));
	}
	if (s->p < s->end && (*s->p == 'e' || *s->p == 'E')) {
		whole = false;
		s->p++;
		if (s->p < s->end && (*s->p == '+' || *s->p == '-'))
			s->p++;
		if (!digits(s))
			return problem(s, N_("not a number"));
	}
	if (s->strict && whole && !in_exact_range(first, n))
		return problem(
			s, N_("an integer beyond 2^53 loses digits; pass it as a string"));
	return true;
}

static bool
scan_word(struct json_scan *s, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(s->end - s->p) < n || memcmp(s->p, word, n) != 0)
		return problem(s, N_("not a value"));
	s->p += n;
	return true;
}

bool
json_scan_key(struct json_scan *s, struct slice *ret_key)
{
	const char *from;

	json_scan_space(s);
	from = s->p;
	if (from == s->end || *from != '"')
		return problem(s, N_("a name in quotes is missing"));
	if (!json_scan_string(s))
		return false;
	*ret_key = (struct slice){ from, (size_t)(s->p - from) };
	return json_scan_take(s, ':') || problem(s, N_("a colon is missing"));
}

static bool
scan_members(struct json_scan *s, char close)
{
	struct slice key;

	s->p++;
	if (json_scan_take(s, close))
		return true;
	do {
		if (close == '}' && !json_scan_key(s, &key))
			return false;
		if (!json_scan_value(s))
			return false;
	} while (json_scan_take(s, ','));
	return json_scan_take(s, close) ||
		problem(s, N_("a comma or a closing bracket is missing"));
}

bool
json_scan_value(struct json_scan *s)
{
	bool ok;

	json_scan_space(s);
	if (s->p == s->end)
		return problem(s, N_("the text ends too early"));
	if (++s->nodes > NODES_MAX)
		return problem(s, N_("too many values"));
	switch (*s->p) {
	case '{':
	case '[':
		if (++s->depth > JSON_DEPTH_MAX)
			return problem(s, N_("nested too deeply"));
		ok = scan_members(s, *s->p == '{' ? '}' : ']');
		s->depth--;
		return ok;
	case '"':
		return json_scan_string(s);
	case 't':
		return scan_word(s, "true");
	case 'f':
		return scan_word(s, "false");
	case 'n':
		return scan_word(s, "null");
	default:
		return scan_number(s);
	}
}
