/* csv_summary: what the columns of a table hold. */
#include "agent/tools/csv.h"
#include "agent/base/sanitize.h"
#include "agent/base/utf8.h"
#include "agent/tools/util.h"
#include <errno.h>

#define HEAD 65536

static bool
read_table(const struct tool_ctx *c, const char *path, uint64_t size, struct csv *csv,
	struct err *err)
{
	autofree char *piece = xmalloc(HEAD), *shown = tool_name(c, path);
	autofd int fd = draft_open_read(c->draft, path, err);
	uint64_t seen = 0;
	ssize_t n;

	if (fd < 0)
		return false;
	while ((n = read(fd, piece, HEAD)) != 0) {
		const struct slice bytes = { piece, n > 0 ? (size_t)n : 0 };

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, errno, _("Cannot read %s"), shown);
		if (seen == 0) {
			const char *what = tool_not_text(bytes);

			if (what)
				return err_set(err, ERR_USAGE,
					_("%s is no table of text but %s."), shown, what);
			csv_init(csv, bytes);
		}
		csv_add(csv, bytes);
		seen += bytes.n;
		if (c->progress && seen % (64 * HEAD) < HEAD)
			c->progress(c->call, seen, size);
		if (!tool_going(c, err))
			return false;
	}
	if (!seen)
		return err_set(err, ERR_USAGE, _("%s is empty."), shown);
	csv_end(csv);
	return true;
}

static void
add_value(struct buf *b, const char *before, const char *value)
{
	autofree char *line = sanitize_dup(value, SANITIZE_LINE);
	size_t cols, n = utf8_fit(line, strlen(line), 30, &cols);

	buf_printf(b, "%s%.*s%s", before, (int)n, line, line[n] ? "…" : "");
}

/* What a person is told of a column: "number, 3 … 7.5, mean 5.25, 1 empty". */
static void
add_words(struct jw *w, const struct csv_column *col, bool number)
{
	static const char *const types[] = { N_("empty"), N_("whole number"), N_("number"),
		N_("date"), N_("text") };
	autobuf struct buf b = BUF_INIT(4096);
	char count[32];

	buf_add_str(&b, _(types[col->type]));
	if (number && col->values)
		buf_printf(&b, _(", %.6g … %.6g, mean %.6g"), col->min, col->max,
			col->sum / (double)col->values);
	else if (col->least && *col->least) {
		add_value(&b, _(", "), col->least);
		add_value(&b, " … ", col->greatest);
	}
	if (col->empty && col->type != CSV_EMPTY)
		buf_printf(&b, ngettext_(", %s empty", ", %s empty", col->empty),
			str_count(col->empty, count));
	jw_slice(w, "words", buf_slice(&b));
}

static void
give_column(struct jw *w, const struct csv_column *col, size_t i)
{
	char name[32];
	bool number = col->type == CSV_INTEGER || col->type == CSV_NUMBER;

	snprintf(name, sizeof(name), "%zu", i + 1);
	jw_object(w, NULL);
	jw_str(w, "name", col->name && *col->name ? col->name : name);
	jw_str(w, "type", csv_type_names[col->type]);
	if (number) {
		jw_num(w, "min", col->min);
		jw_num(w, "max", col->max);
		jw_num(w, "mean", col->values ? col->sum / (double)col->values : 0);
		jw_num(w, "sum", col->sum);
	} else {
		jw_str(w, "min", col->least);
		jw_str(w, "max", col->greatest);
		jw_null(w, "mean");
		jw_null(w, "sum");
	}
	jw_i64(w, "empty", (int64_t)col->empty);
	add_words(w, col, number);
	jw_end_object(w);
}

static bool
run(const struct tool_ctx *c, const cJSON *args, struct tool_result *r, struct err *err)
{
	struct stat st;
	autofree char *path = tool_arg_file(c, args, "path", &st, err), *shown = NULL;
	struct csv csv = { 0 };
	char rows[32], columns[64], sep[2] = "";
	struct jw w;
	bool ok;

	if (!path)
		return false;
	ok = read_table(c, path, (uint64_t)st.st_size, &csv, err);
	if (ok) {
		sep[0] = csv.separator;
		tool_json(c, r, &w);
		jw_i64(&w, "rows", (int64_t)csv.rows);
		jw_array(&w, "columns");
		for (size_t i = 0; i < csv.n_columns && tool_room(&w, 2000); i++)
			give_column(&w, &csv.columns[i], i);
		jw_end_array(&w);
		jw_i64(&w, "n_columns", (int64_t)csv.n_columns);
		jw_str(&w, "separator", sep);
		jw_i64(&w, "ragged", (int64_t)csv.ragged);
		tool_json_end(c, r, &w);
		tool_taint(c, r, path);
		shown = tool_name(c, path);
		snprintf(columns, sizeof(columns),
			ngettext_("%zu column", "%zu columns", csv.n_columns), csv.n_columns);
		tool_say(r, ngettext_("%s has %s row and %s", "%s has %s rows and %s", csv.rows),
			shown, str_count(csv.rows, rows), columns);
	}
	csv_finish(&csv);
	return ok;
}

const struct tool tool_csv_summary = {
	.name = "csv_summary",
	.summary = N_("What the columns of a CSV table hold"),
	.schema = "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"}},"
		  "\"required\":[\"path\"]}",
	.returns = "rows, columns:[{name,type,min,max,mean,sum,empty,words}], n_columns, separator, "
		   "ragged",
	.risk = RISK_READ,
	.flags = TOOL_EXTRA | TOOL_TAINTS,
	.run = run,
};
