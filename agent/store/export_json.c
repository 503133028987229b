/* One event a line, as `run --json` prints it. */
#include "agent/base/i18n.h"
#include "agent/store/export.h"

static void
begin(struct export *x)
{
	(void)x;
}

static void
event(struct export *x, const struct event *ev)
{
	event_to_json(&x->out, ev);
	buf_add_char(&x->out, '\n');
}

const struct export_form export_json = {
	.name = "json",
	.suffix = ".jsonl",
	.help = N_("every event as one line of JSON"),
	.single = true,
	.begin = begin,
	.event = event,
	.end = begin,
};
