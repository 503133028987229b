/* Secrets leave text before it is written; what holds none is not even copied. */
#include "tests/support/test.h"
#include "agent/core/agent.h"

#define MARK "[secret removed]"

static void
becomes(const char *text, const char *want)
{
	autobuf struct buf out = BUF_INIT(65536);
	bool found = agent_redact_shapes(NULL, &out, slice_of(text));

	assert_int_equal(found, want != NULL);
	assert_string_equal(buf_str(&out), want ? want : "");
}

static void
redact__leaves_alone__what_is_no_secret(void **state)
{
	(void)state;
	becomes("", NULL);
	becomes("s", NULL);
	becomes("sk-short, a glpat-, AKIA and ghp_ are words; so is -----BEGIN CERTIFICATE-----", NULL);
	becomes("task-abcdefghijklmnopqrstuvwxyz0123456789", NULL);
	becomes("中文 hf_ 与 xai- 之间", NULL);
}

static void
redact__removes__keys_by_their_shape(void **state)
{
	(void)state;
	becomes("sk-ant-abcdefghij0123456789", MARK);
	becomes("key=AKIAABCDEFGHIJKLMNOP.", "key=" MARK ".");
	becomes("ghp_abcdefghijklmnopqrstuvwxyz0123 and hf_abcdefghijklmnopqrstuvwxyz0123",
		MARK " and " MARK);
	becomes("npm_abcdefghijklmnopqrstuvwxyz0123", MARK);
}

/* The table that passes over most bytes must not pass over one that counts: in any place. */
static void
redact__removes__a_key_wherever_it_stands(void **state)
{
	(void)state;
	for (int before = 0; before < 70; before++) {
		autofree char *text = xasprintf("%*s%s", before, "", "gsk_abcdefghijklmnopqrstuvwxyz0123"), *want = NULL;

		want = xasprintf("%*s" MARK, before, "");
		becomes(text, want);
	}
}

static void
redact__removes__a_private_key_with_its_end(void **state)
{
	(void)state;
	becomes("a\n-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\nb", "a\n" MARK "\nb");
	becomes("-----BEGIN PRIVATE KEY-----\nMIIB", MARK);
}

static void
redact__removes__what_its_label_gives_away(void **state)
{
	(void)state;
	becomes("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\nregion = eu",
		"aws_secret_access_key = " MARK "\nregion = eu");
	becomes("{\"client-secret\": \"abcdef0123456789\", \"n\": 1}", "{\"client-secret\": \"" MARK "\", \"n\": 1}");
	becomes("{\\\"API_KEY\\\":\\\"abcdef0123456789\\\"}", "{\\\"API_KEY\\\":\\\"" MARK "\\\"}");
	becomes("password=hunter2hunter2", "password=" MARK);
	becomes("postgres://bob:s3cretPassw0rd@db/x and http://a/b:c@d", "postgres://bob:" MARK "@db/x and http://a/b:c@d");
	becomes("token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P!",
		"token " MARK "!");
}

static void
redact__leaves_alone__code_and_talk_about_secrets(void **state)
{
	(void)state;
	becomes("password = os.environ[\"DB_PASSWORD_2\"]", NULL);
	becomes("api_key = get_key(config2, \"primary-key-name\")", NULL);
	becomes("The password: is it strong? max_tokens: 8192, tokens=12345678901234567890", NULL);
	becomes("https://example.org:8080/a@b, mailto:someone@example.org", NULL);
	becomes("{\"prompt_cache_key\":\"0123456789abcdef0123456789abcdef\"}", NULL);
	becomes("eyJust.a.word", NULL);
	becomes("password:", NULL);
	becomes(":", NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(redact__leaves_alone__what_is_no_secret),
		cmocka_unit_test(redact__removes__keys_by_their_shape),
		cmocka_unit_test(redact__removes__what_its_label_gives_away),
		cmocka_unit_test(redact__leaves_alone__code_and_talk_about_secrets),
		cmocka_unit_test(redact__removes__a_key_wherever_it_stands),
		cmocka_unit_test(redact__removes__a_private_key_with_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
