/* Every tool, one line each, sorted by name (a test insists). */
#include "agent/tools/tool.h"

#define TOOLS(X)                                                                                   \
	X(append)                                                                                  \
	X(ask_user)                                                                                \
	X(delete)                                                                                  \
	X(edit)                                                                                    \
	X(forget)                                                                                  \
	X(list)                                                                                    \
	X(move)                                                                                    \
	X(plan)                                                                                    \
	X(read)                                                                                    \
	X(recall)                                                                                  \
	X(remember)                                                                                \
	X(remind)                                                                                  \
	X(search)                                                                                  \
	X(undo)                                                                                    \
	X(write)

#define X(name) extern const struct tool tool_##name;
TOOLS(X)
#undef X

const struct tool *const tool_table[] = {
#define X(name) &tool_##name,
	TOOLS(X)
#undef X
	NULL,
};

static int
compare(const void *name, const void *entry)
{
	return strcmp(name, (*(const struct tool *const *)entry)->name);
}

const struct tool *
tool_find(const char *name)
{
	const struct tool *const *found =
		bsearch(name, tool_table, ARRAY_LEN(tool_table) - 1, sizeof(*tool_table), compare);

	return found ? *found : NULL;
}
