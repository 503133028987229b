#include "tui/input_csi.h"

#define PARAMS_MAX 8
#define CSI_MAX 256

struct params {
	int v[PARAMS_MAX]; /* -1 = missing */
	int n;
	char prefix; /* '<', '?', '>', '=' or 0 */
};

static void
read_params(const char *p, size_t n, struct params *ret)
{
	size_t i = 0;

	*ret = (struct params){ .n = 1 };
	memset(ret->v, 0xFF, sizeof(ret->v));
	if (n > 0 && p[0] >= '<' && p[0] <= '?')
		ret->prefix = p[i++];
	for (; i < n; i++) {
		int *v = &ret->v[ret->n - 1];

		if (p[i] >= '0' && p[i] <= '9') {
			*v = *v < 0 ? p[i] - '0' : *v < 10000000 ? *v * 10 + p[i] - '0' : *v;
		} else if (p[i] == ';') {
			if (ret->n == PARAMS_MAX)
				return;
			ret->n++;
		} else if (p[i] == ':') {
			/* Sub-parameters (other layouts, event type) do not matter to us. */
			while (i + 1 < n && p[i + 1] != ';')
				i++;
		}
	}
}

/* The protocol's modifiers: 1 + bits shift, alt, ctrl; the rest (super, locks) is dropped. */
static unsigned
mods_of(int v)
{
	unsigned bits = v > 1 ? (unsigned)v - 1 : 0;

	return (bits & 1 ? MOD_SHIFT : 0) | (bits & (2 | 32) ? MOD_ALT : 0) | (bits & 4 ? MOD_CTRL : 0);
}

static enum csi_result
key_event(struct input_event *ev, uint32_t code, unsigned mods)
{
	*ev = (struct input_event){ .kind = INPUT_KEY, .key = { code, mods } };
	return CSI_EVENT;
}

static uint32_t
letter_key(char c)
{
	switch (c) {
	case 'A':
		return KEYC_UP;
	case 'B':
		return KEYC_DOWN;
	case 'C':
		return KEYC_RIGHT;
	case 'D':
		return KEYC_LEFT;
	case 'F':
		return KEYC_END;
	case 'H':
		return KEYC_HOME;
	case 'P':
	case 'Q':
	case 'R':
	case 'S':
		return KEYC_F1 + (uint32_t)(c - 'P');
	default:
		return KEYC_NONE;
	}
}

static uint32_t
tilde_key(int n)
{
	static const uint32_t low[] = { KEYC_NONE, KEYC_HOME, KEYC_INS, KEYC_DEL, KEYC_END, KEYC_PGUP,
		KEYC_PGDN, KEYC_HOME, KEYC_END };

	if (n >= 0 && n < (int)ARRAY_LEN(low))
		return low[n];
	if (n >= 11 && n <= 15)
		return KEYC_F1 + (uint32_t)(n - 11);
	if (n >= 17 && n <= 21)
		return KEYC_F6 + (uint32_t)(n - 17);
	if (n == 23 || n == 24)
		return KEYC_F11 + (uint32_t)(n - 23);
	return KEYC_NONE;
}

/* Numbers of the kitty protocol and of modifyOtherKeys are code points, and its own for others. */
static enum csi_result
numbered_key(struct input_event *ev, int cp, unsigned mods)
{
	static const uint32_t pad[] = { KEYC_LEFT, KEYC_RIGHT, KEYC_UP, KEYC_DOWN, KEYC_PGUP,
		KEYC_PGDN, KEYC_HOME, KEYC_END, KEYC_INS, KEYC_DEL };
	static const char ops[] = "./*-+";

	if (cp == 13 || cp == 57414)
		return key_event(ev, KEYC_ENTER, mods);
	if (cp == 9)
		return key_event(ev, KEYC_TAB, mods);
	if (cp == 27)
		return key_event(ev, KEYC_ESC, mods);
	if (cp == 127 || cp == 8)
		return key_event(ev, KEYC_BS, mods);
	if (cp >= 57399 && cp <= 57408)
		return key_event(ev, (uint32_t)(cp - 57399) + '0', mods);
	if (cp >= 57409 && cp <= 57413)
		return key_event(ev, (uint32_t)ops[cp - 57409], mods);
	if (cp >= 57417 && cp <= 57426)
		return key_event(ev, pad[cp - 57417], mods);
	if (cp < 32 || (cp >= 57344 && cp < 63744) || cp > 0x10FFFF)
		return CSI_IGNORE;
	if (mods & MOD_CTRL && cp >= 'A' && cp <= 'Z')
		cp += 32;
	/* Shift is part of the character unless Ctrl keeps it apart. */
	if (mods & MOD_SHIFT && !(mods & MOD_CTRL)) {
		if (cp >= 'a' && cp <= 'z')
			cp -= 32;
		mods &= ~MOD_SHIFT;
	}
	return key_event(ev, (uint32_t)cp, mods);
}

