#include "tui/values.h"
#include "agent/base/json_words.h"

struct painter {
	struct lines *out;
	int cols, left, more;
};

static bool
put(void *user, const char *row, int depth)
{
	struct painter *p = user;
	autofree char *mark = xasprintf("│ %*s", 2 * depth, "");

	if (p->left > 0) {
		p->left--;
		lines_wrap_marked(p->out, slice_of(row), p->cols, mark, STYLE(ROLE_BORDER),
			STYLE(ROLE_MUTED));
	} else {
		p->more++;
	}
	return true;
}

bool
values_lines(struct slice text, int cols, int max, struct lines *out, int *ret_more)
{
	struct painter p = { .out = out, .cols = cols, .left = max };

	if (!json_words(text, put, &p))
		return false;
	*ret_more = p.more;
	return true;
}
