#include "agent/helpers/draft/userns.h"
#include <fcntl.h>
#include <sched.h>

static bool
write_file(const char *path, const char *text, struct fail *f)
{
	autofd int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		return fail_sys(f, DRAFT_FAIL_USERNS, "cannot write %s", path);
	return true;
}

bool
userns_enter(struct fail *f)
{
	unsigned uid = geteuid(), gid = getegid();
	char map[64];

	if (unshare(CLONE_NEWUSER) < 0)
		return fail_sys(f, DRAFT_FAIL_USERNS, "cannot make a user namespace");
	if (!write_file("/proc/self/setgroups", "deny", f))
		return false;
	snprintf(map, sizeof(map), "%u %u 1", uid, uid);
	if (!write_file("/proc/self/uid_map", map, f))
		return false;
	snprintf(map, sizeof(map), "%u %u 1", gid, gid);
	return write_file("/proc/self/gid_map", map, f);
}
