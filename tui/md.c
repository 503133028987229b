/* md4c's callbacks to gathered text and lines. */
#include "tui/md.h"
#include "agent/base/sanitize.h"
#include "agent/base/utf8.h"
#include "tui/md_priv.h"
#include <md4c.h>

#define URL_SHOWN 48

static style
base(const struct md *m, enum role fg)
{
	return STYLE_ON(fg, style_bg(m->o->base)) | STYLE_ATTR(m->attr);
}

static style
text_style(const struct md *m)
{
	if (m->in_code_span)
		return base(m, ROLE_CODE);
	if (m->url.len)
		return base(m, ROLE_LINK);
	if (m->heading)
		return base(m, ROLE_HEADING) | STYLE_ATTR(m->heading == 1 ? ATTR_UNDERLINE : 0);
	if (m->in_table && m->table.n_cells <= m->table.cols)
		return base(m, ROLE_TABLE_HEAD);
	if (m->quotes)
		return base(m, ROLE_QUOTE);
	return m->o->base | STYLE_ATTR(m->attr);
}

static struct inline_text *
target(struct md *m)
{
	return m->in_table && m->table.n_cells ? &m->table.cells[m->table.n_cells - 1].t : &m->t;
}

/* --- blocks --- */

static void
push_prefix(struct md *m, const char *s)
{
	if (m->depth >= 2 * MD_DEPTH_MAX)
		return;
	m->prefix_len[m->depth++] = strlen(m->prefix);
	if (strlen(m->prefix) + strlen(s) < sizeof(m->prefix))
		strcat(m->prefix, s);
}

static void
pop_prefix(struct md *m)
{
	if (m->depth > 0)
		m->prefix[m->prefix_len[--m->depth]] = '\0';
}

static void
begin_list(struct md *m, bool ordered, bool tight, unsigned start)
{
	/* A nested list stands under its item's text. */
	md_flush(m);
	if (m->n_lists == 0)
		md_gap(m);
	if (m->n_lists < MD_DEPTH_MAX)
		m->lists[m->n_lists] = (struct md_list){ ordered, tight, start };
	m->n_lists++;
}

static void
begin_item(struct md *m, const MD_BLOCK_LI_DETAIL *d)
{
	static const char *const bullets[] = { "• ", "◦ ", "▪ " };
	int level = MIN_OF(m->n_lists, MD_DEPTH_MAX) - 1;
	struct md_list *l = &m->lists[MAX_OF(level, 0)];

	if (!l->tight && m->wrote && !m->in_item_first)
		md_gap(m);
	if (l->ordered)
		snprintf(m->mark, sizeof(m->mark), "%u. ", l->number++);
	else if (d->is_task)
		snprintf(m->mark, sizeof(m->mark), "%s", d->task_mark == ' ' ? "[ ] " : "[✓] ");
	else
		snprintf(m->mark, sizeof(m->mark), "%s", bullets[level % 3]);
	push_prefix(m, &"            "[12 - MIN_OF(text_cols(slice_of(m->mark)), 12)]);
	m->in_item_first = true;
}

static void
end_item(struct md *m)
{
	md_flush(m);
	if (m->in_item_first)
		md_line(m); /* an empty item still shows its mark */
	pop_prefix(m);
}

static void
begin_cell(struct md *m, const MD_BLOCK_TD_DETAIL *d, bool head)
{
	struct md_table *t = &m->table;

	if (head && t->cols < MD_COLS_MAX)
		t->align[t->cols++] =
			d->align == MD_ALIGN_CENTER ? 1 : d->align == MD_ALIGN_RIGHT ? 2 : 0;
	GROW(t->cells, t->n_cells, t->cap);
	inline_init(&t->cells[t->n_cells++].t);
}

