/*
 * The screen from outside, through a pty: start, key echo, bytes of an idle screen, resize; and
 * from inside: a flood of Markdown through the fold, the blocks and the canvas, one token's bytes,
 * a full redraw.
 */
#include <locale.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include "agent/base/path.h"
#include "agent/store/journal.h"
#include "tests/support/pty.h"
#include "tui/screen_priv.h"

#define KEYS 300
#define STARTS 20
#define FLOOD (2u << 20)

static double
now(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double
quantile(double *v, int n, double q)
{
	qsort(v, (size_t)n, sizeof(*v), by_value);
	return v[MIN_OF((int)(q * n), n - 1)];
}

/* --- outside --- */

static struct pty *
start(const char *program, const char *home, const char *own)
{
	const char *const argv[] = { program, NULL };
	autofree char *h = xasprintf("HOME=%s", home), *o = xasprintf("HOMARD_HOME=%s", own);
	const char *const env[] = { h, o, "COLORTERM=truecolor", NULL };
	struct pty_opts opts = { .rows = 40, .cols = 120, .env = env };

	return pty_run(argv, &opts);
}

static void
bench_start(const char *program, const char *home, const char *own)
{
	double ms[STARTS];

	for (int i = 0; i < STARTS; i++) {
		double began = now(CLOCK_MONOTONIC);
		struct pty *p = start(program, home, own);

		pty_wait_text(p, "homard", 5000);
		pty_wait_text(p, "Ctrl+P", 5000);
		ms[i] = now(CLOCK_MONOTONIC) - began;
		pty_finish(p);
	}
	printf("BENCH screen_start value=%.1f limit=15 unit=ms\n", quantile(ms, STARTS, 0.5));
}

static void
bench_keys(const char *program, const char *home, const char *own)
{
	struct pty *p = start(program, home, own);
	double ms[KEYS];
	struct stat st;

	(void)st;
	pty_wait_text(p, "Ctrl+P", 5000);
	pty_settle(p, 200);
	for (int i = 0; i < KEYS; i++) {
		double began = now(CLOCK_MONOTONIC);

		pty_send(p, i % 40 == 39 ? "\025" : "x");
		while (pty_pump(p, 1000) == 0)
			;
		ms[i] = now(CLOCK_MONOTONIC) - began;
		pty_settle(p, 3);
	}
	printf("BENCH screen_key_p50 value=%.2f limit=0.5 unit=ms\n", quantile(ms, KEYS, 0.5));
	printf("BENCH screen_key_p99 value=%.2f limit=5 unit=ms\n", quantile(ms, KEYS, 0.99));
	pty_settle(p, 300);
	pty_forget(p);
	pty_pump(p, 1000);
	printf("BENCH screen_idle_bytes value=%zu limit=0 unit=bytes\n", pty_raw(p).n);
	pty_finish(p);
}

static long
memory_kb(pid_t pid, const char *what)
{
	autofree char *path = xasprintf("/proc/%d/smaps_rollup", (int)pid);
	autofile FILE *f = fopen(path, "r");
	char line[256];
	long kb = 0;

	while (f && fgets(line, sizeof(line), f)) {
		if (str_starts(line, what))
			kb = strtol(line + strlen(what), NULL, 10);
	}
	return kb;
}

static void
bench_memory(const char *program, const char *home, const char *own)
{
	struct pty *p = start(program, home, own);

	pty_wait_text(p, "Ctrl+P", 5000);
	pty_settle(p, 300);
	printf("BENCH screen_rss value=%.1f limit=20 unit=MB\n", (double)memory_kb(pty_pid(p), "Rss:") / 1024);
	printf("BENCH screen_pss value=%.1f limit=14 unit=MB\n", (double)memory_kb(pty_pid(p), "Pss:") / 1024);
	pty_finish(p);
}

/* --- inside --- */

struct rig {
	struct screen s;
	struct cli cli;
	struct places places;
	int64_t seq;
};

static char nowhere[] = "/nonexistent";

static void
rig_begin(struct rig *r, int rows, int cols)
{
	struct err err = { 0 };

	memset(r, 0, sizeof(*r));
	r->places = (struct places){ .home = nowhere, .config = nowhere, .share = nowhere };
	r->cli = (struct cli){ .places = &r->places, .clock = &clock_system };
	if (!config_load("/nonexistent/x.yaml", &r->cli.config, &err))
		exit(1);
	screen_init(&r->s, &r->cli);
	keymap_init(&r->s.keymap);
	r->s.canvas = canvas_create(rows, cols);
	r->s.folds[r->s.n_folds++] = fold_create(1);
	r->s.live = r->s.folds[0];
}

static void
feed(struct rig *r, enum event_kind kind, const char *facts, struct slice body)
{
	struct event ev = { .seq = ++r->seq, .task = 1, .time = 1000, .kind = kind,
		.kind_name = event_kinds[kind].name, .facts = slice_of(facts), .body = body,
		.has_body = body.p != NULL };

	fold_apply(r->s.live, &ev);
}

static const char page[] =
	"## A heading with *words*\n\nSome **bold** text, `code` and [a link](https://example.org/x) in a "
	"paragraph that is long enough to be wrapped at any usual width of a terminal window. 还有中文字符。\n\n"
	"1. one\n2. two\n   - nested\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n```python\ndef f(x):\n    return x + 1  # add\n```\n\n";

/* 2 MB in 20-byte deltas; the core hands them on every 50 ms, the screen draws 60 times a second.
 * At 40 MB/s of stream that is 3 frames; at a real model's speed far more, so count 600. */
static void
bench_flood(void)
{
	struct rig r;
	struct buf text = BUF_INIT(4u << 20);
	double began, cpu;
	size_t at = 0;

	rig_begin(&r, 40, 120);
	while (text.len < FLOOD)
		buf_add(&text, page, sizeof(page) - 1);
	feed(&r, EV_REQUEST, "{}", SLICE_LIT("go"));
	feed(&r, EV_STATE, "{\"state\":\"thinking\"}", (struct slice){ NULL, 0 });
	began = now(CLOCK_PROCESS_CPUTIME_ID);
	for (int frame = 0; frame < 600; frame++) {
		size_t end = text.len * (size_t)(frame + 1) / 600;

		feed(&r, EV_TEXT, "{\"turn\":1}", (struct slice){ text.p + at, end - at });
		at = end;
		blocks_sync(r.s.blocks);
		screen_compose(&r.s);
	}
	cpu = now(CLOCK_PROCESS_CPUTIME_ID) - began;
	printf("BENCH screen_flood_600_frames value=%.0f limit=500 unit=ms\n", cpu);
	began = now(CLOCK_PROCESS_CPUTIME_ID);
	for (int i = 0; i < 200; i++)
		screen_compose(&r.s);
	printf("BENCH screen_compose value=%.3f limit=1 unit=ms\n",
		(now(CLOCK_PROCESS_CPUTIME_ID) - began) / 200);
	buf_finish(&text);
	screen_finish(&r.s);
	config_destroy(r.cli.config);
}

/* A child that draws tokens one by one on its terminal when told to. */
static void
token_paint(void *user, style st, struct paint *ret)
{
	(void)user;
	*ret = (struct paint){ .fg = style_fg(st) ? (int)style_fg(st) * 0x040301 : -1, .bg = -1 };
}

static int
draw_tokens(void *arg)
{
	struct term_opts o = { .traits = { .depth = DEPTH_TRUE, .osc = true, .italic = true } };
	struct rig r;
	struct err err = { 0 };
	uint64_t before;
	double began;
	char line[128];

	(void)arg;
	rig_begin(&r, 40, 120);
	feed(&r, EV_REQUEST, "{}", SLICE_LIT("go"));
	feed(&r, EV_STATE, "{\"state\":\"thinking\"}", (struct slice){ NULL, 0 });
	if (!term_open(&o, &r.s.term, &err))
		return 1;
	for (int i = 0; i < 20; i++)
		feed(&r, EV_TEXT, "{\"turn\":1}", SLICE_LIT("A line of text that stands above.\n\n"));
	blocks_sync(r.s.blocks);
	screen_compose(&r.s);
	term_draw(r.s.term, r.s.canvas, token_paint, NULL);
	before = term_bytes(r.s.term);
	for (int i = 0; i < 100; i++) {
		feed(&r, EV_TEXT, "{\"turn\":1}", SLICE_LIT("token "));
		blocks_sync(r.s.blocks);
		screen_compose(&r.s);
		term_draw(r.s.term, r.s.canvas, token_paint, NULL);
		while (term_pending(r.s.term))
			term_write_more(r.s.term);
	}
	before = term_bytes(r.s.term) - before;
	began = now(CLOCK_PROCESS_CPUTIME_ID);
	for (int i = 0; i < 100; i++) {
		term_redraw_all(r.s.term);
		term_draw(r.s.term, r.s.canvas, token_paint, NULL);
		while (term_pending(r.s.term))
			term_write_more(r.s.term);
	}
	snprintf(line, sizeof(line), "%.1f %.3f", (double)before / 100,
		(now(CLOCK_PROCESS_CPUTIME_ID) - began) / 100);
	term_close(r.s.term);
	printf("RESULT %s END\r\n", line);
	fflush(stdout);
	return 0;
}

static void
bench_tokens(void)
{
	struct pty_opts o = { .rows = 40, .cols = 120, .env = NULL };
	struct pty *p = pty_call(draw_tokens, NULL, &o);
	double bytes = -1, ms = -1;
	autofree char *text = NULL;
	const char *at;

	pty_wait_text(p, "END", 20000);
	text = pty_text(p);
	at = strstr(text, "RESULT ");
	if (at)
		sscanf(at, "RESULT %lf %lf", &bytes, &ms);
	printf("BENCH screen_token_bytes value=%.0f limit=120 unit=bytes\n", bytes);
	printf("BENCH screen_full_redraw value=%.3f limit=1 unit=ms\n", ms);
	pty_finish(p);
}

int
main(void)
{
	autofree char *exe = realpath("/proc/self/exe", NULL), *dir = path_dir(exe);
	autofree char *joined = path_join(dir, "../../homard"), *program = realpath(joined, NULL);
	char root[] = "/tmp/homard-bench-XXXXXX";
	autofree char *own = NULL, *rm = NULL;

	setlocale(LC_ALL, "C.UTF-8");
	bench_flood();
	bench_tokens();
	if (!program || !mkdtemp(root))
		return 0;
	own = xasprintf("%s/own", root);
	bench_start(program, root, own);
	bench_keys(program, root, own);
	bench_memory(program, root, own);
	rm = xasprintf("rm -rf %s", root);
	return system(rm) != 0;
}
