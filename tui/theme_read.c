/* A theme file to values. */
#include "agent/base/i18n.h"
#include "agent/base/yaml.h"
#include "tui/color.h"
#include "tui/theme_priv.h"

static const char *const ansi_names[] = { "black", "red", "green", "yellow", "blue", "magenta",
	"cyan", "white" };

/* Palette words whose sixteen-colour form is plain. */
static int
ansi_of_word(const char *word)
{
	for (int i = 1; i < 7; i++) {
		if (str_eq(ansi_names[i], word))
			return i;
	}
	if (str_eq(word, "orange"))
		return 3;
	return str_eq(word, "muted") ? 8 : -1;
}

const struct color *
theme_color(const struct theme *t, const char *name)
{
	for (size_t i = 0; i < t->n_colors; i++) {
		if (str_eq(t->names[i], name))
			return &t->colors[i];
	}
	return NULL;
}

/* "default", "ansi 4", "#rrggbb", "#rrggbb 166", "#rrggbb 166 4". */
static bool
parse_color(const char *word, const char *text, struct color *ret)
{
	struct slice rest = slice_of(text);
	char parts[3][16] = { "", "", "" };
	struct color c = { .ansi = ansi_of_word(word), .c256 = -1 };
	int64_t n;

	for (int i = 0; i < 3 && rest.p; i++) {
		struct slice part = slice_cut(&rest, ' ');

		if (part.n == 0 || part.n >= sizeof(parts[0]))
			return false;
		memcpy(parts[i], part.p, part.n);
	}
	if (rest.p)
		return false;
	if (str_eq(parts[0], "default") && !parts[1][0]) {
		c.kind = COLOR_DEFAULT;
	} else if (str_eq(parts[0], "ansi") && str_to_i64(parts[1], &n) && n >= 0 && n < 16) {
		c.kind = COLOR_ANSI;
		c.ansi = (int)n;
		c.rgb = color_from_256((int)n);
	} else if (color_parse_hex(parts[0], &c.rgb)) {
		c.kind = COLOR_RGB;
		if (parts[1][0]) {
			if (!str_to_i64(parts[1], &n) || n < 16 || n > 255)
				return false;
			c.c256 = (int)n;
		}
		if (parts[2][0]) {
			if (!str_to_i64(parts[2], &n) || n < 0 || n > 15)
				return false;
			c.ansi = (int)n;
		}
	} else {
		return false;
	}
	*ret = c;
	return true;
}

static bool
set_color(struct theme *t, const char *name, const struct color *c)
{
	size_t i = 0;

	while (i < t->n_colors && !str_eq(t->names[i], name))
		i++;
	if (i == PALETTE_MAX || strlen(name) >= sizeof(t->names[0]))
		return false;
	if (i == t->n_colors)
		t->n_colors++;
	strcpy(t->names[i], name);
	t->colors[i] = *c;
	return true;
}

static unsigned
attr_of(const char *word)
{
	static const char *const names[] = { "bold", "dim", "italic", "underline", "reverse",
		"strike" };

	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		if (str_eq(names[i], word))
			return 1u << i;
	}
	return 0;
}

bool
role_value_parse(const char *text, struct role_value *ret)
{
	struct slice rest = slice_of(text);
	struct role_value v = { 0 };
	bool want_bg = false;

	while (rest.p) {
		struct slice part = slice_cut(&rest, ' ');
		char word[24] = "";
		char *into = want_bg ? v.bg : v.fg;

		if (part.n == 0)
			continue;
		if (part.n >= sizeof(word))
			return false;
		memcpy(word, part.p, part.n);
		if (attr_of(word)) {
			v.attr |= attr_of(word);
		} else if (str_eq(word, "on")) {
			want_bg = true;
		} else if (into[0]) {
			return false;
		} else {
			strcpy(into, word);
		}
	}
	*ret = v;
	return true;
}

static bool
read_palette(struct theme *t, const struct yaml *y, const char *file, struct err *err)
{
	for (size_t i = 0; y && i < y->n; i++) {
		struct color c;

		if (y->items[i]->kind != YAML_SCALAR ||
			!parse_color(y->keys[i], y->items[i]->text, &c) || !set_color(t, y->keys[i], &c))
			return err_set(err, ERR_USAGE,
				_("%s:%d: %s: write \"#rrggbb\", \"ansi 4\" or default"), file,
				y->key_lines[i], y->keys[i]);
	}
	return true;
}

/* Every colour word must exist once the whole chain is read; checked in theme.c. */
static bool
read_roles(struct theme *t, const struct yaml *y, const char *file, struct err *err)
{
	for (size_t i = 0; y && i < y->n; i++) {
		enum role r = role_of(y->keys[i]);

		if (r == ROLE_COUNT)
			return err_set(err, ERR_USAGE, _("%s:%d: no role is called %s; see themes/README.md"),
				file, y->key_lines[i], y->keys[i]);
		if (y->items[i]->kind != YAML_SCALAR ||
			!role_value_parse(y->items[i]->text, &t->roles[r]))
			return err_set(err, ERR_USAGE, _("%s:%d: %s: write for example `blue on sel bold`"),
				file, y->key_lines[i], y->keys[i]);
	}
	return true;
}

bool
theme_read(struct theme *t, const char *text, size_t n, const char *file, char **ret_inherits,
	struct err *err)
{
	static const char *const known[] = { "name", "inherits", "background", "opaque", "mono",
		"palette", "roles", NULL };
	autoyaml struct yaml *y = yaml_parse((struct slice){ text, n }, file, err);

	if (!y || !yaml_check_keys(y, file, known, err))
		return false;
	if (!read_palette(t, yaml_get(y, "palette"), file, err) ||
		!read_roles(t, yaml_get(y, "roles"), file, err))
		return false;
	if (yaml_get(y, "name")) {
		free(t->title);
		t->title = xstrdup(yaml_str(y, "name", ""));
	}
	if (yaml_get(y, "background"))
		t->dark = !str_eq(yaml_str(y, "background", "dark"), "light");
	t->opaque = yaml_bool(y, "opaque", t->opaque);
	t->mono = yaml_bool(y, "mono", t->mono);
	if (ret_inherits)
		*ret_inherits = xstrdup0(yaml_str(y, "inherits", NULL));
	return true;
}