static int
enter_block(MD_BLOCKTYPE type, void *detail, void *user)
{
	struct md *m = user;

	switch (type) {
	case MD_BLOCK_QUOTE:
		md_gap(m);
		push_prefix(m, "▎ ");
		m->quotes++;
		m->in_item_first = m->in_item_first || false;
		m->wrote = false;
		break;
	case MD_BLOCK_UL:
		begin_list(m, false, ((MD_BLOCK_UL_DETAIL *)detail)->is_tight, 0);
		break;
	case MD_BLOCK_OL:
		begin_list(m, true, ((MD_BLOCK_OL_DETAIL *)detail)->is_tight,
			((MD_BLOCK_OL_DETAIL *)detail)->start);
		break;
	case MD_BLOCK_LI:
		begin_item(m, detail);
		break;
	case MD_BLOCK_HR:
		md_gap(m);
		md_line(m);
		for (int i = 0; i < md_width(m); i++)
			lines_add_str(m->out, "─", STYLE_ON(ROLE_BORDER, style_bg(m->o->base)));
		break;
	case MD_BLOCK_H:
		md_gap(m);
		m->heading = (int)((MD_BLOCK_H_DETAIL *)detail)->level;
		break;
	case MD_BLOCK_CODE: {
		MD_ATTRIBUTE lang = ((MD_BLOCK_CODE_DETAIL *)detail)->lang;

		md_flush(m);
		md_gap(m);
		m->in_code_block = true;
		snprintf(m->info, sizeof(m->info), "%.*s", (int)MIN_OF(lang.size, 31u),
			lang.text ? lang.text : "");
		break;
	}
	case MD_BLOCK_P:
		md_flush(m);
		md_gap(m);
		break;
	case MD_BLOCK_TABLE:
		md_gap(m);
		m->in_table = true;
		break;
	case MD_BLOCK_TH:
	case MD_BLOCK_TD:
		begin_cell(m, detail, type == MD_BLOCK_TH);
		break;
	default:
		break;
	}
	return 0;
}

static int
leave_block(MD_BLOCKTYPE type, void *detail, void *user)
{
	struct md *m = user;

	(void)detail;
	switch (type) {
	case MD_BLOCK_QUOTE:
		md_flush(m);
		pop_prefix(m);
		m->quotes--;
		m->wrote = true;
		break;
	case MD_BLOCK_UL:
	case MD_BLOCK_OL:
		m->n_lists--;
		break;
	case MD_BLOCK_LI:
		end_item(m);
		break;
	case MD_BLOCK_H:
		md_flush(m);
		m->heading = 0;
		break;
	case MD_BLOCK_CODE:
		md_code_lines(m, buf_slice(&m->t.text));
		inline_clear(&m->t);
		m->in_code_block = false;
		break;
	case MD_BLOCK_P:
		md_flush(m);
		break;
	case MD_BLOCK_TABLE:
		m->in_table = false;
		inline_clear(&m->t);
		md_table_draw(m);
		md_table_clear(&m->table);
		break;
	default:
		break;
	}
	return 0;
}

/* --- spans --- */

static void
begin_link(struct md *m, const MD_ATTRIBUTE *href)
{
	buf_clear(&m->url);
	if (href->text)
		buf_add(&m->url, href->text, href->size);
	m->link = lines_link(m->out, buf_slice(&m->url));
	m->link_start = target(m)->text.len;
}

/* The place is shown beside its words: words can lie. */
static void
end_link(struct md *m)
{
	struct inline_text *t = target(m);
	struct slice words = { t->text.p ? t->text.p + m->link_start : "", t->text.len - m->link_start };
	const char *url = buf_str(&m->url);
	autofree char *shown = NULL;

	if (str_starts(url, "mailto:"))
		url += 7;
	if (words.n == 0 || !slice_eq_str(words, url)) {
		shown = sanitize_elide(url, URL_SHOWN);
		inline_add(t, SLICE_LIT(" ("), base(m, ROLE_MUTED), 0);
		inline_add(t, slice_of(shown), base(m, ROLE_MUTED), m->link);
		inline_add(t, SLICE_LIT(")"), base(m, ROLE_MUTED), 0);
	}
	buf_clear(&m->url);
	m->link = 0;
}

