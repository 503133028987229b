/* Commands in a draft on the loop: output, effects, limits, hosts, stopping. And the ground. */
#include "tests/support/testing.h"
#include "tests/support/draft_box.h"
#include <libgen.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include "agent/base/path.h"
#include "agent/draft/draft.h"
#include "agent/draft/ground.h"
#include "agent/draft/records.h"
#include "agent/draft/stage.h"

#define STOPS 40

static char helper[4096];

struct life {
	struct draft *draft;
	struct draft_run *run;
	uv_loop_t loop;
	uv_timer_t timer;
	struct buf out, err;
	struct draft_run_end end;
	struct strv hosts, refused;
	const char *stop_at;
	int64_t stopped_us, ended_us;
	int ended;
};

static int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
on_output(void *user, int which, struct slice bytes)
{
	struct life *l = user;

	assert_int_equal(l->ended, 0);
	buf_add_slice(which == 1 ? &l->out : &l->err, bytes);
	if (l->stop_at && slice_find(buf_slice(&l->out), slice_of(l->stop_at)) >= 0) {
		l->stop_at = NULL;
		l->stopped_us = now_us();
		draft_run_stop(l->run);
	}
}

static void
on_ended(void *user, const struct draft_run_end *end)
{
	struct life *l = user;

	l->ended++;
	l->ended_us = now_us();
	l->end = *end;
	for (const char *const *h = end->hosts; *h; h++)
		strv_add(&l->hosts, *h);
	for (const char *const *h = end->refused; *h; h++)
		strv_add(&l->refused, *h);
}

static void
begin(struct life *l)
{
	const char *home = test_path("home"), *stage = test_path("stage");
	struct draft_opts o = {
		.stage_root = stage, .task = 1, .home = home, .cwd = home, .helper = helper
	};
	struct err err = { 0 };

	test_write("home/keep", "keep\n");
	memset(l, 0, sizeof(*l));
	buf_init(&l->out, 1 << 20);
	buf_init(&l->err, 1 << 20);
	if (!draft_open(&o, &l->draft, &err))
		fail_msg("%s", err.text);
}

static void
forget_end(struct life *l)
{
	if (l->end.effects)
		effects_finish(l->end.effects);
	free(l->end.effects);
	l->end.effects = NULL;
	strv_finish(&l->hosts);
	strv_finish(&l->refused);
	memset(&l->hosts, 0, sizeof(l->hosts));
	memset(&l->refused, 0, sizeof(l->refused));
	buf_clear(&l->out);
	buf_clear(&l->err);
	l->ended = 0;
}

static void
run(struct life *l, struct draft_run_opts o)
{
	struct err err = { 0 };

	forget_end(l);
	o.output = on_output;
	o.ended = on_ended;
	o.user = l;
	if (!o.wall_ms)
		o.wall_ms = 30000;
	assert_int_equal(uv_loop_init(&l->loop), 0);
	if (!draft_run(l->draft, &l->loop, &o, &l->run, &err))
		fail_msg("%s", err.text);
	uv_run(&l->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&l->loop), 0);
	assert_int_equal(l->ended, 1);
}

static void
run_sh(struct life *l, const char *script)
{
	run(l,
		(struct draft_run_opts){
			.argv = (const char *const[]){ "sh", "-c", script, NULL } });
}

static void
end(struct life *l)
{
	struct err err = { 0 };

	forget_end(l);
	buf_finish(&l->out);
	buf_finish(&l->err);
	if (!draft_destroy(l->draft, &err))
		fail_msg("%s", err.text);
}

static const struct effect *
effect_at(const struct life *l, const char *name)
{
	for (size_t i = 0; i < l->end.effects->n; i++) {
		if (str_ends(l->end.effects->v[i].path, name))
			return &l->end.effects->v[i];
	}
	return NULL;
}

static void
draft_run__gives__output_and_effects(void **state)
{
	struct life l;

	(void)state;
	begin(&l);
	run_sh(&l, "echo out; echo err >&2; echo new >new; rm keep; exit 3");
	assert_true(l.end.ran);
	assert_int_equal(l.end.exit, 3);
	assert_int_equal(l.end.limit, DRAFT_LIMIT_NONE);
	assert_string_equal(buf_str(&l.out), "out\n");
	assert_string_equal(buf_str(&l.err), "err\n");
	assert_int_equal(l.end.effects->n, 2);
	assert_int_equal(effect_at(&l, "/new")->kind, EFFECT_CREATE);
	assert_int_equal(effect_at(&l, "/keep")->kind, EFFECT_DELETE);
	/* The next command sees it. */
	run_sh(&l, "cat new; test ! -e keep");
	assert_int_equal(l.end.exit, 0);
	assert_string_equal(buf_str(&l.out), "new\n");
	end(&l);
}

