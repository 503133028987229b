/*
 * Before a fact is kept, memory is asked what it knows about the same thing. Another value for it
 * is a contradiction: the person says whether both stay, the new one replaces the old, or
 * nothing changes. Nobody there to say so: nothing changes.
 */
#include "agent/base/i18n.h"
#include "agent/base/utf8.h"
#include "agent/skill/run.h"

#define SUBJECT_WORDS_MAX 10
#define OLD_MAX 8 /* facts replaced at once */

struct fact {
	char *subject; /* folded, without articles */
	char *value;   /* as written: ~/A is not ~/a */
};

static void
fact_finish(struct fact *f)
{
	free(f->subject);
	free(f->value);
}

/* Drops "that", "the", "my", 我的 in front. */
static struct slice
bare(struct slice s)
{
	static const char *const front[] = { "that ", "the ", "my ", "our ", "a ", "an ", "now ",
		"我的", "我们的", "我家的", "现在", "在", "是" };
	bool again = true;

	while (again) {
		again = false;
		s = slice_trim(s);
		for (size_t i = 0; i < ARRAY_LEN(front) && !again; i++)
			if (slice_starts(s, front[i])) {
				s.p += strlen(front[i]);
				s.n -= strlen(front[i]);
				again = true;
			}
		while (s.n > 0 && strchr(".!,;", s.p[s.n - 1]))
			s.n--, again = true;
	}
	return s;
}

static size_t
words_in(struct slice s)
{
	size_t n = s.n > 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == ' ';
	return n;
}

/* "my invoices folder is ~/A" has a subject and a value; "I like tea" has none. */
static bool
split_fact(const char *text, struct fact *ret)
{
	static const char *const joints[] = { " is now ", " is ", " are ", " = ", "改成了", "改为",
		"变成", "位于", "等于", "是", "在", "叫" };
	const char *at = NULL;
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(joints); i++) {
		const char *p = strcasestr(text, joints[i]);

		if (p && (!at || p < at)) {
			at = p;
			n = strlen(joints[i]);
		}
	}
	if (!at)
		return false;
	autofree char *fold = utf8_fold(text, (size_t)(at - text));
	struct slice subject = bare(slice_of(fold));
	struct slice value = bare(slice_of(at + n));

	if (subject.n == 0 || value.n == 0 || words_in(subject) > SUBJECT_WORDS_MAX)
		return false;
	ret->subject = slice_dup(subject);
	ret->value = slice_dup(value);
	return true;
}

/* The text the step would keep. */
static char *
text_of_step(struct run *x)
{
	struct template_scope s = run_scope(x);
	autojson cJSON *args = template_json(x->recipe->steps[x->step].args, &s, NULL);

	return xstrdup(json_str(args, "text", ""));
}

static void
checked(struct run *x)
{
	const char *id = x->recipe->steps[x->step].id;

	cJSON_DeleteItemFromObjectCaseSensitive(x->done, id);
	cJSON_AddStringToObject(x->done, id, "checked");
}

bool
memory_check(struct run *x)
{
	const struct step *st = &x->recipe->steps[x->step];
	autofree char *text = NULL;
	struct fact f = { 0 };
	autobuf struct buf b = BUF_INIT(64u << 10);
	struct jw w;

	if (!str_eq(st->tool, "remember") || st->each || json_get(x->done, st->id))
		return false;
	text = text_of_step(x);
	if (!split_fact(text, &f))
		return false;
	jw_init(&w, &b);
	jw_object(&w, NULL);
	jw_str(&w, "text", f.subject);
	jw_end_object(&w);
	x->sink->call(x->user, "known", "recall", buf_slice(&b));
	run_wait(x, "{\"kind\":\"known\"}");
	fact_finish(&f);
	return true;
}

/* Ids of facts with another value; *ret_same: the same is known. shown: their texts. */
static cJSON *
contradictions(const cJSON *hits, const struct fact *f, bool *ret_same, struct buf *shown)
{
	cJSON *ids = cJSON_CreateArray();
	const cJSON *h;

	*ret_same = false;
	cJSON_ArrayForEach(h, hits)
	{
		const char *text = json_str(h, "text", "");
		struct fact old = { 0 };

		if (!split_fact(text, &old))
			continue;
		if (str_eq(old.subject, f->subject) && str_eq(old.value, f->value))
			*ret_same = true;
		else if (str_eq(old.subject, f->subject) && cJSON_GetArraySize(ids) < OLD_MAX) {
			cJSON_AddItemToArray(
				ids, cJSON_CreateNumber((double)json_i64(h, "id", 0)));
			buf_printf(shown, "%s“%.200s”", shown->len ? ", " : "", text);
		}
		fact_finish(&old);
	}
	return ids;
}

static void
ask_which(struct run *x, const char *text, const cJSON *ids, const char *shown)
{
	autojson cJSON *choices = cJSON_CreateArray();
	autofree char *list = json_print(ids);
	autofree char *pending = xasprintf("{\"kind\":\"contradiction\",\"ids\":%s}", list);
	autofree char *q = xasprintf(
		_("I remember something else: %s. Now you say “%.200s”. What shall I keep?"),
		shown, text);

	cJSON_AddItemToArray(choices, cJSON_CreateString(_("keep both")));
	cJSON_AddItemToArray(choices, cJSON_CreateString(_("replace the old one")));
	cJSON_AddItemToArray(choices, cJSON_CreateString(_("leave it as it was")));
	run_ask(x, "which", q, choices);
	run_wait(x, pending);
}

void
memory_on_known(struct run *x, int turn)
{
	const struct engine_item *it = run_result(x, turn, "known");
	autojson cJSON *v = it && it->outcome == CALL_DONE ? json_parse_lenient(it->text, NULL)
							   : NULL;
	autobuf struct buf shown = BUF_INIT(4096);
	autofree char *text = text_of_step(x);
	struct fact f = { 0 };
	bool same = false;

	checked(x);
	if (!split_fact(text, &f)) {
		run_next(x);
		return;
	}
	autojson cJSON *ids = contradictions(json_get(v, "hits"), &f, &same, &shown);

	fact_finish(&f);
	if (cJSON_GetArraySize(ids) > 0)
		ask_which(x, text, ids, buf_str(&shown));
	else if (same)
		run_say_and_end(x, _("I remember that already."));
	else
		run_next(x);
}

static void
replace_old(struct run *x, const cJSON *ids)
{
	const cJSON *id;
	int n = 0;

	cJSON_ArrayForEach(id, ids)
	{
		autofree char *args = xasprintf("{\"id\":%lld}", (long long)id->valuedouble);
		autofree char *name = xasprintf("old.%d", n++);

		x->sink->call(x->user, name, "forget", slice_of(args));
	}
	run_next(x);
}

void
memory_on_contradiction(struct run *x, const cJSON *pending, int turn)
{
	const struct engine_item *it = run_result(x, turn, "which");
	autofree char *words = run_answer(it);
	int n = words ? atoi(words) : 0;

	if (!words) {
		run_fail(x, it && it->outcome == CALL_STOPPED ? ERR_CANCELLED : ERR_DENIED,
			_("This contradicts what I remember, and nobody is there to say which holds: "
			  "nothing was changed. Forget the old fact first."));
		return;
	}
	if (n == 1 || str_eq(words, _("keep both")))
		run_next(x);
	else if (n == 2 || str_eq(words, _("replace the old one")))
		replace_old(x, json_get(pending, "ids"));
	else
		run_say_and_end(x, _("Left as it was."));
}
