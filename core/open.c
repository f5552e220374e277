/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * open.c: kvm_open(3) and its relatives: bring a kernel file and a dump
 * together in a descriptor.
 */
#include <sys/param.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include <elf.h>

#include "private.h"

#ifndef MAXPATHLEN
#define	MAXPATHLEN	4096
#endif

static const struct kvmi_arch *const arches[] = {
#define	KVMI_ARCH(name)	&kvmi_arch_##name,
#include "arch/arches.h"
#undef KVMI_ARCH
};

/* What kvm_open2() adds to kvm_openx(). */
struct request {
	struct kvm_open_args	 args;
	int			(*resolver2)(const char *, kvaddr_t *);
};

static int
open_kernel(kvm_t *kd, const struct kvm_open_args *args)
{
	char path[MAXPATHLEN];

	if ((args->ka_options & KVM_OPEN_NOKERNEL) != 0) {
		if (args->ka_execfile == NULL)
			return (0);
		return (kvmi_error(kd, KVM_E_INVAL, 0,
		    "a kernel file was given along with KVM_OPEN_NOKERNEL"));
	}
	if (args->ka_execfile == NULL) {
		if (kvmi_live_kernel(kd, path, sizeof(path)) == -1)
			return (-1);
		kd->image = kvmi_image_create(kd, path);
		return (kd->image == NULL ? -1 : 0);
	}
	if (strlen(args->ka_execfile) >= MAXPATHLEN)
		return (kvmi_error(kd, KVM_E_INVAL, 0,
		    "the name of the kernel file is too long (%d bytes at "
		    "most)", MAXPATHLEN - 1));
	kd->image = kvmi_image_create(kd, args->ka_execfile);
	return (kd->image == NULL ? -1 : 0);
}

/* The kernel file must be of the dump's architecture. */
static int
match_kernel(kvm_t *kd)
{
	struct kvmi_ident ident;

	if (kd->image == NULL)
		return (0);
	kvmi_image_ident(kd->image, &ident);
	if (kd->arch->kernel(&ident))
		return (0);
	return (kvmi_error(kd, KVM_E_FORMAT, 0,
	    "%s is not a kernel for this dump: an ELF file of machine %u, "
	    "type %u; the dump is of %s", kvmi_image_path(kd->image),
	    ident.machine, ident.type, kd->arch->name));
}

static int
set_arch(kvm_t *kd, const struct kvmi_arch *arch, enum kvm_dump_kind kind)
{

	kd->arch = arch;
	kd->arch_name = arch->name;
	kd->kind = kind;
	return (match_kernel(kd));
}

static int
open_minidump(kvm_t *kd, const uint8_t *magic)
{
	size_t i, len;

	for (i = 0; i < nitems_of(arches); i++) {
		len = strlen(arches[i]->magic) + 1;
		if (len == 1 || memcmp(magic, arches[i]->magic, len) != 0)
			continue;
		if (set_arch(kd, arches[i], KVM_DUMP_MINI) == -1)
			return (-1);
		return (kd->arch->minidump(kd));
	}
	return (kvmi_error(kd, KVM_E_NOTSUP, 0,
	    "a minidump of an unknown architecture: \"%.24s\"",
	    (const char *)magic));
}

/* Physical memory: kd->elf is ready, and tells the architecture. */
static int
open_segments(kvm_t *kd)
{
	struct kvmi_ident ident = { .type = ET_EXEC /* any will do */ };
	size_t i;

	ident.class = kd->elf.class;
	ident.machine = kd->elf.machine;
	ident.bigendian = kd->elf.bigendian;
	for (i = 0; i < nitems_of(arches); i++) {
		if (!arches[i]->kernel(&ident))
			continue;
		kd->bigendian = kd->elf.bigendian;
		kd->ptrsize = kd->elf.class == ELFCLASS64 ? 8 : 4;
		if (set_arch(kd, arches[i], KVM_DUMP_FULL) == -1 ||
		    kvmi_match_byteorder(kd) == -1)
			return (-1);
		return (kd->arch->full(kd));
	}
	return (kvmi_error(kd, KVM_E_NOTSUP, 0,
	    "a full dump of an unknown architecture: ELF class %u, machine "
	    "%u", ident.class, ident.machine));
}

static int
open_full(kvm_t *kd)
{

	if (kvmi_elfcore_init(kd, &kd->elf, 0) == -1)
		return (-1);
	return (open_segments(kd));
}

static int
not_a_dump(kvm_t *kd)
{

	return (kvmi_error(kd, KVM_E_FORMAT, 0,
	    strcmp(kd->encryption, "none") == 0 ?
	    "not a FreeBSD kernel crash dump" :
	    "what the private key decrypts is not a FreeBSD kernel crash dump "
	    "(the wrong key?)"));
}

