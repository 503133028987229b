/* Reading archives of any format libarchive knows. */
#include "agent/helpers/files/files.h"
#include "agent/base/event.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

static struct archive *
open_archive(void)
{
	struct archive *a = archive_read_new();

	if (!a)
		return NULL;
	archive_read_support_filter_all(a);
	/* All but mtree: any list of words looks like one, and a long one overruns its parser. */
	archive_read_support_format_tar(a);
	archive_read_support_format_zip(a);
	archive_read_support_format_7zip(a);
	archive_read_support_format_rar(a);
	archive_read_support_format_rar5(a);
	archive_read_support_format_cpio(a);
	archive_read_support_format_ar(a);
	archive_read_support_format_cab(a);
	archive_read_support_format_iso9660(a);
	archive_read_support_format_lha(a);
	archive_read_support_format_xar(a);
	archive_read_support_format_warc(a);
	archive_read_support_format_empty(a);
	/* A single compressed file (notes.txt.gz) is an archive of one. */
	archive_read_support_format_raw(a);
	if (archive_read_open_fd(a, 3, FILES_PIECE) == ARCHIVE_OK)
		return a;
	fail_out(archive_error_string(a));
	archive_read_free(a);
	return NULL;
}

/* 1 entry, 0 end, -1 error (told). */
static int
next_entry(struct archive *a, struct archive_entry **e)
{
	for (;;) {
		switch (archive_read_next_header(a, e)) {
		case ARCHIVE_OK:
		case ARCHIVE_WARN:
			/* Any file is a raw stream; only a compressed one is worth unpacking. */
			if (archive_format(a) != ARCHIVE_FORMAT_RAW ||
				archive_filter_count(a) > 1)
				return 1;
			fail_out("Unrecognized archive format");
			return -1;
		case ARCHIVE_RETRY:
			continue;
		case ARCHIVE_EOF:
			return 0;
		default:
			fail_out(archive_error_string(a));
			return -1;
		}
	}
}

static const char *
type_of(struct archive_entry *e)
{
	if (archive_entry_hardlink(e))
		return "hardlink";
	switch (archive_entry_filetype(e)) {
	case AE_IFREG:
		return "file";
	case AE_IFDIR:
		return "folder";
	case AE_IFLNK:
		return "link";
	default:
		return "special";
	}
}

static const char *
name_of(struct archive_entry *e)
{
	const char *name = archive_entry_pathname(e);

	if (!name)
		name = archive_entry_pathname_utf8(e);
	return name ? name : "";
}

static void
jw_name(struct jw *w, const char *key, const char *name)
{
	autofree char *text = path_text(name);

	jw_str(w, key, text);
}

static void
tell_entry(struct buf *line, struct archive *a, struct archive_entry *e)
{
	const char *link = archive_entry_hardlink(e);
	struct jw w;

	if (!link)
		link = archive_entry_symlink(e);
	jw_init(&w, line);
	jw_object(&w, NULL);
	jw_name(&w, "path", name_of(e));
	jw_str(&w, "type", type_of(e));
	jw_i64(&w, "size", archive_entry_size_is_set(e) ? archive_entry_size(e) : -1);
	jw_i64(&w, "mode", archive_entry_perm(e));
	jw_i64(&w, "mtime", archive_entry_mtime_is_set(e) ? archive_entry_mtime(e) : 0);
	if (link)
		jw_name(&w, "link", link);
	if (archive_entry_is_encrypted(e))
		jw_bool(&w, "encrypted", true);
	if (archive_format(a) == ARCHIVE_FORMAT_RAW)
		jw_bool(&w, "raw", true);
	jw_end_object(&w);
	line_out(line);
}

static int
end_list(struct archive *a, int code)
{
	struct buf line = BUF_INIT(FILES_LINE_MAX);
	struct jw w;

	if (code == 0) {
		jw_init(&w, &line);
		jw_object(&w, NULL);
		jw_str(&w, "format", archive_format_name(a));
		jw_bool(&w, "end", true);
		jw_end_object(&w);
		line_out(&line);
	}
	buf_finish(&line);
	archive_read_free(a);
	return code < 0 ? 1 : 0;
}

int
verb_list(void)
{
	struct buf line = BUF_INIT(FILES_LINE_MAX);
	struct archive *a = open_archive();
	struct archive_entry *e;
	int got;

	if (!a)
		return 1;
	while ((got = next_entry(a, &e)) > 0)
		tell_entry(&line, a, e);
	buf_finish(&line);
	return end_list(a, got);
}

/* Frames of the present file's content; holes come as zeros. */
static int
send_data(struct archive *a, struct buf *line)
{
	static char piece[FILES_PIECE];
	la_ssize_t n;

	while ((n = archive_read_data(a, piece, sizeof(piece))) != 0) {
		if (n == ARCHIVE_RETRY)
			continue;
		if (n < 0) {
			fail_out(archive_error_string(a));
			return -1;
		}
		buf_printf(line, "{\"data\":%lld}", (long long)n);
		line_out(line);
		if (fwrite(piece, 1, (size_t)n, stdout) != (size_t)n)
			return -1;
	}
	buf_add_str(line, "{\"done\":true}");
	line_out(line);
	return 0;
}

int
verb_unpack(void)
{
	struct buf line = BUF_INIT(FILES_LINE_MAX);
	struct archive *a = open_archive();
	struct archive_entry *e;
	int got;

	if (!a)
		return 1;
	while ((got = next_entry(a, &e)) > 0) {
		tell_entry(&line, a, e);
		if (str_eq(type_of(e), "file") && send_data(a, &line) < 0) {
			got = -1;
			break;
		}
	}
	buf_finish(&line);
	return end_list(a, got);
}

static int
tally_file(struct archive *a, struct tally *t)
{
	static char piece[FILES_PIECE];
	la_ssize_t n;

	while ((n = archive_read_data(a, piece, sizeof(piece))) != 0) {
		if (n == ARCHIVE_RETRY)
			continue;
		if (n < 0) {
			fail_out(archive_error_string(a));
			return -1;
		}
		tally_data(t, piece, (size_t)n);
	}
	return 0;
}

int
verb_verify(void)
{
	struct buf line = BUF_INIT(FILES_LINE_MAX);
	struct archive *a = open_archive();
	struct archive_entry *e;
	struct tally t;
	struct jw w;
	int got;

	if (!a)
		return 1;
	tally_init(&t);
	while ((got = next_entry(a, &e)) > 0) {
		const char *type = type_of(e);

		bool file = str_eq(type, "file");

		tally_entry(&t, name_of(e), str_eq(type, "folder") ? 'd' : type[0],
			file ? (uint64_t)archive_entry_size(e) : 0);
		if (file && tally_file(a, &t) < 0) {
			got = -1;
			break;
		}
	}
	archive_read_free(a);
	if (got < 0)
		return 1;
	jw_init(&w, &line);
	jw_object(&w, NULL);
	tally_out(&t, &w, &line);
	buf_finish(&line);
	return 0;
}
