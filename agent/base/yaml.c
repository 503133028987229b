/* libyaml's events become a tree. */
#include "agent/base/yaml.h"
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include <yaml.h>

#define TEXT_MAX (1u << 20)
#define DEPTH_MAX 32
#define NODES_MAX 50000
#define KEYS_MAX 5000 /* of one map: each is compared with all before it */

struct reader {
	yaml_parser_t parser;
	yaml_event_t event;
	bool has_event;
	const char *name;
	struct slice text;
	struct err *err;
	size_t nodes;
	unsigned depth;
};

static struct yaml *read_node(struct reader *r);

void
yaml_tree_free(struct yaml *y)
{
	if (!y)
		return;
	for (size_t i = 0; i < y->n; i++) {
		yaml_free(y->items[i]);
		if (y->keys)
			free(y->keys[i]);
	}
	free(y->items);
	free(y->keys);
	free(y->key_lines);
	free(y->text);
	free(y);
}

static int
event_line(const struct reader *r)
{
	return (int)r->event.start_mark.line + 1;
}

/* The n-th line of the text, from 1. */
static struct slice
line_text(struct slice text, size_t n)
{
	struct slice line = { NULL, 0 };

	for (; text.p && n; n--)
		line = slice_line(&text);
	return n ? (struct slice){ NULL, 0 } : line;
}

/* libyaml's own words are for programmers; the commonest slip gets ours. */
static bool
syntax_error(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;
	size_t line = p->problem_mark.line + 1;
	struct slice text = line_text(r->text, line);

	if (p->error == YAML_READER_ERROR) {
		line = 1;
		for (size_t i = 0; i < p->problem_offset && i < r->text.n; i++)
			line += r->text.p[i] == '\n';
		return err_set(r->err, ERR_USAGE,
			_("%s:%zu: the file holds bytes that are not UTF-8 text; save it as "
			  "UTF-8"),
			r->name, line);
	}
	/* Found only at the end of the file: what began it says more. */
	if (!text.n && p->context && p->context_mark.line + 1 < line)
		line = p->context_mark.line + 1;
	if (p->error == YAML_SCANNER_ERROR && text.n && memchr(text.p, '\t', text.n))
		return err_set(r->err, ERR_USAGE, _("%s:%zu: use spaces instead of tabs"),
			r->name, line);
	return err_set(r->err, ERR_USAGE,
		_("%s:%zu: %s; check the indentation and the quotes there"), r->name, line,
		p->problem ? p->problem : "error");
}

static bool
next(struct reader *r)
{
	if (r->has_event)
		yaml_event_delete(&r->event);
	r->has_event = yaml_parser_parse(&r->parser, &r->event) != 0;
	return r->has_event || syntax_error(r);
}

static bool
refuse_extras(struct reader *r, const yaml_char_t *anchor, const yaml_char_t *tag)
{
	if (anchor)
		return err_set(r->err, ERR_USAGE,
			_("%s:%d: anchors (&name) are not used here; write the value out"),
			r->name, event_line(r));
	if (tag)
		return err_set(r->err, ERR_USAGE,
			_("%s:%d: tags (!name) are not used here; remove it"), r->name,
			event_line(r));
	return true;
}

static struct yaml *
new_node(struct reader *r, enum yaml_kind kind)
{
	struct yaml *y;

	if (++r->nodes > NODES_MAX) {
		err_set(r->err, ERR_LIMIT, _("%s:%d: more than %d values in one file"), r->name,
			event_line(r), NODES_MAX);
		return NULL;
	}
	y = xcalloc(1, sizeof(*y));
	y->kind = kind;
	y->line = event_line(r);
	return y;
}

static struct yaml *
read_scalar(struct reader *r)
{
	struct slice value = { (const char *)r->event.data.scalar.value,
		r->event.data.scalar.length };
	struct yaml *y;

	if (!refuse_extras(r, r->event.data.scalar.anchor, r->event.data.scalar.tag))
		return NULL;
	if (value.n && memchr(value.p, '\0', value.n)) {
		err_set(r->err, ERR_USAGE, _("%s:%d: a text must not hold \\0"), r->name,
			event_line(r));
		return NULL;
	}
	y = new_node(r, YAML_SCALAR);
	if (!y)
		return NULL;
	y->plain = r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	y->text = slice_dup(value);
	return y;
}

/* Grows all vectors of a list or map together, before the item that fills them is read. */
static void
make_place(struct yaml *y, size_t *cap)
{
	if (y->n < *cap)
		return;
	*cap = *cap ? *cap * 2 : 8;
	y->items = xreallocarray(y->items, *cap, sizeof(*y->items));
	if (y->kind == YAML_MAP) {
		y->keys = xreallocarray(y->keys, *cap, sizeof(*y->keys));
		y->key_lines = xreallocarray(y->key_lines, *cap, sizeof(*y->key_lines));
	}
}

