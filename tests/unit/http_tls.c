/* HTTPS against a server on loopback with an authority of its own. */
#include "tests/support/fetch.h"
#include "tests/support/net_box.h"
#include "tests/support/test.h"

struct site {
	char dir[32];
	struct model_server *server;
	struct net_box *box;
	char *url;
	struct http_opts o;
	struct fetched f;
};

static void
begin(struct site *s, enum net_box_kind kind, const char *host)
{
	struct net_box_opts o = { .kind = kind, .host = host, .dir = s->dir };

	memset(s, 0, sizeof(*s));
	strcpy(s->dir, "/tmp/homard-tls-XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	s->server = fetch_server();
	o.to_port = ms_port(s->server);
	s->box = net_box_start(&o);
	s->url = xasprintf("https://127.0.0.1:%d/v1/chat", net_box_port(s->box));
	s->o = (struct http_opts){ .connect_ms = 5000, .first_byte_ms = 5000, .silence_ms = 5000,
		.ca_file = net_box_ca(s->box) };
}

static void
end(struct site *s)
{
	fetched_finish(&s->f);
	net_box_stop(s->box);
	ms_stop(s->server);
	rmdir(s->dir);
	free(s->url);
}

static void
assert_says(const struct site *s, const char *words)
{
	if (!strstr(s->f.err.text, words))
		fail_msg("\"%s\" does not say \"%s\"", s->f.err.text, words);
}

static void
https__own_authority__is_trusted_when_named(void **state)
{
	struct site s;

	(void)state;
	begin(&s, BOX_TLS, NULL);
	fetch(&s.o, s.url, &s.f);
	assert_int_equal(s.f.fail, HTTP_OK);
	assert_int_equal(s.f.status, 200);
	assert_string_equal(buf_str(&s.f.body), "hello");
	print_message("# first request over TLS: %.1f ms\n", s.f.ms);
	end(&s);
}

static void
https__own_authority__is_also_taken_from_the_environment(void **state)
{
	struct site s;

	(void)state;
	begin(&s, BOX_TLS, NULL);
	s.o.ca_file = NULL;
	setenv("SSL_CERT_FILE", net_box_ca(s.box), 1);
	fetch(&s.o, s.url, &s.f);
	unsetenv("SSL_CERT_FILE");
	assert_int_equal(s.f.fail, HTTP_OK);
	end(&s);
}

static void
https__unknown_authority__is_refused_with_one_sentence(void **state)
{
	struct site s;

	(void)state;
	begin(&s, BOX_TLS, NULL);
	s.o.ca_file = "";
	fetch(&s.o, s.url, &s.f);
	assert_int_equal(s.f.fail, HTTP_TLS);
	assert_int_equal(s.f.ends, 1);
	assert_says(&s, "127.0.0.1:");
	assert_says(&s, "no certificate this machine trusts");
	assert_says(&s, "net.ca_file");
	assert_null(strchr(s.f.err.text, '\n'));
	assert_int_equal(ms_count(s.server), 0);
	end(&s);
}

static void
https__certificate_of_another_name__is_refused(void **state)
{
	struct site s;

	(void)state;
	begin(&s, BOX_TLS, "other.example");
	fetch(&s.o, s.url, &s.f);
	assert_int_equal(s.f.fail, HTTP_TLS);
	assert_int_equal(ms_count(s.server), 0);
	end(&s);
}

static void
https__authority_file__that_is_missing_is_named(void **state)
{
	struct site s;

	(void)state;
	begin(&s, BOX_TLS, NULL);
	s.o.ca_file = "/nowhere/corporate.pem";
	fetch(&s.o, s.url, &s.f);
	assert_int_equal(s.f.fail, HTTP_TLS);
	assert_says(&s, "/nowhere/corporate.pem");
	assert_int_equal(ms_count(s.server), 0);
	end(&s);
}

static void
https__a_server_without_tls__is_told(void **state)
{
	struct site s;
	autofree char *url = NULL;

	(void)state;
	begin(&s, BOX_TLS, NULL);
	url = xasprintf("https://127.0.0.1:%d/", ms_port(s.server));
	s.o.connect_ms = 1000;
	fetch(&s.o, url, &s.f);
	/* The test's server waits for a request's end, others answer with an error. */
	assert_true(s.f.fail == HTTP_TLS || s.f.fail == HTTP_TIMEOUT || s.f.fail == HTTP_CUT);
	assert_says(&s, "127.0.0.1:");
	end(&s);
}

static void
https__a_server_that_never_greets__is_given_up_in_time(void **state)
{
	struct site s;

	(void)state;
	begin(&s, BOX_MUTE, NULL);
	s.o.connect_ms = 300;
	fetch(&s.o, s.url, &s.f);
	assert_int_equal(s.f.fail, HTTP_TIMEOUT);
	assert_says(&s, "could not be reached in time");
	assert_true(s.f.ms < 2500);
	end(&s);
}

/* --- time-outs after the connection --- */

static void
time_out(struct ms_reply reply, struct http_opts o, struct fetched *f)
{
	struct model_server *server = ms_start(&reply, 1);
	autofree char *url = xasprintf("http://127.0.0.1:%d/", ms_port(server));

	fetch(&o, url, f);
	ms_stop(server);
	assert_int_equal(f->fail, HTTP_TIMEOUT);
	assert_true(f->ms < 2500);
}

static void
http__no_first_byte__names_its_setting(void **state)
{
	struct http_opts o = { .connect_ms = 5000, .first_byte_ms = 300, .silence_ms = 5000 };
	struct fetched f;

	(void)state;
	time_out((struct ms_reply){ .fault = MS_SILENT }, o, &f);
	assert_non_null(strstr(f.err.text, "took the request and sent no reply in time"));
	assert_non_null(strstr(f.err.text, "net.first_byte_timeout"));
	fetched_finish(&f);
}

static void
http__silence_in_the_middle__names_its_setting(void **state)
{
	struct http_opts o = { .connect_ms = 5000, .first_byte_ms = 5000, .silence_ms = 300 };
	struct fetched f;

	(void)state;
	time_out((struct ms_reply){ .fault = MS_STALL, .body = xstrdup("half\n") }, o, &f);
	assert_non_null(strstr(f.err.text, "fell silent in the middle"));
	assert_non_null(strstr(f.err.text, "net.silence_timeout"));
	fetched_finish(&f);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(https__own_authority__is_trusted_when_named),
		cmocka_unit_test(https__own_authority__is_also_taken_from_the_environment),
		cmocka_unit_test(https__unknown_authority__is_refused_with_one_sentence),
		cmocka_unit_test(https__certificate_of_another_name__is_refused),
		cmocka_unit_test(https__authority_file__that_is_missing_is_named),
		cmocka_unit_test(https__a_server_without_tls__is_told),
		cmocka_unit_test(https__a_server_that_never_greets__is_given_up_in_time),
		cmocka_unit_test(http__no_first_byte__names_its_setting),
		cmocka_unit_test(http__silence_in_the_middle__names_its_setting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
