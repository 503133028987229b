/*
 * Secrets that show by what stands beside them: client_secret = ..., "password": "...",
 * scheme://user:...@host, and JSON Web Tokens (RFC 7519). Ordinary code and words stay: a value
 * must look like a key, a password have letters and digits. Pure; any thread.
 */
#ifndef HOMARD_REDACT_VALUE_H
#define HOMARD_REDACT_VALUE_H

#include "agent/base/base.h"

/* s[i] is '=' or ':': the bytes of the secret that follows, *ret_at where it begins; 0: none. */
size_t secret_value(const char *s, size_t n, size_t i, size_t *ret_at);
/* Bytes of a token that begins at s, or 0. */
size_t secret_jwt(const char *s, size_t n);

#endif
