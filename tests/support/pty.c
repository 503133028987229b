#include "tests/support/pty.h"
#include "agent/base/utf8.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <vterm.h>

struct pty {
	int fd;
	pid_t pid;
	bool ended, reaped;
	int status;
	VTerm *vt;
	VTermScreen *screen;
	int rows, cols;
	bool alt, visible;
	int mouse;
	const char *background;
	struct buf raw;
};

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void
pty_send_n(struct pty *p, const char *s, size_t n)
{
	while (n > 0) {
		ssize_t k = write(p->fd, s, n);

		if (k > 0) {
			s += k;
			n -= (size_t)k;
		} else if (k < 0 && errno == EAGAIN) {
			/* The child may be blocked on its own output. */
			if (pty_pump(p, 20) < 0)
				return;
		} else if (errno != EINTR) {
			return;
		}
	}
}

void
pty_send(struct pty *p, const char *s)
{
	pty_send_n(p, s, strlen(s));
}

static void
on_output(const char *s, size_t n, void *user)
{
	pty_send_n(user, s, n);
}

static int
on_prop(VTermProp prop, VTermValue *v, void *user)
{
	struct pty *p = user;

	if (prop == VTERM_PROP_ALTSCREEN)
		p->alt = v->boolean;
	else if (prop == VTERM_PROP_CURSORVISIBLE)
		p->visible = v->boolean;
	else if (prop == VTERM_PROP_MOUSE)
		p->mouse = v->number;
	return 1;
}

static int
on_osc(const char *s, size_t n, void *user)
{
	struct pty *p = user;
	char answer[64];

	if (p->background && n >= 4 && memcmp(s, "11;?", 4) == 0) {
		snprintf(answer, sizeof(answer), "\033]11;%s\033\\", p->background);
		pty_send(p, answer);
	}
	return 1;
}

static const VTermScreenCallbacks screen_callbacks = { .settermprop = on_prop };
static const VTermParserCallbacks unknown_callbacks = { .osc = on_osc };

static void
child_setup(const struct pty_opts *o)
{
	static const char *const drop[] = { "COLORTERM", "TMUX", "NO_COLOR", "TERM_PROGRAM",
		"VTE_VERSION", "COLORFGBG", "LINES", "COLUMNS", "ACCESSIBLE", "LANGUAGE" };

	for (size_t i = 0; i < ARRAY_LEN(drop); i++)
		unsetenv(drop[i]);
	setenv("TERM", o->term ? o->term : "xterm-256color", 1);
	for (size_t i = 0; o->env && o->env[i]; i++)
		putenv(xstrdup(o->env[i]));
	if (o->cwd && chdir(o->cwd) < 0)
		_exit(126);
}

static struct pty *
attach(int fd, pid_t pid, const struct pty_opts *o, int rows, int cols)
{
	struct pty *p = xcalloc(1, sizeof(*p));

	p->fd = fd;
	p->pid = pid;
	p->rows = rows;
	p->cols = cols;
	p->visible = true;
	p->background = o->background;
	buf_init(&p->raw, 8u << 20);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	p->vt = vterm_new(rows, cols);
	vterm_set_utf8(p->vt, 1);
	vterm_output_set_callback(p->vt, on_output, p);
	p->screen = vterm_obtain_screen(p->vt);
	vterm_screen_enable_altscreen(p->screen, 1);
	vterm_screen_set_callbacks(p->screen, &screen_callbacks, p);
	vterm_screen_set_unrecognised_fallbacks(p->screen, &unknown_callbacks, p);
	vterm_screen_reset(p->screen, 1);
	return p;
}

struct pty *
pty_call(int (*fn)(void *arg), void *arg, const struct pty_opts *o)
{
	int rows = o->rows ? o->rows : 24, cols = o->cols ? o->cols : 80, fd;
	struct winsize ws = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols };
	pid_t pid = forkpty(&fd, NULL, NULL, &ws);

	if (pid < 0)
		return NULL;
	if (pid == 0) {
		child_setup(o);
		/* exit(), not _exit(): leaving by atexit is part of what is tested. */
		exit(fn(arg));
	}
	return attach(fd, pid, o, rows, cols);
}

static int
exec_argv(void *arg)
{
	char *const *argv = arg;

	execvp(argv[0], argv);
	_exit(127);
}

struct pty *
pty_run(const char *const *argv, const struct pty_opts *o)
{
	return pty_call(exec_argv, (void *)(uintptr_t)argv, o);
}

