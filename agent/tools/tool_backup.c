/*
 * backup: one dated archive of a file or folder. The room for it is checked first, it is
 * written in the draft, read back and compared with what went in. Up to 256 MB it is a .tar.gz,
 * which everything opens; beyond, a .tar.zst, which takes a tenth of the time.
 */
#include "agent/base/event.h"
#include "agent/base/hash.h"
#include "agent/tools/files_helper.h"
#include "agent/tools/util.h"
#include "agent/tools/walk.h"
#include <fcntl.h>
#include <sys/statvfs.h>

#define ENTRIES_MAX 5000000
#define ZST_FROM (256ull << 20)
#define SPARE_ROOM (64ull << 20)
#define WALL_MS (4ull * 3600 * 1000)

struct backup {
	const struct tool_ctx *ctx;
	const char *source;
	FILE *list;
	uint64_t entries, files, bytes;
	uint64_t skipped, changed;
	char sum[HASH_HEX_LEN];
	int64_t got_files, got_bytes;
	bool list_failed;
	char *first_skipped; /* as text */
};

static bool
add_entry(struct backup *b, const char *path)
{
	autofree char *parent = path_dir(b->source),
		      *disk = draft_locate(b->ctx->draft, path, NULL);
	size_t skip = str_eq(parent, "/") ? 1 : strlen(parent) + 1;

	b->entries++;
	if (!disk)
		return true;
	b->list_failed =
		!files_list_add(b->list, path + skip) || !files_list_add(b->list, disk);
	return !b->list_failed;
}

static bool
gather(void *user, const char *path, const struct stat *st)
{
	struct backup *b = user;

	if (S_ISREG(st->st_mode)) {
		b->files++;
		b->bytes += (uint64_t)st->st_size;
	}
	return add_entry(b, path) && b->entries < ENTRIES_MAX;
}

/* NAME-2024-05-31.tar.gz in ~/Backups or in to; to may also name the archive itself. */
static char *
archive_path(const struct tool_ctx *c, const cJSON *args, const char *source, bool zst)
{
	autofree char *to = tool_arg_path_or(c, args, "to", "~/Backups"), *stem = NULL;
	char now[32];
	const char *base = str_eq(source, "/") ? "root" : path_base(source);

	if (str_ends(to, ".tar.gz") || str_ends(to, ".tgz") || str_ends(to, ".tar.zst"))
		return steal_ptr(&to);
	tool_time(tool_now(c), now);
	stem = xasprintf("%s-%.10s.tar.%s", base, now, zst ? "zst" : "gz");
	return path_join(to, stem);
}

static bool
check_room(const struct tool_ctx *c, const char *archive, uint64_t bytes, struct err *err)
{
	autofree char *dir = path_dir(archive);
	char need[16], have[16];
	struct statvfs st;

	while (statvfs(dir, &st) < 0 && !str_eq(dir, "/")) {
		char *up = path_dir(dir);

		free(dir);
		dir = up;
	}
	if (statvfs(dir, &st) == 0 &&
		(uint64_t)st.f_bavail * st.f_frsize < bytes + SPARE_ROOM) {
		autofree char *shown = tool_name(c, dir);

		return err_set(err, ERR_LIMIT,
			_("The backup may need %s, but %s has only %s free. Free some space or "
			  "choose another place."),
			str_size(bytes, need), shown,
			str_size((uint64_t)st.f_bavail * st.f_frsize, have));
	}
	return true;
}

static bool
on_line(void *user, const cJSON *o)
{
	struct backup *b = user;
	int64_t n = json_i64(o, "n", -1);

	if (n >= 0 && b->ctx->progress)
		b->ctx->progress(b->ctx->call, (uint64_t)n, b->entries);
	if (json_bool(o, "end", false)) {
		snprintf(b->sum, sizeof(b->sum), "%s", json_str(o, "sha256", ""));
		b->got_files = json_i64(o, "files", 0);
		b->got_bytes = json_i64(o, "bytes", 0);
		b->skipped += (uint64_t)json_i64(o, "skipped", 0);
		b->changed += (uint64_t)json_i64(o, "changed", 0);
		if (json_str(o, "first_skipped", NULL) && !b->first_skipped)
			b->first_skipped = xstrdup(json_str(o, "first_skipped", ""));
	}
	return true;
}

static bool
pack_and_verify(struct backup *b, int list, const char *format, int out, const char *disk,
	struct err *err)
{
	struct files_call call = { .ctx = b->ctx,
		.verb = "pack",
		.arg = format,
		.archive = out,
		.list = list,
		.wall_ms = WALL_MS,
		.line = on_line,
		.user = b };
	char packed[HASH_HEX_LEN];
	autofd int back = -1;

	if (!files_call(&call, err))
		return false;
	memcpy(packed, b->sum, sizeof(packed));
	b->sum[0] = '\0';
	back = open(disk, O_RDONLY | O_CLOEXEC);
	call = (struct files_call){ .ctx = b->ctx,
		.verb = "verify",
		.archive = back,
		.list = -1,
		.wall_ms = WALL_MS,
		.line = on_line,
		.user = b };
	if (back < 0 || !files_call(&call, err))
		return false;
	if (!str_eq(packed, b->sum))
		return err_set(err, ERR_CORRUPT,
			_("The archive does not hold what went into it; it was dropped. Check "
			  "the disk."));
	return true;
}