static int
enter_span(MD_SPANTYPE type, void *detail, void *user)
{
	struct md *m = user;

	if (type == MD_SPAN_EM)
		m->attr |= ATTR_ITALIC;
	else if (type == MD_SPAN_STRONG)
		m->attr |= ATTR_BOLD;
	else if (type == MD_SPAN_DEL)
		m->attr |= ATTR_STRIKE;
	else if (type == MD_SPAN_CODE)
		m->in_code_span = true;
	else if (type == MD_SPAN_A)
		begin_link(m, &((MD_SPAN_A_DETAIL *)detail)->href);
	else if (type == MD_SPAN_IMG)
		begin_link(m, &((MD_SPAN_IMG_DETAIL *)detail)->src);
	return 0;
}

static int
leave_span(MD_SPANTYPE type, void *detail, void *user)
{
	struct md *m = user;

	(void)detail;
	if (type == MD_SPAN_EM)
		m->attr &= ~ATTR_ITALIC;
	else if (type == MD_SPAN_STRONG)
		m->attr &= ~ATTR_BOLD;
	else if (type == MD_SPAN_DEL)
		m->attr &= ~ATTR_STRIKE;
	else if (type == MD_SPAN_CODE)
		m->in_code_span = false;
	else if (type == MD_SPAN_A || type == MD_SPAN_IMG)
		end_link(m);
	return 0;
}

/* --- text --- */

/* A bare URL ends at a blank, at CJK, and before punctuation that closes the sentence. */
static size_t
url_length(struct slice s)
{
	size_t n = 0, depth = 0;

	while (n < s.n) {
		uint32_t cp;
		size_t used = utf8_decode(s.p + n, s.n - n, &cp, NULL);

		if (cp <= ' ' || cp == '<' || cp == '>' || cp == '"' || cp == '`' || utf8_is_cjk(cp) ||
			cp == 0x201C || cp == 0x201D || cp == 0x2018 || cp == 0x2019 || cp == 0x2026)
			break;
		if (cp == '(')
			depth++;
		if (cp == ')' && depth-- == 0)
			break;
		n += used;
	}
	while (n > 0 && strchr(".,;:!?'*_", s.p[n - 1]))
		n--;
	return n;
}

static size_t
find_url(struct slice s, size_t *ret_n)
{
	for (size_t i = 0; i + 8 < s.n; i++) {
		struct slice rest = { s.p + i, s.n - i };

		if (s.p[i] != 'h' || !(slice_starts(rest, "https://") || slice_starts(rest, "http://")))
			continue;
		*ret_n = url_length(rest);
		if (*ret_n > 8)
			return i;
	}
	return s.n;
}

static void
add_text(struct md *m, struct slice s)
{
	struct inline_text *t = target(m);

	while (s.n > 0) {
		size_t n = 0, at = m->url.len || m->in_code_span ? s.n : find_url(s, &n);

		inline_add(t, (struct slice){ s.p, at }, text_style(m), m->link);
		if (at < s.n) {
			struct slice url = { s.p + at, n };

			inline_add(t, url, base(m, ROLE_LINK), lines_link(m->out, url));
			at += n;
		}
		s.p += at;
		s.n -= at;
	}
}

/* Drops the marks md_fix_cjk put in. */
static void
add_marked(struct md *m, struct slice s)
{
	static const struct slice mark = { "\xE2\xB8\xB1", 3 };

	while (s.n > 0) {
		ptrdiff_t at = slice_find(s, mark);

		if (at < 0) {
			add_text(m, s);
			return;
		}
		add_text(m, (struct slice){ s.p, (size_t)at });
		s.p += (size_t)at + 3;
		s.n -= (size_t)at + 3;
	}
}

