/* Choosing a model, and the hint about what could be used. */
#ifndef HOMARD_TUI_CMD_MODEL_H
#define HOMARD_TUI_CMD_MODEL_H

struct screen;

/* Looks for servers on loopback without waiting; only when no model is set. */
void model_look_around(struct screen *s);
void screen_first_hint(struct screen *s);
void cmd_model(struct screen *s, const char *arg);

#endif
