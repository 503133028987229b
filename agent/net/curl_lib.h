/* libcurl by dlopen: the functions we use, filled once. Any thread may load; then read-only. */
#ifndef HOMARD_CURL_LIB_H
#define HOMARD_CURL_LIB_H

#include <curl/curl.h>
#include "agent/base/err.h"

#define CURL_LIB_CERTS "/etc/ssl/certs"

struct curl_lib {
	bool hashed; /* CURL_LIB_CERTS can be searched by the names of authorities */
	CURLcode (*global_init)(long flags);
	CURL *(*easy_init)(void);
	CURLcode (*easy_setopt)(CURL *c, CURLoption option, ...);
	CURLcode (*easy_getinfo)(CURL *c, CURLINFO info, ...);
	void (*easy_cleanup)(CURL *c);
	CURLcode (*easy_pause)(CURL *c, int what);
	const char *(*easy_strerror)(CURLcode code);
	struct curl_slist *(*slist_append)(struct curl_slist *list, const char *s);
	void (*slist_free_all)(struct curl_slist *list);
	CURLM *(*multi_init)(void);
	CURLMcode (*multi_setopt)(CURLM *m, CURLMoption option, ...);
	CURLMcode (*multi_add_handle)(CURLM *m, CURL *c);
	CURLMcode (*multi_remove_handle)(CURLM *m, CURL *c);
	CURLMcode (*multi_socket_action)(CURLM *m, curl_socket_t s, int events, int *running);
	CURLMsg *(*multi_info_read)(CURLM *m, int *left);
	CURLMcode (*multi_assign)(CURLM *m, curl_socket_t s, void *p);
	CURLMcode (*multi_cleanup)(CURLM *m);
};

/* NULL with a sentence when libcurl is not there. */
const struct curl_lib *curl_lib_load(struct err *err);

#endif
