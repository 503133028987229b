/* Head and tail of a stream. */
#include "agent/tools/shell_keep.h"
#include "agent/base/i18n.h"
#include "agent/base/utf8.h"

void
shell_keep_init(struct shell_keep *k)
{
	*k = (struct shell_keep){ .head = BUF_INIT(KEEP_PART), .hash = hasher_create() };
}

void
shell_keep_finish(struct shell_keep *k)
{
	unsigned char sum[HASH_LEN];

	buf_finish(&k->head);
	if (k->hash)
		hasher_finish(k->hash, sum);
	k->hash = NULL;
}

void
shell_keep_add(struct shell_keep *k, struct slice bytes)
{
	size_t room = KEEP_PART - k->head.len, n = MIN_OF(bytes.n, room);

	k->total += bytes.n;
	hasher_add(k->hash, bytes.p, bytes.n);
	if (n)
		buf_add(&k->head, bytes.p, n);
	bytes.p += n;
	bytes.n -= n;
	if (bytes.n > KEEP_PART) {
		bytes.p += bytes.n - KEEP_PART;
		bytes.n = KEEP_PART;
	}
	while (bytes.n) {
		size_t part = MIN_OF(bytes.n, KEEP_PART - k->tail_at);

		memcpy(k->tail + k->tail_at, bytes.p, part);
		k->tail_at = (k->tail_at + part) % KEEP_PART;
		bytes.p += part;
		bytes.n -= part;
	}
}

static void
add_valid(struct buf *out, const char *p, size_t n)
{
	for (size_t i = 0; i < n;) {
		uint32_t cp;
		bool ok;
		size_t used = utf8_decode(p + i, n - i, &cp, &ok);

		if (ok && cp)
			buf_add(out, p + i, used);
		else
			buf_add_str(out, "\xef\xbf\xbd");
		i += used;
	}
}

void
shell_keep_text(const struct shell_keep *k, struct buf *out)
{
	uint64_t behind = k->total - k->head.len;
	size_t tail = behind > KEEP_PART ? KEEP_PART : (size_t)behind;
	autobuf struct buf all = BUF_INIT(3 * KEEP_PART);
	char count[32];

	buf_add_slice(&all, buf_slice(&k->head));
	if (behind > KEEP_PART) {
		add_valid(out, buf_str(&all), all.len);
		buf_clear(&all);
		str_count(behind - KEEP_PART, count);
		buf_printf(out, "\n[%s bytes left out]\n", count);
		buf_add(&all, k->tail + k->tail_at, KEEP_PART - k->tail_at);
		buf_add(&all, k->tail, k->tail_at);
	} else {
		buf_add(&all, k->tail, tail);
	}
	add_valid(out, buf_str(&all), all.len);
}

void
shell_keep_hash(struct shell_keep *k, char out[HASH_HEX_LEN])
{
	unsigned char sum[HASH_LEN];

	out[0] = '\0';
	hasher_finish(k->hash, sum);
	k->hash = NULL;
	if (k->total > KEEP_HASH_FROM)
		hash_hex(sum, out);
}
