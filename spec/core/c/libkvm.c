/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * FreeBSD's libkvm, as far as its names go: a process may have it besides
 * kvm.so.  With OTHER, a module of Lua that is linked with it: it returns what
 * libkvm told it.
 */
#include <stdlib.h>

#ifndef OTHER

#define	NAMES(NAME)							\
	NAME(close) NAME(counter_u64_fetch) NAME(dpcpu_setcpu)		\
	NAME(getargv) NAME(getcptime) NAME(getenvv) NAME(getloadavg)	\
	NAME(getmaxcpu) NAME(getncpus) NAME(getpcpu) NAME(getprocs)	\
	NAME(getswapinfo) NAME(kerndisp) NAME(native) NAME(nlist)	\
	NAME(nlist2) NAME(open) NAME(open2) NAME(openfiles) NAME(read)	\
	NAME(read2) NAME(read_zpcpu) NAME(walk_pages) NAME(write)

#define	ABORTS(name)							\
	void	kvm_ ## name(void);					\
	void								\
	kvm_ ## name(void)						\
	{								\
									\
		abort();						\
	}
NAMES(ABORTS)

const char	*kvm_geterr(void *);

const char *
kvm_geterr(void *kd)
{

	return (kd == NULL ? "libkvm's" : "nobody's");
}

#else

#include <lauxlib.h>

const char	*kvm_geterr(void *);
int		 luaopen_other(lua_State *);

int
luaopen_other(lua_State *L)
{

	lua_pushstring(L, kvm_geterr(NULL));
	return (1);
}

#endif
