/* Every key and what it runs; a new key is pressed, looked at for conflicts, and kept. */
#include "tui/cmds.h"
#include "tui/picker.h"
#include "tui/screen_priv.h"

/* What gets a key: "CONTEXT\tOLD KEYS\tCOMMAND ARG". */
struct wish {
	char *context, *old, *command;
	char *key; /* the new one, once pressed */
};

static void
wish_free(struct wish *w)
{
	if (!w)
		return;
	free(w->context);
	free(w->old);
	free(w->command);
	free(w->key);
	free(w);
}

static struct wish *waiting; /* for an answer about a conflict */

static char *
spelled(const struct binding *b)
{
	struct buf out = BUF_INIT(256);

	for (size_t i = 0; i < b->n; i++) {
		char name[KEY_NAME_MAX];

		buf_printf(&out, "%s%s", i ? " " : "", key_spelling(b->seq[i], name));
	}
	return buf_steal(&out);
}

static bool
keep(struct screen *s, const char *context, const char *key, const char *command)
{
	struct err err = { 0 };
	autofree char *name = xasprintf("keys.%s.%s", context, key);

	if (config_set(s->cli->config, name, command, &err))
		return true;
	screen_error(s, &err);
	return false;
}

/* The old key goes, the new one comes; both as lines in config.yaml. */
static void
finish(struct screen *s, struct wish *w)
{
	const char *space = strchr(w->command, ' ');
	autofree char *command = space ? xstrndup(w->command, (size_t)(space - w->command)) : xstrdup(w->command);
	const struct command *c = command_find(command);
	struct key k;
	char label[KEY_NAME_MAX] = "";

	if (*w->old && !str_eq(w->old, w->key) && !keep(s, w->context, w->old, ""))
		return;
	if (!keep(s, w->context, w->key, w->command))
		return;
	screen_read_keys(s);
	if (s->keymap.problems.n)
		return; /* said by the reader */
	if (key_parse(w->key, &k))
		key_label(k, label);
	screen_say(s, ROLE_OK, _("%s: %s; kept in config.yaml"), label, c ? _(c->summary) : w->command);
}

static void
on_conflict(struct screen *s, const char *data)
{
	if (waiting && str_eq(data, "yes"))
		finish(s, waiting);
	wish_free(waiting);
	waiting = NULL;
}

static const struct binding *
taken_by(const struct screen *s, const struct wish *w, struct key k)
{
	const struct binding *found = NULL;

	for (size_t i = 0; i < s->keymap.n; i++) {
		const struct binding *b = &s->keymap.v[i];

		if (b->command[0] && key_equal(b->seq[0], k) &&
			(str_eq(b->context, w->context) || str_eq(b->context, "global") || str_eq(w->context, "global")))
			found = b;
	}
	return found;
}

static void
ask_conflict(struct screen *s, struct wish *w, const struct binding *b)
{
	const struct command *c = command_find(b->command);
	char keys[64];
	autofree char *title = xasprintf(_("%s is taken (%s): %s"), binding_keys(b, keys, sizeof(keys)), b->context,
		c ? _(c->summary) : b->command);
	struct picker_opts o = { .title = title, .chosen = on_conflict, .no_sort = true };
	struct picker *p = picker_open(s, &o);

	wish_free(waiting);
	waiting = w;
	if (!p)
		return;
	picker_add(p, _("Leave it as it is"), "", "no");
	picker_add(p, _("Use the key for the new command"), "", "yes");
	picker_ready(s, p, "no");
}

/* --- pressing --- */

static void
press_destroy(void *state)
{
	wish_free(state);
}

