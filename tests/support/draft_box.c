#include "tests/support/draft_box.h"
#include "tests/support/testing.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <libgen.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include "agent/base/path.h"

#define OTHER_UID 64123 /* owns nothing */
#define BOX_MS 60000

static int ends[3]; /* ours of 1, 2 and the records */

static const char *
helper(void)
{
	static char path[4096];
	char self[2048];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n <= 0)
		return NULL;
	self[n] = '\0';
	snprintf(path, sizeof(path), "%s/../../libexec/homard-draft", dirname(self));
	return access(path, X_OK) == 0 ? path : NULL;
}

uid_t
box_other_uid(void)
{
	return geteuid() == 0 ? OTHER_UID : 0;
}

bool
box_possible(void)
{
	struct box b;
	const struct box_record *r;
	bool can;

	if (!helper())
		return false;
	box_init(&b, geteuid());
	box_run(&b, "probe", NULL);
	r = box_find(&b, DRAFT_PROBE, NULL);
	can = r && (r->r.mode & DRAFT_CAN_OVERLAY) && (r->r.mode & DRAFT_CAN_SECCOMP);
	if (!can)
		print_message("no drafts on this machine: %s\n", r ? r->path : "no answer");
	box_finish(&b);
	return can;
}

static char *
sub(struct box *b, const char *name)
{
	char *path = path_join(b->dir, name);

	assert_int_equal(mkdir(path, 0755), 0);
	return path;
}

void
box_init(struct box *b, uid_t uid)
{
	*b = (struct box){ .uid = uid };
	/* Not below TMPDIR: an ordinary user must be able to come here when root tests. */
	snprintf(b->dir, sizeof(b->dir), "/tmp/homard-box-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	assert_int_equal(chmod(b->dir, 0755), 0);
	b->home = sub(b, "home");
	b->stage = sub(b, "stage");
	b->upper = sub(b, "stage/upper");
	b->work = sub(b, "stage/work");
	buf_init(&b->extra, 1 << 20);
	buf_init(&b->out, 8 << 20);
	buf_init(&b->err, 8 << 20);
	box_own(b);
}

static void
clear_results(struct box *b)
{
	for (size_t i = 0; i < b->n; i++) {
		free(b->v[i].path);
		free(b->v[i].from);
	}
	b->n = 0;
	buf_clear(&b->out);
	buf_clear(&b->err);
}

/* Folders first get their bits back: drafts make some of mode 000. */
static void
remove_all(int dir, const char *name)
{
	int fd;
	DIR *d;
	struct dirent *e;

	if (unlinkat(dir, name, 0) == 0)
		return;
	(void)!fchmodat(dir, name, 0700, 0);
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	d = fd < 0 ? NULL : fdopendir(fd);
	while (d && (e = readdir(d))) {
		if (!str_eq(e->d_name, ".") && !str_eq(e->d_name, ".."))
			remove_all(dirfd(d), e->d_name);
	}
	if (d)
		closedir(d);
	unlinkat(dir, name, AT_REMOVEDIR);
}

void
box_finish(struct box *b)
{
	clear_results(b);
	free(b->v);
	buf_finish(&b->extra);
	buf_finish(&b->out);
	buf_finish(&b->err);
	remove_all(AT_FDCWD, b->dir);
	free(b->home);
	free(b->stage);
	free(b->upper);
	free(b->work);
}

static uid_t own_uid;

static int
give(const char *path, UNUSED const struct stat *st, UNUSED int type, UNUSED struct FTW *f)
{
	return lchown(path, own_uid, own_uid);
}

void
box_own(struct box *b)
{
	own_uid = b->uid;
	if (geteuid() != 0)
		return;
	nftw(b->home, give, 32, FTW_PHYS);
	nftw(b->stage, give, 32, FTW_PHYS);
}

void
box_file(struct box *b, const char *name, const char *text)
{
	autofree char *path = path_join(b->home, name), *dir = path_dir(path);
	autofree char *rel = xstrdup(name);
	FILE *f;

	assert_true(path_make_dirs(dir, 0755, NULL));
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	/* The folders on the way too. */
	for (bool more = geteuid() == 0; more;) {
		autofree char *part = path_join(b->home, rel);
		char *slash = strrchr(rel, '/');

		assert_int_equal(lchown(part, b->uid, b->uid), 0);
		more = slash != NULL;
		if (slash)
			*slash = '\0';
	}
}

void
box_spec(struct box *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&b->extra, fmt, ap);
	va_end(ap);
	buf_add_char(&b->extra, '\0');
}

