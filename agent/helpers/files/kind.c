/* What a file is, by libmagic. */
#include "agent/helpers/files/files.h"
#include <fcntl.h>
#include <magic.h>

#define HEAD (256u << 10)

static void
tell(struct buf *line, int64_t n, const char *mime, const char *text)
{
	struct jw w;

	jw_init(&w, line);
	jw_object(&w, NULL);
	jw_i64(&w, "n", n);
	jw_str(&w, "mime", mime);
	jw_slice(&w, "text", (struct slice){ text, strnlen(text, 200) });
	jw_end_object(&w);
	line_out(line);
}

static void
look_at_all(magic_t mime, magic_t text)
{
	static char head[HEAD];
	struct buf line = BUF_INIT(FILES_LINE_MAX);
	const char *name;
	struct jw w;

	for (int64_t n = 0; (name = names_next()); n++) {
		autofd int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
		ssize_t got = fd >= 0 ? read(fd, head, sizeof(head)) : -1;
		const char *m = got >= 0 ? magic_buffer(mime, head, (size_t)got) : NULL;
		autofree char *kept = m ? xstrdup(m) : NULL;
		const char *t = kept ? magic_buffer(text, head, (size_t)got) : NULL;

		if (t)
			tell(&line, n, kept, t);
	}
	jw_init(&w, &line);
	jw_object(&w, NULL);
	jw_bool(&w, "end", true);
	jw_end_object(&w);
	line_out(&line);
	buf_finish(&line);
}

int
verb_kind(void)
{
	magic_t mime = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS);
	magic_t text = magic_open(MAGIC_NO_CHECK_COMPRESS);
	int code = 0;

	if (!mime || !text || magic_load(mime, NULL) != 0 || magic_load(text, NULL) != 0)
		code = fail_out("the database of file kinds is missing");
	else if (!jail_enter(true))
		code = fail_out("the system call filter could not be set");
	else
		look_at_all(mime, text);
	if (mime)
		magic_close(mime);
	if (text)
		magic_close(text);
	return fflush(stdout) == 0 ? code : 1;
}
