/* One function where a kind needs one, a plain sentence where not; the table comes last. */
#include "agent/base/i18n.h"
#include "agent/base/sanitize.h"
#include "agent/store/event_words.h"

struct word {
	const char *id, *text;
};

static const struct word states[] = {
	{ "thinking", N_("thinking") },
	{ "acting", N_("acting") },
	{ "waiting", N_("waiting for you") },
	{ "committing", N_("taking the changes") },
	{ "done", N_("done") },
	{ "failed", N_("failed") },
	{ "stopped", N_("stopped") },
	{ NULL, NULL },
};
static const struct word decisions[] = {
	{ "take", N_("taken") },
	{ "part", N_("taken in part") },
	{ "edit", N_("edited") },
	{ "refuse", N_("refused") },
	{ "stop", N_("refused, and the task stopped") },
	{ "drop", N_("dropped") },
	{ NULL, NULL },
};
static const struct word actors[] = {
	{ "person", N_("by you") },
	{ "rule", N_("by a rule") },
	{ "flag", N_("by --approve") },
	{ "default", N_("by default") },
	{ "engine", N_("by the engine") },
	{ "recipe", N_("by the recipe") },
	{ NULL, NULL },
};
static const struct word reasons[] = {
	{ "recipe", N_("a recipe fits the words") },
	{ "model", N_("a model is set") },
	{ "asked", N_("you asked for it") },
	{ "no model", N_("no model is set") },
	{ "default", N_("by default") },
	{ "conflict", N_("a file was changed meanwhile") },
	{ "space", N_("the disk is full") },
	{ "io", N_("the disk could not be read or written") },
	{ "interrupted", N_("it was interrupted") },
	{ NULL, NULL },
};
static const struct word brakes[] = {
	{ "steps", N_("steps") },
	{ "time", N_("time of work") },
	{ "repeat", N_("the same call again and again") },
	{ "tokens", N_("tokens of this task") },
	{ "day", N_("tokens of this day") },
	{ "money", N_("money") },
	{ NULL, NULL },
};

/* The word's translation; what no table knows stands as it is, made safe. */
static void
add_word(struct buf *out, const struct word *table, const char *id)
{
	for (; table->id; table++) {
		if (str_eq(table->id, id)) {
			buf_add_str(out, _(table->text));
			return;
		}
	}
	sanitize(out, id, strlen(id), SANITIZE_LINE);
}

static void
add_fact(struct buf *out, const cJSON *facts, const char *key)
{
	const char *text = json_str(facts, key, "");

	sanitize(out, text, strlen(text), SANITIZE_LINE);
}

static long long
count(const cJSON *facts)
{
	return json_i64(facts, "n", 0);
}

/* " (by you)" */
static void
add_actor(struct buf *out, const cJSON *facts)
{
	const char *by = json_str(facts, "by", "");

	if (!*by)
		return;
	buf_add_str(out, " (");
	add_word(out, actors, by);
	buf_add_char(out, ')');
}

static void
add_duration(struct buf *out, int64_t ms)
{
	if (ms < 1000)
		buf_printf(out, _("%lld ms"), (long long)ms);
	else
		buf_printf(out, _("%.1f s"), (double)ms / 1000);
}

static void
say_state(struct buf *out, const cJSON *facts)
{
	const char *why = json_str(facts, "reason", "");

	add_word(out, states, json_str(facts, "state", ""));
	if (*why) {
		buf_add_str(out, ": ");
		add_word(out, reasons, why);
	}
	if (json_i64(facts, "ms", 0) > 0) {
		buf_add_str(out, ", ");
		add_duration(out, json_i64(facts, "ms", 0));
	}
	if (json_num(facts, "cost", 0) > 0)
		buf_printf(out, _(", %.4f of money"), json_num(facts, "cost", 0));
}

static void
say_engine(struct buf *out, const cJSON *facts)
{
	bool instinct = str_eq(json_str(facts, "engine", ""), "instinct");
	const char *why = json_str(facts, "reason", "");

	buf_add_str(out, instinct ? _("Instinct decides") : _("The model decides"));
	if (*json_str(facts, "model", "")) {
		buf_add_str(out, ": ");
		add_fact(out, facts, "model");
	}
	if (*why) {
		buf_add_str(out, " (");
		add_word(out, reasons, why);
		buf_add_char(out, ')');
	}
}

