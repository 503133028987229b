/*
 * Observed changes. An effect list is plain data, owned by its holder; it outlives the draft.
 */
#ifndef HOMARD_EFFECTS_H
#define HOMARD_EFFECTS_H

#include "agent/base/buf.h"
#include "agent/base/draft_proto.h"
#include "agent/base/err.h"

enum effect_kind { EFFECT_CREATE, EFFECT_MODIFY, EFFECT_DELETE, EFFECT_REPLACE, EFFECT_PERM,
	EFFECT_MOVE, EFFECT_TOUCH, EFFECT_KINDS };
/* "create" ... as in DESIGN 12. */
extern const char *const effect_kind_names[EFFECT_KINDS];

/* Always asked, shown red. Names in effect_red_names by bit. */
enum effect_red {
	RED_SHELL_START = 1 << 0, /* .bashrc, .profile, .zshrc ... */
	RED_AUTOSTART = 1 << 1,	  /* autostart, systemd user units, cron */
	RED_GIT = 1 << 2,	  /* git hooks and config */
	RED_SSH = 1 << 3,	  /* ssh, gpg, tokens */
	RED_SETUID = 1 << 4,
	RED_EXEC = 1 << 5,     /* a new executable in PATH folders */
	RED_LINK_OUT = 1 << 6, /* a link that leaves its root */
	RED_ODD_NAME = 1 << 7, /* control, bidi or invisible characters in the name */
	RED_HARDLINK = 1 << 8, /* the real file has other names */
	RED_OPEN = 1 << 9,     /* open for writing elsewhere */
	RED_OWN = 1 << 10,     /* Homard's own files, editor and agent config */
	RED_MANY = 1 << 11,    /* deletes or replaces very much */
};
#define RED_BITS 12
extern const char *const effect_red_names[RED_BITS]; /* short English ids for JSON */
const char *effect_red_sentence(unsigned bit);	     /* translated */

struct effect {
	enum effect_kind kind;
	char *path;	/* absolute, raw bytes */
	char *from;	/* move: where it was; link: its target */
	mode_t mode, was_mode; /* with type bits; 0: does not exist */
	uint64_t bytes;	/* size now; deletes: bytes that go */
	uint64_t was;	/* size before */
	uint64_t was_count; /* entries of the tree that is replaced, else 0 */
	uint64_t count; /* entries, 1 for a file; trees: all of them */
	unsigned red;	/* enum effect_red bits */
	uint32_t root;
	struct draft_print pre, post;
	bool text;	/* a text diff can be shown */
	bool stale;	/* changed on disk after the draft began: taking it will be a conflict */
	uint64_t tree;	/* print of a real tree that goes, 0 for none */
};

struct effects {
	struct effect *v;
	size_t n, cap;
	uint64_t n_kind[EFFECT_KINDS]; /* entries counted, trees with their count */
	uint64_t bytes_kind[EFFECT_KINDS];
	unsigned red;
	uint64_t folded;   /* touched-only and unchanged, not listed */
	uint64_t not_listed; /* beyond LIMIT_EFFECTS: then nothing may be taken in part */
};
void effects_finish(struct effects *e);
/* JSON array of DESIGN 12 / event.h EFFECTS; at most max entries. */
bool effects_to_json(const struct effects *e, size_t max, struct buf *out);
/* Makes a selection sane: a taken child takes its created parents, a dropped folder drops what
 * is in it. Returns how many entries it changed. */
size_t effects_settle(const struct effects *e, bool *take);

/* A readable tree with sums, sanitised, for plain terminals: one line per entry up to
 * max_lines, folders with many entries summed. home is shown as ~. numbers: entry numbers that
 * can be chosen. */
bool effects_tree(const struct effects *e, const char *home, size_t max_lines, bool numbers,
	struct buf *out);
/* "creates 3, deletes 101,020 files (9.4 MB) below ~/q/tree" - one translated sentence. */
bool effects_sentence(const struct effects *e, const char *home, struct buf *out);

#endif
