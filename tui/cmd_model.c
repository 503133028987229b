/*
 * Which model: what the keys in the environment and the servers on this machine offer, asked for
 * only when somebody looks. Nothing is used before it was chosen.
 */
#include "tui/cmd_model.h"
#include "agent/llm/presets.h"
#include "agent/llm/secrets.h"
#include "tui/picker.h"
#include "tui/prompt.h"
#include "tui/screen_priv.h"
#include <arpa/inet.h>

#define LOCAL_MAX 8
#define PROBE_MS 300

static void refill_open_picker(struct screen *s);

/* --- servers on this machine: a connection to loopback, nothing is sent --- */

struct probe {
	uv_tcp_t tcp;
	uv_connect_t connect;
	uv_timer_t timer;
	struct screen *s;
	const struct preset *preset;
	int open_handles;
};

static void
on_closed(uv_handle_t *h)
{
	struct probe *p = h->data;

	if (--p->open_handles == 0)
		free(p);
}

static void
end_probe(struct probe *p)
{
	if (!uv_is_closing((uv_handle_t *)&p->tcp))
		uv_close((uv_handle_t *)&p->tcp, on_closed);
	if (!uv_is_closing((uv_handle_t *)&p->timer))
		uv_close((uv_handle_t *)&p->timer, on_closed);
}

static void
on_connected(uv_connect_t *req, int status)
{
	struct probe *p = req->data;

	if (status == 0 && !strv_has(&p->s->local_servers, p->preset->name)) {
		strv_add(&p->s->local_servers, p->preset->name);
		if (!*config_str(p->s->cli->config, "model.default"))
			screen_first_hint(p->s);
		refill_open_picker(p->s);
	}
	end_probe(p);
}

static void
on_probe_timer(uv_timer_t *t)
{
	end_probe(t->data);
}

static int
port_of(const char *url)
{
	const char *host = strstr(url, "://"), *colon = host ? strchr(host + 3, ':') : NULL;

	return colon ? atoi(colon + 1) : 0;
}

static void
start_probe(struct screen *s, const struct preset *preset)
{
	struct sockaddr_in addr;
	struct probe *p;
	int port = port_of(preset->base_url);

	if (!s->has_session || port <= 0 || uv_ip4_addr("127.0.0.1", port, &addr) != 0)
		return;
	p = xcalloc(1, sizeof(*p));
	p->s = s;
	p->preset = preset;
	p->open_handles = 2;
	uv_tcp_init(&s->session.loop, &p->tcp);
	uv_timer_init(&s->session.loop, &p->timer);
	p->tcp.data = p->timer.data = p->connect.data = p;
	uv_unref((uv_handle_t *)&p->timer);
	if (uv_tcp_connect(&p->connect, &p->tcp, (const struct sockaddr *)&addr, on_connected) != 0)
		end_probe(p);
	else
		uv_timer_start(&p->timer, on_probe_timer, PROBE_MS, 0);
}

static void
probe_all(struct screen *s)
{
	int n = 0;

	for (const struct preset *p = presets; p->name && n < LOCAL_MAX; p++) {
		if (p->local && p->base_url) {
			start_probe(s, p);
			n++;
		}
	}
}

void
model_look_around(struct screen *s)
{
	if (*config_str(s->cli->config, "model.default"))
		return;
	probe_all(s);
	screen_first_hint(s);
}

/* --- what there is --- */

static const char *
key_variable(const struct preset *p)
{
	const char *names[] = { p->key_env, p->key_env2 };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *v = names[i] ? getenv(names[i]) : NULL;

		if (v && *v)
			return names[i];
	}
	return NULL;
}

/* One line for a person without a model: what was found, and that nothing was done with it. */
void
screen_first_hint(struct screen *s)
{
	free(s->model_hint);
	s->model_hint = NULL;
	for (size_t i = 0; i < s->local_servers.n && !s->model_hint; i++) {
		const struct preset *p = preset_find(s->local_servers.v[i]);

		s->model_hint = xasprintf(_("%s answers on this machine; /model can use it."), p ? p->title : "?");
	}
	for (const struct preset *p = presets; p->name && !s->model_hint; p++) {
		if (key_variable(p))
			s->model_hint = xasprintf(_("A key for %s is in %s; /model can use it."),
				p->title, key_variable(p));
	}
	screen_dirty(s);
}

