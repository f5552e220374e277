/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * bind.h: what crosses files inside the Lua binding.
 *
 * Four userdata: descriptors, types, objects, modules.  Each keeps the one it
 * came from in its first user value (object -> type -> descriptor, module ->
 * descriptor), so whatever was derived from a descriptor keeps it alive, and
 * from any of them the descriptor's userdata can be reached without searching.
 *
 * Two rules hold everywhere.  Nothing that can raise runs while the core is
 * on the C stack: every core call that can reach a Lua callback stands
 * between bind_enter() and bind_leave().  And nothing of C's heap is held
 * while Lua may raise: buffers are Lua's.
 *
 * Every C function of the module carries the four metatables as its first
 * upvalues, so a userdata is recognised by comparing two pointers.
 */
#ifndef _BIND_H_
#define	_BIND_H_

#include <inttypes.h>
#include <stdio.h>

#include <lauxlib.h>
#include <lua.h>

#include "kvm.h"

/* Upvalues of every function: the metatables. */
#define	BIND_MT_KD	1
#define	BIND_MT_TYPE	2
#define	BIND_MT_OBJECT	3
#define	BIND_MT_MODULE	4
#define	BIND_NUP	4

/* User values of a descriptor. */
#define	BIND_KD_RESOLVER	1	/* the Lua function, as long as kd */
#define	BIND_KD_TYPES		2	/* kvm_type_t * -> type, weak values */
#define	BIND_KD_ERROR		3	/* error object on its way out */
#define	BIND_KD_ERRSTR		4	/* kvm_open()'s string, as long as kd */
#define	BIND_KD_NUV		4

/* User values of a type. */
#define	BIND_TYPE_KD		1
#define	BIND_TYPE_MEMBERS	2	/* name -> struct bind_member */
#define	BIND_TYPE_TARGET	3	/* of pointers and arrays, once used */
#define	BIND_TYPE_NUV		3

#define	BIND_FAULT	"kvm.fault"	/* registry name of its metatable */

/* The most that one call reads, in bytes: a bound on what Lua allocates. */
#define	BIND_READ_MAX	((uint64_t)1 << 30)
/* The longest string that is read from the dump, in bytes. */
#define	BIND_STRING_MAX	((uint64_t)1 << 20)
/* Length of strings behind pointers where the caller sets none. */
#define	BIND_STRING_DEFAULT	4096

/* A core call in progress; they nest when a callback calls back. */
struct bind_call {
	lua_State	*L;
	int		 anchor;	/* index of what leads to kd */
	enum {
		BIND_CALL_FINE,
		BIND_CALL_RAISED,	/* object in BIND_KD_ERROR */
		BIND_CALL_YIELDED,
		BIND_CALL_NOSTACK,
	}		 state;
	const char	*callback;	/* what runs inside, or NULL */
	struct bind_call *outer;
};

/* A bar on the terminal. */
struct bind_progress {
	uint64_t	 since;		/* first call, in milliseconds; 0 */
	bool		 shown;
};

struct bind_kd {
	kvm_t			*kd;	/* NULL: closed, or not open yet */
	struct bind_progress	 progress;
	struct bind_call	*call;	/* the innermost */
	bool			 opening;
};

/* How a value of some type is fetched and turned into a Lua value. */
enum bind_op {
	BIND_OP_INTEGER,	/* size bytes, all of them the value */
	BIND_OP_BITS,		/* less than its storage: shift, bits */
	BIND_OP_FLOAT,
	BIND_OP_DOUBLE,
	BIND_OP_STRING,		/* char[length] */
	BIND_OP_POINTER,
	BIND_OP_PLACE,		/* struct, union, array, function */
	BIND_OP_OPAQUE,		/* nothing Lua has a value for */
};

struct bind_load {
	enum bind_op	 op;
	uint8_t		 size;		/* bytes of a scalar */
	uint8_t		 shift;		/* bits before the value in its bytes */
	uint8_t		 bits;
	bool		 is_signed;
	bool		 is_bool;
	bool		 bigendian;
	uint64_t	 length;	/* of a string, in bytes */
};

