/*
 * Programs whose doings no draft can show: a table with the reason for each. One line adds a
 * program. Only ever raises the risk.
 */
#include "agent/base/i18n.h"
#include "agent/tools/shell_words.h"
#include "agent/tools/tool.h"

enum reason {
	AS_OTHER,
	SERVICE,
	CONTAINER,
	TIMER,
	REMOTE,
	DESKTOP,
	TERMINAL,
	PASSWORD,
	MACHINE,
	PROCESS,
	PACKAGE,
	REASONS
};

static const char *const reasons[REASONS] = {
	[AS_OTHER] = N_("%s acts as another user; a draft cannot."),
	[SERVICE] = N_("%s asks a system service to act; that cannot be previewed or undone."),
	[CONTAINER] =
		N_("%s asks a container or machine service to act; that cannot be previewed."),
	[TIMER] = N_("%s leaves a job that runs later, outside of any draft."),
	[REMOTE] = N_("%s acts on another machine; that cannot be previewed or undone."),
	[DESKTOP] = N_("%s talks to the desktop; that cannot be previewed or undone."),
	[TERMINAL] = N_("%s wants a terminal of its own; a draft has none."),
	[PASSWORD] = N_(
		"%s asks for a password or changes accounts; run it yourself in a terminal."),
	[MACHINE] = N_("%s changes the machine, not your files; that cannot be previewed."),
	[PROCESS] = N_("%s acts on running programs; a draft cannot see them."),
	[PACKAGE] = N_("%s changes the installed programs; that cannot be previewed."),
};

struct outside {
	const char *name;
	enum reason why;
	/* Only with one of these words (space-separated) among the arguments; a leading "!"
	 * turns it round: not with any of them. NULL: always. */
	const char *only;
};

#define PKG_ACTS                                                                               \
	"install remove purge update upgrade full-upgrade dist-upgrade autoremove "            \
	"reinstall -i -r -P --install --remove --purge -S -Syu -R -U add refresh"

