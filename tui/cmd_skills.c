/* What it can do: each skill with an example to try, its steps, and how often its recipe ran. */
#include "tui/cmds.h"
#include "agent/base/path.h"
#include "agent/base/sanitize.h"
#include "agent/skill/skill.h"
#include "agent/store/knowledge.h"
#include "tui/pager.h"
#include "tui/picker.h"
#include "tui/screen_priv.h"

static const char *const skills_contexts[] = { "skills", "picker", NULL };

static void
on_skill(struct screen *s, const char *data)
{
	autofree char *file = path_join(data, "SKILL.md");
	struct buf text = BUF_INIT(SKILL_MD_MAX);
	struct err err = { 0 };

	if (path_read_file(file, &text, &err))
		pager_open(s, file, buf_slice(&text), PAGER_MARKDOWN);
	else
		screen_error(s, &err);
	buf_finish(&text);
}

static struct recipe *
recipe_of(const char *dir, struct err *err)
{
	autofree char *file = path_join(dir, "recipe.yaml");

	return recipe_load(file, 0, err);
}

static void
put(struct lines *out, const char *text, int cols, const char *mark, style st)
{
	autofree char *safe = sanitize_dup(text ? text : "", SANITIZE_TEXT);

	lines_wrap_hang(out, slice_of(safe), cols, mark, STYLE(ROLE_MUTED), st);
}

/* "in ${folder|tilde}" -> "in <folder>". Owned. */
static char *
without_marks(const char *text)
{
	struct buf b = BUF_INIT(4096);

	while (text && *text) {
		const char *end = str_starts(text, "${") ? strchr(text, '}') : NULL;

		if (end) {
			buf_printf(&b, "<%.*s>", (int)strcspn(text + 2, "|}"), text + 2);
			text = end + 1;
		} else {
			buf_add_char(&b, *text++);
		}
	}
	return buf_steal(&b);
}

static bool
add_count(void *user, const struct recipe_stat *row)
{
	if (!*row->outcome)
		*(int64_t *)user += row->n;
	return true;
}

static void
preview(struct screen *s, const char *data, int cols, struct lines *out)
{
	struct err err = { 0 };
	struct recipe *r = recipe_of(data, &err);
	int64_t n = 0;

	if (!r) {
		put(out, err.text, cols, "", STYLE(ROLE_MUTED));
		return;
	}
	put(out, saying_in(&r->summary, i18n_language()), cols, "", STYLE(ROLE_STRONG));
	lines_begin(out);
	put(out, saying_in(&r->example, i18n_language()), cols, "› ", 0);
	lines_begin(out);
	for (size_t i = 0; i < r->n_steps; i++) {
		autofree char *text = without_marks(saying_in(&r->steps[i].text, i18n_language()));

		put(out, *text ? text : r->steps[i].tool, cols, "○ ", 0);
	}
	recipe_stats(s->journal, r->name, add_count, &n, NULL);
	lines_begin(out);
	lines_begin(out);
	lines_printf(out, STYLE(ROLE_MUTED), ngettext_("was used %lld time", "was used %lld times", (unsigned long)n),
		(long long)n);
	put(out, r->effects ? _("changes files or notes; you decide") : _("only looks"), cols, "", STYLE(ROLE_MUTED));
	recipe_destroy(r);
}

static void
cmd_skills(struct screen *s, const char *arg)
{
	struct picker_opts o = { .title = _("Skills"), .placeholder = _("name or words"),
		.empty = _("no skills are installed"), .chosen = on_skill, .preview = preview, .wide = true,
		.contexts = skills_contexts, .hints = _("Enter reads it · Alt+R tries its example") };
	struct picker *p = picker_open(s, &o);
	struct skills *all;

	(void)arg;
	if (!p)
		return;
	all = skills_load(s->cli->places, 0);
	for (size_t i = 0; all && i < all->n; i++) {
		const struct skill *k = &all->v[i];
		autofree char *words = sanitize_elide(k->description ? k->description : "", 90), *label = NULL;

		label = xasprintf("%-18s\t%s", k->name, words);
		picker_add(p, label, k->recipe_error ? _("broken") : k->changed ? _("changed") : k->recipe ? _("recipe") : "",
			k->dir);
	}
	skills_destroy(all);
	picker_ready(s, p, NULL);
}

static bool
at_skill(struct screen *s)
{
	struct picker *p = picker_top(s);

	return p && picker_contexts_of(p) == skills_contexts && picker_data(p);
}

static void
cmd_try(struct screen *s, const char *arg)
{
	struct err err = { 0 };
	struct recipe *r = recipe_of(picker_data(picker_top(s)), &err);

	(void)arg;
	if (!r) {
		screen_say(s, ROLE_INFO, "%s", _("this skill has no recipe; a model reads it when it fits"));
		return;
	}
	overlay_clear(s);
	screen_focus(s, PANE_INPUT);
	edit_set(s->edit, saying_in(&r->example, i18n_language()));
	input_changed(s);
	recipe_destroy(r);
}

const struct command cmds_skills[] = {
	{ "skills", N_("Look at the skills and recipes"), "global", NULL, "/skills", cmd_skills, NULL },
	{ "skill-try", N_("Put the skill's example into the input"), "skills", NULL, NULL, cmd_try, at_skill },
	{ 0 },
};
