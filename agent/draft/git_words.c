#include "agent/draft/git_words.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/base/sanitize.h"
#include "agent/draft/act.h"

#define WAIT_MS 2000
#define REF_FILE_MAX (8u << 20)

static bool
is_hash(const char *s)
{
	size_t n = s ? strspn(s, "0123456789abcdef") : 0;

	return n >= 40 && n <= 64 && !s[n];
}

char *
git_packed_ref(struct slice packed, const char *ref)
{
	while (packed.p && packed.n) {
		struct slice line = slice_line(&packed);
		struct slice hash = slice_cut(&line, ' ');

		if (line.p && slice_eq_str(line, ref)) {
			autofree char *s = slice_dup(hash);

			return is_hash(s) ? steal_ptr(&s) : NULL;
		}
	}
	return NULL;
}

/* Reads at most n - 1 bytes of what the child prints, until the end or the time is over. */
static size_t
read_output(int fd, char *out, size_t n)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	size_t have = 0;

	while (have + 1 < n && poll(&p, 1, WAIT_MS) > 0) {
		ssize_t k = read(fd, out + have, n - 1 - have);

		if (k <= 0)
			break;
		have += (size_t)k;
	}
	out[have] = '\0';
	return have;
}

/* git reads only: no hooks, no config of the person, no locks. */
static bool
run_git(const char *git_dir, const char *objects, const char *range, char *out, size_t n)
{
	autofree char *dir = xasprintf("--git-dir=%s", git_dir);
	autofree char *more = xasprintf("GIT_ALTERNATE_OBJECT_DIRECTORIES=%s", objects);
	const char *argv[] = { "git", dir, "--no-optional-locks", "-c", "core.fsmonitor=false", "-c",
		"protocol.allow=never", "rev-list", "--count", range, "--", NULL };
	const char *env[] = { "PATH=/usr/bin:/bin:/usr/local/bin", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_TERMINAL_PROMPT=0", "LC_ALL=C", more, NULL };
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	int pipe_fd[2], status;
	sigset_t none;
	pid_t pid;
	bool ok;

	if (pipe2(pipe_fd, O_CLOEXEC) < 0)
		return false;
	sigemptyset(&none);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&fa, pipe_fd[1], 1);
	posix_spawn_file_actions_addopen(&fa, 2, "/dev/null", O_WRONLY, 0);
	ok = posix_spawnp(&pid, "git", &fa, &attr, (char *const *)argv,
		(char *const *)env) == 0;
	posix_spawn_file_actions_destroy(&fa);
	posix_spawnattr_destroy(&attr);
	close(pipe_fd[1]);
	ok = ok && read_output(pipe_fd[0], out, n) > 0;
	close(pipe_fd[0]);
	return ok && (kill(pid, SIGKILL), waitpid(pid, &status, 0) == pid);
}

/* How many commits can be reached from a but not from b; -1 when it cannot be told. */
static int64_t
count_commits(const char *git_dir, const char *objects, const char *a, const char *b)
{
	autofree char *range = b ? xasprintf("%s..%s", b, a) : xstrdup(a);
	char out[64];
	int64_t n;

	if (!run_git(git_dir, objects, range, out, sizeof(out)))
		return -1;
	out[strcspn(out, "\n")] = '\0';
	return str_to_i64(out, &n) ? n : -1;
}

char *
git_ref_words(const char *git_dir, const char *objects, const char *ref, const char *old,
	const char *new)
{
	const char *name = str_starts(ref, "refs/heads/") ? ref + 11
		: str_starts(ref, "refs/") ? ref + 5 : ref;
	autofree char *safe = sanitize_dup(name, SANITIZE_NAME);
	struct buf b = BUF_INIT(4096);
	char count[32];
	int64_t lost, won;

	if ((old && !is_hash(old)) || (new && !is_hash(new)) || (!old && !new) ||
		(old && new && str_eq(old, new)))
		return NULL;
	if (!old) {
		buf_printf(&b, _("branch %s is new"), safe);
		return buf_steal(&b);
	}
	if (!new) {
		lost = count_commits(git_dir, objects, old, NULL);
		buf_printf(&b, _("branch %s goes"), safe);
		if (lost >= 0) {
			buf_printf(&b, ngettext_(", it has %s commit", ", it has %s commits",
					(unsigned long)lost),
				str_count((uint64_t)lost, count));
		}
		return buf_steal(&b);
	}
	lost = count_commits(git_dir, objects, old, new);
	won = count_commits(git_dir, objects, new, old);
	buf_printf(&b, _("branch %s"), safe);
	if (lost < 0 || won < 0) {
		buf_printf(&b, " %s", _("points to another commit"));
		return buf_steal(&b);
	}
	if (lost)
		buf_printf(&b, ngettext_(" loses %s commit", " loses %s commits", (unsigned long)lost),
			str_count((uint64_t)lost, count));
	if (lost && won)
		buf_add_str(&b, _(" and"));
	if (won)
		buf_printf(&b, ngettext_(" gains %s commit", " gains %s commits", (unsigned long)won),
			str_count((uint64_t)won, count));
	return buf_steal(&b);
}

