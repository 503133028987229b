/* The fold of acts: calls, their effects, approvals, questions, commits and undo. */
#include "agent/core/fold_private.h"
#include "agent/base/i18n.h"

static struct fold_call *
call_of(struct fold *f, const cJSON *facts)
{
	return (struct fold_call *)fold_call(f, json_i64(facts, "call", 0));
}

const struct fold_call *
fold_call(const struct fold *f, int64_t call)
{
	size_t i;

	if (!call)
		return f->whole.tool ? &f->whole : NULL;
	for (i = f->n_calls; i > 0; i--) {
		if (f->calls[i - 1].call == call)
			return &f->calls[i - 1];
	}
	return NULL;
}

/* In draft mode the changes of the whole task are decided together, for call 0. */
static void
begin_whole(struct fold *f, const struct event *ev)
{
	if (f->whole.tool)
		return;
	f->whole.tool = xstrdup("task");
	f->whole.args = xstrdup("{}");
	f->whole.risk = xstrdup("");
	f->whole.seq = ev->seq;
	f->whole.exit = -1;
	buf_init(&f->whole.output, 1);
}

/* The block that shows call, approval or question number index changed. */
static void
touch_block(struct fold *f, enum fold_block_kind kind, size_t index)
{
	size_t i;

	for (i = f->n_blocks; i > 0; i--) {
		if (f->blocks[i - 1].kind == kind && f->blocks[i - 1].index == index) {
			f->blocks[i - 1].revision = ++f->revision;
			return;
		}
	}
}

static void
on_call(struct fold *f, const struct event *ev, const cJSON *facts)
{
	struct fold_call *c;

	GROW(f->calls, f->n_calls, f->cap_calls);
	c = &f->calls[f->n_calls];
	memset(c, 0, sizeof(*c));
	c->call = json_i64(facts, "call", 0);
	c->seq = ev->seq;
	c->turn = json_i64(facts, "turn", 0);
	c->tool = xstrdup(json_str(facts, "tool", "?"));
	c->risk = xstrdup(json_str(facts, "risk", ""));
	c->args = slice_dup(ev->body);
	c->exit = -1;
	buf_init(&c->output, 2 * FOLD_OUTPUT_MAX);
	fold_block_add(f, BLOCK_CALL, ev)->index = f->n_calls++;
}

static void
on_output(struct fold_call *c, const struct event *ev)
{
	struct slice s = ev->body;

	if (s.n > FOLD_OUTPUT_MAX)
		s = (struct slice){ s.p + s.n - FOLD_OUTPUT_MAX, FOLD_OUTPUT_MAX };
	buf_add_slice(&c->output, s);
	if (c->output.len > FOLD_OUTPUT_MAX)
		buf_consume(&c->output, c->output.len - FOLD_OUTPUT_MAX);
}

static void
on_call_done(struct fold_call *c, const struct event *ev, const cJSON *facts)
{
	const char *o = json_str(facts, "outcome", "done");

	c->state = str_eq(o, "failed")	? FOLD_CALL_FAILED
		: str_eq(o, "refused") ? FOLD_CALL_REFUSED
		: str_eq(o, "stopped") ? FOLD_CALL_STOPPED
				       : FOLD_CALL_DONE;
	c->ms = json_i64(facts, "ms", 0);
	c->exit = json_i64(facts, "exit", -1);
	fold_set(&c->summary, json_str(facts, "summary", NULL));
	free(c->result);
	c->result = slice_dup(ev->body);
}

static void
effects_clear(struct fold_call *c)
{
	size_t i;

	for (i = 0; i < c->n_effects; i++) {
		struct fold_effect *e = &c->effects[i];

		free(e->kind);
		free(e->path);
		free(e->from);
		free(e->note);
		free(e->red);
		free(e->diff);
	}
	free(c->effects);
	c->effects = NULL;
	c->n_effects = 0;
}

static void
on_diff(struct fold_call *c, const struct event *ev, const cJSON *facts)
{
	int64_t n = json_i64(facts, "n", -1);
	size_t i;

	for (i = 0; i < c->n_effects; i++) {
		if (c->effects[i].n != n)
			continue;
		free(c->effects[i].diff);
		c->effects[i].diff = slice_dup(ev->body);
	}
}

