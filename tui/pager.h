/* A long text over the panes: help, log, output, the exact request, a difference. */
#ifndef HOMARD_TUI_PAGER_H
#define HOMARD_TUI_PAGER_H

#include "tui/screen_priv.h"

enum pager_form { PAGER_TEXT, PAGER_MARKDOWN, PAGER_DIFF, PAGER_JSON };

/* text is copied (at most 8 MB are shown). */
void pager_open(struct screen *s, const char *title, struct slice text, enum pager_form form);
/* The open pager on top, or NULL. */
struct pager;
struct pager *pager_top(struct screen *s);
void pager_scroll(struct screen *s, struct pager *p, int rows);
void pager_page(struct screen *s, struct pager *p, int pages2);
void pager_edge(struct screen *s, struct pager *p, bool end);
bool pager_find(struct screen *s, struct pager *p, const char *words, int dir);
const char *pager_text(const struct pager *p);

#endif
