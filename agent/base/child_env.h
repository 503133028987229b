/* The clean environment of children: PATH HOME LANG LC_* TERM TZ USER LOGNAME TMPDIR. */
#ifndef HOMARD_CHILD_ENV_H
#define HOMARD_CHILD_ENV_H

#include "agent/base/str.h"

/* Appends NAME=VALUE for every allowed variable of ours. */
void child_env_clean(struct strv *out);
/* What a child needs that talks to the desktop: no key of the person's goes along. */
void child_env_desktop(struct strv *out);

#endif
