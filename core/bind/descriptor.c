/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * descriptor.c: the descriptor userdata: its life, its errors, what it says
 * of the dump.  Reading is in memory.c, symbols in symbol.c, types in type.c.
 */
#include <string.h>

#include "bind/bind.h"

static struct bind_kd *
check_any(lua_State *L, int arg)
{

	if (!bind_is(L, arg, BIND_MT_KD))
		luaL_typeerror(L, arg, "kvm.descriptor");
	return (lua_touserdata(L, arg));
}

int
bind_notopen(lua_State *L, const struct bind_kd *k)
{

	return (luaL_error(L, k->opening ? "descriptor is not open yet: "
	    "its resolver runs inside open" : "descriptor is closed"));
}

struct bind_kd *
bind_checkkd(lua_State *L, int arg)
{
	struct bind_kd *k = check_any(L, arg);

	if (k->kd == NULL)
		bind_notopen(L, k);
	return (k);
}

/*
 * The userdata comes first, complete and closed, so that whatever happens
 * later the collector finds a whole one.
 */
struct bind_kd *
bind_newkd(lua_State *L)
{
	struct bind_kd *k;

	k = lua_newuserdatauv(L, sizeof(*k), BIND_KD_NUV);
	k->kd = NULL;
	k->call = NULL;
	k->opening = false;
	memset(&k->progress, 0, sizeof(k->progress));
	lua_pushvalue(L, lua_upvalueindex(BIND_MT_KD));
	lua_setmetatable(L, -2);
	lua_newtable(L);
	lua_createtable(L, 0, 1);
	lua_pushliteral(L, "v");
	lua_setfield(L, -2, "__mode");
	lua_setmetatable(L, -2);
	lua_setiuservalue(L, -2, BIND_KD_TYPES);
	return (k);
}

/* What a callback that runs inside a core call on k is. */
static const char *
running_callback(const struct bind_kd *k)
{
	const struct bind_call *c;

	for (c = k->call; c != NULL; c = c->outer)
		if (c->callback != NULL)
			return (c->callback);
	return ("callback");
}

/* close(): also __close and __gc. */
static int
kd_close(lua_State *L)
{
	struct bind_kd *k = check_any(L, 1);
	struct bind_call call;
	kvm_t *kd = k->kd;

	if (k->call != NULL)
		return (luaL_error(L, "cannot close: its %s is running",
		    running_callback(k)));
	if (kd != NULL) {
		k->kd = NULL;
		bind_progress_erase(&k->progress);
		bind_enter(k, &call, L, 1);
		kvm_close(kd);
		bind_leave(k, &call);
		lua_settop(L, 1);
		lua_pushnil(L);
		lua_setiuservalue(L, 1, BIND_KD_RESOLVER);
		lua_pushnil(L);
		lua_setiuservalue(L, 1, BIND_KD_ERRSTR);
	}
	lua_pushboolean(L, 1);
	return (1);
}

/*
 * Only lua_close() collects a descriptor in use: os.exit(status, true) in a
 * callback.  The process is about to end; the core below must not be pulled
 * away meanwhile.
 */
static int
kd_gc(lua_State *L)
{
	struct bind_kd *k = check_any(L, 1);

	return (k->call != NULL ? 0 : kd_close(L));
}

static int
kd_closed(lua_State *L)
{

	lua_pushboolean(L, check_any(L, 1)->kd == NULL);
	return (1);
}

static int
kd_tostring(lua_State *L)
{
	struct bind_kd *k = check_any(L, 1);

	if (k->kd == NULL)
		lua_pushliteral(L, "kvm.descriptor (closed)");
	else
		lua_pushfstring(L, "kvm.descriptor (%p)", (void *)k->kd);
	return (1);
}

static int
kd_geterr(lua_State *L)
{

	lua_pushstring(L, kvm_geterr(bind_checkkd(L, 1)->kd));
	return (1);
}

static int
kd_errclass(lua_State *L)
{

	lua_pushstring(L,
	    kvm_errclass_name(kvm_errclass(bind_checkkd(L, 1)->kd)));
	return (1);
}

static int
kd_erraddr(lua_State *L)
{

	lua_pushinteger(L,
	    (lua_Integer)kvm_erraddr(bind_checkkd(L, 1)->kd));
	return (1);
}

