/*
 * What of an event is found by searching. The index (FTS5 without content) keeps words only; a
 * document is the text of one event, under its seq. Streamed pieces are one document:
 *   text, reasoning   all pieces of a message, under the piece with end=true
 *   output            all pieces of a call together with its result, under call_done
 * What a kill left open is indexed when the task ends. Not indexed: what only repeats other
 * events or is opaque (turn, model_request, commit lists, input drafts).
 * Limit: the first SEARCH_DOC_MAX bytes of a document are searched.
 */
#ifndef HOMARD_STORE_SEARCH_INDEX_H
#define HOMARD_STORE_SEARCH_INDEX_H

#include "agent/base/event.h"
#include "agent/base/json.h"
#include "agent/store/db.h"

#define SEARCH_DOC_MAX (512u << 10)

bool search_index_event(struct db *db, const struct event *ev, const cJSON *facts, struct err *err)
	MUST_CHECK;
/* The text of a document as it is indexed now; removed bodies are left out. */
bool search_doc_text(struct db *db, int64_t doc, struct buf *out, struct err *err) MUST_CHECK;
/* The document that holds event seq, 0 when it is not indexed (yet). */
bool search_doc_of(struct db *db, int64_t seq, int64_t *ret_doc, struct err *err) MUST_CHECK;
bool search_clear(struct db *db, struct err *err) MUST_CHECK;

/* table is "search" or "memory_search". Dropping needs the very text that was put. */
bool search_put(struct db *db, const char *table, int64_t id, struct slice text, struct err *err)
	MUST_CHECK;
bool search_drop(struct db *db, const char *table, int64_t id, struct slice text, struct err *err)
	MUST_CHECK;

#endif
