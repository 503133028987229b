/*
 * The manual page and the shells' completions, printed from the tables of verbs and settings, so
 * that they cannot tell anything else than --help does.
 */
#ifndef HOMARD_CLI_HELP_DATA_H
#define HOMARD_CLI_HELP_DATA_H

#include "agent/cli/cli.h"

/* homard(1) in the present language, roff with the man macros. */
void help_man(FILE *out);
/* shell: bash, zsh or fish; false when it is none of them. */
bool help_completions(FILE *out, const char *shell);

#endif
