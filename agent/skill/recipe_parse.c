/* recipe.yaml becomes a recipe; every complaint names file, line and what to do. */
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/skill/recipe.h"
#include "agent/skill/slot.h"
#include "agent/skill/template.h"
#include <ctype.h>

struct parse {
	const char *name;
	struct recipe *r;
	struct err *err;
};

static bool
complain(struct parse *p, int line, const char *sentence)
{
	return err_set(p->err, ERR_USAGE, "%s:%d: %s", p->name, line, sentence);
}

static bool
expect(struct parse *p, const struct yaml *y, enum yaml_kind kind, const char *what)
{
	static const char *const kinds[] = { N_("one value"), N_("a list"),
		N_("a map of \"key: value\" lines") };
	char text[200];

	if (y->kind == kind)
		return true;
	snprintf(text, sizeof(text), _("\"%s\" must be %s."), what, _(kinds[kind]));
	return complain(p, y->line, text);
}

static bool
check_templates(struct parse *p, const char *text, int line)
{
	struct err e = { 0 };

	if (!text || template_check(text, &e))
		return true;
	return complain(p, line, e.text);
}

/* "text" or {en: text, zh: text}. */
static bool
read_saying(struct parse *p, const struct yaml *y, const char *what, struct saying *ret)
{
	static const char *const known[] = { "en", "zh", NULL };

	if (!y)
		return true;
	if (y->kind == YAML_SCALAR) {
		ret->en = xstrdup(y->text);
		return check_templates(p, ret->en, y->line);
	}
	if (!expect(p, y, YAML_MAP, what) || !yaml_check_keys(y, p->name, known, p->err))
		return false;
	ret->en = xstrdup0(yaml_str(y, "en", NULL));
	ret->zh = xstrdup0(yaml_str(y, "zh", NULL));
	if (!ret->en)
		return complain(
			p, y->line, _("An English text is missing: add a line \"en: ...\"."));
	return check_templates(p, ret->en, y->line) && check_templates(p, ret->zh, y->line);
}

/* A list, or {en: [..], zh: [..]}: all languages into one. */
static bool
read_words(struct parse *p, const struct yaml *y, const char *what, struct strv *out)
{
	if (!y)
		return true;
	if (y->kind == YAML_MAP) {
		static const char *const known[] = { "en", "zh", NULL };

		if (!yaml_check_keys(y, p->name, known, p->err))
			return false;
		for (size_t i = 0; i < y->n; i++)
			yaml_strings(y, y->keys[i], out);
	} else if (y->kind == YAML_LIST) {
		for (size_t i = 0; i < y->n; i++) {
			if (!expect(p, y->items[i], YAML_SCALAR, what))
				return false;
			strv_add(out, y->items[i]->text);
		}
	} else
		strv_add(out, y->text);
	if (out->n > RECIPE_LINES_MAX)
		return complain(p, y->line, _("Too many lines here: keep at most 200."));
	return true;
}

static bool
read_choices(struct parse *p, const struct yaml *y, struct slot *s)
{
	if (!y)
		return true;
	if (!expect(p, y, YAML_MAP, "choices"))
		return false;
	s->choices = xcalloc(y->n + 1, sizeof(*s->choices));
	for (size_t i = 0; i < y->n; i++) {
		struct slot_choice *c = &s->choices[s->n_choices++];

		c->value = xstrdup(y->keys[i]);
		if (!read_words(p, y->items[i], y->keys[i], &c->words))
			return false;
	}
	return true;
}

static bool
slot_name_ok(const char *s)
{
	if (!islower((unsigned char)*s))
		return false;
	for (; *s; s++)
		if (!islower((unsigned char)*s) && !isdigit((unsigned char)*s) && *s != '_')
			return false;
	return true;
}

