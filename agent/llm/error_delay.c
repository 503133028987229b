/* How long a provider asks to wait. */
#include "agent/llm/errors.h"
#include <math.h>
#include <strings.h>
#include <time.h>

#define DELAY_MAX_MS (7 * 86400000ll)

static const char *
header(const struct llm_header *h, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(h[i].name, name))
			return h[i].value;
	return NULL;
}

/* A plain decimal number at s; NAN when there is none. Locale plays no part. */
static double
number_at(const char *s, size_t *used)
{
	double v = 0, scale = 1;
	size_t i = 0;

	while (s[i] >= '0' && s[i] <= '9' && i < 15)
		v = v * 10 + (s[i++] - '0');
	if (i == 0)
		return NAN;
	if (s[i] == '.') {
		for (i++; s[i] >= '0' && s[i] <= '9'; i++) {
			scale /= 10;
			v += scale * (s[i] - '0');
		}
	}
	*used = i;
	return v;
}

int64_t
llm_duration_ms(const char *s, size_t *used)
{
	static const struct {
		const char *unit;
		double ms;
	} units[] = { { "ms", 1 }, { "milliseconds", 1 }, { "seconds", 1000 }, { "second", 1000 },
		{ "s", 1000 }, { "minutes", 60000 }, { "minute", 60000 }, { "m", 60000 },
		{ "hours", 3600000 }, { "h", 3600000 }, { "days", 86400000 }, { "d", 86400000 } };
	double total = 0;
	size_t at = 0;

	for (;;) {
		size_t n, u;
		double v = number_at(s + at, &n);

		if (isnan(v))
			break;
		at += n;
		while (s[at] == ' ')
			at++;
		for (u = 0; u < ARRAY_LEN(units); u++) {
			size_t len = strlen(units[u].unit);
			char after;

			if (strncasecmp(s + at, units[u].unit, len) != 0)
				continue;
			after = s[at + len];
			if ((after | 32) >= 'a' && (after | 32) <= 'z')
				continue;
			at += len;
			total += v * units[u].ms;
			break;
		}
		if (u == ARRAY_LEN(units)) {
			if (total > 0)
				break;
			total = v * 1000;
			break;
		}
	}
	if (used)
		*used = at;
	if (at == 0 || !(total <= (double)DELAY_MAX_MS))
		return -1;
	return (int64_t)llround(total);
}

int64_t
llm_date_ms(const char *s)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm tm = { 0 };
	char mon[4] = "";
	const char *m;
	time_t t;

	if (sscanf(s, "%*3s, %2d %3s %4d %2d:%2d:%2d", &tm.tm_mday, mon, &tm.tm_year, &tm.tm_hour,
		    &tm.tm_min, &tm.tm_sec) == 6) {
		m = strstr(months, mon);
		if (!m || strlen(mon) != 3)
			return -1;
		tm.tm_mon = (int)(m - months) / 3;
	} else if (sscanf(s, "%4d-%2d-%2dT%2d:%2d:%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
			   &tm.tm_hour, &tm.tm_min, &tm.tm_sec) == 6) {
		tm.tm_mon--;
	} else {
		return -1;
	}
	tm.tm_year -= 1900;
	t = timegm(&tm);
	return t < 0 ? -1 : (int64_t)t * 1000;
}

/* Until a moment, counted from the server's own clock where it tells it. */
static int64_t
until(int64_t moment, const struct llm_header *h, size_t n, int64_t now_ms)
{
	const char *date = header(h, n, "date");
	int64_t from = date ? llm_date_ms(date) : -1;

	if (from < 0)
		from = now_ms;
	if (from <= 0 || moment < 0)
		return -1;
	return moment > from ? MIN_OF(moment - from, DELAY_MAX_MS) : 0;
}

static int64_t
retry_after(const struct llm_header *h, size_t n, int64_t now_ms)
{
	const char *ms = header(h, n, "retry-after-ms"), *s = header(h, n, "retry-after");
	int64_t v;
	double d;
	size_t used;

	/* Azure sends 0 here beside a retry-after of whole seconds. */
	if (ms) {
		d = number_at(ms, &used);
		if (!isnan(d) && d > 0 && d < (double)DELAY_MAX_MS)
			return (int64_t)ceil(d);
	}
	if (!s)
		return -1;
	v = llm_duration_ms(s, NULL);
	return v >= 0 ? v : until(llm_date_ms(s), h, n, now_ms);
}

/* google.rpc.RetryInfo among error.details. */
static int64_t
retry_info(const struct jn *root)
{
	const struct jn *details = jn_get2(root, "error", "details");

	if (!jn_is(details, JN_ARRAY))
		return -1;
	for (const struct jn *c = jn_first(details); c; c = jn_next(details, c)) {
		autofree char *s = jn_dup(jn_get(c, "retryDelay"), 64);

		if (s)
			return llm_duration_ms(s, NULL);
	}
	return -1;
}

