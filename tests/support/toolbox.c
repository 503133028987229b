#include "tests/support/toolbox.h"
#include <fcntl.h>
#include <ftw.h>
#include <libgen.h>
#include <sys/stat.h>
#include <time.h>
#include "agent/base/limits.h"

struct tool_call {
	struct toolbox *t;
};
static struct tool_call the_call;

void
tool_finish(struct tool_call *call, struct tool_result *r, const struct err *err)
{
	struct toolbox *t = call->t;

	assert_false(t->done);
	t->done = true;
	t->r = *r;
	memset(r, 0, sizeof(*r));
	t->ok = !err || !err->code;
	if (err)
		t->err = *err;
	t->state = NULL;
}

void
tool_set_state(struct tool_call *call, void *state)
{
	call->t->state = state;
}

static int64_t
now(void *user)
{
	(void)user;
	return TOOLBOX_NOW;
}

static void
on_output(struct tool_call *call, struct slice piece)
{
	buf_add_slice(&call->t->output, piece);
}

static void
on_progress(struct tool_call *call, uint64_t n, UNUSED uint64_t total)
{
	call->t->progress = n;
}

static void
svc_ask(struct tool_call *c, const char *question, const char *choices)
{
	struct tool_result r = { .exit = -1 };

	buf_printf(&c->t->told, "ask %s %s\n", question, choices ? choices : "-");
	tool_finish(c, &r, NULL);
}

static bool
svc_plan(struct tool_call *c, const char *json, UNUSED struct err *err)
{
	buf_printf(&c->t->told, "plan %s\n", json);
	return true;
}

static bool
svc_remember(struct tool_call *c, int64_t id, const char *text, int64_t *ret_id,
	UNUSED struct err *err)
{
	buf_printf(&c->t->told, "remember %lld %s\n", (long long)id, text ? text : "-");
	if (!id)
		strv_add(&c->t->memory, text);
	*ret_id = id ? id : (int64_t)c->t->memory.n;
	return true;
}

static bool
svc_recall(struct tool_call *c, UNUSED const char *words, size_t limit, struct buf *out,
	UNUSED struct err *err)
{
	struct jw w;

	jw_init(&w, out);
	jw_array(&w, NULL);
	for (size_t i = 0; i < c->t->memory.n && i < limit; i++) {
		jw_object(&w, NULL);
		jw_i64(&w, "id", (int64_t)i + 1);
		jw_str(&w, "text", c->t->memory.v[i]);
		jw_i64(&w, "time", TOOLBOX_NOW);
		jw_i64(&w, "task", 3);
		jw_end_object(&w);
	}
	jw_end_array(&w);
	return true;
}

static bool
svc_remind(struct tool_call *c, const char *text, int64_t due_ms, UNUSED struct err *err)
{
	buf_printf(&c->t->told, "remind %s %lld\n", text, (long long)due_ms);
	return true;
}

static void
svc_undo(struct tool_call *c, int64_t task)
{
	struct tool_result r = { .exit = -1 };

	buf_printf(&c->t->told, "undo %lld\n", (long long)task);
	tool_finish(c, &r, NULL);
}

static const struct tool_services services = { .ask = svc_ask,
	.plan = svc_plan,
	.remember = svc_remember,
	.recall = svc_recall,
	.remind = svc_remind,
	.undo = svc_undo };

static char *
libexec(void)
{
	char self[2048];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[MAX_OF(n, 0)] = '\0';
	return xasprintf("%s/../../libexec", dirname(self));
}

static void
open_draft(struct toolbox *t, const char *helper)
{
	const char *own[] = { t->stage, NULL };
	const struct draft_opts o = { .stage_root = t->stage,
		.task = 1,
		.home = t->home,
		.cwd = t->home,
		.own = own,
		.helper = helper };
	struct err err = { 0 };

	if (!draft_open(&o, &t->d, &err))
		fail_msg("%s", err.text);
	t->ctx.draft = t->d;
}

void
toolbox_open(struct toolbox *t, bool helpers)
{
	static int count;
	autofree char *name = xasprintf("toolbox-%d", count++), *draft_helper = NULL;
	struct draft_ground ground = { 0 };

	setenv("TZ", "UTC", 1);
	tzset();
	*t = (struct toolbox){ .top = xstrdup(test_path(name)),
		.told = BUF_INIT(1u << 20),
		.output = BUF_INIT(64u << 20) };
	t->home = path_join(t->top, "home");
	t->stage = path_join(t->top, "stage");
	assert_true(path_make_dirs(t->home, 0755, NULL));
	assert_int_equal(uv_loop_init(&t->loop), 0);
	t->clock = clock_system;
	t->clock.wall_ms = now;
	t->places.home = t->home;
	t->places.libexec = helpers ? libexec() : xstrdup("/nonexistent");
	draft_helper = path_join(t->places.libexec, "homard-draft");
	if (helpers && access(draft_helper, X_OK) == 0) {
		(void)!draft_probe(draft_helper, t->home, t->stage, &ground, NULL);
		t->commands = ground.commands;
	}
	open_draft(t, t->commands ? draft_helper : NULL);
	the_call.t = t;
	t->ctx = (struct tool_ctx){ .draft = t->d,
		.cwd = t->home,
		.home = t->home,
		.language = "en",
		.clock = &t->clock,
		.places = &t->places,
		.cancelled = &t->cancelled,
		.json = true,
		.output = on_output,
		.progress = on_progress,
		.call = &the_call,
		.services = &services,
		.loop = &t->loop };
}

