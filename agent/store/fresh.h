/*
 * A new journal's file. It appears under its name complete, with tables and in WAL mode, or not
 * at all: programs that start for the first time at one moment never meet it half-made, and none
 * has to wait for another (SQLite's change to WAL asks no busy handler).
 */
#ifndef HOMARD_STORE_FRESH_H
#define HOMARD_STORE_FRESH_H

#include "agent/base/err.h"

/* Makes path (0600) and its folders when nothing is there; what is there stays as it is. */
bool fresh_journal(const char *path, struct err *err) MUST_CHECK;

#endif