static char *
joined(const cJSON *list, const char *sep)
{
	struct buf b = BUF_INIT(1u << 16);
	const cJSON *it;

	if (!cJSON_GetArraySize(list))
		return NULL;
	cJSON_ArrayForEach(it, list)
	{
		if (b.len)
			buf_add_str(&b, sep);
		buf_add_str(&b, cJSON_IsString(it) ? it->valuestring : "?");
	}
	return buf_steal(&b);
}

static char
type_letter(const char *name)
{
	return str_eq(name, "folder") ? 'd' : str_eq(name, "link") ? 'l' : str_eq(name, "file") ? 'f' : 'o';
}

static void
on_effects(struct fold_call *c, const struct event *ev)
{
	autojson cJSON *list = json_parse_lenient(ev->body, NULL);
	const cJSON *it;

	effects_clear(c);
	fold_set(&c->sums, NULL);
	c->sums = slice_dup(ev->facts);
	if (!cJSON_IsArray(list))
		return;
	c->effects = xcalloc(MAX_OF((size_t)cJSON_GetArraySize(list), 1u), sizeof(*c->effects));
	cJSON_ArrayForEach(it, list)
	{
		struct fold_effect *e = &c->effects[c->n_effects++];

		/* The numbers of decisions and differences count from 0 in list order. */
		e->n = (int64_t)c->n_effects - 1;
		e->kind = xstrdup(json_str(it, "kind", "?"));
		e->path = xstrdup(json_str(it, "path", ""));
		e->from = xstrdup0(json_str(it, "from", json_str(it, "link", NULL)));
		e->note = xstrdup0(json_str(it, "note", NULL));
		e->red = joined(json_get(it, "red"), ",");
		e->bytes = (uint64_t)json_i64(it, "bytes", 0);
		e->was = (uint64_t)json_i64(it, "was", 0);
		e->count = (uint64_t)json_i64(it, "count", 1);
		e->type = type_letter(json_str(it, "type", "file"));
		e->text = json_bool(it, "text", false);
	}
}

void
fold_close_open(struct fold *f)
{
	size_t i;

	for (i = 0; i < f->n_approvals; i++)
		f->approvals[i].open = false;
	for (i = 0; i < f->n_questions; i++)
		f->questions[i].open = false;
}

static void
on_approval(struct fold *f, const struct event *ev, const cJSON *facts)
{
	autojson cJSON *body = json_parse_lenient(ev->body, NULL);
	const cJSON *list = json_get(body, "effects"), *it;
	struct fold_approval *a;
	struct fold_call *c = call_of(f, facts);

	fold_close_open(f); /* one decision at a time: an older one died with its process */
	GROW(f->approvals, f->n_approvals, f->cap_approvals);
	a = &f->approvals[f->n_approvals];
	memset(a, 0, sizeof(*a));
	a->approval = json_i64(facts, "approval", 0);
	a->call = json_i64(facts, "call", 0);
	a->seq = ev->seq;
	a->open = true;
	a->red = json_bool(facts, "red", false);
	a->why = joined(json_get(facts, "why"), "\n");
	a->taint = xstrdup0(json_str(facts, "taint", NULL));
	a->typed = xstrdup0(json_str(facts, "typed", NULL));
	a->question = xstrdup0(json_str(body, "question", NULL));
	a->command = xstrdup0(json_str(body, "command", NULL));
	a->rule = json_get(body, "rule") ? json_print(json_get(body, "rule")) : NULL;
	a->effects = xcalloc(MAX_OF((size_t)cJSON_GetArraySize(list), 1u), sizeof(int64_t));
	cJSON_ArrayForEach(it, list) a->effects[a->n_effects++] = (int64_t)it->valuedouble;
	if (c)
		c->approval = a->approval;
	fold_block_add(f, BLOCK_APPROVAL, ev)->index = f->n_approvals++;
}

static struct fold_approval *
approval_of(struct fold *f, const cJSON *facts, size_t *ret_index)
{
	int64_t id = json_i64(facts, "approval", 0);
	size_t i;

	for (i = f->n_approvals; i > 0; i--) {
		if (f->approvals[i - 1].approval == id) {
			*ret_index = i - 1;
			return &f->approvals[i - 1];
		}
	}
	return NULL;
}