static int
spec_fd(struct box *b, const char *const *argv)
{
	autobuf struct buf s = BUF_INIT(4 << 20);
	int fd = memfd_create("spec", 0);

	buf_printf(&s, "root=%s%cupper=%s%cwork=%s%cmask=%s%ccwd=%s%c", b->home, 0, b->upper, 0,
		b->work, 0, b->stage, 0, b->home, 0);
	buf_printf(&s, "env=PATH=/usr/local/bin:/usr/bin:/bin%cenv=HOME=%s%c", 0, b->home, 0);
	for (size_t i = 0; argv && argv[i]; i++)
		buf_printf(&s, "arg=%s%c", argv[i], 0);
	buf_add_slice(&s, buf_slice(&b->extra));
	assert_int_equal(write(fd, s.p, s.len), s.len);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

NORETURN static void
become_helper(struct box *b, const char *verb, int spec, int out, int err, int records)
{
	char *const argv[] = { (char[]){ "homard-draft" }, (char *)(uintptr_t)verb, NULL };
	/* By descriptor: the other user may not be allowed into the folders above it. */
	int program = open(helper(), O_RDONLY | O_CLOEXEC);
	int null = open("/dev/null", O_RDONLY);
	int from[] = { null, out, err, spec, records };

	if (b->prepare)
		b->prepare(b);
	for (int i = 0; i < 5; i++)
		from[i] = fcntl(from[i], F_DUPFD, 100);
	program = fcntl(program, F_DUPFD_CLOEXEC, 100);
	for (int i = 0; i < 5; i++)
		dup2(from[i], i);
	if (b->uid != geteuid() &&
		(setgroups(0, NULL) < 0 || setgid(b->uid) < 0 || setuid(b->uid) < 0))
		_exit(99);
	fexecve(program, argv, environ);
	_exit(98);
}

void
box_start(struct box *b, const char *verb, const char *const *argv)
{
	int out[2], err[2], records[2], spec = spec_fd(b, argv);

	clear_results(b);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	assert_int_equal(pipe2(err, O_CLOEXEC), 0);
	assert_int_equal(pipe2(records, O_CLOEXEC), 0);
	b->pid = fork();
	assert_true(b->pid >= 0);
	if (b->pid == 0)
		become_helper(b, verb, spec, out[1], err[1], records[1]);
	close(spec);
	close(out[1]);
	close(err[1]);
	close(records[1]);
	ends[0] = out[0];
	ends[1] = err[0];
	ends[2] = records[0];
}

static size_t
add_record(struct box *b, const char *p, size_t n)
{
	struct box_record x;

	if (n < sizeof(x.r))
		return 0;
	memcpy(&x.r, p, sizeof(x.r));
	assert_int_equal(x.r.magic, DRAFT_MAGIC);
	if (n < sizeof(x.r) + x.r.path_len + x.r.from_len)
		return 0;
	x.path = xstrndup(p + sizeof(x.r), x.r.path_len);
	x.from = xstrndup(p + sizeof(x.r) + x.r.path_len, x.r.from_len);
	GROW(b->v, b->n, b->cap);
	b->v[b->n++] = x;
	return sizeof(x.r) + x.r.path_len + x.r.from_len;
}

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool
take(struct pollfd *p, struct buf *to)
{
	static char piece[1 << 16];
	ssize_t n;

	if (!p->revents)
		return true;
	n = read(p->fd, piece, sizeof(piece));
	if (n > 0) {
		buf_add(to, piece, (size_t)n);
		return true;
	}
	close(p->fd);
	p->fd = -1;
	return false;
}

void
box_wait(struct box *b)
{
	struct pollfd p[3] = { { ends[0], POLLIN, 0 }, { ends[1], POLLIN, 0 },
		{ ends[2], POLLIN, 0 } };
	struct buf raw = BUF_INIT(256u << 20);
	int64_t from = now_ms();
	size_t at = 0, n;
	int open = 3;

	while (open) {
		int ms = b->close_after_ms ? b->close_after_ms : BOX_MS;
		int got = poll(p, 3, ms);

		if (got == 0 && b->close_after_ms) {
			kill(b->pid, SIGTERM);
			b->close_after_ms = 0;
			continue;
		}
		if (got == 0 || now_ms() - from > BOX_MS) {
			kill(b->pid, SIGKILL);
			fail_msg("the helper did not end; it said: %s", buf_str(&b->err));
		}
		open -= !take(&p[0], &b->out);
		open -= !take(&p[1], &b->err);
		open -= !take(&p[2], &raw);
	}
	waitpid(b->pid, &b->status, 0);
	while ((n = add_record(b, raw.p + at, raw.len - at)))
		at += n;
	assert_int_equal(at, raw.len);
	buf_finish(&raw);
}

void
box_await(struct box *b, const char *text)
{
	struct pollfd p = { ends[0], POLLIN, 0 };

	while (!slice_ends(buf_slice(&b->out), text)) {
		assert_int_equal(poll(&p, 1, BOX_MS), 1);
		assert_true(take(&p, &b->out));
	}
}

void
box_run(struct box *b, const char *verb, const char *const *argv)
{
	box_start(b, verb, argv);
	box_wait(b);
}

void
box_sh(struct box *b, const char *script)
{
	const char *const argv[] = { "sh", "-c", script, NULL };

	box_run(b, "run", argv);
}

/* The program lies where the draft can see it: the tree it was built in may be below /tmp,
 * which is private there, or below a folder the box's user may not enter. Owned path. */
static char *
bring_inside(struct box *b)
{
	char *to = path_join(b->home, ".inside");
	char chunk[65536];
	ssize_t n;

	if (access(to, X_OK) != 0 && link("/proc/self/exe", to) != 0) {
		autofd int in = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
		autofd int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

		assert_true(in >= 0 && out >= 0);
		while ((n = read(in, chunk, sizeof(chunk))) > 0)
			assert_int_equal(write(out, chunk, (size_t)n), n);
	}
	return to;
}

void
box_inside(struct box *b, const char *check, const char *argument)
{
	autofree char *self = bring_inside(b);
	const char *const argv[] = { self, "--inside", check, argument, NULL };

	box_run(b, "run", argv);
}

const struct box_record *
box_find(const struct box *b, enum draft_record_kind kind, const char *path)
{
	for (size_t i = 0; i < b->n; i++) {
		if (b->v[i].r.kind == kind && (!path || str_eq(b->v[i].path, path)))
			return &b->v[i];
	}
	return NULL;
}

size_t
box_count(const struct box *b, enum draft_record_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		n += b->v[i].r.kind == kind;
	return n;
}

static const struct box_record *
exit_record(const struct box *b)
{
	const struct box_record *r = box_find(b, DRAFT_EXIT, NULL);
	const struct box_record *f = box_find(b, DRAFT_FAIL, NULL);

	if (!r)
		fail_msg("the command did not run: %s %s", f ? f->path : "no record",
			buf_str(&b->err));
	return r;
}

int
box_exit(const struct box *b)
{
	return exit_record(b)->r.exit;
}

enum draft_limit
box_limit(const struct box *b)
{
	return (enum draft_limit)exit_record(b)->r.limit;
}

void
box_leave(int code)
{
	fflush(NULL);
	_exit(code);
}

int
box_eat(const char *megabytes)
{
	for (int i = 0; i < 8; i++) {
		if (fork() == 0) {
			size_t n = (size_t)atoi(megabytes) << 20;
			char *p = malloc(n);

			for (size_t at = 0; p && at < n; at += 4096)
				p[at] = 1;
			pause();
		}
	}
	pause();
	return 0;
}

void
box_init_files(struct box *b, uid_t uid)
{
	box_init(b, uid);
	box_file(b, "a", "hello\n");
	box_file(b, "same", "same\n");
	box_file(b, "mode", "mode\n");
	box_file(b, "d/x", "12345");
	box_file(b, "d/y", "1234567");
	box_file(b, "r/keep", "k");
	box_file(b, "type", "t");
}

int
box_main(int argc, char **argv, int (*inside)(const char *check, const char *argument),
	const char *name, const struct CMUnitTest *tests, size_t n, uid_t *uid)
{
	autofree char *ordinary = xasprintf("%s, ordinary user", name);
	int failed;

	if (argc == 4 && str_eq(argv[1], "--inside"))
		box_leave(inside(argv[2], argv[3]));
	if (!box_possible()) {
		print_message("1..0 # SKIP no drafts here\n");
		return 0;
	}
	*uid = geteuid();
	failed = _cmocka_run_group_tests(name, tests, n, NULL, NULL);
	*uid = box_other_uid();
	if (*uid)
		failed += _cmocka_run_group_tests(ordinary, tests, n, NULL, NULL);
	return failed;
}
