/* Notes, to-dos, memory, git: through a real draft. */
#include "tests/support/toolbox.h"
#include "agent/tools/todo.h"
#include <sys/stat.h>

static void
notes__one_file_a_month__found_again(UNUSED void **state)
{
	const cJSON *o;

	o = toolbox_call(&box, "note_add", "{'text':'the plumber comes on Tuesday\\n'}");
	assert_true(str_ends(json_str(o, "path", ""), "/Notes/2024-05.md"));
	assert_string_equal(toolbox_seen(&box, "Notes/2024-05.md"),
		"# 2024-05\n\n## 2024-05-15 12:00\n\nthe plumber comes on Tuesday\n");
	toolbox_call(&box, "note_add", "{'text':'花园要浇水'}");
	toolbox_file(&box, "Notes/old.md", "no heading\nthe PLUMBER was here\n");
	o = toolbox_call(&box, "note_find", "{'text':'plumber'}");
	assert_int_equal(json_i64(o, "count", 0), 2);
	assert_true(str_ends(json_str(json_at(o, "hits.0"), "path", ""), "/Notes/old.md"));
	assert_string_equal(
		json_str(json_at(o, "hits.1"), "text", ""), "the plumber comes on Tuesday");
	assert_string_equal(json_str(json_at(o, "hits.1"), "when", ""), "2024-05-15 12:00");
	assert_int_equal(json_i64(json_at(o, "hits.1"), "line", 0), 3);
	o = toolbox_call(&box, "note_find", "{'text':'浇水'}");
	assert_int_equal(json_i64(o, "count", 0), 1);
	o = toolbox_call(&box, "note_find", "{'text':'plumber water'}");
	assert_int_equal(json_i64(o, "count", 9), 0);
	assert_string_equal(box.r.summary, "No note holds these words");
	toolbox_fails(&box, "note_add", "{'text':'  '}", ERR_USAGE, "empty");
	toolbox_reset(&box);
}

static void
todo__add_list_done(UNUSED void **state)
{
	const cJSON *o;

	o = toolbox_call(&box, "todo", "{'op':'list'}");
	assert_int_equal(json_i64(o, "open", 9), 0);
	assert_false(toolbox_has(&box, "Notes/todo.md"));
	toolbox_call(&box, "todo", "{'op':'add','text':'buy milk'}");
	toolbox_call(&box, "todo", "{'op':'add','text':'call\\nAnna'}");
	o = toolbox_call(&box, "todo", "{'op':'add','text':'buy bread'}");
	assert_int_equal(json_i64(o, "open", 0), 3);
	assert_string_equal(toolbox_seen(&box, "Notes/todo.md"),
		"# To do\n\n- [ ] buy milk\n- [ ] call Anna\n- [ ] buy bread\n");
	toolbox_fails(&box, "todo", "{'op':'done','text':'buy'}", ERR_USAGE, "Several");
	toolbox_fails(&box, "todo", "{'op':'done','text':'fly'}", ERR_NOT_FOUND, "No open item");
	o = toolbox_call(&box, "todo", "{'op':'done','text':'ANNA'}");
	assert_int_equal(json_i64(o, "done", 0), 1);
	assert_string_equal(box.r.summary, "Done: call Anna");
	o = toolbox_call(&box, "todo", "{'op':'done','text':'2'}");
	assert_string_equal(toolbox_seen(&box, "Notes/todo.md"),
		"# To do\n\n- [ ] buy milk\n- [x] call Anna\n- [x] buy bread\n");
	toolbox_fails(&box, "todo", "{'op':'add'}", ERR_USAGE, "missing");
	toolbox_reset(&box);
}

static void
todo__foreign_markdown__is_left_as_it_is(UNUSED void **state)
{
	static const char text[] = "intro [ ] no box\r\n  * [X] old\r\n1. [ ] first\r\n+ [ ]  "
				   "second  \r\n- [] x\n";
	struct buf out = BUF_INIT(4096);
	struct slice item;
	struct todo_item found;
	size_t at = 0, n = 0;

	while (todo_next(SLICE_LIT(text), &at, &found))
		n++;
	assert_int_equal(n, 3);
	assert_true(todo_tick(SLICE_LIT(text), "second", &out, &item, NULL));
	assert_string_equal(buf_str(&out),
		"intro [ ] no box\r\n  * [X] old\r\n1. [ ] first\r\n+ [x]  second  \r\n- [] "
		"x\n");
	buf_finish(&out);
}

static void
memory__goes_through_the_services(UNUSED void **state)
{
	const cJSON *o;

	o = toolbox_call(&box, "remember", "{'text':'the bike code is 4711'}");
	assert_int_equal(json_i64(o, "id", 0), 1);
	toolbox_call(&box, "remember", "{'text':'the car code is 12'}");
	o = toolbox_call(&box, "recall", "{'text':'code'}");
	assert_int_equal(json_i64(o, "count", 0), 2);
	assert_string_equal(json_str(json_at(o, "hits.0"), "time", ""), "2024-05-15 12:00");
	toolbox_fails(&box, "forget", "{'text':'code'}", ERR_USAGE, "Several memories fit");
	o = toolbox_call(&box, "forget", "{'text':'Bike code'}");
	assert_int_equal(json_i64(o, "id", 0), 1);
	assert_string_equal(buf_str(&box.told), "remember 1 -\n");
	toolbox_call(&box, "forget", "{'id':2}");
	toolbox_fails(&box, "forget", "{}", ERR_USAGE, "Say what to forget");
	toolbox_fails(&box, "forget", "{'text':'unicorns'}", ERR_NOT_FOUND, "Nothing remembered");
	toolbox_fails(&box, "remember", "{'text':' '}", ERR_USAGE, "nothing to remember");
}

