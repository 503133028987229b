#include "agent/skill/instinct.h"
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/base/utf8.h"
#include "agent/skill/followup.h"
#include "agent/skill/instinct_say.h"
#include "agent/skill/run.h"

struct instinct {
	struct engine engine;
	const struct skills *skills;
};

struct match_context
run_context(const struct run *x)
{
	return (struct match_context){ .cwd = x->in->cwd, .now_ms = x->in->now_ms };
}

const struct engine_item *
run_request(const struct engine_input *in)
{
	const struct engine_item *r = NULL;

	for (size_t i = 0; i < in->n_items; i++)
		if (in->items[i].kind == ITEM_REQUEST)
			r = &in->items[i];
	return r;
}

/* Slots with their defaults, and what every template may use. */
void
run_make_scope(struct run *x)
{
	struct template_scope s;
	autofree char *today = date_text(x->in->now_ms, 0);

	cJSON_Delete(x->values);
	x->values = cJSON_Duplicate(x->slots, true);
	cJSON_AddStringToObject(x->values, "cwd", x->in->cwd ? x->in->cwd : "/");
	cJSON_AddStringToObject(x->values, "home", x->in->home ? x->in->home : "/");
	cJSON_AddStringToObject(x->values, "today", today);
	s = run_scope(x);
	for (size_t i = 0; x->recipe && i < x->recipe->n_slots; i++) {
		const struct slot *sl = &x->recipe->slots[i];

		if (!sl->fallback || json_get(x->values, sl->name))
			continue;
		autofree char *t = template_text(sl->fallback, &s, NULL);
		double d;

		if ((str_eq(sl->type->name, "number") || str_eq(sl->type->name, "size")) &&
			str_to_double(t, &d))
			cJSON_AddNumberToObject(x->values, sl->name, d);
		else
			cJSON_AddStringToObject(x->values, sl->name, t ? t : "");
	}
	/* Paths go to tools and guards as whole paths. */
	for (size_t i = 0; x->recipe && i < x->recipe->n_slots; i++) {
		const struct slot *sl = &x->recipe->slots[i];
		const cJSON *v = json_get(x->values, sl->name);

		if (!str_eq(sl->type->kind, "path") || !cJSON_IsString(v))
			continue;
		autofree char *p = path_resolve(v->valuestring, x->in->cwd, x->in->home);

		cJSON_ReplaceItemInObjectCaseSensitive(
			x->values, sl->name, cJSON_CreateString(p));
	}
}

/* --- what is missing --- */

static const struct slot *
first_missing(const struct run *x)
{
	for (size_t i = 0; i < x->recipe->n_slots; i++) {
		const struct slot *s = &x->recipe->slots[i];

		if (!json_get(x->slots, s->name) &&
			(s->required || json_get(x->named, s->name)))
			return s;
	}
	return NULL;
}

void
run_ask_for(struct run *x, const struct slot *s, const char *lead, const cJSON *more)
{
	autojson cJSON *choices = more ? cJSON_Duplicate(more, true) : NULL;
	autofree char *q = NULL, *pending = NULL;
	const char *name = json_str(x->named, s->name, NULL);
	const char *own = saying_in(&s->ask, x->in->language);

	if (!choices && s->n_choices > 0) {
		choices = cJSON_CreateArray();
		for (size_t i = 0; i < s->n_choices; i++)
			cJSON_AddItemToArray(choices, cJSON_CreateString(s->choices[i].value));
	}
	if (name)
		q = xasprintf(_("%sWhere is the folder “%s”? Say its path."), lead, name);
	else
		q = xasprintf("%s%s", lead, *own ? own : s->name);
	run_ask(x, "ask", q, choices);
	pending = xasprintf("{\"kind\":\"ask\",\"slot\":\"%s\"}", s->name);
	run_wait(x, pending);
}

