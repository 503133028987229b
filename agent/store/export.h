/*
 * Events for use outside: one task or one event as Markdown, as JSON lines, or as a recording of
 * the visible text (asciicast v2). The output comes in pieces; nothing is held as a whole.
 * A form is one file export_*.c whose last item is its entry; export.c lists them.
 */
#ifndef HOMARD_STORE_EXPORT_H
#define HOMARD_STORE_EXPORT_H

#include "agent/base/buf.h"
#include "agent/store/journal.h"

#define EXPORT_PIECE_MAX (64u << 20) /* one event as text: a body and its escapes */

struct export {
	struct journal *j;
	struct buf out; /* forms append here; it is handed on after every event */
	struct task_row head; /* strings owned by export.c; all "" for a single event */
	bool single;	 /* one event, not a task */
	bool in_message; /* a streamed message is open */
	int64_t key;	 /* its turn or call */
	enum event_kind kind;
	bool at_line;	 /* the next byte begins a line */
	int64_t printed; /* the call whose output was written */
	int64_t n_effects; /* listed last */
	int64_t last_time;
	size_t n_shown;
};

struct export_form {
	const char *name;
	const char *suffix; /* of file names */
	const char *help;
	bool single; /* can show one event */
	void (*begin)(struct export *x);
	void (*event)(struct export *x, const struct event *ev);
	void (*end)(struct export *x);
};
extern const struct export_form export_markdown, export_json, export_cast;
extern const struct export_form *const export_forms[];
extern const size_t n_export_forms;

/* NULL when there is none of that name. */
const struct export_form *export_form_of(const char *name);

/* False ends the export; it then returns false with the err the function set. */
typedef bool export_write_fn(void *user, struct slice piece, struct err *err);

bool export_task(struct journal *j, int64_t task, const struct export_form *form,
	export_write_fn *write, void *user, struct err *err) MUST_CHECK;
bool export_event(struct journal *j, int64_t seq, const struct export_form *form,
	export_write_fn *write, void *user, struct err *err) MUST_CHECK;

#endif
