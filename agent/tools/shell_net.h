/*
 * Did a command fail for want of a network, and which hosts did it want? Read from the messages
 * of common programs and from the URLs in the command. Hosts are lower-case names with a port
 * ("example.org:443"); addresses are left out: a draft's proxy allows names only.
 */
#ifndef HOMARD_TOOLS_SHELL_NET_H
#define HOMARD_TOOLS_SHELL_NET_H

#include "agent/base/str.h"

#define SHELL_HOSTS_MAX 8

/* True when the output tells of a missing network; hosts may still be empty. */
bool shell_net_failed(const char *command, struct slice output, struct strv *hosts);

#endif