/* --- which effects mean something --- */

/* Cuts "/x/.git/refs/heads/a" into the folder of git and what is in it. */
static bool
split_git(const char *path, char **ret_dir, const char **ret_inside)
{
	const char *at = strstr(path, "/.git/");

	if (!at)
		return false;
	*ret_dir = xstrndup(path, (size_t)(at - path) + 5);
	*ret_inside = at + 6;
	return true;
}

static char *
read_text(int dir, const char *rel, size_t max)
{
	autofd int fd = fs_open_in(dir, rel, O_RDONLY | O_NONBLOCK, 0);
	struct buf b = BUF_INIT(max);
	char part[8192];
	ssize_t n;

	if (fd < 0)
		return NULL;
	while ((n = read(fd, part, sizeof(part))) > 0 && buf_add(&b, part, (size_t)n))
		;
	while (b.len && b.p[b.len - 1] == '\n')
		buf_truncate(&b, b.len - 1);
	return buf_steal(&b);
}

static char *
ref_in(int root, const char *git_rel, const char *ref)
{
	autofree char *file = path_join(git_rel, ref), *packed_file = path_join(git_rel, "packed-refs");
	char *loose = read_text(root, file, 256);

	if (loose)
		return loose;
	autofree char *packed = read_text(root, packed_file, REF_FILE_MAX);

	return packed ? git_packed_ref(slice_of(packed), ref) : NULL;
}

static char *
branch_words(struct draft *d, const char *git_dir, const char *ref)
{
	const char *rel;
	struct draft_root *r = draft_root_of(d, git_dir, &rel);
	autofree char *old = NULL, *new = NULL, *objects = NULL, *file = NULL;
	autoplace struct place p = { 0 };

	if (!r || str_ends(ref, ".lock"))
		return NULL;
	old = ref_in(r->real_fd, rel, ref);
	file = path_join(git_dir, ref);
	view_find(d, file, &p);
	if (p.kind != PLACE_NONE) {
		autofree char *up = path_join(rel, ref);

		new = read_text(p.kind == PLACE_UPPER ? r->upper_fd : r->real_fd, up, 256);
	}
	objects = xasprintf("%s/%s/objects", r->upper, rel);
	return git_ref_words(git_dir, objects, ref, old, new);
}

static bool
is_plain_git_part(const char *inside, struct buf *words)
{
	static const struct {
		const char *name, *words;
	} parts[] = {
		{ "HEAD", N_("another branch or commit is checked out") },
		{ "index", N_("what is staged for the next commit") },
		{ "config", N_("the settings of this repository: they can run programs") },
		{ "refs/stash", N_("what was stashed away") },
		{ "packed-refs", N_("the list of branches and tags") },
	};

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (str_eq(inside, parts[i].name))
			return buf_add_str(words, _(parts[i].words));
	}
	return str_starts(inside, "hooks/") &&
		buf_add_str(words, _("a program that git runs by itself"));
}

char *
draft_words(struct draft *d, UNUSED const struct effects *all, const struct effect *e)
{
	struct buf b = BUF_INIT(1024);
	autofree char *dir = NULL;
	const char *inside;

	if (str_ends(e->path, "/.git") && e->kind == EFFECT_DELETE)
		return xstrdup(_("the whole history of this repository goes"));
	if (!split_git(e->path, &dir, &inside))
		return NULL;
	if (is_plain_git_part(inside, &b))
		return buf_steal(&b);
	if (str_starts(inside, "refs/heads/") || str_starts(inside, "refs/tags/"))
		return branch_words(d, dir, inside);
	return NULL;
}
