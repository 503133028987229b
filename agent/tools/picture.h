/*
 * Pictures that models can look at: which of the four formats, how large. Only headers are
 * read here, never pixels; the bytes are foreign and every length in them is checked.
 *
 * Limits: what the providers take (Anthropic the least): 5 MB as base64, 8,000 pixels a side.
 */
#ifndef HOMARD_TOOLS_PICTURE_H
#define HOMARD_TOOLS_PICTURE_H

#include "agent/base/str.h"

#define PICTURE_BYTES_MAX 3750000u
#define PICTURE_SIDE_MAX 8000

/* "image/png", "image/jpeg", "image/gif", "image/webp"; NULL: none of them. */
const char *picture_type(struct slice head);
/* Width and height from the whole file; false when its header makes no sense. */
bool picture_size(struct slice file, int *width, int *height);

#endif
