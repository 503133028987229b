#include "agent/llm/decode.h"
#include "agent/base/utf8.h"
#include "agent/base/i18n.h"

static void
report(struct llm_stream *s, struct llm_delta d)
{
	if (s->o.delta)
		s->o.delta(s->o.user, &d);
}

/* --- limits and ends --- */

bool
st_fail(struct llm_stream *s, enum llm_error_kind kind, const char *message)
{
	struct llm_error *e = &s->t.error;

	s->stopped = true;
	if (e->kind != LLM_ERR_NONE)
		return false;
	e->kind = kind;
	e->message = xstrdup(message);
	e->retry_after_ms = -1;
	report(s, (struct llm_delta){ .kind = LLM_DELTA_ERROR, .error = e });
	return false;
}

bool
st_error(struct llm_stream *s, const struct jn *err, const char *type)
{
	struct llm_error *e = &s->t.error;

	if (e->kind != LLM_ERR_NONE)
		return false;
	llm_error_from(err, e);
	if (type) {
		free(e->type);
		e->type = xstrdup(type);
	}
	if (!e->message)
		e->message = xstrdup("");
	llm_error_sort(e);
	report(s, (struct llm_delta){ .kind = LLM_DELTA_ERROR, .error = e });
	return false;
}

bool
st_keep(struct llm_stream *s, size_t n)
{
	if (n <= LLM_TURN_MAX - s->kept) {
		s->kept += n;
		return true;
	}
	return st_fail(s, LLM_ERR_TOO_LARGE, _("the reply is larger than 8 MB"));
}

/* --- text --- */

static bool
append(struct llm_stream *s, struct buf *b, uint32_t *half, const struct jn *str,
	struct slice *piece)
{
	size_t was = b->len;

	*piece = (struct slice){ NULL, 0 };
	if (!jn_is(str, JN_STRING) || str->len == 0)
		return true;
	if (!st_keep(s, str->len) || !jn_text_piece(b, str, half))
		return false;
	*piece = (struct slice){ buf_str(b) + was, b->len - was };
	return true;
}

static void
report_text(struct llm_stream *s, enum llm_delta_kind kind, size_t to)
{
	struct slice piece = { buf_str(&s->t.text) + s->think_at, to - s->think_at };

	s->think_at = to;
	if (piece.n)
		report(s, (struct llm_delta){ .kind = kind, .text = piece });
}

#define THINK_OPEN "<think>"
#define THINK_CLOSE "</think>"

static size_t
blank_prefix(struct slice t)
{
	size_t i = 0;

	while (i < t.n && strchr(" \t\r\n", t.p[i]) && t.p[i])
		i++;
	return i;
}

/* Is the text certain to begin with the tag, certain not to, or still open? */
static int
think_begins(struct slice t)
{
	size_t i = blank_prefix(t), n = MIN_OF(t.n - i, sizeof(THINK_OPEN) - 1);

	if (memcmp(t.p + i, THINK_OPEN, n) != 0)
		return 2;
	return n == sizeof(THINK_OPEN) - 1 ? 1 : 0;
}

static void
think_step(struct llm_stream *s)
{
	struct slice t = buf_slice(&s->t.text);

	if (s->think == 0) {
		s->think = think_begins(t);
		if (s->think == 1)
			s->think_at = blank_prefix(t) + sizeof(THINK_OPEN) - 1;
	}
	if (s->think == 1) {
		struct slice rest = { t.p + s->think_at, t.n - s->think_at };
		ptrdiff_t end = slice_find(rest, SLICE_LIT(THINK_CLOSE));

		if (end < 0) {
			/* Hold back what may become the closing tag. */
			size_t hold = MIN_OF(rest.n, sizeof(THINK_CLOSE) - 2);

			while (hold && memcmp(t.p + t.n - hold, THINK_CLOSE, hold) != 0)
				hold--;
			report_text(s, LLM_DELTA_REASONING, t.n - hold);
			return;
		}
		report_text(s, LLM_DELTA_REASONING, s->think_at + (size_t)end);
		s->think_at += sizeof(THINK_CLOSE) - 1;
		s->think = 2;
	}
	if (s->think == 2)
		report_text(s, LLM_DELTA_TEXT, t.n);
}

