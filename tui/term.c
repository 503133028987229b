/* Opening, closing, sizes and the one write per frame. */
#include <curses.h>
#include "tui/term_priv.h"
#include "agent/base/i18n.h"
#include "tui/term_info.h"
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#define SYNC_BEGIN "\033[?2026h"
#define SYNC_END "\033[?2026l"

/* The shell shares our descriptors' flags: a second opening of the same terminal may be
 * non-blocking without the shell ever noticing. */
static int
open_again(bool *ret_own)
{
	const char *name = ttyname(0);
	int fd = name ? open(name, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;

	*ret_own = fd >= 0;
	return fd >= 0 ? fd : STDOUT_FILENO;
}

void
term_size(const struct term *t, int *ret_rows, int *ret_cols)
{
	struct winsize ws = { 0 };

	ioctl(t->fd, TIOCGWINSZ, &ws);
	*ret_rows = ws.ws_row ? MIN_OF(ws.ws_row, CANVAS_MAX) : 24;
	*ret_cols = ws.ws_col ? MIN_OF(ws.ws_col, CANVAS_MAX) : 80;
}

static void
set_raw(const struct term *t)
{
	struct termios raw;

	if (tcgetattr(t->fd, &raw) < 0)
		return;
	cfmakeraw(&raw);
	tcsetattr(t->fd, TCSANOW, &raw);
}

static SCREEN *
new_screen(struct term *t, const char *name, const char *info)
{
	char *old = xstrdup0(getenv("TERMINFO"));
	SCREEN *s;

	if (info)
		setenv("TERMINFO", info, 1);
	s = newterm(name, t->mem, stdin);
	if (info && old)
		setenv("TERMINFO", old, 1);
	else if (info)
		unsetenv("TERMINFO");
	free(old);
	return s;
}

/* Our own entry for terminals that speak like xterm; the machine's for the others. */
static SCREEN *
any_screen(struct term *t)
{
	const char *name = getenv("TERM");
	SCREEN *s = NULL;

	if (t->traits.depth == DEPTH_TRUE)
		s = new_screen(t, "homard-direct", term_info_direct);
	if (!s && (t->traits.depth == DEPTH_256 || (name && str_starts(name, "xterm"))))
		s = new_screen(t, "homard-256", term_info_256);
	if (!s)
		s = new_screen(t, NULL, NULL);
	if (!s)
		s = new_screen(t, "homard-256", term_info_256);
	return s;
}

static bool
start_curses(struct term *t, struct err *err)
{
	char n[16];

	t->mem_fd = memfd_create("homard-frame", MFD_CLOEXEC);
	if (t->mem_fd < 0 || !(t->mem = fdopen(t->mem_fd, "w")))
		return err_sys(err, errno, _("cannot prepare the screen"));
	/* A memory file has no window size, so curses is told by the environment. */
	snprintf(n, sizeof(n), "%d", t->rows);
	setenv("LINES", n, 1);
	snprintf(n, sizeof(n), "%d", t->cols);
	setenv("COLUMNS", n, 1);
	t->screen = any_screen(t);
	unsetenv("LINES");
	unsetenv("COLUMNS");
	if (!t->screen)
		return err_set(err, ERR_USAGE,
			_("this terminal cannot show a screen; try TERM=xterm-256color"));
	if (t->traits.depth != DEPTH_MONO && has_colors()) {
		start_color();
		use_default_colors();
		if (COLORS < 256 && t->traits.depth > DEPTH_16)
			t->traits.depth = DEPTH_16;
	} else {
		t->traits.depth = DEPTH_MONO;
	}
	typeahead(-1);
	/* Ours; curses' own would only restore its half. */
	signal(SIGTSTP, SIG_DFL);
	return true;
}

bool
term_open(const struct term_opts *o, struct term **ret, struct err *err)
{
	struct termios original;
	struct term *t;

	if (o->traits.dumb || !isatty(0) || !isatty(1) || tcgetattr(0, &original) < 0)
		return err_set(err, ERR_USAGE, _("no terminal here for the screen"));
	t = xcalloc(1, sizeof(*t));
	t->traits = o->traits;
	t->mouse = o->mouse;
	t->queries = o->queries && o->traits.osc;
	t->mem_fd = -1;
	t->progress = -2;
	buf_init(&t->extra, 1u << 20);
	buf_init(&t->out, TERM_OUT_MAX);
	t->fd = open_again(&t->own_fd);
	term_size(t, &t->rows, &t->cols);
	if (!start_curses(t, err)) {
		term_close(t);
		return false;
	}
	crash_arm(t->fd, &original);
	term_enter(t);
	*ret = t;
	return true;
}

void
term_close(struct term *t)
{
	if (!t)
		return;
	if (t->entered)
		term_leave(t);
	if (t->screen) {
		endwin(); /* into the memory file, where nobody reads it */
		delscreen(t->screen);
		crash_disarm();
	}
	if (t->mem)
		fclose(t->mem);
	else if (t->mem_fd >= 0)
		close(t->mem_fd);
	draw_forget(t);
	free(t->row);
	free(t->title);
	buf_finish(&t->extra);
	buf_finish(&t->out);
	if (t->own_fd)
		close(t->fd);
	free(t);
}

void
term_enter(struct term *t)
{
	set_raw(t);
	crash_set_entered(true);
	t->entered = true;
	if (t->traits.osc)
		buf_add_str(&t->extra, term_enter_sequence);
	else
		buf_add_str(&t->extra, "\033[?1049h");
	if (t->mouse)
		buf_add_str(&t->extra, "\033[?1002h\033[?1006h");
	/* A line character in row 2, then "where is the cursor": column 3 means it is wide here.
	 * Asked from row 2 because an answer for row 1 reads like a modified F3; where there is no
	 * row 2 it is not asked. */
	if (t->queries && !t->asked) {
		int rows, cols;

		term_size(t, &rows, &cols);
		if (rows > 1)
			buf_add_str(&t->extra, "\033[2;1H─\033[6n\r\033[K");
		buf_add_str(&t->extra, "\033]11;?\033\\\033[c");
	}
	t->asked = true;
	term_redraw_all(t);
}

/* Whatever is pending is worthless for the next program; the restore sequence is not. */
void
term_leave(struct term *t)
{
	buf_clear(&t->out);
	t->out_done = 0;
	if (t->progress != -2) {
		term_progress(t, -2);
		term_flush(t);
	}
	buf_clear(&t->extra);
	crash_restore();
	t->entered = false;
	t->cursor = TERM_CURSOR_DEFAULT;
	free(t->title);
	t->title = NULL;
}

void
term_mouse(struct term *t, bool on)
{
	if (t->mouse == on)
		return;
	t->mouse = on;
	if (t->entered)
		buf_add_str(&t->extra, on ? "\033[?1002h\033[?1006h" : "\033[?1006l\033[?1002l");
}

int
term_fd(const struct term *t)
{
	return t->fd;
}

const struct term_traits *
term_traits(const struct term *t)
{
	return &t->traits;
}

uint64_t
term_bytes(const struct term *t)
{
	return t->bytes;
}

bool
term_gone(const struct term *t)
{
	return t->gone;
}

bool
term_pending(const struct term *t)
{
	return t->out.len > t->out_done;
}

void
term_resize(struct term *t, int rows, int cols)
{
	t->rows = MIN_OF(MAX_OF(rows, 1), CANVAS_MAX);
	t->cols = MIN_OF(MAX_OF(cols, 1), CANVAS_MAX);
	resizeterm(t->rows, t->cols);
	term_redraw_all(t);
}

void
term_redraw_all(struct term *t)
{
	t->all = true;
}

bool
term_write_more(struct term *t)
{
	while (term_pending(t) && !t->gone) {
		ssize_t k = write(t->fd, t->out.p + t->out_done, t->out.len - t->out_done);

		if (k > 0) {
			t->out_done += (size_t)k;
			t->bytes += (uint64_t)k;
		} else if (k < 0 && errno == EINTR) {
			continue;
		} else if (k < 0 && errno == EAGAIN && t->own_fd) {
			return true;
		} else if (k < 0 && errno == EAGAIN) {
			struct pollfd f = { t->fd, POLLOUT, 0 };

			poll(&f, 1, 100);
		} else {
			t->gone = true;
		}
	}
	buf_clear(&t->out);
	t->out_done = 0;
	return !t->gone;
}

/* Takes what curses wrote into the memory file. */
static void
take_frame(struct term *t)
{
	off_t n = lseek(t->mem_fd, 0, SEEK_CUR);
	size_t at = t->out.len;
	char chunk[16384];

	for (off_t done = 0; done < n;) {
		ssize_t k = pread(t->mem_fd, chunk, sizeof(chunk), done);

		if (k <= 0)
			break;
		buf_add(&t->out, chunk, (size_t)k);
		done += k;
	}
	if (t->out.full) {
		buf_truncate(&t->out, at);
		t->out.full = false;
		t->all = true;
	}
	if (n > 0 && ftruncate(t->mem_fd, 0) == 0)
		lseek(t->mem_fd, 0, SEEK_SET);
}

void
term_draw(struct term *t, const struct canvas *c, paint_fn *paint, void *user)
{
	size_t head;

	if (!t->entered || t->gone || term_pending(t))
		return;
	/* Queries and modes first: the frame must stand on the right screen. */
	buf_add_slice(&t->out, buf_slice(&t->extra));
	buf_clear(&t->extra);
	head = t->out.len;
	buf_add_str(&t->out, SYNC_BEGIN);
	draw_frame(t, c, paint, user);
	take_frame(t);
	buf_add_slice(&t->out, buf_slice(&t->extra));
	buf_clear(&t->extra);
	if (t->out.len == head + strlen(SYNC_BEGIN))
		buf_truncate(&t->out, head);
	else
		buf_add_str(&t->out, SYNC_END);
	term_write_more(t);
}

void
term_flush(struct term *t)
{
	buf_add_slice(&t->out, buf_slice(&t->extra));
	buf_clear(&t->extra);
	term_write_more(t);
}
