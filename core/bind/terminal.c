/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * terminal.c: the Lua module "kvm.terminal": what a prompt needs of POSIX.
 * It is no part of kvm.so, which has neither state nor signal handlers.
 *
 * A process has one terminal and one set of signal handlers, and a handler
 * is given no argument: the two variables below are the only ones that the
 * project has, and only the handler and terminal_guard() touch them.
 */
#include <sys/ioctl.h>

#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "bind/terminal.h"

/* So many interrupts that nothing answers end the process. */
#define	IMPATIENT	3

/* The coroutine that runs, of the function of terminal_guard(), or NULL. */
static lua_State *volatile running;
/* Interrupts since the last terminal_calm(). */
static volatile sig_atomic_t interrupts;

bool
terminal_interrupted(void)
{

	return (interrupts > 0);
}

void
terminal_calm(void)
{

	interrupts = 0;
}

/*
 * It stays for as long as the interrupt does: who catches the error is
 * interrupted again at his next instruction.
 */
static void
interrupt(lua_State *L, lua_Debug *ar)
{

	(void)ar;
	if (terminal_interrupted())
		luaL_error(L, "interrupted");
	lua_sethook(L, NULL, 0, 0);
}

static void
stop(lua_State *L)
{

	lua_sethook(L, interrupt, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE |
	    LUA_MASKCOUNT, 1);
}

static void
on_interrupt(int sig)
{
	lua_State *L = running;

	interrupts = interrupts < IMPATIENT ? interrupts + 1 : IMPATIENT;
	if (L == NULL)
		return;
	/* The one function of Lua that may be called from a handler. */
	stop(L);
	if (interrupts == IMPATIENT) {
		(void)signal(sig, SIG_DFL);
		(void)raise(sig);
	}
}

/* Unlike SIG_IGN, a handler is not handed down to a pager. */
static void
on_pipe(int sig)
{

	(void)sig;
}

static void
handle(int sig, void (*handler)(int), int flags)
{
	struct sigaction act;

	memset(&act, 0, sizeof(act));
	act.sa_handler = handler;
	act.sa_flags = flags;
	(void)sigemptyset(&act.sa_mask);
	(void)sigaction(sig, &act, NULL);
}

void
terminal_restart(bool restart)
{

	handle(SIGINT, on_interrupt, restart ? SA_RESTART : 0);
}

/* Take interrupts from here on, and live on when a pager is quit. */
static int
terminal_catch(lua_State *L)
{

	(void)L;
	handle(SIGPIPE, on_pipe, SA_RESTART);
	terminal_restart(true);
	return (0);
}

/*
 * resume(co, ...): coroutine.resume(), the upvalue, for coroutines that can
 * be interrupted; so is who resumed one that was.
 */
static int
terminal_resume(lua_State *L)
{
	lua_State *resumer = running;

	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	if (resumer != NULL && lua_isthread(L, 2))
		running = lua_tothread(L, 2);
	lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
	running = resumer;
	if (resumer != NULL && terminal_interrupted())
		stop(resumer);
	return (lua_gettop(L));
}

/* resumer(resume): what to resume coroutines with instead. */
static int
terminal_resumer(lua_State *L)
{

	luaL_checktype(L, 1, LUA_TFUNCTION);
	lua_settop(L, 1);
	lua_pushcclosure(L, terminal_resume, 1);
	return (1);
}

/*
 * guard(fn, ...): true and what fn returns, or false and its error; or nil
 * when it was interrupted.
 */
static int
terminal_guard(lua_State *L)
{
	int status;

	luaL_checktype(L, 1, LUA_TFUNCTION);
	terminal_calm();
	running = L;
	status = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
	running = NULL;
	lua_sethook(L, NULL, 0, 0);
	if (status != LUA_OK && terminal_interrupted()) {
		luaL_pushfail(L);
		return (1);
	}
	lua_pushboolean(L, status == LUA_OK);
	lua_insert(L, 1);
	return (lua_gettop(L));
}

static int
terminal_isatty(lua_State *L)
{

	lua_pushboolean(L, isatty((int)luaL_checkinteger(L, 1)));
	return (1);
}

/* size(): lines and columns of the terminal at standard output, or nil. */
static int
terminal_size(lua_State *L)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 ||
	    size.ws_row == 0 || size.ws_col == 0)
		return (luaL_pushfail(L), 1);
	lua_pushinteger(L, size.ws_row);
	lua_pushinteger(L, size.ws_col);
	return (2);
}

static const luaL_Reg functions[] = {
	{ "catch", terminal_catch },
	{ "edit", terminal_edit },
	{ "guard", terminal_guard },
	{ "isatty", terminal_isatty },
	{ "remember", terminal_remember },
	{ "resumer", terminal_resumer },
	{ "size", terminal_size },
	{ NULL, NULL }
};

int
luaopen_kvm_terminal(lua_State *L)
{

	luaL_newlib(L, functions);
	return (1);
}
