#include "agent/helpers/draft/spec.h"
#include <errno.h>

static bool
refuse(char *why, size_t size, const char *what, const char *value)
{
	snprintf(why, size, "bad spec: %s '%.100s'", what, value);
	return false;
}

static void
add(struct spec_words *w, const char *s)
{
	GROW(w->v, w->n + 1, w->cap);
	w->v[w->n++] = s;
	w->v[w->n] = NULL;
}

static bool
add_root(struct spec *s, const char *path, char *why, size_t size)
{
	if (s->n_roots == SPEC_ROOTS)
		return refuse(why, size, "too many roots at", path);
	if (path[0] != '/' || strlen(path) >= DRAFT_PATH_MAX)
		return refuse(why, size, "root", path);
	s->root[s->n_roots++] = (struct spec_root){ .path = path };
	return true;
}

static const char **
last_root_field(struct spec *s, const char *key)
{
	if (!s->n_roots)
		return NULL;
	return str_eq(key, "upper") ? &s->root[s->n_roots - 1].upper
				    : &s->root[s->n_roots - 1].work;
}

static struct spec_words *
words_of(struct spec *s, const char *key)
{
	if (str_eq(key, "mask"))
		return &s->masks;
	if (str_eq(key, "env"))
		return &s->env;
	if (str_eq(key, "arg"))
		return &s->argv;
	if (str_eq(key, "resolve"))
		return &s->resolve;
	return NULL;
}

static uint64_t *
number_of(struct spec *s, const char *key)
{
	if (str_eq(key, "wall_ms"))
		return &s->wall_ms;
	if (str_eq(key, "mem"))
		return &s->mem;
	if (str_eq(key, "nproc"))
		return &s->nproc;
	if (str_eq(key, "fsize"))
		return &s->fsize;
	if (str_eq(key, "cpu_s"))
		return &s->cpu_s;
	return NULL;
}

/* value is writable: the commas of proxy= become ends. */
static bool
set(struct spec *s, const char *key, char *value, char *why, size_t size)
{
	struct spec_words *words = words_of(s, key);
	uint64_t *number = number_of(s, key);
	const char **field;

	if (words) {
		add(words, value);
		return true;
	}
	if (number)
		return str_to_u64(value, number) || refuse(why, size, key, value);
	if (str_eq(key, "root"))
		return add_root(s, value, why, size);
	if (str_eq(key, "upper") || str_eq(key, "work")) {
		field = last_root_field(s, key);
		if (!field || value[0] != '/')
			return refuse(why, size, key, value);
		*field = value;
		return true;
	}
	if (str_eq(key, "cwd")) {
		s->cwd = value;
		return true;
	}
	if (str_eq(key, "legacy")) {
		s->legacy = str_eq(value, "1");
		return true;
	}
	if (str_eq(key, "proxy")) {
		s->proxy = true;
		for (char *p = strtok(value, ","); p; p = strtok(NULL, ","))
			add(&s->hosts, p);
		return true;
	}
	return refuse(why, size, "unknown key", key);
}

static char *
read_all(int fd, size_t *ret_len, char *why, size_t why_size)
{
	size_t cap = 4096, len = 0;
	char *p = xmalloc(cap);

	for (;;) {
		ssize_t n = read(fd, p + len, cap - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || len > SPEC_MAX) {
			snprintf(why, why_size, "cannot read the spec: %s",
				n < 0 ? strerror(errno) : "too long");
			free(p);
			return NULL;
		}
		if (n == 0)
			break;
		len += (size_t)n;
		if (len == cap)
			p = xrealloc(p, cap *= 2);
	}
	*ret_len = len;
	return p;
}

bool
spec_read(int fd, struct spec *ret, char *why, size_t why_size)
{
	struct spec s = { 0 };
	size_t len = 0;
	char *all = read_all(fd, &len, why, why_size);

	if (!all)
		return false;
	if (len && all[len - 1])
		return refuse(why, why_size, "no end in", "");
	/* Step by the length it had: setting cuts a value at its commas. */
	for (size_t at = 0, n; at < len; at += n + 1) {
		char *eq = strchr(all + at, '=');

		n = strlen(all + at);
		if (!eq)
			return refuse(why, why_size, "no '=' in", all + at);
		*eq = '\0';
		if (!set(&s, all + at, eq + 1, why, why_size))
			return false;
	}
	for (size_t i = 0; i < s.n_roots; i++) {
		if (!s.root[i].upper || !s.root[i].work)
			return refuse(
				why, why_size, "root without upper and work", s.root[i].path);
	}
	*ret = s;
	return true;
}
