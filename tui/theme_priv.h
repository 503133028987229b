/* Shared by the files of themes only. */
#ifndef HOMARD_TUI_THEME_PRIV_H
#define HOMARD_TUI_THEME_PRIV_H

#include "tui/theme.h"

#define PALETTE_MAX 64

enum color_kind { COLOR_NONE, COLOR_DEFAULT, COLOR_ANSI, COLOR_RGB };

struct color {
	enum color_kind kind;
	int32_t rgb; /* nominal for COLOR_ANSI */
	int ansi; /* -1 none */
	int c256; /* -1: nearest */
	bool tint; /* mixed with the background: dropped where that is unknown */
};

struct role_value {
	char fg[24], bg[24]; /* palette words, "" = none; "green/12" */
	unsigned attr;
};

struct theme {
	char *name, *title;
	bool dark, opaque, mono;
	char names[PALETTE_MAX][24];
	struct color colors[PALETTE_MAX];
	size_t n_colors;
	struct role_value roles[ROLE_COUNT];
	enum color_depth depth;
	int32_t background;
};

/* theme_read.c */
bool role_value_parse(const char *text, struct role_value *ret);
bool theme_read(struct theme *t, const char *text, size_t n, const char *file, char **ret_inherits,
	struct err *err);
const struct color *theme_color(const struct theme *t, const char *name);

/* theme_mono.c: attributes per role where there are no colours. */
extern const unsigned theme_mono_attr[ROLE_COUNT];

#endif
