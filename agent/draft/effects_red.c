/* What is always asked and shown red. */
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/base/sanitize.h"
#include "agent/draft/effects_private.h"

#define MANY_ENTRIES 1000
#define MANY_BYTES (1ull << 30)
#define MAX_LEASES 5000 /* more are not asked here; the commit asks for each */

const char *const effect_red_names[RED_BITS] = { "shell-start", "autostart", "git", "ssh",
	"setuid", "exec", "link-out", "odd-name", "hardlink", "open", "own", "many" };

static const char *const sentences[RED_BITS] = {
	N_("runs whenever a shell starts"),
	N_("starts programs by itself"),
	N_("changes what git does or runs"),
	N_("touches keys, passwords or tokens"),
	N_("runs with another user's rights"),
	N_("a new program where commands are found"),
	N_("a link that leads out of its folder"),
	N_("the name holds characters that cannot be seen"),
	N_("the file has other names, they change with it"),
	N_("another program has the file open for writing"),
	N_("belongs to Homard or steers an assistant or editor"),
	N_("removes very much"),
};

const char *
effect_red_sentence(unsigned bit)
{
	for (unsigned i = 0; i < RED_BITS; i++) {
		if (bit == 1u << i)
			return _(sentences[i]);
	}
	return "";
}

/* A pattern starts with / (below home), or is looked for as whole parts anywhere ("*" in front).
 * A trailing slash means everything below. */
struct pattern {
	unsigned red;
	const char *text;
};

