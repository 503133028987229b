/* Small sentences about tasks that several panes share: what a call does, how long, how much. Pure. */
#ifndef HOMARD_TUI_WORDS_H
#define HOMARD_TUI_WORDS_H

#include "agent/core/fold.h"
#include "tui/lines.h"

/* The arguments that say most, in one safe line. Owned. */
char *call_words(const struct fold_call *c);
/* All arguments, one "name: value" per line, safe, nothing left out. */
void call_args_lines(const struct fold_call *c, int cols, struct lines *out);
const char *call_sign(const struct fold_call *c, style *ret_st);
const char *call_state_word(const struct fold_call *c); /* translated */
const char *step_sign(const struct fold_step *p, style *ret_st);
/* "creates 2, deletes 101,020 (9.4 MB)". Owned. */
char *effects_words(const struct fold_effect *v, size_t n);
const char *effect_sign(const char *kind, style *ret_st);
/* "odd-name,git" -> "the name holds characters that cannot be seen; …". Owned. */
char *red_words(const char *ids);
const char *effect_verb(const char *kind); /* translated: "create" */
char *duration_text(int64_t ms);  /* owned: "3 s", "2:07" */
char *tokens_text(int64_t n);	  /* owned: "3.2k" */
char *when_text(int64_t wall_ms); /* owned, local time: "18:04", "11-21 18:04", "2025-11-22" */
/* "create /a" a line, as agent_rule_past gives them. */
void past_lines(const char *text, int cols, struct lines *out);
/* "~/x" for paths below HOME, safe. Owned. */
char *place_text(const char *path);

#endif
