/*
 * What this machine allows, tried in throw-away processes, and for everything that is missing
 * one sentence with the way to mend it.
 */
#include "agent/draft/draft.h"
#include <sys/stat.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/statfs.h>
#include <sys/wait.h>
#include "agent/base/child_exec.h"
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/draft/fs.h"
#include "agent/draft/ground.h"
#include "agent/draft/records.h"
#include "agent/draft/run_spec.h"

#define NEEDED (DRAFT_CAN_USERNS | DRAFT_CAN_OVERLAY | DRAFT_CAN_SECCOMP)

struct probe {
	bool answered;
	unsigned can;
	char why[512];
};

static void
on_record(void *user, const struct draft_record *r, const char *path, UNUSED const char *from)
{
	struct probe *p = user;

	if (r->kind == DRAFT_PROBE) {
		p->answered = true;
		p->can = r->mode;
	}
	if (r->kind == DRAFT_PROBE || r->kind == DRAFT_FAIL)
		snprintf(p->why, sizeof(p->why), "%s", path);
}

/* In the stage when it lies on home's file system, else in home itself. Owned. */
static char *
try_folder(const char *home, const char *stage_root)
{
	struct stat a, b;

	if (stage_root && stat(stage_root, &a) == 0 && stat(home, &b) == 0 && a.st_dev == b.st_dev &&
		access(stage_root, W_OK) == 0)
		return xasprintf("%s/probe-XXXXXX", stage_root);
	return path_join(home, ".homard-probe-XXXXXX");
}

static bool
read_answer(int fd, struct probe *p)
{
	struct records records;
	char piece[4096];
	ssize_t n;

	records_init(&records, on_record, p);
	while ((n = read(fd, piece, sizeof(piece))) > 0 || (n < 0 && errno == EINTR)) {
		if (n > 0 && !records_feed(&records, piece, (size_t)n))
			break;
	}
	records_finish(&records);
	return p->answered;
}

static bool
run_probe(
	const char *helper, const char *home, const char *dir, struct probe *p, struct err *err)
{
	autobuf struct buf spec = BUF_INIT(5 * DRAFT_PATH_MAX);
	autofd int in = -1, out = open("/dev/null", O_RDWR | O_CLOEXEC), records = -1,
		   theirs = -1;
	const char *const argv[] = { helper, "probe", NULL }, *const env[] = { NULL };
	struct child_exec x = { .argv = argv, .env = env, .in = out, .out = out, .error = out };
	int ends[2];
	pid_t pid;

	buf_printf(&spec, "root=%s%cupper=%s/upper%cwork=%s/work%c", home, 0, dir, 0, dir, 0);
	in = run_spec_fd(buf_slice(&spec), err);
	if (in < 0)
		return false;
	if (out < 0 || pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, errno, _("Cannot try out a draft"));
	records = ends[0];
	theirs = ends[1];
	x.extra = in;
	x.extra2 = theirs;
	if (!child_exec(&x, &pid, err))
		return false;
	close(steal_fd(&theirs));
	read_answer(records, p);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return true;
}

static bool
try_in(const char *helper, const char *home, const char *dir, struct probe *p, struct err *err)
{
	autofree char *upper = path_join(dir, "upper"), *work = path_join(dir, "work");

	if (mkdir(upper, 0700) < 0 || mkdir(work, 0700) < 0)
		return err_sys(err, errno, "%s", dir);
	return run_probe(helper, home, dir, p, err);
}

static void
remove_tried(const char *dir)
{
	autofree char *above = path_dir(dir);
	autofd int fd = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		(void)!fs_remove_tree(fd, path_base(dir), NULL);
}

bool
draft_probe(const char *helper, const char *home, const char *stage_root,
	struct draft_ground *ret, struct err *err)
{
	autofree char *dir = try_folder(home, stage_root);
	struct probe p = { 0 };
	struct stat st;
	bool ok, in_home;

	*ret = (struct draft_ground){ 0 };
	in_home = path_below(dir, home) && !strchr(dir + strlen(home) + 1, '/') &&
		stat(home, &st) == 0;
	if (!mkdtemp(dir))
		return err_sys(err, errno, _("Cannot try out a draft in %s"), dir);
	ok = try_in(helper, home, dir, &p, err);
	remove_tried(dir);
	/* Looking leaves no trace, not even a time. */
	if (in_home)
		(void)utimensat(AT_FDCWD, home, (struct timespec[2]){ st.st_atim, st.st_mtim }, 0);
	if (!ok)
		return false;
	ret->can = p.can;
	ret->commands = (p.can & NEEDED) == NEEDED;
	ground_words(helper, home, p.can, p.why, ret->words, sizeof(ret->words));
	return true;
}
