/* homard usage: tokens and money, with a small chart. */
#include "agent/base/i18n.h"
#include "agent/base/json.h"
#include "agent/cli/look.h"
#include "agent/store/usage.h"

extern const struct cli_command cli_usage_;

#define BAR 24

struct table {
	struct usage_row *v;
	size_t n, cap;
	struct usage_row sum;
};

static bool
keep_row(void *user, const struct usage_row *row)
{
	struct table *t = user;

	GROW(t->v, t->n, t->cap);
	t->v[t->n] = *row;
	t->v[t->n++].key = xstrdup(row->key ? row->key : "");
	t->sum.requests += row->requests;
	t->sum.input += MAX_OF(row->input, 0);
	t->sum.output += MAX_OF(row->output, 0);
	t->sum.cache_read += MAX_OF(row->cache_read, 0);
	t->sum.cache_write += MAX_OF(row->cache_write, 0);
	t->sum.reasoning += MAX_OF(row->reasoning, 0);
	t->sum.cost += MAX_OF(row->cost, 0.0);
	return true;
}

static int64_t
tokens_of(const struct usage_row *r)
{
	return MAX_OF(r->input, 0) + MAX_OF(r->output, 0) + MAX_OF(r->cache_read, 0) +
		MAX_OF(r->cache_write, 0);
}

static void
print_bar(FILE *out, double share)
{
	/* Eighths of a block: the smallest use still shows. */
	static const char *const part[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
	int eighths = (int)(share * BAR * 8 + 0.5);

	if (share > 0 && eighths == 0)
		eighths = 1;
	for (int i = 0; i < eighths / 8; i++)
		fputs("█", out);
	fputs(part[eighths % 8], out);
}

static void
print_row(FILE *out, const struct usage_row *r, double share, bool bar)
{
	char in[32], cached[32], written[32];

	str_count((uint64_t)(MAX_OF(r->input, 0) + MAX_OF(r->cache_write, 0)), in);
	str_count((uint64_t)MAX_OF(r->cache_read, 0), cached);
	str_count((uint64_t)MAX_OF(r->output, 0), written);
	const char *key = *r->key ? r->key : "-";

	look_put(out, key, true);
	for (size_t i = strlen(key); i < 32; i++)
		fputc(' ', out);
	fprintf(out, " %8lld %12s %12s %12s %10.4f  ", (long long)r->requests, in, cached, written,
		MAX_OF(r->cost, 0.0));
	if (bar)
		print_bar(out, share);
	fputc('\n', out);
}

static void
print_table(struct cli *c, struct table *t)
{
	bool money = t->sum.cost > 0;
	double most = 0;

	if (!t->n) {
		fprintf(c->out, "%s\n", _("No model was asked yet: 0 tokens, $0."));
		return;
	}
	for (size_t i = 0; i < t->n; i++)
		most = MAX_OF(most, money ? t->v[i].cost : (double)tokens_of(&t->v[i]));
	fprintf(c->out, "%-32s %8s %12s %12s %12s %10s\n", "", _("requests"), _("input"),
		_("from cache"), _("output"), _("dollars"));
	for (size_t i = 0; i < t->n; i++)
		print_row(c->out, &t->v[i],
			most > 0 ? (money ? MAX_OF(t->v[i].cost, 0.0) : (double)tokens_of(&t->v[i])) / most
				 : 0, true);
	t->sum.key = _("in all");
	print_row(c->out, &t->sum, 0, false);
}

static void
print_json(struct cli *c, const struct usage_row *r)
{
	autobuf struct buf b = BUF_INIT(65536);
	struct jw w;

	jw_init(&w, &b);
	jw_object(&w, NULL);
	jw_str(&w, "key", r->key);
	jw_i64(&w, "requests", r->requests);
	jw_i64(&w, "input", r->input);
	jw_i64(&w, "output", r->output);
	jw_i64(&w, "cache_read", r->cache_read);
	jw_i64(&w, "cache_write", r->cache_write);
	jw_i64(&w, "reasoning", r->reasoning);
	jw_num(&w, "cost", r->cost);
	jw_end_object(&w);
	fprintf(c->out, "%s\n", buf_str(&b));
}

static void
print_csv(struct cli *c, const struct usage_row *r)
{
	fputc('"', c->out);
	for (const char *p = r->key; *p; p++) {
		if (*p == '"')
			fputc('"', c->out);
		fputc(*p, c->out);
	}
	fprintf(c->out, "\",%lld,%lld,%lld,%lld,%lld,%lld,%.6f\n", (long long)r->requests,
		(long long)r->input, (long long)r->output, (long long)r->cache_read,
		(long long)r->cache_write, (long long)r->reasoning, r->cost);
}

enum form { FORM_TABLE, FORM_JSON, FORM_CSV };

static int
show(struct cli *c, enum usage_by by, enum form form, int64_t days)
{
	struct journal *j = NULL;
	struct table t = { 0 };
	struct err err = { 0 };
	int64_t since = days > 0 ? clock_wall(c->clock) - days * 86400000 : 0;
	int ret = 0;

	if (!look_open(c, &j, &err) && err.code == ERR_NOT_FOUND)
		err_clear(&err); /* nothing was done yet */
	else if (err.code || !usage_sums(j, by, since, 0, keep_row, &t, &err))
		ret = cli_fail(c, "usage", &err);
	if (!ret && form == FORM_TABLE)
		print_table(c, &t);
	if (form == FORM_CSV && !ret)
		fputs("key,requests,input,output,cache_read,cache_write,reasoning,cost\n", c->out);
	for (size_t i = 0; i < t.n; i++) {
		if (!ret && form == FORM_JSON)
			print_json(c, &t.v[i]);
		else if (!ret && form == FORM_CSV)
			print_csv(c, &t.v[i]);
		free((char *)(uintptr_t)t.v[i].key);
	}
	free(t.v);
	journal_close(j);
	return ret;
}

static int
run(struct cli *c, int argc, char **argv)
{
	static const struct {
		const char *word;
		enum usage_by by;
	} words[] = { { "day", USAGE_BY_DAY }, { "model", USAGE_BY_MODEL }, { "task", USAGE_BY_TASK },
		{ "skill", USAGE_BY_SKILL } };
	enum usage_by by = USAGE_BY_DAY;
	enum form form = FORM_TABLE;
	int64_t days = 0;
	int ret;

	if (cli_help_asked(c, &cli_usage_, argc, argv, &ret))
		return ret;
	for (int i = 1; i < argc; i++) {
		size_t k = 0;

		while (k < ARRAY_LEN(words) && !str_eq(words[k].word, argv[i]))
			k++;
		if (k < ARRAY_LEN(words))
			by = words[k].by;
		else if (str_eq(argv[i], "--json"))
			form = FORM_JSON;
		else if (str_eq(argv[i], "--csv"))
			form = FORM_CSV;
		else if (str_eq(argv[i], "--days") && i + 1 < argc && str_to_i64(argv[i + 1], &days))
			i++;
		else
			return cli_unknown_option(c, &cli_usage_, argv[i]);
	}
	return show(c, by, form, days);
}

const struct cli_command cli_usage_ = {
	.name = "usage",
	.summary = N_("Tokens and money by day, model, task or skill"),
	.usage = "[day|model|task|skill] [--days N] [--json|--csv]",
	.help = N_("Input is what was paid in full, from cache what the provider remembered.\n"
		   "The bars compare money, or tokens where no price is known.\n"
		   "--days N: only the last N days."),
	.run = run,
};
