/* Headers of pictures: a size is only told where there is one, and never a negative one. */
#include "agent/tools/picture.h"
#include "agent/base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *exact = n ? xmalloc(n) : NULL; /* so that a byte too far is seen */
	struct slice s = { exact, n };
	int w = -1, h = -1;
	bool ok;

	if (n)
		memcpy(exact, data, n);
	ok = picture_size(s, &w, &h);
	if (ok ? !picture_type(s) || w <= 0 || h <= 0 : w < 0 || h < 0)
		abort();
	free(exact);
	return 0;
}