/* Asks memory first when a folder has only a name; then the person. */
void
run_fill(struct run *x)
{
	const struct slot *s = first_missing(x);
	const char *name = s ? json_str(x->named, s->name, NULL) : NULL;

	if (!s) {
		run_make_scope(x);
		run_next(x);
		return;
	}
	if (name && x->tries == 0) {
		autobuf struct buf b = BUF_INIT(4096);
		autofree char *pending =
			xasprintf("{\"kind\":\"recall\",\"slot\":\"%s\"}", s->name);
		struct jw w;

		jw_init(&w, &b);
		jw_object(&w, NULL);
		jw_str(&w, "text", name);
		jw_end_object(&w);
		x->sink->call(x->user, "recall", "recall", buf_slice(&b));
		run_wait(x, pending);
		return;
	}
	run_ask_for(x, s, "", NULL);
}

/* --- the first turn --- */

void
run_take_match(struct run *x, struct match *m)
{
	x->recipe = m->recipe;
	cJSON_Delete(x->slots);
	cJSON_Delete(x->named);
	x->slots = m->slots;
	x->named = m->named;
	m->slots = m->named = NULL;
	run_fill(x);
}

static void
remind(struct run *x, const struct followup *f)
{
	autobuf struct buf text = BUF_INIT(8192);
	const cJSON *v;
	autobuf struct buf b = BUF_INIT(64u << 10);
	struct jw w;

	buf_add_str(&text, saying_in(&f->recipe->summary, x->in->language));
	cJSON_ArrayForEach(v, f->slots)
	{
		autofree char *plain = cJSON_IsString(v) ? NULL : json_print(v);

		buf_printf(&text, "%s%.200s", v == f->slots->child ? ": " : ", ",
			plain ? plain : v->valuestring);
	}
	jw_init(&w, &b);
	jw_object(&w, NULL);
	jw_str(&w, "text", buf_str(&text));
	jw_str(&w, "due", f->due);
	jw_end_object(&w);
	x->sink->call(x->user, "remind", "remind", buf_slice(&b));
	run_wait(x, "{\"kind\":\"remind\"}");
}

static bool
follow(struct run *x, struct slice text)
{
	struct match_context c = run_context(x);
	struct followup f;
	bool taken = true;

	followup_read(x->skills, text, &c, x->in->last_run, &f);
	if (f.refused)
		run_fail(x, ERR_NOT_FOUND, f.refused);
	else if (f.kind == FOLLOW_UNDO) {
		x->sink->call(x->user, "undo", "undo", SLICE_LIT("{}"));
		run_wait(x, "{\"kind\":\"undo\"}");
	} else if (f.kind == FOLLOW_REMIND)
		remind(x, &f);
	else if (f.kind == FOLLOW_AGAIN) {
		x->recipe = f.recipe;
		cJSON_Delete(x->slots);
		x->slots = steal_ptr(&f.slots);
		run_fill(x);
	} else
		taken = false;
	followup_finish(&f);
	return taken;
}

static void
begin(struct run *x)
{
	const struct engine_item *r = run_request(x->in);
	struct match_context c = run_context(x);
	struct match m;
	const struct skill *fixed =
		x->in->recipe ? skills_find_recipe(x->skills, x->in->recipe) : NULL;

	if (!r) {
		run_fail(x, ERR_BUG, _("There is no request."));
		return;
	}
	if (fixed)
		c.only = fixed->recipe;
	match_request(x->skills->matcher, r->text, &c, &m);
	/* "the same for ~/x" follows before it is a guess at something new. */
	if (m.recipe && !m.loose)
		run_take_match(x, &m);
	else if (!follow(x, r->text)) {
		if (m.recipe)
			run_take_match(x, &m);
		else if (m.why == MATCH_TIE || m.why == MATCH_SEVERAL)
			instinct_which_one(x, &m);
		else
			instinct_not_understood(x, &m);
	}
	match_finish(&m);
}

