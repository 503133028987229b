#include "agent/skill/instinct.h"
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/skill/followup.h"
#include "agent/skill/instinct_say.h"
#include "agent/skill/run.h"

#define TRIES_MAX 3

struct instinct {
	struct engine engine;
	const struct skills *skills;
};

static struct match_context
context_of(const struct run *x)
{
	return (struct match_context){ .cwd = x->in->cwd, .now_ms = x->in->now_ms };
}

static const struct engine_item *
request_of(const struct engine_input *in)
{
	const struct engine_item *r = NULL;

	for (size_t i = 0; i < in->n_items; i++)
		if (in->items[i].kind == ITEM_REQUEST)
			r = &in->items[i];
	return r;
}

/* Slots with their defaults, and what every template may use. */
static void
make_scope(struct run *x)
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

static void
ask_for(struct run *x, const struct slot *s, const char *lead, const cJSON *more)
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
static void
fill_or_go(struct run *x)
{
	const struct slot *s = first_missing(x);
	const char *name = s ? json_str(x->named, s->name, NULL) : NULL;

	if (!s) {
		make_scope(x);
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
	ask_for(x, s, "", NULL);
}

/* --- the first turn --- */

static void
take_match(struct run *x, struct match *m)
{
	x->recipe = m->recipe;
	cJSON_Delete(x->slots);
	cJSON_Delete(x->named);
	x->slots = m->slots;
	x->named = m->named;
	m->slots = m->named = NULL;
	fill_or_go(x);
}

static void
remind(struct run *x, const struct followup *f)
{
	autofree char *slots = json_print(f->slots);
	autofree char *text = xasprintf("%s %s", f->recipe->name, slots);
	autobuf struct buf b = BUF_INIT(64u << 10);
	struct jw w;

	jw_init(&w, &b);
	jw_object(&w, NULL);
	jw_str(&w, "text", text);
	jw_str(&w, "due", f->due);
	jw_end_object(&w);
	x->sink->call(x->user, "remind", "remind", buf_slice(&b));
	run_wait(x, "{\"kind\":\"remind\"}");
}

static bool
follow(struct run *x, struct slice text)
{
	struct match_context c = context_of(x);
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
		fill_or_go(x);
	} else
		taken = false;
	followup_finish(&f);
	return taken;
}

static void
begin(struct run *x)
{
	const struct engine_item *r = request_of(x->in);
	struct match_context c = context_of(x);
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
	if (m.recipe)
		take_match(x, &m);
	else if (!follow(x, r->text)) {
		if (m.why == MATCH_TIE || m.why == MATCH_SEVERAL)
			instinct_which_one(x, &m);
		else
			instinct_not_understood(x, &m);
	}
	match_finish(&m);
}

/* --- later turns --- */

/* The words of an answer; NULL when nobody answered. */
static char *
answer_of(const struct engine_item *it)
{
	autojson cJSON *v = NULL;

	if (!it || it->outcome != CALL_DONE || !it->text.p)
		return NULL;
	v = json_parse_lenient(it->text, NULL);
	return cJSON_IsObject(v) ? xstrdup(json_str(v, "answer", "")) : slice_dup(it->text);
}

static void
unanswered(struct run *x, const struct engine_item *it)
{
	autofree char *why = it && it->text.p ? slice_dup(it->text) : xstrdup("");
	autofree char *t = xasprintf(_("Something is missing in the request: %s"), why);

	if (it && it->outcome == CALL_STOPPED)
		run_fail(x, ERR_CANCELLED, _("Stopped."));
	else
		run_fail(x, ERR_NOT_FOUND, t);
}

static void
on_answer(struct run *x, const struct slot *s, int turn)
{
	const struct engine_item *it = run_result(x, turn, "ask");
	autofree char *words = answer_of(it);
	struct request *r;
	struct err err = { 0 };
	cJSON *v;

	if (!words) {
		unanswered(x, it);
		return;
	}
	r = xcalloc(1, sizeof(*r));
	*r = (struct request){ .lex = matcher_lexicon(x->skills->matcher),
		.now_ms = x->in->now_ms,
		.home = x->in->home,
		.cwd = x->in->cwd,
		.folders = matcher_folders(x->skills->matcher) };
	request_init(r, words, strlen(words));
	v = slot_read_answer(s, r, &err);
	request_finish(r);
	free(r);
	if (cJSON_IsObject(v)) { /* again only a name */
		cJSON_Delete(v);
		v = NULL;
		err_set(&err, ERR_USAGE, "%s", _("That is a name, not a path."));
	}
	if (v) {
		cJSON_AddItemToObject(x->slots, s->name, v);
		cJSON_DeleteItemFromObjectCaseSensitive(x->named, s->name);
		fill_or_go(x);
		return;
	}
	if (++x->tries >= TRIES_MAX) {
		run_fail(x, ERR_USAGE, err.text);
		return;
	}
	autofree char *lead = xasprintf("%s ", err.text);

	ask_for(x, s, lead, NULL);
}

