/* homard run: one request, headless or asking on the terminal (DESIGN 12). */
#include "agent/base/i18n.h"
#include "agent/base/limits.h"
#include "agent/base/utf8.h"
#include "agent/cli/line.h"
#include <errno.h>
#include <poll.h>
#include <sys/stat.h>

extern const struct cli_command cli_run;

struct run_args {
	bool json, approve_all;
	const char *engine, *model, *mode, *cwd;
	struct buf request;
};

/* Value of "--name value" or "--name=value"; NULL when argv[*i] is another option. */
static const char *
option_value(int argc, char **argv, int *i, const char *name, bool *missing)
{
	size_t n = strlen(name);

	if (strncmp(argv[*i], name, n) != 0)
		return NULL;
	if (argv[*i][n] == '=')
		return argv[*i] + n + 1;
	if (argv[*i][n])
		return NULL;
	if (*i + 1 >= argc) {
		*missing = true;
		return "";
	}
	return argv[++*i];
}

static bool
one_of(const char *value, const char *const *list)
{
	for (; *list; list++) {
		if (str_eq(*list, value))
			return true;
	}
	return false;
}

static int
parse_option(struct cli *c, struct run_args *a, int argc, char **argv, int *i)
{
	static const char *const engines[] = { "instinct", "model", NULL };
	static const char *const modes[] = { "step", "draft", "auto", "read-only", NULL };
	static const char *const approvals[] = { "none", "all", NULL };
	bool missing = false;
	const char *v;

	if (str_eq(argv[*i], "--json"))
		a->json = true;
	else if ((v = option_value(argc, argv, i, "--engine", &missing)))
		a->engine = v;
	else if ((v = option_value(argc, argv, i, "--model", &missing)))
		a->model = v;
	else if ((v = option_value(argc, argv, i, "--mode", &missing)))
		a->mode = v;
	else if ((v = option_value(argc, argv, i, "--cwd", &missing)))
		a->cwd = v;
	else if ((v = option_value(argc, argv, i, "--record", &missing))) {
		autofree char *set = xasprintf("model.record=%s", v);
		struct err err = { 0 };

		if (!config_override(c->config, set, &err))
			return cli_fail(c, "run", &err);
	}
	else if ((v = option_value(argc, argv, i, "--approve", &missing))) {
		if (!missing && !one_of(v, approvals))
			return cli_usage(c, &cli_run, _("--approve is none or all"));
		a->approve_all = str_eq(v, "all");
	} else
		return cli_unknown_option(c, &cli_run, argv[*i]);
	if (missing)
		return cli_usage(c, &cli_run, _("an option lacks its value"));
	if (a->engine && !one_of(a->engine, engines))
		return cli_usage(c, &cli_run, _("--engine is instinct or model"));
	if (a->mode && !one_of(a->mode, modes))
		return cli_usage(c, &cli_run, _("--mode is step, draft, auto or read-only"));
	if (a->model && !strchr(a->model, '/'))
		return cli_usage(c, &cli_run, _("--model is PROVIDER/MODEL"));
	return 0;
}

static int
parse(struct cli *c, struct run_args *a, int argc, char **argv)
{
	bool words = false;
	int i, r;

	for (i = 1; i < argc; i++) {
		if (!words && str_eq(argv[i], "--")) {
			words = true;
			continue;
		}
		if (!words && argv[i][0] == '-' && argv[i][1]) {
			r = parse_option(c, a, argc, argv, &i);
			if (r)
				return r;
			continue;
		}
		if (a->request.len)
			buf_add_char(&a->request, ' ');
		if (!buf_add_str(&a->request, argv[i]))
			return cli_usage(c, &cli_run, _("the request is longer than 1 MB"));
	}
	if (!a->request.len)
		return cli_usage(c, &cli_run, _("say what you want done"));
	return 0;
}

