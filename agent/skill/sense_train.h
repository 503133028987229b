/*
 * Learns a sense (sense.h) from requests whose recipe is known. AdaGrad (Duchi et al. 2011) on
 * the log loss, in a fixed order of pseudo-random numbers: the same lists give the same file.
 * About a second for 10,000 requests. One thread; the trainer keeps what it is given.
 */
#ifndef HOMARD_SENSE_TRAIN_H
#define HOMARD_SENSE_TRAIN_H

#include "agent/skill/sense.h"

struct sense_trainer; /* opaque */

struct sense_trainer *sense_trainer_create(void);
void sense_trainer_destroy(struct sense_trainer *t);
/* label "-": no recipe serves it. text: the free words inside the request (a note, a fact), or
 * empty; what they are changes nothing, which is learned by putting those of others in their
 * place. */
bool sense_trainer_add(struct sense_trainer *t, struct slice label, struct slice request,
	struct slice text, struct err *err) MUST_CHECK;
/* Lines of "RECIPE\tSLOTS\tREQUEST", SLOTS a JSON object of which "text" is used; # begins a
 * comment. */
bool sense_trainer_read(struct sense_trainer *t, const char *file, struct err *err) MUST_CHECK;
size_t sense_trainer_count(const struct sense_trainer *t);
/* Learns from all that was added and writes the file. */
bool sense_trainer_write(struct sense_trainer *t, const char *file, struct err *err) MUST_CHECK;

#endif
