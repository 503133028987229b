/* Sentences about poor ground: what a machine lacks for drafts and how to mend it. */
#ifndef HOMARD_DRAFT_GROUND_H
#define HOMARD_DRAFT_GROUND_H

#include "agent/base/buf.h"

/* The facts the sentences are made of; gathered by ground_look, or by a test. */
struct ground_facts {
	bool chrooted;
	int max_userns;          /* user.max_user_namespaces, -1 unknown */
	int userns_clone;        /* kernel.unprivileged_userns_clone, -1: no such knob */
	int apparmor;            /* kernel.apparmor_restrict_unprivileged_userns, likewise */
	const char *home_fs;     /* a kind that cannot hold an upper ("nfs"), else NULL */
	bool nested;             /* other file systems are mounted below home */
	char foreign_group[256]; /* a file in home of a group that cannot be mapped, or "" */
};

void ground_look(const char *home, struct ground_facts *ret);
/* One after the other into out; "" when nothing is missing. */
void ground_say(const char *helper, const struct ground_facts *f, unsigned can, const char *why,
	struct buf *out);
void ground_words(const char *helper, const char *home, unsigned can, const char *why,
	char *out, size_t size);

#endif
