/* What json_parse takes must print, and read back the same. */
#include "agent/base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const paths[] = { "a", "a.b", "0", "1.a", "a.0.b" };
	struct slice text = { (const char *)data, n };
	autojson cJSON *strict = json_parse(text, NULL);
	autojson cJSON *lenient = json_parse_lenient(text, NULL);

	if (strict) {
		autofree char *printed = json_print(strict);
		autojson cJSON *again = json_parse(slice_of(printed), NULL);

		if (!lenient || !again)
			abort();
	}
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct slice raw = json_raw(text, paths[i]);
		const cJSON *value = strict ? json_at(strict, paths[i]) : NULL;

		if (raw.p && (raw.p < text.p || raw.p + raw.n > text.p + text.n))
			abort();
		/* Keys with a dot in them are beyond a path; everything else must agree. */
		if (strict && (raw.p != NULL) != (value != NULL))
			abort();
	}
	return 0;
}
