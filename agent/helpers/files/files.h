/*
 * homard-files: parses what comes from strangers (photos, archives, any file's kind), so that a
 * crafted file can only crash this child. It starts nothing, opens no socket, writes only to
 * the descriptors it was given, and has limits on memory and time.
 *
 *   exif            names on 4 -> {"n":0,"taken":"2024:05:01 10:20:30"}
 *   kind            names on 4 -> {"n":0,"mime":"image/png","text":"PNG image data, ..."}
 *   list            archive on 3 -> one {"path","type","size","link"?} per entry,
 * {"end":true,...} unpack          archive on 3 -> per entry
 * {"path","type","size","mode","mtime","link"?}, for files then {"data":N} and N raw bytes as
 * often as needed, {"done":true} pack gz|zst     pairs (name in the archive, path) on 4 ->
 * archive on 3, sums as below verify          archive on 3 ->
 * {"files","bytes","entries","sha256"} Lists on 4 are strings ended by NUL. "n" counts from 0.
 * The last line of every verb has "end":true, or "error":"..." (English, for the log). The sum
 * is over name, type, size and content of every entry in order, so that an archive can be
 * compared with what went into it.
 */
#ifndef HOMARD_HELPER_FILES_H
#define HOMARD_HELPER_FILES_H

#include "agent/base/hash.h"
#include "agent/base/json.h"

#define FILES_LINE_MAX (64u << 10)
#define FILES_PIECE (64u << 10)

/* Limits, and the system call filter; names: may open files for reading. */
bool jail_enter(bool names);

/* Reads the next string of a list on descriptor 4; NULL at the end. Valid until the next. */
const char *names_next(void);

/* Prints one JSON line from a writer's buffer and empties it. */
void line_out(struct buf *line);
int fail_out(const char *why); /* returns 1 */

struct tally {
	struct hasher *hash;
	uint64_t entries, files, bytes;
};
void tally_init(struct tally *t);
void tally_entry(struct tally *t, const char *name, char type, uint64_t size);
void tally_data(struct tally *t, const void *p, size_t n);
/* Adds the members and ends the line. */
void tally_out(struct tally *t, struct jw *w, struct buf *line);

int verb_exif(void);
int verb_kind(void);
int verb_list(void);
int verb_unpack(void);
int verb_pack(const char *format);
int verb_verify(void);

#endif
