/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * testing.c: the Lua module "kvm.testing", in the test variant only: makes
 * the n-th allocation fail, the core's or Lua's, and tells what was read.
 *
 * The linker's --wrap sends the core's calls of malloc(3) and its family
 * here.  What the C libraries below it allocate is not affected.  The state
 * is per thread: it is test equipment, and the library's own rule (no mutable
 * globals) holds for the library.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

#include <lualib.h>

#include "bind/bind.h"

static _Thread_local struct {
	uint64_t	count;		/* allocations since armed */
	uint64_t	fail_at;	/* this one fails; 0: none */
	bool		all_later;	/* and all that follow */
} state;

void	*__real_malloc(size_t);
void	*__real_calloc(size_t, size_t);
void	*__real_realloc(void *, size_t);
void	*__real_reallocarray(void *, size_t, size_t);
char	*__real_strdup(const char *);
char	*__real_strndup(const char *, size_t);
int	 __real_vasprintf(char **, const char *, va_list);

void	*__wrap_malloc(size_t);
void	*__wrap_calloc(size_t, size_t);
void	*__wrap_realloc(void *, size_t);
void	*__wrap_reallocarray(void *, size_t, size_t);
char	*__wrap_strdup(const char *);
char	*__wrap_strndup(const char *, size_t);
int	 __wrap_asprintf(char **, const char *, ...);
int	 __wrap_vasprintf(char **, const char *, va_list);

/* Count an allocation; must it fail? */
static bool
must_fail(void)
{

	state.count++;
	if (state.fail_at == 0 || state.count < state.fail_at ||
	    (state.count > state.fail_at && !state.all_later))
		return (false);
	errno = ENOMEM;
	return (true);
}

void *
__wrap_malloc(size_t size)
{

	return (must_fail() ? NULL : __real_malloc(size));
}

void *
__wrap_calloc(size_t n, size_t size)
{

	return (must_fail() ? NULL : __real_calloc(n, size));
}

void *
__wrap_realloc(void *p, size_t size)
{

	return (must_fail() ? NULL : __real_realloc(p, size));
}

void *
__wrap_reallocarray(void *p, size_t n, size_t size)
{

	return (must_fail() ? NULL : __real_reallocarray(p, n, size));
}

char *
__wrap_strdup(const char *s)
{

	return (must_fail() ? NULL : __real_strdup(s));
}

char *
__wrap_strndup(const char *s, size_t n)
{

	return (must_fail() ? NULL : __real_strndup(s, n));
}

int
__wrap_vasprintf(char **out, const char *fmt, va_list ap)
{

	return (must_fail() ? -1 : __real_vasprintf(out, fmt, ap));
}

int
__wrap_asprintf(char **out, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = __wrap_vasprintf(out, fmt, ap);
	va_end(ap);
	return (n);
}

/*
 * fail_at(n [, all_later]): the n-th core allocation from now fails; with
 * all_later those after it too.  0 only counts.
 */
static int
testing_fail_at(lua_State *L)
{
	lua_Integer n = luaL_checkinteger(L, 1);

	luaL_argcheck(L, n >= 0, 1, "allocations count from 1");
	state.count = 0;
	state.fail_at = (uint64_t)n;
	state.all_later = lua_toboolean(L, 2);
	return (0);
}

/* disarm(): nothing fails from now on.  Returns count(). */
static int
testing_disarm(lua_State *L)
{

	state.fail_at = 0;
	lua_pushinteger(L, (lua_Integer)state.count);
	return (1);
}

/* count(): core allocations since fail_at(). */
static int
testing_count(lua_State *L)
{

	lua_pushinteger(L, (lua_Integer)state.count);
	return (1);
}

/* ---- what is read */

#define	READS_BITS	18
#define	READS_SLOTS	((size_t)1 << READS_BITS)

/* The words that were read, a hash table; of a long read the first. */
static _Thread_local struct {
	kvaddr_t	*slot;		/* NULL: nobody asks */
	size_t		 count;
} reads;

ssize_t	 __real_kvm_read2(kvm_t *, kvaddr_t, void *, size_t);
int	 __real_kvm_read_partial(kvm_t *, kvaddr_t, void *, size_t, size_t *);
ssize_t	 __real_kvm_read_string(kvm_t *, kvaddr_t, char *, size_t);
int	 __real_kvm_read_uint(kvm_t *, kvaddr_t, size_t, uint64_t *);
int	 __real_kvm_read_ptr(kvm_t *, kvaddr_t, kvaddr_t *);

ssize_t	 __wrap_kvm_read2(kvm_t *, kvaddr_t, void *, size_t);
int	 __wrap_kvm_read_partial(kvm_t *, kvaddr_t, void *, size_t, size_t *);
ssize_t	 __wrap_kvm_read_string(kvm_t *, kvaddr_t, char *, size_t);
int	 __wrap_kvm_read_uint(kvm_t *, kvaddr_t, size_t, uint64_t *);
int	 __wrap_kvm_read_ptr(kvm_t *, kvaddr_t, kvaddr_t *);

static void
note_word(kvaddr_t word)
{
	size_t i = (size_t)(word * 0x9e3779b97f4a7c15 >> (64 - READS_BITS));

	while (reads.slot[i] != 0 && reads.slot[i] != word)
		i = (i + 1) & (READS_SLOTS - 1);
	if (reads.slot[i] == word || reads.count > READS_SLOTS / 4 * 3)
		return;
	reads.slot[i] = word;
	reads.count++;
}

