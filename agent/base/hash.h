/* SHA-256 (FIPS 180-4) through OpenSSL's libcrypto, as raw bytes and as hex. */
#ifndef HOMARD_HASH_H
#define HOMARD_HASH_H

#include "agent/base/err.h"

#define HASH_LEN 32
#define HASH_HEX_LEN 65 /* with NUL */

struct hasher; /* opaque */
struct hasher *hasher_create(void);
void hasher_add(struct hasher *h, const void *p, size_t n);
/* Stores the digest and destroys the hasher. */
void hasher_finish(struct hasher *h, unsigned char out[HASH_LEN]);

void hash_bytes(const void *p, size_t n, unsigned char out[HASH_LEN]);
void hash_hex(const unsigned char in[HASH_LEN], char out[HASH_HEX_LEN]);
/* Reads fd from its position to the end. */
bool hash_fd(int fd, unsigned char out[HASH_LEN], struct err *err) MUST_CHECK;

#endif
