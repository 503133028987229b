#include "agent/skill/followup.h"
#include "agent/base/i18n.h"

/* Follow-ups are recipes that only the matcher sees. */
static const char *const recipes[] = {
	"name: again\n"
	"summary: s\n"
	"say:\n"
	"  en:\n"
	"    - =again\n"
	"    - (=once more|=one more time|=once again|=another time)\n"
	"    - (=repeat|=redo|=rerun|=run|=do) (=that|=it|=this|=the same|=the last one|=the "
	"last) [again|once more|one more time]\n"
	"    - (=same again|=do the same|=same thing|=the same again|=the same thing|=do it "
	"over|=repeat)\n"
	"  zh:\n"
	"    - "
	"(=再来一次|=再来一遍|=再做一次|=再做一遍|=重复一次|=重复一遍|=再一次|=重来一次|="
	"再执行一次|=再跑一次|=重复|=再来|=再来一回|=重做一次|=再运行一次|=再弄一次|="
	"重新来一次)\n"
	"also: [same, thing, that, it, as before, like before, as last time, 刚才的, "
	"跟刚才一样, 上次的]\n"
	"steps: [{tool: none}]\n"
	"result: [{en: r}]\n",
	"name: same\n"
	"summary: s\n"
	"say:\n"
	"  en:\n"
	"    - (=same|=the same|=do the same|=same thing|=the same thing|=do that|=do "
	"it|=likewise|=again|=repeat|=repeat that|=repeat it|=what about|=how "
	"about|=also|=too|=this time|=now do|=do|=as well|=next|=then|=same for|=same with|=same thing for|=and) {folder!}\n"
	"    - (=same|=the same|=do the same|=same thing|=the same thing|=do that|=do "
	"it|=likewise|=again|=repeat that|=what about|=how about) {pattern!}\n"
	"    - (=same|=the same|=do the same|=same thing|=do that|=do "
	"it|=likewise|=again|=repeat that|=what about|=how about|=but|=make it|=this time) "
	"{count!}\n"
	"    - (=same|=the same|=do the same|=same thing|=do that|=do "
	"it|=likewise|=again|=repeat that|=what about|=how about|=but|=this time) {since!}\n"
	"    - (=and|=now) (=in|=for|=with|=on) {folder!}\n"
	"  zh:\n"
	"    - "
	"(=也|=同样|=一样|=也这样|=也来一次|=照样|=也一样|=也做一遍|=再来一次|=换成|=改成|="
	"也整理一下|=同样处理|=再对|=呢|=也来一遍|=再做一次|=也弄一下|=也处理一下|=相同|=照做|="
	"还有|=来一次|=来一遍|=也要|=轮到|=接着|=然后|=一样处理|=照样来一遍|=也照做|=也照办) "
	"{folder!}\n"
	"    - (=换成|=改成|=同样|=再来一次|=也|=一样) {pattern!}\n"
	"    - (=换成|=改成|=这次|=再来一次) {count!}\n"
	"    - (=换成|=改成|=这次|=再来一次) {since!}\n"
	"also: [same, thing, do, too, again, repeat, it, that, here, instead, folder, do the, "
	"and, but, as well, for, 也, 同样的, 操作, 处理, 做, 整理, 一样的, 来一次, 这样, 事, "
	"事情, 刚才的, 跟刚才一样, 这个, 对, 进行, 再, 还有, 也要, 那, 把, 同样]\n"
	"slots:\n"
	"  folder: {type: folder}\n"
	"  count: {type: number, min: 1, max: 1000}\n"
	"  since: {type: date}\n"
	"  pattern: {type: glob}\n"
	"steps: [{tool: none}]\n"
	"result: [{en: r}]\n",
	"name: only\n"
	"summary: s\n"
	"say:\n"
	"  en:\n"
	"    - (=only|=just|=but only|=only for|=but just|=only do|=just do) {pattern!}\n"
	"  zh:\n"
	"    - (=只要|=只|=仅|=只处理|=只整理|=仅限|=光要|=只看|=只需要|=就) {pattern!}\n"
	"also: [only, just, them, those, and, but, do, ones, please, this time, 就行, 就好, "
	"就可以, 处理, 整理, 这次]\n"
	"slots:\n"
	"  pattern: {type: glob}\n"
	"  folder: {type: folder}\n"
	"steps: [{tool: none}]\n"
	"result: [{en: r}]\n",
	"name: undo\n"
	"summary: s\n"
	"say:\n"
	"  en:\n"
	"    - (=undo|=revert|=roll back|=rollback|=reverse|=take back|=take it back|=take "
	"that back|=put it back|=put them back|=put everything back|=put it all back|=undo "
	"it|=undo that|=undo this|=revert that|=change it back|=turn it back|=take this back|=undo the last one|=put things back|=revert "
	"it|=roll it back|=go back)\n"
	"    - (=undo|=revert|=reverse) (=the last|=the last one|=what you did|=the last "
	"change|=the last changes|=your last change|=last|=the last task|=the changes|=my "
	"last|=the last thing you did|=what you just did)\n"
	"  zh:\n"
	"    - "
	"(=撤销|=撤回|=还原|=恢复原状|=恢复|=撤消|=取消刚才的操作|=退回|=退回去|=改回来|="
	"改回去|=变回去|=回退|=放回去|=复原)\n"
	"    - (=撤销|=撤回|=还原|=恢复|=撤消|=回退) "
	"(=刚才|=刚才的|=上一步|=上次|=上一个|=刚刚|=刚刚的|=刚才的操作|=上一次)\n"
	"also: [that, it, this, them, the last, last, change, changes, everything, what you "
	"did, again, as it was, as they were, just, back, you just did, action, task, one, where it was, where they were, to how it was, step, 原样, 掉, 操作, "
	"修改, 更改, 变更, 步, 刚才, 刚刚, 上一步, 上次, 的, 那个, 改动, 全部]\n"
	"steps: [{tool: none}]\n"
	"result: [{en: r}]\n",
	"name: later\n"
	"summary: s\n"
	"say:\n"
	"  en:\n"
	"    - (=again|=do it again|=do that again|=repeat it|=repeat that|=repeat|=the "
	"same|=same again|=do the same|=once more|=remind me|=remind me to do this|=remind me to do "
	"that|=remind me to do it|=run it again|=the same again|=same) {due!}\n"
	"  zh:\n"
	"    - "
	"(=再来一次|=再做一次|=再来一遍|=重复一次|=再做一遍|=再来|=再一次|=提醒我|=再执行一次|="
	"再跑一次|=再弄一次) {due!}\n"
	"also: [it, that, this, again, to do it, to do that, to repeat it, do, the same, on, "
	"and, then, 再, 同样的, 做, 事]\n"
	"slots:\n"
	"  due: {type: date, future: true}\n"
	"steps: [{tool: none}]\n"
	"result: [{en: r}]\n",
};

