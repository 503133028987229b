/*
 * Patterns for file names as people write them: * ? [abc] and {a,b}, letters of either case;
 * a word without any of these is searched for within the name; "kind:pictures" or the name of
 * a kind means all files of it. Matching takes time linear in the name for each star: no
 * pattern from outside can make it explode. Limits: 64 alternatives, 1,000 bytes.
 */
#ifndef HOMARD_TOOLS_GLOB_H
#define HOMARD_TOOLS_GLOB_H

#include "agent/base/err.h"
#include "agent/base/str.h"

struct glob {
	struct strv any; /* alternatives without braces; folded to lower case */
	const char *kind;
	bool path; /* has a slash: matched against the path below the folder */
};

/* pattern NULL or "" matches everything. */
bool glob_init(struct glob *g, const char *pattern, struct err *err) MUST_CHECK;
void glob_finish(struct glob *g);
/* name is the last part, below the path below the folder where the walk began. */
bool glob_match(const struct glob *g, const char *name, const char *below);

#endif
