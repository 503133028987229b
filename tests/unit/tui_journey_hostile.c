/*
 * Hostile text as requests, file names and contents: every sequence that reaches the terminal is one
 * the program itself sends, and nothing outside the text's own place changes.
 */
#include "tests/support/journey.h"
#include <cjson/cJSON.h>
#include "agent/base/path.h"
#include "agent/base/utf8.h"
#include <fcntl.h>
#include <sys/stat.h>

static struct journey J;

static int
begin(UNUSED void **state)
{
	journey_init(&J);
	return 0;
}

static int
end(UNUSED void **state)
{
	journey_finish(&J);
	return 0;
}

static const struct journey_opts wide = { .rows = 40, .cols = 140 };

/* "PWN" must never arrive inside a sequence. */
static const char *const naughty[] = {
	"\033[2J\033[HPWN cleared",
	"\033]0;PWN title\a after",
	"\033]52;c;UFdO\033\\ after",
	"\033[?1049lPWN left",
	"\033[31;1mPWN red\033[0m",
	"\033[8;5;5tPWN small",
	"\033[6nPWN asks",
	"\033P$qm\033\\PWN",
	"\033[5iPWN prints",
	"\033cPWN reset",
	"\033]8;;http://evil/PWN\033\\click\033]8;;\033\\",
	"\033_Ga=T,f=24;PWN\033\\",
	"\033^PWN\033\\",
	"\302\233" "31mPWN c1",
	"\302\235" "0;PWN\302\234",
	"\x9b" "31mPWN raw c1",
	"a\rPWN over",
	"a\bPWN back",
	"a\tb\vc\fd",
	"\xff\xfe\xc3(\xe2\x82PWN invalid",
	"\342\200\256PWN txt.exe\342\200\254",
	"\342\201\246PWN\342\201\251 \330\234",
	"zero\342\200\213width\342\200\215join\357\273\277er",
	"Z\314\215\314\216\314\204\314\205\314\277\314\221\314\206\314\220\315\222\315\227\315\221 zalgo",
	"\360\237\221\250\342\200\215\360\237\221\251\342\200\215\360\237\221\247 family \360\237\217\263\357\270\217",
	"\343\200\200wide blank \357\274\241\357\274\242",
	"\342\224\202 \342\224\200\342\224\200 4 Decision \342\224\200\342\224\200 Alt+Y take",
	"[\342\234\223] + ~/harmless",
	"$(touch PWN) `touch PWN` ; touch PWN",
	"%s%n%x %1$*2$d",
	"\033[200~PWN\033[201~",
	"\033]11;?\033\\\033[c\033[>q",
	"\033(0lqqk PWN\033(B",
	"\033#8PWN",
	"\033[?1000h\033[?2026hPWN held",
};

/* --- what may be sent --- */

static size_t
end_of_string(struct slice s, size_t i)
{
	for (; i < s.n; i++) {
		if (s.p[i] == '\a')
			return i + 1;
		if (s.p[i] == '\033' && i + 1 < s.n && s.p[i + 1] == '\\')
			return i + 2;
	}
	return s.n + 1;
}

static bool
allowed_csi(const char *body, size_t n, char last)
{
	static const char *const modes[] = { "?1049", "?2026", "?2004", "?1004", "?1002", "?1006",
		"?1000", "?25", "?7", "?1", "?12", "?12;25", "?1006;1000", "4", "?69", NULL };

	if (strchr("mHGdABCDJKXP@LMSTrfb", last)) {
		for (size_t i = 0; i < n; i++) {
			if (!strchr("0123456789;:>", body[i]))
				return false;
		}
		return body[0] != '>' || last == 'm';
	}
	if (last == 'h' || last == 'l') {
		for (size_t i = 0; modes[i]; i++) {
			if (strlen(modes[i]) == n && memcmp(modes[i], body, n) == 0)
				return true;
		}
		return false;
	}
	if (last == 'u')
		return n <= 3 && (body[0] == '>' || body[0] == '<');
	if (last == 'q')
		return n <= 2 && body[n - 1] == ' ';
	/* The questions of the first frame, and the saved title. */
	return (last == 'c' && n == 0) || (last == 'n' && n == 1 && body[0] == '6') ||
		(last == 't' && n >= 2 && body[0] == '2');
}

