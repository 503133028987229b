/* The program: picks the front end. */
#include "agent/cli/front.h"

int
main(int argc, char **argv)
{
	return front_main(argc, argv, NULL);
}
