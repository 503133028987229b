/* Follow-ups: requests that only mean something after another one: "again", "the same for
 * ~/Desktop", "only the pictures", "undo that", "again next Friday". */
#ifndef HOMARD_FOLLOWUP_H
#define HOMARD_FOLLOWUP_H

#include "agent/skill/skill.h"

enum followup_kind { FOLLOW_NONE, FOLLOW_AGAIN, FOLLOW_UNDO, FOLLOW_REMIND };

struct followup {
	enum followup_kind kind;
	const struct recipe *recipe; /* AGAIN, REMIND: the one to run again */
	cJSON *slots;                /* with what the new words changed; owned */
	char *due;                   /* REMIND: a day, owned */
	char *refused;               /* a sentence why it cannot be, owned */
};
/* The words themselves, made ready once (2 ms) and kept with the skills; without this each
 * followup_read makes its own. */
void followup_prepare(struct skills *s);
void followup_words_destroy(struct followup_words *w);
/* last: {"recipe","slots"} of the newest run, or NULL. */
void followup_read(const struct skills *s, struct slice text, const struct match_context *c,
	const char *last, struct followup *ret);
void followup_finish(struct followup *f);

#endif
