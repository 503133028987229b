/* Every tool, one line each, sorted by name (a test insists). */
#include "agent/tools/tool.h"

#define TOOLS(X)                                                                               \
	X(append)                                                                              \
	X(arrange)                                                                             \
	X(ask_user)                                                                            \
	X(backup)                                                                              \
	X(biggest)                                                                             \
	X(changed_since)                                                                       \
	X(clean_temp)                                                                          \
	X(convert_images)                                                                      \
	X(csv_summary)                                                                         \
	X(delete)                                                                              \
	X(disk_space)                                                                          \
	X(duplicates)                                                                          \
	X(edit)                                                                                \
	X(forget)                                                                              \
	X(git_week)                                                                            \
	X(list)                                                                                \
	X(move)                                                                                \
	X(note_add)                                                                            \
	X(note_find)                                                                           \
	X(pdf_text)                                                                            \
	X(plan)                                                                                \
	X(read)                                                                                \
	X(recall)                                                                              \
	X(remember)                                                                            \
	X(remind)                                                                              \
	X(rename_many)                                                                         \
	X(search)                                                                              \
	X(shell)                                                                               \
	X(system_report)                                                                       \
	X(todo)                                                                                \
	X(todo_list)                                                                           \
	X(undo)                                                                                \
	X(unpack)                                                                              \
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
	const struct tool *const *found = bsearch(
		name, tool_table, ARRAY_LEN(tool_table) - 1, sizeof(*tool_table), compare);

	return found ? *found : NULL;
}
