/*
 * unpack: an archive into a new folder of its own. homard-files reads it; here every name is
 * judged, every byte counted and everything written to the draft. Links are made last, so that
 * nothing can be written through them.
 */
#include "agent/base/event.h"
#include "agent/tools/files_helper.h"
#include "agent/tools/unpack.h"
#include "agent/tools/util.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/statvfs.h>

#define ENTRIES_MAX 200000
#define ODD_SHOWN 200
#define SMALL (1u << 20) /* kept in memory and written at once */
#define ROOM_LEFT (256ull << 20)
#define BYTES_MAX (64ull << 30)
#define RATIO_MAX 2000 /* beyond 1 GB, a thousandfold and more is a bomb */
#define RATIO_FROM (1ull << 30)
#define WALL_MS (3600ull * 1000)

struct link {
	char *below, *target;
};

struct unpacking {
	const struct tool_ctx *ctx;
	char *folder, *made; /* where entries go; the new folder, or the one file */
	/* the present file */
	char *below, *path, *last_dir;
	struct buf small;
	int fd; /* large files; -1 */
	int64_t mtime;
	unsigned mode;
	bool reading;
	/* sums */
	uint64_t entries, files, bytes, limit, packed;
	uint64_t read, got; /* of all members; of the present file */
	struct link *links;
	size_t n_links, links_cap;
	struct jw w;
	uint64_t n_odd, locked;
	struct err *err;
};

static void
tell_odd(struct unpacking *u, const char *name, enum unpack_odd odd)
{
	if (u->n_odd++ >= ODD_SHOWN || !tool_room(&u->w, 6 * strlen(name) + 500))
		return;
	jw_object(&u->w, NULL);
	jw_path(&u->w, "path", name);
	jw_str(&u->w, "why", unpack_odd_words(odd));
	jw_end_object(&u->w);
}

static void
forget_file(struct unpacking *u)
{
	free(u->below);
	free(u->path);
	u->below = u->path = NULL;
	if (u->fd >= 0)
		close(u->fd);
	u->fd = -1;
	buf_clear(&u->small);
	u->got = 0;
	u->reading = false;
}

static void
set_time(struct unpacking *u, const char *path)
{
	autofree char *disk = u->mtime > 0 ? draft_locate(u->ctx->draft, path, NULL) : NULL;
	const struct timespec times[2] = { { .tv_nsec = UTIME_NOW }, { .tv_sec = u->mtime } };

	/* Only what lies in the draft's stage may be touched. */
	if (disk && !str_eq(disk, path))
		utimensat(AT_FDCWD, disk, times, AT_SYMLINK_NOFOLLOW);
}

static bool
end_file(struct unpacking *u)
{
	bool ok = true;

	if (u->path && u->fd < 0) {
		struct stat st;

		if (draft_stat(u->ctx->draft, u->path, &st, NULL) && !S_ISREG(st.st_mode)) {
			tell_odd(u, u->below, UNPACK_TAKEN);
			forget_file(u);
		} else
			ok = draft_write(
				u->ctx->draft, u->path, buf_slice(&u->small), u->mode, u->err);
	}
	if (ok && u->path) {
		u->files++;
		u->bytes += u->got;
		set_time(u, u->path);
	}
	forget_file(u);
	return ok;
}

