/*
 * Paths: the program's own places (DESIGN 12), known folders, joins, safe whole-file reads and
 * atomic writes. Paths are bytes; nothing here assumes UTF-8.
 */
#ifndef HOMARD_PATH_H
#define HOMARD_PATH_H

#include "agent/base/buf.h"
#include "agent/base/err.h"

/* Where everything lies; filled once at start, owned by main. */
struct places {
	char *home;   /* the person's home, from HOME, else passwd */
	char *config; /* folder of config.yaml and rules.yaml */
	char *state;  /* folder of journal.db, stage/, log */
	char *data;   /* folder of skills/ */
	char *share;  /* shipped skills/, themes/, locale: found relative to the program */
	char *libexec; /* helper executables */
};
/* Reads HOMARD_HOME, XDG_*, HOME; makes the folders 0700 when missing. */
bool places_init(struct places *p, struct err *err) MUST_CHECK;
void places_finish(struct places *p);
/* Owned path of a helper ("homard-draft"), or NULL with a sentence. */
char *places_helper(const struct places *p, const char *name, struct err *err);

/* Owned. Joins with exactly one slash; an absolute b wins. */
char *path_join(const char *a, const char *b);
/* Lexical: no "." or "..", no double slash, no trailing slash; "" stays "/". Owned. */
char *path_normal(const char *p);
/* Relative to cwd, ~ and ~/x to home; then path_normal. Owned. */
char *path_resolve(const char *p, const char *cwd, const char *home);
/* "~/x" for paths below home. Owned. */
char *path_tilde(const char *p, const char *home);
const char *path_base(const char *p); /* borrowed, behind the last slash */
char *path_dir(const char *p);	      /* owned */
/* True for dir itself and everything below it. */
bool path_below(const char *p, const char *dir);
/* The n-th free form of a taken name: "a (2).txt", "a.tar.gz" -> "a (2).tar.gz". Owned. */
char *path_numbered(const char *p, int n);
/* XDG user folder (DOWNLOAD, DESKTOP, DOCUMENTS, PICTURES, MUSIC, VIDEOS) from user-dirs.dirs
 * below home's config, else ~/Downloads, ~/Desktop ... Owned. */
char *path_known_folder(const char *xdg_name, const char *home);

/* mkdir -p; made folders get mode. */
bool path_make_dirs(const char *p, unsigned mode, struct err *err) MUST_CHECK;
/* Whole regular file, at most b->max bytes (else ERR_LIMIT). */
bool path_read_file(const char *p, struct buf *b, struct err *err) MUST_CHECK;
/* Writes name.tmp, fsyncs, renames, fsyncs the folder. */
bool path_write_file(const char *p, struct slice data, unsigned mode, struct err *err) MUST_CHECK;
/* The same for a name that must be free: ERR_CONFLICT when it is taken, and what lies there stays. */
bool path_write_new(const char *p, struct slice data, unsigned mode, struct err *err) MUST_CHECK;
/* Gives a finished file its name, which must be free (else ERR_CONFLICT, and tmp stays). */
bool path_place_new(const char *tmp, const char *to, struct err *err) MUST_CHECK;

#endif
