/* Themes, settings, language, memory. */
#include "tui/cmds.h"
#include "agent/base/path.h"
#include "agent/base/sanitize.h"
#include "agent/store/memory.h"
#include "tui/pager.h"
#include "tui/picker.h"
#include "tui/prompt.h"
#include "tui/screen_priv.h"
#include "tui/words.h"

/* --- themes: every move shows one, Esc goes back --- */

static char *theme_before;

static void
on_theme(struct screen *s, const char *data)
{
	screen_use_theme(s, data, true);
	screen_say(s, ROLE_OK, _("theme: %s"), data);
}

static void
show_theme(struct screen *s, const char *data)
{
	screen_use_theme(s, data, false);
}

static void
theme_back(struct screen *s)
{
	if (theme_before)
		screen_use_theme(s, theme_before, false);
}

static void
preview_theme(struct screen *s, const char *data, int cols, struct lines *out)
{
	static const enum role roles[] = { ROLE_TEXT, ROLE_MUTED, ROLE_ACCENT, ROLE_USER, ROLE_TOOL, ROLE_OK,
		ROLE_WARN, ROLE_ERROR, ROLE_HEADING, ROLE_LINK, ROLE_CODE, ROLE_DIFF_ADD, ROLE_DIFF_DEL };

	(void)s;
	(void)data;
	(void)cols;
	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		lines_put(out, role_name(roles[i]), STYLE(roles[i]));
	lines_begin(out);
	lines_begin(out);
	lines_add_str(out, "def ", STYLE(ROLE_CODE_KW));
	lines_add_str(out, "greet", STYLE(ROLE_CODE_FUNC));
	lines_add_str(out, "(name):", STYLE(ROLE_CODE_BLOCK));
	lines_begin(out);
	lines_add_str(out, "    return ", STYLE(ROLE_CODE_KW));
	lines_add_str(out, "\"你好 hello\"", STYLE(ROLE_CODE_STR));
	lines_add_str(out, "  # ", STYLE(ROLE_CODE_COMMENT));
	lines_add_str(out, "42", STYLE(ROLE_CODE_NUM));
}

static void
cmd_theme(struct screen *s, const char *arg)
{
	struct picker_opts o = { .title = _("Themes"), .placeholder = _("name"), .chosen = on_theme,
		.moved = show_theme, .cancelled = theme_back, .preview = preview_theme };
	autostrv struct strv names = { 0 };
	struct picker *p;

	theme_list(s->theme_dirs, &names);
	if (*arg && strv_has(&names, arg)) {
		on_theme(s, arg);
		return;
	}
	if (*arg) {
		autofree char *safe = sanitize_dup(arg, SANITIZE_NAME);

		screen_say(s, ROLE_WARN, _("there is no theme %s; /theme shows them all"), safe);
		return;
	}
	p = picker_open(s, &o);
	if (!p)
		return;
	free(theme_before);
	theme_before = xstrdup(theme_name(s->theme));
	for (size_t i = 0; i < names.n; i++) {
		struct theme *t;

		if (!theme_load(s->theme_dirs, names.v[i], &t, NULL))
			continue;
		picker_add(p, theme_title(t), theme_is_dark(t) ? _("dark") : _("light"), names.v[i]);
		theme_destroy(t);
	}
	picker_ready(s, p, theme_before);
}

/* --- settings --- */

/* Some settings take hold at once. */
static void
setting_changed(struct screen *s, const char *key)
{
	const struct config *c = s->cli->config;

	if (str_eq(key, "ui.theme") || str_eq(key, "ui.background")) {
		const char *wish = config_str(c, "ui.theme");

		screen_use_theme(s, str_eq(wish, "auto") ? theme_auto(s->background, -1) : wish, false);
	} else if (str_eq(key, "ui.mouse")) {
		s->mouse = config_bool(c, "ui.mouse");
		term_mouse(s->term, s->mouse);
	} else if (str_eq(key, "ui.vi")) {
		edit_set_vi(s->edit, config_bool(c, "ui.vi"));
	} else if (str_eq(key, "ui.lobster")) {
		s->lobster = config_bool(c, "ui.lobster");
	} else if (str_eq(key, "ui.language")) {
		autofree char *locale = path_join(s->cli->places->share, "locale");
		const char *lang = config_str(c, "ui.language");

		i18n_init(locale, str_eq(lang, "auto") ? NULL : lang);
		blocks_reset(s->blocks);
	}
	screen_dirty(s);
}