static bool
read_slot(struct parse *p, const struct yaml *y, const char *name, struct slot *s)
{
	static const char *const known[] = { "type", "required", "default", "ask", "cue", "min",
		"max", "choices", "future", "statement", "not_first", "not_with", "ext",
		"folders", "strip", NULL };
	const char *type;
	char text[200];

	s->name = xstrdup(name);
	s->line = y->line;
	if (!slot_name_ok(name))
		return complain(p, y->line, _("A slot's name is made of a-z, 0-9 and _."));
	if (!expect(p, y, YAML_MAP, name) || !yaml_check_keys(y, p->name, known, p->err))
		return false;
	type = yaml_str(y, "type", "text");
	s->type = slot_type_find(type);
	if (!s->type) {
		snprintf(text, sizeof(text),
			_("There is no slot type \"%.40s\"; use path, folder, number, size, "
			  "date, glob, text or choice."),
			type);
		return complain(p, y->line, text);
	}
	s->required = yaml_bool(y, "required", false);
	s->future = yaml_bool(y, "future", false);
	s->statement = yaml_bool(y, "statement", false);
	s->folders = yaml_bool(y, "folders", false);
	s->fallback = xstrdup0(yaml_str(y, "default", NULL));
	s->min = yaml_i64(y, "min", 0);
	s->max = yaml_i64(y, "max", s->type == &slot_text ? 0 : 1000000);
	if (!read_saying(p, yaml_get(y, "ask"), "ask", &s->ask) ||
		!read_words(p, yaml_get(y, "cue"), "cue", &s->cue) ||
		!read_words(p, yaml_get(y, "not_first"), "not_first", &s->not_first) ||
		!read_words(p, yaml_get(y, "not_with"), "not_with", &s->not_with) ||
		!read_words(p, yaml_get(y, "ext"), "ext", &s->ext) ||
		!read_words(p, yaml_get(y, "strip"), "strip", &s->strip) ||
		!read_choices(p, yaml_get(y, "choices"), s) ||
		!check_templates(p, s->fallback, y->line))
		return false;
	if (s->type == &slot_choice && s->n_choices == 0)
		return complain(p, y->line,
			_("A choice needs its choices: add \"choices:\" with one line for "
			  "each."));
	if (s->required && !s->ask.en)
		return complain(
			p, y->line, _("A required slot needs a question: add \"ask:\"."));
	return true;
}

static bool
read_slots(struct parse *p, const struct yaml *y)
{
	struct recipe *r = p->r;

	if (!y)
		return true;
	if (!expect(p, y, YAML_MAP, "slots"))
		return false;
	if (y->n > RECIPE_SLOTS_MAX)
		return complain(p, y->line, _("Too many slots: keep at most 12."));
	r->slots = xcalloc(y->n + 1, sizeof(*r->slots));
	for (size_t i = 0; i < y->n; i++)
		if (!read_slot(p, y->items[i], y->keys[i], &r->slots[r->n_slots++]))
			return false;
	return true;
}

static bool
read_vocabulary(struct parse *p, const struct yaml *y)
{
	struct recipe *r = p->r;

	if (!y)
		return true;
	if (!expect(p, y, YAML_MAP, "words"))
		return false;
	r->words = xcalloc(y->n + 1, sizeof(*r->words));
	for (size_t i = 0; i < y->n; i++) {
		struct words *w = &r->words[r->n_words++];

		w->name = xstrdup(y->keys[i]);
		if (!read_words(p, y->items[i], y->keys[i], &w->list))
			return false;
	}
	return true;
}

static bool
read_say(struct parse *p, const struct yaml *y)
{
	static const char *const known[] = { "en", "zh", NULL };

	if (!y)
		return complain(p, 1,
			_("The recipe cannot be asked for: add \"say:\" with patterns for en "
			  "and zh."));
	if (!expect(p, y, YAML_MAP, "say") || !yaml_check_keys(y, p->name, known, p->err))
		return false;
	if (!read_words(p, y, "say", &p->r->say))
		return false;
	if (p->r->say.n == 0)
		return complain(p, y->line, _("Add at least one pattern below \"say:\"."));
	return true;
}

