--- Kernel stacks: the calls that threads were in when the system died.
--
--	local stacks = stack.new(k, proc.new(k))
--	local trace = stacks:trace(td)
--	for _, frame in ipairs(trace.frames) do print(frame.fn and frame.fn.name) end
--
-- To add an architecture: a module vmcore.kern.stack.NAME with the names of
-- its registers (pc, fp, sp; syscall: the one with a system call's number),
-- pcb(T, size) and trapframe(T, size) (sets of vmcore.kern.stack.registers;
-- size is that of struct pcb), step() (see vmcore.kern.stack.walk),
-- entry(name, walk), frames(walk), plausible(regs), is_user(regs), trap(regs);
-- where it needs them bottom (functions that a thread begins with),
-- kind(regs, kind, name), which knows better than entry(), complete(regs, at, walk),
-- elsewhere(walk, name) (registers that an entry did not leave in a trap
-- frame, and where), clean(address), text (where code can begin), code (where
-- that of compilers does, when later), way_out (of a function without a frame,
-- in words), dwarf and linkage (see vmcore.kern.stack.unwind); and its name in
-- ARCHES.
-- @module vmcore.kern.stack

local kvm = require "kvm"
local context = require "vmcore.kern.stack.context"
local kld = require "vmcore.kern.kld"
local registers = require "vmcore.kern.stack.registers"
local syscall = require "vmcore.kern.stack.syscall"
local walk = require "vmcore.kern.stack.walk"

local stack = {}

-- Of what kvm_dump(3) calls an architecture.
local ARCHES = {
	amd64 = "amd64", i386 = "i386", aarch64 = "arm64", riscv64 = "riscv64",
	armv6 = "arm", armv7 = "arm", arm = "arm",
	powerpc64 = "powerpc64", powerpc64le = "powerpc64",
}

local methods = {}
local view_meta = { __index = methods }

local function look_up(self, cache, address, pc)
	local symbol, offset, module = self.klds:symbol_at(address)
	local found = false
	if symbol then
		found = { name = symbol.name, offset = offset + (pc - address), module = module,
			value = symbol.value, code = symbol.type ~= "object" }
	end
	cache[pc] = found
	return found
end

--- The function that an address is in.
-- @tparam integer pc
-- @treturn ?table name, offset, module (nil: the kernel), value, code (it is no
--   variable)
function methods:function_at(pc)
	local found = self.at[pc]
	if found == nil then
		found = look_up(self, self.at, pc, pc)
	end
	return found or nil
end

--- The function that a return address leads back to; as function_at().
-- @tparam integer pc
function methods:caller_at(pc)
	local found = self.before[pc]
	if found == nil then
		found = look_up(self, self.before, pc - 1, pc)
	end
	return found or nil
end

--- Whether the list of the kernel's modules is there.
-- @treturn boolean
function methods:knows_modules()
	return #(self.klds:files()) > 0
end

local function address_of(td)
	return math.type(td) and td or kvm.toaddress(td)
end

--- Where a thread's registers are; see vmcore.kern.stack.context.
-- @param td struct thread, or its address
function methods:context(td)
	return self.contexts:of(address_of(td))
end

--- The calls that a thread is in.
-- @param td struct thread, or its address
-- @treturn table `frames`, innermost first (see vmcore.kern.stack.walk);
--   `context`; `broken`: why the frames end before the stack's beginning, nil
--   when they don't
function methods:trace(td)
	local ok, where, message = pcall(self.contexts.of, self.contexts, address_of(td))
	if not ok then
		where, message = nil, tostring(where)
	end
	if where == nil then
		return { frames = {}, broken = message }
	end
	local frames, broken = walk.frames(self, where)
	return { frames = frames, context = where, broken = broken }
end

local function hex(value)
	return ("%#x"):format(value)
end

local function trap_words(trap)
	local words = { ("trap %d"):format(trap.number) }
	words[1] = words[1] .. (trap.name and " (" .. trap.name .. ")" or "")
	if trap.error then
		words[#words + 1] = "error " .. hex(trap.error)
		    .. (trap.meaning and " (" .. trap.meaning .. ")" or "")
	end
	if trap.address then
		words[#words + 1] = "address " .. hex(trap.address)
	end
	return table.concat(words, ", ")
end

--- What a trap, interrupt or system call was, or a call to what is no code, as
-- text.
-- @tparam table frame
-- @param td struct thread, or its address: whose frame it is
-- @treturn ?string nil for a call
-- @treturn ?table of a trap: number, name, error, meaning, address
function methods:describe(frame, td)
	local arch, regs = self.arch, frame.regs
	if regs == nil then
		return frame.what
	end
	local what, trap = frame.what or frame.kind, nil
	if frame.kind == "trap" and not frame.what then
		trap = arch.trap(regs)
		what = trap_words(trap)
	elseif frame.kind == "syscall" then
		local parts = {}
		for _, part in pairs { self.syscall(address_of(td), arch.syscall and regs[arch.syscall]) } do
			parts[#parts + 1] = part
		end
		what = ("syscall (%s)"):format(table.concat(parts, ", "))
	end
	local where = {}
	for _, name in ipairs { arch.pc, arch.sp, arch.fp ~= arch.sp and arch.fp or nil } do
		where[#where + 1] = ("%s = %#x"):format(name, regs[name])
	end
	return what .. ", " .. table.concat(where, ", "), trap
end

--- The line of source that a frame is at; in a caller, that of the call.
-- @tparam table frame
-- @treturn ?string file, as the compiler knew it; nil where no line is known
-- @treturn ?integer line
function methods:source_line(frame)
	if self.no_lines then
		return nil
	end
	local file, line, code = self.k:source_line(frame.exact and frame.pc or frame.pc - 1)
	if file == nil then
		self.no_lines = code ~= "nosym"
		return nil
	end
	return file, line
end

--- What can be known of a kernel's stacks.
-- @tparam table k
-- @tparam table procs of vmcore.kern.proc
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string message
function stack.new(k, procs)
	local name = ARCHES[k:dump().arch]
	if name == nil then
		return nil, ("stacks of %s are not known"):format(k:dump().arch)
	end
	local arch = require("vmcore.kern.stack." .. name)
	local contexts, message = context.new(k, arch, procs.threads.fields)
	if contexts == nil then
		return nil, message
	end
	local trapframe, dump = k:type "struct trapframe", k:dump()
	-- Where the kernel itself runs in the direct map, that tells nothing.
	local dmap = not arch.text and dump.dmapbase or 0
	local set, size = arch.trapframe(trapframe, contexts.told)
	return setmetatable({
		k = k, arch = arch, contexts = contexts, klds = kld.new(k), word = k.kd:ptrsize(),
		text = arch.text or dump.kernbase, dmap = dmap,
		dmap_size = dmap ~= 0 and dump.dmapend and dump.dmapend - dmap or 0, named = k:has_symbol "mi_switch",
		read_trapframe = registers.reader(k.kd, trapframe, set, arch.pc),
		trapframe_size = size,
		syscall = syscall.new(k, k:type "struct thread"),
		at = {}, before = {},
	}, view_meta)
end

return stack
