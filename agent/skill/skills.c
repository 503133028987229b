/* Discovery: which skills there are, which may be used. */
#define LOG_MODULE "skill"
#include "agent/base/hash.h"
#include "agent/base/i18n.h"
#include "agent/base/log.h"
#include "agent/skill/followup.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define HASH_FILES_MAX 256
#define HASH_BYTES_MAX (8u << 20)

struct tally {
	struct hasher *h;
	size_t files, bytes;
};

static bool
hash_file(struct tally *t, const char *path, const char *below, struct err *err)
{
	autobuf struct buf b = BUF_INIT(HASH_BYTES_MAX);
	char head[64];

	if (++t->files > HASH_FILES_MAX)
		return err_set(
			err, ERR_LIMIT, _("a skill has at most %d files"), HASH_FILES_MAX);
	if (!path_read_file(path, &b, err))
		return false;
	t->bytes += b.len;
	if (t->bytes > HASH_BYTES_MAX)
		return err_set(err, ERR_LIMIT, _("a skill has at most 8 MB of files"));
	hasher_add(t->h, below, strlen(below) + 1);
	snprintf(head, sizeof(head), "%zu\n", b.len);
	hasher_add(t->h, head, strlen(head));
	hasher_add(t->h, buf_str(&b), b.len);
	return true;
}

static bool
hash_tree(struct tally *t, const char *dir, const char *below, int depth, struct err *err)
{
	autostrv struct strv names = { 0 };
	DIR *d = opendir(dir);
	struct dirent *e;

	if (!d)
		return err_sys(err, errno, _("reading %s"), dir);
	while ((e = readdir(d)))
		if (!str_eq(e->d_name, ".") && !str_eq(e->d_name, "..") &&
			names.n <= HASH_FILES_MAX)
			strv_add(&names, e->d_name);
	closedir(d);
	strv_sort(&names);
	for (size_t i = 0; i < names.n; i++) {
		autofree char *path = path_join(dir, names.v[i]);
		autofree char *rel =
			*below ? path_join(below, names.v[i]) : xstrdup(names.v[i]);
		struct stat st;

		if (lstat(path, &st) < 0)
			continue;
		if (S_ISLNK(st.st_mode))
			return err_set(err, ERR_DENIED,
				_("%s is a link; a skill may not contain links"), path);
		if (S_ISDIR(st.st_mode)) {
			if (depth > 6)
				return err_set(err, ERR_LIMIT, _("%s lies too deep"), path);
			if (!hash_tree(t, path, rel, depth + 1, err))
				return false;
		} else if (S_ISREG(st.st_mode) && !hash_file(t, path, rel, err))
			return false;
	}
	return true;
}

bool
skill_hash(const char *dir, char out[65], struct err *err)
{
	struct tally t = { .h = hasher_create() };
	unsigned char raw[HASH_LEN];
	bool ok = hash_tree(&t, dir, "", 0, err);

	hasher_finish(t.h, raw);
	if (ok)
		hash_hex(raw, out);
	return ok;
}

static void
skill_finish(struct skill *s)
{
	free(s->name);
	free(s->dir);
	free(s->file);
	free(s->description);
	free(s->recipe_error);
	recipe_destroy(s->recipe);
}

/* The recipe's place in the matcher; a bad pattern is the recipe's error. */
static void
offer(struct skills *all, struct skill *s)
{
	struct err err = { 0 };

	if (!s->recipe)
		return;
	s->recipe->trusted = s->pinned;
	for (size_t i = 0; i + 1 < all->n; i++)
		if (all->v[i].recipe && str_eq(all->v[i].recipe->name, s->recipe->name)) {
			s->recipe_error = xasprintf(_("the recipe %s is there already, in %s"),
				s->recipe->name, all->v[i].dir);
			recipe_destroy(steal_ptr(&s->recipe));
			return;
		}
	if (!s->pinned)
		return;
	if (!matcher_add(all->matcher, s->recipe, &err)) {
		s->recipe_error = xstrdup(err.text);
		recipe_destroy(steal_ptr(&s->recipe));
	}
}

static bool
add_skill(struct skills *all, const char *dir, enum skill_source source,
	const struct yaml *pins, unsigned flags, struct err *err)
{
	autofree char *md = skill_md_path(dir), *yaml = path_join(dir, "recipe.yaml");
	struct skill_doc *doc = skill_doc_load(md, err);
	struct skill *s;
	struct err e = { 0 };
	const char *pin;

	if (!doc)
		return false;
	GROW(all->v, all->n, all->cap);
	s = &all->v[all->n++];
	*s = (struct skill){ .source = source };
	s->name = xstrdup(doc->name);
	s->description = xstrdup(doc->description);
	s->dir = xstrdup(dir);
	s->file = xstrdup(md);
	skill_doc_destroy(doc);
	s->pinned = source == SKILL_SHIPPED;
	if (source == SKILL_PERSON) {
		pin = pins ? yaml_str(pins, path_base(dir), "") : "";
		s->pinned = skill_hash(dir, s->hash, NULL) && str_eq(pin, s->hash);
		s->changed = *pin && !s->pinned;
	}
	if (access(yaml, F_OK) == 0) {
		s->recipe = recipe_load(yaml, flags, &e);
		if (!s->recipe)
			s->recipe_error = xstrdup(e.text);
	}
	offer(all, s);
	return true;
}

