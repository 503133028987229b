/* The search engine below the search tool. */
#include "agent/tools/scan.h"
#include "agent/base/i18n.h"
#include <errno.h>
#include <locale.h>

#define ROOM (1u << 20)
#define BINARY_HEAD 32768
#define NEEDLE_MAX 1000
#define REGEX_LINE 4096 /* glibc's matcher may take the square of a line */
#define REPEAT_MAX 255
#define WEIGHT_MAX 2000 /* pieces after repeats are written out */
#define GROUPS_MAX 32

/* Eight bytes at a time: adds 0x20 to A-Z, leaves bytes >= 0x80 alone. */
static void
fold_ascii(const char *in, char *out, size_t n)
{
	const uint64_t ones = 0x0101010101010101u, high = 0x80 * ones;

	for (; n >= 8; in += 8, out += 8, n -= 8) {
		uint64_t v, low, from_a, past_z;

		memcpy(&v, in, 8);
		low = v & ~high;
		from_a = low + (0x80 - 'A') * ones;
		past_z = low + (0x80 - 'Z' - 1) * ones;
		v += ((from_a & ~past_z & ~v & high) >> 2);
		memcpy(out, &v, 8);
	}
	for (; n; in++, out++, n--)
		*out = *in >= 'A' && *in <= 'Z' ? (char)(*in + 32) : *in;
}

static bool
has_capital(const char *s)
{
	for (; *s; s++)
		if (*s >= 'A' && *s <= 'Z')
			return true;
	return false;
}

/* The ] that closes the set at p, or the end of the text. */
static const char *
end_of_set(const char *p)
{
	p += p[1] == '^' ? 2 : 1;
	if (*p == ']')
		p++;
	while (*p && *p != ']')
		p++;
	return *p ? p : p - 1;
}

struct weighing {
	uint64_t sum[GROUPS_MAX], last; /* of the open groups; of the present piece */
	size_t depth;
};

static void
end_piece(struct weighing *w)
{
	w->sum[w->depth] += w->last;
	w->last = 0;
}

/* {n}, {n,}, {n,m}: how often the piece is written out; 0: not a repeat that is taken. */
static uint64_t
repeats(const char *p)
{
	const char *comma = strchr(p, ','), *close = strchr(p, '}');
	int n = atoi(p + 1), m = n;

	if (!close)
		return 1;
	if (comma && comma < close)
		m = comma[1] == '}' ? n + 1 : atoi(comma + 1);
	return n < 0 || m < 0 || n > REPEAT_MAX || m > REPEAT_MAX
		? 0
		: (uint64_t)MAX_OF(MAX_OF(n, m), 1);
}

/* glibc writes repeats out: a+ is aa*, (a{9}){9} is 81 a's, and every + doubles what is below
 * it. Back references cost time without end. Neither is worth having here. */
static bool
regex_is_tame(const char *p)
{
	struct weighing w = { .depth = 0 };
	char before = '\0';

	for (; *p && w.sum[w.depth] < WEIGHT_MAX && w.last < WEIGHT_MAX; p++) {
		if (*p == '\\' && p[1] >= '1' && p[1] <= '9')
			return false;
		/* a++ means nothing more than a+, but doubles again each time. */
		if ((*p == '+' || *p == '{' || *p == '*') && before && strchr("+*}", before))
			return false;
		before = *p;
		if (*p == '+') {
			w.last *= 2;
		} else if (*p == '{') {
			uint64_t n = repeats(p);

			if (!n)
				return false;
			w.last *= n;
			p += strcspn(p, "}") - (strchr(p, '}') == NULL);
			before = '}';
		} else if (*p == '(') {
			end_piece(&w);
			if (++w.depth == GROUPS_MAX)
				return false;
			w.sum[w.depth] = 0;
		} else if (*p == ')' && w.depth) {
			end_piece(&w);
			w.last = w.sum[w.depth--] + 1;
		} else if (*p != '*' && *p != '?') {
			end_piece(&w);
			w.last = 1;
			p += *p == '\\' && p[1];
			if (*p == '[')
				p = end_of_set(p);
			before = 'a';
		}
	}
	end_piece(&w);
	return w.sum[w.depth] < WEIGHT_MAX;
}

