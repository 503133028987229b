#include "tests/support/corpus_home.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include "agent/base/buf.h"
#include "agent/base/event.h"
#include "agent/base/hash.h"
#include "agent/base/path.h"

struct corpus_home {
	char dir[64], outside[64]; /* outside: no root covers it */
	char *home, *state;
	int stream, dgram, tcp, port;
	pid_t alive;
	bool in_repo;
	struct strv before; /* one line for each file, sorted */
};

static const char *const folders[] = { "Documents/taxes", "Downloads", "Pictures", "src/app",
	"src/lib", ".ssh", ".config/app", "music", "folder", "dir1", "dir2", "tmp", "test",
	"logs", "build", "node_modules/x", ".git/hooks" };
static const char *const endings[] = { "txt", "c", "log", "sh", "py", "jpg", "conf" };
static const char *const names[] = { "file", "file.txt", "file1", "file1.txt", "file2",
	"file2.txt", "input.txt", "data.txt", "a.txt", "b.txt", "foo", "bar", "test.txt",
	"log.txt", "script.sh", "x.c", "Makefile", "README.md", ".bashrc", ".env",
	"secret.json", "input", "infile", "filename", "names.txt", "list.txt", "temp.txt",
	"my.log" };

static void
put(const char *dir, const char *name, const char *text, int times)
{
	autofree char *path = path_join(dir, name);
	FILE *f = fopen(path, "w");

	for (int i = 0; f && i < times; i++)
		fputs(text, f);
	if (!f || fclose(f) != 0)
		bug("cannot write %s", path);
}

