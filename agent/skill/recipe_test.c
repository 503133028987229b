#include "agent/skill/recipe_test.h"
#include "agent/base/i18n.h"
#include "agent/base/path.h"

static char *
plain(const cJSON *v, const char *home)
{
	if (cJSON_IsString(v)) {
		if (v->valuestring[0] == '~' &&
			(v->valuestring[1] == '/' || !v->valuestring[1]))
			return path_resolve(v->valuestring, "/", home);
		return xstrdup(v->valuestring);
	}
	return json_print(v);
}

bool
recipe_slots_equal(const cJSON *a, const cJSON *b, const char *home)
{
	const cJSON *v;

	if (cJSON_GetArraySize(a) != cJSON_GetArraySize(b))
		return false;
	cJSON_ArrayForEach(v, a)
	{
		const cJSON *o = json_get(b, v->string);
		autofree char *x = NULL, *y = NULL;

		if (!o)
			return false;
		x = plain(v, home);
		y = plain(o, home);
		if (!str_eq(x, y))
			return false;
	}
	return true;
}

size_t
recipe_test_run(
	const struct matcher *m, const struct recipe *r, const char *home, FILE *out, int *ran)
{
	struct match_context ctx = { .cwd = "/here", .now_ms = RECIPE_TEST_NOW };
	size_t wrong = 0;

	for (size_t i = 0; i < r->n_tests; i++) {
		const struct recipe_test *t = &r->tests[i];
		autobuf struct buf got = BUF_INIT(64u << 10);
		autofree char *want = json_print(t->slots);
		struct match x;
		bool ok;

		match_request(m, slice_of(t->say), &ctx, &x);
		ok = t->none ? x.recipe != r
			     : x.recipe == r && recipe_slots_equal(x.slots, t->slots, home);
		match_to_json(&x, &got);
		match_finish(&x);
		(*ran)++;
		if (ok)
			continue;
		wrong++;
		if (out)
			fprintf(out, _("%s:%d: \"%s\" wants %s %s, got %s\n"), r->file, t->line,
				t->say, t->none ? _("anything but") : r->name,
				t->none ? r->name : want, buf_str(&got));
	}
	return wrong;
}
