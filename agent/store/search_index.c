/* Which events are searched, and how pieces become one document. */
#include "agent/store/body.h"
#include "agent/store/journal.h"
#include "agent/store/search_cut.h"
#include "agent/store/search_index.h"

enum form {
	FORM_NONE,
	FORM_TEXT,   /* the body */
	FORM_JSON,   /* the string values of the body */
	FORM_PIECE,  /* a piece of the message facts.turn, closed by facts.end */
	FORM_OUTPUT, /* a piece of what facts.call prints, closed by call_done */
	FORM_RESULT, /* facts.summary, the output pieces of facts.call, the body */
	FORM_STATE   /* nothing; the end of a task closes what is open */
};

static const enum form forms[EV_COUNT] = {
	[EV_REQUEST] = FORM_TEXT,
	[EV_STATE] = FORM_STATE,
	[EV_STEER] = FORM_TEXT,
	[EV_QUEUE] = FORM_TEXT,
	[EV_TEXT] = FORM_PIECE,
	[EV_REASONING] = FORM_PIECE,
	[EV_PLAN] = FORM_JSON,
	[EV_CALL] = FORM_JSON,
	[EV_OUTPUT] = FORM_OUTPUT,
	[EV_CALL_DONE] = FORM_RESULT,
	[EV_EFFECTS] = FORM_JSON,
	[EV_APPROVAL] = FORM_JSON,
	[EV_DECISION] = FORM_JSON,
	[EV_QUESTION] = FORM_TEXT,
	[EV_ANSWER] = FORM_TEXT,
	[EV_COMPACT] = FORM_TEXT,
	[EV_OUTSIDE] = FORM_JSON,
	[EV_MEMORY] = FORM_TEXT,
	[EV_RECIPE] = FORM_JSON,
	[EV_REMINDER] = FORM_TEXT,
	[EV_NOTICE] = FORM_TEXT,
};

static bool
change(struct db *db, const char *sql, int64_t id, struct slice text, struct err *err)
{
	autobuf struct buf words = BUF_INIT(SEARCH_DOC_MAX * 4), chars = BUF_INIT(SEARCH_CHARS_MAX * 5);

	search_cut(&words, text);
	search_chars(&chars, text);
	return db_run(db, err, sql, "itt", id, buf_slice(&words), buf_slice(&chars));
}

bool
search_put(struct db *db, const char *table, int64_t id, struct slice text, struct err *err)
{
	return change(db,
		str_eq(table, "search")
			? "INSERT INTO search(rowid, text, chars) VALUES(?1, ?2, ?3)"
			: "INSERT INTO memory_search(rowid, text, chars) VALUES(?1, ?2, ?3)",
		id, text, err);
}

bool
search_drop(struct db *db, const char *table, int64_t id, struct slice text, struct err *err)
{
	return change(db,
		str_eq(table, "search")
			? "INSERT INTO search(search, rowid, text, chars) "
			  "VALUES('delete', ?1, ?2, ?3)"
			: "INSERT INTO memory_search(memory_search, rowid, text, chars) "
			  "VALUES('delete', ?1, ?2, ?3)",
		id, text, err);
}

/* --- pieces --- */

static bool
open_message(struct db *db, int64_t task, const char *kind, int64_t key, int64_t *ret_first,
	struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	int rc;

	rc = stmt_row(&s, db, err,
		"SELECT first FROM message WHERE doc IS NULL AND task=?1 AND kind=?2 AND key=?3",
		"isi", task, kind, key);
	*ret_first = rc > 0 ? stmt_i64(&s, 0) : 0;
	return rc >= 0;
}

static bool
add_piece(struct db *db, const struct event *ev, int64_t key, int64_t first, struct err *err)
{
	if (first)
		return db_run(db, err, "UPDATE message SET last=?2 WHERE first=?1", "ii", first,
			ev->seq);
	return db_run(db, err,
		"INSERT INTO message(first, last, task, kind, key) VALUES(?1, ?1, ?2, ?3, ?4)",
		"iisi", ev->seq, ev->task, ev->kind_name, key);
}

