/* Layouts, the decision's guard, keys and commands as tables. */
#include "tests/support/test.h"
#include <locale.h>
#include "agent/base/utf8.h"
#include "tests/support/golden.h"
#include "tui/approval_guard.h"
#include "tui/cell.h"
#include "tui/command.h"
#include "tui/edit.h"
#include "tui/keymap.h"
#include "tui/layout.h"

/* --- layouts --- */

static void
check_inside(const struct layout_wish *w, struct rect r)
{
	if (r.h == 0 || r.w == 0)
		return;
	assert_true(r.y >= 0 && r.x >= 0 && r.h > 0 && r.w > 0);
	assert_true(r.y + r.h <= w->rows && r.x + r.w <= w->cols);
}

static bool
overlap(struct rect a, struct rect b)
{
	return a.h && b.h && a.y < b.y + b.h && b.y < a.y + a.h && a.x < b.x + b.w && b.x < a.x + a.w;
}

static void
layout__make__nothing_overlaps_at_any_size(void **state)
{
	(void)state;
	for (int rows = 1; rows < 80; rows += 3) {
		for (int cols = 1; cols < 220; cols += 7) {
			for (int bits = 0; bits < 128; bits++) {
				struct layout_wish w = { .rows = rows, .cols = cols, .input_rows = 1 + bits % 12,
					.focus = (enum pane_id)(bits % PANE_COUNT), .has_plan = bits & 1,
					.has_tools = bits & 2, .has_approval = bits & 4, .plan_folded = bits & 8,
					.tools_folded = bits & 16, .banner = bits & 32, .plan_rows = bits % 20,
					.zoom = bits & 64 ? PANE_PLAN : PANE_INPUT };
				struct layout l;

				layout_make(&w, &l);
				for (int p = 0; p < PANE_COUNT; p++) {
					check_inside(&w, l.pane[p]);
					for (int q = p + 1; q < PANE_COUNT; q++)
						assert_false(overlap(l.pane[p], l.pane[q]));
					assert_false(overlap(l.pane[p], l.header));
					assert_false(overlap(l.pane[p], l.rule));
					assert_false(overlap(l.pane[p], l.status));
				}
				/* Input is never refused, and a decision is never hidden. */
				if (rows > 1)
					assert_true(l.input.h > 0);
				if (w.has_approval && l.kind >= LAYOUT_NORMAL)
					assert_true(l.pane[PANE_APPROVAL].h >= 3);
			}
		}
	}
}

static void
layout__next__visits_what_is_there(void **state)
{
	struct layout_wish w = { .rows = 24, .cols = 80, .has_tools = true };

	(void)state;
	assert_int_equal(layout_next(&w, PANE_INPUT, 1), PANE_TRANSCRIPT);
	assert_int_equal(layout_next(&w, PANE_TRANSCRIPT, 1), PANE_TOOLS);
	assert_int_equal(layout_next(&w, PANE_TOOLS, 1), PANE_INPUT);
	assert_int_equal(layout_next(&w, PANE_INPUT, -1), PANE_TOOLS);
}

/* --- the guard --- */

static void
guard__keys__before_and_shortly_after_are_nothing(void **state)
{
	struct decision_guard g = { 0 };

	(void)state;
	guard_open(&g, 1, 1, false);
	assert_false(guard_may_take(&g));
	guard_arm(&g, 1000); /* never shown: cannot be armed */
	assert_false(guard_may_refuse(&g));
	guard_shown(&g, 1000);
	assert_int_equal(guard_wait(&g, 1000), GUARD_QUIET_MS);
	guard_arm(&g, 1299);
	assert_false(guard_may_refuse(&g));
	guard_early(&g, 1299); /* a key too early starts the quiet again */
	guard_arm(&g, 1300);
	assert_false(guard_may_take(&g));
	guard_arm(&g, 1599);
	assert_true(guard_may_take(&g));
	guard_open(&g, 1, 1, false); /* the same one stays */
	assert_true(guard_may_take(&g));
	guard_open(&g, 1, 2, false); /* the next one starts anew: a held key decides once */
	assert_false(guard_may_refuse(&g));
}

static void
guard__red__wants_to_be_seen_whole(void **state)
{
	struct decision_guard g = { 0 };

	(void)state;
	guard_open(&g, 3, 1, true);
	guard_shown(&g, 0);
	guard_arm(&g, 300);
	assert_true(guard_may_refuse(&g));
	assert_false(guard_may_take(&g));
	guard_seen(&g, 20, 63);
	guard_seen(&g, 10, 63);
	assert_false(guard_may_take(&g));
	guard_seen(&g, 63, 63);
	assert_true(guard_may_take(&g));
	guard_seen(&g, 5, 80); /* another width: once seen is seen */
	assert_true(guard_may_take(&g));
}

/* --- keys and commands --- */

struct walk {
	struct strv names, slashes;
};

static bool
check_command(void *user, const struct command *c)
{
	struct walk *w = user;
	bool known = false;

	assert_false(strv_has(&w->names, c->name));
	strv_add(&w->names, c->name);
	assert_true(c->summary && *c->summary && utf8_width(c->summary, strlen(c->summary)) <= 60);
	assert_false(str_ends(c->summary, "."));
	assert_non_null(c->run);
	for (size_t i = 0; keymap_contexts[i]; i++)
		known = known || str_eq(keymap_contexts[i], c->context);
	if (!known)
		fail_msg("%s has the unknown context %s", c->name, c->context);
	if (c->slash) {
		assert_true(c->slash[0] == '/' && c->slash[1]);
		assert_false(strv_has(&w->slashes, c->slash));
		strv_add(&w->slashes, c->slash);
		assert_ptr_equal(command_find_slash(c->slash), c);
	}
	assert_ptr_equal(command_find(c->name), c);
	return true;
}