static const char *const guard_kinds[] = { "exists", "is_folder", "not_empty", "count",
	"free_space", "that", NULL };

static bool
read_guard(struct parse *p, const struct yaml *y, struct guard *g)
{
	g->line = y->line;
	if (!expect(p, y, YAML_MAP, "guard"))
		return false;
	for (size_t i = 0; i < y->n; i++) {
		const struct yaml *v = y->items[i];
		bool is_kind = false;

		for (size_t k = 0; guard_kinds[k]; k++)
			is_kind = is_kind || str_eq(y->keys[i], guard_kinds[k]);
		if (str_eq(y->keys[i], "otherwise")) {
			if (!read_saying(p, v, "otherwise", &g->otherwise))
				return false;
		} else if (str_eq(y->keys[i], "need") && v->kind == YAML_SCALAR)
			g->need = xstrdup(v->text);
		else if (is_kind && v->kind == YAML_SCALAR && !g->kind) {
			g->kind = xstrdup(y->keys[i]);
			g->arg = xstrdup(v->text);
		} else
			return complain(p, v->line,
				_("A guard is one of exists, is_folder, not_empty, count, "
				  "free_space, that; "
				  "beside it may stand need and otherwise."));
	}
	if (!g->kind)
		return complain(p, y->line, _("This guard does not say what it checks."));
	return check_templates(p, g->arg, y->line) && check_templates(p, g->need, y->line);
}

static bool
read_guards(struct parse *p, const struct yaml *y, const char *what, struct guard **ret,
	size_t *ret_n)
{
	if (!y)
		return true;
	if (!expect(p, y, YAML_LIST, what))
		return false;
	*ret = xcalloc(y->n + 1, sizeof(**ret));
	for (size_t i = 0; i < y->n; i++)
		if (!read_guard(p, y->items[i], &(*ret)[(*ret_n)++]))
			return false;
	return true;
}

/* YAML as JSON: plain numbers and booleans keep their type. */
static cJSON *
to_json(const struct yaml *y)
{
	cJSON *o;

	if (y->kind == YAML_SCALAR) {
		double d;

		if (y->plain && (str_eq(y->text, "true") || str_eq(y->text, "false")))
			return cJSON_CreateBool(str_eq(y->text, "true"));
		if (y->plain && str_to_double(y->text, &d))
			return cJSON_CreateNumber(d);
		return cJSON_CreateString(y->text);
	}
	o = y->kind == YAML_MAP ? cJSON_CreateObject() : cJSON_CreateArray();
	for (size_t i = 0; i < y->n; i++) {
		cJSON *v = to_json(y->items[i]);

		if (y->kind == YAML_MAP)
			cJSON_AddItemToObject(o, y->keys[i], v);
		else
			cJSON_AddItemToArray(o, v);
	}
	return o;
}

static bool
check_args(struct parse *p, const struct yaml *y)
{
	if (y->kind == YAML_SCALAR)
		return check_templates(p, y->text, y->line);
	for (size_t i = 0; i < y->n; i++)
		if (!check_args(p, y->items[i]))
			return false;
	return true;
}

static bool
read_step(struct parse *p, const struct yaml *y, struct step *s)
{
	static const char *const known[] = { "id", "tool", "args", "each", "when", "ask",
		"text", "may_fail", NULL };
	const struct yaml *args;
	char id[24];

	if (!expect(p, y, YAML_MAP, "step") || !yaml_check_keys(y, p->name, known, p->err))
		return false;
	s->line = y->line;
	snprintf(id, sizeof(id), "s%zu", p->r->n_steps);
	s->id = xstrdup(yaml_str(y, "id", id));
	s->tool = xstrdup0(yaml_str(y, "tool", NULL));
	if (!s->tool)
		return complain(p, y->line, _("This step names no tool: add \"tool: NAME\"."));
	args = yaml_get(y, "args");
	if (args && (!expect(p, args, YAML_MAP, "args") || !check_args(p, args)))
		return false;
	s->args = args ? to_json(args) : cJSON_CreateObject();
	s->each = xstrdup0(yaml_str(y, "each", NULL));
	s->when = xstrdup0(yaml_str(y, "when", NULL));
	s->may_fail = yaml_bool(y, "may_fail", false);
	if (!read_saying(p, yaml_get(y, "ask"), "ask", &s->ask) ||
		!read_saying(p, yaml_get(y, "text"), "text", &s->text))
		return false;
	for (size_t i = 0; i + 1 < p->r->n_steps; i++)
		if (str_eq(p->r->steps[i].id, s->id))
			return complain(p, y->line,
				_("Two steps have the same id: give each its own."));
	return check_templates(p, s->each, y->line);
}

