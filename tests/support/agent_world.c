/* A private world for tests of the whole core. */
#include "tests/support/agent_world.h"
#include "agent/base/hash.h"
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

void
agent_world_init(struct world *w)
{
	memset(w, 0, sizeof(*w));
	snprintf(w->root, sizeof(w->root), "/var/tmp/homard-world-XXXXXX");
	if (!mkdtemp(w->root))
		bug("mkdtemp");
	w->home = xasprintf("%s/home", w->root);
	w->places = (struct places){ .home = xstrdup(w->home),
		.config = xasprintf("%s/own/config", w->root),
		.state = xasprintf("%s/own/state", w->root), .data = xasprintf("%s/own/data", w->root),
		.share = xasprintf("%s/own/share", w->root),
		.libexec = xstrdup(getenv("HOMARD_LIBEXEC") ? getenv("HOMARD_LIBEXEC") : "/nowhere") };
	if (!path_make_dirs(w->home, 0755, &w->err) || !path_make_dirs(w->places.config, 0700, &w->err) ||
		!path_make_dirs(w->places.state, 0700, &w->err) ||
		!path_make_dirs(w->places.data, 0700, &w->err))
		bug("%s", w->err.text);
}

static void
on_event(void *user, const struct event *ev)
{
	struct world *w = user;
	char *more = xasprintf("%s%s ", w->events ? w->events : "", ev->kind_name);

	free(w->events);
	w->events = more;
	if (ev->kind == EV_REQUEST && !w->fold)
		w->fold = fold_create(ev->task);
	if (w->fold)
		fold_apply(w->fold, ev);
}

static struct engine *
make_engine(void *user, const char *name)
{
	struct world *w = user;

	w->script.name = name;
	return script_engine(&w->script);
}

void
agent_world_begin(struct world *w, bool interactive, bool approve_all)
{
	autofree char *cfg = path_join(w->places.config, "config.yaml");
	struct agent_opts o = { .loop = &w->loop, .places = &w->places, .front = "test",
		.interactive = interactive, .approve_all = approve_all, .make_engine = make_engine,
		.make_user = w };

	uv_loop_init(&w->loop);
	if (!config_load(cfg, &w->config, &w->err))
		bug("%s", w->err.text);
	o.config = w->config;
	if (!agent_create(&o, &w->agent, &w->err))
		bug("%s", w->err.text);
	agent_subscribe(w->agent, on_event, w);
}

void
agent_world_end(struct world *w)
{
	agent_destroy(w->agent);
	w->agent = NULL;
	uv_run(&w->loop, UV_RUN_DEFAULT);
	if (uv_loop_close(&w->loop) != 0)
		bug("the loop still has handles");
	config_destroy(w->config);
	fold_destroy(w->fold);
	free(w->events);
	w->fold = NULL;
	w->events = NULL;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *f)
{
	(void)st;
	(void)type;
	(void)f;
	return remove(path);
}

static int
open_up(const char *path, const struct stat *st, int type, struct FTW *f)
{
	(void)st;
	(void)f;
	if (type == FTW_D || type == FTW_DNR)
		(void)chmod(path, 0700);
	return 0;
}

void
agent_world_finish(struct world *w)
{
	nftw(w->root, open_up, 16, FTW_PHYS);
	nftw(w->root, remove_one, 16, FTW_PHYS | FTW_DEPTH);
	free(w->home);
	places_finish(&w->places);
}

int
agent_world_setup(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	agent_world_init(w);
	*state = w;
	return 0;
}

int
agent_world_teardown(void **state)
{
	struct world *w = *state;

	if (w->agent)
		agent_world_end(w);
	agent_world_finish(w);
	free(w);
	return 0;
}

void
agent_world_write(struct world *w, const char *rel, const char *text)
{
	autofree char *p = path_join(w->home, rel), *dir = path_dir(p);
	autofile FILE *f = NULL;

	if (!path_make_dirs(dir, 0755, &w->err) || !(f = fopen(p, "w")))
		bug("cannot write %s", p);
	fputs(text, f);
}

char *
agent_world_read(struct world *w, const char *rel)
{
	autofree char *p = path_join(w->home, rel);
	struct buf b = BUF_INIT(1u << 24);

	if (!path_read_file(p, &b, NULL)) {
		buf_finish(&b);
		return NULL;
	}
	return buf_steal(&b);
}

bool
agent_world_has(struct world *w, const char *rel)
{
	autofree char *p = path_join(w->home, rel);
	struct stat st;

	return lstat(p, &st) == 0;
}

static void
on_deadline(uv_timer_t *t)
{
	struct world *w = t->data;

	w->timed_out = true;
	uv_stop(&w->loop);
}