static void
draft_run__sees__what_file_tools_did(void **state)
{
	struct life l;
	struct err err = { 0 };
	autofree char *to = NULL, *written = path_join(test_path("home"), "written");
	autofree char *keep = path_join(test_path("home"), "keep");
	autofree char *moved = path_join(test_path("home"), "moved");

	(void)state;
	begin(&l);
	assert_true(draft_write(l.draft, written, SLICE_LIT("by a tool\n"), 0644, &err));
	assert_true(draft_move(l.draft, keep, moved, &to, &err));
	run_sh(&l, "cat written moved; test ! -e keep");
	assert_string_equal(buf_str(&l.out), "by a tool\nkeep\n");
	assert_int_equal(l.end.exit, 0);
	end(&l);
}

static void
draft_run__parts__names_of_one_file(void **state)
{
	struct life l;
	struct commit_result r = { 0 };
	struct err err = { 0 };
	autofree char *keep = path_join(test_path("home"), "keep");
	autofree char *other = path_join(test_path("home"), "other"), *text = NULL, *back = NULL;
	bool take[8] = { true, true, true, true, true, true, true, true };
	struct commit_result undone = { 0 };

	(void)state;
	begin(&l);
	unlink(other);
	assert_int_equal(link(keep, other), 0);
	/* Written beside it and renamed: the other name must keep the old content. */
	run_sh(&l, "echo new >t && mv t keep");
	assert_int_equal(l.end.effects->n, 1);
	if (!draft_commit(l.draft, l.end.effects, take, 1, NULL, NULL, &r, &err))
		fail_msg("%s", err.text);
	text = test_slurp(other);
	assert_string_equal(text, "keep\n");
	back = test_slurp(keep);
	assert_string_equal(back, "new\n");
	if (!stage_undo(r.stage, false, &undone, &err))
		fail_msg("%s", err.text);
	assert_true(stage_forget(r.stage, NULL, &err));
	commit_result_finish(&undone);
	commit_result_finish(&r);
	unlink(other);
	end(&l);
}

static void
draft_run__gives__input(void **state)
{
	struct life l;

	(void)state;
	begin(&l);
	run(&l,
		(struct draft_run_opts){
			.argv = (const char *const[]){ "tr", "a-z", "A-Z", NULL },
			.input = SLICE_LIT("words") });
	assert_string_equal(buf_str(&l.out), "WORDS");
	run(&l, (struct draft_run_opts){ .argv = (const char *const[]){ "cat", NULL } });
	assert_int_equal(l.end.exit, 0);
	assert_int_equal(l.out.len, 0);
	end(&l);
}

static void
draft_run__sets__a_clean_environment(void **state)
{
	struct life l;

	(void)state;
	setenv("HOMARD_TEST_KEY", "leak", 1);
	begin(&l);
	run(&l,
		(struct draft_run_opts){ .argv = (const char *const[]){ "env", NULL },
			.env = (const char *const[]){ "MINE=1", "TERM=other", NULL } });
	unsetenv("HOMARD_TEST_KEY");
	assert_int_equal(slice_find(buf_slice(&l.out), SLICE_LIT("HOMARD_TEST_KEY")), -1);
	assert_true(slice_find(buf_slice(&l.out), SLICE_LIT("MINE=1\n")) >= 0);
	assert_true(slice_find(buf_slice(&l.out), SLICE_LIT("TERM=other\n")) >= 0);
	assert_int_equal(slice_find(buf_slice(&l.out), SLICE_LIT("TERM=dumb")), -1);
	assert_true(slice_find(buf_slice(&l.out), SLICE_LIT("HOME=/")) >= 0);
	end(&l);
}

static void
draft_run__ends__endless_output(void **state)
{
	struct life l;

	(void)state;
	begin(&l);
	run_sh(&l,
		"echo x >made; yes "
		"a-rather-long-line-so-that-it-goes-quickly-and-does-not-take-for-ever");
	assert_int_equal(l.end.limit, DRAFT_LIMIT_OUTPUT);
	assert_int_equal(l.end.exit, -1);
	assert_non_null(effect_at(&l, "/made"));
	end(&l);
}

static void
draft_run__keeps__effects_at_the_wall(void **state)
{
	struct life l;

	(void)state;
	begin(&l);
	run(&l,
		(struct draft_run_opts){ .wall_ms = 200,
			.argv = (const char *const[]){
				"sh", "-c", "echo x >made; sleep 100", NULL } });
	assert_int_equal(l.end.limit, DRAFT_LIMIT_WALL);
	assert_non_null(effect_at(&l, "/made"));
	end(&l);
}