static bool
read_steps(struct parse *p, const struct yaml *y)
{
	if (!y)
		return complain(p, 1, _("The recipe does nothing: add \"steps:\"."));
	if (!expect(p, y, YAML_LIST, "steps"))
		return false;
	if (y->n == 0 || y->n > RECIPE_STEPS_MAX)
		return complain(p, y->line, _("A recipe has 1 to 24 steps."));
	p->r->steps = xcalloc(y->n + 1, sizeof(*p->r->steps));
	for (size_t i = 0; i < y->n; i++)
		if (!read_step(p, y->items[i], &p->r->steps[p->r->n_steps++]))
			return false;
	return true;
}

static bool
read_result(struct parse *p, const struct yaml *y, struct result *s)
{
	static const char *const known[] = { "when", "en", "zh", "list", "item", "max",
		"of", NULL };

	if (!expect(p, y, YAML_MAP, "result") || !yaml_check_keys(y, p->name, known, p->err))
		return false;
	s->when = xstrdup0(yaml_str(y, "when", NULL));
	s->text.en = xstrdup0(yaml_str(y, "en", NULL));
	s->text.zh = xstrdup0(yaml_str(y, "zh", NULL));
	s->list = xstrdup0(yaml_str(y, "list", NULL));
	s->of = xstrdup0(yaml_str(y, "of", NULL));
	s->max = yaml_i64(y, "max", 20);
	if (!s->text.en)
		return complain(
			p, y->line, _("A result needs its English sentence: add \"en: ...\"."));
	if (!read_saying(p, yaml_get(y, "item"), "item", &s->item))
		return false;
	if (s->list && !s->item.en)
		return complain(p, y->line, _("\"list\" needs \"item\": what one line says."));
	return check_templates(p, s->text.en, y->line) &&
		check_templates(p, s->text.zh, y->line) && check_templates(p, s->list, y->line) &&
		check_templates(p, s->of, y->line);
}

static bool
read_results(struct parse *p, const struct yaml *y)
{
	if (!y)
		return complain(
			p, 1, _("The recipe says nothing at its end: add \"result:\"."));
	if (!expect(p, y, YAML_LIST, "result"))
		return false;
	p->r->results = xcalloc(y->n + 1, sizeof(*p->r->results));
	for (size_t i = 0; i < y->n; i++)
		if (!read_result(p, y->items[i], &p->r->results[p->r->n_results++]))
			return false;
	return true;
}

static bool
read_test(struct parse *p, const struct yaml *y, const char *language, struct recipe_test *t)
{
	static const char *const known[] = { "say", "slots", "none", NULL };
	const struct yaml *slots;

	t->line = y->line;
	t->language = xstrdup(language);
	if (y->kind == YAML_SCALAR) {
		t->say = xstrdup(y->text);
		t->slots = cJSON_CreateObject();
		return true;
	}
	if (!expect(p, y, YAML_MAP, "test") || !yaml_check_keys(y, p->name, known, p->err))
		return false;
	t->say = xstrdup0(yaml_str(y, "say", NULL));
	t->none = yaml_bool(y, "none", false);
	slots = yaml_get(y, "slots");
	t->slots = slots && slots->kind == YAML_MAP ? to_json(slots) : cJSON_CreateObject();
	if (!t->say)
		return complain(p, y->line, _("A test needs its request: add \"say: ...\"."));
	return true;
}

