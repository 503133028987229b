/* Help on what can be typed and pressed, from the tables: in the pager, and as `homard help keys`. */
#include "agent/base/i18n.h"
#include "tui/command.h"
#include "tui/screen_priv.h"

static bool
add_slash(void *user, const struct command *c)
{
	if (c->slash)
		buf_printf(user, "  %-14s %s%s%s\n", c->slash, _(c->summary), c->args ? "  " : "",
			c->args ? _(c->args) : "");
	return true;
}

void
screen_help_text(const struct keymap *m, struct buf *out)
{
	buf_printf(out, "%s\n\n", _("Write what you want and press Enter. Homard works in a draft of your files, shows "
		"every change, and takes only what you take. Everything taken can be undone."));
	buf_printf(out, "%s\n", _("Commands to type"));
	command_each(add_slash, out);
	buf_printf(out, "\n%s\n", _("Keys (change them below keys: in config.yaml)"));
	keymap_help(m, out);
	for (size_t i = 0; i < m->problems.n; i++)
		buf_printf(out, "! %s\n", m->problems.v[i]);
}

/* Where the settings cannot be read, the keys the program comes with. */
void
screen_help(struct cli *c, struct buf *out)
{
	struct keymap m = { 0 };
	struct err err = { 0 };

	keymap_init(&m);
	if (c->config && !keymap_add_config(&m, c->config, &err))
		buf_printf(out, "! %s\n\n", err.text);
	screen_help_text(&m, out);
	keymap_finish(&m);
}