bool
st_text(struct llm_stream *s, const struct jn *str)
{
	struct slice piece;

	if (!append(s, &s->t.text, &s->half_text, str, &piece))
		return false;
	if (piece.n)
		think_step(s);
	return true;
}

bool
st_reasoning(struct llm_stream *s, const struct jn *str)
{
	struct slice piece;

	if (!append(s, &s->t.reasoning, &s->half_reasoning, str, &piece))
		return false;
	if (piece.n)
		report(s, (struct llm_delta){ .kind = LLM_DELTA_REASONING, .text = piece });
	return true;
}

bool
st_refusal(struct llm_stream *s, const struct jn *str)
{
	struct slice piece;

	if (!append(s, &s->t.refusal, &s->half_refusal, str, &piece))
		return false;
	if (piece.n)
		report(s, (struct llm_delta){ .kind = LLM_DELTA_REFUSAL, .text = piece });
	return true;
}

/* --- calls --- */

struct llm_call *
st_call_add(struct llm_stream *s, const struct jn *id, const struct jn *name)
{
	struct llm_turn *t = &s->t;
	struct llm_call *c;

	if (t->n_calls >= LLM_CALLS_MAX) {
		st_fail(s, LLM_ERR_TOO_LARGE, _("the reply holds more than 256 tool calls"));
		return NULL;
	}
	if (!t->calls)
		t->calls = xcalloc(LLM_CALLS_MAX, sizeof(*t->calls));
	c = &t->calls[t->n_calls++];
	*c = (struct llm_call){ 0 };
	if (jn_is(id, JN_STRING) && id->len)
		c->id = jn_dup(id, 1024);
	if (jn_is(name, JN_STRING) && name->len)
		c->name = jn_dup(name, 256);
	return c;
}

void
st_call_begin(struct llm_stream *s, size_t call)
{
	const struct llm_call *c = &s->t.calls[call];

	report(s, (struct llm_delta){ .kind = LLM_DELTA_TOOL_BEGIN, .call = call, .id = c->id,
		.name = c->name ? c->name : "" });
}

void
st_call_args(struct llm_stream *s, size_t call, struct slice piece)
{
	if (piece.n)
		report(s, (struct llm_delta){ .kind = LLM_DELTA_TOOL_ARGS, .call = call,
			.text = piece });
}

void
st_call_end(struct llm_stream *s, size_t call)
{
	report(s, (struct llm_delta){ .kind = LLM_DELTA_TOOL_END, .call = call });
}

void
call_settle(struct llm_call *c)
{
	struct slice raw = slice_of(c->args_raw);
	autojdoc struct jdoc d = { 0 };

	free(c->args);
	c->args = NULL;
	if (c->custom)
		return;
	if (slice_trim(raw).n == 0)
		c->args = xstrdup("{}");
	else if (jdoc_parse(&d, raw))
		c->args = slice_dup(slice_trim(raw));
}

/* --- the rest --- */

void
st_stop_word(struct llm_stream *s, const char *word)
{
	char *w = xstrdup(word);

	free(s->t.stop_reason);
	s->t.stop_reason = w;
	s->t.stop = llm_stop_of(w);
	report(s, (struct llm_delta){ .kind = LLM_DELTA_STOP, .stop = s->t.stop });
}

void
st_stop(struct llm_stream *s, const struct jn *word)
{
	autofree char *w = jn_dup(word, 128);

	if (w)
		st_stop_word(s, w);
}

void
st_usage(struct llm_stream *s, struct slice raw)
{
	if (raw.n > 64u << 10)
		return;
	free(s->t.usage_raw);
	s->t.usage_raw = slice_dup(raw);
	report(s, (struct llm_delta){ .kind = LLM_DELTA_USAGE, .usage = &s->t.usage });
}

void
st_once(char **field, const struct jn *str)
{
	if (!*field && jn_is(str, JN_STRING) && str->len)
		*field = jn_dup(str, 1024);
}

void
st_latest(char **field, const struct jn *str)
{
	if (!jn_is(str, JN_STRING) || !str->len || (*field && jn_is_str(str, *field)))
		return;
	free(*field);
	*field = jn_dup(str, 1024);
}

