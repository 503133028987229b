#include "agent/core/redact_value.h"
#include "agent/base/str.h"
#include <ctype.h>

#define LABEL_MAX 64
#define VALUE_MAX 4096
#define KEY_MIN 16
#define PASSWORD_MIN 8

enum sort { SORT_NONE, SORT_KEY, SORT_PASSWORD };

/* What a label ends with, written small and with '_' between its words. */
static const struct {
	const char *end;
	enum sort sort;
} labels[] = {
	{ "api_key", SORT_KEY },
	{ "apikey", SORT_KEY },
	{ "access_key", SORT_KEY },
	{ "secret_key", SORT_KEY },
	{ "client_secret", SORT_KEY },
	{ "app_secret", SORT_KEY },
	{ "access_token", SORT_KEY },
	{ "auth_token", SORT_KEY },
	{ "refresh_token", SORT_KEY },
	{ "bearer_token", SORT_KEY },
	{ "password", SORT_PASSWORD },
	{ "passwd", SORT_PASSWORD },
	{ "passphrase", SORT_PASSWORD },
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
is_quote(char c)
{
	return c == '"' || c == '\'';
}

static enum sort
label_before(const char *s, size_t i)
{
	char label[LABEL_MAX + 1];
	size_t n = 0;

	while (i > 0 && is_blank(s[i - 1]))
		i--;
	/* In JSON inside JSON the quote is escaped. */
	while (i > 0 && (is_quote(s[i - 1]) || s[i - 1] == '\\'))
		i--;
	while (i > n && n < LABEL_MAX &&
		(isalnum((unsigned char)s[i - n - 1]) || s[i - n - 1] == '_' ||
			s[i - n - 1] == '-'))
		n++;
	for (size_t k = 0; k < n; k++)
		label[k] =
			s[i - n + k] == '-' ? '_' : (char)tolower((unsigned char)s[i - n + k]);
	label[n] = '\0';
	for (size_t k = 0; k < ARRAY_LEN(labels); k++)
		if (str_ends(label, labels[k].end))
			return labels[k].sort;
	return SORT_NONE;
}

static bool
is_value_char(char c, enum sort sort)
{
	if (isalnum((unsigned char)c) || (c && strchr("+/=_-.", c)))
		return true;
	return sort == SORT_PASSWORD && c && strchr("!@#%^&*~?", c);
}

/* The bytes of a value that looks like a secret. */
static size_t
value_at(const char *s, size_t n, enum sort sort)
{
	size_t k = 0, digits = 0, letters = 0;

	while (k < n && k < VALUE_MAX && is_value_char(s[k], sort)) {
		digits += isdigit((unsigned char)s[k]) != 0;
		letters += isalpha((unsigned char)s[k]) != 0;
		k++;
	}
	/* A call or an index is code: password = os.environ["X"], get("...") */
	if (k < n && strchr("([{<$", s[k]) && s[k])
		return 0;
	return digits && letters && k >= (sort == SORT_KEY ? KEY_MIN : PASSWORD_MIN) ? k : 0;
}

/* At the ':' of "://": user:secret@ up to the host. */
static size_t
url_password(const char *s, size_t n, size_t i, size_t *ret_at)
{
	size_t k, from = 0;

	for (k = i + 3; k < n && k < i + VALUE_MAX; k++) {
		char c = s[k];

		if (c == ':' && !from)
			from = k + 1;
		else if (c == '@' && from && k > from) {
			*ret_at = from;
			return k - from;
		} else if (isspace((unsigned char)c) || (c && strchr("/\"'<>?#", c)))
			return 0;
	}
	return 0;
}

size_t
secret_value(const char *s, size_t n, size_t i, size_t *ret_at)
{
	enum sort sort;

	if (s[i] == ':' && i + 3 < n && s[i + 1] == '/' && s[i + 2] == '/')
		return url_password(s, n, i, ret_at);
	sort = label_before(s, i);
	if (sort == SORT_NONE)
		return 0;
	for (i++; i < n && is_blank(s[i]); i++)
		;
	while (i < n && (is_quote(s[i]) || s[i] == '\\'))
		i++;
	*ret_at = i;
	return value_at(s + i, n - i, sort);
}

size_t
secret_jwt(const char *s, size_t n)
{
	size_t k = 0, dots = 0, part = 0;

	if (n < 30 || memcmp(s, "eyJ", 3) != 0)
		return 0;
	for (; k < n && k < 2 * VALUE_MAX; k++) {
		if (s[k] == '.' && part >= 8 && dots < 2) {
			dots++;
			part = 0;
		} else if (isalnum((unsigned char)s[k]) || s[k] == '_' || s[k] == '-')
			part++;
		else
			break;
	}
	return dots == 2 && part >= 8 ? k : 0;
}
