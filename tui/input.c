#include "tui/input.h"
#include "agent/base/limits.h"
#include "agent/base/utf8.h"
#include "tui/input_csi.h"

#define PENDING_MAX 4096 /* unfinished sequence */
#define ESC_WAIT_MS 25
#define ESC_HURRY_MS 2
#define STRING_WAIT_MS 500
#define PASTE_WAIT_MS 2000
#define BURST_MIN 64 /* bytes in one read with a line end inside: a paste without its marks */

static const char paste_end[] = "\033[201~";

struct input {
	input_fn *fn;
	void *user;
	struct buf pending;
	bool in_paste, hurry;
	struct buf paste;
};

struct input *
input_create(input_fn *fn, void *user)
{
	struct input *in = xcalloc(1, sizeof(*in));

	in->fn = fn;
	in->user = user;
	buf_init(&in->pending, PENDING_MAX + 65536);
	buf_init(&in->paste, LIMIT_REQUEST_TEXT);
	return in;
}

void
input_destroy(struct input *in)
{
	if (!in)
		return;
	buf_finish(&in->pending);
	buf_finish(&in->paste);
	free(in);
}

static void
emit_key(struct input *in, uint32_t code, unsigned mods)
{
	struct input_event ev = { .kind = INPUT_KEY, .key = { code, mods } };

	in->fn(in->user, &ev);
}

/* Pasted text: one kind of line end, no escape sequences, no controls but newline and tab. */
static void
clean_paste(struct buf *out, struct slice s)
{
	size_t i = 0;

	while (i < s.n) {
		uint32_t cp;
		bool ok;
		size_t used = utf8_decode(s.p + i, s.n - i, &cp, &ok);

		if (cp == 0x1B) {
			size_t len = csi_skip(s.p + i, s.n - i);

			i += MAX_OF(len, (size_t)1);
			continue;
		}
		if (cp == '\r') {
			buf_add_char(out, '\n');
			if (i + 1 < s.n && s.p[i + 1] == '\n')
				i++;
		} else if (!ok) {
			buf_add_str(out, "\xEF\xBF\xBD");
		} else if (cp == '\n' || cp == '\t' || (cp >= 0x20 && cp != 0x7F && !(cp >= 0x80 && cp < 0xA0))) {
			buf_add(out, s.p + i, used);
		}
		i += used;
	}
}

static void
deliver_paste(struct input *in, struct slice raw, bool cut)
{
	struct buf clean = BUF_INIT(3 * LIMIT_REQUEST_TEXT);
	struct input_event ev = { .kind = INPUT_PASTE, .cut = cut };

	clean_paste(&clean, raw);
	ev.text = buf_slice(&clean);
	in->fn(in->user, &ev);
	buf_finish(&clean);
}

static void
end_paste(struct input *in)
{
	in->in_paste = false;
	deliver_paste(in, buf_slice(&in->paste), in->paste.full);
	buf_finish(&in->paste);
	buf_init(&in->paste, LIMIT_REQUEST_TEXT);
}

/* Returns the bytes used, at least the whole of what cannot be the end mark. */
static size_t
feed_paste(struct input *in, const char *p, size_t n)
{
	struct slice end = { paste_end, sizeof(paste_end) - 1 };
	ptrdiff_t at = slice_find((struct slice){ p, n }, end);
	size_t keep = 0, room = in->paste.max - in->paste.len, take;

	if (at < 0) {
		/* The mark may be cut in two by the read. */
		for (size_t k = 1; k < end.n && k <= n; k++) {
			if (memcmp(p + n - k, paste_end, k) == 0)
				keep = k;
		}
	}
	take = at >= 0 ? (size_t)at : n - keep;
	if (take > room && room > 0)
		buf_add(&in->paste, p, utf8_valid(p, room) ? room : room - 1);
	if (take > room)
		in->paste.full = true;
	else
		buf_add(&in->paste, p, take);
	if (at < 0)
		return take;
	end_paste(in);
	return take + end.n;
}

static uint32_t
control_key(unsigned char c, unsigned *mods)
{
	switch (c) {
	case '\r':
		return KEYC_ENTER;
	case '\t':
		return KEYC_TAB;
	case 0x1B:
		return KEYC_ESC;
	case 0x7F:
		return KEYC_BS;
	case 0:
		*mods |= MOD_CTRL;
		return ' ';
	case 0x1F:
		*mods |= MOD_CTRL;
		return '_';
	default:
		*mods |= MOD_CTRL;
		return c < 27 ? (uint32_t)c + 'a' - 1 : (uint32_t)c + '@';
	}
}

