#include "agent/core/growth.h"
#include "agent/base/i18n.h"
#include "agent/base/jdoc.h"
#include "agent/store/memory.h"
#include "agent/store/undo_index.h"

#define LOOKED_AT 500 /* of 1 M events these are read within some milliseconds */
#define RECENT_MS (180ll * 86400 * 1000)

/* One row a stage: all of it must be there. */
static const struct {
	int64_t recipes, runs, memories;
	const char *word;
} stages[GROWTH_STAGES] = {
	{ 0, 0, 0, N_("hatchling") },
	{ 1, 3, 0, N_("youngster") },
	{ 3, 15, 3, N_("half-grown") },
	{ 6, 60, 10, N_("grown") },
	{ 10, 200, 25, N_("old hand") },
};

struct run {
	int64_t task;
	char *recipe;
	bool ended, undone;
};

struct runs {
	struct run *v;
	size_t n, cap;
	int64_t since, memories;
	size_t commits;
};

static bool
add_run(void *user, const struct event *ev)
{
	struct runs *r = user;
	autojdoc struct jdoc d = { 0 };
	const struct jn *facts = jdoc_parse(&d, ev->facts);
	char *name = ev->time >= r->since ? jn_dup(jn_get(facts, "recipe"), 200) : NULL;

	if (!name)
		return true;
	GROW(r->v, r->n, r->cap);
	r->v[r->n++] = (struct run){ .task = ev->task, .recipe = name };
	return true;
}

static int
by_task(const void *a, const void *b)
{
	int64_t x = ((const struct run *)a)->task, y = ((const struct run *)b)->task;

	return (x > y) - (x < y);
}

/* The runs are sorted by task: a task may have several. */
static void
mark(struct runs *r, int64_t task, bool undone)
{
	size_t lo = 0, hi = r->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (r->v[mid].task < task)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (size_t i = lo; i < r->n && r->v[i].task == task; i++) {
		r->v[i].ended = r->v[i].ended || !undone;
		r->v[i].undone = r->v[i].undone || undone;
	}
}

static bool
add_done(void *user, const struct task_row *row)
{
	if (row->tokens == 0)
		mark(user, row->task, false);
	return true;
}

static bool
add_undone(void *user, const struct commit_row *row)
{
	struct runs *r = user;

	if (str_eq(row->state, "undone"))
		mark(r, row->task, true);
	return row->time >= r->since && ++r->commits < LOOKED_AT;
}

static int
by_recipe(const void *a, const void *b)
{
	return strcmp(((const struct run *)a)->recipe, ((const struct run *)b)->recipe);
}

static void
count(struct runs *r, struct growth *g)
{
	int64_t same = 0;

	if (r->n)
		if (r->n)
		qsort(r->v, r->n, sizeof(*r->v), by_recipe);
	for (size_t i = 0; i < r->n; i++) {
		bool good = r->v[i].ended && !r->v[i].undone;

		same = i && str_eq(r->v[i].recipe, r->v[i - 1].recipe) ? same + good : good;
		g->runs += good;
		g->recipes += good && same == GROWTH_VERIFIED;
	}
	g->memories = r->memories;
}

bool
growth_read(struct journal *j, int64_t now_ms, struct growth *ret, struct err *err)
{
	static const enum event_kind kinds[] = { EV_RECIPE };
	struct journal_range range = { .task = -1, .kinds = kinds, .n_kinds = 1, .newest_first = true,
		.no_bodies = true, .limit = LOOKED_AT };
	struct task_filter done = { .state = "done", .engine = "instinct", .limit = LOOKED_AT };
	struct runs r = { .since = now_ms - RECENT_MS };
	bool ok = journal_each(j, &range, add_run, &r, err);

	if (r.n)
		qsort(r.v, r.n, sizeof(*r.v), by_task);
	if (r.n)
		ok = ok && journal_tasks(j, &done, add_done, &r, err) && commit_each(j, -1, add_undone, &r, err);
	ok = ok && memory_count(j, &r.memories, err);

	memset(ret, 0, sizeof(*ret));
	if (ok)
		count(&r, ret);
	while (ok && ret->stage + 1 < GROWTH_STAGES && ret->recipes >= stages[ret->stage + 1].recipes &&
		ret->runs >= stages[ret->stage + 1].runs && ret->memories >= stages[ret->stage + 1].memories)
		ret->stage++;
	if (ok && ret->stage + 1 < GROWTH_STAGES) {
		ret->want_recipes = stages[ret->stage + 1].recipes;
		ret->want_runs = stages[ret->stage + 1].runs;
		ret->want_memories = stages[ret->stage + 1].memories;
	}
	for (size_t i = 0; i < r.n; i++)
		free(r.v[i].recipe);
	free(r.v);
	return ok;
}

const char *
growth_word(int stage)
{
	return _(stages[MIN_OF(MAX_OF(stage, 0), GROWTH_STAGES - 1)].word);
}
