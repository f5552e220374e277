/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * memory.c: reading kernel memory, physical memory and the dump itself into
 * Lua strings and integers.
 *
 * A count comes from a script, or from the dump through one.  Buffers
 * therefore grow with what has been read and not with what was asked for: a
 * count that makes no sense meets the end of the dump first.
 */
#include "bind/bind.h"

#define	CHUNK_FIRST	((size_t)64 << 10)
#define	CHUNK_MAX	((size_t)16 << 20)
#define	CHUNK_STRING	((size_t)256)

/*
 * A kind of memory: copies up to n bytes, *done says how many; 0 or -1.  root
 * is an address space's, for the one kind that has many.
 */
typedef int	reader_t(kvm_t *, uint64_t root, uint64_t addr, void *,
		    size_t n, size_t *done);

/* kvm_read2() reports as kvm_open(3) has it, kvm_read_partial() does not. */
static int
read_virtual(kvm_t *kd, uint64_t root, uint64_t addr, void *buf, size_t n,
    size_t *done)
{

	(void)root;
	*done = n;
	if (kvm_read2(kd, addr, buf, n) != -1)
		return (0);
	return (kvm_read_partial(kd, addr, buf, n, done));
}

static int
read_space(kvm_t *kd, uint64_t root, uint64_t addr, void *buf, size_t n,
    size_t *done)
{
	ssize_t r = kvm_read_in(kd, root, addr, buf, n);

	*done = r < 0 ? 0 : (size_t)r;
	return (r < 0 ? -1 : 0);
}

static int
read_physical(kvm_t *kd, uint64_t root, uint64_t addr, void *buf, size_t n,
    size_t *done)
{
	ssize_t r = kvm_read_phys(kd, addr, buf, n);

	(void)root;
	*done = r < 0 ? 0 : (size_t)r;
	return (r < 0 ? -1 : 0);
}

static int
read_raw(kvm_t *kd, uint64_t root, uint64_t offset, void *buf, size_t n,
    size_t *done)
{
	ssize_t r = kvm_read_dump(kd, offset, buf, n);

	(void)root;
	*done = r < 0 ? 0 : (size_t)r;
	return (r < 0 ? -1 : 0);
}

struct source {
	reader_t	*read;
	uint64_t	 root;
};

static const struct source source_virtual = { read_virtual, 0 };
static const struct source source_physical = { read_physical, 0 };
static const struct source source_raw = { read_raw, 0 };

/*
 * Push the n bytes at addr, or what could be read of them.  0; or -1.  What
 * reads less without an error has come to its end.
 */
static int
push_bytes(lua_State *L, struct bind_kd *k, int anchor,
    const struct source *source, uint64_t addr, uint64_t n)
{
	size_t chunk = CHUNK_FIRST, done = 0, got;
	struct bind_call call;
	luaL_Buffer b;
	char *p;
	int rc = 0;

	luaL_buffinit(L, &b);
	while (done < n && rc == 0) {
		if (chunk > n - done)
			chunk = (size_t)(n - done);
		/* A range that wraps is for the core to refuse. */
		if (chunk < n - done && addr + done + chunk == 0)
			chunk++;
		p = luaL_prepbuffsize(&b, chunk);
		bind_enter(k, &call, L, anchor);
		rc = source->read(k->kd, source->root, addr + done, p, chunk,
		    &got);
		bind_leave(k, &call);
		luaL_addsize(&b, got);
		done += got;
		if (got < chunk)
			break;
		if (chunk < CHUNK_MAX)
			chunk *= 2;
	}
	luaL_pushresult(&b);
	return (rc);
}

bool
bind_pushbytes(lua_State *L, struct bind_kd *k, int anchor, kvaddr_t addr,
    uint64_t n)
{

	return (push_bytes(L, k, anchor, &source_virtual, addr, n) == 0);
}

/* arg is the index of the address, which the count follows. */
static int
read_with(lua_State *L, const struct source *source, int arg)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	uint64_t addr = (uint64_t)luaL_checkinteger(L, arg);
	lua_Integer n = luaL_checkinteger(L, arg + 1);

	luaL_argcheck(L, n >= 0, arg + 1, "a count of bytes can't be negative");
	lua_settop(L, 1);
	if ((uint64_t)n > BIND_READ_MAX)
		return (bind_failure(L, KVM_E_INVAL,
		    "read of %I bytes: more than 1 GiB at once",
		    (LUAI_UACINT)n));
	if (push_bytes(L, k, 1, source, addr, (uint64_t)n) == 0)
		return (1);
	bind_fail(L, k);
	lua_pushvalue(L, 2);
	return (4);
}

