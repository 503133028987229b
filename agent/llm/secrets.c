/* Where keys are kept and found. */
#include "agent/llm/secrets.h"
#include "agent/base/child.h"
#include "agent/base/child_env.h"
#include "agent/base/i18n.h"
#include "agent/base/json.h"

void
secret_wipe(char *value)
{
	if (value)
		explicit_bzero(value, strlen(value));
	free(value);
}

/* --- the file: {"openai":"KEY","anthropic":true}; true: in the keyring --- */

static cJSON *
load(const struct places *p, struct err *err)
{
	autofree char *path = path_join(p->state, "secrets.json");
	struct buf b = BUF_INIT(1u << 20);
	cJSON *root;

	if (access(path, F_OK) != 0)
		return cJSON_CreateObject();
	if (!path_read_file(path, &b, err)) {
		buf_finish(&b);
		return NULL;
	}
	root = json_parse(buf_slice(&b), err);
	explicit_bzero(b.p, b.len);
	buf_finish(&b);
	if (!root)
		err_wrap(err, "%s", path);
	return root;
}

static bool
store(const struct places *p, const cJSON *root, struct err *err)
{
	autofree char *path = path_join(p->state, "secrets.json");
	char *text = json_print(root);
	bool ok = path_write_file(path, slice_of(text), 0600, err);

	secret_wipe(text);
	return ok;
}

bool
secret_list(const struct places *places,
	void (*fn)(void *user, const char *provider, enum secret_place place), void *user,
	struct err *err)
{
	autojson cJSON *root = load(places, err);
	const cJSON *c;

	if (!root)
		return false;
	cJSON_ArrayForEach(c, root)
		fn(user, c->string, cJSON_IsString(c) ? SECRET_FILE : SECRET_KEYRING);
	return true;
}

/* --- the keyring, through the helper --- */

struct ring {
	secret_fn *found;
	void (*done)(void *user, enum secret_place place, const struct err *err);
	void *user;
	const struct places *places;
	char *provider, *value; /* value: to be kept */
	struct buf out;
	struct child *child;
	uv_timer_t *mute; /* NULL: never started */
};

static void
on_timer_closed(uv_handle_t *h)
{
	free(h);
}

static void
ring_free(struct ring *r)
{
	if (r->mute)
		uv_close((uv_handle_t *)r->mute, on_timer_closed);
	free(r->provider);
	secret_wipe(r->value);
	if (r->out.p)
		explicit_bzero(r->out.p, r->out.len);
	buf_finish(&r->out);
	free(r);
}

static void
on_output(void *user, int which, struct slice bytes)
{
	struct ring *r = user;

	if (which == 1)
		buf_add_slice(&r->out, bytes);
	else
		uv_timer_stop(r->mute); /* it answers, perhaps it asks the person */
}

/* A mute service is not waited for. */
static void
on_mute(uv_timer_t *t)
{
	struct ring *r = t->data;

	child_stop(r->child, 0);
}

static bool
ring_start(uv_loop_t *loop, struct ring *r, const char *verb,
	void (*ended)(void *user, const struct child_end *end), struct err *err)
{
	autofree char *helper = places_helper(r->places, "homard-desktop", err);
	const char *argv[] = { helper, verb, r->provider, NULL };
	autostrv struct strv env = { 0 };
	struct child_opts o = { .argv = argv, .wall_ms = SECRET_UNLOCK_MS, .output = on_output,
		.ended = ended, .user = r, .extra_fd = -1, .extra_fd2 = -1 };

	if (!helper)
		return false;
	if (!getenv("DBUS_SESSION_BUS_ADDRESS") && !getenv("XDG_RUNTIME_DIR"))
		return err_set(err, ERR_NOT_FOUND, "%s", _("there is no desktop session"));
	child_env_desktop(&env);
	o.env = (const char *const *)env.v;
	if (r->value)
		o.input = slice_of(r->value);
	if (!child_start(loop, &o, &r->child, err))
		return false;
	r->mute = xcalloc(1, sizeof(*r->mute));
	uv_timer_init(loop, r->mute);
	r->mute->data = r;
	uv_timer_start(r->mute, on_mute, SECRET_KEYRING_MS, 0);
	return true;
}

