/* system_report: what machine this is and how it is doing, from /proc and /etc alone. */
#include "agent/tools/util.h"
#include <sys/statvfs.h>
#include <sys/utsname.h>

#define TEXT_MAX 65536

/* Value of "key<sep>value" in a small system file; owned, "" when absent. */
static char *
value_of(const char *file, const char *key, char sep)
{
	struct buf text = BUF_INIT(TEXT_MAX);
	struct slice rest;
	char *found = NULL;

	/* What does not fit is left out: the keys wanted stand at the beginning. */
	(void)!path_read_file(file, &text, NULL);
	rest = buf_slice(&text);
	while (!found && rest.p) {
		struct slice line = slice_line(&rest), name = slice_trim(slice_cut(&line, sep));

		if (line.p && slice_eq_str(name, key)) {
			line = slice_trim(line);
			if (line.n >= 2 && line.p[0] == '"')
				line.p++, line.n -= 2;
			found = slice_dup(line);
		}
	}
	buf_finish(&text);
	return found ? found : xstrdup("");
}

static uint64_t
memory_of(const char *key)
{
	autofree char *text = value_of("/proc/meminfo", key, ':');

	return strtoull(text, NULL, 10) * 1024;
}

static char *
uptime_text(int64_t *ret_s)
{
	double s = 0;
	autofile FILE *f = fopen("/proc/uptime", "r");

	if (!f || fscanf(f, "%lf", &s) != 1)
		s = 0;
	*ret_s = (int64_t)s;
	if (s >= 172800)
		return xasprintf(_("%d days"), (int)(s / 86400));
	if (s >= 7200)
		return xasprintf(_("%d hours"), (int)(s / 3600));
	return xasprintf(_("%d minutes"), (int)(s / 60));
}

static void
give_disk(const struct tool_ctx *c, struct jw *w, uint64_t *ret_free)
{
	struct statvfs st;
	char size[16];

	*ret_free = 0;
	jw_object(w, "disk");
	if (statvfs(c->home, &st) == 0) {
		*ret_free = (uint64_t)st.f_bavail * st.f_frsize;
		jw_i64(w, "size", (int64_t)((uint64_t)st.f_blocks * st.f_frsize));
		jw_i64(w, "free", (int64_t)*ret_free);
		jw_str(w, "free_text", str_size(*ret_free, size));
	}
	jw_end_object(w);
}

static void
give_memory(struct jw *w)
{
	char size[16];

	jw_object(w, "memory");
	jw_i64(w, "total", (int64_t)memory_of("MemTotal"));
	jw_i64(w, "available", (int64_t)memory_of("MemAvailable"));
	jw_str(w, "total_text", str_size(memory_of("MemTotal"), size));
	jw_str(w, "available_text", str_size(memory_of("MemAvailable"), size));
	jw_i64(w, "swap_total", (int64_t)memory_of("SwapTotal"));
	jw_i64(w, "swap_free", (int64_t)memory_of("SwapFree"));
	jw_end_object(w);
}

static void
give_load(struct jw *w)
{
	double load[3];
	char text[64];

	if (getloadavg(load, 3) != 3)
		return;
	snprintf(text, sizeof(text), "%.2f %.2f %.2f", load[0], load[1], load[2]);
	jw_str(w, "load", text);
}

static void
give_battery(struct jw *w)
{
	for (int i = 0; i < 3; i++) {
		autofree char *path = xasprintf("/sys/class/power_supply/BAT%d/capacity", i);
		autofile FILE *f = fopen(path, "r");
		int percent;

		if (f && fscanf(f, "%d", &percent) == 1) {
			jw_i64(w, "battery", percent);
			return;
		}
	}
}

static bool
run(const struct tool_ctx *c, const cJSON *args, struct tool_result *r, struct err *err)
{
	autofree char *os = value_of("/etc/os-release", "PRETTY_NAME", '=');
	autofree char *cpu = value_of("/proc/cpuinfo", "model name", ':');
	int64_t seconds;
	autofree char *uptime = uptime_text(&seconds);
	struct utsname u = { 0 };
	uint64_t disk_free;
	char free_text[16], mem[16];
	struct jw w;

	(void)args, (void)err;
	uname(&u);
	tool_json(c, r, &w);
	jw_str(&w, "os", *os ? os : u.sysname);
	jw_str(&w, "kernel", u.release);
	jw_str(&w, "machine", u.machine);
	jw_str(&w, "host", u.nodename);
	jw_str(&w, "cpu", *cpu ? cpu : u.machine);
	jw_i64(&w, "cores", sysconf(_SC_NPROCESSORS_ONLN));
	give_memory(&w);
	give_disk(c, &w, &disk_free);
	give_load(&w);
	give_battery(&w);
	jw_str(&w, "uptime", uptime);
	jw_i64(&w, "uptime_s", seconds);
	jw_str(&w, "desktop", getenv("XDG_CURRENT_DESKTOP"));
	jw_str(&w, "shell", getenv("SHELL"));
	tool_json_end(c, r, &w);
	tool_say(r, _("%s, %s memory available, %s free on disk, up %s"), *os ? os : u.sysname,
		str_size(memory_of("MemAvailable"), mem), str_size(disk_free, free_text),
		uptime);
	return true;
}

const struct tool tool_system_report = {
	.name = "system_report",
	.summary = N_("This machine: system, memory, disk, uptime"),
	.schema = "{\"type\":\"object\",\"properties\":{}}",
	.returns = "os, kernel, machine, host, cpu, cores, memory:{total,available,total_text,"
		   "available_text,swap_total,swap_free}, disk:{size,free,free_text}, load, "
		   "battery?, "
		   "uptime, uptime_s, desktop, shell",
	.risk = RISK_READ,
	.flags = TOOL_EXTRA,
	.run = run,
};
