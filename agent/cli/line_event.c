/* Line mode as a fold: events become lines and questions. */
#include "agent/base/i18n.h"
#include "agent/base/json.h"
#include "agent/base/limits.h"
#include "agent/base/path.h"
#include "agent/base/sanitize.h"
#include "agent/cli/line_private.h"

/* The arguments that say most, in one line. */
static char *
call_words(const struct fold_call *c, const char *home)
{
	static const char *const keys[] = { "command", "path", "text", "question", "pattern",
		"from", "to" };
	autojson cJSON *args = json_parse_lenient(slice_of(c->args), NULL);
	autobuf struct buf b = BUF_INIT(1u << 16);
	size_t i;

	buf_add_str(&b, c->tool);
	for (i = 0; i < ARRAY_LEN(keys); i++) {
		const char *v = json_str(args, keys[i], NULL);
		autofree char *short_one = v && *v == '/' ? path_tilde(v, home) : NULL;
		autofree char *safe = v ? sanitize_elide(short_one ? short_one : v, 100) : NULL;

		if (v)
			buf_printf(&b, " %s%s", i > 4 ? "-> " : "", safe);
	}
	return buf_steal(&b);
}

static void
show_plan(struct line *l)
{
	size_t i;

	line_end_text(l);
	fprintf(l->say, "%s\n", _("Plan:"));
	for (i = 0; i < l->fold->n_steps; i++) {
		const struct fold_step *s = &l->fold->steps[i];
		autofree char *safe = sanitize_dup(s->text, SANITIZE_LINE);
		const char *mark = str_eq(s->state, "done") ? "[x]"
			: str_eq(s->state, "now")	    ? "[>]"
			: str_eq(s->state, "todo")	    ? "[ ]"
							    : "[-]";

		fprintf(l->say, "  %s %zu. %s\n", mark, i + 1, safe);
	}
}

static void
show_call_done(struct line *l, const struct fold_call *c)
{
	if (c && c->summary)
		line_sentence(l, c->state == FOLD_CALL_DONE ? "  + " : "  ! ", c->summary);
}

static void
show_end(struct line *l)
{
	const struct fold *f = l->fold;

	line_end_text(l);
	if (f->state != FOLD_DONE)
		fprintf(l->say, _("Task %lld: %s.\n"), (long long)f->task, fold_state_word(f->state));
	else if (!l->opts->once)
		fprintf(l->say, _("Task %lld is done.\n"), (long long)f->task);
	fflush(l->say);
	if (l->opts->once)
		session_leave(&l->session, f->exit < 0 ? 1 : f->exit);
	l->wants = WANT_REQUEST;
	line_wake(l);
}

static void
show_commit(struct line *l, const struct event *ev)
{
	autojson cJSON *facts = json_parse_lenient(ev->facts, NULL);
	autofree char *s = NULL;
	long long n = (long long)json_i64(facts, "n", 0);

	if (ev->kind == EV_COMMIT_DONE) {
		s = xasprintf(ngettext("taken: %lld change; /undo %lld takes it back",
				      "taken: %lld changes; /undo %lld takes them back",
				      (unsigned long)n),
			n, (long long)ev->task);
		line_sentence(l, "  ", s);
	}
}

static void
show_text(struct line *l, const struct event *ev)
{
	line_put_safe(l->out, ev->body);
	l->in_text |= ev->body.n > 0;
	if (ev->body.n && ev->body.p[ev->body.n - 1] == '\n')
		l->in_text = false;
	if (slice_find(ev->facts, SLICE_LIT("\"end\":true")) >= 0)
		line_end_text(l);
	if (slice_find(ev->facts, SLICE_LIT("\"cut\":true")) >= 0)
		line_sentence(l, "", _("[cut off]"));
	fflush(l->out);
}

static void
show_output(struct line *l, const struct event *ev)
{
	line_end_text(l);
	line_put_safe(l->say, ev->body);
	if (ev->body.n && ev->body.p[ev->body.n - 1] != '\n')
		fputc('\n', l->say);
}

static void
show_acts(struct line *l, const struct event *ev)
{
	const struct fold *f = l->fold;
	const struct fold_approval *a = fold_open_approval(f);
	const struct fold_question *q = fold_open_question(f);
	autofree char *words = NULL;

	switch (ev->kind) {
	case EV_CALL:
		words = call_words(&f->calls[f->n_calls - 1], l->session.cli->places->home);
		line_sentence(l, "* ", words);
		break;
	case EV_CALL_DONE: {
		autojson cJSON *facts = json_parse_lenient(ev->facts, NULL);

		show_call_done(l, fold_call(f, json_i64(facts, "call", 0)));
		break;
	}
	case EV_APPROVAL:
		if (a && l->opts->ask)
			line_show_choices(l, a);
		else if (f->n_approvals && fold_call(f, f->approvals[f->n_approvals - 1].call))
			line_show_effects(l, fold_call(f, f->approvals[f->n_approvals - 1].call),
				false);
		break;
	case EV_QUESTION:
		if (q && l->opts->ask)
			line_show_question(l, q);
		else
			line_sentence(l, "? ", f->questions[f->n_questions - 1].text);
		break;
	default:
		break;
	}
}

static void
show_retry(struct line *l, const struct event *ev)
{
	autojson cJSON *facts = json_parse_lenient(ev->facts, NULL);
	const char *why = json_str(facts, "why", ""), *model = json_str(facts, "model", NULL);
	long long s = (json_i64(facts, "wait_ms", 0) + 999) / 1000;
	autofree char *text = model ? xasprintf(_("%s; asking %s instead"), why, model)
		: l->opts->ask && s > 1
		? xasprintf(_("%s; trying again in %lld s (/hurry: now; /stop: give up)"), why, s)
		: xasprintf(_("%s; trying again in %lld s"), why, s);

	line_sentence(l, "... ", text);
}

static void
show(struct line *l, const struct event *ev)
{
	autofree char *text = NULL;

	switch (ev->kind) {
	case EV_TEXT:
		show_text(l, ev);
		break;
	case EV_OUTPUT:
		show_output(l, ev);
		break;
	case EV_PLAN:
		show_plan(l);
		break;
	case EV_NOTICE:
		text = slice_dup(ev->body);
		line_sentence(l, "! ", text);
		break;
	case EV_RETRY:
		show_retry(l, ev);
		break;
	case EV_COMMIT_DONE:
		show_commit(l, ev);
		break;
	case EV_STATE:
		if (fold_is_ended(l->fold))
			show_end(l);
		break;
	default:
		show_acts(l, ev);
		break;
	}
}

void
line_event(void *user, const struct event *ev)
{
	struct line *l = user;
	autobuf struct buf b = BUF_INIT(2 * LIMIT_BODY);

	if (l->opts->json) {
		event_to_json(&b, ev);
		buf_add_char(&b, '\n');
		fwrite(b.p, 1, b.len, l->out);
		fflush(l->out);
	}
	if (ev->kind == EV_REQUEST && !l->fold)
		l->fold = fold_create(ev->task);
	if (!l->fold || ev->task != l->fold->task)
		return;
	fold_apply(l->fold, ev);
	if (!l->opts->json)
		show(l, ev);
	else if (ev->kind == EV_STATE && fold_is_ended(l->fold))
		session_leave(&l->session, l->fold->exit < 0 ? 1 : l->fold->exit);
	if (ev->seq == INT64_MAX) { /* could not be written: the task ends without an event */
		fprintf(l->session.cli->errout, "homard: %.*s\n", SLICE_FMT(ev->body));
		if (l->opts->once)
			session_leave(&l->session, 1);
	}
}