static bool
write_archive(struct backup *b, int list, const char *wanted, char **ret_path, struct err *err)
{
	const char *format = str_ends(wanted, ".zst") ? "zst" : "gz";
	autofree char *path = NULL, *disk = NULL;
	autofd int out = tool_create(b->ctx, wanted, &path, err);

	if (out < 0)
		return false;
	disk = draft_locate(b->ctx->draft, path, err);
	if (disk && pack_and_verify(b, list, format, out, disk, err)) {
		*ret_path = steal_ptr(&path);
		return true;
	}
	(void)!draft_delete(b->ctx->draft, path, NULL);
	return false;
}

static bool
collect(struct backup *b, int list, const struct stat *st, struct err *err)
{
	struct walk w = { .ctx = b->ctx,
		.flags = WALK_HIDDEN | WALK_FOLDERS | WALK_LINKS,
		.fn = gather,
		.user = b };
	int copy = dup(list);
	bool ok;

	b->list = copy >= 0 ? fdopen(copy, "w") : NULL;
	if (!b->list)
		return err_set(err, ERR_LIMIT,
			_("Too many files are open; close something and try again."));
	if (S_ISDIR(st->st_mode))
		ok = add_entry(b, b->source) && walk_run(&w, b->source, err);
	else
		ok = gather(b, b->source, st);
	b->skipped = w.unreadable + w.other_disks;
	if (w.first_unreadable)
		b->first_skipped = path_text(w.first_unreadable);
	walk_finish(&w);
	if (fclose(b->list) != 0 || b->list_failed)
		ok = err_set(err, ERR_IO, _("The list of files could not be kept in memory."));
	if (ok && b->entries >= ENTRIES_MAX)
		ok = err_set(err, ERR_LIMIT,
			_("There are more than %d files; back up its parts."), ENTRIES_MAX);
	return ok;
}

static void
give(struct backup *b, struct tool_result *r, const char *path)
{
	autofree char *disk = draft_locate(b->ctx->draft, path, NULL),
		      *shown = tool_name(b->ctx, path);
	char count[32], files[64], bytes[16], packed[16];
	struct stat st = { 0 };
	struct jw w;

	if (disk && stat(disk, &st) < 0)
		st.st_size = 0;
	tool_json(b->ctx, r, &w);
	jw_path(&w, "archive", path);
	jw_i64(&w, "files", b->got_files);
	jw_i64(&w, "bytes", b->got_bytes);
	jw_str(&w, "bytes_text", str_size((uint64_t)b->got_bytes, bytes));
	jw_i64(&w, "archive_bytes", (int64_t)st.st_size);
	jw_bool(&w, "verified", true);
	jw_i64(&w, "skipped", (int64_t)b->skipped);
	if (b->first_skipped)
		jw_str(&w, "first_skipped", b->first_skipped);
	jw_i64(&w, "changed", (int64_t)b->changed);
	tool_json_end(b->ctx, r, &w);
	str_count((uint64_t)b->got_files, count);
	snprintf(files, sizeof(files),
		ngettext_("%s file", "%s files", (unsigned long)b->got_files), count);
	str_size((uint64_t)st.st_size, packed);
	if (b->skipped)
		tool_say(r,
			_("Backed up %s (%s) to %s, %s, verified; %llu could not be read"),
			files, bytes, shown, packed, (unsigned long long)b->skipped);
	else
		tool_say(r, _("Backed up %s (%s) to %s, %s, verified"), files, bytes,
			shown, packed);
}

static bool
run(const struct tool_ctx *c, const cJSON *args, struct tool_result *r, struct err *err)
{
	autofree char *given = tool_arg_path(c, args, "path", err), *path = NULL,
		      *wanted = NULL;
	autofree char *archive = NULL, *shown = NULL;
	struct backup b = { .ctx = c };
	autofd int list = -1;
	struct stat st;
	bool ok;

	if (!given || !(path = tool_follow(c, given, err)) || !tool_stat(c, path, &st, err))
		return false;
	b.source = path;
	wanted = archive_path(c, args, path, false);
	shown = tool_name(c, path);
	if (path_below(wanted, path))
		return err_set(err, ERR_USAGE,
			_("The backup of %s would lie inside it; choose another place for it."),
			shown);
	list = files_list_open(err);
	ok = list >= 0 && collect(&b, list, &st, err);
	if (ok) {
		free(wanted);
		wanted = archive_path(c, args, path, b.bytes > ZST_FROM);
		ok = check_room(c, wanted, b.bytes, err) &&
			write_archive(&b, list, wanted, &archive, err);
	}
	if (ok)
		give(&b, r, archive);
	free(b.first_skipped);
	return ok;
}

const struct tool tool_backup = {
	.name = "backup",
	.summary = N_("Pack a folder into a dated, verified archive"),
	.schema = "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"},"
		  "\"to\":{\"type\":\"string\"}},\"required\":[\"path\"]}",
	.returns = "archive, files, bytes, bytes_text, archive_bytes, verified, skipped, "
		   "first_skipped?, changed",
	.risk = RISK_ACT,
	.flags = TOOL_EXTRA,
	.run = run,
};
