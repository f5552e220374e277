/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * access.c: how bytes of the dump become Lua values.  What a type demands is
 * worked out once (struct bind_load) and then carried out for every read.
 */
#include <string.h>

#include "bind/bind.h"

#define	MAX_LEVELS	64	/* of arrays of arrays: damaged types */

/* ---- working it out */

static bool
is_word(uint64_t size)
{

	return (size == 1 || size == 2 || size == 4 || size == 8);
}

/*
 * An enum's values are unsigned in C unless one is negative.  CTF keeps them
 * as int32_t (ctf(5)), so at full width the sign tells nothing and values are
 * taken as CTF gives them.
 */
static bool
enum_is_signed(kvm_type_t *t, unsigned int bits, bool *fine)
{
	struct kvm_enumerator e;
	size_t i, n;

	if (bits >= 32)
		return (true);
	n = kvm_type_nmembers(t);
	for (i = 0; i < n; i++) {
		if (kvm_type_enumerator(t, i, &e) == -1)
			*fine = false;
		else if (e.ken_value < 0)
			return (true);
	}
	return (false);
}

/* An integer that fills size bytes, or width bits at bitoff of its bytes. */
static void
init_integer(struct bind_load *l, uint64_t size, uint64_t bitoff,
    unsigned int width)
{

	if (bitoff == 0 && width == size * 8 && is_word(size)) {
		l->op = BIND_OP_INTEGER;
		l->size = (uint8_t)size;
		l->bits = (uint8_t)width;
	} else if (width >= 1 && width <= 64 && bitoff < 64) {
		l->op = BIND_OP_BITS;
		l->shift = (uint8_t)bitoff;
		l->bits = (uint8_t)width;
	}
}

static bool
init_scalar(struct bind_load *l, kvm_type_t *t, enum kvm_kind kind,
    uint64_t bitoff, unsigned int bits)
{
	uint64_t size = kvm_type_size(t);
	unsigned int encoding;
	bool fine = true;

	if (kind == KVM_K_ENUM) {
		if (bits == 0)
			bits = size <= 8 ? (unsigned int)size * 8 : 0;
		l->is_signed = enum_is_signed(t, bits, &fine);
		init_integer(l, size, bitoff, bits);
		return (fine);
	}
	encoding = kvm_type_encoding(t);
	l->is_signed = (encoding & KVM_INT_SIGNED) != 0;
	l->is_bool = (encoding & KVM_INT_BOOL) != 0;
	if (bits != 0)
		init_integer(l, size, bitoff, bits);
	else
		init_integer(l, size, kvm_type_bitoff(t), kvm_type_bits(t));
	return (true);
}

/*
 * Plain char, whatever its sign: not unsigned char, which kernels use for
 * bytes that are no text.  (The encodings alone don't tell them apart: where
 * char is unsigned both have the same.)
 */
static bool
is_char(kvm_type_t *t)
{

	t = kvm_type_strip(t);
	return (kvm_type_kind(t) == KVM_K_INTEGER && kvm_type_size(t) == 1 &&
	    strcmp(kvm_type_name(t), "char") == 0);
}

static void
init_array(struct bind_load *l, kvm_type_t *t)
{
	kvm_type_t *target = kvm_type_target(t);

	l->op = BIND_OP_PLACE;
	l->length = kvm_type_nelems(t);
	if (target != NULL && l->length > 0 && is_char(target))
		l->op = BIND_OP_STRING;
}

/*
 * Can the type be taken apart down to its storage?  What can't be is left as
 * the typedef or qualifier it is.
 */
static bool
is_whole(kvm_type_t *t)
{
	enum kvm_kind kind;
	int level;

	for (level = 0; t != NULL && level < MAX_LEVELS; level++) {
		t = kvm_type_strip(t);
		kind = kvm_type_kind(t);
		if (kind >= KVM_K_TYPEDEF)
			return (false);
		if (kind != KVM_K_ARRAY)
			return (true);
		t = kvm_type_target(t);
	}
	return (false);
}

bool
bind_load_init(struct bind_load *l, kvm_type_t *t, uint64_t bitoff,
    unsigned int bits)
{
	enum kvm_kind kind;
	uint64_t size;
	bool fine = is_whole(t);

	memset(l, 0, sizeof(*l));
	l->op = BIND_OP_OPAQUE;
	l->bigendian = kvm_byteorder(kvm_type_kd(t)) != 0;
	t = kvm_type_strip(t);
	kind = kvm_type_kind(t);
	size = kvm_type_size(t);
	switch (kind) {
	case KVM_K_INTEGER:
	case KVM_K_ENUM:
		fine = init_scalar(l, t, kind, bitoff, bits);
		break;
	case KVM_K_FLOAT:
		if (size == 4 || size == 8)
			l->op = size == 4 ? BIND_OP_FLOAT : BIND_OP_DOUBLE;
		l->size = (uint8_t)size;
		break;
	case KVM_K_POINTER:
		if (size == 4 || size == 8)
			l->op = BIND_OP_POINTER;
		l->size = (uint8_t)size;
		break;
	case KVM_K_ARRAY:
		init_array(l, t);
		break;
	case KVM_K_STRUCT:
	case KVM_K_UNION:
	case KVM_K_FUNCTION:
		l->op = BIND_OP_PLACE;
		break;
	default:
		break;
	}
	return (fine);
}

