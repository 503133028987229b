/* What a try says in the end: one line for programs, a tree and sentences for people. */
#include "agent/cli/try_private.h"
#include "agent/base/event.h"
#include "agent/base/i18n.h"
#include "agent/base/json.h"
#include "agent/base/sanitize.h"

#define REPORT_MAX (1u << 30)
#define TREE_MAX (64u << 20)

static const char *const limit_names[] = {
	[DRAFT_LIMIT_NONE] = "",
	[DRAFT_LIMIT_WALL] = "wall",
	[DRAFT_LIMIT_MEM] = "mem",
	[DRAFT_LIMIT_CPU] = "cpu",
	[DRAFT_LIMIT_OUTPUT] = "output",
	[DRAFT_LIMIT_STOP] = "stop",
	[DRAFT_LIMIT_PROCS] = "procs",
	[DRAFT_LIMIT_SPACE] = "space",
};

static const char *const limit_sentences[] = {
	[DRAFT_LIMIT_WALL] =
		N_("It took too long and was ended; --wall SECONDS gives it more time."),
	[DRAFT_LIMIT_MEM] =
		N_("It took too much memory and was ended; --mem BYTES gives it more."),
	[DRAFT_LIMIT_CPU] = N_("It used too much processor time and was ended."),
	[DRAFT_LIMIT_OUTPUT] = N_("It printed too much and was ended."),
	[DRAFT_LIMIT_STOP] = N_("It was stopped."),
	[DRAFT_LIMIT_PROCS] = N_("It started too many processes and was ended."),
	[DRAFT_LIMIT_SPACE] = N_("It was ended before the disk was full; free some space."),
};

static void
put_effect(struct jw *w, const struct effect *e)
{
	autofree char *path = path_text(e->path);
	autofree char *from = e->kind == EFFECT_MOVE && e->from ? path_text(e->from) : NULL;

	jw_object(w, NULL);
	jw_str(w, "path", path);
	jw_str(w, "kind", effect_kind_names[e->kind]);
	jw_i64(w, "bytes", (int64_t)e->bytes);
	jw_i64(w, "count", (int64_t)e->count);
	jw_str(w, "from", from);
	if (e->was_count) { /* a tree in place of another: what is lost */
		jw_i64(w, "was_bytes", (int64_t)e->was);
		jw_i64(w, "was_count", (int64_t)e->was_count);
	}
	jw_end_object(w);
}

static void
put_end(struct jw *w, const struct try *t)
{
	if (t->limit)
		jw_null(w, "exit");
	else
		jw_i64(w, "exit", t->signal ? 128 + t->signal : t->exit);
	jw_str(w, "limit", t->limit ? limit_names[t->limit] : NULL);
}

void
try_print_json(const struct try *t)
{
	autobuf struct buf b = BUF_INIT(REPORT_MAX);
	struct jw w;

	jw_init(&w, &b);
	jw_object(&w, NULL);
	put_end(&w, t);
	jw_array(&w, "effects");
	for (size_t i = 0; i < t->effects->n; i++) {
		if (t->effects->v[i].kind != EFFECT_TOUCH)
			put_effect(&w, &t->effects->v[i]);
	}
	jw_end_array(&w);
	jw_array(&w, "unpreviewed");
	for (size_t i = 0; i < t->unpreviewed.n; i++)
		jw_str(&w, NULL, t->unpreviewed.v[i]);
	jw_end_array(&w);
	jw_i64(&w, "taken", (int64_t)t->taken);
	if (t->effects->not_listed)
		jw_i64(&w, "not_listed", (int64_t)t->effects->not_listed);
	jw_end_object(&w);
	fprintf(t->cli->out, "%s\n", buf_str(&b));
}

static size_t
count_lines(const struct buf *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->len; i++)
		n += b->p[i] == '\n';
	return n;
}

bool
try_print_effects(const struct try *t, size_t max_lines)
{
	const struct effects *e = t->effects;
	autobuf struct buf tree = BUF_INIT(TREE_MAX), sentence = BUF_INIT(64u << 10);
	FILE *out = t->cli->errout;
	size_t all = max_lines ? max_lines : SIZE_MAX;

	if (!e->n && !e->not_listed) {
		fprintf(out, "%s\n",
			e->folded ? _("Nothing changed (some files were only touched).")
				  : _("Nothing changed."));
		return true;
	}
	effects_tree(e, t->cli->places->home, all, true, &tree);
	effects_sentence(e, t->cli->places->home, &sentence);
	fprintf(out, "%s%s\n", buf_str(&tree), buf_str(&sentence));
	return !max_lines || count_lines(&tree) < max_lines;
}

void
try_print_end(const struct try *t)
{
	FILE *out = t->cli->errout;

	fflush(t->cli->out);
	if (t->limit)
		fprintf(out, "%s\n", _(limit_sentences[t->limit]));
	else if (t->signal)
		fprintf(out, _("It was ended by signal %d.\n"), t->signal);
	else if (t->exit)
		fprintf(out, _("It ended with exit code %d.\n"), t->exit);
	for (size_t i = 0; i < t->unpreviewed.n; i++) {
		autofree char *safe = sanitize_dup(t->unpreviewed.v[i], SANITIZE_TEXT);

		fprintf(out, "! %s\n", safe);
	}
}
