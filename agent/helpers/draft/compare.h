/* Is the copy in the upper what the real file is? */
#ifndef HELPER_DRAFT_COMPARE_H
#define HELPER_DRAFT_COMPARE_H

#include "agent/base/base.h"
#include <sys/types.h>

/* Byte by byte, holes skipped. Both are regular files of size bytes. Unreadable is different.
 */
bool compare_content(int a, int b, off_t size);
/* Extended attributes, without the overlay's own and without labels a command cannot set. */
bool compare_xattrs(int a, int b);

#endif