/* Sorted by name (a test insists). */
static const struct outside table[] = {
	{ "adduser", PASSWORD, NULL },
	{ "alsamixer", TERMINAL, NULL },
	{ "amixer", DESKTOP, NULL },
	{ "apt", PACKAGE, PKG_ACTS },
	{ "apt-get", PACKAGE, PKG_ACTS },
	{ "aptitude", PACKAGE, NULL },
	{ "at", TIMER, NULL },
	{ "batch", TIMER, NULL },
	{ "bluetoothctl", DESKTOP, NULL },
	{ "btop", TERMINAL, NULL },
	{ "busctl", SERVICE, NULL },
	{ "chfn", PASSWORD, NULL },
	{ "chpasswd", PASSWORD, NULL },
	{ "chsh", PASSWORD, NULL },
	{ "crontab", TIMER, NULL },
	{ "dbus-send", DESKTOP, NULL },
	{ "dconf", DESKTOP, "write reset load" },
	{ "deluser", PASSWORD, NULL },
	{ "dialog", TERMINAL, NULL },
	{ "dmsetup", MACHINE, NULL },
	{ "dnf", PACKAGE, PKG_ACTS },
	{ "doas", AS_OTHER, NULL },
	{ "docker", CONTAINER, NULL },
	{ "docker-compose", CONTAINER, NULL },
	{ "dpkg", PACKAGE, PKG_ACTS },
	{ "emacs", TERMINAL, "!--batch -batch --script" },
	{ "fdisk", MACHINE, "!-l --list" },
	{ "flatpak", PACKAGE, PKG_ACTS },
	{ "gdbus", DESKTOP, NULL },
	{ "groupadd", PASSWORD, NULL },
	{ "groupdel", PASSWORD, NULL },
	{ "gsettings", DESKTOP, "set reset reset-recursively" },
	{ "halt", MACHINE, NULL },
	{ "hostnamectl", SERVICE, NULL },
	{ "htop", TERMINAL, NULL },
	{ "ifdown", MACHINE, NULL },
	{ "ifup", MACHINE, NULL },
	{ "insmod", MACHINE, NULL },
	{ "iptables", MACHINE, NULL },
	{ "kill", PROCESS, "!-l -L" },
	{ "killall", PROCESS, "!-l" },
	{ "kinit", PASSWORD, NULL },
	{ "localectl", SERVICE, NULL },
	{ "loginctl", SERVICE, NULL },
	{ "lp", DESKTOP, NULL },
	{ "lpr", DESKTOP, NULL },
	{ "lxc", CONTAINER, NULL },
	{ "machinectl", CONTAINER, NULL },
	{ "mc", TERMINAL, NULL },
	{ "mkfs", MACHINE, NULL },
	{ "mkswap", MACHINE, NULL },
	{ "modprobe", MACHINE, NULL },
	{ "mosh", REMOTE, NULL },
	{ "mount", MACHINE, "?" },
	{ "mutt", TERMINAL, NULL },
	{ "nano", TERMINAL, NULL },
	{ "ncdu", TERMINAL, "!-o -v --version" },
	{ "newgrp", AS_OTHER, NULL },
	{ "nft", MACHINE, NULL },
	{ "nmcli", SERVICE, NULL },
	{ "nmtui", TERMINAL, NULL },
	{ "notify-send", DESKTOP, NULL },
	{ "nvim", TERMINAL, "!--headless -es" },
	{ "pacman", PACKAGE, PKG_ACTS },
	{ "pactl", DESKTOP, NULL },
	{ "parted", MACHINE, "!-l --list" },
	{ "passwd", PASSWORD, NULL },
	{ "pkexec", AS_OTHER, NULL },
	{ "pkill", PROCESS, NULL },
	{ "podman", CONTAINER, NULL },
	{ "poweroff", MACHINE, NULL },
	{ "reboot", MACHINE, NULL },
	{ "renice", PROCESS, NULL },
	{ "rmmod", MACHINE, NULL },
	{ "runuser", AS_OTHER, NULL },
	{ "scp", REMOTE, NULL },
	{ "screen", TERMINAL, "!-ls -list -v" },
	{ "service", SERVICE, NULL },
	{ "sftp", REMOTE, NULL },
	{ "shutdown", MACHINE, NULL },
	{ "snap", PACKAGE, PKG_ACTS },
	{ "ssh", REMOTE, "!-V -Q" },
	{ "ssh-add", PASSWORD, NULL },
	{ "ssh-copy-id", REMOTE, NULL },
	{ "su", AS_OTHER, NULL },
	{ "sudo", AS_OTHER, NULL },
	{ "sudoedit", AS_OTHER, NULL },
	{ "swapoff", MACHINE, NULL },
	{ "swapon", MACHINE, "?" },
	{ "sysctl", MACHINE, "-w --write -p --load --system" },
	{ "systemctl", SERVICE, NULL },
	{ "systemd-run", SERVICE, NULL },
	{ "telnet", REMOTE, NULL },
	{ "timedatectl", SERVICE, NULL },
	{ "tmux", TERMINAL, "!-V" },
	{ "top", TERMINAL, "!-b -bn1 -bn -bn2 -n1 -bc -v -h" },
	{ "umount", MACHINE, NULL },
	{ "useradd", PASSWORD, NULL },
	{ "userdel", PASSWORD, NULL },
	{ "usermod", PASSWORD, NULL },
	{ "vi", TERMINAL, NULL },
	{ "view", TERMINAL, NULL },
	{ "vim", TERMINAL, "!-es -Es --version" },
	{ "vimdiff", TERMINAL, NULL },
	{ "virsh", CONTAINER, NULL },
	{ "visudo", AS_OTHER, NULL },
	{ "watch", TERMINAL, NULL },
	{ "whiptail", TERMINAL, NULL },
	{ "wl-copy", DESKTOP, NULL },
	{ "wl-paste", DESKTOP, NULL },
	{ "wpa_cli", SERVICE, NULL },
	{ "xclip", DESKTOP, NULL },
	{ "xdg-open", DESKTOP, NULL },
	{ "xdotool", DESKTOP, NULL },
	{ "xsel", DESKTOP, NULL },
	{ "yum", PACKAGE, PKG_ACTS },
	{ "zypper", PACKAGE, PKG_ACTS },
};

