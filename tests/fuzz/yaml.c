#include "agent/base/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
walk(const struct yaml *y)
{
	if (y->line < 1 || (y->kind == YAML_SCALAR) != (y->text != NULL))
		abort();
	for (size_t i = 0; i < y->n; i++) {
		if (y->kind == YAML_MAP && y->key_lines[i] < 1)
			abort();
		walk(y->items[i]);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err err = { 0 };
	autoyaml struct yaml *y =
		yaml_parse((struct slice){ (const char *)data, n }, "f", &err);

	if (!y && err.code == ERR_NONE)
		abort();
	if (y)
		walk(y);
	return 0;
}