static void
add_folder_of(struct skills *all, const char *folder, enum skill_source source, unsigned flags)
{
	autofree char *pins_path = path_join(folder, "pins.yaml");
	autoyaml struct yaml *pins = source == SKILL_PERSON && access(pins_path, F_OK) == 0
		? yaml_load(pins_path, NULL)
		: NULL;
	autostrv struct strv names = { 0 };
	DIR *d = opendir(folder);
	struct dirent *e;

	if (!d)
		return;
	while ((e = readdir(d)) && names.n < SKILLS_MAX)
		if (e->d_name[0] != '.')
			strv_add(&names, e->d_name);
	closedir(d);
	strv_sort(&names);
	for (size_t i = 0; i < names.n; i++) {
		autofree char *dir = path_join(folder, names.v[i]);

		/* A folder without SKILL.md is no skill. */
		if (add_skill(all, dir, source, pins, flags, NULL))
			continue;
	}
}

static struct skills *
skills_new(const struct places *p)
{
	struct skills *s = xcalloc(1, sizeof(*s));
	struct known_folders folders = { 0 };

	for (size_t i = 0; slot_folder_names[i]; i++)
		if (!str_eq(slot_folder_names[i], "HOME"))
			folders.path[i] = path_known_folder(slot_folder_names[i], p->home);
	s->matcher = matcher_create(p->home, &folders);
	for (size_t i = 0; slot_folder_names[i]; i++)
		free(folders.path[i]);
	return s;
}

static bool
shipped_any(const struct skills *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].source == SKILL_SHIPPED)
			return true;
	return false;
}

struct skills *
skills_load(const struct places *p, unsigned flags)
{
	struct skills *s = skills_new(p);
	autofree char *shipped = path_join(p->share, "skills"),
		      *own = path_join(p->data, "skills"),
		      *sense = path_join(p->share, "requests.sense");
	struct err err = { 0 };

	add_folder_of(s, shipped, SKILL_SHIPPED, flags);
	add_folder_of(s, own, SKILL_PERSON, flags);
	/* Without it patterns and evidence decide alone, as with a person's own recipes. */
	if (shipped_any(s)) {
		matcher_set_sense(s->matcher, sense_open(sense, &err));
		if (err.code)
			log_warn("%s", err.text);
	}
	return s;
}

void
skills_destroy(struct skills *s)
{
	if (!s)
		return;
	followup_words_destroy(s->followup);
	matcher_destroy(s->matcher);
	for (size_t i = 0; i < s->n; i++)
		skill_finish(&s->v[i]);
	free(s->v);
	free(s);
}

const struct skill *
skills_find(const struct skills *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (str_eq(s->v[i].name, name))
			return &s->v[i];
	return NULL;
}

const struct skill *
skills_find_recipe(const struct skills *s, const char *recipe)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].recipe && str_eq(s->v[i].recipe->name, recipe))
			return &s->v[i];
	return NULL;
}

bool
skills_add_folder(struct skills *s, const char *dir, unsigned flags, struct err *err)
{
	return add_skill(s, dir, SKILL_SHIPPED, NULL, flags, err);
}

bool
skills_pin(const struct places *p, const struct skill *s, struct err *err)
{
	autofree char *folder = path_join(p->data, "skills"),
		      *path = path_join(folder, "pins.yaml");
	autobuf struct buf out = BUF_INIT(256u << 10);
	autoyaml struct yaml *old = access(path, F_OK) == 0 ? yaml_load(path, err) : NULL;
	char hash[65];
	const char *key = path_base(s->dir);

	if (access(path, F_OK) == 0 && !old)
		return false;
	if (!skill_hash(s->dir, hash, err))
		return false;
	buf_add_str(&out, "# Skills you trust: the hash of their files when you said so.\n");
	for (size_t i = 0; old && i < old->n; i++)
		if (!str_eq(old->keys[i], key))
			buf_printf(&out, "\"%s\": \"%s\"\n", old->keys[i],
				yaml_str(old, old->keys[i], ""));
	if (strpbrk(key, "\"\\\n"))
		return err_set(err, ERR_USAGE,
			_("The folder's name has signs that cannot be kept; rename it."));
	buf_printf(&out, "\"%s\": \"%s\"\n", key, hash);
	return path_make_dirs(folder, 0700, err) &&
		path_write_file(path, buf_slice(&out), 0600, err);
}