/* --- finding --- */

static void
found_ended(void *user, const struct child_end *end)
{
	struct ring *r = user;
	struct err err = { 0 };
	char *value = NULL;

	if (end->exit == 0 && r->out.len)
		value = xstrndup(r->out.p, r->out.len);
	else
		err_set(&err, ERR_NOT_FOUND,
			_("the keyring does not give the key of %s; unlock it, or run homard secrets "
			  "set %s"),
			r->provider, r->provider);
	r->found(r->user, value, SECRET_KEYRING, NULL, err.code ? &err : NULL);
	ring_free(r);
}

static bool
from_env(const char *name, secret_fn *fn, void *user)
{
	const char *v = name && *name ? getenv(name) : NULL;

	if (!v || !*v)
		return false;
	fn(user, xstrdup(v), SECRET_ENV, name, NULL);
	return true;
}

static void
from_store(uv_loop_t *loop, const struct places *places, const char *provider, secret_fn *fn,
	void *user)
{
	struct err err = { 0 };
	autojson cJSON *root = load(places, &err);
	const cJSON *c = root ? json_get(root, provider) : NULL;
	struct ring *r;

	if (!c) {
		fn(user, NULL, SECRET_NONE, NULL, err.code ? &err : NULL);
		return;
	}
	if (cJSON_IsString(c)) {
		fn(user, xstrdup(c->valuestring), SECRET_FILE, NULL, NULL);
		return;
	}
	r = xcalloc(1, sizeof(*r));
	buf_init(&r->out, SECRET_MAX);
	r->places = places;
	r->found = fn;
	r->user = user;
	r->provider = xstrdup(provider);
	if (!ring_start(loop, r, "secret-get", found_ended, &err)) {
		fn(user, NULL, SECRET_KEYRING, NULL, &err);
		ring_free(r);
	}
}

void
secret_find(uv_loop_t *loop, const struct places *places, const struct endpoint *e, secret_fn *fn,
	void *user)
{
	const struct preset *p = e->preset;

	if (e->replay) {
		fn(user, NULL, SECRET_NONE, NULL, NULL);
		return;
	}
	if (from_env(e->key_env, fn, user))
		return;
	if (!e->key_env && p &&
		(from_env(p->key_env, fn, user) || from_env(p->key_env2, fn, user)))
		return;
	from_store(loop, places, e->provider, fn, user);
}

/* --- keeping --- */

static bool
note_place(const struct places *places, const char *provider, const char *value,
	enum secret_place place, struct err *err)
{
	autojson cJSON *root = load(places, err);

	if (!root)
		return false;
	cJSON_DeleteItemFromObjectCaseSensitive(root, provider);
	if (place == SECRET_FILE)
		cJSON_AddStringToObject(root, provider, value);
	else if (place == SECRET_KEYRING)
		cJSON_AddTrueToObject(root, provider);
	return store(places, root, err);
}

static void
finish_set(struct ring *r, enum secret_place place)
{
	struct err err = { 0 };
	bool ok = note_place(r->places, r->provider, r->value, place, &err);

	r->done(r->user, ok ? place : SECRET_NONE, ok ? NULL : &err);
	ring_free(r);
}

static void
set_ended(void *user, const struct child_end *end)
{
	struct ring *r = user;

	if (!r->value)
		finish_set(r, SECRET_NONE);
	else
		finish_set(r, end->exit == 0 ? SECRET_KEYRING : SECRET_FILE);
}

void
secret_set(uv_loop_t *loop, const struct places *places, const char *provider, const char *value,
	void (*done)(void *user, enum secret_place place, const struct err *err), void *user)
{
	struct ring *r = xcalloc(1, sizeof(*r));
	struct err err = { 0 };

	buf_init(&r->out, SECRET_MAX);
	r->places = places;
	r->done = done;
	r->user = user;
	r->provider = xstrdup(provider);
	r->value = xstrdup0(value);
	if (!ring_start(loop, r, value ? "secret-set" : "secret-remove", set_ended, &err))
		finish_set(r, value ? SECRET_FILE : SECRET_NONE);
}
