/* An error reply: "Name: value" lines, a blank line, the body. The delay is never absurd. */
#include "agent/llm/llm.h"
#include "agent/base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define DAYS_7_MS (7 * 86400000ll)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const int statuses[] = { 200, 400, 401, 404, 413, 429, 500, 503, 529 };
	int status = n ? statuses[data[0] % ARRAY_LEN(statuses)] : 429;
	struct slice rest = { n ? (const char *)data + 1 : "", n ? n - 1 : 0 };
	struct llm_header h[16];
	autostrv struct strv keep = { 0 };
	size_t n_h = 0;
	struct llm_error e;

	while (rest.p && rest.n && n_h < ARRAY_LEN(h)) {
		struct slice line = slice_line(&rest), name;

		if (!line.n)
			break;
		name = slice_cut(&line, ':');
		strv_take(&keep, slice_dup(name));
		strv_take(&keep, slice_dup(slice_trim(line.p ? line : SLICE_LIT(""))));
		h[n_h++] = (struct llm_header){ keep.v[keep.n - 2], keep.v[keep.n - 1] };
	}
	if (llm_error_decode(LLM_OPENAI_CHAT, status, h, n_h, rest.p ? rest : SLICE_LIT(""),
		    1700000000000, &e)) {
		autobuf struct buf out = BUF_INIT(1 << 20);
		autofree char *sentence = llm_error_sentence(&e, "p");

		if (!*sentence || e.kind == LLM_ERR_NONE || !e.message || e.retry_after_ms > DAYS_7_MS ||
			e.retry_after_ms < -1 || strlen(e.message) > LLM_ERROR_TEXT_MAX)
			abort();
		llm_error_to_json(&e, &out);
	}
	llm_error_finish(&e);
	return 0;
}
