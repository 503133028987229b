#include "agent/draft/hidden.h"
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/draft/secrets.h"

/* "~/x" and "x" are below home. Owned. */
static char *
place_of(const struct draft *d, const char *path)
{
	const char *home = d->home ? d->home : "/";

	return path_resolve(path, home, home);
}

static bool
is_shown(const struct draft *d, const char *const *list, const char *path)
{
	for (size_t i = 0; list && list[i]; i++) {
		autofree char *shown = list[i][0] == '!' ? place_of(d, list[i] + 1) : NULL;

		if (shown && str_eq(shown, path))
			return true;
	}
	return false;
}

static void
hide(struct draft *d, const char *path)
{
	autofree char *real = realpath(path, NULL);

	strv_add(&d->hidden, path);
	if (real && !str_eq(real, path))
		strv_add(&d->hidden, real);
}

void
draft_hidden_init(struct draft *d, const char *const *list)
{
	for (size_t i = 0; d->home && secret_places[i]; i++) {
		autofree char *path = path_join(d->home, secret_places[i]);

		if (!is_shown(d, list, path))
			hide(d, path);
	}
	for (size_t i = 0; list && list[i]; i++) {
		autofree char *path = place_of(d, list[i]);

		if (list[i][0] != '!')
			hide(d, path);
	}
}

bool
draft_is_hidden(const struct draft *d, const char *canon)
{
	for (size_t i = 0; i < d->hidden.n; i++) {
		if (path_below(canon, d->hidden.v[i]))
			return true;
	}
	return false;
}

bool
draft_hides_below(const struct draft *d, const char *canon)
{
	for (size_t i = 0; i < d->hidden.n; i++) {
		if (path_below(d->hidden.v[i], canon) && access(d->hidden.v[i], F_OK) == 0)
			return true;
	}
	return false;
}

bool
draft_may_see(const struct draft *d, const char *canon, struct err *err)
{
	autofree char *tilde = NULL;

	if (draft_is_own(d, canon))
		return err_set(err, ERR_DENIED,
			_("%s belongs to Homard itself and is not for tasks"), canon);
	if (!draft_is_hidden(d, canon))
		return true;
	tilde = path_tilde(canon, d->home ? d->home : "/");
	return err_set(err, ERR_DENIED,
		_("%s may hold secrets and is hidden from tasks; \"!%s\" in draft.hide shows it"), tilde,
		tilde);
}
