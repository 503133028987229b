#include "agent/base/hash.h"
#include "agent/base/i18n.h"
#include <errno.h>
#include <openssl/evp.h>
#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *sha256; /* fetched once: a fetch costs more than hashing a short row */

struct hasher {
	EVP_MD_CTX *ctx;
};

static void
fetch(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (!sha256)
		bug("libcrypto has no SHA-256");
}

struct hasher *
hasher_create(void)
{
	struct hasher *h = xmalloc(sizeof(*h));

	pthread_once(&once, fetch);
	h->ctx = EVP_MD_CTX_new();
	if (!h->ctx || EVP_DigestInit_ex(h->ctx, sha256, NULL) != 1)
		bug("SHA-256 does not start");
	return h;
}

void
hasher_add(struct hasher *h, const void *p, size_t n)
{
	if (n && EVP_DigestUpdate(h->ctx, p, n) != 1)
		bug("SHA-256 refuses bytes");
}

void
hasher_finish(struct hasher *h, unsigned char out[HASH_LEN])
{
	if (EVP_DigestFinal_ex(h->ctx, out, NULL) != 1)
		bug("SHA-256 does not end");
	EVP_MD_CTX_free(h->ctx);
	free(h);
}

void
hash_bytes(const void *p, size_t n, unsigned char out[HASH_LEN])
{
	pthread_once(&once, fetch);
	if (EVP_Digest(n ? p : "", n, out, NULL, sha256, NULL) != 1)
		bug("SHA-256 failed");
}

void
hash_hex(const unsigned char in[HASH_LEN], char out[HASH_HEX_LEN])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < HASH_LEN; i++) {
		out[2 * i] = digits[in[i] >> 4];
		out[2 * i + 1] = digits[in[i] & 15];
	}
	out[2 * HASH_LEN] = '\0';
}

bool
hash_fd(int fd, unsigned char out[HASH_LEN], struct err *err)
{
	struct hasher *h = hasher_create();
	unsigned char piece[16384];
	unsigned char digest[HASH_LEN];
	ssize_t n;

	do {
		n = read(fd, piece, sizeof(piece));
		if (n > 0)
			hasher_add(h, piece, (size_t)n);
	} while (n > 0 || (n < 0 && errno == EINTR));
	if (n < 0) {
		int sys = errno;

		hasher_finish(h, digest);
		return err_sys(err, sys, _("Cannot read the file"));
	}
	hasher_finish(h, out);
	return true;
}