/* ---- carrying it out */

static inline uint64_t
sign_extend(uint64_t v, unsigned int bits)
{
	uint64_t sign = (uint64_t)1 << (bits - 1);

	return ((v ^ sign) - sign);
}

/*
 * The bits-wide field that starts shift (< 8) bits into the n bytes at b, from
 * the least significant bit of a little-endian target's first byte, from the
 * most significant one of a big-endian target's.
 */
static uint64_t
extract_bits(const uint8_t *b, size_t n, unsigned int shift,
    unsigned int bits, bool bigendian)
{
	size_t i, whole = n < 8 ? n : 8;
	unsigned int drop;
	uint64_t v = 0;

	if (bigendian) {
		drop = (unsigned int)n * 8 - shift - bits;
		for (i = 0; i < whole; i++)
			v = v << 8 | b[i];
		v = n > 8 ? v << (8 - drop) | b[8] >> drop : v >> drop;
	} else {
		for (i = 0; i < whole; i++)
			v |= (uint64_t)b[i] << 8 * i;
		v >>= shift;
		if (n > 8)
			v |= (uint64_t)b[8] << (64 - shift);
	}
	return (bits < 64 ? v & (((uint64_t)1 << bits) - 1) : v);
}

static enum kvm_errclass
fetch_bits(lua_State *L, struct bind_kd *k, int anchor,
    const struct bind_load *l, kvaddr_t addr)
{
	unsigned int shift = l->shift % 8;
	size_t n = (shift + l->bits + 7) / 8;
	struct bind_call call;
	uint8_t b[9];
	uint64_t v;
	ssize_t rc;

	bind_enter(k, &call, L, anchor);
	rc = kvm_read2(k->kd, addr + l->shift / 8, b, n);
	bind_leave(k, &call);
	if (rc == -1)
		return (kvm_errclass(k->kd));
	v = extract_bits(b, n, shift, l->bits, l->bigendian);
	bind_pushscalar(L, l, v, 0);
	return (KVM_E_NONE);
}

/*
 * Short ones, by far the most, are read in one piece; one that ends before a
 * fault needs the careful way.
 */
static enum kvm_errclass
fetch_string(lua_State *L, struct bind_kd *k, int anchor,
    const struct bind_load *l, kvaddr_t addr)
{
	struct bind_call call;
	const char *nul;
	char buf[256];
	ssize_t rc;

	if (l->length <= sizeof(buf)) {
		bind_enter(k, &call, L, anchor);
		rc = kvm_read2(k->kd, addr, buf, (size_t)l->length);
		bind_leave(k, &call);
		if (rc != -1) {
			nul = memchr(buf, '\0', (size_t)l->length);
			lua_pushlstring(L, buf, nul != NULL ?
			    (size_t)(nul - buf) : (size_t)l->length);
			return (KVM_E_NONE);
		}
	}
	if (bind_pushcstring(L, k, anchor, addr, l->length))
		return (KVM_E_NONE);
	lua_pop(L, 1);
	return (kvm_errclass(k->kd));
}

static void
push_float(lua_State *L, uint64_t v, size_t size)
{
	uint32_t v32 = (uint32_t)v;
	double d;
	float f;

	if (size == sizeof(f)) {
		memcpy(&f, &v32, sizeof(f));
		d = f;
	} else
		memcpy(&d, &v, sizeof(d));
	lua_pushnumber(L, d);
}

static void
push_integer(lua_State *L, const struct bind_load *l, uint64_t v)
{

	if (l->bits < 64)
		v &= ((uint64_t)1 << l->bits) - 1;
	if (l->is_signed)
		v = sign_extend(v, l->bits);
	lua_pushinteger(L, (lua_Integer)v);
}

void
bind_pushscalar(lua_State *L, const struct bind_load *l, uint64_t v, int type)
{

	if (l->op == BIND_OP_POINTER)
		bind_pushobject(L, type, v);
	else if (l->op == BIND_OP_FLOAT || l->op == BIND_OP_DOUBLE)
		push_float(L, v, l->size);
	else if (l->is_bool)
		lua_pushboolean(L, v != 0);
	else
		push_integer(L, l, v);
}

