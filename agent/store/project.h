/*
 * Projections: tables folded from events inside the transaction that appends them. Each is one
 * file project_*.c whose last item is its entry; project.c lists them. A projection reads facts
 * and keeps numbers, names and references, never text of a body (bodies can be removed).
 * To add one: a file, a line in project.c, a table in a new schema step.
 */
#ifndef HOMARD_STORE_PROJECT_H
#define HOMARD_STORE_PROJECT_H

#include "agent/base/event.h"
#include "agent/base/json.h"
#include "agent/store/db.h"

#define PROJECT_KINDS 8 /* kinds one projection may fold */

struct projection {
	const char *name;
	const char *title; /* for a person, behind "the" */
	const char *const *tables; /* emptied before a rebuild; NULL-terminated */
	const char *const *indexes; /* contentless FTS tables, emptied too; or NULL */
	enum event_kind kinds[PROJECT_KINDS];
	size_t n_kinds;
	bool (*apply)(struct db *db, const struct event *ev, const cJSON *facts, struct err *err);
};
extern const struct projection *const projections[];
extern const size_t n_projections;

extern const struct projection project_tasks, project_commits, project_memory, project_usage,
	project_input, project_recipes, project_reminders;

bool project_event(struct db *db, const struct event *ev, const cJSON *facts, struct err *err)
	MUST_CHECK;
/* Empties every projection. */
bool project_clear(struct db *db, struct err *err) MUST_CHECK;

#endif
