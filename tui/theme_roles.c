/* The table of roles as text. */
#include "tui/style.h"

static const struct {
	const char *name, *value;
} roles[ROLE_COUNT] = {
#define X(id, name, value) [ROLE_##id] = { name, value },
	ROLES(X)
#undef X
};

const char *
role_name(enum role r)
{
	return r < ROLE_COUNT ? roles[r].name : "?";
}

enum role
role_of(const char *name)
{
	int i;

	for (i = 0; i < ROLE_COUNT; i++) {
		if (str_eq(roles[i].name, name))
			break;
	}
	return (enum role)i;
}

const char *
role_default(enum role r)
{
	return roles[r].value;
}

bool
role_has_bg(enum role r)
{
	return r < ROLE_COUNT && strstr(roles[r].value, " on ") != NULL;
}