/* What ran is what the person wrote, no longer what the engine asked for. */
static void
edit_call(struct fold *f, const struct fold_approval *a, const char *command)
{
	for (size_t i = 0; command && i < f->n_calls; i++) {
		autojson cJSON *args = NULL;

		if (f->calls[i].call != a->call)
			continue;
		args = json_parse_lenient(slice_of(f->calls[i].args), NULL);
		if (!cJSON_IsString(json_get(args, "command")))
			return;
		cJSON_ReplaceItemInObjectCaseSensitive(args, "command", cJSON_CreateString(command));
		free(f->calls[i].args);
		f->calls[i].args = json_print(args);
		touch_block(f, BLOCK_CALL, i);
	}
}

static void
on_decision(struct fold *f, const struct event *ev, const cJSON *facts)
{
	autojson cJSON *body = json_parse_lenient(ev->body, NULL);
	size_t index = 0;
	struct fold_approval *a = approval_of(f, facts, &index);

	if (!a)
		return;
	a->open = false;
	fold_set(&a->decision, json_str(facts, "decision", ""));
	fold_set(&a->by, json_str(facts, "by", ""));
	fold_set(&a->words, json_str(body, "words", NULL));
	touch_block(f, BLOCK_APPROVAL, index);
	if (str_eq(a->decision, "edit"))
		edit_call(f, a, json_str(body, "command", NULL));
}

static void
on_question(struct fold *f, const struct event *ev, const cJSON *facts)
{
	struct fold_question *q;

	fold_close_open(f);
	GROW(f->questions, f->n_questions, f->cap_questions);
	q = &f->questions[f->n_questions];
	memset(q, 0, sizeof(*q));
	q->ask = json_i64(facts, "ask", 0);
	q->call = json_i64(facts, "call", 0);
	q->open = true;
	q->text = slice_dup(ev->body);
	q->choices = json_get(facts, "choices") ? json_print(json_get(facts, "choices")) : NULL;
	fold_block_add(f, BLOCK_QUESTION, ev)->index = f->n_questions++;
}

static void
on_answer(struct fold *f, const struct event *ev, const cJSON *facts)
{
	int64_t id = json_i64(facts, "ask", 0);
	size_t i;

	for (i = 0; i < f->n_questions; i++) {
		if (f->questions[i].ask != id)
			continue;
		f->questions[i].open = false;
		free(f->questions[i].answer);
		f->questions[i].answer = slice_dup(ev->body);
		touch_block(f, BLOCK_QUESTION, i);
	}
}

static void
mark_taken(struct fold_call *c, const cJSON *list)
{
	const cJSON *it;
	size_t i = 0;

	cJSON_ArrayForEach(it, list)
	{
		const char *path = json_str(it, "path", "");
		size_t tried;

		/* Both lists are in path order: the next match is nearly always ahead. */
		for (tried = 0; tried < c->n_effects; tried++, i = (i + 1) % c->n_effects) {
			if (str_eq(c->effects[i].path, path)) {
				c->effects[i].taken = true;
				break;
			}
		}
	}
}

static void
on_commit(struct fold *f, const struct event *ev, const cJSON *facts)
{
	struct fold_call *c = call_of(f, facts);
	struct fold_block *b = fold_block_add(f, BLOCK_COMMIT, ev);
	size_t i;

	b->index = (size_t)json_i64(facts, "commit", 0);
	b->level = xstrdup(ev->kind_name);
	buf_add_slice(&b->text, ev->body);
	b->closed = true;
	if (ev->kind == EV_COMMIT_DONE && c) {
		autojson cJSON *list = json_parse_lenient(ev->body, NULL);

		c->commit = json_i64(facts, "commit", 0);
		c->for_good = !json_bool(facts, "undoable", true);
		mark_taken(c, list);
	}
	for (i = 0; i <= f->n_calls; i++) {
		c = i < f->n_calls ? &f->calls[i] : &f->whole;
		if (c->commit == (int64_t)b->index && b->index)
			c->undone = ev->kind == EV_UNDONE;
	}
}

