/* The sense: what it learns from lists of requests, and what it makes of bad files and hostile
 * words. */
#include "tests/support/testing.h"
#include "agent/base/buf.h"
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/skill/match.h"
#include "agent/skill/sense_file.h"
#include "agent/skill/sense_train.h"
#include <math.h>

static struct lexicon *concepts;

static const char *const lines[] = {
	"tidy\t\ttidy my downloads",
	"tidy\t\tplease tidy the desktop",
	"tidy\t\tthe pictures folder is a mess, tidy it up",
	"tidy\t\tcould you tidy ~/in for me",
	"keep\t{\"text\":\"the key is red\"}\tkeep in mind that the key is red",
	"keep\t{\"text\":\"Anna likes tea\"}\tplease keep in mind that Anna likes tea",
	"keep\t{\"text\":\"my size is 43\"}\tkeep in mind that my size is 43",
	"keep\t{\"text\":\"bins go out on Monday\"}\tkeep in mind that bins go out on Monday, "
	"thanks",
	"-\t\twhat is the weather like",
	"-\t\tplay some music",
	"-\t\ttell me a joke about lobsters",
	"-\t\tsend a mail to Tom",
};

static const char *
write_lines(const char *name, size_t n)
{
	autobuf struct buf b = BUF_INIT(1u << 16);

	buf_add_str(&b, "# a list\n");
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s\n", lines[i]);
	return test_write(name, buf_str(&b));
}

static void
train(const char *list, const char *file)
{
	struct sense_trainer *t = sense_trainer_create();
	struct err err = { 0 };

	assert_true(sense_trainer_read(t, list, &err));
	assert_true(sense_trainer_write(t, file, &err));
	assert_int_equal(err.code, 0);
	sense_trainer_destroy(t);
}

static struct sense *
trained(void)
{
	struct err err = { 0 };
	struct sense *s;

	train(write_lines("list.tsv", ARRAY_LEN(lines)), test_path("learned"));
	s = sense_open(test_path("learned"), &err);
	assert_non_null(s);
	return s;
}

static int
best(const struct sense *s, const char *request, float *ret_p)
{
	struct atoms a;
	struct sense_view v;
	int at = 0;
	float sum = 0;

	atoms_init(&a, request, strlen(request));
	sense_read(s, &a, concepts, &v);
	atoms_finish(&a);
	for (size_t i = 0; i < v.n; i++) {
		sum += v.p[i];
		at = v.p[i] > v.p[at] ? (int)i : at;
	}
	assert_true(fabsf(sum - 1) < 1e-3f);
	*ret_p = v.p[at];
	return at;
}

static void
sense__learned__tells_requests_it_never_saw(UNUSED void **state)
{
	struct sense *s = trained();
	float p;

	assert_int_equal(best(s, "tidy the music folder please", &p), sense_label(s, "tidy"));
	assert_true(p > 0.6f);
	assert_int_equal(best(s, "keep in mind that Bob is late", &p), sense_label(s, "keep"));
	assert_int_equal(best(s, "tell me a joke about crabs", &p), sense_label(s, "-"));
	assert_int_equal(sense_label(s, "nobody"), -1);
	assert_int_equal(sense_label(NULL, "tidy"), -1);
	sense_close(s);
}

/* The build of a package must not depend on the day. */
static void
sense__same_lists__give_the_same_file(UNUSED void **state)
{
	const char *list = write_lines("list.tsv", ARRAY_LEN(lines));
	autobuf struct buf a = BUF_INIT(16u << 20), b = BUF_INIT(16u << 20);

	train(list, test_path("one"));
	train(list, test_path("two"));
	assert_true(path_read_file(test_path("one"), &a, NULL));
	assert_true(path_read_file(test_path("two"), &b, NULL));
	assert_true(slice_eq(buf_slice(&a), buf_slice(&b)));
}

static void
text_of(const struct sense *s, const char *request, size_t i, size_t j, const char *wanted)
{
	struct atoms a;

	atoms_init(&a, request, strlen(request));
	sense_text(s, &a, sense_label(s, "keep"), &i, &j);
	autofree char *t = atoms_text(&a, i, j);

	assert_string_equal(t, wanted);
	atoms_finish(&a);
}

static void
sense__text__goes_from_what_leads_in_to_the_end(UNUSED void **state)
{
	struct sense *s = trained();

	text_of(s, "keep in mind that Zoë plays the tuba", 0, 0, "Zoë plays the tuba");
	text_of(s, "please keep in mind that my code is 7", 0, 0, "my code is 7");
	/* A stretch that is as good stays. */
	text_of(s, "keep in mind that my code is 7", 4, 8, "my code is 7");
	sense_close(s);
}

static void
refused(const char *bytes, size_t n, const char *sentence)
{
	const char *path = test_path("bad");
	struct err err = { 0 };

	assert_true(path_write_file(path, (struct slice){ bytes, n }, 0600, NULL));
	assert_null(sense_open(path, &err));
	assert_non_null(strstr(err.text, sentence));
}