static void
set_value(struct screen *s, const char *key, const char *value)
{
	struct err err = { 0 };

	if (!config_set(s->cli->config, key, value, &err)) {
		screen_error(s, &err);
		return;
	}
	setting_changed(s, key);
	screen_say(s, ROLE_OK, "%s: %s", key, value);
}

static void
on_value(struct screen *s, const char *text, void *user)
{
	set_value(s, user, text);
}

static char *chosen_key;

static void
on_choice(struct screen *s, const char *data)
{
	if (chosen_key)
		set_value(s, chosen_key, data);
}

static const struct config_option *
option_of(const char *key)
{
	for (const struct config_option *o = config_options; o->key; o++) {
		if (str_eq(o->key, key))
			return o;
	}
	return NULL;
}

static void
choose_value(struct screen *s, const struct config_option *opt)
{
	struct picker_opts o = { .title = opt->key, .chosen = on_choice, .no_sort = true };
	struct slice rest = slice_of(opt->type == CONFIG_BOOL ? "true|false" : opt->choices);
	struct picker *p = picker_open(s, &o);

	if (!p)
		return;
	free(chosen_key);
	chosen_key = xstrdup(opt->key);
	while (rest.p) {
		autofree char *v = slice_dup(slice_cut(&rest, '|'));

		picker_add(p, v, str_eq(v, opt->fallback) ? _("default") : "", v);
	}
	picker_ready(s, p, config_str(s->cli->config, opt->key));
}

static void
on_setting(struct screen *s, const char *data)
{
	const struct config_option *opt = option_of(data);
	autofree char *label = NULL;

	if (!opt)
		return;
	if (opt->type == CONFIG_BOOL || opt->choices) {
		choose_value(s, opt);
		return;
	}
	label = xasprintf("%s: %s", opt->key, _(opt->help));
	prompt_open(s, label, config_str(s->cli->config, opt->key), on_value, NULL, xstrdup(opt->key));
}

static void
preview_setting(struct screen *s, const char *data, int cols, struct lines *out)
{
	const struct config_option *opt = option_of(data);

	if (!opt)
		return;
	lines_put(out, opt->key, STYLE(ROLE_HEADING));
	lines_begin(out);
	lines_wrap(out, slice_of(_(opt->help)), cols, "", 0);
	lines_begin(out);
	lines_begin(out);
	lines_printf(out, STYLE(ROLE_MUTED), _("now: "));
	lines_add_str(out, config_str(s->cli->config, opt->key), 0);
	lines_begin(out);
	lines_printf(out, STYLE(ROLE_MUTED), _("default: %s"), *opt->fallback ? opt->fallback : _("empty"));
	if (opt->choices) {
		lines_begin(out);
		lines_printf(out, STYLE(ROLE_MUTED), _("one of: %s"), opt->choices);
	}
}

static void
cmd_settings(struct screen *s, const char *arg)
{
	struct picker_opts o = { .title = _("Settings"), .placeholder = _("name or what it does"),
		.hints = _("Enter changes; the line in config.yaml is replaced, comments stay"), .wide = true,
		.no_sort = true, .chosen = on_setting, .preview = preview_setting };
	const char *space = strchr(arg, ' ');
	struct picker *p;

	if (space) {
		autofree char *key = xstrndup(arg, (size_t)(space - arg));

		if (option_of(key))
			set_value(s, key, space + 1);
		else
			screen_say(s, ROLE_WARN, _("no setting is called %s"), key);
		return;
	}
	p = picker_open(s, &o);
	if (!p)
		return;
	for (const struct config_option *opt = config_options; opt->key; opt++) {
		autofree char *label = NULL;

		if (strchr(opt->key, '*'))
			continue;
		label = xasprintf("%-22s\t%s", opt->key, _(opt->help));
		picker_add(p, label, config_str(s->cli->config, opt->key), opt->key);
	}
	picker_ready(s, p, NULL);
}

