/*
 * The whole program from outside: starts, the way from a key to the screen and to the wire,
 * memory and wake-ups at rest, a flood of Markdown, leaving a stream. A model on loopback is part
 * of it. References are measured in the same run. HOMARD_BENCH_EVENTS: size of the journal
 * that it starts over (1,000,000); HOMARD_BENCH_ONLY: words, only measurements whose name is among
 * them are taken (version start keys request streaming rest flood escape). Figures of a turn are
 * over plain HTTP.
 */
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "agent/base/path.h"
#include "tests/support/journal_gen.h"
#include "tests/support/mock_model.h"
#include "tests/support/proc.h"
#include "tests/support/pty.h"

#define STARTS 15
#define KEYS 300

static char *program, *home, *own, *own_big;
static struct mock_model *model;

/* --- small things --- */

static double
now(void)
{
	return (double)mock_now_us() / 1000;
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
	return n ? v[MIN_OF((int)(q * n), n - 1)] : -1;
}

static void
say(const char *name, double value, double limit, const char *unit, double ref, const char *of)
{
	printf("BENCH %s value=%.2f limit=%g unit=%s", name, value, limit, unit);
	if (ref >= 0)
		printf(" ref=%.2f (%s)", ref, of);
	puts("");
	fflush(stdout);
}

/* Runs argv to its end with output thrown away; ms. */
static double
run_ms(const char *const *argv, const char *const *env)
{
	posix_spawn_file_actions_t fa;
	double began = now();
	pid_t pid;
	int status;

	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&fa, 1, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, argv[0], &fa, NULL, (char *const *)(uintptr_t)argv,
		    (char *const *)(uintptr_t)env))
		pid = -1;
	posix_spawn_file_actions_destroy(&fa);
	if (pid < 0)
		return -1;
	waitpid(pid, &status, 0);
	return now() - began;
}

static bool
have(const char *name)
{
	const char *const argv[] = { "sh", "-c", "command -v \"$0\" >/dev/null", name, NULL };

	pid_t pid;
	int status = 1;

	if (posix_spawnp(&pid, "sh", NULL, NULL, (char *const *)(uintptr_t)argv, environ))
		return false;
	waitpid(pid, &status, 0);
	return status == 0;
}

static const char *const *
make_env(const char *state)
{
	static char *v[6];
	static const char *env[8];

	free(v[0]);
	free(v[1]);
	v[0] = xasprintf("HOME=%s", home);
	v[1] = xasprintf("HOMARD_HOME=%s", state);
	env[0] = v[0];
	env[1] = v[1];
	env[2] = "LC_ALL=C.UTF-8";
	env[3] = "TZ=UTC";
	env[4] = "PATH=/usr/bin:/bin";
	env[5] = "COLORTERM=truecolor";
	env[6] = NULL;
	return env;
}

static struct pty *
screen(const char *state, const char *const *options)
{
	const char *argv[24] = { program };
	struct pty_opts o = { .rows = 40, .cols = 120, .env = make_env(state), .cwd = home };

	for (size_t i = 0; options && options[i]; i++)
		argv[i + 1] = options[i];
	return pty_run(argv, &o);
}

static void
leave(struct pty *p)
{
	pty_signal(p, SIGTERM);
	pty_wait_exit(p, 2000, NULL);
	pty_finish(p);
}

/* --- starting --- */

static void
bench_version(void)
{
	const char *const ours[] = { program, "--version", NULL }, *const ref[] = { "true", NULL };
	double a[30], b[30];

	for (int i = 0; i < 30; i++) {
		a[i] = run_ms(ours, make_env(own));
		b[i] = run_ms(ref, make_env(own));
	}
	say("version", quantile(a, 30, 0.5), 3, "ms", quantile(b, 30, 0.5), "true");
}

