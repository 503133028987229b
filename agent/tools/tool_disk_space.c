/* disk_space: how full the disks are, and which folders take most. */
#include "agent/tools/topn.h"
#include "agent/tools/util.h"
#include "agent/tools/walk.h"
#include <mntent.h>
#include <sys/statvfs.h>

#define FOLDERS_SHOWN 15
#define DISKS_MAX 64

struct disk {
	char *mount, *device;
	uint64_t size, used, free;
	dev_t id; /* not f_fsid: some file systems say 0 */
};

static bool
is_virtual(const char *type)
{
	static const char *const real[] = { "ext2", "ext3", "ext4", "xfs", "btrfs", "zfs",
		"vfat", "exfat", "ntfs", "ntfs3", "fuseblk", "f2fs", "nfs", "nfs4", "cifs",
		"hfsplus", "udf", "iso9660", "bcachefs", "overlay", "jfs", "reiserfs", "9p",
		"virtiofs", "smb3", "fuse.sshfs" };

	for (size_t i = 0; i < ARRAY_LEN(real); i++)
		if (str_eq(type, real[i]))
			return false;
	return true;
}

/* Disks mounted twice (bind mounts) are told once, at their shortest place. A dead network disk
 * would block: only the one below path is asked among those. */
static size_t
find_disks(struct disk *disks, const char *path)
{
	FILE *f = setmntent("/proc/self/mounts", "r");
	struct mntent *m;
	size_t n = 0;

	while (f && n < DISKS_MAX && (m = getmntent(f))) {
		bool remote = str_starts(m->mnt_type, "nfs") || str_eq(m->mnt_type, "cifs") ||
			str_starts(m->mnt_type, "fuse.");
		struct statvfs st;
		struct stat root;
		size_t same;

		if (is_virtual(m->mnt_type) || (remote && !path_below(path, m->mnt_dir)) ||
			statvfs(m->mnt_dir, &st) < 0 || !st.f_blocks ||
			stat(m->mnt_dir, &root) < 0)
			continue;
		for (same = 0; same < n && disks[same].id != root.st_dev; same++)
			;
		if (same < n) {
			if (strlen(m->mnt_dir) < strlen(disks[same].mount)) {
				free(disks[same].mount);
				disks[same].mount = xstrdup(m->mnt_dir);
			}
			continue;
		}
		disks[n++] = (struct disk){
			.mount = xstrdup(m->mnt_dir),
			.device = xstrdup(m->mnt_fsname),
			.size = (uint64_t)st.f_blocks * st.f_frsize,
			.used = (uint64_t)(st.f_blocks - st.f_bfree) * st.f_frsize,
			.free = (uint64_t)st.f_bavail * st.f_frsize,
			.id = root.st_dev,
		};
	}
	if (f)
		endmntent(f);
	return n;
}

struct folders {
	const char *root;
	struct strv names;
	uint64_t *bytes, *files;
	size_t cap, cap2;
	uint64_t own, all;
};

/* The walk comes folder by folder: the last one is nearly always the right one. */
static bool
one(void *user, const char *path, const struct stat *st)
{
	struct folders *f = user;
	const char *below = path + strlen(f->root) + !str_eq(f->root, "/");
	size_t n = strcspn(below, "/");
	uint64_t bytes = (uint64_t)st->st_blocks * 512;
	size_t i = f->names.n;

	f->all += bytes;
	if (!below[n]) {
		f->own += bytes;
		return true;
	}
	if (!i || strncmp(f->names.v[i - 1], below, n) != 0 || f->names.v[i - 1][n]) {
		autofree char *name = xstrndup(below, n);

		GROW(f->bytes, f->names.n, f->cap);
		GROW(f->files, f->names.n, f->cap2);
		f->bytes[i] = f->files[i] = 0;
		strv_add(&f->names, name);
		i++;
	}
	f->bytes[i - 1] += bytes;
	f->files[i - 1]++;
	return true;
}

static int64_t
percent(uint64_t used, uint64_t usable)
{
	return usable ? (int64_t)((used * 100 + usable - 1) / usable) : 0;
}

