/*
 * What a cell looks like, in words: a role for the foreground, a role for the background and
 * attributes. Code never names a colour; theme.h turns roles into colours. Values only.
 */
#ifndef HOMARD_TUI_STYLE_H
#define HOMARD_TUI_STYLE_H

#include "agent/base/base.h"

/* X(id, name, default value in the words of a theme file). The table test insists on a value for
 * each; a theme overrides what it likes. See themes/README.md for the words. */
#define ROLES(X)                                                                                   \
	X(TEXT, "text", "fg")                                                                      \
	X(MUTED, "muted", "muted")                                                                 \
	X(STRONG, "strong", "fg bold")                                                             \
	X(ACCENT, "accent", "blue")                                                                \
	X(BORDER, "border", "muted/60")                                                            \
	X(BORDER_FOCUS, "border.focus", "blue")                                                    \
	X(TITLE, "title", "muted")                                                                 \
	X(TITLE_FOCUS, "title.focus", "blue bold")                                                 \
	X(SELECTION, "selection", "fg on sel")                                                     \
	X(CURSORLINE, "cursorline", "fg on sel")                                                   \
	X(HEADER, "header", "fg bold")                                                             \
	X(STATUS, "status", "muted")                                                               \
	X(STATUS_MODE, "status.mode", "cyan bold")                                                 \
	X(KEY, "key", "blue")                                                                      \
	X(POPUP, "popup", "fg on popup")                                                           \
	X(TOAST, "toast", "fg on sel")                                                             \
	X(INPUT, "input", "fg")                                                                    \
	X(PROMPT, "prompt", "blue bold")                                                           \
	X(PLACEHOLDER, "placeholder", "muted")                                                     \
	X(CHIP, "chip", "cyan on sel")                                                             \
	X(INFO, "info", "blue")                                                                    \
	X(OK, "ok", "green")                                                                       \
	X(WARN, "warn", "yellow")                                                                  \
	X(ERROR, "error", "red bold")                                                              \
	X(USER, "user", "blue bold")                                                               \
	X(ASSISTANT, "assistant", "fg")                                                            \
	X(REASONING, "reasoning", "muted italic")                                                  \
	X(TOOL, "tool", "cyan")                                                                    \
	X(TOOL_RUN, "tool.run", "yellow")                                                          \
	X(PLAN_DONE, "plan.done", "green")                                                         \
	X(PLAN_NOW, "plan.now", "yellow bold")                                                     \
	X(PLAN_TODO, "plan.todo", "muted")                                                         \
	X(DIFF_ADD, "diff.add", "green on green/12")                                               \
	X(DIFF_DEL, "diff.del", "red on red/12")                                                   \
	X(DIFF_HUNK, "diff.hunk", "magenta")                                                       \
	X(DIFF_ADD_WORD, "diff.add.word", "green bold on green/30")                                \
	X(DIFF_DEL_WORD, "diff.del.word", "red bold on red/30")                                    \
	X(DIFF_CONTEXT, "diff.context", "fg")                                                      \
	X(CODE, "code", "cyan")                                                                    \
	X(CODE_BLOCK, "code.block", "fg")                                                          \
	X(CODE_KW, "code.kw", "magenta")                                                           \
	X(CODE_STR, "code.str", "green")                                                           \
	X(CODE_NUM, "code.num", "orange")                                                          \
	X(CODE_COMMENT, "code.comment", "muted italic")                                            \
	X(CODE_TYPE, "code.type", "yellow")                                                        \
	X(CODE_FUNC, "code.func", "blue")                                                          \
	X(LINK, "link", "blue underline")                                                          \
	X(QUOTE, "quote", "muted italic")                                                          \
	X(HEADING, "heading", "blue bold")                                                         \
	X(LIST_MARK, "list.mark", "blue")                                                          \
	X(TABLE_HEAD, "table.head", "fg bold")                                                     \
	X(MATCH, "match", "bg on yellow")                                                          \
	X(RISK_READ, "risk.read", "green")                                                         \
	X(RISK_WRITE, "risk.write", "yellow")                                                      \
	X(RISK_RED, "risk.red", "red bold")                                                        \
	X(BADGE, "badge", "bg on blue bold")                                                       \
	X(BADGE_WARN, "badge.warn", "bg on yellow bold")                                           \
	X(BADGE_RED, "badge.red", "bg on red bold")                                                \
	X(SCROLLBAR, "scrollbar", "muted/50")                                                      \
	X(LOBSTER, "lobster", "red")

enum role {
#define X(id, name, value) ROLE_##id,
	ROLES(X)
#undef X
	ROLE_COUNT
};

/* Foreground role, background role, attributes. Zero is plain text. */
typedef uint32_t style;

#define ATTR_BOLD 1u
#define ATTR_DIM 2u
#define ATTR_ITALIC 4u
#define ATTR_UNDERLINE 8u
#define ATTR_REVERSE 16u
#define ATTR_STRIKE 32u

/* Both colours and the attributes of one role. */
#define STYLE(role) ((style)(role) | (style)(role) << 8)
/* Foreground and attributes of fg, background of bg. */
#define STYLE_ON(fg, bg) ((style)(fg) | (style)(bg) << 8)
#define STYLE_ATTR(attr) ((style)(attr) << 16)

static inline enum role
style_fg(style s)
{
	return (enum role)(s & 0xFF);
}

static inline enum role
style_bg(style s)
{
	return (enum role)(s >> 8 & 0xFF);
}

static inline unsigned
style_attr(style s)
{
	return s >> 16;
}

/* s with another background. */
static inline style
style_on(style s, enum role bg)
{
	return (s & ~(style)0xFF00) | (style)bg << 8;
}

/* "text", or "tool.run+bold", for golden screens. The name of the role. */
const char *role_name(enum role r);
/* ROLE_COUNT when unknown. */
enum role role_of(const char *name);
const char *role_default(enum role r);
/* It paints a background of its own. */
bool role_has_bg(enum role r);

#endif
