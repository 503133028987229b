/* The CSV reader and its sums. */
#include "agent/tools/csv.h"
#include "agent/base/str.h"

#define FIELD_MAX (1u << 20)
#define KEPT_TEXT 60

const char *const csv_type_names[] = { "empty", "integer", "number", "date", "text" };

/* The separator that gives the first lines the most and the most even fields. */
static char
sniff(struct slice head)
{
	static const char candidates[] = ",;\t|";
	char best = ',';
	size_t best_score = 0;

	for (const char *s = candidates; *s; s++) {
		size_t counts[10] = { 0 }, lines = 0, even = 0;
		bool quoted = false;

		for (size_t i = 0; i < head.n && lines < ARRAY_LEN(counts); i++) {
			quoted ^= head.p[i] == '"';
			counts[lines] += !quoted && head.p[i] == *s;
			lines += !quoted && head.p[i] == '\n';
		}
		lines = MAX_OF(lines, 1u);
		for (size_t i = 0; i < MIN_OF(lines, ARRAY_LEN(counts)); i++)
			even += counts[0] && counts[i] == counts[0];
		if (even * 1000 + counts[0] > best_score && counts[0]) {
			best_score = even * 1000 + counts[0];
			best = *s;
		}
	}
	return best;
}

bool
csv_number(const char *s, double *ret, bool *ret_whole)
{
	char plain[64];
	size_t n = 0;
	const char *dot = strrchr(s, '.'), *comma = strrchr(s, ',');
	char decimal = comma && (!dot || comma > dot) ? ',' : '.';

	/* "1,234" is a thousand, "1,5" one and a half. */
	if (decimal == ',' && !dot && strlen(comma + 1) == 3 && s[0] != '0')
		decimal = '.';
	while (*s == ' ')
		s++;
	if (str_starts(s, "€") || str_starts(s, "¥") || str_starts(s, "￥"))
		s += strlen("€") - (str_starts(s, "¥") ? 1 : 0);
	else if (str_starts(s, "£"))
		s += strlen("£");
	else if (*s == '$')
		s++;
	for (; *s && n + 1 < sizeof(plain); s++) {
		if (*s == decimal)
			plain[n++] = '.';
		else if (*s != ',' && *s != '.' && *s != '\'')
			plain[n++] = *s;
	}
	while (n && (plain[n - 1] == ' ' || plain[n - 1] == '%'))
		n--;
	plain[n] = '\0';
	if (*s || !n || strspn(plain, "+-0123456789.eE") != n || !strpbrk(plain, "0123456789"))
		return false;
	*ret_whole = !strpbrk(plain, ".eE");
	return str_to_double(plain[0] == '+' ? plain + 1 : plain, ret);
}

static bool
is_date(const char *s)
{
	int a, b, c, n = 0;

	return (sscanf(s, "%4d-%2d-%2d%n", &a, &b, &c, &n) == 3 ||
		       sscanf(s, "%4d/%2d/%2d%n", &a, &b, &c, &n) == 3 ||
		       sscanf(s, "%2d.%2d.%4d%n", &a, &b, &c, &n) == 3 ||
		       sscanf(s, "%2d/%2d/%4d%n", &a, &b, &c, &n) == 3) &&
		b >= 1 && b <= 31 && n >= 8 && (!s[n] || s[n] == ' ' || s[n] == 'T');
}

static enum csv_type
type_of(const char *s, double *number)
{
	bool whole;

	if (!*s)
		return CSV_EMPTY;
	if (is_date(s))
		return CSV_DATE;
	if (csv_number(s, number, &whole))
		return whole ? CSV_INTEGER : CSV_NUMBER;
	return CSV_TEXT;
}

static void
keep_extreme(char **kept, const char *s, int sign)
{
	if (*kept && strcmp(s, *kept) * sign <= 0)
		return;
	free(*kept);
	*kept = xstrndup(s, KEPT_TEXT);
}

static void
add_value(struct csv_column *col, const char *s)
{
	double number = 0;
	enum csv_type type = type_of(s, &number);

	if (type == CSV_EMPTY) {
		col->empty++;
		return;
	}
	if (col->type == CSV_EMPTY)
		col->type = type;
	else if (col->type != type)
		col->type = (col->type == CSV_INTEGER && type == CSV_NUMBER) ||
				(col->type == CSV_NUMBER && type == CSV_INTEGER)
			? CSV_NUMBER
			: CSV_TEXT;
	if (type == CSV_INTEGER || type == CSV_NUMBER) {
		if (!col->values || number < col->min)
			col->min = number;
		if (!col->values || number > col->max)
			col->max = number;
		col->sum += number;
	}
	keep_extreme(&col->least, s, -1);
	keep_extreme(&col->greatest, s, 1);
	col->values++;
}