/* "stop after this", the only words a running recipe understands. */
static bool
says_stop(struct slice words)
{
	static const char *const stop[] = { "stop", "stop after this", "stop after this step",
		"stop after that", "stop here", "that's enough", "enough", "no more", "stop then",
		"停", "停下", "停止", "够了", "到此为止", "做完这步就停", "这步做完就停", "做完就停",
		"做完这一步就停", "这一步之后停" };
	autofree char *fold = NULL;

	words = slice_trim(words);
	while (words.n > 0 && strchr(".! ", words.p[words.n - 1]))
		words.n--;
	fold = utf8_fold(words.p, words.n);
	for (size_t i = 0; i < ARRAY_LEN(stop); i++)
		if (str_eq(fold, stop[i]))
			return true;
	return false;
}

static bool
think(struct engine *e, const struct engine_input *in, const struct engine_sink *sink,
	void *user, struct err *err UNUSED)
{
	struct instinct *n = (struct instinct *)e;
	struct run x = { .skills = n->skills, .in = in, .sink = sink, .user = user };
	const struct engine_item *last = NULL;
	autojson cJSON *state = NULL;

	x.slots = cJSON_CreateObject();
	x.named = cJSON_CreateObject();
	x.done = cJSON_CreateObject();
	for (size_t i = 0; i < in->n_items; i++) {
		if (in->items[i].kind == ITEM_REQUEST)
			last = NULL;
		if (in->items[i].kind == ITEM_STEER && says_stop(in->items[i].text))
			x.stop = true;
		if (in->items[i].kind == ITEM_TURN && in->items[i].engine &&
			str_eq(in->items[i].engine, "instinct"))
			last = &in->items[i];
	}
	if (last)
		state = json_parse_lenient(last->text, NULL);
	if (state && json_bool(state, "end", false)) /* words that came behind the end */
		run_say_and_end(&x, _("This task is done. Ask anew for more."));
	else if (state)
		run_go_on(&x, state, last->turn);
	else
		begin(&x);
	cJSON_Delete(x.slots);
	cJSON_Delete(x.named);
	cJSON_Delete(x.done);
	cJSON_Delete(x.values);
	return true;
}

static void
cancel(struct engine *e UNUSED)
{
	/* think() never leaves anything open. */
}

static void
destroy(struct engine *e)
{
	free(e);
}

static const struct engine_ops instinct_ops = { "instinct", think, cancel, NULL, destroy };

struct engine *
instinct_create(const struct skills *skills)
{
	struct instinct *n = xcalloc(1, sizeof(*n));

	n->engine.ops = &instinct_ops;
	n->skills = skills;
	return &n->engine;
}

bool
instinct_nearest(const struct skills *s, const char *request, const char *cwd, int64_t now_ms,
	const char *language, struct buf *out)
{
	struct match_context c = { .cwd = cwd, .now_ms = now_ms };
	struct match m;
	size_t n;

	match_request(s->matcher, slice_of(request), &c, &m);
	n = m.why == MATCH_NEGATED ? 0 : m.n_nearest;
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s%s: “%s”", i ? "; " : "", saying_in(&m.nearest[i].recipe->summary, language),
			saying_in(&m.nearest[i].recipe->example, language));
	match_finish(&m);
	return n > 0;
}

const char *
instinct_match(const struct skills *s, const char *request, const char *cwd, int64_t now_ms,
	const char *last_run)
{
	struct match_context c = { .cwd = cwd, .now_ms = now_ms };
	struct followup f;
	struct match m;
	const char *name = NULL;

	match_request(s->matcher, slice_of(request), &c, &m);
	if (m.recipe)
		name = m.recipe->name;
	if (!m.recipe || m.loose) {
		followup_read(s, slice_of(request), &c, last_run, &f);
		if (f.kind != FOLLOW_NONE)
			name = f.kind == FOLLOW_AGAIN && f.recipe ? f.recipe->name : "";
		followup_finish(&f);
	}
	match_finish(&m);
	return name;
}
