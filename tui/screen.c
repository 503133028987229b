/* The loop: terminal, signals, timers, frames. */
#include "tui/screen_priv.h"
#include "agent/base/log.h"
#include "agent/base/sanitize.h"
#include "agent/store/knowledge.h"
#include "tui/cmd_model.h"
#include "tui/lobster.h"
#include "tui/notify.h"
#include "tui/words.h"
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/wait.h>

#define FRAME_NS 16600000ull /* 60 frames a second */
#define KEY_NS 2000000ull    /* what a person did shows at once */
/* A frame that costs much is followed by a longer pause: a flood of text scrolls the whole screen
 * every time, and nobody reads that at 60 frames a second. */
#define NS_PER_BYTE 15000ull
#define FRAME_MAX_NS 60000000ull
#define TICK_MS 100
#define HANDLES 11

int64_t
screen_now(struct screen *s)
{
	return clock_mono(s->cli->clock);
}

void
screen_dirty(struct screen *s)
{
	s->dirty = true;
}

void
screen_leave(struct screen *s, int exit)
{
	s->quit = true;
	s->exit = exit;
	session_leave(&s->session, exit);
}

void
screen_say(struct screen *s, enum role role, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	free(s->message);
	s->message = sanitize_dup(line, SANITIZE_LINE);
	s->message_role = role;
	free(s->error_details);
	s->error_details = NULL;
	screen_dirty(s);
}

void
screen_error(struct screen *s, const struct err *err)
{
	screen_say(s, ROLE_ERROR, "✗ %s", err->text[0] ? err->text : _("that did not work"));
	s->error_details = xstrdup(err->text);
	log_warn("screen: %s", err->text);
}

/* --- frames --- */

static bool
is_animated(const struct screen *s)
{
	const struct fold *f = s->live;

	return s->focused_terminal && (s->started || (f && (f->state == FOLD_THINKING ||
			f->state == FOLD_ACTING || f->state == FOLD_COMMITTING)));
}

static void
on_frame_timer(uv_timer_t *t)
{
	struct screen *s = t->data;

	screen_draw(s);
}

static void
on_tick(uv_timer_t *t)
{
	struct screen *s = t->data;

	s->spin++;
	screen_dirty(s);
}

/* Before the loop sleeps: a frame when one is due, else a timer for it. */
static void
on_prepare(uv_prepare_t *p)
{
	struct screen *s = p->data;
	uint64_t now = uv_hrtime(), gap = MAX_OF(FRAME_NS, MIN_OF(s->frame_bytes * NS_PER_BYTE, FRAME_MAX_NS));
	int wait;

	if (s->urgent)
		gap = KEY_NS;

	if (s->dirty && !s->quit) {
		if (now - s->last_frame >= gap)
			screen_draw(s);
		else if (s->urgent || !uv_is_active((uv_handle_t *)&s->frame_timer))
			uv_timer_start(&s->frame_timer, on_frame_timer,
				(gap - (now - s->last_frame)) / 1000000 + 1, 0);
	}
	if (is_animated(s) != (bool)uv_is_active((uv_handle_t *)&s->tick_timer)) {
		if (is_animated(s))
			uv_timer_start(&s->tick_timer, on_tick, TICK_MS, TICK_MS);
		else
			uv_timer_stop(&s->tick_timer);
	}
	wait = guard_wait(&s->approval.guard, screen_now(s));
	if (wait >= 0 && !uv_is_active((uv_handle_t *)&s->guard_timer))
		uv_timer_start(&s->guard_timer, s->guard_timer.timer_cb, (uint64_t)wait, 0);
}

/* --- the terminal's bytes --- */

static void
watch_terminal(struct screen *s)
{
	int events = UV_READABLE | (term_pending(s->term) ? UV_WRITABLE : 0);

	uv_poll_start(&s->poll, events, s->poll.poll_cb);
}

static void
on_input_timer(uv_timer_t *t)
{
	struct screen *s = t->data;

	input_timeout(s->input);
	s->urgent = true;
	screen_dirty(s);
}

