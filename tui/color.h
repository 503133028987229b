/* Arithmetic of colours: mixing, contrast, the nearest of 256. 0xRRGGBB values; pure. */
#ifndef HOMARD_TUI_COLOR_H
#define HOMARD_TUI_COLOR_H

#include "agent/base/base.h"

/* percent of a over b. */
int32_t color_mix(int32_t a, int32_t b, int percent);
/* WCAG contrast, 1..21. */
double color_contrast(int32_t a, int32_t b);
bool color_is_light(int32_t c);
/* Index 16..255 nearest to c for the eye. */
int color_to_256(int32_t c);
int32_t color_from_256(int index);
/* Moves c towards `toward`, then towards black or white, until it stands out from bg. */
int32_t color_ensure(int32_t c, int32_t bg, int32_t toward, double floor);
/* "rgb:1e1e/1e1e/2e2e", "rgb:1e/1e/2e", "#1e1e2e", "rgba:.../...": the answer to OSC 11. */
bool color_parse_x11(const char *s, size_t n, int32_t *ret);
bool color_parse_hex(const char *s, int32_t *ret); /* "#rrggbb" */

#endif
