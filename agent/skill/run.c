/* The steps of a recipe: plan, guards, calls, result. */
#include "agent/skill/run.h"
#include "agent/base/i18n.h"
#include "agent/base/limits.h"
#include "agent/base/path.h"
#include "agent/base/sanitize.h"
#include "agent/skill/guard.h"

struct template_scope
run_scope(const struct run *x)
{
	return (struct template_scope){ .values = x->values,
		.home = x->in->home,
		.language = x->in->language,
		.now_ms = x->in->now_ms };
}

void
run_wait(struct run *x, const char *pending)
{
	autobuf struct buf b = BUF_INIT(LIMIT_TOOL_JSON);
	autofree char *slots = json_print(x->slots), *named = json_print(x->named);
	autofree char *done = json_print(x->done);
	struct jw w;

	jw_init(&w, &b);
	jw_object(&w, NULL);
	jw_str(&w, "recipe", x->recipe ? x->recipe->name : NULL);
	jw_raw(&w, "slots", slice_of(slots));
	jw_raw(&w, "named", slice_of(named));
	jw_raw(&w, "done", slice_of(done));
	jw_i64(&w, "step", (int64_t)x->step);
	jw_bool(&w, "begun", x->begun);
	jw_i64(&w, "tries", x->tries);
	jw_raw(&w, "pending", slice_of(pending));
	jw_end_object(&w);
	x->sink->turn(x->user, buf_slice(&b), "calls");
	x->sink->end(x->user, ENGINE_DONE, NULL);
}

void
run_say_and_end(struct run *x, const char *text)
{
	x->sink->text(x->user, slice_of(text));
	x->sink->turn(x->user, SLICE_LIT("{\"end\":true}"), "stop");
	x->sink->end(x->user, ENGINE_DONE, NULL);
}

void
run_fail(struct run *x, enum err_code code, const char *text)
{
	struct err err = { 0 };

	err_set(&err, code, "%s", text);
	x->sink->turn(x->user, SLICE_LIT("{\"end\":true}"), "stop");
	x->sink->end(x->user, ENGINE_FAILED, &err);
}

static bool
was_left_out(const struct run *x, const char *id)
{
	const cJSON *v = json_get(x->done, id);

	return cJSON_IsString(v) && str_eq(v->valuestring, "skipped");
}

void
run_plan(struct run *x, size_t now, bool failed)
{
	autobuf struct buf b = BUF_INIT(LIMIT_TOOL_RESULT);
	struct template_scope s = run_scope(x);
	struct jw w;

	jw_init(&w, &b);
	jw_array(&w, NULL);
	for (size_t i = 0; i < x->recipe->n_steps; i++) {
		const struct step *st = &x->recipe->steps[i];
		autofree char *text =
			template_text(saying_in(&st->text, x->in->language), &s, NULL);

		if (!st->text.en) /* small steps need no line of their own */
			continue;
		jw_object(&w, NULL);
		jw_str(&w, "id", st->id);
		jw_str(&w, "text", text ? text : st->id);
		jw_str(&w, "state",
			was_left_out(x, st->id) ? "skipped"
				: i < now       ? "done"
				: i > now       ? "todo"
				: failed        ? "failed"
						: "now");
		jw_end_object(&w);
	}
	jw_end_array(&w);
	x->sink->plan(x->user, buf_str(&b));
}

void
run_ask(struct run *x, const char *id, const char *question, const cJSON *choices)
{
	autofree char *list = choices ? json_print(choices) : NULL;
	autobuf struct buf b = BUF_INIT(LIMIT_TOOL_RESULT);
	struct jw w;

	jw_init(&w, &b);
	jw_object(&w, NULL);
	jw_str(&w, "question", question);
	if (list)
		jw_raw(&w, "choices", slice_of(list));
	jw_end_object(&w);
	x->sink->call(x->user, id, "ask_user", buf_slice(&b));
}

const struct engine_item *
run_result(const struct run *x, int turn, const char *id)
{
	for (size_t i = x->in->n_items; i-- > 0;) {
		const struct engine_item *it = &x->in->items[i];

		if (it->kind == ITEM_RESULT && it->turn == turn && it->id && str_eq(it->id, id))
			return it;
	}
	return NULL;
}

/* What a call gave, as JSON; a text that is none becomes {"text": ...}. */
static cJSON *
result_json(const struct engine_item *it)
{
	cJSON *v = it->text.p ? json_parse_lenient(it->text, NULL) : NULL;

	if (v)
		return v;
	autofree char *t = slice_dup(it->text.p ? it->text : SLICE_LIT(""));

	v = cJSON_CreateObject();
	cJSON_AddStringToObject(v, "text", t);
	return v;
}

static void
keep_result(struct run *x, const struct step *st, cJSON *v)
{
	cJSON_DeleteItemFromObjectCaseSensitive(x->values, st->id);
	cJSON_AddItemToObject(x->values, st->id, v);
	cJSON_DeleteItemFromObjectCaseSensitive(x->done, st->id);
	cJSON_AddStringToObject(x->done, st->id, "done");
}