/* Paths that stand in what was remembered about the name. */
static cJSON *
paths_in(const cJSON *hits, const char *home)
{
	cJSON *out = cJSON_CreateArray();
	const cJSON *h, *o;

	cJSON_ArrayForEach(h, hits)
	{
		const char *t = json_str(h, "text", "");

		for (const char *p = t; (p = strpbrk(p, "~/")); p++) {
			size_t n = strcspn(p, " \t\n\"',;，。；“”");
			bool seen = false,
			     starts = p == t || strchr(" \t\"'(:", p[-1]) ||
				(unsigned char)p[-1] >= 0x80;

			if (!starts || n < 2)
				continue;
			autofree char *raw = xstrndup(p, n);

			while (n > 1 && strchr(".!?)", raw[n - 1]))
				raw[--n] = '\0';
			autofree char *path = path_resolve(raw, "/", home);
			autofree char *shown = path_tilde(path, home);

			cJSON_ArrayForEach(o, out) seen = seen || str_eq(o->valuestring, shown);
			if (!seen)
				cJSON_AddItemToArray(out, cJSON_CreateString(shown));
			p += n - 1;
		}
	}
	return out;
}

static void
on_recall(struct run *x, const struct slot *s, int turn)
{
	const struct engine_item *it = run_result(x, turn, "recall");
	autojson cJSON *v =
		it && it->outcome == CALL_DONE ? json_parse_lenient(it->text, NULL) : NULL;
	autojson cJSON *paths = paths_in(json_get(v, "hits"), x->in->home);

	x->tries = 1; /* memory is asked once */
	if (cJSON_GetArraySize(paths) == 1) {
		const char *path = cJSON_GetArrayItem(paths, 0)->valuestring;
		autofree char *t = xasprintf(
			_("You told me: “%s” is %s."), json_str(x->named, s->name, ""), path);

		x->sink->notice(x->user, "info", t);
		cJSON_AddStringToObject(x->slots, s->name, path);
		cJSON_DeleteItemFromObjectCaseSensitive(x->named, s->name);
		x->tries = 0;
		fill_or_go(x);
	} else if (cJSON_GetArraySize(paths) > 1)
		ask_for(x, s, _("You told me different things. "), paths);
	else
		ask_for(x, s, "", NULL);
}

static void
on_which(struct run *x, const cJSON *pending, int turn)
{
	const struct engine_item *it = run_result(x, turn, "which");
	autofree char *words = answer_of(it);
	const cJSON *list = json_get(pending, "recipes"), *v;
	int n = 0, number = words ? atoi(words) : 0;
	struct match_context c = context_of(x);
	struct match m;

	cJSON_ArrayForEach(v, list)
	{
		const struct skill *k = skills_find_recipe(x->skills, v->valuestring);

		n++;
		if (!words || !k ||
			(number != n && !str_eq_nocase(words, k->recipe->name) &&
				!str_eq(words,
					saying_in(&k->recipe->summary, x->in->language))))
			continue;
		c.only = k->recipe;
		match_request(x->skills->matcher, request_of(x->in)->text, &c, &m);
		if (!m.recipe) { /* one of several: its words cannot be told from the others' */
			m.recipe = k->recipe;
			m.why = MATCH_FOUND;
		}
		take_match(x, &m);
		match_finish(&m);
		return;
	}
	unanswered(x, it);
}

static void
on_confirm(struct run *x, int turn)
{
	const struct engine_item *it = run_result(x, turn, "confirm");
	autofree char *words = answer_of(it);
	const struct step *st = &x->recipe->steps[x->step];
	bool yes;

	if (!words) {
		unanswered(x, it);
		return;
	}
	yes = str_eq(words, _("yes")) || str_eq_nocase(words, "yes") ||
		str_eq_nocase(words, "y") || str_eq(words, "1") || str_eq(words, "是");
	cJSON_DeleteItemFromObjectCaseSensitive(x->done, st->id);
	cJSON_AddStringToObject(x->done, st->id, yes ? "yes" : "skipped");
	if (!yes)
		x->step++;
	run_next(x);
}