/* The longest run of plain characters that every match holds; none where there is a choice. */
static char *
plain_piece(const char *p)
{
	struct slice best = { "", 0 };
	autofree char *run = xmalloc(strlen(p) + 1);
	autofree char *kept = xstrdup("");
	size_t n = 0;

	if (strpbrk(p, "|("))
		return xstrdup("");
	for (;; p++) {
		bool escaped =
			*p == '\\' && p[1] && !((p[1] | 32) >= 'a' && (p[1] | 32) <= 'z');
		bool plain = escaped || (*p && !strchr("\\.[]{}()*+?^$", *p));
		const char *next = p + (escaped ? 2 : 1);

		if (plain && *next && strchr("*?{", *next))
			plain = false;
		if (plain) {
			run[n++] = escaped ? p[1] : *p;
			p += escaped;
			continue;
		}
		if (n > best.n) {
			free(kept);
			kept = xstrndup(run, n);
			best = slice_of(kept);
		}
		n = 0;
		if (!*p)
			break;
		if (*p == '\\' && p[1])
			p++;
		else if (*p == '[') {
			p += p[1] == '^' ? 2 : 1;
			p += *p == ']';
			while (*p && *p != ']')
				p++;
			if (!*p)
				break;
		} else if (*p == '{') {
			while (p[1] && *p != '}')
				p++;
		}
	}
	return steal_ptr(&kept);
}

static bool
init_regex(struct scan *s, const char *text, struct err *err)
{
	locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0), old = uselocale(plain);
	int flags = REG_EXTENDED | REG_NEWLINE | (s->fold ? REG_ICASE : 0), failed;
	char why[200] = "";

	failed = regex_is_tame(text) ? regcomp(&s->regex, text, flags) : REG_ESPACE;
	if (failed)
		regerror(failed, NULL, why, sizeof(why));
	uselocale(old);
	freelocale(plain);
	if (!failed) {
		s->is_regex = true;
		s->needle = plain_piece(text);
		return true;
	}
	if (failed == REG_ESPACE)
		return err_set(err, ERR_USAGE,
			_("The expression is too greedy: no back references, no repeats of "
			  "repeats."));
	return err_set(err, ERR_USAGE, _("The regular expression is not valid: %s."), why);
}

bool
scan_init(struct scan *s, const char *text, bool regex, struct err *err)
{
	*s = (struct scan){ 0 };
	if (!*text)
		return err_set(err, ERR_USAGE, _("There is no text to search for."));
	if (strlen(text) > NEEDLE_MAX)
		return err_set(err, ERR_USAGE,
			_("The text to search for is longer than %d bytes."), NEEDLE_MAX);
	s->fold = !has_capital(text);
	if (regex) {
		if (!init_regex(s, text, err))
			return false;
	} else {
		if (strchr(text, '\n'))
			return err_set(
				err, ERR_USAGE, _("Search works line by line; give one line."));
		s->needle = xstrdup(text);
	}
	s->n = strlen(s->needle);
	if (s->fold)
		fold_ascii(s->needle, s->needle, s->n);
	return true;
}

void
scan_finish(struct scan *s)
{
	if (s->is_regex)
		regfree(&s->regex);
	free(s->needle);
	*s = (struct scan){ 0 };
}

void
scan_room_init(struct scan_room *room)
{
	room->bytes = xmalloc(ROOM);
	room->folded = xmalloc(ROOM);
}

void
scan_room_finish(struct scan_room *room)
{
	free(room->bytes);
	free(room->folded);
	*room = (struct scan_room){ 0 };
}

static uint64_t
count_lines(const char *p, size_t n)
{
	uint64_t lines = 0;

	for (size_t i = 0; i < n; i++)
		lines += p[i] == '\n';
	return lines;
}