/* Why a step failed, for a person: its sentence, or what its program said last. Owned. */
static char *
reason_of(const struct engine_item *it)
{
	autojson cJSON *o = it->text.p ? json_parse_lenient(it->text, NULL) : NULL;
	const char *said = json_str(o, "output", "");
	autofree char *raw = cJSON_IsObject(o) ? xstrdup(said)
		: it->text.p		       ? slice_dup(it->text)
					       : xstrdup("");

	return sanitize_dup(raw, SANITIZE_TEXT);
}

/* A step that did not come to its end decides how the task ends. */
static bool
stop_at(struct run *x, const struct engine_item *it)
{
	autofree char *why = reason_of(it);

	run_plan(x, x->step, true);
	if (it->outcome == CALL_REFUSED) {
		autofree char *t = xasprintf(
			"%s", *why ? why : _("Not done: the changes were not taken."));

		run_say_and_end(x, t);
	} else if (it->outcome == CALL_STOPPED)
		run_fail(x, ERR_CANCELLED, _("Stopped."));
	else
		run_fail(x, ERR_IO, *why ? why : _("It did not work."));
	return false;
}

bool
run_take_results(struct run *x, int turn)
{
	const struct step *st = &x->recipe->steps[x->step];
	cJSON *all = st->each ? cJSON_CreateObject() : NULL;
	cJSON *items = st->each ? cJSON_AddArrayToObject(all, "items") : NULL;
	size_t n = 0;

	for (size_t i = 0; i < x->in->n_items; i++) {
		const struct engine_item *it = &x->in->items[i];

		if (it->kind != ITEM_RESULT || it->turn != turn)
			continue;
		n++;
		if (it->outcome != CALL_DONE && !(st->may_fail && it->outcome == CALL_FAILED)) {
			cJSON_Delete(all);
			return stop_at(x, it);
		}
		if (st->each)
			cJSON_AddItemToArray(items, result_json(it));
		else
			keep_result(x, st, result_json(it));
	}
	if (st->each) {
		cJSON_AddNumberToObject(all, "count", (double)n);
		keep_result(x, st, all);
	}
	x->step++;
	return true;
}

static void
leave_out(struct run *x, const struct step *st)
{
	cJSON_DeleteItemFromObjectCaseSensitive(x->done, st->id);
	cJSON_AddStringToObject(x->done, st->id, "skipped");
	x->step++;
}

static bool
call_once(struct run *x, const struct step *st, const char *id)
{
	struct template_scope s = run_scope(x);
	struct err err = { 0 };
	autojson cJSON *args = template_json(st->args, &s, &err);
	autofree char *text = args ? json_print(args) : NULL;

	if (!args) {
		run_fail(x, err.code, err.text);
		return false;
	}
	x->sink->call(x->user, id, st->tool, slice_of(text));
	return true;
}

static bool
call_each(struct run *x, const struct step *st)
{
	struct template_scope s = run_scope(x);
	const cJSON *list = template_value(st->each, &s), *v;
	int n = 0;

	if (cJSON_GetArraySize(list) > LIMIT_CALLS_PER_REPLY) {
		run_fail(
			x, ERR_LIMIT, _("That is more than 64 things at once; ask for fewer."));
		return false;
	}
	cJSON_ArrayForEach(v, list)
	{
		autofree char *id = xasprintf("%s.%d", st->id, n++);

		cJSON_DeleteItemFromObjectCaseSensitive(x->values, "item");
		cJSON_AddItemToObject(x->values, "item", cJSON_Duplicate(v, true));
		if (!call_once(x, st, id))
			return false;
	}
	cJSON_DeleteItemFromObjectCaseSensitive(x->values, "item");
	return true;
}

static bool
hold(struct run *x, const struct guard *g, size_t n)
{
	struct template_scope s = run_scope(x);
	struct err err = { 0 };

	for (size_t i = 0; i < n; i++)
		if (!guard_holds(&g[i], &s, x->in->cwd, &err)) {
			run_fail(x, err.code == ERR_NONE ? ERR_CONFLICT : err.code, err.text);
			return false;
		}
	return true;
}

static void
add_list(struct run *x, const struct result *r, struct buf *out)
{
	struct template_scope s = run_scope(x);
	const cJSON *list = template_value(r->list, &s), *v;
	autofree char *of = r->of ? template_text(r->of, &s, NULL) : NULL;
	int64_t n = 0, all;

	cJSON_ArrayForEach(v, list)
	{
		autofree char *line = NULL, *clean = NULL;

		if (n++ >= r->max)
			continue;
		cJSON_DeleteItemFromObjectCaseSensitive(x->values, "item");
		cJSON_AddItemToObject(x->values, "item", cJSON_Duplicate(v, true));
		line = template_text(saying_in(&r->item, x->in->language), &s, NULL);
		clean = sanitize_dup(line ? line : "", SANITIZE_LINE);
		/* Names may hold anything: a line of its own, as code, shows them as they are.
		 */
		buf_printf(out, "\n    %s", clean);
	}
	cJSON_DeleteItemFromObjectCaseSensitive(x->values, "item");
	/* Tools give no endless lists: the rest is known by number only. */
	all = of ? MAX_OF(n, (int64_t)strtoll(of, NULL, 10)) : n;
	n = MIN_OF(n, r->max);
	if (all > n) {
		char more[32];

		buf_printf(out, _("\n    and %s more"), str_count((uint64_t)(all - n), more));
	}
}