static const struct pattern patterns[] = {
	{ RED_SHELL_START, "/.bashrc" },
	{ RED_SHELL_START, "/.bash_profile" },
	{ RED_SHELL_START, "/.bash_login" },
	{ RED_SHELL_START, "/.bash_logout" },
	{ RED_SHELL_START, "/.bash_aliases" },
	{ RED_SHELL_START, "/.bashrc.d/" },
	{ RED_SHELL_START, "/.profile" },
	{ RED_SHELL_START, "/.xprofile" },
	{ RED_SHELL_START, "/.xsessionrc" },
	{ RED_SHELL_START, "/.xinitrc" },
	{ RED_SHELL_START, "/.xsession" },
	{ RED_SHELL_START, "/.zshrc" },
	{ RED_SHELL_START, "/.zshenv" },
	{ RED_SHELL_START, "/.zprofile" },
	{ RED_SHELL_START, "/.zlogin" },
	{ RED_SHELL_START, "/.zlogout" },
	{ RED_SHELL_START, "/.kshrc" },
	{ RED_SHELL_START, "/.cshrc" },
	{ RED_SHELL_START, "/.tcshrc" },
	{ RED_SHELL_START, "/.login" },
	{ RED_SHELL_START, "/.inputrc" },
	{ RED_SHELL_START, "/.pam_environment" },
	{ RED_SHELL_START, "/.config/fish/" },
	{ RED_SHELL_START, "/.config/environment.d/" },
	{ RED_SHELL_START, "/.oh-my-zsh/" },
	{ RED_SHELL_START, "/.tmux.conf" },
	{ RED_SHELL_START, "/.pythonrc" },
	{ RED_SHELL_START, "*/.envrc" },
	{ RED_AUTOSTART, "/.config/autostart/" },
	{ RED_AUTOSTART, "/.config/autostart-scripts/" },
	{ RED_AUTOSTART, "/.config/plasma-workspace/" },
	{ RED_AUTOSTART, "/.config/systemd/" },
	{ RED_AUTOSTART, "/.local/share/systemd/" },
	{ RED_AUTOSTART, "/.local/share/applications/" },
	{ RED_AUTOSTART, "/.local/share/dbus-1/" },
	{ RED_AUTOSTART, "/.config/upstart/" },
	{ RED_AUTOSTART, "/.crontab" },
	{ RED_AUTOSTART, "*/crontab" },
	{ RED_AUTOSTART, "*/etc/cron.d/" },
	{ RED_AUTOSTART, "*/etc/systemd/" },
	{ RED_AUTOSTART, "*/etc/init.d/" },
	{ RED_AUTOSTART, "*/var/spool/cron/" },
	{ RED_AUTOSTART, "/.config/i3/" },
	{ RED_AUTOSTART, "/.config/sway/" },
	{ RED_AUTOSTART, "/.config/hypr/" },
	{ RED_GIT, "*/.git/hooks/" },
	{ RED_GIT, "*/.git/config" },
	{ RED_GIT, "*/.git/config.worktree" },
	{ RED_GIT, "*/.git/info/attributes" },
	{ RED_GIT, "*/.husky/" },
	{ RED_GIT, "*/.gitmodules" },
	{ RED_GIT, "/.gitconfig" },
	{ RED_GIT, "/.config/git/" },
	{ RED_SSH, "/.ssh/" },
	{ RED_SSH, "/.gnupg/" },
	{ RED_SSH, "/.aws/" },
	{ RED_SSH, "/.azure/" },
	{ RED_SSH, "/.kube/" },
	{ RED_SSH, "/.docker/config.json" },
	{ RED_SSH, "/.config/gcloud/" },
	{ RED_SSH, "/.config/gh/" },
	{ RED_SSH, "/.netrc" },
	{ RED_SSH, "/.git-credentials" },
	{ RED_SSH, "/.npmrc" },
	{ RED_SSH, "/.pypirc" },
	{ RED_SSH, "/.pgpass" },
	{ RED_SSH, "/.my.cnf" },
	{ RED_SSH, "/.password-store/" },
	{ RED_SSH, "/.local/share/keyrings/" },
	{ RED_SSH, "/.mozilla/" },
	{ RED_SSH, "/.config/google-chrome/" },
	{ RED_SSH, "/.config/chromium/" },
	{ RED_SSH, "/.thunderbird/" },
	{ RED_SSH, "*/.env" },
	{ RED_SSH, "*/id_rsa" },
	{ RED_SSH, "*/id_ed25519" },
	{ RED_SSH, "*/authorized_keys" },
	{ RED_SSH, "*/etc/sudoers" },
	{ RED_SSH, "*/etc/sudoers.d/" },
	{ RED_SSH, "*/etc/passwd" },
	{ RED_SSH, "*/etc/shadow" },
	{ RED_OWN, "*/.mcp.json" },
	{ RED_OWN, "*/.vscode/" },
	{ RED_OWN, "*/.idea/" },
	{ RED_OWN, "*/.cursor/" },
	{ RED_OWN, "*/.claude/" },
	{ RED_OWN, "*/.codex/" },
	{ RED_OWN, "*/.gemini/" },
	{ RED_OWN, "*/.homard/" },
	{ RED_OWN, "*/AGENTS.md" },
	{ RED_OWN, "*/CLAUDE.md" },
	{ RED_OWN, "*/GEMINI.md" },
	{ RED_OWN, "*/SKILL.md" },
	{ RED_OWN, "/.config/homard/" },
	{ RED_OWN, "/.vimrc" },
	{ RED_OWN, "/.exrc" },
	{ RED_OWN, "/.config/nvim/" },
	{ RED_OWN, "/.emacs" },
	{ RED_OWN, "/.emacs.d/" },
	{ RED_OWN, "*/.editorconfig" },
};

/* Folders where a shell finds programs, below home. */
static const char *const path_folders[] = { "/bin/", "/.local/bin/", "/.cargo/bin/", "/go/bin/",
	"/.npm-global/bin/", "/.deno/bin/", "/.bun/bin/" };

/* text is "/a/b" or "/a/b/" ; p the path behind home, or any path for those found anywhere.
 * A tree that holds the place counts as well when it goes or moves (whole). */
static bool
hits(const char *p, const char *text, bool whole)
{
	size_t n = strlen(text), bare = text[n - 1] == '/' ? n - 1 : n;

	if (strncmp(p, text, bare) == 0 && (!p[bare] || (p[bare] == '/' && bare < n)))
		return true;
	n = strlen(p);
	return whole && n && n < bare && strncmp(text, p, n) == 0 && text[n] == '/';
}

static bool
hits_anywhere(const char *p, const char *text)
{
	size_t n = strlen(text);
	bool below = text[n - 1] == '/';

	for (; (p = strstr(p, text)); p++) {
		if (below || !p[n])
			return true;
	}
	return false;
}