static int
by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void
draft_run__stops__at_once(void **state)
{
	struct life l;
	int64_t took[STOPS];

	(void)state;
	begin(&l);
	for (int i = 0; i < STOPS; i++) {
		forget_end(&l);
		l.stop_at = "up\n";
		/* The pipes are held open by each of them: the end comes when all are dead. */
		run_sh(&l,
			"trap '' TERM INT HUP; (trap '' TERM; setsid sleep 100 & while :; do "
			":; done) &"
			"echo x >f; echo up; sleep 100");
		assert_int_equal(l.end.limit, DRAFT_LIMIT_STOP);
		assert_non_null(effect_at(&l, "/f"));
		took[i] = l.ended_us - l.stopped_us;
	}
	qsort(took, STOPS, sizeof(*took), by_value);
	print_message("stop to everything dead and listed: p50 %.1f ms, worst of %d %.1f ms\n",
		(double)took[STOPS / 2] / 1000, STOPS, (double)took[STOPS - 1] / 1000);
	assert_true(took[STOPS / 2] < 200000);
	end(&l);
}

static void
draft_run__tells__which_hosts_were_refused(void **state)
{
	struct life l;

	(void)state;
	begin(&l);
	run(&l,
		(struct draft_run_opts){ .hosts = (const char *const[]){ "good.test", NULL },
			.argv = (const char *const[]){ "bash", "-c",
				"exec 3<>/dev/tcp/127.0.0.1/${http_proxy##*:}; "
				"printf 'CONNECT evil.test:443 HTTP/1.1\\r\\n\\r\\n' >&3; head "
				"-1 <&3",
				NULL } });
	if (l.end.exit == 127)
		skip();
	assert_true(str_starts(buf_str(&l.out), "HTTP/1.1 403"));
	assert_int_equal(l.refused.n, 1);
	assert_string_equal(l.refused.v[0], "evil.test:443");
	assert_int_equal(l.hosts.n, 0);
	end(&l);
}

static void
draft_run__hides__own_folders_and_secrets(void **state)
{
	const char *home = test_path("home"), *stage = test_path("stage");
	const char *const own[] = { test_path("home/own"), NULL };
	const char *const masks[] = { "~/private", "!~/.npmrc", NULL };
	struct draft_opts o = { .stage_root = stage,
		.task = 2,
		.home = home,
		.cwd = home,
		.helper = helper,
		.own = own,
		.masks = masks };
	struct life l = { 0 };
	struct err err = { 0 };

	(void)state;
	buf_init(&l.out, 1 << 20);
	buf_init(&l.err, 1 << 20);
	test_write("home/own/config.yaml", "SECRET");
	test_write("home/private/x", "SECRET");
	test_write("home/.ssh/id", "SECRET");
	test_write("home/.netrc", "SECRET");
	test_write("home/.npmrc", "shown\n");
	if (!draft_open(&o, &l.draft, &err))
		fail_msg("%s", err.text);
	run_sh(&l, "cat own/config.yaml private/x .ssh/id .netrc .npmrc; ls own private .ssh");
	assert_int_equal(slice_find(buf_slice(&l.out), SLICE_LIT("SECRET")), -1);
	assert_true(str_starts(buf_str(&l.out), "shown\n"));
	assert_null(strstr(buf_str(&l.out), "config.yaml"));
	end(&l);
}

