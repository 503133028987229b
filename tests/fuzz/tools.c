/* The parsers of tools: the first byte chooses one, the rest is its input. */
#include "agent/base/json.h"
#include "agent/tools/csv.h"
#include "agent/tools/glob.h"
#include "agent/tools/rename.h"
#include "agent/tools/scan.h"
#include "agent/tools/shell_net.h"
#include "agent/tools/todo.h"
#include "agent/tools/tool.h"
#include "agent/tools/unpack.h"
#include "agent/tools/when.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Whole and byte by byte must sum up alike. */
static void
fuzz_csv(struct slice s)
{
	struct csv a, b;

	csv_init(&a, s);
	csv_init(&b, s);
	csv_add(&a, s);
	csv_end(&a);
	/* The mark of UTF-8 is only known in one piece. */
	if (!slice_starts(s, "\xef\xbb\xbf")) {
		for (size_t i = 0; i < s.n; i++)
			csv_add(&b, (struct slice){ s.p + i, 1 });
		csv_end(&b);
		if (a.rows != b.rows || a.n_columns != b.n_columns || a.ragged != b.ragged)
			abort();
	}
	csv_finish(&a);
	csv_finish(&b);
}

static void
fuzz_shell(const char *text, struct slice s)
{
	struct buf out = BUF_INIT(1u << 16);
	struct strv hosts = { 0 };
	cJSON *list;
	size_t said = tool_shell_outside(text, &out);

	list = json_parse(buf_slice(&out), NULL);
	if (!list || (size_t)cJSON_GetArraySize(list) != said)
		abort();
	cJSON_Delete(list);
	shell_net_failed(text, s, &hosts);
	for (size_t i = 0; i < hosts.n; i++)
		if (strspn(hosts.v[i], "abcdefghijklmnopqrstuvwxyz0123456789.-:") !=
			strlen(hosts.v[i]))
			abort();
	strv_finish(&hosts);
	buf_finish(&out);
}

static void
fuzz_names(const char *text)
{
	const char *cut = strchr(text, '\n');
	autofree char *pattern = cut ? xstrndup(text, (size_t)(cut - text)) : xstrdup(text);
	const char *name = cut ? cut + 1 : "a name.txt";
	enum unpack_odd odd;
	autofree char *below = unpack_name(text, &odd), *stem = unpack_stem(text),
		      *renamed = NULL;
	const struct rename_rule rule = { .find = pattern,
		.replace = "x",
		.letters = "lut"[(unsigned char)*text % 3],
		.number = *text & 4 ? pattern : NULL,
		.spaces = *text & 8 ? "_" : NULL };
	struct glob g;

	if (glob_init(&g, pattern, NULL)) {
		(void)glob_match(&g, name, name);
		glob_finish(&g);
	}
	if ((below != NULL) != (odd == UNPACK_FINE))
		abort();
	if (below &&
		(below[0] == '/' || strstr(below, "/../") || str_starts(below, "../") ||
			str_eq(below, "..") || str_ends(below, "/..")))
		abort();
	renamed = rename_apply(&rule, name, 3, 1000, NULL);
	if (renamed && (strchr(renamed, '/') ? !strchr(name, '/') : !*renamed))
		abort();
	if (*text && !*stem)
		abort();
	(void)unpack_link_stays("a/b", text);
}

static void
fuzz_todo(const char *text, struct slice s)
{
	struct buf out = BUF_INIT(1u << 20);
	struct todo_item item;
	struct slice done;
	size_t at = 0, before = 0;

	while (todo_next(s, &at, &item)) {
		if (at <= before || item.box >= s.n)
			abort();
		before = at;
	}
	if (todo_tick(s, "1", &out, &done, NULL) && out.len != s.n)
		abort();
	buf_clear(&out);
	todo_add(s, text, &out);
	buf_finish(&out);
}

static void
fuzz_regex(const char *text)
{
	struct scan s;

	if (scan_init(&s, text, true, NULL))
		scan_finish(&s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct slice s = { (const char *)data + 1, n ? n - 1 : 0 };
	autofree char *text = NULL;
	int64_t ms;

	if (!n)
		return 0;
	text = slice_dup(s);
	switch (data[0] % 6) {
	case 0:
		fuzz_csv(s);
		break;
	case 1:
		fuzz_shell(text, s);
		break;
	case 2:
		fuzz_names(text);
		break;
	case 3:
		fuzz_todo(text, s);
		break;
	case 4:
		fuzz_regex(text);
		break;
	default:
		(void)!when_parse(
			text, data[0] & 64 ? WHEN_PAST : WHEN_FUTURE, 1715774400000, &ms, NULL);
	}
	return 0;
}
