/*
 * Talking to homard-files, the child that parses foreign formats (photos, archives, kinds). It
 * gets a list of names and one open file as descriptors 4 and 3, may neither open for writing
 * nor start anything, and answers in JSON lines. Everything here blocks: worker threads only. Where the
 * helper is missing the functions fail with one sentence, or do without where they say so.
 */
#ifndef HOMARD_TOOLS_FILES_HELPER_H
#define HOMARD_TOOLS_FILES_HELPER_H

#include "agent/tools/tool.h"

/* A list of strings for the helper, kept in memory outside of ours (memfd). */
int files_list_open(struct err *err); /* -1 on failure */
bool files_list_add(FILE *list, const char *s);

struct files_call {
	const struct tool_ctx *ctx;
	const char *verb, *arg; /* arg may be NULL */
	int archive;            /* becomes 3, -1: none */
	int list;               /* becomes 4, -1: none; rewound here */
	uint64_t wall_ms;
	/* One line of JSON, parsed; false ends the child (then err is the caller's to set). */
	bool (*line)(void *user, const cJSON *o);
	/* Raw bytes after a {"data":N} line; may be NULL. */
	bool (*data)(void *user, struct slice bytes);
	void *user;
};
/* True when the helper came to its end ("end":true was seen). */
bool files_call(const struct files_call *call, struct err *err) MUST_CHECK;

/* Replaces times[i] by the time photo i was taken where its EXIF data tells; counts the others
 * in *ret_undated. Without the helper all keep their file times. */
bool files_photo_times(const struct tool_ctx *c, const struct strv *paths, int64_t *times,
	uint64_t *ret_undated, struct err *err) MUST_CHECK;
/* What a file is in words ("PNG image data, 10 x 10"), by libmagic; owned or NULL. */
char *files_kind(const struct tool_ctx *c, const char *path);

#endif