static void
use_model(struct screen *s, const char *name)
{
	struct err err = { 0 };
	bool running = screen_running(s);
	bool ok = running ? agent_set_model(s->agent, name, &err)
			  : config_set(s->cli->config, "model.default", str_eq(name, "instinct") ? "" : name, &err);

	if (!ok) {
		screen_error(s, &err);
		return;
	}
	free(s->model_hint);
	s->model_hint = NULL;
	screen_say(s, ROLE_INFO, running ? _("from the next turn on: %s") : _("model: %s"), name);
}

static void
on_name(struct screen *s, const char *text, void *user)
{
	(void)user;
	if (*text)
		use_model(s, text);
}

static void
on_model(struct screen *s, const char *data)
{
	size_t n = strlen(data);

	/* "ollama/": which of its models is the person's to say. */
	if (n && (data[n - 1] == '/' || str_eq(data, "?")))
		prompt_open(s, _("PROVIDER/MODEL"), data[n - 1] == '/' ? data : NULL, on_name, NULL, NULL);
	else
		use_model(s, data);
}

static void
add_models(struct picker *p, const struct catalogue *c, const struct preset *preset, const char *from)
{
	for (size_t i = 0; i < catalogue_count(c); i++) {
		const struct model_facts *m = catalogue_at(c, i);
		autofree char *name = NULL, *right = NULL;

		if (!m->provider || !str_eq(m->provider, preset->name))
			continue;
		name = xasprintf("%s/%s", preset->name, m->id);
		right = m->price.in >= 0 ? xasprintf(_("$%.2f in, $%.2f out  %s"), m->price.in, m->price.out, from)
					 : xstrdup(from);
		picker_add(p, name, right, name);
	}
}

static void
add_kept(void *user, const char *provider, enum secret_place place)
{
	(void)place;
	strv_add(user, provider);
}

/* What is on this machine stands before what is elsewhere. */
static void
fill(struct screen *s, struct picker *p)
{
	autostrv struct strv kept = { 0 };
	struct catalogue *c = catalogue_load(s->cli->places, NULL);

	picker_clear(p);
	picker_add(p, _("instinct: recipes only, no model, no network"), "", "instinct");
	for (size_t i = 0; i < s->local_servers.n; i++) {
		autofree char *name = xasprintf("%s/", s->local_servers.v[i]), *label = xasprintf("%s …", name);

		picker_add(p, label, _("on this machine"), name);
	}
	secret_list(s->cli->places, add_kept, &kept, NULL);
	for (const struct preset *preset = presets; preset->name; preset++) {
		if (key_variable(preset))
			add_models(p, c, preset, key_variable(preset));
		else if (strv_has(&kept, preset->name))
			add_models(p, c, preset, _("key kept"));
	}
	catalogue_destroy(c);
	picker_add(p, _("another one …"), "PROVIDER/MODEL", "?");
}

/* Told apart from other lists by this. */
static const char *const model_contexts[] = { "picker", NULL };

static void
refill_open_picker(struct screen *s)
{
	struct picker *p = picker_top(s);
	autofree char *at = NULL;

	if (!p || picker_contexts_of(p) != model_contexts)
		return;
	at = xstrdup0(picker_data(p));
	fill(s, p);
	picker_ready(s, p, at);
}

void
cmd_model(struct screen *s, const char *arg)
{
	struct picker_opts o = { .title = _("Model"), .placeholder = _("name"), .chosen = on_model, .no_sort = true,
		.contexts = model_contexts,
		.hints = _("/key keeps a provider's key · prices in dollars for a million tokens") };
	struct picker *p;

	if (*arg) {
		use_model(s, arg);
		return;
	}
	p = picker_open(s, &o);
	if (!p)
		return;
	fill(s, p);
	picker_ready(s, p, config_str(s->cli->config, "model.default"));
	probe_all(s);
}
