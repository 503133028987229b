/*
 * forget: takes back one memory, by its number or by its words. Words must point at exactly
 * one: they are either the whole text or stand in only one of the memories found.
 */
#include "agent/base/utf8.h"
#include "agent/tools/util.h"

#define ROWS 50

static bool
holds(const char *fact, const char *words)
{
	autofree char *a = utf8_fold(fact, strlen(fact)), *b = utf8_fold(words, strlen(words));

	return strstr(a, b) != NULL;
}

/* 0 with err when it is not clear which. */
static int64_t
pick(const cJSON *list, const char *words, const char **ret_text, struct err *err)
{
	autobuf struct buf which = BUF_INIT(300);
	const cJSON *row;
	int64_t id = 0;
	int n = 0;

	cJSON_ArrayForEach(row, list)
	{
		const char *fact = json_str(row, "text", "");

		if (str_eq_nocase(fact, words)) {
			*ret_text = fact;
			return json_i64(row, "id", 0);
		}
		if (!holds(fact, words) && cJSON_GetArraySize(list) > 1)
			continue;
		n++;
		id = json_i64(row, "id", 0);
		*ret_text = fact;
		buf_printf(&which, "%s%lld: %.60s", which.len ? "; " : "", (long long)id, fact);
	}
	if (n == 1)
		return id;
	if (n == 0)
		err_set(err, ERR_NOT_FOUND, _("Nothing remembered fits \"%s\"."), words);
	else
		err_set(err, ERR_USAGE, _("Several memories fit; say which by its number: %s"),
			buf_str(&which));
	return 0;
}

static bool
start(const struct tool_ctx *c, const cJSON *args, struct err *err)
{
	const char *words = tool_arg_opt(args, "text"), *text = NULL;
	int64_t id = tool_arg_i64(args, "id", 0), gone = 0;
	autobuf struct buf rows = BUF_INIT(LIMIT_TOOL_RESULT);
	struct tool_result r = { .exit = -1 };
	autofree char *shown = NULL;
	autojson cJSON *list = NULL;
	struct jw w;

	if (!id && !words)
		return err_set(
			err, ERR_USAGE, _("Say what to forget: its words or its number."));
	if (!id) {
		if (!c->services->recall(c->call, words, ROWS, &rows, err) ||
			!(list = json_parse_lenient(buf_slice(&rows), err)) ||
			!(id = pick(list, words, &text, err)))
			return false;
	}
	if (!c->services->remember(c->call, id, NULL, &gone, err))
		return false;
	tool_json(c, &r, &w);
	jw_i64(&w, "id", id);
	jw_str(&w, "text", text ? text : words);
	tool_json_end(c, &r, &w);
	shown = sanitize_dup(text ? text : "", SANITIZE_LINE);
	if (text)
		tool_say(&r, _("Forgot: %s"), shown);
	else
		tool_say(&r, _("Forgot memory %lld"), (long long)id);
	tool_finish(c->call, &r, NULL);
	return true;
}

const struct tool tool_forget = {
	.name = "forget",
	.summary = N_("Forget a remembered fact"),
	.schema = "{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\"},"
		  "\"id\":{\"type\":\"integer\"}}}",
	.returns = "id, text",
	.risk = RISK_TALK,
	.flags = TOOL_EXTRA,
	.start = start,
};
