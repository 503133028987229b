#include "tui/words.h"
#include "agent/base/i18n.h"
#include "agent/base/jdoc.h"
#include "agent/base/path.h"
#include "agent/base/sanitize.h"
#include "agent/draft/effects.h"
#include <time.h>

char *
call_words(const struct fold_call *c)
{
	static const char *const keys[] = { "command", "path", "question", "pattern", "text", "query",
		"url", "from", "to", "new_path" };
	autojdoc struct jdoc d = { 0 };
	const struct jn *args = jdoc_parse(&d, slice_of(c->args));
	struct buf b = BUF_INIT(4096);

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		autofree char *v = jn_dup(jn_get(args, keys[i]), 4000), *safe = NULL;

		if (!v)
			continue;
		if (v[0] == '/' && i != 0) {
			autofree char *place = place_text(v);

			safe = sanitize_elide(place, 120);
		} else {
			safe = sanitize_elide(v, 120);
		}
		buf_printf(&b, "%s%s%s", b.len ? " " : "", i >= 8 ? "→ " : "", safe);
	}
	return buf_steal(&b);
}

static void
one_arg(const struct jn *key, int cols, struct lines *out)
{
	const struct jn *v = jn_value(key);
	autofree char *name = jn_dup(key, 200), *text = NULL, *safe_name = NULL, *safe = NULL;

	if (jn_is(v, JN_STRING))
		text = jn_dup(v, 1u << 20);
	else
		text = slice_dup(jn_raw(v));
	safe_name = sanitize_dup(name ? name : "?", SANITIZE_NAME);
	safe = sanitize_dup(text ? text : "", SANITIZE_TEXT);
	if (!strchr(safe, '\n') && text_cols(slice_of(safe)) + text_cols(slice_of(safe_name)) + 2 <= cols) {
		lines_begin(out);
		lines_add_str(out, safe_name, STYLE(ROLE_MUTED));
		lines_add_str(out, ": ", STYLE(ROLE_MUTED));
		lines_add_str(out, safe, 0);
		return;
	}
	lines_begin(out);
	lines_add_str(out, safe_name, STYLE(ROLE_MUTED));
	lines_add_str(out, ":", STYLE(ROLE_MUTED));
	lines_wrap(out, slice_of(safe), cols, "  ", 0);
}

void
call_args_lines(const struct fold_call *c, int cols, struct lines *out)
{
	autojdoc struct jdoc d = { 0 };
	const struct jn *args = jdoc_parse(&d, slice_of(c->args));

	if (!jn_is(args, JN_OBJECT)) {
		autofree char *safe = sanitize_dup(c->args, SANITIZE_TEXT);

		lines_wrap(out, slice_of(safe), cols, "", STYLE(ROLE_WARN));
		return;
	}
	for (const struct jn *k = jn_first(args); k; k = jn_next(args, k))
		one_arg(k, cols, out);
}

const char *
call_sign(const struct fold_call *c, style *ret_st)
{
	switch (c->state) {
	case FOLD_CALL_ASKED:
		*ret_st = STYLE(ROLE_MUTED);
		return "○";
	case FOLD_CALL_RUNNING:
		*ret_st = STYLE(ROLE_TOOL_RUN);
		return "●";
	case FOLD_CALL_DONE:
		*ret_st = STYLE(ROLE_OK);
		return "✓";
	case FOLD_CALL_FAILED:
		*ret_st = STYLE(ROLE_ERROR);
		return "✗";
	default:
		*ret_st = STYLE(ROLE_WARN);
		return "–";
	}
}

const char *
call_state_word(const struct fold_call *c)
{
	static const char *const words[] = {
		[FOLD_CALL_ASKED] = N_("waiting"),
		[FOLD_CALL_RUNNING] = N_("running"),
		[FOLD_CALL_DONE] = N_("done"),
		[FOLD_CALL_FAILED] = N_("failed"),
		[FOLD_CALL_REFUSED] = N_("refused"),
		[FOLD_CALL_STOPPED] = N_("stopped"),
	};

	return _(words[c->state]);
}

const char *
step_sign(const struct fold_step *p, style *ret)
{
	*ret = STYLE(ROLE_PLAN_TODO);
	if (str_eq(p->state, "done")) {
		*ret = STYLE(ROLE_PLAN_DONE);
		return "✓";
	}
	if (str_eq(p->state, "now")) {
		*ret = STYLE(ROLE_PLAN_NOW);
		return "›";
	}
	if (str_eq(p->state, "failed")) {
		*ret = STYLE(ROLE_ERROR);
		return "✗";
	}
	return str_eq(p->state, "skipped") ? "–" : "○";
}

