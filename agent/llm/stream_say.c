/* What decoders say: every kept byte is counted, every delta reported (decode.h). */
#include "agent/base/i18n.h"
#include "agent/llm/decode.h"
#include "agent/llm/errors.h"

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
	llm_error_delay(e, NULL, 0, err, 0);
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

void
st_show_text(struct llm_stream *s, enum llm_delta_kind kind, size_t to)
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
			st_show_text(s, LLM_DELTA_REASONING, t.n - hold);
			return;
		}
		st_show_text(s, LLM_DELTA_REASONING, s->think_at + (size_t)end);
		s->think_at += sizeof(THINK_CLOSE) - 1;
		s->think = 2;
	}
	if (s->think == 2)
		st_show_text(s, LLM_DELTA_TEXT, t.n);
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

	/* Some gateways send "" until there is one. */
	if (w && *w)
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
