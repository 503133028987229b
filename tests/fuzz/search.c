/* First line: a query; the rest: a text. Cutting, quoting and marking stay in bounds and UTF-8. */
#include "agent/base/utf8.h"
#include "agent/store/journal.h"
#include "agent/store/search_cut.h"
#include "agent/store/search_query.h"
#include "agent/store/snippet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Whatever was typed, only our own operators stand outside of quotes. */
static void
check_quotes(const char *match)
{
	size_t quotes = 0;

	for (; *match; match++)
		quotes += *match == '"';
	if (quotes % 2)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct slice text = { (const char *)data, n }, query = slice_cut(&text, '\n');
	autobuf struct buf match = BUF_INIT(2 * SEARCH_QUERY_MAX), cut = BUF_INIT(1u << 22);
	autobuf struct buf chars = BUF_INIT(SEARCH_CHARS_MAX * 5), strings = BUF_INIT(1u << 22);
	autobuf struct buf marked = BUF_INIT(SNIPPET_BYTES * 3);
	autofree char *q = slice_dup(query);
	autostrv struct strv words = { 0 };
	struct slice rest = text.p ? text : (struct slice){ "", 0 };

	for (int mode = SEARCH_ALL; mode <= SEARCH_ANY; mode++) {
		buf_clear(&match);
		if (search_query(&match, q, (enum search_mode)mode, NULL))
			check_quotes(buf_str(&match));
	}
	search_query_words(&words, q);
	search_cut(&cut, rest);
	search_chars(&chars, rest);
	search_json_strings(&strings, rest);
	snippet(&marked, rest, &words);
	if (marked.full || !utf8_valid(buf_str(&cut), cut.len) || !utf8_valid(buf_str(&chars), chars.len))
		abort();
	return 0;
}