static int64_t
sum_of(struct run *x, const char *field)
{
	int64_t n = 0;

	for (size_t i = 0; i < x->recipe->n_steps; i++)
		n += json_i64(json_get(x->values, x->recipe->steps[i].id), field, 0);
	return n;
}

static const char *
first_unreadable(struct run *x)
{
	const char *first = NULL;

	for (size_t i = 0; !first && i < x->recipe->n_steps; i++)
		first = json_str(json_get(x->values, x->recipe->steps[i].id),
			"first_unreadable", NULL);
	return first;
}

/* What was not looked at is said, whatever the recipe's own sentence is. */
static void
add_left_out(struct run *x, struct buf *out)
{
	int64_t n = sum_of(x, "unreadable"), disks = sum_of(x, "other_disks");
	const char *first = first_unreadable(x);
	char count[32];

	if (n > 0 || disks > 0)
		buf_add_str(out, strchr(buf_str(out), '\n') ? "\n\n" : " ");
	if (n > 0 && first && x->in->home) {
		autofree char *tilde = path_tilde(first, x->in->home),
			      *shown = sanitize_dup(tilde, SANITIZE_NAME);

		buf_printf(out,
			ngettext_("%s place could not be read: %s.",
				"%s places could not be read, the first: %s.",
				(unsigned long)n),
			str_count((uint64_t)n, count), shown);
	} else if (n > 0)
		buf_printf(out,
			ngettext_("%s place could not be read.", "%s places could not be read.",
				(unsigned long)n),
			str_count((uint64_t)n, count));
	if (disks > 0)
		buf_printf(out,
			ngettext_("%s%s other disk that is mounted there was left out.",
				"%s%s other disks that are mounted there were left out.",
				(unsigned long)disks),
			n > 0 ? " " : "", str_count((uint64_t)disks, count));
}

static void
finish(struct run *x)
{
	struct template_scope s = run_scope(x);
	autobuf struct buf b = BUF_INIT(TEMPLATE_OUT_MAX);
	const struct step *last = &x->recipe->steps[x->recipe->n_steps - 1];
	const char *note = json_str(json_get(x->values, last->id), "note", NULL);

	run_plan(x, x->recipe->n_steps, false);
	/* The core says when only a part was taken: then the numbers below were only planned.
	 */
	if (note) {
		run_say_and_end(x, note);
		return;
	}
	if (!hold(x, x->recipe->after, x->recipe->n_after))
		return;
	for (size_t i = 0; i < x->recipe->n_results; i++) {
		const struct result *r = &x->recipe->results[i];
		autofree char *text = NULL;

		if (r->when && !template_true(r->when, &s))
			continue;
		text = template_text(saying_in(&r->text, x->in->language), &s, NULL);
		buf_add_str(&b, text ? text : "");
		if (r->list) {
			buf_add_char(&b, '\n');
			add_list(x, r, &b);
		}
		break;
	}
	add_left_out(x, &b);
	run_say_and_end(x, buf_str(&b));
}

static bool
begin(struct run *x)
{
	autofree char *slots = NULL;

	if (!hold(x, x->recipe->before, x->recipe->n_before))
		return false;
	slots = json_print(x->slots);
	x->sink->recipe(x->user, x->recipe->name, x->recipe->skill, slots);
	x->begun = true;
	return true;
}

void
run_next(struct run *x)
{
	if (!x->begun && !begin(x))
		return;
	while (x->step < x->recipe->n_steps) {
		const struct step *st = &x->recipe->steps[x->step];
		struct template_scope s = run_scope(x);
		const cJSON *asked = json_get(x->done, st->id);

		if (st->when && !template_true(st->when, &s)) {
			leave_out(x, st);
			continue;
		}
		if (st->each && cJSON_GetArraySize(template_value(st->each, &s)) == 0) {
			leave_out(x, st);
			continue;
		}
		run_plan(x, x->step, false);
		if (st->ask.en &&
			!(cJSON_IsString(asked) && str_eq(asked->valuestring, "yes"))) {
			autofree char *q =
				template_text(saying_in(&st->ask, x->in->language), &s, NULL);
			autojson cJSON *yes_no = cJSON_CreateArray();

			cJSON_AddItemToArray(yes_no, cJSON_CreateString(_("yes")));
			cJSON_AddItemToArray(yes_no, cJSON_CreateString(_("no")));
			run_ask(x, "confirm", q ? q : st->id, yes_no);
			run_wait(x, "{\"kind\":\"confirm\"}");
			return;
		}
		if (memory_check(x))
			return;
		if (st->each ? !call_each(x, st) : !call_once(x, st, st->id))
			return;
		run_wait(x, "{\"kind\":\"step\"}");
		return;
	}
	finish(x);
}
