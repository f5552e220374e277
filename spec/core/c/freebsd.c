/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What FreeBSD's <kvm.h> declares (libkvm, 14.0), declared once more behind
 * ours: a compiler takes that when the types are the same.  Only compiled.
 */
#include <sys/types.h>

#include "kvm.h"

struct kvm_swap;
struct kinfo_proc;

int	  kvm_close(kvm_t *);
int	  kvm_dpcpu_setcpu(kvm_t *, unsigned int);
char	**kvm_getargv(kvm_t *, const struct kinfo_proc *, int);
int	  kvm_getcptime(kvm_t *, long *);
char	**kvm_getenvv(kvm_t *, const struct kinfo_proc *, int);
char	 *kvm_geterr(kvm_t *);
int	  kvm_getloadavg(kvm_t *, double [], int);
int	  kvm_getmaxcpu(kvm_t *);
int	  kvm_getncpus(kvm_t *);
void	 *kvm_getpcpu(kvm_t *, int);
uint64_t  kvm_counter_u64_fetch(kvm_t *, u_long);
struct kinfo_proc *
	  kvm_getprocs(kvm_t *, int, int, int *);
int	  kvm_getswapinfo(kvm_t *, struct kvm_swap *, int, int);
int	  kvm_native(kvm_t *);
int	  kvm_nlist(kvm_t *, struct nlist *);
int	  kvm_nlist2(kvm_t *, struct kvm_nlist *);
kvm_t	 *kvm_open(const char *, const char *, const char *, int,
	    const char *);
kvm_t	 *kvm_openfiles(const char *, const char *, const char *, int,
	    char *);
kvm_t	 *kvm_open2(const char *, const char *, int, char *,
	    int (*)(const char *, kvaddr_t *));
ssize_t	  kvm_read(kvm_t *, unsigned long, void *, size_t);
ssize_t	  kvm_read_zpcpu(kvm_t *, unsigned long, void *, size_t, int);
ssize_t	  kvm_read2(kvm_t *, kvaddr_t, void *, size_t);
ssize_t	  kvm_write(kvm_t *, unsigned long, const void *, size_t);
kssize_t  kvm_kerndisp(kvm_t *);
int	  kvm_walk_pages(kvm_t *, kvm_walk_pages_cb_t *, void *);
