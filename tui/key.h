/*
 * Names of keys: "a", "中", "Enter", "C-x", "M-y", "S-Tab", "C-M-Left", "F6", "Space". Values only.
 */
#ifndef HOMARD_TUI_KEY_H
#define HOMARD_TUI_KEY_H

#include "agent/base/base.h"

#define MOD_SHIFT 1u
#define MOD_ALT 2u
#define MOD_CTRL 4u

/* Beyond Unicode: keys that make no character. */
enum key_code {
	KEYC_NONE = 0x110000,
	KEYC_ENTER, KEYC_TAB, KEYC_ESC, KEYC_BS,
	KEYC_UP, KEYC_DOWN, KEYC_LEFT, KEYC_RIGHT,
	KEYC_HOME, KEYC_END, KEYC_PGUP, KEYC_PGDN, KEYC_INS, KEYC_DEL,
	KEYC_F1, KEYC_F2, KEYC_F3, KEYC_F4, KEYC_F5, KEYC_F6, KEYC_F7, KEYC_F8, KEYC_F9, KEYC_F10,
	KEYC_F11, KEYC_F12
};

struct key {
	uint32_t code; /* a code point, lower case when Ctrl is held, or enum key_code */
	unsigned mods;
};

#define KEY_NAME_MAX 40

/* Returns out. */
const char *key_spelling(struct key k, char out[KEY_NAME_MAX]);
/* As people write it: "Ctrl+P", "Alt+Y", "Shift+Tab". Returns out. */
const char *key_label(struct key k, char out[KEY_NAME_MAX]);
/* False for what is no key name. */
bool key_parse(const char *name, struct key *ret);
bool key_equal(struct key a, struct key b);
/* A character a person types: no Ctrl or Alt, printable. */
bool key_is_text(struct key k);

#endif
