/* Reminders that are not done. The id is a fact (text or number), else the event's seq. */
#include "agent/base/i18n.h"
#include "agent/store/knowledge.h"
#include "agent/store/priv.h"
#include "agent/store/project.h"

static char *
id_of(const struct event *ev, const cJSON *facts)
{
	const char *text = json_str(facts, "id", NULL);

	return text ? xstrdup(text)
		    : xasprintf("%lld", (long long)json_i64(facts, "id", ev->seq));
}

static bool
apply(struct db *db, const struct event *ev, const cJSON *facts, struct err *err)
{
	autofree char *id = id_of(ev, facts);

	if (str_eq(json_str(facts, "op", ""), "done"))
		return db_run(db, err, "UPDATE reminder SET done=?2 WHERE id=?1", "si", id,
			ev->time);
	return db_run(db, err,
		"INSERT OR REPLACE INTO reminder(id, seq, task, due, done) "
		"VALUES(?1, ?2, ?3, ?4, 0)",
		"siii", id, ev->seq, ev->task, json_i64(facts, "due", 0));
}

bool
reminders_open(struct journal *j, int64_t until, reminder_fn *fn, void *user, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	struct reminder_row row;
	int rc;

	if (!stmt_open(&s, journal_reader(j),
		    "SELECT m.id, m.seq, m.task, m.due, CASE WHEN r.seq IS NULL THEN b.data END "
		    "FROM reminder m JOIN event e ON e.seq=m.seq LEFT JOIN body b ON b.hash=e.body "
		    "LEFT JOIN removed r ON r.seq=m.seq "
		    "WHERE m.done=0 AND (?1=0 OR m.due<=?1) ORDER BY m.due, m.seq",
		    err))
		return false;
	stmt_bind(&s, "i", until);
	while ((rc = stmt_step(&s, err)) > 0) {
		row = (struct reminder_row){ stmt_text(&s, 0), stmt_i64(&s, 1), stmt_i64(&s, 2),
			stmt_i64(&s, 3), stmt_text(&s, 4) };
		if (!fn(user, &row))
			return true;
	}
	return rc == 0;
}

static const char *const tables[] = { "reminder", NULL };

const struct projection project_reminders = {
	.name = "reminders",
	.title = N_("reminders"),
	.tables = tables,
	.kinds = { EV_REMINDER },
	.n_kinds = 1,
	.apply = apply,
};