void
st_set_raw(struct llm_stream *s, char **field, const struct jn *v)
{
	if (jn_none(v) || !st_keep(s, jn_raw(v).n))
		return;
	free(*field);
	*field = slice_dup(jn_raw(v));
}

/* --- events --- */

static bool
is_ascii(struct slice t)
{
	size_t i = 0;
	uint64_t w;

	for (; i + 8 <= t.n; i += 8) {
		memcpy(&w, t.p + i, 8);
		if (w & 0x8080808080808080u)
			return false;
	}
	for (; i < t.n; i++)
		if ((unsigned char)t.p[i] >= 0x80)
			return false;
	return true;
}

/* Bytes that are not UTF-8 become U+FFFD, so that what is kept can be sent again. */
static bool
make_utf8(struct llm_stream *s, struct slice *t)
{
	if (is_ascii(*t) || utf8_valid(t->p, t->n))
		return true;
	buf_clear(&s->scrub);
	for (size_t i = 0; i < t->n;) {
		uint32_t cp;
		bool ok;
		size_t n = utf8_decode(t->p + i, t->n - i, &cp, &ok);

		if (!buf_add(&s->scrub, ok ? t->p + i : "\xef\xbf\xbd", ok ? n : 3))
			return st_fail(s, LLM_ERR_TOO_LARGE, _("one event of the reply is too large"));
		i += n;
	}
	*t = buf_slice(&s->scrub);
	return true;
}

/* A raw tab or newline inside a string is not JSON, yet some servers send it: it becomes its
 * escape, so that the raw slices that are kept can be sent again. */
static bool
escape_controls(struct llm_stream *s, struct slice t)
{
	struct buf out = BUF_INIT(LLM_EVENT_MAX);
	bool inside = false, any = false;

	for (size_t i = 0; i < t.n && !out.full; i++) {
		unsigned char c = (unsigned char)t.p[i];

		if (inside && c < 0x20) {
			any = true;
			buf_printf(&out, "\\u%04x", c);
			continue;
		}
		if (c == '"')
			inside = !inside;
		buf_add_char(&out, (char)c);
		if (c == '\\' && inside && i + 1 < t.n && (unsigned char)t.p[i + 1] >= 0x20)
			buf_add_char(&out, t.p[++i]);
	}
	if (!any || out.full) {
		buf_finish(&out);
		return false;
	}
	buf_finish(&s->scrub);
	s->scrub = out;
	return true;
}

/* One JSON value of the reply. Text that is not JSON is passed over: keep-alives and the odd
 * broken line must not lose the turn; a body without any event is reported at the end. */
static bool
take_json(struct llm_stream *s, struct slice name, struct slice data, bool whole)
{
	const struct jn *root;

	if (!make_utf8(s, &data))
		return false;
	root = jdoc_parse(&s->doc, data);
	if (!root && escape_controls(s, data))
		root = jdoc_parse(&s->doc, buf_slice(&s->scrub));
	if (!root || root->type != JN_OBJECT) {
		/* Gemini without alt=sse: one array of all responses. */
		if (!whole || !jn_is(root, JN_ARRAY))
			return true;
		for (const struct jn *c = jn_first(root); c; c = jn_next(root, c)) {
			s->events++;
			if (jn_is(c, JN_OBJECT) && !s->d->decode->event(s, name, c, true))
				return false;
		}
		return true;
	}
	s->events++;
	return s->d->decode->event(s, name, root, whole) && !s->stopped;
}

static bool
on_event(void *user, struct slice name, struct slice data)
{
	struct llm_stream *s = user;

	data = slice_trim(data);
	if (data.n == 0)
		return true;
	if (slice_eq_str(data, "[DONE]")) {
		s->events++;
		s->t.ended = true;
		return true;
	}
	return take_json(s, name, data, false);
}

/* --- the public half --- */

