/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * look.h: ask a kernel for its types, whatever they come from.
 */
#ifndef _LOOK_H_
#define	_LOOK_H_

#include "fuzz.h"

static inline void
look_at(kvm_type_t *t)
{
	struct kvm_enumerator e;
	struct kvm_member m;
	char text[40];
	size_t i;

	(void)kvm_type_spell(t, "x", text, sizeof(text));
	(void)kvm_type_size(t);
	(void)kvm_type_strip(t);
	(void)kvm_type_target(t);
	(void)kvm_type_nelems(t);
	(void)kvm_type_pointer(t);
	(void)kvm_type_find_member(t, "p_pid", &m);
	(void)kvm_type_enum_name(t, 5);
	for (i = 0; i < 20; i++) {
		(void)kvm_type_member(t, i, &m);
		(void)kvm_type_enumerator(t, i, &e);
		(void)kvm_type_param(t, i);
	}
}

static inline void
look(kvm_t *kd)
{
	static const char *const names[] = { "allproc", "hz", "panic" };
	size_t i, n = kvm_type_count(kd);
	struct kvm_symbol sym;
	kvm_type_t *t;
	int64_t value;

	for (i = 0; i < n && i < 500; i++)
		if ((t = kvm_type_entry(kd, i)) != NULL)
			look_at(t);
	for (i = 0; i < 3; i++)
		if (kvm_symbol(kd, names[i], &sym) == 0 &&
		    (t = kvm_type_of_symbol(kd, &sym)) != NULL)
			look_at(t);
	(void)kvm_type(kd, KVM_K_STRUCT, "proc");
	(void)kvm_type(kd, KVM_K_TYPEDEF, "pid_t");
	(void)kvm_type(kd, KVM_K_INTEGER, "unsigned long");
	(void)kvm_enumerator(kd, "GREEN", &value);
}

#endif /* !_LOOK_H_ */
