/* A task to read: words as text, output in fences, effects and decisions as lists. */
#include <time.h>
#include "agent/base/i18n.h"
#include "agent/base/json.h"
#include "agent/base/json_words.h"
#include "agent/base/limits.h"
#include "agent/base/sanitize.h"
#include "agent/store/event_words.h"
#include "agent/store/export.h"

#define LIST_MAX 200 /* effects listed; more are counted */

static void
add_time(struct buf *out, int64_t ms)
{
	time_t t = (time_t)(ms / 1000);
	struct tm tm;
	char text[40];

	if (localtime_r(&t, &tm) && strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm))
		buf_add_str(out, text);
}

/* Closes a message whose pieces were written as they came. */
static void
end_message(struct export *x)
{
	if (x->in_message)
		buf_add_str(&x->out, "\n\n");
	x->in_message = false;
}

static void
add_safe(struct buf *out, struct slice s)
{
	sanitize(out, s.p, s.n, SANITIZE_TEXT);
}

/* Text that must not become markup: in a fence longer than any it holds. */
static void
add_fenced(struct buf *out, const char *language, struct slice s)
{
	autobuf struct buf safe = BUF_INIT(EXPORT_PIECE_MAX);
	size_t i, run = 0, longest = 2;

	add_safe(&safe, s);
	for (i = 0; i < safe.len; i++) {
		run = safe.p[i] == '`' ? run + 1 : 0;
		longest = MAX_OF(longest, run);
	}
	for (i = 0; i <= longest; i++)
		buf_add_char(out, '`');
	buf_printf(out, "%s\n%s", language, buf_str(&safe));
	if (safe.len && safe.p[safe.len - 1] != '\n')
		buf_add_char(out, '\n');
	for (i = 0; i <= longest; i++)
		buf_add_char(out, '`');
	buf_add_str(out, "\n\n");
}

static bool
add_row(void *user, const char *row, int depth)
{
	struct slice rest = slice_of(row), line;

	while (rest.p && rest.n) {
		line = slice_line(&rest);
		buf_printf(user, "%*s%.*s\n", 2 * depth, "", SLICE_FMT(line));
	}
	return true;
}

/* JSON as rows of words; other text as it is. */
static void
add_body(struct buf *out, const char *language, struct slice s)
{
	autobuf struct buf rows = BUF_INIT(EXPORT_PIECE_MAX);

	if (!json_words(s, add_row, &rows))
		add_fenced(out, language, s);
	else if (rows.len)
		add_fenced(out, language, buf_slice(&rows));
}

static void
add_quoted(struct buf *out, struct slice s)
{
	autobuf struct buf safe = BUF_INIT(EXPORT_PIECE_MAX);
	struct slice rest, line;

	add_safe(&safe, s);
	rest = buf_slice(&safe);
	while (rest.p && rest.n) {
		line = slice_line(&rest);
		buf_add_str(out, "> ");
		buf_add_slice(out, line);
		buf_add_char(out, '\n');
	}
	buf_add_char(out, '\n');
}

static void
add_name(struct buf *out, const char *s)
{
	buf_add_char(out, '`');
	sanitize(out, s, strlen(s), SANITIZE_NAME);
	buf_add_char(out, '`');
}

static void
add_removed(struct buf *out, const struct event *ev)
{
	buf_add_str(out, "*");
	buf_add_str(out, _("text removed on "));
	add_time(out, ev->body_removed);
	buf_add_str(out, "*\n\n");
}

/* Indented, so that nothing in it can end the block. */
static void
add_indented(struct export *x, struct slice s)
{
	autobuf struct buf safe = BUF_INIT(EXPORT_PIECE_MAX);
	size_t i;

	add_safe(&safe, s);
	for (i = 0; i < safe.len; i++) {
		if (x->at_line)
			buf_add_str(&x->out, "    ");
		buf_add_char(&x->out, safe.p[i]);
		x->at_line = safe.p[i] == '\n';
	}
}

