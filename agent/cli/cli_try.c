/* homard try: any command in a throw-away draft; its effects are shown, then taken or dropped.
 */
#include "agent/cli/try_private.h"
#include <errno.h>
#include <sys/stat.h>
#include "agent/base/hash.h"
#include "agent/base/i18n.h"
#include "agent/base/json.h"
#include "agent/core/config.h"
#include "agent/tools/shell_net.h"
#include "agent/tools/tool.h"

extern const struct cli_command cli_try;

#define JSON_WALL_MS 20000
#define SEEN_MAX (256u << 10)
#define THROW_AWAY (INT64_C(1) << 52) /* stage numbers of tries that no journal knows */
#define SLOTS 64

static bool
take_seconds(const char *s, uint64_t *ret_ms, struct err *err)
{
	double n;

	if (!s || !str_to_double(s, &n) || n <= 0 || n > 1e6)
		return err_set(err, ERR_USAGE, _("--wall wants seconds, such as 60"));
	*ret_ms = MAX_OF((uint64_t)(n * 1000), (uint64_t)1);
	return true;
}

static bool
take_mem(const char *s, uint64_t *ret, struct err *err)
{
	if (!s || !str_to_size(s, ret) || *ret < (4u << 20))
		return err_set(err, ERR_USAGE, _("--mem wants bytes, at least 4M, such as 2G"));
	return true;
}

static bool
take_take(const char *s, enum try_take *ret, struct err *err)
{
	if (s && str_eq(s, "none"))
		*ret = TRY_NONE;
	else if (s && str_eq(s, "all"))
		*ret = TRY_ALL;
	else
		return err_set(err, ERR_USAGE, _("--take wants none or all"));
	return true;
}

/* One option at argv[*i]; steps over its value. */
static bool
take_option(struct try *t, char **argv, int *i, struct err *err)
{
	const char *name = argv[*i], *value = argv[*i + 1];

	if (str_eq(name, "--json")) {
		t->json = true;
		return true;
	}
	(*i)++;
	if (str_eq(name, "--take"))
		return take_take(value, &t->take, err);
	if (str_eq(name, "--wall"))
		return take_seconds(value, &t->wall_ms, err);
	if (str_eq(name, "--mem"))
		return take_mem(value, &t->mem, err);
	if (str_eq(name, "--cwd")) {
		if (!value)
			return err_set(err, ERR_USAGE, _("--cwd wants a folder"));
		free(t->cwd);
		t->cwd = xstrdup(value);
		return true;
	}
	return err_set(err, ERR_USAGE, _("unknown option %s; homard %s --help lists them"),
		name, cli_try.name);
}

static bool
settle_cwd(struct try *t, struct err *err)
{
	autofree char *here = getcwd(NULL, 0);
	autofree char *wish =
		t->cwd ? path_resolve(t->cwd, here ? here : "/", t->cli->places->home) : NULL;
	char *real = wish || here ? realpath(wish ? wish : here, NULL) : NULL;
	struct stat st;

	if (!real || stat(real, &st) < 0 || !S_ISDIR(st.st_mode)) {
		free(real);
		return err_set(err, ERR_USAGE, _("%s is not a folder"), wish ? wish : ".");
	}
	free(t->cwd);
	t->cwd = real;
	return true;
}

static bool
needs_quotes(const char *s)
{
	return !*s || strpbrk(s, " \t\n'\"\\$`&|;<>()*?[]#~!{}");
}

/* The words as a shell would want them, so that a person recognises the command. */
static char *
command_line(const struct strv *argv)
{
	struct buf b = BUF_INIT(1u << 20);

	if (argv->n == 3 && (str_ends(argv->v[0], "sh")) && str_eq(argv->v[1], "-c"))
		return xstrdup(argv->v[2]);
	for (size_t i = 0; i < argv->n; i++) {
		if (i)
			buf_add_char(&b, ' ');
		if (!needs_quotes(argv->v[i])) {
			buf_add_str(&b, argv->v[i]);
			continue;
		}
		buf_add_char(&b, '\'');
		for (const char *p = argv->v[i]; *p; p++) {
			if (*p == '\'')
				buf_add_str(&b, "'\\'");
			buf_add_char(&b, *p);
		}
		buf_add_char(&b, '\'');
	}
	return buf_steal(&b);
}

