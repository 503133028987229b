/* Servers that are busy, broken or not there, as a person meets them: in line mode and on the screen. */
#include "tests/support/journey.h"
#include "tests/support/model_server.h"

struct set {
	struct journey j;
	struct model_server *box, *other; /* other: the fallback, or NULL */
	char *options[32];
	size_t n;
	bool line; /* line mode */
};

static void
option(struct set *s, char *owned)
{
	s->options[s->n++] = xstrdup("-c");
	s->options[s->n++] = owned;
}

static void
begin(struct set *s, const struct ms_reply *replies, size_t n, const char *fallback, const char *term)
{
	struct ms_reply spare = { .body = fallback ? ms_text(LLM_OPENAI_CHAT, fallback) : NULL };
	struct journey_opts o = { .cols = 120, .term = term };

	memset(s, 0, sizeof(*s));
	s->line = term != NULL;
	journey_init(&s->j);
	s->box = ms_start(replies, n);
	option(s, xstrdup("model.default=box/m"));
	option(s, xstrdup("provider.box.kind=openai-chat"));
	option(s, xasprintf("provider.box.base_url=http://127.0.0.1:%d", ms_port(s->box)));
	if (fallback) {
		s->other = ms_start(&spare, 1);
		option(s, xstrdup("model.fallback=[other/m]"));
		option(s, xstrdup("provider.other.kind=openai-chat"));
		option(s, xasprintf("provider.other.base_url=http://127.0.0.1:%d", ms_port(s->other)));
		option(s, xstrdup("net.retries=0"));
	}
	o.args = (const char *const *)s->options;
	journey_start(&s->j, &o);
}

static void
end(struct set *s)
{
	journey_finish(&s->j);
	ms_stop(s->box);
	if (s->other)
		ms_stop(s->other);
	for (size_t i = 0; i < s->n; i++)
		free(s->options[i]);
}

static void
tell(struct set *s, const char *words)
{
	if (!s->line) {
		journey_ask(&s->j, words);
		return;
	}
	pty_send(s->j.pty, words);
	pty_send(s->j.pty, "\r");
}

static const struct ms_reply busy = { .status = 429, .headers = "Retry-After: 60\r\n" };

/* What both front ends say of the same wait. */
static void
wait_is_skipped(const char *term)
{
	struct ms_reply r[] = { busy, { .body = ms_text(LLM_OPENAI_CHAT, "a fine answer") } };
	struct set s;

	begin(&s, r, 2, NULL, term);
	journey_see(&s.j, term ? "/help lists" : "homard");
	tell(&s, "paint my house purple");
	journey_see(&s.j, "trying again in ");
	assert_int_equal(ms_count(s.box), 1);
	tell(&s, "/hurry");
	journey_see(&s.j, "a fine answer");
	assert_int_equal(ms_count(s.box), 2);
	end(&s);
}

static void
line__busy_server__the_wait_can_be_skipped(UNUSED void **state)
{
	wait_is_skipped("dumb");
}

static void
screen__busy_server__the_wait_can_be_skipped(UNUSED void **state)
{
	wait_is_skipped(NULL);
}

static void
wait_is_cancelled(const char *term, const char *stop)
{
	struct set s;

	begin(&s, &busy, 1, NULL, term);
	journey_see(&s.j, term ? "/help lists" : "homard");
	tell(&s, "paint my house purple");
	journey_see(&s.j, "trying again in ");
	if (*stop == '/')
		tell(&s, stop);
	else
		pty_key(s.j.pty, stop);
	journey_see(&s.j, "stopped");
	assert_int_equal(ms_count(s.box), 1);
	end(&s);
}

static void
line__busy_server__the_wait_can_be_given_up(UNUSED void **state)
{
	wait_is_cancelled("dumb", "/stop");
}

static void
screen__busy_server__the_wait_can_be_given_up(UNUSED void **state)
{
	wait_is_cancelled(NULL, "Esc");
}

static void
line__broken_server__the_next_model_is_asked(UNUSED void **state)
{
	struct ms_reply r = { .status = 500 };
	struct set s;

	begin(&s, &r, 1, "from the other one", "dumb");
	journey_see(&s.j, "/help lists");
	tell(&s, "paint my house purple");
	journey_see(&s.j, "asking other/m instead");
	journey_see(&s.j, "from the other one");
	end(&s);
}

/* After three failures in a row its host rests, and nobody waits for it. */
static void
line__server_that_fails_always__rests(UNUSED void **state)
{
	struct ms_reply r = { .status = 500 };
	struct set s;

	begin(&s, &r, 1, "yes", "dumb");
	journey_see(&s.j, "/help lists");
	for (size_t i = 1; i <= 5; i++) {
		autofree char *words = xasprintf("purple house number %zu", i);
		autofree char *ended = xasprintf("Task %zu is done", i);

		tell(&s, words);
		journey_see(&s.j, ended);
		assert_int_equal(ms_count(s.box), i < 3 ? i : 3);
		assert_int_equal(ms_count(s.other), i);
	}
	end(&s);
}

static void
line__nobody_there__is_named_and_recipes_are_offered(UNUSED void **state)
{
	struct ms_reply r = { .body = xstrdup("") };
	struct set s;
	char *name;

	begin(&s, &r, 1, NULL, "dumb");
	journey_see(&s.j, "/help lists");
	/* A port where nobody listens: nobody may bind it without being root, and nothing does. */
	journey_drop(&s.j);
	free(s.options[5]);
	s.options[5] = xstrdup("provider.box.base_url=http://127.0.0.1:1");
	journey_start(&s.j, &(struct journey_opts){ .cols = 120, .term = "dumb",
				    .args = (const char *const *)s.options });
	journey_see(&s.j, "/help lists");
	tell(&s, "find the largest things in my life");
	name = xstrdup("127.0.0.1:1 does not answer");
	journey_see(&s.j, name);
	journey_see(&s.j, "Recipes need no network");
	journey_see(&s.j, "failed");
	free(name);
	end(&s);
}

/* The request is kept: the task goes on when the server is back. */
static void
line__failed_request__can_be_resumed(UNUSED void **state)
{
	struct ms_reply r[] = { { .status = 400 }, { .body = ms_text(LLM_OPENAI_CHAT, "now it works") } };
	autofree char *body = NULL;
	struct set s;

	begin(&s, r, 2, NULL, "dumb");
	journey_see(&s.j, "/help lists");
	tell(&s, "paint my house purple");
	journey_see(&s.j, "Task 1: failed");
	tell(&s, "/resume 1");
	journey_see(&s.j, "now it works");
	body = ms_body(s.box, 1);
	assert_non_null(strstr(body, "paint my house purple"));
	end(&s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(line__busy_server__the_wait_can_be_skipped),
		cmocka_unit_test(screen__busy_server__the_wait_can_be_skipped),
		cmocka_unit_test(line__busy_server__the_wait_can_be_given_up),
		cmocka_unit_test(screen__busy_server__the_wait_can_be_given_up),
		cmocka_unit_test(line__broken_server__the_next_model_is_asked),
		cmocka_unit_test(line__server_that_fails_always__rests),
		cmocka_unit_test(line__nobody_there__is_named_and_recipes_are_offered),
		cmocka_unit_test(line__failed_request__can_be_resumed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