static void
say_mode(struct buf *out, const cJSON *facts)
{
	buf_add_str(out, _("Mode: "));
	add_fact(out, facts, "mode");
	add_actor(out, facts);
}

static void
say_recovered(struct buf *out, const cJSON *facts)
{
	const char *what = json_str(facts, "what", "");

	if (str_eq(what, "commit"))
		buf_add_str(out, _("A crash had interrupted the taking; it was brought to its end."));
	else if (str_eq(what, "undo"))
		buf_add_str(out, _("A crash had interrupted the undoing; it was brought to its end."));
	else
		buf_add_str(out, _("The task was interrupted and went on here."));
}

static void
say_plan(struct buf *out, const cJSON *facts)
{
	buf_add_str(out, _("Plan"));
	add_actor(out, facts);
}

static void
say_call(struct buf *out, const cJSON *facts)
{
	buf_printf(out, _("Act %lld: "), (long long)json_i64(facts, "call", 0));
	add_fact(out, facts, "tool");
}

static void
say_begun(struct buf *out, const cJSON *facts)
{
	buf_printf(out, _("Act %lld begins"), (long long)json_i64(facts, "call", 0));
}

static void
say_call_done(struct buf *out, const cJSON *facts)
{
	add_word(out, states, json_str(facts, "outcome", ""));
	buf_add_str(out, ": ");
	add_fact(out, facts, "summary");
}

static void
say_ran(struct buf *out, const cJSON *facts)
{
	buf_add_str(out, _("Ran in the draft: "));
	add_fact(out, facts, "summary");
}

static void
say_effects(struct buf *out, const cJSON *facts)
{
	buf_printf(out, ngettext("%lld change in the draft", "%lld changes in the draft",
				(unsigned long)count(facts)), count(facts));
}

static void
say_image(struct buf *out, const cJSON *facts)
{
	char size[16];

	buf_printf(out, _("Picture, %lld × %lld, %s"), (long long)json_i64(facts, "width", 0),
		(long long)json_i64(facts, "height", 0),
		str_size((uint64_t)MAX_OF(json_i64(facts, "bytes", 0), 0), size));
}

static void
say_approval(struct buf *out, const cJSON *facts)
{
	const cJSON *why;
	bool first = true;

	buf_add_str(out, _("A decision was asked for"));
	cJSON_ArrayForEach(why, cJSON_GetObjectItemCaseSensitive(facts, "why"))
	{
		if (!cJSON_IsString(why))
			continue;
		buf_add_str(out, first ? ": " : "; ");
		sanitize(out, why->valuestring, strlen(why->valuestring), SANITIZE_LINE);
		first = false;
	}
}

static void
say_decision(struct buf *out, const cJSON *facts)
{
	buf_add_str(out, _("Decision: "));
	add_word(out, decisions, json_str(facts, "decision", ""));
	add_actor(out, facts);
}

static void
say_rule(struct buf *out, const cJSON *facts)
{
	const char *op = json_str(facts, "op", "");

	buf_add_str(out, str_eq(op, "add") ? _("Rule kept: ")
			: str_eq(op, "remove") ? _("Rule removed: ")
					       : _("Rule used: "));
	add_fact(out, facts, "id");
}

static void
say_commit_begun(struct buf *out, const cJSON *facts)
{
	buf_printf(out, ngettext("Taking %lld change", "Taking %lld changes", (unsigned long)count(facts)),
		count(facts));
}

static void
say_commit_done(struct buf *out, const cJSON *facts)
{
	buf_printf(out, ngettext("Taken: %lld change", "Taken: %lld changes", (unsigned long)count(facts)),
		count(facts));
	if (json_bool(facts, "recovered", false))
		buf_add_str(out, _(" (told after a crash)"));
	else if (!json_bool(facts, "undoable", true))
		buf_add_str(out, _(" (cannot be undone)"));
}

static void
say_commit_failed(struct buf *out, const cJSON *facts)
{
	buf_add_str(out, _("Not taken, nothing was changed: "));
	add_word(out, reasons, json_str(facts, "why", ""));
}

static void
say_undone(struct buf *out, const cJSON *facts)
{
	buf_printf(out, ngettext("Undone: %lld change", "Undone: %lld changes", (unsigned long)count(facts)),
		count(facts));
}