/* retry_after and the like, as a number or text, where gateways put it. */
static int64_t
body_member(const struct jn *o)
{
	static const struct {
		const char *name;
		int64_t unit;
	} names[] = { { "retry_after_ms", 1 }, { "retry_after", 1000 },
		{ "retry_after_seconds", 1000 } };

	for (size_t i = 0; jn_is(o, JN_OBJECT) && i < ARRAY_LEN(names); i++) {
		const struct jn *v = jn_get(o, names[i].name);
		autofree char *s = jn_is(v, JN_STRING) ? jn_dup(v, 64) :
			jn_is(v, JN_NUMBER)	       ? slice_dup(jn_raw(v)) : NULL;
		int64_t ms = s ? llm_duration_ms(s, NULL) : -1;

		if (ms >= 0) /* it takes a bare number for seconds */
			return names[i].unit == 1 ? (ms + 999) / 1000 : ms;
	}
	return -1;
}

static int64_t
from_members(const struct jn *root)
{
	const struct jn *err = jn_get(root, "error");
	int64_t v = body_member(err);

	if (v < 0)
		v = body_member(jn_get(err, "metadata"));
	return v >= 0 ? v : body_member(root);
}

static int64_t
words_delay(const char *message)
{
	static const char *const lead[] = { "try again in ", "retry in ", "retry after ",
		"please wait " };

	for (size_t i = 0; message && i < ARRAY_LEN(lead); i++) {
		const char *p = strcasestr(message, lead[i]);
		int64_t v = p ? llm_duration_ms(p + strlen(lead[i]), NULL) : -1;

		if (v >= 0)
			return v;
	}
	return -1;
}

/* One reset value: a moment (RFC 3339, epoch in s or ms) or a duration. */
static int64_t
reset_value(const char *v, const struct llm_header *h, size_t n, int64_t now_ms)
{
	int64_t number = llm_date_ms(v);

	if (number >= 0)
		return until(number, h, n, now_ms);
	if (str_to_i64(v, &number) && number > 1000000000000)
		return until(number, h, n, now_ms);
	if (str_to_i64(v, &number) && number > 1000000000)
		return until(number * 1000, h, n, now_ms);
	return llm_duration_ms(v, NULL);
}

/* The longest reset among limits that are used up: X-remaining-Y: 0 with X-reset-Y, or
 * Anthropic's X-Y-remaining with X-Y-reset. */
static int64_t
reset_headers(const struct llm_header *h, size_t n, int64_t now_ms)
{
	int64_t longest = -1;

	for (size_t i = 0; i < n; i++) {
		const char *at = strcasestr(h[i].name, "remaining");
		autofree char *name = NULL;
		const char *v;
		int64_t wait;

		if (!at || !strcasestr(h[i].name, "ratelimit") || !str_eq(h[i].value, "0"))
			continue;
		name = xasprintf("%.*sreset%s", (int)(at - h[i].name), h[i].name,
			at + strlen("remaining"));
		v = header(h, n, name);
		wait = v ? reset_value(v, h, n, now_ms) : -1;
		longest = MAX_OF(longest, wait);
	}
	return longest;
}

/* OpenRouter repeats the headers inside the body. */
static int64_t
reset_body(const struct jn *root, const struct llm_header *h, size_t n, int64_t now_ms)
{
	const struct jn *m = jn_get2(jn_get(root, "error"), "metadata", "headers");
	const struct jn *v = jn_get(m, "X-RateLimit-Reset");
	autofree char *s = NULL;

	if (!v)
		v = jn_get(m, "x-ratelimit-reset");
	s = jn_is(v, JN_STRING) ? jn_dup(v, 64) : v ? slice_dup(jn_raw(v)) : NULL;
	return s ? reset_value(s, h, n, now_ms) : -1;
}

void
llm_error_delay(struct llm_error *e, const struct llm_header *h, size_t n, const struct jn *root,
	int64_t now_ms)
{
	const char *should = header(h, n, "x-should-retry");
	int64_t wait;

	if (should && str_eq_nocase(should, "false"))
		e->retryable = false;
	else if (should && str_eq_nocase(should, "true"))
		e->retryable = true;
	if (!e->retryable)
		return;
	wait = retry_after(h, n, now_ms);
	if (wait < 0)
		wait = retry_info(root);
	if (wait < 0)
		wait = from_members(root);
	if (wait < 0)
		wait = words_delay(e->message);
	if (wait < 0)
		wait = words_delay(e->detail);
	if (wait < 0)
		wait = reset_headers(h, n, now_ms);
	if (wait < 0)
		wait = reset_body(root, h, n, now_ms);
	e->retry_after_ms = wait;
}
