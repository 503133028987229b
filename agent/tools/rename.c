/* New names, and the order in which they can be given. */
#include "agent/tools/rename.h"
#include "agent/base/buf.h"
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/base/utf8.h"
#include "agent/tools/nameset.h"
#include <wctype.h>

#define NAME_BYTES_MAX 255

/* Where the extension begins ("a.tar.gz" -> ".tar.gz"), or the end. */
static size_t
stem_length(const char *name)
{
	const char *dot = strrchr(name, '.');
	size_t n;

	if (!dot || dot == name)
		return strlen(name);
	n = (size_t)(dot - name);
	if (n > 4 && strncmp(dot - 4, ".tar", 4) == 0 && n - 4 > 0)
		n -= 4;
	return n;
}

/* One star in find stands for anything. */
static char *
replace_in(const char *stem, const char *find, const char *with)
{
	const char *star = strchr(find, '*');
	struct slice head = { find, star ? (size_t)(star - find) : strlen(find) };
	struct slice tail = star ? slice_of(star + 1) : (struct slice){ "", 0 };
	struct slice rest = slice_of(stem);
	struct buf out = BUF_INIT(1u << 16);

	while (rest.n) {
		ptrdiff_t at = head.n ? slice_find(rest, head) : 0, end;
		struct slice behind;

		if (at < 0)
			break;
		behind = (struct slice){ rest.p + at + head.n, rest.n - (size_t)at - head.n };
		end = !star ? 0 : tail.n ? slice_find(behind, tail) : (ptrdiff_t)behind.n;
		if (end < 0)
			break;
		buf_add(&out, rest.p, (size_t)at);
		buf_add_str(&out, with);
		rest.p = behind.p + end + tail.n;
		rest.n = behind.n - (size_t)end - tail.n;
		if (!head.n)
			break;
	}
	buf_add_slice(&out, rest);
	return buf_steal(&out);
}

static char *
change_letters(const char *s, char how)
{
	struct buf out = BUF_INIT(1u << 16);
	size_t n = strlen(s);
	bool first = true;

	for (size_t i = 0; i < n;) {
		uint32_t cp;
		bool ok;
		size_t used = utf8_decode(s + i, n - i, &cp, &ok);
		char bytes[4];

		if (!ok) {
			buf_add_char(&out, s[i++]);
			continue;
		}
		if (how == 'u' || (how == 't' && first))
			cp = towupper((wint_t)cp);
		else
			cp = towlower((wint_t)cp);
		first = cp == ' ' || cp == '_' || cp == '-' || cp == '.' || cp == '(';
		buf_add(&out, bytes, utf8_encode(cp, bytes));
		i += used;
	}
	return buf_steal(&out);
}

static char *
change_spaces(const char *s, const char *with)
{
	struct buf out = BUF_INIT(1u << 16);

	for (; *s; s++)
		if (*s == ' ' || *s == '\t')
			buf_add_str(&out, with);
		else
			buf_add_char(&out, *s);
	return buf_steal(&out);
}

static int
digits_of(size_t total)
{
	int n = 1;

	while (total >= 10) {
		total /= 10;
		n++;
	}
	return n;
}

static char *
number_name(const char *pattern, const char *stem, size_t n, size_t total)
{
	const char *hash = strchr(pattern, '#');
	int digits = MAX_OF(digits_of(total), 2);
	size_t run;

	if (str_eq(pattern, "true"))
		return xasprintf("%0*zu %s", digits, n, stem);
	if (str_starts(pattern, "{n}"))
		return xasprintf("%0*zu%s", digits, n, pattern + 3);
	if (!hash) {
		const char *mark = strstr(pattern, "{n}");

		if (mark)
			return xasprintf("%.*s%0*zu%s", (int)(mark - pattern), pattern, digits,
				n, mark + 3);
		return xasprintf("%s %0*zu", pattern, digits, n);
	}
	run = strspn(hash, "#");
	return xasprintf("%.*s%0*zu%s", (int)(hash - pattern), pattern, (int)MIN_OF(run, 12u),
		n, hash + run);
}

char *
rename_apply(const struct rename_rule *rule, const char *name, size_t n, size_t total,
	struct err *err)
{
	size_t cut = stem_length(name);
	char *stem = xstrndup(name, cut), *next, *whole;
	/* Lower case is said of the whole name: IMG_1.JPG is img_1.jpg. */
	autofree char *ending = rule->letters == 'l' ? change_letters(name + cut, 'l')
						     : xstrdup(name + cut);

#define STEP(call)                                                                             \
	do {                                                                                   \
		next = (call);                                                                 \
		free(stem);                                                                    \
		stem = next;                                                                   \
	} while (0)
	if (rule->find && *rule->find)
		STEP(replace_in(stem, rule->find, rule->replace ? rule->replace : ""));
	if (rule->spaces)
		STEP(change_spaces(stem, rule->spaces));
	if (rule->letters)
		STEP(change_letters(stem, rule->letters));
	if (rule->number)
		STEP(number_name(rule->number, stem, n, total));
#undef STEP
	whole = xasprintf("%s%s", stem, ending);
	if (!*stem || strchr(whole, '/') || str_eq(whole, ".") || str_eq(whole, "..")) {
		err_set(err, ERR_USAGE,
			!*stem ? _("Nothing would be left of the name %s.")
			       : _("%s would get a name with a slash in it."),
			name);
	} else if (strlen(whole) > NAME_BYTES_MAX) {
		err_set(err, ERR_USAGE, _("The new name of %s would be too long."), name);
	} else {
		free(stem);
		return whole;
	}
	free(stem);
	free(whole);
	return NULL;
}

