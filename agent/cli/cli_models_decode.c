/* homard models decode: what a recorded reply means. */
#include "agent/cli/models.h"
#include "agent/base/i18n.h"
#include "agent/llm/llm.h"

#define BODY_FILE_MAX (64u << 20)
#define HEADERS_MAX 256

struct decode_opts {
	enum llm_kind kind;
	size_t pieces;
	int status;
	struct llm_header headers[HEADERS_MAX];
	size_t n_headers;
	struct strv lines; /* what the headers point into */
	const char *file;
};

static bool
add_header(struct decode_opts *o, const char *text, struct err *err)
{
	char *line, *colon;

	if (o->n_headers >= HEADERS_MAX)
		return err_set(err, ERR_USAGE, _("more than %d headers"), HEADERS_MAX);
	strv_add(&o->lines, text);
	line = o->lines.v[o->lines.n - 1];
	colon = strchr(line, ':');
	if (!colon)
		return err_set(err, ERR_USAGE, _("--header wants 'Name: value', not '%s'"), text);
	*colon++ = '\0';
	colon += strspn(colon, " \t");
	o->headers[o->n_headers++] = (struct llm_header){ line, colon };
	return true;
}

static bool
number(const char *name, const char *v, int64_t lo, int64_t hi, int64_t *ret, struct err *err)
{
	if (str_to_i64(v, ret) && *ret >= lo && *ret <= hi)
		return true;
	return err_set(err, ERR_USAGE, _("%s wants a number from %lld to %lld, not '%s'"), name,
		(long long)lo, (long long)hi, v);
}

static bool
take_option(struct decode_opts *o, const char *name, const char *v, struct err *err)
{
	int64_t n;

	if (str_eq(name, "--kind")) {
		o->kind = llm_kind_of(v);
		if (o->kind == LLM_KIND_COUNT)
			return err_set(err, ERR_USAGE,
				_("unknown kind '%s'; known are openai-chat, openai-responses, "
				  "anthropic, gemini and ollama"),
				v);
		return true;
	}
	if (str_eq(name, "--pieces")) {
		if (!number(name, v, 1, BODY_FILE_MAX, &n, err))
			return false;
		o->pieces = (size_t)n;
		return true;
	}
	if (str_eq(name, "--status")) {
		if (!number(name, v, 100, 599, &n, err))
			return false;
		o->status = (int)n;
		return true;
	}
	if (str_eq(name, "--header"))
		return add_header(o, v, err);
	return err_set(err, ERR_USAGE, _("unknown option '%s'; see homard models --help"), name);
}

static bool
parse_options(struct decode_opts *o, int argc, char **argv, struct err *err)
{
	bool only_files = false;

	for (int i = 1; i < argc; i++) {
		char *eq;
		autofree char *name = NULL;
		const char *v;

		if (!only_files && str_eq(argv[i], "--")) {
			only_files = true;
			continue;
		}
		if (only_files || argv[i][0] != '-' || str_eq(argv[i], "-")) {
			if (o->file)
				return err_set(err, ERR_USAGE, _("one file at a time, please"));
			o->file = argv[i];
			continue;
		}
		eq = strchr(argv[i], '=');
		name = eq ? xstrndup(argv[i], (size_t)(eq - argv[i])) : xstrdup(argv[i]);
		v = eq ? eq + 1 : i + 1 < argc ? argv[++i] : NULL;
		if (!v)
			return err_set(err, ERR_USAGE, _("%s wants a value"), name);
		if (!take_option(o, name, v, err))
			return false;
	}
	if (o->kind == LLM_KIND_COUNT)
		return err_set(err, ERR_USAGE, _("say which --kind of reply it is"));
	if (!o->file)
		return err_set(err, ERR_USAGE, _("name the file that holds the reply"));
	return true;
}

static bool
read_body(const char *file, struct buf *b, struct err *err)
{
	char piece[65536];
	size_t n;

	if (!str_eq(file, "-"))
		return path_read_file(file, b, err);
	while ((n = fread(piece, 1, sizeof(piece), stdin)) > 0)
		if (!buf_add(b, piece, n))
			return err_set(err, ERR_LIMIT, _("the reply is larger than 64 MB"));
	return true;
}

static bool
decode_stream(const struct decode_opts *o, struct slice body, struct buf *out)
{
	struct llm_stream *s = llm_stream_create(&(struct llm_stream_opts){ .kind = o->kind });
	size_t step = o->pieces ? o->pieces : MAX_OF(body.n, 1);
	struct llm_turn t;
	bool ok;

	for (size_t at = 0; at < body.n; at += step)
		if (!llm_stream_feed(s, (struct slice){ body.p + at, MIN_OF(step, body.n - at) }))
			break;
	llm_stream_finish(s, &t);
	llm_stream_destroy(s);
	ok = llm_turn_to_json(&t, o->kind, out);
	llm_turn_finish(&t);
	return ok;
}

static int
decode(struct cli *c, int argc, char **argv)
{
	struct decode_opts o = { .kind = LLM_KIND_COUNT };
	autobuf struct buf body = BUF_INIT(BODY_FILE_MAX), out = BUF_INIT(BODY_FILE_MAX);
	struct llm_error e = { 0 };
	struct err err = { 0 };
	bool ok = parse_options(&o, argc, argv, &err) && read_body(o.file, &body, &err);

	if (ok) {
		if (o.status && llm_error_decode(o.kind, o.status, o.headers, o.n_headers,
					buf_slice(&body), clock_wall(c->clock), &e))
			ok = llm_error_to_json(&e, &out);
		else
			ok = decode_stream(&o, buf_slice(&body), &out);
		if (!ok)
			err_set(&err, ERR_LIMIT, _("the reply is too large to print"));
	}
	strv_finish(&o.lines);
	llm_error_finish(&e);
	if (!ok)
		return cli_fail(c, "models", &err);
	fprintf(c->out, "%s\n", buf_str(&out));
	return 0;
}

const struct models_verb models_decode = {
	.name = "decode",
	.usage = "decode --kind KIND [--pieces N] [--status N] [--header 'K: V'] FILE",
	.help = N_("Prints what a recorded reply means, as one JSON object.\n"
		   "  --kind KIND        openai-chat, openai-responses, anthropic, gemini or ollama\n"
		   "  --pieces N         feed N bytes at a time\n"
		   "  --status N         the HTTP status it came with\n"
		   "  --header 'K: V'    a response header; may be repeated\n"
		   "  FILE               the body as it was received; - reads stdin"),
	.run = decode,
};