static bool
read_stdin(struct buf *b, struct err *err)
{
	char chunk[65536];
	ssize_t n;

	while ((n = read(0, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, errno, "%s", _("cannot read standard input"));
		if (!buf_add(b, chunk, (size_t)n))
			return err_set(err, ERR_LIMIT, _("standard input is larger than %u MB"),
				(unsigned)(b->max >> 20));
	}
	return true;
}

static bool
read_request(struct buf *b, struct err *err)
{
	buf_clear(b);
	if (!read_stdin(b, err))
		return false;
	if (b->len && (memchr(b->p, '\0', b->len) || !utf8_valid(b->p, b->len)))
		return err_set(err, ERR_USAGE, "%s", _("the request is not valid UTF-8 text"));
	if (!slice_trim(buf_slice(b)).n)
		return err_set(err, ERR_USAGE, "%s", _("say what you want done"));
	return true;
}

/* Piped text is data beside the request; only a pipe or a file is read, and never waited for
 * when nothing was given (cron, CI: stdin is often an idle pipe). */
static bool
stdin_has_data(void)
{
	struct stat st;
	struct pollfd p = { .fd = 0, .events = POLLIN };

	if (fstat(0, &st) != 0)
		return false;
	if (S_ISREG(st.st_mode))
		return st.st_size > 0;
	return S_ISFIFO(st.st_mode) && poll(&p, 1, 0) == 1 && (p.revents & POLLIN);
}

static bool
check_cwd(const char *cwd, struct err *err)
{
	struct stat st;

	if (stat(cwd, &st) != 0)
		return err_sys(err, errno, _("cannot work in %s"), cwd);
	if (!S_ISDIR(st.st_mode))
		return err_set(err, ERR_USAGE, _("%s is not a folder"), cwd);
	return true;
}

static int
run(struct cli *c, int argc, char **argv)
{
	struct run_args a = { 0 };
	autobuf struct buf piped = BUF_INIT(LIMIT_BODY);
	autofree char *here = NULL, *cwd = NULL;
	struct line_opts o = { 0 };
	struct err err = { 0 };
	bool terminal = isatty(0) && isatty(1);
	int ret;

	if (cli_help_asked(c, &cli_run, argc, argv, &ret))
		return ret;
	buf_init(&a.request, LIMIT_REQUEST_TEXT);
	ret = parse(c, &a, argc, argv);
	if (ret)
		goto out;
	here = getcwd(NULL, 0);
	cwd = path_resolve(a.cwd ? a.cwd : ".", here ? here : "/", c->places->home);
	ret = 1;
	if (!check_cwd(cwd, &err)) {
		ret = cli_fail(c, "run", &err);
		ret = a.cwd ? 2 : ret;
		goto out;
	}
	if (str_eq(buf_str(&a.request), "-")) {
		if (!read_request(&a.request, &err)) {
			ret = cli_fail(c, "run", &err);
			goto out;
		}
		terminal = false;
	} else if (stdin_has_data() && !read_stdin(&piped, &err)) {
		ret = cli_fail(c, "run", &err);
		goto out;
	}
	o.request = buf_str(&a.request);
	o.cwd = cwd;
	o.engine = a.engine;
	o.model = a.model;
	o.mode = a.mode;
	o.piped = buf_slice(&piped);
	o.json = a.json;
	o.approve_all = a.approve_all;
	o.ask = terminal && !a.json && !a.approve_all;
	o.once = true;
	ret = line_main(c, &o);
out:
	buf_finish(&a.request);
	return ret;
}

const struct cli_command cli_run = {
	.name = "run",
	.summary = N_("Do one request and leave"),
	.usage = "[--json] [--engine instinct|model] [--model P/M] [--mode M] "
		 "[--approve none|all] [--cwd DIR] [--record DIR] [--] REQUEST",
	.help = N_("--record writes all traffic with models to DIR, keys removed.\n"
		   "REQUEST - reads the request from standard input; other piped text is data.\n"
		   "Without a terminal whatever needs a decision is refused, unless --approve all.\n"
		   "--json prints one event a line. Exit: 0 done, 1 failed, 2 usage, 3 refused for\n"
		   "want of approval, 4 limit or budget, 130 stopped."),
	.run = run,
};
