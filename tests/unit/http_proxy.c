/* Proxies, from the environment and from the settings: what goes through them, what never does. */
#include "tests/support/fetch.h"
#include "tests/support/net_box.h"
#include "tests/support/test.h"

struct way {
	char dir[32];
	struct model_server *server;
	struct net_box *tls, *proxy; /* proxy leads to tls */
	struct http_opts o;
	struct fetched f;
	char *address; /* of the proxy */
};

static int
begin(void **state)
{
	static const char *const names[] = { "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
		"no_proxy", "NO_PROXY", "SSL_CERT_FILE" };
	struct way *w = xcalloc(1, sizeof(*w));
	struct net_box_opts tls = { .kind = BOX_TLS, .host = "model.example", .dir = w->dir };
	struct net_box_opts proxy = { .kind = BOX_PROXY };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		unsetenv(names[i]);
	strcpy(w->dir, "/tmp/homard-prx-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	w->server = fetch_server();
	tls.to_port = ms_port(w->server);
	w->tls = net_box_start(&tls);
	proxy.to_port = net_box_port(w->tls);
	w->proxy = net_box_start(&proxy);
	w->address = xasprintf("http://127.0.0.1:%d", net_box_port(w->proxy));
	w->o = (struct http_opts){ .connect_ms = 5000, .first_byte_ms = 5000, .silence_ms = 5000,
		.ca_file = net_box_ca(w->tls) };
	*state = w;
	return 0;
}

static int
end(void **state)
{
	struct way *w = *state;

	unsetenv("http_proxy");
	unsetenv("https_proxy");
	unsetenv("no_proxy");
	fetched_finish(&w->f);
	net_box_stop(w->proxy);
	net_box_stop(w->tls);
	ms_stop(w->server);
	rmdir(w->dir);
	free(w->address);
	free(w);
	return 0;
}

/* Another proxy instead: one that refuses, or one straight to the plain server. */
static void
replace_proxy(struct way *w, int refuse)
{
	struct net_box_opts o = { .kind = BOX_PROXY, .refuse = refuse, .to_port = ms_port(w->server) };

	net_box_stop(w->proxy);
	w->proxy = net_box_start(&o);
	free(w->address);
	w->address = xasprintf("http://127.0.0.1:%d", net_box_port(w->proxy));
}

static void
assert_says(const struct way *w, const char *words)
{
	if (!strstr(w->f.err.text, words))
		fail_msg("\"%s\" does not say \"%s\"", w->f.err.text, words);
}

static void
proxy__from_the_environment__leads_https_through_a_tunnel(void **state)
{
	struct way *w = *state;
	autofree char *heads = NULL;

	setenv("https_proxy", w->address, 1);
	fetch(&w->o, "https://model.example/v1/chat", &w->f);
	if (w->f.fail != HTTP_OK)
		fail_msg("%s", w->f.err.text);
	assert_string_equal(buf_str(&w->f.body), "hello");
	heads = net_box_heads(w->proxy);
	assert_non_null(strstr(heads, "CONNECT model.example:443 HTTP/1.1"));
	/* The proxy is not shown the key. */
	assert_null(strstr(heads, "key-of-the-person"));
}

static void
proxy__from_the_settings__is_taken_before_the_environment(void **state)
{
	struct way *w = *state;

	setenv("https_proxy", "http://127.0.0.1:1", 1);
	w->o.proxy = w->address;
	fetch(&w->o, "https://model.example/v1/chat", &w->f);
	assert_int_equal(w->f.fail, HTTP_OK);
	assert_int_equal(net_box_connections(w->proxy), 1);
}

static void
proxy__name_and_password__go_to_the_proxy_only(void **state)
{
	struct way *w = *state;
	autofree char *address = xasprintf("http://me:word@127.0.0.1:%d", net_box_port(w->proxy)), *heads = NULL;
	autofree char *head = NULL;

	w->o.proxy = address;
	fetch(&w->o, "https://model.example/v1/chat", &w->f);
	assert_int_equal(w->f.fail, HTTP_OK);
	heads = net_box_heads(w->proxy);
	assert_non_null(strstr(heads, "Proxy-Authorization: Basic bWU6d29yZA=="));
	head = ms_head(w->server, 0);
	assert_null(strstr(head, "Proxy-Authorization"));
	assert_non_null(strstr(head, "Bearer key-of-the-person"));
}

static void
proxy__plain_http__is_led_too(void **state)
{
	struct way *w = *state;
	autofree char *heads = NULL;

	replace_proxy(w, 0);
	setenv("http_proxy", w->address, 1);
	fetch(&w->o, "http://model.example/v1/chat", &w->f);
	assert_int_equal(w->f.fail, HTTP_OK);
	heads = net_box_heads(w->proxy);
	assert_non_null(strstr(heads, "POST http://model.example/v1/chat HTTP/1.1"));
}

static void
proxy__loopback__never_goes_there(void **state)
{
	static const char *const hosts[] = { "127.0.0.1", "localhost", "127.0.0.2" };
	struct way *w = *state;

	replace_proxy(w, 0);
	for (size_t i = 0; i < ARRAY_LEN(hosts) * 2; i++) {
		autofree char *url = xasprintf("http://%s:%d/", hosts[i / 2], ms_port(w->server));

		setenv("http_proxy", w->address, 1);
		setenv("no_proxy", "elsewhere.example", 1);
		w->o.proxy = i % 2 ? w->address : NULL;
		fetch(&w->o, url, &w->f);
		/* The server listens on 127.0.0.1 only. */
		assert_int_equal(w->f.fail, i / 2 == 2 ? HTTP_NO_CONNECT : HTTP_OK);
		fetched_finish(&w->f);
	}
	assert_int_equal(net_box_connections(w->proxy), 0);
	buf_init(&w->f.body, 1);
}

static void
proxy__no_proxy__goes_straight(void **state)
{
	struct way *w = *state;
	/* No loopback address by its spelling, yet it leads to this machine. */
	autofree char *url = xasprintf("http://0.0.0.0:%d/", ms_port(w->server));

	replace_proxy(w, 0);
	setenv("http_proxy", w->address, 1);
	setenv("no_proxy", "0.0.0.0", 1);
	fetch(&w->o, url, &w->f);
	assert_int_equal(w->f.fail, HTTP_OK);
	assert_int_equal(net_box_connections(w->proxy), 0);
	fetched_finish(&w->f);
	unsetenv("no_proxy");
	fetch(&w->o, url, &w->f);
	assert_int_equal(w->f.fail, HTTP_OK);
	assert_int_equal(net_box_connections(w->proxy), 1);
}

static void
proxy__that_wants_a_password__is_named(void **state)
{
	static const char *const urls[] = { "https://model.example/", "http://model.example/" };
	struct way *w = *state;
	autofree char *name = NULL;

	replace_proxy(w, 407);
	name = xasprintf("the proxy 127.0.0.1:%d wants a name and a password", net_box_port(w->proxy));
	setenv("https_proxy", w->address, 1);
	setenv("http_proxy", w->address, 1);
	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		if (i)
			fetched_finish(&w->f);
		fetch(&w->o, urls[i], &w->f);
		assert_int_equal(w->f.fail, HTTP_PROXY);
		assert_says(w, name);
		assert_says(w, "net.proxy");
	}
	assert_int_equal(ms_count(w->server), 0);
}

