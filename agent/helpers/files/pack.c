/* Writing a compressed tar archive from a list of files. */
#include "agent/helpers/files/files.h"
#include "agent/base/event.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define TELL_EVERY 512

struct packing {
	struct archive *a;
	struct tally tally;
	struct buf line;
	uint64_t skipped, changed;
	char *first_skipped;
};

static bool
say(struct packing *p)
{
	fail_out(archive_error_string(p->a));
	return false;
}

/* A file that shrinks meanwhile is filled up with zeros, one that grows is cut; both counted.
 */
static bool
add_content(struct packing *p, int fd, uint64_t size)
{
	static char piece[FILES_PIECE];
	uint64_t left = size;
	bool changed = false;

	while (left) {
		size_t want = MIN_OF(left, (uint64_t)sizeof(piece));
		ssize_t n = changed ? 0 : read(fd, piece, want);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			changed = true;
			memset(piece, 0, want);
			n = (ssize_t)want;
		}
		if (archive_write_data(p->a, piece, (size_t)n) != n)
			return say(p);
		tally_data(&p->tally, piece, (size_t)n);
		left -= (uint64_t)n;
	}
	if (!changed && read(fd, piece, 1) == 1)
		changed = true;
	p->changed += changed;
	return true;
}

static void
skip(struct packing *p, const char *path)
{
	p->skipped++;
	if (!p->first_skipped)
		p->first_skipped = path_text(path);
}

static bool
write_header(
	struct packing *p, struct archive_entry *e, const char *name, const struct stat *st)
{
	archive_entry_copy_pathname(e, name);
	archive_entry_set_filetype(e, st->st_mode & S_IFMT);
	archive_entry_set_perm(e, st->st_mode & 07777);
	archive_entry_set_mtime(e, st->st_mtim.tv_sec, st->st_mtim.tv_nsec);
	archive_entry_set_uid(e, st->st_uid);
	archive_entry_set_gid(e, st->st_gid);
	if (S_ISREG(st->st_mode))
		archive_entry_set_size(e, st->st_size);
	return archive_write_header(p->a, e) >= ARCHIVE_WARN || say(p);
}

static bool
add_open(struct packing *p, struct archive_entry *e, const char *name, const char *path,
	const struct stat *seen)
{
	autofd int fd = S_ISREG(seen->st_mode)
		? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY)
		: -1;
	char target[4096];
	struct stat st = *seen;
	ssize_t n;

	if (S_ISREG(st.st_mode)) {
		if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
			skip(p, path);
			return true;
		}
		tally_entry(&p->tally, name, 'f', (uint64_t)st.st_size);
		return write_header(p, e, name, &st) &&
			add_content(p, fd, (uint64_t)st.st_size);
	}
	if (S_ISLNK(st.st_mode)) {
		n = readlink(path, target, sizeof(target) - 1);
		if (n <= 0) {
			skip(p, path);
			return true;
		}
		target[n] = '\0';
		archive_entry_copy_symlink(e, target);
	} else if (!S_ISDIR(st.st_mode)) {
		skip(p, path); /* sockets and pipes hold nothing to keep */
		return true;
	}
	tally_entry(&p->tally, name, S_ISLNK(st.st_mode) ? 'l' : 'd', 0);
	return write_header(p, e, name, &st);
}

static bool
add_one(struct packing *p, const char *name, const char *path)
{
	struct archive_entry *e;
	struct stat st;
	bool ok;

	if (lstat(path, &st) < 0) {
		skip(p, path);
		return true;
	}
	e = archive_entry_new();
	ok = add_open(p, e, name, path, &st);
	archive_entry_free(e);
	return ok;
}

static bool
add_all(struct packing *p)
{
	const char *next;

	while ((next = names_next())) {
		autofree char *name = xstrdup(next);

		next = names_next();
		if (!next)
			break;
		if (!add_one(p, name, next))
			return false;
		if (p->tally.entries % TELL_EVERY == 0) {
			buf_printf(
				&p->line, "{\"n\":%llu}", (unsigned long long)p->tally.entries);
			line_out(&p->line);
			fflush(stdout);
		}
	}
	return archive_write_close(p->a) == ARCHIVE_OK || say(p);
}

int
verb_pack(const char *format)
{
	struct packing p = { .a = archive_write_new(), .line = BUF_INIT(FILES_LINE_MAX) };
	struct jw w;
	bool ok;

	tally_init(&p.tally);
	archive_write_set_format_pax_restricted(p.a);
	ok = str_eq(format, "zst") ? archive_write_add_filter_zstd(p.a) == ARCHIVE_OK
				   : archive_write_add_filter_gzip(p.a) == ARCHIVE_OK;
	archive_write_set_bytes_in_last_block(p.a, 1);
	ok = (ok && archive_write_open_fd(p.a, 3) == ARCHIVE_OK) || say(&p);
	ok = ok && add_all(&p);
	if (ok) {
		jw_init(&w, &p.line);
		jw_object(&w, NULL);
		jw_i64(&w, "skipped", (int64_t)p.skipped);
		jw_i64(&w, "changed", (int64_t)p.changed);
		if (p.first_skipped)
			jw_str(&w, "first_skipped", p.first_skipped);
		tally_out(&p.tally, &w, &p.line);
	}
	archive_write_free(p.a);
	buf_finish(&p.line);
	free(p.first_skipped);
	return ok ? 0 : 1;
}