static bool
parse(struct try *t, int argc, char **argv, struct err *err)
{
	int i = 1;

	for (; i < argc && argv[i][0] == '-' && !str_eq(argv[i], "--"); i++) {
		if (!take_option(t, argv, &i, err))
			return false;
	}
	if (i < argc && str_eq(argv[i], "--"))
		i++;
	for (; i < argc; i++)
		strv_add(&t->argv, argv[i]);
	if (!t->argv.n || !*t->argv.v[0])
		return err_set(
			err, ERR_USAGE, _("say which command to try: homard try -- COMMAND"));
	/* One word with blanks is a line for the shell. */
	if (t->argv.n == 1 && strpbrk(t->argv.v[0], " \t\n|;&<>") &&
		access(t->argv.v[0], X_OK) < 0) {
		autofree char *line = xstrdup(t->argv.v[0]);

		strv_finish(&t->argv);
		t->argv = (struct strv){ 0 };
		strv_add(&t->argv, "sh");
		strv_add(&t->argv, "-c");
		strv_add(&t->argv, line);
	}
	t->command = command_line(&t->argv);
	return settle_cwd(t, err);
}

static void
add_sentences(struct try *t, const struct buf *json)
{
	autojson cJSON *list = json_parse(buf_slice(json), NULL);
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
	{
		if (cJSON_IsString(item))
			strv_add(&t->unpreviewed, item->valuestring);
	}
}

/* What no draft can show: told by the programs it names and by what it complained about. */
static void
find_unpreviewed(struct try *t)
{
	autobuf struct buf json = BUF_INIT(64u << 10);
	autostrv struct strv hosts = { 0 };

	if (tool_shell_outside(t->command, &json))
		add_sentences(t, &json);
	if (t->exit != 0 && shell_net_failed(t->command, buf_slice(&t->seen), &hosts)) {
		if (!hosts.n)
			strv_add(&t->unpreviewed,
				_("It wanted the network, and a draft has none."));
		for (size_t i = 0; i < hosts.n; i++)
			strv_addf(&t->unpreviewed,
				_("It wanted to reach %s, and a draft has no network."),
				hosts.v[i]);
	}
}

/* Folders of tries that changed nothing are used again: making and removing them costs more
 * than the rest. One set for each home and folder, since the roots depend on them. */
static int64_t
first_slot(const struct try *t)
{
	autofree char *key = xasprintf("%s%c%s", t->cli->places->home, '\n', t->cwd);
	unsigned char sum[HASH_LEN];
	uint32_t n;

	hash_bytes(key, strlen(key), sum);
	memcpy(&n, sum, sizeof(n));
	return THROW_AWAY + (int64_t)n * SLOTS;
}

static bool
open_slot(struct try *t, struct draft_opts *o, struct err *err)
{
	int64_t first = first_slot(t);

	if (t->journal) {
		o->task = t->task;
		return draft_open(o, &t->draft, err);
	}
	for (int64_t i = 0; i < SLOTS; i++) {
		o->task = first + i;
		if (draft_open(o, &t->draft, err)) {
			/* One that was killed left something: not for this run. */
			if (draft_is_empty(t->draft) || draft_discard(t->draft, err))
				return true;
			draft_close(t->draft);
			t->draft = NULL;
		}
		if (err->code != ERR_CONFLICT && err->code != ERR_NOT_FOUND)
			return false;
		err_clear(err);
	}
	return err_set(err, ERR_LIMIT, _("too many tries are running in this folder"));
}

static bool
open_draft(struct try *t, struct err *err)
{
	const struct places *p = t->cli->places;
	autofree char *stage = path_join(p->state, "stage");
	autofree char *helper = places_helper(p, "homard-draft", err);
	const char *const own[] = { p->config, p->state, p->data, NULL };
	struct draft_opts o = { .stage_root = stage,
		.home = p->home,
		.cwd = t->cwd,
		.helper = helper,
		.own = own,
		.clock = t->cli->clock,
		.masks = (const char *const *)config_list(t->cli->config, "draft.hide")->v };

	return helper && open_slot(t, &o, err);
}

/* With the sentences about this machine, if it is the machine's fault. */
static int
no_draft(struct try *t, struct err *err)
{
	autofree char *helper = places_helper(t->cli->places, "homard-draft", NULL);
	autofree char *stage = path_join(t->cli->places->state, "stage");
	autofree char *text = xstrdup(err->text);
	struct draft_ground ground = { 0 };

	if (helper && draft_probe(helper, t->cli->places->home, stage, &ground, NULL) &&
		!ground.commands)
		err_set(err, err->code, "%s. %s", text, ground.words);
	(void)cli_fail(t->cli, cli_try.name, err);
	return 1;
}

static bool
is_interactive(const struct try *t)
{
	return !t->json && isatty(0) && isatty(2);
}

static int
exit_code(const struct try *t)
{
	if (t->json)
		return 0;
	if (t->limit == DRAFT_LIMIT_STOP)
		return 130;
	if (t->limit)
		return 4;
	return t->signal ? 128 + t->signal : t->exit;
}

