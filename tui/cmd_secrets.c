/*
 * Keys of providers, typed where nobody reads along: dots on the screen, wiped memory behind them,
 * never in a request, a log or the journal.
 */
#include "tui/cmds.h"
#include "agent/base/utf8.h"
#include "agent/llm/secrets.h"
#include "tui/picker.h"
#include "tui/screen_priv.h"

struct secret {
	char *provider;
	char key[SECRET_MAX + 1];
	size_t n;
};

static void
secret_destroy(void *state)
{
	struct secret *k = state;

	explicit_bzero(k->key, sizeof(k->key));
	free(k->provider);
	free(k);
}

static void
secret_draw(struct screen *s, void *state, struct area a)
{
	struct secret *k = state;
	struct area box = area_sub(a, MAX_OF(a.h - 5, 0), 0, MIN_OF(4, a.h), a.w);
	const struct preset *p = preset_find(k->provider);
	autofree char *title = xasprintf(_("Key of %s (it is not shown)"), p ? p->title : k->provider), *count = NULL;
	int w = MIN_OF((int)k->n, box.w - 6);

	(void)s;
	draw_fill(box, STYLE(ROLE_POPUP));
	draw_box(box, STYLE_ON(ROLE_BORDER_FOCUS, ROLE_POPUP), title, STYLE_ON(ROLE_TITLE_FOCUS, ROLE_POPUP));
	draw_repeat(box, 1, 2, w, 0x2022, STYLE_ON(ROLE_TEXT, ROLE_POPUP));
	count = xasprintf(ngettext_("%zu character", "%zu characters", k->n), k->n);
	draw_elided(box, 2, 2, box.w - 4, k->n ? count : _("paste or type it; Enter keeps it, Esc gives up"),
		STYLE_ON(ROLE_MUTED, ROLE_POPUP));
	box.c->cur_y = box.y + 1;
	box.c->cur_x = box.x + 2 + w;
}

static void
on_kept(void *user, enum secret_place place, const struct err *err)
{
	struct screen *s = user;

	if (err && err->code)
		screen_error(s, err);
	else
		screen_say(s, ROLE_OK, place == SECRET_KEYRING ? _("kept in the desktop's keyring; /model chooses a model")
				     : place == SECRET_FILE    ? _("kept in a file only you can read; /model chooses a model")
							       : _("removed"));
	screen_dirty(s);
}

static void
keep(struct screen *s, struct secret *k)
{
	if (k->n)
		secret_set(&s->session.loop, s->cli->places, k->provider, k->key, on_kept, s);
	else
		screen_say(s, ROLE_INFO, "%s", _("no key was given"));
	overlay_pop(s);
}

static void
add(struct screen *s, struct secret *k, struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		if ((unsigned char)text.p[i] <= ' ' || text.p[i] == 0x7f)
			continue; /* a key holds none: line ends of a paste */
		if (k->n < SECRET_MAX)
			k->key[k->n++] = text.p[i];
		else
			screen_say(s, ROLE_WARN, "%s", _("that is too long for a key"));
	}
	k->key[k->n] = '\0';
	screen_dirty(s);
}

static bool
secret_key(struct screen *s, void *state, struct key key)
{
	struct secret *k = state;
	char utf8[4];

	if (key.code == KEYC_ESC || (key.code == 'c' && key.mods == MOD_CTRL))
		overlay_pop(s);
	else if (key.code == KEYC_ENTER)
		keep(s, k);
	else if (key.code == KEYC_BS && k->n)
		k->key[--k->n] = '\0';
	else if (key.code == 'u' && key.mods == MOD_CTRL)
		k->n = 0;
	else if (key_is_text(key))
		add(s, k, (struct slice){ utf8, utf8_encode(key.code, utf8) });
	return true;
}

static void
secret_paste(struct screen *s, void *state, struct slice text)
{
	add(s, state, text);
}

static const char *const secret_contexts[] = { "find", NULL };
static const struct overlay_type secret_type = {
	.name = "secret",
	.contexts = secret_contexts,
	.raw = true,
	.draw = secret_draw,
	.key = secret_key,
	.paste = secret_paste,
	.destroy = secret_destroy,
};

/* --- whose key --- */

static void
ask_key(struct screen *s, const char *provider)
{
	struct secret *k = xcalloc(1, sizeof(*k));

	k->provider = xstrdup(provider);
	overlay_push(s, &secret_type, k);
}

struct kept_list {
	struct strv names;
	struct strv places;
};

static void
add_kept(void *user, const char *provider, enum secret_place place)
{
	struct kept_list *l = user;

	strv_add(&l->names, provider);
	strv_add(&l->places, place == SECRET_KEYRING ? _("in the keyring") : _("in a file"));
}

static void
cmd_secrets(struct screen *s, const char *arg)
{
	struct picker_opts o = { .title = _("Keys of providers"), .placeholder = _("name"), .chosen = ask_key,
		.hints = _("Enter sets a key · homard secrets remove NAME takes one away"), .no_sort = true };
	struct kept_list kept = { 0 };
	struct picker *p;

	if (*arg) {
		ask_key(s, arg);
		return;
	}
	p = picker_open(s, &o);
	if (!p)
		return;
	secret_list(s->cli->places, add_kept, &kept, NULL);
	for (const struct preset *k = presets; k->name; k++) {
		const char *where = k->key_env && getenv(k->key_env) ? k->key_env : "";
		autofree char *label = NULL;

		if (!k->key_env)
			continue;
		for (size_t i = 0; i < kept.names.n && !*where; i++) {
			if (str_eq(kept.names.v[i], k->name))
				where = kept.places.v[i];
		}
		label = xasprintf("%-18s\t%s", k->title, k->name); /* Kimi is there twice */
		picker_add(p, label, where, k->name);
	}
	picker_ready(s, p, NULL);
	strv_finish(&kept.names);
	strv_finish(&kept.places);
}

const struct command cmds_secrets[] = {
	{ "secrets", N_("Keep the key of a provider"), "global", N_("[PROVIDER]"), "/key", cmd_secrets, NULL },
	{ 0 },
};
