/*
 * The log file: two files of 1 MB, 0600, no content of the person's above level info, also the last lines in
 * memory for the log pane. Library code logs at debug only. Thread-safe.
 * Define LOG_MODULE before including.
 */
#ifndef HOMARD_LOG_H
#define HOMARD_LOG_H

#include "agent/base/base.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

#ifndef LOG_MODULE
#define LOG_MODULE "homard"
#endif

/* dir may be NULL: only memory. */
void log_open(const char *dir, enum log_level level);
void log_close(void);
void log_write(enum log_level level, const char *module, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Visits the newest lines in memory (at most 2,000), oldest first. */
void log_recent(void (*fn)(void *user, const char *line), void *user);
#define log_error(...) log_write(LOG_ERROR, LOG_MODULE, __VA_ARGS__)
#define log_warn(...) log_write(LOG_WARN, LOG_MODULE, __VA_ARGS__)
#define log_info(...) log_write(LOG_INFO, LOG_MODULE, __VA_ARGS__)
#define log_debug(...) log_write(LOG_DEBUG, LOG_MODULE, __VA_ARGS__)

#endif