static bool
regex_fits(const struct scan *s, const char *line, size_t n)
{
	for (size_t at = 0; at == 0 || at < n; at += REGEX_LINE) {
		regmatch_t m = { .rm_so = 0,
			.rm_eo = (regoff_t)MIN_OF(n - at, (size_t)REGEX_LINE) };

		if (regexec(&s->regex, line + at, 1, &m, REG_STARTEND) == 0)
			return true;
	}
	return false;
}

struct piece {
	const struct scan *s;
	const char *p, *hay; /* the bytes, and what is searched (folded) */
	size_t n;
	uint64_t line; /* number of the line at counted */
	size_t counted;
	scan_fn *fn;
	void *user;
};

/* The line around at; false when the caller said stop. *ret_next is behind the line. */
static bool
tell_line(struct piece *x, size_t at, size_t *ret_next)
{
	const char *nl = at ? memrchr(x->p, '\n', at) : NULL;
	size_t start = nl ? (size_t)(nl - x->p) + 1 : 0, end;

	nl = memchr(x->p + at, '\n', x->n - at);
	end = nl ? (size_t)(nl - x->p) : x->n;
	*ret_next = end + 1;
	if (x->s->is_regex && !regex_fits(x->s, x->p + start, end - start))
		return true;
	x->line += count_lines(x->p + x->counted, start - x->counted);
	x->counted = start;
	if (end > start && x->p[end - 1] == '\r')
		end--;
	return x->fn(x->user, x->line, (struct slice){ x->p + start, end - start });
}

static bool
scan_piece(struct piece *x)
{
	const struct scan *s = x->s;
	size_t at = 0;

	while (at < x->n) {
		const char *hit =
			s->n ? memmem(x->hay + at, x->n - at, s->needle, s->n) : x->hay + at;

		if (!hit)
			return true;
		if (!tell_line(x, (size_t)(hit - x->hay), &at))
			return false;
	}
	return true;
}

static ssize_t
read_full(int fd, char *p, size_t n)
{
	size_t have = 0;

	while (have < n) {
		ssize_t got = read(fd, p + have, n - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return have ? (ssize_t)have : -1;
		have += (size_t)got;
		/* Regular files give all they have: a short read is the end. */
		if (got == 0 || have < n)
			break;
	}
	return (ssize_t)have;
}

/* How much of the room is looked at now, and how much of that is done with: the rest begins the
 * next piece. A line that fills the room overlaps by one byte less than the needle, so that no
 * hit is lost and none is told twice. */
static size_t
whole_lines(const struct scan *s, const char *p, size_t have, size_t *ret_done)
{
	const char *nl = memrchr(p, '\n', have);

	*ret_done = nl ? (size_t)(nl - p) + 1 : have - (s->n ? s->n - 1 : 0);
	return nl ? *ret_done : have;
}

enum scan_end
scan_fd(const struct scan *s, struct scan_room *room, int fd, scan_fn *fn, void *user,
	const volatile bool *cancelled)
{
	struct piece x = { .s = s, .fn = fn, .user = user, .line = 1, .p = room->bytes };
	size_t have = 0, done;
	bool first = true, last = false;

	x.hay = s->fold ? room->folded : room->bytes;
	while (!last) {
		ssize_t n = read_full(fd, room->bytes + have, ROOM - have);

		if (n < 0)
			return SCAN_FAILED;
		last = (size_t)n < ROOM - have;
		have += (size_t)n;
		if (first && memchr(room->bytes, '\0', MIN_OF(have, (size_t)BINARY_HEAD)))
			return SCAN_BINARY;
		if (cancelled && *cancelled)
			return SCAN_TEXT;
		first = false;
		x.n = done = have;
		if (!last)
			x.n = whole_lines(s, room->bytes, have, &done);
		x.counted = 0;
		if (s->fold)
			fold_ascii(room->bytes, room->folded, x.n);
		if (!scan_piece(&x))
			return SCAN_TEXT;
		x.line += count_lines(room->bytes + x.counted, x.n - x.counted);
		memmove(room->bytes, room->bytes + done, have - done);
		have -= done;
	}
	return SCAN_TEXT;
}
