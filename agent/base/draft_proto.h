/*
 * What homard-draft (agent/helpers/draft) and agent/draft say to each other. Both come from one
 * build; still every length is checked by the reader.
 *
 * homard-draft VERB, spec on descriptor 3, records on descriptor 4:
 *   run    run a command inside namespaces over the uppers, then list
 *   list   only list the uppers (inside a user namespace when one can be had)
 *   probe  say what this machine allows (one DRAFT_PROBE record)
 * The spec is `key=value` strings, each ended by NUL, in any order; repeated keys add up:
 *   root=PATH upper=PATH work=PATH   (these three repeat together, in this order)
 *   mask=PATH      hidden in the draft (empty read-only file or folder over it)
 *   cwd=PATH  env=K=V  arg=WORD  (arg repeats: the argv)
 *   wall_ms= mem= nproc= fsize= cpu_s=   limits, 0 = none
 *   proxy=HOST:PORT,...   hosts the network proxy may reach (absent: no network)
 *   resolve=NAME:PORT=IPV4:PORT   tests only: where a named host is found
 *   legacy=1                      tests only: mount as kernel 6.1 needs it
 * Records are struct draft_record followed by path_len + from_len bytes (no NUL).
 */
#ifndef HOMARD_DRAFT_PROTO_H
#define HOMARD_DRAFT_PROTO_H

#include <stdint.h>

#define DRAFT_MAGIC 0x484d4431u /* HMD1 */
#define DRAFT_PATH_MAX 4096u
#define DRAFT_XATTR_OPAQUE "user.overlay.opaque"
/* Set by the helper on a file of the upper that took the place of a real one with other names
 * (written beside it and renamed): those names keep the old content. Hidden from commands. */
#define DRAFT_XATTR_FRESH "user.overlay.fresh"

enum draft_record_kind {
	DRAFT_CREATE = 1, /* one per entry, parents first */
	DRAFT_MODIFY,	  /* content differs, same type */
	DRAFT_DELETE,	  /* a tree is one record with count and bytes */
	DRAFT_REPLACE,	  /* type changed, or an opaque folder over a folder */
	DRAFT_PERM,	  /* only mode, owner or xattrs differ */
	DRAFT_TOUCH,	  /* only times differ */
	DRAFT_SAME,	  /* copied up, nothing differs */
	DRAFT_LIST_END,	  /* exactly one, after the last effect; count = how many */
	DRAFT_EXIT,	  /* run: exit/signal/limit of the command, before the list */
	DRAFT_FAIL,	  /* nothing ran; the path bytes are the reason (English, for the log),
			   * mode is enum draft_fail */
	DRAFT_PROBE,	  /* flags of struct draft_probe in mode */
	DRAFT_HOST	  /* the proxy reached (flags=0) or refused (flags=1) path=HOST:PORT */
};

enum draft_limit { DRAFT_LIMIT_NONE, DRAFT_LIMIT_WALL, DRAFT_LIMIT_MEM, DRAFT_LIMIT_CPU,
	DRAFT_LIMIT_OUTPUT, DRAFT_LIMIT_STOP, DRAFT_LIMIT_PROCS, DRAFT_LIMIT_SPACE };

enum draft_fail { DRAFT_FAIL_NONE, DRAFT_FAIL_USERNS, DRAFT_FAIL_OVERLAY, DRAFT_FAIL_PROC,
	DRAFT_FAIL_SPEC, DRAFT_FAIL_OTHER };

/* Identity of a file at one moment. All zero: it did not exist. */
struct draft_print {
	uint64_t dev, ino, size;
	int64_t mtime_ns, ctime_ns;
	uint32_t mode, uid, gid, nlink;
};

struct draft_record {
	uint32_t magic;
	uint32_t kind; /* enum draft_record_kind */
	uint32_t root; /* index of the root; path is relative to it, no leading slash */
	uint32_t path_len, from_len; /* from: link target, else empty */
	uint32_t mode;	/* see kinds */
	uint32_t flags; /* DRAFT_F_* */
	int32_t exit, signal; /* DRAFT_EXIT */
	uint32_t limit;	      /* enum draft_limit */
	uint64_t count, bytes; /* entries and bytes below, for trees; else 1 and size */
	struct draft_print pre, post; /* real file; file in the upper */
};

#define DRAFT_F_OPAQUE 1u    /* the upper folder hides the real one */
#define DRAFT_F_COPIED_UP 2u /* the upper file came from a real one (overlay origin xattr) */

/* DRAFT_PROBE: bits of mode */
#define DRAFT_CAN_USERNS 1u
#define DRAFT_CAN_OVERLAY 2u  /* with userxattr over the given root */
#define DRAFT_CAN_PROC 4u     /* a fresh /proc */
#define DRAFT_CAN_LOWERPLUS 8u /* lowerdir+ */
#define DRAFT_CAN_SECCOMP 16u
#define DRAFT_CAN_CGROUP 32u
#define DRAFT_CAN_VOLATILE 64u

#endif
