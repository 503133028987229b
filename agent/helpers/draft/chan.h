/* Messages between the supervisor and pid 1 of the draft, over a SEQPACKET pair. */
#ifndef HELPER_DRAFT_CHAN_H
#define HELPER_DRAFT_CHAN_H

#include "agent/helpers/draft/fail.h"

enum chan_what {
	CHAN_FAIL = 1, /* fail; nothing will run */
	CHAN_START,    /* the command starts now; fds: listener or -1, proc or -1, shell; a: proxy
			* port; fail.why: the pid namespace */
	CHAN_EXIT      /* a: its wait status */
};

#define CHAN_FDS 3

struct chan_msg {
	enum chan_what what;
	int a;
	bool has[CHAN_FDS]; /* which descriptors travel with it */
	struct fail fail;
};

/* fds may be NULL; -1 entries are not sent. */
bool chan_send(int fd, struct chan_msg *m, const int fds[CHAN_FDS]);
/* False at the end of the other side. fds are set to -1 where none came. */
bool chan_recv(int fd, struct chan_msg *m, int fds[CHAN_FDS]);

#endif
