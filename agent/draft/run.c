/*
 * Commands in a draft, on the loop: start homard-draft, read its records, make effects of them.
 * What may take long (moves that must be made visible, finishing the effects) is done on the
 * worker pool; everything the caller sees happens on the loop.
 */
#include "agent/draft/draft_private.h"
#include <errno.h>
#include <signal.h>
#include "agent/base/i18n.h"
#include "agent/base/limits.h"
#include "agent/base/path.h"
#include "agent/draft/records.h"
#include "agent/draft/run_spec.h"
#define LOG_MODULE "draft"
#include "agent/base/log.h"

#define OUTPUT_MAX (256ull << 20) /* a command that prints for ever is ended there */
#define STOP_MS 120               /* then the helper itself is killed */
#define HOSTS_MAX 256
#define UNMAPPED 65534u /* the kernel's default for ids that are not in the map */
#define PIECE 65536
#define PIECES_PER_TURN 8

struct draft_run {
	struct draft *draft;
	uv_loop_t *loop;
	struct child *child;
	int records_fd, spec_fd, other_end;
	uv_poll_t poll;
	uv_timer_t timer;
	uv_work_t work;
	unsigned handles;
	struct records records;
	struct slice input;
	char *input_copy;
	uint64_t printed;
	bool stopped, too_much, exited, listed, started, closing;
	struct strv hosts, refused;
	void (*output)(void *user, int which, struct slice bytes);
	void (*ended)(void *user, const struct draft_run_end *end);
	void *user;
	struct draft_run_end end;
};

static void
on_closed(uv_handle_t *h)
{
	struct draft_run *r = h->data;
	static const char *const none[] = { NULL };
	struct draft_run_end end;

	if (--r->handles)
		return;
	end = r->end;
	end.hosts = r->hosts.n ? (const char *const *)r->hosts.v : none;
	end.refused = r->refused.n ? (const char *const *)r->refused.v : none;
	r->ended(r->user, &end);
	strv_finish(&r->hosts);
	strv_finish(&r->refused);
	free(r->input_copy);
	free(r);
}

static void
close_handles(struct draft_run *r)
{
	if (r->closing)
		return;
	r->closing = true;
	records_finish(&r->records);
	close_fd_(&r->spec_fd);
	close_fd_(&r->other_end);
	if (r->poll.data) {
		uv_poll_stop(&r->poll);
		uv_close((uv_handle_t *)&r->poll, on_closed);
	}
	close_fd_(&r->records_fd);
	r->records_fd = -1;
	uv_close((uv_handle_t *)&r->timer, on_closed);
}

/* --- the end: effects are finished on a worker --- */

static void
work_effects(uv_work_t *w)
{
	struct draft_run *r = w->data;
	struct effects *e = r->end.effects;

	draft_changed(r->draft);
	if (r->listed) {
		if (!draft_effects_finish(r->draft, NULL, e, &r->end.err))
			log_debug("effects: %s", r->end.err.text);
		return;
	}
	/* The helper was killed before it could list. */
	effects_finish(e);
	if (!draft_effects(r->draft, NULL, e, &r->end.err))
		log_debug("effects: %s", r->end.err.text);
}

static void
after_effects(uv_work_t *w, UNUSED int status)
{
	close_handles(w->data);
}

static void
finish(struct draft_run *r)
{
	struct draft_run_end *end = &r->end;

	uv_timer_stop(&r->timer);
	/* A helper that had to be killed tells no exit; what it did so far counts all the same.
	 */
	if (r->started && (r->stopped || r->too_much))
		end->ran = true;
	if (!end->ran && !r->stopped && !end->err.code)
		err_set(&end->err, ERR_IO, _("The draft ended before the command began"));
	if (r->too_much)
		end->limit = DRAFT_LIMIT_OUTPUT;
	else if (r->stopped && (!r->exited || end->limit == DRAFT_LIMIT_NONE))
		end->limit = DRAFT_LIMIT_STOP;
	if (end->limit)
		end->exit = -1;
	r->work.data = r;
	/* Nothing changed: not worth a thread. */
	if (r->listed && r->end.effects->n == 0 && r->draft->n_moves == 0) {
		work_effects(&r->work);
		close_handles(r);
		return;
	}
	if (!r->started || uv_queue_work(r->loop, &r->work, work_effects, after_effects) < 0)
		close_handles(r);
}

