/* The person's own keys: section of the settings, into a keymap. */
#include "agent/core/config.h"
#include "tui/keymap.h"

static void
put_quoted(struct buf *out, const char *text)
{
	buf_add_char(out, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_add_char(out, '\\');
		buf_add_char(out, *text);
	}
	buf_add_char(out, '"');
}

bool
keymap_add_config(struct keymap *m, const struct config *config, struct err *err)
{
	autostrv struct strv contexts = { 0 };
	autobuf struct buf text = BUF_INIT(1u << 18);
	autoyaml struct yaml *y = NULL;

	config_names(config, "keys.", &contexts);
	for (size_t i = 0; i < contexts.n; i++) {
		autofree char *prefix = xasprintf("keys.%s.", contexts.v[i]);
		autostrv struct strv keys = { 0 };

		buf_printf(&text, "%s:\n", contexts.v[i]);
		config_names(config, prefix, &keys);
		for (size_t k = 0; k < keys.n; k++) {
			autofree char *key = xasprintf("%s%s", prefix, keys.v[k]);

			buf_add_str(&text, "  ");
			put_quoted(&text, keys.v[k]);
			buf_add_str(&text, ": ");
			put_quoted(&text, config_str(config, key));
			buf_add_char(&text, '\n');
		}
	}
	if (!text.len)
		return true;
	y = yaml_parse(buf_slice(&text), "keys", err);
	return y && keymap_add(m, y, "keys", true, err);
}
