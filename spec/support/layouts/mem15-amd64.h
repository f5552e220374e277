/* Structures of a FreeBSD kernel, taken by mklayout.lua. */
typedef unsigned long __uint64_t;
typedef __uint64_t __uintptr_t;
struct mtx_padalign {
	struct lock_object lock_object @ 0;
	volatile __uintptr_t mtx_lock @ 24;
} @ 64;
struct domainset_ref {
	struct domainset *volatile dr_policy @ 0;
	unsigned int dr_iter @ 8;
} @ 16;
typedef unsigned int u_int;
struct uma_hash {
	struct slabhashhead *uh_slab_hash @ 0;
	u_int uh_hashsize @ 8;
	u_int uh_hashmask @ 12;
} @ 16;
struct slabhead {
	struct uma_slab *lh_first @ 0;
} @ 8;
struct uma_bucketlist {
	struct uma_bucket *stqh_first @ 0;
	struct uma_bucket **stqh_last @ 8;
} @ 16;
typedef unsigned int __uint32_t;
typedef __uint32_t uint32_t;
struct uma_domain {
	struct mtx_padalign ud_lock @ 0;
	struct slabhead ud_part_slab @ 64;
	struct slabhead ud_free_slab @ 72;
	struct slabhead ud_full_slab @ 80;
	uint32_t ud_pages @ 88;
	uint32_t ud_free_items @ 92;
	uint32_t ud_free_slabs @ 96;
} @ 128;
typedef unsigned short __uint16_t;
typedef __uint16_t uint16_t;
struct uma_keg {
	struct { struct uma_zone *lh_first; } uk_zones @ 16;
	uint32_t uk_size @ 48;
	uint32_t uk_rsize @ 52;
	uint16_t uk_ppera @ 108;
	uint16_t uk_ipers @ 110;
	uint32_t uk_flags @ 112;
	const char *uk_name @ 120;
	struct { struct uma_keg *le_next; struct uma_keg **le_prev; } uk_link @ 128;
	struct uma_domain uk_domain[0] @ 192;
} @ 192;
typedef short __int16_t;
typedef __int16_t int16_t;
typedef uint32_t smr_seq_t;
struct uma_bucket {
	struct { struct uma_bucket *stqe_next; } ub_link @ 0;
	int16_t ub_cnt @ 8;
	int16_t ub_entries @ 10;
	smr_seq_t ub_seq @ 12;
	void *ub_bucket[0] @ 16;
} @ 16;
typedef struct uma_bucket *uma_bucket_t;
struct uma_cache_bucket {
	uma_bucket_t ucb_bucket @ 0;
	int16_t ucb_cnt @ 8;
	int16_t ucb_entries @ 10;
	uint32_t ucb_spare @ 12;
} @ 16;
typedef __uint64_t uint64_t;
struct uma_cache {
	struct uma_cache_bucket uc_freebucket @ 0;
	struct uma_cache_bucket uc_allocbucket @ 16;
	struct uma_cache_bucket uc_crossbucket @ 32;
	uint64_t uc_allocs @ 48;
	uint64_t uc_frees @ 56;
} @ 128;
struct uma_zone_domain {
	struct uma_bucketlist uzd_buckets @ 0;
	uma_bucket_t uzd_cross @ 16;
	long uzd_nitems @ 24;
	long uzd_imax @ 32;
	long uzd_imin @ 40;
	long uzd_bimin @ 48;
	long uzd_wss @ 56;
	long uzd_limin @ 64;
	u_int uzd_timin @ 72;
	smr_seq_t uzd_seq @ 76;
	struct mtx uzd_lock @ 80;
} @ 128;
typedef uint64_t *counter_u64_t;
typedef struct uma_keg *uma_keg_t;
struct uma_zone {
	uint32_t uz_flags @ 0;
	uint32_t uz_size @ 4;
	uint64_t uz_max_items @ 32;
	counter_u64_t uz_xdomain @ 56;
	uma_keg_t uz_keg @ 64;
	volatile uint64_t uz_items @ 112;
	uint64_t uz_sleeps @ 120;
	struct { struct uma_zone *le_next; struct uma_zone **le_prev; } uz_link @ 128;
	counter_u64_t uz_allocs @ 144;
	counter_u64_t uz_frees @ 152;
	counter_u64_t uz_fails @ 160;
	const char *uz_name @ 168;
	struct uma_cache uz_cpu[0] @ 384;
} @ 384;
struct malloc_type_stats {
	uint64_t mts_memalloced @ 0;
	uint64_t mts_memfreed @ 8;
	uint64_t mts_numallocs @ 16;
	uint64_t mts_numfrees @ 24;
	uint64_t mts_size @ 32;
	uint64_t _mts_reserved1 @ 40;
	uint64_t _mts_reserved2 @ 48;
	uint64_t _mts_reserved3 @ 56;
} @ 64;
typedef unsigned char u_char;
typedef unsigned long u_long;
struct malloc_type_internal {
	uint32_t mti_probes[2] @ 0;
	u_char mti_zone @ 8;
	struct malloc_type_stats *mti_stats @ 16;
	u_long mti_spare[8] @ 24;
} @ 88;
struct malloc_type {
	struct malloc_type *ks_next @ 0;
	u_long ks_version @ 8;
	const char *ks_shortdesc @ 16;
	struct malloc_type_internal ks_mti @ 24;
} @ 112;
struct vmmeter {
	counter_u64_t v_swtch @ 0;
	counter_u64_t v_trap @ 8;
	counter_u64_t v_syscall @ 16;
	counter_u64_t v_intr @ 24;
	counter_u64_t v_soft @ 32;
	counter_u64_t v_vm_faults @ 40;
	counter_u64_t v_io_faults @ 48;
	counter_u64_t v_cow_faults @ 56;
	counter_u64_t v_cow_optim @ 64;
	counter_u64_t v_zfod @ 72;
	counter_u64_t v_ozfod @ 80;
	counter_u64_t v_swapin @ 88;
	counter_u64_t v_swapout @ 96;
	counter_u64_t v_swappgsin @ 104;
	counter_u64_t v_swappgsout @ 112;
	counter_u64_t v_vnodein @ 120;
	counter_u64_t v_vnodeout @ 128;
	counter_u64_t v_vnodepgsin @ 136;
	counter_u64_t v_vnodepgsout @ 144;
	counter_u64_t v_intrans @ 152;
	counter_u64_t v_reactivated @ 160;
	counter_u64_t v_pdwakeups @ 168;
	counter_u64_t v_pdpages @ 176;
	counter_u64_t v_pdshortfalls @ 184;
	counter_u64_t v_dfree @ 192;
	counter_u64_t v_pfree @ 200;
	counter_u64_t v_tfree @ 208;
	counter_u64_t v_forks @ 216;
	counter_u64_t v_vforks @ 224;
	counter_u64_t v_rforks @ 232;
	counter_u64_t v_kthreads @ 240;
	counter_u64_t v_forkpages @ 248;
	counter_u64_t v_vforkpages @ 256;
	counter_u64_t v_rforkpages @ 264;
	counter_u64_t v_kthreadpages @ 272;
	counter_u64_t v_wire_count @ 280;
	counter_u64_t v_nofree_count @ 288;
	u_int v_page_size @ 296;
	u_int v_page_count @ 300;
	u_int v_free_reserved @ 304;
	u_int v_free_target @ 308;
	u_int v_free_min @ 312;
	u_int v_inactive_target @ 316;
	u_int v_pageout_free_min @ 320;
	u_int v_interrupt_free_min @ 324;
	u_int v_free_severe @ 328;
} @ 336;
struct vm_pagequeue {
	int pq_cnt @ 48;
	uint64_t pq_pdpages @ 64;
} @ 128;
struct vm_domain {
	struct vm_pagequeue vmd_pagequeues[4] @ 0;
	u_int vmd_page_count @ 716;
	u_int vmd_free_count @ 768;
} @ 1664;
typedef __uint64_t __dev_t;
typedef __dev_t dev_t;
struct swdevt {
	int sw_flags @ 0;
	int sw_nblks @ 4;
	int sw_used @ 8;
	dev_t sw_dev @ 16;
	void *sw_id @ 32;
	struct { struct swdevt *tqe_next; struct swdevt **tqe_prev; } sw_list @ 64;
} @ 96;
struct g_provider {
	char *name @ 0;
} @ 152;
struct g_consumer {
	struct g_provider *provider @ 24;
} @ 96;
struct nchstats {
	long ncs_goodhits @ 0;
	long ncs_neghits @ 8;
	long ncs_badhits @ 16;
	long ncs_falsehits @ 24;
	long ncs_miss @ 32;
	long ncs_long @ 40;
	long ncs_pass2 @ 48;
	long ncs_2passes @ 56;
} @ 64;
typedef int __int32_t;
typedef __int32_t int32_t;
struct fsid {
	int32_t val[2] @ 0;
} @ 8;
typedef long __int64_t;
typedef __int64_t int64_t;
typedef __uint32_t __uid_t;
typedef __uid_t uid_t;
typedef struct fsid fsid_t;
struct statfs {
	uint32_t f_version @ 0;
	uint32_t f_type @ 4;
	uint64_t f_flags @ 8;
	uint64_t f_bsize @ 16;
	uint64_t f_iosize @ 24;
	uint64_t f_blocks @ 32;
	uint64_t f_bfree @ 40;
	int64_t f_bavail @ 48;
	uint64_t f_files @ 56;
	int64_t f_ffree @ 64;
	uint64_t f_syncwrites @ 72;
	uint64_t f_asyncwrites @ 80;
	uint64_t f_syncreads @ 88;
	uint64_t f_asyncreads @ 96;
	uint32_t f_nvnodelistsize @ 104;
	uint32_t f_spare0 @ 108;
	uint64_t f_spare[9] @ 112;
	uint32_t f_namemax @ 184;
	uid_t f_owner @ 188;
	fsid_t f_fsid @ 192;
	char f_charspare[80] @ 200;
	char f_fstypename[16] @ 280;
	char f_mntfromname[1024] @ 296;
	char f_mntonname[1024] @ 1320;
} @ 2344;
struct mount {
	uint64_t mnt_flag @ 8;
	struct vnode *mnt_vnodecovered @ 32;
	struct { struct mount *tqe_next; struct mount **tqe_prev; } mnt_list @ 104;
	struct statfs mnt_stat @ 176;
} @ 2816;
struct mntlist {
	struct mount *tqh_first @ 0;
	struct mount **tqh_last @ 8;
} @ 16;
