--- Unix domain sockets: sys/unpcb.h, kern/uipc_usrreq.c.
-- @module vmcore.kern.unpcb

local inaddr = require "vmcore.kern.inaddr"
local member = require "vmcore.kern.member"
local queue = require "vmcore.queue"
local socket = require "vmcore.kern.socket"

local unpcb = {}

-- The lists of uipc_usrreq.c, all network stacks' in one.
local LISTS = { "unp_shead", "unp_dhead", "unp_sphead" }

local function path_field(k, T)
	local addr = member.pointer(T, "unp_addr")
	return addr and function(unp)
		local sa = inaddr.sockaddr(k, unp and addr(unp))
		return sa and inaddr.path(sa)
	end
end

local function fields_of(k, T)
	local path = path_field(k, T)
	local conn = member.pointer(T, "unp_conn")
	local so_of = member.pointer(T, "unp_socket")
	local fields = {
		pcb = function(unp) return unp end,
		path = path,
		vnode = member.pointer(T, "unp_vnode"),
		conn = conn,
		peer_path = path and conn and function(unp) return path(conn(unp)) end,
		refs = member.pointer(T, "unp_refs.lh_first"),
		nextref = member.pointer(T, "unp_reflink.le_next"),
		so = so_of,
	}
	local of = socket.new(k)
	for name, field in pairs(of and so_of and of.fields or {}) do
		fields[name] = fields[name] or name ~= "pcb" and function(unp)
			local so = so_of(unp)
			return so and field(so)
		end or nil
	end
	return fields
end

local methods = {}
local view_meta = { __index = methods }

--- The addresses of all control blocks.
-- @tparam function report
-- @treturn function iterator of integers, which the fields take
function methods:addresses(report)
	local i, each = 0, function() return nil end
	return function()
		local unp = each()
		while unp == nil and i < #LISTS do
			i = i + 1
			local name = LISTS[i]
			local head = self.k.kd:symbol(name)
			if head then
				each = self.walk(head.value, function(status)
					report(name .. ": " .. status.message)
				end)
				unp = each()
			end
		end
		return unp
	end
end

--- What can be known of a kernel's unix sockets.
-- @tparam table k
-- @treturn ?table with `fields`: functions of an address: pcb path vnode conn
--   (the peer's pcb) peer_path refs nextref (pcbs connected to it) so and those
--   of vmcore.kern.socket; nil when the kernel has no such type
function unpcb.new(k)
	local T, H = k:type "struct unpcb", k:type "struct unp_head"
	if T == nil or H == nil then
		return nil
	end
	return setmetatable({
		k = k, type = T, fields = fields_of(k, T),
		walk = queue.prepare(H, "unp_link", { kind = "list", element = T, addresses = true }),
	}, view_meta)
end

return unpcb
