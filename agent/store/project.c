/* The list of projections, and the way of an event through it. */
#include "agent/store/project.h"

const struct projection *const projections[] = {
	&project_tasks, /* looks at what project_commits has not folded yet */
	&project_commits,
	&project_memory,
	&project_usage,
	&project_input,
	&project_recipes,
	&project_reminders,
};
const size_t n_projections = ARRAY_LEN(projections);

static bool
folds(const struct projection *p, enum event_kind kind)
{
	size_t i;

	for (i = 0; i < p->n_kinds; i++) {
		if (p->kinds[i] == kind)
			return true;
	}
	return false;
}

bool
project_event(struct db *db, const struct event *ev, const cJSON *facts, struct err *err)
{
	size_t i;

	for (i = 0; i < n_projections; i++) {
		if (folds(projections[i], ev->kind)
			&& !projections[i]->apply(db, ev, facts, err))
			return false;
	}
	return true;
}

static bool
clear_one(struct db *db, const struct projection *p, struct err *err)
{
	const char *const *t;

	for (t = p->tables; *t; t++) {
		autofree char *sql = xasprintf("DELETE FROM %s", *t);

		if (!db_exec(db, sql, err))
			return false;
	}
	for (t = p->indexes; t && *t; t++) {
		autofree char *sql = xasprintf("INSERT INTO %s(%s) VALUES('delete-all')", *t, *t);

		if (!db_exec(db, sql, err))
			return false;
	}
	return true;
}

bool
project_clear(struct db *db, struct err *err)
{
	size_t i;

	for (i = 0; i < n_projections; i++) {
		if (!clear_one(db, projections[i], err))
			return false;
	}
	return true;
}