enum kvm_errclass
bind_fetch(lua_State *L, struct bind_kd *k, int anchor,
    const struct bind_load *l, kvaddr_t addr, int type)
{
	struct bind_call call;
	uint64_t v;
	int rc;

	switch (l->op) {
	case BIND_OP_BITS:
		return (fetch_bits(L, k, anchor, l, addr));
	case BIND_OP_STRING:
		return (fetch_string(L, k, anchor, l, addr));
	case BIND_OP_PLACE:
		bind_pushobject(L, type, addr);
		return (KVM_E_NONE);
	case BIND_OP_OPAQUE:
		return (KVM_E_NOTSUP);
	default:
		break;
	}
	bind_enter(k, &call, L, anchor);
	rc = kvm_read_uint(k->kd, addr, l->size, &v);
	bind_leave(k, &call);
	if (rc == -1)
		return (kvm_errclass(k->kd));
	bind_pushscalar(L, l, v, type);
	return (KVM_E_NONE);
}

/* ---- members */

static bool
is_struct(enum kvm_kind kind)
{

	return (kind == KVM_K_STRUCT || kind == KVM_K_UNION);
}

void
bind_checkmemory(lua_State *L, struct bind_kd *k, kvm_type_t *t)
{

	if (kvm_errclass(k->kd) == KVM_E_NOMEM)
		bind_raisetype(L, k, t, NULL);
}

int
bind_nomember(lua_State *L, struct bind_kd *k, kvm_type_t *t,
    const char *name)
{
	enum kvm_kind kind = kvm_type_kind(kvm_type_strip(t));

	if (is_struct(kind) && kvm_errclass(k->kd) != KVM_E_NOTYPE)
		return (bind_raisetype(L, k, t, name));
	bind_pushspelling(L, t, "");
	if (is_struct(kind))
		return (luaL_error(L, "%s has no member '%s'",
		    lua_tostring(L, -1), name));
	if (kind == KVM_K_FORWARD)
		return (luaL_error(L, "%s is declared but not defined: "
		    "no member '%s'", lua_tostring(L, -1), name));
	return (luaL_error(L, "%s is no struct or union: no member '%s'",
	    lua_tostring(L, -1), name));
}

static bool
find_member(kvm_type_t *t, const char *name, struct kvm_member *m)
{

	t = kvm_type_strip(t);
	return (is_struct(kvm_type_kind(t)) &&
	    kvm_type_find_member(t, name, m) == 0);
}

/* Push the member table of the struct t at index type leads to. */
static void
push_members(lua_State *L, struct bind_type *t, int type)
{

	if (lua_getiuservalue(L, type, BIND_TYPE_MEMBERS) == LUA_TTABLE)
		return;
	lua_pop(L, 1);
	if (t->type == t->base) {
		lua_newtable(L);
	} else {
		t = bind_pushtypeof(L, t->owner, type, t->base);
		push_members(L, t, lua_gettop(L));
		lua_remove(L, -2);
	}
	lua_pushvalue(L, -1);
	lua_setiuservalue(L, type, BIND_TYPE_MEMBERS);
}

static struct bind_member *
resolve_member(lua_State *L, struct bind_type *t, int type, int name)
{
	struct bind_member *r;
	struct kvm_member m;

	bind_type_refresh(t);
	if (!find_member(t->base, lua_tostring(L, name), &m))
		bind_nomember(L, t->owner, t->base, lua_tostring(L, name));
	push_members(L, t, type);
	lua_pushvalue(L, name);
	r = lua_newuserdatauv(L, sizeof(*r), 1);
	r->offset = m.km_bitoff / 8;
	if (!bind_load_init(&r->load, m.km_type, m.km_bitoff % 8, m.km_bits))
		bind_checkmemory(L, t->owner, m.km_type);
	if (r->load.op == BIND_OP_POINTER || r->load.op == BIND_OP_PLACE) {
		bind_pushtypeof(L, t->owner, type, m.km_type);
		lua_setiuservalue(L, -2, 1);
	}
	lua_pushvalue(L, -1);
	lua_insert(L, -4);
	lua_rawset(L, -3);
	lua_pop(L, 1);
	return (r);
}

struct bind_member *
bind_pushmember(lua_State *L, struct bind_type *t, int type, int name)
{

	if (lua_getiuservalue(L, type, BIND_TYPE_MEMBERS) == LUA_TTABLE) {
		lua_pushvalue(L, name);
		if (lua_rawget(L, -2) == LUA_TUSERDATA)
			return (lua_touserdata(L, -1));
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
	return (resolve_member(L, t, type, name));
}

/* Push the next name of a path, and step over it; false after the last. */
static bool
push_component(lua_State *L, const char **path)
{
	size_t len;

	if (*path == NULL)
		return (false);
	len = strcspn(*path, ".");
	lua_pushlstring(L, *path, len);
	*path = (*path)[len] == '.' ? *path + len + 1 : NULL;
	return (true);
}

bool
bind_follow(lua_State *L, kvm_type_t *t, const char *path,
    struct bind_path *where)
{
	struct kvm_member m;

	where->type = t;
	where->bitoff = 0;
	where->bits = 0;
	while (push_component(L, &path)) {
		if (!find_member(where->type, lua_tostring(L, -1), &m))
			return (false);
		lua_pop(L, 1);
		where->type = m.km_type;
		where->bitoff += m.km_bitoff;
		where->bits = m.km_bits;
	}
	return (true);
}
