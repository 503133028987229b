/* From an event to its task without its row: a search finds numbers of events, rows are large. */
#include "agent/store/schema_steps.h"

bool
schema_to_v2(struct db *db, struct err *err)
{
	return db_exec(db, "CREATE INDEX event_seq ON event(seq, task)", err);
}
