/* Searching all events, newest first. */
#include "agent/base/i18n.h"
#include "agent/store/priv.h"
#include "agent/store/search_index.h"
#include "agent/store/search_query.h"
#include "agent/store/snippet.h"

#define SEARCH_LIMIT 50 /* when the caller names none */
#define SEARCH_LOOK_MAX (32u << 10)

/* Nearly always the match is near the beginning; only else the whole is gone through. */
static char *
snippet_of(struct db *db, int64_t doc, const struct strv *words, struct err *err)
{
	static const size_t tries[] = { SEARCH_LOOK_MAX, SEARCH_DOC_MAX };
	autobuf struct buf out = BUF_INIT(SNIPPET_BYTES * 3);
	size_t i;

	for (i = 0; i < ARRAY_LEN(tries); i++) {
		autobuf struct buf text = BUF_INIT(tries[i]);

		if (!search_doc_text(db, doc, &text, err))
			return NULL;
		buf_clear(&out);
		if (snippet(&out, buf_slice(&text), words) || text.len + 4 < tries[i])
			break;
	}
	return buf_steal(&out);
}

/* *ret_more is false when the caller had enough. */
static bool
one_hit(struct db *db, int64_t doc, const struct strv *words, journal_hit_fn *fn, void *user,
	bool *ret_more, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	autofree char *text = NULL;
	struct search_hit hit;
	int rc;

	rc = stmt_row(&s, db, err,
		"SELECT e.task, e.time, e.kind, substr(CASE WHEN r.seq IS NULL THEN b.data END, "
		"1, 400), t.state FROM event e LEFT JOIN task t ON t.task=e.task "
		"LEFT JOIN body b ON b.id=t.body LEFT JOIN removed r ON r.seq=t.seq "
		"WHERE e.seq=?1",
		"i", doc);
	if (rc <= 0)
		return rc == 0;
	text = snippet_of(db, doc, words, err);
	if (!text)
		return false;
	hit = (struct search_hit){ doc, stmt_i64(&s, 0), stmt_i64(&s, 1), stmt_text(&s, 2),
		stmt_text(&s, 3), stmt_text(&s, 4), text };
	*ret_more = fn(user, &hit);
	return true;
}

/* The index is only folded from the events: a writing journal makes it anew by itself. */
static bool
index_damaged(struct journal *j, struct err *err)
{
	if (j->writer) {
		writer_mend(j->writer);
		return err_set(err, ERR_CORRUPT,
			_("The search index was damaged and is being made anew from the events. "
			  "Search again in a moment."));
	}
	return err_set(err, ERR_CORRUPT,
		_("The search index is damaged; the events are not. Search from inside `homard`, "
		  "which makes it anew."));
}

bool
journal_search(struct journal *j, const char *query, size_t limit, journal_hit_fn *fn, void *user,
	struct err *err)
{
	autobuf struct buf match = BUF_INIT(SEARCH_QUERY_MAX * 2);
	autostrv struct strv words = { 0 };
	autostmt struct stmt s = STMT_INIT;
	struct err why = { 0 };
	bool more = true;
	int rc = 0;

	if (!search_query(&match, query, SEARCH_ALL, err))
		return false;
	if (!match.len)
		return true;
	search_query_words(&words, query);
	if (!stmt_open(&s, journal_reader(j),
		    "SELECT rowid FROM search WHERE search MATCH ?1 ORDER BY rowid DESC LIMIT ?2",
		    err))
		return false;
	stmt_bind(&s, "ti", buf_slice(&match), (int64_t)(limit ? limit : SEARCH_LIMIT));
	while (more && (rc = stmt_step(&s, &why)) > 0) {
		if (!one_hit(journal_reader(j), stmt_i64(&s, 0), &words, fn, user, &more, err))
			return false;
	}
	if (rc >= 0)
		return true;
	if (why.code == ERR_CORRUPT)
		return index_damaged(j, err);
	if (err)
		*err = why;
	return false;
}