/* A file that grows beyond what is kept in memory goes on in the stage. */
static bool
open_large(struct unpacking *u)
{
	autofree char *disk = NULL;
	size_t at = 0;

	if (!draft_write(u->ctx->draft, u->path, (struct slice){ "", 0 }, u->mode, u->err))
		return false;
	disk = draft_locate(u->ctx->draft, u->path, u->err);
	if (!disk || str_eq(disk, u->path))
		return false;
	u->fd = open(disk, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	if (u->fd < 0)
		return err_sys(u->err, errno, _("Cannot write %s"), u->below);
	while (at < u->small.len) {
		ssize_t n = write(u->fd, u->small.p + at, u->small.len - at);

		if (n < 0 && errno != EINTR)
			return err_sys(u->err, errno, _("Cannot write %s"), u->below);
		at += n > 0 ? (size_t)n : 0;
	}
	return true;
}

static bool
on_data(void *user, struct slice bytes)
{
	struct unpacking *u = user;

	u->read += bytes.n;
	if (u->read > u->limit)
		return err_set(u->err, ERR_LIMIT,
			_("The archive unpacks to more than the disk can hold; nothing was "
			  "kept."));
	if (u->read > RATIO_FROM && u->read / MAX_OF(u->packed, 1u) > RATIO_MAX)
		return err_set(u->err, ERR_LIMIT,
			_("The archive unpacks to %llu times its size: it is made to fill the "
			  "disk. Nothing was kept."),
			(unsigned long long)(u->read / MAX_OF(u->packed, 1u)));
	if (!u->path)
		return true;
	u->got += bytes.n;
	if (u->fd < 0 && buf_add_slice(&u->small, bytes))
		return true;
	if (u->fd < 0 && !open_large(u))
		return false;
	while (bytes.n) {
		ssize_t n = write(u->fd, bytes.p, bytes.n);

		if (n < 0 && errno != EINTR)
			return err_sys(u->err, errno, _("Cannot write %s"), u->below);
		bytes.p += n > 0 ? n : 0;
		bytes.n -= n > 0 ? (size_t)n : 0;
	}
	return true;
}

/* A file of the archive where a folder is needed. */
static bool
way_is_taken(struct unpacking *u, const char *path)
{
	autofree char *dir = path_dir(path);
	struct stat st;

	if (u->last_dir && str_eq(u->last_dir, dir))
		return false;
	while (!draft_stat(u->ctx->draft, dir, &st, NULL)) {
		char *up;

		if (str_eq(dir, u->folder) || !path_below(dir, u->folder))
			return false;
		up = path_dir(dir);
		free(dir);
		dir = up;
	}
	if (!S_ISDIR(st.st_mode))
		return true;
	free(u->last_dir);
	u->last_dir = path_dir(path);
	return false;
}

static bool
begin_file(struct unpacking *u, const cJSON *o, char *below)
{
	u->below = below;
	u->path = path_join(u->folder, below);
	if (way_is_taken(u, u->path)) {
		tell_odd(u, below, UNPACK_TAKEN);
		forget_file(u);
		return true;
	}
	u->mtime = json_i64(o, "mtime", 0);
	/* Only the run bit is taken over; setuid and the like never. */
	u->mode = json_i64(o, "mode", 0644) & 0100 ? 0755 : 0644;
	u->reading = true;
	return true;
}

static void
keep_link(struct unpacking *u, char *below, const char *target_text)
{
	autofree char *target = path_from_text(target_text);

	if (!unpack_link_stays(below, target)) {
		tell_odd(u, below, UNPACK_LINK_OUT);
		free(below);
		return;
	}
	GROW(u->links, u->n_links, u->links_cap);
	u->links[u->n_links++] = (struct link){ below, steal_ptr(&target) };
}

/* Another name for a file already unpacked: its content is copied. */
static bool
copy_entry(struct unpacking *u, const cJSON *o, char *below, const char *target_text)
{
	autofree char *target = path_from_text(target_text), *inner = NULL, *from = NULL;
	autobuf struct buf text = BUF_INIT(LIMIT_READ_FILE);
	enum unpack_odd odd;

	inner = unpack_name(target, &odd);
	from = inner ? path_join(u->folder, inner) : NULL;
	if (!from || !tool_slurp(u->ctx, from, &text, NULL)) {
		tell_odd(u, below, UNPACK_LINK_OUT);
		free(below);
		return true;
	}
	begin_file(u, o, below);
	return on_data(u, buf_slice(&text)) && end_file(u);
}

/* A compressed file (notes.txt.gz) needs no folder: it takes its place. Owned. */
static char *
single_name(struct unpacking *u)
{
	char *name = xstrdup(path_base(u->made));

	(void)!draft_delete(u->ctx->draft, u->made, NULL);
	free(u->folder);
	u->folder = path_dir(u->made);
	return name;
}

static bool
begin_entry(struct unpacking *u, const cJSON *o)
{
	autofree char *name = path_from_text(json_str(o, "path", ""));
	const char *type = json_str(o, "type", "special"), *link = json_str(o, "link", "");
	enum unpack_odd odd;
	char *below;

	if (++u->entries > ENTRIES_MAX)
		return err_set(u->err, ERR_LIMIT,
			_("The archive has more than %d entries; nothing was kept."),
			ENTRIES_MAX);
	if (u->ctx->progress && u->entries % 64 == 0)
		u->ctx->progress(u->ctx->call, u->entries, 0);
	below = json_bool(o, "raw", false) ? single_name(u) : unpack_name(name, &odd);
	if (below && (str_eq(type, "special") || json_bool(o, "encrypted", false))) {
		odd = str_eq(type, "special") ? UNPACK_SPECIAL : UNPACK_LOCKED;
		u->locked += odd == UNPACK_LOCKED;
		free(below);
		below = NULL;
	}
	if (!below) {
		tell_odd(u, name, odd);
		return true; /* its data frames go nowhere */
	}
	if (str_eq(type, "file") && *below)
		return begin_file(u, o, below);
	if (str_eq(type, "hardlink"))
		return copy_entry(u, o, below, link);
	if (str_eq(type, "link")) {
		keep_link(u, below, link);
		return true;
	}
	if (*below) {
		autofree char *path = path_join(u->folder, below);
		struct stat st;

		if (way_is_taken(u, path))
			tell_odd(u, below, UNPACK_TAKEN);
		else if (!draft_stat(u->ctx->draft, path, &st, NULL)) {
			if (!draft_mkdir(u->ctx->draft, path, u->err)) {
				free(below);
				return false;
			}
		} else if (!S_ISDIR(st.st_mode)) {
			tell_odd(u, below, UNPACK_TAKEN);
		}
	}
	free(below);
	return true;
}

static bool
on_line(void *user, const cJSON *o)
{
	struct unpacking *u = user;

	if (json_get(o, "path"))
		return begin_entry(u, o);
	if (json_bool(o, "done", false))
		return end_file(u);
	return true;
}

static bool
make_links(struct unpacking *u)
{
	for (size_t i = 0; i < u->n_links; i++) {
		autofree char *path = path_join(u->folder, u->links[i].below);
		struct stat st;

		if (draft_stat(u->ctx->draft, path, &st, NULL))
			tell_odd(u, u->links[i].below, UNPACK_TAKEN);
		else if (!draft_symlink(u->ctx->draft, u->links[i].target, path, u->err))
			return false;
		else
			u->files++;
	}
	return true;
}

static uint64_t
room_for(const char *path)
{
	autofree char *dir = path_dir(path);
	struct statvfs st;
	uint64_t room;

	while (statvfs(dir, &st) < 0 && !str_eq(dir, "/")) {
		char *up = path_dir(dir);

		free(dir);
		dir = up;
	}
	room = statvfs(dir, &st) == 0 ? (uint64_t)st.f_bavail * st.f_frsize : BYTES_MAX;
	return MIN_OF(BYTES_MAX, room > ROOM_LEFT ? room - ROOM_LEFT : 0);
}

static bool
unpack_all(struct unpacking *u, const char *archive, struct err *err)
{
	autofd int fd = draft_open_read(u->ctx->draft, archive, err);
	const struct files_call call = { .ctx = u->ctx,
		.verb = "unpack",
		.archive = fd,
		.list = -1,
		.wall_ms = WALL_MS,
		.line = on_line,
		.data = on_data,
		.user = u };
	struct err own = { 0 };
	bool ok;

	if (fd < 0)
		return false;
	u->limit = room_for(u->folder);
	u->err = &own;
	ok = draft_mkdir(u->ctx->draft, u->folder, &own) && files_call(&call, &own) &&
		make_links(u);
	forget_file(u);
	if (!ok || !u->entries)
		(void)!draft_delete(u->ctx->draft, u->made, NULL);
	if (ok)
		return true;
	if (err)
		*err = own;
	return false;
}

static void
unpacking_finish(struct unpacking *u)
{
	for (size_t i = 0; i < u->n_links; i++) {
		free(u->links[i].below);
		free(u->links[i].target);
	}
	free(u->links);
	free(u->folder);
	free(u->made);
	free(u->last_dir);
	buf_finish(&u->small);
}

static void
say(const struct unpacking *u, const char *archive, struct tool_result *r)
{
	autofree char *from = tool_name(u->ctx, archive), *to = tool_name(u->ctx, u->made);
	char n[32], files[64], size[16];

	str_count(u->files, n);
	snprintf(files, sizeof(files), ngettext_("%s file", "%s files", u->files), n);
	str_size(u->bytes, size);
	if (u->n_odd)
		tool_say(r,
			ngettext_("%s (%s) unpacked to %s; %llu entry was left out",
				"%s (%s) unpacked to %s; %llu entries were left out",
				u->n_odd),
			files, size, to, (unsigned long long)u->n_odd);
	else
		tool_say(r, _("Unpacked %s: %s (%s) to %s"), from, files, size, to);
}

static bool
run(const struct tool_ctx *c, const cJSON *args, struct tool_result *r, struct err *err)
{
	struct stat st;
	autofree char *path = tool_arg_file(c, args, "path", &st, err), *stem = NULL,
		      *dir = NULL;
	autofree char *wanted = NULL;
	struct unpacking u = { .ctx = c, .fd = -1, .small = BUF_INIT(SMALL) };
	bool ok;

	if (!path)
		return false;
	stem = unpack_stem(path_base(path));
	u.packed = (uint64_t)st.st_size;
	dir = tool_arg_opt(args, "to") ? tool_arg_path(c, args, "to", err) : path_dir(path);
	wanted = path_join(dir, stem);
	u.folder = tool_free_name(c, wanted);
	u.made = xstrdup(u.folder);
	tool_json(c, r, &u.w);
	jw_array(&u.w, "odd");
	ok = unpack_all(&u, path, err);
	jw_end_array(&u.w);
	jw_i64(&u.w, "files", (int64_t)u.files);
	jw_i64(&u.w, "bytes", (int64_t)u.bytes);
	jw_path(&u.w, "folder", u.made);
	jw_i64(&u.w, "n_odd", (int64_t)u.n_odd);
	tool_json_end(c, r, &u.w);
	if (ok && !u.files && u.locked)
		ok = err_set(err, ERR_USAGE,
			_("%s is locked with a password; unpack it yourself."),
			path_base(path));
	if (ok) {
		say(&u, path, r);
		tool_taint(c, r, path);
	}
	unpacking_finish(&u);
	return ok;
}

const struct tool tool_unpack = {
	.name = "unpack",
	.summary = N_("Unpack an archive into a folder of its own"),
	.schema = "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"},"
		  "\"to\":{\"type\":\"string\"}},\"required\":[\"path\"]}",
	.returns = "odd:[{path,why}], files, bytes, folder (or the one file), n_odd",
	.risk = RISK_ACT,
	.flags = TOOL_EXTRA,
	.run = run,
};
