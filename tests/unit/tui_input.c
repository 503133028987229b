/* Bytes to events: every form terminals send, whole and cut at every byte. */
#include "tests/support/test.h"
#include <locale.h>
#include "tui/fuzzy.h"
#include "tui/input.h"

static void
describe(void *user, const struct input_event *ev)
{
	struct buf *out = user;
	char name[KEY_NAME_MAX];

	if (out->len)
		buf_add_char(out, ' ');
	switch (ev->kind) {
	case INPUT_KEY:
		buf_add_str(out, key_spelling(ev->key, name));
		break;
	case INPUT_PASTE:
		buf_printf(out, "paste[%.*s]%s", SLICE_FMT(ev->text), ev->cut ? "cut" : "");
		break;
	case INPUT_MOUSE:
		buf_printf(out, "mouse%d:%d@%d,%d", (int)ev->what, ev->button, ev->y, ev->x);
		break;
	case INPUT_FOCUS:
		buf_add_str(out, ev->focused ? "focus" : "blur");
		break;
	case INPUT_REPLY:
		buf_printf(out, "reply%d[%.*s]", (int)ev->reply, SLICE_FMT(ev->text));
		break;
	}
}

struct input_case {
	const char *bytes;
	const char *want;
};

static const struct input_case cases[] = {
	{ "aA1 ", "a A 1 Space" },
	{ "中é", "中 é" },
	{ "\r", "Enter" },
	{ "\n", "C-j" },
	{ "\t", "Tab" },
	{ "\x7f\x08", "BS C-h" },
	{ "\x01\x1a\x1f\x1c", "C-a C-z C-_ C-\\" },
	{ "\033[27;2;13~", "S-Enter" },
	{ "\033[27;5;13~", "C-Enter" },
	{ "\033[13;2u", "S-Enter" },
	{ "\033[13;5u", "C-Enter" },
	{ "\033[27u", "Esc" },
	{ "\033\r", "M-Enter" },
	{ "\033OM", "S-Enter" },
	{ "\033[105;5u", "C-i" },
	{ "\033[27;5;105~", "C-i" },
	{ "\033[97;6u", "C-S-a" },
	{ "\033[97:65;2u", "A" },
	{ "\033[121;3u", "M-y" },
	{ "\033y", "M-y" },
	{ "\033\177", "M-BS" },
	{ "\033\001", "C-M-a" },
	{ "\033中", "M-中" },
	{ "\033[A\033[B\033[C\033[D", "Up Down Right Left" },
	{ "\033OA\033OB", "Up Down" },
	{ "\033[1;5C", "C-Right" },
	{ "\033[1;3A", "M-Up" },
	{ "\033\033[A", "M-Up" },
	{ "\033[a\033Od", "S-Up C-Left" },
	{ "\033[3$\033[3^", "S-Del C-Del" },
	{ "\033[H\033[F\033[1~\033[4~\033[7~\033[8~", "Home End Home End Home End" },
	{ "\033[2~\033[3~\033[5~\033[6~", "Ins Del PgUp PgDn" },
	{ "\033OP\033[11~\033[[A", "F1 F1 F1" },
	{ "\033[17~\033[24~\033[1;2P", "F6 F12 S-F1" },
	{ "\033[Z", "S-Tab" },
	{ "\033[I\033[O", "focus blur" },
	{ "\033[<0;5;3M\033[<0;5;3m", "mouse0:1@2,4 mouse1:1@2,4" },
	{ "\033[<32;6;3M", "mouse2:1@2,5" },
	{ "\033[<64;1;1M\033[<65;1;1M", "mouse3:0@0,0 mouse4:0@0,0" },
	{ "\033[200~one\r\ntwo\rthree\033[201~x", "paste[one\ntwo\nthree] x" },
	{ "\033[200~a\033[31mb\033]0;t\007c\001d\te\033[201~", "paste[abcd\te]" },
	{ "\033[200~\033[20\033[201~", "paste[[20]" },
	{ "\033[200~a\xff" "b\033[201~", "paste[a\xEF\xBF\xBD" "b]" },
	{ "\033]11;rgb:1e1e/1e1e/2e2e\033\\a", "reply0[11;rgb:1e1e/1e1e/2e2e] a" },
	{ "\033]11;rgb:00/00/00\007b", "reply0[11;rgb:00/00/00] b" },
	{ "\033[?62;22c", "reply2[?62;22]" },
	{ "\033[2;3R", "reply1[2;3]" },
	{ "\033[1;2R", "S-F3" },
	{ "\033[?2026;2$y", "reply3[?2026;2$]" },
	{ "\033P>|kitty(0.26)\033\\q", "reply3[>|kitty(0.26)] q" },
	{ "\033[999999999;1Zx", "S-Tab x" },
	{ "\033[1;2;3;4;5;6;7;8;9;10;11~x", "S-Home x" },
	{ "\033[57399u\033[57417u", "0 Left" },
	{ "\xff\xfe" "a", "a" },
	{ "\xc2\x9b" "1mz", "1 m z" },
};

static char *
run_case(const struct input_case *c, size_t cut)
{
	struct buf out = BUF_INIT(1u << 16);
	struct input *in = input_create(describe, &out);
	size_t n = strlen(c->bytes);

	input_feed(in, c->bytes, MIN_OF(cut, n));
	if (cut < n)
		input_feed(in, c->bytes + cut, n - cut);
	assert_true(input_wait_ms(in) == -1);
	input_destroy(in);
	return buf_steal(&out);
}

static void
input__feed__gives_the_same_events_cut_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		for (size_t cut = 0; cut <= strlen(cases[i].bytes); cut++) {
			autofree char *got = run_case(&cases[i], cut);

			if (!str_eq(got, cases[i].want))
				fail_msg("case %zu cut at %zu: got '%s', wanted '%s'", i, cut, got,
					cases[i].want);
		}
	}
}

