/* A to-do list as plain Markdown check boxes. Pure: text in, text out. */
#ifndef HOMARD_TOOLS_TODO_H
#define HOMARD_TOOLS_TODO_H

#include "agent/tools/tool.h"

struct todo_item {
	struct slice text; /* borrowed from the file's text */
	size_t box;        /* where the character between the brackets stands */
	bool done;
	size_t line;
};

/* tool_todo.c: reads and tells the list in ~/Notes/todo.md. */
bool todo_tell(const struct tool_ctx *c, struct tool_result *r, struct err *err);
/* The next check box at or after *at ("- [ ] x", "* [x] y", "1. [ ] z"); false at the end. */
bool todo_next(struct slice text, size_t *at, struct todo_item *ret);
/* Adds an open item at the end of the list. */
void todo_add(struct slice text, const char *item, struct buf *out);
/* Ticks the one open item that words name: the whole text, a part of it, or its number among
 * the open ones. ret: the item's text, borrowed from text. */
bool todo_tick(struct slice text, const char *words, struct buf *out, struct slice *ret,
	struct err *err) MUST_CHECK;

#endif
