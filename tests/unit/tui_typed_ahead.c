/*
 * Keys typed ahead of a decision, at random times, against the screen's own code and a clock that
 * is turned by hand: the keyboard, the terminal's buffer and the loop are played here.
 */
#include "tests/support/test.h"
#include "tests/support/stage.h"

#define TIMINGS 1000
#define KEYS_MAX 6
#define BUSY_MAX 150 /* ms that the loop may be somewhere else */

static unsigned dice;

static int
roll(int n)
{
	dice = dice * 1103515245u + 12345u;
	return (int)(dice >> 16) % n;
}

struct play {
	struct stage st;
	int64_t pressed[KEYS_MAX]; /* rising */
	int n_pressed, n_read;
	int64_t shown; /* the frame left for the terminal; -1: not yet */
};

static void
ask_decision(struct play *p)
{
	stage_feed(&p->st, EV_CALL, "{\"call\":1,\"turn\":1,\"tool\":\"delete\",\"risk\":\"act\"}", "{\"path\":\"~/old\"}");
	stage_feed(&p->st, EV_EFFECTS, "{\"call\":1,\"n\":1,\"delete\":1}",
		"[{\"n\":1,\"kind\":\"delete\",\"path\":\"/home/ann/old\",\"bytes\":1,\"count\":1,\"type\":\"f\"}]");
	stage_feed(&p->st, EV_APPROVAL, "{\"approval\":1,\"call\":1}", "{\"effects\":[1]}");
}

/* The terminal is read: what was pressed by now arrives. A key that could decide is the failure. */
static void
read_keys(struct play *p)
{
	while (p->n_read < p->n_pressed && p->pressed[p->n_read] <= stage_now) {
		if (guard_may_take(&p->st.s.approval.guard))
			fail_msg("a key pressed %lld ms after the frame decides",
				(long long)(p->pressed[p->n_read] - p->shown));
		input_feed(p->st.s.input, "\033y", 2);
		p->n_read++;
	}
}

/* What the loop does when the quiet time is over (screen.c): older keys first. */
static void
quiet_over(struct play *p)
{
	int64_t due = p->st.s.approval.guard.due;

	read_keys(p);
	if (p->st.s.approval.guard.due == due)
		guard_arm(&p->st.s.approval.guard, stage_now);
}

static void
turn_clock(struct play *p, int64_t asked, int64_t frame)
{
	int64_t busy_until = 0;

	for (stage_now = 1; !guard_may_refuse(&p->st.s.approval.guard); stage_now++) {
		assert_true(stage_now < 10000);
		if (stage_now < busy_until)
			continue;
		if (stage_now >= asked && !approval_open(&p->st.s))
			ask_decision(p);
		approval_sync(&p->st.s);
		if (stage_now >= frame && p->shown < 0) {
			stage_compose(&p->st);
			approval_frame_written(&p->st.s);
			p->shown = stage_now;
		}
		if (guard_wait(&p->st.s.approval.guard, stage_now) == 0)
			quiet_over(p);
		else if (roll(3) == 0)
			read_keys(p);
		if (roll(40) == 0)
			busy_until = stage_now + roll(BUSY_MAX);
	}
}

/* Every key is pressed before 300 ms have passed since the frame or the key before it. */
static void
decision__key_at_any_time_before__takes_nothing(void **state)
{
	int before = 0, during = 0;

	(void)state;
	dice = 20260101;
	for (int i = 0; i < TIMINGS; i++) {
		int64_t asked = 100 + roll(400), frame = asked + roll(130), last;
		struct play p;

		memset(&p, 0, sizeof(p));
		stage_begin(&p.st, 40, 140);
		stage_feed(&p.st, EV_REQUEST, "{\"engine\":\"model\",\"mode\":\"step\"}", "tidy");
		p.shown = -1;
		last = frame + GUARD_QUIET_MS - 1;
		p.n_pressed = 1 + roll(KEYS_MAX);
		p.pressed[0] = 1 + roll((int)last);
		for (int k = 1; k < p.n_pressed; k++)
			p.pressed[k] = p.pressed[k - 1] + roll(GUARD_QUIET_MS);
		if (p.pressed[p.n_pressed - 1] > last)
			during++;
		else
			before++;
		turn_clock(&p, asked, frame);
		assert_true(approval_open(&p.st.s) != NULL);
		/* It can be decided in the end. */
		assert_true(stage_now - p.shown >= GUARD_QUIET_MS);
		stage_end(&p.st);
	}
	assert_true(before > TIMINGS / 10 && during > TIMINGS / 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decision__key_at_any_time_before__takes_nothing),
	};

	stage_world();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