struct bind_type {
	kvm_type_t	*type;
	struct bind_kd	*owner;
	enum kvm_kind	 kind;		/* of the stripped type */
	kvm_type_t	*target;	/* of a pointer or array; or NULL */
	/* The struct a member is looked for in: the stripped type, of a
	   pointer its stripped target. */
	kvm_type_t	*base;
	enum kvm_kind	 base_kind;
	uint64_t	 step;		/* bytes from element to element */
	struct bind_load load;
};

/* A member, resolved; its first user value is its type. */
struct bind_member {
	uint64_t	 offset;	/* bytes */
	struct bind_load load;
};

/*
 * A pointer value (its type is a pointer, addr what it holds) or a place (a
 * struct, union, array or function at addr).
 */
struct bind_object {
	struct bind_type *type;
	kvaddr_t	 addr;
};

/* Where a member path like "a.b" leads inside a struct. */
struct bind_path {
	kvm_type_t	*type;
	uint64_t	 bitoff;
	unsigned int	 bits;		/* of a bit-field; else 0 */
};

/* ---- progress.c */

/* kvm_progress_t; arg is a struct bind_progress. */
void	bind_progress(uint64_t done, uint64_t expected, void *arg);
void	bind_progress_erase(struct bind_progress *);

/* ---- kvm.c */

__attribute__((__visibility__("default"))) int luaopen_kvm(lua_State *);
__attribute__((__visibility__("default"))) int
	luaopen_kvm_testing(lua_State *);

/*
 * Add functions to the table on top.  mt is the index of the first of the
 * four metatables, which lie side by side.
 */
void	bind_setfuncs(lua_State *, const luaL_Reg *, int mt);
/* Push a closure over the metatables and the nextra values on top. */
void	bind_pushclosure(lua_State *, lua_CFunction, int nextra);
/* Push nil, the descriptor's last error, its class; returns 3. */
int	bind_fail(lua_State *, struct bind_kd *);
/* The same with a message and class of our own. */
int	bind_failure(lua_State *, enum kvm_errclass, const char *fmt, ...);
/* A string argument without NULs inside. */
const char *bind_checkname(lua_State *, int arg);
/*
 * Set a field of the table on top; unsigned values keep their bit pattern,
 * and NULL is nil.
 */
void	bind_setint(lua_State *, const char *field, uint64_t value);
void	bind_setbool(lua_State *, const char *field, bool value);
void	bind_setstring(lua_State *, const char *field, const char *value);

/*
 * Upvalues of an iterator, after the metatables: what it goes through, and
 * where it is; it may have others.
 */
#define	BIND_UP_SUBJECT	lua_upvalueindex(BIND_NUP + 1)
#define	BIND_UP_CURSOR	lua_upvalueindex(BIND_NUP + 2)

static inline size_t
bind_cursor(lua_State *L)
{

	return ((size_t)lua_tointeger(L, BIND_UP_CURSOR));
}

static inline void
bind_setcursor(lua_State *L, size_t cursor)
{

	lua_pushinteger(L, (lua_Integer)cursor);
	lua_replace(L, BIND_UP_CURSOR);
}

static inline bool
bind_is(lua_State *L, int idx, int mt)
{
	bool same;

	if (lua_type(L, idx) != LUA_TUSERDATA || !lua_getmetatable(L, idx))
		return (false);
	same = lua_topointer(L, -1) == lua_topointer(L, lua_upvalueindex(mt));
	lua_pop(L, 1);
	return (same);
}

/* An address as text, for messages. */
#define	BIND_HEX_SIZE	(sizeof("0x") + 16)

static inline const char *
bind_hex(char buf[BIND_HEX_SIZE], kvaddr_t addr)
{

	(void)snprintf(buf, BIND_HEX_SIZE, "0x%" PRIx64, addr);
	return (buf);
}

