/*
 * The journal with 1,000,000 events: opening, listing with each filter, searching. The reference
 * is plain SQLite on the same file with the same expression. HOMARD_BENCH_EVENTS changes the
 * size, HOMARD_BENCH_VERBOSE shows every query.
 */
#include <sqlite3.h>
#include <time.h>
#include "agent/base/buf.h"
#include "agent/base/str.h"
#include "agent/store/journal.h"
#include "agent/store/search_query.h"
#include "tests/support/journal_gen.h"

#define ROUNDS 40

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

struct samples {
	double *v;
	size_t n, cap;
};

static void
add(struct samples *s, double ms)
{
	GROW(s->v, s->n, s->cap);
	s->v[s->n++] = ms;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The value below which the given part of all samples lies. */
static double
part(struct samples *s, double p)
{
	qsort(s->v, s->n, sizeof(*s->v), compare);
	return s->v[MIN_OF(s->n - 1, (size_t)((double)s->n * p))];
}

static void
samples_finish(struct samples *s)
{
	free(s->v);
}
#define autosamples autoclean(samples_finish)

static bool
verbose(void)
{
	return getenv("HOMARD_BENCH_VERBOSE") != NULL;
}

static void
must(bool ok, const struct err *err)
{
	if (ok)
		return;
	fprintf(stderr, "bench_store: %s\n", err->text);
	exit(1);
}

/* --- opening --- */

static bool
count_task(void *user, const struct task_row *row)
{
	(void)row;
	++*(size_t *)user;
	return true;
}

static bool
count_event(void *user, const struct event *ev)
{
	*(size_t *)user += ev->body.n;
	return true;
}

/* What a start needs before its first screen: the file, the newest events, the newest tasks. */
static double
open_once(const char *path)
{
	struct journal_opts o = { .path = path };
	struct journal_range r = { .task = -1, .newest_first = true, .limit = 50 };
	struct task_filter f = { .limit = 20 };
	struct err err = { 0 };
	struct journal *j;
	double t = now_ms();
	size_t n = 0;

	must(journal_open(&o, &j, &err), &err);
	must(journal_each(j, &r, count_event, &n, &err), &err);
	must(journal_tasks(j, &f, count_task, &n, &err), &err);
	t = now_ms() - t;
	journal_close(j);
	return t;
}

static double
open_plain(const char *path)
{
	double t = now_ms();
	sqlite3_stmt *st;
	sqlite3 *h;

	sqlite3_open(path, &h);
	sqlite3_prepare_v2(h, "SELECT * FROM event ORDER BY seq DESC LIMIT 50", -1, &st, NULL);
	while (sqlite3_step(st) == SQLITE_ROW)
		;
	sqlite3_finalize(st);
	t = now_ms() - t;
	sqlite3_close(h);
	return t;
}

static void
bench_open(const char *path)
{
	autosamples struct samples ours = { 0 }, plain = { 0 };
	int i;

	for (i = 0; i < ROUNDS; i++) {
		add(&ours, open_once(path));
		add(&plain, open_plain(path));
	}
	printf("BENCH store_open value=%.2f limit=5 unit=ms ref=%.2f\n", part(&ours, 0.5),
		part(&plain, 0.5));
}

/* --- the task list --- */

static void
bench_list(struct journal *j, const char *name, const struct task_filter *f, size_t n)
{
	autosamples struct samples s = { 0 };
	struct err err = { 0 };
	size_t found = 0, i;
	int round;

	for (round = 0; round < ROUNDS; round++) {
		for (i = 0; i < n; i++) {
			double t = now_ms();

			must(journal_tasks(j, &f[i], count_task, &found, &err), &err);
			add(&s, now_ms() - t);
		}
	}
	printf("BENCH store_tasks_%s value=%.2f limit=30 unit=ms\n", name, part(&s, 0.95));
	if (verbose())
		printf("  %zu rows a query\n", found / (ROUNDS * n));
}

static void
bench_lists(struct journal *j)
{
	int64_t day = 86400000, from = INT64_C(1704067200000);
	struct task_filter none[] = { { 0 }, { .offset = 5000 } };
	struct task_filter words[] = { { .words = "lobster" }, { .words = "下载" }, { .words = "the" },
		{ .words = "thesis contract" }, { .words = "的" }, { .words = "lobster -thesis" } };
	struct task_filter state[] = { { .state = "failed" }, { .state = "waiting" }, { .state = "done" } };
	struct task_filter engine[] = { { .engine = "instinct" }, { .engine = "model" } };
	struct task_filter model[] = { { .engine = "qwen3" }, { .engine = "openai/gpt-5" },
		{ .engine = "no-such" } };
	struct task_filter place[] = { { .place = "/home/ana/thesis" }, { .place = "/home" },
		{ .place = "/nowhere" } };
	struct task_filter since[] = { { .since = from + 30 * day }, { .since = from + 9000 * day } };
	struct task_filter until[] = { { .until = from + 2 * day }, { .until = from } };
	struct task_filter cost[] = { { .min_cost = 0.02 }, { .min_cost = 5 } };
	struct task_filter all[] = { { .words = "train", .state = "failed", .engine = "model",
					     .place = "/home/ana", .min_cost = 0.001 },
		{ .words = "桌面", .state = "done", .since = from + 10 * day } };

#define LIST(name) bench_list(j, #name, name, ARRAY_LEN(name))
	LIST(none);
	LIST(words);
	LIST(state);
	LIST(engine);
	LIST(model);
	LIST(place);
	LIST(since);
	LIST(until);
	LIST(cost);
	LIST(all);
}

/* --- searching --- */

static const char *const queries[] = { "lobster", "the", "train ticket", "\"summer holiday\"",
	"report -photo", "harbour-65656.pdf", "下载", "整理文件夹", "龙虾 天气", "的", "最大的十个", "bicy*",
	"thesis museum concert", "nosuchwordatall", "moving downloads", "虾", "error warning test result",
	"invoice 2024", "/home/ana/Pictures", "annual insurance payment receipt" };

static bool
count_hit(void *user, const struct search_hit *hit)
{
	(void)hit;
	++*(size_t *)user;
	return true;
}

static double
search_plain(sqlite3 *h, const char *query)
{
	autobuf struct buf match = BUF_INIT(SEARCH_QUERY_MAX * 2);
	struct err err = { 0 };
	sqlite3_stmt *st;
	double t;

	must(search_query(&match, query, SEARCH_ALL, &err), &err);
	t = now_ms();
	sqlite3_prepare_v2(h, "SELECT rowid FROM search WHERE search MATCH ?1 ORDER BY rowid DESC "
			      "LIMIT 50", -1, &st, NULL);
	sqlite3_bind_text(st, 1, buf_str(&match), -1, SQLITE_STATIC);
	while (sqlite3_step(st) == SQLITE_ROW)
		;
	sqlite3_finalize(st);
	return now_ms() - t;
}

static void
bench_search(struct journal *j, const char *path)
{
	autosamples struct samples ours = { 0 }, plain = { 0 };
	struct err err = { 0 };
	size_t i, found;
	sqlite3 *h;
	int round;

	sqlite3_open(path, &h);
	for (i = 0; i < ARRAY_LEN(queries); i++) {
		autosamples struct samples one = { 0 };

		for (round = 0; round < ROUNDS; round++) {
			double t = now_ms();

			found = 0;
			must(journal_search(j, queries[i], 50, count_hit, &found, &err), &err);
			t = now_ms() - t;
			add(&ours, t);
			add(&one, t);
			add(&plain, search_plain(h, queries[i]));
		}
		if (verbose())
			printf("  %6.2f ms %3zu hits  %s\n", part(&one, 0.95), found, queries[i]);
	}
	printf("BENCH store_search value=%.2f limit=20 unit=ms ref=%.2f\n", part(&ours, 0.95),
		part(&plain, 0.95));
	sqlite3_close(h);
}

int
main(void)
{
	const char *count = getenv("HOMARD_BENCH_EVENTS");
	int64_t n = count ? strtoll(count, NULL, 10) : 1000000;
	autofree char *path = journal_gen_kept(n);
	struct journal_opts o = { .path = path, .read_only = true };
	struct err err = { 0 };
	struct journal *j;

	bench_open(path);
	must(journal_open(&o, &j, &err), &err);
	bench_lists(j);
	bench_search(j, path);
	journal_close(j);
	return 0;
}
