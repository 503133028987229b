/* recall: remembered facts that fit some words, with their dates. */
#include "agent/tools/util.h"

#define ROWS 20

#define PIECE (24u << 10) /* of an earlier text at once */

/* "#812" or "#812 24000": the text behind a handle, from that byte on. */
static bool
by_handle(const struct tool_ctx *c, const char *text, struct err *err)
{
	struct buf all = BUF_INIT(LIMIT_BODY);
	struct tool_result r = { .exit = -1 };
	char *end;
	long long seq = strtoll(text + 1, &end, 10), from = strtoll(end, NULL, 10);
	struct slice part;
	struct jw w;

	if (seq <= 0 || !c->services->body || !c->services->body(c->call, seq, &all, err)) {
		buf_finish(&all);
		return seq > 0 && err->code ? false :
			err_set(err, ERR_NOT_FOUND, _("there is no text %s"), text);
	}
	from = MIN_OF(MAX_OF(from, 0), (long long)all.len);
	part = (struct slice){ buf_str(&all) + from, all.len - (size_t)from };
	part.n = MIN_OF(part.n, (size_t)PIECE);
	tool_json(c, &r, &w);
	jw_i64(&w, "bytes", (int64_t)all.len);
	jw_i64(&w, "next", from + (int64_t)part.n < (int64_t)all.len ? from + (int64_t)part.n : 0);
	jw_slice(&w, "text", part);
	tool_json_end(c, &r, &w);
	tool_say(&r, _("Read an earlier result again"));
	buf_finish(&all);
	tool_finish(c->call, &r, NULL);
	return true;
}

static bool
start(const struct tool_ctx *c, const cJSON *args, struct err *err)
{
	const char *text = tool_arg_str(args, "text", err);
	autobuf struct buf rows = BUF_INIT(LIMIT_TOOL_RESULT);
	autojson cJSON *list = NULL;
	struct tool_result r = { .exit = -1 };
	const cJSON *row;
	int n;
	struct jw w;

	if (text && text[0] == '#')
		return by_handle(c, text, err);
	if (!text || !c->services->recall(c->call, text, ROWS, &rows, err))
		return false;
	list = json_parse_lenient(buf_slice(&rows), err);
	if (!list)
		return false;
	tool_json(c, &r, &w);
	jw_array(&w, "hits");
	cJSON_ArrayForEach(row, list)
	{
		const char *fact = json_str(row, "text", "");

		if (!tool_room(&w, 6 * strlen(fact) + 200))
			break;
		jw_object(&w, NULL);
		jw_str(&w, "text", fact);
		jw_i64(&w, "id", json_i64(row, "id", 0));
		jw_time(&w, "time", json_i64(row, "time", 0));
		jw_i64(&w, "task", json_i64(row, "task", 0));
		jw_end_object(&w);
	}
	jw_end_array(&w);
	n = cJSON_GetArraySize(list);
	jw_i64(&w, "count", n);
	tool_json_end(c, &r, &w);
	if (n)
		tool_say(&r,
			ngettext_(
				"Recalled %d memory", "Recalled %d memories", (unsigned long)n),
			n);
	else
		tool_say(&r, _("Nothing remembered fits these words"));
	tool_finish(c->call, &r, NULL);
	return true;
}

const struct tool tool_recall = {
	.name = "recall",
	.summary = N_("Look up remembered facts"),
	.schema = "{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\"}},"
		  "\"required\":[\"text\"]}",
	.returns = "hits:[{text,id,time,task}], count",
	.risk = RISK_TALK,
	.flags = TOOL_CORE,
	.start = start,
};
