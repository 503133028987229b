#include "tests/support/draft_tree.h"
#include <dirent.h>
#include <errno.h>
#include <sys/xattr.h>
#include "agent/base/hash.h"
#include "agent/base/path.h"
#include "agent/draft/moves.h"
#include "agent/draft/view.h"

static void
open_draft(struct world *w)
{
	struct err err = { 0 };
	const char *own[] = { w->stage, NULL };
	struct draft_opts o = {
		.stage_root = w->stage, .task = 1, .home = w->home, .cwd = w->home, .own = own
	};

	if (!draft_open(&o, &w->d, &err))
		fail_msg("draft_open: %s", err.text);
}

void
world_use_memory(void)
{
	static const char *const probe = "/dev/shm/homard-test-probe";

	if (getenv("HOMARD_TEST_DISK") || mkdir(probe, 0700) < 0)
		return;
	if (setxattr(probe, "user.overlay.opaque", "y", 1, 0) == 0)
		setenv("TMPDIR", "/dev/shm", 1);
	rmdir(probe);
}

void
world_open(struct world *w, const char *name)
{
	*w = (struct world){ .top = xstrdup(test_path(name)) };
	w->home = path_join(w->top, "home");
	w->stage = path_join(w->top, "stage");
	assert_true(path_make_dirs(w->home, 0755, NULL));
	open_draft(w);
}

void
world_reopen(struct world *w)
{
	draft_close(w->d);
	w->d = NULL;
	open_draft(w);
}

void
world_close(struct world *w)
{
	autofree char *dir = path_dir(w->top);
	autofd int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	draft_close(w->d);
	assert_true(fs_remove_tree(fd, path_base(w->top), NULL));
	free(w->top);
	free(w->home);
	free(w->stage);
}

const char *
world_path(const struct world *w, const char *name)
{
	static char *ring[16];
	static size_t at;
	char **slot = &ring[at++ % 16];

	free(*slot);
	*slot = path_join(w->home, name);
	return *slot;
}

void
world_write(const struct world *w, const char *name, const char *text)
{
	const char *path = world_path(w, name);
	autofree char *dir = path_dir(path);
	autofile FILE *f = NULL;

	assert_true(path_make_dirs(dir, 0755, NULL));
	f = fopen(path, "we");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
}

void
world_put(struct world *w, const char *name, const char *text)
{
	struct err err = { 0 };

	if (!draft_write(w->d, world_path(w, name), slice_of(text), 0644, &err))
		fail_msg("%s", err.text);
}

void
world_show(struct world *w, struct effects *e)
{
	struct err err = { 0 };

	effects_finish(e);
	if (!draft_effects(w->d, NULL, e, &err))
		fail_msg("effects: %s", err.text);
}

bool
world_take(struct world *w, const struct effects *shown, int64_t n, struct commit_result *r,
	struct err *err)
{
	autofree bool *all = xcalloc(shown->n + 1, sizeof(*all));

	memset(all, 1, shown->n);
	return draft_commit(w->d, shown, all, n, NULL, NULL, r, err);
}

void
world_mkdir(const struct world *w, const char *name, unsigned mode)
{
	const char *path = world_path(w, name);

	assert_true(path_make_dirs(path, 0755, NULL));
	assert_int_equal(chmod(path, mode), 0);
}

/* --- snapshots --- */

struct snap {
	struct strv lines;
	struct map *inodes;
	const char *below;
	bool times;
};

static void
add_xattrs(struct buf *b, int dir, const char *name)
{
	struct fs_xattrs x;
	autostrv struct strv all = { 0 };

	if (!fs_xattrs_get(dir, name, &x))
		return;
	for (size_t i = 0; i < x.n; i++)
		strv_addf(
			&all, " %s=%.*s", fs_xattrs_name(&x, i), (int)x.sizes[i], x.values[i]);
	strv_sort(&all);
	for (size_t i = 0; i < all.n; i++)
		buf_add_str(b, all.v[i]);
	fs_xattrs_finish(&x);
}

static void
add_content(struct buf *b, int dir, const char *name, const struct stat *st)
{
	unsigned char sum[HASH_LEN];
	char hex[HASH_HEX_LEN], target[4096];
	ssize_t n;

	if (S_ISLNK(st->st_mode)) {
		n = readlinkat(dir, name, target, sizeof(target));
		buf_add(b, " -> ", 4);
		buf_add(b, target, n < 0 ? 0 : (size_t)n);
	}
	if (!S_ISREG(st->st_mode))
		return;
	autofd int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && hash_fd(fd, sum, NULL)) {
		hash_hex(sum, hex);
		buf_printf(b, " %.16s", hex);
	}
}

