#include "agent/draft/plan.h"
#include <errno.h>
#include "agent/base/hash.h"
#include "agent/base/i18n.h"
#include "agent/base/limits.h"
#include "agent/base/path.h"

#define PLAN_MAGIC 0x4e4c50444d48u /* HMDPLN */
#define PLAN_VERSION 1
#define PLAN_MAX (1u << 30)
#define PLAN_MAX_OPS (3u * LIMIT_EFFECTS)
#define STATE_MAX 64

static const char *const state_names[] = { "NONE", "PREPARED", "COMMITTED", "ABORTED", "UNDOING",
	"UNDONE", "REDOING", "FORGOTTEN" };

void
plan_finish(struct plan *p)
{
	for (size_t i = 0; i < p->n_roots; i++) {
		struct plan_root *r = &p->roots[i];

		close_fd_(&r->real_fd);
		close_fd_(&r->upper_fd);
		close_fd_(&r->hold_fd);
		free(r->real);
		free(r->upper);
		free(r->hold);
	}
	for (size_t i = 0; i < p->n_ops; i++) {
		free(p->ops[i].path);
		free(p->ops[i].from);
	}
	for (size_t i = 0; i < p->n_dirs; i++) {
		free(p->dirs[i].pre);
		free(p->dirs[i].post);
	}
	close_fd_(&p->stage_fd);
	free(p->roots);
	free(p->ops);
	free(p->dirs);
	free(p->stage);
	*p = (struct plan){ .stage_fd = -1 };
}

/* --- writing --- */

static void
put_str(struct buf *b, const char *s)
{
	uint32_t n = s ? (uint32_t)strlen(s) : UINT32_MAX;

	buf_add(b, &n, sizeof(n));
	if (s)
		buf_add(b, s, n);
}

struct plan_head {
	uint64_t magic;
	uint32_t version, pad;
	int64_t task, commit, time_ns;
	uint64_t n_roots, n_ops, n_dirs;
};

/* The fixed part of an operation as it lies in the file. */
struct op_image {
	uint32_t kind, root, from_root, flags, effect, pad;
	uint64_t slot, bytes, count, tree;
	struct draft_print pre, post;
};

static void
put_op(struct buf *b, const struct plan_op *o)
{
	struct op_image im = { o->kind, o->root, o->from_root, o->flags, o->effect, 0, o->slot,
		o->bytes, o->count, o->tree, o->pre, o->post };

	buf_add(b, &im, sizeof(im));
	put_str(b, o->path);
	put_str(b, o->from);
}

struct dir_image {
	uint32_t pre_root, post_root;
	int64_t pre_mtime, post_mtime;
	uint32_t pre_mode, post_mode;
};

static void
put_dir(struct buf *b, const struct plan_dir *d)
{
	struct dir_image im = { d->pre_root, d->post_root, d->pre_mtime, d->post_mtime, d->pre_mode,
		d->post_mode };

	buf_add(b, &im, sizeof(im));
	put_str(b, d->pre);
	put_str(b, d->post);
}

static void
put_all(struct buf *b, const struct plan *p)
{
	struct plan_head h = { PLAN_MAGIC, PLAN_VERSION, 0, p->task, p->commit, p->time_ns,
		p->n_roots, p->n_ops, p->n_dirs };
	unsigned char sum[HASH_LEN];

	buf_add(b, &h, sizeof(h));
	for (size_t i = 0; i < p->n_roots; i++) {
		put_str(b, p->roots[i].real);
		put_str(b, p->roots[i].upper);
		put_str(b, p->roots[i].hold);
	}
	for (size_t i = 0; i < p->n_ops; i++)
		put_op(b, &p->ops[i]);
	for (size_t i = 0; i < p->n_dirs; i++)
		put_dir(b, &p->dirs[i]);
	hash_bytes(buf_str(b), b->len, sum);
	buf_add(b, sum, sizeof(sum));
}