static struct csv_column *
column(struct csv *c, size_t at)
{
	if (at >= CSV_COLUMNS_MAX)
		return NULL;
	while (c->n_columns <= at) {
		c->columns = xreallocarray(c->columns, c->n_columns + 1, sizeof(*c->columns));
		c->columns[c->n_columns++] = (struct csv_column){ 0 };
	}
	return &c->columns[at];
}

static void
end_field(struct csv *c)
{
	struct slice s = slice_trim(buf_slice(&c->field));
	autofree char *text = xstrndup(s.n ? s.p : "", s.n);
	struct csv_column *col = column(c, c->at);

	if (col && c->header && c->rows == 0 && !col->name)
		col->name = xstrndup(text, KEPT_TEXT * 2);
	else if (col)
		add_value(col, text);
	c->at++;
	buf_clear(&c->field);
	c->was_quoted = c->quote_pending = c->quoted = false;
}

static void
end_record(struct csv *c)
{
	size_t n_before = c->n_columns;

	/* An empty line is no row. */
	if (c->at == 0 && c->field.len == 0 && !c->was_quoted)
		return;
	end_field(c);
	if (c->started && c->at != n_before)
		c->ragged++;
	if (c->started || !c->header)
		c->rows++;
	else
		c->header = false; /* it has been read: what follows are values */
	c->started = true;
	c->at = 0;
}

/* The first line is a header when none of its fields is a number or a date and some below is,
 * or when all its fields are different words. */
static bool
looks_like_header(struct slice head, char separator)
{
	struct slice line = slice_line(&head);
	struct strv seen = { 0 };
	bool header = line.n > 0;

	if (slice_starts(line, "\xef\xbb\xbf"))
		line.p += 3, line.n -= 3;
	while (header && line.p) {
		struct slice field = slice_trim(slice_cut(&line, separator));
		autofree char *text = NULL;
		double number;

		while (field.n >= 2 && field.p[0] == '"' && field.p[field.n - 1] == '"')
			field = slice_trim((struct slice){ field.p + 1, field.n - 2 });
		text = slice_dup(field);
		if (!*text || type_of(text, &number) != CSV_TEXT || strv_has(&seen, text))
			header = false;
		if (seen.n < CSV_COLUMNS_MAX)
			strv_add(&seen, text);
	}
	strv_finish(&seen);
	return header;
}

void
csv_init(struct csv *c, struct slice head)
{
	*c = (struct csv){ .separator = sniff(head), .field = BUF_INIT(FIELD_MAX) };
	c->header = looks_like_header(head, c->separator);
}

static void
add_char(struct csv *c, char ch)
{
	if (c->quoted) {
		if (c->quote_pending) {
			c->quote_pending = false;
			if (ch == '"') {
				buf_add_char(&c->field, '"');
				return;
			}
			c->quoted = false; /* the quote closed it: ch is outside */
		} else if (ch == '"') {
			c->quote_pending = true;
			return;
		} else {
			buf_add_char(&c->field, ch);
			return;
		}
	}
	if (ch == '"' && c->field.len == 0) {
		c->quoted = c->was_quoted = true;
	} else if (ch == c->separator) {
		end_field(c);
	} else if (ch == '\n' || ch == '\r') {
		end_record(c);
	} else {
		buf_add_char(&c->field, ch);
	}
}

void
csv_add(struct csv *c, struct slice piece)
{
	if (!c->started && c->at == 0 && c->field.len == 0 &&
		slice_starts(piece, "\xef\xbb\xbf"))
		piece.p += 3, piece.n -= 3;
	for (size_t i = 0; i < piece.n; i++)
		add_char(c, piece.p[i]);
}

void
csv_end(struct csv *c)
{
	end_record(c);
}

void
csv_finish(struct csv *c)
{
	for (size_t i = 0; i < c->n_columns; i++) {
		free(c->columns[i].name);
		free(c->columns[i].least);
		free(c->columns[i].greatest);
	}
	free(c->columns);
	buf_finish(&c->field);
	*c = (struct csv){ 0 };
}