struct llm_stream *
llm_stream_create(const struct llm_stream_opts *o)
{
	struct llm_stream *s = xcalloc(1, sizeof(*s));

	s->o = *o;
	s->d = llm_dialects[o->kind];
	s->st = xcalloc(1, s->d->decode->state);
	s->d->decode->create(s->st);
	s->think = o->split_think ? 0 : 2;
	s->t.usage = (struct llm_usage){ -1, -1, -1, -1, -1 };
	buf_init(&s->t.text, LLM_TURN_MAX + 64);
	buf_init(&s->t.reasoning, LLM_TURN_MAX + 64);
	buf_init(&s->t.refusal, LLM_TURN_MAX + 64);
	buf_init(&s->t.replay, 2 * LLM_TURN_MAX);
	buf_init(&s->scrub, LLM_EVENT_MAX);
	buf_init(&s->body, LLM_EVENT_MAX);
	buf_init(&s->head, LLM_ERROR_TEXT_MAX);
	sse_init(&s->sse, s->d->framing == LLM_NDJSON ? SSE_LINES : SSE_EVENTS, LLM_EVENT_MAX,
		on_event, s);
	return s;
}

void
llm_stream_destroy(struct llm_stream *s)
{
	if (!s)
		return;
	s->d->decode->destroy(s->st);
	free(s->st);
	llm_turn_finish(&s->t);
	sse_finish(&s->sse);
	jdoc_finish(&s->doc);
	buf_finish(&s->scrub);
	buf_finish(&s->body);
	buf_finish(&s->head);
	free(s);
}

/* A reply that begins with a bracket is one JSON value, whatever was asked for. */
static void
choose_mode(struct llm_stream *s, struct slice in)
{
	struct slice t = in;

	if (slice_starts(t, "\xef\xbb\xbf")) {
		t.p += 3;
		t.n -= 3;
	}
	t = slice_trim(t);
	if (t.n == 0)
		return;
	s->mode = BODY_STREAM;
	if (s->d->framing == LLM_SSE && (t.p[0] == '{' || t.p[0] == '['))
		s->mode = BODY_WHOLE;
}

bool
llm_stream_feed(struct llm_stream *s, struct slice in)
{
	if (s->stopped)
		return false;
	if (s->head.len < s->head.max)
		buf_add(&s->head, in.p, MIN_OF(in.n, s->head.max - s->head.len));
	if (s->mode == BODY_UNKNOWN)
		choose_mode(s, in);
	if (s->mode == BODY_WHOLE) {
		if (!buf_add_slice(&s->body, in))
			return st_fail(s, LLM_ERR_TOO_LARGE, _("the reply is larger than 16 MB"));
		return true;
	}
	if (!sse_feed(&s->sse, in)) {
		if (s->sse.too_large)
			st_fail(s, LLM_ERR_TOO_LARGE, _("one event of the reply is larger than 16 MB"));
		s->stopped = true;
	}
	return !s->stopped;
}

bool
llm_stream_ended(const struct llm_stream *s)
{
	return s->t.ended;
}

static void
end_body(struct llm_stream *s)
{
	if (s->stopped)
		return;
	if (s->mode == BODY_WHOLE) {
		take_json(s, (struct slice){ NULL, 0 }, slice_trim(buf_slice(&s->body)), true);
		/* Not one value: lines of JSON without "data:". */
		if (s->events == 0 && !s->stopped)
			sse_feed(&s->sse, buf_slice(&s->body));
	}
	if (!s->stopped)
		sse_end(&s->sse);
}

/* What is missing at the end is an error of its own. */
static void
judge_end(struct llm_stream *s)
{
	struct llm_turn *t = &s->t;

	if (t->error.kind != LLM_ERR_NONE)
		return;
	if (s->events == 0) {
		st_fail(s, s->head.len ? LLM_ERR_PROTOCOL : LLM_ERR_INCOMPLETE,
			s->head.len ? buf_str(&s->head) : "");
		t->error.retryable = s->head.len == 0;
	}
}

void
llm_stream_finish(struct llm_stream *s, struct llm_turn *ret)
{
	end_body(s);
	if (!s->stopped && s->think == 0)
		report_text(s, LLM_DELTA_TEXT, s->t.text.len);
	else if (!s->stopped && s->think == 1)
		report_text(s, LLM_DELTA_REASONING, s->t.text.len);
	judge_end(s);
	s->d->decode->finish(s);
	*ret = s->t;
	s->t = (struct llm_turn){ 0 };
}