/* Durable before the new name shows. */
static bool
write_durable(const struct plan *p, const char *name, struct slice data, struct err *err)
{
	autofree char *temp = xasprintf("%s.tmp", name);
	autofd int fd = fs_open(p->stage_fd, temp, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || fs_write_all(fd, data.p, data.n) < 0 || fs_sync(fd) < 0 ||
		fs_rename(p->stage_fd, temp, p->stage_fd, name, 0) < 0 || fs_sync(p->stage_fd) < 0)
		return err_sys(err, errno, "%s/%s", p->stage, name);
	return true;
}

bool
plan_save(struct plan *p, struct err *err)
{
	autobuf struct buf b = BUF_INIT(PLAN_MAX);

	put_all(&b, p);
	if (b.full)
		return err_set(err, ERR_LIMIT, _("too many changes to take at once; take a part"));
	return write_durable(p, "plan", buf_slice(&b), err);
}

bool
plan_save_times(const struct plan *p, const int64_t *targets, struct err *err)
{
	struct slice s = { (const char *)targets, p->n_dirs * sizeof(*targets) };

	return write_durable(p, "times", s, err);
}

bool
plan_set_state(const struct plan *p, enum stage_state state, bool keep, struct err *err)
{
	char text[STATE_MAX];
	int n = snprintf(text, sizeof(text), "%s%s\n", state_names[state], keep ? " keep" : "");

	return write_durable(p, "state", (struct slice){ text, (size_t)n }, err);
}

enum stage_state
plan_state(const char *stage, bool *ret_keep)
{
	autobuf struct buf b = BUF_INIT(STATE_MAX);
	autofree char *file = path_join(stage, "state");
	struct slice rest, word;

	if (access(file, F_OK) < 0 || !path_read_file(file, &b, NULL))
		return STAGE_NONE;
	rest = slice_trim(buf_slice(&b));
	word = slice_cut(&rest, ' ');
	if (ret_keep)
		*ret_keep = slice_eq_str(rest, "keep");
	for (size_t i = 1; i < ARRAY_LEN(state_names); i++) {
		if (slice_eq_str(word, state_names[i]))
			return (enum stage_state)i;
	}
	return STAGE_NONE;
}

/* --- reading: every length is checked, the file may be damaged --- */

static bool
get(struct slice *s, void *out, size_t n)
{
	if (s->n < n)
		return false;
	memcpy(out, s->p, n);
	s->p += n;
	s->n -= n;
	return true;
}

static bool
get_str(struct slice *s, char **ret)
{
	uint32_t n;

	*ret = NULL;
	if (!get(s, &n, sizeof(n)))
		return false;
	if (n == UINT32_MAX)
		return true;
	if (n > DRAFT_PATH_MAX * 2 || n > s->n || memchr(s->p, 0, n))
		return false;
	*ret = xstrndup(s->p, n);
	s->p += n;
	s->n -= n;
	return true;
}

static bool
get_op(struct slice *s, const struct plan *p, struct plan_op *o)
{
	struct op_image im;

	if (!get(s, &im, sizeof(im)))
		return false;
	*o = (struct plan_op){ im.kind, im.root, im.from_root, im.flags, im.effect, 0, im.slot,
		im.bytes, im.count, im.tree, im.pre, im.post, NULL, NULL };
	return get_str(s, &o->path) && get_str(s, &o->from) && o->path && o->kind >= OP_CREATE &&
		o->kind < OP_KINDS && o->root < p->n_roots && o->from_root < p->n_roots &&
		o->effect < EFFECT_KINDS &&
		(o->from || (o->kind != OP_MOVE && o->kind != OP_PARK));
}

static bool
get_dir(struct slice *s, const struct plan *p, struct plan_dir *d)
{
	struct dir_image im;

	if (!get(s, &im, sizeof(im)))
		return false;
	*d = (struct plan_dir){ im.pre_root, im.post_root, NULL, NULL, im.pre_mtime, im.post_mtime,
		im.pre_mode, im.post_mode };
	return get_str(s, &d->pre) && get_str(s, &d->post) && d->pre_root < p->n_roots &&
		d->post_root < p->n_roots;
}

