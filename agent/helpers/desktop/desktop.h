/* The verbs of homard-desktop: each returns the exit code. Texts come on stdin, never in argv. */
#ifndef HOMARD_DESKTOP_H
#define HOMARD_DESKTOP_H

#define DESKTOP_SECRET_MAX 8192
#define DESKTOP_TEXT_MAX 4096

int desktop_secret_get(const char *provider); /* the key to stdout; 3: there is none */
int desktop_secret_set(const char *provider); /* the key from stdin */
int desktop_secret_remove(const char *provider);
/* First line of stdin: title; the rest: text. Words of the two buttons, or NULL: none. */
int desktop_notify(const char *review, const char *deny);

/* stdin up to max bytes; owned, with a NUL; NULL when there is more. */
char *desktop_stdin(unsigned long max);

#endif
