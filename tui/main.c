/* The program: picks the front end. */
#include "agent/base/base.h"

int
main(int argc, char **argv)
{
	if (argc == 2 && str_eq(argv[1], "--version")) {
		puts("homard " HOMARD_VERSION);
		return 0;
	}
	return 2;
}
