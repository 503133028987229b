/* Slot type series: new names that count, said by their beginning: "oslo-1, oslo-2", 婚礼_001
 * 这样. The value is the name with a # for each digit, as rename_many reads it. Numbers alone
 * are no series: they go in front of names. */
#include "agent/base/i18n.h"
#include "agent/skill/slot.h"
#include <ctype.h>

#define NAME_MAX_BYTES 60

/* The digits at p, when they say n; their number. */
static size_t
digits_saying(const char *p, const char *end, unsigned n)
{
	size_t len = 0;
	unsigned v = 0;

	while (p + len < end && isdigit((unsigned char)p[len]) && len < 6)
		v = v * 10 + (unsigned)(p[len++] - '0');
	return len > 0 && v == n && !(p + len < end && isdigit((unsigned char)p[len])) ? len
										       : 0;
}

/* Behind commas, blanks and "and". */
static const char *
skip_joint(const char *p, const char *end)
{
	static const char *const joints[] = { ",", " ", "、", "，", "and ", "then ", "和", "\"",
		"'" };
	const char *from;

	do {
		from = p;
		for (size_t i = 0; i < ARRAY_LEN(joints); i++) {
			size_t n = strlen(joints[i]);

			if ((size_t)(end - p) >= n && memcmp(p, joints[i], n) == 0)
				p += n;
		}
	} while (p != from);
	return p;
}

/* "oslo-1" at [.., one) and behind it "oslo-2": the length of "oslo-", or 0. */
static size_t
twice(const char *text, const char *one, const char *behind, const char *end)
{
	const char *next = skip_joint(behind, end), *p = next;
	size_t n;

	while (p < end && p - next < NAME_MAX_BYTES && !isdigit((unsigned char)*p) && *p != '/')
		p++;
	n = (size_t)(p - next);
	return next > behind && n > 0 && digits_saying(p, end, 2) &&
			one - text >= (ptrdiff_t)n && memcmp(one - n, next, n) == 0
		? n
		: 0;
}

/* "婚礼_001 这样", "scan-01 and so on": the length of the name when it ends in - or _. */
static size_t
and_so_on(const char *text, const char *one, const char *behind, const char *end)
{
	static const char *const words[] = { "and so on", "and so forth", "etc", "and up",
		"upwards", "onwards", "...", "…", "这样", "这种", "开始", "往后", "以此类推" };
	const char *p = skip_joint(behind, end), *from = one;

	if (one == text || !strchr("-_", one[-1]))
		return 0;
	while (from > text && !isspace((unsigned char)from[-1]) && !strchr("\"'`,:", from[-1]))
		from--;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if ((size_t)(end - p) >= strlen(words[i]) &&
			strncasecmp(p, words[i], strlen(words[i])) == 0)
			return (size_t)(one - from);
	return 0;
}

/* 改成婚礼_001: the name begins behind the word. */
static size_t
without_lead(const char *name, size_t n)
{
	static const char *const leads[] = { "命名为", "改名为", "改名成", "改为", "改成",
		"换成", "取名", "叫做", "叫" };

	for (size_t i = 0; i < ARRAY_LEN(leads); i++) {
		const char *at = memmem(name, n, leads[i], strlen(leads[i]));

		if (at)
			return (size_t)(name + n - at) - strlen(leads[i]);
	}
	return n;
}

static void
add(const struct request *r, struct values *out, const char *name, size_t n, size_t digits,
	const char *end)
{
	size_t from = (size_t)(name - r->a.text), to = (size_t)(end - r->a.text), i = 0, j;
	struct value *v;

	while (i < r->a.n && r->a.v[i].end <= from)
		i++;
	for (j = i; j < r->a.n && r->a.v[j].start < to; j++)
		continue;
	if (i >= j)
		return;
	v = values_add(out, i, j, "series");
	v->text = xasprintf("%.*s%.*s", (int)n, name, (int)digits, "######");
}

/* Where the names end: "oslo-1, oslo-2, oslo-3", and then "and so on" may follow. */
static const char *
last_of(const char *name, size_t n, const char *behind, const char *end)
{
	for (unsigned k = 2; k < 100; k++) {
		const char *next = skip_joint(behind, end);
		size_t digits = (size_t)(end - next) > n && memcmp(next, name, n) == 0
			? digits_saying(next + n, end, k)
			: 0;

		if (!digits)
			break;
		behind = next + n + digits;
	}
	return behind;
}

static void
scan(const struct request *r, struct values *out)
{
	const char *text = r->a.text, *end = text + r->a.len;

	for (size_t k = 0; k < r->a.n; k++)
		for (const char *p = text + r->a.v[k].start; p < text + r->a.v[k].end; p++) {
			size_t digits = p > text && isdigit((unsigned char)p[-1])
				? 0
				: digits_saying(p, end, 1);
			const char *behind = p + digits;
			size_t n = digits ? twice(text, p, behind, end) : 0;

			if (n) {
				add(r, out, p - n, n, digits, last_of(p - n, n, behind, end));
				return;
			}
			n = digits ? and_so_on(text, p, behind, end) : 0;
			if (n) {
				n = without_lead(p - n, n);
				if (n)
					add(r, out, p - n, n, digits, behind);
				return;
			}
		}
}

static bool
fits(const struct slot *s UNUSED, const struct value *v)
{
	return !strchr(v->text, '/');
}

static cJSON *
json(const struct slot *s UNUSED, const struct value *v)
{
	return cJSON_CreateString(v->text);
}

const struct slot_type slot_series = {
	.name = "series",
	.kind = "series",
	.summary = N_("the first two names, such as rome-01, rome-02"),
	.scan = scan,
	.fits = fits,
	.json = json,
};
