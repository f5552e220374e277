/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * swapinfo.c: swap devices, by the list of struct swdevt (vm/swap_pager.h).
 */
#include <limits.h>
#include <stdio.h>

#include "field.h"

/* NSWAPDEV was 4 once, and 256 would be many; more is damage. */
#define	DEVICES_MAX	65536

struct swap_fields {
	struct kvmi_field nblks, used, flags, dev, id, next;
	struct kvmi_field provider, name;	/* GEOM's; size 0: unknown */
};

static int
find_geom(kvm_t *kd, struct swap_fields *f)
{
	kvm_type_t *consumer = kvmi_field_struct(kd, "g_consumer");
	kvm_type_t *provider = kvmi_field_struct(kd, "g_provider");

	if (consumer == NULL || provider == NULL)
		return (kd->error.ke_class == KVM_E_NOMEM ? -1 : 0);
	if (kvmi_field_find(kd, consumer, "provider", &f->provider) == -1)
		return (-1);
	return (kvmi_field_find(kd, provider, "name", &f->name));
}

static int
find_fields(kvm_t *kd, struct swap_fields *f)
{
	kvm_type_t *t = kvmi_field_struct(kd, "swdevt");
	struct kvm_error before = kd->error;

	memset(f, 0, sizeof(*f));
	if (t == NULL ||
	    kvmi_field_find(kd, t, "sw_nblks", &f->nblks) == -1 ||
	    kvmi_field_find(kd, t, "sw_used", &f->used) == -1 ||
	    kvmi_field_find(kd, t, "sw_flags", &f->flags) == -1 ||
	    kvmi_field_find(kd, t, "sw_dev", &f->dev) == -1 ||
	    kvmi_field_find(kd, t, "sw_id", &f->id) == -1 ||
	    kvmi_field_find(kd, t, "sw_list.tqe_next", &f->next) == -1)
		return (-1);
	if (f->nblks.size == 0 || f->used.size == 0 || f->next.size == 0)
		return (kvmi_error(kd, KVM_E_NOTYPE, 0,
		    "struct swdevt is not what it was"));
	if (find_geom(kd, f) == -1)
		return (-1);
	kd->error = before;
	return (0);
}

/* Names of device nodes are shorter than this (SPECNAMELEN). */
#define	NAME_SIZE	256

/* The GEOM provider that the swap pager is a consumer of. */
static bool
provider_name(kvm_t *kd, const struct swap_fields *f, kvaddr_t id, char *name)
{
	uint64_t at;

	if (id == 0 || f->provider.size == 0 || f->name.size == 0 ||
	    kvmi_field_read(kd, &f->provider, id, &at) == -1 || at == 0 ||
	    kvmi_field_read(kd, &f->name, at, &at) == -1 || at == 0)
		return (false);
	return (kvm_read_string(kd, at, name, NAME_SIZE) > 0);
}

/*
 * The name under /dev.  A swap file over NFS has no device.  When the name
 * can't be found out, what devname(3) says of an unknown device.
 */
static void
device_name(kvm_t *kd, const struct swap_fields *f, kvaddr_t sw, int flags,
    char *name, size_t size)
{
	struct kvm_error before = kd->error;
	uint64_t dev, id, none;
	char found[NAME_SIZE];

	none = f->dev.size >= 8 ? UINT64_MAX : UINT32_MAX;
	if (kvmi_field_read(kd, &f->dev, sw, &dev) == 0 &&
	    (dev & none) == none) {
		(void)snprintf(name, size, "[NFS swap]");
		return;
	}
	if (kvmi_field_read(kd, &f->id, sw, &id) == -1 ||
	    !provider_name(kd, f, id, found))
		(void)snprintf(found, sizeof(found), "#C:0x%jx",
		    (uintmax_t)dev);
	kd->error = before;
	if ((flags & SWIF_DEV_PREFIX) != 0)
		size -= (size_t)snprintf(name, size, "/dev/");
	(void)snprintf(name + strlen(name), size, "%.*s", (int)size - 1,
	    found);
}

static int
read_device(kvm_t *kd, const struct swap_fields *f, kvaddr_t sw,
    struct kvm_swap *out)
{
	uint64_t total, used, flags;

	memset(out, 0, sizeof(*out));
	if (kvmi_field_read(kd, &f->nblks, sw, &total) == -1 ||
	    kvmi_field_read(kd, &f->used, sw, &used) == -1 ||
	    kvmi_field_read(kd, &f->flags, sw, &flags) == -1)
		return (kvmi_context(kd, "struct swdevt at %#jx",
		    (uintmax_t)sw));
	out->ksw_total = (int)(uint32_t)total;
	out->ksw_used = (int)(uint32_t)used;
	out->ksw_flags = (int)(uint32_t)flags;
	return (0);
}

/* Damaged numbers must not overflow. */
static int
add(int a, int b)
{
	int64_t sum = (int64_t)a + b;

	return (sum > INT_MAX ? INT_MAX : sum < INT_MIN ? INT_MIN : (int)sum);
}

static int
walk(kvm_t *kd, const struct swap_fields *f, struct kvm_swap *swaps, int max,
    int flags, struct kvm_swap *total)
{
	struct kvm_swap one;
	kvaddr_t sw;
	int n;

	if (kvmi_integer(kd, "swtailq", kd->ptrsize, &sw) == -1)
		return (-1);
	for (n = 0; sw != 0; n++) {
		if (n == DEVICES_MAX)
			return (kvmi_error(kd, KVM_E_FORMAT, sw,
			    "the list of swap devices has no end"));
		if (read_device(kd, f, sw, &one) == -1)
			return (-1);
		device_name(kd, f, sw, flags, one.ksw_devname,
		    sizeof(one.ksw_devname));
		if (n < max)
			swaps[n] = one;
		total->ksw_total = add(total->ksw_total, one.ksw_total);
		total->ksw_used = add(total->ksw_used, one.ksw_used);
		if (kvmi_field_read(kd, &f->next, sw, &sw) == -1)
			return (kvmi_context(kd, "the list of swap devices"));
	}
	return (n);
}

int
kvm_getswapinfo(kvm_t *kd, struct kvm_swap *swaps, int maxswap, int flags)
{
	struct kvm_swap total = { .ksw_total = 0 };
	struct swap_fields f;
	int n;

	if (kd == NULL)
		return (0);
	if (maxswap < 1) {
		kvmi_error(kd, KVM_E_INVAL, 0,
		    "kvm_getswapinfo: no room for the total");
		return (kvmi_report(kd));
	}
	if (find_fields(kd, &f) == -1)
		return (kvmi_report(kd));
	n = walk(kd, &f, swaps, maxswap - 1, flags, &total);
	if (n == -1)
		return (kvmi_report(kd));
	if (n > maxswap - 1)
		n = maxswap - 1;
	swaps[n] = total;
	return (n);
}