/* Everything that has arrived. False when the terminal is gone. */
static bool
read_all(struct screen *s)
{
	char chunk[16384];
	ssize_t n;

	for (int rounds = 0; rounds < 64; rounds++) {
		n = read(term_fd(s->term), chunk, sizeof(chunk));
		if (n > 0)
			input_feed(s->input, chunk, (size_t)n);
		else if (n < 0 && errno == EINTR)
			continue;
		else
			return n < 0 && errno == EAGAIN;
		if (n < (ssize_t)sizeof(chunk))
			break;
	}
	return true;
}

/* Esc would stop a model in the middle of its words (cmd_escape), and the terminal is not behind a
 * network, where the bytes of one key may come apart. */
static bool
escape_stops_stream(const struct screen *s)
{
	return !s->far && s->live && s->live->state == FOLD_THINKING && !s->n_overlays && !s->complete.n &&
		s->zoom == PANE_INPUT && s->focus == PANE_INPUT && !s->viewing && !s->find_words;
}

void
screen_read_input(struct screen *s)
{
	int wait;

	if (!read_all(s)) {
		screen_leave(s, 129);
		return;
	}
	input_hurry(s->input, escape_stops_stream(s));
	wait = input_wait_ms(s->input);
	if (wait < 0)
		uv_timer_stop(&s->input_timer);
	else
		uv_timer_start(&s->input_timer, on_input_timer, (uint64_t)wait, 0);
}

static void
on_terminal(uv_poll_t *p, int status, int events)
{
	struct screen *s = p->data;

	if (status < 0 || events & UV_DISCONNECT) {
		screen_leave(s, 129);
		return;
	}
	if (events & UV_WRITABLE) {
		if (!term_write_more(s->term)) {
			screen_leave(s, 129);
			return;
		}
		if (!term_pending(s->term))
			approval_frame_written(s);
	}
	if (events & UV_READABLE)
		screen_read_input(s);
	if (term_gone(s->term))
		screen_leave(s, 129);
}

/* The quiet time is over. Keys pressed during it may still lie in the terminal's buffer: they are
 * read first, while nothing can be decided yet, and start the time anew if they tried to. */
static void
on_guard_timer(uv_timer_t *t)
{
	struct screen *s = t->data;
	int64_t due = s->approval.guard.due;

	screen_read_input(s);
	if (s->approval.guard.due == due)
		guard_arm(&s->approval.guard, screen_now(s));
	screen_dirty(s);
}

static void
on_draft_timer(uv_timer_t *t)
{
	struct screen *s = t->data;
	autofree char *text = NULL;

	if (!s->agent || edit_revision(s->edit) == s->draft_revision)
		return;
	s->draft_revision = edit_revision(s->edit);
	text = edit_text(s->edit);
	agent_note(s->agent, EV_INPUT, "{}", text);
}

/* --- signals --- */

static void
take_size(struct screen *s)
{
	int rows, cols;
	bool ascii = s->canvas->ascii;

	term_size(s->term, &rows, &cols);
	term_resize(s->term, rows, cols);
	canvas_resize(s->canvas, rows, cols);
	s->canvas->ascii = ascii;
	screen_dirty(s);
}

static void
on_winch(uv_signal_t *h, int signo)
{
	(void)signo;
	take_size(h->data);
}

static void
stop_self(struct screen *s)
{
	term_leave(s->term);
	kill(getpid(), SIGSTOP);
	/* Here again after SIGCONT. */
	term_enter(s->term);
	take_size(s);
}

static void
on_stop(uv_signal_t *h, int signo)
{
	(void)signo;
	stop_self(h->data);
}

static void
on_continue(uv_signal_t *h, int signo)
{
	struct screen *s = h->data;

	(void)signo;
	term_redraw_all(s->term);
	take_size(s);
}

static void
on_session_signal(struct session *session, int signo)
{
	struct screen *s = session->user;

	screen_leave(s, signo == SIGINT ? 130 : 128 + signo);
}

