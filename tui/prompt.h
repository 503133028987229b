/* One line asked for at the bottom: words for a refusal, what to find, a setting's value. */
#ifndef HOMARD_TUI_PROMPT_H
#define HOMARD_TUI_PROMPT_H

#include "tui/screen_priv.h"

typedef void prompt_fn(struct screen *s, const char *text, void *user);

/* done gets the text on Enter (not on Esc); user is freed with free() afterwards. changed (may be
 * NULL) sees every change. */
void prompt_open(struct screen *s, const char *label, const char *initial, prompt_fn *done,
	prompt_fn *changed, void *user);
struct prompt;
struct prompt *prompt_top(struct screen *s);
bool prompt_edit(struct screen *s, struct prompt *p, enum edit_op op);
void prompt_accept(struct screen *s);

#endif
