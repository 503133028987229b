/* Why a request ended: by kind, and as a sentence that names who it was and what to do. */
#include "agent/base/i18n.h"
#include "agent/net/http_private.h"
#include <strings.h>

static long
number(const struct http_call *c, CURLINFO what)
{
	long n = 0;

	c->http->lib->easy_getinfo(c->easy, what, &n);
	return n;
}

static const char *
variable(const char *name)
{
	const char *v = getenv(name);

	return v && *v ? v : NULL;
}

/* The address of the proxy that libcurl took, unless no_proxy sent it past; NULL: none. */
static const char *
proxy_of(const struct http_call *c)
{
	bool tls = strncasecmp(c->url, "https:", 6) == 0;
	const char *p = NULL;

	if (http_is_loopback(c->host))
		return NULL;
	if (c->http->proxy)
		return c->http->proxy;
	if (tls && !(p = variable("https_proxy")))
		p = variable("HTTPS_PROXY");
	if (!tls)
		p = variable("http_proxy"); /* in capitals it could come from a web server's client */
	if (!p && !(p = variable("all_proxy")))
		p = variable("ALL_PROXY");
	return p;
}

/* Without name and password. */
static char *
proxy_name(const struct http_call *c)
{
	const char *p = proxy_of(c), *rest = p ? strstr(p, "://") : NULL, *at;
	char *name;

	if (!p)
		return xstrdup("?");
	p = rest ? rest + 3 : p;
	at = strrchr(p, '@');
	p = at ? at + 1 : p;
	name = xstrndup(p, strcspn(p, "/"));
	return name;
}

/* libcurl says "Failed to connect to HOST port N": of which of the two does it speak? */
static bool
is_about_proxy(const struct http_call *c)
{
	autofree char *proxy = proxy_of(c) ? proxy_name(c) : NULL;
	const char *p = strstr(c->error, "onnect to ");
	size_t n;

	if (!proxy || !p)
		return false;
	p += 10;
	n = strcspn(proxy, ":");
	return strncasecmp(p, proxy, n) == 0 && p[n] == ' ' && strncasecmp(c->host, proxy, n) != 0;
}

enum http_fail
http_fail_of(const struct http_call *c, CURLcode code)
{
	if (c->fail)
		return c->fail;
	if (c->refused)
		return HTTP_REFUSED;
	if (number(c, CURLINFO_HTTP_CONNECTCODE) >= 300 ||
		(number(c, CURLINFO_RESPONSE_CODE) == 407 && proxy_of(c)))
		return HTTP_PROXY;
	switch (code) {
	case CURLE_OK:
		return HTTP_OK;
	case CURLE_COULDNT_RESOLVE_PROXY:
		return HTTP_PROXY;
	case CURLE_COULDNT_RESOLVE_HOST:
		return HTTP_NO_HOST;
	case CURLE_COULDNT_CONNECT:
		return is_about_proxy(c) ? HTTP_PROXY : HTTP_NO_CONNECT;
	case CURLE_OPERATION_TIMEDOUT:
		return HTTP_TIMEOUT;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
		return HTTP_TLS;
	case CURLE_PARTIAL_FILE:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_GOT_NOTHING:
	case CURLE_HTTP2_STREAM:
	case CURLE_HTTP2:
		return HTTP_CUT;
	default:
		return HTTP_OTHER;
	}
}

static void
tls_sentence(const struct http_call *c, CURLcode code, const char *why, struct err *e)
{
	if (code == CURLE_SSL_CACERT_BADFILE)
		err_set(e, ERR_NET, _("the certificate authorities in %s cannot be read; net.ca_file (or "
				      "SSL_CERT_FILE) names that file"),
			c->http->ca_file ? c->http->ca_file : CURL_LIB_CERTS);
	else if (code == CURLE_PEER_FAILED_VERIFICATION)
		err_set(e, ERR_NET, _("%s has no certificate this machine trusts (%s); net.ca_file names "
				      "further authorities"), c->host, why);
	else
		err_set(e, ERR_NET, _("no secure connection to %s came about (%s); check the address and "
				      "its port"), c->host, why);
}

static void
proxy_sentence(const struct http_call *c, struct err *e)
{
	autofree char *proxy = proxy_name(c);
	long status = number(c, CURLINFO_HTTP_CONNECTCODE);

	if (!status)
		status = number(c, CURLINFO_RESPONSE_CODE);
	if (status == 407)
		err_set(e, ERR_NET, _("the proxy %s wants a name and a password; net.proxy takes them as "
				      "http://NAME:PASSWORD@HOST:PORT"), proxy);
	else if (status)
		err_set(e, ERR_NET, _("the proxy %s refuses to lead to %s (status %ld)"), proxy, c->host,
			status);
	else
		err_set(e, ERR_NET, _("the proxy %s does not answer; net.proxy or the variable https_proxy "
				      "names it"), proxy);
}

static void
timeout_sentence(const struct http_call *c, struct err *e)
{
	double sent = 0;

	c->http->lib->easy_getinfo(c->easy, CURLINFO_PRETRANSFER_TIME, &sent);
	if (c->any_data)
		err_set(e, ERR_NET, _("%s fell silent in the middle of its reply; net.silence_timeout sets "
				      "how long it may"), c->host);
	else if (sent > 0)
		err_set(e, ERR_NET, _("%s took the request and sent no reply in time; "
				      "net.first_byte_timeout sets how long it may take"), c->host);
	else
		err_set(e, ERR_NET, _("%s could not be reached in time; check the network and the address"),
			c->host);
}

void
http_sentence(const struct http_call *c, enum http_fail fail, CURLcode code, struct err *e)
{
	const char *why = c->error[0] ? c->error : c->http->lib->easy_strerror(code);

	switch (fail) {
	case HTTP_NO_HOST:
		err_set(e, ERR_NET, _("%s cannot be found; check the network and the address"), c->host);
		break;
	case HTTP_NO_CONNECT:
		err_set(e, ERR_NET, _("%s does not answer; check the network, the address and whether "
				      "the server runs"), c->host);
		break;
	case HTTP_NO_LIBRARY:
	case HTTP_OK:
	case HTTP_REFUSED:
		break;
	case HTTP_TLS:
		tls_sentence(c, code, why, e);
		break;
	case HTTP_PROXY:
		proxy_sentence(c, e);
		break;
	case HTTP_TIMEOUT:
		timeout_sentence(c, e);
		break;
	case HTTP_CUT:
		err_set(e, ERR_NET, _("%s ended the connection in the middle (%s)"), c->host, why);
		break;
	case HTTP_CANCELLED:
		err_set(e, ERR_CANCELLED, "%s", _("stopped"));
		break;
	case HTTP_OTHER:
		err_set(e, ERR_NET, _("%s could not be asked: %s"), c->host, why);
		break;
	}
}
