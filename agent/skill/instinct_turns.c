/* Later turns of instinct: answers, memory, results. */
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/skill/run.h"

#define TRIES_MAX 3

char *
run_answer(const struct engine_item *it)
{
	autojson cJSON *v = NULL;

	if (!it || it->outcome != CALL_DONE || !it->text.p)
		return NULL;
	v = json_parse_lenient(it->text, NULL);
	return cJSON_IsObject(v) ? xstrdup(json_str(v, "answer", "")) : slice_dup(it->text);
}

static void
unanswered(struct run *x, const struct engine_item *it, const char *question)
{
	autofree char *t = xasprintf(_("%s Nobody answered; say it in the request."), question);

	if (it && it->outcome == CALL_STOPPED)
		run_fail(x, ERR_CANCELLED, _("Stopped."));
	else
		run_fail(x, ERR_NOT_FOUND, t);
}

static void
on_answer(struct run *x, const struct slot *s, int turn)
{
	const struct engine_item *it = run_result(x, turn, "ask");
	autofree char *words = run_answer(it);
	struct request *r;
	struct err err = { 0 };
	cJSON *v;

	if (!words) {
		unanswered(x, it, saying_in(&s->ask, x->in->language));
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
		run_fill(x);
		return;
	}
	if (++x->tries >= TRIES_MAX) {
		run_fail(x, ERR_USAGE, err.text);
		return;
	}
	autofree char *lead = xasprintf("%s ", err.text);

	run_ask_for(x, s, lead, NULL);
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
		run_fill(x);
	} else if (cJSON_GetArraySize(paths) > 1)
		run_ask_for(x, s, _("You told me different things. "), paths);
	else
		run_ask_for(x, s, "", NULL);
}

static void
on_which(struct run *x, const cJSON *pending, int turn)
{
	const struct engine_item *it = run_result(x, turn, "which");
	autofree char *words = run_answer(it);
	const cJSON *list = json_get(pending, "recipes"), *v;
	int n = 0, number = words ? atoi(words) : 0;
	struct match_context c = run_context(x);
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
		if (json_bool(pending, "several", false))
			match_part(x->skills->matcher, run_request(x->in)->text, &c, &m);
		else
			match_request(x->skills->matcher, run_request(x->in)->text, &c, &m);
		if (!m.recipe) { /* one of several: its words cannot be told from the others' */
			m.recipe = k->recipe;
			m.why = MATCH_FOUND;
		}
		run_take_match(x, &m);
		match_finish(&m);
		return;
	}
	unanswered(x, it, _("Which one?"));
}

static void
on_confirm(struct run *x, int turn)
{
	const struct engine_item *it = run_result(x, turn, "confirm");
	autofree char *words = run_answer(it);
	const struct step *st = &x->recipe->steps[x->step];
	bool yes;

	if (!words) {
		unanswered(x, it, saying_in(&st->ask, x->in->language));
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

void
run_go_on(struct run *x, const cJSON *state, int turn)
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
		run_make_scope(x);
		gather(x, turn);
		if (str_eq(kind, "confirm"))
			on_confirm(x, turn);
		else if (str_eq(kind, "known"))
			memory_on_known(x, turn);
		else if (str_eq(kind, "contradiction"))
			memory_on_contradiction(x, pending, turn);
		else if (run_take_results(x, turn)) {
			if (x->stop && x->step < x->recipe->n_steps)
				run_say_and_end(x, _("Stopped after this step, as you said."));
			else
				run_next(x);
		}
	}
}