struct planning {
	const struct strv *names;
	const struct strv *taken;
	struct rename_plan *plan;
	struct nameset by_old; /* old name -> file that still has it */
	struct nameset goals;  /* final names spoken for */
	struct strv kept;      /* owned spellings the sets point to */
	char **goal;           /* by file, NULL: stays; borrowed from kept */
	char *state;           /* 0 to do, 1 in work, 2 done */
};

static void
add_move(struct planning *p, size_t file, const char *to)
{
	GROW(p->plan->v, p->plan->n, p->plan->cap);
	p->plan->v[p->plan->n++] = (struct rename_move){ file, xstrdup(to) };
}

/* A final name for every file: the wanted one, numbered when it is spoken for. */
static void
choose_goals(struct planning *p, char *const *wanted)
{
	for (size_t i = 0; i < p->names->n; i++)
		if (!wanted[i] || str_eq(wanted[i], p->names->v[i]))
			nameset_put(&p->goals, p->names->v[i], i);
	for (size_t i = 0; i < p->taken->n; i++)
		nameset_put(&p->goals, p->taken->v[i], SIZE_MAX - 1);
	for (size_t i = 0; i < p->names->n; i++) {
		char *goal;

		if (!wanted[i] || str_eq(wanted[i], p->names->v[i]))
			continue;
		goal = xstrdup(wanted[i]);
		for (int n = 2; nameset_get(&p->goals, goal) != SIZE_MAX; n++) {
			free(goal);
			goal = path_numbered(wanted[i], n);
			p->plan->numbered += n == 2;
		}
		strv_take(&p->kept, goal);
		nameset_put(&p->goals, goal, i);
		p->goal[i] = str_eq(goal, p->names->v[i]) ? NULL : goal;
	}
}

/* Whoever has the name must go first; a circle is opened with a name in between. */
static void
order_from(struct planning *p, size_t start, size_t *stack)
{
	size_t n = 0, file = start;

	for (;;) {
		size_t holder;

		stack[n++] = file;
		p->state[file] = 1;
		holder = nameset_get(&p->by_old, p->goal[file]);
		if (holder == SIZE_MAX || !p->goal[holder] || p->state[holder] == 2)
			break;
		if (p->state[holder] == 1) { /* a circle back to holder: it steps aside */
			autofree char *aside = xasprintf(".homard-rename-%zu", holder);

			add_move(p, holder, aside);
			break;
		}
		file = holder;
	}
	while (n) {
		file = stack[--n];
		add_move(p, file, p->goal[file]);
		p->state[file] = 2;
	}
}

/* All to one name is a slip; a few doubles are not. */
static bool
check_spread(const struct strv *names, char *const *wanted, struct err *err)
{
	struct nameset seen = { 0 };
	size_t changed = 0, different = 0;
	const char *one = NULL;

	for (size_t i = 0; i < names->n; i++) {
		if (!wanted[i] || str_eq(wanted[i], names->v[i]))
			continue;
		changed++;
		one = wanted[i];
		different += nameset_get(&seen, wanted[i]) == SIZE_MAX;
		nameset_put(&seen, wanted[i], i);
	}
	nameset_finish(&seen);
	if (changed >= 3 && different == 1)
		return err_set(err, ERR_USAGE,
			_("All %zu files would get the one name %s. Add a number, for example "
			  "\"Name ###\"."),
			changed, one);
	return true;
}

bool
rename_make_plan(const struct strv *names, char *const *wanted, const struct strv *taken,
	struct rename_plan *ret, struct err *err)
{
	struct planning p = { .names = names, .taken = taken, .plan = ret };
	autofree size_t *stack = NULL;

	*ret = (struct rename_plan){ 0 };
	if (!names->n)
		return true;
	if (!check_spread(names, wanted, err))
		return false;
	p.goal = xcalloc(names->n, sizeof(*p.goal));
	p.state = xcalloc(names->n, 1);
	stack = xcalloc(names->n + 1, sizeof(*stack));
	choose_goals(&p, wanted);
	for (size_t i = 0; i < names->n; i++)
		nameset_put(&p.by_old, names->v[i], i);
	for (size_t i = 0; i < names->n; i++)
		if (p.goal[i] && p.state[i] == 0)
			order_from(&p, i, stack);
	nameset_finish(&p.by_old);
	nameset_finish(&p.goals);
	strv_finish(&p.kept);
	free(p.goal);
	free(p.state);
	return true;
}

void
rename_plan_finish(struct rename_plan *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->v[i].to);
	free(p->v);
	*p = (struct rename_plan){ 0 };
}