/* Undo and remind: the tool's own summary is the answer. */
static void
on_single(struct run *x, const char *id, int turn)
{
	const struct engine_item *it = run_result(x, turn, id);
	autojson cJSON *v = it && it->text.p ? json_parse_lenient(it->text, NULL) : NULL;

	if (!it || it->outcome == CALL_FAILED) {
		autofree char *t =
			it && it->text.p ? slice_dup(it->text) : xstrdup(_("It did not work."));

		run_fail(x, ERR_IO, t);
		return;
	}
	if (it->outcome == CALL_REFUSED)
		run_say_and_end(x, _("Nothing was changed."));
	else if (str_eq(id, "undo"))
		run_say_and_end(x, json_str(v, "text", _("Undone.")));
	else
		run_say_and_end(x, _("Kept as a reminder."));
}

/* Results of the earlier steps come back as items: each under its step's id. */
static void
gather(struct run *x, int before_turn)
{
	for (size_t k = 0; k < x->recipe->n_steps; k++) {
		const struct step *st = &x->recipe->steps[k];
		cJSON *all = NULL, *items = NULL;

		for (size_t i = 0; i < x->in->n_items; i++) {
			const struct engine_item *it = &x->in->items[i];
			size_t n = strlen(st->id);
			cJSON *v;

			if (it->kind != ITEM_RESULT || it->turn >= before_turn || !it->id ||
				strncmp(it->id, st->id, n) != 0 ||
				(it->id[n] && !(st->each && it->id[n] == '.')) || !it->text.p)
				continue;
			if (!(v = json_parse_lenient(it->text, NULL)))
				continue;
			if (!st->each) {
				cJSON_DeleteItemFromObjectCaseSensitive(x->values, st->id);
				cJSON_AddItemToObject(x->values, st->id, v);
				continue;
			}
			if (!all) {
				all = cJSON_CreateObject();
				items = cJSON_AddArrayToObject(all, "items");
			}
			cJSON_AddItemToArray(items, v);
		}
		if (all) {
			cJSON_AddNumberToObject(all, "count", cJSON_GetArraySize(items));
			cJSON_AddItemToObject(x->values, st->id, all);
		}
	}
}

static void
replace(cJSON **to, const cJSON *from)
{
	cJSON_Delete(*to);
	*to = cJSON_IsObject(from) ? cJSON_Duplicate(from, true) : cJSON_CreateObject();
}

static void
go_on(struct run *x, const cJSON *state, int turn)
{
	const cJSON *pending = json_get(state, "pending");
	const char *kind = json_str(pending, "kind", "");
	const char *name = json_str(state, "recipe", NULL);
	const struct skill *k = name ? skills_find_recipe(x->skills, name) : NULL;
	const struct slot *s;

	if (str_eq(kind, "which")) {
		on_which(x, pending, turn);
		return;
	}
	if (str_eq(kind, "undo") || str_eq(kind, "remind")) {
		on_single(x, kind, turn);
		return;
	}
	if (!k || !k->recipe) {
		run_fail(x, ERR_NOT_FOUND, _("The recipe of this task is gone."));
		return;
	}
	x->recipe = k->recipe;
	replace(&x->slots, json_get(state, "slots"));
	replace(&x->named, json_get(state, "named"));
	replace(&x->done, json_get(state, "done"));
	x->step = (size_t)json_i64(state, "step", 0);
	x->begun = json_bool(state, "begun", false);
	x->tries = (int)json_i64(state, "tries", 0);
	s = recipe_slot(x->recipe, json_str(pending, "slot", ""));
	if (s && str_eq(kind, "ask"))
		on_answer(x, s, turn);
	else if (s && str_eq(kind, "recall"))
		on_recall(x, s, turn);
	else if (x->step >= x->recipe->n_steps)
		run_fail(x, ERR_CORRUPT,
			_("The recipe was changed while the task ran; ask again."));
	else {
		make_scope(x);
		gather(x, turn);
		if (str_eq(kind, "confirm"))
			on_confirm(x, turn);
		else if (run_take_results(x, turn))
			run_next(x);
	}
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
		if (in->items[i].kind == ITEM_TURN && in->items[i].engine &&
			str_eq(in->items[i].engine, "instinct"))
			last = &in->items[i];
	}
	if (last)
		state = json_parse_lenient(last->text, NULL);
	if (state && json_bool(state, "end", false)) /* words that came behind the end */
		run_say_and_end(&x, _("This task is done. Ask anew for more."));
	else if (state)
		go_on(&x, state, last->turn);
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
	else {
		followup_read(s, slice_of(request), &c, last_run, &f);
		if (f.kind != FOLLOW_NONE)
			name = f.kind == FOLLOW_AGAIN && f.recipe ? f.recipe->name : "";
		followup_finish(&f);
	}
	match_finish(&m);
	return name;
}