static void
draft_run__refuses__without_helper(void **state)
{
	const char *home = test_path("home"), *stage = test_path("stage");
	struct draft_opts o = { .stage_root = stage, .task = 3, .home = home, .cwd = home };
	struct draft_run_opts r = { .argv = (const char *const[]){ "true", NULL },
		.ended = on_ended };
	struct draft_run *run_handle = NULL;
	struct draft *d;
	struct err err = { 0 };

	(void)state;
	test_write("home/keep", "keep\n");
	assert_true(draft_open(&o, &d, &err));
	assert_false(draft_run(d, uv_default_loop(), &r, &run_handle, &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_true(draft_destroy(d, &err));
}

static void
draft_probe__leaves__no_trace(void **state)
{
	const char *home = test_path("home");
	struct draft_ground g;
	struct err err = { 0 };
	struct stat before, after;

	(void)state;
	test_write("home/keep", "keep\n");
	assert_int_equal(stat(home, &before), 0);
	if (!draft_probe(helper, home, NULL, &g, &err))
		fail_msg("%s", err.text);
	assert_true(g.commands);
	assert_true(g.can & DRAFT_CAN_USERNS);
	assert_int_equal(stat(home, &after), 0);
	assert_int_equal(before.st_nlink, after.st_nlink);
	assert_true(before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);
}

static void
say(const struct ground_facts *f, unsigned can, struct buf *b)
{
	buf_clear(b);
	ground_say("/usr/libexec/homard-draft", f, can, "reason", b);
}

static void
ground__says__how_to_mend(void **state)
{
	const unsigned all =
		DRAFT_CAN_USERNS | DRAFT_CAN_OVERLAY | DRAFT_CAN_PROC | DRAFT_CAN_SECCOMP;
	struct ground_facts fine = { .max_userns = 1000, .userns_clone = -1, .apparmor = -1 },
			    f;
	struct buf b = BUF_INIT(8192);

	(void)state;
	say(&fine, all, &b);
	assert_int_equal(b.len, 0);
	f = fine;
	f.chrooted = true;
	say(&f, 0, &b);
	assert_non_null(strstr(buf_str(&b), "chroot"));
	f = fine;
	f.max_userns = 0;
	say(&f, 0, &b);
	assert_non_null(strstr(buf_str(&b), "user.max_user_namespaces"));
	f = fine;
	f.userns_clone = 0;
	say(&f, 0, &b);
	assert_non_null(strstr(buf_str(&b), "unprivileged_userns_clone"));
	f = fine;
	f.apparmor = 1;
	say(&f, 0, &b);
	assert_non_null(strstr(buf_str(&b), "/usr/libexec/homard-draft"));
	assert_non_null(strstr(buf_str(&b), "apparmor_parser"));
	say(&fine, 0, &b);
	assert_non_null(strstr(buf_str(&b), "reason"));
	f = fine;
	f.home_fs = "NFS";
	say(&f, all & ~DRAFT_CAN_OVERLAY, &b);
	assert_non_null(strstr(buf_str(&b), "NFS"));
	say(&fine, all & ~DRAFT_CAN_OVERLAY, &b);
	assert_non_null(strstr(buf_str(&b), "reason"));
	say(&fine, all & ~DRAFT_CAN_PROC, &b);
	assert_non_null(strstr(buf_str(&b), "/proc"));
	f = fine;
	f.nested = true;
	strcpy(f.foreign_group, "odd\033name");
	say(&f, all, &b);
	assert_non_null(strstr(buf_str(&b), "mounted inside"));
	assert_null(strchr(buf_str(&b), '\033'));
	buf_finish(&b);
}

static void
count_record(void *user, const struct draft_record *r, const char *path, const char *from)
{
	int *n = user;

	assert_int_equal(r->magic, DRAFT_MAGIC);
	assert_int_equal(strlen(path), r->path_len);
	assert_int_equal(strlen(from), r->from_len);
	(*n)++;
}

static void
records__survive__any_cut_and_garbage(void **state)
{
	struct draft_record rec = {
		.magic = DRAFT_MAGIC, .kind = DRAFT_CREATE, .path_len = 3, .from_len = 2
	};
	char stream[3 * (sizeof(rec) + 5)];
	int n = 0;

	(void)state;
	for (int i = 0; i < 3; i++) {
		memcpy(stream + (size_t)i * (sizeof(rec) + 5), &rec, sizeof(rec));
		memcpy(stream + (size_t)i * (sizeof(rec) + 5) + sizeof(rec), "abcde", 5);
	}
	for (size_t cut = 1; cut < sizeof(stream); cut += 7) {
		struct records r;

		n = 0;
		records_init(&r, count_record, &n);
		for (size_t at = 0; at < sizeof(stream); at += cut)
			assert_true(records_feed(
				&r, stream + at, MIN_OF(cut, sizeof(stream) - at)));
		records_finish(&r);
		assert_int_equal(n, 3);
	}
	{
		struct records r;

		n = 0;
		records_init(&r, count_record, &n);
		rec.path_len = UINT32_MAX;
		assert_false(records_feed(&r, &rec, sizeof(rec)));
		assert_false(records_feed(&r, stream, sizeof(stream)));
		records_finish(&r);
		assert_int_equal(n, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(
						    draft_run__gives__output_and_effects),
		cmocka_unit_test(draft_run__sees__what_file_tools_did),
		cmocka_unit_test(draft_run__parts__names_of_one_file),
		cmocka_unit_test(draft_run__gives__input),
		cmocka_unit_test(draft_run__sets__a_clean_environment),
		cmocka_unit_test(draft_run__ends__endless_output),
		cmocka_unit_test(draft_run__keeps__effects_at_the_wall),
		cmocka_unit_test(draft_run__stops__at_once),
		cmocka_unit_test(draft_run__tells__which_hosts_were_refused),
		cmocka_unit_test(draft_run__hides__own_folders_and_secrets),
		cmocka_unit_test(draft_run__refuses__without_helper),
		cmocka_unit_test(draft_probe__leaves__no_trace),
		cmocka_unit_test(ground__says__how_to_mend),
		cmocka_unit_test(records__survive__any_cut_and_garbage) };
	char self[2048];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[n < 0 ? 0 : n] = '\0';
	snprintf(helper, sizeof(helper), "%s/../../libexec/homard-draft", dirname(self));
	if (!box_possible()) {
		print_message("1..0 # SKIP no drafts here\n");
		return 0;
	}
	return cmocka_run_group_tests_name("draft run", tests, NULL, NULL);
}
