/* Strings a terminal takes besides cells: title, clipboard, notification, progress. */
#include "tui/term_priv.h"
#include "agent/base/sanitize.h"

#define TITLE_MAX 200
#define COPY_MAX 100000

static void
add_base64(struct buf *out, struct slice s)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = (const unsigned char *)s.p;

	for (size_t i = 0; i < s.n; i += 3) {
		uint32_t v = (uint32_t)p[i] << 16;

		v |= i + 1 < s.n ? (uint32_t)p[i + 1] << 8 : 0;
		v |= i + 2 < s.n ? (uint32_t)p[i + 2] : 0;
		buf_add_char(out, digits[v >> 18]);
		buf_add_char(out, digits[v >> 12 & 63]);
		buf_add_char(out, i + 1 < s.n ? digits[v >> 6 & 63] : '=');
		buf_add_char(out, i + 2 < s.n ? digits[v & 63] : '=');
	}
}

/* Owned; what may stand inside an OSC string: no control bytes, no separators it would split at. */
static char *
osc_text(const char *s, bool keep_semicolons)
{
	char *safe = sanitize_elide(s, TITLE_MAX);

	for (char *p = safe; *p; p++) {
		if (*p == ';' && !keep_semicolons)
			*p = ',';
	}
	return safe;
}

void
term_title(struct term *t, const char *text)
{
	autofree char *safe = osc_text(text, true);

	if (!t->traits.osc || (t->title && str_eq(t->title, safe)))
		return;
	buf_printf(&t->extra, "\033]2;%s\033\\", safe);
	free(t->title);
	t->title = steal_ptr(&safe);
}

bool
term_copy(struct term *t, struct slice text)
{
	if (!t->traits.osc || text.n > COPY_MAX)
		return false;
	buf_add_str(&t->extra, "\033]52;c;");
	add_base64(&t->extra, text);
	return buf_add_str(&t->extra, "\033\\");
}

bool
term_notify(struct term *t, const char *title, const char *body)
{
	autofree char *a = osc_text(title, false), *b = osc_text(body, false);
	const char *term = getenv("TERM"), *program = getenv("TERM_PROGRAM");

	if (!t->traits.osc || !term)
		return false;
	if (strstr(term, "kitty"))
		return buf_printf(&t->extra,
			"\033]99;i=homard:d=0;%s\033\\\033]99;i=homard:p=body;%s\033\\", a, b);
	if (getenv("VTE_VERSION") || str_starts(term, "foot") || str_starts(term, "rxvt-unicode"))
		return buf_printf(&t->extra, "\033]777;notify;%s;%s\033\\", a, b);
	if (strstr(term, "ghostty") ||
		(program && (str_eq(program, "WezTerm") || str_eq(program, "iTerm.app"))))
		return buf_printf(&t->extra, "\033]9;%s: %s\033\\", a, b);
	return false;
}

void
term_bell(struct term *t)
{
	buf_add_char(&t->extra, '\a');
}

void
term_progress(struct term *t, int percent)
{
	if (!t->traits.osc || percent == t->progress)
		return;
	t->progress = percent;
	if (percent == -2)
		buf_add_str(&t->extra, "\033]9;4;0;\033\\");
	else if (percent == -3)
		buf_add_str(&t->extra, "\033]9;4;2;100\033\\");
	else if (percent < 0)
		buf_add_str(&t->extra, "\033]9;4;3;\033\\");
	else
		buf_printf(&t->extra, "\033]9;4;1;%d\033\\", MIN_OF(percent, 100));
}

void
term_cursor_shape(struct term *t, enum term_cursor shape)
{
	static const char *const codes[] = { "\033[0 q", "\033[2 q", "\033[6 q" };

	if (shape == t->cursor)
		return;
	t->cursor = shape;
	buf_add_str(&t->extra, codes[shape]);
}