static void
cmd_language(struct screen *s, const char *arg)
{
	if (*arg)
		set_value(s, "ui.language", arg);
	else
		choose_value(s, option_of("ui.language"));
}

/* --- memory --- */

static const char *
trust_word(const char *trust)
{
	return str_eq(trust, "sure") ? _("sure") : str_eq(trust, "told") ? _("told") : _("unverified");
}

static const char *
origin_word(const char *origin)
{
	return str_eq(origin, "person") ? _("you") : str_eq(origin, "import") ? _("an import") : _("a task");
}

struct memory_adder {
	struct picker *p;
};

static bool
add_memory(void *user, const struct memory_row *row)
{
	struct memory_adder *a = user;
	autofree char *label = sanitize_elide(row->text, 160), *when = when_text(row->time);
	autofree char *right = xasprintf("%s %s", trust_word(row->trust), when), *data = xasprintf("%lld", (long long)row->id);

	picker_add(a->p, label, right, data);
	return true;
}

struct memory_shower {
	struct lines *out;
	int cols;
};

static bool
show_memory(void *user, const struct memory_row *row)
{
	const struct memory_shower *m = user;
	struct lines *out = m->out;
	autofree char *safe = sanitize_dup(row->text, SANITIZE_TEXT), *when = when_text(row->time);

	lines_wrap(out, slice_of(safe), m->cols, "", 0);
	lines_begin(out);
	lines_begin(out);
	lines_printf(out, STYLE(ROLE_MUTED), _("from: %s · trust: %s"), origin_word(row->origin),
		trust_word(row->trust));
	lines_begin(out);
	if (row->task)
		lines_printf(out, STYLE(ROLE_MUTED), _("task %lld, event %lld, %s"), (long long)row->task,
			(long long)row->seq, when);
	else
		lines_printf(out, STYLE(ROLE_MUTED), _("event %lld, %s"), (long long)row->seq, when);
	return true;
}

static void
preview_memory(struct screen *s, const char *data, int cols, struct lines *out)
{
	struct memory_shower m = { out, cols };
	int64_t id;

	if (str_to_i64(data, &id))
		memory_get(s->journal, id, show_memory, &m, NULL);
}

static void
on_forget(struct screen *s, const char *text, void *user)
{
	autofree char *facts = xasprintf("{\"op\":\"%s\",\"id\":%s,\"origin\":\"person\",\"trust\":\"sure\"}",
		*text ? "edit" : "forget", (const char *)user);

	agent_note(s->agent, EV_MEMORY, facts, text);
	screen_say(s, ROLE_OK, "%s", *text ? _("remembered as you wrote it") : _("forgotten"));
}

static bool
take_text(void *user, const struct memory_row *row)
{
	*(char **)user = xstrdup(row->text);
	return true;
}

static void
on_memory(struct screen *s, const char *data)
{
	autofree char *text = NULL;
	int64_t id;

	if (!str_to_i64(data, &id))
		return;
	memory_get(s->journal, id, take_text, &text, NULL);
	prompt_open(s, _("Change what is remembered; empty forgets it"), text, on_forget, NULL, xstrdup(data));
}

static void
cmd_memory(struct screen *s, const char *arg)
{
	struct picker_opts o = { .title = _("Memory"), .placeholder = _("words"),
		.empty = _("nothing is remembered; say \"remember that …\""), .wide = true, .no_sort = true,
		.hints = _("Enter changes or forgets"), .chosen = on_memory, .preview = preview_memory };
	struct memory_adder a = { picker_open(s, &o) };

	if (!a.p)
		return;
	memory_find(s->journal, *arg ? arg : NULL, 500, add_memory, &a, NULL);
	picker_ready(s, a.p, NULL);
}

const struct command cmds_settings[] = {
	{ "theme", N_("Choose a theme; moving shows it"), "global", N_("[NAME]"), "/theme", cmd_theme, NULL },
	{ "settings", N_("Look at and change settings"), "global", N_("[KEY VALUE]"), "/settings", cmd_settings, NULL },
	{ "language", N_("Choose the language"), "global", N_("[en|zh_CN|auto]"), "/language", cmd_language, NULL },
	{ "memory", N_("Look at what is remembered, change or forget it"), "global", N_("[WORDS]"), "/memory", cmd_memory, NULL },
	{ 0 },
};