static void
forget_call(struct toolbox *t)
{
	tool_result_finish(&t->r);
	cJSON_Delete(t->o);
	t->o = NULL;
	err_clear(&t->err);
	t->ok = t->done = false;
	buf_clear(&t->told);
	buf_clear(&t->output);
}

static int
remove_one(const char *p, UNUSED const struct stat *st, UNUSED int kind, UNUSED struct FTW *at)
{
	return remove(p);
}

void
toolbox_close(struct toolbox *t)
{
	forget_call(t);
	draft_close(t->d);
	uv_run(&t->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&t->loop), 0);
	nftw(t->top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(t->top);
	free(t->home);
	free(t->stage);
	free(t->places.libexec);
	buf_finish(&t->told);
	buf_finish(&t->output);
	strv_finish(&t->memory);
}

void
toolbox_reset(struct toolbox *t)
{
	struct err err = { 0 };

	if (!draft_discard(t->d, &err))
		fail_msg("%s", err.text);
}

const char *
toolbox_path(const struct toolbox *t, const char *name)
{
	static char ring[16][4096];
	static size_t at;
	char *slot = ring[at++ % 16];

	snprintf(slot, 4096, "%s/%s", t->home, name);
	return slot;
}

void
toolbox_bytes(const struct toolbox *t, const char *name, const void *p, size_t n)
{
	const char *path = toolbox_path(t, name);
	autofree char *dir = path_dir(path);
	autofile FILE *f = NULL;

	assert_true(path_make_dirs(dir, 0755, NULL));
	f = fopen(path, "we");
	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
}

void
toolbox_file(const struct toolbox *t, const char *name, const char *text)
{
	toolbox_bytes(t, name, text, strlen(text));
}

void
toolbox_time(const struct toolbox *t, const char *name, int64_t ms)
{
	const struct timespec at = { ms / 1000, ms % 1000 * 1000000 }, both[2] = { at, at };

	assert_int_equal(
		utimensat(AT_FDCWD, toolbox_path(t, name), both, AT_SYMLINK_NOFOLLOW), 0);
}

static void
call(struct toolbox *t, const char *name, const char *args)
{
	const struct tool *tool = tool_find(name);
	autofree char *text = xstrdup(args);
	cJSON *o;

	assert_non_null(tool);
	forget_call(t);
	for (char *s = text; *s; s++)
		*s = *s == '\'' ? '"' : *s;
	o = json_parse(slice_of(text), &t->err);
	if (!o)
		fail_msg("%s: %s", args, t->err.text);
	t->ctx.max_result = t->ctx.json ? LIMIT_TOOL_JSON : LIMIT_TOOL_RESULT;
	t->r.exit = -1;
	if (!tool_check_args(tool, o, &t->err)) {
		t->ok = false;
	} else if (tool->run) {
		t->ok = tool->run(&t->ctx, o, &t->r, &t->err);
	} else if (tool->start(&t->ctx, o, &t->err)) {
		uv_run(&t->loop, UV_RUN_DEFAULT);
		assert_true(t->done);
	}
	assert_true(t->ok != (t->err.code != ERR_NONE));
	cJSON_Delete(o);
}

const cJSON *
toolbox_call(struct toolbox *t, const char *tool, const char *args)
{
	t->ctx.json = true;
	call(t, tool, args);
	if (!t->ok)
		fail_msg("%s %s: %s", tool, args, t->err.text);
	if (t->r.text.len) {
		t->o = json_parse(buf_slice(&t->r.text), &t->err);
		if (!cJSON_IsObject(t->o))
			fail_msg("%s: %s in %s", tool, t->err.text, buf_str(&t->r.text));
	}
	return t->o;
}

const char *
toolbox_text(struct toolbox *t, const char *tool, const char *args)
{
	t->ctx.json = false;
	call(t, tool, args);
	if (!t->ok)
		fail_msg("%s %s: %s", tool, args, t->err.text);
	return buf_str(&t->r.text);
}

static void
fails(struct toolbox *t, const char *tool, const char *args, enum err_code code, const char *words)
{
	call(t, tool, args);
	if (t->ok || t->err.code != code || !strstr(t->err.text, words))
		fail_msg("%s %s: ok %d code %d: %s", tool, args, t->ok, t->err.code,
			t->err.text);
}

void
toolbox_fails(struct toolbox *t, const char *tool, const char *args, enum err_code code,
	const char *words)
{
	t->ctx.json = true;
	fails(t, tool, args, code, words);
}

void
toolbox_text_fails(struct toolbox *t, const char *tool, const char *args, enum err_code code,
	const char *words)
{
	t->ctx.json = false;
	fails(t, tool, args, code, words);
}

const char *
toolbox_seen(struct toolbox *t, const char *name)
{
	static char *kept;
	int fd = draft_open_read(t->d, toolbox_path(t, name), NULL);
	size_t n = 0;
	ssize_t got;

	free(kept);
	kept = NULL;
	if (fd < 0)
		return NULL;
	kept = xmalloc(1u << 20);
	while (n + 1 < 1u << 20 && (got = read(fd, kept + n, (1u << 20) - n - 1)) > 0)
		n += (size_t)got;
	kept[n] = '\0';
	close(fd);
	return kept;
}

bool
toolbox_has(struct toolbox *t, const char *name)
{
	struct stat st;

	return draft_stat(t->d, toolbox_path(t, name), &st, NULL);
}

struct toolbox box;

int
toolbox_group(UNUSED void **state)
{
	toolbox_open(&box, false);
	return 0;
}

int
toolbox_group_helpers(UNUSED void **state)
{
	toolbox_open(&box, true);
	return 0;
}

int
toolbox_group_end(UNUSED void **state)
{
	toolbox_close(&box);
	return 0;
}
