/* Tokens and money: one row per usage event, summed when asked. */
#include "agent/base/i18n.h"
#include "agent/store/priv.h"
#include "agent/store/project.h"
#include "agent/store/usage.h"

/* -1 says that the provider did not count it. */
static int64_t
count_of(const cJSON *facts, const char *key)
{
	return MAX_OF(json_i64(facts, key, 0), 0);
}

static bool
apply(struct db *db, const struct event *ev, const cJSON *facts, struct err *err)
{
	const char *provider = json_str(facts, "provider", ""), *model = json_str(facts, "model", "");
	autofree char *name = xasprintf("%s%s%s", provider, *provider ? "/" : "", model);

	return db_run(db, err,
		"INSERT INTO usage(seq, task, time, model, skill, input, output, cache_read, "
		"cache_write, reasoning, cost) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
		"iiissiiiiid", ev->seq, ev->task, ev->time, name, json_str(facts, "skill", ""),
		count_of(facts, "input"), count_of(facts, "output"),
		count_of(facts, "cache_read"), count_of(facts, "cache_write"),
		count_of(facts, "reasoning"), json_num(facts, "cost", 0));
}

#define SUMS                                                                                       \
	"count(*), total(input), total(output), total(cache_read), total(cache_write), "           \
	"total(reasoning), total(cost) FROM usage "
#define SPAN "WHERE (?1=0 OR time>=?1) AND (?2=0 OR time<?2) "

static const char *const by_sql[] = {
	[USAGE_BY_DAY] = "SELECT strftime('%Y-%m-%d', time/1000, 'unixepoch', 'localtime') AS k, "
		SUMS SPAN "GROUP BY k ORDER BY k DESC",
	[USAGE_BY_MODEL] = "SELECT model AS k, " SUMS SPAN
		"GROUP BY k ORDER BY total(input)+total(output) DESC, k",
	[USAGE_BY_TASK] = "SELECT task AS k, " SUMS SPAN "GROUP BY k ORDER BY k DESC",
	[USAGE_BY_SKILL] = "SELECT skill AS k, " SUMS SPAN
		"GROUP BY k ORDER BY total(input)+total(output) DESC, k",
};

static void
read_row(struct stmt *s, struct usage_row *row)
{
	*row = (struct usage_row){ stmt_text(s, 0), stmt_i64(s, 1), stmt_i64(s, 2), stmt_i64(s, 3),
		stmt_i64(s, 4), stmt_i64(s, 5), stmt_i64(s, 6), stmt_double(s, 7) };
}

bool
usage_sums(struct journal *j, enum usage_by by, int64_t since, int64_t until, usage_fn *fn,
	void *user, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	struct usage_row row;
	int rc;

	if ((size_t)by >= ARRAY_LEN(by_sql))
		bug("usage_sums: unknown grouping %d", (int)by);
	if (!stmt_open(&s, journal_reader(j), by_sql[by], err))
		return false;
	stmt_bind(&s, "ii", since, until);
	while ((rc = stmt_step(&s, err)) > 0) {
		read_row(&s, &row);
		if (!fn(user, &row))
			return true;
	}
	return rc == 0;
}

bool
usage_total(struct journal *j, int64_t task, int64_t since, struct usage_row *ret, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;

	if (!stmt_open(&s, journal_reader(j),
		    task > 0 ? "SELECT '', " SUMS "WHERE task=?2 AND time>=?1"
			     : "SELECT '', " SUMS "WHERE time>=?1",
		    err))
		return false;
	if (task > 0)
		stmt_bind(&s, "ii", since, task);
	else
		stmt_bind(&s, "i", since);
	if (stmt_step(&s, err) < 0)
		return false;
	read_row(&s, ret);
	ret->key = ""; /* the row's text ends with the statement */
	return true;
}

static const char *const tables[] = { "usage", NULL };

const struct projection project_usage = {
	.name = "usage",
	.title = N_("sums of usage"),
	.tables = tables,
	.kinds = { EV_USAGE },
	.n_kinds = 1,
	.apply = apply,
};
