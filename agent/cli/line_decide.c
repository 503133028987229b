/* Decisions and answers in line mode: numbered choices, nothing by accident. */
#include "agent/base/i18n.h"
#include "agent/base/json.h"
#include "agent/base/sanitize.h"
#include "agent/cli/line_private.h"

enum choice_id { CHOICE_TAKE, CHOICE_PART, CHOICE_DIFF, CHOICE_REFUSE, CHOICE_WORDS, CHOICE_EDIT,
	CHOICE_GOOD, CHOICE_ALWAYS, CHOICE_STOP, CHOICES };

struct choice {
	const char *word;  /* may be typed instead of the number */
	const char *label; /* N_() */
};
static const struct choice choices[CHOICES] = {
	[CHOICE_TAKE] = { "take", N_("take all") },
	[CHOICE_PART] = { "part", N_("take part") },
	[CHOICE_DIFF] = { "diff", N_("show a difference") },
	[CHOICE_REFUSE] = { "refuse", N_("refuse") },
	[CHOICE_WORDS] = { "words", N_("refuse and say why") },
	[CHOICE_EDIT] = { "edit", N_("edit the command") },
	[CHOICE_GOOD] = { "for-good", N_("take for good, without undo") },
	[CHOICE_ALWAYS] = { "always", N_("take, and allow the like for a week") },
	[CHOICE_STOP] = { "stop", N_("stop the task") },
};

static bool
offered(const struct fold_approval *a, enum choice_id id)
{
	switch (id) {
	case CHOICE_PART:
	case CHOICE_DIFF:
	case CHOICE_GOOD:
		return a->n_effects > 0;
	case CHOICE_ALWAYS:
		return a->rule != NULL;
	case CHOICE_EDIT:
		return a->command && a->n_effects;
	case CHOICE_WORDS:
		return a->call > 0;
	default:
		return true;
	}
}

static void
show_why(struct line *l, const struct fold_approval *a)
{
	autofree char *why = a->why ? sanitize_dup(a->why, SANITIZE_TEXT) : NULL;
	struct slice rest = slice_of(why);

	if (a->red)
		fprintf(l->say, "%s\n", _("! Look closely:"));
	while (rest.p && rest.n) {
		struct slice s = slice_line(&rest);

		fprintf(l->say, "  - %.*s\n", SLICE_FMT(s));
	}
}

static void
list_choices(struct line *l, const struct fold_approval *a)
{
	int n = 0;
	size_t i;

	for (i = 0; i < CHOICES; i++) {
		if (offered(a, (enum choice_id)i))
			fprintf(l->say, "  %d %s\n", ++n, _(choices[i].label));
	}
	fflush(l->say);
}

void
line_show_choices(struct line *l, const struct fold_approval *a)
{
	const struct fold_call *c = fold_call(l->fold, a->call);
	autofree char *q = a->question ? sanitize_dup(a->question, SANITIZE_TEXT) : NULL;
	autofree char *cmd = a->command ? sanitize_dup(a->command, SANITIZE_NAME) : NULL;

	fprintf(l->say, "\n%s\n", q ? q : _("Your decision:"));
	if (cmd)
		fprintf(l->say, "  $ %s\n", cmd);
	if (c && a->n_effects)
		line_show_effects(l, c, true);
	show_why(l, a);
	list_choices(l, a);
	l->wants = WANT_CHOICE;
	l->prompted = false;
	l->part_chosen = false;
	line_wake(l);
}

static enum choice_id
parse_choice(const struct fold_approval *a, struct slice text)
{
	autofree char *s = slice_dup(text);
	int64_t want = 0, n = 0;
	size_t i;

	(void)str_to_i64(s, &want);
	for (i = 0; i < CHOICES; i++) {
		if (!offered(a, (enum choice_id)i))
			continue;
		if (++n == want || str_eq_nocase(choices[i].word, s) ||
			str_eq(_(choices[i].label), s))
			return (enum choice_id)i;
	}
	return CHOICES;
}

static void
send_decision(struct line *l, const struct fold_approval *a, const struct decision_opts *o)
{
	struct err err = { 0 };

	l->wants = WANT_REQUEST;
	if (agent_decide(l->session.agent, l->fold->task, a->approval, o, &err))
		return;
	fprintf(l->say, "%s\n", err.text);
	if (fold_open_approval(l->fold) == a) {
		l->wants = WANT_CHOICE;
		list_choices(l, a);
	}
}

