/*
 * Base64 (RFC 4648, with padding), as the model providers want pictures. Single call, no state.
 */
#ifndef HOMARD_BASE64_H
#define HOMARD_BASE64_H

#include "agent/base/buf.h"

/* Appends the text of s; false when out is full. */
bool base64_add(struct buf *out, struct slice s);

#endif