static void
fill_home(struct corpus_home *h)
{
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		autofree char *dir = path_join(h->home, folders[i]);

		if (!path_make_dirs(dir, 0755, NULL))
			bug("cannot make %s", dir);
		for (int n = 0; n < 6; n++) {
			for (size_t k = 0; k < ARRAY_LEN(endings); k++) {
				autofree char *name = xasprintf("file%d.%s", n, endings[k]);
				autofree char *text =
					xasprintf("%s %d %s line one\n"
						  "hello world foo bar 192.168.1.1\n",
						folders[i], n, endings[k]);

				put(dir, name, text, 5);
			}
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		put(h->home, names[i], "alpha 1\nbeta 2\ngamma 3\n", 20);
}

static void
in_home(const struct corpus_home *h, const char *script)
{
	pid_t pid = fork();
	int null;

	if (pid == 0) {
		corpus_home_enter(h);
		null = open("/dev/null", O_RDWR);
		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		execlp("sh", "sh", "-c", script, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

static void
make_dirty(const struct corpus_home *h)
{
	in_home(h,
		"cd src && git branch feature && git branch old && echo stash >>app/file0.txt "
		"&&"
		"git stash -q; echo uncommitted >>app/file1.txt; echo staged >>app/file2.txt;"
		"git add app/file2.txt; echo untracked >untracked.txt; mkdir -p build dist "
		"target;"
		"echo x >build/out.o; echo y >dist/z; cp app/file1.txt file.txt;"
		"cp app/file1.txt foo; touch src-file a b c; git worktree add -q ../wt old");
}

static int
listen_at(const char *path, int type)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ||
		(type == SOCK_STREAM && listen(fd, 64) < 0))
		bug("cannot listen at %s", path);
	chmod(path, 0777);
	return fd;
}

static void
set_wires(struct corpus_home *h)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	autofree char *stream = path_join(h->outside, "stream"),
		      *dgram = path_join(h->outside, "dgram");

	h->stream = listen_at(stream, SOCK_STREAM);
	h->dgram = listen_at(dgram, SOCK_DGRAM);
	h->tcp = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (bind(h->tcp, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(h->tcp, 64) < 0 ||
		getsockname(h->tcp, (struct sockaddr *)&a, &len) < 0)
		bug("cannot listen on the loopback");
	h->port = ntohs(a.sin_port);
	h->alive = fork();
	if (h->alive == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
}

static struct strv *collecting;

static int
note(const char *path, const struct stat *st, int type, UNUSED struct FTW *f)
{
	char hex[HASH_HEX_LEN] = "";
	autofree char *text = NULL;

	if (type == FTW_F && S_ISREG(st->st_mode)) {
		autofd int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		unsigned char sum[HASH_LEN] = { 0 };

		if (fd >= 0 && hash_fd(fd, sum, NULL))
			hash_hex(sum, hex);
	}
	text = path_text(path);
	strv_addf(collecting,
		"%s mode %o inode %ju size %jd mtime %jd.%09ld ctime %jd.%09ld links %ju %s",
		text, st->st_mode, (uintmax_t)st->st_ino,
		(intmax_t)(S_ISDIR(st->st_mode) ? 0 : st->st_size),
		(intmax_t)st->st_mtim.tv_sec, st->st_mtim.tv_nsec, (intmax_t)st->st_ctim.tv_sec,
		st->st_ctim.tv_nsec, (uintmax_t)st->st_nlink, hex);
	return 0;
}

static void
snapshot(const struct corpus_home *h, struct strv *out)
{
	collecting = out;
	nftw(h->home, note, 32, FTW_PHYS);
	nftw(h->outside, note, 32, FTW_PHYS);
	strv_sort(out);
}

struct corpus_home *
corpus_home_make(enum corpus_place place)
{
	struct corpus_home *h = xcalloc(1, sizeof(*h));

	snprintf(h->dir, sizeof(h->dir), "/tmp/homard-corpus-XXXXXX");
	snprintf(h->outside, sizeof(h->outside), "/var/tmp/homard-corpus-XXXXXX");
	if (!mkdtemp(h->dir) || !mkdtemp(h->outside))
		bug("cannot make a folder for the corpus");
	h->home = path_join(h->dir, "home");
	h->state = path_join(h->dir, "state");
	if (mkdir(h->home, 0755) < 0)
		bug("cannot make %s", h->home);
	fill_home(h);
	chmod(h->outside, 0777);
	put(h->outside, "file", "canary\n", 1);
	in_home(h,
		"git config --global user.name t; git config --global user.email t@t;"
		"cd src && git init -q . && git add -A && git commit -qm init");
	if (place != CORPUS_HOME)
		make_dirty(h);
	set_wires(h);
	snapshot(h, &h->before);
	h->in_repo = place == CORPUS_REPO;
	return h;
}

void
corpus_home_enter(const struct corpus_home *h)
{
	clearenv();
	setenv("HOME", h->home, 1);
	setenv("HOMARD_HOME", h->state, 1);
	setenv("USER", "fxuser", 1);
	setenv("LOGNAME", "fxuser", 1);
	setenv("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", 1);
	setenv("LANG", "C.UTF-8", 1);
	setenv("EDITOR", "true", 1);
	setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
	if (chdir(h->home) < 0 || (h->in_repo && chdir("src") < 0))
		_exit(98);
}

char *
corpus_home_fill(const struct corpus_home *h, struct slice command)
{
	autofree char *port = xasprintf("%d", h->port), *pid = xasprintf("%d", (int)h->alive);
	autofree char *stream = path_join(h->outside, "stream"),
		      *dgram = path_join(h->outside, "dgram");
	const char *const marks[][2] = { { "@HOME@", h->home }, { "@OUT@", h->outside },
		{ "@SOCK@", stream }, { "@DGRAM@", dgram }, { "@PORT@", port },
		{ "@PID@", pid } };
	struct buf b = BUF_INIT(1u << 20);

	while (command.n) {
		size_t used = 0;

		for (size_t i = 0; i < ARRAY_LEN(marks) && !used; i++) {
			if (slice_starts(command, marks[i][0])) {
				buf_add_str(&b, marks[i][1]);
				used = strlen(marks[i][0]);
			}
		}
		if (!used) {
			buf_add_char(&b, command.p[0]);
			used = 1;
		}
		command.p += used;
		command.n -= used;
	}
	return buf_steal(&b);
}

size_t
corpus_home_changed(struct corpus_home *h)
{
	autostrv struct strv now = { 0 };
	size_t i = 0, k = 0, changed = 0;

	snapshot(h, &now);
	while (i < h->before.n || k < now.n) {
		int c = i == h->before.n ? 1
			: k == now.n     ? -1
					 : strcmp(h->before.v[i], now.v[k]);

		if (c == 0) {
			i++;
			k++;
			continue;
		}
		changed++;
		fprintf(stderr, "# %s %s\n", c < 0 ? "was" : "is ",
			c < 0 ? h->before.v[i] : now.v[k]);
		if (c < 0)
			i++;
		else
			k++;
	}
	return changed;
}

size_t
corpus_home_reached(struct corpus_home *h)
{
	size_t n = 0;
	char c;
	int fd;

	while ((fd = accept(h->stream, NULL, NULL)) >= 0) {
		close(fd);
		n++;
	}
	while ((fd = accept(h->tcp, NULL, NULL)) >= 0) {
		close(fd);
		n++;
	}
	while (recv(h->dgram, &c, 1, MSG_DONTWAIT) >= 0)
		n++;
	if (waitpid(h->alive, NULL, WNOHANG) != 0)
		n++;
	return n;
}

static int
remove_one(
	const char *path, UNUSED const struct stat *st, UNUSED int type, UNUSED struct FTW *f)
{
	return remove(path) < 0 && errno != ENOENT ? -1 : 0;
}

static int
open_up(const char *path, const struct stat *st, int type, UNUSED struct FTW *f)
{
	if (type == FTW_D || type == FTW_DNR)
		chmod(path, (st->st_mode & 07777) | 0700);
	return 0;
}

void
corpus_home_remove(struct corpus_home *h)
{
	close(h->stream);
	close(h->dgram);
	close(h->tcp);
	kill(h->alive, SIGKILL);
	waitpid(h->alive, NULL, 0);
	nftw(h->dir, open_up, 32, FTW_PHYS);
	nftw(h->dir, remove_one, 32, FTW_PHYS | FTW_DEPTH);
	nftw(h->outside, remove_one, 32, FTW_PHYS | FTW_DEPTH);
	strv_finish(&h->before);
	free(h->home);
	free(h->state);
	free(h);
}
