#include "tests/support/testing.h"
#include "agent/tools/shell_keep.h"
#include "agent/tools/shell_net.h"
#include "agent/tools/shell_words.h"
#include "agent/tools/tool.h"

bool shell_outside_is_sorted(void);

static size_t
outside(const char *command)
{
	struct buf b = BUF_INIT(8192);
	size_t n = tool_shell_outside(command, &b);
	cJSON *list = json_parse(buf_slice(&b), NULL);

	assert_non_null(list);
	assert_int_equal(cJSON_GetArraySize(list), n);
	cJSON_Delete(list);
	buf_finish(&b);
	return n;
}

static void
shell__outside__is_seen_wherever_it_stands(UNUSED void **state)
{
	static const char *const yes[] = { "sudo ls", "cd /tmp && sudo rm -rf x",
		"true;su -c id", "env A=1 sudo id", "sh -c 'sudo id'",
		"bash -lc \"systemctl stop x\"", "echo $(docker ps)", "echo `ssh host id`",
		"timeout 5 vim x", "nohup nice -n 5 pkexec id", "A=b crontab -r",
		"(echo; passwd)", "if true; then reboot; fi", "xargs -n 1 sudo rm < list",
		"/usr/bin/sudo id", "su''do id", "find . -exec sudo rm {} \\;",
		"eval 'sudo id'", "rsync -a x host:y", "apt-get install foo",
		"mkfs.ext4 /dev/sda1", "kill 1234", "echo \"$(sudo id)\"",
		"cat x | sudo tee /etc/hosts", "top", "ls\nsudo id" };
	static const char *const no[] = { "ls", "echo sudo", "grep -r 'sudo' .",
		"git commit -m 'ssh'", "cat docker", "apt list", "mount", "kill %1",
		"sleep 9 & kill $!", "top -b -n 1", "# sudo\nls", "rsync -a a b",
		"emacs --batch x", "sysctl -a", "command -v docker", "mount -v", "", "   ", "'", "$(", "\"$(" };

	assert_true(shell_outside_is_sorted());
	for (size_t i = 0; i < ARRAY_LEN(yes); i++)
		if (!outside(yes[i]))
			fail_msg("not seen: %s", yes[i]);
	for (size_t i = 0; i < ARRAY_LEN(no); i++)
		if (outside(no[i]))
			fail_msg("seen: %s", no[i]);
	assert_int_equal(outside("sudo a; sudo b; docker c"), 2);
}

static void
shell__words__stay_bounded(UNUSED void **state)
{
	struct buf b = BUF_INIT(1u << 20);

	for (int i = 0; i < 5000; i++)
		buf_add_str(&b, "$(");
	outside(buf_str(&b));
	buf_clear(&b);
	for (int i = 0; i < 20000; i++)
		buf_add_str(&b, "a;");
	outside(buf_str(&b));
	buf_finish(&b);
}

static void
expect_hosts(const char *command, const char *output, bool failed, const char *hosts)
{
	struct strv found = { 0 };
	struct buf all = BUF_INIT(4096);

	assert_int_equal(shell_net_failed(command, slice_of(output), &found), failed);
	for (size_t i = 0; i < found.n; i++)
		buf_printf(&all, "%s%s", i ? " " : "", found.v[i]);
	assert_string_equal(buf_str(&all), hosts);
	buf_finish(&all);
	strv_finish(&found);
}

static void
shell__network__names_the_host(UNUSED void **state)
{
	expect_hosts("curl https://example.org/x",
		"curl: (6) Could not resolve host: example.org\n", true, "example.org:443");
	expect_hosts("curl http://example.org:8080/x",
		"curl: (6) Could not resolve host: example.org\n", true, "example.org:8080");
	expect_hosts("wget -q http://a.example.org",
		"wget: unable to resolve host address ‘a.example.org’", true,
		"a.example.org:80");
	expect_hosts("git pull",
		"fatal: unable to access 'https://github.com/a/b/': Could not resolve host: "
		"github.com",
		true, "github.com:443");
	expect_hosts("npm i", "npm ERR! getaddrinfo EAI_AGAIN registry.npmjs.org", true,
		"registry.npmjs.org:443");
	expect_hosts("pip install x",
		"HTTPSConnectionPool(host='pypi.org', port=443): Failed to establish a new "
		"connection",
		true, "pypi.org:443");
	expect_hosts("git clone git@host.example.org:a/b",
		"ssh: Temporary failure in name resolution", true, "host.example.org:443");
	expect_hosts("prog", "connect: Network is unreachable", true, "");
	expect_hosts("curl http://1.2.3.4/", "connect: Network is unreachable", true, "");
	expect_hosts("ls", "all is well", false, "");
	expect_hosts("x", "Could not resolve host: ../../etc", true, "");
}

static void
shell__keep__has_both_ends(UNUSED void **state)
{
	struct shell_keep *k = xmalloc(sizeof(*k));
	struct buf out = BUF_INIT(1u << 20);
	char hash[HASH_HEX_LEN], line[64];

	shell_keep_init(k);
	for (int i = 0; i < 100000; i++) {
		int n = snprintf(line, sizeof(line), "line %06d of many\n", i);

		shell_keep_add(k, (struct slice){ line, (size_t)n });
	}
	shell_keep_text(k, &out);
	assert_true(str_starts(buf_str(&out), "line 000000"));
	assert_true(str_ends(buf_str(&out), "line 099999 of many\n"));
	assert_true(strstr(buf_str(&out), " bytes left out]\n") != NULL);
	assert_true(out.len < 3 * KEEP_PART);
	assert_int_equal(k->total, 2000000);
	shell_keep_hash(k, hash);
	assert_int_equal(strlen(hash), 64);
	shell_keep_finish(k);

	buf_clear(&out);
	shell_keep_init(k);
	for (int i = 0; i < 1500; i++)
		shell_keep_add(k, SLICE_LIT("0123456789abcdef\n"));
	shell_keep_text(k, &out);
	assert_int_equal(out.len, 1500 * 17);
	shell_keep_hash(k, hash);
	assert_string_equal(hash, "");
	shell_keep_finish(k);
	buf_finish(&out);
	free(k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shell__outside__is_seen_wherever_it_stands),
		cmocka_unit_test(shell__words__stay_bounded),
		cmocka_unit_test(shell__network__names_the_host),
		cmocka_unit_test(shell__keep__has_both_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
