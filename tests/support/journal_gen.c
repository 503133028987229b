/* Invented tasks, appended through the store's own path in large transactions. */
#include "tests/support/journal_gen.h"
#include <fcntl.h>
#include "agent/base/buf.h"
#include "agent/base/path.h"
#include "agent/store/append.h"
#include "agent/store/journal.h"
#include "agent/store/schema.h"

#define EVENTS_A_TRANSACTION 200000
#define GEN_VERSION 1 /* in the name of kept files: what is generated changed */

static const char *const words[] = { "the", "a", "to", "of", "and", "in", "file", "folder", "is",
	"it", "with", "for", "that", "was", "on", "found", "copy", "moved", "name", "line", "new",
	"list", "report", "photo", "invoice", "music", "download", "project", "notes", "letter",
	"summer", "holiday", "meeting", "budget", "draft", "archive", "picture", "contract", "table",
	"house", "garden", "train", "ticket", "school", "lesson", "recipe", "kitchen", "window",
	"mountain", "river", "server", "backup", "script", "program", "function", "module", "error",
	"warning", "test", "result", "value", "number", "string", "buffer", "thread", "socket",
	"request", "answer", "question", "person", "friend", "family", "doctor", "letterhead",
	"calendar", "weekend", "morning", "evening", "quarter", "annual", "tax", "insurance",
	"account", "payment", "receipt", "camera", "video", "audio", "document", "spreadsheet",
	"presentation", "paragraph", "chapter", "thesis", "library", "museum", "concert", "ticketing",
	"harbour", "island", "bicycle", "engine", "battery", "keyboard", "terminal", "lobster" };
static const char *const chinese[] = { "整理", "下载", "文件夹", "文件", "照片", "按类型", "分类",
	"查找", "报告", "发票", "音乐", "项目", "笔记", "会议", "预算", "归档", "合同", "今天", "明天",
	"最大的", "十个", "重复", "删除", "移动到", "桌面", "备份", "记住", "我的", "生日", "电话",
	"学校", "课程", "菜谱", "火车票", "医院", "天气", "北京", "上海", "周末", "提醒", "打开", "保存",
	"的", "和", "在", "里", "龙虾", "程序", "错误", "测试", "结果", "数据", "表格", "图片" };
static const char *const places[] = { "/home/ana", "/home/ana/Downloads", "/home/ana/Documents",
	"/home/ana/Pictures", "/home/ana/src/site", "/home/ana/src/engine", "/home/ana/thesis",
	"/srv/share", "/home/ana/Music", "/home/ana/Desktop" };
static const char *const models[] = { "gpt-5", "claude-sonnet", "qwen3", "deepseek-chat" };
static const char *const providers[] = { "openai", "anthropic", "ollama", "deepseek" };
static const char *const tools[] = { "list", "read", "search", "write", "move", "shell" };
static const char *const ends[] = { "done", "done", "done", "done", "done", "done", "failed",
	"stopped" };

struct gen {
	struct db db;
	struct chain chain;
	struct buf body, facts;
	uint64_t state;
	int64_t time, task, left;
	bool chinese;
	int turn, call, commit, model;
	struct err *err;
	bool failed;
};