static void
check_timeout(const char *bytes, int wait, const char *want)
{
	struct buf out = BUF_INIT(1u << 16);
	struct input *in = input_create(describe, &out);

	input_feed(in, bytes, strlen(bytes));
	assert_int_equal(input_wait_ms(in), wait);
	input_timeout(in);
	assert_string_equal(buf_str(&out), want);
	assert_int_equal(input_wait_ms(in), -1);
	input_destroy(in);
	buf_finish(&out);
}

static void
input__timeout__settles_what_is_unfinished(void **state)
{
	(void)state;
	check_timeout("\033", 25, "Esc");
	check_timeout("\033\033", 25, "Esc Esc");
	check_timeout("\033[", 25, "M-[");
	check_timeout("\033O", 25, "M-O");
	check_timeout("\033]", 25, "M-]");
	check_timeout("\033[1;", 500, "");
	check_timeout("\033]11;rgb:12", 500, "");
	check_timeout("\033[200~lost end", 2000, "paste[lost end]");
	check_timeout("\xe4\xb8", 25, "");
}

static void
input__feed__survives_a_burst_and_noise(void **state)
{
	struct buf out = BUF_INIT(1u << 20);
	struct input *in = input_create(describe, &out);
	char noise[4096];
	uint32_t seed = 7;

	(void)state;
	input_feed(in, "first line of a pasted text without any marks at all\rsecond line\r", 65);
	assert_true(str_starts(buf_str(&out), "paste[first line"));
	buf_clear(&out);
	for (int round = 0; round < 300; round++) {
		for (size_t i = 0; i < sizeof(noise); i++) {
			seed = seed * 1103515245u + 12345u;
			noise[i] = (char)(seed >> 16);
		}
		input_feed(in, noise, sizeof(noise));
		if (round % 7 == 0)
			input_timeout(in);
		buf_clear(&out);
	}
	input_timeout(in);
	input_timeout(in);
	buf_clear(&out);
	input_feed(in, "ok", 2);
	assert_string_equal(buf_str(&out), "o k");
	input_destroy(in);
	buf_finish(&out);
}

static void
input__paste__is_bounded_and_says_so(void **state)
{
	struct buf out = BUF_INIT(8u << 20), big = BUF_INIT(8u << 20);
	struct input *in = input_create(describe, &out);

	(void)state;
	buf_add_str(&big, "\033[200~");
	for (int i = 0; i < 150000; i++)
		buf_add_str(&big, "0123456789");
	buf_add_str(&big, "\033[201~z");
	input_feed(in, big.p, big.len);
	assert_true(out.len < (1u << 20) + 64);
	assert_true(str_ends(buf_str(&out), "]cut z"));
	input_destroy(in);
	buf_finish(&out);
	buf_finish(&big);
}

static void
key__names__survive_a_round_trip(void **state)
{
	static const char *const good[] = { "a", "A", "中", "C-x", "M-y", "S-Tab", "C-M-Left", "F6",
		"Space", "C-Space", "C-S-a", "/", "-", "C--" };
	static const char *const bad[] = { "", "C-", "Bogus", "ab", "\x01", "C-M-" };
	char name[KEY_NAME_MAX];
	struct key k;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_true(key_parse(good[i], &k));
		assert_string_equal(key_spelling(k, name), good[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(key_parse(bad[i], &k));
	assert_true(key_parse("A-x", &k));
	assert_string_equal(key_spelling(k, name), "M-x");
}

static void
fuzzy__match__prefers_starts_and_runs(void **state)
{
	bool hits[FUZZY_MAX];

	(void)state;
	assert_true(fuzzy_match("theme", "Choose a theme", NULL) >
		fuzzy_match("theme", "The menu: hide me", NULL));
	assert_true(fuzzy_match("pn", "pane-next", NULL) > 0);
	assert_true(fuzzy_match("undo last", "Undo the last commit", NULL) > 0);
	assert_int_equal(fuzzy_match("xyz", "Undo the last commit", NULL), -1);
	assert_int_equal(fuzzy_match("", "anything", NULL), 0);
	assert_true(fuzzy_match("主题", "选择主题", hits) > 0);
	assert_true(hits[6] && hits[11] && !hits[0]);
	assert_true(fuzzy_match("und", "undo", NULL) > fuzzy_match("und", "foundation", NULL));
}

static void
input__hurry__makes_a_lone_escape_a_key_soon(void **state)
{
	struct buf out = BUF_INIT(1u << 16);
	struct input *in = input_create(describe, &out);

	(void)state;
	input_hurry(in, true);
	input_feed(in, "\033", 1);
	assert_true(input_wait_ms(in) > 0 && input_wait_ms(in) <= 5);
	/* What comes in time still belongs to it; the beginning of a sequence waits as ever. */
	input_feed(in, "[", 1);
	assert_int_equal(input_wait_ms(in), 25);
	input_feed(in, "A", 1);
	assert_int_equal(input_wait_ms(in), -1);
	input_destroy(in);
	buf_finish(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(input__feed__gives_the_same_events_cut_anywhere),
		cmocka_unit_test(input__timeout__settles_what_is_unfinished),
		cmocka_unit_test(input__feed__survives_a_burst_and_noise),
		cmocka_unit_test(input__paste__is_bounded_and_says_so),
		cmocka_unit_test(key__names__survive_a_round_trip),
		cmocka_unit_test(fuzzy__match__prefers_starts_and_runs),
		cmocka_unit_test(input__hurry__makes_a_lone_escape_a_key_soon),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
