#include "tests/fuzz/dialect.h"

FUZZ_DIALECT(LLM_ANTHROPIC)
