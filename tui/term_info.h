/* Built-in terminal descriptions; see term_info.c. Constants only. */
#ifndef HOMARD_TUI_TERM_INFO_H
#define HOMARD_TUI_TERM_INFO_H

extern const char term_info_source[]; /* tic source of both entries */
extern const char term_info_direct[]; /* "b64:..." of homard-direct */
extern const char term_info_256[];    /* "b64:..." of homard-256 */

#endif
