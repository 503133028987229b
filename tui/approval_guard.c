#include "tui/approval_guard.h"

void
guard_open(struct decision_guard *g, int64_t task, int64_t approval, bool red)
{
	if (g->task == task && g->approval == approval)
		return;
	*g = (struct decision_guard){ .task = task, .approval = approval, .red = red };
}

void
guard_shown(struct decision_guard *g, int64_t now)
{
	if (!g->approval || g->shown)
		return;
	g->shown = true;
	g->due = now + GUARD_QUIET_MS;
}

void
guard_seen(struct decision_guard *g, int last, int total)
{
	if (guard_seen_whole(g))
		return;
	g->total = total;
	g->seen = MAX_OF(g->seen, MIN_OF(last, total));
}

int
guard_wait(const struct decision_guard *g, int64_t now)
{
	if (!g->approval || !g->shown || g->armed)
		return -1;
	return (int)MAX_OF(g->due - now, 0);
}

void
guard_arm(struct decision_guard *g, int64_t now)
{
	if (g->approval && g->shown && now >= g->due)
		g->armed = true;
}

void
guard_early(struct decision_guard *g, int64_t now)
{
	if (g->shown && !g->armed)
		g->due = now + GUARD_QUIET_MS;
}

void
guard_again(struct decision_guard *g, int64_t now)
{
	g->armed = false;
	guard_early(g, now);
}

bool
guard_may_refuse(const struct decision_guard *g)
{
	return g->approval && g->armed;
}

bool
guard_seen_whole(const struct decision_guard *g)
{
	return g->total > 0 && g->seen >= g->total;
}

bool
guard_may_take(const struct decision_guard *g)
{
	return guard_may_refuse(g) && (!g->red || guard_seen_whole(g));
}
