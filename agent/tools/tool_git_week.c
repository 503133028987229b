/*
 * git_week: what happened in a repository since a day. Git runs as a plain child that may only
 * look: whatever the repository's own configuration would start (hooks, monitors, filters,
 * pagers, signature checks, transports) is switched off on the command line.
 */
#include "agent/tools/nameset.h"
#include "agent/tools/util.h"
#include "agent/tools/wait_child.h"
#include "agent/tools/when.h"

#define COMMITS_MAX 20000
#define COMMITS_ASKED "20001" /* one more: then there are more */
#define SHOWN 50
#define WALL_MS 120000
#define FILES_MAX 200000
#define AUTHORS_MAX 1000
#define LINE_MAX_BYTES 65536

struct author {
	char *name;
	uint64_t commits;
};

struct commit {
	char *hash, *author, *subject;
	int64_t time_ms;
};

struct week {
	struct buf line;
	struct author *authors;
	size_t n_authors, authors_cap;
	struct commit list[SHOWN];
	size_t n_list;
	struct nameset files;
	struct strv file_names;
	uint64_t commits, insertions, deletions;
	bool more;
};

static void
count_author(struct week *k, struct slice name)
{
	for (size_t i = 0; i < k->n_authors; i++)
		if (slice_eq_str(name, k->authors[i].name)) {
			k->authors[i].commits++;
			return;
		}
	if (k->n_authors >= AUTHORS_MAX)
		return;
	GROW(k->authors, k->n_authors, k->authors_cap);
	k->authors[k->n_authors++] = (struct author){ slice_dup(name), 1 };
}

static char *
shown_text(struct slice s)
{
	autofree char *plain = slice_dup((struct slice){ s.p, MIN_OF(s.n, (size_t)300) });

	return sanitize_dup(plain, SANITIZE_LINE);
}

/* \1 hash \2 author \2 time \2 subject */
static void
commit_line(struct week *k, struct slice line)
{
	struct slice hash = slice_cut(&line, '\2'), author = slice_cut(&line, '\2');
	struct slice time = slice_cut(&line, '\2');

	k->more = k->commits == COMMITS_MAX;
	if (k->more)
		return;
	k->commits++;
	count_author(k, author);
	if (k->n_list < SHOWN) {
		autofree char *seconds = slice_dup(time);

		k->list[k->n_list++] = (struct commit){ slice_dup(hash), shown_text(author),
			shown_text(line), 1000 * strtoll(seconds, NULL, 10) };
	}
}

/* "12\t3\tname"; binary files say "-". */
static void
stat_line(struct week *k, struct slice line)
{
	struct slice plus = slice_cut(&line, '\t'), minus = slice_cut(&line, '\t');
	autofree char *name = NULL;

	if (!line.p || k->more)
		return;
	k->insertions += plus.n && plus.n < 12 ? strtoull(plus.p, NULL, 10) : 0;
	k->deletions += minus.n && minus.n < 12 ? strtoull(minus.p, NULL, 10) : 0;
	name = slice_dup(line);
	if (k->files.n < FILES_MAX && nameset_get(&k->files, name) == SIZE_MAX) {
		strv_add(&k->file_names, name);
		nameset_put(&k->files, k->file_names.v[k->file_names.n - 1], 1);
	}
}

static bool
on_output(void *user, struct slice bytes)
{
	struct week *k = user;

	while (bytes.n) {
		const char *nl = memchr(bytes.p, '\n', bytes.n);
		size_t n = nl ? (size_t)(nl - bytes.p) : bytes.n;

		buf_add(&k->line, bytes.p, MIN_OF(n, k->line.max - k->line.len));
		bytes.p += n + (nl != NULL);
		bytes.n -= n + (nl != NULL);
		if (!nl)
			break;
		if (k->line.len && k->line.p[0] == '\1')
			commit_line(k, (struct slice){ k->line.p + 1, k->line.len - 1 });
		else if (k->line.len)
			stat_line(k, buf_slice(&k->line));
		buf_clear(&k->line);
	}
	return true;
}

static int
compare_authors(const void *a, const void *b)
{
	const struct author *x = a, *y = b;

	if (x->commits != y->commits)
		return x->commits < y->commits ? 1 : -1;
	return strcmp(x->name, y->name);
}