/* Another program gets the terminal; the loop waits for it, as the person does. */
void
screen_shell_out(struct screen *s, const char *const *argv)
{
	pid_t pid;
	int status;

	term_leave(s->term);
	pid = fork();
	if (pid == 0) {
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		unsetenv("GNUTLS_NO_IMPLICIT_INIT"); /* ours (agent/net/curl_lib.c) */
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	term_enter(s->term);
	take_size(s);
	if (pid < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 127))
		screen_say(s, ROLE_ERROR, _("%s could not be started"), argv[0]);
}

/* --- life --- */

static void
start_timer(struct screen *s, uv_timer_t *t, uv_timer_cb cb)
{
	uv_timer_init(&s->session.loop, t);
	t->data = s;
	t->timer_cb = cb;
}

static void
start_signal(struct screen *s, uv_signal_t *h, uv_signal_cb cb, int signo)
{
	uv_signal_init(&s->session.loop, h);
	h->data = s;
	uv_signal_start(h, cb, signo);
}

static void
start_handles(struct screen *s)
{
	uv_loop_t *loop = &s->session.loop;

	uv_poll_init(loop, &s->poll, term_fd(s->term));
	s->poll.data = s;
	s->poll.poll_cb = on_terminal;
	start_timer(s, &s->frame_timer, on_frame_timer);
	start_timer(s, &s->tick_timer, on_tick);
	start_timer(s, &s->input_timer, on_input_timer);
	start_timer(s, &s->guard_timer, on_guard_timer);
	start_timer(s, &s->draft_timer, on_draft_timer);
	start_timer(s, &s->notify_timer, notify_on_timer);
	uv_prepare_init(loop, &s->prepare);
	s->prepare.data = s;
	uv_prepare_start(&s->prepare, on_prepare);
	start_signal(s, &s->sigwinch, on_winch, SIGWINCH);
	start_signal(s, &s->sigtstp, on_stop, SIGTSTP);
	start_signal(s, &s->sigcont, on_continue, SIGCONT);
	watch_terminal(s);
}

static void
close_handles(struct screen *s)
{
	uv_handle_t *const all[HANDLES] = { (uv_handle_t *)&s->poll, (uv_handle_t *)&s->frame_timer,
		(uv_handle_t *)&s->tick_timer, (uv_handle_t *)&s->input_timer,
		(uv_handle_t *)&s->guard_timer, (uv_handle_t *)&s->draft_timer,
		(uv_handle_t *)&s->prepare, (uv_handle_t *)&s->sigwinch, (uv_handle_t *)&s->sigtstp,
		(uv_handle_t *)&s->sigcont, (uv_handle_t *)&s->notify_timer };

	for (size_t i = 0; i < HANDLES; i++)
		uv_close(all[i], NULL);
}

static bool
add_request(void *user, const struct task_row *row)
{
	strv_add(user, row->request);
	return true;
}

/* What was typed when the program ended, and what was sent before. */
static void
restore_input(struct screen *s)
{
	struct task_filter f = { .limit = 200 };
	autostrv struct strv requests = { 0 };
	autofree char *draft = input_draft(s->journal, NULL);

	journal_tasks(s->journal, &f, add_request, &requests, NULL);
	for (size_t i = requests.n; i > 0; i--)
		edit_history_add(s->edit, requests.v[i - 1]);
	if (draft && *draft && edit_is_empty(s->edit))
		edit_set(s->edit, draft);
	s->draft_revision = edit_revision(s->edit);
	s->complete_revision = edit_revision(s->edit);
}

static void
tell_interrupted(struct screen *s)
{
	size_t n = 0;
	const int64_t *tasks = agent_interrupted(s->agent, &n);

	if (n)
		screen_say(s, ROLE_WARN,
			ngettext_("task %lld was interrupted; /resume goes on with it",
				"%2$zu tasks were interrupted, the newest is %1$lld; /resume goes on with it", n),
			(long long)tasks[n - 1], n);
}

/* Looking at the sandbox costs some milliseconds: after the first frame. */
static void
look_for_banner(void *user)
{
	struct screen *s = user;

	s->banner = agent_banner(s->agent);
	model_look_around(s);
	agent_warm(s->agent);
	lobster_grow(s);
	screen_dirty(s);
}