/* A catastrophe wants its name typed before anything is taken. */
static void
take(struct line *l, const struct fold_approval *a, const char *typed)
{
	struct decision_opts o = { .decision = l->part_chosen ? DECIDE_PART : DECIDE_TAKE,
		.take = l->part, .n_take = l->n_part, .typed = typed };

	if (a->typed && !typed) {
		autofree char *safe = sanitize_dup(a->typed, SANITIZE_NAME);

		fprintf(l->say, _("This removes very much. Type %s to confirm, anything else goes "
				  "back:\n"), safe);
		l->wants = WANT_TYPED;
		return;
	}
	send_decision(l, a, &o);
}

/* Shows the rule and what it would have meant before, then wants the word. */
static void
offer_rule(struct line *l, const struct fold_approval *a)
{
	autobuf struct buf past = BUF_INIT(1u << 16);
	autojson cJSON *o = json_parse_lenient(slice_of(a->rule), NULL);
	autofree char *kinds = json_get(o, "allow") ? json_print(json_get(o, "allow")) : xstrdup("");
	size_t n = agent_rule_past(l->session.agent, a->rule, 5, &past);
	autofree char *safe = sanitize_dup(buf_str(&past), SANITIZE_TEXT);

	fprintf(l->say, _("From now on, until %s, this runs without asking: %s below %s\n"),
		json_str(o, "until", "-"), kinds, json_str(o, "below", "-"));
	fprintf(l->say, ngettext("It would have matched %zu past effect.\n%s",
				"It would have matched %zu past effects, for example:\n%s", n), n, safe);
	fprintf(l->say, "%s\n", _("Type always to keep this rule, anything else goes back:"));
	l->wants = WANT_ALWAYS;
}

static void
keep_rule(struct line *l, const struct fold_approval *a, const char *text)
{
	struct decision_opts o = { .decision = DECIDE_TAKE };
	autofree char *word = slice_dup(slice_trim(slice_of(text))), *id = NULL;
	struct err err = { 0 };

	l->wants = WANT_CHOICE;
	if (!str_eq_nocase(word, "always")) {
		list_choices(l, a);
		return;
	}
	if (!agent_add_rule(l->session.agent, a->rule, &id, &err)) {
		fprintf(l->say, "! %s\n", err.text);
		list_choices(l, a);
		return;
	}
	fprintf(l->say, _("Kept as rule \"%s\"; homard rules remove %s takes it away.\n"), id, id);
	send_decision(l, a, &o);
}

static void
choose(struct line *l, const struct fold_approval *a, const char *text)
{
	struct decision_opts o = { .decision = DECIDE_REFUSE };

	switch (parse_choice(a, slice_trim(slice_of(text)))) {
	case CHOICE_TAKE:
		take(l, a, NULL);
		break;
	case CHOICE_PART:
		fprintf(l->say, "%s\n", _("Which numbers? e.g. 1-3, 7"));
		l->wants = WANT_NUMBERS;
		break;
	case CHOICE_DIFF:
		fprintf(l->say, "%s\n", _("Of which number?"));
		l->wants = WANT_DIFF;
		break;
	case CHOICE_REFUSE:
		send_decision(l, a, &o);
		break;
	case CHOICE_WORDS:
		fprintf(l->say, "%s\n", _("Say why:"));
		l->wants = WANT_WORDS;
		break;
	case CHOICE_EDIT:
		fprintf(l->say, "%s\n", _("The command to run instead:"));
		l->wants = WANT_COMMAND;
		break;
	case CHOICE_GOOD:
		o.decision = DECIDE_TAKE;
		o.for_good = true;
		o.typed = a->typed;
		send_decision(l, a, &o);
		break;
	case CHOICE_ALWAYS:
		offer_rule(l, a);
		break;
	case CHOICE_STOP:
		o.decision = DECIDE_STOP;
		send_decision(l, a, &o);
		break;
	default:
		fprintf(l->say, "%s\n", _("Please choose one of the numbers:"));
		list_choices(l, a);
		break;
	}
}

static bool
add_range(int64_t from, int64_t to, size_t max, int64_t **v, size_t *n, size_t *cap,
	struct err *err)
{
	if (from < 1 || to < from || (uint64_t)to > max)
		return err_set(err, ERR_USAGE, _("the numbers go from 1 to %zu"), max);
	for (; from <= to; from++) {
		GROW(*v, *n, *cap);
		(*v)[(*n)++] = from - 1;
	}
	return true;
}