static bool
index_doc(struct db *db, int64_t doc, struct err *err)
{
	autobuf struct buf text = BUF_INIT(SEARCH_DOC_MAX);

	if (!search_doc_text(db, doc, &text, err))
		return false;
	return text.len ? search_put(db, "search", doc, buf_slice(&text), err) : true;
}

/* The same text for an event without pieces, from what is at hand: most appends come here. */
static bool
index_own(struct db *db, const struct event *ev, const cJSON *facts, struct err *err)
{
	autobuf struct buf text = BUF_INIT(SEARCH_DOC_MAX);
	const char *summary = json_str(facts, "summary", NULL);

	if (forms[ev->kind] == FORM_RESULT && summary) {
		buf_add_cut(&text, slice_of(summary));
		buf_add_cut(&text, SLICE_LIT("\n"));
	}
	if (ev->has_body && forms[ev->kind] == FORM_JSON)
		search_json_strings(&text, ev->body);
	else if (ev->has_body)
		buf_add_cut(&text, ev->body);
	return text.len ? search_put(db, "search", ev->seq, buf_slice(&text), err) : true;
}

static bool
close_message(struct db *db, int64_t first, int64_t doc, struct err *err)
{
	return db_run(db, err, "UPDATE message SET doc=?2 WHERE first=?1", "ii", first, doc)
		&& index_doc(db, doc, err);
}

static bool
on_piece(struct db *db, const struct event *ev, const cJSON *facts, struct err *err)
{
	int64_t key = json_i64(facts, "turn", 0), first;
	bool end = json_bool(facts, "end", false);

	if (!open_message(db, ev->task, ev->kind_name, key, &first, err))
		return false;
	if (end && !first)
		return index_own(db, ev, facts, err);
	if (!add_piece(db, ev, key, first, err))
		return false;
	return end ? close_message(db, first, ev->seq, err) : true;
}

static bool
on_output(struct db *db, const struct event *ev, const cJSON *facts, struct err *err)
{
	int64_t key = json_i64(facts, "call", 0), first;

	return open_message(db, ev->task, ev->kind_name, key, &first, err)
		&& add_piece(db, ev, key, first, err);
}

static bool
on_result(struct db *db, const struct event *ev, const cJSON *facts, struct err *err)
{
	int64_t first;

	if (!open_message(db, ev->task, event_kinds[EV_OUTPUT].name, json_i64(facts, "call", 0),
		    &first, err))
		return false;
	return first ? close_message(db, first, ev->seq, err) : index_own(db, ev, facts, err);
}

static bool
next_open(struct db *db, int64_t task, int64_t *ret_first, int64_t *ret_last, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	int rc;

	rc = stmt_row(&s, db, err,
		"SELECT first, last FROM message WHERE doc IS NULL AND task=?1 LIMIT 1",
		"i", task);
	*ret_first = rc > 0 ? stmt_i64(&s, 0) : 0;
	*ret_last = rc > 0 ? stmt_i64(&s, 1) : 0;
	return rc >= 0;
}

static bool
on_state(struct db *db, const struct event *ev, const cJSON *facts, struct err *err)
{
	const char *state = json_str(facts, "state", "");
	int64_t first, last;

	if (!str_eq(state, "done") && !str_eq(state, "failed") && !str_eq(state, "stopped"))
		return true;
	for (;;) {
		if (!next_open(db, ev->task, &first, &last, err))
			return false;
		if (!first)
			return true;
		if (!close_message(db, first, last, err))
			return false;
	}
}

bool
search_index_event(struct db *db, const struct event *ev, const cJSON *facts, struct err *err)
{
	switch (forms[ev->kind]) {
	case FORM_NONE:
		return true;
	case FORM_PIECE:
		return on_piece(db, ev, facts, err);
	case FORM_OUTPUT:
		return on_output(db, ev, facts, err);
	case FORM_RESULT:
		return on_result(db, ev, facts, err);
	case FORM_STATE:
		return on_state(db, ev, facts, err);
	default:
		return index_own(db, ev, facts, err);
	}
}

