/* Formats and sizes of pictures, from their headers. */
#include "agent/tools/picture.h"

static unsigned
at(struct slice s, size_t i)
{
	return i < s.n ? (unsigned char)s.p[i] : 0;
}

static unsigned
be16(struct slice s, size_t i)
{
	return at(s, i) << 8 | at(s, i + 1);
}

static unsigned
le16(struct slice s, size_t i)
{
	return at(s, i) | at(s, i + 1) << 8;
}

static unsigned
le24(struct slice s, size_t i)
{
	return le16(s, i) | at(s, i + 2) << 16;
}

static bool
has(struct slice s, size_t i, const char *word)
{
	size_t n = strlen(word);

	return s.n >= i + n && memcmp(s.p + i, word, n) == 0;
}

const char *
picture_type(struct slice head)
{
	if (has(head, 0, "\x89PNG\r\n\x1a\n"))
		return "image/png";
	if (has(head, 0, "\xff\xd8\xff"))
		return "image/jpeg";
	if (has(head, 0, "GIF87a") || has(head, 0, "GIF89a"))
		return "image/gif";
	if (has(head, 0, "RIFF") && has(head, 8, "WEBP"))
		return "image/webp";
	return NULL;
}

/* The frame header stands behind any number of segments, a thumbnail among them perhaps. */
static bool
jpeg_size(struct slice s, int *w, int *h)
{
	for (size_t i = 2; i + 9 < s.n;) {
		unsigned mark = at(s, i + 1);

		if (at(s, i) != 0xff)
			return false;
		if (mark == 0xff) { /* filling */
			i++;
			continue;
		}
		if (mark >= 0xc0 && mark <= 0xcf && mark != 0xc4 && mark != 0xc8 && mark != 0xcc) {
			*h = (int)be16(s, i + 5);
			*w = (int)be16(s, i + 7);
			return true;
		}
		if (mark == 0xd9 || mark == 0xda)
			return false;
		if (mark >= 0xd0 && mark <= 0xd8) {
			i += 2;
			continue;
		}
		if (be16(s, i + 2) < 2)
			return false;
		i += 2 + be16(s, i + 2);
	}
	return false;
}

static bool
webp_size(struct slice s, int *w, int *h)
{
	if (has(s, 12, "VP8 ") && s.n >= 30) {
		*w = (int)(le16(s, 26) & 0x3fff);
		*h = (int)(le16(s, 28) & 0x3fff);
	} else if (has(s, 12, "VP8L") && s.n >= 25) {
		unsigned bits = le24(s, 21) | at(s, 24) << 24;

		*w = (int)(bits & 0x3fff) + 1;
		*h = (int)(bits >> 14 & 0x3fff) + 1;
	} else if (has(s, 12, "VP8X") && s.n >= 30) {
		*w = (int)le24(s, 24) + 1;
		*h = (int)le24(s, 27) + 1;
	} else {
		return false;
	}
	return true;
}

bool
picture_size(struct slice s, int *width, int *height)
{
	const char *type = picture_type(s);
	bool ok = false;

	*width = *height = 0;
	if (!type)
		return false;
	if (str_eq(type, "image/png") && s.n >= 24 && has(s, 12, "IHDR") && !at(s, 16) && !at(s, 20)) {
		*width = (int)(at(s, 17) << 16 | be16(s, 18));
		*height = (int)(at(s, 21) << 16 | be16(s, 22));
		ok = true;
	} else if (str_eq(type, "image/gif") && s.n >= 10) {
		*width = (int)le16(s, 6);
		*height = (int)le16(s, 8);
		ok = true;
	} else if (str_eq(type, "image/jpeg")) {
		ok = jpeg_size(s, width, height);
	} else if (str_eq(type, "image/webp")) {
		ok = webp_size(s, width, height);
	}
	return ok && *width > 0 && *height > 0;
}
