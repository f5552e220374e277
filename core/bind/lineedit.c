/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * lineedit.c: lines edited by readline, or by libedit, which has its
 * interface.  That gives callbacks no argument: hence the variable.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if __has_include(<readline/readline.h>)
#include <readline/readline.h>
#include <readline/history.h>
#elif __has_include(<editline/readline.h>)
#include <editline/readline.h>
#else
#include <edit/readline/readline.h>	/* FreeBSD's base system */
#endif

#include "bind/terminal.h"

/* Words are what an identifier consists of: all else of ASCII. */
static char breaks[] = " \t\n!\"#$%&'()*+,-./:;<=>?@[\\]^`{|}~";

/*
 * The state that edits a line: the completing function is at index 2, what
 * it returned at index 3.
 */
static lua_State *editing;

/*
 * The names at index 3, one a call, as readline wants them: malloc(3)ed.  It
 * says only which call is the first: index 4 counts.
 */
static char *
next_name(const char *text, int state)
{
	const char *name;
	char *copy;
	lua_Integer i;

	(void)text;
	i = state == 0 ? 1 : lua_tointeger(editing, 4) + 1;
	lua_settop(editing, 3);
	lua_pushinteger(editing, i);
	lua_rawgeti(editing, 3, i);
	name = lua_tostring(editing, -1);
	copy = name != NULL ? strdup(name) : NULL;
	lua_settop(editing, 4);
	return (copy);
}

static char **
complete(const char *text, int start, int end)
{
	char **names = NULL;

	rl_attempted_completion_over = 1;	/* no file names */
	lua_settop(editing, 2);
	lua_pushvalue(editing, 2);
	lua_pushlstring(editing, rl_line_buffer, (size_t)start);
	lua_pushlstring(editing, text, (size_t)(end - start));
	if (lua_pcall(editing, 2, 2, 0) == LUA_OK &&
	    lua_istable(editing, 3)) {
		rl_completion_append_character =
		    lua_toboolean(editing, 4) ? ' ' : '\0';
		lua_settop(editing, 3);
		names = rl_completion_matches(text, next_name);
	}
	lua_settop(editing, 2);
	return (names);
}

/*
 * readline catches signals, and passes them on when asked; what a stopped
 * process's shell left on the terminal it does not see.  libedit passes them
 * on at once, but leaves the cursor where it was.
 */
#if defined(RL_READLINE_VERSION) && RL_READLINE_VERSION >= 0x0800
#define	CHECK_SIGNALS()	rl_check_signals()
#define	REDRAW()	rl_forced_update_display()
#define	END_LINE()	(void)0
#else
#define	CHECK_SIGNALS()	(void)0
#define	REDRAW()	(void)0
#define	END_LINE()	(void)!write(STDOUT_FILENO, "^C\n", 3)
#endif

static bool
interrupted(void)
{

	CHECK_SIGNALS();
	return (terminal_interrupted());
}

/* An interrupt ends the line; what stands in it is thrown away. */
static int
read_key(FILE *stream)
{
	unsigned char c;
	ssize_t n;

	while (!interrupted()) {
		n = read(fileno(stream), &c, 1);
		if (n == 1)
			return (c);
		if (n == 0 || errno != EINTR)
			return (EOF);
		if (!interrupted())
			REDRAW();
	}
	return ('\n');
}

static void
prepare(void)
{

	rl_readline_name = "vmcore";
	rl_completer_word_break_characters = breaks;
	rl_basic_word_break_characters = breaks;
	rl_completer_quote_characters = "";
	rl_attempted_completion_function = complete;
	rl_getc_function = read_key;
}

int
terminal_edit(lua_State *L)
{
	const char *prompt = luaL_checkstring(L, 1);
	char *line;

	luaL_checktype(L, 2, LUA_TFUNCTION);
	lua_settop(L, 2);
	luaL_checkstack(L, LUA_MINSTACK, NULL);
	prepare();
	terminal_calm();
	terminal_restart(false);
	editing = L;
	line = readline(prompt);
	editing = NULL;
	terminal_restart(true);
	if (terminal_interrupted()) {
		END_LINE();
		lua_pushboolean(L, 0);
	} else if (line == NULL)
		luaL_pushfail(L);
	else
		lua_pushstring(L, line);
	free(line);
	return (1);
}

int
terminal_remember(lua_State *L)
{

	add_history(luaL_checkstring(L, 1));
	return (0);
}
