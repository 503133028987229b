/* homard memory: what is remembered, with source and date; add, edit, forget, export. */
#include "agent/base/i18n.h"
#include "agent/base/json.h"
#include "agent/cli/look.h"
#include "agent/store/memory.h"

extern const struct cli_command cli_memory;

struct listing {
	struct cli *cli;
	bool json;
	size_t n;
};

static bool
print_memory(void *user, const struct memory_row *m)
{
	struct listing *l = user;
	autobuf struct buf b = BUF_INIT(1u << 20);
	char when[32];
	struct jw w;

	l->n++;
	look_time(m->time, when);
	if (l->json) {
		jw_init(&w, &b);
		jw_object(&w, NULL);
		jw_i64(&w, "id", m->id);
		jw_i64(&w, "task", m->task);
		jw_i64(&w, "time", m->time);
		jw_str(&w, "text", m->text);
		jw_str(&w, "origin", m->origin);
		jw_str(&w, "trust", m->trust);
		jw_end_object(&w);
		fprintf(l->cli->out, "%s\n", buf_str(&b));
		return true;
	}
	fprintf(l->cli->out, "%5lld  %s  ", (long long)m->id, when);
	look_put(l->cli->out, m->text, true);
	if (m->task)
		fprintf(l->cli->out, _("  (%s, task %lld)"), m->origin, (long long)m->task);
	else
		fprintf(l->cli->out, "  (%s)", m->origin);
	fputc('\n', l->cli->out);
	return true;
}

static int
list(struct cli *c, const char *words, bool json)
{
	struct listing l = { .cli = c, .json = json };
	struct journal *j = NULL;
	struct err err = { 0 };
	int ret = 0;

	if (!look_open(c, &j, &err) || !memory_find(j, words, 0, print_memory, &l, &err))
		ret = look_no_list(c, "memory", json, &err);
	else if (!l.n && !json)
		fprintf(c->out, "%s\n", _("Nothing is remembered yet."));
	journal_close(j);
	return ret;
}

static bool
keep_one(void *user, const struct memory_row *row)
{
	(void)row;
	*(bool *)user = true;
	return true;
}

/* op: add, edit or forget. */
static int
change(struct cli *c, const char *op, int64_t id, const char *text)
{
	struct journal *j = NULL;
	struct err err = { 0 };
	autofree char *facts = NULL;
	struct journal_entry e = { .kind = EV_MEMORY };
	bool there = id == 0;
	int64_t seq = 0;
	int ret = 0;

	facts = id ? xasprintf("{\"op\":\"%s\",\"id\":%lld,\"origin\":\"person\",\"trust\":\"sure\"}",
			     op, (long long)id)
		   : xstrdup("{\"op\":\"add\",\"origin\":\"person\",\"trust\":\"sure\"}");
	e.facts = slice_of(facts);
	e.body = slice_of(text);
	e.has_body = text != NULL;
	if (!look_open_write(c, &j, &err) || (id && !memory_get(j, id, keep_one, &there, &err)))
		ret = cli_fail(c, "memory", &err);
	else if (!there)
		ret = err_set(&err, ERR_NOT_FOUND, _("there is no memory %lld"), (long long)id)
			? 0
			: cli_fail(c, "memory", &err);
	else if (!journal_append_now(j, &e, &seq, NULL, &err))
		ret = cli_fail(c, "memory", &err);
	else
		fprintf(c->out, str_eq(op, "forget") ? _("Forgot %lld.\n") : _("Remembered as %lld.\n"),
			(long long)(id ? id : seq));
	journal_close(j);
	return ret;
}

static char *
joined(int argc, char **argv, int from)
{
	struct buf b = BUF_INIT(1u << 20);
	int i;

	for (i = from; i < argc; i++)
		buf_printf(&b, "%s%s", b.len ? " " : "", argv[i]);
	return buf_steal(&b);
}

static int
memory(struct cli *c, int argc, char **argv)
{
	const char *op = argc > 1 ? argv[1] : "list";
	autofree char *text = NULL;
	bool json = argc > 1 && str_eq(argv[argc - 1], "--json");
	int64_t id = 0;
	int ret;

	if (cli_help_asked(c, &cli_memory, argc, argv, &ret))
		return ret;
	argc -= json;
	if (argc < 2 || str_eq(op, "list") || str_eq(op, "--json")) {
		text = joined(argc, argv, 2);
		return list(c, *text ? text : NULL, json);
	}
	if (str_eq(op, "add") && argc > 2) {
		text = joined(argc, argv, 2);
		return change(c, "add", 0, text);
	}
	if (argc > 2 && str_to_i64(argv[2], &id) && id > 0) {
		if (str_eq(op, "forget") && argc == 3)
			return change(c, "forget", id, NULL);
		text = joined(argc, argv, 3);
		if (str_eq(op, "edit") && *text)
			return change(c, "edit", id, text);
	}
	return cli_usage(c, &cli_memory, _("say list, add TEXT, edit ID TEXT or forget ID"));
}

const struct cli_command cli_memory = {
	.name = "memory",
	.summary = N_("What is remembered, with source and date"),
	.usage = "[list [WORDS] | add TEXT | edit ID TEXT | forget ID] [--json]",
	.help = N_("Every change is an event in the history; the newest version counts."),
	.run = memory,
};
