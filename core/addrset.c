/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * addrset.c: a set of addresses, by open addressing.
 */
#include <stdlib.h>

#include "proc.h"

#define	FIRST_SIZE	256

static size_t
slot_of(const struct kvmi_addrset *set, kvaddr_t addr)
{
	size_t i;

	/* Structs are aligned: the low bits say little. */
	i = (size_t)((addr >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> 20);
	for (i &= set->size - 1; set->slots[i] != 0 && set->slots[i] != addr;)
		i = (i + 1) & (set->size - 1);
	return (i);
}

static int
grow(struct kvmi_addrset *set)
{
	struct kvmi_addrset more = { .used = set->used };
	size_t i;

	more.size = set->size == 0 ? FIRST_SIZE : set->size * 2;
	more.slots = calloc(more.size, sizeof(more.slots[0]));
	if (more.slots == NULL)
		return (-1);
	for (i = 0; i < set->size; i++)
		if (set->slots[i] != 0)
			more.slots[slot_of(&more, set->slots[i])] =
			    set->slots[i];
	free(set->slots);
	*set = more;
	return (0);
}

int
kvmi_addrset_add(kvm_t *kd, struct kvmi_addrset *set, kvaddr_t addr)
{
	size_t i;

	if (set->used * 2 >= set->size && grow(set) == -1)
		return (kvmi_nomem(kd, "a list of processes"));
	i = slot_of(set, addr);
	if (set->slots[i] == addr)
		return (0);
	set->slots[i] = addr;
	set->used++;
	return (1);
}

void
kvmi_addrset_deinit(struct kvmi_addrset *set)
{

	free(set->slots);
	memset(set, 0, sizeof(*set));
}
