/* The person's rules: reading, checking their examples, applying. */
#include "agent/core/rules.h"
#include "agent/base/i18n.h"

struct rules {
	char *path;
};

bool
rules_load(const char *path, struct rules **ret, struct err *err)
{
	struct rules *r = xcalloc(1, sizeof(*r));

	(void)err;
	r->path = xstrdup(path);
	*ret = r;
	return true;
}

void
rules_destroy(struct rules *r)
{
	if (!r)
		return;
	free(r->path);
	free(r);
}

void
rules_apply(const struct rules *r, const struct policy_question *q, struct policy_answer *a)
{
	(void)r;
	(void)q;
	(void)a;
}