static bool
painted(struct pty *p, void *arg)
{
	(void)arg;
	return pty_find(p, "homard", NULL, NULL) && pty_find(p, "F1 help", NULL, NULL) &&
		pty_find(p, "commands", NULL, NULL);
}

static double
start_once(const char *state)
{
	double began = now();
	struct pty *p = screen(state, NULL);
	double ms;

	pty_wait(p, painted, NULL, 5000);
	ms = now() - began;
	leave(p);
	return ms;
}

static double
start_shell(void)
{
	const char *const argv[] = { "bash", "--norc", "--noprofile", "-i", NULL };
	const char *const env[] = { "PS1=ready>", NULL };
	struct pty_opts o = { .rows = 40, .cols = 120, .env = env };
	double began = now();
	struct pty *p = pty_run(argv, &o);
	double ms;

	pty_wait_text(p, "ready>", 5000);
	ms = now() - began;
	pty_finish(p);
	return ms;
}

static void
bench_start(void)
{
	double a[STARTS], b[STARTS], c[STARTS];

	for (int i = 0; i < STARTS; i++) {
		a[i] = start_once(own_big);
		b[i] = start_once(own);
		c[i] = start_shell();
	}
	say("start_1m_events", quantile(a, STARTS, 0.5), 15, "ms", quantile(c, STARTS, 0.5), "bash");
	say("start_empty", quantile(b, STARTS, 0.5), 15, "ms", quantile(c, STARTS, 0.5), "bash");
}

static void
bench_first_request(void)
{
	struct mock_seen *seen = mock_model_seen(model);
	const char *const *options = mock_model_options(model);
	const char *argv[24] = { program, "run", "--engine", "model" };
	double ms[20], ref[20];
	int n = 4;
	bool curl = have("curl");
	autofree char *url = xasprintf("%s/chat/completions", strchr(options[3], '=') + 1);
	const char *const fetch[] = { "curl", "-s", "-d", "{}", url, NULL };

	for (; options[n - 4]; n++)
		argv[n] = options[n - 4];
	argv[n++] = "--";
	argv[n++] = "write a haiku about tide pools";
	argv[n] = NULL;
	for (int i = 0; i < 20; i++) {
		double began = now();

		run_ms(argv, make_env(own));
		ms[i] = (double)atomic_load(&seen->at_us) / 1000 - began;
		if (i == 0)
			say("first_request_bytes", (double)atomic_load(&seen->body), 5120, "bytes", -1, NULL);
		began = now();
		if (curl)
			run_ms(fetch, make_env(own));
		ref[i] = (double)atomic_load(&seen->at_us) / 1000 - began;
	}
	say("run_to_first_request", quantile(ms, 20, 0.5), 20, "ms", curl ? quantile(ref, 20, 0.5) : -1, "curl");
}

/* --- keys --- */

struct want {
	int row, col;
	uint32_t cp;
};

static bool
shows(struct pty *p, void *arg)
{
	const struct want *w = arg;

	return pty_cell(p, w->row, w->col).cp == w->cp;
}

/* Types letters and waits for each where it belongs. Between them the screen rests, or streams. */
static int
type_keys(struct pty *p, int row, int col, int n, double *ms)
{
	int k = 0;

	for (int i = 0; i < n; i++) {
		char key[2] = { (char)('a' + i % 26), 0 };
		struct want w = { row, col + i % 50, (uint32_t)key[0] };
		double began;

		if (i && i % 50 == 0) {
			pty_send(p, "\025");
			pty_settle(p, 30);
		}
		began = now();
		pty_send(p, key);
		if (pty_wait(p, shows, &w, 1000))
			ms[k++] = now() - began;
		for (double until = now() + 4 + i % 7; now() < until;)
			pty_pump(p, 1);
	}
	return k;
}

