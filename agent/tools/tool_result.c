/* Results: built once as JSON, given to models as plain text. */
#include "agent/base/event.h"
#include "agent/tools/util.h"
#include <stdarg.h>
#include <time.h>

#define CLOSING 4096 /* what may still follow the last row */

void
tool_result_finish(struct tool_result *r)
{
	buf_finish(&r->text);
	free(r->summary);
	free(r->taint);
	if (r->effects)
		effects_finish(r->effects);
	free(r->effects);
	free(r->unpreviewed);
	free(r->hosts);
	buf_finish(&r->image);
	*r = (struct tool_result){ .exit = -1 };
}

void
tool_say(struct tool_result *r, const char *fmt, ...)
{
	struct buf b = BUF_INIT(2048);
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	free(r->summary);
	r->summary = buf_steal(&b);
}

static size_t
result_max(const struct tool_ctx *c)
{
	if (c->max_result)
		return MAX_OF(c->max_result, 2 * (size_t)CLOSING);
	return c->json ? LIMIT_TOOL_JSON : LIMIT_TOOL_RESULT;
}

void
tool_json(const struct tool_ctx *c, struct tool_result *r, struct jw *w)
{
	buf_finish(&r->text);
	buf_init(&r->text, result_max(c));
	jw_init(w, &r->text);
	jw_object(w, NULL);
}

bool
tool_room(const struct jw *w, size_t n)
{
	return w->out->len + n + CLOSING <= w->out->max;
}

void
jw_path(struct jw *w, const char *key, const char *path)
{
	autofree char *text = path ? path_text(path) : NULL;

	jw_str(w, key, text);
}

char *
tool_time(int64_t ms, char out[32])
{
	time_t t = (time_t)(ms / 1000);
	struct tm tm;

	if (!localtime_r(&t, &tm) || !strftime(out, 32, "%Y-%m-%d %H:%M", &tm))
		snprintf(out, 32, "?");
	return out;
}

void
jw_time(struct jw *w, const char *key, int64_t ms)
{
	char text[32];

	jw_str(w, key, tool_time(ms, text));
}

static void text_value(struct buf *out, const cJSON *v, int depth);

static void
text_scalar(struct buf *out, const cJSON *v)
{
	autofree char *printed = NULL;

	if (cJSON_IsString(v)) {
		sanitize(out, v->valuestring, strlen(v->valuestring), SANITIZE_TEXT);
		return;
	}
	printed = json_print(v);
	buf_add_str(out, printed);
}

/* An object of a list is one line; its scalars stand in order. */
static void
text_row(struct buf *out, const cJSON *row, int depth)
{
	const cJSON *v;
	const char *gap = "";

	if (!cJSON_IsObject(row)) {
		text_value(out, row, depth);
		return;
	}
	cJSON_ArrayForEach(v, row)
	{
		buf_add_str(out, gap);
		if (cJSON_IsNumber(v) || cJSON_IsBool(v))
			buf_printf(out, "%s ", v->string);
		text_value(out, v, depth + 1);
		gap = "  ";
	}
}

static void
text_value(struct buf *out, const cJSON *v, int depth)
{
	const cJSON *one;

	if (!cJSON_IsArray(v) && !cJSON_IsObject(v)) {
		text_scalar(out, v);
		return;
	}
	if (depth > 1) {
		autofree char *printed = json_print(v);

		buf_add_str(out, printed);
		return;
	}
	cJSON_ArrayForEach(one, v)
	{
		size_t before = out->len;

		buf_add_str(out, "\n  ");
		if (one->string)
			buf_printf(out, "%s: ", one->string);
		text_row(out, one, depth + 1);
		if (out->full)
			buf_truncate(out, before);
	}
}

void
tool_json_end(const struct tool_ctx *c, struct tool_result *r, struct jw *w)
{
	autojson cJSON *o = NULL;
	struct buf out = BUF_INIT(result_max(c));
	const cJSON *v;

	jw_end_object(w);
	if (r->text.full)
		bug("a tool's result did not keep to its room");
	if (c->json)
		return;
	o = json_parse_lenient(buf_slice(&r->text), NULL);
	if (!o)
		bug("a tool's result is no JSON");
	cJSON_ArrayForEach(v, o)
	{
		buf_printf(&out, "%s%s: ", out.len ? "\n" : "", v->string);
		text_value(&out, v, 0);
	}
	buf_finish(&r->text);
	r->text = out;
}
