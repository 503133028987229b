/* The environment a child gets when nobody says otherwise: an allow-list, so that keys and
 * loader variables of ours never leak. */
#include "agent/base/child_env.h"

extern char **environ;

static bool
allowed(const char *entry)
{
	static const char *const names[] = { "PATH", "HOME", "LANG", "TERM", "TZ", "USER",
		"LOGNAME", "TMPDIR" };
	const char *eq = strchr(entry, '=');
	struct slice name;

	if (!eq)
		return false;
	name = (struct slice){ entry, (size_t)(eq - entry) };
	if (slice_starts(name, "LC_"))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (slice_eq_str(name, names[i]))
			return true;
	}
	return false;
}

void
child_env_clean(struct strv *out)
{
	for (char **e = environ; *e; e++) {
		if (allowed(*e))
			strv_add(out, *e);
	}
}

void
child_env_desktop(struct strv *out)
{
	static const char *const names[] = { "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "HOME",
		"DISPLAY", "WAYLAND_DISPLAY", "LANG", "PATH" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (getenv(names[i]))
			strv_addf(out, "%s=%s", names[i], getenv(names[i]));
	}
}
