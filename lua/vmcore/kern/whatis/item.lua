--- What an item of a zone is, beyond its structure: whose process, which file,
-- who has an mbuf or a cluster, which malloc(9) types have items of that size.
-- @module vmcore.kern.whatis.item

local file = require "vmcore.kern.file"
local malloc = require "vmcore.kern.malloc"
local mbufs = require "vmcore.kern.mbufs"
local netstack = require "vmcore.kern.netstack"
local proc = require "vmcore.kern.proc"
local sockname = require "vmcore.kern.sockname"
local vnode = require "vmcore.kern.vnode"

local item = {}

local UMA_ZONE_MALLOC = 0x10	-- uz_flags, vm/uma.h
local TYPES_SHOWN = 6

-- Views, made when the first one asks; false: the kernel file does not tell.
local makers = {
	procs = function(self) return (proc.new(self.k)) end,
	files = function(self) return file.new(self.k, self.procs.type) end,
	sockets = function(self) return sockname.new(self.k, netstack.new(self.k, self.report)) end,
	vnodes = function(self) return vnode.new(self.k) end,
	types = function(self) return malloc.new(self.k) end,
	by_size = function() return {} end,
	mbufs = function(self) return (mbufs.new(self.k, self.report)) end,
}
local views_meta = { __index = function(self, name)
	local maker = makers[name]
	local made = maker and maker(self) or false
	rawset(self, name, made)
	return made
end }

local describe = {}

function describe.PROC(self, p)
	local f = self.procs.fields
	return ("process %d (%s)"):format(f.pid(p), f.comm(p))
end

function describe.THREAD(self, td)
	local f = self.procs.threads.fields
	return ("thread %d (%s)"):format(f.tid(td), f.name(td))
end

function describe.VNODE(self, vp)
	return ("%s %s"):format(self.vnodes.kind(vp), self.vnodes:path(vp) or "of no name that is known")
end

function describe.Files(self, fp)
	local f = self.files.fields
	local data = f.data(fp)
	return ("%s%s, %d reference%s"):format(f.type(fp), data and (" 0x%x"):format(data) or "", f.count(fp),
	    f.count(fp) == 1 and "" or "s")
end

-- As netstat(1) has them: protocol, both ends, state.
function describe.socket(self, so)
	local f, s = self.sockets.fields, { so = so }
	local words = { f.proto(s) or "unknown protocol" }
	for _, name in ipairs { "local_name", "foreign_name", "state" } do
		words[#words + 1] = f[name](s)
	end
	return table.concat(words, " ")
end

-- Who has it, of what vmcore.kern.mbufs says.
local function owner_text(self, s)
	local named, name
	if s.state == "socket" and self.sockets then
		named, name = pcall(describe.socket, self, s.owner)
	end
	if s.state == "unknown" then
		return "nothing leads to it"
	elseif s.state == "held" then
		return ("it counts the references to the storage of mbuf 0x%x"):format(s.owner)
	end
	return ("%s%s%s%s%s%s"):format(s.state, s.owner and (" 0x%x"):format(s.owner) or "",
	    named and (" (%s)"):format(name) or "", s.way and ", " .. s.way or "",
	    s.packet and (", packet %d"):format(s.packet) or "",
	    s.storage_of and (": storage of mbuf 0x%x"):format(s.storage_of) or "")
end

function describe.mbuf(self, m)
	return owner_text(self, self.mbufs:of(m))
end
describe.mbuf_packet = describe.mbuf

for _, name in ipairs(mbufs.CLUSTERS) do
	describe[name] = function(self, cluster)
		return owner_text(self, self.mbufs:of_cluster(cluster))
	end
end

-- Nothing records of which type an item is.
local function malloc_text(self, size)
	local names = self.by_size[size] or self.types and self.types:of_size(size, self.report) or {}
	self.by_size[size] = names
	local shown = table.concat(names, ", ", 1, math.min(#names, TYPES_SHOWN))
	return #names == 0 and "malloc(9): no type says that it has one of this size"
	    or ("malloc(9): one of %d type%s with items of this size, %s%s"):format(#names,
	    #names == 1 and "" or "s", shown, #names > TYPES_SHOWN and "..." or "")
end

local methods = {}
local item_meta = { __index = methods }

--- Describe an allocated item.
-- @tparam table found of vmcore.kern.uma.slab
-- @treturn ?string nil when there is nothing to say of it
-- @raise a fault
function methods:of(found)
	if found.state ~= "allocated" then
		return nil
	end
	local fn, flags = describe[found.name], self.flags
	if fn then
		return fn(self.views, found.item)
	elseif flags and found.zone and flags(found.zone) & UMA_ZONE_MALLOC ~= 0 then
		return malloc_text(self.views, found.size)
	end
end

--- Prepare to describe.
-- @tparam table k
-- @tparam table view vmcore.kern.uma
-- @tparam function report
-- @treturn table of()
function item.new(k, view, report)
	return setmetatable({ flags = view.fields.flags,
		views = setmetatable({ k = k, report = report }, views_meta) }, item_meta)
end

return item