static int
compare(const void *name, const void *row)
{
	return strcmp(name, ((const struct outside *)row)->name);
}

static bool
has_word(const struct strv *argv, const char *only)
{
	struct slice rest = slice_of(only);

	while (rest.p) {
		struct slice word = slice_cut(&rest, ' ');

		for (size_t i = 1; i < argv->n; i++)
			if (slice_eq_str(word, argv->v[i]))
				return true;
	}
	return false;
}

static bool
applies(const struct outside *row, const struct strv *argv)
{
	if (!row->only)
		return true;
	if (str_eq(row->only, "?")) /* bare, or with a question only, it just tells */
		return argv->n > 1 && !has_word(argv, "-l -v -V --version --show --help");
	if (row->only[0] == '!')
		return !has_word(argv, row->only + 1);
	return has_word(argv, row->only);
}

/* A job of the command itself may be ended by it: kill $!, kill %1. */
static bool
own_job(const struct strv *argv)
{
	const char *last = argv->v[argv->n - 1];

	return str_eq(argv->v[0], "kill") && argv->n > 1 && (last[0] == '$' || last[0] == '%');
}

/* host:path, as rsync takes it; C:\ and URLs are something else. */
static bool
has_remote_path(const struct strv *argv)
{
	for (size_t i = 1; i < argv->n; i++) {
		const char *colon = strchr(argv->v[i], ':');

		if (argv->v[i][0] != '-' && colon && colon != argv->v[i] &&
			!memchr(argv->v[i], '/', (size_t)(colon - argv->v[i])))
			return true;
	}
	return false;
}

struct telling {
	struct jw w;
	size_t n;
	bool said[ARRAY_LEN(table)], rsync;
};

static void
say(struct telling *t, enum reason why, const char *name)
{
	char sentence[256];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(sentence, sizeof(sentence), _(reasons[why]), name);
#pragma GCC diagnostic pop
	jw_str(&t->w, NULL, sentence);
	t->n++;
}

static bool
one_program(void *user, const struct strv *argv)
{
	struct telling *t = user;
	const char *slash = strrchr(argv->v[0], '/'), *name = slash ? slash + 1 : argv->v[0];
	const struct outside *row =
		bsearch(name, table, ARRAY_LEN(table), sizeof(*table), compare);

	if (str_starts(name, "mkfs."))
		row = bsearch("mkfs", table, ARRAY_LEN(table), sizeof(*table), compare);
	if (str_eq(name, "rsync") && has_remote_path(argv) && !t->rsync) {
		t->rsync = true;
		say(t, REMOTE, name);
	}
	if (row && !t->said[row - table] && applies(row, argv) && !own_job(argv)) {
		t->said[row - table] = true;
		say(t, row->why, row->name);
	}
	return t->n < 8;
}

size_t
tool_shell_outside(const char *command, struct buf *out)
{
	struct telling t = { .n = 0 };

	jw_init(&t.w, out);
	jw_array(&t.w, NULL);
	shell_programs(command, one_program, &t);
	jw_end_array(&t.w);
	return t.n;
}

/* For the test of the table. */
bool shell_outside_is_sorted(void);
bool
shell_outside_is_sorted(void)
{
	for (size_t i = 1; i < ARRAY_LEN(table); i++)
		if (strcmp(table[i - 1].name, table[i].name) >= 0)
			return false;
	return true;
}
