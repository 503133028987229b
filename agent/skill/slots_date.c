/* Dates: found relative to the clock that was handed in, given back as YYYY-MM-DD (local), or
 * YYYY-MM-DDTHH:MM where hours were said. A week begins on Monday. */
#include "agent/base/i18n.h"
#include "agent/skill/slot.h"
#include <time.h>

struct point {
	struct tm past, ahead;
	bool weekday, later;   /* later: it can only lie ahead */
	bool has_ahead, clock; /* clock: hours and minutes count */
};

static struct tm
local(int64_t now_ms)
{
	time_t t = (time_t)(now_ms / 1000);
	struct tm tm;

	localtime_r(&t, &tm);
	return tm;
}

static struct tm
shifted(struct tm tm, int days)
{
	tm.tm_mday += days;
	tm.tm_hour = 12;
	tm.tm_isdst = -1;
	mktime(&tm);
	return tm;
}

static char *
text_of(const struct tm *tm, bool clock)
{
	char s[32];

	strftime(s, sizeof(s), clock ? "%Y-%m-%dT%H:%M" : "%Y-%m-%d", tm);
	return xstrdup(s);
}

char *
date_text(int64_t now_ms, int days)
{
	struct tm tm = shifted(local(now_ms), days);

	return text_of(&tm, false);
}

static struct tm
on(int year, int month, int day)
{
	struct tm tm = { .tm_year = year - 1900,
		.tm_mon = month - 1,
		.tm_mday = day,
		.tm_hour = 12,
		.tm_isdst = -1 };

	mktime(&tm);
	return tm;
}

static int
weekday_from_monday(const struct tm *tm)
{
	return (tm->tm_wday + 6) % 7;
}

/* Named days: how far they lie from today. */
static bool
relative(const struct tm *now, const char *name, struct point *p)
{
	int wd = weekday_from_monday(now), y = now->tm_year + 1900, m = now->tm_mon + 1;

	if (str_eq(name, "today"))
		p->past = shifted(*now, 0);
	else if (str_eq(name, "yesterday"))
		p->past = shifted(*now, -1);
	else if (str_eq(name, "beforeyesterday"))
		p->past = shifted(*now, -2);
	else if (str_eq(name, "tomorrow") && (p->later = true))
		p->past = shifted(*now, 1);
	else if (str_eq(name, "thisweek"))
		p->past = shifted(*now, -wd);
	else if (str_eq(name, "lastweek"))
		p->past = shifted(*now, -wd - 7);
	else if (str_eq(name, "nextweek") && (p->later = true))
		p->past = shifted(*now, 7 - wd);
	else if (str_eq(name, "pastweek"))
		p->past = shifted(*now, -7);
	else if (str_eq(name, "thismonth"))
		p->past = on(y, m, 1);
	else if (str_eq(name, "lastmonth"))
		p->past = m == 1 ? on(y - 1, 12, 1) : on(y, m - 1, 1);
	else if (str_eq(name, "lastweekend"))
		p->past = shifted(*now, -wd - 2);
	else if (str_eq(name, "pastmonth"))
		p->past = shifted(*now, -30);
	else if (str_eq(name, "thisyear"))
		p->past = on(y, 1, 1);
	else if (str_eq(name, "lastyear"))
		p->past = on(y - 1, 1, 1);
	else
		return false;
	return true;
}

