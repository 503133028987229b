/* The keys of the input, and of every small input in an overlay. */
#include "agent/base/path.h"
#include "tui/cmds.h"
#include "tui/picker.h"
#include "tui/prompt.h"
#include "tui/screen_priv.h"

/* Up and down leave a text of several lines before they walk through the history. */
static void
edit_input(struct screen *s, enum edit_op op)
{
	bool done = edit_do(s->edit, op);

	if (!done && op == EDIT_UP)
		edit_do(s->edit, EDIT_HISTORY_PREV);
	if (!done && op == EDIT_DOWN)
		edit_do(s->edit, EDIT_HISTORY_NEXT);
	/* On an empty input C-d means the end of the input, as in a shell. */
	if (!done && op == EDIT_DELETE && edit_is_empty(s->edit))
		command_find("quit")->run(s, "");
	input_changed(s);
}

static void
edit_run(struct screen *s, enum edit_op op)
{
	struct picker *picker = picker_top(s);
	struct prompt *prompt = prompt_top(s);

	if (picker)
		picker_edit(s, picker, op);
	else if (prompt)
		prompt_edit(s, prompt, op);
	else if (s->n_overlays == 0)
		edit_input(s, op);
}

#define X(id, name, summary)                                                                       \
	static void run_##id(struct screen *s, const char *arg)                                    \
	{                                                                                          \
		(void)arg;                                                                         \
		edit_run(s, EDIT_##id);                                                            \
	}
EDIT_OPS(X)
#undef X

/* --- sending --- */

static bool
ends_with_backslash(const char *text)
{
	size_t n = strlen(text);

	return n && text[n - 1] == '\\' && !(n > 1 && text[n - 2] == '\\');
}

static void
run_slash(struct screen *s, const char *text)
{
	const char *space = strchr(text, ' ');
	autofree char *word = space ? xstrndup(text, (size_t)(space - text)) : xstrdup(text);
	const struct command *c = command_find_slash(word);

	if (!c)
		c = command_find(word + 1);
	if (!c) {
		screen_say(s, ROLE_WARN, _("no command is called %s; / lists them"), word);
		return;
	}
	edit_history_add(s->edit, text);
	edit_clear(s->edit);
	input_changed(s);
	if (c->enabled && !c->enabled(s))
		screen_say(s, ROLE_WARN, _("%s has nothing to do now"), word);
	else
		c->run(s, space ? space + 1 : "");
}

/* "/etc/passwd is what?" is a request, "/theme" a command. */
static bool
is_slash_command(const char *text)
{
	size_t n = strcspn(text + 1, " ");

	return text[0] == '/' && n > 0 && !memchr(text + 1, '/', n) && !strchr(text, '\n');
}

static void
send_text(struct screen *s)
{
	autofree char *text = edit_text(s->edit);
	struct slice trimmed = slice_trim(slice_of(text));

	if (trimmed.n == 0)
		return;
	if (ends_with_backslash(text)) {
		edit_do(s->edit, EDIT_BOTTOM);
		edit_do(s->edit, EDIT_DELETE_BACK);
		edit_do(s->edit, EDIT_NEWLINE);
	} else if (is_slash_command(text)) {
		run_slash(s, text);
	} else {
		screen_submit(s, text);
	}
	input_changed(s);
}

static void
cmd_send(struct screen *s, const char *arg)
{
	(void)arg;
	send_text(s);
}

static void
cmd_queue(struct screen *s, const char *arg)
{
	autofree char *text = *arg ? xstrdup(arg) : edit_text(s->edit);
	struct err err = { 0 };

	if (!*text)
		return;
	if (!screen_running(s)) {
		send_text(s);
		return;
	}
	if (!agent_queue(s->agent, text, &err)) {
		screen_error(s, &err);
		return;
	}
	screen_say(s, ROLE_INFO, "%s", _("kept for when the task has ended"));
	edit_history_add(s->edit, text);
	edit_clear(s->edit);
	input_changed(s);
}

/* --- completion --- */

static void
complete_move(struct screen *s, int by)
{
	int n = (int)s->complete.n;

	if (n)
		s->complete_sel = (s->complete_sel + by + n) % n;
	screen_dirty(s);
}

static void
cmd_complete_next(struct screen *s, const char *arg)
{
	(void)arg;
	complete_move(s, 1);
}

static void
cmd_complete_prev(struct screen *s, const char *arg)
{
	(void)arg;
	complete_move(s, -1);
}

static void
take_offer(struct screen *s, bool and_send)
{
	const char *text, *tab;
	autofree char *name = NULL, *with = NULL;
	bool command = s->complete_mark == '/';

	if (!complete_active(s))
		return;
	text = s->complete.v[s->complete_sel];
	tab = strchr(text, '\t');
	name = xstrndup(text, tab ? (size_t)(tab - text) : strlen(text));
	with = xasprintf("%s%s", command ? "/" : "", name);
	edit_complete(s->edit, s->complete_mark, with);
	/* A folder goes on: its names come next. */
	if (str_ends(name, "/")) {
		autofree char *again = xasprintf("@%s", name);

		edit_do(s->edit, EDIT_UNDO);
		edit_complete(s->edit, s->complete_mark, again);
		edit_do(s->edit, EDIT_DELETE_BACK);
	}
	input_changed(s);
	if (and_send && command) {
		const struct command *c = command_find_slash(name);

		/* "[NAME]" may be left out. */
		if (c && (!c->args || c->args[0] == '[')) {
			edit_do(s->edit, EDIT_DELETE_BACK);
			send_text(s);
		}
	}
}

static void
cmd_complete_accept(struct screen *s, const char *arg)
{
	(void)arg;
	take_offer(s, false);
}

/* Enter on "/the": the command runs if it needs nothing more. */
static void
cmd_complete_enter(struct screen *s, const char *arg)
{
	(void)arg;
	take_offer(s, true);
}

static void
cmd_complete_close(struct screen *s, const char *arg)
{
	(void)arg;
	strv_finish(&s->complete);
	screen_dirty(s);
}

/* --- elsewhere --- */

static void
on_old_request(struct screen *s, const char *data)
{
	edit_set(s->edit, data);
	input_changed(s);
}

static void
cmd_search_sent(struct screen *s, const char *arg)
{
	struct picker_opts o = { .title = _("What you sent"), .placeholder = _("words of the request"),
		.empty = _("nothing sent yet"), .chosen = on_old_request };
	struct picker *p = picker_open(s, &o);

	(void)arg;
	for (size_t i = edit_history_count(s->edit); p && i > 0; i--) {
		const char *text = edit_history_at(s->edit, i - 1);
		autofree char *line = xstrndup(text, strcspn(text, "\n"));

		picker_add(p, line, "", text);
	}
	if (p)
		picker_ready(s, p, NULL);
}

static void
cmd_editor(struct screen *s, const char *arg)
{
	char path[] = "/tmp/homard-XXXXXX";
	autofree char *text = edit_text(s->edit);
	const char *editor = getenv("VISUAL") ? getenv("VISUAL") : getenv("EDITOR");
	const char *argv[] = { "sh", "-c", "exec $HOMARD_EDITOR \"$1\"", "sh", path, NULL };
	struct buf back = BUF_INIT(1u << 20);
	struct err err = { 0 };
	int fd = mkstemp(path);

	(void)arg;
	if (fd < 0 || dprintf(fd, "%s%s", text, *text ? "\n" : "") < 0) {
		screen_say(s, ROLE_ERROR, "%s", _("no temporary file could be made"));
	} else {
		setenv("HOMARD_EDITOR", editor && *editor ? editor : "vi", 1);
		screen_shell_out(s, argv);
		unsetenv("HOMARD_EDITOR");
		if (path_read_file(path, &back, &err)) {
			while (back.len && back.p[back.len - 1] == '\n')
				buf_truncate(&back, back.len - 1);
			edit_set(s->edit, buf_str(&back));
		} else {
			screen_error(s, &err);
		}
	}
	if (fd >= 0)
		close(fd);
	unlink(path);
	buf_finish(&back);
	input_changed(s);
}

const struct command cmds_edit[] = {
#define X(id, name, summary) { name, summary, "input", NULL, NULL, run_##id, NULL },
	EDIT_OPS(X)
#undef X
	{ "send", N_("Send the request, or steer the running task"), "input", NULL, NULL, cmd_send, NULL },
	{ "queue", N_("Keep the text for when the task has ended"), "input", N_("TEXT"), "/queue", cmd_queue, NULL },
	{ "complete-next", N_("Next offer"), "complete", NULL, NULL, cmd_complete_next, NULL },
	{ "complete-prev", N_("Offer before"), "complete", NULL, NULL, cmd_complete_prev, NULL },
	{ "complete-accept", N_("Take the offer"), "complete", NULL, NULL, cmd_complete_accept, NULL },
	{ "complete-enter", N_("Take the offer; run it if it is a command"), "complete", NULL, NULL, cmd_complete_enter, NULL },
	{ "complete-close", N_("Close the offers"), "complete", NULL, NULL, cmd_complete_close, NULL },
	{ "search-sent", N_("Find a request you sent before"), "input", NULL, NULL, cmd_search_sent, NULL },
	{ "edit-external", N_("Write the request in your editor"), "input", NULL, "/editor", cmd_editor, NULL },
	{ 0 },
};
