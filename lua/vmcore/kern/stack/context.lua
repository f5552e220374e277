--- Where the registers of a thread are (FreeBSD's kdb_thr_ctx() and what
-- dump_savectx() and the stop handlers leave behind), and its kernel stack.
-- @module vmcore.kern.stack.context

local member = require "vmcore.kern.member"
local registers = require "vmcore.kern.stack.registers"

local context = {}

local PAGE_MAX = 1 << 16	-- of a stack that can be believed
local CPUS_MAX = 1 << 16

-- stoppcbs: an array of struct pcb; since 14 a pointer to one.
local function stopped_pcbs(kd, size)
	local symbol = kd:symbol "stoppcbs"
	local address = kd:lookup "stoppcbs"
	if address == nil then
		return nil
	elseif symbol and symbol.size == kd:ptrsize() then
		return (kd:read_ptr(address))
	end
	return address, symbol and symbol.size > 0 and symbol.size // size or nil
end

-- A function that tells whether a CPU is in the set stopped_cpus; nil where
-- there is no such variable. A CPU set is an array of longs.
local function stopped_set(kd)
	local symbol, address = kd:symbol "stopped_cpus", kd:lookup "stopped_cpus"
	if address == nil then
		return nil
	end
	local word = kd:ptrsize()
	local size = symbol and symbol.size > 0 and symbol.size or word
	return function(cpu)
		if cpu >= size * 8 then
			return false
		end
		local bits = kd:read_uint(address + cpu // (word * 8) * word, word)
		return bits ~= nil and bits >> cpu % (word * 8) & 1 == 1
	end
end

-- Bounds of the kernel stack, nil when the kernel does not tell.
local function bounds_of(k, TD)
	local base, pages = member.getter(TD, "td_kstack"), member.getter(TD, "td_kstack_pages")
	local page = k:dump().page_size
	if base == nil or pages == nil then
		return function() return nil end
	end
	return function(td)
		local low, n = base(td), pages(td)
		if low == 0 or n <= 0 or n > PAGE_MAX then
			return nil
		end
		return low, low + n * page
	end
end

local methods = {}
local view_meta = { __index = methods }

-- The pcb of a thread on a CPU: nil when that CPU did not stop.
function methods:stopped(cpu)
	if self.stoppcbs == nil or cpu >= (self.ncpus or CPUS_MAX) or
	    self.is_stopped and not self.is_stopped(cpu) then
		return nil
	end
	local at = self.stoppcbs + cpu * self.size
	local regs = self.read(at)
	return regs and regs[self.arch.pc] ~= 0 and at or nil, regs
end

--- A thread's registers.
-- @tparam integer td address of struct thread
-- @treturn[1] table `source` ("dumppcb": it wrote the dump; "stoppcbs": it ran
--   on another CPU, which stopped; "pcb": it did not run; "stale": it ran on a
--   CPU that did not stop, so these are of an earlier time), `regs`, `cpu` (it
--   was on), `low` and `high`: its kernel stack, nil when not known
-- @treturn[2] nil
-- @treturn[2] string message
function methods:of(td)
	local get = self.fields
	local low, high = self.bounds(td)
	local cpu = get.oncpu and get.oncpu(td) or -1
	local source, at, regs = "pcb", nil, nil
	if self.dumptid and get.tid(td) == self.dumptid and self.dumppcb then
		source, at = "dumppcb", self.dumppcb
	elseif cpu >= 0 then
		at, regs = self:stopped(cpu)
		source = at and "stoppcbs" or "stale"
	end
	at = at or get.pcb and get.pcb(td)
	if at == nil or at == 0 then
		return nil, "it has no pcb"
	end
	local message
	if regs == nil or source ~= "stoppcbs" then
		regs, message = self.read(at)
	end
	if regs == nil then
		return nil, message
	end
	return { source = source, regs = regs, low = low, high = high, pcb = at,
		cpu = cpu >= 0 and cpu or nil }
end

--- What is needed to find the registers of threads.
-- @tparam table k
-- @tparam table arch see vmcore.kern.stack
-- @tparam table fields of vmcore.kern.thread
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string message
function context.new(k, arch, fields)
	local kd = k.kd
	local T, TD = k:type "struct pcb", k:type "struct thread"
	local told = member.integer(k, "pcb_size")
	local set = arch.pcb(T, told)
	local read, length = registers.reader(kd, T, set, arch.pc)
	if read == nil then
		return nil, "nothing is known of struct pcb"
	end
	local size = T and T.size or told or length
	local tid = member.integer(k, "dumptid")
	local stoppcbs, ncpus = stopped_pcbs(kd, size)
	return setmetatable({
		arch = arch, fields = fields, size = size, told = told, read = read,
		bounds = bounds_of(k, TD), dumptid = tid and tid > 0 and tid or nil,
		dumppcb = kd:lookup "dumppcb", stoppcbs = stoppcbs, ncpus = ncpus,
		is_stopped = stopped_set(kd),
	}, view_meta)
end

return context
