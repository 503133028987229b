/* Our own user namespace: the caller's uid and gid, mapped to themselves, nothing else. */
#ifndef HELPER_DRAFT_USERNS_H
#define HELPER_DRAFT_USERNS_H

#include "agent/helpers/draft/fail.h"

/* Moves this (single-threaded) process into a new user namespace, where it holds every
 * capability over what belongs to the caller. */
bool userns_enter(struct fail *f) MUST_CHECK;

#endif
