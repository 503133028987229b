/* Opening, closing, and the way into the queue. */
#include <errno.h>
#include <sys/stat.h>
#include "agent/base/i18n.h"
#include "agent/base/json.h"
#include "agent/base/limits.h"
#include "agent/base/path.h"
#include "agent/store/fresh.h"
#include "agent/store/lease.h"
#include "agent/store/priv.h"
#include "agent/store/schema.h"

static bool
check_file(const char *path, struct err *err)
{
	struct stat st;

	if (stat(path, &st))
		return errno == ENOENT
			? err_set(err, ERR_NOT_FOUND,
				  _("There is no journal yet (%s). It is made when you first ask "
				    "for something."),
				  path)
			: err_sys(err, errno, _("The journal %s cannot be opened"), path);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_IO, _("%s is not a file. Move it away and start again."),
			path);
	if (st.st_size == 0)
		return err_set(err, ERR_CORRUPT,
			_("The journal %s is empty, and should never be. Put a backup in its place, "
			  "or remove it to start a new one."),
			path);
	return true;
}

static bool
migrate(struct journal *j, struct err *err)
{
	struct db db;
	bool ok;

	if (!db_open(&db, j->path, DB_WRITE, err))
		return false;
	ok = schema_bring(&db, j->path, schema_migrations, schema_n_migrations, err);
	db_close(&db);
	return ok;
}

static bool
bring_up(struct journal *j, struct err *err)
{
	int version;

	if (!j->read_only && sqlite3_db_readonly(j->db.h, "main") == 1)
		return db_fail(&j->db, SQLITE_READONLY, err);
	if (!schema_version(&j->db, &version, err)
		|| !schema_check(version, JOURNAL_SCHEMA, err))
		return false;
	if (version == JOURNAL_SCHEMA)
		return true;
	if (j->read_only)
		return err_set(err, ERR_USAGE,
			_("The journal was written by an older Homard. Start `homard` once to bring "
			  "it up to date."));
	return migrate(j, err);
}

bool
journal_open(const struct journal_opts *o, struct journal **ret, struct err *err)
{
	struct journal *j;

	if ((!o->read_only && !fresh_journal(o->path, err)) || !check_file(o->path, err))
		return false;
	j = xcalloc(1, sizeof(*j));
	j->path = xstrdup(o->path);
	j->read_only = o->read_only;
	j->loop = o->loop;
	j->clock = o->clock ? o->clock : &clock_system;
	j->redact = o->redact;
	j->redact_user = o->redact_user;
	if (!db_open(&j->db, o->path, DB_READ, err) || !bring_up(j, err)) {
		journal_close(j);
		return false;
	}
	if (!j->read_only)
		j->writer = writer_create(j->path, j->loop);
	*ret = j;
	return true;
}

static bool
release_job(struct db *db, void *arg, struct err *err)
{
	(void)arg;
	return lease_release_all(db, err);
}

void
journal_close(struct journal *j)
{
	struct err ignored = { 0 };

	if (!j)
		return;
	watch_stop(j);
	/* What is left open now is interrupted work; a lease that stays dies with the process. */
	if (j->writer && !writer_call(j->writer, release_job, NULL, &ignored))
		err_clear(&ignored);
	db_close(&j->db);
	writer_destroy(j->writer);
	free(j->path);
	free(j);
}

bool
journal_writable(struct journal *j, struct err *err)
{
	if (j->writer)
		return true;
	return err_set(err, ERR_USAGE, _("The journal was opened for reading only."));
}

/* Secrets leave facts and body before anything is queued. */
struct clean {
	struct buf facts, body;
};

static void
redact_strings(struct journal *j, cJSON *o)
{
	cJSON *c;

	for (c = o->child; c; c = c->next) {
		autobuf struct buf out = BUF_INIT(LIMIT_FACTS);

		if (cJSON_IsString(c)) {
			if (j->redact(j->redact_user, &out, slice_of(c->valuestring)))
				cJSON_SetValuestring(c, buf_str(&out));
		} else if (c->child) {
			redact_strings(j, c);
		}
	}
}

/* As a whole first, which is nearly always without effect; a redactor knows nothing of JSON, so
 * where it finds something each string is done by itself. */
static void
redact_facts(struct journal *j, struct journal_entry *e, struct buf *out)
{
	autojson cJSON *facts = NULL;
	autofree char *text = NULL;

	if (!j->redact(j->redact_user, out, e->facts))
		return;
	facts = json_parse(e->facts, NULL);
	if (!facts)
		return; /* refused by append_event */
	redact_strings(j, facts);
	text = json_print(facts);
	buf_clear(out);
	buf_add_str(out, text);
	e->facts = buf_slice(out);
}

static void
redact(struct journal *j, struct journal_entry *e, struct clean *c)
{
	buf_init(&c->facts, LIMIT_FACTS * 2);
	buf_init(&c->body, LIMIT_BODY * 2);
	if (!j->redact)
		return;
	if (e->facts.n)
		redact_facts(j, e, &c->facts);
	/* Bytes that are no text stay what they are. */
	if (e->has_body && event_kinds[e->kind].body != BODY_BYTES &&
		j->redact(j->redact_user, &c->body, e->body))
		e->body = buf_slice(&c->body);
}

static void
clean_finish(struct clean *c)
{
	buf_finish(&c->facts);
	buf_finish(&c->body);
}

void
journal_append(struct journal *j, const struct journal_entry *e, journal_done_fn *done, void *user)
{
	autoclean(clean_finish) struct clean c;
	struct journal_entry clean = *e;
	struct err err = { 0 };

	redact(j, &clean, &c);
	if (j->writer)
		writer_append(j->writer, &clean, clock_wall(j->clock), done, user);
	else if (!journal_writable(j, &err) && done)
		done(user, NULL, &err);
}

bool
journal_append_now(struct journal *j, const struct journal_entry *e, int64_t *ret_seq,
	int64_t *ret_task, struct err *err)
{
	autoclean(clean_finish) struct clean c;
	struct journal_entry clean = *e;

	redact(j, &clean, &c);
	return journal_writable(j, err)
		&& writer_append_wait(j->writer, &clean, clock_wall(j->clock), ret_seq, ret_task,
			err);
}

bool
journal_flush(struct journal *j, struct err *err)
{
	return j->writer ? writer_flush(j->writer, err) : true;
}