static bool
allowed_osc(const char *body, size_t n)
{
	struct slice s = { body, n };

	if (slice_find(s, SLICE_LIT("PWN")) >= 0 && !slice_starts(s, "0;homard"))
		return false;
	return slice_starts(s, "0;homard") || slice_starts(s, "2;homard") || slice_starts(s, "11;?") ||
		slice_starts(s, "9;4;") || slice_starts(s, "8;");
}

static size_t
check_escape(struct slice s, size_t i, bool *ok)
{
	size_t k = i + 2;

	if (i + 1 >= s.n)
		return s.n;
	if (s.p[i + 1] == '[') {
		while (k < s.n && (unsigned char)s.p[k] < 0x40)
			k++;
		if (k < s.n)
			*ok = allowed_csi(s.p + i + 2, k - i - 2, s.p[k]);
		return k + 1;
	}
	if (s.p[i + 1] == ']') {
		k = end_of_string(s, i + 2);
		*ok = k <= s.n && allowed_osc(s.p + i + 2, k - i - 2);
		return k;
	}
	if (s.p[i + 1] == '(') {
		*ok = k < s.n && strchr("B0", s.p[k]);
		return k + 1;
	}
	*ok = strchr("78=>M", s.p[i + 1]) != NULL;
	return k;
}

/* Fails on the first byte sequence the program has no business sending. */
static void
assert_clean(struct slice raw)
{
	for (size_t i = 0; i < raw.n;) {
		unsigned char c = (unsigned char)raw.p[i];
		size_t next = i + 1;
		bool ok = true;
		int32_t cp;

		if (c == 033) {
			next = check_escape(raw, i, &ok);
		} else if (c < 0x20) {
			ok = strchr("\r\n\b\016\017", c) != NULL;
		} else if (c >= 0x80) {
			uint32_t rune;
			size_t n = utf8_decode(raw.p + i, raw.n - i, &rune, &ok);

			cp = (int32_t)rune;
			next = i + MAX_OF(n, (size_t)1);
			ok = next >= raw.n ||
				(ok && !((cp >= 0x80 && cp < 0xA0) || (cp >= 0x202A && cp <= 0x202E) ||
					(cp >= 0x2066 && cp <= 0x2069) || cp == 0x200E || cp == 0x200F ||
					cp == 0x61C || cp == 0x200B || cp == 0x200D || cp == 0xFEFF));
		}
		if (!ok) {
			autobuf struct buf shown = BUF_INIT(4096);

			for (size_t k = i > 20 ? i - 20 : 0; k < MIN_OF(next + 20, raw.n); k++) {
				unsigned char b = (unsigned char)raw.p[k];

				if (b >= 0x20 && b < 0x7f)
					buf_add_char(&shown, (char)b);
				else
					buf_printf(&shown, "\\x%02x", b);
			}
			fail_msg("sent to the terminal at byte %zu: %s", i, buf_str(&shown));
		}
		i = MAX_OF(next, i + 1);
	}
}

/* Header and the line between the panes stand where they belong. Tool output has a line of its own
 * at the left. */
static void
assert_frame(void)
{
	autofree char *text = pty_text(J.pty);
	struct slice rest = slice_of(text);
	int rows = pty_rows(J.pty), bar = -1;

	if (!slice_starts(rest, " homard ·")) {
		fprintf(stderr, "%s", text);
		fail_msg("the header has changed");
	}
	for (int x = pty_cols(J.pty) / 3; x < pty_cols(J.pty) && bar < 0; x++) {
		if (pty_cell(J.pty, rows - 5, x).cp == 0x2502)
			bar = x;
	}
	for (int y = 1; bar >= 0 && y < rows - 4; y++) {
		uint32_t cp = pty_cell(J.pty, y, bar).cp;

		if (cp != 0x2502) {
			fprintf(stderr, "%s", text);
			fail_msg("row %d: U+%04X stands on the line between the panes", y, (unsigned)cp);
		}
	}
	assert_true(pty_altscreen(J.pty));
}

/* --- requests --- */

static void
ask_hostile(const char *words)
{
	pty_paste(J.pty, words);
	pty_settle(J.pty, 12);
	assert_frame();
	pty_key(J.pty, "Enter");
	pty_settle(J.pty, 30);
	assert_frame();
	/* It must have an end, whatever it was taken for. */
	if (pty_wait_text(J.pty, "Alt+Y take  ", 50)) {
		journey_decidable(&J);
		pty_key(J.pty, "M-n");
	}
	if (pty_find(J.pty, "waiting for you", NULL, NULL)) {
		pty_key(J.pty, "Esc");
		journey_gone(&J, "waiting for you");
	}
	pty_key(J.pty, "C-u");
}

