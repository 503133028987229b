/* What instinct says where no single recipe fits the words. */
#include "agent/skill/instinct_say.h"
#include "agent/base/i18n.h"

static void
add_example(struct buf *b, const struct recipe *r, const char *language)
{
	buf_printf(b, "\n- %s: “%s”", saying_in(&r->summary, language),
		saying_in(&r->example, language));
}

void
instinct_not_understood(struct run *x, const struct match *m)
{
	autobuf struct buf b = BUF_INIT(64u << 10);

	if (m->why == MATCH_NEGATED)
		buf_add_str(&b, _("That says what not to do, so nothing is done."));
	else
		buf_add_str(
			&b, _("I only know my recipes, and none of them does exactly this."));
	if (m->n_nearest > 0 && m->why != MATCH_NEGATED)
		buf_add_str(&b, _(" The nearest things I can do:\n"));
	for (size_t i = 0; i < m->n_nearest && m->why != MATCH_NEGATED; i++)
		add_example(&b, m->nearest[i].recipe, x->in->language);
	if (m->why != MATCH_NEGATED)
		buf_add_str(&b, _("\n\n`homard skills` (here: /skills) lists them all; a model (/model) does what "
				  "they cannot."));
	x->sink->text(x->user, buf_slice(&b));
	run_fail(x, ERR_NOT_FOUND, _("No recipe fits this request."));
}

void
instinct_which_one(struct run *x, const struct match *m)
{
	autojson cJSON *choices = cJSON_CreateArray();
	autobuf struct buf b = BUF_INIT(4096);
	struct jw w;

	jw_init(&w, &b);
	jw_object(&w, NULL);
	jw_str(&w, "kind", "which");
	jw_bool(&w, "several", m->why == MATCH_SEVERAL);
	jw_array(&w, "recipes");
	for (size_t i = 0; i < m->n_nearest && i < 2; i++) {
		jw_str(&w, NULL, m->nearest[i].recipe->name);
		cJSON_AddItemToArray(choices,
			cJSON_CreateString(
				saying_in(&m->nearest[i].recipe->summary, x->in->language)));
	}
	jw_end_array(&w);
	jw_end_object(&w);
	run_ask(x, "which",
		m->why == MATCH_TIE ? _("This can mean two things. Which one?")
				    : _("These are several requests. Which one now?"),
		choices);
	run_wait(x, buf_str(&b));
}
