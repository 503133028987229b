/* Why something could not be set up; travels from the inner process to the outer one. */
#ifndef HELPER_DRAFT_FAIL_H
#define HELPER_DRAFT_FAIL_H

#include "agent/base/base.h"
#include "agent/base/draft_proto.h"
#include <errno.h>

struct fail {
	enum draft_fail code;
	char why[400];
};

/* Both return false. The second appends strerror(errno). */
bool fail_set(struct fail *f, enum draft_fail code, const char *fmt, ...) PRINTF_LIKE(3, 4);
bool fail_sys(struct fail *f, enum draft_fail code, const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
