/* Events out: facts from a small spec, through the journal, then to the subscribers. */
#include "agent/core/agent_private.h"
#include "agent/base/limits.h"
#include "agent/base/utf8.h"
#include <stdarg.h>

struct written { /* one append on its way */
	struct agent *agent;
	int64_t task; /* 0: of no task */
	bool item;    /* the engine gets it with the next turn */
	void (*then)(void *user);
	void *user;
};

void
agent_deliver(struct agent *a, const struct event *ev)
{
	size_t i;

	if (a->task && ev->task == a->task->n)
		items_apply(&a->task->items, ev);
	for (i = 0; i < a->n_subs; i++)
		a->subs[i].fn(a->subs[i].user, ev);
}

/* The journal cannot be written (full disk ...): what cannot be recorded does not happen. The
 * person still hears it: as an event that has no number. */
static void
journal_broken(struct agent *a, struct task *t, const struct err *err)
{
	struct event ev = { .kind = EV_NOTICE, .kind_name = "notice", .has_body = true };

	a->broken = *err;
	ev.task = t ? t->n : 0;
	ev.seq = INT64_MAX;
	ev.time = clock_wall(a->clock);
	ev.facts = SLICE_LIT("{\"level\":\"error\",\"unwritten\":true}");
	ev.body = slice_of(err->text);
	agent_deliver(a, &ev);
	if (t && t == a->task)
		task_fail(t, err);
}

/* The task it was written for, unless that has ended meanwhile. */
static struct task *
running(const struct written *w)
{
	struct task *t = w->agent->task;

	return t && w->task && t->n == w->task ? t : NULL;
}

static void
on_written(void *user, const struct event *ev, const struct err *err)
{
	struct written *w = user;

	if (w->item && running(w) && w->agent->task->items_due)
		w->agent->task->items_due--;
	if (ev) {
		if (w->agent->broken.code)
			err_clear(&w->agent->broken);
		agent_deliver(w->agent, ev);
	} else if (!w->agent->broken.code) {
		journal_broken(w->agent, running(w), err);
	}
	/* Of no task: told in any case, so that whoever waits hears an end. */
	if (w->then && (w->task ? ev && running(w) : true))
		w->then(w->user);
	free(w);
}

static void
add_fact(struct jw *jw, const char *name, char type, va_list *ap)
{
	const char *s;
	int64_t n;
	double d;

	switch (type) {
	case 'i':
		jw_i64(jw, name, va_arg(*ap, int64_t));
		break;
	case 'o': /* one that may be unknown */
		n = va_arg(*ap, int64_t);
		if (n >= 0)
			jw_i64(jw, name, n);
		break;
	case 'b':
		jw_bool(jw, name, va_arg(*ap, int) != 0);
		break;
	case 'd':
		d = va_arg(*ap, double);
		if (d >= 0)
			jw_num(jw, name, d);
		break;
	case 'j':
		s = va_arg(*ap, const char *);
		if (s)
			jw_raw(jw, name, slice_of(s));
		break;
	default:
		s = va_arg(*ap, const char *);
		if (s)
			jw_str(jw, name, s);
		break;
	}
}

static void
build_facts(struct buf *out, const char *spec, va_list *ap)
{
	struct slice rest = slice_of(spec), word;
	struct jw jw;

	jw_init(&jw, out);
	jw_object(&jw, NULL);
	while (rest.p) {
		autofree char *name = NULL;

		word = slice_trim(slice_cut(&rest, ' '));
		if (word.n < 3)
			continue;
		name = xstrndup(word.p, word.n - 2);
		add_fact(&jw, name, word.p[word.n - 1], ap);
	}
	jw_end_object(&jw);
}

static void
append(struct agent *a, struct task *t, int64_t task, enum event_kind kind, struct slice body,
	void (*then)(void *), void *user, const char *spec, va_list *ap)
{
	autobuf struct buf facts = BUF_INIT(LIMIT_FACTS);
	struct written *w = xcalloc(1, sizeof(*w));
	struct journal_entry e = { .task = task, .kind = kind };

	build_facts(&facts, spec, ap);
	e.facts = buf_slice(&facts);
	e.body = body;
	if (e.body.n > LIMIT_BODY)
		e.body.n = LIMIT_BODY - utf8_partial_tail(body.p, LIMIT_BODY);
	e.has_body = body.p != NULL;
	*w = (struct written){ a, t ? t->n : 0, t && items_takes(kind), then, user };
	if (w->item)
		t->items_due++;
	journal_append(a->journal, &e, on_written, w);
}

void
emit(struct agent *a, int64_t task, enum event_kind kind, struct slice body, const char *spec, ...)
{
	va_list ap;

	va_start(ap, spec);
	append(a, a->task && a->task->n == task ? a->task : NULL, task, kind, body, NULL, NULL,
		spec, &ap);
	va_end(ap);
}

void
emit_then(struct task *t, enum event_kind kind, struct slice body, void (*then)(void *user),
	void *user, const char *spec, ...)
{
	va_list ap;

	va_start(ap, spec);
	append(t->agent, t, t->n, kind, body, then, user, spec, &ap);
	va_end(ap);
}

void
agent_append(struct agent *a, const struct journal_entry *e, void (*then)(void *user), void *user)
{
	struct written *w = xcalloc(1, sizeof(*w));

	*w = (struct written){ .agent = a, .then = then, .user = user };
	journal_append(a->journal, e, on_written, w);
}
