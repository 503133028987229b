/*
 * What an event says, as one sentence for a person: a table with one line a kind (a test insists
 * that none is missing). Foreign text in it is sanitised.
 */
#ifndef HOMARD_STORE_EVENT_WORDS_H
#define HOMARD_STORE_EVENT_WORDS_H

#include "agent/base/buf.h"
#include "agent/base/event.h"
#include "agent/base/json.h"

/* Appends the sentence, without its body and without a line feed. */
void event_words(struct buf *out, const struct event *ev, const cJSON *facts);
/* True for what says nothing new to a reader of the whole task (a call begins, tokens ...). */
bool event_is_quiet(const struct event *ev, const cJSON *facts);

#endif
