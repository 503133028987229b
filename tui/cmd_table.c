/* All tables of commands, in the order help shows them. */
#include "tui/cmds.h"

const struct command *const command_tables[] = { cmds_task, cmds_approval, cmds_view, cmds_history,
	cmds_events, cmds_plan, cmds_rules, cmds_settings, cmds_skills, cmds_secrets, cmds_keys, cmds_app, cmds_move, cmds_edit, NULL };
