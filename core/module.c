/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * module.c: the files of loaded modules, each an ELF file of its own beside
 * the kernel's.
 *
 * Where the kernel has put a module is not for this file to know: the caller
 * says where each section lies.  From then on its symbols have addresses, and
 * kvm_nlist(3) finds them.
 */
#include <gelf.h>
#include <stdlib.h>

#include "ctf.h"
#include "module.h"

/* A module is of the same machine as the kernel that loaded it. */
static int
check_ident(kvm_t *kd, const struct kvmi_image *img)
{
	const char *path = kvmi_image_path(img);
	struct kvmi_ident kernel, own;
	bool same;

	kvmi_image_ident(img, &own);
	if (own.type != ET_REL && own.type != ET_DYN)
		return (kvmi_error(kd, KVM_E_FORMAT, 0,
		    "%s: neither a relocatable file nor a shared object: no "
		    "module", path));
	same = own.bigendian == kd->bigendian && (kd->ptrsize == 0 ||
	    (own.class == ELFCLASS64) == (kd->ptrsize == 8));
	if (kd->image != NULL) {
		kvmi_image_ident(kd->image, &kernel);
		same = own.machine == kernel.machine &&
		    own.class == kernel.class &&
		    own.bigendian == kernel.bigendian;
	}
	if (!same)
		return (kvmi_error(kd, KVM_E_FORMAT, 0,
		    "%s: for another machine than the kernel", path));
	return (0);
}

kvm_module_t *
kvm_module_open(kvm_t *kd, const char *path)
{
	kvm_module_t *m, **last;

	if ((m = calloc(1, sizeof(*m))) == NULL) {
		kvmi_nomem(kd, path);
		return (NULL);
	}
	m->kd = kd;
	if ((m->image = kvmi_image_create(kd, path)) == NULL ||
	    check_ident(kd, m->image) != 0) {
		kvmi_image_destroy(m->image);
		free(m);
		return (NULL);
	}
	m->image->is_module = true;
	for (last = &kd->modules; *last != NULL; last = &(*last)->next)
		continue;
	*last = m;
	return (m);
}

void
kvmi_modules_destroy(kvm_t *kd)
{
	kvm_module_t *m;

	while ((m = kd->modules) != NULL) {
		kd->modules = m->next;
		if (m->types != NULL)
			m->types->ops->destroy(m->types);
		kvmi_image_destroy(m->image);
		free(m);
	}
}

const char *
kvm_module_path(kvm_module_t *m)
{

	return (kvmi_image_path(m->image));
}

bool
kvm_module_relocatable(kvm_module_t *m)
{
	struct kvmi_ident ident;

	kvmi_image_ident(m->image, &ident);
	return (ident.type == ET_REL);
}

size_t
kvm_module_section_count(kvm_module_t *m)
{

	return (m->image->nsections);
}

int
kvm_module_section(kvm_module_t *m, size_t index,
    struct kvm_module_section *out)
{
	const struct kvmi_elfsect *s;

	if (index >= m->image->nsections)
		return (kvmi_error(m->kd, KVM_E_INVAL, 0,
		    "no section number %zu in %s", index, kvm_module_path(m)));
	s = &m->image->sections[index];
	out->kms_name = s->name;
	out->kms_type = s->type;
	out->kms_flags = s->flags;
	out->kms_addr = s->addr;
	out->kms_size = s->size;
	out->kms_placed = s->placed;
	return (0);
}

int
kvm_module_place(kvm_module_t *m, size_t index, kvaddr_t addr)
{

	if (index > UINT32_MAX ||
	    kvmi_image_place(m->image, (uint32_t)index, addr) != 0)
		return (kvmi_error(m->kd, KVM_E_INVAL, 0,
		    "%s has no section number %zu that takes up memory",
		    kvm_module_path(m), index));
	m->placed = true;
	return (0);
}