static void
proxy__that_refuses__is_named_with_its_status(void **state)
{
	struct way *w = *state;

	replace_proxy(w, 403);
	w->o.proxy = w->address;
	fetch(&w->o, "https://model.example/", &w->f);
	assert_int_equal(w->f.fail, HTTP_PROXY);
	assert_says(w, "refuses to lead to model.example (status 403)");
}

static void
proxy__that_is_not_there__is_named(void **state)
{
	struct way *w = *state;

	w->o.proxy = "http://someone:secret@127.0.0.1:1";
	fetch(&w->o, "https://model.example/", &w->f);
	assert_int_equal(w->f.fail, HTTP_PROXY);
	assert_says(w, "the proxy 127.0.0.1:1 does not answer");
	assert_null(strstr(w->f.err.text, "secret"));
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
	static const struct CMUnitTest tests[] = {
		T(proxy__from_the_environment__leads_https_through_a_tunnel),
		T(proxy__from_the_settings__is_taken_before_the_environment),
		T(proxy__name_and_password__go_to_the_proxy_only),
		T(proxy__plain_http__is_led_too),
		T(proxy__loopback__never_goes_there),
		T(proxy__no_proxy__goes_straight),
		T(proxy__that_wants_a_password__is_named),
		T(proxy__that_refuses__is_named_with_its_status),
		T(proxy__that_is_not_there__is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