static enum csi_result
mouse_event(struct input_event *ev, const struct params *pa, bool pressed)
{
	int b = pa->v[0];

	if (pa->n < 3 || b < 0 || pa->v[1] < 1 || pa->v[2] < 1)
		return CSI_IGNORE;
	*ev = (struct input_event){ .kind = INPUT_MOUSE, .x = pa->v[1] - 1, .y = pa->v[2] - 1 };
	ev->mods = (b & 4 ? MOD_SHIFT : 0) | (b & 8 ? MOD_ALT : 0) | (b & 16 ? MOD_CTRL : 0);
	if (b & 64) {
		if ((b & 3) > 1)
			return CSI_IGNORE;
		ev->what = b & 1 ? MOUSE_WHEEL_DOWN : MOUSE_WHEEL_UP;
		return CSI_EVENT;
	}
	ev->button = (b & 3) + 1;
	if (ev->button > 3)
		return CSI_IGNORE;
	ev->what = b & 32 ? MOUSE_DRAG : pressed ? MOUSE_PRESS : MOUSE_RELEASE;
	return CSI_EVENT;
}

static enum csi_result
tilde_event(struct input_event *ev, const struct params *pa)
{
	if (pa->v[0] == 200)
		return CSI_PASTE;
	if (pa->v[0] == 27 && pa->n >= 3)
		return numbered_key(ev, pa->v[2], mods_of(pa->v[1]));
	if (tilde_key(pa->v[0]) == KEYC_NONE)
		return CSI_IGNORE;
	return key_event(ev, tilde_key(pa->v[0]), mods_of(pa->v[1]));
}

static enum csi_result
reply_event(struct input_event *ev, enum input_reply r, struct slice text, int y, int x)
{
	*ev = (struct input_event){ .kind = INPUT_REPLY, .reply = r, .text = text, .y = y, .x = x };
	return CSI_EVENT;
}

static enum csi_result
csi_event(struct input_event *ev, const char *body, size_t n, char final)
{
	struct params pa;

	read_params(body, n, &pa);
	if (pa.prefix == '<')
		return final == 'M' || final == 'm' ? mouse_event(ev, &pa, final == 'M') : CSI_IGNORE;
	if (final == 'c')
		return reply_event(ev, REPLY_DEVICE, (struct slice){ body, n }, 0, 0);
	if (pa.prefix)
		return reply_event(ev, REPLY_OTHER, (struct slice){ body, n }, 0, 0);
	switch (final) {
	case '~':
		return tilde_event(ev, &pa);
	case 'u':
		return pa.v[0] < 0 ? CSI_IGNORE : numbered_key(ev, pa.v[0], mods_of(pa.v[1]));
	case 'Z':
		return key_event(ev, KEYC_TAB, MOD_SHIFT | mods_of(pa.v[1]));
	case 'I':
	case 'O':
		*ev = (struct input_event){ .kind = INPUT_FOCUS, .focused = final == 'I' };
		return CSI_EVENT;
	case 'R':
		/* We ask from row 2 only, so row 1 is F3 with a modifier. */
		if (pa.n >= 2 && pa.v[0] > 1)
			return reply_event(ev, REPLY_CURSOR, (struct slice){ body, n }, pa.v[0], pa.v[1]);
		break;
	case '$': /* rxvt: Shift */
		return tilde_key(pa.v[0]) == KEYC_NONE ? CSI_IGNORE
						       : key_event(ev, tilde_key(pa.v[0]), MOD_SHIFT);
	case '^': /* rxvt: Ctrl */
		return tilde_key(pa.v[0]) == KEYC_NONE ? CSI_IGNORE
						       : key_event(ev, tilde_key(pa.v[0]), MOD_CTRL);
	case 'a':
	case 'b':
	case 'd': /* rxvt: Shift and an arrow ('c' is an answer above) */
		return key_event(ev, letter_key((char)(final - 32)), MOD_SHIFT);
	default:
		break;
	}
	if (letter_key(final) == KEYC_NONE)
		return CSI_IGNORE;
	return key_event(ev, letter_key(final), mods_of(pa.v[1]));
}

