#include "tests/support/proc.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include "agent/base/str.h"

long
proc_kb(pid_t pid, const char *file, const char *what)
{
	autofree char *path = xasprintf("/proc/%d/%s", (int)pid, file);
	autofile FILE *f = fopen(path, "r");
	char line[256];
	long kb = -1;

	while (f && fgets(line, sizeof(line), f)) {
		if (str_starts(line, what))
			kb = strtol(line + strlen(what), NULL, 10);
	}
	return kb;
}

double
proc_cpu(pid_t pid, long *ret_switches)
{
	autofree char *path = xasprintf("/proc/%d/task", (int)pid);
	DIR *d = opendir(path);
	struct dirent *e;
	double ms = 0;

	*ret_switches = 0;
	while (d && (e = readdir(d))) {
		autofree char *stat = xasprintf("%s/%s/schedstat", path, e->d_name);
		autofree char *status = xasprintf("task/%s/status", e->d_name);
		autofile FILE *f = *e->d_name == '.' ? NULL : fopen(stat, "r");
		double ns;

		if (!f)
			continue;
		if (fscanf(f, "%lf", &ns) == 1)
			ms += ns / 1e6;
		*ret_switches += proc_kb(pid, status, "voluntary_ctxt_switches:") +
			proc_kb(pid, status, "nonvoluntary_ctxt_switches:");
	}
	if (d)
		closedir(d);
	return ms;
}
