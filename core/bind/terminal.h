/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * terminal.h: what crosses the files of the Lua module "kvm.terminal".
 */
#ifndef _TERMINAL_H_
#define	_TERMINAL_H_

#include <stdbool.h>

#include <lauxlib.h>
#include <lua.h>

__attribute__((__visibility__("default"))) int
	luaopen_kvm_terminal(lua_State *);

/* Whether SIGINT came since the last terminal_calm(). */
bool	terminal_interrupted(void);
void	terminal_calm(void);
/* Whether SIGINT ends a system call that waits, or lets it go on. */
void	terminal_restart(bool);

/* ---- lineedit.c or nolineedit.c */

/*
 * Read a line from the terminal, the string at index 1 being the prompt and
 * the function at index 2 what completes it.  Pushes the line, without its
 * newline; or nil at the end of input; or false when it was interrupted.
 */
int	terminal_edit(lua_State *);
/* Add the string at index 1 to the lines that can be called back. */
int	terminal_remember(lua_State *);

#endif /* !_TERMINAL_H_ */
