--- What `netstat -s` says of the protocols over IPv6 and of routing: the
-- members of struct ip6stat, icmp6stat and their kin (netinet/icmp6.h,
-- netinet6/*_var.h, net/route.h) and the lines of netstat(1) they stand in. See
-- vmcore.netstat.sentence for the notation.
-- @module vmcore.netstat.sentences.inet6

local inet6 = {}

inet6.ip6 = [[
ip6s_total: {} total packet{s} received
ip6s_toosmall: {} with size smaller than minimum
ip6s_tooshort: {} with data size < data length
ip6s_badoptions: {} with bad options
ip6s_badvers: {} with incorrect version number
ip6s_fragments: {} fragment{s} received
ip6s_fragdropped: {} fragment{s} dropped (dup or out of space)
ip6s_fragtimeout: {} fragment{s} dropped after timeout
ip6s_fragoverflow: {} fragment{s} that exceeded limit
ip6s_atomicfrags: {} atomic fragment{s}
ip6s_reassembled: {} packet{s} reassembled ok
ip6s_delivered: {} packet{s} for this host
ip6s_forward: {} packet{s} forwarded
ip6s_cantforward: {} packet{s} not forwardable
ip6s_redirectsent: {} redirect{s} sent
ip6s_localout: {} packet{s} sent from this host
ip6s_rawout: {} packet{s} sent with fabricated ip header
ip6s_odropped: {} output packet{s} dropped due to no bufs, etc.
ip6s_noroute: {} output packet{s} discarded due to no route
ip6s_fragmented: {} output datagram{s} fragmented
ip6s_ofragments: {} fragment{s} created
ip6s_cantfrag: {} datagram{s} that can't be fragmented
ip6s_badscope: {} packet{s} that violated scope rules
ip6s_notmember: {} multicast packet{s} which we don't join
ip6s_nxthist[next]: Input histogram:
: Mbuf statistics:
	ip6s_m1: {} one mbuf
	ip6s_m2m[mbufs]: two or more mbuf:
	ip6s_mext1: {} one ext mbuf
	ip6s_mext2m: {} two or more ext mbuf
ip6s_exthdrtoolong: {} packet{s} whose headers are not contiguous
ip6s_nogif: {} tunneling packet{s} that can't find gif
ip6s_toomanyhdr: {} packet{s} discarded because of too many headers
ip6s_sources_none: {} failure{s} of source address selection
ip6s_sources_sameif[scope]: source addresses on an outgoing I/F
ip6s_sources_otherif[scope]: source addresses on a non-outgoing I/F
ip6s_sources_samescope[scope]: source addresses of same scope
ip6s_sources_otherscope[scope]: source addresses of a different scope
ip6s_sources_deprecated[scope]: deprecated source addresses
ip6s_sources_rule[rule]: Source addresses selection rule applied:
]]

inet6.icmp6 = [[
icp6s_error: {} call{s} to icmp6_error
icp6s_canterror: {} error{s} not generated in response to an icmp6 message
icp6s_toofreq: {} error{s} not generated because of rate limitation
icp6s_outhist[icmp6]: Output histogram:
icp6s_badcode: {} message{s} with bad code fields
icp6s_tooshort: {} message{s} < minimum length
icp6s_checksum: {} bad checksum{s}
icp6s_badlen: {} message{s} with bad length
icp6s_dropped: {} message{s} dropped
icp6s_inhist[icmp6]: Input histogram:
: Histogram of error messages to be generated:
	icp6s_odst_unreach_noroute|icp6errs_dst_unreach_noroute: {} no route
	icp6s_odst_unreach_admin|icp6errs_dst_unreach_admin: {} administratively prohibited
	icp6s_odst_unreach_beyondscope|icp6errs_dst_unreach_beyondscope: {} beyond scope
	icp6s_odst_unreach_addr|icp6errs_dst_unreach_addr: {} address unreachable
	icp6s_odst_unreach_noport|icp6errs_dst_unreach_noport: {} port unreachable
	icp6s_opacket_too_big|icp6errs_packet_too_big: {} packet too big
	icp6s_otime_exceed_transit|icp6errs_time_exceed_transit: {} time exceed transit
	icp6s_otime_exceed_reassembly|icp6errs_time_exceed_reassembly: {} time exceed reassembly
	icp6s_oparamprob_header|icp6errs_paramprob_header: {} erroneous header field
	icp6s_oparamprob_nextheader|icp6errs_paramprob_nextheader: {} unrecognized next header
	icp6s_oparamprob_option|icp6errs_paramprob_option: {} unrecognized option
	icp6s_oredirect|icp6errs_redirect: {} redirect
	icp6s_ounknown|icp6errs_unknown: {} unknown
icp6s_reflect: {} message response{s} generated
icp6s_nd_toomanyopt: {} message{s} with too many ND options
icp6s_nd_badopt: {} message{s} with bad ND options
icp6s_badns: {} bad neighbor solicitation message{s}
icp6s_badna: {} bad neighbor advertisement message{s}
icp6s_badrs: {} bad router solicitation message{s}
icp6s_badra: {} bad router advertisement message{s}
icp6s_badredirect: {} bad redirect message{s}
icp6s_overflowdefrtr: {} default routers overflow{s}
icp6s_overflowprfx: {} prefix overflow{s}
icp6s_overflownndp: {} neighbour entries overflow{s}
icp6s_overflowredirect: {} redirect overflow{s}
icp6s_invlhlim: {} message{s} with invalid hop limit
icp6s_pmtuchg: {} path MTU change{s}
]]

inet6.rip6 = [[
rip6s_ipackets: {} message{s} received
rip6s_isum: {} checksum calculation{s} on inbound
rip6s_badsum: {} message{s} with bad checksum
rip6s_nosock: {} message{s} dropped due to no socket
rip6s_nosockmcast: {} multicast message{s} dropped due to no socket
rip6s_fullsock: {} message{s} dropped due to full socket buffers
rip6s_ipackets -rip6s_badsum -rip6s_nosock -rip6s_nosockmcast -rip6s_fullsock: {} delivered
rip6s_opackets: {} datagram{s} output
]]

inet6.rt = [[
rts_badredirect: {} bad routing redirect{s}
rts_dynamic: {} dynamically created route{s}
rts_newgateway: {} new gateway{s} due to redirects
rts_unreach: {} destination{s} found unreachable
rts_wildcard: {} use{s} of a wildcard route
rts_nh_idx_alloc_failure: {} nexthop index allocation failure{s}
rts_nh_alloc_failure: {} nexthop allocation failure{s}
rts_add_failure: {} route addition failure{s}
rts_add_retry: {} route addition retr{y|ies}
rts_del_failure: {} route deletion failure{s}
rts_del_retry: {} route deletion retr{y|ies}
]]

return inet6
