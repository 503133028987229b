#include "tui/keymap.h"
#include "agent/base/i18n.h"
#include "tui/command.h"

const char *const keymap_contexts[] = { "global", "input", "complete", "pane", "transcript", "plan",
	"tools", "approval", "list", "picker", "history", "events", "skills", "pager", "find", NULL };

static const char *
context_of(const char *name)
{
	for (size_t i = 0; keymap_contexts[i]; i++) {
		if (str_eq(keymap_contexts[i], name))
			return keymap_contexts[i];
	}
	return NULL;
}

static bool
parse_seq(const char *text, struct binding *b)
{
	struct slice rest = slice_of(text);

	b->n = 0;
	while (rest.p) {
		struct slice word = slice_cut(&rest, ' ');
		char name[KEY_NAME_MAX];

		if (word.n == 0)
			continue;
		if (word.n >= sizeof(name) || b->n == KEYMAP_SEQ_MAX)
			return false;
		memcpy(name, word.p, word.n);
		name[word.n] = '\0';
		if (!key_parse(name, &b->seq[b->n++]))
			return false;
	}
	return b->n > 0;
}

const char *
binding_keys(const struct binding *b, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < b->n && len + 1 < size; i++) {
		char name[KEY_NAME_MAX];

		len += (size_t)snprintf(out + len, size - len, "%s%s", i ? " " : "",
			key_label(b->seq[i], name));
	}
	return out;
}

static bool
starts_with(const struct binding *b, const struct key *seq, size_t n)
{
	if (b->n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!key_equal(b->seq[i], seq[i]))
			return false;
	}
	return true;
}

static void
binding_finish(struct binding *b)
{
	free(b->command);
	free(b->arg);
}

static bool
is_typed(struct key k)
{
	return key_is_text(k) || k.code == KEYC_ENTER || k.code == KEYC_TAB || k.code == KEYC_BS;
}

/* Decisions must never hang on keys a person types or repeats (DESIGN 7). What only opens a
 * question may, inside the pane. */
static bool
is_unsafe(const struct binding *b)
{
	static const char *const deciding[] = { "approval-take", "approval-refuse", "approval-for-good",
		"approval-stop" };
	bool decides = false;

	if (b->n != 1 || !is_typed(b->seq[0]))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(deciding); i++)
		decides = decides || str_eq(b->command, deciding[i]);
	return decides || (!str_eq(b->context, "approval") && str_starts(b->command, "approval-") &&
				  !str_starts(b->command, "approval-show"));
}

/* Typing must stay possible: a character alone can be no binding where text is entered. */
static bool
steals_typing(const struct binding *b)
{
	return key_is_text(b->seq[0]) && b->seq[0].mods == 0 &&
		(str_eq(b->context, "input") || str_eq(b->context, "global") ||
			str_eq(b->context, "picker") || str_eq(b->context, "find"));
}

static void
report_overlaps(struct keymap *m, const struct binding *b, const char *file)
{
	char keys[64], other[64];

	for (size_t i = 0; i < m->n; i++) {
		struct binding *o = &m->v[i];

		if (o->context != b->context || o->command[0] == '\0')
			continue;
		if (o->n == b->n && starts_with(o, b->seq, b->n)) {
			if (o->person)
				strv_addf(&m->problems, _("%s:%d: %s is bound twice in %s; the last one counts"),
					file, b->line, binding_keys(b, keys, sizeof(keys)), b->context);
		} else if (b->person && b->command[0] &&
			(starts_with(o, b->seq, b->n) || starts_with(b, o->seq, o->n))) {
			strv_addf(&m->problems, _("%s:%d: %s and %s in %s begin alike; the shorter one hides the longer"),
				file, b->line, binding_keys(b, keys, sizeof(keys)),
				binding_keys(o, other, sizeof(other)), b->context);
		}
	}
}

static void
add_binding(struct keymap *m, struct binding *b, const char *file)
{
	char keys[64];

	binding_keys(b, keys, sizeof(keys));
	if (b->command[0] && !command_find(b->command)) {
		strv_addf(&m->problems, _("%s:%d: no command is called %s"), file, b->line, b->command);
		binding_finish(b);
		return;
	}
	if (b->command[0] && (is_unsafe(b) || steals_typing(b))) {
		strv_addf(&m->problems, _("%s:%d: %s would be pressed while typing; use it with Ctrl, Alt or an F-key"),
			file, b->line, keys);
		binding_finish(b);
		return;
	}
	report_overlaps(m, b, file);
	for (size_t i = 0; i < m->n; i++) {
		if (m->v[i].context == b->context && m->v[i].n == b->n &&
			starts_with(&m->v[i], b->seq, b->n)) {
			binding_finish(&m->v[i]);
			m->v[i] = *b;
			return;
		}
	}
	if (m->n >= KEYMAP_MAX) {
		binding_finish(b);
		return;
	}
	GROW(m->v, m->n, m->cap);
	m->v[m->n++] = *b;
}