/* Behind ESC [: parameters up to the final byte. */
static enum csi_result
parse_csi(const char *p, size_t n, struct input_event *ev, size_t *ret_used)
{
	size_t i = 2;

	/* The Linux console's F1..F5. */
	if (n > 2 && p[2] == '[') {
		*ret_used = MIN_OF(n, (size_t)4);
		if (n < 4)
			return CSI_MORE;
		return p[3] >= 'A' && p[3] <= 'E' ? key_event(ev, KEYC_F1 + (uint32_t)(p[3] - 'A'), 0)
						  : CSI_IGNORE;
	}
	while (i < n && i < CSI_MAX && p[i] >= 0x20 && p[i] <= 0x3F) {
		/* '$' belongs inside an answer ("?2026;2$y") but ends a key. */
		if (p[i] == '$' && p[2] != '?' && i > 2)
			break;
		i++;
	}
	if (i >= CSI_MAX) {
		*ret_used = i;
		return CSI_IGNORE;
	}
	if (i == n)
		return CSI_MORE;
	*ret_used = i + 1;
	/* A control byte in the middle: the sequence is broken, the byte is somebody's. */
	if ((unsigned char)p[i] < 0x20 || (unsigned char)p[i] >= 0x7F) {
		*ret_used = i;
		return CSI_IGNORE;
	}
	return csi_event(ev, p + 2, i - 2, p[i]);
}

static enum csi_result
parse_ss3(const char *p, size_t n, struct input_event *ev, size_t *ret_used)
{
	static const char pad[] = "*+,-./0123456789";
	char c;

	if (n < 3)
		return CSI_MORE;
	c = p[2];
	*ret_used = 3;
	if (c == 'M') /* the keypad's Enter, and Shift+Enter in Konsole */
		return key_event(ev, KEYC_ENTER, MOD_SHIFT);
	if (c >= 'j' && c <= 'y')
		return key_event(ev, (uint32_t)pad[c - 'j'], 0);
	if (c >= 'a' && c <= 'd')
		return key_event(ev, letter_key((char)(c - 32)), MOD_CTRL);
	if (letter_key(c) != KEYC_NONE)
		return key_event(ev, letter_key(c), 0);
	return CSI_NONE;
}

/* ESC ] P X ^ _: a string up to BEL or ST. */
static enum csi_result
parse_string(const char *p, size_t n, struct input_event *ev, size_t *ret_used)
{
	for (size_t i = 2; i < n; i++) {
		bool st = p[i] == 0x1B && i + 1 < n && p[i + 1] == '\\';

		if (p[i] == 0x1B && i + 1 == n)
			return CSI_MORE;
		if (p[i] != '\a' && !st && p[i] != 0x1B)
			continue;
		*ret_used = i + (st ? 2 : p[i] == '\a' ? 1 : 0);
		if (p[i] == 0x1B && !st)
			return CSI_IGNORE;
		return reply_event(ev, p[1] == ']' ? REPLY_OSC : REPLY_OTHER,
			(struct slice){ p + 2, i - 2 }, 0, 0);
	}
	return CSI_MORE;
}

enum csi_result
csi_parse(const char *p, size_t n, struct input_event *ev, size_t *ret_used)
{
	*ret_used = n;
	if (n < 2)
		return CSI_MORE;
	switch (p[1]) {
	case '[':
		return parse_csi(p, n, ev, ret_used);
	case 'O':
		return parse_ss3(p, n, ev, ret_used);
	case ']':
	case 'P':
	case '_':
	case '^':
	case 'X':
		return parse_string(p, n, ev, ret_used);
	default:
		return CSI_NONE;
	}
}

size_t
csi_skip(const char *p, size_t n)
{
	struct input_event ev;
	size_t used = 0;

	switch (csi_parse(p, n, &ev, &used)) {
	case CSI_NONE:
	case CSI_MORE:
		return 0;
	default:
		return used;
	}
}