static bool
settled(const struct world *w)
{
	if (!w->fold || w->err.code)
		return w->err.code != ERR_NONE;
	if (fold_is_ended(w->fold))
		return agent_running(w->agent) == 0;
	return w->fold->state == FOLD_WAITING;
}

static void
run_until(struct world *w, bool (*done)(const struct world *w))
{
	uv_timer_t deadline;

	uv_timer_init(&w->loop, &deadline);
	deadline.data = w;
	uv_timer_start(&deadline, on_deadline, 20000, 0);
	while (!done(w) && !w->timed_out)
		uv_run(&w->loop, UV_RUN_ONCE);
	uv_close((uv_handle_t *)&deadline, NULL);
	uv_run(&w->loop, UV_RUN_NOWAIT);
	if (w->timed_out)
		bug("the task hangs after: %s", w->events ? w->events : "nothing");
}

void
agent_world_run(struct world *w)
{
	run_until(w, settled);
}

static void
on_started(void *user, int64_t task, const struct err *err)
{
	struct world *w = user;

	w->task = task;
	if (err)
		w->err = *err;
}

void
agent_world_ask(struct world *w, const char *request, const struct script_turn *turns, size_t n,
	const char *mode)
{
	struct submit s = { .text = request, .cwd = w->home, .mode = mode, .engine = "instinct" };

	fold_destroy(w->fold);
	free(w->events);
	w->fold = NULL;
	w->events = NULL;
	err_clear(&w->err);
	w->script.turns = turns;
	w->script.n = n;
	w->script.thought = 0;
	if (!agent_submit(w->agent, &s, on_started, w, &w->err))
		return;
	agent_world_run(w);
}

void
agent_world_decide(struct world *w, enum decision d, const int64_t *take, size_t n)
{
	struct decision_opts o = { .decision = d, .take = take, .n_take = n };
	const struct fold_approval *a = fold_open_approval(w->fold);

	if (!a || !agent_decide(w->agent, w->task, a->approval, &o, &w->err))
		return;
	w->fold->state = FOLD_ACTING; /* until the events say otherwise */
	agent_world_run(w);
}

static void
on_undone(void *user, size_t n, const char *sentence, const struct err *err)
{
	struct world *w = user;

	(void)sentence;
	w->undo_done = true;
	w->undo_n = n;
	if (err)
		w->undo_err = *err;
}

static bool
undo_finished(const struct world *w)
{
	return w->undo_done;
}

void
agent_world_undo(struct world *w, int64_t commit, bool redo)
{
	bool ok;

	w->undo_done = false;
	err_clear(&w->undo_err);
	ok = redo ? agent_redo(w->agent, w->task, commit, false, on_undone, w, &w->undo_err)
		  : agent_undo(w->agent, w->task, commit, false, on_undone, w, &w->undo_err);
	if (ok)
		run_until(w, undo_finished);
}

static char *print_list;

static void
print_entry(const char *path, const struct stat *st)
{
	autofree char *line = NULL;
	char link[4096] = "";
	char hex[HASH_HEX_LEN] = "";
	unsigned char h[HASH_LEN];
	ssize_t n;

	if (S_ISLNK(st->st_mode) && (n = readlink(path, link, sizeof(link) - 1)) > 0)
		link[n] = '\0';
	if (S_ISREG(st->st_mode)) {
		autofd int fd = open(path, O_RDONLY | O_CLOEXEC);

		if (fd >= 0 && hash_fd(fd, h, NULL))
			hash_hex(h, hex);
	}
	line = xasprintf("%s%s %o %lld.%09ld %lld %s %s\n", print_list ? print_list : "", path,
		st->st_mode, S_ISLNK(st->st_mode) ? 0LL : (long long)st->st_mtim.tv_sec,
		S_ISLNK(st->st_mode) ? 0L : st->st_mtim.tv_nsec,
		S_ISDIR(st->st_mode) ? 0LL : (long long)st->st_size, link, hex);
	free(print_list);
	print_list = steal_ptr(&line);
}

static void
print_tree(const char *dir)
{
	struct dirent **list;
	int i, n = scandir(dir, &list, NULL, alphasort);

	for (i = 0; i < n; i++) {
		autofree char *p = path_join(dir, list[i]->d_name);
		struct stat st;

		if (!str_eq(list[i]->d_name, ".") && !str_eq(list[i]->d_name, "..") &&
			lstat(p, &st) == 0) {
			print_entry(p, &st);
			if (S_ISDIR(st.st_mode))
				print_tree(p);
		}
		free(list[i]);
	}
	if (n >= 0)
		free(list);
}

char *
agent_world_print(struct world *w)
{
	struct stat st;

	free(print_list);
	print_list = NULL;
	if (stat(w->home, &st) == 0)
		print_entry(w->home, &st);
	print_tree(w->home);
	return steal_ptr(&print_list);
}