/* --- records --- */

static void
fail_sentence(enum draft_fail code, const char *why, struct err *err)
{
	switch (code) {
	case DRAFT_FAIL_USERNS:
		err_set(err, ERR_DENIED,
			_("This machine does not allow drafts of commands (user namespaces): "
			  "%s"),
			why);
		break;
	case DRAFT_FAIL_OVERLAY:
		err_set(err, ERR_DENIED, _("These folders cannot be drafted: %s"), why);
		break;
	default:
		err_set(err, ERR_IO, _("The draft could not be made: %s"), why);
		break;
	}
}

static void
add_host(struct draft_run *r, const struct draft_record *rec, const char *host)
{
	struct strv *list = rec->flags ? &r->refused : &r->hosts;

	if (list->n < HOSTS_MAX && !strv_has(list, host))
		strv_add(list, host);
}

/* Inside the namespace other people's files have no owner: ask here, where they have. */
static void
mend_owner(int dir, const char *rel, struct draft_print *p)
{
	struct stat st;

	if (!p->mode || (p->uid != UNMAPPED && p->gid != UNMAPPED) ||
		fstatat(dir, rel, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	p->uid = st.st_uid;
	p->gid = st.st_gid;
}

static void
add_effect(
	struct draft_run *r, const struct draft_record *rec, const char *rel, const char *from)
{
	struct draft_record own = *rec;
	autofree char *path = NULL;

	if (rec->root >= r->draft->n_roots)
		return;
	mend_owner(r->draft->roots[rec->root].real_fd, rel, &own.pre);
	mend_owner(r->draft->roots[rec->root].upper_fd, rel, &own.post);
	path = *rel ? path_join(r->draft->roots[rec->root].real, rel)
		    : xstrdup(r->draft->roots[rec->root].real);
	effects_add_record(r->end.effects, &own, path, from);
}

static void
on_record(void *user, const struct draft_record *rec, const char *path, const char *from)
{
	struct draft_run *r = user;

	switch (rec->kind) {
	case DRAFT_FAIL:
		r->end.fail = (enum draft_fail)rec->mode;
		fail_sentence(r->end.fail, path, &r->end.err);
		break;
	case DRAFT_EXIT:
		r->exited = r->end.ran = true;
		uv_timer_stop(&r->timer);
		r->end.exit = rec->exit;
		r->end.signal = rec->signal;
		r->end.limit = (enum draft_limit)rec->limit;
		break;
	case DRAFT_HOST:
		add_host(r, rec, path);
		break;
	case DRAFT_LIST_END:
		r->listed = true;
		break;
	case DRAFT_PROBE:
		break;
	default:
		add_effect(r, rec, path, from);
		break;
	}
}

static void
read_records(struct draft_run *r, unsigned pieces)
{
	char piece[PIECE];

	while (pieces-- && r->records_fd >= 0) {
		ssize_t n = read(r->records_fd, piece, sizeof(piece));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0 || !records_feed(&r->records, piece, (size_t)n)) {
			uv_poll_stop(&r->poll);
			close_fd_(&r->records_fd);
			r->records_fd = -1;
			return;
		}
	}
}

static void
on_readable(uv_poll_t *h, UNUSED int status, UNUSED int events)
{
	read_records(h->data, PIECES_PER_TURN);
}

/* --- the helper --- */

static void
on_output(void *user, int which, struct slice bytes)
{
	struct draft_run *r = user;

	r->printed += bytes.n;
	if (r->printed > OUTPUT_MAX && !r->too_much) {
		r->too_much = true;
		draft_run_stop(r);
	}
	if (r->output && !r->too_much)
		r->output(r->user, which, bytes);
}

static void
on_child_ended(void *user, const struct child_end *end)
{
	struct draft_run *r = user;

	r->child = NULL;
	/* It is gone, so everything it wrote is in the pipe. */
	read_records(r, UINT32_MAX);
	if (end->exit != 0 && !r->exited)
		log_debug("homard-draft: exit %d signal %d", end->exit, end->signal);
	finish(r);
}

static void
on_stop_late(uv_timer_t *t)
{
	struct draft_run *r = t->data;

	if (r->child)
		child_stop(r->child, 0);
}

void
draft_run_stop(struct draft_run *r)
{
	if (!r->too_much)
		r->stopped = true;
	if (!r->child || r->exited)
		return;
	/* The helper kills the draft at once and then lists; were it stuck, killing it kills
	 * the draft too. Not the group: pid 1 of the draft is in it and must not be disturbed.
	 */
	kill(child_pid(r->child), SIGTERM);
	uv_update_time(r->loop);
	uv_timer_start(&r->timer, on_stop_late, STOP_MS, 0);
}

static bool
start_helper(struct draft_run *r, struct err *err)
{
	struct child_opts o = { .argv = (const char *const[]){ r->draft->helper, "run", NULL },
		.input = r->input,
		.extra_fd = r->spec_fd,
		.extra_fd2 = r->other_end,
		.output = on_output,
		.ended = on_child_ended,
		.user = r };

	if (!child_start(r->loop, &o, &r->child, err))
		return false;
	r->started = true;
	close_fd_(&r->other_end);
	r->other_end = -1;
	close_fd_(&r->spec_fd);
	r->spec_fd = -1;
	return uv_poll_start(&r->poll, UV_READABLE, on_readable) == 0;
}

static void
start_or_end(struct draft_run *r)
{
	if (!r->end.err.code && !r->stopped && start_helper(r, &r->end.err))
		return;
	if (!r->child)
		finish(r);
}

/* --- before it: pending moves become visible --- */

static void
work_prepare(uv_work_t *w)
{
	struct draft_run *r = w->data;

	if (!draft_materialise(r->draft, &r->end.err) && !r->end.err.code)
		err_set(&r->end.err, ERR_IO,
			_("The moved files could not be shown to the command"));
}

static void
after_prepare(uv_work_t *w, UNUSED int status)
{
	start_or_end(w->data);
}

static bool
make_pipe(struct draft_run *r, struct err *err)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, errno, _("Cannot start a draft"));
	r->records_fd = ends[0];
	r->other_end = ends[1];
	fcntl(r->records_fd, F_SETFL, O_NONBLOCK);
	/* Long lists go through here: fewer, larger turns. Refusal does no harm. */
	(void)fcntl(r->records_fd, F_SETPIPE_SZ, 1 << 20);
	return true;
}

