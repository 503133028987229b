/* The tables of commands, one per area; listed in cmd_table.c. */
#ifndef HOMARD_TUI_CMDS_H
#define HOMARD_TUI_CMDS_H

#include "tui/command.h"

extern const struct command cmds_app[], cmds_approval[], cmds_edit[], cmds_events[], cmds_history[], cmds_keys[], cmds_move[],
	cmds_plan[], cmds_rules[], cmds_secrets[], cmds_settings[], cmds_skills[], cmds_task[], cmds_view[];

#endif
