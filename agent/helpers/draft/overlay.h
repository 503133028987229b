/*
 * One overlay over one root, as a mount that is not attached yet. Call inside the user and
 * mount namespaces, before anything is made read-only.
 */
#ifndef HELPER_DRAFT_OVERLAY_H
#define HELPER_DRAFT_OVERLAY_H

#include "agent/helpers/draft/fail.h"
#include "agent/helpers/draft/spec.h"

struct overlay_how {
	bool legacy;      /* never try lowerdir+ */
	bool lowerplus;   /* out: it worked that way */
	bool is_volatile; /* out */
};

/* Descriptor of the detached mount, or -1. */
int overlay_mount(const struct spec_root *r, struct overlay_how *how, struct fail *f);

#endif