static void
bench_keys(void)
{
	struct pty *p = screen(own, NULL);
	const char *const argv[] = { "bash", "--norc", "--noprofile", "-i", NULL };
	const char *const env[] = { "PS1=ready>", NULL };
	struct pty_opts o = { .rows = 40, .cols = 120, .env = env };
	static double ms[KEYS], ref[KEYS];
	struct pty *sh = pty_run(argv, &o);
	int n, r;

	pty_wait(p, painted, NULL, 5000);
	pty_settle(p, 200);
	n = type_keys(p, 38, 3, KEYS, ms);
	pty_wait_text(sh, "ready>", 5000);
	r = type_keys(sh, 0, 6, KEYS, ref);
	say("key_idle_p50", quantile(ms, n, 0.5), 0.5, "ms", quantile(ref, r, 0.5), "bash");
	say("key_idle_p99", quantile(ms, n, 0.99), 5, "ms", quantile(ref, r, 0.99), "bash");
	pty_finish(sh);
	leave(p);
}

static void
send_words(struct pty *p, const char *words)
{
	pty_send(p, words);
	pty_wait_text(p, words, 2000);
	pty_send(p, "\r");
}

static void
bench_keys_streaming(void)
{
	struct pty *p = screen(own, mock_model_options(model));
	static double ms[KEYS];
	long sw0, sw1;
	double cpu, began;
	size_t bytes;
	int n;

	pty_wait(p, painted, NULL, 5000);
	pty_settle(p, 200);
	send_words(p, "SLOW words");
	pty_wait_text(p, "word20", 5000);
	n = type_keys(p, 38, 3, KEYS, ms);
	say("key_streaming_p50", quantile(ms, n, 0.5), 0.5, "ms", -1, NULL);
	say("key_streaming_p99", quantile(ms, n, 0.99), 5, "ms", -1, NULL);
	/* A word every 10 ms: what a token costs. */
	pty_forget(p);
	cpu = proc_cpu(pty_pid(p), &sw0);
	for (began = now(); now() < began + 2000;)
		pty_pump(p, 50);
	cpu = proc_cpu(pty_pid(p), &sw1) - cpu;
	bytes = pty_raw(p).n;
	say("bytes_per_token", (double)bytes / 200, 120, "bytes", -1, NULL);
	say("cpu_streaming_100_tokens_a_second", cpu / 20, 5, "%", -1, NULL);
	pty_finish(p);
}

/* --- at rest --- */

/* Writing 4 kB to the disk where the journal lies. */
static double
sync_ms(void)
{
	autofree char *path = path_join(own, "sync");
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	char block[4096] = "";
	double ms[15];

	for (int i = 0; i < 15; i++) {
		double began = now();

		if (write(fd, block, sizeof(block)) < 0 || fdatasync(fd) < 0)
			break;
		ms[i] = now() - began;
	}
	close(fd);
	return quantile(ms, 15, 0.5);
}

static void
bench_rest(void)
{
	struct pty *p = screen(own, mock_model_options(model));
	pid_t pid = pty_pid(p);
	struct mock_seen *seen = mock_model_seen(model);
	double enter[15], began, cpu;
	long a, b;

	pty_wait(p, painted, NULL, 5000);
	for (int i = 0; i < 15; i++) {
		int before = atomic_load(&seen->requests), ended = atomic_load(&seen->ended);
		autofree char *words = xasprintf("well number %d", i);

		pty_settle(p, 60);
		pty_send(p, words);
		pty_wait_text(p, words, 2000);
		pty_settle(p, 10);
		began = now();
		pty_send(p, "\r");
		while (atomic_load(&seen->requests) == before && now() < began + 2000)
			pty_pump(p, 1);
		enter[i] = (double)atomic_load(&seen->at_us) / 1000 - began;
		while (atomic_load(&seen->ended) == ended && now() < began + 2000)
			pty_pump(p, 1);
		pty_settle(p, 100);
	}
	/* The first one opened the connection. The request is on the disk before it goes out. */
	say("enter_to_request", quantile(enter + 1, 14, 0.5), 5, "ms", sync_ms(), "fdatasync");
	pty_settle(p, 500);
	proc_cpu(pid, &a);
	pty_forget(p);
	for (began = now(); now() < began + 5000;)
		pty_pump(p, 5000);
	cpu = proc_cpu(pid, &b);
	(void)cpu;
	say("idle_wakeups", (double)(b - a) / 5, 0, "/s", -1, NULL);
	say("idle_bytes", (double)pty_raw(p).n, 0, "bytes", -1, NULL);
	say("idle_rss", (double)proc_kb(pid, "smaps_rollup", "Rss:") / 1024, 20, "MB", -1, NULL);
	say("idle_pss", (double)proc_kb(pid, "smaps_rollup", "Pss:") / 1024, 14, "MB", -1, NULL);
	leave(p);
}

