/* Kinds by name and by first bytes. */
#include "agent/tools/kinds.h"
#include "agent/base/i18n.h"
#include "agent/base/utf8.h"
#include "agent/tools/util.h"

#define EXT_MAX 15

static const struct kind_ext whole_names[] = {
	{ "authors", "Documents" },
	{ "changelog", "Documents" },
	{ "copying", "Documents" },
	{ "dockerfile", "Code" },
	{ "gemfile", "Code" },
	{ "justfile", "Code" },
	{ "license", "Documents" },
	{ "makefile", "Code" },
	{ "news", "Documents" },
	{ "rakefile", "Code" },
	{ "readme", "Documents" },
	{ "todo", "Documents" },
	{ "vagrantfile", "Code" },
};

/* Words people use; the first of a kind is not special. */
static const struct kind_ext words[] = {
	{ "3d models", "3D Models" },
	{ "models", "3D Models" },
	{ "archive", "Archives" },
	{ "archives", "Archives" },
	{ "压缩包", "Archives" },
	{ "压缩文件", "Archives" },
	{ "zips", "Archives" },
	{ "audio", "Music" },
	{ "music", "Music" },
	{ "songs", "Music" },
	{ "sounds", "Music" },
	{ "音乐", "Music" },
	{ "歌曲", "Music" },
	{ "音频", "Music" },
	{ "books", "Books" },
	{ "ebooks", "Books" },
	{ "e-books", "Books" },
	{ "电子书", "Books" },
	{ "code", "Code" },
	{ "source code", "Code" },
	{ "sources", "Code" },
	{ "代码", "Code" },
	{ "data", "Data" },
	{ "databases", "Data" },
	{ "数据", "Data" },
	{ "disk images", "Disk Images" },
	{ "isos", "Disk Images" },
	{ "镜像", "Disk Images" },
	{ "document", "Documents" },
	{ "documents", "Documents" },
	{ "docs", "Documents" },
	{ "文档", "Documents" },
	{ "文件档", "Documents" },
	{ "fonts", "Fonts" },
	{ "字体", "Fonts" },
	{ "images", "Pictures" },
	{ "image", "Pictures" },
	{ "photos", "Pictures" },
	{ "photo", "Pictures" },
	{ "pictures", "Pictures" },
	{ "picture", "Pictures" },
	{ "pics", "Pictures" },
	{ "图片", "Pictures" },
	{ "照片", "Pictures" },
	{ "图像", "Pictures" },
	{ "installers", "Programs" },
	{ "packages", "Programs" },
	{ "programs", "Programs" },
	{ "程序", "Programs" },
	{ "安装包", "Programs" },
	{ "keys", "Keys" },
	{ "other", KIND_OTHER },
	{ "others", KIND_OTHER },
	{ "其他", KIND_OTHER },
	{ "presentations", "Presentations" },
	{ "slides", "Presentations" },
	{ "演示文稿", "Presentations" },
	{ "幻灯片", "Presentations" },
	{ "sheets", "Spreadsheets" },
	{ "spreadsheets", "Spreadsheets" },
	{ "tables", "Spreadsheets" },
	{ "表格", "Spreadsheets" },
	{ "电子表格", "Spreadsheets" },
	{ "torrents", "Torrents" },
	{ "种子", "Torrents" },
	{ "films", "Videos" },
	{ "movies", "Videos" },
	{ "video", "Videos" },
	{ "videos", "Videos" },
	{ "视频", "Videos" },
	{ "电影", "Videos" },
};

static int
compare_ext(const void *key, const void *row)
{
	return strcmp(key, ((const struct kind_ext *)row)->ext);
}

static bool
lower_ascii(const char *s, char *out, size_t max)
{
	size_t i;

	for (i = 0; s[i]; i++) {
		if (i + 1 >= max)
			return false;
		out[i] = s[i] >= 'A' && s[i] <= 'Z' ? (char)(s[i] + 32) : s[i];
	}
	out[i] = '\0';
	return true;
}

const char *
kind_of_name(const char *name)
{
	const char *dot = strrchr(name, '.');
	const struct kind_ext *row;
	char lower[EXT_MAX + 1];

	/* Backups of editors keep the kind of what they back up: none of ours to know. */
	if (dot && dot != name && lower_ascii(dot + 1, lower, sizeof(lower))) {
		row = bsearch(lower, kind_exts, kind_n_exts, sizeof(*row), compare_ext);
		return row ? row->kind : KIND_OTHER;
	}
	if (dot || !lower_ascii(name, lower, sizeof(lower)))
		return KIND_OTHER;
	row = bsearch(lower, whole_names, ARRAY_LEN(whole_names), sizeof(*row), compare_ext);
	return row ? row->kind : KIND_OTHER;
}

const char *
kind_of_word(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq_nocase(words[i].ext, word))
			return words[i].kind;
	return NULL;
}

bool
kind_is(const char *name, const char *kind)
{
	return str_eq(kind_of_name(name), kind);
}

struct magic {
	size_t at;
	struct slice bytes;
	const char *what;
};

#define MAGIC(at, bytes, what)                                                                 \
	{                                                                                      \
		at, { bytes, sizeof(bytes) - 1 }, what                                         \
	}
static const struct magic magics[] = {
	MAGIC(0, "\x89PNG", N_("a PNG picture")),
	MAGIC(0, "\xff\xd8\xff", N_("a JPEG picture")),
	MAGIC(0, "GIF8", N_("a GIF picture")),
	MAGIC(8, "WEBP", N_("a WebP picture")),
	MAGIC(8, "WAVE", N_("a WAV sound")),
	MAGIC(4, "ftyp", N_("an MP4 or HEIC file")),
	MAGIC(0, "%PDF-", N_("a PDF document")),
	MAGIC(0, "PK\x03\x04", N_("a ZIP archive or office document")),
	MAGIC(0, "\x1f\x8b", N_("a gzip archive")),
	MAGIC(0, "BZh", N_("a bzip2 archive")),
	MAGIC(0,
		"\xfd"
		"7zXZ",
		N_("an xz archive")),
	MAGIC(0, "\x28\xb5\x2f\xfd", N_("a zstd archive")),
	MAGIC(0, "7z\xbc\xaf", N_("a 7z archive")),
	MAGIC(0, "Rar!", N_("a RAR archive")),
	MAGIC(257, "ustar", N_("a tar archive")),
	MAGIC(0,
		"\x7f"
		"ELF",
		N_("a program")),
	MAGIC(0, "MZ", N_("a Windows program")),
	MAGIC(0, "SQLite format 3", N_("an SQLite database")),
	MAGIC(0, "ID3", N_("an MP3 sound")),
	MAGIC(0, "OggS", N_("an Ogg sound or video")),
	MAGIC(0, "fLaC", N_("a FLAC sound")),
	MAGIC(0, "\x1a\x45\xdf\xa3", N_("a Matroska or WebM video")),
	MAGIC(0, "\xd0\xcf\x11\xe0", N_("an old office document")),
};

const char *
tool_not_text(struct slice head)
{
	for (size_t i = 0; i < ARRAY_LEN(magics); i++) {
		const struct magic *m = &magics[i];

		if (head.n >= m->at + m->bytes.n &&
			memcmp(head.p + m->at, m->bytes.p, m->bytes.n) == 0)
			return _(m->what);
	}
	if (head.n && memchr(head.p, '\0', head.n))
		return _("a binary file");
	return NULL;
}