int
kvm_module_symbol(kvm_module_t *m, const char *name, struct kvm_symbol *sym)
{
	int error = kvmi_image_symbol(m->image, name, sym);

	if (error > 0)
		kvmi_error(m->kd, KVM_E_NOSYM, 0, "no symbol %s in %s", name,
		    kvm_module_path(m));
	return (error == 0 ? 0 : -1);
}

int
kvm_module_symbol_at(kvm_module_t *m, kvaddr_t addr, struct kvm_symbol *sym)
{
	int error = kvmi_image_symbol_at(m->image, addr, sym);

	if (error > 0)
		kvmi_error(m->kd, KVM_E_NOSYM, 0, "no symbol at %#jx in %s",
		    (uintmax_t)addr, kvm_module_path(m));
	return (error == 0 ? 0 : -1);
}

int
kvm_module_symbol_entry(kvm_module_t *m, size_t index, struct kvm_symbol *sym)
{
	int error = kvmi_image_symbol_entry(m->image, index, sym);

	if (error > 0)
		kvmi_error(m->kd, KVM_E_INVAL, 0, "no symbol number %zu in %s",
		    index, kvm_module_path(m));
	return (error == 0 ? 0 : -1);
}

size_t
kvm_module_symbol_count(kvm_module_t *m)
{

	return (kvmi_image_symbol_count(m->image));
}

int
kvmi_module_lookup(kvm_t *kd, const char *name, struct kvm_nlist *nl)
{
	struct kvm_symbol sym;
	kvm_module_t *m;
	int error;

	for (m = kd->modules; m != NULL; m = m->next) {
		error = m->placed ?
		    kvmi_image_symbol(m->image, name, &sym) : 1;
		if (error < 0)
			return (-1);
		if (error > 0)
			continue;
		nl->n_value = sym.ks_value;
		nl->n_type = sym.ks_ntype;
		return (0);
	}
	return (kvmi_error(kd, KVM_E_NOSYM, 0, "no symbol %s in a module",
	    name));
}

/* ---- types */

/* Those of a container that leaves out what the kernel has are its child's. */
static int
join_kernel(kvm_module_t *m, struct kvmi_types *types)
{

	if (m->types->parent_name[0] != '\0' && types->source == NULL)
		return (kvmi_error(m->kd, KVM_E_NOTYPE, 0, "%s: its types "
		    "build on those of %s, which has none",
		    kvm_module_path(m), m->types->parent_name));
	if (m->types->parent_name[0] != '\0')
		return (kvmi_ctf_adopt(m->types, types->source));
	m->types->parent = types->source;
	return (0);
}

static int
load_types(kvm_module_t *m, struct kvmi_types *types)
{

	if ((m->types = kvmi_ctf_create(m->kd, m->image)) != NULL &&
	    join_kernel(m, types) == 0)
		return (0);
	if (m->types != NULL)
		m->types->ops->destroy(m->types);
	m->types = NULL;
	m->problem = m->kd->error;
	/* Memory may be there the next time. */
	m->asked = m->problem.ke_class != KVM_E_NOMEM;
	return (-1);
}

/* The module's types, read when they are first asked for; or why not. */
static struct kvmi_types *
types_of(kvm_module_t *m)
{
	struct kvmi_types *types = kvmi_types_of(m->kd);

	if (types == NULL || m->types != NULL)
		return (types);
	if (!m->asked)
		return (load_types(m, types) == 0 ? types : NULL);
	m->kd->error = m->problem;
	return (NULL);
}

kvm_type_t *
kvm_module_type(kvm_module_t *m, enum kvm_kind kind, const char *name)
{
	struct kvmi_types *types;

	if ((types = types_of(m)) == NULL)
		return (NULL);
	return (kvmi_type_in(types, m->types, kind, name));
}

kvm_type_t *
kvm_module_type_of_symbol(kvm_module_t *m, const struct kvm_symbol *sym)
{
	struct kvmi_types *types;

	if ((types = types_of(m)) == NULL)
		return (NULL);
	return (kvmi_type_of_symbol_in(types, m->types, sym));
}