static int
kd_native(lua_State *L)
{

	lua_pushboolean(L, kvm_native(bind_checkkd(L, 1)->kd));
	return (1);
}

static int
kd_kerndisp(lua_State *L)
{

	lua_pushinteger(L, (lua_Integer)kvm_kerndisp(bind_checkkd(L, 1)->kd));
	return (1);
}

static int
kd_byteorder(lua_State *L)
{

	lua_pushstring(L,
	    kvm_byteorder(bind_checkkd(L, 1)->kd) ? "big" : "little");
	return (1);
}

static int
kd_ptrsize(lua_State *L)
{

	lua_pushinteger(L, (lua_Integer)kvm_ptrsize(bind_checkkd(L, 1)->kd));
	return (1);
}

static const char *
dump_kind(enum kvm_dump_kind kind)
{

	switch (kind) {
	case KVM_DUMP_NONE:
		return ("none");
	case KVM_DUMP_MINI:
		return ("mini");
	case KVM_DUMP_FULL:
		return ("full");
	case KVM_DUMP_LIVE:
		return ("live");
	case KVM_DUMP_TEXT:
		return ("text");
	case KVM_DUMP_ENCRYPTED:
		return ("encrypted");
	}
	return ("unknown");
}

/* What info.N said, as a table of its own. */
static void
push_note(lua_State *L, const struct kvm_dump *d)
{

	lua_createtable(L, 0, 7);
	bind_setstring(L, "arch", d->kd_note_arch);
	bind_setstring(L, "hostname", d->kd_note_hostname);
	bind_setstring(L, "version", d->kd_note_version);
	bind_setstring(L, "panic", d->kd_note_panic);
	bind_setstring(L, "time", d->kd_note_time);
	bind_setstring(L, "status", d->kd_note_status);
	bind_setstring(L, "compression", d->kd_note_compression);
	bind_setint(L, "length", d->kd_note_length);
}

static void
push_dump(lua_State *L, const struct kvm_dump *d)
{

	lua_createtable(L, 0, 24);
	bind_setstring(L, "kind", dump_kind(d->kd_kind));
	bind_setstring(L, "arch", d->kd_arch);
	bind_setstring(L, "compression", d->kd_compression);
	bind_setstring(L, "container", d->kd_container);
	bind_setstring(L, "encryption", d->kd_encryption);
	bind_setint(L, "version", d->kd_version);
	bind_setint(L, "ptrsize", d->kd_ptrsize);
	bind_setbool(L, "bigendian", d->kd_bigendian);
	bind_setint(L, "page_size", d->kd_page_size);
	bind_setint(L, "size", d->kd_size);
	bind_setint(L, "size_expected", d->kd_size_expected);
	bind_setbool(L, "complete", d->kd_complete);
	bind_setbool(L, "truncated", d->kd_truncated);
	bind_setstring(L, "damage", d->kd_damage);
	bind_setint(L, "zero_tail", d->kd_zero_tail);
	bind_setint(L, "pages", d->kd_pages);
	bind_setint(L, "pages_lost", d->kd_pages_lost);
	bind_setint(L, "kernbase", d->kd_kernbase);
	bind_setint(L, "dmapbase", d->kd_dmapbase);
	bind_setint(L, "dmapend", d->kd_dmapend);
	bind_setint(L, "msgbuf_offset", d->kd_msgbuf_offset);
	bind_setint(L, "msgbuf_size", d->kd_msgbuf_size);
	bind_setint(L, "msgbuf_space", d->kd_msgbuf_space);
	push_note(L, d);
	lua_setfield(L, -2, "note");
}

/* erase_progress(): openx()'s bar is off the terminal until it moves on. */
static int
kd_erase_progress(lua_State *L)
{

	bind_progress_erase(&bind_checkkd(L, 1)->progress);
	fflush(stderr);
	return (0);
}

/* dump(): a table with the fields of struct kvm_dump. */
static int
kd_dump(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	struct bind_call call;
	struct kvm_dump d;
	int rc;

	bind_enter(k, &call, L, 1);
	rc = kvm_dump(k->kd, &d);
	bind_leave(k, &call);
	if (rc == -1)
		return (bind_fail(L, k));
	push_dump(L, &d);
	return (1);
}