static void
say_taken(struct try *t)
{
	if (t->taken)
		fprintf(t->cli->errout, _("Taken. `homard undo %lld` takes it back.\n"),
			(long long)t->task);
	else
		fprintf(t->cli->errout, "%s\n", _("Dropped: nothing was changed."));
}

/* True unless taking went wrong. */
static bool
decide(struct try *t)
{
	struct effects *e = t->effects;
	autofree bool *take = xcalloc(e->n + 1, sizeof(*take));
	struct err err = { 0 };
	bool wanted = false;

	if (!t->json)
		try_print_end(t);
	if (t->take == TRY_ASK && e->n && is_interactive(t) && t->limit != DRAFT_LIMIT_STOP) {
		wanted = try_ask(t, take);
	} else if (!t->json) {
		try_print_effects(t, 0);
	}
	if (t->take == TRY_ALL && e->not_listed) {
		fprintf(t->cli->errout, "%s\n",
			_("There is more than can be listed; nothing was taken."));
	} else if (t->take == TRY_ALL && e->n && t->limit != DRAFT_LIMIT_STOP) {
		memset(take, true, e->n * sizeof(*take));
		wanted = true;
	}
	if (wanted && !try_commit(t, take, t->take == TRY_ALL ? "flag" : "person", &err)) {
		cli_fail(t->cli, cli_try.name, &err);
		return false;
	}
	if (!t->json && e->n) {
		if (t->take == TRY_ASK && !is_interactive(t))
			fprintf(t->cli->errout, "%s\n",
				_("No terminal to ask on and no --take: dropped."));
		else
			say_taken(t);
	}
	return true;
}

static int
run_and_report(struct try *t)
{
	struct err err = { 0 };
	bool ok;

	/* Only what may be taken is recorded; a task number makes it one for undo. */
	if ((t->take == TRY_ALL || (t->take == TRY_ASK && is_interactive(t))) &&
		!try_record_begin(t, &err))
		return cli_fail(t->cli, cli_try.name, &err);
	if (!open_draft(t, &err))
		return no_draft(t, &err);
	if (!try_run(t))
		return no_draft(t, &t->err);
	find_unpreviewed(t);
	ok = decide(t);
	if (t->json)
		try_print_json(t);
	return ok || t->json ? exit_code(t) : 1;
}

/* What was not taken goes; what was stays in the stage for undo. */
static void
clean_up(struct try *t)
{
	if (t->draft && t->taken) {
		(void)!draft_drop(t->draft, NULL, NULL, NULL);
		draft_close(t->draft);
	} else if (!t->journal) {
		/* The slot stays, with its lock: someone may be waiting to use it. */
		(void)!draft_park(t->draft, NULL);
	} else {
		draft_destroy(t->draft, NULL);
	}
	try_record_end(t, t->taken || t->ran ? "done" : "failed");
	if (t->effects)
		effects_finish(t->effects);
	free(t->effects);
	strv_finish(&t->argv);
	strv_finish(&t->unpreviewed);
	buf_finish(&t->seen);
	free(t->cwd);
	free(t->command);
}

static int
run(struct cli *c, int argc, char **argv)
{
	struct try t = { .cli = c, .exit = -1, .seen = BUF_INIT(SEEN_MAX) };
	struct err err = { 0 };
	int ret;

	if (cli_help_asked(c, &cli_try, argc, argv, &ret))
		return ret;
	if (!parse(&t, argc, argv, &err)) {
		ret = cli_usage(c, &cli_try, err.text);
	} else {
		if (t.json && t.take == TRY_ASK)
			t.take = TRY_NONE;
		if (!t.wall_ms)
			t.wall_ms = t.json
				? JSON_WALL_MS
				: 1000 * (uint64_t)config_int(c->config, "draft.wall");
		ret = run_and_report(&t);
	}
	clean_up(&t);
	return ret;
}

const struct cli_command cli_try = {
	.name = "try",
	.summary = N_("Run a command in a draft, see what it would change"),
	.usage = "[--json] [--take none|all] [--wall SECONDS] [--mem BYTES] [--cwd DIR] -- "
		 "COMMAND...",
	.help = N_(
		"The command runs on a private copy of your files, without network. Then you\n"
		"see what it would create, change and delete, and take all of it, part of it,\n"
		"or nothing. What was taken can be undone. The command gets no input.\n"
		"  --json      one line with the effects; the command's output goes to stderr\n"
		"  --take      decide beforehand; without a terminal the default is none\n"
		"  --wall      end it after so many seconds (20 with --json)\n"
		"  --mem       end it when it takes more memory, such as 2G\n"
		"  --cwd       run it in this folder\n"
		"Without --json the exit code is the command's; 4 when a limit ended it."),
	.run = run,
};
