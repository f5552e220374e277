/* Structures of a FreeBSD kernel, taken by mklayout.lua. */
typedef unsigned long __uint64_t;
typedef __uint64_t __uintptr_t;
typedef __uintptr_t uintptr_t;
struct rwlock {
	struct lock_object lock_object @ 0;
	volatile uintptr_t rw_lock @ 24;
} @ 32;
struct sx {
	struct lock_object lock_object @ 0;
	volatile uintptr_t sx_lock @ 24;
} @ 32;
typedef unsigned int u_int;
struct lock {
	struct lock_object lock_object @ 0;
	volatile uintptr_t lk_lock @ 24;
	u_int lk_exslpfail @ 32;
	int lk_timo @ 36;
	int lk_pri @ 40;
} @ 48;
typedef struct _cpuset cpuset_t;
struct rmlock {
	struct lock_object lock_object @ 0;
	volatile cpuset_t rm_writecpus @ 24;
	struct { struct rm_priotracker *lh_first; } rm_activeReaders @ 56;
	union { struct lock_object _rm_wlock_object; struct mtx _rm_lock_mtx; struct sx _rm_lock_sx; } _rm_lock @ 64;
} @ 96;
struct rm_priotracker {
	struct rm_queue rmp_cpuQueue @ 0;
	struct rmlock *rmp_rmlock @ 16;
	struct thread *rmp_thread @ 24;
	int rmp_flags @ 32;
	struct { struct rm_priotracker *le_next; struct rm_priotracker **le_prev; } rmp_qentry @ 40;
} @ 56;
struct mtx_padalign {
	struct lock_object lock_object @ 0;
	volatile uintptr_t mtx_lock @ 24;
} @ 64;
struct turnstile_chain {
	struct { struct turnstile *lh_first; } tc_turnstiles @ 0;
	struct mtx tc_lock @ 8;
} @ 40;
struct sleepqueue_chain {
	struct { struct sleepqueue *lh_first; } sc_queues @ 0;
	struct mtx sc_lock @ 8;
} @ 64;
typedef __uint64_t __vm_offset_t;
typedef __vm_offset_t vm_offset_t;
struct stack {
	int depth @ 0;
	vm_offset_t pcs[18] @ 8;
} @ 152;
typedef __uint64_t u_int64_t;
typedef u_int64_t rqb_word_t;
struct rqbits {
	rqb_word_t rqb_bits[1] @ 0;
} @ 8;
struct rqhead {
	struct thread *tqh_first @ 0;
	struct thread **tqh_last @ 8;
} @ 16;
struct runq {
	struct rqbits rq_status @ 0;
	struct rqhead rq_queues[64] @ 8;
} @ 1032;
typedef unsigned char u_char;
struct tdq {
	struct mtx_padalign tdq_lock @ 0;
	volatile int tdq_load @ 72;
	int tdq_sysload @ 80;
	volatile int tdq_transferable @ 84;
	u_char tdq_lowpri @ 92;
	u_char tdq_idx @ 94;
	u_char tdq_ridx @ 95;
	struct runq tdq_realtime @ 96;
	struct runq tdq_timeshare @ 1128;
	struct runq tdq_idle @ 2160;
	char tdq_name[16] @ 3192;
} @ 3264;
typedef long __int64_t;
typedef __int64_t __off_t;
typedef __off_t off_t;
struct rl_q_entry {
	struct { struct rl_q_entry *tqe_next; struct rl_q_entry **tqe_prev; } rl_q_link @ 0;
	off_t rl_q_start @ 16;
	off_t rl_q_end @ 24;
	int rl_q_flags @ 32;
} @ 40;
struct rangelock {
	struct { struct rl_q_entry *tqh_first; struct rl_q_entry **tqh_last; } rl_waiters @ 0;
	struct rl_q_entry *rl_currdep @ 16;
} @ 24;
enum vtype { VNON = 0, VREG = 1, VDIR = 2, VBLK = 3, VCHR = 4, VLNK = 5, VSOCK = 6, VFIFO = 7, VBAD = 8, VMARKER = 9 };
struct vnode {
	void *v_data @ 16;
	struct mount *v_mount @ 24;
	struct { struct vnode *tqe_next; struct vnode **tqe_prev; } v_nmntvnodes @ 32;
	struct lock v_lock @ 104;
	struct lock *v_vnlock @ 184;
	struct rangelock v_rl @ 392;
	enum vtype v_type @ 472;
} @ 480;
typedef __uint64_t __size_t;
typedef __size_t size_t;
struct shmfd {
	size_t shm_size @ 0;
	const char *shm_path @ 120;
	struct rangelock shm_rl @ 128;
	struct mtx shm_mtx @ 152;
} @ 184;