static void
sense__damaged_file__is_a_sentence(UNUSED void **state)
{
	autobuf struct buf b = BUF_INIT(16u << 20);
	struct err err = { 0 };
	struct sense_head *h;
	char *copy;

	train(write_lines("list.tsv", ARRAY_LEN(lines)), test_path("learned"));
	assert_true(path_read_file(test_path("learned"), &b, NULL));
	refused("", 0, "is damaged");
	refused("homard", 6, "is damaged");
	refused(buf_str(&b), b.len - 1, "is damaged");
	copy = xmalloc(b.len + 1);
	memcpy(copy, buf_str(&b), b.len);
	copy[b.len] = 0;
	refused(copy, b.len + 1, "is damaged");
	h = (struct sense_head *)copy;
	h->scale[1] = NAN;
	refused(copy, b.len, "is damaged");
	memcpy(copy, buf_str(&b), b.len);
	h->n_labels = 60;
	refused(copy, b.len, "is damaged");
	memcpy(copy, buf_str(&b), b.len);
	memset(h->name[0], 'x', SENSE_NAME_MAX);
	refused(copy, b.len, "is damaged");
	free(copy);
	assert_null(sense_open(test_path("nowhere"), &err));
	assert_non_null(strstr(err.text, "nowhere"));
}

static void
cannot_read(const char *text, const char *sentence)
{
	struct sense_trainer *t = sense_trainer_create();
	struct err err = { 0 };

	assert_false(sense_trainer_read(t, test_write("broken.tsv", text), &err));
	assert_non_null(strstr(err.text, sentence));
	sense_trainer_destroy(t);
}

static void
sense__broken_list__names_its_line(UNUSED void **state)
{
	struct sense_trainer *t = sense_trainer_create();
	struct err err = { 0 };

	cannot_read("tidy\t\ttidy it\ntidy my downloads\n", "line 2");
	cannot_read("tidy\tno JSON\ttidy it\n", "line 1");
	cannot_read("\t\ttidy it\n", "recipes can be learned");
	assert_false(sense_trainer_write(t, test_path("none"), &err));
	assert_non_null(strstr(err.text, "nothing to learn"));
	sense_trainer_destroy(t);
}

static void
sense__hostile_words__stay_in_bounds(UNUSED void **state)
{
	struct sense *s = trained();
	unsigned seed = 11;
	char text[5000];

	for (int round = 0; round < 200; round++) {
		size_t n = (size_t)rand_r(&seed) % sizeof(text), m;
		uint32_t f[SENSE_FEATURES_MAX];
		size_t i = 0, j = 0;
		struct sense_view v;
		struct atoms a;

		for (size_t k = 0; k < n; k++)
			text[k] = round % 3 ? (char)(rand_r(&seed) % 256)
					    : "tidy 整理~/。,:\"a"[rand_r(&seed) % 18];
		atoms_init(&a, text, n);
		m = sense_features(&a, concepts, f);
		assert_in_range(m, 1, SENSE_FEATURES_MAX);
		for (size_t k = 0; k < m; k++)
			assert_true(f[k] < 1u << SENSE_BITS && (k == 0 || f[k] > f[k - 1]));
		sense_read(s, &a, concepts, &v);
		sense_text(s, &a, sense_label(s, "keep"), &i, &j);
		assert_true(i <= j && j <= a.n);
		atoms_finish(&a);
	}
	sense_close(s);
}

/* A recipe that the lists do not know is a person's own: its patterns alone decide. */
static void
sense__unknown_recipe__is_left_to_its_patterns(UNUSED void **state)
{
	static const char yaml[] =
		"name: weather-music\nsummary: s\nsay: {en: [play some music]}\n"
		"steps: [{tool: list}]\nresult: [{en: r}]\n";
	struct err err = { 0 };
	struct recipe *own = recipe_parse(SLICE_LIT(yaml), "own", 0, &err);
	struct matcher *m = matcher_create("/home/u", NULL);
	struct match_context c = { .cwd = "/home/u", .now_ms = 0 };
	struct match got;

	assert_non_null(own);
	assert_true(matcher_add(m, own, &err));
	matcher_set_sense(m, trained());
	match_request(m, SLICE_LIT("play some music"), &c, &got);
	assert_ptr_equal(got.recipe, own);
	match_finish(&got);
	matcher_destroy(m);
	recipe_destroy(own);
}

static int
begin(UNUSED void **state)
{
	concepts = lexicon_create_from(lex_concepts);
	return 0;
}

static int
end(UNUSED void **state)
{
	lexicon_destroy(concepts);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sense__learned__tells_requests_it_never_saw),
		cmocka_unit_test(sense__same_lists__give_the_same_file),
		cmocka_unit_test(sense__text__goes_from_what_leads_in_to_the_end),
		cmocka_unit_test(sense__damaged_file__is_a_sentence),
		cmocka_unit_test(sense__broken_list__names_its_line),
		cmocka_unit_test(sense__hostile_words__stay_in_bounds),
		cmocka_unit_test(sense__unknown_recipe__is_left_to_its_patterns),
	};

	i18n_init("", "en");
	return cmocka_run_group_tests(tests, begin, end);
}