/* --- a flood --- */

static double
curl_cpu(double *ret_after)
{
	autofree char *url = xasprintf("%s/chat/completions", strchr(mock_model_options(model)[3], '=') + 1);
	const char *const argv[] = { "curl", "-s", "-N", "-d", "FLOOD", url, NULL };
	struct rusage a, b;

	if (!have("curl"))
		return -1;
	getrusage(RUSAGE_CHILDREN, &a);
	run_ms(argv, make_env(own));
	*ret_after = now() - (double)atomic_load(&mock_model_seen(model)->last_us) / 1000;
	getrusage(RUSAGE_CHILDREN, &b);
	return (double)(b.ru_utime.tv_sec + b.ru_stime.tv_sec - a.ru_utime.tv_sec - a.ru_stime.tv_sec) +
		(double)(b.ru_utime.tv_usec + b.ru_stime.tv_usec - a.ru_utime.tv_usec - a.ru_stime.tv_usec) / 1e6;
}

static void
bench_flood(void)
{
	struct mock_seen *seen = mock_model_seen(model);
	double cpu[3], shown[3], peak[3], bytes[3], after = -1, ref = curl_cpu(&after);
	int n = 0;

	for (int i = 0; i < 3; i++) {
		struct pty *p = screen(own, mock_model_options(model));
		long sw;
		double before;

		pty_wait(p, painted, NULL, 5000);
		pty_settle(p, 200);
		before = proc_cpu(pty_pid(p), &sw);
		pty_forget(p);
		send_words(p, "FLOOD me");
		if (pty_wait_text(p, MOCK_FLOOD_END, 60000)) {
			shown[n] = now() - (double)atomic_load(&seen->last_us) / 1000;
			bytes[n] = (double)pty_raw(p).n / 1024;
			pty_settle(p, 200);
			cpu[n] = (proc_cpu(pty_pid(p), &sw) - before) / 1000;
			peak[n++] = (double)proc_kb(pty_pid(p), "status", "VmHWM:") / 1024;
		}
		leave(p);
	}
	if (!n) {
		puts("BENCH flood_2mb failed: its end never came");
		return;
	}
	say("flood_2mb_cpu", quantile(cpu, n, 0.5), 0.5, "s", ref, "curl");
	say("flood_2mb_shown_after", quantile(shown, n, 0.5), 100, "ms", after, "curl");
	say("flood_2mb_peak", quantile(peak, n, 0.5), 40, "MB", -1, NULL);
	say("flood_2mb_terminal", quantile(bytes, n, 0.5), 200, "kB", -1, NULL);
}