static bool
read_key(struct reader *r, const struct yaml *map, char **ret_key)
{
	const char *key;

	if (r->event.type == YAML_ALIAS_EVENT)
		return err_set(r->err, ERR_USAGE,
			_("%s:%d: aliases (*name) are not used here; write the value out"),
			r->name, event_line(r));
	if (r->event.type != YAML_SCALAR_EVENT)
		return err_set(r->err, ERR_USAGE, _("%s:%d: a key must be one word or text"),
			r->name, event_line(r));
	if (!refuse_extras(r, r->event.data.scalar.anchor, r->event.data.scalar.tag))
		return false;
	key = (const char *)r->event.data.scalar.value;
	if (strlen(key) != r->event.data.scalar.length)
		return err_set(r->err, ERR_USAGE, _("%s:%d: a text must not hold \\0"), r->name,
			event_line(r));
	if (map->n >= KEYS_MAX)
		return err_set(r->err, ERR_LIMIT, _("%s:%d: more than %d keys in one place"),
			r->name, event_line(r), KEYS_MAX);
	if (yaml_get(map, key))
		return err_set(r->err, ERR_USAGE,
			_("%s:%d: \"%s\" stands twice; keep one of them"), r->name,
			event_line(r), key);
	*ret_key = xstrdup(key);
	return true;
}

static bool
read_item(struct reader *r, struct yaml *y, size_t *cap)
{
	autofree char *key = NULL;
	int line = event_line(r);
	struct yaml *item;

	if (y->kind == YAML_MAP && (!read_key(r, y, &key) || !next(r)))
		return false;
	item = read_node(r);
	if (!item)
		return false;
	make_place(y, cap);
	y->items[y->n] = item;
	if (y->kind == YAML_MAP) {
		y->keys[y->n] = steal_ptr(&key);
		y->key_lines[y->n] = line;
	}
	y->n++;
	return true;
}

static struct yaml *
read_collection(struct reader *r, enum yaml_kind kind)
{
	yaml_event_type_t end =
		kind == YAML_MAP ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;
	autoyaml struct yaml *y = NULL;
	size_t cap = 0;

	/* Anchor and tag lie at the same place in both events, but that is libyaml's business.
	 */
	if (kind == YAML_MAP ? !refuse_extras(r, r->event.data.mapping_start.anchor,
				       r->event.data.mapping_start.tag)
			     : !refuse_extras(r, r->event.data.sequence_start.anchor,
				       r->event.data.sequence_start.tag))
		return NULL;
	if (++r->depth > DEPTH_MAX) {
		err_set(r->err, ERR_LIMIT, _("%s:%d: nested more than %d deep"), r->name,
			event_line(r), DEPTH_MAX);
		return NULL;
	}
	y = new_node(r, kind);
	if (!y || !next(r))
		return NULL;
	while (r->event.type != end) {
		if (!read_item(r, y, &cap) || !next(r))
			return NULL;
	}
	r->depth--;
	return steal_ptr(&y);
}

static struct yaml *
read_node(struct reader *r)
{
	switch (r->event.type) {
	case YAML_SCALAR_EVENT:
		return read_scalar(r);
	case YAML_SEQUENCE_START_EVENT:
		return read_collection(r, YAML_LIST);
	case YAML_MAPPING_START_EVENT:
		return read_collection(r, YAML_MAP);
	case YAML_ALIAS_EVENT:
		err_set(r->err, ERR_USAGE,
			_("%s:%d: aliases (*name) are not used here; write the value out"),
			r->name, event_line(r));
		return NULL;
	default:
		err_set(r->err, ERR_USAGE, _("%s:%d: a value is missing"), r->name,
			event_line(r));
		return NULL;
	}
}

/* The one document; a text of nothing but comments is an empty map. */
static struct yaml *
read_stream(struct reader *r)
{
	autoyaml struct yaml *y = NULL;

	if (!next(r) || !next(r)) /* the stream's start, then what is in it */
		return NULL;
	if (r->event.type == YAML_STREAM_END_EVENT)
		return new_node(r, YAML_MAP);
	if (!next(r))
		return NULL;
	y = read_node(r);
	if (!y || !next(r) || !next(r))
		return NULL;
	if (r->event.type != YAML_STREAM_END_EVENT) {
		err_set(r->err, ERR_USAGE, _("%s:%d: a second document begins; keep only one"),
			r->name, event_line(r));
		return NULL;
	}
	return steal_ptr(&y);
}

struct yaml *
yaml_parse(struct slice text, const char *name, struct err *err)
{
	struct reader r = { .name = name, .text = text, .err = err };
	struct yaml *y;

	if (text.n > TEXT_MAX) {
		err_set(err, ERR_LIMIT, _("%s is larger than 1 MB"), name);
		return NULL;
	}
	if (!yaml_parser_initialize(&r.parser))
		bug("libyaml does not start");
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
		&r.parser, (const unsigned char *)(text.p ? text.p : ""), text.n);
	y = read_stream(&r);
	if (r.has_event)
		yaml_event_delete(&r.event);
	yaml_parser_delete(&r.parser);
	return y;
}

struct yaml *
yaml_load(const char *path, struct err *err)
{
	autobuf struct buf b = BUF_INIT(TEXT_MAX);

	if (!path_read_file(path, &b, err))
		return NULL;
	return yaml_parse(buf_slice(&b), path, err);
}
