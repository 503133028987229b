/*
 * Matching among 1,000 recipes: the shipped ones and made-up ones that share verbs and objects
 * with them, in both languages. The requests are those of agent/data/requests. Prints p50 and p95 of
 * one match, the time to read the shipped recipes, and to make the matcher.
 */
#include "agent/base/i18n.h"
#include "agent/skill/recipe_test.h"
#include "agent/skill/skill.h"
#include "tests/support/testing.h"
#include <time.h>

#define RECIPES 1000
#define REQUESTS_MAX 2000

static const char *const verbs[] = { "show", "list", "find", "count", "check", "sort", "tidy",
	"move", "print", "make", "build", "render", "import", "export", "measure", "compare",
	"draw", "watch", "publish", "convert", "archive", "sign", "verify", "fetch",
	"inspect" };
static const char *const nouns[] = { "invoice", "ledger", "receipt", "contract", "drawing",
	"map", "sensor", "meter", "garden", "recipe", "chapter", "figure", "sample", "probe",
	"ticket", "order", "parcel", "label", "badge", "guest", "lesson", "grade", "player",
	"score", "route", "track", "shift", "roster", "budget", "forecast", "model", "part",
	"valve", "pump", "boat", "mooring", "tide", "chart", "beacon", "depth" };
static const char *const zh_nouns[] = { "账单", "账簿", "收据", "契约", "草图", "地图",
	"传感器", "电表" };

static double
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static struct recipe *
made_up(size_t i)
{
	const char *v = verbs[i % ARRAY_LEN(verbs)],
		   *n = nouns[i / ARRAY_LEN(verbs) % ARRAY_LEN(nouns)];
	autofree char *text = xasprintf(
		"name: %s-%s-%zu\nsummary: s\nwords:\n  thing%zu: {en: [%s, %s record, %s "
		"sheet], zh: [%s%zu]}\n"
		"say:\n  en:\n    - %s [all] [my] thing%zu files in {folder}\n    - \"%s "
		"thing%zu {count} {folder!}\"\n"
		"    - \"note the thing%zu about {text}\"\n  zh:\n    - 查找{folder}里的%s%zu\n"
		"also: [\"@file\", \"@thing\", \"@show\", \"@what\", \"@dir\", biggest, top]\n"
		"slots:\n  folder: {type: folder}\n  count: {type: number, max: 100}\n  text: "
		"{type: text}\n"
		"steps: [{tool: list}]\nresult: [{en: r}]\n",
		v, n, i, i, n, n, n, zh_nouns[i % ARRAY_LEN(zh_nouns)], i, v, i, v, i, i,
		zh_nouns[i % ARRAY_LEN(zh_nouns)], i);
	struct err err = { 0 };
	struct recipe *r = recipe_parse(slice_of(text), "made-up", 0, &err);

	if (!r)
		bug("%s", err.text);
	return r;
}

static size_t
read_requests(char **v)
{
	static const char *const files[] = { "agent/data/requests/first.en.tsv",
		"agent/data/requests/first.zh.tsv" };
	size_t n = 0;

	for (size_t f = 0; f < ARRAY_LEN(files); f++) {
		autobuf struct buf b = BUF_INIT(4u << 20);
		struct slice rest, line;

		if (!path_read_file(files[f], &b, NULL))
			continue;
		rest = buf_slice(&b);
		while (rest.p && n < REQUESTS_MAX) {
			const char *tab;

			line = slice_line(&rest);
			tab = line.n ? memrchr(line.p, '\t', line.n) : NULL;
			if (tab && line.p[0] != '#')
				v[n++] = xstrndup(tab + 1, line.n - (size_t)(tab + 1 - line.p));
		}
	}
	return n;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

int
main(void)
{
	static char *requests[REQUESTS_MAX];
	static struct recipe *extra[RECIPES];
	static double us[REQUESTS_MAX];
	struct places p = { .home = (char *)"/home/ada", .data = (char *)"/nonexistent" };
	struct match_context c = { .cwd = "/home/ada", .now_ms = RECIPE_TEST_NOW };
	struct err err = { 0 };
	struct skills *s;
	size_t n, n_extra = 0;
	double t;

	i18n_init("", "en");
	p.share = (char *)test_share();
	t = now_us();
	s = skills_load(&p, 0);
	printf("BENCH skills_load value=%.2f limit=15 unit=ms recipes=%zu\n",
		(now_us() - t) / 1e3, matcher_count(s->matcher));
	t = now_us();
	while (matcher_count(s->matcher) < RECIPES && n_extra < RECIPES) {
		extra[n_extra] = made_up(n_extra);
		if (!matcher_add(s->matcher, extra[n_extra], &err))
			bug("%s", err.text);
		n_extra++;
	}
	printf("BENCH matcher_1000_recipes value=%.1f unit=ms\n", (now_us() - t) / 1e3);
	n = read_requests(requests);
	for (size_t i = 0; i < n; i++) {
		struct match m;

		t = now_us();
		match_request(s->matcher, slice_of(requests[i]), &c, &m);
		us[i] = now_us() - t;
		match_finish(&m);
	}
	if (n == 0)
		return 1;
	qsort(us, n, sizeof(*us), by_value);
	printf("BENCH instinct_match_p50 value=%.3f unit=ms\n", us[n / 2] / 1e3);
	printf("BENCH instinct_match_p95 value=%.3f limit=3 unit=ms requests=%zu recipes=%zu\n",
		us[n * 95 / 100] / 1e3, n, matcher_count(s->matcher));
	printf("BENCH instinct_match_max value=%.3f unit=ms\n", us[n - 1] / 1e3);
	skills_destroy(s);
	for (size_t i = 0; i < n_extra; i++)
		recipe_destroy(extra[i]);
	for (size_t i = 0; i < n; i++)
		free(requests[i]);
	return 0;
}
