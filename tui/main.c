/* The program: the screen where there is one, else what agent/cli decides. */
#include "agent/cli/front.h"
#include "tui/screen.h"

int
main(int argc, char **argv)
{
	return front_main(argc, argv, &(struct front_screen){ screen_main, screen_help });
}
