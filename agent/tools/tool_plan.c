/* plan: the steps a model means to take; marks in front say how far it is. */
#include "agent/tools/util.h"

#define STEP_MAX 500

static const char *
state_of(const char **text)
{
	static const struct {
		const char *mark, *state;
	} marks[] = { { "[x]", "done" }, { "[X]", "done" }, { "[>]", "now" },
		{ "[-]", "skipped" }, { "[!]", "failed" }, { "[ ]", "todo" } };

	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (str_starts(*text, marks[i].mark)) {
			*text += strlen(marks[i].mark);
			while (**text == ' ')
				(*text)++;
			return marks[i].state;
		}
	return "todo";
}

static void
steps_json(const cJSON *steps, struct buf *out, size_t *ret_n)
{
	const cJSON *step;
	struct jw w;

	*ret_n = 0;
	jw_init(&w, out);
	jw_array(&w, NULL);
	cJSON_ArrayForEach(step, steps)
	{
		const char *text = cJSON_IsString(step) ? step->valuestring : "";
		const char *state = state_of(&text);

		if (++*ret_n > LIMIT_PLAN_STEPS)
			break;
		jw_object(&w, NULL);
		jw_i64(&w, "id", (int64_t)*ret_n);
		jw_slice(&w, "text",
			(struct slice){ text, MIN_OF(strlen(text), (size_t)STEP_MAX) });
		jw_str(&w, "state", state);
		jw_end_object(&w);
	}
	jw_end_array(&w);
}

static bool
start(const struct tool_ctx *c, const cJSON *args, struct err *err)
{
	autobuf struct buf json = BUF_INIT(LIMIT_PLAN_STEPS * (6 * STEP_MAX + 64));
	struct tool_result r = { .exit = -1 };
	const cJSON *steps = json_get(args, "steps");
	size_t n;
	struct jw w;

	if (!cJSON_IsArray(steps))
		return err_set(err, ERR_USAGE,
			_("The argument \"%s\" is missing, or it is not a list."), "steps");
	if (cJSON_GetArraySize(steps) > LIMIT_PLAN_STEPS)
		return err_set(
			err, ERR_LIMIT, _("A plan has at most %d steps."), LIMIT_PLAN_STEPS);
	steps_json(steps, &json, &n);
	if (!c->services->plan(c->call, buf_str(&json), err))
		return false;
	tool_json(c, &r, &w);
	jw_i64(&w, "steps", (int64_t)n);
	tool_json_end(c, &r, &w);
	tool_say(&r, ngettext_("Plan of %zu step", "Plan of %zu steps", n), n);
	tool_finish(c->call, &r, NULL);
	return true;
}

const struct tool tool_plan = {
	.name = "plan",
	.summary = N_("Show your plan; steps begin [x] if done, [>] if current"),
	.schema = "{\"type\":\"object\",\"properties\":{\"steps\":{\"type\":\"array\","
		  "\"items\":{\"type\":\"string\"}}},\"required\":[\"steps\"]}",
	.returns = "steps",
	.risk = RISK_TALK,
	.flags = TOOL_CORE,
	.start = start,
};
