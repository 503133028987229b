/*
 * Watches what all processes of a draft hold together: memory and their number. A cap for each
 * process would not do: many small ones add up, and address space says nothing.
 */
#ifndef HELPER_DRAFT_WATCH_H
#define HELPER_DRAFT_WATCH_H

#include "agent/base/base.h"
#include "agent/base/draft_proto.h"
#include <sys/types.h>

struct watch {
	char pidns[64];   /* "pid:[N]" of the draft */
	int proc;         /* the draft's own /proc, or -1: looked for in the machine's */
	int shell;        /* its tmpfs, or -1 */
	const char *disk; /* where changes are written, or NULL */
	uint64_t mem, nproc;
	unsigned ticks;
	bool crowded; /* out: many processes, or many at once */
};

/* Looks once; *ret_ms is when to look again (-1: never). Cheap: some 20 us a process. */
enum draft_limit watch_look(struct watch *w, int *ret_ms);

#endif
