/*
 * Talking to homard-files, the child that parses foreign formats (photos, archives, kinds). It
 * gets file names on its standard input and one open file, may neither write nor start
 * anything, and answers in JSON lines. Everything here blocks: worker threads only. Where the
 * helper is missing the functions fail with one sentence, or do without where they say so.
 */
#ifndef HOMARD_TOOLS_FILES_HELPER_H
#define HOMARD_TOOLS_FILES_HELPER_H

#include "agent/tools/tool.h"

/* Replaces times[i] by the time photo i was taken where its EXIF data tells; counts the others
 * in *ret_undated. Without the helper all keep their file times. */
bool files_photo_times(const struct tool_ctx *c, const struct strv *paths, int64_t *times,
	uint64_t *ret_undated, struct err *err) MUST_CHECK;

#endif
