/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * vnet.c: variables of which each network stack has its own (net/vnet.h).
 *
 * The kernel file holds a template of them, the linker set set_vnet; a
 * variable's place in a vnet is its address there plus vnet_data_base.
 */
#include "pcpu.h"

#define	VNET_MAGIC_N	0x5e4a6f28	/* net/vnet.h */
/* More network stacks than anybody has jails. */
#define	VNETS_MAX	1000000

/* ---- linker sets */

/* The bounds of a set: by its symbols, else by its section.  0, 1: none. */
static int
set_bounds(kvm_t *kd, const char *name, kvaddr_t *start, kvaddr_t *stop)
{
	char first[32] = "__start_set_", last[32] = "__stop_set_";
	struct kvmi_section s;
	int found;

	strncat(first, name, 15);
	strncat(last, name, 15);
	found = kvmi_optional(kd, first, start);
	if (found == 0)
		found = kvmi_optional(kd, last, stop);
	if (found != 1 || kd->image == NULL)
		return (found);
	found = kvmi_image_section(kd->image, first + sizeof("__start_") - 1,
	    &s);
	if (found == 0) {
		*start = kvmi_wrap(kd, s.addr + (uint64_t)kd->kerndisp);
		*stop = *start + s.size;
	}
	return (found);
}

int
kvmi_in_set(kvm_t *kd, const char *name, kvaddr_t addr)
{
	kvaddr_t start, stop;
	int found = set_bounds(kd, name, &start, &stop);

	if (found == 1)
		return (kvmi_error(kd, KVM_E_NOSYM, 0,
		    "this kernel has no linker set set_%s", name));
	return (found == -1 ? -1 : addr >= start && addr < stop);
}

/* ---- which vnet */

/* The fields of struct vnet that lead to its data. */
struct vnet_fields {
	struct kvmi_field magic, base, next;
};

static int
find_fields(kvm_t *kd, struct vnet_fields *f)
{
	kvm_type_t *t = kvmi_field_struct(kd, "vnet");

	if (t == NULL ||
	    kvmi_field_find(kd, t, "vnet_magic_n", &f->magic) == -1 ||
	    kvmi_field_find(kd, t, "vnet_data_base", &f->base) == -1 ||
	    kvmi_field_find(kd, t, "vnet_le.le_next", &f->next) == -1)
		return (-1);
	if (f->base.size == 0 || f->magic.size == 0)
		return (kvmi_error(kd, KVM_E_NOTYPE, 0, "struct vnet has "
		    "neither vnet_magic_n nor vnet_data_base"));
	return (0);
}

static int
check_vnet(kvm_t *kd, const struct vnet_fields *f, kvaddr_t vnet)
{
	uint64_t magic;

	if (kvmi_field_read(kd, &f->magic, vnet, &magic) == -1)
		return (kvmi_context(kd, "vnet %#jx", (uintmax_t)vnet));
	if ((uint32_t)magic != VNET_MAGIC_N)
		return (kvmi_error(kd, KVM_E_INVAL, vnet,
		    "there is no vnet at %#jx", (uintmax_t)vnet));
	return (0);
}

static int
use_vnet(kvm_t *kd, kvaddr_t vnet)
{
	struct vnet_fields f;
	uint64_t base;

	if (find_fields(kd, &f) == -1 || check_vnet(kd, &f, vnet) == -1)
		return (-1);
	if (kvmi_field_read(kd, &f.base, vnet, &base) == -1)
		return (kvmi_context(kd, "vnet %#jx", (uintmax_t)vnet));
	kd->vnet = vnet;
	kd->vnet_base = base;
	return (0);
}