static void
talk__plan_ask_remind_undo(UNUSED void **state)
{
	toolbox_call(&box, "plan", "{'steps':['[x] look','[>] move','[ ] tell','bare']}");
	assert_string_equal(buf_str(&box.told),
		"plan "
		"[{\"id\":1,\"text\":\"look\",\"state\":\"done\"},{\"id\":2,\"text\":\"move\","
		"\"state\":"
		"\"now\"},{\"id\":3,\"text\":\"tell\",\"state\":\"todo\"},{\"id\":4,\"text\":"
		"\"bare\",\"state\":"
		"\"todo\"}]\n");
	toolbox_call(&box, "ask_user", "{'question':'Which?','choices':['a','b']}");
	assert_string_equal(buf_str(&box.told), "ask Which? [\"a\",\"b\"]\n");
	toolbox_call(&box, "remind", "{'text':'call','due':'tomorrow'}");
	assert_string_equal(buf_str(&box.told), "remind call 1715850000000\n");
	toolbox_fails(
		&box, "remind", "{'text':'call','due':'2024-01-01'}", ERR_USAGE, "has passed");
	toolbox_call(&box, "undo", "{}");
	assert_string_equal(buf_str(&box.told), "undo 0\n");
}

/* The repository is hostile: whatever its configuration starts would leave a mark. */
static void
make_repository(void)
{
	autofree char *script = xasprintf(
		"cd '%s' && mkdir -p repo && cd repo && export HOME='%s' "
		"GIT_CONFIG_GLOBAL=/dev/null && "
		"git init -q . && git config user.email a@example.org && git config user.name "
		"Ann && "
		"printf 'a\\nb\\n' >f && git add f && "
		"GIT_COMMITTER_DATE='2024-05-14T10:00:00Z' "
		"GIT_AUTHOR_DATE='2024-05-14T10:00:00Z' git commit -qm 'first one' && "
		"printf 'a\\nc\\nd\\n' >f && printf x >g && git add . && "
		"GIT_COMMITTER_DATE='2024-05-15T10:00:00Z' "
		"GIT_AUTHOR_DATE='2024-05-15T10:00:00Z' "
		"git commit -qm \"$(printf 'second \\033[31mone')\" && "
		"GIT_COMMITTER_DATE='2020-01-01T10:00:00Z' "
		"GIT_AUTHOR_DATE='2020-01-01T10:00:00Z' "
		"git commit -q --allow-empty -m old && git reset -q --hard HEAD~1 && "
		"printf '#!/bin/sh\\ntouch %s/owned\\n' >evil && chmod +x evil && "
		"git config core.fsmonitor \"$PWD/evil\" && git config core.pager "
		"\"$PWD/evil\" && "
		"git config pager.log \"$PWD/evil\" && git config diff.external \"$PWD/evil\" "
		"&& "
		"git config gpg.program \"$PWD/evil\" && git config log.showSignature true && "
		"git config core.sshCommand \"$PWD/evil\" && git config core.hooksPath "
		"\"$PWD\" && "
		"git config diff.x.textconv \"$PWD/evil\" && git config diff.x.command "
		"\"$PWD/evil\" && "
		"echo '* diff=x' >.git/info/attributes && git config alias.log '!touch "
		"%s/owned'",
		box.home, box.home, box.home, box.home);

	if (system(script) != 0)
		fail_msg("git");
}

static void
git_week__counts_and_starts_nothing(UNUSED void **state)
{
	const cJSON *o;

	if (system("git --version >/dev/null 2>&1") != 0)
		skip();
	make_repository();
	o = toolbox_call(&box, "git_week", "{'path':'repo','since':'2 weeks'}");
	assert_int_equal(json_i64(o, "commits", 0), 2);
	assert_int_equal(json_i64(o, "files", 0), 2);
	assert_int_equal(json_i64(o, "insertions", 0), 5);
	assert_int_equal(json_i64(o, "deletions", 0), 1);
	assert_string_equal(json_str(json_at(o, "authors.0"), "name", ""), "Ann");
	assert_string_equal(json_str(json_at(o, "list.1"), "subject", ""), "first one");
	assert_null(strchr(json_str(json_at(o, "list.0"), "subject", ""), '\033'));
	assert_int_equal(access(toolbox_path(&box, "owned"), F_OK), -1);
	o = toolbox_call(&box, "git_week", "{'path':'repo','since':'today'}");
	assert_int_equal(json_i64(o, "commits", 0), 1);
	toolbox_fails(&box, "git_week", "{'path':'~'}", ERR_USAGE, "not in a git repository");
	box.cancelled = true;
	toolbox_fails(&box, "git_week", "{'path':'repo'}", ERR_CANCELLED, "Stopped");
	box.cancelled = false;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(notes__one_file_a_month__found_again),
		cmocka_unit_test(todo__add_list_done),
		cmocka_unit_test(todo__foreign_markdown__is_left_as_it_is),
		cmocka_unit_test(memory__goes_through_the_services),
		cmocka_unit_test(talk__plan_ask_remind_undo),
		cmocka_unit_test(git_week__counts_and_starts_nothing),
	};

	return cmocka_run_group_tests(tests, toolbox_group, toolbox_group_end);
}