static bool
get_all(struct slice s, struct plan *p)
{
	struct plan_head h;

	if (!get(&s, &h, sizeof(h)) || h.magic != PLAN_MAGIC || h.version != PLAN_VERSION ||
		h.n_roots == 0 || h.n_roots > DRAFT_MAX_ROOTS || h.n_ops > PLAN_MAX_OPS ||
		h.n_dirs > 2 * PLAN_MAX_OPS)
		return false;
	p->task = h.task;
	p->commit = h.commit;
	p->time_ns = h.time_ns;
	p->roots = xcalloc(h.n_roots, sizeof(*p->roots));
	for (; p->n_roots < h.n_roots; p->n_roots++) {
		struct plan_root *r = &p->roots[p->n_roots];

		*r = (struct plan_root){ .real_fd = -1, .upper_fd = -1, .hold_fd = -1 };
		if (!get_str(&s, &r->real) || !get_str(&s, &r->upper) || !get_str(&s, &r->hold) ||
			!r->real || !r->upper || !r->hold) {
			p->n_roots++;
			return false;
		}
	}
	p->ops = xcalloc(h.n_ops + 1, sizeof(*p->ops));
	while (p->n_ops < h.n_ops) {
		if (!get_op(&s, p, &p->ops[p->n_ops++]))
			return false;
	}
	p->dirs = xcalloc(h.n_dirs + 1, sizeof(*p->dirs));
	while (p->n_dirs < h.n_dirs) {
		if (!get_dir(&s, p, &p->dirs[p->n_dirs++]))
			return false;
	}
	return s.n == 0;
}

bool
plan_load(const char *stage, struct plan *ret, struct err *err)
{
	autobuf struct buf b = BUF_INIT(PLAN_MAX);
	autofree char *file = path_join(stage, "plan");
	struct plan p = { .stage = xstrdup(stage), .stage_fd = -1 };
	unsigned char sum[HASH_LEN];

	p.stage_fd = open(stage, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p.stage_fd < 0 || !path_read_file(file, &b, err)) {
		if (p.stage_fd < 0)
			err_sys(err, errno, "%s", stage);
		plan_finish(&p);
		return false;
	}
	if (b.len > HASH_LEN)
		hash_bytes(b.p, b.len - HASH_LEN, sum);
	if (b.len <= HASH_LEN || memcmp(sum, b.p + b.len - HASH_LEN, HASH_LEN) != 0 ||
		!get_all((struct slice){ b.p, b.len - HASH_LEN }, &p)) {
		plan_finish(&p);
		return err_set(err, ERR_CORRUPT,
			_("%s is damaged; what was displaced lies in the folders beside it"), file);
	}
	*ret = p;
	return true;
}

bool
plan_load_times(const struct plan *p, int64_t *targets, struct err *err)
{
	autobuf struct buf b = BUF_INIT(PLAN_MAX);
	autofree char *file = path_join(p->stage, "times");

	if (!path_read_file(file, &b, err))
		return false;
	if (b.len != p->n_dirs * sizeof(*targets))
		return err_set(err, ERR_CORRUPT, _("%s is damaged"), file);
	if (b.len)
		memcpy(targets, b.p, b.len);
	return true;
}

bool
plan_open_roots(struct plan *p, struct err *err)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

	for (size_t i = 0; i < p->n_roots; i++) {
		struct plan_root *r = &p->roots[i];

		r->real_fd = open(r->real, flags);
		if (r->real_fd < 0)
			return err_sys(err, errno, "%s", r->real);
		r->hold_fd = open(r->hold, flags);
		if (r->hold_fd < 0)
			return err_sys(err, errno, "%s", r->hold);
		r->upper_fd = open(r->upper, flags); /* gone after the draft: fine */
	}
	return true;
}