/* What killing curl in the same stream takes. */
static double
curl_closed(void)
{
	struct mock_seen *seen = mock_model_seen(model);
	autofree char *url = xasprintf("%s/chat/completions", strchr(mock_model_options(model)[3], '=') + 1);
	const char *const argv[] = { "curl", "-s", "-N", "-o", "/dev/null", "-d", "ENDLESS", "--limit-rate",
		"4M", url, NULL };
	int before = atomic_load(&seen->requests);
	double began = now(), ms = -1;
	pid_t pid;

	atomic_store(&seen->close_us, 0);
	if (!have("curl") || posix_spawnp(&pid, "curl", NULL, NULL, (char *const *)(uintptr_t)argv, environ))
		return -1;
	while (atomic_load(&seen->requests) == before && now() < began + 2000)
		poll(NULL, 0, 1);
	poll(NULL, 0, 50);
	began = now();
	kill(pid, SIGKILL);
	while (!atomic_load(&seen->close_us) && now() < began + 2000)
		poll(NULL, 0, 1);
	if (atomic_load(&seen->close_us))
		ms = (double)atomic_load(&seen->close_us) / 1000 - began;
	waitpid(pid, NULL, 0);
	return ms;
}

/* A terminal without the kitty keys sends a lone Esc, known to be one when nothing follows it. */
static void
bench_escape(const char *name, const char *bytes, double limit)
{
	struct mock_seen *seen = mock_model_seen(model);
	double ms[9], ref = curl_closed();
	int n = 0;

	for (int i = 0; i < 9; i++) {
		struct pty *p = screen(own, mock_model_options(model));
		double began;

		pty_wait(p, painted, NULL, 5000);
		pty_settle(p, 100);
		atomic_store(&seen->close_us, 0);
		send_words(p, "ENDLESS");
		pty_wait_text(p, "Part", 5000);
		for (began = now(); now() < began + 50;)
			pty_pump(p, 5);
		began = now();
		pty_send(p, bytes);
		while (!atomic_load(&seen->close_us) && now() < began + 2000)
			pty_pump(p, 1);
		if (atomic_load(&seen->close_us))
			ms[n++] = (double)atomic_load(&seen->close_us) / 1000 - began;
		leave(p);
	}
	if (n)
		say(name, quantile(ms, n, 0.5), limit, "ms", ref, "curl killed");
	else
		printf("BENCH %s failed: the connection was never closed\n", name);
}

/* --- all --- */

static int
remove_one(const char *p, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(p);
}

static void
bench_escapes(void)
{
	bench_escape("esc_to_closed", "\033[27u", 10);
	bench_escape("lone_esc_to_closed", "\033", 10);
}

static const struct {
	const char *name;
	void (*fn)(void);
} all[] = { { "version", bench_version }, { "start", bench_start }, { "keys", bench_keys },
	{ "request", bench_first_request }, { "streaming", bench_keys_streaming }, { "rest", bench_rest },
	{ "flood", bench_flood }, { "escape", bench_escapes } };

static bool
copy_journal(void)
{
	const char *events = getenv("HOMARD_BENCH_EVENTS");
	autofree char *from = journal_gen_kept(events ? strtol(events, NULL, 10) : 1000000);
	autofree char *to = path_join(own_big, "journal.db");
	const char *const argv[] = { "cp", "--reflink=auto", from, to, NULL };

	return run_ms(argv, make_env(own)) >= 0 && access(to, R_OK) == 0;
}

int
main(void)
{
	char top[] = "/tmp/homard-bench-XXXXXX";
	const char *p = getenv("HOMARD"), *only = getenv("HOMARD_BENCH_ONLY");
	struct err err = { 0 };

	if (!mkdtemp(top))
		return 1;
	program = realpath(p ? p : "build/homard", NULL);
	home = path_join(top, "home");
	own = path_join(top, "own");
	own_big = path_join(top, "big");
	model = mock_model_start();
	if (!program || !model || !path_make_dirs(home, 0700, &err) || !path_make_dirs(own, 0700, &err) ||
		!path_make_dirs(own_big, 0700, &err) || !copy_journal()) {
		fprintf(stderr, "bench_tui: cannot begin: %s\n", err.text);
		return 1;
	}
	/* The model makes its replies first. */
	curl_cpu(&(double){ 0 });
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		if (!only || strstr(only, all[i].name))
			all[i].fn();
	}
	mock_model_stop(model);
	nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	return 0;
}
