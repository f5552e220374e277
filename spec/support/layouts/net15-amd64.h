/* Structures of a FreeBSD kernel, taken by mklayout.lua. */
typedef unsigned int u_int;
typedef unsigned long __uint64_t;
typedef __uint64_t __uintptr_t;
typedef __uintptr_t uintptr_t;
typedef _Bool bool;
struct vnet {
	struct { struct vnet *le_next; struct vnet **le_prev; } vnet_le @ 0;
	u_int vnet_magic_n @ 16;
	u_int vnet_ifcnt @ 20;
	u_int vnet_sockcnt @ 24;
	u_int vnet_state @ 28;
	void *vnet_data_mem @ 32;
	uintptr_t vnet_data_base @ 40;
	bool vnet_shutdown @ 48;
} @ 64;
struct domain {
	int dom_family @ 8;
	char *dom_name @ 16;
} @ 80;
struct protosw {
	short pr_type @ 0;
	short pr_protocol @ 2;
	struct domain *pr_domain @ 8;
} @ 272;
struct packet_tags {
	struct m_tag *slh_first @ 0;
} @ 8;
typedef unsigned short __uint16_t;
typedef __uint16_t uint16_t;
typedef int __int32_t;
typedef __int32_t int32_t;
typedef unsigned int __uint32_t;
typedef __uint32_t uint32_t;
typedef unsigned char __uint8_t;
typedef __uint8_t uint8_t;
typedef __uint64_t uint64_t;
struct pkthdr {
	union { struct m_snd_tag *snd_tag; struct ifnet *rcvif; struct { uint16_t rcvidx; uint16_t rcvgen; } ; }  @ 8 @ 0;
	union { struct ifnet *leaf_rcvif; struct { uint16_t leaf_rcvidx; uint16_t leaf_rcvgen; } ; }  @ 8 @ 8;
	struct packet_tags tags @ 16;
	int32_t len @ 24;
	uint32_t flowid @ 28;
	uint32_t csum_flags @ 32;
	uint16_t fibnum @ 36;
	uint8_t numa_domain @ 38;
	uint8_t rsstype @ 39;
	union { uint64_t rcv_tstmp; struct { uint8_t l2hlen; uint8_t l3hlen; uint8_t l4hlen; uint8_t l5hlen; uint8_t inner_l2hlen; uint8_t inner_l3hlen; uint8_t inner_l4hlen; uint8_t inner_l5hlen; } ; }  @ 8 @ 40;
	union { uint8_t eight[8]; uint16_t sixteen[4]; uint32_t thirtytwo[2]; uint64_t sixtyfour[1]; uintptr_t unintptr[1]; void *ptr; } PH_per @ 48;
	union { union { uint8_t eight[8]; uint16_t sixteen[4]; uint32_t thirtytwo[2]; uint64_t sixtyfour[1]; uintptr_t unintptr[1]; void *ptr; } PH_loc; u_int memlen; }  @ 8 @ 56;
} @ 64;
typedef __uint64_t __vm_paddr_t;
typedef __vm_paddr_t vm_paddr_t;
struct m_ext {
	union { volatile u_int ext_count; volatile u_int *ext_cnt; }  @ 8 @ 0;
	uint32_t ext_size @ 8;
	unsigned int ext_type:8;
	unsigned int ext_flags:24;
	union { struct { char *ext_buf; void *ext_arg2; } ; struct { vm_paddr_t extpg_pa[5]; char extpg_trail[64]; char extpg_hdr[23]; } ; }  @ 128 @ 16;
	void *ext_free @ 144;
	void *ext_arg1 @ 152;
} @ 160;
typedef char *caddr_t;
struct mbuf {
	union { struct mbuf *m_next; struct { struct mbuf *sle_next; } m_slist; struct { struct mbuf *stqe_next; } m_stailq; }  @ 8 @ 0;
	union { struct mbuf *m_nextpkt; struct { struct mbuf *sle_next; } m_slistpkt; struct { struct mbuf *stqe_next; } m_stailqpkt; }  @ 8 @ 8;
	caddr_t m_data @ 16;
	int32_t m_len @ 24;
	unsigned int m_type:8;
	unsigned int m_flags:24;
	union { struct { union { struct pkthdr m_pkthdr; struct { uint8_t m_epg_npgs; uint8_t m_epg_nrdy; uint8_t m_epg_hdrlen; uint8_t m_epg_trllen; uint16_t m_epg_1st_off; uint16_t m_epg_last_len; uint8_t m_epg_flags; uint8_t m_epg_record_type; uint8_t __spare[2]; int m_epg_enc_cnt; struct ktls_session *m_epg_tls; struct socket *m_epg_so; uint64_t m_epg_seqno; struct { struct mbuf *stqe_next; } m_epg_stailq; } ; } ; union { struct m_ext m_ext; char m_pktdat[0]; } ; } ; char m_dat[0]; }  @ 224 @ 32;
} @ 256;
struct sockbuf {
	u_int sb_acc @ 12;
	u_int sb_ccc @ 16;
	u_int sb_mbcnt @ 20;
	u_int sb_hiwat @ 28;
	u_int sb_lowat @ 32;
	u_int sb_mbmax @ 36;
	union { struct { struct mtx *sb_mtx; struct mbuf *sb_mb; struct mbuf *sb_mbtail; struct mbuf *sb_lastrecord; struct mbuf *sb_sndptr; struct mbuf *sb_fnrdy; u_int sb_sndptroff; u_int sb_tlscc; u_int sb_tlsdcc; struct mbuf *sb_mtls; struct mbuf *sb_mtlstail; uint64_t sb_tls_seqno; struct ktls_session *sb_tls_info; } ; struct { struct { struct mbuf *stqh_first; struct mbuf **stqh_last; } uxst_mbq; struct mbuf *uxst_fnrdy; struct socket *uxst_peer; u_int uxst_flags; } ; struct { struct { struct mbuf *stqh_first; struct mbuf **stqh_last; } uxdg_mb; struct mbuf *uxdg_peeked; union { struct { struct sockbuf *tqh_first; struct sockbuf **tqh_last; } uxdg_conns; struct { struct sockbuf *tqe_next; struct sockbuf **tqe_prev; } uxdg_clist; } ; u_int uxdg_cc; u_int uxdg_ctl; u_int uxdg_mbcnt; } ; struct { struct { struct nl_buf *tqh_first; struct nl_buf **tqh_last; } nl_queue; } ; }  @ 96 @ 112;
} @ 208;
struct accept_queue {
	struct socket *tqh_first @ 0;
	struct socket **tqh_last @ 8;
} @ 16;
typedef unsigned short u_short;
typedef uint64_t so_gen_t;
enum socket_qstate { SQ_NONE = 0, SQ_INCOMP = 2048, SQ_COMP = 4096 };
typedef unsigned long u_long;
typedef long __int64_t;
typedef __int64_t __sbintime_t;
typedef __sbintime_t sbintime_t;
struct socket {
	volatile u_int so_count @ 32;
	int so_options @ 184;
	short so_type @ 188;
	short so_state @ 190;
	void *so_pcb @ 192;
	struct vnet *so_vnet @ 200;
	struct protosw *so_proto @ 208;
	u_short so_error @ 220;
	struct ucred *so_cred @ 232;
	so_gen_t so_gencnt @ 248;
	union { struct { struct sockbuf so_rcv; struct sockbuf so_snd; struct { struct socket *tqe_next; struct socket **tqe_prev; } so_list; struct socket *so_listen; enum socket_qstate so_qstate; struct label *so_peerlabel; u_long so_oobmark; struct { struct socket *stqe_next; } so_ktls_rx_list; } ; struct { struct accept_queue sol_incomp; struct accept_queue sol_comp; u_int sol_qlen; u_int sol_incqlen; u_int sol_qlimit; struct accept_filter *sol_accept_filter; void *sol_accept_filter_arg; char *sol_accept_filter_str; void *sol_upcall; void *sol_upcallarg; int sol_sbrcv_lowat; int sol_sbsnd_lowat; u_int sol_sbrcv_hiwat; u_int sol_sbsnd_hiwat; short sol_sbrcv_flags; short sol_sbsnd_flags; sbintime_t sol_sbrcv_timeo; sbintime_t sol_sbsnd_timeo; struct timeval sol_lastover; int sol_overcount; } ; }  @ 472 @ 512;
} @ 1024;
struct inpcbhead {
	struct inpcb *clh_first @ 0;
} @ 8;
typedef __uint64_t u_quad_t;
struct inpcbinfo {
	struct inpcbhead ipi_listhead @ 32;
	u_int ipi_count @ 40;
	u_quad_t ipi_gencnt @ 48;
	struct vnet *ipi_vnet @ 176;
} @ 184;
typedef unsigned char u_char;
typedef uint64_t inp_gen_t;
struct inpcb {
	int inp_flags @ 68;
	struct socket *inp_socket @ 80;
	struct inpcbinfo *inp_pcbinfo @ 88;
	struct ucred *inp_cred @ 96;
	u_char inp_vflag @ 108;
	u_char inp_ip_p @ 110;
	struct in_conninfo inp_inc @ 132;
	inp_gen_t inp_gencnt @ 272;
	struct { struct inpcb *cle_next; struct inpcb **cle_prev; } inp_list @ 360;
} @ 376;
struct tcpcb {
	struct inpcb t_inpcb @ 0;
	void *t_fb_ptr @ 384;
	enum { IHPTS_NONE = 0, IHPTS_ONQUEUE = 1, IHPTS_MOVING = 2 } t_in_hpts @ 588;
	unsigned int t_maxseg:24;
	unsigned int _t_logstate:8;
	unsigned int t_port:16;
	unsigned int t_state:4;
	unsigned int t_idle_reduce:1;
	unsigned int t_delayed_ack:7;
	u_int t_flags @ 600;
} @ 1304;
struct unp_head {
	struct unpcb *lh_first @ 0;
} @ 8;
typedef uint64_t unp_gen_t;
struct unpcb {
	struct unpcb *unp_conn @ 32;
	volatile u_int unp_refcount @ 40;
	short unp_flags @ 44;
	struct sockaddr_un *unp_addr @ 48;
	struct socket *unp_socket @ 56;
	struct vnode *unp_vnode @ 72;
	struct { struct unpcb *le_next; struct unpcb **le_prev; } unp_reflink @ 168;
	struct { struct unpcb *le_next; struct unpcb **le_prev; } unp_link @ 184;
	struct unp_head unp_refs @ 200;
	unp_gen_t unp_gencnt @ 208;
} @ 320;
struct syncache {
	struct { struct syncache *tqe_next; struct syncache **tqe_prev; } sc_hash @ 0;
	struct in_conninfo sc_inc @ 16;
} @ 160;
struct sch_head {
	struct syncache *tqh_first @ 0;
	struct syncache **tqh_last @ 8;
} @ 16;
struct syncache_head {
	struct sch_head sch_bucket @ 32;
	u_int sch_length @ 116;
} @ 136;
struct tcp_syncache {
	struct syncache_head *hashbase @ 0;
	u_int hashsize @ 16;
	u_int hashmask @ 20;
} @ 272;
typedef __int64_t __off_t;
typedef __off_t off_t;
struct file {
	volatile u_int f_flag @ 0;
	volatile u_int f_count @ 4;
	void *f_data @ 8;
	const struct fileops *f_ops @ 16;
	struct vnode *f_vnode @ 24;
	struct ucred *f_cred @ 32;
	short f_type @ 40;
	off_t f_offset @ 72;
} @ 80;
struct filedescent {
	struct file *fde_file @ 0;
	uint8_t fde_flags @ 40;
} @ 48;
struct fdescenttbl {
	int fdt_nfiles @ 0;
	struct filedescent fdt_ofiles[0] @ 8;
} @ 8;
struct filedesc {
	struct fdescenttbl *fd_files @ 0;
	int fd_refcnt @ 20;
	int fd_holdcnt @ 24;
} @ 88;
struct ifaltq {
	struct mbuf *ifq_head @ 0;
	struct mbuf *ifq_tail @ 8;
	int ifq_len @ 16;
} @ 144;
struct ifnethead {
	struct ifnet *cstqh_first @ 0;
	struct ifnet **cstqh_last @ 8;
} @ 16;
struct ifaddrhead {
	struct ifaddr *cstqh_first @ 0;
	struct ifaddr **cstqh_last @ 8;
} @ 16;
typedef uint64_t *counter_u64_t;
struct ifnet {
	struct { struct ifnet *cstqe_next; } if_link @ 0;
	const char *if_dname @ 72;
	int if_dunit @ 80;
	u_short if_index @ 84;
	char if_xname[16] @ 88;
	int if_flags @ 112;
	int if_drv_flags @ 116;
	u_int if_refcount @ 152;
	uint8_t if_type @ 156;
	uint8_t if_addrlen @ 157;
	uint8_t if_link_state @ 159;
	uint32_t if_mtu @ 160;
	uint32_t if_metric @ 164;
	uint64_t if_baudrate @ 168;
	struct ifaltq if_snd @ 208;
	struct ifaddrhead if_addrhead @ 448;
	struct ifaddr *if_addr @ 488;
	void *if_afdata[46] @ 544;
	u_int if_fib @ 916;
	struct vnet *if_vnet @ 920;
	counter_u64_t if_counters[12] @ 1128;
} @ 1312;
typedef struct ifnet *if_t;
struct ifaddr {
	struct sockaddr *ifa_addr @ 0;
	struct sockaddr *ifa_dstaddr @ 8;
	struct sockaddr *ifa_netmask @ 16;
	if_t ifa_ifp @ 24;
	struct { struct ifaddr *cstqe_next; } ifa_link @ 40;
	u_short ifa_flags @ 48;
	u_int ifa_refcnt @ 52;
	counter_u64_t ifa_ipackets @ 56;
	counter_u64_t ifa_opackets @ 64;
} @ 104;
struct radix_node {
	struct radix_mask *rn_mklist @ 0;
	struct radix_node *rn_parent @ 8;
	short rn_bit @ 16;
	char rn_bmask @ 18;
	u_char rn_flags @ 19;
	union { struct { caddr_t rn_Key; caddr_t rn_Mask; struct radix_node *rn_Dupedkey; } rn_leaf; struct { int rn_Off; struct radix_node *rn_L; struct radix_node *rn_R; } rn_node; } rn_u @ 24;
} @ 48;
struct radix_head {
	struct radix_node *rnh_treetop @ 0;
	struct radix_mask_head *rnh_masks @ 8;
} @ 16;
struct rib_head {
	struct radix_head head @ 0;
	int rib_family @ 584;
	u_int rib_fibnum @ 588;
} @ 712;
struct nhop_object {
	uint16_t nh_flags @ 0;
	uint16_t nh_mtu @ 2;
	union { struct sockaddr_in gw4_sa; struct sockaddr_in6 gw6_sa; struct sockaddr gw_sa; struct sockaddr_dl_short gwl_sa; char gw_buf[28]; }  @ 28 @ 4;
	struct ifnet *nh_ifp @ 32;
	struct ifaddr *nh_ifa @ 40;
	struct nhop_priv *nh_priv @ 120;
} @ 128;
struct nhop_priv {
	uint32_t rt_flags @ 4;
	uint32_t nh_expire @ 8;
	uint32_t nh_idx @ 16;
} @ 96;
struct nhgrp_object {
	uint16_t nhg_flags @ 0;
	uint8_t nhg_size @ 2;
	uint8_t spare @ 3;
	struct nhop_object *nhops[0] @ 8;
} @ 8;
struct rtentry {
	struct radix_node rt_nodes[2] @ 0;
	struct nhop_object *rt_nhop @ 96;
	int rte_flags @ 132;
} @ 168;
typedef __uint8_t __sa_family_t;
typedef __sa_family_t sa_family_t;
struct lltable {
	struct { struct lltable *sle_next; } llt_link @ 0;
	sa_family_t llt_af @ 8;
	int llt_hsize @ 12;
	struct llentries *lle_head @ 24;
	struct ifnet *llt_ifp @ 32;
} @ 160;
struct llentries {
	struct llentry *clh_first @ 0;
} @ 8;
typedef __int64_t __time_t;
typedef __time_t time_t;
typedef short __int16_t;
typedef __int16_t int16_t;
struct llentry {
	struct { struct llentry *cle_next; struct llentry **cle_prev; } lle_next @ 0;
	union { struct in_addr addr4; struct in6_addr addr6; } r_l3addr @ 16;
	char r_linkdata[24] @ 32;
	uint8_t r_hdrlen @ 56;
	struct lltable *lle_tbl @ 64;
	struct mbuf *la_hold @ 88;
	time_t la_expire @ 104;
	uint16_t la_flags @ 112;
	int16_t ln_state @ 118;
	char *ll_addr @ 160;
} @ 352;
struct udpstat {
	uint64_t udps_ipackets @ 0;
	uint64_t udps_hdrops @ 8;
	uint64_t udps_badsum @ 16;
	uint64_t udps_nosum @ 24;
	uint64_t udps_badlen @ 32;
	uint64_t udps_noport @ 40;
	uint64_t udps_noportbcast @ 48;
	uint64_t udps_fullsock @ 56;
	uint64_t udpps_pcbcachemiss @ 64;
	uint64_t udpps_pcbhashmiss @ 72;
	uint64_t udps_opackets @ 80;
	uint64_t udps_fastout @ 88;
	uint64_t udps_noportmcast @ 96;
	uint64_t udps_filtermcast @ 104;
} @ 112;
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
struct uma_cache {
	struct uma_cache_bucket uc_freebucket @ 0;
	struct uma_cache_bucket uc_allocbucket @ 16;
	struct uma_cache_bucket uc_crossbucket @ 32;
	uint64_t uc_allocs @ 48;
	uint64_t uc_frees @ 56;
} @ 128;
struct uma_bucketlist {
	struct uma_bucket *stqh_first @ 0;
	struct uma_bucket **stqh_last @ 8;
} @ 16;
struct uma_zone_domain {
	struct uma_bucketlist uzd_buckets @ 0;
	long uzd_nitems @ 24;
} @ 128;
struct slabhead {
	struct uma_slab *lh_first @ 0;
} @ 8;
struct noslabbits {
	unsigned long __bits[0] @ 0;
} @ 0;
struct uma_slab {
	struct { struct uma_slab *le_next; struct uma_slab **le_prev; } us_link @ 0;
	uint16_t us_freecount @ 16;
	struct noslabbits us_free @ 24;
} @ 24;
struct uma_domain {
	struct slabhead ud_part_slab @ 64;
	struct slabhead ud_full_slab @ 80;
	uint32_t ud_free_items @ 92;
} @ 128;
struct uma_zone {
	uint32_t uz_flags @ 0;
	uint32_t uz_size @ 4;
	uint64_t uz_max_items @ 32;
	uint64_t uz_sleeps @ 120;
	struct { struct uma_zone *le_next; struct uma_zone **le_prev; } uz_link @ 128;
	counter_u64_t uz_allocs @ 144;
	counter_u64_t uz_frees @ 152;
	counter_u64_t uz_fails @ 160;
	const char *uz_name @ 168;
	struct uma_cache uz_cpu[0] @ 384;
} @ 384;
struct uma_keg {
	struct { struct uma_zone *lh_first; } uk_zones @ 16;
	uint32_t uk_rsize @ 52;
	uint32_t uk_pgoff @ 104;
	uint16_t uk_ppera @ 108;
	uint16_t uk_ipers @ 110;
	struct { struct uma_keg *le_next; struct uma_keg **le_prev; } uk_link @ 128;
	struct uma_domain uk_domain[0] @ 192;
} @ 192;