/* No header at all: perhaps the bytes of physical memory. */
static int
open_raw(kvm_t *kd)
{
	int raw;

	raw = kd->image == NULL ? kvmi_rawmem_describe(kd) :
	    kvmi_rawmem_open(kd);
	if (raw != 1)
		return (raw == -1 ? -1 : not_a_dump(kd));
	if (kd->image == NULL) {
		kd->kind = KVM_DUMP_FULL;
		return (0);
	}
	if (open_segments(kd) == -1)
		return (kvmi_context(kd, "neither a FreeBSD kernel crash dump "
		    "nor physical memory with this kernel in it"));
	return (0);
}

static int
open_headerless(kvm_t *kd)
{
	size_t i;

	for (i = 0; i < nitems_of(arches); i++) {
		if (!arches[i]->headerless(kd))
			continue;
		if (set_arch(kd, arches[i], KVM_DUMP_FULL) == -1)
			return (-1);
		return (kd->arch->full(kd));
	}
	return (open_raw(kd));
}

/* A dump that holds no kernel memory, or none that can be read. */
static int
no_memory(kvm_t *kd, const struct kvm_open_args *args)
{

	if ((args->ka_options & KVM_OPEN_NOKERNEL) != 0)
		return (0);
	return (kvmi_error(kd, KVM_E_NOTSUP, 0,
	    "a textdump: it holds no kernel memory"));
}

/* The dump's own header decides what it is. */
static int
open_kind(kvm_t *kd, const struct kvm_open_args *args)
{
	const uint8_t *head;

	if (kvmi_container_open(kd, args) == -1)
		return (-1);
	kvmi_bytes_tail(&kd->bytes, kd->note.length);
	if (kd->kind != KVM_DUMP_NONE)
		return (no_memory(kd, args));
	head = kvmi_bytes_at(kd, &kd->bytes, 0, 64);
	if (head != NULL && memcmp(head, "minidump", 8) == 0)
		return (open_minidump(kd, head));
	if (head != NULL && memcmp(head, "\177ELF", 4) == 0)
		return (open_full(kd));
	return (open_headerless(kd));
}

/* The running kernel is of the architecture of its file. */
static int
open_live(kvm_t *kd, const struct kvm_open_args *args)
{
	struct kvmi_ident ident;
	size_t i;

	if (kvmi_live_open(kd, args->ka_flags) == -1)
		return (-1);
	if (kd->image == NULL)
		return (0);
	kvmi_image_ident(kd->image, &ident);
	kd->bigendian = ident.bigendian;
	kd->ptrsize = ident.class == ELFCLASS64 ? 8 : 4;
	for (i = 0; kd->arch == NULL && i < nitems_of(arches); i++)
		if (arches[i]->kernel(&ident))
			kd->arch = arches[i];
	return (0);
}

static int
open_core(kvm_t *kd, const struct kvm_open_args *args)
{
	const char *path = args->ka_corefile;

	if (kvmi_live_is(path))
		return (open_live(kd, args));
	if (strcmp(path, "/dev/null") == 0)
		return (0);
	if (kvmi_bytes_init(kd, &kd->bytes, path, args->ka_flags) == -1)
		return (-1);
	kvmi_note_init(&kd->note, path);
	if (open_kind(kd, args) == -1)
		return (kvmi_context(kd, "%s", path));
	return (0);
}

static bool
has_resolver(const struct request *r)
{

	return (r->resolver2 != NULL || r->args.ka_resolver != NULL);
}

static int
open_all(kvm_t *kd, const struct request *r)
{
	int flags = r->args.ka_flags;

	if (flags != O_RDONLY && flags != O_WRONLY && flags != O_RDWR)
		return (kvmi_error(kd, KVM_E_INVAL, 0,
		    "flags %#x: only O_RDONLY, O_WRONLY and O_RDWR are "
		    "permitted", (unsigned int)flags));
	if (kvmi_tlb_init(kd) == -1 || open_kernel(kd, &r->args) == -1)
		return (-1);
	if (r->args.ka_debugfile != NULL &&
	    kvmi_dwarf_name(kd, r->args.ka_debugfile) == -1)
		return (-1);
	if (open_core(kd, &r->args) == -1)
		return (-1);
	if ((r->args.ka_options & KVM_OPEN_RESOLVER) != 0 &&
	    !kvm_native(kd) && !has_resolver(r))
		return (kvmi_error(kd, KVM_E_NOTSUP, 0,
		    "a dump of %s is not native to this host: it needs a "
		    "symbol resolver (kvm_open2, kvm_elf_resolver)",
		    kd->arch->name));
	return (0);
}

