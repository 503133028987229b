/*
 * A root with other file systems mounted inside cannot be overlaid as one: the kernel will not
 * show what lies under mounts that came from outside the namespace. Then each folder beside
 * them gets an overlay of its own, and the folders on the way stay as they are, read-only.
 */
#ifndef HELPER_DRAFT_SPLIT_H
#define HELPER_DRAFT_SPLIT_H

#include "agent/helpers/draft/overlay.h"

#define SPLIT_MAX 512 /* overlays of one root */

/* A mount lies strictly below path. */
bool split_needed(const char *path);
/* Calls add for each part, which takes the detached mount. */
bool split_mount(const struct spec_root *r, struct overlay_how *how,
	bool (*add)(void *user, int mnt, const char *path), void *user,
	struct fail *f) MUST_CHECK;
/* Takes the folders out of the upper again that say nothing. */
void split_clean(const struct spec_root *r);

#endif
