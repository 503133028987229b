/*
 * The spec of agent/base/draft_proto.h, read whole from descriptor 3 and split into borrowed
 * strings. Everything lives as long as the process. Limits: SPEC_MAX bytes, SPEC_ROOTS roots.
 */
#ifndef HELPER_DRAFT_SPEC_H
#define HELPER_DRAFT_SPEC_H

#include "agent/base/base.h"
#include "agent/base/draft_proto.h"
#include "agent/base/str.h"

#define SPEC_MAX (8u << 20)
#define SPEC_ROOTS 64

struct spec_root {
	const char *path, *upper, *work;
};

struct spec_words {
	const char **v; /* NULL-terminated once anything was added */
	size_t n, cap;
};

struct spec {
	struct spec_root root[SPEC_ROOTS];
	size_t n_roots;
	struct spec_words masks, env, argv, hosts, resolve;
	const char *cwd;
	uint64_t wall_ms, mem, nproc, fsize, cpu_s;
	bool proxy;  /* a proxy= key was there */
	bool legacy; /* tests: mount the way kernel 6.1 needs it */
};

/* false with a reason. */
bool spec_read(int fd, struct spec *ret, char *why, size_t why_size) MUST_CHECK;

#endif