/* ---- descriptor.c, symbol.c */

/* An open descriptor; anything else raises. */
struct bind_kd *bind_checkkd(lua_State *, int arg);
/* Raise what is wrong with a descriptor that has no kd. */
int	bind_notopen(lua_State *, const struct bind_kd *);
/* Push a new, closed descriptor. */
struct bind_kd *bind_newkd(lua_State *);
void	bind_pushpage(lua_State *, const struct kvm_page *);
/*
 * Push the string at addr, at most max bytes (clipped to BIND_STRING_MAX).
 * On a fault push what came before it and return false.
 */
bool	bind_pushcstring(lua_State *, struct bind_kd *, int anchor,
	    kvaddr_t addr, uint64_t max);
/*
 * Push the n bytes at addr, or those before a fault; then false.
 */
bool	bind_pushbytes(lua_State *, struct bind_kd *, int anchor,
	    kvaddr_t addr, uint64_t n);
void	bind_kd_register(lua_State *, int mt, int module);

extern const luaL_Reg bind_kd_methods[];
extern const luaL_Reg bind_memory_methods[];
extern const luaL_Reg bind_search_methods[];
extern const luaL_Reg bind_symbol_methods[];

/* The record of a symbol. */
void	bind_pushsymbol(lua_State *, const struct kvm_symbol *);

/* ---- module.c */

/* module(path): a userdata of the file of a kernel module. */
int	bind_module(lua_State *);
void	bind_module_register(lua_State *, int mt);

/* ---- system.c, kinfo.c */

extern const luaL_Reg bind_system_methods[];
extern const luaL_Reg bind_kinfo_methods[];
/* Set the constants of kvm_getprocs() in the table on top. */
void	bind_kinfo_constants(lua_State *);

/* ---- resolver.c */

kvm_resolver_t		bind_resolver;
kvm_walk_pages_cb_t	bind_walk_page;

/* What bind_walk_page() is given. */
struct bind_walk {
	struct bind_kd	*kd;
	int		 fn;		/* index of the Lua function */
	bool		 stopped;	/* it returned false */
};

/*
 * For callbacks: run fn(arg, x) in protected mode, x being the value at index
 * extra, or the descriptor when that is 0.  callback names it in errors.  False
 * when it raised: the error then waits in the descriptor.
 */
bool	bind_protect(struct bind_kd *, const char *callback, lua_CFunction fn,
	    void *arg, int extra);
/* Raise what a callback raised; never returns. */
void	bind_rethrow(struct bind_kd *, struct bind_call *);

/*
 * Bracket a core call.  anchor is the (absolute or pseudo) index of the
 * descriptor, or of a type or object of it.  bind_leave() raises when a
 * callback did.
 */
static inline void
bind_enter(struct bind_kd *k, struct bind_call *c, lua_State *L, int anchor)
{

	c->L = L;
	c->anchor = anchor;
	c->state = BIND_CALL_FINE;
	c->callback = NULL;
	c->outer = k->call;
	k->call = c;
}

static inline void
bind_leave(struct bind_kd *k, struct bind_call *c)
{

	k->call = c->outer;
	if (c->state != BIND_CALL_FINE)
		bind_rethrow(k, c);
}

/* ---- type.c, typeset.c */

extern const luaL_Reg bind_kd_type_methods[];

/* The arguments kind (a word) and name (for "void" none) from arg on. */
enum kvm_kind bind_checkkind(lua_State *, int arg, const char **name);
/* A type whose descriptor is open; anything else raises. */
struct bind_type *bind_checktype(lua_State *, int arg);
/* Push the userdata of a type; kd is the descriptor's index. */
struct bind_type *bind_pushtype(lua_State *, struct bind_kd *, int kd,
	    kvm_type_t *);
/* Return it, or what bind_fail() does when t is NULL. */
int	bind_givetype(lua_State *, struct bind_kd *, int kd, kvm_type_t *t);
/* The same as bind_pushtype(), of the descriptor of the type at index type. */
struct bind_type *bind_pushtypeof(lua_State *, struct bind_kd *, int type,
	    kvm_type_t *);
