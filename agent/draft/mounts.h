/* Mounts of this process, from /proc/self/mountinfo. */
#ifndef HOMARD_DRAFT_MOUNTS_H
#define HOMARD_DRAFT_MOUNTS_H

#include "agent/base/str.h"

/* Writable mounts of disk-like file systems strictly below dir, outer ones first. */
void mounts_below(const char *dir, struct strv *ret);
/* The same from given text, for tests. */
void mounts_parse(struct slice text, const char *dir, struct strv *ret);

#endif
