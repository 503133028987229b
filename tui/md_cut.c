/* Cutting a growing text: a piece is finished when no later line can change how it looks. */
#include "tui/md.h"

#define PIECE_BIG 4096	  /* lists are split at items above this */
#define PIECE_HUGE 16384  /* anything is split at a line end above this */
#define CODE_LINES_BYTES 8192

static size_t
indent_of(struct slice line)
{
	size_t i = 0;

	while (i < line.n && line.p[i] == ' ')
		i++;
	return i < line.n && line.p[i] == '\t' ? 4 : i;
}

static bool
is_list_item(struct slice line)
{
	size_t i = 0;

	if (line.n == 0)
		return false;
	if (strchr("-*+", line.p[0]))
		return line.n > 1 && line.p[1] == ' ';
	while (i < line.n && i < 9 && line.p[i] >= '0' && line.p[i] <= '9')
		i++;
	return i > 0 && i + 1 < line.n && (line.p[i] == '.' || line.p[i] == ')') && line.p[i + 1] == ' ';
}

/* Length of a fence at the start of the line, 0 when there is none. */
static int
fence_of(struct slice line, char *ret_char)
{
	size_t i = indent_of(line), n = 0;

	if (i > 3 || i >= line.n || (line.p[i] != '`' && line.p[i] != '~'))
		return 0;
	*ret_char = line.p[i];
	while (i + n < line.n && line.p[i + n] == *ret_char)
		n++;
	if (n < 3)
		return 0;
	if (*ret_char == '`' && memchr(line.p + i + n, '`', line.n - i - n))
		return 0;
	return (int)n;
}

static void
open_fence(struct md_cut *c, struct slice line, char ch, int len)
{
	struct slice info = slice_trim(
		(struct slice){ line.p + indent_of(line) + (size_t)len, line.n - indent_of(line) - (size_t)len });

	c->fence = ch;
	c->fence_len = len;
	snprintf(c->info, sizeof(c->info), "%.*s", (int)MIN_OF(info.n, sizeof(c->info) - 1), info.p);
	/* The words end at the first blank: "python title=x". */
	c->info[strcspn(c->info, " {,")] = '\0';
}

static void
finish(struct md_cut *c, size_t end, struct md_piece *ret)
{
	*ret = (struct md_piece){ .start = c->piece_start, .end = end, .joined = c->joined,
		.inside_code = c->began_in_code };
	if (c->began_in_code)
		memcpy(ret->info, c->info, sizeof(ret->info));
	c->piece_start = end;
	c->joined = false;
	c->began_in_code = false;
	c->in_list = false;
	c->any = false;
	c->blank = false;
}

/* A line inside a fence. True when a piece ends behind it. */
static bool
code_step(struct md_cut *c, struct slice line, size_t next, struct md_piece *ret)
{
	char ch = 0;
	int len = fence_of(line, &ch);

	if (len >= c->fence_len && ch == c->fence &&
		slice_trim((struct slice){ line.p + indent_of(line) + (size_t)len,
				   line.n - indent_of(line) - (size_t)len })
				.n == 0) {
		c->fence = 0;
		if (c->in_list)
			return false;
		finish(c, next, ret);
		return true;
	}
	if (next - c->piece_start < CODE_LINES_BYTES)
		return false;
	finish(c, next, ret);
	c->joined = true;
	c->began_in_code = true;
	return true;
}

/* A line outside. True when a piece ended before it (and the line is to be looked at again). */
static bool
text_step(struct md_cut *c, struct slice line, size_t start, size_t next, struct md_piece *ret)
{
	bool item = is_list_item(line), flush = indent_of(line) == 0;
	size_t size = start - c->piece_start;
	char ch = 0;
	int len;

	if (slice_trim(line).n == 0) {
		c->blank = true;
		return false;
	}
	if (c->any && c->blank && flush && !(c->in_list && item)) {
		finish(c, start, ret);
		return true;
	}
	if (c->any && c->in_list && item && size > PIECE_BIG) {
		bool gap = c->blank;

		finish(c, start, ret);
		c->joined = !gap;
		return true;
	}
	len = fence_of(line, &ch);
	if (len && c->any && !c->in_list && flush) {
		/* A fence ends a paragraph even without an empty line. */
		finish(c, start, ret);
		return true;
	}
	if (len)
		open_fence(c, line, ch, len);
	c->in_list = c->in_list || item;
	c->any = true;
	c->blank = false;
	if (!c->in_list && flush && line.p[0] == '#' && !c->fence && next - c->piece_start < PIECE_HUGE) {
		size_t hashes = 0;

		while (hashes < line.n && line.p[hashes] == '#')
			hashes++;
		if (hashes <= 6 && (hashes == line.n || line.p[hashes] == ' ')) {
			c->scanned = next;
			finish(c, next, ret);
			return true;
		}
	}
	return false;
}

/* An endless line: cut behind a space, else between characters. */
static bool
cut_huge(struct md_cut *c, struct slice text, struct md_piece *ret)
{
	size_t end = c->piece_start + PIECE_HUGE, low = c->piece_start + PIECE_HUGE / 2, at = end;

	while (at > low && text.p[at] != ' ' && text.p[at] != '\n')
		at--;
	if (at == low) {
		at = end;
		while (at > low && ((unsigned char)text.p[at] & 0xC0) == 0x80)
			at--;
	}
	c->scanned = at;
	finish(c, at, ret);
	c->joined = true;
	c->began_in_code = c->fence != 0;
	return true;
}

bool
md_cut_next(struct md_cut *c, struct slice text, struct md_piece *ret)
{
	while (c->scanned < text.n) {
		const char *nl = memchr(text.p + c->scanned, '\n', text.n - c->scanned);
		size_t start = c->scanned, next = nl ? (size_t)(nl - text.p) + 1 : text.n;
		struct slice line = { text.p + start, next - start };

		if (text.n - c->piece_start > PIECE_HUGE && (!nl || next - c->piece_start > PIECE_HUGE))
			return cut_huge(c, text, ret);
		if (!nl)
			return false;
		line.n--;
		if (c->fence) {
			c->scanned = next;
			if (code_step(c, line, next, ret))
				return true;
			continue;
		}
		if (text_step(c, line, start, next, ret))
			return true;
		c->scanned = next;
	}
	return false;
}

void
md_tail(const struct md_cut *c, struct slice text, struct md_piece *ret)
{
	*ret = (struct md_piece){ .start = c->piece_start, .end = text.n, .joined = c->joined,
		.inside_code = c->began_in_code };
	if (c->began_in_code)
		memcpy(ret->info, c->info, sizeof(ret->info));
}
