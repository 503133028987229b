/* Looking at the draft for tools: what is missing is said with what is there. */
#include "agent/tools/util.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/xattr.h>

#define LINKS_MAX 16
#define NEAR_MAX 20000 /* names looked through for a near one */
#define NUMBER_MAX 10000

char *
tool_name(const struct tool_ctx *c, const char *path)
{
	autofree char *tilde = path_tilde(path, c->home);

	return sanitize_dup(tilde, SANITIZE_NAME);
}

bool
tool_going(const struct tool_ctx *c, struct err *err)
{
	if (c->cancelled && *c->cancelled)
		return err_set(err, ERR_CANCELLED, _("Stopped."));
	return true;
}

/* Small edit distance, at most limit + 1; names are short. */
static size_t
distance(const char *a, const char *b, size_t limit)
{
	size_t na = strlen(a), nb = strlen(b), row[65];

	if (na > 64 || nb > 64 || na > nb + limit || nb > na + limit)
		return limit + 1;
	for (size_t j = 0; j <= nb; j++)
		row[j] = j;
	for (size_t i = 1; i <= na; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			size_t up = row[j], same = diagonal + (a[i - 1] != b[j - 1]);

			row[j] = MIN_OF(same, MIN_OF(up, row[j - 1]) + 1);
			diagonal = up;
		}
	}
	return row[nb];
}

struct near {
	const char *name;
	char *best;
	size_t best_distance, seen;
};

static bool
near_one(void *user, const char *name, const struct stat *st)
{
	struct near *n = user;
	size_t d = str_eq_nocase(name, n->name) ? 0 : distance(name, n->name, 2);

	(void)st;
	if (d <= 2 && d < n->best_distance && d < strlen(n->name)) {
		free(n->best);
		n->best = xstrdup(name);
		n->best_distance = d;
	}
	return ++n->seen < NEAR_MAX;
}

static bool
say_missing(const struct tool_ctx *c, const char *path, struct err *err)
{
	autofree char *parent = path_dir(path), *shown = tool_name(c, path), *there = NULL;
	struct near near = { .best_distance = 3 };
	struct stat st;
	bool direct = true;

	while (!draft_stat(c->draft, parent, &st, NULL) && !str_eq(parent, "/")) {
		char *up = path_dir(parent);

		free(parent);
		parent = up;
		direct = false;
	}
	/* Only the first missing part can be a slip of the pen. */
	autofree char *part = xstrdup(path + (str_eq(parent, "/") ? 1 : strlen(parent) + 1));
	part[strcspn(part, "/")] = '\0';
	near.name = part;
	if (S_ISDIR(st.st_mode))
		draft_list(c->draft, parent, near_one, &near, NULL);
	if (near.best) {
		autofree char *full = path_join(parent, near.best);

		there = tool_name(c, full);
		free(near.best);
		return err_set(err, ERR_NOT_FOUND, _("There is no %s. Did you mean %s?"), shown,
			there);
	}
	there = tool_name(c, parent);
	if (direct)
		return err_set(err, ERR_NOT_FOUND,
			_("There is no %s. The folder %s exists; list it."), shown, there);
	return err_set(err, ERR_NOT_FOUND,
		_("There is no %s. The nearest folder that exists is %s."), shown, there);
}

bool
tool_stat(const struct tool_ctx *c, const char *path, struct stat *ret, struct err *err)
{
	struct err own = { 0 };

	if (draft_stat(c->draft, path, ret, &own))
		return true;
	if (own.code == ERR_NOT_FOUND || own.sys == ENOENT || own.sys == ENOTDIR)
		return say_missing(c, path, err);
	if (err)
		*err = own;
	return false;
}

char *
tool_follow(const struct tool_ctx *c, const char *path, struct err *err)
{
	char *now = xstrdup(path);
	struct stat st;

	for (int i = 0; i < LINKS_MAX; i++) {
		autofree char *target = NULL, *dir = NULL;

		if (!draft_stat(c->draft, now, &st, NULL) || !S_ISLNK(st.st_mode))
			return now;
		target = draft_readlink(c->draft, now, err);
		if (!target)
			break;
		dir = path_dir(now);
		free(now);
		now = path_resolve(target[0] == '~' ? "./" : target, dir, c->home);
		if (target[0] == '~') {
			free(now);
			now = path_join(dir, target);
		}
	}
	if (err && err->code == ERR_NONE)
		err_set(err, ERR_IO, _("The link %s leads in a circle."), path_base(path));
	free(now);
	return NULL;
}