#define N_FOLLOW ARRAY_LEN(recipes)

struct followup_words {
	struct matcher *m;
	struct recipe *r[N_FOLLOW];
};

/* A matcher of its own: these words must not compete with the recipes'. */
static struct followup_words *
words_create(const struct skills *s)
{
	struct followup_words *w = xcalloc(1, sizeof(*w));
	struct err err = { 0 };

	w->m = matcher_create(NULL, matcher_folders(s->matcher));
	for (size_t i = 0; i < N_FOLLOW; i++) {
		w->r[i] = recipe_parse(slice_of(recipes[i]), "followup", 0, &err);
		if (!w->r[i] || !matcher_add(w->m, w->r[i], &err))
			bug("followup %zu: %s", i, err.text);
	}
	return w;
}

void
followup_words_destroy(struct followup_words *w)
{
	if (!w)
		return;
	matcher_destroy(w->m);
	for (size_t i = 0; i < N_FOLLOW; i++)
		recipe_destroy(w->r[i]);
	free(w);
}

void
followup_prepare(struct skills *s)
{
	if (!s->followup)
		s->followup = words_create(s);
}

/* New values over the old ones; false when the recipe has no such slot. */
static bool
lay_over(struct followup *f, const cJSON *words)
{
	const cJSON *v;

	cJSON_ArrayForEach(v, words)
	{
		const struct slot *s = recipe_slot(f->recipe, v->string);

		if (!s) {
			free(f->refused);
			f->refused =
				xasprintf(_("%s has no place for that; say the whole request."),
					f->recipe->name);
			return false;
		}
		cJSON_DeleteItemFromObjectCaseSensitive(f->slots, v->string);
		cJSON_AddItemToObject(f->slots, v->string, cJSON_Duplicate(v, true));
	}
	return true;
}

static void
apply(const struct skills *s, const char *last, const char *what, cJSON *words,
	struct followup *f)
{
	autojson cJSON *run = last ? json_parse_lenient(slice_of(last), NULL) : NULL;
	const struct skill *k = run ? skills_find_recipe(s, json_str(run, "recipe", "")) : NULL;

	if (str_eq(what, "undo")) {
		f->kind = FOLLOW_UNDO;
		return;
	}
	if (!k || !k->pinned)
		return; /* nothing to follow: the words mean nothing by themselves */
	f->recipe = k->recipe;
	f->slots = cJSON_IsObject(json_get(run, "slots"))
		? cJSON_Duplicate(json_get(run, "slots"), true)
		: cJSON_CreateObject();
	f->kind = FOLLOW_AGAIN;
	if (str_eq(what, "later")) {
		f->kind = FOLLOW_REMIND;
		f->due = xstrdup(json_str(words, "due", ""));
		return;
	}
	lay_over(f, words);
}

void
followup_read(const struct skills *s, struct slice text, const struct match_context *c,
	const char *last, struct followup *ret)
{
	struct followup_words *own = NULL, *w = s->followup;
	struct match m;

	*ret = (struct followup){ 0 };
	if (text.n > 200)
		return;
	if (!w)
		w = own = words_create(s);
	match_request(w->m, text, c, &m);
	/* "again next Friday": since and due are the same words; what lies ahead is a reminder.
	 */
	if (m.recipe)
		apply(s, last, m.recipe->name, m.slots, ret);
	else if (m.why == MATCH_TIE && m.n_nearest > 0) {
		for (size_t i = 0; i < N_FOLLOW; i++)
			if (str_eq(w->r[i]->name, "later")) {
				struct match_context only = *c;
				struct match due;

				only.only = w->r[i];
				match_request(w->m, text, &only, &due);
				if (due.recipe)
					apply(s, last, "later", due.slots, ret);
				match_finish(&due);
			}
	}
	match_finish(&m);
	followup_words_destroy(own);
}

void
followup_finish(struct followup *f)
{
	cJSON_Delete(f->slots);
	free(f->due);
	free(f->refused);
	*f = (struct followup){ 0 };
}