void
pty_finish(struct pty *p)
{
	if (!p)
		return;
	if (!p->reaped) {
		kill(p->pid, SIGKILL);
		waitpid(p->pid, &p->status, 0);
	}
	close(p->fd);
	vterm_free(p->vt);
	buf_finish(&p->raw);
	free(p);
}

pid_t
pty_pid(const struct pty *p)
{
	return p->pid;
}

int
pty_fd(const struct pty *p)
{
	return p->fd;
}

int
pty_pump(struct pty *p, int timeout_ms)
{
	struct pollfd f = { p->fd, POLLIN, 0 };
	char chunk[65536];
	ssize_t n;

	if (p->ended)
		return -1;
	if (poll(&f, 1, timeout_ms) <= 0)
		return 0;
	n = read(p->fd, chunk, sizeof(chunk));
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0) {
		p->ended = true;
		return -1;
	}
	buf_add(&p->raw, chunk, (size_t)n);
	vterm_input_write(p->vt, chunk, (size_t)n);
	return 1;
}

bool
pty_wait(struct pty *p, bool (*cond)(struct pty *p, void *arg), void *arg, int timeout_ms)
{
	int64_t end = now_ms() + timeout_ms;

	for (;;) {
		int64_t left = end - now_ms();

		if (cond(p, arg))
			return true;
		if (left <= 0 || pty_pump(p, (int)left) < 0)
			return cond(p, arg);
	}
}

static bool
has_text(struct pty *p, void *arg)
{
	return pty_find(p, arg, NULL, NULL);
}

static bool
lacks_text(struct pty *p, void *arg)
{
	return !pty_find(p, arg, NULL, NULL);
}

bool
pty_wait_text(struct pty *p, const char *text, int timeout_ms)
{
	return pty_wait(p, has_text, (void *)(uintptr_t)text, timeout_ms);
}

bool
pty_wait_gone(struct pty *p, const char *text, int timeout_ms)
{
	return pty_wait(p, lacks_text, (void *)(uintptr_t)text, timeout_ms);
}

bool
pty_wait_exit(struct pty *p, int timeout_ms, int *ret_status)
{
	int64_t end = now_ms() + timeout_ms;

	while (!p->reaped) {
		int64_t left = end - now_ms();

		if (pty_pump(p, left > 0 ? (int)MIN_OF(left, 20) : 0) < 0 || left <= 0) {
			pid_t r = waitpid(p->pid, &p->status, left > 0 ? 0 : WNOHANG);

			if (r != p->pid)
				return false;
			p->reaped = true;
		}
	}
	if (ret_status)
		*ret_status = p->status;
	return true;
}

void
pty_settle(struct pty *p, int quiet_ms)
{
	int64_t end = now_ms() + 10 * quiet_ms;

	while (now_ms() < end && pty_pump(p, quiet_ms) > 0)
		;
}

static void
add_rune(struct buf *out, uint32_t cp)
{
	char utf8[4];

	buf_add(out, utf8, utf8_encode(cp, utf8));
}

static void
read_row(struct pty *p, int y, struct buf *out)
{
	size_t start = out->len;

	for (int x = 0; x < p->cols; x++) {
		VTermPos pos = { y, x };
		VTermScreenCell c;

		vterm_screen_get_cell(p->screen, pos, &c);
		if (c.chars[0] == (uint32_t)-1)
			continue;
		if (c.chars[0] == 0)
			buf_add_char(out, ' ');
		for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && c.chars[i]; i++)
			add_rune(out, c.chars[i]);
	}
	while (out->len > start && out->p[out->len - 1] == ' ')
		buf_truncate(out, out->len - 1);
}

char *
pty_text(struct pty *p)
{
	struct buf out = BUF_INIT(4u << 20);

	for (int y = 0; y < p->rows; y++) {
		read_row(p, y, &out);
		buf_add_char(&out, '\n');
	}
	return buf_steal(&out);
}

bool
pty_find(struct pty *p, const char *text, int *ret_row, int *ret_col)
{
	for (int y = 0; y < p->rows; y++) {
		autobuf struct buf row = BUF_INIT(1u << 16);
		const char *hit;

		read_row(p, y, &row);
		hit = strstr(buf_str(&row), text);
		if (!hit)
			continue;
		if (ret_row)
			*ret_row = y;
		if (ret_col)
			*ret_col = (int)utf8_width(row.p, (size_t)(hit - row.p));
		return true;
	}
	return false;
}

