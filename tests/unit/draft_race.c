/*
 * A person's programs append to a file and save another by renaming, while a task changes both
 * and its commits are taken as fast as they come: no line of the person's may be lost.
 */
#include "tests/support/draft_tree.h"
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include "agent/base/path.h"

static volatile sig_atomic_t stop;

static void
on_term(UNUSED int sig)
{
	stop = 1;
}

/* Each line is noted in the log before it is written, as "made"; the log ends with the last. */
static void
append_lines(const char *file, unsigned pause_us)
{
	for (int i = 0; !stop; i++) {
		autofd int fd = open(file, O_WRONLY | O_APPEND | O_CLOEXEC);

		if (fd >= 0)
			dprintf(fd, "person-app-%d\n", i);
		else
			i--;
		close_fd_(&fd);
		fd = -1;
		usleep(pause_us);
	}
}

static void
save_by_rename(const char *file, unsigned pause_us)
{
	autofree char *temp = xasprintf("%s.tmp", file);

	for (int i = 0; !stop; i++) {
		autobuf struct buf b = BUF_INIT(16 << 20);
		autofd int fd = -1;

		if (!path_read_file(file, &b, NULL)) {
			i--;
			continue;
		}
		fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
		if (fd < 0 || write(fd, buf_str(&b), b.len) < 0)
			_exit(1);
		dprintf(fd, "person-ren-%d\n", i);
		close_fd_(&fd);
		fd = -1;
		if (rename(temp, file) < 0)
			_exit(1);
		usleep(pause_us);
	}
}

static pid_t
start(void (*fn)(const char *file, unsigned pause_us), const char *file, unsigned pause_us)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		signal(SIGTERM, on_term);
		fn(file, pause_us);
		_exit(0);
	}
	return pid;
}

static void
end(pid_t pid)
{
	int status;

	kill(pid, SIGTERM);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* As an edit tool: reads what the draft shows and writes it back with a line more. */
static bool
edit(struct world *w, const char *file, int i)
{
	autofd int fd = draft_open_read(w->d, file, NULL);
	autobuf struct buf b = BUF_INIT(16 << 20);
	char part[16384];
	ssize_t n;

	if (fd < 0)
		return false;
	while ((n = read(fd, part, sizeof(part))) > 0)
		buf_add(&b, part, (size_t)n);
	buf_printf(&b, "task-%d\n", i);
	return draft_write(w->d, file, buf_slice(&b), 0644, NULL);
}

static bool
commit_both(struct world *w, const char *app, const char *ren, int i)
{
	struct commit_result r = { 0 };
	struct effects e = { 0 };
	bool all[8], ok = false;

	memset(all, 1, sizeof(all));
	if (edit(w, app, i) && edit(w, ren, i) && draft_effects(w->d, NULL, &e, NULL) && e.n <= 8)
		ok = e.n && draft_commit(w->d, &e, all, i + 1, NULL, NULL, &r, NULL);
	effects_finish(&e);
	commit_result_finish(&r);
	assert_true(draft_drop(w->d, &e, NULL, NULL));
	return ok;
}

/* Every line that was ever written and is not followed by another run of the person's own
 * saving program must be in a file a person can open. */
static size_t
count_lost(const char *text, const char *word, bool *ret_any)
{
	size_t lost = 0;
	long last = -1;

	for (const char *p = text; (p = strstr(p, word)); p++) {
		long i = atol(p + strlen(word));

		last = MAX_OF(last, i);
	}
	*ret_any = last >= 0;
	for (long i = 0; i <= last; i++) {
		autofree char *line = xasprintf("%s%ld\n", word, i);

		if (!strstr(text, line))
			lost++;
	}
	return lost;
}

static bool
add_file(void *user, int dir, const char *name, UNUSED unsigned char type)
{
	autofd int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	char part[16384];
	ssize_t n;

	while ((n = read(fd, part, sizeof(part))) > 0)
		buf_add(user, part, (size_t)n);
	return n == 0;
}

static void
race(unsigned pause_us, int rounds)
{
	struct world w;
	struct buf all = BUF_INIT(128 << 20);
	int taken = 0;
	bool any_app, any_ren;

	world_open(&w, "race");
	world_write(&w, "app", "start\n");
	world_write(&w, "ren", "start\n");
	autofree char *app = xstrdup(world_path(&w, "app")), *ren = xstrdup(world_path(&w, "ren"));
	pid_t a = start(append_lines, app, pause_us), b = start(save_by_rename, ren, pause_us);

	for (int i = 0; i < rounds; i++)
		taken += commit_both(&w, app, ren, i);
	end(a);
	end(b);
	autofd int home = open(w.home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	/* Also what was kept beside the two. */
	assert_true(fs_each(home, "", add_file, &all));
	size_t lost = count_lost(buf_str(&all), "person-app-", &any_app);
	size_t lost_ren = count_lost(buf_str(&all), "person-ren-", &any_ren);

	printf("race, a write every %u us: %d of %d commits taken, lines lost %zu\n", pause_us,
		taken, rounds, lost + lost_ren);
	assert_true(any_app && any_ren);
	assert_int_equal(lost, 0);
	assert_int_equal(lost_ren, 0);
	buf_finish(&all);
	world_close(&w);
}

static void
race__appends_and_saves__no_line_lost(UNUSED void **state)
{
	const char *s = getenv("HOMARD_TORTURE");
	int rounds = s ? 600 : 100;

	race(300, rounds);
	race(3000, rounds);
	race(30000, rounds);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(race__appends_and_saves__no_line_lost),
	};

	world_use_memory();
	return cmocka_run_group_tests_name("draft_race", tests, NULL, NULL);
}
