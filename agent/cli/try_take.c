/* Taking what a try did: the same commit as everywhere, recorded so that it can be undone. */
#include "agent/cli/try_private.h"
#include "agent/base/event.h"
#include "agent/base/i18n.h"
#include "agent/base/json.h"
#include "agent/base/limits.h"
#include "agent/core/agent.h"

#define BODY_ROOM (LIMIT_BODY - 16384)

static bool
append(struct try *t, enum event_kind kind, const char *facts, struct slice body,
	int64_t *ret_task, struct err *err)
{
	struct journal_entry e = { .task = ret_task ? JOURNAL_NEW_TASK : t->task,
		.kind = kind,
		.facts = slice_of(facts),
		.body = body,
		.has_body = body.p != NULL };

	return journal_append_now(t->journal, &e, NULL, ret_task, err);
}

bool
try_record_begin(struct try *t, struct err *err)
{
	autofree char *path = path_join(t->cli->places->state, "journal.db");
	struct journal_opts o = { .path = path, .clock = t->cli->clock,
		.redact = agent_redact_shapes };
	autobuf struct buf facts = BUF_INIT(LIMIT_FACTS), words = BUF_INIT(LIMIT_BODY);
	struct jw w;

	if (!journal_open(&o, &t->journal, err))
		return false;
	jw_init(&w, &facts);
	jw_object(&w, NULL);
	jw_str(&w, "engine", "try");
	jw_str(&w, "mode", "step");
	jw_str(&w, "cwd", t->cwd);
	jw_end_object(&w);
	buf_printf(&words, "try: %s", t->command);
	if (!append(t, EV_REQUEST, buf_str(&facts), buf_slice(&words), &t->task, err))
		return false;
	if (!lease_take(t->journal, t->task, err))
		return false;
	return append(
		t, EV_STATE, "{\"state\":\"acting\"}", (struct slice){ NULL, 0 }, NULL, err);
}

void
try_record_end(struct try *t, const char *state)
{
	autofree char *facts = xasprintf("{\"state\":\"%s\"}", state);

	if (!t->journal)
		return;
	(void)!append(t, EV_STATE, facts, (struct slice){ NULL, 0 }, NULL, NULL);
	lease_release(t->journal, t->task);
	journal_close(t->journal);
	t->journal = NULL;
}

static void
taken_json(const struct try *t, const bool *take, struct buf *out)
{
	struct jw w;

	jw_init(&w, out);
	jw_array(&w, NULL);
	for (size_t i = 0; i < t->effects->n && out->len < BODY_ROOM; i++) {
		const struct effect *e = &t->effects->v[i];
		autofree char *path = take[i] ? path_text(e->path) : NULL;
		autofree char *from = take[i] && e->from ? path_text(e->from) : NULL;

		if (!take[i])
			continue;
		jw_object(&w, NULL);
		jw_str(&w, "kind", effect_kind_names[e->kind]);
		jw_str(&w, "path", path);
		if (from)
			jw_str(&w, "from", from);
		jw_i64(&w, "bytes", (int64_t)e->bytes);
		jw_end_object(&w);
	}
	jw_end_array(&w);
}

static bool
record_decision(struct try *t, const bool *take, size_t n, const char *by, struct err *err)
{
	autobuf struct buf body = BUF_INIT(LIMIT_BODY), effects = BUF_INIT(LIMIT_BODY);
	autofree char *facts = xasprintf("{\"approval\":1,\"decision\":\"%s\",\"by\":\"%s\"}",
		n == t->effects->n ? "take" : "part", by);
	autofree char *seen = xasprintf("{\"call\":1,\"n\":%zu}", t->effects->n);
	struct jw w;

	if (effects_to_json(t->effects, 2000, &effects) &&
		!append(t, EV_EFFECTS, seen, buf_slice(&effects), NULL, err))
		return false;
	jw_init(&w, &body);
	jw_object(&w, NULL);
	jw_array(&w, "take");
	for (size_t i = 0; i < t->effects->n && body.len < BODY_ROOM; i++) {
		if (take[i])
			jw_i64(&w, NULL, (int64_t)i + 1);
	}
	jw_end_array(&w);
	jw_end_object(&w);
	return append(t, EV_DECISION, facts, buf_slice(&body), NULL, err);
}

struct before {
	struct try *t;
	size_t n;
};

static bool
before_rename(void *user, const char *stage)
{
	struct before *b = user;
	autobuf struct buf facts = BUF_INIT(LIMIT_FACTS);
	struct jw w;

	jw_init(&w, &facts);
	jw_object(&w, NULL);
	jw_i64(&w, "commit", 1);
	jw_i64(&w, "n", (int64_t)b->n);
	jw_str(&w, "stage", stage);
	jw_end_object(&w);
	return append(
		b->t, EV_COMMIT_BEGUN, buf_str(&facts), (struct slice){ NULL, 0 }, NULL, NULL);
}

static void
say_conflicts(struct try *t, const struct commit_result *r)
{
	for (size_t i = 0; i < r->n_conflicts; i++) {
		autofree char *path = path_text(r->conflicts[i].path);

		fprintf(t->cli->errout, "  %s: %s\n", path, r->conflicts[i].why);
	}
}

static void
record_result(struct try *t, const bool *take, size_t n, const struct commit_result *r, bool ok)
{
	autobuf struct buf facts = BUF_INIT(LIMIT_FACTS), body = BUF_INIT(LIMIT_BODY);
	struct jw w;

	jw_init(&w, &facts);
	jw_object(&w, NULL);
	jw_i64(&w, "commit", 1);
	jw_i64(&w, "n", (int64_t)n);
	if (ok) {
		jw_i64(&w, "bytes", (int64_t)r->bytes);
		jw_bool(&w, "undoable", true);
		jw_str(&w, "stage", r->stage);
		taken_json(t, take, &body);
	} else {
		jw_str(&w, "why", r->n_conflicts ? "conflict" : "io");
		buf_add_str(&body, "[]");
	}
	jw_end_object(&w);
	(void)!append(t, ok ? EV_COMMIT_DONE : EV_COMMIT_FAILED, buf_str(&facts),
		buf_slice(&body), NULL, NULL);
}

bool
try_commit(struct try *t, bool *take, const char *by, struct err *err)
{
	struct commit_result r = { 0 };
	struct before b = { .t = t };
	bool ok;

	effects_settle(t->effects, take);
	for (size_t i = 0; i < t->effects->n; i++)
		b.n += take[i];
	if (!record_decision(t, take, b.n, by, err))
		return false;
	ok = draft_commit(t->draft, t->effects, take, 1, before_rename, &b, &r, err);
	if (!ok)
		say_conflicts(t, &r);
	else
		t->taken = b.n;
	record_result(t, take, b.n, &r, ok);
	commit_result_finish(&r);
	return ok;
}