void
bind_pushpage(lua_State *L, const struct kvm_page *page)
{

	lua_createtable(L, 0, 6);
	bind_setint(L, "paddr", page->kp_paddr);
	bind_setint(L, "kmap_vaddr", page->kp_kmap_vaddr);
	bind_setint(L, "dmap_vaddr", page->kp_dmap_vaddr);
	bind_setint(L, "prot", page->kp_prot);
	if (page->kp_offset >= 0)
		bind_setint(L, "offset", (uint64_t)page->kp_offset);
	bind_setint(L, "len", page->kp_len);
}

/*
 * walk_pages(fn): true when the walk came to its end, false when fn returned
 * false.
 */
static int
kd_walk_pages(lua_State *L)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	struct bind_walk walk = { .kd = k, .fn = 2, .stopped = false };
	struct bind_call call;
	int complete;

	luaL_checktype(L, 2, LUA_TFUNCTION);
	bind_enter(k, &call, L, 1);
	complete = kvm_walk_pages(k->kd, bind_walk_page, &walk);
	bind_leave(k, &call);
	if (!complete && !walk.stopped)
		return (bind_fail(L, k));
	lua_pushboolean(L, complete);
	return (1);
}

/* The page at the address at index arg, in the address space at *root. */
static int
translate(lua_State *L, const kpaddr_t *root, int arg)
{
	struct bind_kd *k = bind_checkkd(L, 1);
	kvaddr_t va = (kvaddr_t)luaL_checkinteger(L, arg);
	struct bind_call call;
	struct kvm_page page;
	int rc;

	bind_enter(k, &call, L, 1);
	rc = root == NULL ? kvm_translate(k->kd, va, &page) :
	    kvm_translate_in(k->kd, *root, va, &page);
	bind_leave(k, &call);
	if (rc == -1)
		return (bind_fail(L, k));
	bind_pushpage(L, &page);
	return (1);
}

/* translate(va): the page va lies in. */
static int
kd_translate(lua_State *L)
{

	return (translate(L, NULL, 2));
}

/* translate_in(root, va): the same in the address space at root. */
static int
kd_translate_in(lua_State *L)
{
	kpaddr_t root = (kpaddr_t)luaL_checkinteger(L, 2);

	return (translate(L, &root, 3));
}

const luaL_Reg bind_kd_methods[] = {
	{ "close",	kd_close },
	{ "closed",	kd_closed },
	{ "geterr",	kd_geterr },
	{ "errclass",	kd_errclass },
	{ "erraddr",	kd_erraddr },
	{ "native",	kd_native },
	{ "kerndisp",	kd_kerndisp },
	{ "byteorder",	kd_byteorder },
	{ "ptrsize",	kd_ptrsize },
	{ "dump",	kd_dump },
	{ "erase_progress", kd_erase_progress },
	{ "walk_pages",	kd_walk_pages },
	{ "translate",	kd_translate },
	{ "translate_in", kd_translate_in },
	{ NULL,		NULL },
};

static const luaL_Reg metamethods[] = {
	{ "__gc",	kd_gc },
	{ "__close",	kd_close },
	{ "__tostring",	kd_tostring },
	{ NULL,		NULL },
};

/* Methods are the module's functions of the same name. */
static void
copy_methods(lua_State *L, const luaL_Reg *methods, int module)
{

	for (; methods->name != NULL; methods++) {
		lua_getfield(L, module, methods->name);
		lua_setfield(L, -2, methods->name);
	}
}

void
bind_kd_register(lua_State *L, int mt, int module)
{

	lua_pushvalue(L, mt + BIND_MT_KD - 1);
	bind_setfuncs(L, metamethods, mt);
	lua_newtable(L);
	copy_methods(L, bind_kd_methods, module);
	copy_methods(L, bind_memory_methods, module);
	copy_methods(L, bind_search_methods, module);
	copy_methods(L, bind_symbol_methods, module);
	copy_methods(L, bind_kd_type_methods, module);
	copy_methods(L, bind_system_methods, module);
	copy_methods(L, bind_kinfo_methods, module);
	lua_setfield(L, -2, "__index");
	lua_pushliteral(L, "kvm.descriptor");
	lua_setfield(L, -2, "__metatable");
	lua_pop(L, 1);
}