unsigned
effects_red_of_path(const char *path, const char *home, bool whole)
{
	const char *below = home && path_below(path, home) ? path + strlen(home) : NULL;
	unsigned red = 0;

	for (size_t i = 0; i < ARRAY_LEN(patterns); i++) {
		const char *text = patterns[i].text;

		if (*text == '*' ? hits_anywhere(path, text + 1)
				 : below && hits(below, text, whole && *below))
			red |= patterns[i].red;
	}
	return red;
}

static bool
in_path_folder(const char *path, const char *home)
{
	const char *below = home && path_below(path, home) ? path + strlen(home) : NULL;

	for (size_t i = 0; below && i < ARRAY_LEN(path_folders); i++) {
		if (str_starts(below, path_folders[i]))
			return true;
	}
	return str_starts(path, "/usr/local/bin/") || str_starts(path, "/usr/local/sbin/");
}

static bool
leads_out(const struct draft *d, const struct effect *x)
{
	autofree char *dir = path_dir(x->path);
	autofree char *joined = path_join(dir, x->from);
	autofree char *target = path_normal(joined);
	struct draft_root *here = draft_root_of(d, x->path, NULL);

	return here && draft_root_of(d, target, NULL) != here;
}

static unsigned
red_of(const struct draft *d, const struct effect *x)
{
	bool tree = S_ISDIR(x->was_mode) && x->kind != EFFECT_PERM;
	bool goes = x->kind == EFFECT_DELETE || x->kind == EFFECT_REPLACE;
	unsigned red = effects_red_of_path(x->path, d->home, tree);
	bool moved = x->kind == EFFECT_MOVE;

	if (moved)
		red |= effects_red_of_path(x->from, d->home, tree);
	if (sanitize_is_odd(x->path) || (moved && sanitize_is_odd(x->from)))
		red |= RED_ODD_NAME;
	if (S_ISREG(x->mode) && x->mode & (S_ISUID | S_ISGID) &&
		(x->kind != EFFECT_MODIFY || !(x->was_mode & (S_ISUID | S_ISGID))))
		red |= RED_SETUID;
	if (S_ISREG(x->mode) && x->mode & 0111 && in_path_folder(x->path, d->home))
		red |= RED_EXEC;
	if (S_ISLNK(x->mode) && x->from && !moved && leads_out(d, x))
		red |= RED_LINK_OUT;
	if (S_ISREG(x->was_mode) && x->pre.nlink > 1 && !goes && !moved)
		red |= RED_HARDLINK;
	if (draft_is_own(d, x->path))
		red |= RED_OWN;
	if (goes && (x->count > MANY_ENTRIES || MAX_OF(x->was, x->bytes) > MANY_BYTES))
		red |= RED_MANY;
	return red;
}

static bool
is_open_elsewhere(const struct draft *d, const struct effect *x)
{
	const char *rel;
	struct draft_root *r = draft_root_of(d, x->path, &rel);
	autofd int fd = -1;
	bool busy;

	if (!r || !S_ISREG(x->was_mode) || x->kind == EFFECT_MOVE || x->kind == EFFECT_PERM)
		return false;
	fd = fs_open_in(r->real_fd, rel, O_RDONLY | O_NONBLOCK, 0);
	busy = fd >= 0 && fs_is_busy(fd);
	return busy;
}

void
effects_find_red(const struct draft *d, struct effects *e)
{
	uint64_t gone = 0, bytes = 0;

	for (size_t i = 0; i < e->n; i++) {
		struct effect *x = &e->v[i];

		x->red = red_of(d, x);
		if (i < MAX_LEASES && is_open_elsewhere(d, x))
			x->red |= RED_OPEN;
		if (x->kind == EFFECT_DELETE || x->kind == EFFECT_REPLACE) {
			gone += x->count;
			bytes += x->bytes;
		}
	}
	/* Many single deletions are as much as one big one. */
	for (size_t i = 0; (gone > MANY_ENTRIES || bytes > MANY_BYTES) && i < e->n; i++) {
		if (e->v[i].kind == EFFECT_DELETE)
			e->v[i].red |= RED_MANY;
	}
}
