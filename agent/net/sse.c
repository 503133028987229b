#include "agent/net/sse.h"

void
sse_init(struct sse *s, enum sse_mode mode, size_t max, sse_event_fn fn, void *user)
{
	*s = (struct sse){ .mode = mode, .fn = fn, .user = user };
	buf_init(&s->line, max);
	buf_init(&s->data, max);
	buf_init(&s->event, 4096);
}

void
sse_finish(struct sse *s)
{
	buf_finish(&s->line);
	buf_finish(&s->data);
	buf_finish(&s->event);
}

static bool
stop_large(struct sse *s)
{
	s->stopped = s->too_large = true;
	return false;
}

static bool
hand_on(struct sse *s, struct slice data)
{
	if (!s->fn(s->user, buf_slice(&s->event), data))
		s->stopped = true;
	return !s->stopped;
}

/* The blank line: the event is complete. */
static bool
dispatch(struct sse *s)
{
	bool ok = true;

	if (s->has_data)
		ok = hand_on(s, (struct slice){ buf_str(&s->data) + s->data_at, s->data.len - s->data_at });
	buf_clear(&s->data);
	s->data_at = 0;
	buf_clear(&s->event);
	s->has_data = false;
	return ok;
}

static bool
add_data(struct sse *s, struct slice v)
{
	if (s->has_data && !buf_add_char(&s->data, '\n'))
		return stop_large(s);
	s->has_data = true;
	if (!buf_add_slice(&s->data, v))
		return stop_large(s);
	return true;
}

static struct slice
field_value(struct slice line, size_t name)
{
	line.p += name;
	line.n -= name;
	if (line.n && line.p[0] == ' ') {
		line.p++;
		line.n--;
	}
	return line;
}

static bool
take_line(struct sse *s, struct slice line)
{
	if (!s->started) {
		s->started = true;
		if (slice_starts(line, "\xef\xbb\xbf")) {
			line.p += 3;
			line.n -= 3;
		}
	}
	if (s->mode == SSE_LINES)
		return slice_trim(line).n ? hand_on(s, slice_trim(line)) : true;
	if (line.n == 0)
		return dispatch(s);
	if (line.p[0] == ':')
		return true;
	if (slice_starts(line, "data:"))
		return add_data(s, field_value(line, 5));
	if (slice_starts(line, "event:")) {
		/* A new event without the blank line before it: the old one is complete. */
		if (s->has_data && !dispatch(s))
			return false;
		buf_clear(&s->event);
		buf_add_slice(&s->event, field_value(line, 6)); /* over 4 kB: no name */
		return true;
	}
	/* An error line that forgot its "data:". */
	if (line.p[0] == '{' && !s->has_data)
		return add_data(s, line) && dispatch(s);
	return true;
}

/* A line that was put together from pieces. A first data line changes places with the data
 * buffer instead of being copied: one large event is in memory once. */
static void
take_kept_line(struct sse *s)
{
	struct slice line = buf_slice(&s->line), v;
	struct buf was;

	if (s->mode == SSE_EVENTS && s->started && !s->has_data && slice_starts(line, "data:")) {
		v = field_value(line, 5);
		was = s->data;
		s->data = s->line;
		s->line = was;
		s->data_at = line.n - v.n;
		s->has_data = true;
	} else {
		take_line(s, line);
	}
	buf_clear(&s->line);
}

/* The whole event is inside this piece: no copy. Returns the bytes used, 0 when it is not. */
static size_t
quick(struct sse *s, const char *p, size_t n)
{
	const char *nl;
	struct slice v;

	if (s->mode != SSE_EVENTS || s->has_data || s->line.len || !s->started || s->last_cr ||
		n < 8 || memcmp(p, "data:", 5) != 0)
		return 0;
	nl = memchr(p, '\n', n);
	if (!nl || (size_t)(nl - p) + 1 >= n || nl[1] != '\n')
		return 0;
	v = field_value((struct slice){ p, (size_t)(nl - p) }, 5);
	if (v.n > s->data.max)
		return 0;
	/* JSON holds no CR outside escapes, so one inside means CR or CRLF line ends. */
	if (memchr(v.p, '\r', v.n))
		return 0;
	hand_on(s, v);
	buf_clear(&s->event);
	return (size_t)(nl - p) + 2;
}

/* Position of the first line end in p, or n. */
static size_t
line_end(const char *p, size_t n)
{
	const char *lf = memchr(p, '\n', n);
	size_t m = lf ? (size_t)(lf - p) : n;
	const char *cr = memchr(p, '\r', m);

	return cr ? (size_t)(cr - p) : m;
}

bool
sse_feed(struct sse *s, struct slice in)
{
	const char *p = in.p, *end = in.p + in.n;

	while (p < end && !s->stopped) {
		size_t used = quick(s, p, (size_t)(end - p)), e;

		if (used) {
			p += used;
			continue;
		}
		if (s->last_cr) {
			s->last_cr = false;
			if (*p == '\n') {
				p++;
				continue;
			}
		}
		e = line_end(p, (size_t)(end - p));
		if (p + e == end) {
			if (!buf_add(&s->line, p, e))
				stop_large(s);
			break;
		}
		s->last_cr = p[e] == '\r';
		if (s->line.len) {
			if (!buf_add(&s->line, p, e))
				return stop_large(s);
			take_kept_line(s);
		} else if (e > s->line.max) {
			return stop_large(s);
		} else {
			take_line(s, (struct slice){ p, e });
		}
		p += e + 1;
	}
	return !s->stopped;
}

bool
sse_end(struct sse *s)
{
	if (!s->stopped && s->line.len)
		take_kept_line(s);
	if (!s->stopped && s->mode == SSE_EVENTS)
		dispatch(s);
	return !s->stopped;
}
