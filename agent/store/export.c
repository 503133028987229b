/* Going through a task's events with a form. */
#include "agent/store/export.h"
#include "agent/base/i18n.h"

const struct export_form *const export_forms[] = {
	&export_markdown,
	&export_json,
	&export_cast,
};
const size_t n_export_forms = ARRAY_LEN(export_forms);

const struct export_form *
export_form_of(const char *name)
{
	size_t i;

	for (i = 0; i < n_export_forms; i++) {
		if (str_eq(export_forms[i]->name, name))
			return export_forms[i];
	}
	return NULL;
}

struct walk {
	struct export x;
	const struct export_form *form;
	export_write_fn *write;
	void *user;
	struct err *err;
	size_t n;
	bool failed;
};

static void
hand_on(struct walk *w)
{
	if (w->x.out.full)
		w->failed = !err_set(w->err, ERR_LIMIT, _("An event is too large to be exported."));
	else if (w->x.out.len)
		w->failed = !w->write(w->user, buf_slice(&w->x.out), w->err);
	buf_clear(&w->x.out);
}

static bool
on_event(void *user, const struct event *ev)
{
	struct walk *w = user;

	w->n++;
	w->form->event(&w->x, ev);
	w->x.last_time = ev->time;
	hand_on(w);
	return !w->failed;
}

static bool
keep_head(void *user, const struct task_row *row)
{
	struct task_row *head = user;

	*head = *row;
	head->request = xstrdup(row->request);
	head->state = xstrdup(row->state);
	head->engine = xstrdup(row->engine);
	head->model = xstrdup(row->model);
	head->cwd = xstrdup(row->cwd);
	return true;
}

static void
walk_finish(struct walk *w)
{
	struct task_row *h = &w->x.head;

	buf_finish(&w->x.out);
	if (w->x.single)
		return;
	free((char *)h->request);
	free((char *)h->state);
	free((char *)h->engine);
	free((char *)h->model);
	free((char *)h->cwd);
}

bool
export_task(struct journal *j, int64_t task, const struct export_form *form, export_write_fn *write,
	void *user, struct err *err)
{
	autoclean(walk_finish) struct walk w = { .form = form, .write = write, .user = user,
		.err = err, .x = { .j = j, .out = BUF_INIT(EXPORT_PIECE_MAX) } };
	struct journal_range r = { .task = task };

	if (!journal_task(j, task, keep_head, &w.x.head, err))
		return false;
	w.x.last_time = w.x.head.time;
	form->begin(&w.x);
	if (!journal_each(j, &r, on_event, &w, err) || w.failed)
		return false;
	form->end(&w.x);
	hand_on(&w);
	return !w.failed;
}

bool
export_event(struct journal *j, int64_t seq, const struct export_form *form, export_write_fn *write,
	void *user, struct err *err)
{
	autoclean(walk_finish) struct walk w = { .form = form, .write = write, .user = user,
		.err = err, .x = { .j = j, .out = BUF_INIT(EXPORT_PIECE_MAX), .single = true,
			.head = { .request = "", .state = "", .engine = "", .model = "", .cwd = "" } } };
	struct journal_range r = { .task = -1, .after_seq = seq - 1, .until_seq = seq };

	if (!form->single)
		return err_set(err, ERR_USAGE, _("The form %s shows whole tasks. Name a task, or use "
						 "the form markdown or json."),
			form->name);
	if (seq < 1 || !journal_each(j, &r, on_event, &w, err))
		return seq < 1 ? err_set(err, ERR_NOT_FOUND, _("There is no event %lld."),
					 (long long)seq)
			       : false;
	if (w.failed)
		return false;
	if (!w.n)
		return err_set(err, ERR_NOT_FOUND, _("There is no event %lld."), (long long)seq);
	form->end(&w.x);
	hand_on(&w);
	return !w.failed;
}
