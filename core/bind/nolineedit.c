/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * nolineedit.c: lines as the terminal's driver edits them, where the host has
 * neither readline nor libedit.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bind/terminal.h"

static void
show(const char *prompt)
{

	(void)fflush(stdout);
	if (write(STDOUT_FILENO, prompt, strlen(prompt)) == -1)
		clearerr(stdout);
}

int
terminal_edit(lua_State *L)
{
	luaL_Buffer line;
	int c;

	show(luaL_checkstring(L, 1));
	terminal_calm();
	terminal_restart(false);
	luaL_buffinit(L, &line);
	while ((c = getc(stdin)) != EOF && c != '\n')
		luaL_addchar(&line, c);
	clearerr(stdin);
	terminal_restart(true);
	luaL_pushresult(&line);
	if (terminal_interrupted()) {
		show("\n");
		lua_pushboolean(L, 0);
	} else if (c == EOF && lua_rawlen(L, -1) == 0)
		luaL_pushfail(L);
	return (1);
}

int
terminal_remember(lua_State *L)
{

	(void)luaL_checkstring(L, 1);
	return (0);
}
