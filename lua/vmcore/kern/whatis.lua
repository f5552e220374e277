--- What an address is: every answer that the kernel's own bookkeeping gives.
--
--	local asker = whatis.new(k)
--	for _, answer in ipairs(asker:ask(0xfffff80003a1c010)) do
--		print(answer.kind, answer.text)
--	end
--
-- @module vmcore.kern.whatis

local kvm = require "kvm"
local item = require "vmcore.kern.whatis.item"
local kld = require "vmcore.kern.kld"
local malloc = require "vmcore.kern.malloc"
local member = require "vmcore.kern.member"
local pcpu = require "vmcore.kern.pcpu"
local proc = require "vmcore.kern.proc"
local registered = require "vmcore.kern.whatis.registered"
local slab = require "vmcore.kern.uma.slab"
local stack = require "vmcore.kern.stack"
local uma = require "vmcore.kern.uma"
local vm_page = require "vmcore.kern.vm_page"
local vmem = require "vmcore.kern.vmem"
local vnet = require "vmcore.kern.vnet"

local whatis = {}

-- What the items of some zones are; names as in uma_zcreate(9)'s callers.
local ITEMS = {
	PROC = "struct proc", THREAD = "struct thread", VNODE = "struct vnode",
	VMSPACE = "struct vmspace", ["MAP ENTRY"] = "struct vm_map_entry",
	["VM OBJECT"] = "struct vm_object", mbuf = "struct mbuf", mbuf_packet = "struct mbuf",
	socket = "struct socket", unpcb = "struct unpcb", Files = "struct file",
	TURNSTILE = "struct turnstile", SLEEPQUEUE = "struct sleepqueue", PWD = "struct pwd",
	filedesc0 = "struct filedesc0", ["Mountpoints"] = "struct mount", pipe = "struct pipepair",
	KNOTE = "struct knote", ksiginfo = "struct ksiginfo", PGRP = "struct pgrp",
	tcpcb = "struct tcpcb", tcp_inpcb = "struct inpcb", udp_inpcb = "struct inpcb",
	ripcb = "struct inpcb", NAMEI = "char",
}

local methods = {}
local view_meta = { __index = methods }

-- The member of a struct that an offset is in, as a path; nil behind the last.
local function member_at(t, offset)
	for _, m in ipairs(t:members()) do
		local inner = m.type:strip()
		if math.ult(offset - m.offset, math.max(inner.size, 1)) then
			local deeper = (inner.kind == "struct") and member_at(inner, offset - m.offset)
			if m.name == "" then
				return deeper
			end
			return m.name .. (deeper and "." .. deeper or "")
		end
	end
	return nil
end

local function plus(offset)
	return offset ~= 0 and ("+0x%x"):format(offset) or ""
end

-- "struct proc 0x..., p_comm".
local function struct_text(t, address, offset)
	local name = member_at(t, offset)
	return ("%s 0x%x%s"):format(tostring(t), address, name and ", " .. name or plus(offset))
end

local probe = {}

function probe.memory(self, address)
	local page, message, code = self.k.kd:translate(address)
	if page == nil then
		return { kind = "unmapped", text = message, code = code }
	elseif page.offset == nil then
		return { kind = "not dumped", paddr = page.paddr,
			text = ("physical address 0x%x: its page is not in the dump"):format(page.paddr) }
	end
	local dump = self.k:dump()
	local direct = math.ult(address - dump.dmapbase, dump.dmapend - dump.dmapbase)
	return { kind = direct and "direct map" or "kernel map", paddr = page.paddr,
		dmap = page.dmap_vaddr, text = ("physical address 0x%x%s"):format(page.paddr,
		    not direct and page.dmap_vaddr and (", 0x%x in the direct map"):format(page.dmap_vaddr) or "") }
end

function probe.symbol(self, address)
	local symbol, offset, module = self.klds:symbol_at(address)
	if symbol == nil then
		return nil
	end
	return { kind = "symbol", name = symbol.name, offset = offset, module = module,
		text = symbol.name .. plus(offset) .. (module and " in " .. module or "") }
end

function probe.section(self, address)
	local section, module = self.klds:section_at(address)
	if section == nil then
		return nil
	end
	local offset = address - section.addr
	return { kind = "section", name = section.name, offset = offset, module = module,
		text = ("%s %s+0x%x"):format(module, section.name, offset) }
end

-- A variable of a set: "nws+0x10", "demo_hits in if_demo.ko".
local function instance_text(found)
	return (found.name or "reserve") .. plus(found.offset) .. (found.module and " in " .. found.module or "")
