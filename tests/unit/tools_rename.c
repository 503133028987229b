/* The order of renames, and the rules for names. */
#include "tests/support/testing.h"
#include "agent/tools/nameset.h"
#include "agent/tools/rename.h"
#include <locale.h>

static uint32_t
next(uint64_t *s, uint32_t below)
{
	*s = *s * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*s >> 33) % below;
}

/* Makes the moves on a list of names; fails when one would meet a taken name. */
static void
apply(struct strv *at, const struct strv *taken, const struct rename_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++) {
		if (strv_has(at, plan->v[i].to) || strv_has(taken, plan->v[i].to))
			fail_msg("%s is taken", plan->v[i].to);
		free(at->v[plan->v[i].file]);
		at->v[plan->v[i].file] = xstrdup(plan->v[i].to);
	}
}

static void
rename__circles_and_chains__never_meet_a_taken_name(UNUSED void **state)
{
	uint64_t seed = 7;

	for (int round = 0; round < 3000; round++) {
		struct strv names = { 0 }, at = { 0 }, taken = { 0 };
		size_t n = 1 + next(&seed, 9);
		char **wanted = xcalloc(n, sizeof(*wanted));
		struct rename_plan plan;

		for (size_t i = 0; i < n; i++) {
			strv_addf(&names, "f%zu.txt", i);
			strv_addf(&at, "f%zu.txt", i);
		}
		for (size_t i = 0; i < next(&seed, 4); i++)
			strv_addf(&taken, "f%zu.txt", n + i);
		for (size_t i = 0; i < n; i++)
			if (next(&seed, 4))
				wanted[i] = xasprintf("f%u.txt", next(&seed, (uint32_t)n + 4));
		if (rename_make_plan(&names, wanted, &taken, &plan, NULL)) {
			struct nameset final = { 0 };

			apply(&at, &taken, &plan);
			for (size_t i = 0; i < n; i++) {
				/* Its wanted name or a numbered form of it, and no middle name
				 * is left. */
				const char *want = wanted[i] ? wanted[i] : names.v[i];

				assert_true(strncmp(at.v[i], want, strlen(want) - 4) == 0);
				assert_int_equal(nameset_get(&final, at.v[i]), SIZE_MAX);
				nameset_put(&final, at.v[i], i);
			}
			nameset_finish(&final);
		}
		rename_plan_finish(&plan);
		for (size_t i = 0; i < n; i++)
			free(wanted[i]);
		free(wanted);
		strv_finish(&names);
		strv_finish(&at);
		strv_finish(&taken);
	}
}

static void
rename__two_change_places__with_one_middle_name(UNUSED void **state)
{
	struct strv names = { 0 }, none = { 0 };
	char b[] = "b", a[] = "a", *wanted[] = { b, a };
	struct rename_plan plan;

	strv_add(&names, "a");
	strv_add(&names, "b");
	assert_true(rename_make_plan(&names, wanted, &none, &plan, NULL));
	assert_int_equal(plan.n, 3);
	assert_int_equal(plan.numbered, 0);
	apply(&names, &none, &plan);
	assert_string_equal(names.v[0], "b");
	assert_string_equal(names.v[1], "a");
	rename_plan_finish(&plan);
	strv_finish(&names);
}

static void
rename__many__is_quick(UNUSED void **state)
{
	struct strv names = { 0 }, none = { 0 };
	char **wanted = xcalloc(100000, sizeof(*wanted));
	struct rename_plan plan;

	for (int i = 0; i < 100000; i++) {
		strv_addf(&names, "n%d", i);
		wanted[i] = xasprintf("n%d", (i + 1) % 100000);
	}
	assert_true(rename_make_plan(&names, wanted, &none, &plan, NULL));
	assert_int_equal(plan.n, 100001);
	rename_plan_finish(&plan);
	for (int i = 0; i < 100000; i++)
		free(wanted[i]);
	free(wanted);
	strv_finish(&names);
}

static void
expect(const struct rename_rule *rule, const char *name, const char *want)
{
	struct err err = { 0 };
	char *got = rename_apply(rule, name, 7, 120, &err);

	if (!got)
		fail_msg("%s: %s", name, err.text);
	assert_string_equal(got, want);
	free(got);
}

static void
rename__rules__keep_extensions(UNUSED void **state)
{
	expect(&(struct rename_rule){ .find = "a", .replace = "b" }, "aXa.tar.gz",
		"bXb.tar.gz");
	expect(&(struct rename_rule){ .find = "IMG_*_", .replace = "" }, "IMG_12_sea.jpg",
		"sea.jpg");
	expect(&(struct rename_rule){ .find = "gz", .replace = "x" }, "a.gz", "a.gz");
	expect(&(struct rename_rule){ .letters = 'u' }, "straße é.Txt", "STRAßE É.Txt");
	expect(&(struct rename_rule){ .letters = 't' }, "my HOLIDAY-photo.jpg",
		"My Holiday-Photo.jpg");
	expect(&(struct rename_rule){ .number = "true" }, "x.jpg", "007 x.jpg");
	expect(&(struct rename_rule){ .number = "Day" }, "x.jpg", "Day 007.jpg");
	expect(&(struct rename_rule){ .number = "##-of-many" }, "x.jpg", "07-of-many.jpg");
	expect(&(struct rename_rule){ .number = "p{n}q" }, "x.jpg", "p007q.jpg");
	expect(&(struct rename_rule){ .spaces = "" }, "a b  c.txt", "abc.txt");
	expect(&(struct rename_rule){ .find = "照片", .replace = "海" }, "照片1.jpg",
		"海1.jpg");
	expect(&(struct rename_rule){ .letters = 'l' }, "\xff\xfe.X", "\xff\xfe.x");
	expect(&(struct rename_rule){ .letters = 'l' }, "IMG_1.JPG", "img_1.jpg");
	assert_null(rename_apply(
		&(struct rename_rule){ .find = "a", .replace = ".." }, "a", 1, 1, NULL));
	assert_null(rename_apply(
		&(struct rename_rule){ .find = "a", .replace = "x/y" }, "a", 1, 1, NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rename__circles_and_chains__never_meet_a_taken_name),
		cmocka_unit_test(rename__two_change_places__with_one_middle_name),
		cmocka_unit_test(rename__many__is_quick),
		cmocka_unit_test(rename__rules__keep_extensions),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
