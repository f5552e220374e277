/* Structures of a FreeBSD kernel, taken by mklayout.lua. */
typedef unsigned long __uint64_t;
typedef __uint64_t __uintptr_t;
struct rwlock {
	struct lock_object lock_object @ 0;
	volatile __uintptr_t rw_lock @ 24;
} @ 32;
struct sx {
	struct lock_object lock_object @ 0;
	volatile __uintptr_t sx_lock @ 24;
} @ 32;
typedef __uintptr_t uintptr_t;
typedef unsigned short u_short;
struct lock {
	struct lock_object lock_object @ 0;
	volatile uintptr_t lk_lock @ 24;
	u_short lk_exslpfail @ 32;
	u_short lk_pri @ 34;
	int lk_timo @ 36;
} @ 40;
typedef struct _cpuset cpuset_t;
struct rmlock {
	struct lock_object lock_object @ 0;
	volatile cpuset_t rm_writecpus @ 24;
	struct { struct rm_priotracker *lh_first; } rm_activeReaders @ 152;
	union { struct lock_object _rm_wlock_object; struct mtx _rm_lock_mtx; struct sx _rm_lock_sx; } _rm_lock @ 160;
} @ 192;
struct rm_priotracker {
	struct rm_queue rmp_cpuQueue @ 0;
	struct rmlock *rmp_rmlock @ 16;
	struct thread *rmp_thread @ 24;
	int rmp_flags @ 32;
	struct { struct rm_priotracker *le_next; struct rm_priotracker **le_prev; } rmp_qentry @ 40;
} @ 56;
struct mtx_padalign {
	struct lock_object lock_object @ 0;
	volatile __uintptr_t mtx_lock @ 24;
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
typedef unsigned long rqsw_t;
struct rq_status {
	rqsw_t rq_sw[4] @ 0;
} @ 32;
struct rq_queue {
	struct thread *tqh_first @ 0;
	struct thread **tqh_last @ 8;
} @ 16;
struct runq {
	struct rq_status rq_status @ 0;
	struct rq_queue rq_queues[256] @ 32;
} @ 4128;
typedef unsigned char u_char;
struct tdq {
	struct mtx_padalign tdq_lock @ 0;
	struct thread *tdq_curthread @ 72;
	int tdq_load @ 80;
	int tdq_sysload @ 84;
	int tdq_transferable @ 92;
	u_char tdq_lowpri @ 100;
	u_char tdq_ts_off @ 102;
	u_char tdq_ts_deq_off @ 103;
	int tdq_id @ 108;
	struct runq tdq_runq @ 112;
	char tdq_name[17] @ 4240;
} @ 4288;
typedef long __int64_t;
typedef __int64_t __off_t;
typedef __off_t off_t;
struct rl_q_entry {
	struct rl_q_entry *rl_q_next @ 0;
	struct rl_q_entry *rl_q_free @ 8;
	off_t rl_q_start @ 16;
	off_t rl_q_end @ 24;
	int rl_q_flags @ 32;
} @ 40;
typedef _Bool bool;
struct rangelock {
	uintptr_t head @ 0;
	bool sleepers @ 8;
} @ 16;
enum enum_vtype_uint8 { VNON = 0, VREG = 1, VDIR = 2, VBLK = 3, VCHR = 4, VLNK = 5, VSOCK = 6, VFIFO = 7, VBAD = 8, VMARKER = 9, VLASTTYPE = 9 };
struct vnode {
	enum enum_vtype_uint8 v_type @ 0;
	void *v_data @ 24;
	struct mount *v_mount @ 32;
	struct { struct vnode *tqe_next; struct vnode **tqe_prev; } v_nmntvnodes @ 40;
	struct lock v_lock @ 112;
	struct lock *v_vnlock @ 184;
	struct rangelock v_rl @ 400;
} @ 440;
typedef __uint64_t vm_ooffset_t;
struct shmfd {
	vm_ooffset_t shm_size @ 0;
	const char *shm_path @ 128;
	struct rangelock shm_rl @ 136;
	struct mtx shm_mtx @ 152;
} @ 200;
