/* Limits that live outside the model: steps, time, repeats, tokens, money. */
#include "agent/core/agent_private.h"
#include "agent/base/i18n.h"
#include "agent/store/usage.h"

enum { BRAKE_STEPS = 1, BRAKE_TIME, BRAKE_REPEAT, BRAKE_TOKENS, BRAKE_DAY, BRAKE_MONEY,
	BRAKE_MONEY_DAY, BRAKE_WARN };

static const struct {
	const char *name, *setting;
} brakes[] = {
	[BRAKE_STEPS] = { "steps", "brakes.steps" },
	[BRAKE_TIME] = { "time", "brakes.minutes" },
	[BRAKE_REPEAT] = { "repeat", "brakes.repeat" },
	[BRAKE_TOKENS] = { "tokens", "budget.task_tokens" },
	[BRAKE_DAY] = { "day", "budget.day_tokens" },
	[BRAKE_MONEY] = { "money", "budget.task" },
	[BRAKE_MONEY_DAY] = { "money_day", "budget.day" },
	[BRAKE_WARN] = { "warn", "budget.warn" },
};

void
brakes_init(struct task *t)
{
	const struct config *c = t->agent->config;
	struct brakes *b = &t->brakes;

	b->max_steps = config_int(c, "brakes.steps");
	b->max_work_ms = config_int(c, "brakes.minutes") * 60000;
	b->max_repeat = config_int(c, "brakes.repeat");
	b->max_tokens = config_int(c, "budget.task_tokens");
	b->max_day_tokens = config_int(c, "budget.day_tokens");
	b->max_cost = config_num(c, "budget.task");
	b->max_day_cost = config_num(c, "budget.day");
	b->warn = config_num(c, "budget.warn");
}

/* Asks whether to go on; without a person the task ends with exit 4. */
static void
reached(struct task *t, int brake, enum pending_kind kind, double value, double limit,
	const char *sentence)
{
	autofree char *question = NULL;

	emit(t->agent, t->n, EV_BRAKE, NO_BODY, "brake:s value:d limit:d", brakes[brake].name, value,
		limit);
	if (!t->agent->interactive) {
		struct err e = { 0 };

		err_set(&e, ERR_LIMIT, _("%s %s allows more when it is set higher."), sentence,
			brakes[brake].setting);
		task_fail(t, &e);
		return;
	}
	question = xasprintf("%s %s", sentence, _("Go on?"));
	pending_ask(t, kind, NULL, NULL, NULL, question, NULL);
	t->pending.brake = brake;
}

static int64_t
work_ms(const struct task *t)
{
	const struct brakes *b = &t->brakes;

	return b->work_ms + (b->clock_from ? clock_mono(t->agent->clock) - b->clock_from : 0);
}

static int64_t
midnight(const struct task *t)
{
	time_t now = (time_t)(clock_wall(t->agent->clock) / 1000);
	struct tm tm;

	localtime_r(&now, &tm);
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	return (int64_t)mktime(&tm) * 1000;
}

static bool
over_day(struct task *t)
{
	struct brakes *b = &t->brakes;
	struct usage_row day = { 0 };
	int64_t tokens;

	if (!str_eq(t->engine->ops->name, "model"))
		return false;
	if (!usage_total(t->agent->journal, -1, midnight(t), &day, NULL))
		return false;
	b->day_cost = day.cost;
	tokens = day.input + day.output + MAX_OF(day.cache_read, 0) + MAX_OF(day.cache_write, 0);
	if (b->max_day_tokens && tokens >= b->max_day_tokens) {
		autofree char *s = xasprintf(_("Today's %lld tokens are used up."),
			(long long)b->max_day_tokens);

		reached(t, BRAKE_DAY, PEND_BRAKE, (double)tokens, (double)b->max_day_tokens, s);
		return true;
	}
	if (b->max_day_cost > 0 && day.cost >= b->max_day_cost) {
		autofree char *s = xasprintf(_("Today's budget of $%.2f is used up."),
			b->max_day_cost);

		reached(t, BRAKE_MONEY_DAY, PEND_BRAKE, day.cost, b->max_day_cost, s);
		return true;
	}
	return false;
}

void
brakes_time(struct task *t)
{
	struct brakes *b = &t->brakes;
	autofree char *s = xasprintf(_("The task has worked for %lld minutes."),
		(long long)(b->max_work_ms / 60000));

	reached(t, BRAKE_TIME, PEND_BRAKE, (double)work_ms(t), (double)b->max_work_ms, s);
}

static void
on_time_up(uv_timer_t *h)
{
	struct task *t = h->data;

	t->time_up = true;
	if (t->thinking)
		t->engine->ops->cancel(t->engine);
}

/* A server that sends signs of life for ever must not outlast the limit. */
void
brakes_watch(struct task *t)
{
	const struct brakes *b = &t->brakes;

	t->time_up = false;
	if (b->max_work_ms)
		uv_timer_start(t->time_timer, on_time_up,
			(uint64_t)MAX_OF(b->max_work_ms - work_ms(t), 1), 0);
}

