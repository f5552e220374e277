/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * loadavg.c: how busy the system was: load averages, processor time.
 */
#include "pcpu.h"

#define	LOADS		3	/* sys/resource.h, struct loadavg */
#define	CPUSTATES	5	/* sys/resource.h */

/* ---- kvm_getloadavg */

struct loads {
	struct kvmi_field ldavg, fscale;
};

static int
find_loads(kvm_t *kd, struct loads *f)
{
	kvm_type_t *t = kvmi_field_struct(kd, "loadavg");

	if (t == NULL || kvmi_field_find(kd, t, "ldavg", &f->ldavg) == -1 ||
	    kvmi_field_find(kd, t, "fscale", &f->fscale) == -1)
		return (-1);
	if (f->ldavg.size % LOADS != 0 || f->ldavg.size == 0 ||
	    f->fscale.size == 0)
		return (kvmi_error(kd, KVM_E_NOTYPE, 0,
		    "struct loadavg is not what it was"));
	f->ldavg.size /= LOADS;
	f->ldavg.is_scalar = true;
	return (0);
}

static int
getloadavg_dead(kvm_t *kd, double loadavg[], int nelem)
{
	struct loads f;
	kvaddr_t addr;
	uint64_t value, scale;
	int i;

	if (find_loads(kd, &f) == -1 ||
	    kvmi_lookup(kd, "averunnable", &addr) == -1 ||
	    kvmi_field_read(kd, &f.fscale, addr, &scale) == -1)
		return (-1);
	if (scale == 0)
		return (kvmi_error(kd, KVM_E_FORMAT, addr,
		    "the load averages have no scale"));
	for (i = 0; i < nelem && i < LOADS; i++) {
		if (kvmi_field_read(kd, &f.ldavg, addr, &value) == -1)
			return (-1);
		loadavg[i] = (double)value / (double)scale;
		f.ldavg.off += f.ldavg.size;
	}
	return (i);
}

int
kvm_getloadavg(kvm_t *kd, double loadavg[], int nelem)
{
	int n;

	if (kd == NULL)
		return (-1);
	n = getloadavg_dead(kd, loadavg, nelem);
	return (n == -1 ? kvmi_report(kd) : n);
}

/* ---- kvm_getcptime */

/* Add the longs of an array. */
static int
add_states(kvm_t *kd, kvaddr_t addr, size_t size, uint64_t sum[])
{
	uint64_t value;
	int i;

	for (i = 0; i < CPUSTATES; i++) {
		if (kvmi_word(kd, kvmi_wrap(kd, addr + (uint64_t)i * size),
		    size, &value) == -1)
			return (-1);
		sum[i] += value;
	}
	return (0);
}

static int
sum_pcpus(kvm_t *kd, const struct kvmi_pcpus *c, uint64_t sum[])
{
	struct kvmi_field f;
	unsigned int i;

	if (kvmi_field_find(kd, c->type, "pc_cp_time", &f) == -1)
		return (-1);
	if (f.size == 0)
		return (kvmi_error(kd, KVM_E_NOTYPE, 0,
		    "struct pcpu has no member 'pc_cp_time'"));
	for (i = 0; i < c->n; i++)
		if (c->addr[i] != 0 && add_states(kd, kvmi_wrap(kd,
		    c->addr[i] + f.off), kd->ptrsize, sum) == -1)
			return (kvmi_context(kd, "processor %u's times", i));
	return (0);
}

/*
 * The kernel counts each processor's ticks in struct pcpu; before 7, all
 * together in a variable, which kernels without types might still have.
 */
static int
sum_times(kvm_t *kd, uint64_t sum[])
{
	struct kvmi_pcpus *c;
	kvaddr_t addr;
	int found;

	found = kvmi_optional(kd, "cp_time", &addr);
	if (found == 0)
		return (add_states(kd, addr, kd->ptrsize, sum));
	if (found == -1 || (c = kvmi_pcpus_typed(kd)) == NULL)
		return (-1);
	return (sum_pcpus(kd, c, sum));
}

int
kvm_getcptime(kvm_t *kd, long *cp_time)
{
	uint64_t sum[CPUSTATES] = { 0 };
	int i;

	if (kd == NULL)
		return (0);
	if (sum_times(kd, sum) == -1)
		return (kvmi_report(kd));
	for (i = 0; i < CPUSTATES; i++)
		cp_time[i] = (long)sum[i];
	return (0);
}
