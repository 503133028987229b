/*
 * Is what was made from the events still what they make? Everything is folded anew into tables
 * in memory and compared: each projection row by row, the search index word by word. Reads in
 * one snapshot. Memory: the projections once more, and 8 bytes an event.
 */
#ifndef HOMARD_STORE_DERIVED_H
#define HOMARD_STORE_DERIVED_H

#include "agent/base/buf.h"
#include "agent/base/err.h"

/* Adds to differing the names, for a person, of what differs (nothing: all is right); false with
 * err only when it could not be found out. */
bool derived_check(const char *path, struct buf *differing, struct err *err) MUST_CHECK;

#endif
