/*
 * Themes: YAML files that give roles their colours. A theme inherits another, names colours in its
 * palette and may override any role; what it does not say comes from the table in style.h. Resolved
 * for the depth the terminal has, with a contrast floor against the background where it is known.
 * Owned by the screen, main thread. Limits: 8 levels of inheritance, 64 palette names.
 */
#ifndef HOMARD_TUI_THEME_H
#define HOMARD_TUI_THEME_H

#include "agent/base/err.h"
#include "agent/base/str.h"
#include "tui/term.h"

struct theme; /* opaque */

/* dirs: folders searched in order (the person's, then the shipped one), NULL-terminated. The name
 * is that of the file without .yaml. "default-dark" works without any file. */
bool theme_load(const char *const *dirs, const char *name, struct theme **ret, struct err *err)
	MUST_CHECK;
void theme_destroy(struct theme *t); /* NULL is fine */
/* Names found in dirs, sorted, each once. */
void theme_list(const char *const *dirs, struct strv *out);

const char *theme_name(const struct theme *t);  /* of the file */
const char *theme_title(const struct theme *t); /* for people */
bool theme_is_dark(const struct theme *t);

/* background: the terminal's own (0xRRGGBB), or -1 when it did not say. */
void theme_resolve(struct theme *t, enum color_depth depth, int32_t background);
/* A paint_fn; user is the theme. */
void theme_paint(void *theme, style s, struct paint *ret);
/* The colours a style would have in true colour, for tests and previews; -1 = unknown. */
void theme_rgb(const struct theme *t, style s, int32_t *ret_fg, int32_t *ret_bg);
/* The least contrast a role's text must have: 4.5, 3.0 for what is meant to stand back, 0 for
 * lines. */
double theme_floor(enum role r);

/* Which of default-dark and default-light: what the terminal answered (-1 nothing), else
 * COLORFGBG (-1 nothing), else dark. */
const char *theme_auto(int32_t background, int colorfgbg);

#endif
