#include "tests/support/corpus.h"
#include "tests/support/corpus_home.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include "agent/base/json.h"
#include "agent/base/path.h"

#define LINES_MAX (64u << 20)
#define JOBS_MAX 16

struct item {
	char *command;
	const char *expect; /* NULL: whatever */
};

struct job {
	pid_t pid;
	struct item *item;
	int out;
};

struct corpus {
	struct corpus_home *home;
	char *homard;
	struct item *v;
	size_t n, cap;
};

struct corpus *
corpus_begin(const char *homard, enum corpus_place place)
{
	struct corpus *c = xcalloc(1, sizeof(*c));

	c->homard = xstrdup(homard);
	c->home = corpus_home_make(place);
	return c;
}

static void
add(struct corpus *c, char *command, const char *expect)
{
	GROW(c->v, c->n, c->cap);
	c->v[c->n++] = (struct item){ command, expect };
}

static void
forget(struct corpus *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->v[i].command);
	c->n = 0;
}

/* The commands of the file, those evenly spread that max leaves. */
bool
corpus_add_file(struct corpus *c, const char *jsonl, size_t max)
{
	autobuf struct buf b = BUF_INIT(LINES_MAX);
	autostrv struct strv all = { 0 };
	struct slice rest, line;
	size_t step;

	if (!path_read_file(jsonl, &b, NULL))
		return false;
	rest = buf_slice(&b);
	while (rest.p && rest.n) {
		line = slice_line(&rest);
		autojson cJSON *o = json_parse_lenient(line, NULL);
		const char *cmd = json_str(o, "cmd", NULL);

		if (cmd && *cmd)
			strv_add(&all, cmd);
	}
	step = max && all.n > max ? all.n / max : 1;
	for (size_t i = 0; i < all.n && (!max || i / step < max); i += step)
		add(c, xstrdup(all.v[i]), NULL);
	return true;
}

static const char *
kind_of(struct slice s)
{
	static const char *const kinds[] = { "create", "modify", "delete", "replace", "perm",
		"move", "none" };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (slice_eq_str(s, kinds[i]))
			return kinds[i];
	}
	return NULL;
}

bool
corpus_add_list(struct corpus *c, const char *path)
{
	autobuf struct buf b = BUF_INIT(1u << 20);
	struct slice rest;

	if (!path_read_file(path, &b, NULL))
		return false;
	rest = buf_slice(&b);
	while (rest.p && rest.n) {
		struct slice line = slice_line(&rest), kind;

		if (!line.n || line.p[0] == '#')
			continue;
		kind = slice_cut(&line, '\t');
		add(c, corpus_home_fill(c->home, line), kind_of(kind));
	}
	return true;
}

size_t
corpus_size(const struct corpus *c)
{
	return c->n;
}

NORETURN static void
run_one(struct corpus *c, const struct item *it, int out, const char *wall)
{
	int null = open("/dev/null", O_RDWR);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	corpus_home_enter(c->home);
	dup2(null, 0);
	dup2(out, 1);
	dup2(null, 2);
	execl(c->homard, c->homard, "try", "--json", "--wall", wall, "--", "bash", "-c",
		it->command, (char *)NULL);
	_exit(99);
}

static void
start(struct corpus *c, struct job *j, struct item *it, const char *wall)
{
	char name[] = "/tmp/homard-corpus-out-XXXXXX";

	j->item = it;
	j->out = mkostemp(name, O_CLOEXEC);
	unlink(name);
	fflush(NULL);
	j->pid = fork();
	if (j->pid == 0)
		run_one(c, it, j->out, wall);
}

static bool
has_effect(const cJSON *effects, const char *kind)
{
	const cJSON *e;

	cJSON_ArrayForEach(e, effects)
	{
		if (str_eq(json_str(e, "kind", ""), kind))
			return true;
	}
	return false;
}

static bool
as_expected(const struct item *it, const cJSON *effects)
{
	if (!it->expect)
		return true;
	if (str_eq(it->expect, "none"))
		return cJSON_GetArraySize(effects) == 0;
	return has_effect(effects, it->expect);
}

static void
count(struct corpus_counts *n, const struct item *it, const cJSON *report)
{
	const cJSON *effects = json_get(report, "effects"), *code = json_get(report, "exit");
	bool any = cJSON_GetArraySize(effects) > 0;

	n->run++;
	n->effects += any;
	n->limits += !cJSON_IsNumber(code);
	if (cJSON_IsNumber(code) && code->valueint == 0) {
		n->ok++;
		n->asked += any || cJSON_GetArraySize(json_get(report, "unpreviewed")) > 0;
	}
	/* 127: a bare machine lacks that program (ed, for one). */
	if (!as_expected(it, effects) && !(cJSON_IsNumber(code) && code->valueint == 127)) {
		n->unexpected++;
		fprintf(stderr, "# expected %s, exit %d: %s\n", it->expect,
			cJSON_IsNumber(code) ? code->valueint : -1, it->command);
	}
}

static void
collect(struct corpus_counts *n, struct job *j, int status)
{
	autobuf struct buf b = BUF_INIT(64u << 20);
	autojson cJSON *report = NULL;
	char piece[65536];
	ssize_t got;

	lseek(j->out, 0, SEEK_SET);
	while ((got = read(j->out, piece, sizeof(piece))) > 0)
		buf_add(&b, piece, (size_t)got);
	close(j->out);
	report = json_parse(buf_slice(&b), NULL);
	if (report && WIFEXITED(status) && WEXITSTATUS(status) == 0 &&
		slice_find(slice_trim(buf_slice(&b)), SLICE_LIT("\n")) < 0) {
		count(n, j->item, report);
		return;
	}
	n->no_report++;
	fprintf(stderr, "# no report, status %x, %zu bytes: %s\n", (unsigned)status, b.len,
		j->item->command);
}

struct corpus_counts
corpus_run(struct corpus *c, unsigned jobs, const char *wall)
{
	struct corpus_counts n = { 0 };
	struct job job[JOBS_MAX] = { { 0 } };
	size_t next = 0, running = 0;

	while (next < c->n || running) {
		int status;
		pid_t pid;

		for (unsigned i = 0; i < MIN_OF(jobs, (unsigned)JOBS_MAX) && next < c->n; i++) {
			if (job[i].pid == 0) {
				start(c, &job[i], &c->v[next++], wall);
				running++;
			}
		}
		pid = waitpid(-1, &status, 0);
		for (unsigned i = 0; i < JOBS_MAX; i++) {
			if (pid > 0 && job[i].pid == pid) {
				collect(&n, &job[i], status);
				job[i].pid = 0;
				running--;
			}
		}
	}
	forget(c);
	return n;
}

size_t
corpus_changed(struct corpus *c)
{
	return corpus_home_changed(c->home);
}

size_t
corpus_reached(struct corpus *c)
{
	return corpus_home_reached(c->home);
}

void
corpus_end(struct corpus *c)
{
	forget(c);
	free(c->v);
	free(c->homard);
	corpus_home_remove(c->home);
	free(c);
}
