/* Gives the terminal back whatever happens: exit, a crash, abort. Only write() and tcsetattr(). */
#include "tui/term_priv.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>

/* Keyboard protocols are per screen: push after the alternate one is on, pop before it goes. */
const char term_enter_sequence[] = "\033[22;0t\033[?1049h\033[?2004h\033[?1004h\033[>1u\033[>4;1m";
const char term_restore_sequence[] =
	"\033[?2026l\033[<u\033[>4;0m\033[?2004l\033[?1004l\033[?1006l\033[?1002l\033[?1000l"
	"\033[0m\033(B\033[r\033[0 q\033[?25h\033[?7h\033[?1049l\033[23;0t";

static int crash_fd = -1;
static struct termios crash_modes;
static volatile sig_atomic_t crash_entered;
static char crash_stack[16384];

static const int fatal[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };

static void
write_all(const char *p, size_t n)
{
	int tries = 0;

	while (n > 0 && tries < 20) {
		ssize_t k = write(crash_fd, p, n);

		if (k > 0) {
			p += k;
			n -= (size_t)k;
		} else if (k < 0 && errno == EAGAIN) {
			struct pollfd f = { crash_fd, POLLOUT, 0 };

			poll(&f, 1, 10);
			tries++;
		} else if (k >= 0 || errno != EINTR) {
			return;
		}
	}
}

void
crash_restore(void)
{
	if (!crash_entered)
		return;
	crash_entered = 0;
	write_all(term_restore_sequence, strlen(term_restore_sequence));
	tcsetattr(crash_fd, TCSANOW, &crash_modes);
}

static void
on_fatal(int sig)
{
	crash_restore();
	raise(sig); /* SA_RESETHAND: the default action now */
}

void
crash_set_entered(bool entered)
{
	crash_entered = entered;
}

void
crash_arm(int fd, const struct termios *original)
{
	static bool registered;
	stack_t stack = { .ss_sp = crash_stack, .ss_size = sizeof(crash_stack) };
	struct sigaction sa = { .sa_handler = on_fatal };

	crash_fd = fd;
	crash_modes = *original;
	/* An overflowed stack cannot run its own handler. */
	sigaltstack(&stack, NULL);
	sa.sa_flags = (int)(SA_RESETHAND | SA_NODEFER | SA_ONSTACK);
	for (size_t i = 0; i < ARRAY_LEN(fatal); i++)
		sigaction(fatal[i], &sa, NULL);
	if (!registered)
		atexit(crash_restore);
	registered = true;
}

void
crash_disarm(void)
{
	for (size_t i = 0; i < ARRAY_LEN(fatal); i++)
		signal(fatal[i], SIG_DFL);
	crash_entered = 0;
	crash_fd = -1;
}
