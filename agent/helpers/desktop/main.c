/*
 * homard-desktop VERB [PROVIDER]: the keyring and notifications. It lives apart because GLib and
 * D-Bus are heavy and may block: whoever starts it sets a limit of time.
 * Exit: 0 done, 1 the service said no or is not there, 2 usage, 3 no such key.
 */
#include "agent/base/base.h"
#include "agent/helpers/desktop/desktop.h"
#include <errno.h>
#include <sys/resource.h>

char *
desktop_stdin(unsigned long max)
{
	char *b = xcalloc(1, max + 2);
	size_t n = 0;
	ssize_t r;

	while (n <= max && ((r = read(0, b + n, max + 1 - n)) > 0 || (r < 0 && errno == EINTR)))
		n += r > 0 ? (size_t)r : 0;
	if (n <= max)
		return b;
	explicit_bzero(b, max + 2);
	free(b);
	return NULL;
}

int
main(int argc, char **argv)
{
	const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none); /* keys pass through here */
	if (argc == 2 && str_eq(argv[1], "notify"))
		return desktop_notify(NULL, NULL);
	if (argc == 4 && str_eq(argv[1], "notify"))
		return desktop_notify(argv[2], argv[3]);
	if (argc == 3 && str_eq(argv[1], "secret-get"))
		return desktop_secret_get(argv[2]);
	if (argc == 3 && str_eq(argv[1], "secret-set"))
		return desktop_secret_set(argv[2]);
	if (argc == 3 && str_eq(argv[1], "secret-remove"))
		return desktop_secret_remove(argv[2]);
	fputs("usage: homard-desktop notify [REVIEW DENY] | secret-get NAME | secret-set NAME | secret-remove NAME\n",
		stderr);
	return 2;
}
