/*
 * Every sentence for a person goes through _(). Catalogues: agent/data/po/LANG.po, compiled to
 * share/locale/LANG/LC_MESSAGES/homard.mo. English is the source language.
 */
#ifndef HOMARD_I18N_H
#define HOMARD_I18N_H

#include <libintl.h>

#define _(s) gettext(s)
/* Marks a string in a table; translate with _() where it is shown. */
#define N_(s) s
#define ngettext_(one, many, n) ngettext(one, many, n)

/* Sets LC_CTYPE to a UTF-8 locale and the language: lang ("en", "zh_CN", or NULL/"" for
 * LANGUAGE, LC_ALL, LC_MESSAGES, LANG). Works where the locale is not generated: then
 * LC_CTYPE and LC_MESSAGES are C.UTF-8 and LANGUAGE carries the wish. May be called again
 * to switch live, on the main thread: it changes LANGUAGE in the environment (children get a
 * clean one without it). localedir is share/locale. */
void i18n_init(const char *localedir, const char *lang);
/* "en" or "zh_CN". */
const char *i18n_language(void);

#endif