static void
free_unstarted(struct draft_run *r)
{
	close_fd_(&r->records_fd);
	close_fd_(&r->other_end);
	close_fd_(&r->spec_fd);
	records_finish(&r->records);
	free(r->end.effects);
	free(r->input_copy);
	free(r);
}

bool
draft_run(struct draft *d, uv_loop_t *loop, const struct draft_run_opts *o,
	struct draft_run **ret, struct err *err)
{
	struct draft_run *r;

	if (!d->helper)
		return err_set(err, ERR_NOT_FOUND,
			_("Commands cannot be drafted: the program homard-draft is not "
			  "installed"));
	if (!o->argv || !o->argv[0])
		return err_set(err, ERR_USAGE, _("There is no command to run"));
	if (!draft_begin_act(d, err))
		return false;
	r = xcalloc(1, sizeof(*r));
	*r = (struct draft_run){ .draft = d,
		.loop = loop,
		.records_fd = -1,
		.spec_fd = -1,
		.other_end = -1,
		.output = o->output,
		.ended = o->ended,
		.user = o->user,
		.end = { .exit = -1, .effects = xcalloc(1, sizeof(struct effects)) } };
	records_init(&r->records, on_record, r);
	r->spec_fd = run_spec_make(d, o, err);
	if (r->spec_fd < 0 || !make_pipe(r, err) ||
		uv_poll_init(loop, &r->poll, r->records_fd) < 0) {
		free_unstarted(r);
		return false;
	}
	uv_timer_init(loop, &r->timer);
	r->poll.data = r->timer.data = r->work.data = r;
	r->handles = 2;
	r->input_copy = o->input.n ? slice_dup(o->input) : NULL;
	r->input = (struct slice){ r->input_copy, o->input.n };
	*ret = r;
	if (d->n_moves == 0 || uv_queue_work(loop, &r->work, work_prepare, after_prepare) < 0)
		start_or_end(r);
	return true;
}
