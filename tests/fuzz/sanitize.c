/* Whatever comes in, nothing a terminal acts on goes out. */
#include "agent/base/sanitize.h"
#include "agent/base/json.h"
#include "agent/base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check(const char *s, size_t n, enum sanitize_mode mode)
{
	struct buf b = BUF_INIT(16u << 20);

	sanitize(&b, s, n, mode);
	if (!utf8_valid(buf_str(&b), b.len))
		abort();
	for (size_t i = 0; i < b.len;) {
		uint32_t c;

		i += utf8_decode(b.p + i, b.len - i, &c, NULL);
		if (c == '\n' && mode == SANITIZE_TEXT)
			continue;
		if (utf8_cp_width(c) < 0 || (c >= 0x202A && c <= 0x202E) || c == 0x200D)
			abort();
	}
	buf_finish(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *s = (const char *)data;
	autobuf struct buf quoted = BUF_INIT(16u << 20);
	autofree char *copy = slice_dup((struct slice){ s, n });
	autofree char *folded = utf8_fold(s, n);
	autofree char *elided = sanitize_elide(copy, n % 100);
	size_t back = n;

	for (int mode = SANITIZE_TEXT; mode <= SANITIZE_NAME; mode++)
		check(s, n, (enum sanitize_mode)mode);
	json_quote(&quoted, (struct slice){ s, n });
	if (!utf8_valid(buf_str(&quoted), quoted.len) ||
		utf8_width(elided, strlen(elided)) > n % 100)
		abort();
	while (back) {
		size_t len = utf8_grapheme_prev(s, back);

		if (len == 0 || len > back)
			abort();
		back -= len;
	}
	return utf8_valid(folded, strlen(folded)) ? 0 : (abort(), 0);
}