static void
note_read(kvaddr_t addr, size_t size)
{
	kvaddr_t at = addr & ~(kvaddr_t)7;
	int i;

	if (reads.slot == NULL)
		return;
	for (i = 0; i < 64 && at < addr + size; i++, at += 8)
		if (at != 0)
			note_word(at);
}

ssize_t
__wrap_kvm_read2(kvm_t *kd, kvaddr_t addr, void *buf, size_t size)
{

	note_read(addr, size);
	return (__real_kvm_read2(kd, addr, buf, size));
}

int
__wrap_kvm_read_partial(kvm_t *kd, kvaddr_t addr, void *buf, size_t size,
    size_t *done)
{

	note_read(addr, size);
	return (__real_kvm_read_partial(kd, addr, buf, size, done));
}

ssize_t
__wrap_kvm_read_string(kvm_t *kd, kvaddr_t addr, char *buf, size_t size)
{

	note_read(addr, 1);
	return (__real_kvm_read_string(kd, addr, buf, size));
}

int
__wrap_kvm_read_uint(kvm_t *kd, kvaddr_t addr, size_t size, uint64_t *value)
{

	note_read(addr, size);
	return (__real_kvm_read_uint(kd, addr, size, value));
}

int
__wrap_kvm_read_ptr(kvm_t *kd, kvaddr_t addr, kvaddr_t *value)
{

	note_read(addr, 1);
	return (__real_kvm_read_ptr(kd, addr, value));
}

/* record(): note from now on what is read. */
static int
testing_record(lua_State *L)
{

	free(reads.slot);
	reads.count = 0;
	reads.slot = __real_calloc(READS_SLOTS, sizeof(*reads.slot));
	return (reads.slot != NULL ? 0 : luaL_error(L, "not enough memory"));
}

/* recorded(): the addresses of the words that were; no more are noted. */
static int
testing_recorded(lua_State *L)
{
	lua_Integer n = 0;
	size_t i;

	lua_createtable(L, (int)reads.count, 0);
	for (i = 0; reads.slot != NULL && i < READS_SLOTS; i++) {
		if (reads.slot[i] == 0)
			continue;
		lua_pushinteger(L, (lua_Integer)reads.slot[i]);
		lua_rawseti(L, -2, ++n);
	}
	free(reads.slot);
	reads.slot = NULL;
	return (1);
}

/* ---- Lua */

/*
 * A Lua allocator that fails once, and what it hands on to.  Once is twice:
 * Lua collects all garbage after a failure and tries again.
 */
struct limited {
	lua_Alloc	 alloc;
	void		*ud;
	uint64_t	 count;
	uint64_t	 fail_at;	/* 0: none */
};

static void *
limited_alloc(void *ud, void *p, size_t osize, size_t nsize)
{
	struct limited *l = ud;
	bool grows = nsize > 0 && (p == NULL || nsize > osize);

	if (grows) {
		l->count++;
		if (l->fail_at != 0 && (l->count == l->fail_at ||
		    l->count == l->fail_at + 1))
			return (NULL);
	}
	return (l->alloc(l->ud, p, osize, nsize));
}

/* Lua: the chunk and its arguments; runs it. */
static int
run_chunk(lua_State *L)
{
	int i, n = lua_gettop(L);

	luaL_loadstring(L, lua_tostring(L, 1));
	if (lua_type(L, -1) == LUA_TSTRING)
		return (lua_error(L));
	for (i = 2; i <= n; i++)
		lua_pushvalue(L, i);
	lua_call(L, n - 1, 1);
	return (1);
}

/* A state with Lua's libraries and ours; NULL when memory is short. */
static lua_State *
new_state(void)
{
	lua_State *S = luaL_newstate();

	if (S == NULL)
		return (NULL);
	luaL_openlibs(S);
	luaL_requiref(S, "kvm", luaopen_kvm, 0);
	lua_pop(S, 1);
	return (S);
}

/*
 * run_limited(chunk, n, ...): run the text chunk(...), all strings, in a Lua
 * state of its own in which the n-th allocation fails; 0: none.  Returns
 * whether it ran through, its first result or the error as a string, and the
 * number of allocations.
 */
static int
testing_run_limited(lua_State *L)
{
	const char *chunk = luaL_checkstring(L, 1);
	struct limited l = { .fail_at = (uint64_t)luaL_checkinteger(L, 2) };
	int i, n = lua_gettop(L), status;
	lua_State *S = new_state();

	if (S == NULL)
		return (luaL_error(L, "not enough memory"));
	lua_pushcfunction(S, run_chunk);
	lua_pushstring(S, chunk);
	for (i = 3; i <= n; i++)
		lua_pushstring(S, lua_tostring(L, i));
	l.alloc = lua_getallocf(S, &l.ud);
	lua_setallocf(S, limited_alloc, &l);
	status = lua_pcall(S, 1 + (n > 2 ? n - 2 : 0), 1, 0);
	lua_setallocf(S, l.alloc, l.ud);
	lua_pushboolean(L, status == LUA_OK);
	lua_pushstring(L, luaL_tolstring(S, -1, NULL));
	lua_pushinteger(L, (lua_Integer)l.count);
	lua_close(S);
	return (3);
}

int
luaopen_kvm_testing(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "fail_at",	testing_fail_at },
		{ "disarm",	testing_disarm },
		{ "count",	testing_count },
		{ "run_limited", testing_run_limited },
		{ "record",	testing_record },
		{ "recorded",	testing_recorded },
		{ NULL,		NULL },
	};

	luaL_newlib(L, functions);
	return (1);
}
