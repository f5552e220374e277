/* Structures of a FreeBSD kernel, taken by mklayout.lua. */
typedef unsigned long __uint64_t;
typedef __uint64_t __uintptr_t;
typedef __uintptr_t uintptr_t;
typedef unsigned int u_int;
struct lock {
	struct lock_object lock_object @ 0;
	volatile uintptr_t lk_lock @ 24;
	u_int lk_exslpfail @ 32;
	int lk_timo @ 36;
	int lk_pri @ 40;
} @ 48;
typedef __uint64_t __vm_offset_t;
typedef __vm_offset_t vm_offset_t;
typedef __uint64_t __vm_size_t;
typedef __vm_size_t vm_size_t;
typedef __uint64_t vm_ooffset_t;
typedef u_int vm_eflags_t;
typedef unsigned char u_char;
typedef u_char vm_prot_t;
typedef char vm_inherit_t;
typedef unsigned char __uint8_t;
typedef __uint8_t uint8_t;
struct vm_map_entry {
	struct vm_map_entry *left @ 0;
	struct vm_map_entry *right @ 8;
	vm_offset_t start @ 16;
	vm_offset_t end @ 24;
	vm_offset_t next_read @ 32;
	vm_size_t max_free @ 40;
	union vm_map_object object @ 48;
	vm_ooffset_t offset @ 56;
	vm_eflags_t eflags @ 64;
	vm_prot_t protection @ 68;
	vm_prot_t max_protection @ 69;
	vm_inherit_t inheritance @ 70;
	uint8_t read_ahead @ 71;
	int wired_count @ 72;
	struct ucred *cred @ 80;
	struct thread *wiring_thread @ 88;
} @ 96;
typedef u_char vm_flags_t;
typedef struct vm_map_entry *vm_map_entry_t;
typedef struct pmap *pmap_t;
struct vm_map {
	struct vm_map_entry header @ 0;
	struct sx lock @ 96;
	struct mtx system_mtx @ 128;
	int nentries @ 160;
	vm_size_t size @ 168;
	u_int timestamp @ 176;
	u_char needs_wakeup @ 180;
	u_char system_map @ 181;
	vm_flags_t flags @ 182;
	vm_map_entry_t root @ 184;
	pmap_t pmap @ 192;
	vm_offset_t anon_loc @ 200;
	int busy @ 208;
} @ 216;
struct pctrie {
	uintptr_t pt_root @ 0;
} @ 8;
struct vm_radix {
	uintptr_t rt_root @ 0;
} @ 8;
typedef __uint64_t vm_pindex_t;
typedef unsigned short __uint16_t;
typedef __uint16_t uint16_t;
typedef char __int8_t;
typedef __int8_t int8_t;
typedef struct { struct vm_radix_node *__ptr; } smrnode_t;
struct vm_radix_node {
	vm_pindex_t rn_owner @ 0;
	uint16_t rn_count @ 8;
	uint8_t rn_clev @ 10;
	int8_t rn_last @ 11;
	smrnode_t rn_child[16] @ 16;
} @ 144;
typedef __uint64_t uint64_t;
typedef struct { struct pctrie_node *__ptr; } smr_pctnode_t;
struct pctrie_node {
	uint64_t pn_owner @ 0;
	uint16_t pn_count @ 8;
	uint8_t pn_clev @ 10;
	int8_t pn_last @ 11;
	smr_pctnode_t pn_child[16] @ 16;
} @ 144;
typedef u_char objtype_t;
typedef unsigned short u_short;
typedef long __int64_t;
typedef __int64_t __off_t;
typedef __off_t off_t;
struct vm_object {
	struct pglist memq @ 72;
	struct vm_radix rtree @ 88;
	vm_pindex_t size @ 96;
	volatile u_int ref_count @ 128;
	int shadow_count @ 132;
	objtype_t type @ 137;
	u_short flags @ 138;
	int resident_page_count @ 152;
	struct vm_object *backing_object @ 160;
	vm_ooffset_t backing_object_offset @ 168;
	void *handle @ 200;
	union { struct { off_t vnp_size; vm_ooffset_t writemappings; } vnp; struct { struct { struct vm_page *tqh_first; struct vm_page **tqh_last; } devp_pglist; const struct cdev_pager_ops *ops; struct cdev *dev; } devp; struct { struct { struct vm_page *tqh_first; struct vm_page **tqh_last; } sgp_pglist; } sgp; struct { void *swp_priv; struct pctrie swp_blks; vm_ooffset_t writemappings; } swp; struct { const struct phys_pager_ops *ops; union { void *data_ptr; uintptr_t data_val; } ; } phys; } un_pager @ 208;
} @ 264;
typedef unsigned long u_long;
typedef struct vm_object *vm_object_t;
typedef __uint64_t __vm_paddr_t;
typedef __vm_paddr_t vm_paddr_t;
typedef uint8_t vm_page_bits_t;
struct vm_page {
	union { struct { struct vm_page *tqe_next; struct vm_page **tqe_prev; } q; struct { struct { struct vm_page *sle_next; } ss; } s; struct { u_long p; u_long v; } memguard; struct { void *slab; void *zone; } uma; } plinks @ 0;
	struct { struct vm_page *tqe_next; struct vm_page **tqe_prev; } listq @ 16;
	vm_object_t object @ 32;
	vm_pindex_t pindex @ 40;
	vm_paddr_t phys_addr @ 48;
	struct md_page md @ 56;
	u_int ref_count @ 80;
	u_int busy_lock @ 84;
	union vm_page_astate a @ 88;
	uint8_t order @ 92;
	uint8_t pool @ 93;
	uint8_t flags @ 94;
	uint8_t oflags @ 95;
	int8_t psind @ 96;
	int8_t segind @ 97;
	vm_page_bits_t valid @ 98;
	vm_page_bits_t dirty @ 99;
} @ 104;
struct pglist {
	struct vm_page *tqh_first @ 0;
	struct vm_page **tqh_last @ 8;
} @ 16;
struct pagerops {
	int pgo_kvme_type @ 0;
} @ 152;
typedef struct vm_page *vm_page_t;
typedef struct vm_reserv *vm_reserv_t;
struct vm_phys_seg {
	vm_paddr_t start @ 0;
	vm_paddr_t end @ 8;
	vm_page_t first_page @ 16;
	vm_reserv_t first_reserv @ 24;
	int domain @ 32;
	void *free_queues @ 40;
} @ 48;
struct vm_freelist {
	struct pglist pl @ 0;
	int lcnt @ 16;
} @ 24;
typedef unsigned long bitstr_t;
struct vm_reserv {
	struct mtx lock @ 0;
	struct { struct vm_reserv *tqe_next; struct vm_reserv **tqe_prev; } partpopq @ 32;
	struct { struct vm_reserv *le_next; struct vm_reserv **le_prev; } objq @ 48;
	vm_object_t object @ 64;
	vm_pindex_t pindex @ 72;
	vm_page_t pages @ 80;
	uint16_t popcnt @ 88;
	uint8_t domain @ 90;
	char inpartpopq @ 91;
	int lasttick @ 92;
	bitstr_t popmap[8] @ 96;
} @ 160;
struct vm_reserv_queue {
	struct vm_reserv *tqh_first @ 0;
	struct vm_reserv **tqh_last @ 8;
} @ 16;
struct vm_reserv_domain {
	struct vm_reserv_queue partpop @ 32;
} @ 256;
struct vm_pagequeue {
	struct mtx pq_mutex @ 0;
	struct pglist pq_pl @ 32;
	int pq_cnt @ 48;
	const char *const pq_name @ 56;
	uint64_t pq_pdpages @ 64;
} @ 128;
typedef struct uma_zone *uma_zone_t;
struct vm_pgcache {
	int domain @ 0;
	int pool @ 4;
	uma_zone_t zone @ 8;
} @ 16;
struct vm_domain {
	struct vm_pagequeue vmd_pagequeues[4] @ 0;
	struct vm_pgcache vmd_pgcache[2] @ 640;
	u_int vmd_page_count @ 692;
	u_int vmd_free_count @ 704;
} @ 1664;
struct bufv {
	int bv_cnt @ 24;
} @ 32;
struct bufobj {
	struct vm_object *bo_object @ 40;
	struct bufv bo_clean @ 72;
	struct bufv bo_dirty @ 104;
} @ 152;
struct vnodelst {
	struct vnode *tqh_first @ 0;
	struct vnode **tqh_last @ 8;
} @ 16;
enum vtype { VNON = 0, VREG = 1, VDIR = 2, VBLK = 3, VCHR = 4, VLNK = 5, VSOCK = 6, VFIFO = 7, VBAD = 8, VMARKER = 9 };
typedef unsigned int __uint32_t;
typedef __uint32_t uint32_t;
typedef uint32_t seqc_t;
typedef __int64_t __daddr_t;
typedef __daddr_t daddr_t;
struct vnode {
	enum vtype v_type @ 0;
	short v_irflag @ 2;
	seqc_t v_seqc @ 4;
	uint32_t v_nchash @ 8;
	struct vop_vector *v_op @ 16;
	void *v_data @ 24;
	struct mount *v_mount @ 32;
	struct { struct vnode *tqe_next; struct vnode **tqe_prev; } v_nmntvnodes @ 40;
	union { struct mount *v_mountedhere; struct unpcb *v_unpcb; struct cdev *v_rdev; struct fifoinfo *v_fifoinfo; }  @ 8 @ 56;
	struct { struct vnode *le_next; struct vnode **le_prev; } v_hashlist @ 64;
	struct { struct namecache *lh_first; } v_cache_src @ 80;
	struct { struct namecache *tqh_first; struct namecache **tqh_last; } v_cache_dst @ 88;
	struct namecache *v_cache_dd @ 104;
	struct lock v_lock @ 112;
	struct mtx v_interlock @ 160;
	struct lock *v_vnlock @ 192;
	struct { struct vnode *tqe_next; struct vnode **tqe_prev; } v_vnodelist @ 200;
	struct { struct vnode *tqe_next; struct vnode **tqe_prev; } v_lazylist @ 216;
	struct bufobj v_bufobj @ 232;
	struct vpollinfo *v_pollinfo @ 384;
	struct label *v_label @ 392;
	struct lockf *v_lockf @ 400;
	struct rangelock v_rl @ 408;
	daddr_t v_cstart @ 432;
	daddr_t v_lasta @ 440;
	daddr_t v_lastw @ 448;
	int v_clen @ 456;
	u_int v_holdcnt @ 460;
	u_int v_usecount @ 464;
	u_short v_iflag @ 468;
	u_short v_vflag @ 470;
	u_short v_mflag @ 472;
	short v_dbatchcpu @ 474;
	int v_writecount @ 476;
	int v_seqc_users @ 480;
	u_int v_hash @ 484;
} @ 488;
struct namecache {
	struct { struct namecache *le_next; struct namecache **le_prev; } nc_src @ 0;
	struct { struct namecache *tqe_next; struct namecache **tqe_prev; } nc_dst @ 16;
	struct { struct namecache *csle_next; } nc_hash @ 32;
	struct vnode *nc_dvp @ 40;
	union { struct vnode *nu_vp; struct negstate nu_neg; } n_un @ 48;
	u_char nc_flag @ 56;
	u_char nc_nlen @ 57;
	char nc_name[0] @ 58;
} @ 64;
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
	uint64_t f_spare[10] @ 104;
	uint32_t f_namemax @ 184;
	uid_t f_owner @ 188;
	fsid_t f_fsid @ 192;
	char f_charspare[80] @ 200;
	char f_fstypename[16] @ 280;
	char f_mntfromname[1024] @ 296;
	char f_mntonname[1024] @ 1320;
} @ 2344;
typedef int __int32_t;
typedef __int32_t int32_t;
struct fsid {
	int32_t val[2] @ 0;
} @ 8;
struct mount {
	uint64_t mnt_flag @ 8;
	struct vnode *mnt_vnodecovered @ 32;
	struct { struct mount *tqe_next; struct mount **tqe_prev; } mnt_list @ 104;
	struct vnodelst mnt_nvnodelist @ 136;
	int mnt_nvnodelistsize @ 152;
	struct statfs mnt_stat @ 184;
	void *mnt_data @ 2536;
} @ 2752;
struct mntlist {
	struct mount *tqh_first @ 0;
	struct mount **tqh_last @ 8;
} @ 16;
typedef __uint64_t __ino_t;
typedef __ino_t ino_t;
typedef __uint64_t u_int64_t;
typedef __uint16_t u_int16_t;
struct inode {
	ino_t i_number @ 64;
	u_int64_t i_size @ 128;
	u_int16_t i_mode @ 156;
} @ 160;
struct dirent {
	ino_t d_fileno @ 0;
	off_t d_off @ 8;
	__uint16_t d_reclen @ 16;
	__uint8_t d_type @ 18;
	__uint8_t d_pad0 @ 19;
	__uint16_t d_namlen @ 20;
	__uint16_t d_pad1 @ 22;
	char d_name[256] @ 24;
} @ 280;
struct devfs_dlist_head {
	struct devfs_dirent *tqh_first @ 0;
	struct devfs_dirent **tqh_last @ 8;
} @ 16;
typedef __uint16_t __mode_t;
typedef __mode_t mode_t;
struct devfs_dirent {
	int de_inode @ 8;
	struct dirent *de_dirent @ 24;
	struct { struct devfs_dirent *tqe_next; struct devfs_dirent **tqe_prev; } de_list @ 32;
	struct devfs_dlist_head de_dlist @ 48;
	struct devfs_dirent *de_dir @ 64;
	mode_t de_mode @ 76;
} @ 168;
struct tmpfs_mount {
	struct tmpfs_node *tm_root @ 24;
	struct tmpfs_node_list tm_nodes_used @ 72;
} @ 120;
struct tmpfs_dir {
	struct tmpfs_dirent *rbh_root @ 0;
} @ 8;
struct tmpfs_dir_duphead {
	struct tmpfs_dirent *lh_first @ 0;
} @ 8;
struct tn_dir {
	struct tmpfs_node *tn_parent @ 0;
	struct tmpfs_dir tn_dirhead @ 8;
} @ 40;
typedef __uint64_t __dev_t;
typedef __dev_t dev_t;
struct tmpfs_node {
	ino_t tn_id @ 16;
	enum vtype tn_type @ 24;
	off_t tn_size @ 32;
	mode_t tn_mode @ 48;
	struct vnode *tn_vnode @ 136;
	union { dev_t tn_rdev; struct tn_dir tn_dir; struct tn_link tn_link; struct tn_reg tn_reg; } tn_spec @ 184;
} @ 224;
struct tmpfs_dirent {
	union { struct { struct tmpfs_dirent *rbe_link[3]; } td_entries; struct { struct { struct tmpfs_dirent *le_next; struct tmpfs_dirent **le_prev; } entries; struct { struct tmpfs_dirent *le_next; struct tmpfs_dirent **le_prev; } index_entries; } td_dup; } uh @ 0;
	uint32_t td_cookie @ 32;
	uint32_t td_hash @ 36;
	u_int td_namelen @ 40;
	struct tmpfs_node *td_node @ 48;
	union { char *td_name; struct tmpfs_dir_duphead td_duphead; } ud @ 56;
} @ 64;
struct null_node {
	struct { struct null_node *le_next; struct null_node **le_prev; } null_hash @ 0;
	struct vnode *null_lowervp @ 16;
	struct vnode *null_vnode @ 24;
	u_int null_flags @ 32;
} @ 40;
struct null_mount {
	struct mount *nullm_vfs @ 0;
	struct vnode *nullm_lowerrootvp @ 8;
	uint64_t nullm_flags @ 16;
} @ 24;
typedef __int32_t __pid_t;
typedef __pid_t pid_t;
struct pfs_vdata {
	struct pfs_node *pvd_pn @ 0;
	pid_t pvd_pid @ 8;
	struct vnode *pvd_vnode @ 16;
	struct { struct pfs_vdata *sle_next; } pvd_hash @ 24;
} @ 32;
typedef enum { pfstype_none = 0, pfstype_root = 1, pfstype_dir = 2, pfstype_this = 3, pfstype_parent = 4, pfstype_file = 5, pfstype_symlink = 6, pfstype_procdir = 7 } pfs_type_t;
struct pfs_node {
	char pn_name[128] @ 0;
	pfs_type_t pn_type @ 128;
	struct pfs_node *pn_parent @ 248;
} @ 280;
typedef char *caddr_t;
struct pipebuf {
	u_int cnt @ 0;
	u_int in @ 4;
	u_int out @ 8;
	u_int size @ 12;
	caddr_t buffer @ 16;
} @ 24;
struct pipe {
	struct pipebuf pipe_buffer @ 0;
	struct pipe *pipe_peer @ 312;
	u_short pipe_state @ 328;
} @ 352;
struct shmfd {
	vm_ooffset_t shm_size @ 0;
	mode_t shm_mode @ 36;
	const char *shm_path @ 128;
} @ 208;
struct ksem {
	mode_t ks_mode @ 4;
	unsigned int ks_value @ 16;
	int ks_waiters @ 40;
	const char *ks_path @ 120;
} @ 128;
struct kqueue {
	int kq_count @ 72;
	int kq_state @ 168;
} @ 240;
typedef uint64_t eventfd_t;
struct eventfd {
	eventfd_t efd_count @ 0;
	uint32_t efd_flags @ 8;
} @ 120;
struct procdesc {
	pid_t pd_pid @ 8;
	int pd_flags @ 16;
} @ 128;
typedef short __int16_t;
typedef __int16_t int16_t;
struct file {
	volatile u_int f_flag @ 0;
	volatile u_int f_count @ 4;
	void *f_data @ 8;
	struct fileops *f_ops @ 16;
	struct vnode *f_vnode @ 24;
	struct ucred *f_cred @ 32;
	short f_type @ 40;
	short f_vnread_flags @ 42;
	union { int16_t f_seqcount[2]; int f_pipegen; }  @ 4 @ 44;
	off_t f_nextoff[2] @ 48;
	union { struct cdev_privdata *fvn_cdevpriv; struct fadvise_info *fvn_advice; } f_vnun @ 64;
	off_t f_offset @ 72;
} @ 80;
typedef struct cap_rights cap_rights_t;
struct filecaps {
	cap_rights_t fc_rights @ 0;
	u_long *fc_ioctls @ 16;
	int16_t fc_nioctls @ 24;
	uint32_t fc_fcntls @ 28;
} @ 32;
struct filedescent {
	struct file *fde_file @ 0;
	struct filecaps fde_caps @ 8;
	uint8_t fde_flags @ 40;
	seqc_t fde_seqc @ 44;
} @ 48;
struct fdescenttbl {
	int fdt_nfiles @ 0;
	struct filedescent fdt_ofiles[0] @ 8;
} @ 8;
struct filedesc {
	struct fdescenttbl *fd_files @ 0;
} @ 88;
struct pwd {
	volatile u_int pwd_refcount @ 0;
	struct vnode *pwd_cdir @ 8;
	struct vnode *pwd_rdir @ 16;
	struct vnode *pwd_jdir @ 24;
} @ 32;
typedef struct { struct pwd *__ptr; } smrpwd_t;
struct pwddesc {
	smrpwd_t pd_pwd @ 32;
} @ 48;
struct __sigset {
	__uint32_t __bits[4] @ 0;
} @ 16;
struct rusage {
	struct timeval ru_utime @ 0;
	struct timeval ru_stime @ 16;
	long ru_maxrss @ 32;
	long ru_ixrss @ 40;
	long ru_idrss @ 48;
	long ru_isrss @ 56;
	long ru_minflt @ 64;
	long ru_majflt @ 72;
	long ru_nswap @ 80;
	long ru_inblock @ 88;
	long ru_oublock @ 96;
	long ru_msgsnd @ 104;
	long ru_msgrcv @ 112;
	long ru_nsignals @ 120;
	long ru_nvcsw @ 128;
	long ru_nivcsw @ 136;
} @ 144;
struct priority {
	u_char pri_class @ 0;
	u_char pri_level @ 1;
	u_char pri_native @ 2;
	u_char pri_user @ 3;
} @ 4;
typedef struct __sigset __sigset_t;
typedef __sigset_t sigset_t;
typedef __uint32_t __gid_t;
typedef __gid_t gid_t;
typedef __int64_t __segsz_t;
typedef __segsz_t segsz_t;
typedef __uint32_t __fixpt_t;
typedef __fixpt_t fixpt_t;
typedef __int32_t __lwpid_t;
typedef __lwpid_t lwpid_t;
struct kinfo_proc {
	int ki_structsize @ 0;
	int ki_layout @ 4;
	struct pargs *ki_args @ 8;
	struct proc *ki_paddr @ 16;
	struct user *ki_addr @ 24;
	struct vnode *ki_tracep @ 32;
	struct vnode *ki_textvp @ 40;
	struct filedesc *ki_fd @ 48;
	struct vmspace *ki_vmspace @ 56;
	const void *ki_wchan @ 64;
	pid_t ki_pid @ 72;
	pid_t ki_ppid @ 76;
	pid_t ki_pgid @ 80;
	pid_t ki_tpgid @ 84;
	pid_t ki_sid @ 88;
	pid_t ki_tsid @ 92;
	short ki_jobc @ 96;
	short ki_spare_short1 @ 98;
	uint32_t ki_tdev_freebsd11 @ 100;
	sigset_t ki_siglist @ 104;
	sigset_t ki_sigmask @ 120;
	sigset_t ki_sigignore @ 136;
	sigset_t ki_sigcatch @ 152;
	uid_t ki_uid @ 168;
	uid_t ki_ruid @ 172;
	uid_t ki_svuid @ 176;
	gid_t ki_rgid @ 180;
	gid_t ki_svgid @ 184;
	short ki_ngroups @ 188;
	short ki_spare_short2 @ 190;
	gid_t ki_groups[16] @ 192;
	vm_size_t ki_size @ 256;
	segsz_t ki_rssize @ 264;
	segsz_t ki_swrss @ 272;
	segsz_t ki_tsize @ 280;
	segsz_t ki_dsize @ 288;
	segsz_t ki_ssize @ 296;
	u_short ki_xstat @ 304;
	u_short ki_acflag @ 306;
	fixpt_t ki_pctcpu @ 308;
	u_int ki_estcpu @ 312;
	u_int ki_slptime @ 316;
	u_int ki_swtime @ 320;
	u_int ki_cow @ 324;
	u_int64_t ki_runtime @ 328;
	struct timeval ki_start @ 336;
	struct timeval ki_childtime @ 352;
	long ki_flag @ 368;
	long ki_kiflag @ 376;
	int ki_traceflag @ 384;
	char ki_stat @ 388;
	char ki_nice @ 389;
	char ki_lock @ 390;
	char ki_rqindex @ 391;
	u_char ki_oncpu_old @ 392;
	u_char ki_lastcpu_old @ 393;
	char ki_tdname[17] @ 394;
	char ki_wmesg[9] @ 411;
	char ki_login[18] @ 420;
	char ki_lockname[9] @ 438;
	char ki_comm[20] @ 447;
	char ki_emul[17] @ 467;
	char ki_loginclass[18] @ 484;
	char ki_moretdname[4] @ 502;
	char ki_sparestrings[46] @ 506;
	int ki_spareints[2] @ 552;
	uint64_t ki_tdev @ 560;
	int ki_oncpu @ 568;
	int ki_lastcpu @ 572;
	int ki_tracer @ 576;
	int ki_flag2 @ 580;
	int ki_fibnum @ 584;
	u_int ki_cr_flags @ 588;
	int ki_jid @ 592;
	int ki_numthreads @ 596;
	lwpid_t ki_tid @ 600;
	struct priority ki_pri @ 604;
	struct rusage ki_rusage @ 608;
	struct rusage ki_rusage_ch @ 752;
	struct pcb *ki_pcb @ 896;
	void *ki_kstack @ 904;
	void *ki_udata @ 912;
	struct thread *ki_tdaddr @ 920;
	struct pwddesc *ki_pd @ 928;
	void *ki_spareptrs[5] @ 936;
	long ki_sparelongs[12] @ 976;
	long ki_sflag @ 1072;
	long ki_tdflags @ 1080;
} @ 1088;