bool
line_parse_numbers(const char *text, size_t max, int64_t **ret, size_t *ret_n, struct err *err)
{
	autofree char *copy = xstrdup(text);
	int64_t *v = NULL, from, to;
	size_t n = 0, cap = 0;
	char *word, *save = NULL;

	for (word = strtok_r(copy, ", \t", &save); word; word = strtok_r(NULL, ", \t", &save)) {
		char *dash = strchr(word, '-');

		if (dash)
			*dash++ = '\0';
		if (!str_to_i64(word, &from) || (dash && !str_to_i64(dash, &to))) {
			free(v);
			return err_set(err, ERR_USAGE, "%s",
				_("write numbers and ranges, e.g. 1-3, 7"));
		}
		if (!add_range(from, dash ? to : from, max, &v, &n, &cap, err)) {
			free(v);
			return false;
		}
	}
	if (!n)
		return err_set(err, ERR_USAGE, "%s", _("write numbers and ranges, e.g. 1-3, 7"));
	*ret = v;
	*ret_n = n;
	return true;
}

static void
numbers(struct line *l, const struct fold_approval *a, const char *text)
{
	struct err err = { 0 };

	free(l->part);
	l->part = NULL;
	if (!line_parse_numbers(text, a->n_effects, &l->part, &l->n_part, &err)) {
		fprintf(l->say, "%s\n", err.text);
		list_choices(l, a);
		l->wants = WANT_CHOICE;
		return;
	}
	l->part_chosen = true;
	take(l, a, NULL);
}

static void
diff(struct line *l, const struct fold_approval *a, const char *text)
{
	autofree char *s = slice_dup(slice_trim(slice_of(text)));
	int64_t n = 0;

	l->wants = WANT_CHOICE;
	if (str_to_i64(s, &n) && n >= 1 && (uint64_t)n <= a->n_effects)
		line_show_diff(l, a, n - 1);
	else
		fprintf(l->say, _("the numbers go from 1 to %zu"), a->n_effects);
	list_choices(l, a);
}

void
line_decide(struct line *l, const char *text)
{
	const struct fold_approval *a = l->fold ? fold_open_approval(l->fold) : NULL;
	struct decision_opts o = { .words = text };

	if (!a) {
		l->wants = WANT_REQUEST;
		fprintf(l->say, "%s\n", _("this decision is no longer open"));
		return;
	}
	switch (l->wants) {
	case WANT_NUMBERS:
		numbers(l, a, text);
		break;
	case WANT_DIFF:
		diff(l, a, text);
		break;
	case WANT_WORDS:
		o.decision = DECIDE_REFUSE;
		send_decision(l, a, &o);
		break;
	case WANT_COMMAND:
		o.decision = DECIDE_EDIT;
		send_decision(l, a, &o);
		break;
	case WANT_TYPED:
		take(l, a, text);
		break;
	case WANT_ALWAYS:
		keep_rule(l, a, text);
		break;
	default:
		choose(l, a, text);
		break;
	}
}

/* --- questions of tools --- */

void
line_show_question(struct line *l, const struct fold_question *q)
{
	autofree char *text = sanitize_dup(q->text, SANITIZE_TEXT);
	autojson cJSON *list = q->choices ? json_parse_lenient(slice_of(q->choices), NULL) : NULL;
	const cJSON *it;
	int n = 0;

	fprintf(l->say, "\n? %s\n", text);
	cJSON_ArrayForEach(it, list)
	{
		autofree char *c = sanitize_dup(cJSON_IsString(it) ? it->valuestring : "?",
			SANITIZE_LINE);

		fprintf(l->say, "  %d %s\n", ++n, c);
	}
	fflush(l->say);
	l->wants = WANT_ANSWER;
	l->prompted = false;
	line_wake(l);
}

void
line_answer(struct line *l, const char *text)
{
	const struct fold_question *q = l->fold ? fold_open_question(l->fold) : NULL;
	autojson cJSON *list =
		q && q->choices ? json_parse_lenient(slice_of(q->choices), NULL) : NULL;
	autofree char *s = slice_dup(slice_trim(slice_of(text)));
	const cJSON *chosen = NULL;
	struct err err = { 0 };
	int64_t n = 0;

	if (!q || !*s)
		return;
	if (list && str_to_i64(s, &n) && n >= 1)
		chosen = cJSON_GetArrayItem(list, (int)n - 1);
	l->wants = WANT_REQUEST;
	if (!agent_answer(l->session.agent, l->fold->task, q->ask,
		    cJSON_IsString(chosen) ? chosen->valuestring : s, &err))
		fprintf(l->say, "%s\n", err.text);
}
