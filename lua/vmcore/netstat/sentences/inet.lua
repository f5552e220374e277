--- What `netstat -s` says of the protocols over IPv4: the members of struct
-- ipstat, udpstat and their kin (netinet/*_var.h) and the lines of netstat(1)
-- they stand in. See vmcore.netstat.sentence for the notation.
-- @module vmcore.netstat.sentences.inet

local inet = {}

inet.udp = [[
udps_ipackets: {} datagram{s} received
udps_hdrops: {} with incomplete header
udps_badlen: {} with bad data length field
udps_badsum: {} with bad checksum
udps_nosum: {} with no checksum
udps_noport: {} dropped due to no socket
udps_noportbcast: {} broadcast/multicast datagram{s} undelivered
udps_fullsock: {} dropped due to full socket buffers
udpps_pcbhashmiss: {} not for hashed pcb
udps_ipackets -udps_hdrops -udps_badlen -udps_badsum -udps_noport -udps_noportbcast -udps_fullsock: {} delivered
udps_opackets: {} datagram{s} output
udps_filtermcast: {} time{s} multicast source filter matched
]]

inet.ip = [[
ips_total: {} total packet{s} received
ips_badsum: {} bad header checksum{s}
ips_toosmall: {} with size smaller than minimum
ips_tooshort: {} with data size < data length
ips_toolong: {} with ip length > max ip packet size
ips_badhlen: {} with header length < data size
ips_badlen: {} with data length < header length
ips_badoptions: {} with bad options
ips_badvers: {} with incorrect version number
ips_fragments: {} fragment{s} received
ips_fragdropped: {} fragment{s} dropped (dup or out of space)
ips_fragtimeout: {} fragment{s} dropped after timeout
ips_reassembled: {} packet{s} reassembled ok
ips_delivered: {} packet{s} for this host
ips_noproto: {} packet{s} for unknown/unsupported protocol
ips_forward ips_fastforward: {} packet{s} forwarded ({} packet{s} fast forwarded)
ips_cantforward: {} packet{s} not forwardable
ips_notmember: {} packet{s} received for unknown multicast group
ips_redirectsent: {} redirect{s} sent
ips_localout: {} packet{s} sent from this host
ips_rawout: {} packet{s} sent with fabricated ip header
ips_odropped: {} output packet{s} dropped due to no bufs, etc.
ips_noroute: {} output packet{s} discarded due to no route
ips_fragmented: {} output datagram{s} fragmented
ips_ofragments: {} fragment{s} created
ips_cantfrag: {} datagram{s} that can't be fragmented
ips_nogif: {} tunneling packet{s} that can't find gif
ips_badaddr: {} datagram{s} with bad address in header
]]

inet.icmp = [[
icps_error: {} call{s} to icmp_error
icps_oldicmp: {} error{s} not generated in response to an icmp message
icps_outhist[icmp]: Output histogram:
icps_badcode: {} message{s} with bad code fields
icps_tooshort: {} message{s} less than the minimum length
icps_checksum: {} message{s} with bad checksum
icps_badlen: {} message{s} with bad length
icps_bmcastecho: {} multicast echo requests ignored
icps_bmcasttstamp: {} multicast timestamp requests ignored
icps_inhist[icmp]: Input histogram:
icps_reflect: {} message response{s} generated
icps_badaddr: {} invalid return address{es}
icps_noroute: {} no return route{s}
]]

inet.igmp = [[
igps_rcv_total: {} message{s} received
igps_rcv_tooshort: {} message{s} received with too few bytes
igps_rcv_badttl: {} message{s} received with wrong TTL
igps_rcv_badsum: {} message{s} received with bad checksum
igps_rcv_v1v2_queries: {} V1/V2 membership quer{y|ies} received
igps_rcv_v3_queries: {} V3 membership quer{y|ies} received
igps_rcv_badqueries: {} membership quer{y|ies} received with invalid field(s)
igps_rcv_gen_queries: {} general quer{y|ies} received
igps_rcv_group_queries: {} group quer{y|ies} received
igps_rcv_gsr_queries: {} group-source quer{y|ies} received
igps_drop_gsr_queries: {} group-source quer{y|ies} dropped
igps_rcv_reports: {} membership report{s} received
igps_rcv_badreports: {} membership report{s} received with invalid field(s)
igps_rcv_ourreports: {} membership report{s} received for groups to which we belong
igps_rcv_nora: {} V3 report{s} received without Router Alert
igps_snd_reports: {} membership report{s} sent
]]

inet.arp = [[
txrequests: {} ARP request{s} sent
txerrors: {} ARP request{s} failed to sent
txreplies: {} ARP repl{y|ies} sent
rxrequests: {} ARP request{s} received
rxreplies: {} ARP repl{y|ies} received
received: {} ARP packet{s} received
dropped: {} total packet{s} dropped due to no ARP entry
timeouts: {} ARP entry{s} timed out
dupips: {} Duplicate IP{s} seen
]]

inet.pim = [[
pims_rcv_total_msgs: {} message{s} received
pims_rcv_total_bytes: {} byte{s} received
pims_rcv_tooshort: {} message{s} received with too few bytes
pims_rcv_badsum: {} message{s} received with bad checksum
pims_rcv_badversion: {} message{s} received with bad version
pims_rcv_registers_msgs: {} data register message{s} received
pims_rcv_registers_bytes: {} data register byte{s} received
pims_rcv_registers_wrongiif: {} data register message{s} received on wrong iif
pims_rcv_badregisters: {} bad register{s} received
pims_snd_registers_msgs: {} data register message{s} sent
pims_snd_registers_bytes: {} data register byte{s} sent
]]

inet.carp = [[
carps_ipackets: {} packet{s} received (IPv4)
carps_ipackets6: {} packet{s} received (IPv6)
	carps_badttl: {} packet{s} discarded for wrong TTL
	carps_hdrops: {} packet{s} shorter than header
	carps_badsum: {} discarded for bad checksum{s}
	carps_badver: {} discarded packet{s} with a bad version
	carps_badlen: {} discarded because packet too short
	carps_badauth: {} discarded for bad authentication
	carps_badvhid: {} discarded for bad vhid
	carps_badaddrs: {} discarded because of a bad address list
carps_opackets: {} packet{s} sent (IPv4)
carps_opackets6: {} packet{s} sent (IPv6)
	carps_onomem: {} send failed due to mbuf memory error
]]

inet.ipsec = [[
ips_in_polvio: {} inbound packet{s} violated process security policy
ips_in_nomem: {} inbound packet{s} failed due to insufficient memory
ips_in_inval: {} invalid inbound packet{s}
ips_out_polvio: {} outbound packet{s} violated process security policy
ips_out_nosa: {} outbound packet{s} with no SA available
ips_out_nomem: {} outbound packet{s} failed due to insufficient memory
ips_out_noroute: {} outbound packet{s} with no route available
ips_out_inval: {} invalid outbound packet{s}
ips_out_bundlesa: {} outbound packet{s} with bundled SAs
ips_spdcache_hits: {} spd cache hit{s}
ips_spdcache_misses: {} spd cache miss{es}
ips_clcopied: {} cluster{s} copied during clone
ips_mbinserted: {} mbuf{s} inserted during makespace
]]

-- ah(4), esp(4) and ipcomp count alike, under names of their own.
local TRANSFORM = [[
@_hdrops: {} packet{s} shorter than header shows
@_nopf: {} packet{s} dropped; protocol family not supported
@_notdb: {} packet{s} dropped; no TDB
@_badkcr: {} packet{s} dropped; bad KCR
@_qfull: {} packet{s} dropped; queue full
@_noxform: {} packet{s} dropped; no transform
@_badilen: {} packet{s} dropped; bad ilen
@_wrap: {} replay counter wrap{s}
@_badenc: {} packet{s} dropped; bad encryption detected
@_badauth: {} packet{s} dropped; bad authentication detected
@_badauthl: {} packet{s} dropped; bad authentication length
@_replay: {} possible replay packet{s} detected
@_input: {} packet{s} in
@_output: {} packet{s} out
@_invalid: {} packet{s} dropped; invalid TDB
@_ibytes: {} byte{s} in
@_obytes: {} byte{s} out
@_toobig: {} packet{s} dropped; larger than IP_MAXPACKET
@_pdrops: {} packet{s} blocked due to policy
@_crypto: {} crypto processing failure{s}
@_tunnel: {} tunnel sanity check failure{s}
@_threshold: {} packet{s} sent uncompressed; size < compr. algo. threshold
@_uncompr: {} packet{s} sent uncompressed; compression was useless
]]

for _, name in ipairs { "ah", "esp", "ipcomp" } do
	inet[name] = (TRANSFORM:gsub("@", name .. "s"))
end

return inet