static void
say_redone(struct buf *out, const cJSON *facts)
{
	buf_printf(out, ngettext("Done again: %lld change", "Done again: %lld changes", (unsigned long)count(facts)),
		count(facts));
}

static void
say_forgotten(struct buf *out, const cJSON *facts)
{
	char size[16];

	buf_printf(out, _("Freed %s; this can no longer be undone"),
		str_size((uint64_t)MAX_OF(json_i64(facts, "bytes", 0), 0), size));
}

static void
say_outside(struct buf *out, const cJSON *facts)
{
	buf_add_str(out, _("Outside of the draft, cannot be undone: "));
	add_fact(out, facts, "what");
	if (*json_str(facts, "host", "")) {
		buf_add_char(out, ' ');
		add_fact(out, facts, "host");
	}
}

static void
say_model_request(struct buf *out, const cJSON *facts)
{
	char size[16];

	buf_add_str(out, _("Sent to "));
	add_fact(out, facts, "host");
	buf_add_str(out, ", ");
	add_fact(out, facts, "model");
	buf_printf(out, ", %s", str_size((uint64_t)MAX_OF(json_i64(facts, "bytes", 0), 0), size));
}

static void
say_model_reply(struct buf *out, const cJSON *facts)
{
	buf_printf(out, _("The model answered (status %lld), "),
		(long long)json_i64(facts, "status", 0));
	add_duration(out, json_i64(facts, "ms", 0));
}

static void
say_usage(struct buf *out, const cJSON *facts)
{
	buf_printf(out, _("Tokens: %lld in, %lld out"), (long long)json_i64(facts, "input", 0),
		(long long)json_i64(facts, "output", 0));
}

static void
say_retry(struct buf *out, const cJSON *facts)
{
	buf_add_str(out, _("Tries again in "));
	add_duration(out, json_i64(facts, "wait_ms", 0));
	buf_add_str(out, ": ");
	add_fact(out, facts, "why");
}

static void
say_brake(struct buf *out, const cJSON *facts)
{
	buf_add_str(out, _("A limit was reached: "));
	add_word(out, brakes, json_str(facts, "brake", ""));
	buf_printf(out, " (%g)", json_num(facts, "limit", 0));
}

static void
say_compact(struct buf *out, const cJSON *facts)
{
	buf_printf(out, _("Earlier steps became a summary: %lld tokens to %lld"),
		(long long)json_i64(facts, "tokens_before", 0),
		(long long)json_i64(facts, "tokens_after", 0));
}

static void
say_taint(struct buf *out, const cJSON *facts)
{
	buf_add_str(out, _("Foreign content came in: "));
	add_fact(out, facts, "source");
}

static void
say_trust(struct buf *out, const cJSON *facts)
{
	buf_add_str(out, _("You trusted "));
	add_fact(out, facts, *json_str(facts, "place", "") ? "place" : "provider");
}

static void
say_memory(struct buf *out, const cJSON *facts)
{
	const char *op = json_str(facts, "op", "");

	buf_add_str(out, str_eq(op, "forget") ? _("Forgotten")
			: str_eq(op, "edit")   ? _("Memory changed")
			: str_eq(op, "revert") ? _("Memory brought back")
					       : _("Remembered"));
}

static void
say_recipe(struct buf *out, const cJSON *facts)
{
	buf_add_str(out, _("Recipe: "));
	add_fact(out, facts, "recipe");
	if (*json_str(facts, "outcome", "")) {
		buf_add_str(out, ", ");
		add_word(out, states, json_str(facts, "outcome", ""));
	}
}

static void
say_reminder(struct buf *out, const cJSON *facts)
{
	buf_add_str(out, str_eq(json_str(facts, "op", ""), "done") ? _("Reminder done") : _("Reminder"));
}

static void
say_tombstone(struct buf *out, const cJSON *facts)
{
	buf_printf(out, _("The text of event %lld was removed"), (long long)json_i64(facts, "of", 0));
	add_actor(out, facts);
}

static void
say_program(struct buf *out, const cJSON *facts)
{
	buf_add_str(out, str_eq(json_str(facts, "op", ""), "end") ? _("The program ended")
								 : _("The program started"));
}

enum { LOUD, QUIET };

