/* Bytes of a reply become a turn. */
#include "agent/llm/decode.h"
#include "agent/base/utf8.h"
#include "agent/base/i18n.h"

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
	if (!root && escape_controls(s, data)) {
		data = buf_slice(&s->scrub);
		root = jdoc_parse(&s->doc, data);
	}
	if (!root || root->type != JN_OBJECT) {
		/* Gemini without alt=sse: one array of all responses. */
		if (!whole || !jn_is(root, JN_ARRAY)) {
			/* One object over several lines where each line should be one. */
			if (s->d->framing == LLM_NDJSON && !whole && s->events == 0)
				(void)(buf_add_slice(&s->body, data) && buf_add_char(&s->body, '\n'));
			return true;
		}
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
	if (!s->stopped && s->mode == BODY_STREAM && s->events == 0 && s->body.len)
		take_json(s, (struct slice){ NULL, 0 }, buf_slice(&s->body), true);
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
		st_show_text(s, LLM_DELTA_TEXT, s->t.text.len);
	else if (!s->stopped && s->think == 1)
		st_show_text(s, LLM_DELTA_REASONING, s->t.text.len);
	judge_end(s);
	s->d->decode->finish(s);
	*ret = s->t;
	s->t = (struct llm_turn){ 0 };
}
