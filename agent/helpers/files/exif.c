/*
 * When a photo was taken. libexif reads JPEG; PNG, WebP, HEIC and raw formats hold the same
 * block somewhere near their beginning, so it is looked for.
 */
#include "agent/helpers/files/files.h"
#include <fcntl.h>
#include <libexif/exif-data.h>
#include <sys/stat.h>

#define HEAD (512u << 10)

static bool
is_date(const char *s)
{
	static const char shape[] = "dddd:dd:dd dd:dd:dd";

	if (strlen(s) < sizeof(shape) - 1)
		return false;
	for (size_t i = 0; shape[i]; i++)
		if (shape[i] == 'd' ? s[i] < '0' || s[i] > '9' : s[i] != shape[i])
			return false;
	return strncmp(s, "0000", 4) != 0;
}

static bool
date_of(ExifData *data, char out[32])
{
	static const struct {
		ExifIfd ifd;
		ExifTag tag;
	} tags[] = { { EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_ORIGINAL },
		{ EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_DIGITIZED },
		{ EXIF_IFD_0, EXIF_TAG_DATE_TIME } };

	for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
		ExifEntry *e = exif_content_get_entry(data->ifd[tags[i].ifd], tags[i].tag);

		if (e && exif_entry_get_value(e, out, 32) && is_date(out)) {
			out[19] = '\0';
			return true;
		}
	}
	return false;
}

static bool
try_block(const unsigned char *p, size_t n, char out[32])
{
	ExifData *data = exif_data_new_from_data(p, (unsigned)n);
	bool found = data && date_of(data, out);

	if (data)
		exif_data_unref(data);
	return found;
}

static bool
taken(const unsigned char *head, size_t n, char out[32])
{
	static const char mark[] = "Exif\0\0";
	static unsigned char block[HEAD + 6];
	const unsigned char *at;

	if (n > 4 && head[0] == 0xff && head[1] == 0xd8)
		return try_block(head, n, out);
	if (n > 8 && (memcmp(head, "II*\0", 4) == 0 || memcmp(head, "MM\0*", 4) == 0)) {
		memcpy(block, mark, 6);
		memcpy(block + 6, head, n);
		return try_block(block, n + 6, out);
	}
	/* PNG's chunk is called eXIf and has no mark of its own. */
	at = memmem(head, n, "eXIf", 4);
	if (at && n > 8 && memcmp(head, "\x89PNG", 4) == 0) {
		size_t left = n - (size_t)(at + 4 - head);

		memcpy(block, mark, 6);
		memcpy(block + 6, at + 4, left);
		return try_block(block, left + 6, out);
	}
	at = memmem(head, n, mark, 6);
	return at && try_block(at, n - (size_t)(at - head), out);
}

int
verb_exif(void)
{
	static unsigned char head[HEAD];
	struct buf line = BUF_INIT(FILES_LINE_MAX);
	const char *name;
	struct jw w;

	for (int64_t n = 0; (name = names_next()); n++) {
		autofd int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
		char date[32];
		ssize_t got = fd >= 0 ? read(fd, head, sizeof(head)) : -1;

		if (got <= 0 || !taken(head, (size_t)got, date))
			continue;
		jw_init(&w, &line);
		jw_object(&w, NULL);
		jw_i64(&w, "n", n);
		jw_str(&w, "taken", date);
		jw_end_object(&w);
		line_out(&line);
	}
	jw_init(&w, &line);
	jw_object(&w, NULL);
	jw_bool(&w, "end", true);
	jw_end_object(&w);
	line_out(&line);
	buf_finish(&line);
	return 0;
}
