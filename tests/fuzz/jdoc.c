/* Reading in place: agrees with the other parser, and no slice leaves the text. */
#include "agent/base/jdoc.h"
#include "agent/base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
visit(const struct jn *v, struct slice text, int depth)
{
	struct slice raw = jn_raw(v);
	struct buf b = BUF_INIT(1 << 20);
	size_t n = 0;

	if (raw.p < text.p || raw.p + raw.n > text.p + text.n || depth > (int)JDOC_DEPTH_MAX)
		abort();
	jn_text(&b, v);
	free(jn_dup(v, 7));
	buf_finish(&b);
	jn_i64(v, 0);
	for (const struct jn *c = jn_first(v); c; c = jn_next(v, c), n++) {
		visit(c, text, depth + 1);
		if (v->type == JN_OBJECT)
			visit(jn_value(c), text, depth + 1);
	}
	if (v->type >= JN_ARRAY && n != v->n)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	autofree char *copy = xstrndup((const char *)data, n);
	struct slice text = { copy, strnlen(copy, n) };
	autojdoc struct jdoc d = { 0 };
	autojson cJSON *other = json_parse_lenient(text, NULL);
	const struct jn *root = jdoc_parse(&d, text);

	/* The other one takes a byte order mark; here it is the framing's business. */
	if (slice_starts(text, "\xef\xbb\xbf"))
		return 0;
	if (root)
		visit(root, text, 0);
	/* The other one is stricter about UTF-8 and depth, never more lenient. */
	if (other && !root)
		abort();
	return 0;
}