static void
give_disks(struct jw *w, const struct disk *disks, size_t n)
{
	char size[16];

	jw_array(w, "filesystems");
	for (size_t i = 0; i < n; i++) {
		uint64_t usable = disks[i].used + disks[i].free;

		jw_object(w, NULL);
		jw_path(w, "mount", disks[i].mount);
		jw_path(w, "device", disks[i].device);
		jw_i64(w, "size", (int64_t)disks[i].size);
		jw_i64(w, "used", (int64_t)disks[i].used);
		jw_i64(w, "free", (int64_t)disks[i].free);
		jw_str(w, "free_text", str_size(disks[i].free, size));
		jw_i64(w, "percent", percent(disks[i].used, usable));
		jw_end_object(w);
	}
	jw_end_array(w);
}

static void
give_folders(struct jw *w, const struct folders *f)
{
	struct topn top;
	char size[16];

	topn_init(&top, FOLDERS_SHOWN, false);
	for (size_t i = 0; i < f->names.n; i++) {
		const struct topn_row row = { .size = (int64_t)f->files[i] };

		topn_add(&top, f->names.v[i], (int64_t)f->bytes[i], &row);
	}
	topn_sort(&top);
	jw_array(w, "folders");
	for (size_t i = 0; i < top.n && tool_room(w, 300 + 6 * strlen(top.v[i].name)); i++) {
		autofree char *path = path_join(f->root, top.v[i].name);

		jw_object(w, NULL);
		jw_path(w, "path", path);
		jw_i64(w, "bytes", top.v[i].key);
		jw_str(w, "bytes_text", str_size((uint64_t)top.v[i].key, size));
		jw_i64(w, "files", top.v[i].size);
		jw_end_object(w);
	}
	jw_end_array(w);
	topn_finish(&top);
}

/* The disk the folder lies on. A folder that is only in the draft lies below one that is not. */
static bool
give_own_disk(struct jw *w, const char *path, uint64_t *ret_free)
{
	struct statvfs st;
	autofree char *at = xstrdup(path);
	uint64_t used, usable;

	while (statvfs(at, &st) < 0) {
		char *up = path_dir(at);

		if (str_eq(up, at)) {
			free(up);
			return false;
		}
		free(at);
		at = up;
	}
	*ret_free = (uint64_t)st.f_bavail * st.f_frsize;
	used = (uint64_t)(st.f_blocks - st.f_bfree) * st.f_frsize;
	usable = used + *ret_free;
	jw_i64(w, "size", (int64_t)((uint64_t)st.f_blocks * st.f_frsize));
	jw_i64(w, "free", (int64_t)*ret_free);
	jw_i64(w, "percent", percent(used, usable));
	return st.f_blocks > 0;
}

static void
give(const struct tool_ctx *c, const struct walk *walk, const struct folders *f,
	struct tool_result *r)
{
	autofree char *shown = tool_name(c, f->root);
	struct disk disks[DISKS_MAX];
	size_t n = find_disks(disks, f->root);
	char size[16], all[16];
	uint64_t room = 0;
	struct jw w;

	tool_json(c, r, &w);
	give_disks(&w, disks, n);
	give_folders(&w, f);
	jw_path(&w, "path", f->root);
	jw_i64(&w, "bytes", (int64_t)f->all);
	str_size(f->all, all);
	if (give_own_disk(&w, f->root, &room))
		tool_say(r, _("%s takes %s; %s free on its disk"), shown, all,
			str_size(room, size));
	else
		tool_say(r, _("%s takes %s"), shown, all);
	walk_tell(walk, &w);
	tool_json_end(c, r, &w);
	for (size_t i = 0; i < n; i++) {
		free(disks[i].mount);
		free(disks[i].device);
	}
}

static bool
run(const struct tool_ctx *c, const cJSON *args, struct tool_result *r, struct err *err)
{
	autofree char *path = tool_arg_folder(c, args, "path", c->home, err);
	struct folders f = { .root = path };
	struct walk walk = { .ctx = c, .flags = WALK_HIDDEN, .fn = one, .user = &f };
	bool ok = path && walk_run(&walk, path, err);

	if (ok)
		give(c, &walk, &f, r);
	strv_finish(&f.names);
	free(f.bytes);
	free(f.files);
	walk_finish(&walk);
	return ok;
}

const struct tool tool_disk_space = {
	.name = "disk_space",
	.summary = N_("How full the disks are and what takes the space"),
	.schema = "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"}}}",
	.returns = "filesystems:[{mount,device,size,used,free,free_text,percent}], "
		   "folders:[{path,bytes,bytes_text,files}], path, bytes, "
		   "size, free, percent",
	.risk = RISK_READ,
	.flags = TOOL_EXTRA,
	.run = run,
};