static void
init_descriptor(kvm_t *kd, const struct request *r)
{
	const struct kvm_open_args *args = &r->args;

	kd->mmu = &kvmi_mmu_none;
	kd->page_shift = 12;
	kd->va_max = UINT64_MAX;
	kd->ptrsize = sizeof(void *);
	kd->bytes.form = "none";
	kd->live_fd = -1;
	kd->container = "file";
	kd->encryption = "none";
	kd->arch_name = "";
	kvmi_note_clear(&kd->note);
	kd->errstr = args->ka_errstr;
	kd->options = args->ka_options;
	kd->cachedir = args->ka_cachedir;
	kd->progress = args->ka_progress;
	kd->progress_arg = args->ka_progress_arg;
	if (r->resolver2 != kvm_elf_resolver)
		kd->resolver2 = r->resolver2;
	kd->resolver = args->ka_resolver;
	kd->resolver_arg = args->ka_arg;
}

static void
destroy(kvm_t *kd)
{

	kvmi_procs_destroy(kd->procs);
	free(kd->pcpus);
	if (kd->types != NULL)
		kvmi_types_destroy(kd->types);
	kvmi_modules_destroy(kd);
	free(kd->arch_data);
	kvmi_pagemap_deinit(&kd->pagemap);
	kvmi_elfcore_deinit(&kd->elf);
	kvmi_note_deinit(&kd->note);
	kvmi_dwarf_destroy(kd->dwarf);
	if (kd->debug != NULL)
		kvmi_image_destroy(kd->debug);
	if (kd->image != NULL)
		kvmi_image_destroy(kd->image);
	kvmi_bytes_deinit(&kd->bytes);
	kvmi_live_close(kd);
	free(kd->tlb);
	free(kd);
}

static void
copy_error(struct kvm_error *to, const struct kvm_error *from)
{

	if (to != NULL)
		memcpy(to, from, sizeof(*to));
}

static kvm_t *
open_request(const struct request *r, struct kvm_error *err)
{
	kvm_t *kd;

	kd = calloc(1, sizeof(*kd));
	if (kd == NULL) {
		if (r->args.ka_errstr != NULL)
			fprintf(stderr, "%s: out of memory\n",
			    r->args.ka_errstr);
		if (err != NULL) {
			memset(err, 0, sizeof(*err));
			err->ke_class = KVM_E_NOMEM;
			snprintf(err->ke_message, sizeof(err->ke_message),
			    "out of memory");
		}
		return (NULL);
	}
	init_descriptor(kd, r);
	if (open_all(kd, r) == 0) {
		memset(&kd->error, 0, sizeof(kd->error));
		return (kd);
	}
	kvmi_report(kd);
	copy_error(err, &kd->error);
	destroy(kd);
	return (NULL);
}

/* The BSD way: errbuf gets the message of a failed open. */
static kvm_t *
open_errbuf(const struct request *r, char *errbuf)
{
	struct kvm_error err;
	kvm_t *kd;

	kd = open_request(r, &err);
	if (kd == NULL && errbuf != NULL)
		memcpy(errbuf, err.ke_message, _POSIX2_LINE_MAX);
	return (kd);
}

static struct request
classic_request(const char *execfile, const char *corefile, int flags)
{
	struct request r = { .args = { .ka_options = KVM_OPEN_RESOLVER } };

	r.args.ka_execfile = execfile;
	r.args.ka_corefile = corefile;
	r.args.ka_flags = flags;
	return (r);
}

kvm_t *
kvm_open(const char *execfile, const char *corefile, const char *swapfile,
    int flags, const char *errstr)
{
	struct request r = classic_request(execfile, corefile, flags);

	(void)swapfile;
	r.args.ka_errstr = errstr;
	return (open_request(&r, NULL));
}

kvm_t *
kvm_openfiles(const char *execfile, const char *corefile,
    const char *swapfile, int flags, char *errbuf)
{
	struct request r = classic_request(execfile, corefile, flags);

	(void)swapfile;
	return (open_errbuf(&r, errbuf));
}

kvm_t *
kvm_open2(const char *execfile, const char *corefile, int flags,
    char *errbuf, int (*resolver)(const char *, kvaddr_t *))
{
	struct request r = classic_request(execfile, corefile, flags);

	r.resolver2 = resolver;
	return (open_errbuf(&r, errbuf));
}

kvm_t *
kvm_openx(const struct kvm_open_args *args, struct kvm_error *err)
{
	struct request r = { .args = *args };

	return (open_request(&r, err));
}

int
kvm_close(kvm_t *kd)
{

	if (kd == NULL) {
		errno = EINVAL;
		return (-1);
	}
	destroy(kd);
	return (0);
}

int
kvm_native(kvm_t *kd)
{

	return (kd != NULL && (kd->arch == NULL || kd->arch->native(kd)));
}

kssize_t
kvm_kerndisp(kvm_t *kd)
{

	return (kd == NULL ? 0 : kd->kerndisp);
}

int
kvm_byteorder(kvm_t *kd)
{

	return (kd != NULL && kd->bigendian);
}

unsigned int
kvm_ptrsize(kvm_t *kd)
{

	return (kd == NULL ? 0 : kd->ptrsize);
}