/* Push the type's target (of a pointer or array); kept once made. */
struct bind_type *bind_pushtarget(lua_State *, int type);
/* Look again at what was only declared when t was made. */
void	bind_type_refresh(struct bind_type *t);
/* Push the C spelling of t declaring name. */
const char *bind_pushspelling(lua_State *, kvm_type_t *, const char *name);
void	bind_type_register(lua_State *, int mt);
const char *bind_kindname(enum kvm_kind);
/* A type of the descriptor k; anything else raises. */
kvm_type_t *bind_checktypeof(lua_State *, int arg, const struct bind_kd *k);

/* ---- access.c */

/*
 * How to load a value of type t, or its bit-field of bits at bitoff.  False
 * when something was damaged, or memory short: see the descriptor's error.
 */
bool	bind_load_init(struct bind_load *, kvm_type_t *t, uint64_t bitoff,
	    unsigned int bits);
/*
 * Push the value at addr.  type is the index of its type's userdata, looked
 * at for pointers and places only.  KVM_E_NONE; or why not, with nothing
 * pushed: KVM_E_NOTSUP (there is no such Lua value), otherwise see the
 * descriptor's error.
 */
enum kvm_errclass bind_fetch(lua_State *, struct bind_kd *, int anchor,
	    const struct bind_load *, kvaddr_t addr, int type);
/* Push the record of a member of t (at index type), made on first use. */
struct bind_member *bind_pushmember(lua_State *, struct bind_type *t,
	    int type, int name);
/*
 * Follow a path of members ("a.b") from the struct t.  False when one is not
 * there: its name is pushed, and where->type is the struct that lacks it.
 */
bool	bind_follow(lua_State *, kvm_type_t *t, const char *path,
	    struct bind_path *);
/* Raise for a member that is not there, as the descriptor's error says. */
int	bind_nomember(lua_State *, struct bind_kd *, kvm_type_t *,
	    const char *name);
/* Raise when the last failure was one of memory: what failed may yet work. */
void	bind_checkmemory(lua_State *, struct bind_kd *, kvm_type_t *);
/* Turn the low bits of v into the value that l loads (scalars only). */
void	bind_pushscalar(lua_State *, const struct bind_load *l, uint64_t v,
	    int type);

/* ---- getter.c */

int	bind_getter(lua_State *);
int	bind_reader(lua_State *);

/* ---- object.c */

struct bind_object *bind_checkobject(lua_State *, int arg);
/* Push an object of the type at index type; a null pointer is nil. */
void	bind_pushobject(lua_State *, int type, kvaddr_t);
void	bind_object_register(lua_State *, int mt);

extern const luaL_Reg bind_object_functions[];

/* ---- ctype.c: what LuaJIT's FFI calls typeof, cast, ... */

/* The same type but for qualifiers, at every level of a pointer. */
bool	bind_sametype(kvm_type_t *, kvm_type_t *);

extern const luaL_Reg bind_ctype_functions[];

/* ---- fault.c */

void	bind_fault_register(lua_State *);
bool	bind_isfault(lua_State *, int idx);
/*
 * Start a fault object from the error why, that reading at addr gave; then
 * bind_raise() takes its path from the top of the stack and raises it.
 */
void	bind_pushfault(lua_State *, struct bind_kd *, enum kvm_errclass why,
	    kvaddr_t addr);
int	bind_raise(lua_State *);
/*
 * Raise the descriptor's last error, which came from looking at the type t,
 * or at its member called name (may be NULL).
 */
int	bind_raisetype(lua_State *, struct bind_kd *, kvm_type_t *t,
	    const char *name);
/* Push "(struct proc *)0x...", what a path starts with. */
void	bind_pushroot(lua_State *, struct bind_type *, kvaddr_t);

#endif /* !_BIND_H_ */
