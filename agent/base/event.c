/* The event table and its JSON form. */
#include "agent/base/event.h"
#include "agent/base/hash.h"
#include "agent/base/json.h"
#include "agent/base/utf8.h"

const struct event_kind_info event_kinds[EV_COUNT] = {
#define X(id, name, body, durable, facts) [EV_##id] = { name, body, durable, facts },
	EVENT_KINDS(X)
#undef X
};

enum event_kind
event_kind_of(const char *name)
{
	int i;

	for (i = 0; i < EV_COUNT; i++) {
		if (str_eq(event_kinds[i].name, name))
			return (enum event_kind)i;
	}
	return EV_COUNT;
}

/* The members of an object's text without its braces. */
static struct slice
inner_members(struct slice facts)
{
	struct slice s = slice_trim(facts);

	if (s.n < 2 || s.p[0] != '{')
		return (struct slice){ NULL, 0 };
	return slice_trim((struct slice){ s.p + 1, s.n - 2 });
}

bool
event_to_json(struct buf *out, const struct event *ev)
{
	struct slice members = inner_members(ev->facts);
	enum event_body form = ev->kind < EV_COUNT ? event_kinds[ev->kind].body : BODY_TEXT;

	buf_printf(out, "{\"seq\":%lld,\"task\":%lld,\"time\":%lld,\"kind\":", (long long)ev->seq,
		(long long)ev->task, (long long)ev->time);
	json_quote(out, slice_of(ev->kind_name));
	if (members.n) {
		buf_add_char(out, ',');
		buf_add_slice(out, members);
	}
	if (ev->body_removed) {
		buf_printf(out, ",\"body_removed\":%lld", (long long)ev->body_removed);
	} else if (ev->has_body && form == BODY_JSON && ev->body.n) {
		buf_add_str(out, ",\"data\":");
		buf_add_slice(out, ev->body);
	} else if (ev->has_body && form == BODY_BYTES) {
		char hex[HASH_HEX_LEN];

		hash_hex(ev->body_hash, hex);
		buf_printf(out, ",\"sha256\":\"%s\"", hex);
	} else if (ev->has_body) {
		buf_add_str(out, ",\"text\":");
		json_quote(out, ev->body);
	}
	return buf_add_char(out, '}');
}

char *
path_text(const char *path)
{
	struct buf b = BUF_INIT(1u << 16);
	size_t n = strlen(path), i = 0, used;
	uint32_t cp;
	bool ok;

	while (i < n) {
		used = utf8_decode(path + i, n - i, &cp, &ok);
		if (!ok || (path[i] == '\\' && path[i + 1] == 'x'))
			buf_printf(&b, "\\x%02X", (unsigned char)path[i]);
		else
			buf_add(&b, path + i, used);
		i += ok && !(path[i] == '\\' && path[i + 1] == 'x') ? used : 1;
	}
	return buf_steal(&b);
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char *
path_from_text(const char *text)
{
	char *out = xstrdup(text), *w = out;
	const char *r;

	for (r = text; *r; r++) {
		if (r[0] == '\\' && r[1] == 'x' && hex_digit(r[2]) >= 0 && hex_digit(r[3]) >= 0) {
			*w++ = (char)(hex_digit(r[2]) * 16 + hex_digit(r[3]));
			r += 3;
		} else {
			*w++ = *r;
		}
	}
	*w = '\0';
	return out;
}