char *
tool_arg_folder(const struct tool_ctx *c, const cJSON *args, const char *key,
	const char *fallback, struct err *err)
{
	autofree char *given = fallback ? tool_arg_path_or(c, args, key, fallback)
					: tool_arg_path(c, args, key, err);
	autofree char *path = NULL, *shown = NULL;
	struct stat st;

	if (!given)
		return NULL;
	path = tool_follow(c, given, err);
	if (!path || !tool_stat(c, path, &st, err))
		return NULL;
	if (S_ISDIR(st.st_mode))
		return steal_ptr(&path);
	shown = tool_name(c, given);
	err_set(err, ERR_USAGE, _("%s is not a folder."), shown);
	return NULL;
}

char *
tool_arg_target(const struct tool_ctx *c, const cJSON *args, const char *key, bool *ret_there,
	struct err *err)
{
	autofree char *given = tool_arg_path(c, args, key, err);
	char *path = given ? tool_follow(c, given, err) : NULL;
	autofree char *shown = path ? tool_name(c, path) : NULL;
	struct stat st;

	*ret_there = path && draft_stat(c->draft, path, &st, NULL);
	if (!*ret_there || S_ISREG(st.st_mode))
		return path;
	err_set(err, ERR_USAGE,
		S_ISDIR(st.st_mode) ? _("%s is a folder; give the name of a file in it.")
				    : _("%s is not a regular file; it is left alone."),
		shown);
	free(path);
	return NULL;
}

char *
tool_arg_file(const struct tool_ctx *c, const cJSON *args, const char *key, struct stat *ret,
	struct err *err)
{
	autofree char *given = tool_arg_path(c, args, key, err), *path = NULL, *shown = NULL;

	if (!given)
		return NULL;
	path = tool_follow(c, given, err);
	if (!path || !tool_stat(c, path, ret, err))
		return NULL;
	if (S_ISREG(ret->st_mode))
		return steal_ptr(&path);
	shown = tool_name(c, given);
	if (S_ISDIR(ret->st_mode))
		err_set(err, ERR_USAGE, _("%s is a folder; list shows what is in it."), shown);
	else
		err_set(err, ERR_USAGE, _("%s is not a regular file."), shown);
	return NULL;
}

void
tool_taint(const struct tool_ctx *c, struct tool_result *r, const char *path)
{
	autofree char *downloads = path_known_folder("DOWNLOAD", c->home), *disk = NULL;
	struct stat st;
	bool foreign = path_below(path, downloads);

	if (r->taint)
		return;
	if (!foreign && draft_stat(c->draft, path, &st, NULL))
		foreign = st.st_uid != getuid() && st.st_uid != 0;
	if (!foreign) {
		disk = draft_locate(c->draft, path, NULL);
		foreign = disk && lgetxattr(disk, "user.xdg.origin.url", NULL, 0) >= 0;
	}
	if (foreign)
		r->taint = tool_name(c, path);
}

int
tool_open_same(const char *path, uint64_t dev, uint64_t ino)
{
	autofd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_dev == dev &&
		st.st_ino == ino)
		return steal_fd(&fd);
	return -1;
}

bool
tool_slurp(const struct tool_ctx *c, const char *path, struct buf *b, struct err *err)
{
	autofree char *shown = tool_name(c, path);
	autofd int fd = draft_open_read(c->draft, path, err);
	char piece[65536], most[16];
	ssize_t n;

	if (fd < 0)
		return false;
	buf_finish(b);
	buf_init(b, LIMIT_READ_FILE);
	while ((n = read(fd, piece, sizeof(piece))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, errno, _("Cannot read %s"), shown);
		if (!buf_add(b, piece, (size_t)n))
			return err_set(err, ERR_LIMIT,
				_("%s is larger than %s, the most that is read at once."),
				shown, str_size(LIMIT_READ_FILE, most));
		if (!tool_going(c, err))
			return false;
	}
	return true;
}

char *
tool_free_name(const struct tool_ctx *c, const char *path)
{
	struct stat st;

	if (!draft_stat(c->draft, path, &st, NULL))
		return xstrdup(path);
	for (int n = 2; n < NUMBER_MAX; n++) {
		char *other = path_numbered(path, n);

		if (!draft_stat(c->draft, other, &st, NULL))
			return other;
		free(other);
	}
	return xasprintf("%s.%d", path, (int)getpid());
}

int
tool_create(const struct tool_ctx *c, const char *path, char **ret_path, struct err *err)
{
	autofree char *free_path = tool_free_name(c, path), *disk = NULL;
	int fd;

	if (!draft_write(c->draft, free_path, (struct slice){ "", 0 }, 0644, err))
		return -1;
	/* The view says where the bytes lie: in the stage, never the real file. */
	disk = draft_locate(c->draft, free_path, err);
	if (!disk)
		return -1;
	if (str_eq(disk, free_path))
		bug("a new file of a draft lies at its real place");
	fd = open(disk, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		err_sys(err, errno, _("Cannot write %s"), path_base(free_path));
	else
		*ret_path = steal_ptr(&free_path);
	return fd;
}