static void
give(const struct tool_ctx *c, struct tool_result *r, struct week *k, int64_t since)
{
	char time[32], count[32];
	struct jw w;

	if (k->n_authors)
		qsort(k->authors, k->n_authors, sizeof(*k->authors), compare_authors);
	tool_json(c, r, &w);
	jw_i64(&w, "commits", (int64_t)k->commits);
	jw_array(&w, "authors");
	for (size_t i = 0; i < k->n_authors && i < SHOWN && tool_room(&w, 2000); i++) {
		autofree char *name = shown_text(slice_of(k->authors[i].name));

		jw_object(&w, NULL);
		jw_str(&w, "name", name);
		jw_i64(&w, "commits", (int64_t)k->authors[i].commits);
		jw_end_object(&w);
	}
	jw_end_array(&w);
	jw_i64(&w, "people", (int64_t)k->n_authors);
	jw_i64(&w, "files", (int64_t)k->files.n);
	jw_i64(&w, "insertions", (int64_t)k->insertions);
	jw_i64(&w, "deletions", (int64_t)k->deletions);
	jw_array(&w, "list");
	for (size_t i = 0; i < k->n_list && tool_room(&w, 6000); i++) {
		jw_object(&w, NULL);
		jw_str(&w, "hash", k->list[i].hash);
		jw_time(&w, "time", k->list[i].time_ms);
		jw_str(&w, "author", k->list[i].author);
		jw_str(&w, "subject", k->list[i].subject);
		jw_end_object(&w);
	}
	jw_end_array(&w);
	jw_time(&w, "since", since);
	jw_bool(&w, "more", k->more);
	tool_json_end(c, r, &w);
	if (k->commits)
		tool_say(r,
			ngettext_("%s commit since %s: +%llu -%llu lines",
				"%s commits since %s: +%llu -%llu lines", k->commits),
			str_count(k->commits, count), tool_time(since, time),
			(unsigned long long)k->insertions, (unsigned long long)k->deletions);
	else
		tool_say(r, _("No commits since %s"), tool_time(since, time));
}

static bool
run_git(const struct tool_ctx *c, const char *path, int64_t since, struct week *k,
	struct err *err)
{
	autofree char *from = xasprintf("--since=@%lld", (long long)(since / 1000));
	autofree char *path_env =
		xasprintf("PATH=%s", getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin");
	autofree char *disk = draft_locate(c->draft, path, err), *shown = tool_name(c, path);
	const char *const argv[] = { "git", "--no-pager", "--no-optional-locks", "-c",
		"core.fsmonitor=", "-c", "core.hooksPath=/dev/null", "-c",
		"log.showSignature=false", "-c", "gpg.program=false", "-c",
		"core.sshCommand=false", "-c", "diff.external=", "-c", "diff.submodule=short",
		"-c", "core.quotePath=true", "-c", "log.showRoot=true", "-C", disk, "log",
		"--exclude=refs/stash", "--all", from, "--max-count=" COMMITS_ASKED, "--numstat",
		"--no-ext-diff", "--no-textconv", "--ignore-submodules=all", "--no-color",
		"--no-renames", "--no-notes", "--format=%x01%h%x02%an%x02%at%x02%s", NULL };
	const char *const env[] = { path_env, "LC_ALL=C.UTF-8", "HOME=/nonexistent",
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0",
		"GIT_ALLOW_PROTOCOL=none", "GIT_OPTIONAL_LOCKS=0", "GIT_ATTR_NOSYSTEM=1",
		"GIT_NO_LAZY_FETCH=1", NULL };
	struct wait_child w = { .ctx = c,
		.argv = argv,
		.env = env,
		.fd = -1,
		.fd2 = -1,
		.wall_ms = WALL_MS,
		.output = on_output,
		.user = k };
	bool ok = disk && wait_child_run(&w, err);

	if (ok && w.end.timed_out)
		ok = err_set(err, ERR_LIMIT, _("Git took too long; ask about a shorter time."));
	else if (ok && w.end.exit != 0 && strstr(buf_str(&w.error), "not a git repository"))
		ok = err_set(err, ERR_USAGE, _("%s is not in a git repository."), shown);
	else if (ok && w.end.exit != 0 && strstr(buf_str(&w.error), "dubious ownership"))
		ok = err_set(err, ERR_DENIED,
			_("The repository %s belongs to someone else, so git does not open "
			  "it."),
			shown);
	else if (ok && w.end.exit != 0)
		ok = err_set(err, ERR_IO, _("Git failed: %.200s"), buf_str(&w.error));
	wait_child_finish(&w);
	return ok;
}

static bool
run(const struct tool_ctx *c, const cJSON *args, struct tool_result *r, struct err *err)
{
	autofree char *path = tool_arg_folder(c, args, "path", NULL, err);
	const char *since = tool_arg_opt(args, "since");
	struct week k = { .line = BUF_INIT(LINE_MAX_BYTES) };
	int64_t from;
	bool ok;

	if (!path || !when_parse(since ? since : "7 days", WHEN_PAST, tool_now(c), &from, err))
		return false;
	if (!wait_child_exists("git"))
		return err_set(err, ERR_NOT_FOUND,
			_("Git is not installed. Install the package git."));
	ok = run_git(c, path, from, &k, err);
	if (ok) {
		give(c, r, &k, from);
		r->taint = tool_name(c, path);
	}
	for (size_t i = 0; i < k.n_authors; i++)
		free(k.authors[i].name);
	free(k.authors);
	for (size_t i = 0; i < k.n_list; i++) {
		free(k.list[i].hash);
		free(k.list[i].author);
		free(k.list[i].subject);
	}
	nameset_finish(&k.files);
	strv_finish(&k.file_names);
	buf_finish(&k.line);
	return ok;
}

const struct tool tool_git_week = {
	.name = "git_week",
	.summary = N_("What happened in a git repository since a day"),
	.schema = "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"},"
		  "\"since\":{\"type\":\"string\"}},\"required\":[\"path\"]}",
	.returns = "commits, people, authors:[{name,commits}], files, insertions, deletions, "
		   "list:[{hash,time,author,subject}], since, more",
	.risk = RISK_READ,
	.flags = TOOL_EXTRA | TOOL_TAINTS,
	.run = run,
};
