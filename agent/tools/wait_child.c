/* A loop for one child. */
#include "agent/tools/wait_child.h"
#include "agent/tools/util.h"

#define ERROR_MAX 8192
#define LOOK_MS 50 /* only while a child runs */

struct waiting {
	struct wait_child *w;
	struct child *child;
	uv_timer_t look;
	bool ended, cancelled;
};

static void
on_output(void *user, int which, struct slice bytes)
{
	struct waiting *x = user;
	struct wait_child *w = x->w;

	if (which == 2) {
		bytes.n = MIN_OF(bytes.n, w->error.max - w->error.len);
		buf_add_slice(&w->error, bytes);
		return;
	}
	if (w->full)
		return;
	if (w->output)
		w->full = !w->output(w->user, bytes);
	else if (w->max && !buf_add_slice(&w->out, bytes))
		w->full = true;
	if (w->full)
		child_stop(x->child, 0);
}

static void
on_ended(void *user, const struct child_end *end)
{
	struct waiting *x = user;

	x->w->end = *end;
	x->ended = true;
	x->child = NULL;
	if (!uv_is_closing((uv_handle_t *)&x->look))
		uv_close((uv_handle_t *)&x->look, NULL);
}

static void
on_look(uv_timer_t *t)
{
	struct waiting *x = t->data;

	if (!x->cancelled && x->child && !tool_going(x->w->ctx, NULL)) {
		x->cancelled = true;
		child_stop(x->child, 0);
	}
}

bool
wait_child_run(struct wait_child *w, struct err *err)
{
	struct waiting x = { .w = w };
	const struct child_opts o = {
		.argv = w->argv,
		.env = w->env,
		.cwd = w->cwd,
		.input = w->input,
		.extra_fd = w->fd,
		.wall_ms = w->wall_ms,
		.output = on_output,
		.ended = on_ended,
		.user = &x,
		.extra_fd2 = w->fd2,
	};
	uv_loop_t loop;
	bool ok;

	buf_init(&w->out, w->max);
	buf_init(&w->error, ERROR_MAX);
	if (uv_loop_init(&loop) != 0)
		return err_set(err, ERR_LIMIT,
			_("Too many files are open; close something and try again."));
	uv_timer_init(&loop, &x.look);
	x.look.data = &x;
	uv_timer_start(&x.look, on_look, LOOK_MS, LOOK_MS);
	ok = child_start(&loop, &o, &x.child, err);
	if (!ok)
		uv_close((uv_handle_t *)&x.look, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	return ok && tool_going(w->ctx, err);
}

void
wait_child_finish(struct wait_child *w)
{
	buf_finish(&w->out);
	buf_finish(&w->error);
}

bool
wait_child_exists(const char *program)
{
	const char *path = getenv("PATH");
	struct slice rest = slice_of(path ? path : "/usr/local/bin:/usr/bin:/bin");

	while (rest.p) {
		struct slice dir = slice_cut(&rest, ':');
		autofree char *full = xasprintf("%.*s/%s", SLICE_FMT(dir), program);

		if (dir.n && access(full, X_OK) == 0)
			return true;
	}
	return false;
}
