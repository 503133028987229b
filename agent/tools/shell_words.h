/*
 * The words of a shell command, cheaply: enough to see which programs it names, also inside
 * sh -c, $(...), pipes and wrappers such as env and timeout. It is no shell: what it misses is
 * no proof of anything, so its answers may only raise a risk.
 * Limits: 64 KB of text, 512 programs, nesting 8.
 */
#ifndef HOMARD_TOOLS_SHELL_WORDS_H
#define HOMARD_TOOLS_SHELL_WORDS_H

#include "agent/base/str.h"

/* argv[0] is the program as it is spelled; quotes are removed. Return false to stop. */
typedef bool shell_program_fn(void *user, const struct strv *argv);
void shell_programs(const char *command, shell_program_fn *fn, void *user);

#endif
