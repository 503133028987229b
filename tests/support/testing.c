#include "tests/support/testing.h"
#include "agent/base/path.h"
#include <ftw.h>
#include <sys/stat.h>

static char *dir;
static pid_t owner;
static struct strv kept; /* what was handed out */

static int
remove_one(const char *p, UNUSED const struct stat *st, UNUSED int kind, UNUSED struct FTW *at)
{
	return remove(p);
}

static void
clean(void)
{
	/* A forked child that calls exit() must not take the folder away. */
	if (getpid() != owner)
		return;
	if (dir)
		nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	free(dir);
	dir = NULL;
	strv_finish(&kept);
}

static void
begin(void)
{
	if (owner)
		return;
	owner = getpid();
	atexit(clean);
}

static const char *
keep(char *s)
{
	begin();
	strv_take(&kept, s);
	return s;
}

const char *
test_share(void)
{
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (n <= 0)
		fail_msg("no name of its own");
	exe[n] = '\0';
	autofree char *folder = path_dir(exe);

	return keep(path_join(folder, "../../share"));
}

const char *
test_dir(void)
{
	const char *tmp = getenv("TMPDIR");

	begin();
	if (!dir) {
		dir = path_join(tmp && *tmp == '/' ? tmp : "/tmp", "homard-test-XXXXXX");
		if (!mkdtemp(dir))
			fail_msg("no private folder");
	}
	return dir;
}

const char *
test_path(const char *name)
{
	return keep(path_join(test_dir(), name));
}

const char *
test_write(const char *name, const char *text)
{
	const char *p = test_path(name);
	autofree char *parent = path_dir(p);
	autofile FILE *f = NULL;

	if (!path_make_dirs(parent, 0700, NULL))
		fail_msg("cannot make %s", parent);
	f = fopen(p, "w");
	if (!f || fputs(text, f) < 0)
		fail_msg("cannot write %s", p);
	return p;
}

char *
test_slurp(const char *path)
{
	struct buf b = BUF_INIT(16u << 20);
	struct err err = { 0 };

	if (!path_read_file(path, &b, &err))
		fail_msg("%s", err.text);
	return buf_steal(&b);
}

const char *
test_shared(const char *below)
{
	const char *base = getenv("HOMARD_SHARED");
	const char *p = keep(path_join(base && *base ? base : "../shared", below));

	return access(p, R_OK) == 0 ? p : NULL;
}
