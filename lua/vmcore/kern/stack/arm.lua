--- Stacks of arm: sys/arm/include/pcb.h, frame.h, arm/exception.S. There are no
-- frame pointers to rely on: the kernel's unwind tables are followed.
-- @module vmcore.kern.stack.arm

local kvm = require "kvm"
local exidx = require "vmcore.kern.stack.exidx"
local link = require "vmcore.kern.stack.link"
local member = require "vmcore.kern.member"

local arm = { pc = "pc", fp = "r11", sp = "sp", syscall = "r7" }

local PSR_MODE, USER = 0x1f, 0x10	-- machine/armreg.h
local MODES = { [0x10] = true, [0x11] = true, [0x12] = true, [0x13] = true, [0x17] = true,
	[0x1b] = true, [0x1f] = true }
local SAVECTX = 8		-- bytes that savectx() has pushed when it saves sp

arm.bottom = { fork_trampoline = true }
arm.way_out = link.way_out

--- The registers of struct pcb.
function arm.pcb()
	local set = { { "sp", "pcb_regs.sf_sp", 36 }, { "lr", "pcb_regs.sf_lr", 40 },
		{ "pc", "pcb_regs.sf_pc", 44 } }
	for i = 4, 12 do
		set[#set + 1] = { "r" .. i, "pcb_regs.sf_r" .. i, (i - 4) * 4 }
	end
	return set
end

--- The registers of struct trapframe.
function arm.trapframe()
	local set = { { "spsr", "tf_spsr", 0 }, { "usr_sp", "tf_usr_sp", 56 },
		{ "usr_lr", "tf_usr_lr", 60 }, { "svc_sp", "tf_svc_sp", 64 },
		{ "svc_lr", "tf_svc_lr", 68 }, { "pc", "tf_pc", 72 } }
	for i = 0, 12 do
		set[#set + 1] = { "r" .. i, "tf_r" .. i, 4 + i * 4 }
	end
	return set
end

-- The index of a module: struct linker_file, exidx_addr and exidx_size.
local function of_module(view, module)
	local T = view.k:type "struct linker_file"
	local first, size = member.getter(T, "exidx_addr"), member.getter(T, "exidx_size")
	for _, file in ipairs(first and size and (view.klds:files()) or {}) do
		if file.name == module then
			local at = first(file.at)
			at = at and kvm.toaddress(at) or 0
			if at ~= 0 then
				return exidx.new(view.k.kd, at, at + size(file.at))
			end
		end
	end
	return nil, "no unwind tables of the module are known: " .. module
end

-- The index that a function is in, the kernel's or that of its module.
local function index_of(view, module)
	view.exidx = view.exidx or {}
	local key = module or ""
	local known = view.exidx[key]
	if known == nil then
		known = module and { of_module(view, module) } or { exidx.new(view.k.kd) }
		view.exidx[key] = known
	end
	return known[1], known[2]
end

-- The registers that a program works on, from a set of them.
local function numbered(regs)
	local r = { sp = regs.sp, [14] = regs.lr }
	for i = 0, 12 do
		r[i] = regs["r" .. i]
	end
	return r
end

-- To where the link register points.
local function by_link(r)
	r[15] = r[14]
	return true
end

local function unwind(walk, r)
	local f = walk:name()
	if walk.regs and not walk.interrupted and f and (f.name == "savectx" or f.name == "cpu_switch") then
		r.sp = r.sp + (f.name == "savectx" and SAVECTX or 0)
		return by_link(r)
	elseif walk.interrupted and (f == nil or f.offset == 0 or not walk:is_code(walk.pc)) then
		return by_link(r)
	end
	local index, message = index_of(walk.view, f and f.module)
	if not index then
		return nil, message
	end
	local program, why = exidx.program(index, walk.exact and walk.pc or walk.pc - 1)
	if not program then
		return program, why
	end
	return exidx.run(program, r, function(at) return walk:ptr(at) end)
end

--- From a function to its caller.
function arm.step(walk)
	local r = walk.regs and numbered(walk.regs) or walk.r
	local f = walk:name()
	local pc, sp = walk.pc, walk.sp
	local going, reason = unwind(walk, r)
	if not going then
		return going, reason
	elseif r[15] == nil then
		return nil, "the return address is not known"
	elseif math.ult(r.sp, walk.low) or math.ult(walk.high, r.sp) then
		return nil, ("stack pointer %#x is not on the rest of the stack, %#x to %#x"):format(r.sp,
		    walk.low, walk.high)
	end
	walk.r, walk.callee, walk.inner = r, f and f.name, sp
	walk.pc, walk.sp, walk.fp, walk.low = r[15] & ~1, r.sp, r[11] or 0, r.sp
	r[14] = nil
	if walk.pc == pc and walk.sp == sp then
		return nil, "the unwind table does not lead on"
	end
	return true
end

-- Handlers return to the first instruction of exception_exit.
local ENTRIES = { exception_exit = "trap", swi_entry = "syscall", swi_exit = "syscall",
	undefined_entry = "trap", prefetch_abort_entry = "trap", data_abort_entry = "trap",
	irq_entry = "interrupt", fiq_entry = "interrupt" }

--- Whether the walk is in the assembly that called a handler.
function arm.entry(name, walk)
	local f = walk.view:function_at(walk.pc)
	if f and f.name == "exception_exit" and f.offset == 0 then
		walk.exact = true
		name = f.name
	end
	return ENTRIES[name]
end

--- The handler was called with the trap frame on top of the stack.
function arm.frames(walk)
	return { walk.sp }
end

--- Whether registers are those of a trap frame.
function arm.plausible(regs)
	return MODES[regs.spsr & PSR_MODE] or false
end

--- Whether they are a user's.
function arm.is_user(regs)
	return regs.spsr & PSR_MODE == USER
end

--- Stack pointer and link register are those of the interrupted mode.
function arm.complete(regs)
	local mode = arm.is_user(regs) and "usr" or "svc"
	regs.sp, regs.lr = regs[mode .. "_sp"], regs[mode .. "_lr"]
end

local HANDLERS = { abort_handler = "abort", undefinedinstruction = "undefined instruction" }

--- The frame does not say what it was; who was called does.
function arm.kind(_, kind, _, walk)
	local callee = walk.callee or ""
	if callee:find "irq" then
		return "interrupt"
	end
	return kind, kind == "trap" and (HANDLERS[callee] or "trap") or nil
end

--- What happened: kind() has told.
function arm.trap()
	return nil
end

return arm
