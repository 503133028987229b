#include "agent/draft/kinds.h"
#include "agent/base/i18n.h"
#include "agent/draft/effects_private.h"

struct magic {
	unsigned at, n;
	const char *bytes;
	const char *word;
};

static const struct magic magics[] = {
	{ 0, 8, "\x89PNG\r\n\x1a\n", N_("PNG picture") },
	{ 0, 3, "\xff\xd8\xff", N_("JPEG picture") },
	{ 0, 4, "GIF8", N_("GIF picture") },
	{ 8, 4, "WEBP", N_("WebP picture") },
	{ 4, 8, "ftypheic", N_("HEIC picture") },
	{ 4, 4, "ftyp", N_("MP4 film or sound") },
	{ 0, 4, "\x1a\x45\xdf\xa3", N_("Matroska film") },
	{ 0, 3, "ID3", N_("MP3 sound") },
	{ 0, 4, "OggS", N_("Ogg sound") },
	{ 0, 4, "fLaC", N_("FLAC sound") },
	{ 8, 4, "WAVE", N_("WAV sound") },
	{ 0, 5, "%PDF-", N_("PDF document") },
	{ 0, 4, "PK\003\004", N_("ZIP archive or office document") },
	{ 0, 2, "\x1f\x8b", N_("gzip archive") },
	{ 0, 3, "BZh", N_("bzip2 archive") },
	{ 0, 6, "\xfd" "7zXZ\0", N_("xz archive") },
	{ 0, 4, "\x28\xb5\x2f\xfd", N_("zstd archive") },
	{ 0, 6, "7z\xbc\xaf\x27\x1c", N_("7z archive") },
	{ 0, 4, "Rar!", N_("RAR archive") },
	{ 257, 5, "ustar", N_("tar archive") },
	{ 0, 4, "\x7f" "ELF", N_("program") },
	{ 0, 16, "SQLite format 3\0", N_("SQLite database") },
	{ 0, 2, "MZ", N_("Windows program") },
	{ 0, 8, "!<arch>\n", N_("library or package") },
};

const char *
kind_of_bytes(const char *p, size_t n)
{
	for (size_t i = 0; i < ARRAY_LEN(magics); i++) {
		const struct magic *m = &magics[i];

		if (n >= m->at + m->n && memcmp(p + m->at, m->bytes, m->n) == 0)
			return _(m->word);
	}
	if (n == 0)
		return _("empty");
	return effects_looks_like_text(p, n) ? _("text") : _("data");
}

const char *
kind_of_file(int dir, const char *rel)
{
	autofd int fd = fs_open_in(dir, rel, O_RDONLY | O_NONBLOCK, 0);
	char part[512];
	ssize_t n = fd < 0 ? -1 : read(fd, part, sizeof(part));

	return n < 0 ? _("data") : kind_of_bytes(part, (size_t)n);
}