static int
color_of(struct pty *p, VTermColor c)
{
	if (VTERM_COLOR_IS_DEFAULT_FG(&c) || VTERM_COLOR_IS_DEFAULT_BG(&c))
		return -1;
	if (VTERM_COLOR_IS_INDEXED(&c))
		return 0x1000000 | c.indexed.idx;
	vterm_screen_convert_color_to_rgb(p->screen, &c);
	return c.rgb.red << 16 | c.rgb.green << 8 | c.rgb.blue;
}

struct pty_cell
pty_cell(struct pty *p, int row, int col)
{
	VTermPos pos = { row, col };
	VTermScreenCell c;

	vterm_screen_get_cell(p->screen, pos, &c);
	return (struct pty_cell){
		.cp = c.chars[0] ? c.chars[0] : ' ',
		.width = c.width,
		.bold = c.attrs.bold,
		.italic = c.attrs.italic,
		.underline = c.attrs.underline != 0,
		.reverse = c.attrs.reverse,
		.fg = color_of(p, c.fg),
		.bg = color_of(p, c.bg),
	};
}

void
pty_cursor(struct pty *p, int *ret_row, int *ret_col, bool *ret_visible)
{
	VTermPos pos;

	vterm_state_get_cursorpos(vterm_obtain_state(p->vt), &pos);
	*ret_row = pos.row;
	*ret_col = pos.col;
	if (ret_visible)
		*ret_visible = p->visible;
}

bool
pty_altscreen(const struct pty *p)
{
	return p->alt;
}

int
pty_mouse(const struct pty *p)
{
	return p->mouse;
}

int
pty_rows(const struct pty *p)
{
	return p->rows;
}

int
pty_cols(const struct pty *p)
{
	return p->cols;
}

struct slice
pty_raw(const struct pty *p)
{
	return buf_slice(&p->raw);
}

void
pty_forget(struct pty *p)
{
	buf_clear(&p->raw);
}

void
pty_resize(struct pty *p, int rows, int cols)
{
	struct winsize ws = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols };

	p->rows = rows;
	p->cols = cols;
	vterm_set_size(p->vt, rows, cols);
	ioctl(p->fd, TIOCSWINSZ, &ws);
}

void
pty_signal(struct pty *p, int sig)
{
	kill(p->pid, sig);
}

void
pty_hang_up(struct pty *p)
{
	/* Not closed but replaced: the number stays ours. */
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	dup2(null, p->fd);
	close(null);
	p->ended = true;
}

void
pty_click(struct pty *p, int row, int col)
{
	char seq[64];

	snprintf(seq, sizeof(seq), "\033[<0;%d;%dM\033[<0;%d;%dm", col + 1, row + 1, col + 1, row + 1);
	pty_send(p, seq);
}

void
pty_paste(struct pty *p, const char *text)
{
	pty_send(p, "\033[200~");
	pty_send(p, text);
	pty_send(p, "\033[201~");
}

void
pty_key(struct pty *p, const char *name)
{
	static const struct {
		const char *name, *bytes;
	} keys[] = { { "Enter", "\r" }, { "Esc", "\033" }, { "Tab", "\t" }, { "S-Tab", "\033[Z" },
		{ "Up", "\033[A" }, { "Down", "\033[B" }, { "Right", "\033[C" }, { "Left", "\033[D" },
		{ "Home", "\033[H" }, { "End", "\033[F" }, { "PgUp", "\033[5~" }, { "PgDn", "\033[6~" },
		{ "Del", "\033[3~" }, { "BS", "\177" }, { "Space", " " }, { "F1", "\033OP" },
		{ "F2", "\033OQ" }, { "F6", "\033[17~" }, { "F8", "\033[19~" }, { "M-Enter", "\033\r" },
		{ "S-Enter", "\033[13;2u" } };
	char seq[8];

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (str_eq(keys[i].name, name)) {
			pty_send(p, keys[i].bytes);
			return;
		}
	}
	if (str_starts(name, "C-") && name[2] && !name[3])
		snprintf(seq, sizeof(seq), "%c", name[2] & 31);
	else if (str_starts(name, "M-") && name[2] && !name[3])
		snprintf(seq, sizeof(seq), "\033%c", name[2]);
	else
		snprintf(seq, sizeof(seq), "%s", name);
	pty_send(p, seq);
}
