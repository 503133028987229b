/* homard search: words in everything that ever happened. */
#include "agent/base/i18n.h"
#include "agent/base/json.h"
#include "agent/cli/look.h"

extern const struct cli_command cli_search;

struct hits {
	struct cli *cli;
	bool json;
	size_t n;
};

/* Scripts get the words alone, without the marks around what was found. */
static char *
without_marks(const char *snippet)
{
	char *text = xstrdup(snippet), *to = text;

	for (const char *p = snippet; *p; p++)
		if (*p != '\x01' && *p != '\x02')
			*to++ = *p;
	*to = '\0';
	return text;
}

static void
print_json(FILE *out, const struct search_hit *h)
{
	autobuf struct buf b = BUF_INIT(1u << 16);
	autofree char *snippet = without_marks(h->snippet);
	struct jw w;

	jw_init(&w, &b);
	jw_object(&w, NULL);
	jw_i64(&w, "task", h->task);
	jw_str(&w, "request", h->request);
	jw_str(&w, "state", h->state);
	jw_i64(&w, "time", h->time);
	jw_i64(&w, "seq", h->seq);
	jw_str(&w, "kind", h->kind_name);
	jw_str(&w, "snippet", snippet);
	jw_end_object(&w);
	fprintf(out, "%s\n", buf_str(&b));
}

static bool
print_hit(void *user, const struct search_hit *h)
{
	struct hits *x = user;
	char when[32];

	x->n++;
	if (x->json) {
		print_json(x->cli->out, h);
		return true;
	}
	look_time(h->time, when);
	fprintf(x->cli->out, "%5lld  %s  ", (long long)h->task, when);
	look_put(x->cli->out, h->request, true);
	fprintf(x->cli->out, "\n       %s: ", h->kind_name);
	look_put(x->cli->out, h->snippet, true);
	fputc('\n', x->cli->out);
	return true;
}

static int
search(struct cli *c, int argc, char **argv)
{
	autobuf struct buf words = BUF_INIT(4096);
	struct hits h = { .cli = c };
	struct journal *j = NULL;
	struct err err = { 0 };
	int i, ret;

	if (cli_help_asked(c, &cli_search, argc, argv, &ret))
		return ret;
	for (i = 1; i < argc; i++) {
		if (str_eq(argv[i], "--json"))
			h.json = true;
		else if (argv[i][0] == '-' && argv[i][1] == '-')
			return cli_unknown_option(c, &cli_search, argv[i]);
		else
			buf_printf(&words, "%s%s", words.len ? " " : "", argv[i]);
	}
	if (!words.len)
		return cli_usage(c, &cli_search, _("name the words to look for"));
	ret = 0;
	if (!look_open(c, &j, &err) ||
		!journal_search(j, buf_str(&words), 50, print_hit, &h, &err))
		ret = look_no_list(c, "search", h.json, &err);
	else if (!h.n && !h.json)
		fprintf(c->out, "%s\n", _("Nothing found."));
	journal_close(j);
	return ret;
}

const struct cli_command cli_search = {
	.name = "search",
	.summary = N_("Find words in everything that happened"),
	.usage = "[--json] WORDS",
	.help = N_("All words must occur; \"quoted phrases\"; -word excludes. Newest first."),
	.run = search,
};
