/* Dates from words. */
#include "agent/tools/when.h"
#include "agent/base/i18n.h"
#include "agent/base/str.h"
#include "agent/base/utf8.h"
#include <time.h>

#define HOUR_MS 3600000ll
#define DUE_HOUR 9 /* a day without an hour, ahead */

struct day_word {
	const char *word;
	int days; /* from today */
};

static const struct day_word day_words[] = {
	{ "today", 0 },
	{ "tonight", 0 },
	{ "yesterday", -1 },
	{ "tomorrow", 1 },
	{ "day before yesterday", -2 },
	{ "the day before yesterday", -2 },
	{ "day after tomorrow", 2 },
	{ "the day after tomorrow", 2 },
	{ "今天", 0 },
	{ "昨天", -1 },
	{ "前天", -2 },
	{ "明天", 1 },
	{ "后天", 2 },
};

/* Sunday first. */
static const char *const weekdays[7][6] = {
	{ "sunday", "sun", "周日", "星期日", "星期天", "周天" },
	{ "monday", "mon", "周一", "星期一" },
	{ "tuesday", "tue", "周二", "星期二", "tues" },
	{ "wednesday", "wed", "周三", "星期三" },
	{ "thursday", "thu", "周四", "星期四", "thurs" },
	{ "friday", "fri", "周五", "星期五" },
	{ "saturday", "sat", "周六", "星期六" },
};

static const struct {
	const char *word;
	char unit; /* h d w m y, n: minutes */
} units[] = {
	{ "minutes", 'n' },
	{ "minute", 'n' },
	{ "mins", 'n' },
	{ "min", 'n' },
	{ "分钟", 'n' },
	{ "hours", 'h' },
	{ "hour", 'h' },
	{ "h", 'h' },
	{ "小时", 'h' },
	{ "个小时", 'h' },
	{ "days", 'd' },
	{ "day", 'd' },
	{ "d", 'd' },
	{ "天", 'd' },
	{ "日", 'd' },
	{ "weeks", 'w' },
	{ "week", 'w' },
	{ "w", 'w' },
	{ "周", 'w' },
	{ "个星期", 'w' },
	{ "星期", 'w' },
	{ "个周", 'w' },
	{ "months", 'm' },
	{ "month", 'm' },
	{ "个月", 'm' },
	{ "月", 'm' },
	{ "years", 'y' },
	{ "year", 'y' },
	{ "y", 'y' },
	{ "年", 'y' },
};

static const char *const han_digits[] = { "零", "一", "二", "三", "四", "五", "六", "七", "八",
	"九", "十" };

static int64_t
to_ms(struct tm *tm)
{
	tm->tm_isdst = -1;
	return (int64_t)mktime(tm) * 1000;
}

static struct tm
local(int64_t ms)
{
	time_t t = (time_t)(ms / 1000);
	struct tm tm = { 0 };

	localtime_r(&t, &tm);
	return tm;
}

/* Midnight of a day counted from today; ahead: the morning. */
static int64_t
day_at(int64_t now_ms, int days, enum when_side side)
{
	struct tm tm = local(now_ms);

	tm.tm_mday += days;
	tm.tm_hour = side == WHEN_FUTURE ? DUE_HOUR : 0;
	tm.tm_min = tm.tm_sec = 0;
	return to_ms(&tm);
}

static int64_t
shifted(int64_t now_ms, int64_t n, char unit)
{
	struct tm tm = local(now_ms);

	switch (unit) {
	case 'n':
		return now_ms + n * 60000;
	case 'h':
		return now_ms + n * HOUR_MS;
	case 'd':
		tm.tm_mday += (int)n;
		break;
	case 'w':
		tm.tm_mday += 7 * (int)n;
		break;
	case 'm':
		tm.tm_mon += (int)n;
		break;
	default:
		tm.tm_year += (int)n;
	}
	return to_ms(&tm);
}

static bool
iso(const char *s, int64_t *ret)
{
	struct tm tm = { 0 };
	int year, month, day, hour = 0, minute = 0, n = 0;

	if (sscanf(s, "%4d%*1[-/.]%2d%*1[-/.]%2d%n", &year, &month, &day, &n) != 3 &&
		sscanf(s, "%4d年%2d月%2d日%n", &year, &month, &day, &n) != 3)
		return false;
	s += n;
	n = 0;
	/* The words were folded: t and z. */
	if (*s &&
		(sscanf(s, "%*1[t ]%2d:%2d%n", &hour, &minute, &n) != 2 ||
			(s[n] && s[n] != ':' && s[n] != 'z' && s[n] != '+')))
		return false;
	if (year < 1970 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31 ||
		hour > 23 || minute > 59)
		return false;
	tm.tm_year = year - 1900;
	tm.tm_mon = month - 1;
	tm.tm_mday = day;
	tm.tm_hour = hour;
	tm.tm_min = minute;
	*ret = to_ms(&tm);
	/* The 31st of a short month is no date. */
	return tm.tm_mday == day && tm.tm_mon == month - 1;
}

