#include "agent/helpers/draft/proxy_host.h"
#include <arpa/inet.h>
#include <ctype.h>

static bool
is_name_byte(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '.' || c == '_';
}

/* "10.0.0.1", "0x7f.1", "2130706433": everything inet_aton would take ends in a number. */
static bool
is_address(const char *name, size_t n)
{
	const char *last = name;

	for (size_t i = 0; i + 1 < n; i++) {
		if (name[i] == '.')
			last = name + i + 1;
	}
	return isdigit((unsigned char)last[0]);
}

static bool
is_port(const char *s)
{
	uint64_t n;

	return *s && *s != '0' && str_to_u64(s, &n) && n <= 65535;
}

static bool
host_well_formed(const char *host)
{
	const char *colon = strrchr(host, ':');

	if (!colon || colon == host || colon - host > 255 || !is_port(colon + 1))
		return false;
	for (const char *p = host; p < colon; p++) {
		if (!is_name_byte(*p))
			return false;
	}
	return !is_address(host, (size_t)(colon - host));
}

bool
proxy_allowed(const struct spec_words *hosts, const char *host)
{
	if (!host_well_formed(host))
		return false;
	for (size_t i = 0; i < hosts->n; i++) {
		if (str_eq(hosts->v[i], host))
			return true;
	}
	return false;
}

static bool
v4_ok(uint32_t ip)
{
	uint32_t top = ip >> 24;

	return top != 0 && top != 127 && top < 224 && (ip >> 16) != 0xa9fe;
}

bool
proxy_address_ok(const struct sockaddr *a)
{
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)(const void *)a;
	const struct sockaddr_in *four = (const struct sockaddr_in *)(const void *)a;
	const struct in6_addr *ip = &six->sin6_addr;
	uint32_t mapped;

	if (a->sa_family == AF_INET)
		return v4_ok(ntohl(four->sin_addr.s_addr));
	if (a->sa_family != AF_INET6)
		return false;
	if (IN6_IS_ADDR_V4MAPPED(ip) || IN6_IS_ADDR_V4COMPAT(ip)) {
		memcpy(&mapped, &ip->s6_addr[12], sizeof(mapped));
		return v4_ok(ntohl(mapped));
	}
	return !IN6_IS_ADDR_LOOPBACK(ip) && !IN6_IS_ADDR_LINKLOCAL(ip) &&
		!IN6_IS_ADDR_UNSPECIFIED(ip) && !IN6_IS_ADDR_MULTICAST(ip);
}

/* Takes n bytes as the host, adding the port where there is none. */
static bool
take_host(struct proxy_request *r, const char *p, size_t n, const char *port)
{
	if (n == 0 || n >= sizeof(r->host) - 8)
		return false;
	memcpy(r->host, p, n);
	r->host[n] = '\0';
	if (!strchr(r->host, ':') && port)
		strcat(strcat(r->host, ":"), port);
	return true;
}

bool
proxy_parse(const char *head, size_t len, struct proxy_request *ret)
{
	const char *line_end = memchr(head, '\r', len), *space, *target, *target_end, *slash;
	size_t n;

	*ret = (struct proxy_request){ 0 };
	if (!line_end || memchr(head, '\0', len))
		return false;
	space = memchr(head, ' ', (size_t)(line_end - head));
	if (!space || (n = (size_t)(space - head)) == 0 || n >= sizeof(ret->method))
		return false;
	memcpy(ret->method, head, n);
	target = space + 1;
	target_end = memchr(target, ' ', (size_t)(line_end - target));
	if (!target_end || target_end == target)
		return false;
	ret->connect = str_eq(ret->method, "CONNECT");
	if (ret->connect)
		return take_host(ret, target, (size_t)(target_end - target), NULL);
	if (target_end - target < 8 || strncmp(target, "http://", 7) != 0)
		return false;
	target += 7;
	slash = memchr(target, '/', (size_t)(target_end - target));
	ret->path = slash ? slash : "/";
	ret->path_len = slash ? (size_t)(target_end - slash) : 1;
	return take_host(ret, target, (size_t)((slash ? slash : target_end) - target), "80");
}
