/* The verbs, and what they share. */
#include "agent/helpers/files/files.h"
#include "agent/base/event.h"
#include <errno.h>
#include <locale.h>
#include <unistd.h>

#define NAME_MAX_BYTES 8192

const char *
names_next(void)
{
	static char piece[65536], name[NAME_MAX_BYTES];
	static size_t at, n;
	size_t len = 0;

	for (;;) {
		if (at == n) {
			ssize_t got = read(4, piece, sizeof(piece));

			if (got < 0 && errno == EINTR)
				continue;
			if (got <= 0)
				return NULL;
			at = 0;
			n = (size_t)got;
		}
		if (len + 1 >= sizeof(name))
			return NULL;
		name[len] = piece[at++];
		if (!name[len])
			return name;
		len++;
	}
}

void
line_out(struct buf *line)
{
	buf_add_char(line, '\n');
	fwrite(line->p, 1, line->len, stdout);
	buf_clear(line);
}

int
fail_out(const char *why)
{
	struct buf line = BUF_INIT(FILES_LINE_MAX);
	struct jw w;

	jw_init(&w, &line);
	jw_object(&w, NULL);
	jw_str(&w, "error", why ? why : "unknown");
	jw_end_object(&w);
	line_out(&line);
	buf_finish(&line);
	return 1;
}

void
tally_init(struct tally *t)
{
	*t = (struct tally){ .hash = hasher_create() };
}

void
tally_entry(struct tally *t, const char *name, char type, uint64_t size)
{
	char facts[64];
	size_t n = strlen(name);

	/* Folders come back from an archive with a slash. */
	while (n > 1 && name[n - 1] == '/')
		n--;
	hasher_add(t->hash, name, n);
	snprintf(facts, sizeof(facts), "\n%c %llu\n", type, (unsigned long long)size);
	hasher_add(t->hash, facts, strlen(facts));
	t->entries++;
	t->files += type == 'f';
}

void
tally_data(struct tally *t, const void *p, size_t n)
{
	hasher_add(t->hash, p, n);
	t->bytes += n;
}

void
tally_out(struct tally *t, struct jw *w, struct buf *line)
{
	unsigned char sum[HASH_LEN];
	char hex[HASH_HEX_LEN];

	hasher_finish(t->hash, sum);
	hash_hex(sum, hex);
	jw_i64(w, "entries", (int64_t)t->entries);
	jw_i64(w, "files", (int64_t)t->files);
	jw_i64(w, "bytes", (int64_t)t->bytes);
	jw_str(w, "sha256", hex);
	jw_bool(w, "end", true);
	jw_end_object(w);
	line_out(line);
}

int
main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";
	bool names = str_eq(verb, "exif") || str_eq(verb, "kind") || str_eq(verb, "pack");
	int code;

	/* Names that are not UTF-8 must go through libarchive unharmed. */
	setlocale(LC_CTYPE, "C.UTF-8");
	if (str_eq(verb, "--version")) {
		puts("homard-files " HOMARD_VERSION);
		return 0;
	}
	if (str_eq(verb, "kind")) /* opens its database before the walls go up */
		return verb_kind();
	if (!jail_enter(names))
		return fail_out("the system call filter could not be set");
	if (str_eq(verb, "exif"))
		code = verb_exif();
	else if (str_eq(verb, "list"))
		code = verb_list();
	else if (str_eq(verb, "unpack"))
		code = verb_unpack();
	else if (str_eq(verb, "pack") && argc == 3)
		code = verb_pack(argv[2]);
	else if (str_eq(verb, "verify"))
		code = verb_verify();
	else
		code = fail_out("usage: homard-files exif|kind|list|unpack|pack gz|zst|verify");
	return fflush(stdout) == 0 ? code : 1;
}
