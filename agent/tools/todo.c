/* Check boxes in Markdown. */
#include "agent/tools/todo.h"
#include "agent/base/i18n.h"
#include "agent/base/utf8.h"

static bool
parse_line(struct slice line, size_t start, struct todo_item *ret)
{
	size_t i = 0;

	while (i < line.n && (line.p[i] == ' ' || line.p[i] == '\t'))
		i++;
	if (i < line.n && strchr("-*+", line.p[i])) {
		i++;
	} else {
		size_t digits = i;

		while (i < line.n && line.p[i] >= '0' && line.p[i] <= '9')
			i++;
		if (i == digits || i >= line.n || (line.p[i] != '.' && line.p[i] != ')'))
			return false;
		i++;
	}
	while (i < line.n && line.p[i] == ' ')
		i++;
	if (i + 2 >= line.n || line.p[i] != '[' || !strchr(" xX", line.p[i + 1]) ||
		line.p[i + 2] != ']')
		return false;
	ret->box = start + i + 1;
	ret->done = line.p[i + 1] != ' ';
	ret->text = slice_trim((struct slice){ line.p + i + 3, line.n - i - 3 });
	return true;
}

bool
todo_next(struct slice text, size_t *at, struct todo_item *ret)
{
	while (*at < text.n) {
		size_t start = *at;
		const char *nl = memchr(text.p + start, '\n', text.n - start);
		struct slice line = { text.p + start,
			nl ? (size_t)(nl - text.p) - start : text.n - start };

		*at = start + line.n + (nl != NULL);
		if (line.n && memchr("\r", line.p[line.n - 1], 1))
			line.n--;
		if (parse_line(line, start, ret))
			return true;
	}
	return false;
}

void
todo_add(struct slice text, const char *item, struct buf *out)
{
	struct slice line = slice_trim(slice_of(item));

	if (!text.n)
		buf_add_str(out, "# To do\n\n");
	buf_add_slice(out, text);
	if (text.n && text.p[text.n - 1] != '\n')
		buf_add_char(out, '\n');
	buf_add_str(out, "- [ ] ");
	/* One item is one line. */
	for (size_t i = 0; i < line.n; i++)
		buf_add_char(out, line.p[i] == '\n' || line.p[i] == '\r' ? ' ' : line.p[i]);
	buf_add_char(out, '\n');
}

static bool
fits(struct slice item, const char *folded_words, bool whole)
{
	autofree char *folded = utf8_fold(item.p, item.n);

	return whole ? str_eq(folded, folded_words) : strstr(folded, folded_words) != NULL;
}

/* 0 none, 1 one, 2 several. */
static int
find_open(
	struct slice text, const char *words, bool whole, int64_t number, struct todo_item *ret)
{
	struct todo_item item;
	int found = 0;
	int64_t n = 0;
	size_t at = 0;

	while (todo_next(text, &at, &item)) {
		if (item.done)
			continue;
		n++;
		if (number ? n == number : fits(item.text, words, whole)) {
			*ret = item;
			found++;
		}
	}
	return MIN_OF(found, 2);
}

bool
todo_tick(struct slice text, const char *words, struct buf *out, struct slice *ret,
	struct err *err)
{
	struct slice trimmed = slice_trim(slice_of(words));
	autofree char *folded = utf8_fold(trimmed.p, trimmed.n), *plain = slice_dup(trimmed);
	struct todo_item item;
	int64_t number = 0;
	int found = trimmed.n ? find_open(text, folded, true, 0, &item) : 0;

	if (found == 0 && str_to_i64(plain, &number) && number > 0)
		found = find_open(text, folded, false, number, &item);
	if (found == 0 && trimmed.n)
		found = find_open(text, folded, false, 0, &item);
	if (found == 0)
		return err_set(err, ERR_NOT_FOUND, _("No open item says \"%s\"."), plain);
	if (found > 1)
		return err_set(err, ERR_USAGE,
			_("Several open items fit \"%s\"; use more of its words."), plain);
	buf_add(out, text.p, item.box);
	buf_add_char(out, 'x');
	buf_add(out, text.p + item.box + 1, text.n - item.box - 1);
	*ret = item.text;
	return true;
}
