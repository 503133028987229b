/* What a file is, from its first bytes: only the kinds people meet. */
#ifndef HOMARD_DRAFT_KINDS_H
#define HOMARD_DRAFT_KINDS_H

#include "agent/base/str.h"

/* Translated; "data" when unknown. */
const char *kind_of_bytes(const char *p, size_t n);
const char *kind_of_file(int dir, const char *rel);

#endif