static bool
back_by(const struct tm *now, double n, const char *span, struct point *p)
{
	if (n < 0 || n > 100000)
		return false;
	if (str_eq(span, "hour")) {
		struct tm tm = *now;

		tm.tm_min -= (int)(n * 60);
		tm.tm_isdst = -1;
		mktime(&tm);
		p->past = tm;
		p->clock = true;
	} else if (str_eq(span, "day"))
		p->past = shifted(*now, -(int)n);
	else if (str_eq(span, "week"))
		p->past = shifted(*now, -(int)(n * 7));
	else {
		int months = str_eq(span, "year") ? (int)(n * 12) : (int)n;
		struct tm tm = on(now->tm_year + 1900, now->tm_mon + 1 - months, 1);
		static const int len[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

		if (str_eq(span, "month") && n == 0.5)
			p->past = shifted(*now, -15);
		else
			p->past = on(tm.tm_year + 1900, tm.tm_mon + 1,
				MIN_OF(now->tm_mday, len[tm.tm_mon]));
	}
	return true;
}

/* "3 days", 三天, 两个星期. */
static size_t
span_at(const struct request *r, size_t i, double *n, const char **span)
{
	size_t j = read_number(r, i, n), k;

	if (!j)
		return 0;
	if (j < r->a.n && r->a.v[j].kind == ATOM_CJK && str_eq(r->a.v[j].fold, "个") &&
		(k = after_prefix(r, j + 1, "span:", span, NULL)))
		return k;
	return after_prefix(r, j, "span:", span, NULL);
}

static size_t
weekday_at(const struct request *r, size_t i, const struct tm *now, struct point *p)
{
	const char *name, *rel = "";
	size_t j = after_prefix(r, i, "rel:", &rel, NULL), k;
	int wd, today = weekday_from_monday(now), back;

	/* 上周一: 上 and 周一; the longer 上周 is not meant here. */
	if (r->a.v[i].kind == ATOM_CJK) {
		rel = "";
		j = 0;
		for (size_t e = r->e.first[i]; e < r->e.first[i + 1]; e++) {
			const char *cls = lexicon_class_name(r->lex, r->e.v[e].cls);

			if ((str_eq(cls, "rel:last") || str_eq(cls, "rel:next")) &&
				after_prefix(r, r->e.v[e].j, "wd:", &name, NULL)) {
				j = r->e.v[e].j;
				rel = cls + 4;
			}
		}
		if (!j && (str_eq(r->a.v[i].fold, "这") || str_eq(r->a.v[i].fold, "本")))
			j = i + 1;
	}
	k = after_prefix(r, j ? j : i, "wd:", &name, NULL);
	if (!k || (j && *rel && !str_eq(rel, "last") && !str_eq(rel, "next")))
		return 0;
	wd = ((int)strtol(name, NULL, 10) + 6) % 7;
	back = (today - wd + 7) % 7;
	if (r->a.v[i].kind == ATOM_CJK && str_eq(rel, "last"))
		back = today - wd + 7;
	else if (back == 0)
		back = 7;
	p->past = shifted(*now, -back);
	p->has_ahead = p->weekday = true;
	p->later = str_eq(rel, "next");
	if (r->a.v[i].kind == ATOM_CJK && str_eq(rel, "next"))
		p->ahead = shifted(*now, wd - today + 7);
	else
		p->ahead = shifted(*now, (wd - today + 7) % 7 ? (wd - today + 7) % 7 : 7);
	return k;
}

/* 2026-11-01, 1/11/2026 is refused as ambiguous unless one number is over 12. */
static size_t
written(const struct request *r, size_t i, struct point *p)
{
	int y, m, d;
	const char *s = r->a.v[i].fold;

	if (r->a.v[i].kind != ATOM_NUM || r->a.v[i].num >= 0)
		return 0;
	if (sscanf(s, "%4d-%2d-%2d", &y, &m, &d) != 3 &&
		sscanf(s, "%4d/%2d/%2d", &y, &m, &d) != 3)
		return 0;
	if (y < 1970 || y > 9999 || m < 1 || m > 12 || d < 1 || d > 31)
		return 0;
	p->past = on(y, m, d);
	return i + 1;
}

static size_t
skip_of(const struct request *r, size_t i)
{
	while (i < r->a.n &&
		(str_eq(r->a.v[i].fold, "of") || str_eq(r->a.v[i].fold, ",") ||
			str_eq(r->a.v[i].fold, "the") || str_eq(r->a.v[i].fold, "th") ||
			str_eq(r->a.v[i].fold, "st") || str_eq(r->a.v[i].fold, "nd") ||
			str_eq(r->a.v[i].fold, "rd")))
		i++;
	return i;
}

/* November, 1 November, Nov 1st 2026, 11月1日, 2026年11月. */
static size_t
month_day(const struct request *r, size_t i, const struct tm *now, struct point *p)
{
	int y = 0, m = 0, d = 0;
	const char *name;
	double n;
	size_t j = i, k;

	if (r->a.v[i].kind == ATOM_NUM && (k = read_number(r, j, &n)) && k < r->a.n &&
		str_eq(r->a.v[k].fold, "年") && n > 1969) {
		y = (int)n;
		j = k + 1;
	}
	if ((k = read_number(r, j, &n)) && k < r->a.n && str_eq(r->a.v[k].fold, "月") &&
		n >= 1 && n <= 12) {
		m = (int)n;
		j = k + 1;
		if ((k = read_number(r, j, &n)) && n >= 1 && n <= 31) {
			d = (int)n;
			j = k;
			if (j < r->a.n &&
				(str_eq(r->a.v[j].fold, "日") || str_eq(r->a.v[j].fold, "号")))
				j++;
		}
	} else if ((k = after_prefix(r, j, "mon:", &name, NULL))) {
		m = (int)strtol(name, NULL, 10);
		j = k;
		k = skip_of(r, j);
		if ((k = read_number(r, k, &n)) && n >= 1 && n <= 31) {
			d = (int)n;
			j = skip_of(r, k);
		}
	} else if ((k = read_number(r, j, &n)) && n >= 1 && n <= 31 &&
		(k = after_prefix(r, skip_of(r, k), "mon:", &name, NULL))) {
		d = (int)n;
		m = (int)strtol(name, NULL, 10);
		j = k;
	}
	if (!m)
		return 0;
	if (!y && (k = read_number(r, skip_of(r, j), &n)) && n >= 1970 && n < 10000) {
		y = (int)n;
		j = k;
	}
	p->has_ahead = !y;
	if (!y) {
		struct tm t;

		y = now->tm_year + 1900;
		t = on(y, m, d ? d : 1);
		p->ahead = mktime(&t) < mktime(&(struct tm){ .tm_year = now->tm_year,
						.tm_mon = now->tm_mon,
						.tm_mday = now->tm_mday,
						.tm_hour = 12,
						.tm_isdst = -1 })
			? on(y + 1, m, d ? d : 1)
			: t;
		if (m > now->tm_mon + 1 || (m == now->tm_mon + 1 && d > now->tm_mday))
			y--;
	}
	p->past = on(y, m, d ? d : 1);
	return j;
}

/* One day, however it is said. *own: it already means "since" ("the past week", "3 days ago").
 */
static size_t
point_at(const struct request *r, size_t i, const struct tm *now, struct point *p)
{
	const char *name;
	double n;
	size_t j, k;

	memset(p, 0, sizeof(*p));
	if (i >= r->a.n)
		return 0;
	if ((j = weekday_at(r, i, now, p)) || (j = written(r, i, p)) ||
		(j = month_day(r, i, now, p)))
		return j;
	if ((j = span_at(r, i, &n, &name)) &&
		(k = after_class(r, j, lexicon_class_known(r->lex, "rel:ago"))) &&
		back_by(now, n, name, p))
		return k;
	if ((j = after_prefix(r, i, "rel:", &name, NULL)) && relative(now, name, p))
		return j;
	return 0;
}

/* "in the last 3 days", 最近三天, 三天内. */
static size_t
window_at(const struct request *r, size_t i, const struct tm *now, struct point *p)
{
	const char *name;
	double n = 1;
	size_t j = after_class(r, i, LEX_PAST), k;

	memset(p, 0, sizeof(*p));
	if (j && (k = span_at(r, j, &n, &name)) && back_by(now, n, name, p)) {
		j = after_class(r, k, lexicon_class_known(r->lex, "rel:within"));
		return j && r->a.v[k].kind == ATOM_CJK && !str_eq(r->a.v[k].fold, "里") ? j : k;
	}
	if (j && r->a.v[i].kind == ATOM_WORD &&
		(k = after_prefix(r, j, "span:", &name, NULL)) && back_by(now, 1, name, p))
		return k;
	if ((j = span_at(r, i, &n, &name)) &&
		(k = after_class(r, j, lexicon_class_known(r->lex, "rel:within"))) &&
		back_by(now, n, name, p))
		return k;
	return 0;
}

static void
add(struct values *out, size_t i, size_t j, const struct point *p, enum value_op op,
	bool phrase)
{
	struct value *v = values_add(out, i, j, "date");

	v->text = text_of(&p->past, p->clock);
	v->ahead = p->has_ahead ? text_of(&p->ahead, p->clock) : NULL;
	v->op = op;
	v->phrase = phrase;
	v->bare = p->weekday && op == OP_NONE;
	v->later = p->later;
}

static void
scan(const struct request *r, struct values *out)
{
	struct tm now = local(r->now_ms);

	for (size_t i = 0; i < r->a.n; i++) {
		struct point p;
		size_t from, j, k;

		if ((j = window_at(r, i, &now, &p)))
			add(out, i, j, &p, OP_SINCE, true);
		if ((from = after_class(r, i, LEX_SINCE)) &&
			((j = point_at(r, from, &now, &p)) ||
				(j = window_at(r, from, &now, &p)))) {
			if ((k = after_class(r, j, LEX_SINCE)) && r->a.v[j].kind == ATOM_CJK)
				j = k;
			if (j < r->a.n && (k = after_class(r, j, LEX_SINCE)) &&
				r->a.v[j].kind == ATOM_CJK)
				j = k; /* 从周一开始到现在 */
			add(out, i, j, &p, OP_SINCE, true);
		}
		if ((from = after_class(r, i, LEX_BEFORE)) && (j = point_at(r, from, &now, &p)))
			add(out, i, j, &p, OP_BEFORE, true);
		if ((j = point_at(r, i, &now, &p))) {
			add(out, i, j, &p, OP_NONE, false);
			if (j < r->a.n && r->a.v[j].kind == ATOM_CJK) {
				if ((k = after_class(r, j, LEX_SINCE))) {
					size_t k2 =
						k < r->a.n ? after_class(r, k, LEX_SINCE) : 0;

					add(out, i, k2 ? k2 : k, &p, OP_SINCE, true);
				}
				if ((k = after_class(r, j, LEX_BEFORE)))
					add(out, i, k, &p, OP_BEFORE, true);
			}
		}
	}
}

/* "since" wants a day that has been, and a weekday only with its "since": "every Monday" is
 * something else. */
static bool
fits(const struct slot *s, const struct value *v)
{
	if (v->op == OP_BEFORE)
		return false;
	return s->future || (!v->bare && !v->later);
}

static cJSON *
json(const struct slot *s, const struct value *v)
{
	return cJSON_CreateString(s->future && v->ahead ? v->ahead : v->text);
}

const struct slot_type slot_date = {
	.name = "date",
	.kind = "date",
	.summary = N_("a day, such as yesterday, Monday or 2026-11-01"),
	.scan = scan,
	.fits = fits,
	.json = json,
};
