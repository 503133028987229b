/*
 * Kinds of files: the folder a file belongs to by its name, and what its first bytes are.
 * Folder names are English in every language: they are places, and scripts rely on them.
 * Constant tables, any thread.
 */
#ifndef HOMARD_TOOLS_KINDS_H
#define HOMARD_TOOLS_KINDS_H

#include "agent/base/str.h"

#define KIND_OTHER "Other"

/* "Pictures", "Documents", ... by extension or well-known name; KIND_OTHER when unknown. */
const char *kind_of_name(const char *name);
/* The kind's own spelling for a word ("photos", "图片"); NULL when it names no kind. */
const char *kind_of_word(const char *word);
bool kind_is(const char *name, const char *kind);

/* The tables, for their test. */
struct kind_ext {
	const char *ext, *kind;
};
extern const struct kind_ext kind_exts[];
extern const size_t kind_n_exts;

#endif
