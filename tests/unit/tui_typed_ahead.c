/*
 * Keys typed ahead of a decision, at random times, against the screen's own code and a clock that
 * is turned by hand: the keyboard, the terminal's buffer and the loop are played here.
 */
#include "tests/support/test.h"
#include <locale.h>
#include "tui/screen_priv.h"

#define TIMINGS 1000
#define KEYS_MAX 6
#define BUSY_MAX 150 /* ms that the loop may be somewhere else */

static int64_t now;
static unsigned dice;

static int
roll(int n)
{
	dice = dice * 1103515245u + 12345u;
	return (int)(dice >> 16) % n;
}

static int64_t
now_is(void *user)
{
	(void)user;
	return now;
}

static const struct clock clock_by_hand = { now_is, now_is, NULL, NULL };

static char nowhere[] = "/nonexistent";

struct play {
	struct screen s;
	struct cli cli;
	struct places places;
	int64_t seq;
	int64_t pressed[KEYS_MAX]; /* rising */
	int n_pressed, n_read;
	int64_t shown; /* the frame left for the terminal; -1: not yet */
};

static void
play_begin(struct play *p)
{
	struct err err = { 0 };

	memset(p, 0, sizeof(*p));
	p->places = (struct places){ .home = nowhere, .config = nowhere, .share = nowhere };
	p->cli = (struct cli){ .places = &p->places, .clock = &clock_by_hand };
	assert_true(config_load("/nonexistent/config.yaml", &p->cli.config, &err));
	screen_init(&p->s, &p->cli);
	keymap_init(&p->s.keymap);
	p->s.canvas = canvas_create(40, 140);
	p->s.folds[p->s.n_folds++] = fold_create(1);
	p->s.live = p->s.folds[0];
	p->shown = -1;
}

static void
play_end(struct play *p)
{
	screen_finish(&p->s);
	config_destroy(p->cli.config);
}

static void
feed(struct play *p, enum event_kind kind, const char *facts, const char *body)
{
	struct event ev = { .seq = ++p->seq, .task = 1, .time = now, .kind = kind,
		.kind_name = event_kinds[kind].name, .facts = slice_of(facts),
		.body = slice_of(body ? body : ""), .has_body = body != NULL };

	fold_apply(p->s.live, &ev);
	blocks_sync(p->s.blocks);
}

static void
ask_decision(struct play *p)
{
	feed(p, EV_CALL, "{\"call\":1,\"turn\":1,\"tool\":\"delete\",\"risk\":\"act\"}", "{\"path\":\"~/old\"}");
	feed(p, EV_EFFECTS, "{\"call\":1,\"n\":1,\"delete\":1}",
		"[{\"n\":1,\"kind\":\"delete\",\"path\":\"/home/ann/old\",\"bytes\":1,\"count\":1,\"type\":\"f\"}]");
	feed(p, EV_APPROVAL, "{\"approval\":1,\"call\":1}", "{\"effects\":[1]}");
}

/* The terminal is read: what was pressed by now arrives. A key that could decide is the failure. */
static void
read_keys(struct play *p)
{
	while (p->n_read < p->n_pressed && p->pressed[p->n_read] <= now) {
		if (guard_may_take(&p->s.approval.guard))
			fail_msg("a key pressed %lld ms after the frame decides",
				(long long)(p->pressed[p->n_read] - p->shown));
		input_feed(p->s.input, "\033y", 2);
		p->n_read++;
	}
}

/* What the loop does when the quiet time is over (screen.c): older keys first. */
static void
quiet_over(struct play *p)
{
	int64_t due = p->s.approval.guard.due;

	read_keys(p);
	if (p->s.approval.guard.due == due)
		guard_arm(&p->s.approval.guard, now);
}

static void
turn_clock(struct play *p, int64_t asked, int64_t frame)
{
	int64_t busy_until = 0;

	for (now = 1; !guard_may_refuse(&p->s.approval.guard); now++) {
		assert_true(now < 10000);
		if (now < busy_until)
			continue;
		if (now >= asked && !approval_open(&p->s))
			ask_decision(p);
		approval_sync(&p->s);
		if (now >= frame && p->shown < 0) {
			screen_compose(&p->s);
			approval_frame_written(&p->s);
			p->shown = now;
		}
		if (guard_wait(&p->s.approval.guard, now) == 0)
			quiet_over(p);
		else if (roll(3) == 0)
			read_keys(p);
		if (roll(40) == 0)
			busy_until = now + roll(BUSY_MAX);
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

		play_begin(&p);
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
		assert_true(approval_open(&p.s) != NULL);
		/* It can be decided in the end. */
		assert_true(now - p.shown >= GUARD_QUIET_MS);
		play_end(&p);
	}
	assert_true(before > TIMINGS / 10 && during > TIMINGS / 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decision__key_at_any_time_before__takes_nothing),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
