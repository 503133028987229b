/*
 * Places a task never sees into: where common programs keep secrets (secrets.h), and what the
 * person's list (draft.hide) adds; "!~/.npmrc" there shows one again. Commands find nothing there,
 * file tools are refused with a sentence. Fixed when the draft is opened; any thread.
 */
#ifndef HOMARD_DRAFT_HIDDEN_H
#define HOMARD_DRAFT_HIDDEN_H

#include "agent/draft/draft_private.h"

/* list: NULL-terminated, paths absolute or with ~, or NULL. Called once d->home is set. */
void draft_hidden_init(struct draft *d, const char *const *list);
/* canon: absolute, links resolved. The place itself and everything below it. */
bool draft_is_hidden(const struct draft *d, const char *canon);
/* Does something hidden lie below? */
bool draft_hides_below(const struct draft *d, const char *canon);
/* False with a sentence where file tools may not go: hidden, or Homard's own. */
bool draft_may_see(const struct draft *d, const char *canon, struct err *err) MUST_CHECK;

#endif