static bool
snap_entry(void *user, int dir, const char *name, UNUSED unsigned char type)
{
	struct snap *s = user, below = *s;
	autofree char *path = path_join(s->below, name);
	autobuf struct buf b = BUF_INIT(1 << 20);
	char key[48];
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	buf_printf(&b, "%s %o u%u g%u", path, st.st_mode, st.st_uid, st.st_gid);
	if (!S_ISDIR(st.st_mode))
		buf_printf(&b, " %lld", (long long)st.st_size);
	if (s->times)
		buf_printf(&b, " @%lld", (long long)fs_mtime_ns(&st));
	add_content(&b, dir, name, &st);
	if (!S_ISLNK(st.st_mode))
		add_xattrs(&b, dir, name);
	if (!S_ISDIR(st.st_mode) && st.st_nlink > 1)
		buf_printf(&b, " links=%u", (unsigned)st.st_nlink);
	snprintf(key, sizeof(key), "%llu", (unsigned long long)st.st_ino);
	strv_add(&s->lines, buf_str(&b));
	if (!S_ISDIR(st.st_mode))
		return true;
	below.lines = s->lines;
	below.below = path;
	fs_each(dir, name, snap_entry, &below);
	s->lines = below.lines;
	return true;
}

static char *
snapshot(const char *dir, bool times)
{
	struct snap s = { .below = "", .times = times };
	autofd int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct buf all = BUF_INIT(256 << 20);
	struct stat st;

	assert_true(fd >= 0);
	assert_true(fs_each(fd, "", snap_entry, &s));
	strv_sort(&s.lines);
	if (times && fstat(fd, &st) == 0)
		buf_printf(&all, ". @%lld\n", (long long)fs_mtime_ns(&st));
	for (size_t i = 0; i < s.lines.n; i++) {
		buf_add_str(&all, s.lines.v[i]);
		buf_add_char(&all, '\n');
	}
	strv_finish(&s.lines);
	return buf_steal(&all);
}

char *
tree_snapshot(const char *dir)
{
	return snapshot(dir, true);
}

char *
tree_snapshot_plain(const char *dir)
{
	return snapshot(dir, false);
}

void
tree_assert_same(const char *what, const char *a, const char *b)
{
	struct slice x = slice_of(a), y = slice_of(b);

	if (str_eq(a, b))
		return;
	while (x.p && y.p) {
		struct slice p = slice_line(&x), q = slice_line(&y);

		if (!slice_eq(p, q))
			fail_msg("%s:\n  was %.*s\n  is  %.*s", what, SLICE_FMT(p),
				SLICE_FMT(q));
	}
	fail_msg("%s: different lengths", what);
}

/* --- generated trees --- */

uint32_t
rng_next(struct rng *r, uint32_t below)
{
	r->s = r->s * 6364136223846793005u + 1442695040888963407u;
	return below ? (uint32_t)(r->s >> 33) % below : 0;
}

static const char *const names[] = { "a", "b", "notes.txt", "two words", "new\nline",
	"\xff\xfe", "esc\x1b[31m", "中文", "-dash", ".hidden", "x.tar.gz", "q'uote\"",
	"back\\slash", "tab\there",
	"\xe2\x80\xae"
	"evil",
	"#hash", "z z  z", "Downloads", "deep", "c++" };

static void
make_file(struct rng *r, const char *path)
{
	autofd int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	char text[64];

	if (fd < 0)
		return;
	for (uint32_t i = rng_next(r, 6); i > 0; i--) {
		int n = snprintf(text, sizeof(text), "line %u of a file\n", rng_next(r, 1000));

		if (write(fd, text, (size_t)n) < 0)
			return;
	}
	if (rng_next(r, 8) == 0) /* a hole in the middle */
		assert_int_equal(pwrite(fd, "end", 3, 1 << 20), 3);
	if (rng_next(r, 3) == 0)
		fsetxattr(fd, "user.note", "kept", 4, 0);
	fchmod(fd, (unsigned[]){ 0644, 0600, 0755, 0444, 0640, 04755 }[rng_next(r, 6)]);
}

