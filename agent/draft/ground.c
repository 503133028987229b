#include "agent/draft/ground.h"
#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include "agent/base/draft_proto.h"
#include "agent/base/i18n.h"
#include "agent/base/sanitize.h"
#include "agent/draft/mounts.h"

#define ENTRIES_LOOKED_AT 2000
#ifndef FUSE_SUPER_MAGIC
#define FUSE_SUPER_MAGIC 0x65735546
#endif

static const struct kind {
	long magic;
	const char *name;
} unfit[] = { { NFS_SUPER_MAGIC, "NFS" }, { OVERLAYFS_SUPER_MAGIC, "overlayfs" },
	{ ECRYPTFS_SUPER_MAGIC, "eCryptfs" }, { FUSE_SUPER_MAGIC, "FUSE" },
	{ (long)0xff534d42, "CIFS" }, { (long)0xfe534d42, "SMB" }, { MSDOS_SUPER_MAGIC, "FAT" },
	{ 0x01021997, "9p" }, { (long)0x2011bab0, "exFAT" } };

static int
read_knob(const char *path)
{
	autofile FILE *f = fopen(path, "re");
	int n;

	return f && fscanf(f, "%d", &n) == 1 ? n : -1;
}

/* Root can look at pid 1's root. For others the mount table tells: in a chroot that is not a
 * mount of its own, no mount point is "/". */
static bool
is_chrooted(void)
{
	autofile FILE *f = fopen("/proc/self/mountinfo", "re");
	char line[4096], point[1024];
	struct stat ours, theirs;

	if (stat("/", &ours) == 0 && stat("/proc/1/root/", &theirs) == 0)
		return ours.st_dev != theirs.st_dev || ours.st_ino != theirs.st_ino;
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%*d %*d %*s %*s %1023s", point) == 1 && str_eq(point, "/"))
			return false;
	}
	return true;
}

static const char *
unfit_kind(const char *path)
{
	struct statfs st;

	if (statfs(path, &st) < 0)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(unfit); i++) {
		if ((unsigned long)st.f_type == (unsigned long)unfit[i].magic)
			return unfit[i].name;
	}
	return NULL;
}

/* The first entry of home that is ours but of a group other than our own. */
static void
find_foreign_group(const char *home, char *out, size_t size)
{
	DIR *d = opendir(home);
	struct dirent *e;
	struct stat st;

	out[0] = '\0';
	for (int n = 0; d && n < ENTRIES_LOOKED_AT && (e = readdir(d)); n++) {
		if (str_eq(e->d_name, "..") ||
			fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (st.st_uid == geteuid() && st.st_gid != getegid()) {
			snprintf(out, size, "%s", e->d_name);
			break;
		}
	}
	if (d)
		closedir(d);
}

void
ground_look(const char *home, struct ground_facts *ret)
{
	autostrv struct strv points = { 0 };

	mounts_below(home, &points);
	*ret = (struct ground_facts){ .chrooted = is_chrooted(),
		.max_userns = read_knob("/proc/sys/user/max_user_namespaces"),
		.userns_clone = read_knob("/proc/sys/kernel/unprivileged_userns_clone"),
		.apparmor = read_knob("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
		.home_fs = unfit_kind(home),
		.nested = points.n > 0 };
	find_foreign_group(home, ret->foreign_group, sizeof(ret->foreign_group));
}

static void
say_userns(const char *helper, const struct ground_facts *f, const char *why, struct buf *out)
{
	if (f->chrooted)
		buf_add_str(out,
			_("Inside a chroot the kernel refuses user namespaces: start homard "
			  "outside of it. "));
	else if (f->max_userns == 0)
		buf_add_str(out,
			_("User namespaces are switched off: as root run "
			  "`sysctl -w user.max_user_namespaces=15000`. "));
	else if (f->userns_clone == 0)
		buf_add_str(out,
			_("User namespaces are switched off for ordinary users: as root run "
			  "`sysctl -w kernel.unprivileged_userns_clone=1`. "));
	else if (f->apparmor == 1)
		buf_printf(out,
			_("AppArmor allows user namespaces only to named programs: as root put "
			  "`abi <abi/4.0>, profile homard-draft %s flags=(unconfined) { "
			  "userns, }` "
			  "into /etc/apparmor.d/homard-draft and run "
			  "`apparmor_parser -r /etc/apparmor.d/homard-draft`. "),
			helper);
	else
		buf_printf(out,
			_("User namespaces are forbidden here (%s), often by a container or a "
			  "chroot: allow them there, or start homard outside. "),
			why);
}

static void
say_overlay(const struct ground_facts *f, const char *why, struct buf *out)
{
	if (f->home_fs)
		buf_printf(out,
			_("Your home lies on %s, which cannot hold a draft: keep what homard "
			  "is "
			  "to work on, and its own folder (HOMARD_HOME), on a local disk. "),
			f->home_fs);
	else
		buf_printf(out, _("The kernel refuses drafts of your home (%s). "), why);
}

void
ground_say(const char *helper, const struct ground_facts *f, unsigned can, const char *why,
	struct buf *out)
{
	if (!(can & DRAFT_CAN_USERNS)) {
		say_userns(helper, f, why, out);
		return; /* nothing else could be tried */
	}
	if (!(can & DRAFT_CAN_OVERLAY))
		say_overlay(f, why, out);
	if (!(can & DRAFT_CAN_SECCOMP))
		buf_printf(out, _("Commands cannot be held back from sockets (seccomp: %s). "),
			why);
	if (!(can & DRAFT_CAN_PROC))
		buf_add_str(out,
			_("Parts of /proc are hidden (a container): commands in drafts see the "
			  "names of processes outside, but cannot touch them. "));
	if (f->nested)
		buf_add_str(out,
			_("Other file systems are mounted inside your home: commands in a "
			  "draft "
			  "cannot change files that lie right beside them. "));
	if (f->foreign_group[0]) {
		autofree char *name = sanitize_dup(f->foreign_group, SANITIZE_NAME);

		buf_printf(out,
			_("Files of other groups (such as %s) cannot be changed in a draft. "),
			name);
	}
}

void
ground_words(const char *helper, const char *home, unsigned can, const char *why, char *out,
	size_t size)
{
	autobuf struct buf b = BUF_INIT(8192);
	autofree char *safe = sanitize_dup(why, SANITIZE_LINE);
	struct ground_facts f;
	struct slice text;

	ground_look(home, &f);
	ground_say(helper, &f, can, safe, &b);
	text = slice_trim(buf_slice(&b));
	snprintf(out, size, "%.*s", SLICE_FMT(text));
}
