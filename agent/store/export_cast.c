/* What was to be seen, with its times: asciicast v2, to be played by any player. */
#include "agent/base/i18n.h"
#include "agent/base/json.h"
#include "agent/base/sanitize.h"
#include "agent/store/export.h"

#define COLUMNS 80
#define ROWS 24
#define IDLE_MAX 2 /* seconds a player waits at most */

static void
begin(struct export *x)
{
	struct jw w;

	jw_init(&w, &x->out);
	jw_object(&w, NULL);
	jw_i64(&w, "version", 2);
	jw_i64(&w, "width", COLUMNS);
	jw_i64(&w, "height", ROWS);
	jw_i64(&w, "timestamp", x->head.time / 1000);
	jw_i64(&w, "idle_time_limit", IDLE_MAX);
	jw_str(&w, "title", x->head.request);
	jw_end_object(&w);
	buf_add_char(&x->out, '\n');
}

/* One line of the recording; a terminal wants \r\n. */
static void
show(struct export *x, int64_t time, struct slice text)
{
	autobuf struct buf safe = BUF_INIT(EXPORT_PIECE_MAX), lines = BUF_INIT(EXPORT_PIECE_MAX);
	int64_t ms = MAX_OF(time - x->head.time, (int64_t)0);
	size_t i;

	if (!sanitize(&safe, text.p, text.n, SANITIZE_TEXT)) {
		x->out.full = true;
		return;
	}
	for (i = 0; i < safe.len; i++) {
		if (safe.p[i] == '\n')
			buf_add_char(&lines, '\r');
		buf_add_char(&lines, safe.p[i]);
	}
	if (!lines.len)
		return;
	buf_printf(&x->out, "[%lld.%03lld,\"o\",", (long long)(ms / 1000), (long long)(ms % 1000));
	json_quote(&x->out, buf_slice(&lines));
	buf_add_str(&x->out, "]\n");
	x->at_line = safe.p[safe.len - 1] == '\n';
}

static void
show_line(struct export *x, int64_t time, const char *before, struct slice text)
{
	autobuf struct buf line = BUF_INIT(EXPORT_PIECE_MAX);

	if (!x->at_line && x->n_shown)
		buf_add_char(&line, '\n');
	buf_add_str(&line, before);
	buf_add_slice(&line, text);
	buf_add_char(&line, '\n');
	show(x, time, buf_slice(&line));
	x->n_shown++;
}

static void
event(struct export *x, const struct event *ev)
{
	autojson cJSON *facts = json_parse_lenient(ev->facts, NULL);

	switch ((int)ev->kind) {
	case EV_REQUEST:
	case EV_STEER:
	case EV_ANSWER:
		show_line(x, ev->time, "> ", ev->body);
		return;
	case EV_TEXT:
	case EV_OUTPUT:
		show(x, ev->time, ev->body);
		x->n_shown++;
		if (json_bool(facts, "end", false) && !x->at_line)
			show(x, ev->time, SLICE_LIT("\n"));
		return;
	case EV_CALL:
		show_line(x, ev->time, "* ", slice_of(json_str(facts, "tool", "?")));
		return;
	case EV_CALL_DONE:
		show_line(x, ev->time, "  ", slice_of(json_str(facts, "summary", "")));
		return;
	case EV_DECISION:
		show_line(x, ev->time, "  ", slice_of(json_str(facts, "decision", "?")));
		return;
	case EV_NOTICE:
	case EV_QUESTION:
		show_line(x, ev->time, "", ev->body);
		return;
	default:
		return;
	}
}

static void
end(struct export *x)
{
	show_line(x, x->last_time, "", slice_of(x->head.state));
}

const struct export_form export_cast = {
	.name = "cast",
	.suffix = ".cast",
	.help = N_("a recording of what was shown (asciicast v2)"),
	.begin = begin,
	.event = event,
	.end = end,
};
