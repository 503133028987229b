/* note_find: entries of the notes that hold all the words, newest first. */
#include "agent/base/utf8.h"
#include "agent/tools/util.h"
#include "agent/tools/walk.h"

#define HITS_MAX 100
#define TEXT_SHOWN 600
#define FILES_MAX 5000

struct finding {
	const struct tool_ctx *ctx;
	struct strv words; /* folded */
	struct strv files;
	struct jw w;
	uint64_t hits;
	struct err *err;
};

static bool
gather(void *user, const char *path, const struct stat *st)
{
	struct finding *f = user;

	(void)st;
	strv_add(&f->files, path);
	return f->files.n < FILES_MAX;
}

static bool
holds_all(const struct finding *f, struct slice entry)
{
	autofree char *folded = utf8_fold(entry.p, entry.n);

	for (size_t i = 0; i < f->words.n; i++)
		if (!strstr(folded, f->words.v[i]))
			return false;
	return true;
}

/* One entry: from a "## " heading to the next; heading is the line without the marks. */
static void
look_at(struct finding *f, const char *path, size_t line, struct slice entry)
{
	struct slice rest = entry, heading = slice_line(&rest), body = slice_trim(rest);

	if (!slice_starts(entry, "#")) {
		heading = (struct slice){ "", 0 };
		body = slice_trim(entry);
	}
	if (!body.n || !holds_all(f, entry))
		return;
	/* All are counted, the newest are given. */
	if (f->hits++ >= HITS_MAX || !tool_room(&f->w, 6 * TEXT_SHOWN))
		return;
	while (heading.n && (*heading.p == '#' || *heading.p == ' '))
		heading.p++, heading.n--;
	jw_object(&f->w, NULL);
	jw_path(&f->w, "path", path);
	jw_i64(&f->w, "line", (int64_t)line);
	jw_slice(&f->w, "when", (struct slice){ heading.p, MIN_OF(heading.n, (size_t)60) });
	jw_slice(&f->w, "text", (struct slice){ body.p, MIN_OF(body.n, (size_t)TEXT_SHOWN) });
	jw_end_object(&f->w);
}

/* The newest entry stands last in its file. */
static void
look_through(struct finding *f, const char *path, struct slice text)
{
	size_t *starts = NULL, *lines = NULL, n = 0, cap = 0, cap2 = 0, line = 1;

	for (size_t at = 0; at < text.n; line++) {
		const char *nl = memchr(text.p + at, '\n', text.n - at);

		if (at == 0 ||
			slice_starts((struct slice){ text.p + at, text.n - at }, "## ")) {
			GROW(starts, n, cap);
			GROW(lines, n, cap2);
			starts[n] = at;
			lines[n++] = line;
		}
		at = nl ? (size_t)(nl - text.p) + 1 : text.n;
	}
	for (size_t i = n; i-- > 0;) {
		size_t end = i + 1 < n ? starts[i + 1] : text.n;

		look_at(f, path, lines[i],
			(struct slice){ text.p + starts[i], end - starts[i] });
	}
	free(starts);
	free(lines);
}

static bool
find_all(struct finding *f, const char *notes, struct err *err)
{
	struct walk w = { .ctx = f->ctx, .fn = gather, .user = f };
	struct glob glob;
	bool ok = glob_init(&glob, "*.{md,txt,markdown,org}", err) && (w.glob = &glob) &&
		walk_run(&w, notes, err);

	strv_sort(&f->files);
	for (size_t i = f->files.n; ok && i-- > 0;) {
		autobuf struct buf text = BUF_INIT(LIMIT_READ_FILE);

		ok = tool_going(f->ctx, err);
		if (ok && tool_slurp(f->ctx, f->files.v[i], &text, NULL))
			look_through(f, f->files.v[i], buf_slice(&text));
	}
	walk_finish(&w);
	glob_finish(&glob);
	return ok;
}

static bool
run(const struct tool_ctx *c, const cJSON *args, struct tool_result *r, struct err *err)
{
	const char *text = tool_arg_str(args, "text", err);
	autofree char *notes = path_join(c->home, "Notes"), *folded = NULL;
	struct finding f = { .ctx = c };
	struct slice rest;
	struct stat st;
	bool ok = true;

	if (!text)
		return false;
	folded = utf8_fold(text, strlen(text));
	rest = slice_of(folded);
	while (rest.p) {
		struct slice word = slice_trim(slice_cut(&rest, ' '));

		if (word.n)
			strv_take(&f.words, slice_dup(word));
	}
	tool_json(c, r, &f.w);
	jw_array(&f.w, "hits");
	if (draft_stat(c->draft, notes, &st, NULL))
		ok = find_all(&f, notes, err);
	jw_end_array(&f.w);
	jw_i64(&f.w, "count", (int64_t)f.hits);
	tool_json_end(c, r, &f.w);
	if (f.hits)
		tool_say(r, ngettext_("%llu note fits", "%llu notes fit", f.hits),
			(unsigned long long)f.hits);
	else
		tool_say(r, _("No note holds these words"));
	strv_finish(&f.words);
	strv_finish(&f.files);
	return ok;
}

const struct tool tool_note_find = {
	.name = "note_find",
	.summary = N_("Find notes by their words"),
	.schema = "{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\"}},"
		  "\"required\":[\"text\"]}",
	.returns = "hits:[{path,line,when,text}], count",
	.risk = RISK_READ,
	.flags = TOOL_EXTRA,
	.run = run,
};