/* --- documents --- */

static bool
add_pieces(struct db *db, int64_t doc, bool *ret_any, struct buf *out, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	int rc;

	*ret_any = false;
	if (!stmt_open(&s, db,
		    "SELECT b.data FROM message m JOIN event e ON e.task=m.task "
		    "AND e.seq BETWEEN m.first AND m.last AND e.kind=m.kind "
		    "AND json_extract(e.facts, CASE m.kind WHEN 'output' THEN '$.call' "
		    "ELSE '$.turn' END)=m.key "
		    "JOIN body b ON b.hash=e.body LEFT JOIN removed r ON r.seq=e.seq "
		    "WHERE m.doc=?1 AND r.seq IS NULL ORDER BY e.seq",
		    err))
		return false;
	stmt_bind(&s, "i", doc);
	while ((rc = stmt_step(&s, err)) > 0 && out->len < out->max) {
		*ret_any = true;
		buf_add_cut(out, stmt_slice(&s, 0));
	}
	return rc >= 0;
}

/* The event's summary, the pieces, its body. */
bool
search_doc_text(struct db *db, int64_t doc, struct buf *out, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	enum event_kind kind;
	bool pieces = false;
	int rc;

	rc = stmt_row(&s, db, err,
		"SELECT e.kind, json_extract(e.facts, '$.summary'), "
		"CASE WHEN r.seq IS NULL THEN b.data END FROM event e "
		"LEFT JOIN body b ON b.hash=e.body LEFT JOIN removed r ON r.seq=e.seq "
		"WHERE e.seq=?1",
		"i", doc);
	if (rc <= 0)
		return rc == 0;
	kind = event_kind_of(stmt_text(&s, 0));
	if (kind == EV_COUNT || forms[kind] == FORM_NONE)
		return true;
	if (forms[kind] == FORM_RESULT && !stmt_null(&s, 1)) {
		buf_add_cut(out, slice_of(stmt_text(&s, 1)));
		buf_add_cut(out, SLICE_LIT("\n"));
	}
	if (!add_pieces(db, doc, &pieces, out, err))
		return false;
	/* The last piece of a message is among its pieces. */
	if ((forms[kind] == FORM_PIECE || forms[kind] == FORM_OUTPUT) && pieces)
		return true;
	if (pieces)
		buf_add_cut(out, SLICE_LIT("\n"));
	if (forms[kind] == FORM_JSON)
		search_json_strings(out, stmt_slice(&s, 2));
	else
		buf_add_cut(out, stmt_slice(&s, 2));
	return true;
}

bool
search_doc_of(struct db *db, int64_t seq, int64_t *ret_doc, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	enum event_kind kind;
	int rc;

	*ret_doc = 0;
	rc = stmt_row(&s, db, err,
		"SELECT e.kind, m.first, m.doc FROM event e LEFT JOIN message m ON "
		"m.task=e.task AND e.seq BETWEEN m.first AND m.last AND m.kind=e.kind AND "
		"m.key=json_extract(e.facts, CASE e.kind WHEN 'output' THEN '$.call' "
		"ELSE '$.turn' END) WHERE e.seq=?1",
		"i", seq);
	if (rc <= 0)
		return rc == 0;
	kind = event_kind_of(stmt_text(&s, 0));
	if (kind == EV_COUNT || forms[kind] == FORM_NONE || forms[kind] == FORM_STATE)
		return true;
	*ret_doc = !stmt_null(&s, 1) ? stmt_i64(&s, 2) : seq;
	return true;
}

bool
search_clear(struct db *db, struct err *err)
{
	return db_exec(db,
		"INSERT INTO search(search) VALUES('delete-all'); DELETE FROM message", err);
}
