#include "tui/key.h"
#include "agent/base/str.h"
#include "agent/base/utf8.h"

static const struct {
	const char *name;
	uint32_t code;
} names[] = {
	{ "Enter", KEYC_ENTER }, { "Tab", KEYC_TAB }, { "Esc", KEYC_ESC }, { "BS", KEYC_BS },
	{ "Up", KEYC_UP }, { "Down", KEYC_DOWN }, { "Left", KEYC_LEFT }, { "Right", KEYC_RIGHT },
	{ "Home", KEYC_HOME }, { "End", KEYC_END }, { "PgUp", KEYC_PGUP }, { "PgDn", KEYC_PGDN },
	{ "Ins", KEYC_INS }, { "Del", KEYC_DEL }, { "Space", ' ' }, { "F1", KEYC_F1 },
	{ "F2", KEYC_F2 }, { "F3", KEYC_F3 }, { "F4", KEYC_F4 }, { "F5", KEYC_F5 },
	{ "F6", KEYC_F6 }, { "F7", KEYC_F7 }, { "F8", KEYC_F8 }, { "F9", KEYC_F9 },
	{ "F10", KEYC_F10 }, { "F11", KEYC_F11 }, { "F12", KEYC_F12 },
};

static const char *
base_name(struct key k, char utf8[5])
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (names[i].code == k.code)
			return names[i].name;
	}
	utf8[utf8_encode(k.code, utf8)] = '\0';
	return utf8;
}

const char *
key_label(struct key k, char out[KEY_NAME_MAX])
{
	char utf8[5] = "";
	const char *base = base_name(k, utf8);
	bool held = (k.mods & (MOD_CTRL | MOD_ALT)) != 0;
	bool capital = k.code >= 'A' && k.code <= 'Z';

	/* Held keys are written as they are printed on the keyboard. */
	if (held && k.code >= 'a' && k.code <= 'z') {
		utf8[0] = (char)(k.code - 32);
		base = utf8;
	}
	snprintf(out, KEY_NAME_MAX, "%s%s%s%s", k.mods & MOD_CTRL ? "Ctrl+" : "",
		k.mods & MOD_ALT ? "Alt+" : "",
		k.mods & MOD_SHIFT || (held && capital) ? "Shift+" : "", base);
	return out;
}

const char *
key_spelling(struct key k, char out[KEY_NAME_MAX])
{
	char utf8[5] = "";
	const char *base = base_name(k, utf8);

	snprintf(out, KEY_NAME_MAX, "%s%s%s%s", k.mods & MOD_CTRL ? "C-" : "",
		k.mods & MOD_ALT ? "M-" : "", k.mods & MOD_SHIFT ? "S-" : "", base);
	return out;
}

static bool
parse_mod(const char **name, unsigned *mods)
{
	static const struct {
		char letter;
		unsigned mod;
	} letters[] = { { 'C', MOD_CTRL }, { 'M', MOD_ALT }, { 'A', MOD_ALT }, { 'S', MOD_SHIFT } };

	if ((*name)[0] == '\0' || (*name)[1] != '-' || (*name)[2] == '\0')
		return false;
	for (size_t i = 0; i < ARRAY_LEN(letters); i++) {
		if ((*name)[0] == letters[i].letter) {
			*mods |= letters[i].mod;
			*name += 2;
			return true;
		}
	}
	return false;
}

bool
key_parse(const char *name, struct key *ret)
{
	struct key k = { 0 };
	size_t n;
	bool ok;

	while (parse_mod(&name, &k.mods))
		;
	n = strlen(name);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (str_eq_nocase(names[i].name, name)) {
			k.code = names[i].code;
			*ret = k;
			return true;
		}
	}
	if (n == 0 || utf8_decode(name, n, &k.code, &ok) != n || !ok || utf8_cp_width(k.code) < 1)
		return false;
	if (k.code < 0x80 && k.mods & MOD_CTRL && k.code >= 'A' && k.code <= 'Z') {
		k.code += 32;
		k.mods |= MOD_SHIFT;
	}
	/* Shift is part of a typed character. */
	if (!(k.mods & MOD_CTRL) && k.mods & MOD_SHIFT && k.code >= 'a' && k.code <= 'z') {
		k.code -= 32;
		k.mods &= ~MOD_SHIFT;
	}
	*ret = k;
	return true;
}

bool
key_equal(struct key a, struct key b)
{
	return a.code == b.code && a.mods == b.mods;
}

bool
key_is_text(struct key k)
{
	return k.code < KEYC_NONE && k.code >= ' ' && k.code != 0x7F &&
		!(k.mods & (MOD_CTRL | MOD_ALT));
}
