#include "tests/support/testing.h"
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/base/utf8.h"
#include <langinfo.h>
#include <sys/wait.h>

/* The catalogue in machine form: one message "Yes" and its Chinese. */
static void
write_catalogue(void)
{
	static const unsigned char mo[] = { 0xde, 0x12, 0x04, 0x95, 0, 0, 0, 0, 2, 0, 0, 0, 28,
		0, 0, 0, 44, 0, 0, 0, 0, 0, 0, 0, 60, 0, 0, 0,
		/* originals: "" and "Yes" */
		0, 0, 0, 0, 60, 0, 0, 0, 3, 0, 0, 0, 61, 0, 0, 0,
		/* translations */
		38, 0, 0, 0, 65, 0, 0, 0, 3, 0, 0, 0, 104, 0, 0, 0,
		/* strings */
		0, 'Y', 'e', 's', 0, 'C', 'o', 'n', 't', 'e', 'n', 't', '-', 'T', 'y', 'p', 'e',
		':', ' ', 't', 'e', 'x', 't', '/', 'p', 'l', 'a', 'i', 'n', ';', ' ', 'c', 'h',
		'a', 'r', 's', 'e', 't', '=', 'u', 't', 'f', '8', 0, 0xE6, 0x98, 0xAF, 0 };
	const char *p = test_path("locale/zh_CN/LC_MESSAGES/homard.mo");
	struct err err = { 0 };

	if (!path_make_dirs(test_path("locale/zh_CN/LC_MESSAGES"), 0700, &err) ||
		!path_write_file(p, (struct slice){ (const char *)mo, sizeof(mo) }, 0600, &err))
		fail_msg("%s", err.text);
}

static void
environment(const char *language, const char *lc_all, const char *lang)
{
	static const char *const names[] = { "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG",
		"LC_CTYPE" };
	const char *values[] = { language, lc_all, NULL, lang, NULL };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (values[i])
			setenv(names[i], values[i], 1);
		else
			unsetenv(names[i]);
	}
}

static void
i18n__switch__is_live_both_ways(UNUSED void **state)
{
	const char *dir = test_path("locale");

	environment(NULL, NULL, NULL);
	write_catalogue();
	for (int i = 0; i < 3; i++) {
		i18n_init(dir, "en");
		assert_string_equal(_("Yes"), "Yes");
		assert_string_equal(i18n_language(), "en");
		i18n_init(dir, "zh_CN");
		assert_string_equal(_("Yes"), "是");
		assert_string_equal(i18n_language(), "zh_CN");
	}
	assert_string_equal(_("Not in it"), "Not in it");
}

static void
i18n__ctype__is_utf8_whatever_the_locale(UNUSED void **state)
{
	static const char *const langs[] = { "C", "POSIX", "zh_CN.GB2312", "xx_YY", "de_DE" };

	for (size_t i = 0; i < ARRAY_LEN(langs); i++) {
		environment(NULL, NULL, langs[i]);
		i18n_init(NULL, "zh_CN");
		assert_string_equal(nl_langinfo(CODESET), "UTF-8");
		assert_int_equal(utf8_width("文件", 6), 4);
	}
}

static void
i18n__choice__follows_the_variables(UNUSED void **state)
{
	static const struct {
		const char *language, *lc_all, *lang, *wish, *want;
	} rows[] = {
		{ NULL, NULL, NULL, NULL, "en" },
		{ NULL, NULL, "zh_CN.UTF-8", NULL, "zh_CN" },
		{ NULL, "C.UTF-8", "zh_CN.UTF-8", NULL, "en" },
		{ NULL, "zh_SG", NULL, "", "zh_CN" },
		{ "zh_CN", "C.UTF-8", "en_US.UTF-8", NULL, "zh_CN" },
		{ "fr:zh_CN:en", NULL, "de_DE", NULL, "zh_CN" },
		{ "fr", NULL, "zh_CN", NULL, "zh_CN" },
		{ NULL, NULL, "fr_FR.UTF-8", NULL, "en" },
		{ "zh_CN", NULL, NULL, "en", "en" },
		{ NULL, NULL, "zh_CN", "klingon", "en" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		pid_t pid = fork();
		int status;

		/* A process each: i18n_init remembers the first LANGUAGE it saw. */
		if (pid == 0) {
			environment(rows[i].language, rows[i].lc_all, rows[i].lang);
			i18n_init(NULL, rows[i].wish);
			_exit(!str_eq(i18n_language(), rows[i].want));
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (status)
			fail_msg("row %zu", i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(i18n__choice__follows_the_variables),
		cmocka_unit_test(i18n__switch__is_live_both_ways),
		cmocka_unit_test(i18n__ctype__is_utf8_whatever_the_locale),
	};

	return cmocka_run_group_tests_name("i18n", tests, NULL, NULL);
}
