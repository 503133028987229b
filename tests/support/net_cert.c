/* Certificates for tests: P-256, valid for a day. */
#include "tests/support/net_cert.h"
#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include "agent/base/base.h"

static void
extend(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	if (!e || !X509_add_ext(cert, e, -1))
		bug("certificate extension %s", value);
	X509_EXTENSION_free(e);
}

/* issuer NULL: it is an authority and signs itself. */
static X509 *
make(EVP_PKEY *key, const char *name, X509 *issuer, EVP_PKEY *issuer_key)
{
	X509 *c = X509_new();
	X509_NAME *subject = X509_get_subject_name(c);

	X509_set_version(c, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(c), issuer ? 2 : 1);
	X509_gmtime_adj(X509_getm_notBefore(c), -3600);
	X509_gmtime_adj(X509_getm_notAfter(c), 24 * 3600);
	X509_set_pubkey(c, key);
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(c, issuer ? X509_get_subject_name(issuer) : subject);
	if (issuer) {
		struct in_addr a;
		autofree char *san = xasprintf("%s:%s", inet_pton(AF_INET, name, &a) == 1 ? "IP" : "DNS", name);

		extend(c, issuer, NID_subject_alt_name, san);
	} else {
		extend(c, c, NID_basic_constraints, "critical,CA:TRUE");
		extend(c, c, NID_key_usage, "critical,keyCertSign,cRLSign");
	}
	if (!X509_sign(c, issuer_key, EVP_sha256()))
		bug("certificate of %s", name);
	return c;
}

SSL_CTX *
net_cert_server(const char *host, const char *ca)
{
	EVP_PKEY *ca_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
	X509 *root = make(ca_key, "Homard test authority", NULL, ca_key);
	X509 *leaf = make(key, host, root, ca_key);
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	FILE *f = fopen(ca, "w");

	if (!f || !PEM_write_X509(f, root) || fclose(f) != 0)
		bug("%s cannot be written", ca);
	if (!ctx || SSL_CTX_use_certificate(ctx, leaf) != 1 || SSL_CTX_use_PrivateKey(ctx, key) != 1)
		bug("no TLS context");
	X509_free(root);
	X509_free(leaf);
	EVP_PKEY_free(ca_key);
	EVP_PKEY_free(key);
	return ctx;
}
