/* How often each recipe matched and how it went. */
#include "agent/base/i18n.h"
#include "agent/store/knowledge.h"
#include "agent/store/priv.h"
#include "agent/store/project.h"

static bool
apply(struct db *db, const struct event *ev, const cJSON *facts, struct err *err)
{
	return db_run(db, err,
		"INSERT INTO recipe_stat(skill, recipe, outcome, n, last) "
		"VALUES(?1, ?2, ?3, 1, ?4) ON CONFLICT DO UPDATE SET n=n+1, last=?4",
		"sssi", json_str(facts, "skill", ""), json_str(facts, "recipe", ""),
		json_str(facts, "outcome", ""), ev->time);
}

bool
recipe_stats(struct journal *j, const char *recipe, recipe_stat_fn *fn, void *user, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	struct recipe_stat row;
	int rc;

	if (!stmt_open(&s, journal_reader(j),
		    "SELECT skill, recipe, outcome, n, last FROM recipe_stat "
		    "WHERE ?1 IS NULL OR recipe=?1 ORDER BY skill, recipe, outcome",
		    err))
		return false;
	stmt_bind(&s, "s", recipe);
	while ((rc = stmt_step(&s, err)) > 0) {
		row = (struct recipe_stat){ stmt_text(&s, 0), stmt_text(&s, 1), stmt_text(&s, 2),
			stmt_i64(&s, 3), stmt_i64(&s, 4) };
		if (!fn(user, &row))
			return true;
	}
	return rc == 0;
}

static const char *const tables[] = { "recipe_stat", NULL };

const struct projection project_recipes = {
	.name = "recipes",
	.title = N_("counts of recipes"),
	.tables = tables,
	.kinds = { EV_RECIPE },
	.n_kinds = 1,
	.apply = apply,
};