static bool
read_tests(struct parse *p, const struct yaml *y)
{
	size_t n = 0;

	if (!y)
		return true;
	if (!expect(p, y, YAML_MAP, "tests"))
		return false;
	for (size_t l = 0; l < y->n; l++)
		n += y->items[l]->n;
	p->r->tests = xcalloc(n + 1, sizeof(*p->r->tests));
	for (size_t l = 0; l < y->n; l++) {
		if (!expect(p, y->items[l], YAML_LIST, "tests"))
			return false;
		for (size_t i = 0; i < y->items[l]->n; i++)
			if (!read_test(p, y->items[l]->items[i], y->keys[l],
				    &p->r->tests[p->r->n_tests++]))
				return false;
	}
	return true;
}

static bool
name_ok(const char *s)
{
	if (!*s || *s == '-' || strlen(s) > 64)
		return false;
	for (const char *p = s; *p; p++)
		if (!islower((unsigned char)*p) && !isdigit((unsigned char)*p) && *p != '-')
			return false;
	return true;
}

static bool
read_all(struct parse *p, const struct yaml *y)
{
	static const char *const known[] = { "name", "summary", "example", "effects", "words",
		"say", "also", "evidence", "slots", "before", "steps", "after", "result", "tests", NULL };
	struct recipe *r = p->r;

	if (!expect(p, y, YAML_MAP, "recipe") || !yaml_check_keys(y, p->name, known, p->err))
		return false;
	r->name = xstrdup(yaml_str(y, "name", ""));
	if (!name_ok(r->name))
		return complain(p, y->line,
			_("Add \"name: some-name\" of a-z, 0-9 and -, at most 64 letters."));
	r->effects = yaml_bool(y, "effects", true);
	if (!yaml_get(y, "summary"))
		return complain(
			p, y->line, _("Add \"summary:\": one line on what the recipe does."));
	return read_saying(p, yaml_get(y, "summary"), "summary", &r->summary) &&
		read_saying(p, yaml_get(y, "example"), "example", &r->example) &&
		read_vocabulary(p, yaml_get(y, "words")) && read_say(p, yaml_get(y, "say")) &&
		read_words(p, yaml_get(y, "also"), "also", &r->also) &&
		read_words(p, yaml_get(y, "evidence"), "evidence", &r->evidence) &&
		read_slots(p, yaml_get(y, "slots")) &&
		read_guards(p, yaml_get(y, "before"), "before", &r->before, &r->n_before) &&
		read_steps(p, yaml_get(y, "steps")) &&
		read_guards(p, yaml_get(y, "after"), "after", &r->after, &r->n_after) &&
		read_results(p, yaml_get(y, "result")) && read_tests(p, yaml_get(y, "tests"));
}

/* The tests stand last and are most of the file: without the flag they are not even read. */
static struct slice
without_tests(struct slice text)
{
	ptrdiff_t at = slice_find(text, SLICE_LIT("\ntests:"));

	return at < 0 ? text : (struct slice){ text.p, (size_t)at + 1 };
}

struct recipe *
recipe_parse(struct slice text, const char *name, unsigned flags, struct err *err)
{
	struct parse p = { .name = name, .err = err };
	autoyaml struct yaml *y = NULL;

	if (text.n > RECIPE_BYTES_MAX) {
		err_set(err, ERR_LIMIT,
			_("%s: larger than a recipe may be (128 kB); make it shorter."), name);
		return NULL;
	}
	y = yaml_parse(flags & RECIPE_WITH_TESTS ? text : without_tests(text), name, err);
	if (!y)
		return NULL;
	p.r = xcalloc(1, sizeof(*p.r));
	p.r->file = xstrdup(name);
	if (!read_all(&p, y)) {
		recipe_destroy(p.r);
		return NULL;
	}
	return p.r;
}
