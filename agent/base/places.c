/* Where the program's own files lie (DESIGN 12). */
#include "agent/base/path.h"
#include "agent/base/i18n.h"
#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <sys/stat.h>

static bool
is_dir(const char *p)
{
	struct stat st;

	return stat(p, &st) == 0 && S_ISDIR(st.st_mode);
}

static char *
find_home(void)
{
	const char *home = getenv("HOME");
	const struct passwd *pw;

	if (home && *home == '/')
		return path_normal(home);
	pw = getpwuid(getuid());
	return pw && pw->pw_dir && *pw->pw_dir == '/' ? path_normal(pw->pw_dir) : NULL;
}

/* $var/homard when var is an absolute path (the specification ignores others), else
 * ~/fallback/homard. */
static char *
xdg_dir(const char *home, const char *var, const char *fallback)
{
	const char *set = getenv(var);
	autofree char *base = set && *set == '/' ? xstrdup(set) : path_join(home, fallback);
	autofree char *dir = path_join(base, "homard");

	return path_normal(dir);
}

static bool
find_own(struct places *p, struct err *err)
{
	const char *all = getenv("HOMARD_HOME");
	char cwd[PATH_MAX];

	if (!all || !*all) {
		p->config = xdg_dir(p->home, "XDG_CONFIG_HOME", ".config");
		p->state = xdg_dir(p->home, "XDG_STATE_HOME", ".local/state");
		p->data = xdg_dir(p->home, "XDG_DATA_HOME", ".local/share");
		return true;
	}
	if (!getcwd(cwd, sizeof(cwd)))
		return err_sys(err, errno, _("Cannot tell the working folder"));
	p->config = path_resolve(all, cwd, p->home);
	p->state = xstrdup(p->config);
	p->data = xstrdup(p->config);
	return true;
}

/* The first of dir/below that is a folder, else prefix/fallback. */
static char *
shipped(const char *dir, const char *const *below, const char *fallback)
{
	for (; *below; below++) {
		autofree char *joined = path_join(dir, *below);
		autofree char *p = path_normal(joined);

		if (is_dir(p))
			return steal_ptr(&p);
	}
	return path_join(HOMARD_PREFIX, fallback);
}

/* Beside the program in a build folder; in ../libexec/homard where it is installed. */
static void
find_shipped(struct places *p)
{
	static const char *const share[] = { "share", "../share/homard", NULL };
	static const char *const libexec[] = { "libexec", "../libexec/homard", NULL };
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	autofree char *dir = NULL;

	if (n <= 0) {
		p->share = path_join(HOMARD_PREFIX, "share/homard");
		p->libexec = path_join(HOMARD_PREFIX, "libexec/homard");
		return;
	}
	exe[n] = '\0';
	dir = path_dir(exe);
	/* A unit test lies two folders deeper than the program it tests. */
	if (str_ends(dir, "/tests/unit"))
		dir[strlen(dir) - strlen("/tests/unit")] = '\0';
	p->share = shipped(dir, share, "share/homard");
	p->libexec = shipped(dir, libexec, "libexec/homard");
}

bool
places_init(struct places *p, struct err *err)
{
	struct places made = { .home = find_home() };

	if (!made.home)
		return err_set(
			err, ERR_IO, _("No home folder is known; set HOME and start again"));
	if (!find_own(&made, err))
		goto fail;
	if (!path_make_dirs(made.config, 0700, err) || !path_make_dirs(made.state, 0700, err) ||
		!path_make_dirs(made.data, 0700, err))
		goto fail;
	find_shipped(&made);
	*p = made;
	return true;
fail:
	places_finish(&made);
	return false;
}

void
places_finish(struct places *p)
{
	free(p->home);
	free(p->config);
	free(p->state);
	free(p->data);
	free(p->share);
	free(p->libexec);
	*p = (struct places){ 0 };
}

char *
places_helper(const struct places *p, const char *name, struct err *err)
{
	autofree char *path = path_join(p->libexec, name);

	if (access(path, X_OK) == 0)
		return steal_ptr(&path);
	err_set(err, ERR_NOT_FOUND,
		_("The helper program %s is missing; install homard completely"), path);
	return NULL;
}