static void
on_piece(struct export *x, const struct event *ev, const cJSON *facts)
{
	int64_t key = json_i64(facts, ev->kind == EV_OUTPUT ? "call" : "turn", 0);

	if (x->in_message && (x->kind != ev->kind || x->key != key))
		end_message(x);
	if (!x->in_message) {
		x->at_line = true;
		if (ev->kind == EV_REASONING)
			buf_printf(&x->out, "*%s* ", _("Thought:"));
	}
	x->in_message = true;
	x->kind = ev->kind;
	x->key = key;
	if (ev->kind == EV_OUTPUT) {
		x->printed = key;
		add_indented(x, ev->body);
	} else {
		add_safe(&x->out, ev->body);
	}
	if (json_bool(facts, "cut", false))
		buf_printf(&x->out, " %s", _("[cut off]"));
	if (json_bool(facts, "end", false))
		end_message(x);
}

static const char *
effect_word(const char *kind)
{
	static const struct {
		const char *kind, *word;
	} words[] = { { "create", N_("new") }, { "modify", N_("changed") }, { "delete", N_("deleted") },
		{ "replace", N_("replaced") }, { "perm", N_("rights changed") }, { "move", N_("moved") },
		{ "touch", N_("time changed") } };
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++) {
		if (str_eq(words[i].kind, kind))
			return _(words[i].word);
	}
	return _("changed");
}

/* Effects, or the conflicts of a commit that failed: each with its path. */
static void
add_effects(struct buf *out, const struct event *ev)
{
	autojson cJSON *list = json_parse_lenient(ev->body, NULL);
	const cJSON *e;
	int n = 0;

	cJSON_ArrayForEach(e, list)
	{
		if (n++ == LIST_MAX)
			break;
		buf_printf(out, "- %s ", effect_word(json_str(e, "kind", "")));
		if (*json_str(e, "from", "")) {
			add_name(out, json_str(e, "from", ""));
			buf_add_str(out, " → ");
		}
		add_name(out, json_str(e, "path", "?"));
		if (*json_str(e, "why", "")) {
			autofree char *why = sanitize_dup(json_str(e, "why", ""), SANITIZE_LINE);

			buf_printf(out, ": %s", why);
		}
		buf_add_char(out, '\n');
	}
	if (cJSON_GetArraySize(list) > LIST_MAX) {
		buf_add_str(out, "- ");
		buf_printf(out, _("and %d more"), cJSON_GetArraySize(list) - LIST_MAX);
		buf_add_char(out, '\n');
	}
	buf_add_char(out, '\n');
}

static void
add_plan(struct buf *out, const struct event *ev)
{
	autojson cJSON *list = json_parse_lenient(ev->body, NULL);
	const cJSON *step;

	cJSON_ArrayForEach(step, list)
	{
		const char *state = json_str(step, "state", "todo");
		autofree char *text = sanitize_dup(json_str(step, "text", ""), SANITIZE_LINE);

		buf_printf(out, "- [%s] %s", str_eq(state, "done") ? "x" : " ", text);
		if (str_eq(state, "now"))
			buf_printf(out, " (%s)", _("now"));
		else if (str_eq(state, "skipped"))
			buf_printf(out, " (%s)", _("skipped"));
		else if (str_eq(state, "failed"))
			buf_printf(out, " (%s)", _("failed"));
		buf_add_char(out, '\n');
	}
	buf_add_char(out, '\n');
}

static void
add_bold(struct buf *out, const struct event *ev, const cJSON *facts)
{
	buf_add_str(out, "**");
	event_words(out, ev, facts);
	buf_add_str(out, "**\n\n");
}

static void
add_done(struct export *x, const struct event *ev, const cJSON *facts)
{
	buf_add_str(&x->out, "*");
	event_words(&x->out, ev, facts);
	buf_add_str(&x->out, "*\n\n");
	/* What was written while it ran is not repeated. */
	if (ev->body.n && x->printed != json_i64(facts, "call", 0))
		add_body(&x->out, "", ev->body);
}

