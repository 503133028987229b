/* todo: ~/Notes/todo.md, plain Markdown check boxes. */
#include "agent/tools/todo.h"
#include "agent/tools/util.h"

#define ITEM_MAX 2000

static void
give(const struct tool_ctx *c, struct tool_result *r, struct slice text, const char *path)
{
	struct todo_item item;
	uint64_t open = 0, done = 0;
	size_t at = 0;
	char mark[24];
	struct jw w;

	tool_json(c, r, &w);
	jw_array(&w, "items");
	while (todo_next(text, &at, &item)) {
		open += !item.done;
		done += item.done;
		if (!tool_room(&w, 6 * item.text.n + 100))
			continue;
		jw_object(&w, NULL);
		jw_slice(&w, "text", item.text);
		jw_bool(&w, "done", item.done);
		if (!item.done)
			jw_i64(&w, "number", (int64_t)open);
		snprintf(mark, sizeof(mark), "%llu.", (unsigned long long)open);
		jw_str(&w, "mark", item.done ? "[x]" : mark);
		jw_end_object(&w);
	}
	jw_end_array(&w);
	jw_i64(&w, "open", (int64_t)open);
	jw_i64(&w, "done", (int64_t)done);
	jw_path(&w, "path", path);
	tool_json_end(c, r, &w);
}

static bool
load(const struct tool_ctx *c, const char *path, struct buf *text, struct err *err)
{
	struct stat st;

	return !draft_stat(c->draft, path, &st, NULL) || tool_slurp(c, path, text, err);
}

static bool
change(const struct tool_ctx *c, const char *op, const char *words, const char *path,
	struct buf *text, struct tool_result *r, struct err *err)
{
	autobuf struct buf out = BUF_INIT(LIMIT_READ_FILE + ITEM_MAX + 64);
	struct slice item = slice_of(words);
	autofree char *shown = NULL, *plain = NULL;

	if (!words || !slice_trim(slice_of(words)).n)
		return err_set(err, ERR_USAGE, _("Say which item: its text is missing."));
	if (strlen(words) > ITEM_MAX)
		return err_set(err, ERR_LIMIT, _("An item is at most %d bytes."), ITEM_MAX);
	if (str_eq(op, "add"))
		todo_add(buf_slice(text), words, &out);
	else if (!todo_tick(buf_slice(text), words, &out, &item, err))
		return false;
	if (!draft_write(c->draft, path, buf_slice(&out), 0644, err))
		return false;
	plain = slice_dup(item);
	shown = sanitize_dup(plain, SANITIZE_LINE);
	tool_say(r, str_eq(op, "add") ? _("To do: %s") : _("Done: %s"), shown);
	buf_clear(text);
	buf_add_slice(text, buf_slice(&out));
	return true;
}

bool
todo_tell(const struct tool_ctx *c, struct tool_result *r, struct err *err)
{
	autofree char *path = path_join(c->home, "Notes/todo.md");
	autobuf struct buf text = BUF_INIT(LIMIT_READ_FILE);
	struct todo_item item;
	size_t at = 0, open = 0;

	if (!load(c, path, &text, err))
		return false;
	while (todo_next(buf_slice(&text), &at, &item))
		open += !item.done;
	tool_say(r, ngettext_("%zu thing to do", "%zu things to do", open), open);
	give(c, r, buf_slice(&text), path);
	return true;
}

static bool
run(const struct tool_ctx *c, const cJSON *args, struct tool_result *r, struct err *err)
{
	const char *op = json_str(args, "op", "list"), *words = tool_arg_opt(args, "text");
	autofree char *path = path_join(c->home, "Notes/todo.md");
	autobuf struct buf text = BUF_INIT(LIMIT_READ_FILE);

	if (str_eq(op, "list") || !*op)
		return todo_tell(c, r, err);
	if (!load(c, path, &text, err))
		return false;
	text.max = LIMIT_READ_FILE + ITEM_MAX + 64;
	if (!change(c, op, words, path, &text, r, err))
		return false;
	give(c, r, buf_slice(&text), path);
	return true;
}

const struct tool tool_todo = {
	.name = "todo",
	.summary = N_("The to-do list in ~/Notes/todo.md"),
	.schema = "{\"type\":\"object\",\"properties\":{"
		  "\"op\":{\"type\":\"string\",\"enum\":[\"add\",\"list\",\"done\"]},"
		  "\"text\":{\"type\":\"string\"}},\"required\":[\"op\"]}",
	.returns = "items:[{text,done,number,mark}], open, done, path",
	.risk = RISK_ACT,
	.flags = TOOL_EXTRA,
	.run = run,
};
