/* For verbs that only look. */
#include "agent/cli/look.h"
#include "agent/base/i18n.h"
#include "agent/base/sanitize.h"
#include <errno.h>
#include <time.h>

bool
look_open(struct cli *c, struct journal **ret, struct err *err)
{
	autofree char *path = path_join(c->places->state, "journal.db");
	struct journal_opts o = { .path = path, .read_only = true, .clock = c->clock };

	if (access(path, F_OK) != 0 && errno == ENOENT)
		return err_set(err, ERR_NOT_FOUND, "%s",
			_("there is no history yet; ask for something first"));
	return journal_open(&o, ret, err);
}

int
look_no_list(struct cli *c, const char *verb, bool json, const struct err *err)
{
	if (err->code != ERR_NOT_FOUND)
		return cli_fail(c, verb, err);
	if (!json)
		fprintf(c->out, "%s\n", err->text);
	return 0;
}

bool
look_open_write(struct cli *c, struct journal **ret, struct err *err)
{
	autofree char *path = path_join(c->places->state, "journal.db");
	struct journal_opts o = { .path = path, .clock = c->clock };

	return journal_open(&o, ret, err);
}

void
look_time(int64_t ms, char out[32])
{
	time_t t = (time_t)(ms / 1000);
	struct tm tm;

	localtime_r(&t, &tm);
	strftime(out, 32, "%Y-%m-%d %H:%M", &tm);
}

bool
look_day(const char *text, const struct clock *clock, int64_t *ret, struct err *err)
{
	time_t now = (time_t)(clock_wall(clock) / 1000);
	struct tm tm;
	int y, m, d, days = -1;
	char rest;

	localtime_r(&now, &tm);
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	tm.tm_isdst = -1;
	if (sscanf(text, "%d-%d-%d%c", &y, &m, &d, &rest) == 3 && y > 1970 && y < 3000 && m >= 1 &&
		m <= 12 && d >= 1 && d <= 31) {
		tm.tm_year = y - 1900;
		tm.tm_mon = m - 1;
		tm.tm_mday = d;
		days = 0;
	} else if (str_eq(text, "today")) {
		days = 0;
	} else if (str_eq(text, "yesterday")) {
		days = 1;
	} else if (sscanf(text, "%d days%c", &days, &rest) != 1 &&
		sscanf(text, "%dd%c", &days, &rest) != 1) {
		days = -1;
	}
	if (days < 0 || days > 36500)
		return err_set(err, ERR_USAGE,
			_("\"%s\" is no day; write 2026-11-22, today, yesterday or 3d"), text);
	tm.tm_mday -= days;
	*ret = (int64_t)mktime(&tm) * 1000;
	return true;
}

void
look_put(FILE *f, const char *text, bool one_line)
{
	autofree char *safe = sanitize_dup(text, one_line ? SANITIZE_LINE : SANITIZE_TEXT);

	fputs(safe, f);
}