/* The thread that crashed, if it is still on a processor; else 0. */
static int
crashed_thread(kvm_t *kd, kvm_type_t *thread, kvaddr_t *td)
{
	struct kvmi_pcpus *c = kvmi_pcpus_typed(kd);
	struct kvmi_field tid, cur;
	uint64_t dumptid, value;
	unsigned int i;

	*td = 0;
	if (c == NULL || kvmi_integer(kd, "dumptid", 4, &dumptid) == -1 ||
	    kvmi_field_find(kd, thread, "td_tid", &tid) == -1 ||
	    kvmi_field_find(kd, c->type, "pc_curthread", &cur) == -1)
		return (-1);
	for (i = 0; i < c->n; i++) {
		if (c->addr[i] == 0 ||
		    kvmi_field_read(kd, &cur, c->addr[i], &value) == -1)
			continue;
		*td = value;
		if (value != 0 &&
		    kvmi_field_read(kd, &tid, *td, &value) == 0 &&
		    value == dumptid)
			return (0);
	}
	*td = 0;
	return (0);
}

/* The network stack of that thread's jail; 0 when it can't be told. */
static kvaddr_t
crashed_vnet(kvm_t *kd)
{
	static const char *const step[][2] = {
		{ "thread", "td_ucred" }, { "ucred", "cr_prison" },
		{ "prison", "pr_vnet" },
	};
	kvm_type_t *t = kvmi_field_struct(kd, step[0][0]);
	struct kvmi_field f;
	kvaddr_t at;
	size_t i;

	if (t == NULL || crashed_thread(kd, t, &at) == -1)
		return (0);
	for (i = 0; at != 0 && i < nitems_of(step); i++) {
		t = kvmi_field_struct(kd, step[i][0]);
		if (t == NULL ||
		    kvmi_field_find(kd, t, step[i][1], &f) == -1 ||
		    kvmi_field_read(kd, &f, at, &at) == -1)
			return (0);
	}
	return (at);
}

/* Of the crashed thread's jail, or the system's own. */
static int
use_default(kvm_t *kd)
{
	struct kvm_error before = kd->error;
	kvaddr_t vnet = crashed_vnet(kd);

	if (vnet != 0 && use_vnet(kd, vnet) == 0) {
		kd->error = before;
		return (0);
	}
	if (kd->error.ke_class == KVM_E_NOMEM)
		return (-1);
	kd->error = before;
	if (kvmi_integer(kd, "vnet0", kd->ptrsize, &vnet) == -1)
		return (-1);
	return (use_vnet(kd, vnet));
}

int
kvm_vnet_select(kvm_t *kd, kvaddr_t vnet)
{

	if (kd == NULL)
		return (-1);
	return (vnet == 0 ? use_default(kd) : use_vnet(kd, vnet));
}

kvaddr_t
kvm_vnet(kvm_t *kd)
{

	if (kd == NULL || (kd->vnet == 0 && use_default(kd) == -1))
		return (0);
	return (kd->vnet);
}

int
kvm_vnet_list(kvm_t *kd, kvaddr_t *vnets, int max)
{
	struct vnet_fields f;
	kvaddr_t at;
	int n;

	if (kd == NULL || find_fields(kd, &f) == -1 ||
	    kvmi_integer(kd, "vnet_head", kd->ptrsize, &at) == -1)
		return (-1);
	for (n = 0; at != 0; n++) {
		if (n == VNETS_MAX)
			return (kvmi_error(kd, KVM_E_FORMAT, at,
			    "the list of vnets has no end"));
		if (check_vnet(kd, &f, at) == -1)
			return (-1);
		if (n < max)
			vnets[n] = at;
		if (kvmi_field_read(kd, &f.next, at, &at) == -1)
			return (kvmi_context(kd, "the list of vnets"));
	}
	return (n);
}

int
kvmi_vnet_address(kvm_t *kd, kvaddr_t *addr)
{
	int in = kvmi_in_set(kd, "vnet", *addr);

	if (in != 1)
		return (in);
	if (kd->vnet == 0 && use_default(kd) == -1)
		return (-1);
	*addr = kvmi_wrap(kd, *addr + kd->vnet_base);
	return (0);
}
