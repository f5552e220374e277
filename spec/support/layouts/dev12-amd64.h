/* Structures of a FreeBSD kernel, taken by mklayout.lua. */
typedef unsigned long __uint64_t;
typedef __uint64_t __uintptr_t;
typedef __uintptr_t uintptr_t;
struct mtx_padalign {
	struct lock_object lock_object @ 0;
	volatile uintptr_t mtx_lock @ 24;
} @ 64;
struct timehands {
	struct bintime th_offset @ 32;
} @ 128;
typedef long __int64_t;
typedef __int64_t sbintime_t;
struct callout {
	union { struct { struct callout *le_next; struct callout **le_prev; } le; struct { struct callout *sle_next; } sle; struct { struct callout *tqe_next; struct callout **tqe_prev; } tqe; } c_links @ 0;
	sbintime_t c_time @ 16;
	sbintime_t c_precision @ 24;
	void *c_arg @ 32;
	void *c_func @ 40;
	struct lock_object *c_lock @ 48;
	short c_flags @ 56;
	short c_iflags @ 58;
	volatile int c_cpu @ 60;
} @ 64;
struct callout_list {
	struct callout *lh_first @ 0;
} @ 8;
struct callout_tailq {
	struct callout *tqh_first @ 0;
	struct callout **tqh_last @ 8;
} @ 16;
struct cc_exec {
	struct callout *cc_curr @ 0;
} @ 64;
struct callout_cpu {
	struct cc_exec cc_exec_entity[2] @ 64;
	struct callout_list *cc_callwheel @ 208;
	struct callout_tailq cc_expireq @ 216;
} @ 320;
struct intr_event {
	struct { struct intr_event *tqe_next; struct intr_event **tqe_prev; } ie_list @ 0;
	struct { struct intr_handler *cslh_first; } ie_handlers @ 16;
	char ie_name[20] @ 24;
	char ie_fullname[20] @ 44;
	void *ie_source @ 96;
	struct intr_thread *ie_thread @ 104;
	int ie_flags @ 144;
	int ie_irq @ 176;
	int ie_cpu @ 180;
} @ 200;
typedef unsigned char u_char;
struct intr_handler {
	void *ih_filter @ 0;
	void *ih_handler @ 8;
	void *ih_argument @ 16;
	int ih_flags @ 24;
	char ih_name[20] @ 28;
	struct intr_event *ih_event @ 48;
	int ih_need @ 56;
	struct { struct intr_handler *csle_next; } ih_next @ 64;
	u_char ih_pri @ 72;
	struct intr_thread *ih_thread @ 80;
} @ 88;
struct intr_thread {
	struct intr_event *it_event @ 0;
	struct thread *it_thread @ 8;
	int it_flags @ 16;
	int it_need @ 20;
} @ 24;
typedef unsigned long u_long;
typedef unsigned int u_int;
struct intsrc {
	struct intr_event *is_event @ 8;
	u_long *is_count @ 16;
	u_long *is_straycount @ 24;
	u_int is_index @ 32;
} @ 48;
struct sysctl_oid_list {
	struct sysctl_oid *slh_first @ 0;
} @ 8;
typedef __int64_t __intmax_t;
typedef __intmax_t intmax_t;
struct sysctl_oid {
	struct sysctl_oid_list oid_children @ 0;
	struct sysctl_oid_list *oid_parent @ 8;
	struct { struct sysctl_oid *sle_next; } oid_link @ 16;
	int oid_number @ 24;
	u_int oid_kind @ 28;
	void *oid_arg1 @ 32;
	intmax_t oid_arg2 @ 40;
	const char *oid_name @ 48;
	void *oid_handler @ 56;
	const char *oid_fmt @ 64;
	int oid_refcnt @ 72;
	u_int oid_running @ 76;
	const char *oid_descr @ 80;
	const char *oid_label @ 88;
} @ 96;
struct device_list {
	struct device *tqh_first @ 0;
	struct device **tqh_last @ 8;
} @ 16;
struct devclass {
	char *name @ 40;
} @ 88;
typedef __uint64_t __size_t;
typedef __size_t size_t;
struct kobj_class {
	const char *name @ 0;
	size_t size @ 16;
} @ 48;
typedef struct device *device_t;
typedef struct device_list device_list_t;
typedef struct kobj_class driver_t;
typedef struct devclass *devclass_t;
enum device_state { DS_NOTPRESENT = 10, DS_ALIVE = 20, DS_ATTACHING = 25, DS_ATTACHED = 30, DS_BUSY = 40 };
typedef enum device_state device_state_t;
typedef unsigned int __uint32_t;
typedef __uint32_t uint32_t;
struct device {
	struct { struct device *tqe_next; struct device **tqe_prev; } link @ 8;
	device_t parent @ 40;
	device_list_t children @ 48;
	driver_t *driver @ 64;
	devclass_t devclass @ 72;
	int unit @ 80;
	char *nameunit @ 88;
	char *desc @ 96;
	int busy @ 104;
	device_state_t state @ 108;
	uint32_t devflags @ 112;
	u_int flags @ 116;
	void *ivars @ 128;
	void *softc @ 136;
} @ 168;
typedef unsigned short __uint16_t;
typedef __uint16_t uint16_t;
typedef unsigned char __uint8_t;
typedef __uint8_t uint8_t;
struct pcicfg {
	device_t dev @ 0;
	uint16_t subvendor @ 24;
	uint16_t subdevice @ 26;
	uint16_t vendor @ 28;
	uint16_t device @ 30;
	uint8_t baseclass @ 36;
	uint8_t subclass @ 37;
	uint8_t progif @ 38;
	uint32_t domain @ 52;
	uint8_t bus @ 56;
	uint8_t slot @ 57;
	uint8_t func @ 58;
} @ 288;
typedef struct pcicfg pcicfgregs;
struct pci_devinfo {
	pcicfgregs cfg @ 24;
} @ 360;
struct resource_head {
	struct resource_i *tqh_first @ 0;
	struct resource_i **tqh_last @ 8;
} @ 16;
struct rman_head {
	struct rman *tqh_first @ 0;
	struct rman **tqh_last @ 8;
} @ 16;
typedef __uint64_t __uintmax_t;
typedef __uintmax_t __rman_res_t;
typedef __rman_res_t rman_res_t;
struct rman {
	struct resource_head rm_list @ 0;
	struct { struct rman *tqe_next; struct rman **tqe_prev; } rm_link @ 24;
	rman_res_t rm_end @ 48;
	const char *rm_descr @ 64;
} @ 72;
struct resource_i {
	struct { struct resource_i *tqe_next; struct resource_i **tqe_prev; } r_link @ 24;
	struct { struct resource_i *le_next; struct resource_i **le_prev; } r_sharelink @ 40;
	struct { struct resource_i *lh_first; } *r_sharehead @ 56;
	rman_res_t r_start @ 64;
	rman_res_t r_end @ 72;
	u_int r_flags @ 80;
	device_t r_dev @ 104;
	int r_rid @ 120;
} @ 128;
struct g_class {
	const char *name @ 0;
	struct { struct g_class *le_next; struct g_class **le_prev; } class @ 152;
	struct { struct g_geom *lh_first; } geom @ 168;
} @ 176;
struct g_geom {
	char *name @ 0;
	struct g_class *class @ 8;
	struct { struct g_geom *le_next; struct g_geom **le_prev; } geom @ 16;
	struct { struct g_consumer *lh_first; } consumer @ 32;
	struct { struct g_provider *lh_first; } provider @ 40;
	int rank @ 64;
	void *softc @ 160;
	unsigned int flags @ 168;
} @ 184;
typedef __int64_t __off_t;
typedef __off_t off_t;
struct g_provider {
	char *name @ 0;
	struct { struct g_provider *le_next; struct g_provider **le_prev; } provider @ 8;
	struct g_geom *geom @ 24;
	struct { struct g_consumer *lh_first; } consumers @ 32;
	int acr @ 40;
	int acw @ 44;
	int ace @ 48;
	int error @ 52;
	off_t mediasize @ 72;
	u_int sectorsize @ 80;
	u_int stripesize @ 84;
	u_int stripeoffset @ 88;
	u_int flags @ 112;
} @ 136;
struct g_consumer {
	struct g_geom *geom @ 0;
	struct { struct g_consumer *le_next; struct g_consumer **le_prev; } consumer @ 8;
	struct g_provider *provider @ 24;
	struct { struct g_consumer *le_next; struct g_consumer **le_prev; } consumers @ 32;
	int acr @ 48;
	int acw @ 52;
	int ace @ 56;
} @ 96;
