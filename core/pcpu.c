/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * pcpu.c: data of which each processor has its own: struct pcpu, DPCPU
 * variables (sys/pcpu.h), and the zones of UMA_ZONE_PCPU, which counter(9)
 * allocates from.
 */
#include <stdlib.h>

#include "pcpu.h"

/* MAXCPU is 1024 at most so far: more is damage. */
#define	CPUS_MAX	65536
/* No struct pcpu is nearly as large. */
#define	PCPU_SIZE_MAX	(1 << 20)

/* ---- how many */

static int
cpu_count(kvm_t *kd, const char *name)
{
	uint64_t n;

	if (kvmi_integer(kd, name, 4, &n) == -1)
		return (-1);
	if (n == 0 || n > CPUS_MAX)
		return (kvmi_error(kd, KVM_E_FORMAT, 0,
		    "variable %s is %ju: that can't be", name, (uintmax_t)n));
	return ((int)n);
}

int
kvm_getmaxcpu(kvm_t *kd)
{
	int n;

	if (kd == NULL)
		return (0);
	n = cpu_count(kd, "mp_maxcpus");
	return (n == -1 ? kvmi_report(kd) : n);
}

int
kvm_getncpus(kvm_t *kd)
{
	int n;

	if (kd == NULL)
		return (0);
	n = cpu_count(kd, "mp_ncpus");
	return (n == -1 ? kvmi_report(kd) : n);
}

/* The number of ids in use, from 0. */
static int
id_count(kvm_t *kd)
{
	int max = cpu_count(kd, "mp_maxcpus");
	uint64_t last;

	if (max == -1)
		return (-1);
	if (kvmi_integer(kd, "mp_maxid", 4, &last) == -1)
		return (-1);
	if (last >= (uint64_t)max)
		return (kvmi_error(kd, KVM_E_FORMAT, 0, "variable mp_maxid is "
		    "%ju: that can't be, with room for %d processors",
		    (uintmax_t)last, max));
	return ((int)last + 1);
}

/* ---- struct pcpu */

/* Kernels without types have processors, too. */
static int
find_type(kvm_t *kd, struct kvmi_pcpus *c)
{
	kvm_type_t *t = kvmi_field_struct(kd, "pcpu");

	if (t == NULL)
		return (kd->error.ke_class == KVM_E_NOMEM ? -1 : 0);
	if (kvm_type_size(t) > PCPU_SIZE_MAX)
		return (0);
	c->size = (size_t)kvm_type_size(t);
	if (kvmi_field_find(kd, t, "pc_zpcpu_offset", &c->zpcpu_offset) == -1)
		return (-1);
	if (kvmi_field_find(kd, t, "pc_early_dummy_counter", &c->early) == -1)
		return (-1);
	c->type = t;
	return (0);
}

static int
find_all(kvm_t *kd, struct kvmi_pcpus *c)
{
	struct kvm_error before = kd->error;
	kvaddr_t table, addr;
	unsigned int i;

	if (kvmi_lookup(kd, "cpuid_to_pcpu", &table) == -1)
		return (-1);
	for (i = 0; i < c->n; i++) {
		if (kvmi_word(kd, kvmi_wrap(kd, table + i * kd->ptrsize),
		    kd->ptrsize, &addr) == -1)
			return (kvmi_context(kd, "cpuid_to_pcpu[%u]", i));
		c->addr[i] = addr;
	}
	if (find_type(kd, c) == -1)
		return (-1);
	kd->error = before;
	return (0);
}

struct kvmi_pcpus *
kvmi_pcpus(kvm_t *kd)
{
	struct kvmi_pcpus *c;
	int n;

	if (kd->pcpus != NULL)
		return (kd->pcpus);
	if ((n = id_count(kd)) == -1)
		return (NULL);
	c = calloc(1, sizeof(*c) + (size_t)n * sizeof(c->addr[0]));
	if (c == NULL) {
		kvmi_nomem(kd, "processors");
		return (NULL);
	}
	c->n = (unsigned int)n;
	if (find_all(kd, c) == -1) {
		free(c);
		return (NULL);
	}
	return (kd->pcpus = c);
}

struct kvmi_pcpus *
kvmi_pcpus_typed(kvm_t *kd)
{
	struct kvmi_pcpus *c = kvmi_pcpus(kd);

	if (c == NULL || c->type != NULL)
		return (c);
	if (kvmi_field_struct(kd, "pcpu") != NULL)
		kvmi_error(kd, KVM_E_FORMAT, 0, "struct pcpu is too large");
	return (NULL);
}

int
kvm_pcpu_address(kvm_t *kd, int cpu, kvaddr_t *addr)
{
	struct kvmi_pcpus *c;

	*addr = 0;
	if (kd == NULL || (c = kvmi_pcpus(kd)) == NULL)
		return (-1);
	if (cpu >= 0 && (unsigned int)cpu < c->n)
		*addr = c->addr[cpu];
	return (0);
}

/* What kvm_getpcpu(3) returns for an error, as documented. */
static void *
no_pcpu(kvm_t *kd)
{

	kvmi_report(kd);
	return ((void *)(intptr_t)-1);
}

void *
kvm_getpcpu(kvm_t *kd, int cpu)
{
	struct kvmi_pcpus *c;
	void *buf;

	if (kd == NULL)
		return (NULL);
	if ((c = kvmi_pcpus_typed(kd)) == NULL)
		return (no_pcpu(kd));
	if (cpu < 0 || (unsigned int)cpu >= c->n || c->addr[cpu] == 0)
		return (NULL);
	if ((buf = malloc(c->size)) == NULL) {
		kvmi_nomem(kd, "struct pcpu");
		return (no_pcpu(kd));
	}
	if (kvm_read_partial(kd, c->addr[cpu], buf, c->size, NULL) == -1) {
		free(buf);
		kvmi_context(kd, "struct pcpu of processor %d", cpu);
		return (no_pcpu(kd));
	}
	return (buf);
}

