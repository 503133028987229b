#include "agent/skill/guard.h"
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/base/sanitize.h"
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

static bool
exists(const char *path, const char *shown, bool folder, struct err *err)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		if (errno == ENOENT)
			return err_set(err, ERR_NOT_FOUND, _("There is no %s."), shown);
		return err_sys(err, errno, "%s", shown);
	}
	if (folder && !S_ISDIR(st.st_mode))
		return err_set(err, ERR_NOT_FOUND, _("%s is not a folder."), shown);
	if (folder && access(path, R_OK | X_OK) < 0)
		return err_sys(err, errno, "%s", shown);
	return true;
}

static bool
counted(const char *path, const char *shown, int64_t least, struct err *err)
{
	DIR *d = opendir(path);
	struct dirent *e;
	int64_t n = 0;

	if (!d)
		return err_sys(err, errno, "%s", shown);
	while (n < least && n < GUARD_ENTRIES_MAX && (e = readdir(d)))
		n += e->d_name[0] != '.';
	closedir(d);
	if (n >= least || n == GUARD_ENTRIES_MAX)
		return true;
	if (least == 1)
		return err_set(err, ERR_NOT_FOUND, _("%s is empty."), shown);
	return err_set(err, ERR_NOT_FOUND, _("%s has only %lld entries."), shown, (long long)n);
}

static bool
space(const char *path, const char *shown, uint64_t need, struct err *err)
{
	struct statvfs v;
	char have[16], want[16];
	uint64_t room;

	if (statvfs(path, &v) < 0)
		return err_sys(err, errno, "%s", shown);
	room = (uint64_t)v.f_bavail * v.f_frsize;
	if (room >= need)
		return true;
	return err_set(err, ERR_IO, _("Too little room at %s: %s free, %s needed."), shown,
		str_size(room, have), str_size(need, want));
}

static bool
check(const struct guard *g, const struct template_scope *s, const char *cwd, struct err *err)
{
	autofree char *arg = NULL, *path = NULL, *tilde = NULL, *shown = NULL, *need = NULL;
	uint64_t bytes = 0;

	if (str_eq(g->kind, "that"))
		return template_true(g->arg, s) ||
			err_set(err, ERR_CONFLICT, _("This is not as it should be: %s"),
				g->arg);
	if (!(arg = template_text(g->arg, s, err)))
		return false;
	path = path_resolve(arg, cwd, s->home);
	tilde = path_tilde(path, s->home);
	shown = sanitize_dup(tilde, SANITIZE_NAME);
	need = g->need ? template_text(g->need, s, err) : NULL;
	if (str_eq(g->kind, "exists"))
		return exists(path, shown, false, err);
	if (str_eq(g->kind, "is_folder"))
		return exists(path, shown, true, err);
	if (str_eq(g->kind, "not_empty"))
		return counted(path, shown, 1, err);
	if (str_eq(g->kind, "count"))
		return counted(path, shown, need ? strtoll(need, NULL, 10) : 1, err);
	if (need && !str_to_size(need, &bytes))
		return err_set(err, ERR_USAGE, _("The recipe names no size for free_space."));
	return space(path, shown, bytes, err);
}

bool
guard_holds(
	const struct guard *g, const struct template_scope *s, const char *cwd, struct err *err)
{
	struct err e = { 0 };
	autofree char *own = NULL;

	if (check(g, s, cwd, &e))
		return true;
	if (g->otherwise.en)
		own = template_text(saying_in(&g->otherwise, s->language), s, NULL);
	return err_set(err, e.code, "%s", own ? own : e.text);
}
