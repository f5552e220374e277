--- A kernel of any architecture with threads in the middle of calls, for specs
-- of their stacks: one process, its threads, and the words on their stacks.
--
--	local w = calls.new("arm64", "struct pcb { ... }; struct trapframe { ... };")
--	local td = w:thread{ pcb = { pcb_sp = ... } }
--	w:put(w.top - 16, 0, w:fn "fork_exit" + 8)
--	w:open(function(k, stacks) local trace = stacks:trace(td.addr) ... end)
local forge = require "spec.support.forge"
local lab = require "spec.support.lab"

local calls = {}
local world = {}
world.__index = world

local PROC = [[
struct thread { struct { struct thread *tqe_next; struct thread **tqe_prev; } td_plist;
	int td_tid; int td_oncpu; char td_name[20]; struct pcb *td_pcb;
	unsigned long td_kstack; int td_kstack_pages; };
struct proc { struct { struct proc *le_next; struct proc **le_prev; } p_list;
	struct { struct thread *tqh_first; struct thread **tqh_last; } p_threads;
	int p_pid; char p_comm[20]; };
struct proclist { struct proc *lh_first; };
]]
local STACK = 4			-- pages
local FUNCTION = 0x200		-- bytes of each

--- A world of an architecture.
-- @tparam string arch name of a module of spec/support/arch
-- @tparam string types C text of struct pcb and struct trapframe
-- @tparam ?table o memory (options of memory.new), no_types, offsets (no types
--   but thread_off_*), kernload
function calls.new(arch, types, o)
	o = o or {}
	local mo = { arch = arch }
	for k, v in pairs(o.memory or {}) do
		mo[k] = v
	end
	local mem = forge.memory(mo)
	mem.types = forge.types(PROC .. types, { ptrsize = mem.ptrsize, endian = mem.endian,
		align = arch:find "^i386" and 4 or 8 })
	local self = setmetatable({ arch = arch, mem = mem, o = o, symbols = {}, fns = {}, sections = {},
		text = (o.kernload or mem.arch.kernload) + 0x1000, tid = 100000 }, world)
	self.proc = mem:make("struct proc", { p_pid = 7, p_comm = "proc" })
	self:var("allproc", "struct proclist", { lh_first = self.proc })
	return self
end

--- The address of a function, made when it is new.
function world:fn(name)
	if self.fns[name] == nil then
		self.fns[name] = self.text
		self.symbols[#self.symbols + 1] = { name = name, addr = self.text, size = FUNCTION,
			type = "func" }
		self.text = self.text + FUNCTION
	end
	return self.fns[name]
end

--- Put a function's instructions into the dump.
function world:code(name, bytes)
	local at = self:fn(name)
	local page = self.mem.page
	for va = at & -page, at + #bytes, page do
		if self.mem.table_of[va >> self.mem.shift] == nil then
			self.mem:map(va, self.mem:alloc_page(), { prot = "rx" })
		end
	end
	self.mem:write(at, bytes)
end

--- A variable of a type, an integer (in 4 bytes) or a struct's members.
function world:var(name, ctype, value, size)
	local mem = self.mem
	local at = type(value) == "table" and mem:make(ctype, value) or mem:alloc(size or 4)
	if type(value) == "number" then
		mem:put(at, size or 4, value)
	end
	self.symbols[#self.symbols + 1] = { name = name, addr = at, ctype = ctype,
		size = type(value) == "table" and mem.types:sizeof(ctype) or size or 4 }
	return at
end

--- A symbol of something that is there.
function world:symbol(name, addr, size)
	self.symbols[#self.symbols + 1] = { name = name, addr = addr, size = size }
end

--- A thread with a stack: oncpu, pcb (members of struct pcb), name.
-- @treturn table addr, tid, pcb (address), low and top of the stack
function world:thread(t)
	local mem = self.mem
	local size = STACK * mem.page
	mem.heap = ((mem.heap + mem.page - 1) & -mem.page) + mem.page
	local low = mem:alloc(size, { pages = true })
	local td = { low = low, top = low + size, tid = self.tid }
	td.pcb = mem:make("struct pcb", {})
	td.addr = mem:make("struct thread", { td_tid = td.tid, td_name = t.name or "thread",
		td_oncpu = t.oncpu or -1, td_pcb = td.pcb, td_kstack = low, td_kstack_pages = STACK })
	self.tid = td.tid + 1
	local head = self.proc + mem.types:offsetof("struct proc", "p_threads")
	mem:ptr(self.last or head, td.addr)
	self.last = td.addr
	return td
end

--- A section of the kernel file: name, addr, data, type, flags; see kernel.lua.
function world:section(s)
	self.sections[#self.sections + 1] = s
	return s
end

--- Registers of a thread that is switched out.
function world:switched(td, members)
	self.mem:struct(td.pcb, "struct pcb", members)
end

--- Words on a stack, from an address up.
function world:put(at, ...)
	local size = self.mem.ptrsize
	for i, value in ipairs { ... } do
		self.mem:put(at + (i - 1) * size, size, value)
	end
	return at
end

local function constants(self)
	local types = self.mem.types
	for symbol, member in pairs { proc_off_p_pid = "p_pid", proc_off_p_comm = "p_comm",
		proc_off_p_list = "p_list", proc_off_p_threads = "p_threads" } do
		self:var(symbol, "int", types:offsetof("struct proc", member))
	end
	for _, member in ipairs { "td_tid", "td_name", "td_oncpu", "td_pcb", "td_plist" } do
		self:var("thread_off_" .. member, "int", types:offsetof("struct thread", member))
	end
	self:var("pcb_size", "int", types:sizeof "struct pcb")
end

--- Write kernel and dump.
-- @treturn table core, kernel
function world:write()
	if self.o.no_types then
		constants(self)
	end
	local dir = lab.folder()
	forge.kernel{ arch = self.arch, types = not self.o.no_types and self.mem.types or nil,
		symbols = self.symbols, sections = self.sections, endian = self.mem.endian }:write(dir .. "/kernel")
	if self.debug then
		forge.kernel{ arch = self.arch, types = self.mem.types, ctf = false, dwarf = {},
			sections = self.debug, endian = self.mem.endian }:write(dir .. "/kernel.debug")
	end
	forge.minidump{ memory = self.mem }:write(dir .. "/vmcore.0")
	return { core = dir .. "/vmcore.0", kernel = dir .. "/kernel" }
end

--- Open it and call fn with the handle and a view of its stacks.
function world:open(fn)
	local vmcore = require "vmcore"
	local sys = self:write()
	local k <close> = assert(vmcore.open(sys))
	local procs = assert(require "vmcore.kern.proc".new(k))
	fn(k, assert(require "vmcore.kern.stack".new(k, procs)))
end

--- The trace of a thread as lines: "function+offset kind", and why it stopped.
function world:trace(td)
	local lines, found = {}, nil
	self:open(function(_, stacks)
		found = stacks:trace(td.addr)
		for i, frame in ipairs(found.frames) do
			local fn = frame.fn
			lines[i] = (fn and ("%s+%#x"):format(fn.name, fn.offset) or ("%#x"):format(frame.pc))
			    .. (frame.kind ~= "call" and " " .. frame.kind or "")
			if frame.what or frame.regs then
				lines[#lines] = lines[#lines] .. ": " .. stacks:describe(frame, td.addr)
			end
		end
	end)
	return lines, found.broken, found
end

return calls
