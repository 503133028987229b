/* Generated trees and acts: the view must be what the commit makes, undo and redo exact. */
#include "tests/support/draft_tree.h"
#include "agent/base/path.h"
#include "agent/draft/effects_private.h"
#include "agent/draft/view.h"

static unsigned acts; /* done in all rounds */

static unsigned
rounds(void)
{
	const char *s = getenv("HOMARD_TORTURE");

	return s ? (unsigned)atoi(s) * 10 : 25;
}

static void
take_all(struct world *w, int64_t n, struct commit_result *r, unsigned seed)
{
	struct effects e = { 0 };
	struct err err = { 0 };

	if (!draft_effects(w->d, NULL, &e, &err))
		fail_msg("seed %u: effects: %s", seed, err.text);
	for (size_t i = 0; getenv("SEED") && i < e.n; i++)
		printf("%s %s <- %s\n", effect_kind_names[e.v[i].kind], e.v[i].path,
			e.v[i].from ? e.v[i].from : "");
	autofree bool *take = xcalloc(e.n + 1, sizeof(*take));

	memset(take, 1, e.n);
	assert_int_equal(effects_settle(&e, take), 0);
	if (e.n && !draft_commit(w->d, &e, take, n, NULL, NULL, r, &err))
		fail_msg("seed %u: commit: %s (%s: %s)", seed, err.text,
			r->n_conflicts ? r->conflicts[0].path : "",
			r->n_conflicts ? r->conflicts[0].why : "");
	effects_finish(&e);
}

/* The view as text: names, types, modes, sizes and content. */
struct viewing {
	struct draft *d;
	const char *dir;
	size_t skip;
	struct strv *out;
};

static bool
view_entry(void *user, const char *name, const struct stat *st)
{
	struct viewing *v = user, below = *v;
	autofree char *path = path_join(v->dir, name);
	autofree char *link = S_ISLNK(st->st_mode) ? draft_readlink(v->d, path, NULL) : NULL;
	unsigned long sum = 0;

	if (S_ISREG(st->st_mode)) {
		autoplace struct place p = { 0 };
		char part[4096];
		ssize_t n;

		view_find(v->d, path, &p);
		autofd int fd = view_open(v->d, &p, O_RDONLY);

		assert_true(fd >= 0);
		while ((n = read(fd, part, sizeof(part))) > 0) {
			for (ssize_t i = 0; i < n; i++)
				sum = sum * 31 + (unsigned char)part[i];
		}
	}
	strv_addf(v->out, "%s %o %lld %lx %s", path + v->skip, st->st_mode,
		S_ISDIR(st->st_mode) ? 0 : (long long)st->st_size, sum, link ? link : "");
	if (!S_ISDIR(st->st_mode))
		return true;
	below.dir = path;
	return draft_list(v->d, path, view_entry, &below, NULL);
}

static char *
view_text(struct world *w)
{
	autostrv struct strv lines = { 0 };
	struct viewing v = { w->d, w->home, strlen(w->home), &lines };
	struct buf b = BUF_INIT(64 << 20);

	assert_true(draft_list(w->d, w->home, view_entry, &v, NULL));
	for (size_t i = 0; i < lines.n; i++) {
		buf_add_str(&b, lines.v[i]);
		buf_add_char(&b, '\n');
	}
	return buf_steal(&b);
}

static void
one_round(unsigned seed)
{
	struct rng rng = { seed * 7919u + 1 };
	struct commit_result r = { 0 };
	struct err err = { 0 };
	struct world w;
	autofree char *name = xasprintf("gen%u", seed);
	bool hard = seed % 3 == 0;

	world_open(&w, name);
	tree_make(&rng, w.home, 20 + rng_next(&rng, 80), hard);
	autofree char *before = tree_snapshot(w.home);

	acts += tree_act(&rng, w.d, w.home, 1 + rng_next(&rng, 25));
	if (rng_next(&rng, 3) == 0 && !draft_materialise(w.d, &err))
		fail_msg("seed %u: materialise: %s", seed, err.text);
	autofree char *seen = view_text(&w);
	autofree char *still = tree_snapshot(w.home);

	tree_assert_same(name, before, still);
	take_all(&w, 1, &r, seed);
	autofree char *after = tree_snapshot(w.home), *real = view_text(&w);

	/* A file with several names is written in place: then the others change with it. */
	if (!hard)
		tree_assert_same(name, seen, real);
	if (!draft_is_empty(w.d)) {
		struct effects e = { 0 };

		assert_true(draft_effects(w.d, NULL, &e, NULL));
		for (size_t i = 0; i < e.n; i++)
			printf("stays: %s %s <- %s\n", effect_kind_names[e.v[i].kind], e.v[i].path,
				e.v[i].from ? e.v[i].from : "");
		effects_finish(&e);
	}
	if (r.stage && !draft_is_empty(w.d))
		fail_msg("seed %u: something stays in the draft", seed);
	if (r.stage) {
		autofree char *stage = xstrdup(r.stage);

		commit_result_finish(&r);
		if (!stage_undo(stage, false, &r, &err))
			fail_msg("seed %u: undo: %s (%s: %s)", seed, err.text,
				r.n_conflicts ? r.conflicts[0].path : "",
				r.n_conflicts ? r.conflicts[0].why : "");
		commit_result_finish(&r);
		autofree char *undone = tree_snapshot(w.home);

		tree_assert_same(name, before, undone);
		if (!stage_redo(stage, false, &r, &err))
			fail_msg("seed %u: redo: %s", seed, err.text);
		commit_result_finish(&r);
		autofree char *redone = tree_snapshot(w.home);

		tree_assert_same(name, after, redone);
	}
	world_close(&w);
}

static void
generated__acts_commit_undo_redo__exact(UNUSED void **state)
{
	const char *s = getenv("SEED");

	if (s) {
		one_round((unsigned)atoi(s));
		return;
	}
	for (unsigned i = 1; i <= rounds(); i++)
		one_round(i);
	assert_true(acts > rounds() * 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(generated__acts_commit_undo_redo__exact),
	};

	world_use_memory();
	return cmocka_run_group_tests_name("draft_generated", tests, NULL, NULL);
}