static bool
word_day(const char *s, enum when_side side, int64_t now_ms, int64_t *ret)
{
	struct tm tm = local(now_ms);

	for (size_t i = 0; i < ARRAY_LEN(day_words); i++)
		if (str_eq(s, day_words[i].word)) {
			*ret = day_at(now_ms, day_words[i].days, side);
			return true;
		}
	for (int day = 0; day < 7; day++)
		for (size_t k = 0; k < 6 && weekdays[day][k]; k++) {
			int ahead = (day - tm.tm_wday + 7) % 7;

			if (!str_eq(s, weekdays[day][k]))
				continue;
			ahead = side == WHEN_FUTURE ? (ahead ? ahead : 7)
				: ahead             ? ahead - 7
						    : -7;
			*ret = day_at(now_ms, ahead, side);
			return true;
		}
	return false;
}

static bool
take_number(const char **s, int64_t *ret)
{
	char *end;
	int64_t n = strtoll(*s, &end, 10);

	if (end != *s) {
		*s = end;
		*ret = n;
		return true;
	}
	if (str_starts(*s, "a ") || str_starts(*s, "an ") || str_starts(*s, "one ")) {
		*s = strchr(*s, ' ');
		*ret = 1;
		return true;
	}
	if (str_starts(*s, "两")) {
		*s += strlen("两");
		*ret = 2;
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(han_digits); i++)
		if (str_starts(*s, han_digits[i])) {
			*s += strlen(han_digits[i]);
			*ret = (int64_t)i;
			return true;
		}
	return false;
}

/* "3 days ago", "in 2 hours", "7d", "三天前", "last week", "上周", "this month" */
static bool
counted(const char *s, enum when_side side, int64_t now_ms, int64_t *ret)
{
	int sign = side == WHEN_PAST ? -1 : 1;
	int64_t n = 1;
	static const struct day_word bare[] = { { "last ", -1 }, { "past ", -1 },
		{ "the last ", -1 }, { "the past ", -1 }, { "next ", 1 }, { "上个", -1 },
		{ "上", -1 }, { "下个", 1 }, { "下", 1 }, { "最近", -1 } };

	if (str_starts(s, "in ")) {
		sign = 1;
		s += 3;
	}
	for (size_t i = 0; i < ARRAY_LEN(bare); i++)
		if (str_starts(s, bare[i].word)) {
			sign = bare[i].days;
			s += strlen(bare[i].word);
			break;
		}
	if (take_number(&s, &n) && (n < 0 || n >= 100000))
		return false;
	while (*s == ' ')
		s++;
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		const char *rest = s + strlen(units[i].word);

		if (!str_starts(s, units[i].word))
			continue;
		while (*rest == ' ')
			rest++;
		if (str_eq(rest, "ago") || str_eq(rest, "前") || str_eq(rest, "之前") ||
			str_eq(rest, "以前"))
			sign = -1;
		else if (str_eq(rest, "后") || str_eq(rest, "之后") || str_eq(rest, "以后") ||
			str_eq(rest, "from now"))
			sign = 1;
		else if (*rest)
			continue;
		*ret = shifted(now_ms, sign * n, units[i].unit);
		return true;
	}
	return false;
}

/* "this week", "this month", "10:30" */
static bool
current(const char *s, enum when_side side, int64_t now_ms, int64_t *ret)
{
	struct tm tm = local(now_ms);
	int hour, minute, n = 0;

	if (sscanf(s, "%2d:%2d%n", &hour, &minute, &n) == 2 && !s[n] && hour < 24 &&
		minute < 60) {
		tm.tm_hour = hour;
		tm.tm_min = minute;
		tm.tm_sec = 0;
		*ret = to_ms(&tm);
		if (side == WHEN_FUTURE && *ret <= now_ms)
			*ret = shifted(*ret, 1, 'd');
		return true;
	}
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	if (str_eq(s, "this week") || str_eq(s, "这周") || str_eq(s, "本周"))
		tm.tm_mday -= (tm.tm_wday + 6) % 7;
	else if (str_eq(s, "this month") || str_eq(s, "这个月") || str_eq(s, "本月"))
		tm.tm_mday = 1;
	else if (str_eq(s, "this year") || str_eq(s, "今年"))
		tm.tm_mday = 1, tm.tm_mon = 0;
	else
		return false;
	*ret = to_ms(&tm);
	return true;
}

bool
when_parse(
	const char *text, enum when_side side, int64_t now_ms, int64_t *ret_ms, struct err *err)
{
	struct slice trimmed = slice_trim(slice_of(text));
	autofree char *folded = utf8_fold(trimmed.p, trimmed.n);
	const char *s = folded;
	int64_t n, got;

	if (str_starts(s, "last ") && word_day(s + 5, WHEN_PAST, now_ms, ret_ms))
		return true;
	if (str_starts(s, "next ") && word_day(s + 5, WHEN_FUTURE, now_ms, ret_ms))
		return true;
	if (str_starts(s, "上") && word_day(s + strlen("上"), WHEN_PAST, now_ms, ret_ms))
		return true;
	if (str_starts(s, "下") && word_day(s + strlen("下"), WHEN_FUTURE, now_ms, ret_ms))
		return true;
	if (iso(s, &got) || word_day(s, side, now_ms, &got) || counted(s, side, now_ms, &got) ||
		current(s, side, now_ms, &got)) {
		*ret_ms = got;
		return true;
	}
	if (str_to_i64(s, &n) && n > 100000000000) {
		*ret_ms = n;
		return true;
	}
	return err_set(err, ERR_USAGE,
		_("\"%s\" is no date I understand; write 2024-05-31, yesterday, monday or 7 "
		  "days."),
		text);
}
