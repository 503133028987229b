#include "agent/base/base64.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool
base64_add(struct buf *out, struct slice s)
{
	for (size_t i = 0; i < s.n; i += 3) {
		size_t n = MIN_OF(s.n - i, (size_t)3);
		const unsigned char *p = (const unsigned char *)s.p + i;
		unsigned v = (unsigned)p[0] << 16 | (n > 1 ? (unsigned)p[1] << 8 : 0) |
			(n > 2 ? (unsigned)p[2] : 0);
		char four[4] = { digits[v >> 18], digits[v >> 12 & 63],
			n > 1 ? digits[v >> 6 & 63] : '=', n > 2 ? digits[v & 63] : '=' };

		if (!buf_add(out, four, 4))
			return false;
	}
	return true;
}
