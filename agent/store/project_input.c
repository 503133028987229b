/* Which event holds the newest draft of the input. */
#include "agent/base/i18n.h"
#include "agent/store/knowledge.h"
#include "agent/store/priv.h"
#include "agent/store/project.h"

static bool
apply(struct db *db, const struct event *ev, const cJSON *facts, struct err *err)
{
	(void)facts;
	return db_run(db, err, "INSERT OR REPLACE INTO input(one, seq) VALUES(1, ?1)", "i", ev->seq);
}

char *
input_draft(struct journal *j, struct err *err)
{
	autofree char *text = NULL;
	int64_t seq;
	size_t n;

	if (!db_number(journal_reader(j), "SELECT seq FROM input", 0, &seq, err) || !seq)
		return NULL;
	text = journal_body(j, seq, &n, err);
	return text && n ? steal_ptr(&text) : NULL;
}

static const char *const tables[] = { "input", NULL };

const struct projection project_input = {
	.name = "input",
	.title = N_("kept input"),
	.tables = tables,
	.kinds = { EV_INPUT },
	.n_kinds = 1,
	.apply = apply,
};
