/*
 * Comma-separated values, read in pieces of any size: RFC 4180 with quotes and newlines in
 * them, separators , ; tab |. Memory: one field (1 MB at most, then cut) and the sums of at
 * most 1,000 columns.
 */
#ifndef HOMARD_TOOLS_CSV_H
#define HOMARD_TOOLS_CSV_H

#include "agent/base/buf.h"

#define CSV_COLUMNS_MAX 1000

enum csv_type { CSV_EMPTY, CSV_INTEGER, CSV_NUMBER, CSV_DATE, CSV_TEXT };
extern const char *const csv_type_names[];

struct csv_column {
	char *name; /* owned */
	enum csv_type type;
	uint64_t values, empty;
	double min, max, sum;   /* numbers */
	char *least, *greatest; /* other types: first and last in byte order; owned */
};

struct csv {
	char separator;
	bool header;
	uint64_t rows;   /* without the header */
	uint64_t ragged; /* rows with another number of fields */
	struct csv_column *columns;
	size_t n_columns;
	/* --- reading --- */
	struct buf field;
	size_t at; /* column of the present field */
	bool quoted, was_quoted, quote_pending, started;
};

/* head: the first bytes (up to 64 KB), to find the separator and whether a header is there. */
void csv_init(struct csv *c, struct slice head);
void csv_add(struct csv *c, struct slice piece);
void csv_end(struct csv *c);
void csv_finish(struct csv *c);
/* "1,234.50" "12 %" "$5" "1.234,50" are numbers too. */
bool csv_number(const char *s, double *ret, bool *ret_whole);

#endif
