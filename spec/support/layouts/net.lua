-- The structs of the network for mklayout.lua; what is the same in every
-- release, or a union with a name, is in ../net.lua.
return {
	{ "vnet" },
	{ "domain", "dom_family dom_name" }, { "protosw", "pr_type pr_domain pr_protocol" },
	{ "packet_tags" }, { "pkthdr" }, { "m_ext" }, { "mbuf" },
	{ "sockbuf", "sb_mb sb_acc sb_ccc sb_hiwat sb_mbcnt sb_mcnt sb_ccnt sb_mbmax sb_lowat" },
	{ "accept_queue" },
	{ "socket", "so_count so_options so_type so_state so_pcb so_vnet so_proto so_error " ..
	    "so_cred so_gencnt so_rcv" },
	{ "inpcbhead" },
	{ "inpcbinfo", "ipi_listhead ipi_count ipi_gencnt ipi_vnet" },
	{ "inpcb", "inp_flags inp_ppcb inp_socket inp_pcbinfo inp_cred inp_vflag inp_ip_p inp_inc " ..
	    "inp_flowid inp_flowtype inp_gencnt inp_list" },
	{ "callout", "c_time c_flags" }, { "tcp_timer", "tt_rexmt tt_persist tt_keep tt_2msl tt_delack" },
	{ "tcp_function_block", "tfb_tcp_block_name" }, { "cc_algo", "name" },
	{ "tcpcb", "t_inpcb t_fb t_fb_ptr t_timers t_in_hpts t_maxseg t_logstate _t_logstate t_port t_state " ..
	    "t_idle_reduce t_delayed_ack t_flags t_rcvtime t_sndzerowin t_sndrexmitpack t_rcvoopack " ..
	    "cc_algo t_cc" },
	{ "sctppcbhead" }, { "sctp_epinfo", "listhead" }, { "sctpstat", "sctps_currestab sctps_outpackets sctps_inpackets" },
	{ "sctp_base_info", "sctppcbinfo sctpstat" }, { "sctp_inpcb", "ip_inp sctp_list" },
	{ "unp_head" },
	{ "unpcb", "unp_conn unp_refcount unp_flags unp_addr unp_socket unp_vnode unp_reflink " ..
	    "unp_link unp_refs unp_gencnt" },
	{ "syncache", "sc_hash sc_inc" }, { "sch_head" },
	{ "syncache_head", "sch_bucket sch_length" }, { "tcp_syncache", "hashbase hashsize hashmask" },
	{ "file", "f_data f_ops f_cred f_vnode f_type f_flag f_count f_offset" },
	{ "filedescent", "fde_file fde_flags" }, { "fdescenttbl" },
	{ "filedesc", "fd_files fd_refcnt fd_holdcnt" },
	{ "ifaltq", "ifq_head ifq_tail ifq_len" },
	{ "ifnethead" }, { "ifaddrhead" }, { "ifg_group", "ifg_group ifg_refcnt" }, { "ifg_list" },
	{ "ifgrouphead" },
	{ "ifnet", "if_link if_groups if_description if_capenable if_dname if_dunit if_index " ..
	    "if_xname if_flags if_drv_flags if_refcount " ..
	    "if_type if_addrlen if_link_state if_mtu if_metric if_baudrate if_addrhead if_addr " ..
	    "if_snd if_afdata if_fib if_vnet if_counters" },
	{ "ifaddr", "ifa_addr ifa_dstaddr ifa_netmask ifa_ifp ifa_link ifa_flags ifa_refcnt " ..
	    "ifa_ipackets ifa_opackets" },
	{ "radix_node" }, { "radix_head" }, { "rib_head", "head rib_family rib_fibnum" },
	{ "nhop_object", "nh_flags nh_mtu gw_sa nh_ifp nh_ifa nh_pksent nh_priv" },
	{ "nhop_priv", "rt_flags nh_expire nh_idx" }, { "nhgrp_object" },
	{ "rtentry", "rt_nodes rt_nhop rte_flags rt_gateway rt_ifp rt_ifa rt_flags rt_mtu rt_expire rt_pksent" },
	{ "lltable", "llt_link llt_af llt_hsize lle_head llt_ifp" },
	{ "llentries" },
	{ "llentry", "lle_next r_l3addr r_linkdata r_hdrlen lle_tbl la_hold la_expire la_flags ln_state " ..
	    "ll_addr" },
	{ "tcpstat" }, { "udpstat" }, { "igmpstat" }, { "icmpstat" }, { "icmp6errstat" }, { "icmp6stat" },
	{ "ip6stat" }, { "rtstat" },
	{ "uma_bucket" }, { "uma_cache_bucket" }, { "uma_cache" }, { "uma_bucketlist" },
	{ "uma_zone_domain", "uzd_buckets uzd_nitems" }, { "slabhead" }, { "slabbits" }, { "noslabbits" },
	{ "uma_slab", "us_link us_type us_data us_free us_freecount" },
	{ "uma_domain", "ud_part_slab ud_full_slab ud_free_items" },
	{ "uma_zone", "uz_name uz_size uz_flags uz_link uz_max_items uz_domain uz_allocs uz_frees " ..
	    "uz_fails uz_sleeps uz_cpu" },
	{ "uma_keg", "uk_zones uk_link uk_rsize uk_pgoff uk_ipers uk_ppera uk_free uk_maxpages uk_domain" },
}