static const struct {
	const char *plain;
	void (*say)(struct buf *out, const cJSON *facts);
	int quiet;
} words[EV_COUNT] = {
	[EV_REQUEST] = { N_("Request"), NULL, LOUD },
	[EV_STATE] = { NULL, say_state, LOUD },
	[EV_STEER] = { N_("Said meanwhile"), NULL, LOUD },
	[EV_QUEUE] = { N_("To be done afterwards"), NULL, LOUD },
	[EV_ENGINE] = { NULL, say_engine, LOUD },
	[EV_MODE] = { NULL, say_mode, LOUD },
	[EV_RECOVERED] = { NULL, say_recovered, LOUD },
	[EV_TEXT] = { N_("Answer"), NULL, LOUD },
	[EV_REASONING] = { N_("Thought"), NULL, LOUD },
	[EV_TURN] = { N_("A turn of the engine ended"), NULL, QUIET },
	[EV_PLAN] = { NULL, say_plan, LOUD },
	[EV_CALL] = { NULL, say_call, LOUD },
	[EV_CALL_BEGUN] = { NULL, say_begun, QUIET },
	[EV_OUTPUT] = { N_("Output"), NULL, LOUD },
	[EV_CALL_DONE] = { NULL, say_call_done, LOUD },
	[EV_IMAGE] = { NULL, say_image, LOUD },
	[EV_EFFECTS] = { NULL, say_effects, LOUD },
	[EV_RAN] = { NULL, say_ran, QUIET },
	[EV_DIFF] = { N_("Difference"), NULL, LOUD },
	[EV_APPROVAL] = { NULL, say_approval, LOUD },
	[EV_DECISION] = { NULL, say_decision, LOUD },
	[EV_QUESTION] = { N_("Question"), NULL, LOUD },
	[EV_ANSWER] = { N_("Your answer"), NULL, LOUD },
	[EV_RULE] = { NULL, say_rule, LOUD },
	[EV_COMMIT_BEGUN] = { NULL, say_commit_begun, QUIET },
	[EV_COMMIT_DONE] = { NULL, say_commit_done, LOUD },
	[EV_COMMIT_FAILED] = { NULL, say_commit_failed, LOUD },
	[EV_UNDONE] = { NULL, say_undone, LOUD },
	[EV_REDONE] = { NULL, say_redone, LOUD },
	[EV_FORGOTTEN] = { NULL, say_forgotten, LOUD },
	[EV_OUTSIDE] = { NULL, say_outside, LOUD },
	[EV_MODEL_REQUEST] = { NULL, say_model_request, QUIET },
	[EV_MODEL_REPLY] = { NULL, say_model_reply, QUIET },
	[EV_USAGE] = { NULL, say_usage, QUIET },
	[EV_RETRY] = { NULL, say_retry, LOUD },
	[EV_BRAKE] = { NULL, say_brake, LOUD },
	[EV_COMPACT] = { NULL, say_compact, LOUD },
	[EV_TAINT] = { NULL, say_taint, LOUD },
	[EV_TRUST] = { NULL, say_trust, LOUD },
	[EV_MEMORY] = { NULL, say_memory, LOUD },
	[EV_RECIPE] = { NULL, say_recipe, LOUD },
	[EV_REMINDER] = { NULL, say_reminder, LOUD },
	[EV_NOTICE] = { N_("Note"), NULL, LOUD },
	[EV_INPUT] = { N_("Input kept"), NULL, QUIET },
	[EV_TOMBSTONE] = { NULL, say_tombstone, LOUD },
	[EV_PROGRAM] = { NULL, say_program, QUIET },
};

void
event_words(struct buf *out, const struct event *ev, const cJSON *facts)
{
	if ((unsigned)ev->kind < EV_COUNT && words[ev->kind].say)
		words[ev->kind].say(out, facts);
	else if ((unsigned)ev->kind < EV_COUNT && words[ev->kind].plain)
		buf_add_str(out, _(words[ev->kind].plain));
	else
		sanitize(out, ev->kind_name, strlen(ev->kind_name), SANITIZE_NAME);
}

static bool
is_end(const char *state)
{
	return str_eq(state, "done") || str_eq(state, "failed") || str_eq(state, "stopped");
}

bool
event_is_quiet(const struct event *ev, const cJSON *facts)
{
	if (ev->kind == EV_STATE)
		return !is_end(json_str(facts, "state", ""));
	if (ev->kind == EV_RECIPE)
		return *json_str(facts, "outcome", "") != '\0';
	return (unsigned)ev->kind < EV_COUNT && words[ev->kind].quiet == QUIET;
}
