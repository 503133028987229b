#include "agent/base/i18n.h"
#include "agent/base/str.h"
#include <langinfo.h>
#include <locale.h>

/* glibc's: its catalogues are looked up again when this changes. */
extern int _nl_msg_cat_cntr;

static const char *language = "en";

/* Our name for a locale or language name, or NULL for one we do not speak. */
static const char *
known_language(struct slice name)
{
	if (slice_starts(name, "zh"))
		return "zh_CN";
	if (slice_starts(name, "en") || slice_eq_str(name, "C") || slice_starts(name, "C.") ||
		slice_eq_str(name, "POSIX"))
		return "en";
	return NULL;
}

/* The first language of a list ("fr:zh_CN") that we speak. */
static const char *
first_known(const char *list)
{
	struct slice rest = slice_of(list);

	while (rest.p) {
		const char *hit = known_language(slice_cut(&rest, ':'));

		if (hit)
			return hit;
	}
	return NULL;
}

static const char *
choose(const char *lang)
{
	static const char *const vars[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	const char *list = getenv("LANGUAGE"), *hit;

	if (lang && *lang)
		return first_known(lang) ? first_known(lang) : "en";
	hit = list && *list ? first_known(list) : NULL;
	for (size_t i = 0; !hit && i < ARRAY_LEN(vars); i++) {
		const char *value = getenv(vars[i]);

		if (value && *value) {
			hit = known_language(slice_of(value));
			break;
		}
	}
	return hit ? hit : "en";
}

static void
set_ctype(void)
{
	setlocale(LC_CTYPE, "");
	if (!str_eq(nl_langinfo(CODESET), "UTF-8") && !setlocale(LC_CTYPE, "C.UTF-8"))
		setlocale(LC_CTYPE, "en_US.UTF-8");
}

void
i18n_init(const char *localedir, const char *lang)
{
	static char *wish; /* the person's own LANGUAGE, before we changed it */
	static bool again;

	if (!again) {
		wish = xstrdup0(getenv("LANGUAGE"));
		again = true;
	} else if (wish) {
		setenv("LANGUAGE", wish, 1);
	} else {
		unsetenv("LANGUAGE");
	}
	language = choose(lang);
	set_ctype();
	if (str_eq(language, "en")) {
		/* "C" looks no catalogue up, not libc's either: all sentences are English. */
		setlocale(LC_MESSAGES, "C");
	} else {
		setlocale(LC_MESSAGES, "C.UTF-8");
		setenv("LANGUAGE", language, 1);
	}
	if (localedir)
		bindtextdomain("homard", localedir);
	bind_textdomain_codeset("homard", "UTF-8");
	textdomain("homard");
	_nl_msg_cat_cntr++;
}

const char *
i18n_language(void)
{
	return language;
}
