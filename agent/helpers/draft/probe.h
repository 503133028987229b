/* What this machine allows, found by trying it in throw-away processes. */
#ifndef HELPER_DRAFT_PROBE_H
#define HELPER_DRAFT_PROBE_H

#include "agent/helpers/draft/rec.h"
#include "agent/helpers/draft/spec.h"

/* With a root in the spec the overlay is tried over it, else not at all. The reasons for what
 * is missing are the path of the record, one a line. */
int probe_machine(const struct spec *s, struct rec *out);

#endif
