#include "tests/support/golden.h"
#include "agent/base/path.h"

static char *
golden_path(const char *name)
{
	const char *root = getenv("HOMARD_TESTS");

	return xasprintf("%s/golden/%s.txt", root ? root : "tests", name);
}

static void
first_difference(const char *a, const char *b)
{
	int line = 1;
	const char *la = a, *lb = b;

	while (*a && *a == *b) {
		if (*a == '\n') {
			line++;
			la = a + 1;
			lb = b + 1;
		}
		a++;
		b++;
	}
	fprintf(stderr, "first difference in line %d\n  wanted: %.*s\n  got:    %.*s\n", line,
		(int)strcspn(la, "\n"), la, (int)strcspn(lb, "\n"), lb);
}

bool
golden_equal(const char *name, const char *text)
{
	autofree char *path = golden_path(name);
	struct buf wanted = BUF_INIT(4u << 20);
	struct err err = { 0 };
	bool same;

	if (getenv("UPDATE")) {
		autofree char *dir = path_dir(path);

		return path_make_dirs(dir, 0755, &err) &&
			path_write_file(path, slice_of(text), 0644, &err);
	}
	if (!path_read_file(path, &wanted, &err)) {
		fprintf(stderr, "%s: %s\n", path, err.text);
		buf_finish(&wanted);
		return false;
	}
	same = str_eq(buf_str(&wanted), text);
	if (!same) {
		fprintf(stderr, "%s differs; UPDATE=1 renews it. The screen now:\n%s\n", path, text);
		first_difference(buf_str(&wanted), text);
	}
	buf_finish(&wanted);
	return same;
}
