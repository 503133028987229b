/* The real program over HTTPS and through a proxy, by its settings alone. */
#include "tests/support/headless.h"
#include "tests/support/net_box.h"

struct road {
	struct journey j;
	struct model_server *server;
	struct net_box *tls, *proxy; /* proxy leads to tls */
	struct headless h;
};

static int
begin(void **state)
{
	struct road *r = xcalloc(1, sizeof(*r));
	struct ms_reply reply = { .body = ms_text(LLM_OPENAI_CHAT, "safe and sound") };
	struct net_box_opts tls = { .kind = BOX_TLS, .host = "model.example" }, proxy = { .kind = BOX_PROXY };

	journey_init(&r->j);
	r->server = ms_start(&reply, 1);
	tls.dir = r->j.state;
	tls.to_port = ms_port(r->server);
	r->tls = net_box_start(&tls);
	proxy.to_port = net_box_port(r->tls);
	r->proxy = net_box_start(&proxy);
	*state = r;
	return 0;
}

static int
end(void **state)
{
	struct road *r = *state;

	headless_finish(&r->h);
	net_box_stop(r->proxy);
	net_box_stop(r->tls);
	ms_stop(r->server);
	journey_finish(&r->j);
	free(r);
	return 0;
}

/* With a key, so that it can be seen where it goes. */
static void
ask(struct road *r, const char *ca, const char *proxy_setting)
{
	autofree char *ca_file = xasprintf("net.ca_file=%s", ca);
	const char *const args[] = { "-c", "provider.box.base_url=https://model.example/v1", "-c", ca_file, "-c",
		proxy_setting, "-c", "net.retries=0", "-c", "provider.box.headers=X-Key: word-of-the-person", "--", "hello",
		NULL };

	headless_run(&r->j, r->server, args, &r->h);
}

static void
https__through_a_proxy_with_an_own_authority__answers(void **state)
{
	struct road *r = *state;
	autofree char *proxy = xasprintf("net.proxy=http://127.0.0.1:%d", net_box_port(r->proxy)), *heads = NULL;
	autofree char *head = NULL;

	ask(r, net_box_ca(r->tls), proxy);
	headless_says(&r->h, "safe and sound");
	assert_int_equal(r->h.exit, 0);
	heads = net_box_heads(r->proxy);
	assert_non_null(strstr(heads, "CONNECT model.example:443"));
	assert_null(strstr(heads, "word-of-the-person"));
	head = ms_head(r->server, 0);
	assert_non_null(strstr(head, "word-of-the-person"));
	/* The first time a host is asked, the person is told. */
	headless_says(&r->h, "From now on model.example gets");
}

static void
https__unknown_authority__gets_nothing(void **state)
{
	struct road *r = *state;
	autofree char *proxy = xasprintf("net.proxy=http://127.0.0.1:%d", net_box_port(r->proxy));

	ask(r, "", proxy);
	assert_int_equal(r->h.exit, 1);
	headless_says(&r->h, "model.example has no certificate this machine trusts");
	headless_says(&r->h, "net.ca_file");
	assert_int_equal(ms_count(r->server), 0);
}

static void
https__proxy_that_wants_a_password__is_named(void **state)
{
	struct road *r = *state;
	struct net_box_opts o = { .kind = BOX_PROXY, .refuse = 407 };
	autofree char *proxy = NULL, *name = NULL;

	net_box_stop(r->proxy);
	r->proxy = net_box_start(&o);
	proxy = xasprintf("net.proxy=http://me:hidden-word@127.0.0.1:%d", net_box_port(r->proxy));
	name = xasprintf("the proxy 127.0.0.1:%d wants a name and a password", net_box_port(r->proxy));
	ask(r, net_box_ca(r->tls), proxy);
	assert_int_equal(r->h.exit, 1);
	headless_says(&r->h, name);
	assert_null(strstr(buf_str(&r->h.out), "hidden-word"));
	assert_null(strstr(buf_str(&r->h.err), "hidden-word"));
	assert_int_equal(ms_count(r->server), 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
	static const struct CMUnitTest tests[] = {
		T(https__through_a_proxy_with_an_own_authority__answers),
		T(https__unknown_authority__gets_nothing),
		T(https__proxy_that_wants_a_password__is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