static const struct {
	const char *kind, *sign, *verb;
	enum role role;
} effect_kinds[] = {
	{ "create", "+", N_("create"), ROLE_OK },
	{ "modify", "~", N_("change"), ROLE_WARN },
	{ "delete", "-", N_("delete"), ROLE_RISK_RED },
	{ "replace", "±", N_("replace"), ROLE_WARN },
	{ "perm", "%", N_("permissions of"), ROLE_WARN },
	{ "move", "→", N_("move"), ROLE_INFO },
	{ "touch", ".", N_("time of"), ROLE_MUTED },
};

const char *
effect_sign(const char *kind, style *ret_st)
{
	for (size_t i = 0; i < ARRAY_LEN(effect_kinds); i++) {
		if (str_eq(effect_kinds[i].kind, kind)) {
			*ret_st = STYLE(effect_kinds[i].role);
			return effect_kinds[i].sign;
		}
	}
	*ret_st = STYLE(ROLE_WARN);
	return "?";
}

const char *
effect_verb(const char *kind)
{
	for (size_t i = 0; i < ARRAY_LEN(effect_kinds); i++) {
		if (str_eq(effect_kinds[i].kind, kind))
			return _(effect_kinds[i].verb);
	}
	return kind;
}

char *
red_words(const char *ids)
{
	struct slice rest = slice_of(ids);
	struct buf b = BUF_INIT(2048);

	while (rest.p) {
		struct slice id = slice_cut(&rest, ',');

		for (unsigned i = 0; i < RED_BITS; i++) {
			if (slice_eq_str(id, effect_red_names[i]))
				buf_printf(&b, "%s%s", b.len ? "; " : "", effect_red_sentence(1u << i));
		}
	}
	return buf_steal(&b);
}

char *
effects_words(const struct fold_effect *v, size_t n)
{
	struct buf b = BUF_INIT(1024);

	for (size_t k = 0; k < ARRAY_LEN(effect_kinds); k++) {
		uint64_t count = 0, bytes = 0;
		char text[32], size[16];

		for (size_t i = 0; i < n; i++) {
			if (str_eq(v[i].kind, effect_kinds[k].kind)) {
				count += v[i].count ? v[i].count : 1;
				bytes += v[i].bytes;
			}
		}
		if (!count)
			continue;
		buf_printf(&b, "%s%s %s %s", b.len ? " · " : "", effect_kinds[k].sign,
			_(effect_kinds[k].verb), str_count(count, text));
		if (bytes)
			buf_printf(&b, " (%s)", str_size(bytes, size));
	}
	if (!b.len)
		buf_add_str(&b, _("changes nothing"));
	return buf_steal(&b);
}

char *
duration_text(int64_t ms)
{
	if (ms < 1000)
		return xasprintf(_("%d ms"), (int)MAX_OF(ms, 0));
	if (ms < 10000)
		return xasprintf(_("%.1f s"), (double)ms / 1000);
	if (ms < 60000)
		return xasprintf(_("%d s"), (int)(ms / 1000));
	if (ms < 3600000)
		return xasprintf("%d:%02d", (int)(ms / 60000), (int)(ms / 1000 % 60));
	return xasprintf("%d:%02d:%02d", (int)(ms / 3600000), (int)(ms / 60000 % 60), (int)(ms / 1000 % 60));
}

char *
tokens_text(int64_t n)
{
	if (n < 1000)
		return xasprintf("%d", (int)n);
	if (n < 100000)
		return xasprintf("%.1fk", (double)n / 1000);
	if (n < 1000000)
		return xasprintf("%dk", (int)(n / 1000));
	return xasprintf("%.1fM", (double)n / 1e6);
}

char *
when_text(int64_t wall_ms)
{
	time_t t = (time_t)(wall_ms / 1000), now = time(NULL);
	struct tm tm, today;
	char text[32];

	localtime_r(&t, &tm);
	localtime_r(&now, &today);
	/* Lists are narrow: what is the same as today's is left out. */
	if (tm.tm_year != today.tm_year)
		strftime(text, sizeof(text), "%Y-%m-%d", &tm);
	else if (tm.tm_yday != today.tm_yday)
		strftime(text, sizeof(text), "%m-%d %H:%M", &tm);
	else
		strftime(text, sizeof(text), "%H:%M", &tm);
	return xstrdup(text);
}

char *
place_text(const char *path)
{
	const char *home = getenv("HOME");
	autofree char *raw = path_from_text(path), *short_path = home ? path_tilde(raw, home) : xstrdup(raw);

	return sanitize_dup(short_path, SANITIZE_NAME);
}

void
past_lines(const char *text, int cols, struct lines *out)
{
	struct slice rest = slice_of(text);

	while (rest.p && rest.n) {
		struct slice line = slice_line(&rest), kind = slice_cut(&line, ' ');
		autofree char *path = slice_dup(line), *place = place_text(path), *name = slice_dup(kind), *mark = NULL;
		style st;

		mark = xasprintf("  %s ", effect_sign(name, &st));
		lines_wrap_hang(out, slice_of(place), cols, mark, st, 0);
	}
}
