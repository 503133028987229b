#include "agent/helpers/draft/watch.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#define CALM_MS 50
#define NEAR_MS 5
#define SPACE_EVERY 8              /* looks */
#define SPACE_FLOOR (256ull << 20) /* the disk is never filled to the brim */
#define CROWD 40
#define EXTRA_PROCS 16 /* what the kernel's own count lets through is fine */

struct sums {
	uint64_t mem, procs;
};

static bool
read_at(int dir, const char *name, char *buf, size_t size)
{
	autofd int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, size - 1);

	if (n < 0)
		return false;
	buf[n] = '\0';
	return true;
}

static uint64_t
kb_of(const char *text, const char *key)
{
	const char *line = strstr(text, key);
	unsigned long long kb;

	return line && sscanf(line + strlen(key), " %llu", &kb) == 1 ? kb << 10 : 0;
}

/* Memory that only exists because of this process; mapped files do not count. */
static uint64_t
rss_of(int pid_dir)
{
	char text[4096];

	if (!read_at(pid_dir, "status", text, sizeof(text)))
		return 0;
	return kb_of(text, "\nRssAnon:") + kb_of(text, "\nRssShmem:");
}

/* The same with shared pages divided among those who share them; slow. */
static uint64_t
pss_of(int pid_dir)
{
	char text[4096];

	if (!read_at(pid_dir, "smaps_rollup", text, sizeof(text)))
		return rss_of(pid_dir);
	return kb_of(text, "\nPss_Anon:") + kb_of(text, "\nPss_Shmem:");
}

/* What no process maps (files in memory that were only written) shows up nowhere else. */
static bool
machine_is_short(void)
{
	char text[4096];
	uint64_t total;

	if (!read_at(AT_FDCWD, "/proc/meminfo", text, sizeof(text)))
		return false;
	total = kb_of(text, "MemTotal:");
	return kb_of(text, "\nMemAvailable:") < MIN_OF(total / 32, SPACE_FLOOR);
}

static bool
same_pidns(int pid_dir, const char *want)
{
	char link[64];
	ssize_t n = readlinkat(pid_dir, "ns/pid", link, sizeof(link) - 1);

	if (n < 0)
		return false;
	link[n] = '\0';
	return str_eq(link, want);
}

static struct sums
add_up(const struct watch *w, uint64_t (*of)(int pid_dir))
{
	struct sums s = { 0 };
	struct dirent *e;
	DIR *d;
	int fd = w->proc >= 0 ? openat(w->proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
			      : open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	d = fd < 0 ? NULL : fdopendir(fd);
	if (!d)
		return s;
	while ((e = readdir(d))) {
		autofd int dir = -1;

		if (e->d_name[0] < '0' || e->d_name[0] > '9')
			continue;
		dir = openat(dirfd(d), e->d_name, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (dir < 0 || (w->proc < 0 && !same_pidns(dir, w->pidns)))
			continue;
		s.procs++;
		s.mem += of(dir);
	}
	closedir(d);
	return s;
}

static uint64_t
tmpfs_bytes(const struct watch *w)
{
	struct statfs st;

	if (w->shell < 0 || fstatfs(w->shell, &st) < 0)
		return 0;
	return (uint64_t)(st.f_blocks - st.f_bfree) * (uint64_t)st.f_bsize;
}

static bool
disk_is_full(const struct watch *w)
{
	struct statvfs st;
	uint64_t free_bytes, floor_bytes;

	if (!w->disk || statvfs(w->disk, &st) < 0)
		return false;
	free_bytes = (uint64_t)st.f_bavail * st.f_frsize;
	floor_bytes = MIN_OF(SPACE_FLOOR, (uint64_t)st.f_blocks * st.f_frsize / 50);
	return free_bytes < floor_bytes;
}

enum draft_limit
watch_look(struct watch *w, int *ret_ms)
{
	struct sums s = add_up(w, rss_of);
	uint64_t used = s.mem + tmpfs_bytes(w);

	*ret_ms = CALM_MS;
	if (w->ticks++ % SPACE_EVERY == 0 && disk_is_full(w))
		return DRAFT_LIMIT_SPACE;
	if (w->nproc && s.procs > w->nproc + EXTRA_PROCS)
		return DRAFT_LIMIT_PROCS;
	w->crowded = s.procs > CROWD;
	if (w->crowded)
		*ret_ms = NEAR_MS;
	if (!w->mem)
		return DRAFT_LIMIT_NONE;
	if (machine_is_short())
		return DRAFT_LIMIT_MEM;
	if (used > w->mem / 4)
		*ret_ms = NEAR_MS;
	if (used <= w->mem)
		return DRAFT_LIMIT_NONE;
	/* Forked copies share their pages: ask the slow, exact way before killing. */
	used = add_up(w, pss_of).mem + tmpfs_bytes(w);
	if (used > w->mem)
		return DRAFT_LIMIT_MEM;
	*ret_ms = CALM_MS;
	return DRAFT_LIMIT_NONE;
}