static void
on_forgotten(struct fold *f, const cJSON *facts)
{
	int64_t commit = json_i64(facts, "commit", 0);
	size_t i;

	for (i = 0; i <= f->n_calls; i++) {
		struct fold_call *c = i < f->n_calls ? &f->calls[i] : &f->whole;

		c->for_good = c->for_good || (commit && c->commit == commit);
	}
}

bool
fold_can_undo(const struct fold *f)
{
	size_t i;

	for (i = 0; i <= f->n_calls; i++) {
		const struct fold_call *c = i < f->n_calls ? &f->calls[i] : &f->whole;

		if (c->commit && !c->undone && !c->for_good)
			return true;
	}
	return false;
}

/* Events about one call that must be known. */
static bool
apply_call(struct fold *f, const struct event *ev, const cJSON *facts)
{
	struct fold_call *c;

	if (ev->kind == EV_EFFECTS && !json_i64(facts, "call", 0))
		begin_whole(f, ev);
	c = call_of(f, facts);
	if (!c)
		return false;
	switch (ev->kind) {
	case EV_CALL_BEGUN:
		c->state = FOLD_CALL_RUNNING;
		c->begun_ms = ev->time;
		break;
	case EV_OUTPUT:
		on_output(c, ev);
		break;
	case EV_CALL_DONE:
		on_call_done(c, ev, facts);
		break;
	case EV_DIFF:
		on_diff(c, ev, facts);
		break;
	default:
		on_effects(c, ev);
		break;
	}
	if (c != &f->whole)
		touch_block(f, BLOCK_CALL, (size_t)(c - f->calls));
	return true;
}

bool
fold_apply_act(struct fold *f, const struct event *ev, const cJSON *facts)
{
	switch (ev->kind) {
	case EV_CALL:
		on_call(f, ev, facts);
		return true;
	case EV_CALL_BEGUN:
	case EV_OUTPUT:
	case EV_CALL_DONE:
	case EV_EFFECTS:
	case EV_DIFF:
		return apply_call(f, ev, facts);
	case EV_APPROVAL:
		on_approval(f, ev, facts);
		return true;
	case EV_DECISION:
		on_decision(f, ev, facts);
		return true;
	case EV_QUESTION:
		on_question(f, ev, facts);
		return true;
	case EV_ANSWER:
		on_answer(f, ev, facts);
		return true;
	case EV_COMMIT_DONE:
	case EV_COMMIT_FAILED:
	case EV_UNDONE:
	case EV_REDONE:
		on_commit(f, ev, facts);
		return true;
	case EV_FORGOTTEN:
		on_forgotten(f, facts);
		return true;
	default:
		return false;
	}
}

const struct fold_approval *
fold_open_approval(const struct fold *f)
{
	size_t i;

	for (i = f->n_approvals; i > 0; i--) {
		if (f->approvals[i - 1].open)
			return &f->approvals[i - 1];
	}
	return NULL;
}

const struct fold_question *
fold_open_question(const struct fold *f)
{
	size_t i;

	for (i = f->n_questions; i > 0; i--) {
		if (f->questions[i - 1].open)
			return &f->questions[i - 1];
	}
	return NULL;
}

static void
call_clear(struct fold_call *c)
{
	effects_clear(c);
	free(c->tool);
	free(c->args);
	free(c->risk);
	free(c->summary);
	free(c->result);
	free(c->sums);
	buf_finish(&c->output);
}

void
fold_acts_clear(struct fold *f)
{
	size_t i;

	call_clear(&f->whole);
	for (i = 0; i < f->n_calls; i++)
		call_clear(&f->calls[i]);
	free(f->calls);
	for (i = 0; i < f->n_approvals; i++) {
		struct fold_approval *a = &f->approvals[i];

		free(a->why);
		free(a->question);
		free(a->command);
		free(a->taint);
		free(a->typed);
		free(a->rule);
		free(a->effects);
		free(a->decision);
		free(a->by);
		free(a->words);
	}
	free(f->approvals);
	for (i = 0; i < f->n_questions; i++) {
		free(f->questions[i].text);
		free(f->questions[i].choices);
		free(f->questions[i].answer);
	}
	free(f->questions);
}