static uint64_t
next(struct gen *g)
{
	uint64_t z = (g->state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static size_t
below(struct gen *g, size_t n)
{
	return (size_t)(next(g) >> 33) % n;
}

#define PICK(g, a) ((a)[below(g, ARRAY_LEN(a))])

/* Words come as in language: few often, most seldom, and names and numbers for ever new. */
static void
say(struct gen *g, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		size_t r = below(g, 100);

		if (g->chinese) {
			buf_add_str(&g->body, PICK(g, chinese));
			if (r < 12)
				buf_add_str(&g->body, r < 4 ? "。" : "，");
			continue;
		}
		if (i)
			buf_add_char(&g->body, r < 5 ? '\n' : ' ');
		if (r < 4)
			buf_printf(&g->body, "%s-%zu.pdf", PICK(g, words), below(g, 100000));
		else
			buf_add_str(&g->body, words[below(g, 1 + below(g, ARRAY_LEN(words)))]);
	}
}

static void
put(struct gen *g, enum event_kind kind, bool has_body)
{
	struct event ev = { .task = kind == EV_REQUEST ? JOURNAL_NEW_TASK : g->task,
		.time = g->time += 20 + (int64_t)below(g, 400), .kind = kind,
		.facts = buf_slice(&g->facts), .body = buf_slice(&g->body), .has_body = has_body };

	if (!has_body)
		ev.body = (struct slice){ 0 };
	if (g->failed || g->left <= 0)
		return;
	g->failed = !append_event(&g->db, &g->chain, &ev, g->err);
	g->task = ev.task;
	g->left--;
	buf_clear(&g->body);
	buf_clear(&g->facts);
	if (!g->failed && g->left % EVENTS_A_TRANSACTION == 0)
		g->failed = !chain_write(&g->db, &g->chain, g->err) || !append_commit(&g->db, g->err)
			|| !db_exec(&g->db, "BEGIN IMMEDIATE", g->err);
}

#define FACTS(g, ...) buf_printf(&(g)->facts, __VA_ARGS__)

static void
put_state(struct gen *g, const char *state)
{
	FACTS(g, "{\"state\":\"%s\"}", state);
	put(g, EV_STATE, false);
}

static void
put_effects(struct gen *g)
{
	size_t n = 1 + below(g, 5), i;

	buf_add_char(&g->body, '[');
	for (i = 0; i < n; i++)
		buf_printf(&g->body, "%s{\"n\":%zu,\"kind\":\"create\",\"path\":\"%s/%s-%zu.txt\","
				     "\"bytes\":%zu,\"count\":1}",
			i ? "," : "", i + 1, PICK(g, places), PICK(g, words), below(g, 100000),
			below(g, 100000));
	buf_add_char(&g->body, ']');
	FACTS(g, "{\"call\":%d,\"n\":%zu,\"create\":%zu,\"bytes\":%zu}", g->call, n, n, below(g, 99999));
	put(g, EV_EFFECTS, true);
	FACTS(g, "{\"approval\":%d,\"call\":%d,\"why\":[\"effects\"],\"red\":0}", g->call, g->call);
	buf_add_str(&g->body, "{\"effects\":[1]}");
	put(g, EV_APPROVAL, true);
	FACTS(g, "{\"approval\":%d,\"call\":%d,\"decision\":\"take\",\"by\":\"person\"}", g->call, g->call);
	buf_add_str(&g->body, "{\"take\":[1]}");
	put(g, EV_DECISION, true);
	g->commit++;
	FACTS(g, "{\"commit\":%d,\"call\":%d,\"n\":%zu,\"stage\":\"t%lld/c%d\"}", g->commit, g->call, n,
		(long long)g->task, g->commit);
	put(g, EV_COMMIT_BEGUN, false);
	FACTS(g, "{\"commit\":%d,\"call\":%d,\"n\":%zu,\"bytes\":%zu,\"undoable\":true,\"stage\":\"\"}",
		g->commit, g->call, n, below(g, 99999));
	buf_add_str(&g->body, "[{\"kind\":\"create\",\"path\":\"x\"}]");
	put(g, EV_COMMIT_DONE, true);
}

static void
put_call(struct gen *g)
{
	const char *tool = PICK(g, tools);
	size_t pieces = below(g, 4), i;

	g->call++;
	FACTS(g, "{\"call\":%d,\"turn\":%d,\"tool\":\"%s\",\"risk\":\"read\"}", g->call, g->turn, tool);
	buf_printf(&g->body, "{\"path\":\"%s\",\"pattern\":\"%s %s\"}", PICK(g, places), PICK(g, words),
		PICK(g, words));
	put(g, EV_CALL, true);
	FACTS(g, "{\"call\":%d}", g->call);
	put(g, EV_CALL_BEGUN, false);
	for (i = 0; i < pieces; i++) {
		FACTS(g, "{\"call\":%d}", g->call);
		say(g, 8);
		put(g, EV_OUTPUT, true);
	}
	FACTS(g, "{\"call\":%d,\"outcome\":\"done\",\"ms\":%zu,\"summary\":\"%s finished\"}", g->call,
		below(g, 900), tool);
	say(g, 6 + below(g, 20));
	put(g, EV_CALL_DONE, true);
	if (below(g, 3) == 0)
		put_effects(g);
}

static void
put_turn(struct gen *g)
{
	size_t pieces = 1 + below(g, 6), i;

	g->turn++;
	FACTS(g, "{\"turn\":%d,\"provider\":\"%s\",\"model\":\"%s\",\"host\":\"localhost\",\"bytes\":900}",
		g->turn, providers[g->model], models[g->model]);
	buf_add_str(&g->body, "{\"messages\":[{\"content\":\"");
	say(g, 1);
	buf_printf(&g->body, " %llx\"}]}", (unsigned long long)next(g));
	put(g, EV_MODEL_REQUEST, true);
	for (i = 0; i < pieces; i++) {
		FACTS(g, i + 1 < pieces ? "{\"turn\":%d}" : "{\"turn\":%d,\"end\":true}", g->turn);
		say(g, 6 + below(g, 12));
		put(g, EV_TEXT, true);
	}
	FACTS(g,
		"{\"turn\":%d,\"provider\":\"%s\",\"model\":\"%s\",\"input\":%zu,\"output\":%zu,"
		"\"cost\":0.00%zu}",
		g->turn, providers[g->model], models[g->model], 1000 + below(g, 9000), below(g, 900),
		1 + below(g, 98));
	put(g, EV_USAGE, false);
}

static void
put_task(struct gen *g)
{
	bool model = below(g, 3) > 0;
	size_t steps = 1 + below(g, 4), i;

	g->chinese = below(g, 3) == 0;
	g->turn = g->call = g->commit = 0;
	g->model = (int)below(g, ARRAY_LEN(models));
	g->time += (int64_t)below(g, 1500000);
	if (model)
		FACTS(g, "{\"engine\":\"model\",\"mode\":\"step\",\"cwd\":\"%s\",\"model\":\"%s/%s\"}",
			PICK(g, places), providers[g->model], models[g->model]);
	else
		FACTS(g, "{\"engine\":\"instinct\",\"mode\":\"step\",\"cwd\":\"%s\"}", PICK(g, places));
	say(g, 4 + below(g, 8));
	put(g, EV_REQUEST, true);
	put_state(g, "thinking");
	for (i = 0; i < steps; i++) {
		if (model)
			put_turn(g);
		put_state(g, "acting");
		put_call(g);
	}
	if (below(g, 20) == 0) {
		FACTS(g, "{\"op\":\"add\",\"origin\":\"task\",\"trust\":\"told\"}");
		say(g, 8);
		put(g, EV_MEMORY, true);
	}
	put_state(g, PICK(g, ends));
}

static bool
prepare(struct gen *g, const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_set(g->err, ERR_IO, "%s exists or cannot be made", path);
	close(fd);
	/* Nothing here must survive a crash, so nothing is synced. */
	return db_open(&g->db, path, DB_WRITE, g->err)
		&& schema_bring(&g->db, path, schema_migrations, schema_n_migrations, g->err)
		&& db_exec(&g->db,
			"PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF;"
			"PRAGMA cache_size=-200000; PRAGMA locking_mode=EXCLUSIVE; BEGIN IMMEDIATE",
			g->err);
}

bool
journal_gen(const char *path, int64_t n, uint64_t seed, struct err *err)
{
	struct gen g = { .body = BUF_INIT(1u << 20), .facts = BUF_INIT(1u << 16), .state = seed,
		.time = JOURNAL_GEN_START, .left = n, .err = err };
	bool ok = prepare(&g, path);

	while (ok && g.left > 0 && !g.failed)
		put_task(&g);
	/* The file is nobody's work: no leases. */
	ok = ok && !g.failed && chain_write(&g.db, &g.chain, err)
		&& db_exec(&g.db,
			"DELETE FROM lease; COMMIT; PRAGMA locking_mode=NORMAL; PRAGMA journal_mode=WAL",
			err);
	db_close(&g.db);
	buf_finish(&g.body);
	buf_finish(&g.facts);
	return ok;
}

char *
journal_gen_kept(int64_t n)
{
	const char *build = getenv("BUILD");
	autofree char *dir = path_join(build ? build : "build", "bench");
	autofree char *name = xasprintf("journal-%lld.%d.%d.db", (long long)n, JOURNAL_SCHEMA,
		GEN_VERSION);
	autofree char *path = path_join(dir, name), *tmp = xasprintf("%s.making", path);
	struct err err = { 0 };

	if (access(path, F_OK) == 0)
		return steal_ptr(&path);
	unlink(tmp);
	if (!path_make_dirs(dir, 0755, &err) || !journal_gen(tmp, n, 1, &err)) {
		fprintf(stderr, "a journal for benches cannot be made: %s\n", err.text);
		exit(1);
	}
	if (rename(tmp, path))
		bug("rename %s", tmp);
	return steal_ptr(&path);
}