static bool
add_context(struct keymap *m, const struct yaml *map, const char *context, const char *file,
	bool person, struct err *err)
{
	for (size_t i = 0; i < map->n; i++) {
		struct binding b = { .context = context, .person = person, .line = map->key_lines[i] };
		const struct yaml *v = map->items[i];
		const char *space;

		if (v->kind != YAML_SCALAR)
			return err_set(err, ERR_USAGE, _("%s:%d: write the name of a command behind %s"),
				file, b.line, map->keys[i]);
		if (!parse_seq(map->keys[i], &b))
			return err_set(err, ERR_USAGE,
				_("%s:%d: %s is no key; write for example C-p, M-y, S-Tab, F6"), file,
				b.line, map->keys[i]);
		space = strchr(v->text, ' ');
		b.command = space ? xstrndup(v->text, (size_t)(space - v->text)) : xstrdup(v->text);
		b.arg = xstrdup(space ? space + 1 : "");
		add_binding(m, &b, file);
	}
	return true;
}

bool
keymap_add(struct keymap *m, const struct yaml *keys, const char *file, bool person,
	struct err *err)
{
	if (!keys)
		return true;
	if (keys->kind != YAML_MAP)
		return err_set(err, ERR_USAGE, _("%s:%d: keys: wants contexts with keys below them"), file,
			keys->line);
	for (size_t i = 0; i < keys->n; i++) {
		const char *context = context_of(keys->keys[i]);

		if (!context)
			return err_set(err, ERR_USAGE,
				_("%s:%d: no key context is called %s; see `homard help keys`"), file,
				keys->key_lines[i], keys->keys[i]);
		if (keys->items[i]->kind != YAML_MAP)
			return err_set(err, ERR_USAGE, _("%s:%d: %s: wants lines of `key: command`"), file,
				keys->key_lines[i], keys->keys[i]);
		if (!add_context(m, keys->items[i], context, file, person, err))
			return false;
	}
	return true;
}

void
keymap_init(struct keymap *m)
{
	struct err err = { 0 };
	autoyaml struct yaml *y = NULL;

	*m = (struct keymap){ 0 };
	y = yaml_parse(slice_of(keymap_default_text), "keymap", &err);
	if (!y || !keymap_add(m, y, "keymap", false, &err))
		bug("the default keys: %s", err.text);
}

void
keymap_finish(struct keymap *m)
{
	for (size_t i = 0; i < m->n; i++)
		binding_finish(&m->v[i]);
	free(m->v);
	strv_finish(&m->problems);
	*m = (struct keymap){ 0 };
}

static enum keymap_answer
look_in(const struct keymap *m, const char *context, const struct key *seq, size_t n,
	const struct binding **ret)
{
	enum keymap_answer answer = KEYMAP_NONE;

	for (size_t i = 0; i < m->n; i++) {
		const struct binding *b = &m->v[i];

		if (!str_eq(b->context, context) || !starts_with(b, seq, n))
			continue;
		if (b->n == n) {
			*ret = b;
			return KEYMAP_COMMAND;
		}
		if (b->command[0])
			answer = KEYMAP_PREFIX;
	}
	return answer;
}

enum keymap_answer
keymap_look(const struct keymap *m, const char *const *contexts, const struct key *seq, size_t n,
	const struct binding **ret)
{
	enum keymap_answer answer = KEYMAP_NONE;

	for (; contexts && *contexts && answer == KEYMAP_NONE; contexts++)
		answer = look_in(m, *contexts, seq, n, ret);
	if (answer == KEYMAP_NONE)
		answer = look_in(m, "global", seq, n, ret);
	/* An empty command takes a default away. */
	if (answer == KEYMAP_COMMAND && (*ret)->command[0] == '\0')
		return KEYMAP_NONE;
	return answer;
}

static void
continue_in(const struct keymap *m, const char *context, const struct key *seq, size_t n,
	void (*fn)(void *user, struct key next, const struct binding *b), void *user)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct binding *b = &m->v[i];

		if (str_eq(b->context, context) && b->n > n && starts_with(b, seq, n) && b->command[0])
			fn(user, b->seq[n], b);
	}
}

void
keymap_continue(const struct keymap *m, const char *const *contexts, const struct key *seq,
	size_t n, void (*fn)(void *user, struct key next, const struct binding *b), void *user)
{
	for (; contexts && *contexts; contexts++)
		continue_in(m, *contexts, seq, n, fn, user);
	continue_in(m, "global", seq, n, fn, user);
}

const char *
keymap_keys_of(const struct keymap *m, const char *command, const char *arg, char *out, size_t size)
{
	const struct binding *best = NULL;
	int best_score = 0;

	out[0] = '\0';
	for (size_t i = 0; i < m->n; i++) {
		const struct binding *b = &m->v[i];
		/* A key that works everywhere says more than one of a pane; the person's own wins. */
		int score = 1 + 2 * (str_eq(b->context, "global") || str_eq(b->context, "input")) + 4 * b->person;

		if (!str_eq(b->command, command) || (arg && !str_eq(b->arg, arg)) || score <= best_score)
			continue;
		best = b;
		best_score = score;
	}
	return best ? binding_keys(best, out, size) : out;
}

void
keymap_help(const struct keymap *m, struct buf *out)
{
	for (size_t c = 0; keymap_contexts[c]; c++) {
		bool any = false;

		for (size_t i = 0; i < m->n; i++) {
			const struct binding *b = &m->v[i];
			const struct command *cmd = command_find(b->command);
			char keys[64];

			if (b->context != keymap_contexts[c] || !cmd)
				continue;
			if (!any)
				buf_printf(out, "%s%s\n", out->len ? "\n" : "", keymap_contexts[c]);
			any = true;
			buf_printf(out, "  %-16s %s%s%s\n", binding_keys(b, keys, sizeof(keys)), _(cmd->summary),
				b->arg[0] ? ": " : "", b->arg);
		}
	}
}
