/*
 * What the tools share: optional arguments, looking at the draft with sentences that help,
 * results as JSON or as text. Everything here runs on the worker of the calling tool.
 * Private to agent/tools.
 */
#ifndef HOMARD_TOOLS_UTIL_H
#define HOMARD_TOOLS_UTIL_H

#include "agent/base/i18n.h"
#include "agent/base/limits.h"
#include "agent/base/path.h"
#include "agent/base/sanitize.h"
#include "agent/tools/tool.h"

/* --- arguments (tool_args.c) --- */
/* Also from the text of a number. */
int64_t tool_arg_i64(const cJSON *args, const char *key, int64_t fallback);
/* As tool_arg_i64, kept within [min, max]. */
size_t tool_arg_limit(const cJSON *args, const char *key, size_t fallback, size_t max);
bool tool_arg_bool(const cJSON *args, const char *key, bool fallback);
/* Number of bytes or "2 GB"; absent: fallback. */
bool tool_arg_size(const cJSON *args, const char *key, uint64_t fallback, uint64_t *ret,
	struct err *err) MUST_CHECK;
/* Borrowed, NULL when absent or empty. */
const char *tool_arg_opt(const cJSON *args, const char *key);
/* The path, or fallback when absent. Owned. */
char *tool_arg_path_or(
	const struct tool_ctx *c, const cJSON *args, const char *key, const char *fallback);

/* --- looking (tool_look.c) --- */
/* A path for a sentence: home as ~, odd bytes spelled. Owned. */
char *tool_name(const struct tool_ctx *c, const char *path);
/* false with ERR_CANCELLED once the person stopped the call. */
bool tool_going(const struct tool_ctx *c, struct err *err);
/* As draft_stat; what is missing is said with the nearest thing that exists. */
bool tool_stat(const struct tool_ctx *c, const char *path, struct stat *ret,
	struct err *err) MUST_CHECK;
/* Follows links in the last component within the view; owned. Missing paths stay as given. */
char *tool_follow(const struct tool_ctx *c, const char *path, struct err *err);
/* The argument as a path to a folder or a regular file, links followed. Owned. */
char *tool_arg_folder(const struct tool_ctx *c, const cJSON *args, const char *key,
	const char *fallback, struct err *err);
char *tool_arg_file(const struct tool_ctx *c, const cJSON *args, const char *key,
	struct stat *ret, struct err *err);
/* The argument as the path of a file to be written, links followed: nothing is there, or a regular
 * file. Owned. */
char *tool_arg_target(const struct tool_ctx *c, const cJSON *args, const char *key, bool *ret_there,
	struct err *err);
/* Marks the result as untrusted when path is foreign: below Downloads, downloaded (origin
 * attribute), or owned by someone else. */
void tool_taint(const struct tool_ctx *c, struct tool_result *r, const char *path);
/* Reads a whole regular file of at most LIMIT_READ_FILE into b. */
bool tool_slurp(
	const struct tool_ctx *c, const char *path, struct buf *b, struct err *err) MUST_CHECK;
/* Opens a regular file that the view has shown as dev and ino straight from the disk, when that
 * is the very same file: a fifth of the time of draft_open_read, and on any thread. Else -1. */
int tool_open_same(const char *path, uint64_t dev, uint64_t ino);
/* What the first bytes are when they are not text ("PNG picture"), or NULL when they are. */
const char *tool_not_text(struct slice head);
/* Creates path (a free name near it: ret_path, owned) in the draft and opens it for writing,
 * for content too large to hold. -1 with err. */
int tool_create(const struct tool_ctx *c, const char *path, char **ret_path, struct err *err);
/* path itself or its first free numbered form in the view. Owned. */
char *tool_free_name(const struct tool_ctx *c, const char *path);

/* --- results (tool_result.c) --- */
/* The one line for the person; names in it come from tool_name. */
void tool_say(struct tool_result *r, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Starts the JSON of a result in r->text. */
void tool_json(const struct tool_ctx *c, struct tool_result *r, struct jw *w);
/* Room for one more row of at most n bytes before the object must be closed. */
bool tool_room(const struct jw *w, size_t n);
/* Ends it; becomes plain text unless the engine reads JSON. */
void tool_json_end(const struct tool_ctx *c, struct tool_result *r, struct jw *w);
/* Owned text of a path for JSON (path_text). */
void jw_path(struct jw *w, const char *key, const char *path);
/* "2024-05-01 10:20" in local time. */
void jw_time(struct jw *w, const char *key, int64_t ms);
char *tool_time(int64_t ms, char out[32]);
static inline int64_t
stat_mtime_ms(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000 + st->st_mtim.tv_nsec / 1000000;
}
static inline int64_t
tool_now(const struct tool_ctx *c)
{
	return clock_wall(c->clock ? c->clock : &clock_system);
}

#endif
