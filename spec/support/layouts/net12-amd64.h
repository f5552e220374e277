/* Structures of a FreeBSD kernel, taken by mklayout.lua. */
typedef unsigned int u_int;
typedef unsigned long __uint64_t;
typedef __uint64_t __uintptr_t;
typedef __uintptr_t uintptr_t;
struct vnet {
	struct { struct vnet *le_next; struct vnet **le_prev; } vnet_le @ 0;
	u_int vnet_magic_n @ 16;
	u_int vnet_ifcnt @ 20;
	u_int vnet_sockcnt @ 24;
	u_int vnet_state @ 28;
	void *vnet_data_mem @ 32;
	uintptr_t vnet_data_base @ 40;
} @ 48;
struct domain {
	int dom_family @ 0;
	char *dom_name @ 8;
} @ 112;
struct protosw {
	short pr_type @ 0;
	struct domain *pr_domain @ 8;
	short pr_protocol @ 16;
} @ 96;
struct packet_tags {
	struct m_tag *slh_first @ 0;
} @ 8;
typedef int __int32_t;
typedef __int32_t int32_t;
typedef unsigned int __uint32_t;
typedef __uint32_t uint32_t;
typedef unsigned short __uint16_t;
typedef __uint16_t uint16_t;
typedef unsigned char __uint8_t;
typedef __uint8_t uint8_t;
typedef __uint64_t uint64_t;
struct pkthdr {
	union { struct m_snd_tag *snd_tag; struct ifnet *rcvif; }  @ 8 @ 0;
	struct packet_tags tags @ 8;
	int32_t len @ 16;
	uint32_t flowid @ 20;
	uint32_t csum_flags @ 24;
	uint16_t fibnum @ 28;
	uint8_t cosqos @ 30;
	uint8_t rsstype @ 31;
	union { uint64_t rcv_tstmp; struct { uint8_t l2hlen; uint8_t l3hlen; uint8_t l4hlen; uint8_t l5hlen; uint32_t spare; } ; }  @ 8 @ 32;
	union { uint8_t eight[8]; uint16_t sixteen[4]; uint32_t thirtytwo[2]; uint64_t sixtyfour[1]; uintptr_t unintptr[1]; void *ptr; } PH_per @ 40;
	union { uint8_t eight[8]; uint16_t sixteen[4]; uint32_t thirtytwo[2]; uint64_t sixtyfour[1]; uintptr_t unintptr[1]; void *ptr; } PH_loc @ 48;
} @ 56;
struct m_ext {
	union { volatile u_int ext_count; volatile u_int *ext_cnt; }  @ 8 @ 0;
	char *ext_buf @ 8;
	uint32_t ext_size @ 16;
	unsigned int ext_type:8;
	unsigned int ext_flags:24;
	void *ext_free @ 24;
	void *ext_arg1 @ 32;
	void *ext_arg2 @ 40;
} @ 48;
typedef char *caddr_t;
struct mbuf {
	union { struct mbuf *m_next; struct { struct mbuf *sle_next; } m_slist; struct { struct mbuf *stqe_next; } m_stailq; }  @ 8 @ 0;
	union { struct mbuf *m_nextpkt; struct { struct mbuf *sle_next; } m_slistpkt; struct { struct mbuf *stqe_next; } m_stailqpkt; }  @ 8 @ 8;
	caddr_t m_data @ 16;
	int32_t m_len @ 24;
	unsigned int m_type:8;
	unsigned int m_flags:24;
	union { struct { struct pkthdr m_pkthdr; union { struct m_ext m_ext; char m_pktdat[0]; } ; } ; char m_dat[0]; }  @ 104 @ 32;
} @ 136;
struct sockbuf {
	struct mbuf *sb_mb @ 80;
	u_int sb_acc @ 124;
	u_int sb_ccc @ 128;
	u_int sb_hiwat @ 132;
	u_int sb_mbcnt @ 136;
	u_int sb_mcnt @ 140;
	u_int sb_ccnt @ 144;
	u_int sb_mbmax @ 148;
	int sb_lowat @ 156;
} @ 240;
struct accept_queue {
	struct socket *tqh_first @ 0;
	struct socket **tqh_last @ 8;
} @ 16;
typedef unsigned short u_short;
typedef uint64_t so_gen_t;
typedef unsigned long u_long;
typedef long __int64_t;
typedef __int64_t sbintime_t;
struct socket {
	volatile u_int so_count @ 32;
	short so_type @ 200;
	int so_options @ 204;
	short so_state @ 210;
	void *so_pcb @ 216;
	struct vnet *so_vnet @ 224;
	struct protosw *so_proto @ 232;
	u_short so_error @ 242;
	struct ucred *so_cred @ 256;
	so_gen_t so_gencnt @ 272;
	union { struct { struct sockbuf so_rcv; struct sockbuf so_snd; struct { struct socket *tqe_next; struct socket **tqe_prev; } so_list; struct socket *so_listen; enum { SQ_NONE = 0, SQ_INCOMP = 2048, SQ_COMP = 4096 } so_qstate; struct label *so_peerlabel; u_long so_oobmark; } ; struct { struct accept_queue sol_incomp; struct accept_queue sol_comp; u_int sol_qlen; u_int sol_incqlen; u_int sol_qlimit; struct accept_filter *sol_accept_filter; void *sol_accept_filter_arg; char *sol_accept_filter_str; void *sol_upcall; void *sol_upcallarg; int sol_sbrcv_lowat; int sol_sbsnd_lowat; u_int sol_sbrcv_hiwat; u_int sol_sbsnd_hiwat; short sol_sbrcv_flags; short sol_sbsnd_flags; sbintime_t sol_sbrcv_timeo; sbintime_t sol_sbsnd_timeo; } ; }  @ 528 @ 344;
} @ 872;
struct inpcbhead {
	struct inpcb *clh_first @ 0;
} @ 8;
typedef __uint64_t u_quad_t;
struct inpcbinfo {
	struct inpcbhead *ipi_listhead @ 32;
	u_int ipi_count @ 40;
	u_quad_t ipi_gencnt @ 48;
	struct vnet *ipi_vnet @ 184;
} @ 240;
typedef unsigned char u_char;
typedef uint64_t inp_gen_t;
struct inpcb {
	int inp_flags @ 92;
	void *inp_ppcb @ 104;
	struct socket *inp_socket @ 112;
	struct inpcbinfo *inp_pcbinfo @ 144;
	struct ucred *inp_cred @ 176;
	u_char inp_vflag @ 188;
	u_char inp_ip_p @ 190;
	uint32_t inp_flowid @ 192;
	uint32_t inp_flowtype @ 208;
	struct in_conninfo inp_inc @ 216;
	inp_gen_t inp_gencnt @ 368;
	struct { struct inpcb *cle_next; struct inpcb **cle_prev; } inp_list @ 456;
} @ 488;
struct callout {
	sbintime_t c_time @ 16;
	short c_flags @ 56;
} @ 64;
struct tcp_timer {
	struct callout tt_rexmt @ 0;
	struct callout tt_persist @ 64;
	struct callout tt_keep @ 128;
	struct callout tt_2msl @ 192;
	struct callout tt_delack @ 256;
} @ 328;
struct tcp_function_block {
	char tfb_tcp_block_name[32] @ 0;
} @ 160;
struct cc_algo {
	char name[16] @ 0;
} @ 112;
struct tcpcb {
	struct inpcb *t_inpcb @ 0;
	struct tcp_function_block *t_fb @ 8;
	void *t_fb_ptr @ 16;
	unsigned int t_maxseg:24;
	unsigned int t_logstate:8;
	unsigned int t_port:16;
	unsigned int t_state:4;
	unsigned int t_idle_reduce:1;
	unsigned int t_delayed_ack:7;
	u_int t_flags @ 32;
	u_int t_rcvtime @ 124;
	struct tcp_timer *t_timers @ 176;
	int t_sndzerowin @ 280;
	int t_sndrexmitpack @ 432;
	int t_rcvoopack @ 436;
	struct cc_algo *cc_algo @ 448;
} @ 576;
struct sctppcbhead {
	struct sctp_inpcb *lh_first @ 0;
} @ 8;
struct sctp_epinfo {
	struct sctppcbhead listhead @ 104;
} @ 776;
struct sctpstat {
	uint32_t sctps_currestab @ 8;
	uint32_t sctps_outpackets @ 76;
	uint32_t sctps_inpackets @ 80;
} @ 664;
struct sctp_base_info {
	struct sctp_epinfo sctppcbinfo @ 0;
	struct sctpstat sctpstat @ 776;
} @ 1720;
struct sctp_inpcb {
	union { struct inpcb inp; char align[512]; } ip_inp @ 0;
	struct { struct sctp_inpcb *le_next; struct sctp_inpcb **le_prev; } sctp_list @ 528;
} @ 1280;
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
	struct vnode *unp_vnode @ 64;
	struct { struct unpcb *le_next; struct unpcb **le_prev; } unp_reflink @ 160;
	struct { struct unpcb *le_next; struct unpcb **le_prev; } unp_link @ 176;
	struct unp_head unp_refs @ 192;
	unp_gen_t unp_gencnt @ 200;
} @ 256;
struct syncache {
	struct { struct syncache *tqe_next; struct syncache **tqe_prev; } sc_hash @ 0;
	struct in_conninfo sc_inc @ 16;
} @ 168;
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
} @ 160;
typedef __int64_t __off_t;
typedef __off_t off_t;
struct file {
	void *f_data @ 0;
	struct fileops *f_ops @ 8;
	struct ucred *f_cred @ 16;
	struct vnode *f_vnode @ 24;
	short f_type @ 32;
	volatile u_int f_flag @ 36;
	volatile u_int f_count @ 40;
	off_t f_offset @ 64;
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
	int fd_refcnt @ 52;
	int fd_holdcnt @ 56;
} @ 120;
struct ifaltq {
	struct mbuf *ifq_head @ 0;
	struct mbuf *ifq_tail @ 8;
	int ifq_len @ 16;
} @ 168;
struct ifnethead {
	struct ifnet *cstqh_first @ 0;
	struct ifnet **cstqh_last @ 8;
} @ 16;
struct ifaddrhead {
	struct ifaddr *cstqh_first @ 0;
	struct ifaddr **cstqh_last @ 8;
} @ 16;
struct ifg_group {
	char ifg_group[16] @ 0;
	u_int ifg_refcnt @ 16;
} @ 56;
struct ifg_list {
	struct ifg_group *ifgl_group @ 0;
	struct { struct ifg_list *cstqe_next; } ifgl_next @ 8;
} @ 16;
struct ifgrouphead {
	struct ifg_group *cstqh_first @ 0;
	struct ifg_group **cstqh_last @ 8;
} @ 16;
typedef uint64_t *counter_u64_t;
struct ifnet {
	struct { struct ifnet *cstqe_next; } if_link @ 0;
	struct { struct ifg_list *cstqh_first; struct ifg_list **cstqh_last; } if_groups @ 24;
	const char *if_dname @ 72;
	int if_dunit @ 80;
	u_short if_index @ 84;
	char if_xname[16] @ 88;
	char *if_description @ 104;
	int if_flags @ 112;
	int if_drv_flags @ 116;
	int if_capenable @ 124;
	u_int if_refcount @ 144;
	uint8_t if_type @ 148;
	uint8_t if_addrlen @ 149;
	uint8_t if_link_state @ 151;
	uint32_t if_mtu @ 152;
	uint32_t if_metric @ 156;
	uint64_t if_baudrate @ 160;
	struct ifaltq if_snd[4] @ 200;
	struct ifaddrhead if_addrhead @ 936;
	struct ifaddr *if_addr @ 976;
	void *if_afdata[42] @ 1032;
	u_int if_fib @ 1372;
	struct vnet *if_vnet @ 1376;
	counter_u64_t if_counters[12] @ 1576;
} @ 1800;
struct ifaddr {
	struct sockaddr *ifa_addr @ 0;
	struct sockaddr *ifa_dstaddr @ 8;
	struct sockaddr *ifa_netmask @ 16;
	struct ifnet *ifa_ifp @ 24;
	struct { struct ifaddr *cstqe_next; } ifa_link @ 40;
	u_short ifa_flags @ 56;
	u_int ifa_refcnt @ 60;
	counter_u64_t ifa_ipackets @ 64;
	counter_u64_t ifa_opackets @ 72;
} @ 112;
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
} @ 480;
struct rtentry {
	struct radix_node rt_nodes[2] @ 0;
	struct sockaddr *rt_gateway @ 96;
	struct ifnet *rt_ifp @ 104;
	struct ifaddr *rt_ifa @ 112;
	int rt_flags @ 120;
	u_long rt_mtu @ 136;
	u_long rt_expire @ 152;
	counter_u64_t rt_pksent @ 160;
} @ 208;
struct lltable {
	struct { struct lltable *sle_next; } llt_link @ 0;
	int llt_af @ 8;
	int llt_hsize @ 12;
	struct llentries *lle_head @ 16;
	struct ifnet *llt_ifp @ 24;
} @ 144;
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
} @ 328;
struct tcpstat {
	uint64_t tcps_connattempt @ 0;
	uint64_t tcps_accepts @ 8;
	uint64_t tcps_connects @ 16;
	uint64_t tcps_drops @ 24;
	uint64_t tcps_conndrops @ 32;
	uint64_t tcps_minmssdrops @ 40;
	uint64_t tcps_closed @ 48;
	uint64_t tcps_segstimed @ 56;
	uint64_t tcps_rttupdated @ 64;
	uint64_t tcps_delack @ 72;
	uint64_t tcps_timeoutdrop @ 80;
	uint64_t tcps_rexmttimeo @ 88;
	uint64_t tcps_persisttimeo @ 96;
	uint64_t tcps_keeptimeo @ 104;
	uint64_t tcps_keepprobe @ 112;
	uint64_t tcps_keepdrops @ 120;
	uint64_t tcps_sndtotal @ 128;
	uint64_t tcps_sndpack @ 136;
	uint64_t tcps_sndbyte @ 144;
	uint64_t tcps_sndrexmitpack @ 152;
	uint64_t tcps_sndrexmitbyte @ 160;
	uint64_t tcps_sndrexmitbad @ 168;
	uint64_t tcps_sndacks @ 176;
	uint64_t tcps_sndprobe @ 184;
	uint64_t tcps_sndurg @ 192;
	uint64_t tcps_sndwinup @ 200;
	uint64_t tcps_sndctrl @ 208;
	uint64_t tcps_rcvtotal @ 216;
	uint64_t tcps_rcvpack @ 224;
	uint64_t tcps_rcvbyte @ 232;
	uint64_t tcps_rcvbadsum @ 240;
	uint64_t tcps_rcvbadoff @ 248;
	uint64_t tcps_rcvreassfull @ 256;
	uint64_t tcps_rcvshort @ 264;
	uint64_t tcps_rcvduppack @ 272;
	uint64_t tcps_rcvdupbyte @ 280;
	uint64_t tcps_rcvpartduppack @ 288;
	uint64_t tcps_rcvpartdupbyte @ 296;
	uint64_t tcps_rcvoopack @ 304;
	uint64_t tcps_rcvoobyte @ 312;
	uint64_t tcps_rcvpackafterwin @ 320;
	uint64_t tcps_rcvbyteafterwin @ 328;
	uint64_t tcps_rcvafterclose @ 336;
	uint64_t tcps_rcvwinprobe @ 344;
	uint64_t tcps_rcvdupack @ 352;
	uint64_t tcps_rcvacktoomuch @ 360;
	uint64_t tcps_rcvackpack @ 368;
	uint64_t tcps_rcvackbyte @ 376;
	uint64_t tcps_rcvwinupd @ 384;
	uint64_t tcps_pawsdrop @ 392;
	uint64_t tcps_predack @ 400;
	uint64_t tcps_preddat @ 408;
	uint64_t tcps_pcbcachemiss @ 416;
	uint64_t tcps_cachedrtt @ 424;
	uint64_t tcps_cachedrttvar @ 432;
	uint64_t tcps_cachedssthresh @ 440;
	uint64_t tcps_usedrtt @ 448;
	uint64_t tcps_usedrttvar @ 456;
	uint64_t tcps_usedssthresh @ 464;
	uint64_t tcps_persistdrop @ 472;
	uint64_t tcps_badsyn @ 480;
	uint64_t tcps_mturesent @ 488;
	uint64_t tcps_listendrop @ 496;
	uint64_t tcps_badrst @ 504;
	uint64_t tcps_sc_added @ 512;
	uint64_t tcps_sc_retransmitted @ 520;
	uint64_t tcps_sc_dupsyn @ 528;
	uint64_t tcps_sc_dropped @ 536;
	uint64_t tcps_sc_completed @ 544;
	uint64_t tcps_sc_bucketoverflow @ 552;
	uint64_t tcps_sc_cacheoverflow @ 560;
	uint64_t tcps_sc_reset @ 568;
	uint64_t tcps_sc_stale @ 576;
	uint64_t tcps_sc_aborted @ 584;
	uint64_t tcps_sc_badack @ 592;
	uint64_t tcps_sc_unreach @ 600;
	uint64_t tcps_sc_zonefail @ 608;
	uint64_t tcps_sc_sendcookie @ 616;
	uint64_t tcps_sc_recvcookie @ 624;
	uint64_t tcps_hc_added @ 632;
	uint64_t tcps_hc_bucketoverflow @ 640;
	uint64_t tcps_finwait2_drops @ 648;
	uint64_t tcps_sack_recovery_episode @ 656;
	uint64_t tcps_sack_rexmits @ 664;
	uint64_t tcps_sack_rexmit_bytes @ 672;
	uint64_t tcps_sack_rcv_blocks @ 680;
	uint64_t tcps_sack_send_blocks @ 688;
	uint64_t tcps_sack_sboverflow @ 696;
	uint64_t tcps_ecn_ce @ 704;
	uint64_t tcps_ecn_ect0 @ 712;
	uint64_t tcps_ecn_ect1 @ 720;
	uint64_t tcps_ecn_shs @ 728;
	uint64_t tcps_ecn_rcwnd @ 736;
	uint64_t tcps_sig_rcvgoodsig @ 744;
	uint64_t tcps_sig_rcvbadsig @ 752;
	uint64_t tcps_sig_err_buildsig @ 760;
	uint64_t tcps_sig_err_sigopt @ 768;
	uint64_t tcps_sig_err_nosigopt @ 776;
	uint64_t tcps_pmtud_blackhole_activated @ 784;
	uint64_t tcps_pmtud_blackhole_activated_min_mss @ 792;
	uint64_t tcps_pmtud_blackhole_failed @ 800;
	uint64_t _pad[12] @ 808;
} @ 904;
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
struct igmpstat {
	uint32_t igps_version @ 0;
	uint32_t igps_len @ 4;
	uint64_t igps_rcv_total @ 8;
	uint64_t igps_rcv_tooshort @ 16;
	uint64_t igps_rcv_badttl @ 24;
	uint64_t igps_rcv_badsum @ 32;
	uint64_t igps_rcv_v1v2_queries @ 40;
	uint64_t igps_rcv_v3_queries @ 48;
	uint64_t igps_rcv_badqueries @ 56;
	uint64_t igps_rcv_gen_queries @ 64;
	uint64_t igps_rcv_group_queries @ 72;
	uint64_t igps_rcv_gsr_queries @ 80;
	uint64_t igps_drop_gsr_queries @ 88;
	uint64_t igps_rcv_reports @ 96;
	uint64_t igps_rcv_badreports @ 104;
	uint64_t igps_rcv_ourreports @ 112;
	uint64_t igps_rcv_nora @ 120;
	uint64_t igps_snd_reports @ 128;
	uint64_t __igps_pad[4] @ 136;
} @ 168;
struct icmpstat {
	u_long icps_error @ 0;
	u_long icps_oldshort @ 8;
	u_long icps_oldicmp @ 16;
	u_long icps_outhist[41] @ 24;
	u_long icps_badcode @ 352;
	u_long icps_tooshort @ 360;
	u_long icps_checksum @ 368;
	u_long icps_badlen @ 376;
	u_long icps_reflect @ 384;
	u_long icps_inhist[41] @ 392;
	u_long icps_bmcastecho @ 720;
	u_long icps_bmcasttstamp @ 728;
	u_long icps_badaddr @ 736;
	u_long icps_noroute @ 744;
} @ 752;
struct icmp6errstat {
	uint64_t icp6errs_dst_unreach_noroute @ 0;
	uint64_t icp6errs_dst_unreach_admin @ 8;
	uint64_t icp6errs_dst_unreach_beyondscope @ 16;
	uint64_t icp6errs_dst_unreach_addr @ 24;
	uint64_t icp6errs_dst_unreach_noport @ 32;
	uint64_t icp6errs_packet_too_big @ 40;
	uint64_t icp6errs_time_exceed_transit @ 48;
	uint64_t icp6errs_time_exceed_reassembly @ 56;
	uint64_t icp6errs_paramprob_header @ 64;
	uint64_t icp6errs_paramprob_nextheader @ 72;
	uint64_t icp6errs_paramprob_option @ 80;
	uint64_t icp6errs_redirect @ 88;
	uint64_t icp6errs_unknown @ 96;
} @ 104;
struct icmp6stat {
	uint64_t icp6s_error @ 0;
	uint64_t icp6s_canterror @ 8;
	uint64_t icp6s_toofreq @ 16;
	uint64_t icp6s_outhist[256] @ 24;
	uint64_t icp6s_badcode @ 2072;
	uint64_t icp6s_tooshort @ 2080;
	uint64_t icp6s_checksum @ 2088;
	uint64_t icp6s_badlen @ 2096;
	uint64_t icp6s_reflect @ 2104;
	uint64_t icp6s_inhist[256] @ 2112;
	uint64_t icp6s_nd_toomanyopt @ 4160;
	struct icmp6errstat icp6s_outerrhist @ 4168;
	uint64_t icp6s_pmtuchg @ 4272;
	uint64_t icp6s_nd_badopt @ 4280;
	uint64_t icp6s_badns @ 4288;
	uint64_t icp6s_badna @ 4296;
	uint64_t icp6s_badrs @ 4304;
	uint64_t icp6s_badra @ 4312;
	uint64_t icp6s_badredirect @ 4320;
} @ 4328;
struct ip6stat {
	uint64_t ip6s_total @ 0;
	uint64_t ip6s_tooshort @ 8;
	uint64_t ip6s_toosmall @ 16;
	uint64_t ip6s_fragments @ 24;
	uint64_t ip6s_fragdropped @ 32;
	uint64_t ip6s_fragtimeout @ 40;
	uint64_t ip6s_fragoverflow @ 48;
	uint64_t ip6s_forward @ 56;
	uint64_t ip6s_cantforward @ 64;
	uint64_t ip6s_redirectsent @ 72;
	uint64_t ip6s_delivered @ 80;
	uint64_t ip6s_localout @ 88;
	uint64_t ip6s_odropped @ 96;
	uint64_t ip6s_reassembled @ 104;
	uint64_t ip6s_fragmented @ 112;
	uint64_t ip6s_ofragments @ 120;
	uint64_t ip6s_cantfrag @ 128;
	uint64_t ip6s_badoptions @ 136;
	uint64_t ip6s_noroute @ 144;
	uint64_t ip6s_badvers @ 152;
	uint64_t ip6s_rawout @ 160;
	uint64_t ip6s_badscope @ 168;
	uint64_t ip6s_notmember @ 176;
	uint64_t ip6s_nxthist[256] @ 184;
	uint64_t ip6s_m1 @ 2232;
	uint64_t ip6s_m2m[32] @ 2240;
	uint64_t ip6s_mext1 @ 2496;
	uint64_t ip6s_mext2m @ 2504;
	uint64_t ip6s_exthdrtoolong @ 2512;
	uint64_t ip6s_nogif @ 2520;
	uint64_t ip6s_toomanyhdr @ 2528;
	uint64_t ip6s_sources_none @ 2536;
	uint64_t ip6s_sources_sameif[16] @ 2544;
	uint64_t ip6s_sources_otherif[16] @ 2672;
	uint64_t ip6s_sources_samescope[16] @ 2800;
	uint64_t ip6s_sources_otherscope[16] @ 2928;
	uint64_t ip6s_sources_deprecated[16] @ 3056;
	uint64_t ip6s_sources_rule[16] @ 3184;
} @ 3312;
struct rtstat {
	short rts_badredirect @ 0;
	short rts_dynamic @ 2;
	short rts_newgateway @ 4;
	short rts_unreach @ 6;
	short rts_wildcard @ 8;
} @ 10;
struct uma_bucket {
	struct { struct uma_bucket *le_next; struct uma_bucket **le_prev; } ub_link @ 0;
	int16_t ub_cnt @ 16;
	int16_t ub_entries @ 18;
	void *ub_bucket[0] @ 24;
} @ 24;
typedef struct uma_bucket *uma_bucket_t;
struct uma_cache {
	uma_bucket_t uc_freebucket @ 0;
	uma_bucket_t uc_allocbucket @ 8;
	uint64_t uc_allocs @ 16;
	uint64_t uc_frees @ 24;
} @ 128;
struct uma_zone_domain {
	struct { struct uma_bucket *lh_first; } uzd_buckets @ 0;
	long uzd_nitems @ 8;
} @ 40;
struct slabhead {
	struct uma_slab *slh_first @ 0;
} @ 8;
struct slabbits {
	long __bits[4] @ 0;
} @ 32;
struct uma_slab {
	union { struct { struct uma_slab *le_next; struct uma_slab **le_prev; } _us_link; unsigned long _us_size; } us_type @ 8;
	uint8_t *us_data @ 32;
	struct slabbits us_free @ 40;
	uint16_t us_freecount @ 72;
} @ 80;
struct uma_domain {
	struct { struct uma_slab *lh_first; } ud_part_slab @ 0;
	struct { struct uma_slab *lh_first; } ud_full_slab @ 16;
} @ 24;
struct uma_zone {
	const char *uz_name @ 8;
	struct uma_zone_domain *uz_domain @ 16;
	uint32_t uz_flags @ 24;
	uint32_t uz_size @ 28;
	struct { struct uma_zone *le_next; struct uma_zone **le_prev; } uz_link @ 104;
	volatile u_long uz_allocs @ 256;
	volatile u_long uz_fails @ 264;
	volatile u_long uz_frees @ 272;
	uint64_t uz_sleeps @ 280;
	struct uma_cache uz_cpu[0] @ 384;
} @ 384;
struct uma_keg {
	struct { struct uma_zone *lh_first; } uk_zones @ 48;
	uint32_t uk_free @ 80;
	uint32_t uk_rsize @ 92;
	uint32_t uk_maxpages @ 96;
	uint32_t uk_pgoff @ 160;
	uint16_t uk_ppera @ 164;
	uint16_t uk_ipers @ 166;
	struct { struct uma_keg *le_next; struct uma_keg **le_prev; } uk_link @ 184;
	struct uma_domain uk_domain[0] @ 200;
} @ 200;