/* ---- DPCPU */

/* dpcpu_off[cpu]; 0 is what an absent processor has.  0, or -1. */
static int
dpcpu_offset(kvm_t *kd, unsigned int cpu, kvaddr_t *off)
{
	struct kvmi_pcpus *c = kvmi_pcpus(kd);
	kvaddr_t table;

	*off = 0;
	if (c == NULL || kvmi_lookup(kd, "dpcpu_off", &table) == -1)
		return (-1);
	if (cpu >= c->n)
		return (0);
	if (kvmi_word(kd, kvmi_wrap(kd, table + cpu * kd->ptrsize),
	    kd->ptrsize, off) == -1)
		return (kvmi_context(kd, "dpcpu_off[%u]", cpu));
	return (0);
}

static int
dpcpu_present(kvm_t *kd, unsigned int cpu, kvaddr_t *off)
{

	if (dpcpu_offset(kd, cpu, off) == -1)
		return (-1);
	if (*off != 0)
		return (0);
	return (kvmi_error(kd, KVM_E_INVAL, 0, "there is no processor %u, or "
	    "it has no dynamic per-CPU data", cpu));
}

int
kvm_dpcpu_setcpu(kvm_t *kd, unsigned int cpu)
{
	kvaddr_t off;

	if (kd == NULL)
		return (0);
	if (dpcpu_present(kd, cpu, &off) == -1)
		return (kvmi_report(kd));
	kd->dpcpu_cpu = cpu;
	return (0);
}

int
kvmi_dpcpu_address(kvm_t *kd, kvaddr_t *addr)
{
	int in = kvmi_in_set(kd, "pcpu", *addr);
	kvaddr_t off;

	if (in != 1)
		return (in);
	if (dpcpu_present(kd, kd->dpcpu_cpu, &off) == -1)
		return (-1);
	*addr = kvmi_wrap(kd, *addr + off);
	return (0);
}

/* ---- UMA_ZONE_PCPU, counter(9) */

/*
 * From base to the slot of a processor.  Kernels that keep this number in
 * struct pcpu (13: it includes the bias of amd64's pointers) are asked for it.
 * Others have one slot a page, or (11) as large as struct pcpu: until then,
 * there was no counter in struct pcpu for those who count too early.
 */
static int
zpcpu_offset(kvm_t *kd, const struct kvmi_pcpus *c, unsigned int cpu,
    uint64_t *off)
{

	if (c->zpcpu_offset.size != 0)
		return (kvmi_field_read(kd, &c->zpcpu_offset, c->addr[cpu],
		    off));
	*off = (uint64_t)cpu * (c->early.size != 0 ?
	    (uint64_t)1 << kd->page_shift : c->size);
	return (0);
}

static int
read_slot(kvm_t *kd, const struct kvmi_pcpus *c, kvaddr_t base, void *buf,
    size_t size, unsigned int cpu)
{
	uint64_t off;

	if (zpcpu_offset(kd, c, cpu, &off) == -1 ||
	    kvm_read_partial(kd, kvmi_wrap(kd, base + off), buf, size,
	    NULL) == -1)
		return (kvmi_context(kd, "processor %u's part of %#jx", cpu,
		    (uintmax_t)base));
	return (0);
}

ssize_t
kvm_read_zpcpu(kvm_t *kd, kvaddr_t base, void *buf, size_t size, int cpu)
{
	struct kvmi_pcpus *c;

	if (kd == NULL)
		return (-1);
	if ((c = kvmi_pcpus_typed(kd)) == NULL)
		return (kvmi_report(kd));
	if (cpu < 0 || (unsigned int)cpu >= c->n || c->addr[cpu] == 0) {
		kvmi_error(kd, KVM_E_INVAL, 0, "there is no processor %d",
		    cpu);
		return (kvmi_report(kd));
	}
	if (read_slot(kd, c, base, buf, size, (unsigned int)cpu) == -1)
		return (kvmi_report(kd));
	return ((ssize_t)size);
}

/*
 * A counter that was never allocated is EARLY_COUNTER (sys/counter.h), the
 * dummy in struct pcpu: of the first processor, or relative to any (amd64).
 */
static bool
is_early(const struct kvmi_pcpus *c, kvaddr_t base)
{

	return (c->early.size != 0 && (base == c->early.off ||
	    (c->addr[0] != 0 && base == c->addr[0] + c->early.off)));
}

uint64_t
kvm_counter_u64_fetch(kvm_t *kd, kvaddr_t base)
{
	struct kvmi_pcpus *c;
	uint64_t sum = 0;
	uint8_t b[8];
	unsigned int i;

	if (kd == NULL)
		return (0);
	kvmi_forget(kd);
	if ((c = kvmi_pcpus_typed(kd)) == NULL) {
		kvmi_report(kd);
		return (0);
	}
	if (is_early(c, base))
		return (0);
	for (i = 0; i < c->n; i++) {
		if (c->addr[i] == 0)
			continue;
		if (read_slot(kd, c, base, b, sizeof(b), i) == -1) {
			kvmi_report(kd);
			return (0);
		}
		sum += kvmi_get64(b, kd->bigendian);
	}
	return (sum);
}