bool
brakes_before_turn(struct task *t)
{
	struct brakes *b = &t->brakes;
	autofree char *s = NULL;

	if (b->max_work_ms && work_ms(t) >= b->max_work_ms) {
		brakes_time(t);
		return false;
	}
	if (b->max_tokens && b->tokens >= b->max_tokens) {
		s = xasprintf(_("The task has used %lld tokens."), (long long)b->tokens);
		reached(t, BRAKE_TOKENS, PEND_BRAKE, (double)b->tokens, (double)b->max_tokens, s);
		return false;
	}
	if (b->max_cost > 0 && b->cost >= b->max_cost) {
		s = xasprintf(_("The task has cost $%.2f."), b->cost);
		reached(t, BRAKE_MONEY, PEND_BRAKE, b->cost, b->max_cost, s);
		return false;
	}
	return !over_day(t);
}

bool
brakes_before_call(struct task *t, struct tool_call *c)
{
	struct brakes *b = &t->brakes;
	autofree char *s = NULL;

	if (!c->counted) {
		c->counted = true;
		b->steps++;
		b->repeat = repeats_note(&b->repeats, c->name, c->args_text);
	}
	if (b->max_steps && b->steps > b->max_steps) {
		s = xasprintf(_("The task has made %lld steps."), (long long)b->max_steps);
		reached(t, BRAKE_STEPS, PEND_BRAKE, (double)b->steps, (double)b->max_steps, s);
		return false;
	}
	if (b->max_repeat && b->repeat >= b->max_repeat) {
		s = xasprintf(_("The same call comes again and again: %s."), c->name);
		reached(t, BRAKE_REPEAT, PEND_BRAKE, (double)b->repeat, (double)b->max_repeat, s);
		return false;
	}
	return true;
}

bool
brakes_request(struct task *t, const struct engine_request *r)
{
	struct brakes *b = &t->brakes;
	autofree char *s = NULL;

	/* What it will cost is not known before; hardly less than the one before it, to which it adds. */
	double next = MAX_OF(r->cost_est, b->last_cost);

	if (b->max_cost > 0 && next > 0 && b->cost + next > b->max_cost) {
		s = xasprintf(_("This request would pass the task's budget of $%.2f."),
			b->max_cost);
		reached(t, BRAKE_MONEY, PEND_BUDGET, b->cost + next, b->max_cost, s);
		return false;
	}
	if (b->max_day_cost > 0 && next > 0 && b->day_cost + next > b->max_day_cost) {
		s = xasprintf(_("This request would pass today's budget of $%.2f."),
			b->max_day_cost);
		reached(t, BRAKE_MONEY_DAY, PEND_BUDGET, b->day_cost + next, b->max_day_cost, s);
		return false;
	}
	if (b->warn > 0 && r->cost_est > b->warn && r->cost_est > b->warned) {
		s = xasprintf(_("The input of this request alone costs about $%.2f."),
			r->cost_est);
		reached(t, BRAKE_WARN, PEND_BUDGET, r->cost_est, b->warn, s);
		return false;
	}
	return true;
}

static void
tell_unpriced(struct task *t, const struct engine_usage *u)
{
	autofree char *s = xasprintf(_("The price of %s/%s is not known, so the budget cannot be kept; "
				       "homard models update brings prices."),
		u->provider, u->model);

	t->brakes.told_unpriced = true;
	emit(t->agent, t->n, EV_NOTICE, slice_of(s), "level:s", "warn");
}

void
brakes_usage(struct task *t, const struct engine_usage *u)
{
	struct brakes *b = &t->brakes;

	b->tokens += MAX_OF(u->input, 0) + MAX_OF(u->output, 0) + MAX_OF(u->cache_read, 0) +
		MAX_OF(u->cache_write, 0);
	b->cost += MAX_OF(u->cost, 0.0);
	b->day_cost += MAX_OF(u->cost, 0.0);
	b->last_cost = MAX_OF(u->cost, 0.0);
	if (u->cost < 0 && !b->told_unpriced && (b->max_cost > 0 || b->max_day_cost > 0))
		tell_unpriced(t, u);
}

/* The person said yes: as much again as the setting allows. */
void
brakes_go_on(struct task *t, int brake)
{
	const struct config *c = t->agent->config;
	struct brakes *b = &t->brakes;

	switch (brake) {
	case BRAKE_STEPS:
		b->max_steps += MAX_OF(config_int(c, "brakes.steps"), 1);
		break;
	case BRAKE_TIME:
		b->max_work_ms += MAX_OF(config_int(c, "brakes.minutes"), 1) * 60000;
		break;
	case BRAKE_REPEAT:
		repeats_forgive(&b->repeats);
		b->repeat = 0;
		break;
	case BRAKE_TOKENS:
		b->max_tokens = b->tokens + config_int(c, "budget.task_tokens");
		break;
	case BRAKE_DAY:
		b->max_day_tokens *= 2;
		break;
	case BRAKE_MONEY: /* what was asked for goes through, then as much again */
		b->max_cost = MAX_OF(b->cost, b->max_cost) + config_num(c, "budget.task");
		break;
	case BRAKE_MONEY_DAY:
		b->max_day_cost *= 2;
		break;
	default:
		b->warned = 1e9;
		break;
	}
	if (t->n_calls)
		task_pump(t);
	else
		task_think(t);
}