static bool
start_agent(struct screen *s, struct err *err)
{
	if (!session_begin(&s->session, s->cli, "screen", true, false, err))
		return false;
	s->has_session = true;
	s->session.on_signal = on_session_signal;
	s->session.user = s;
	s->agent = s->session.agent;
	s->journal = agent_journal(s->agent);
	agent_subscribe(s->agent, screen_on_event, s);
	restore_input(s);
	tell_interrupted(s);
	agent_defer(s->agent, look_for_banner, s);
	return true;
}

void
screen_init(struct screen *s, struct cli *c)
{
	struct blocks_source src = transcript_source;

	memset(s, 0, sizeof(*s));
	s->cli = c;
	s->theme_dir_own = path_join(c->places->config, "themes");
	s->theme_dir_share = path_join(c->places->share, "themes");
	s->theme_dirs[0] = s->theme_dir_own;
	s->theme_dirs[1] = s->theme_dir_share;
	s->edit = edit_create();
	edit_set_vi(s->edit, config_bool(c->config, "ui.vi"));
	s->input = input_create(screen_on_input, s);
	src.user = s;
	s->blocks = blocks_create(&src);
	lines_init(&s->approval.lines);
	s->approval.diff_of = -1;
	s->approval.list.sel = -1;
	s->cursor_block = SIZE_MAX;
	s->focused_terminal = true;
	s->far = getenv("SSH_CONNECTION") || getenv("SSH_TTY");
	s->lobster = config_bool(c->config, "ui.lobster");
}

void
screen_finish(struct screen *s)
{
	overlay_clear(s);
	for (size_t i = 0; i < s->n_folds; i++)
		fold_destroy(s->folds[i]);
	for (size_t i = 0; i < s->n_kept; i++)
		fold_destroy(s->kept[i]);
	blocks_destroy(s->blocks);
	edit_destroy(s->edit);
	input_destroy(s->input);
	keymap_finish(&s->keymap);
	theme_destroy(s->theme);
	canvas_destroy(s->canvas);
	lines_finish(&s->approval.lines);
	free(s->approval.take);
	free(s->approval.diff);
	free(s->approval.row_item);
	strv_finish(&s->complete);
	free(s->message);
	free(s->error_details);
	free(s->find_words);
	free(s->model_hint);
	strv_finish(&s->local_servers);
	free(s->note.title);
	free(s->note.body);
	free(s->theme_dir_own);
	free(s->theme_dir_share);
}

/* What stays in the normal scrollback. */
static void
say_goodbye(struct screen *s)
{
	const struct fold *f = s->live;
	autofree char *request = NULL;

	if (!f || !f->request)
		return;
	request = sanitize_elide(f->request, 60);
	printf(_("homard: task %lld, %s: %s\n"), (long long)f->task, fold_state_word(f->state), request);
	if (!fold_is_ended(f))
		printf(_("go on with: homard, then /resume %lld\n"), (long long)f->task);
	else
		printf(_("look at it again: homard show %lld\n"), (long long)f->task);
}

int
screen_main(struct cli *c)
{
	struct screen *s = xmalloc(sizeof(*s));
	struct err err = { 0 };
	int ret;

	screen_init(s, c);
	if (!screen_open_terminal(s, &err)) {
		screen_finish(s);
		free(s);
		return -1;
	}
	screen_read_keys(s);
	screen_draw(s); /* before the journal is opened: the person sees something at once */
	if (!start_agent(s, &err)) {
		term_close(s->term);
		if (s->has_session)
			session_end(&s->session);
		screen_finish(s);
		free(s);
		return cli_fail(c, NULL, &err);
	}
	start_handles(s);
	screen_dirty(s);
	while (!s->quit) {
		uv_run(&s->session.loop, UV_RUN_ONCE);
		if (s->session.done)
			s->quit = true;
		if (!s->quit && term_pending(s->term) != s->poll_writable) {
			s->poll_writable = term_pending(s->term);
			watch_terminal(s);
		}
	}
	on_draft_timer(&s->draft_timer);
	ret = s->exit;
	notify_drop(s);
	close_handles(s);
	term_close(s->term);
	s->term = NULL;
	say_goodbye(s);
	session_end(&s->session);
	screen_finish(s);
	free(s);
	return ret;
}
