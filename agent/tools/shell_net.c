/* Hosts a command could not reach. */
#include "agent/tools/shell_net.h"

/* What stands right before the host in an error message. */
static const char *const leads[] = {
	"resolve host: ",
	"resolve host address ",
	"resolve hostname ",
	"resolving '",
	"resolve '",
	"ENOTFOUND ",
	"EAI_AGAIN ",
	"host='",
	"dial tcp: lookup ",
	"lookup address of ",
	"Failed to connect to ",
	"connect to host ",
	"unable to connect to ",
	"Unknown host ",
};

static const char *const signs[] = {
	"Could not resolve",
	"could not resolve",
	"Couldn't resolve",
	"Temporary failure in name resolution",
	"Temporary failure resolving",
	"Name or service not known",
	"Network is unreachable",
	"network is unreachable",
	"unable to resolve host",
	"getaddrinfo",
	"EAI_AGAIN",
	"ENETUNREACH",
	"ENOTFOUND",
	"no such host",
	"nodename nor servname",
	"Unknown host",
	"Failed to establish a new connection",
};

static bool
is_host_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		c == '.' || c == '-';
}

static bool
holds(struct slice text, const char *what)
{
	return slice_find(text, slice_of(what)) >= 0;
}

/* The port the command's own URL of that host says, else 443. */
static int
port_of(const char *command, const char *host)
{
	autofree char *plain = xasprintf("http://%s", host);
	const char *at = strcasestr(command, plain);
	char next = at ? at[strlen(plain)] : '\0';

	if (!at || is_host_char(next))
		return 443;
	return next == ':' && atoi(at + strlen(plain) + 1) > 0 ? atoi(at + strlen(plain) + 1)
							       : 80;
}

static void
add_host(struct strv *hosts, const char *command, const char *p, size_t n)
{
	char host[256];
	bool letter = false;
	size_t i;

	for (i = 0; i < n && i < sizeof(host) - 1 && is_host_char(p[i]); i++) {
		host[i] = p[i] >= 'A' && p[i] <= 'Z' ? (char)(p[i] + 32) : p[i];
		letter = letter || (host[i] >= 'a' && host[i] <= 'z');
	}
	while (i && (host[i - 1] == '.' || host[i - 1] == '-'))
		i--;
	host[i] = '\0';
	if (!letter || !strchr(host, '.') || host[0] == '.' || host[0] == '-' ||
		strstr(host, ".."))
		return;
	autofree char *full = xasprintf("%s:%d", host, port_of(command, host));

	if (hosts->n < SHELL_HOSTS_MAX && !strv_has(hosts, full))
		strv_add(hosts, full);
}

static void
from_messages(struct strv *hosts, const char *command, struct slice output)
{
	for (size_t i = 0; i < ARRAY_LEN(leads); i++) {
		struct slice rest = output;
		ptrdiff_t at;

		while ((at = slice_find(rest, slice_of(leads[i]))) >= 0) {
			size_t skip = (size_t)at + strlen(leads[i]);

			rest.p += skip;
			rest.n -= skip;
			/* wget and others put quotes, plain or curly, around it. */
			while (rest.n && (unsigned char)rest.p[0] >= 0x80)
				rest.p++, rest.n--;
			if (rest.n && (*rest.p == '\'' || *rest.p == '"' || *rest.p == '`'))
				rest.p++, rest.n--;
			add_host(hosts, command, rest.p, rest.n);
		}
	}
}

static void
from_urls(struct strv *hosts, const char *command)
{
	const char *s = command;

	while ((s = strstr(s, "://"))) {
		const char *end;

		s += 3;
		end = s + strcspn(s, "/ \t\n'\"?#");
		for (const char *at = s; at < end; at++)
			if (*at == '@')
				s = at + 1;
		add_host(hosts, command, s, (size_t)(end - s));
	}
	/* git@host:path */
	s = strchr(command, '@');
	if (s && !hosts->n)
		add_host(hosts, command, s + 1, strlen(s + 1));
}

bool
shell_net_failed(const char *command, struct slice output, struct strv *hosts)
{
	bool failed = false;

	for (size_t i = 0; i < ARRAY_LEN(signs) && !failed; i++)
		failed = holds(output, signs[i]);
	if (!failed)
		return false;
	from_messages(hosts, command, output);
	if (!hosts->n)
		from_urls(hosts, command);
	return true;
}