static void
press_draw(struct screen *s, void *state, struct area a)
{
	const struct wish *w = state;
	struct area box = area_sub(a, MAX_OF(a.h / 2 - 3, 0), MAX_OF((a.w - 60) / 2, 0), MIN_OF(5, a.h), MIN_OF(60, a.w));
	const char *space = strchr(w->command, ' ');
	autofree char *name = space ? xstrndup(w->command, (size_t)(space - w->command)) : xstrdup(w->command);
	const struct command *c = command_find(name);

	(void)s;
	draw_fill(box, STYLE(ROLE_POPUP));
	draw_box(box, STYLE_ON(ROLE_BORDER_FOCUS, ROLE_POPUP), _("Press the new key"), STYLE_ON(ROLE_TITLE_FOCUS, ROLE_POPUP));
	draw_elided(box, 1, 2, box.w - 4, c ? _(c->summary) : w->command, STYLE_ON(ROLE_STRONG, ROLE_POPUP));
	draw_elided(box, 2, 2, box.w - 4, _("with Ctrl, Alt or an F-key; Esc gives up"), STYLE_ON(ROLE_MUTED, ROLE_POPUP));
}

static bool
press_key(struct screen *s, void *state, struct key k)
{
	struct wish *w = state;
	struct overlay *top = overlay_top(s);
	const struct binding *b;
	char name[KEY_NAME_MAX];

	if (k.code == KEYC_ESC && k.mods == 0) {
		overlay_pop(s);
		return true;
	}
	if (key_is_text(k) && (str_eq(w->context, "global") || str_eq(w->context, "input"))) {
		screen_say(s, ROLE_WARN, "%s", _("that key writes; use it with Ctrl, Alt or an F-key"));
		return true;
	}
	w->key = xstrdup(key_spelling(k, name));
	top->state = NULL; /* the wish lives on */
	overlay_pop(s);
	b = taken_by(s, w, k);
	if (b && !str_eq(w->old, w->key)) {
		ask_conflict(s, w, b);
		return true;
	}
	finish(s, w);
	wish_free(w);
	return true;
}

static const char *const press_contexts[] = { "find", NULL };
static const struct overlay_type press_type = {
	.name = "press",
	.contexts = press_contexts,
	.raw = true,
	.draw = press_draw,
	.key = press_key,
	.destroy = press_destroy,
};

/* --- the list --- */

static void
on_chosen(struct screen *s, const char *data)
{
	struct slice rest = slice_of(data);
	struct wish *w = xcalloc(1, sizeof(*w));

	w->context = slice_dup(slice_cut(&rest, '\t'));
	w->old = slice_dup(slice_cut(&rest, '\t'));
	w->command = slice_dup(rest);
	overlay_push(s, &press_type, w);
}

static bool
is_bound(const struct keymap *m, const char *command)
{
	for (size_t i = 0; i < m->n; i++) {
		if (str_eq(m->v[i].command, command))
			return true;
	}
	return false;
}

struct adder {
	struct screen *s;
	struct picker *p;
};

static bool
add_unbound(void *user, const struct command *c)
{
	struct adder *a = user;
	autofree char *data = NULL;
	const char *context = str_eq(c->context, "list") ? "pane" : c->context;

	if (is_bound(&a->s->keymap, c->name))
		return true;
	data = xasprintf("%s\t\t%s", context, c->name);
	picker_add(a->p, _(c->summary), _("no key"), data);
	return true;
}

static void
cmd_keys(struct screen *s, const char *arg)
{
	struct picker_opts o = { .title = _("Keys"), .placeholder = _("what it does, or a key"),
		.hints = _("Enter gives it another key"), .chosen = on_chosen, .no_sort = true };
	struct adder a = { s, picker_open(s, &o) };

	(void)arg;
	if (!a.p)
		return;
	for (size_t i = 0; i < s->keymap.n; i++) {
		const struct binding *b = &s->keymap.v[i];
		const struct command *c = command_find(b->command);
		char keys[64];
		autofree char *right = NULL, *data = NULL, *old = spelled(b), *label = NULL;

		if (!c)
			continue;
		label = xasprintf("%s%s%s", _(c->summary), b->arg[0] ? ": " : "", b->arg);
		right = xasprintf("%s  %s", b->context, binding_keys(b, keys, sizeof(keys)));
		data = xasprintf("%s\t%s\t%s%s%s", b->context, old, b->command, b->arg[0] ? " " : "", b->arg);
		picker_add(a.p, label, right, data);
	}
	command_each(add_unbound, &a);
	picker_ready(s, a.p, NULL);
}

const struct command cmds_keys[] = {
	{ "keys", N_("Change which key does what"), "global", NULL, "/keys", cmd_keys, NULL },
	{ 0 },
};