static void
add_entity(struct md *m, struct slice s)
{
	static const char *const known[][2] = { { "&amp;", "&" }, { "&lt;", "<" }, { "&gt;", ">" },
		{ "&quot;", "\"" }, { "&apos;", "'" }, { "&nbsp;", " " }, { "&copy;", "©" },
		{ "&mdash;", "—" }, { "&ndash;", "–" }, { "&hellip;", "…" }, { "&rarr;", "→" },
		{ "&larr;", "←" }, { "&times;", "×" }, { "&deg;", "°" } };
	char utf8[4];

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (slice_eq_str(s, known[i][0])) {
			add_text(m, slice_of(known[i][1]));
			return;
		}
	}
	if (s.n > 3 && s.p[1] == '#') {
		bool hex = (s.p[2] | 32) == 'x';
		unsigned long cp = strtoul(s.p + (hex ? 3 : 2), NULL, hex ? 16 : 10);

		if (cp >= 0x20 && cp < 0x110000 && utf8_cp_width((uint32_t)cp) > 0) {
			add_text(m, (struct slice){ utf8, utf8_encode((uint32_t)cp, utf8) });
			return;
		}
	}
	add_text(m, s);
}

static int
on_text(MD_TEXTTYPE type, const MD_CHAR *p, MD_SIZE n, void *user)
{
	struct md *m = user;
	struct slice s = { p, n };

	if (m->in_code_block) {
		buf_add_slice(&m->t.text, s);
		return 0;
	}
	switch (type) {
	case MD_TEXT_BR:
	case MD_TEXT_SOFTBR:
		/* Models break lines where they mean it. In a cell or heading there is one line. */
		add_text(m, m->in_table || m->heading ? SLICE_LIT(" ") : SLICE_LIT("\n"));
		break;
	case MD_TEXT_ENTITY:
		add_entity(m, s);
		break;
	case MD_TEXT_NULLCHAR:
		break;
	default:
		add_marked(m, s);
		break;
	}
	return 0;
}

static void
parse(struct md *m, struct slice text)
{
	static const MD_PARSER parser = { .flags = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH |
			MD_FLAG_TASKLISTS | MD_FLAG_NOHTML | MD_FLAG_NOINDENTEDCODEBLOCKS,
		.enter_block = enter_block,
		.leave_block = leave_block,
		.enter_span = enter_span,
		.leave_span = leave_span,
		.text = on_text };
	autobuf struct buf fixed = BUF_INIT(4u << 20);

	if (md_fix_cjk(text, &fixed))
		text = buf_slice(&fixed);
	md_parse(text.p, (MD_SIZE)text.n, &parser, m);
}

/* Inside a fence: everything up to a closing one is code. */
static struct slice
code_part(struct slice text, size_t *ret_used)
{
	size_t at = 0;

	while (at < text.n) {
		const char *nl = memchr(text.p + at, '\n', text.n - at);
		size_t end = nl ? (size_t)(nl - text.p) : text.n;
		struct slice line = slice_trim((struct slice){ text.p + at, end - at });

		if (slice_eq_str(line, "```") || slice_eq_str(line, "~~~") || slice_eq_str(line, "````")) {
			*ret_used = MIN_OF(end + 1, text.n);
			return (struct slice){ text.p, at };
		}
		at = end + 1;
	}
	*ret_used = text.n;
	return text;
}

void
md_render(struct lines *out, struct slice text, const struct md_opts *o)
{
	struct md m = { .out = out, .o = o, .prefix_st = STYLE_ON(ROLE_BORDER, style_bg(o->base)) };
	autobuf struct buf safe = BUF_INIT(4u << 20);
	size_t used = 0;

	sanitize(&safe, text.p, text.n, SANITIZE_TEXT);
	text = buf_slice(&safe);
	inline_init(&m.t);
	buf_init(&m.url, 4096);
	if (o->inside_code && text.n) {
		struct slice code = code_part(text, &used);

		snprintf(m.info, sizeof(m.info), "%s", o->info ? o->info : "");
		if (code.n)
			md_code_lines(&m, code);
		text.p += used;
		text.n -= used;
	}
	if (text.n)
		parse(&m, text);
	md_flush(&m);
	inline_finish(&m.t);
	md_table_clear(&m.table);
	buf_finish(&m.url);
}
