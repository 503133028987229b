#include "agent/draft/run_spec.h"
#include <errno.h>
#include <sys/mman.h>
#include "agent/base/child_env.h"
#include "agent/base/i18n.h"
#include "agent/base/path.h"

#define SPEC_MAX (7u << 20) /* below what the helper takes */

static void
put(struct buf *b, const char *key, const char *value)
{
	buf_printf(b, "%s=%s", key, value);
	buf_add_char(b, '\0');
}

static void
put_number(struct buf *b, const char *key, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	if (n)
		put(b, key, text);
}

static void
put_roots(struct buf *b, const struct draft *d)
{
	for (size_t i = 0; i < d->n_roots; i++) {
		put(b, "root", d->roots[i].real);
		put(b, "upper", d->roots[i].upper);
		put(b, "work", d->roots[i].work);
	}
}

static void
put_mask(struct buf *b, const char *path)
{
	/* The helper hides what is there when it starts; asking here is cheaper. */
	if (access(path, F_OK) == 0)
		put(b, "mask", path);
}

static void
put_masks(struct buf *b, const struct draft *d)
{
	put(b, "mask", d->stage_root);
	for (size_t i = 0; i < d->n_roots; i++) {
		autofree char *stage = path_join(d->roots[i].real, DRAFT_STAGE_NAME);

		put_mask(b, stage);
	}
	for (size_t i = 0; i < d->own.n; i++)
		put_mask(b, d->own.v[i]);
	for (size_t i = 0; i < d->hidden.n; i++)
		put_mask(b, d->hidden.v[i]);
}

/* Adds NAME=VALUE in the place of an older value. */
static void
env_set(struct strv *env, const char *entry)
{
	size_t name = strcspn(entry, "=") + 1;

	for (size_t i = 0; i < env->n; i++) {
		if (strncmp(env->v[i], entry, name) == 0) {
			free(env->v[i]);
			env->v[i] = xstrdup(entry);
			return;
		}
	}
	strv_add(env, entry);
}

static void
put_env(struct buf *b, const struct draft *d, const char *const *extra)
{
	autostrv struct strv env = { 0 };
	autofree char *home = xasprintf("HOME=%s", d->home ? d->home : "/");

	child_env_clean(&env);
	env_set(&env, home);
	env_set(&env, "TERM=dumb"); /* nothing in a draft has a terminal */
	env_set(&env, "TMPDIR=/tmp");
	env_set(&env, "HOMARD_DRAFT=1");
	for (size_t i = 0; extra && extra[i]; i++)
		env_set(&env, extra[i]);
	for (size_t i = 0; i < env.n; i++)
		put(b, "env", env.v[i]);
}

/* A host without a port may be reached on those of the web. */
static void
put_hosts(struct buf *b, const char *const *hosts)
{
	autobuf struct buf list = BUF_INIT(64u << 10);

	if (!hosts)
		return;
	for (size_t i = 0; hosts[i]; i++) {
		if (strchr(hosts[i], '=')) { /* NAME:PORT=ADDRESS:PORT, see the header */
			put(b, "resolve", hosts[i]);
			buf_printf(&list, "%.*s,", (int)strcspn(hosts[i], "="), hosts[i]);
		} else if (strchr(hosts[i], ':')) {
			buf_printf(&list, "%s,", hosts[i]);
		} else {
			buf_printf(&list, "%s:443,%s:80,", hosts[i], hosts[i]);
		}
	}
	put(b, "proxy", buf_str(&list));
}

int
run_spec_fd(struct slice text, struct err *err)
{
	autofd int fd = memfd_create("spec", MFD_CLOEXEC);

	while (fd >= 0 && text.n) {
		ssize_t n = write(fd, text.p, text.n);

		if (n < 0 && errno != EINTR) {
			err_sys(err, errno, _("Cannot hand the command over"));
			return -1;
		}
		if (n > 0) {
			text.p += n;
			text.n -= (size_t)n;
		}
	}
	if (fd < 0 || lseek(fd, 0, SEEK_SET) < 0) {
		err_sys(err, errno, _("Cannot hand the command over"));
		return -1;
	}
	return steal_fd(&fd);
}

int
run_spec_make(const struct draft *d, const struct draft_run_opts *o, struct err *err)
{
	autobuf struct buf b = BUF_INIT(SPEC_MAX);

	put_roots(&b, d);
	put_masks(&b, d);
	put_env(&b, d, o->env);
	put_hosts(&b, o->hosts);
	put(&b, "cwd", d->cwd ? d->cwd : d->home ? d->home : "/");
	for (size_t i = 0; o->argv[i]; i++)
		put(&b, "arg", o->argv[i]);
	put_number(&b, "wall_ms", o->wall_ms);
	put_number(&b, "mem", o->mem);
	put_number(&b, "nproc", o->nproc);
	put_number(&b, "fsize", o->fsize);
	put_number(&b, "cpu_s", o->cpu_s);
	if (b.full) {
		err_set(err, ERR_LIMIT, _("The command is too long"));
		return -1;
	}
	return run_spec_fd(buf_slice(&b), err);
}