static void
age(struct rng *r, const char *path)
{
	int64_t ns = 1500000000000000000ll + (int64_t)rng_next(r, 1u << 30) * 1000 + 7;

	fs_set_mtime(AT_FDCWD, path, -1, ns);
}

static void
make_below(struct rng *r, const char *dir, unsigned *left, int depth, char **last, bool hard)
{
	unsigned here = 1 + rng_next(r, 8);

	while (here-- && *left) {
		const char *name = names[rng_next(r, ARRAY_LEN(names))];
		autofree char *path = path_join(dir, name);
		uint32_t what = rng_next(r, 10);

		--*left;
		if (what < 4 && depth < 7) {
			if (mkdir(path, 0755) == 0)
				make_below(r, path, left, depth + 1, last, hard);
			chmod(path, rng_next(r, 5) ? 0755 : 0700);
		} else if (what == 4) {
			if (symlink(rng_next(r, 2) ? "a" : "/nowhere/at all", path) < 0)
				continue;
		} else if (what == 5 && *last && hard) {
			if (link(*last, path) < 0)
				continue;
		} else {
			make_file(r, path);
			free(*last);
			*last = xstrdup(path);
		}
		age(r, path);
	}
}

void
tree_make(struct rng *r, const char *dir, unsigned n, bool hard)
{
	char *last = NULL;
	unsigned left = n;

	for (int i = 0; left && i < 64; i++)
		make_below(r, dir, &left, 0, &last, hard);
	free(last);
	age(r, dir);
}

struct pick {
	struct rng *r;
	char *path;
	unsigned seen;
	const char *dir;
	struct draft *d;
};

static bool
pick_one(void *user, const char *name, const struct stat *st)
{
	struct pick *p = user, below = *p;
	autofree char *path = path_join(p->dir, name);

	if (rng_next(p->r, ++p->seen) == 0) {
		free(p->path);
		p->path = xstrdup(path);
	}
	if (!S_ISDIR(st->st_mode))
		return true;
	below.dir = path;
	below.path = p->path;
	below.seen = p->seen;
	draft_list(p->d, path, pick_one, &below, NULL);
	p->path = below.path;
	p->seen = below.seen;
	return true;
}

/* Any entry of the view; owned or NULL. */
static char *
pick(struct rng *r, struct draft *d, const char *dir)
{
	struct pick p = { .r = r, .dir = dir, .d = d };

	draft_list(d, dir, pick_one, &p, NULL);
	return p.path;
}

/* What moved is reachable: the folder of each `to` is there, and each `from` is on disk. */
static bool
moves_are_sound(struct draft *d)
{
	for (size_t i = 0; i < d->n_moves; i++) {
		autofree char *dir = path_dir(d->moves[i]->to);
		autoplace struct place p = { 0 };
		struct stat st;

		view_find(d, dir, &p);
		if (p.kind == PLACE_NONE || !S_ISDIR(p.st.st_mode) ||
			lstat(d->moves[i]->from, &st) < 0) {
			printf("unsound: %s -> %s\n", d->moves[i]->from, d->moves[i]->to);
			return false;
		}
	}
	return true;
}

static bool
act_once(struct rng *r, struct draft *d, const char *dir)
{
	autofree char *path = pick(r, d, dir), *other = pick(r, d, dir), *to = NULL;
	autofree char *above = path ? path_dir(path) : NULL;

	if (!path)
		return draft_mkdir(d, dir, NULL);
	to = xasprintf("%s/n%u", above, rng_next(r, 50));
	uint32_t what = rng_next(r, 9);

	if (getenv("SEED"))
		printf("act %u: %s | %s | %s\n", what, path, to, other);
	switch (what) {
	case 0:
	case 1:
		return draft_write(d, path, SLICE_LIT("changed by the task\n"), 0644, NULL);
	case 2:
		return draft_write(d, to, SLICE_LIT("a new file\n"), 0640, NULL);
	case 3:
		return draft_mkdir(d, to, NULL);
	case 4:
		return draft_delete(d, path, NULL);
	case 5:
		return draft_chmod(d, path, 0750, NULL);
	case 6:
		return draft_symlink(d, "some/where", to, NULL);
	default:
		return draft_move(d, path, rng_next(r, 2) ? to : other, NULL, NULL);
	}
}

unsigned
tree_act(struct rng *r, struct draft *d, const char *dir, unsigned n)
{
	unsigned done = 0;

	while (n--) {
		done += act_once(r, d, dir);
		assert_true(moves_are_sound(d));
	}
	return done;
}
