/*
 * homard-draft: runs one command in a draft and says what it changed. See
 * agent/base/draft_proto.h for what comes in on descriptor 3 and goes out on 4.
 */
#include "agent/helpers/draft/probe.h"
#include "agent/helpers/draft/run.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define SPEC_FD 3
#define RECORDS_FD 4

static const struct verb {
	const char *name;
	int (*run)(const struct spec *s, struct rec *out);
} verbs[] = { { "run", run_command }, { "list", run_list }, { "probe", probe_machine } };

static const struct verb *
find_verb(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		if (str_eq(verbs[i].name, name))
			return &verbs[i];
	}
	return NULL;
}

int
main(int argc, char **argv)
{
	static struct rec out;
	const struct verb *verb = argc == 2 ? find_verb(argv[1]) : NULL;
	static struct spec spec; /* its strings live as long as the process */
	char why[200];

	if (!verb || fcntl(RECORDS_FD, F_GETFD) < 0) {
		fputs("homard-draft is run by homard, not by hand\n", stderr);
		return 2;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)fcntl(RECORDS_FD, F_SETFD, FD_CLOEXEC);
	syscall(SYS_close_range, RECORDS_FD + 1, ~0u, 0);
	rec_init(&out, RECORDS_FD);
	if (!spec_read(SPEC_FD, &spec, why, sizeof(why)))
		return rec_fail(&out, DRAFT_FAIL_SPEC, why);
	return verb->run(&spec, &out);
}
