/*
 * What every unit test includes first: cmocka with the headers it wants, and a private folder.
 * A test that needs a shared resource beside the repository calls test_shared() and skips.
 * skip() is a jump: free what is autofree before it, or the leak check fails the executable.
 */
#ifndef HOMARD_TESTING_H
#define HOMARD_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "agent/base/base.h"

/* A new empty folder below TMPDIR, removed at exit by the process that made it. Owned by the
 * support code. */
const char *test_dir(void);
/* test_dir()/name; owned by the support code, valid until the end. */
const char *test_path(const char *name);
/* Writes a small file below test_dir() and returns its path; missing folders are made. */
const char *test_write(const char *name, const char *text);
/* The whole of a file as an owned string; fails the test when it cannot be read. */
char *test_slurp(const char *path);
/* What is shipped beside the program, in the build folder of this test. Owned by the support code. */
const char *test_share(void);
/* HOMARD_SHARED (default ../shared) joined with below, or NULL when it is not there. Owned by
 * the support code. */
const char *test_shared(const char *below);

#endif
