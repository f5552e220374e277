/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * field.c: members of the kernel's structs, by the types of the kernel file.
 */
#include <stdio.h>

#include "field.h"

/* The longest name of a member that is looked for here, with its NUL. */
#define	NAME_MAX_HERE	64

static bool
is_scalar(kvm_type_t *t)
{
	enum kvm_kind kind = kvm_type_kind(t);

	return (kind == KVM_K_INTEGER || kind == KVM_K_ENUM ||
	    kind == KVM_K_POINTER);
}

static void
describe(struct kvmi_field *f, kvm_type_t *t, uint64_t bitoff)
{
	kvm_type_t *inner = kvm_type_strip(t);
	uint64_t size = kvm_type_size(inner);

	/* Nothing in the kernel is larger; and size 1 stands for what begins
	   here and has no length, such as ar_args[]. */
	if (bitoff / 8 > UINT32_MAX || size > UINT32_MAX)
		return;
	f->off = (uint32_t)(bitoff / 8);
	f->size = size == 0 ? 1 : (uint32_t)size;
	f->is_scalar = is_scalar(inner) && size <= 8;
	f->is_signed = (kvm_type_encoding(inner) & KVM_INT_SIGNED) != 0;
}

/* Follow one path, of len characters.  0: found; 1: not there; -1. */
static int
follow(kvm_type_t *t, const char *path, size_t len, struct kvmi_field *f)
{
	struct kvm_member m = { .km_bits = 0 };
	char name[NAME_MAX_HERE];
	uint64_t bitoff = 0;
	size_t n;

	while (len > 0) {
		for (n = 0; n < len && path[n] != '.'; n++)
			continue;
		(void)snprintf(name, sizeof(name), "%.*s", (int)n, path);
		if (kvm_type_find_member(t, name, &m) == -1)
			return (kvm_errclass(kvm_type_kd(t)) == KVM_E_NOTYPE ?
			    1 : -1);
		bitoff += m.km_bitoff;
		t = m.km_type;
		n += n < len;
		path += n;
		len -= n;
	}
	if (m.km_bits != 0)
		return (1);
	describe(f, t, bitoff);
	return (0);
}

int
kvmi_field_find(kvm_t *kd, kvm_type_t *t, const char *path,
    struct kvmi_field *f)
{
	struct kvm_error before = kd->error;
	int found = 1;
	size_t len;

	memset(f, 0, sizeof(*f));
	for (; found == 1 && *path != '\0'; path += len + (path[len] == '|')) {
		len = strcspn(path, "|");
		found = follow(t, path, len, f);
	}
	if (found == -1)
		return (-1);
	kd->error = before;
	return (0);
}

kvm_type_t *
kvmi_field_struct(kvm_t *kd, const char *name)
{
	kvm_type_t *t;

	t = kvm_type(kd, KVM_K_STRUCT, name);
	if (t != NULL && kvm_type_size(t) == 0) {
		kvmi_error(kd, KVM_E_NOTYPE, 0,
		    "struct %s is declared but not defined", name);
		return (NULL);
	}
	return (t);
}

kvaddr_t
kvmi_wrap(const kvm_t *kd, kvaddr_t addr)
{

	return (kd->ptrsize == 4 ? (uint32_t)addr : addr);
}

static uint64_t
extend(const struct kvmi_field *f, uint64_t value)
{
	unsigned int bits = f->size * 8;

	if (f->is_signed && bits < 64 && (value >> (bits - 1) & 1) != 0)
		value |= ~UINT64_C(0) << bits;
	return (value);
}

uint64_t
kvmi_field_get(const kvm_t *kd, const struct kvmi_field *f, const void *bytes)
{
	const uint8_t *p = (const uint8_t *)bytes + f->off;
	uint64_t value = 0;
	uint32_t i;

	if (!f->is_scalar)
		return (0);
	for (i = 0; i < f->size; i++)
		value = value << 8 | p[kd->bigendian ? i : f->size - 1 - i];
	return (extend(f, value));
}

/* Not with kvm_read2(), which reports to the user of kvm_open(3). */
int
kvmi_field_read(kvm_t *kd, const struct kvmi_field *f, kvaddr_t base,
    uint64_t *value)
{
	struct kvmi_field here = *f;
	uint8_t bytes[8];

	*value = 0;
	if (!f->is_scalar)
		return (0);
	if (kvm_read_partial(kd, kvmi_wrap(kd, base + f->off), bytes, f->size,
	    NULL) == -1)
		return (-1);
	here.off = 0;
	*value = kvmi_field_get(kd, &here, bytes);
	return (0);
}

void
kvmi_field_put(const kvm_t *kd, const struct kvmi_field *f, void *bytes,
    uint64_t value)
{
	uint8_t *p = (uint8_t *)bytes + f->off;
	uint32_t i;

	if (!f->is_scalar)
		return;
	for (i = 0; i < f->size; i++, value >>= 8)
		p[kd->bigendian ? f->size - 1 - i : i] = (uint8_t)value;
}

int
kvmi_word(kvm_t *kd, kvaddr_t addr, size_t size, uint64_t *value)
{
	const struct kvmi_field f = { .size = (uint32_t)size,
	    .is_scalar = true };

	return (kvmi_field_read(kd, &f, addr, value));
}

int
kvmi_integer(kvm_t *kd, const char *name, size_t size, uint64_t *value)
{
	kvaddr_t addr;

	*value = 0;
	if (kvmi_lookup(kd, name, &addr) == -1)
		return (-1);
	if (kvmi_word(kd, addr, size, value) == -1)
		return (kvmi_context(kd, "variable %s", name));
	return (0);
}

int
kvmi_optional(kvm_t *kd, const char *name, kvaddr_t *addr)
{
	struct kvm_error before = kd->error;

	if (kvmi_lookup(kd, name, addr) == 0)
		return (0);
	if (kd->error.ke_class != KVM_E_NOSYM)
		return (-1);
	kd->error = before;
	return (1);
}
