/* homard secrets: the keys of providers. A key is read masked or from a pipe, never from argv. */
#include "agent/base/i18n.h"
#include "agent/cli/cli.h"
#include "agent/llm/secrets.h"
#include <errno.h>
#include <termios.h>
#include <uv.h>

extern const struct cli_command cli_secrets;

static const char *
place_text(enum secret_place p)
{
	switch (p) {
	case SECRET_KEYRING:
		return _("the desktop's keyring");
	case SECRET_FILE:
		return _("a file only you can read");
	case SECRET_ENV:
		return _("the environment");
	default:
		return _("nowhere");
	}
}

/* One line without its end, nothing echoed on a terminal. */
static bool
read_key(struct cli *c, const char *provider, char *out, size_t max, struct err *err)
{
	struct termios old, quiet;
	bool tty = isatty(0) && tcgetattr(0, &old) == 0;
	size_t n = 0;
	ssize_t r;

	if (tty) {
		fprintf(c->errout, _("Key of %s (it is not shown): "), provider);
		fflush(c->errout);
		quiet = old;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(0, TCSAFLUSH, &quiet);
	}
	while (n < max - 1 && ((r = read(0, out + n, 1)) == 1 || (r < 0 && errno == EINTR)))
		if (r == 1 && out[n++] == '\n')
			break;
	if (tty) {
		tcsetattr(0, TCSAFLUSH, &old);
		fputc('\n', c->errout);
	}
	if (n == max - 1)
		return err_set(err, ERR_USAGE, _("that is too long for a key"));
	while (n && strchr(" \t\r\n", out[n - 1]))
		n--;
	out[n] = '\0';
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)out[i] <= ' ' || out[i] == 0x7f)
			return err_set(err, ERR_USAGE, _("a key holds no blanks or control characters"));
	return n || err_set(err, ERR_USAGE, _("no key was given"));
}

struct done {
	bool over;
	enum secret_place place;
	struct err err;
};

static void
on_done(void *user, enum secret_place place, const struct err *err)
{
	struct done *d = user;

	d->over = true;
	d->place = place;
	if (err)
		d->err = *err;
}

static int
change(struct cli *c, const char *provider, const char *value)
{
	struct done d = { 0 };
	uv_loop_t loop;

	uv_loop_init(&loop);
	secret_set(&loop, c->places, provider, value, on_done, &d);
	while (!d.over)
		uv_run(&loop, UV_RUN_ONCE);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	if (d.err.code)
		return cli_fail(c, "secrets", &d.err);
	if (value)
		fprintf(c->out, _("The key of %s is kept in %s.\n"), provider, place_text(d.place));
	else
		fprintf(c->out, _("The key of %s is gone.\n"), provider);
	return 0;
}

static int
set(struct cli *c, const char *provider)
{
	char key[SECRET_MAX];
	struct err err = { 0 };
	int ret;

	if (read_key(c, provider, key, sizeof(key), &err))
		ret = change(c, provider, key);
	else
		ret = cli_fail(c, "secrets", &err);
	explicit_bzero(key, sizeof(key));
	return ret;
}

static void
on_row(void *user, const char *provider, enum secret_place place)
{
	struct cli *c = user;

	fprintf(c->out, "%-16s %s\n", provider, place_text(place));
}

static int
list(struct cli *c)
{
	struct err err = { 0 };

	for (const struct preset *p = presets; p->name; p++) {
		const char *v = p->key_env && getenv(p->key_env) && *getenv(p->key_env) ? p->key_env :
			p->key_env2 && getenv(p->key_env2) && *getenv(p->key_env2)	 ? p->key_env2 :
											   NULL;

		if (v)
			fprintf(c->out, "%-16s %s (%s)\n", p->name, place_text(SECRET_ENV), v);
	}
	if (!secret_list(c->places, on_row, c, &err))
		return cli_fail(c, "secrets", &err);
	return 0;
}

static bool
name_ok(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.", s[i]))
			return false;
	return n > 0 && n < 64 && s[0] != '-';
}

static int
run(struct cli *c, int argc, char **argv)
{
	int ret;

	if (cli_help_asked(c, &cli_secrets, argc, argv, &ret))
		return ret;
	if (argc == 1 || (argc == 2 && str_eq(argv[1], "list")))
		return list(c);
	if (argc != 3 || !name_ok(argv[2]))
		return cli_usage(c, &cli_secrets, argc > 3
				? _("a key is never given as an argument; it is asked for")
				: _("name the provider, for example openai"));
	if (str_eq(argv[1], "set"))
		return set(c, argv[2]);
	if (str_eq(argv[1], "remove"))
		return change(c, argv[2], NULL);
	return cli_usage(c, &cli_secrets, _("set, list or remove"));
}

const struct cli_command cli_secrets = {
	.name = "secrets",
	.summary = N_("Keys of providers: set, list, remove"),
	.usage = "[set PROVIDER|list|remove PROVIDER]",
	.help = N_("set asks for the key without showing it, or reads it from a pipe. It is kept in\n"
		   "the desktop's keyring where one answers, else in a file that only you can read.\n"
		   "A variable that provider.NAME.key_env names, or the provider's own, goes first."),
	.run = run,
};
