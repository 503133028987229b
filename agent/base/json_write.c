/* The writer: JSON into a buf. */
#include "agent/base/json.h"
#include "agent/base/utf8.h"
#include <inttypes.h>
#include <math.h>

void
jw_init(struct jw *w, struct buf *out)
{
	*w = (struct jw){ .out = out };
}

/* Comma and name before a value. */
static void
lead(struct jw *w, const char *key)
{
	if (w->comma)
		buf_add_char(w->out, ',');
	if (key) {
		json_quote(w->out, slice_of(key));
		buf_add_char(w->out, ':');
	}
	w->comma = true;
}

void
jw_object(struct jw *w, const char *key)
{
	lead(w, key);
	buf_add_char(w->out, '{');
	w->comma = false;
}

void
jw_end_object(struct jw *w)
{
	buf_add_char(w->out, '}');
	w->comma = true;
}

void
jw_array(struct jw *w, const char *key)
{
	lead(w, key);
	buf_add_char(w->out, '[');
	w->comma = false;
}

void
jw_end_array(struct jw *w)
{
	buf_add_char(w->out, ']');
	w->comma = true;
}

void
jw_str(struct jw *w, const char *key, const char *s)
{
	if (s)
		jw_slice(w, key, slice_of(s));
	else
		jw_null(w, key);
}

void
jw_slice(struct jw *w, const char *key, struct slice s)
{
	lead(w, key);
	json_quote(w->out, s);
}

void
jw_i64(struct jw *w, const char *key, int64_t n)
{
	lead(w, key);
	buf_printf(w->out, "%" PRId64, n);
}

void
jw_num(struct jw *w, const char *key, double n)
{
	char text[40];

	if (!isfinite(n)) {
		jw_null(w, key);
		return;
	}
	/* The shortest form that reads back as the same number. */
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, n);
		if (strtod(text, NULL) == n)
			break;
	}
	lead(w, key);
	buf_add_str(w->out, text);
}

void
jw_bool(struct jw *w, const char *key, bool b)
{
	lead(w, key);
	buf_add_str(w->out, b ? "true" : "false");
}

void
jw_null(struct jw *w, const char *key)
{
	lead(w, key);
	buf_add_str(w->out, "null");
}

void
jw_raw(struct jw *w, const char *key, struct slice raw)
{
	lead(w, key);
	buf_add_slice(w->out, raw);
}

/* Controls, and what reorders a line on a terminal that JSON is printed to. */
static bool
wants_escape(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x61C || c == 0x200E ||
		c == 0x200F || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

static void
escape(struct buf *out, uint32_t c)
{
	static const char names[] = "\"\"\\\\\bb\ff\nn\rr\tt";

	for (const char *hit = names; *hit; hit += 2) {
		if ((uint32_t)*hit == c) {
			buf_add_char(out, '\\');
			buf_add_char(out, hit[1]);
			return;
		}
	}
	buf_printf(out, "\\u%04x", c);
}

static size_t
plain_span(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && s[i] >= 0x20 && s[i] < 0x7F && s[i] != '"' && s[i] != '\\')
		i++;
	return i;
}

bool
json_quote(struct buf *out, struct slice s)
{
	buf_add_char(out, '"');
	for (size_t i = 0; i < s.n;) {
		size_t n = plain_span(s.p + i, s.n - i);
		uint32_t c;
		bool ok;

		if (n) {
			buf_add(out, s.p + i, n);
			i += n;
			continue;
		}
		n = utf8_decode(s.p + i, s.n - i, &c, &ok);
		if (!ok)
			buf_printf(out, "\\\\x%02X", (unsigned char)s.p[i]);
		else if (c == '"' || c == '\\' || wants_escape(c))
			escape(out, c);
		else
			buf_add(out, s.p + i, n);
		i += n;
	}
	return buf_add_char(out, '"');
}
