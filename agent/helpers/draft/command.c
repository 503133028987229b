#include "agent/helpers/draft/command.h"
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define CAN_NOT 125
#define LAST_CAP_MAX 63

extern char **environ;

NORETURN static void
end(int code, const char *what, const char *why)
{
	dprintf(2, "homard-draft: %s: %s\n", what, why);
	_exit(code);
}

/* Uid 0 would get capabilities back at exec: secure bits and the empty bounding set forbid it.
 */
static bool
drop_capabilities(void)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct none[2] = { { 0 } };
	unsigned long bits = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED |
		SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
		SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;

	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	for (int cap = 0; cap <= LAST_CAP_MAX; cap++) {
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
			break; /* past the last one */
	}
	return prctl(PR_SET_SECUREBITS, bits, 0, 0, 0) == 0 &&
		syscall(SYS_capset, &head, none) == 0 &&
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

static bool
limit(int what, uint64_t soft, uint64_t hard)
{
	struct rlimit now, l;

	if (getrlimit(what, &now) < 0)
		return false;
	l.rlim_cur = MIN_OF((rlim_t)soft, now.rlim_max);
	l.rlim_max = MIN_OF((rlim_t)hard, now.rlim_max);
	return setrlimit(what, &l) == 0;
}

static bool
set_limits(const struct spec *s)
{
	/* Set here, inside the namespace, so that only the draft's own processes count. */
	return limit(RLIMIT_CORE, 0, 0) && limit(RLIMIT_NICE, 0, 0) &&
		(!s->nproc || limit(RLIMIT_NPROC, s->nproc, s->nproc)) &&
		(!s->fsize || limit(RLIMIT_FSIZE, s->fsize, s->fsize)) &&
		(!s->cpu_s || limit(RLIMIT_CPU, s->cpu_s, s->cpu_s + 1));
}

/* Only pipes, files in memory and /dev/null come in; a terminal or a folder would be a way out.
 */
static void
check_descriptors(void)
{
	struct stat st;

	if (fstat(0, &st) < 0 || S_ISCHR(st.st_mode) || S_ISDIR(st.st_mode) ||
		S_ISSOCK(st.st_mode)) {
		int fd = open("/dev/null", O_RDONLY);

		if (fd > 0) {
			dup2(fd, 0);
			close(fd);
		}
	}
	if (syscall(SYS_close_range, 3, ~0u, 0) < 0)
		end(CAN_NOT, "close_range", strerror(errno));
}

static void
add_proxy(struct spec_words *env, unsigned port)
{
	static const char *const names[] = { "http_proxy", "https_proxy", "HTTP_PROXY",
		"HTTPS_PROXY", "all_proxy", "ALL_PROXY" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		GROW(env->v, env->n + 1, env->cap);
		env->v[env->n++] = xasprintf("%s=http://127.0.0.1:%u", names[i], port);
		env->v[env->n] = NULL;
	}
}

NORETURN void
command_exec(const struct spec *s, const struct filter *filter, unsigned proxy_port)
{
	struct spec_words env = s->env;
	struct fail f;
	sigset_t none;

	if (proxy_port)
		add_proxy(&env, proxy_port);
	setsid(); /* without a controlling terminal there is nothing to type into */
	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	check_descriptors();
	if (chdir(s->cwd ? s->cwd : "/") < 0)
		end(CAN_NOT, s->cwd ? s->cwd : "/", strerror(errno));
	if (!set_limits(s))
		end(CAN_NOT, "limits", strerror(errno));
	if (!drop_capabilities())
		end(CAN_NOT, "privileges", strerror(errno));
	if (!filter_load(filter, &f))
		end(CAN_NOT, "filter", f.why);
	environ = env.n ? (char **)(uintptr_t)env.v : (char *[]){ NULL };
	execvp(s->argv.v[0], (char *const *)(uintptr_t)s->argv.v);
	/* A closed folder in PATH is no reason to say that the program may not be run. */
	if (errno == EACCES && !strchr(s->argv.v[0], '/'))
		errno = ENOENT;
	end(errno == ENOENT ? 127 : 126, s->argv.v[0], strerror(errno));
}