/* One character or control byte at p; 0 when its bytes are not all there. */
static size_t
feed_char(struct input *in, const char *p, size_t n, unsigned mods)
{
	unsigned char c = (unsigned char)*p;
	uint32_t cp;
	bool ok;
	size_t used;

	if (c < 0x20 || c == 0x7F) {
		cp = control_key(c, &mods);
		emit_key(in, cp, mods);
		return 1;
	}
	if (utf8_partial_tail(p, MIN_OF(n, (size_t)4)) == n && c >= 0x80)
		return 0;
	used = utf8_decode(p, n, &cp, &ok);
	if (ok && !(cp >= 0x80 && cp < 0xA0))
		emit_key(in, cp, mods);
	return used;
}

static void
on_csi_event(struct input *in, const struct input_event *ev)
{
	in->fn(in->user, ev);
}

/* A sequence at p (which is ESC): bytes used, 0 = wait for more. */
static size_t
feed_escape(struct input *in, const char *p, size_t n, bool timed_out)
{
	struct input_event ev;
	unsigned alt = 0;
	size_t skip = 0, used;

	if (n == 1) {
		if (!timed_out)
			return 0;
		emit_key(in, KEYC_ESC, 0);
		return 1;
	}
	if (p[1] == 0x1B) {
		/* ESC ESC [ A is Alt+Up in some terminals; else the first one is a key. */
		if (n == 2 && !timed_out)
			return 0;
		if (n == 2 || (p[2] != '[' && p[2] != 'O')) {
			emit_key(in, KEYC_ESC, 0);
			return 1;
		}
		skip = 1;
		alt = MOD_ALT;
	}
	switch (csi_parse(p + skip, n - skip, &ev, &used)) {
	case CSI_EVENT:
		if (ev.kind == INPUT_KEY)
			ev.key.mods |= alt;
		on_csi_event(in, &ev);
		return skip + used;
	case CSI_PASTE:
		in->in_paste = true;
		return skip + used;
	case CSI_IGNORE:
		return skip + used;
	case CSI_MORE:
		if (!timed_out)
			return 0;
		/* Nothing came: ESC [ alone was Alt+[; a longer piece is line noise. */
		if (n - skip > 2)
			return n;
		break;
	case CSI_NONE:
		break;
	}
	used = feed_char(in, p + 1, n - 1, MOD_ALT);
	return used ? used + 1 : timed_out ? n : 0;
}

static void
run(struct input *in, bool timed_out)
{
	while (in->pending.len > 0) {
		const char *p = in->pending.p;
		size_t n = in->pending.len, used;

		if (in->in_paste)
			used = feed_paste(in, p, n);
		else if (*p == 0x1B)
			used = feed_escape(in, p, n, timed_out);
		else
			used = feed_char(in, p, n, 0);
		if (used == 0 && timed_out && !in->in_paste)
			used = 1;
		if (used == 0)
			break;
		buf_consume(&in->pending, used);
	}
	if (in->pending.len > PENDING_MAX)
		buf_clear(&in->pending);
}

/* Without bracketed paste a pasted text comes as one read with line ends inside. */
static bool
is_burst(const char *p, size_t n)
{
	const char *cr = memchr(p, '\r', n);

	return n >= BURST_MIN && cr && cr < p + n - 1 && !memchr(p, 0x1B, n);
}

void
input_feed(struct input *in, const char *p, size_t n)
{
	if (!in->in_paste && in->pending.len == 0 && is_burst(p, n)) {
		deliver_paste(in, (struct slice){ p, n }, false);
		return;
	}
	while (n > 0) {
		size_t part = MIN_OF(n, (size_t)32768);

		buf_add(&in->pending, p, part);
		run(in, false);
		p += part;
		n -= part;
	}
}

int
input_wait_ms(const struct input *in)
{
	if (in->in_paste)
		return PASTE_WAIT_MS;
	if (in->pending.len == 0)
		return -1;
	if (in->hurry && in->pending.len == 1 && in->pending.p[0] == 0x1B)
		return ESC_HURRY_MS;
	return in->pending.len <= 2 ? ESC_WAIT_MS : STRING_WAIT_MS;
}

void
input_hurry(struct input *in, bool on)
{
	in->hurry = on;
}

void
input_timeout(struct input *in)
{
	if (in->in_paste) {
		buf_add_slice(&in->paste, buf_slice(&in->pending));
		buf_clear(&in->pending);
		end_paste(in);
		return;
	}
	run(in, true);
}
