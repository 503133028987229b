/*
 * Tools under test: a private home with a real draft over it, calls made as the core makes
 * them (arguments checked first), services that only remember. Tests that link this must not
 * link the core: it has tool_finish of its own.
 */
#ifndef HOMARD_TEST_TOOLBOX_H
#define HOMARD_TEST_TOOLBOX_H

#include "tests/support/testing.h"
#include "agent/base/path.h"
#include "agent/tools/tool.h"

/* 15 May 2024, 12:00 UTC */
#define TOOLBOX_NOW 1715774400000ll

struct toolbox {
	char *top, *home, *stage;
	struct draft *d;
	uv_loop_t loop;
	struct tool_ctx ctx;
	struct clock clock;
	struct places places;
	volatile bool cancelled;
	bool commands; /* drafts can run commands here */
	/* the last call */
	bool ok, done;
	struct tool_result r;
	struct err err;
	cJSON *o; /* its result, in JSON mode */
	void *state;
	uint64_t progress;
	struct buf output;
	/* what the services were told */
	struct buf told;
	struct strv memory;
};

/* One box for all tests of a program: group fixtures for cmocka. */
extern struct toolbox box;
int toolbox_group(void **state);
int toolbox_group_helpers(void **state); /* with the helper programs of this build */
int toolbox_group_end(void **state);

/* helpers: with the helper programs of this build. */
void toolbox_open(struct toolbox *t, bool helpers);
void toolbox_close(struct toolbox *t);
/* Commits nothing: forgets what is pending. */
void toolbox_reset(struct toolbox *t);
/* home/name in a ring of 16. */
const char *toolbox_path(const struct toolbox *t, const char *name);
void toolbox_file(const struct toolbox *t, const char *name, const char *text);
void toolbox_bytes(const struct toolbox *t, const char *name, const void *p, size_t n);
void toolbox_time(const struct toolbox *t, const char *name, int64_t ms);
/* args with ' instead of ": {'path':'~/x'}. Fails the test when the call fails. */
const cJSON *toolbox_call(struct toolbox *t, const char *tool, const char *args);
/* The plain text a model gets. */
const char *toolbox_text(struct toolbox *t, const char *tool, const char *args);
/* The call must fail with code and words in its sentence. */
void toolbox_fails(struct toolbox *t, const char *tool, const char *args, enum err_code code,
	const char *words);
/* The same for a call of a model. */
void toolbox_text_fails(struct toolbox *t, const char *tool, const char *args, enum err_code code,
	const char *words);
/* What the draft's view has: content, NULL when absent. Owned by the box until the next. */
const char *toolbox_seen(struct toolbox *t, const char *name);
bool toolbox_has(struct toolbox *t, const char *name);

#endif
