/* Files and folders that hold secrets of common programs: hidden from commands in drafts unless
 * the person's config says otherwise. One line adds one. */
#ifndef HOMARD_DRAFT_SECRETS_H
#define HOMARD_DRAFT_SECRETS_H

/* Relative to the home; NULL-terminated. */
extern const char *const secret_places[];

#endif
