--- Damage to the network of net.lua, for the specs of what remains.
local BAD = 0xfffffe0000123000		-- nothing is mapped there

--- What lab.system's `change` takes.
return function(s)
	local sys, n = s.sys, s.sys.net
	local function set(at, spelling, members)
		s.memory:struct(at, spelling, members)
	end
	-- A list that leads nowhere, sockets and names out of reach.
	set(n.pcbs.ssh6, "struct inpcb", { ["inp_list.cle_next"] = BAD })
	set(n.pcbs.closing, "struct inpcb", { inp_socket = BAD })
	set(n.pcbs.cron, "struct unpcb", { unp_conn = BAD })
	set(n.pcbs.devd, "struct unpcb", { unp_addr = n:sockaddr_un "\27[2J" })
	-- A poisoned interface list, a route that is not there.
	set(n.interfaces[2], "struct ifnet", { ["if_link.cstqe_next"] = 0xdeadc0dedeadc0de })
	set(n.treetop, "struct radix_node", { ["rn_u.rn_node.rn_L"] = BAD })
	-- A chain that bites its tail, data out of reach, a length that is none.
	local pair = n.queued[n.sockets.pair_a]
	set(pair[2], "struct mbuf", { m_next = pair[1] })
	set(n.queued[n.sockets.login][1], "struct mbuf", { m_data = BAD })
	set(n.queued[n.sockets.request][1], "struct mbuf", { m_len = -1 })
	-- A counter that leads nowhere.
	local counters = sys.by_name.vnet_entry_udpstat.addr + n.stacks[1].base
	sys.mem:u64(counters + sys.types:offsetof("struct udpstat", "udps_noport"), BAD)
	-- The table of a process's descriptors.
	local p = n.procs[640]
	set(sys.mem:get(p + sys.types:offsetof("struct proc", "p_fd"), 8), "struct filedesc",
	    { fd_files = BAD })
end