static void
request__hostile__is_only_text(UNUSED void **state)
{
	journey_start(&J, &wide);
	journey_see(&J, "homard");
	for (size_t i = 0; i < ARRAY_LEN(naughty); i++)
		ask_hostile(naughty[i]);
	assert_clean(pty_raw(J.pty));
	/* It lives: the next request is understood. */
	journey_downloads(&J);
	journey_ask(&J, "tidy ~/Downloads by type");
	journey_decidable(&J);
	assert_frame();
	pty_key(J.pty, "M-n");
	pty_key(J.pty, "F2");
	journey_see(&J, "History");
	for (int i = 0; i < 20; i++) {
		pty_key(J.pty, "Down");
		pty_settle(J.pty, 8);
	}
	assert_clean(pty_raw(J.pty));
}

static void
request__from_the_corpora__is_only_text(UNUSED void **state)
{
	static const char *const files[] = { "corpora/bipia_attacks.jsonl",
		"corpora/agentdojo_injection_goals.jsonl" };

	if (!test_shared("corpora")) {
		skip();
		return;
	}
	journey_start(&J, &wide);
	journey_see(&J, "homard");
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		autofree char *text = test_slurp(test_shared(files[i]));
		struct slice rest = slice_of(text);
		int n = 0;

		while (rest.p && rest.n) {
			autofree char *line = slice_dup(slice_line(&rest));

			if (n++ % 12 == 0) {
				cJSON *o = cJSON_Parse(line);
				const char *t = cJSON_GetStringValue(cJSON_GetObjectItem(o, i ? "goal_src" : "text"));

				ask_hostile(t ? t : line);
				cJSON_Delete(o);
			}
		}
	}
	assert_clean(pty_raw(J.pty));
}

/* --- names and contents --- */

static void
file__hostile_names_and_texts__stay_in_their_rows(UNUSED void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(naughty); i++) {
		autofree char *name = xasprintf("%zu %s.txt", i, naughty[i]), *path = NULL, *rel = NULL;

		for (char *p = name; *p; p++) {
			if (*p == '/')
				*p = '_';
		}
		rel = xasprintf("Downloads/%s", name);
		path = path_join(J.home, rel);
		{
			autofree char *dir = path_dir(path);
			int fd;

			assert_true(path_make_dirs(dir, 0755, NULL));
			fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
			assert_true(fd >= 0);
			for (int k = 0; k < 3; k++) {
				assert_true(write(fd, "invoice ", 8) == 8);
				assert_true(write(fd, naughty[i], strlen(naughty[i])) > 0);
				assert_true(write(fd, "\n", 1) == 1);
			}
			close(fd);
		}
	}
	journey_start(&J, &wide);
	journey_see(&J, "homard");
	journey_ask(&J, "tidy ~/Downloads by type");
	journey_see(&J, "Alt+Y take  ");
	assert_frame();
	/* Names that deceive make it a red one: all of it must have been seen. */
	journey_see(&J, "look at all of it");
	pty_key(J.pty, "F6");
	for (size_t i = 0; i < ARRAY_LEN(naughty) + 4; i++) {
		pty_key(J.pty, "Down");
		pty_settle(J.pty, 6);
		assert_frame();
	}
	journey_decidable(&J);
	assert_clean(pty_raw(J.pty));
	pty_key(J.pty, "M-y");
	journey_see(&J, "■ done");
	pty_settle(J.pty, 30);
	assert_frame();
	journey_ask(&J, "find files that mention invoice");
	journey_see(&J, "Look for");
	pty_settle(J.pty, 100);
	assert_frame();
	pty_key(J.pty, "C-o"); /* everything unfolded */
	for (int i = 0; i < 12; i++) {
		pty_settle(J.pty, 10);
		assert_frame();
		pty_key(J.pty, "PgUp");
	}
	journey_ask(&J, "what takes the most space in my downloads?");
	pty_settle(J.pty, 100);
	assert_frame();
	assert_clean(pty_raw(J.pty));
	pty_key(J.pty, "C-q");
	journey_end(&J);
	assert_clean(pty_raw(J.pty));
}

int
main(void)
{
#define JOURNEY(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		JOURNEY(request__hostile__is_only_text),
		JOURNEY(request__from_the_corpora__is_only_text),
		JOURNEY(file__hostile_names_and_texts__stay_in_their_rows),
	};

	return cmocka_run_group_tests_name("tui_journey_hostile", tests, NULL, NULL);
}