static void
command__tables__are_complete(void **state)
{
	struct walk w = { 0 };

	(void)state;
	command_each(check_command, &w);
	assert_true(w.names.n > 80);
	strv_finish(&w.names);
	strv_finish(&w.slashes);
}

static void
keymap__defaults__have_no_conflicts(void **state)
{
	struct keymap m;

	(void)state;
	keymap_init(&m);
	for (size_t i = 0; i < m.problems.n; i++)
		print_error("%s\n", m.problems.v[i]);
	assert_int_equal(m.problems.n, 0);
	for (size_t i = 0; i < m.n; i++)
		assert_true(m.v[i].command[0] == '\0' || command_find(m.v[i].command));
	keymap_finish(&m);
}

struct reach {
	struct keymap m;
	int missing;
};

/* Nothing may hang on an F-key or Alt+digit alone: the palette, "/" or another key must do too. */
static bool
check_reach(void *user, const struct command *c)
{
	struct reach *r = user;
	bool other = c->slash || !c->args; /* in the palette */

	for (size_t i = 0; i < r->m.n; i++) {
		struct key k = r->m.v[i].seq[0];

		if (str_eq(r->m.v[i].command, c->name) && !(k.code >= KEYC_F1 && k.code <= KEYC_F12) &&
			!(k.mods & MOD_ALT && k.code >= '0' && k.code <= '9'))
			other = true;
	}
	if (!other) {
		print_error("%s cannot be reached\n", c->name);
		r->missing++;
	}
	return true;
}

static void
command__each__can_be_reached_without_f_keys(void **state)
{
	struct reach r = { 0 };

	(void)state;
	keymap_init(&r.m);
	command_each(check_reach, &r);
	assert_int_equal(r.missing, 0);
	keymap_finish(&r.m);
}

static const struct binding *
look(const struct keymap *m, const char *context, const char *keys, enum keymap_answer *ret)
{
	const char *const contexts[] = { context, NULL };
	const struct binding *b = NULL;
	struct key seq[KEYMAP_SEQ_MAX];
	struct slice rest = slice_of(keys);
	size_t n = 0;

	while (rest.p) {
		autofree char *name = slice_dup(slice_cut(&rest, ' '));

		assert_true(key_parse(name, &seq[n++]));
	}
	*ret = keymap_look(m, contexts, seq, n, &b);
	return b;
}

static void
add_text(struct keymap *m, const char *text, bool ok)
{
	struct err err = { 0 };
	autoyaml struct yaml *y = yaml_parse(slice_of(text), "config.yaml", &err);

	assert_non_null(y);
	assert_int_equal(keymap_add(m, y, "config.yaml", true, &err), ok);
}

static void
keymap__person__rebinds_unbinds_and_hears_of_conflicts(void **state)
{
	struct keymap m;
	enum keymap_answer a;
	char keys[64];

	(void)state;
	keymap_init(&m);
	assert_string_equal(look(&m, "input", "C-p", &a)->command, "palette");
	assert_int_equal(a, KEYMAP_COMMAND);
	look(&m, "input", "C-x", &a);
	assert_int_equal(a, KEYMAP_PREFIX);
	assert_string_equal(look(&m, "input", "C-x h", &a)->command, "history");
	add_text(&m, "global:\n  C-p: ''\n  C-v: palette\ninput:\n  C-x h: theme dracula\n", true);
	assert_int_equal(m.problems.n, 0);
	look(&m, "input", "C-p", &a);
	assert_int_equal(a, KEYMAP_NONE);
	assert_string_equal(look(&m, "input", "C-v", &a)->command, "palette");
	assert_string_equal(look(&m, "input", "C-x h", &a)->arg, "dracula");
	assert_string_equal(keymap_keys_of(&m, "palette", NULL, keys, sizeof(keys)), "Ctrl+V");

	add_text(&m, "global:\n  C-x: palette\n  x: palette\n  Enter: approval-take\n  M-q: nonsense\n", true);
	assert_true(m.problems.n >= 4);
	look(&m, "pane", "x", &a);
	assert_int_equal(a, KEYMAP_NONE);
	look(&m, "global", "Enter", &a);
	assert_int_equal(a, KEYMAP_NONE);
	add_text(&m, "nowhere:\n  C-p: palette\n", false);
	add_text(&m, "global:\n  NoKey: palette\n", false);
	keymap_finish(&m);
}

static void
keymap__help__names_every_context(void **state)
{
	struct keymap m;
	struct buf out = BUF_INIT(1u << 18);

	(void)state;
	keymap_init(&m);
	keymap_help(&m, &out);
	assert_non_null(strstr(buf_str(&out), "Alt+Y"));
	assert_non_null(strstr(buf_str(&out), "Take the changes that are chosen"));
	assert_non_null(strstr(buf_str(&out), "Ctrl+X h"));
	assert_true(golden_equal("help-keys", buf_str(&out)));
	buf_finish(&out);
	keymap_finish(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layout__make__nothing_overlaps_at_any_size),
		cmocka_unit_test(layout__next__visits_what_is_there),
		cmocka_unit_test(guard__keys__before_and_shortly_after_are_nothing),
		cmocka_unit_test(guard__red__wants_to_be_seen_whole),
		cmocka_unit_test(command__tables__are_complete),
		cmocka_unit_test(keymap__defaults__have_no_conflicts),
		cmocka_unit_test(command__each__can_be_reached_without_f_keys),
		cmocka_unit_test(keymap__person__rebinds_unbinds_and_hears_of_conflicts),
		cmocka_unit_test(keymap__help__names_every_context),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