static void
begin(struct export *x)
{
	const struct task_row *h = &x->head;
	autofree char *title = sanitize_dup(h->request, SANITIZE_LINE);
	struct buf *out = &x->out;

	buf_add_str(out, "# ");
	buf_printf(out, _("Task %lld: %s"), (long long)h->task, title);
	buf_add_str(out, "\n\n- ");
	add_time(out, h->time);
	buf_printf(out, "\n- %s%s%s\n- ", h->engine, *h->model ? " " : "", h->model);
	add_name(out, h->cwd);
	buf_printf(out, "\n- %s\n", h->state);
	if (h->effects) {
		buf_add_str(out, "- ");
		buf_printf(out, _("%lld effects"), (long long)h->effects);
		buf_add_char(out, '\n');
	}
	if (h->tokens) {
		buf_add_str(out, "- ");
		buf_printf(out, _("%lld tokens"), (long long)h->tokens);
		buf_add_char(out, '\n');
	}
	buf_add_char(out, '\n');
}

/* The list is that of the effects before it, when all of them were taken. */
static void
add_taken(struct export *x, const struct event *ev, const cJSON *facts)
{
	bool same = ev->kind == EV_COMMIT_DONE && !x->single && json_i64(facts, "n", 0) == x->n_effects;

	add_bold(&x->out, ev, facts);
	if (!same && ev->body.n > 2)
		add_effects(&x->out, ev);
	if (ev->kind == EV_EFFECTS)
		x->n_effects = json_i64(facts, "n", 0);
}

static void
whole_event(struct export *x, const struct event *ev, const cJSON *facts)
{
	switch ((int)ev->kind) {
	case EV_REQUEST:
		add_quoted(&x->out, ev->body);
		return;
	case EV_STEER:
	case EV_QUEUE:
	case EV_QUESTION:
	case EV_ANSWER:
	case EV_NOTICE:
	case EV_MEMORY:
	case EV_REMINDER:
	case EV_COMPACT:
		add_bold(&x->out, ev, facts);
		add_quoted(&x->out, ev->body);
		return;
	case EV_CALL:
		buf_add_str(&x->out, "### ");
		event_words(&x->out, ev, facts);
		buf_add_str(&x->out, "\n\n");
		add_body(&x->out, "", ev->body);
		return;
	case EV_CALL_DONE:
		add_done(x, ev, facts);
		return;
	case EV_PLAN:
		add_bold(&x->out, ev, facts);
		add_plan(&x->out, ev);
		return;
	case EV_EFFECTS:
	case EV_COMMIT_DONE:
	case EV_COMMIT_FAILED:
	case EV_UNDONE:
	case EV_REDONE:
		add_taken(x, ev, facts);
		return;
	case EV_DIFF:
		add_fenced(&x->out, "diff", ev->body);
		return;
	default:
		add_bold(&x->out, ev, facts);
		if (ev->body.n > 2 && (x->single || ev->kind == EV_RECIPE)
			&& ((unsigned)ev->kind >= EV_COUNT || event_kinds[ev->kind].body != BODY_BYTES))
			add_body(&x->out, "", ev->body);
	}
}

static void
event(struct export *x, const struct event *ev)
{
	autojson cJSON *facts = json_parse_lenient(ev->facts, NULL);
	bool piece = ev->kind == EV_TEXT || ev->kind == EV_REASONING || ev->kind == EV_OUTPUT;

	if (!x->single && event_is_quiet(ev, facts))
		return;
	if (piece && !ev->body_removed) {
		on_piece(x, ev, facts);
		return;
	}
	end_message(x);
	if (ev->body_removed)
		add_removed(&x->out, ev);
	else
		whole_event(x, ev, facts);
}

const struct export_form export_markdown = {
	.name = "markdown",
	.suffix = ".md",
	.help = N_("the task to read: words, acts, effects, decisions"),
	.single = true,
	.begin = begin,
	.event = event,
	.end = end_message,
};
