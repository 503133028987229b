/*
 * What entries of an archive may become, decided from their names alone: pure, so that every
 * trick can be tested. Names stay below the folder; what would not is odd and told.
 */
#ifndef HOMARD_TOOLS_UNPACK_H
#define HOMARD_TOOLS_UNPACK_H

#include "agent/base/str.h"

enum unpack_odd {
	UNPACK_FINE,
	UNPACK_ABSOLUTE, /* begins at the root or with a drive */
	UNPACK_UP,       /* climbs out with .. */
	UNPACK_LINK_OUT, /* a link to somewhere outside of the folder */
	UNPACK_SPECIAL,  /* a device, pipe or socket */
	UNPACK_NAME,     /* empty, too long, or a part over 255 bytes */
	UNPACK_LOCKED,   /* encrypted */
	UNPACK_TAKEN     /* its name is taken by something of another kind */
};
/* Translated; for the person. */
const char *unpack_odd_words(enum unpack_odd odd);

/* The path below the folder ("a/b", never "" but for the top folder itself), owned; NULL with
 * *ret_odd. Backslashes part folders as well: archives made elsewhere mean them so. */
char *unpack_name(const char *name, enum unpack_odd *ret_odd);
/* Does a link at below (inside the folder) with this target stay inside? */
bool unpack_link_stays(const char *below, const char *target);
/* The folder's name for an archive: "photos.tar.gz" -> "photos". Owned. */
char *unpack_stem(const char *archive_name);

#endif
