--- What `netstat -s` says of TCP: the members of struct tcpstat
-- (netinet/tcp_var.h) and the lines of netstat(1) they stand in. See
-- vmcore.netstat.sentence for the notation.
-- @module vmcore.netstat.sentences.tcp

return { tcp = [[
tcps_sndtotal: {} packet{s} sent
	tcps_sndpack tcps_sndbyte: {} data packet{s} ({} byte{s})
	tcps_sndrexmitpack tcps_sndrexmitbyte: {} data packet{s} ({} byte{s}) retransmitted
	tcps_sndrexmitbad: {} data packet{s} unnecessarily retransmitted
	tcps_mturesent: {} resend{s} initiated by MTU discovery
	tcps_sndacks tcps_delack: {} ack-only packet{s} ({} delayed)
	tcps_sndurg: {} URG only packet{s}
	tcps_sndprobe: {} window probe packet{s}
	tcps_sndwinup: {} window update packet{s}
	tcps_sndctrl: {} control packet{s}
tcps_rcvtotal: {} packet{s} received
	tcps_rcvackpack tcps_rcvackbyte: {} ack{s} (for {} byte{s})
	tcps_rcvdupack: {} duplicate ack{s}
	tcps_tunneled_pkts: {} UDP tunneled pkt{s}
	tcps_tunneled_errs: {} UDP tunneled pkt cnt with error{s}
	tcps_rcvacktoomuch: {} ack{s} for unsent data
	tcps_rcvghostack: {} ghost ack{s} received
	tcps_rcvacktooold: {} ack{s} that were too old
	tcps_rcvpack tcps_rcvbyte: {} packet{s} ({} byte{s}) received in-sequence
	tcps_rcvduppack tcps_rcvdupbyte: {} completely duplicate packet{s} ({} byte{s})
	tcps_pawsdrop: {} old duplicate packet{s}
	tcps_rcvpartduppack tcps_rcvpartdupbyte: {} packet{s} with some dup. data ({} byte{s} duped)
	tcps_rcvoopack tcps_rcvoobyte: {} out-of-order packet{s} ({} byte{s})
	tcps_rcvpackafterwin tcps_rcvbyteafterwin: {} packet{s} ({} byte{s}) of data after window
	tcps_rcvwinprobe: {} window probe{s}
	tcps_rcvwinupd: {} window update packet{s}
	tcps_rcvafterclose: {} packet{s} received after close
	tcps_rcvbadsum: {} discarded for bad checksum{s}
	tcps_rcvbadoff: {} discarded for bad header offset field{s}
	tcps_rcvshort: {} discarded because packet too short
	tcps_rcvreassfull: {} discarded due to full reassembly queue
tcps_connattempt: {} connection request{s}
tcps_accepts: {} connection accept{s}
tcps_badsyn: {} bad connection attempt{s}
tcps_listendrop: {} listen queue overflow{s}
tcps_badrst: {} ignored RSTs in the window{s}
tcps_connects: {} connection{s} established (including accepts)
	tcps_usedrtt: {} time{s} used RTT from hostcache
	tcps_usedrttvar: {} time{s} used RTT variance from hostcache
	tcps_usedssthresh: {} time{s} used slow-start threshold from hostcache
tcps_closed tcps_drops: {} connection{s} closed (including {} drop{s})
	tcps_cachedrtt: {} connection{s} updated cached RTT on close
	tcps_cachedrttvar: {} connection{s} updated cached RTT variance on close
	tcps_cachedssthresh: {} connection{s} updated cached ssthresh on close
tcps_conndrops: {} embryonic connection{s} dropped
tcps_rttupdated tcps_segstimed: {} segment{s} updated rtt (of {} attempt{s})
tcps_rexmttimeo: {} retransmit timeout{s}
	tcps_timeoutdrop: {} connection{s} dropped by rexmit timeout
tcps_persisttimeo: {} persist timeout{s}
	tcps_persistdrop: {} connection{s} dropped by persist timeout
tcps_finwait2_drops: {} Connection{s} (fin_wait_2) dropped because of timeout
tcps_keeptimeo: {} keepalive timeout{s}
	tcps_keepprobe: {} keepalive probe{s} sent
	tcps_keepdrops: {} connection{s} dropped by keepalive
tcps_progdrops: {} connection{s} dropped due to exceeding progress timeout
tcps_predack: {} correct ACK header prediction{s}
tcps_preddat: {} correct data packet header prediction{s}
tcps_sc_added: {} syncache entr{y|ies} added
	tcps_sc_retransmitted: {} retransmitted
	tcps_sc_dupsyn: {} dupsyn
	tcps_sc_dropped: {} dropped
	tcps_sc_completed: {} completed
	tcps_sc_bucketoverflow: {} bucket overflow
	tcps_sc_cacheoverflow: {} cache overflow
	tcps_sc_reset: {} reset
	tcps_sc_stale: {} stale
	tcps_sc_aborted: {} aborted
	tcps_sc_badack: {} badack
	tcps_sc_unreach: {} unreach
	tcps_sc_zonefail: {} zone failure{s}
tcps_sc_sendcookie: {} cookie{s} sent
tcps_sc_recvcookie: {} cookie{s} received
	tcps_sc_spurcookie: {} spurious cookie{s} rejected
	tcps_sc_failcookie: {} failed cookie{s} rejected
tcps_hc_added: {} hostcache entr{y|ies} added
	tcps_hc_bucketoverflow: {} bucket overflow
tcps_sack_recovery_episode: {} SACK recovery episode{s}
tcps_sack_rexmits: {} segment rexmit{s} in SACK recovery episodes
	tcps_sack_rexmits_tso: {} tso chunk rexmit{s} in SACK recovery episodes
tcps_sack_rexmit_bytes: {} byte rexmit{s} in SACK recovery episodes
tcps_sack_lostrexmt: {} lost SACK retransmission{s}
tcps_sack_rcv_blocks: {} SACK option{s} (SACK blocks) received
tcps_sack_send_blocks: {} SACK option{s} (SACK blocks) sent
tcps_sack_sboverflow: {} SACK scoreboard overflow
tcps_ecn_rcvce|tcps_ecn_ce: {} packet{s} with ECN CE bit set
tcps_ecn_rcvect0|tcps_ecn_ect0: {} packet{s} with ECN ECT(0) bit set
tcps_ecn_rcvect1|tcps_ecn_ect1: {} packet{s} with ECN ECT(1) bit set
tcps_ecn_sndect0: {} packet{s} sent with ECN ECT(0) bit set
tcps_ecn_sndect1: {} packet{s} sent with ECN ECT(1) bit set
tcps_ecn_shs: {} successful ECN handshake{s}
tcps_ecn_rcwnd: {} time{s} ECN reduced the congestion window
tcps_ace_nect: {} ACE packet{s} with ECT not set
tcps_ace_ect0: {} ACE packet{s} with ECT(0) set
tcps_ace_ect1: {} ACE packet{s} with ECT(1) set
tcps_ace_ce: {} ACE packet{s} with CE set
tcps_sig_rcvgoodsig: {} packet{s} with matching signature received
tcps_sig_rcvbadsig: {} packet{s} with bad signature received
tcps_sig_err_buildsig: {} time{s} failed to make signature due to no SA
tcps_sig_err_sigopt: {} time{s} unexpected signature received
tcps_sig_err_nosigopt: {} time{s} no signature provided by segment
tcps_pmtud_blackhole_activated: {} Path MTU discovery black hole detection activation{s}
tcps_pmtud_blackhole_activated_min_mss: {} Path MTU discovery black hole detection min MSS activation{s}
tcps_pmtud_blackhole_failed: {} Path MTU discovery black hole detection failure{s}
tcps_tw_responds: {} time{s} connection in TIME-WAIT responded with ACK
tcps_tw_recycles: {} time{s} connection in TIME-WAIT was actively recycled
tcps_tw_resets: {} time{s} connection in TIME-WAIT responded with RST
<tcps_states[state]: TCP connection count by state:
]] }
