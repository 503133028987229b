/* Rules that the person adds or removes: the file keeps its comments. */
#include "agent/core/rules_private.h"
#include "agent/base/i18n.h"
#include "agent/base/json.h"
#include "agent/base/path.h"
#include <sys/stat.h>

static bool
free_id(const struct rules *r, const char *want, char out[64])
{
	size_t i, n = 1;
	bool taken = true;

	snprintf(out, 64, "%s", want);
	while (taken && n < RULES_MAX) {
		taken = false;
		for (i = 0; i < r->n; i++)
			taken |= str_eq(r->v[i].id, out);
		if (taken)
			snprintf(out, 64, "%.48s-%zu", want, ++n);
	}
	return !taken;
}

/* Parses the whole new text before it is written: a broken rule never reaches the file. */
static bool
replace_file(struct rules *r, struct buf *text, struct err *err)
{
	autoyaml struct yaml *y = yaml_parse(buf_slice(text), r->path, err);
	struct rules fresh = { .path = r->path };
	size_t i;
	bool ok;

	if (!y)
		return false;
	ok = rules_parse(&fresh, y, err) && path_write_file(r->path, buf_slice(text), 0600, err);
	if (!ok) {
		for (i = 0; i < fresh.n; i++)
			rule_clear(&fresh.v[i]);
		free(fresh.v);
		return false;
	}
	for (i = 0; i < r->n; i++)
		rule_clear(&r->v[i]);
	free(r->v);
	*r = fresh;
	return true;
}

static bool
read_file(const struct rules *r, struct buf *b, struct err *err)
{
	struct stat st;

	return stat(r->path, &st) != 0 || path_read_file(r->path, b, err);
}

/* An empty list may stand as "rules:", as "rules: []" or not at all. */
static void
begin_list(struct buf *text)
{
	autobuf struct buf rest = BUF_INIT(RULES_FILE_MAX);
	struct slice s = buf_slice(text);

	while (s.p && s.n) {
		struct slice l = slice_line(&s);

		if (slice_starts(l, "rules:"))
			continue;
		buf_add_slice(&rest, l);
		buf_add_char(&rest, '\n');
	}
	buf_clear(text);
	buf_add_slice(text, buf_slice(&rest));
	buf_add_str(text, "rules:\n");
}

bool
rules_add(struct rules *r, const char *json, char **ret_id, struct err *err)
{
	autobuf struct buf text = BUF_INIT(RULES_FILE_MAX);
	autojson cJSON *o = json_parse(slice_of(json), err);
	char id[64];

	if (!o || !read_file(r, &text, err))
		return false;
	if (!free_id(r, json_str(o, "id", "rule"), id))
		return err_set(err, ERR_LIMIT, "%s", _("there are too many rules"));
	if (text.len && text.p[text.len - 1] != '\n')
		buf_add_char(&text, '\n');
	if (!r->n)
		begin_list(&text);
	if (!rule_to_yaml(o, id, &text, err) || !replace_file(r, &text, err))
		return false;
	if (ret_id)
		*ret_id = xstrdup(id);
	return true;
}

bool
rules_remove(struct rules *r, const char *id, struct err *err)
{
	autobuf struct buf old = BUF_INIT(RULES_FILE_MAX), text = BUF_INIT(RULES_FILE_MAX);
	struct slice rest;
	size_t i;
	int from = 0, to = 0, n = 0;

	for (i = 0; i < r->n; i++) {
		if (!str_eq(r->v[i].id, id))
			continue;
		from = r->v[i].line;
		to = i + 1 < r->n ? r->v[i + 1].line : 1 << 30;
	}
	if (!from)
		return err_set(err, ERR_NOT_FOUND, _("there is no rule \"%s\""), id);
	if (!read_file(r, &old, err))
		return false;
	rest = buf_slice(&old);
	while (rest.p && rest.n) {
		struct slice l = slice_line(&rest);

		if (++n >= from && n < to)
			continue;
		buf_add_slice(&text, l);
		buf_add_char(&text, '\n');
	}
	if (r->n == 1) { /* an empty list has no lines below "rules:" */
		buf_clear(&text);
		buf_add_str(&text, "rules: []\n");
	}
	return replace_file(r, &text, err);
}

