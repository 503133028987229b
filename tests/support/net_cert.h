/* A throw-away authority and a certificate from it; files in dir, keys only in memory. */
#ifndef HOMARD_NET_CERT_H
#define HOMARD_NET_CERT_H

#include <openssl/ssl.h>

/* A server's context for host (a name, or an IPv4 address); the authority's certificate goes to
 * the file ca. */
SSL_CTX *net_cert_server(const char *host, const char *ca);

#endif
