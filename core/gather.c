/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * gather.c: hashed page tables give up their mappings in no order; this puts
 * them into the one that walks promise.
 */
#include <stdlib.h>

#include "private.h"

int
kvmi_gather_add(kvm_t *kd, struct kvmi_gather *g, kvaddr_t va,
    const struct kvmi_pte *pte)
{
	struct kvmi_mapping *list;
	size_t size;

	if (g->n == g->size) {
		size = g->size == 0 ? 1024 : g->size * 2;
		list = realloc(g->list, size * sizeof(*list));
		if (list == NULL)
			return (kvmi_nomem(kd, "list of mappings"));
		g->list = list;
		g->size = size;
	}
	g->list[g->n].va = va;
	g->list[g->n++].pte = *pte;
	return (0);
}

static int
compare_mappings(const void *a, const void *b)
{
	const struct kvmi_mapping *x = a, *y = b;

	return (x->va < y->va ? -1 : x->va > y->va);
}

int
kvmi_gather_walk(kvm_t *kd, struct kvmi_gather *g, kvmi_walk_cb_t *cb,
    void *arg)
{
	size_t i;
	int error = 0;

	if (g->n > 0)
		qsort(g->list, g->n, sizeof(*g->list), compare_mappings);
	for (i = 0; i < g->n && error == 0; i++)
		if (i == 0 || g->list[i].va != g->list[i - 1].va)
			error = cb(kd, g->list[i].va, &g->list[i].pte, arg);
	free(g->list);
	memset(g, 0, sizeof(*g));
	return (error);
}
