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
	unsigned long id;
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
		size_t same;

		if (is_virtual(m->mnt_type) || (remote && !path_below(path, m->mnt_dir)) ||
			statvfs(m->mnt_dir, &st) < 0 || !st.f_blocks)
			continue;
		for (same = 0; same < n && disks[same].id != st.f_fsid; same++)
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
			.id = st.f_fsid,
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
		jw_i64(w, "percent",
			usable ? (int64_t)((disks[i].used * 100 + usable - 1) / usable) : 0);
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

/* The disk the folder lies on: the longest mount above it. */
static const struct disk *
disk_of(const struct disk *disks, size_t n, const char *path)
{
	const struct disk *best = NULL;

	for (size_t i = 0; i < n; i++)
		if (path_below(path, disks[i].mount) &&
			(!best || strlen(disks[i].mount) > strlen(best->mount)))
			best = &disks[i];
	return best;
}

static bool
run(const struct tool_ctx *c, const cJSON *args, struct tool_result *r, struct err *err)
{
	autofree char *path = tool_arg_folder(c, args, "path", c->home, err), *shown = NULL;
	struct folders f = { .root = path };
	struct walk walk = { .ctx = c, .flags = WALK_HIDDEN, .fn = one, .user = &f };
	struct disk disks[DISKS_MAX];
	const struct disk *mine;
	char size[16], all[16];
	size_t n;
	bool ok;

	if (!path)
		return false;
	ok = walk_run(&walk, path, err);
	if (ok) {
		struct jw w;

		n = find_disks(disks, path);
		tool_json(c, r, &w);
		give_disks(&w, disks, n);
		give_folders(&w, &f);
		jw_path(&w, "path", path);
		jw_i64(&w, "bytes", (int64_t)f.all);
		walk_tell(&walk, &w);
		tool_json_end(c, r, &w);
		mine = disk_of(disks, n, path);
		shown = tool_name(c, path);
		if (mine)
			tool_say(r, _("%s holds %s; %s free on its disk"), shown,
				str_size(f.all, all), str_size(mine->free, size));
		else
			tool_say(r, _("%s holds %s"), shown, str_size(f.all, all));
		for (size_t i = 0; i < n; i++) {
			free(disks[i].mount);
			free(disks[i].device);
		}
	}
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
		   "folders:[{path,bytes,bytes_text,files}], path, bytes",
	.risk = RISK_READ,
	.flags = TOOL_EXTRA,
	.run = run,
};
