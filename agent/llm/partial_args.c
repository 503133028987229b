#include "agent/llm/partial_args.h"
#include "agent/llm/llm.h"

#define DEPTH_MAX 32
#define INDEX_MAX 10000

void
partial_args_init(struct partial_args *p)
{
	*p = (struct partial_args){ .root = cJSON_CreateObject() };
	buf_init(&p->str, LLM_TURN_MAX);
}

void
partial_args_finish(struct partial_args *p)
{
	cJSON_Delete(p->root);
	free(p->path);
	buf_finish(&p->str);
	*p = (struct partial_args){ 0 };
}

struct step {
	char *name; /* member, or NULL: element */
	int index;
};

static void
free_steps(struct step *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(s[i].name);
}

/* "[3]" or "['a.b']" at p. Returns what is behind it, NULL when it is neither. */
static const char *
bracket(const char *p, struct step *s)
{
	const char *end;

	if (p[1] == '\'' || p[1] == '"') {
		end = strchr(p + 2, p[1]);
		if (!end || end[1] != ']')
			return NULL;
		s->name = xstrndup(p + 2, (size_t)(end - p - 2));
		return end + 2;
	}
	s->index = 0;
	for (end = p + 1; *end >= '0' && *end <= '9'; end++) {
		s->index = s->index * 10 + (*end - '0');
		if (s->index > INDEX_MAX)
			return NULL;
	}
	return end > p + 1 && *end == ']' ? end + 1 : NULL;
}

/* $.a[0].b -> steps; 0 when the path makes no sense. */
static size_t
split(const char *p, struct step *s)
{
	size_t n = 0;

	if (*p == '$')
		p++;
	while (*p) {
		if (n == DEPTH_MAX)
			goto bad;
		s[n] = (struct step){ 0 };
		if (*p == '.') {
			size_t len = strcspn(p + 1, ".[");

			if (!len)
				goto bad;
			s[n].name = xstrndup(p + 1, len);
			p += len + 1;
		} else if (*p == '[') {
			p = bracket(p, &s[n]);
			if (!p)
				goto bad;
		} else {
			goto bad;
		}
		n++;
	}
	return n;
bad:
	free_steps(s, n);
	return 0;
}

static cJSON *
child(cJSON *at, const struct step *s)
{
	if (s->name)
		return cJSON_IsObject(at) ? cJSON_GetObjectItemCaseSensitive(at, s->name) : NULL;
	return cJSON_IsArray(at) ? cJSON_GetArrayItem(at, s->index) : NULL;
}

/* Puts v (owned) at step s of at: replaces, or appends the next element. */
static bool
put(cJSON *at, const struct step *s, cJSON *v)
{
	bool there = child(at, s) != NULL;

	if (s->name && cJSON_IsObject(at))
		return there ? cJSON_ReplaceItemInObjectCaseSensitive(at, s->name, v) :
			       cJSON_AddItemToObject(at, s->name, v);
	if (!s->name && cJSON_IsArray(at)) {
		if (there)
			return cJSON_ReplaceItemInArray(at, s->index, v);
		if (s->index == cJSON_GetArraySize(at))
			return cJSON_AddItemToArray(at, v);
	}
	return false;
}

static bool
set(struct partial_args *p, const char *path, cJSON *v)
{
	struct step steps[DEPTH_MAX];
	size_t n = split(path, steps);
	cJSON *at = p->root;
	bool ok = n > 0;

	for (size_t i = 0; ok && i + 1 < n; i++) {
		cJSON *next = child(at, &steps[i]);

		if (!next) {
			next = steps[i + 1].name ? cJSON_CreateObject() : cJSON_CreateArray();
			if (!put(at, &steps[i], next)) {
				cJSON_Delete(next);
				ok = false;
			}
		}
		at = next;
	}
	ok = ok && put(at, &steps[n - 1], v);
	if (!ok)
		cJSON_Delete(v);
	free_steps(steps, n);
	return ok;
}

/* The string at path ends here: something else follows. */
static void
flush(struct partial_args *p)
{
	autofree char *raw = NULL;

	if (!p->path)
		return;
	raw = xasprintf("\"%s\"", buf_str(&p->str));
	if (!set(p, p->path, cJSON_CreateRaw(raw)))
		p->bad = true;
	free(p->path);
	p->path = NULL;
	buf_clear(&p->str);
}

static void
add_string(struct partial_args *p, const char *path, const struct jn *v)
{
	if (p->path && !str_eq(p->path, path))
		flush(p);
	if (!p->path)
		p->path = xstrdup(path);
	if (!buf_add_slice(&p->str, jn_inner(v)))
		p->bad = true;
}

void
partial_args_add(struct partial_args *p, const struct jn *part)
{
	autofree char *path = jn_dup(jn_get(part, "jsonPath"), 1024);
	const struct jn *v = jn_get(part, "stringValue");
	autofree char *raw = NULL;

	if (!path) {
		p->bad = true;
		return;
	}
	if (jn_is(v, JN_STRING)) {
		add_string(p, path, v);
		return;
	}
	flush(p);
	v = jn_get(part, "numberValue");
	if (!v)
		v = jn_get(part, "boolValue");
	raw = v ? slice_dup(jn_raw(v)) : xstrdup("null");
	if (!v && !jn_get(part, "nullValue"))
		return; /* an announcement without a value */
	if (!set(p, path, cJSON_CreateRaw(raw)))
		p->bad = true;
}

char *
partial_args_take(struct partial_args *p)
{
	char *text, *ret;

	flush(p);
	if (p->bad)
		return NULL;
	text = cJSON_PrintUnformatted(p->root);
	ret = text ? xstrdup(text) : NULL;
	cJSON_free(text);
	return ret;
}