/* read(addr, n): string; or nil, message, code, the bytes before the fault. */
static int
memory_read(lua_State *L)
{

	return (read_with(L, &source_virtual, 2));
}

/* read_in(root, addr, n): read() in the address space at root. */
static int
memory_read_in(lua_State *L)
{
	struct source source = { read_space, 0 };

	source.root = (uint64_t)luaL_checkinteger(L, 2);
	return (read_with(L, &source, 3));
}

static int
memory_read_phys(lua_State *L)
{

	return (read_with(L, &source_physical, 2));
}

/* read_dump(offset, n): short only where the dump ends. */
static int
memory_read_dump(lua_State *L)
{

	return (read_with(L, &source_raw, 2));
}

bool
bind_pushcstring(lua_State *L, struct bind_kd *k, int anchor, kvaddr_t addr,
    uint64_t max)
{
	size_t chunk = CHUNK_STRING, done = 0;
	struct bind_call call;
	luaL_Buffer b;
	ssize_t len;
	char *p;

	if (max > BIND_STRING_MAX)
		max = BIND_STRING_MAX;
	luaL_buffinit(L, &b);
	for (;;) {
		if (chunk > max - done)
			chunk = (size_t)(max - done);
		p = luaL_prepbuffsize(&b, chunk + 1);
		bind_enter(k, &call, L, anchor);
		len = kvm_read_string(k->kd, addr + done, p, chunk + 1);
		bind_leave(k, &call);
		if (len >= 0 && (size_t)len <= chunk)
			break;
		if (len < 0) {
			luaL_addstring(&b, p);
			luaL_pushresult(&b);
			return (false);
		}
		luaL_addsize(&b, chunk);
		done += chunk;
		if (done == max) {
			luaL_pushresult(&b);
			return (true);
		}
		chunk *= 2;
	}
	luaL_addsize(&b, (size_t)len);
	luaL_pushresult(&b);
	return (true);
}

/*
 * read_string(addr, max): up to the NUL, at most max bytes; or nil, message,
 * code, what came before the fault.
 */
static int
memory_read_string(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	kvaddr_t addr = (kvaddr_t)luaL_checkinteger(L, 2);
	lua_Integer max = luaL_optinteger(L, 3, BIND_STRING_DEFAULT);

	luaL_argcheck(L, max >= 0, 3, "a count of bytes can't be negative");
	lua_settop(L, 1);
	if (bind_pushcstring(L, k, 1, addr, (uint64_t)max))
		return (1);
	bind_fail(L, k);
	lua_pushvalue(L, 2);
	return (4);
}

static int
push_uint(lua_State *L, struct bind_kd *k, kvaddr_t addr, size_t size)
{
	struct bind_call call;
	uint64_t value;
	int rc;

	bind_enter(k, &call, L, 1);
	rc = kvm_read_uint(k->kd, addr, size, &value);
	bind_leave(k, &call);
	if (rc == -1)
		return (bind_fail(L, k));
	lua_pushinteger(L, (lua_Integer)value);
	return (1);
}

/* read_uint(addr, size): zero-extended; 8 bytes keep their bit pattern. */
static int
memory_read_uint(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	kvaddr_t addr = (kvaddr_t)luaL_checkinteger(L, 2);
	lua_Integer size = luaL_checkinteger(L, 3);

	luaL_argcheck(L, size == 1 || size == 2 || size == 4 || size == 8, 3,
	    "an integer has 1, 2, 4 or 8 bytes");
	return (push_uint(L, k, addr, (size_t)size));
}

static int
memory_read_ptr(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	kvaddr_t addr = (kvaddr_t)luaL_checkinteger(L, 2);

	return (push_uint(L, k, addr, kvm_ptrsize(k->kd)));
}

/* write(addr, s): nil, message, code on a dead kernel. */
static int
memory_write(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	kvaddr_t addr = (kvaddr_t)luaL_checkinteger(L, 2);
	struct bind_call call;
	const char *s;
	ssize_t done;
	size_t len;

	s = luaL_checklstring(L, 3, &len);
	bind_enter(k, &call, L, 1);
	done = kvm_write(k->kd, (unsigned long)addr, s, len);
	bind_leave(k, &call);
	if (done < 0)
		return (bind_fail(L, k));
	lua_pushinteger(L, (lua_Integer)done);
	return (1);
}

const luaL_Reg bind_memory_methods[] = {
	{ "read",	memory_read },
	{ "read2",	memory_read },
	{ "read_string", memory_read_string },
	{ "read_uint",	memory_read_uint },
	{ "read_ptr",	memory_read_ptr },
	{ "read_in",	memory_read_in },
	{ "read_phys",	memory_read_phys },
	{ "read_dump",	memory_read_dump },
	{ "write",	memory_write },
	{ NULL,		NULL },
};