end

function probe.pcpu(self, address)
	local found = pcpu.owner(self.k, address)
	if found == nil then
		return nil
	end
	local t = found.pcpu and self.k:type "struct pcpu"
	return { kind = "per-CPU", cpu = found.cpu, name = found.name, module = found.module,
		text = ("CPU %d: %s"):format(found.cpu, t and struct_text(t, found.pcpu, found.offset)
		    or instance_text(found)) }
end

function probe.vnet(self, address)
	local found = vnet.owner(self.k, address)
	if found == nil then
		return nil
	end
	local ok, jid, name = pcall(vnet.jail, self.k, found.vnet)
	return { kind = "vnet", vnet = found.vnet, name = found.name, module = found.module,
		jid = ok and jid or nil, text = ("network stack 0x%x%s: %s"):format(found.vnet,
		    ok and jid and jid ~= 0 and (" of jail %d (%s)"):format(jid, name or "?") or "",
		    instance_text(found)) }
end

-- All threads' stacks, read once.
local function stacks_of(self)
	local t = self.k:type "struct thread"
	local base, pages = member.getter(t, "td_kstack"), member.getter(t, "td_kstack_pages")
	local list = {}
	local procs = base and pages and proc.new(self.k)
	if not procs then
		return list
	end
	self.procs = procs
	for p in procs:addresses(function() end) do
		for td in procs:thread_addresses(p, function() end) do
			local ok, low = pcall(base, td)
			local fine, n = pcall(pages, td)
			if ok and fine then
				list[#list + 1] = { td = td, p = p, low = low, size = n * self.page_size }
			end
		end
	end
	return list
end

-- The frame of a stack that an address is in: the innermost whose frame
-- pointer lies above.
local function frame_at(self, td, address)
	local trace = self.stacks:trace(td)
	for i, frame in ipairs(trace.frames or {}) do
		if frame.fp and not math.ult(frame.fp + 2 * self.word - 1, address) then
			if i == 1 and frame.sp and math.ult(address, frame.sp) then
				return "below the stack pointer"
			end
			return ("frame %d%s"):format(i - 1, frame.fn and ", " .. frame.fn.name .. plus(frame.fn.offset) or "")
		end
	end
	return nil
end

function probe.stack(self, address)
	self.kstacks = self.kstacks or stacks_of(self)
	for _, s in ipairs(self.kstacks) do
		if math.ult(address - s.low, s.size) then
			self.stacks = self.stacks or stack.new(self.k, self.procs)
			local tid, name = self.procs.threads.fields.tid(s.td), self.procs.threads.fields.name(s.td)
			local ok, frame = pcall(frame_at, self, s.td, address)
			return { kind = "stack", thread = s.td, tid = tid, text = ("of thread %d (%s), process %d%s"):format(
			    tid, name, self.procs.fields.pid(s.p), ok and frame and ": " .. frame or "") }
		end
	end
	return nil
end

function probe.item(self, address)
	local found = self.slabs and self.slabs:of(address)
	if found == nil then
		return nil
	end
	local zone = ("zone %s"):format(found.name or "?")
	if found.item == nil then
		return { kind = "slab", zone = found.name, text = zone .. ": of a slab, but of no item" }
	end
	local state = found.where and ("%s (%s, %s bucket)"):format(found.state, found.where, found.bucket)
	    or found.state
	local t = ITEMS[found.name] and self.k:type(ITEMS[found.name])
	local known = t and t.kind == "struct" and t.size > 0
	local ok, more = pcall(self.items.of, self.items, found)
	local text = ("%s: %s, %d bytes at 0x%x%s%s%s"):format(zone, state, found.size, found.item,
	    known and ": " .. struct_text(t, found.item, found.offset) or plus(found.offset),
	    found.cpu and (", CPU %d's copy"):format(found.cpu) or "", ok and more and ": " .. more or "")
	return { kind = "item", zone = found.name, item = found.item, offset = found.offset, size = found.size,
		state = found.state, cpu = found.cpu, type = known and t or nil, detail = ok and more or nil, text = text }
end

-- What is named by what it belongs to.
local OF = { softc = true, callout = true, ["interrupt handler"] = true }

-- The smallest thing is the answer, the larger ones say where that is.
function probe.registered(self, address)
	self.registered = self.registered or registered.new(self.k, self.klds)
	local found, parts = self.registered(address), {}
	for i, thing in ipairs(found) do
		parts[i] = ("%s %s%s%s"):format(thing.kind, OF[thing.kind] and "of " or "", thing.name,
		    plus(address - thing.address))
	end
	return found[1] and { kind = found[1].kind, name = found[1].name, address = found[1].address,
		offset = address - found[1].address, text = table.concat(parts, ", in the ") } or nil
end

-- What is taken from an arena of kernel addresses, by malloc(9) or others.
function probe.malloc(self, address)
	local dump = self.k:dump()
	if math.ult(address - dump.dmapbase, dump.dmapend - dump.dmapbase) then
		return nil
	end
	local found = self.large and self.large(address)
	local kind = found and "malloc" or "kmem"
	found = found or self.arenas and self.arenas:of(address)
	local offset = found and address - found.address
	return found and { kind = kind, address = found.address, size = found.size, offset = offset,
		text = ("%s%s%d bytes at 0x%x%s"):format(kind == "malloc" and "malloc(9): " or "kernel addresses: ",
		    found.unsure and "at least " or "", found.size, found.address, plus(offset)) }
end

-- The object that a page is of.
local function object_text(page)
	local object = page.object
	-- The field of a page that is of no object may hold anything.
	if object == nil or kvm.toaddress(object) & 7 ~= 0 then
		return ""
	end
	return (" of object 0x%x, index %d"):format(kvm.toaddress(object), page.pindex)
end

function probe.vm_page(self, address)
	local pages = self.pages
	if pages == nil then
		return nil
	end
	local page, offset = pages:at(address)
	if page then
		local t = kvm.typeof(page):strip().target:strip()
		return { kind = "vm_page", page = page, text = ("%s, of physical address 0x%x%s"):format(
		    struct_text(t, kvm.toaddress(page), offset), page.phys_addr, object_text(page)) }
	end
	local where = self.k.kd:translate(address)
	page = where and where.paddr and pages:of(where.paddr)
	return page and { kind = "page", page = page, text = ("struct vm_page 0x%x%s"):format(
	    kvm.toaddress(page), object_text(page)) }
end

--- Who is asked, in this order: { name, function (self, address) } that returns
-- an answer { kind, text, ... }, or nil. `self` has k, klds, slabs, pages and
-- what probes keep there. Add yours to be asked, too.
whatis.probes = {
	{ "symbol", probe.symbol }, { "section", probe.section }, { "pcpu", probe.pcpu },
	{ "vnet", probe.vnet }, { "stack", probe.stack }, { "registered", probe.registered },
	{ "item", probe.item },
	{ "malloc", probe.malloc }, { "vm_page", probe.vm_page }, { "memory", probe.memory },
}

--- Everything that an address is, the most telling answer first.
-- @tparam integer address
-- @treturn {table...} kind: "symbol", "section" (of a module), "per-CPU", "vnet", "stack", "item", "slab",
--   one of vmcore.kern.whatis.registered ("softc", "callout"...),
--   "malloc" (larger than its zones' items), "kmem" (other addresses that are taken),
--   "vm_page" (the structure itself),
--   "page" (that the address is in), "direct map", "kernel map", "not dumped",
--   "unmapped"; text; and by kind: name, offset, module, cpu, vnet, jid, thread, tid,
--   zone, item, size, state, type, detail (vmcore.kern.whatis.item), address, page,
--   paddr, dmap
-- @treturn {string...} what went wrong on the way
function methods:ask(address)
	local answers, troubles = {}, {}
	for _, asked in ipairs(whatis.probes) do
		local ok, answer = pcall(asked[2], self, address)
		if not ok then
			troubles[#troubles + 1] = ("%s: %s"):format(asked[1], tostring(answer))
		elseif answer then
			answers[#answers + 1] = answer
		end
	end
	return answers, troubles
end

--- Prepare to ask what addresses are.
-- @tparam table k
-- @tparam ?function report called with a message when a list ends early
-- @treturn table with ask()
function whatis.new(k, report)
	local zones, pages, arenas = uma.new(k, report), vm_page.new(k), vmem.new(k, report)
	local ok, slabs = pcall(slab.new, zones)
	return setmetatable({ k = k, klds = kld.new(k), slabs = ok and slabs or nil, pages = pages,
		large = pages and malloc.large(k, pages, arenas), arenas = arenas,
		items = zones and item.new(k, zones, report or function() end),
		page_size = k:dump().page_size, word = k.kd:ptrsize() }, view_meta)
end

return whatis
