/* Control sequences of the terminal's side: one at a time, no state. Shared by input.c and tests. */
#ifndef HOMARD_TUI_INPUT_CSI_H
#define HOMARD_TUI_INPUT_CSI_H

#include "tui/input.h"

enum csi_result {
	CSI_NONE,   /* not a sequence: ESC and a character */
	CSI_MORE,   /* not all there */
	CSI_IGNORE, /* complete, means nothing to us */
	CSI_PASTE,  /* a paste begins */
	CSI_EVENT
};

/* p[0] is ESC. Texts in ev point into p. */
enum csi_result csi_parse(const char *p, size_t n, struct input_event *ev, size_t *ret_used);
/* Length of the sequence at ESC inside pasted text, 0 when there is none. */
size_t csi_skip(const char *p, size_t n);

#endif
