/* Names in archives. */
#include "agent/tools/unpack.h"
#include "agent/base/buf.h"
#include "agent/base/i18n.h"

#define PATH_BYTES_MAX 3000
#define PART_BYTES_MAX 255

const char *
unpack_odd_words(enum unpack_odd odd)
{
	switch (odd) {
	case UNPACK_ABSOLUTE:
		return _("it names a place outside of the folder");
	case UNPACK_UP:
		return _("it climbs out of the folder with ..");
	case UNPACK_LINK_OUT:
		return _("it is a link to a place outside of the folder");
	case UNPACK_SPECIAL:
		return _("it is a device, pipe or socket");
	case UNPACK_NAME:
		return _("its name cannot be used");
	case UNPACK_LOCKED:
		return _("it is locked with a password");
	case UNPACK_TAKEN:
		return _("its name is taken by something else in the archive");
	case UNPACK_FINE:
		break;
	}
	return "";
}

static bool
is_parting(char c)
{
	return c == '/' || c == '\\';
}

char *
unpack_name(const char *name, enum unpack_odd *ret_odd)
{
	struct buf out = BUF_INIT(PATH_BYTES_MAX);
	bool drive = ((name[0] | 32) >= 'a' && (name[0] | 32) <= 'z') && name[1] == ':' &&
		is_parting(name[2]);

	*ret_odd = UNPACK_FINE;
	if (!*name)
		*ret_odd = UNPACK_NAME;
	else if (is_parting(name[0]) || drive)
		*ret_odd = UNPACK_ABSOLUTE;
	for (const char *s = name; *ret_odd == UNPACK_FINE && *s;) {
		size_t n = strcspn(s, "/\\");

		if (n == 2 && s[0] == '.' && s[1] == '.') {
			*ret_odd = UNPACK_UP;
		} else if (n > PART_BYTES_MAX) {
			*ret_odd = UNPACK_NAME;
		} else if (n && !(n == 1 && s[0] == '.')) {
			if (out.len)
				buf_add_char(&out, '/');
			buf_add(&out, s, n);
		}
		s += n + (s[n] != '\0');
	}
	if (out.full)
		*ret_odd = UNPACK_NAME;
	if (*ret_odd == UNPACK_FINE)
		return buf_steal(&out);
	buf_finish(&out);
	return NULL;
}

bool
unpack_link_stays(const char *below, const char *target)
{
	int depth = 0;

	if (!*target || is_parting(target[0]) || strchr(target, '\\'))
		return false;
	for (const char *s = below; *s; s++)
		depth += *s == '/';
	for (const char *s = target; *s;) {
		size_t n = strcspn(s, "/");

		if (n == 2 && s[0] == '.' && s[1] == '.')
			depth--;
		else if (n && !(n == 1 && s[0] == '.'))
			depth++;
		/* Not even in between: a folder on the way may itself be a link. */
		if (depth < 0)
			return false;
		s += n + (s[n] == '/');
	}
	return true;
}

char *
unpack_stem(const char *archive_name)
{
	const char *dot = strrchr(archive_name, '.');
	size_t n;

	if (!dot || dot == archive_name)
		return xasprintf("%s-unpacked", archive_name);
	n = (size_t)(dot - archive_name);
	if (n > 4 && strncmp(dot - 4, ".tar", 4) == 0)
		n -= 4;
	return xstrndup(archive_name, n);
}
