/*
 * Texts by handle ("#812"): what was cut short for the model. A handle reaches the texts of its
 * own task and of those it goes on from; another task's only when the person's words name it.
 */
#include "agent/core/agent_private.h"
#include "agent/base/i18n.h"

#define ANCESTORS_MAX 64

struct found {
	int64_t task;
	bool any, removed;
	struct buf *text;
};

/* What a person could read on the screen; not requests to providers or a provider's own words. */
static const enum event_kind readable[] = { EV_REQUEST, EV_STEER, EV_TEXT, EV_PLAN, EV_CALL,
	EV_OUTPUT, EV_CALL_DONE, EV_RAN, EV_DIFF, EV_EFFECTS, EV_COMPACT, EV_ANSWER };

static bool
on_text(void *user, const struct event *ev)
{
	struct found *f = user;

	f->any = ev->has_body && !ev->body_removed;
	f->task = ev->task;
	return f->any && buf_add_slice(f->text, ev->body);
}

static bool
on_parent(void *user, const struct event *ev)
{
	autojson cJSON *facts = json_parse_lenient(ev->facts, NULL);

	*(int64_t *)user = json_i64(facts, "parent", 0);
	return false;
}

static int64_t
parent_of(struct agent *a, int64_t task)
{
	static const enum event_kind request = EV_REQUEST;
	struct journal_range r = { .task = task, .kinds = &request, .n_kinds = 1, .limit = 1,
		.no_bodies = true };
	int64_t parent = 0;

	(void)journal_each(a->journal, &r, on_parent, &parent, NULL);
	return parent;
}

static bool
goes_on_from(const struct task *t, int64_t task)
{
	int64_t at = t->n;

	for (int i = 0; at > 0 && i < ANCESTORS_MAX; i++) {
		if (at == task)
			return true;
		at = parent_of(t->agent, at);
	}
	return false;
}

/* Do these words hold "#N"? */
static bool
names(struct slice words, int64_t n)
{
	char mark[32];
	ptrdiff_t at;

	snprintf(mark, sizeof(mark), "#%lld", (long long)n);
	while ((at = slice_find(words, slice_of(mark))) >= 0) {
		size_t end = (size_t)at + strlen(mark);

		if (end == words.n || words.p[end] < '0' || words.p[end] > '9')
			return true;
		words.p += end;
		words.n -= end;
	}
	return false;
}

static bool
person_named(const struct task *t, int64_t seq, int64_t task)
{
	for (size_t i = 0; i < t->items.n; i++) {
		const struct engine_item *it = &t->items.v[i];

		if ((it->kind == ITEM_REQUEST || it->kind == ITEM_STEER) &&
			(names(it->text, seq) || names(it->text, task)))
			return true;
	}
	return false;
}

bool
task_text(struct task *t, int64_t seq, struct buf *out, struct err *err)
{
	struct journal_range r = { .task = -1, .after_seq = seq - 1, .until_seq = seq,
		.kinds = readable, .n_kinds = ARRAY_LEN(readable) };
	struct found f = { .text = out };

	if (!journal_each(t->agent->journal, &r, on_text, &f, err))
		return false;
	if (f.any && goes_on_from(t, f.task))
		return true;
	if (f.any && person_named(t, seq, f.task)) {
		/* Another task may have read what this one has not. */
		autofree char *source = xasprintf("#%lld", (long long)seq);

		free(t->taint);
		t->taint = xstrdup(source);
		emit(t->agent, t->n, EV_TAINT, NO_BODY, "source:s what:s", source, "recall");
		return true;
	}
	buf_clear(out);
	return err_set(err, ERR_NOT_FOUND, _("there is no text #%lld in this task"), (long long)seq);
}
