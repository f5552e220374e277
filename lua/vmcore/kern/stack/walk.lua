--- One walk up one kernel stack: what every architecture's steps stand on.
--
-- A walk has `pc`, `fp` and `sp` of the function it is at, `inner` (where the
-- frame of the function it called ends: what the processor or the assembly
-- code left behind begins there), `interrupted` (that function made no call:
-- a trap took it), `word` (bytes) and `kd`. An architecture's step() moves it
-- to the caller.
-- @module vmcore.kern.stack.walk

local unwind = require "vmcore.kern.stack.unwind"

local walk = {}

local ult = math.ult

local FRAMES_MAX = 4096
-- A stack of which nothing says how large it is, in bytes: interrupt stacks,
-- and those of kernels without types.
local STACK_MAX = 1 << 16
-- Below a kernel stack is a page that is not mapped; a thread that has used up
-- its stack is there.
local GUARD = 1 << 16
local HOPS_MAX = 4

local methods = {}
local meta = { __index = methods }

--- A word of memory.
function methods:ptr(address)
	return self.read_ptr(self.kd, address)
end

--- The function that the walk is at: name, offset, module; nil when none is
-- known. A call may be a function's last instruction: its return address is
-- then the next function's first.
function methods:name()
	if self.exact then
		return self.view:function_at(self.pc)
	end
	return self.view:caller_at(self.pc)
end

--- Whether an address can be one of the kernel's code.
function methods:is_text(address)
	return not ult(address, self.view.text) and address ~= -1
end

--- Whether it is in one of their functions, as far as symbols and the list of
-- modules tell.
function methods:is_code(address)
	local view = self.view
	if not self:is_text(address) or ult(address, view.arch.code or view.text)
	    or ult(address - view.dmap, view.dmap_size) then
		return false
	end
	local f = view.named and view:function_at(address)
	if f then
		return f.code
	end
	return not view.named or not view:knows_modules()
end

-- Go on at the stack that `sp` is on.
local function change_stack(self, sp)
	local low, high = self.kstack, self.kstack_end
	if low and not ult(sp, low - GUARD) and ult(sp, high) then
		self.low, self.high = ult(sp, low) and low or sp, high
	else
		self.low, self.high = sp, sp + STACK_MAX
	end
end

-- From a stack of its own, as those of interrupts, a chain of frame pointers
-- leads once to the one that was interrupted.
local function may_hop(self, fp)
	if self.hops >= HOPS_MAX then
		return false
	elseif self.kstack then
		return not ult(fp, self.kstack) and ult(fp, self.kstack_end) and
		    (ult(self.low, self.kstack) or not ult(self.low, self.kstack_end))
	end
	self.hops = HOPS_MAX
	return self.word == 4 or fp >> 48 == self.sp >> 48
end

--- Take a frame pointer for the next frame: it must be on the stack, beyond
-- the last one.
-- @tparam integer fp
-- @treturn ?boolean true; false when it is a user's: the stack has ended
-- @treturn ?string what is wrong with it
function methods:enter_frame(fp)
	if fp & (self.word - 1) ~= 0 then
		return nil, ("frame pointer %#x is not aligned"):format(fp)
	elseif ult(fp, self.low) or not ult(fp, self.high) then
		if fp > 0 and self.sp < 0 and not self.view.named then
			return false
		elseif not may_hop(self, fp) then
			return nil, ("frame pointer %#x is not on the rest of the stack, %#x to %#x")
			    :format(fp, self.low, self.high)
		end
		self.hops = self.hops + 1
		change_stack(self, fp)
	end
	self.low = fp + 1
	return true
end

--- To the caller by a frame record: the next frame pointer, and in the word
-- above it the return address.
-- @tparam integer at where the record is
-- @tparam integer fp the frame pointer that led there
-- @treturn ?boolean see enter_frame()
-- @treturn ?string
function methods:follow(at, fp)
	local inside, reason = self:enter_frame(at)
	if not inside then
		return inside, reason
	end
	local outer, message = self:ptr(at)
	local address, why = self:ptr(at + self.word)
	if outer == nil or address == nil then
		return nil, message or why
	elseif outer == 0 and address == 0 then
		return nil, ("the frame at %#x reads as zeros"):format(fp)
	end
	self.inner, self.fp, self.pc, self.sp = fp, outer, address, at + 2 * self.word
	return true
end

-- The registers of the trap frame that an entry left, and where they are.
local function trap_registers(self, name)
	local arch, read = self.view.arch, self.view.read_trapframe
	if arch.elsewhere then
		local regs, at = arch.elsewhere(self, name)
		if regs then
			return regs, at
		end
	end
	for _, at in ipairs(read and arch.frames(self) or {}) do
		local regs = read(at)
		if regs and arch.plausible(regs) then
			if arch.complete then
				arch.complete(regs, at, self)
			end
			return regs, at
		end
	end
	return nil
end

-- Go to the code that a trap interrupted.
local function resume(self, regs)
	local arch = self.view.arch
	local sp = regs[arch.sp]
	self.pc, self.fp, self.sp = regs[arch.pc], regs[arch.fp], sp
	self.inner, self.exact, self.interrupted, self.regs = nil, true, true, regs
	self.known, self.below_pc = regs, nil
	self.hops = self.hops + 1
	change_stack(self, sp)
end

-- The architecture's way to the caller; a walk that did not get there is where
-- it was.
local function by_frames(self)
	local pc, fp, sp, below = self.pc, self.fp, self.sp, self.below_pc
	local going, reason = self.view.arch.step(self)
	if going and not self:is_text(self.pc) then
		going, reason = nil, ("return address %#x is not in the kernel"):format(self.pc)
	end
	if going then
		self.known = nil
	else
		self.pc, self.fp, self.sp, self.below_pc = pc, fp, sp, below
	end
	return going, reason
end

-- The caller; nil and why there is none. Call frame tables know best where the
-- function was interrupted; elsewhere they help when its frame does not.
local function ascend(self, f)
	local arch = self.view.arch
	if f and arch.bottom and arch.bottom[f.name] then
		return nil
	end
	local going, reason, more = nil, nil, nil
	if self.interrupted then
		going, more = unwind.step(self)
	end
	if not going then
		going, reason = by_frames(self)
		if not going then
			going, more = unwind.step(self)
		end
	end
	if not going then
		return nil, reason and more and reason .. "; call frame table: " .. more or reason
	end
	local interrupt = more == true
	self.exact, self.interrupted, self.regs = interrupt, interrupt, nil
	return true
end

-- One frame into `frame`; true when there is another one.
local function visit(self, frame)
	local view = self.view
	local arch, f = view.arch, self:name()
	local name = f and f.name or ""
	local kind = arch.entry(name, self)
	local regs, at
	if kind then
		regs, at = trap_registers(self, name)
	end
	-- entry() may have found that this is no return address.
	f = kind and self:name() or f
	frame.pc, frame.fp, frame.sp, frame.fn = self.pc, self.fp, self.sp, f
	frame.exact = self.exact
	if regs == nil then
		frame.kind = "call"
		if self.interrupted and not self:is_code(self.pc) then
			frame.what = ("no code of the kernel's: reached through a bad pointer, left by %s"):format(
			    arch.way_out or "its frame")
		end
		return ascend(self, f)
	end
	frame.fp, frame.kind = self.inner or self.fp, kind
	if arch.kind then
		frame.kind, frame.what = arch.kind(regs, kind, name, self)
	end
	if frame.kind == "call" then
		return nil
	end
	frame.regs, frame.at = regs, at
	if arch.is_user(regs) or regs[arch.pc] == 0 and regs[arch.fp] == 0 then
		return nil
	elseif self.hops >= HOPS_MAX then
		return nil, "too many traps inside each other"
	end
	resume(self, regs)
	return true
end

--- Walk.
-- @tparam table view see vmcore.kern.stack
-- @tparam table context of vmcore.kern.stack.context
-- @treturn {table...} frames: pc fp sp fn (name, offset, module) kind ("call",
--   "trap", "interrupt", "syscall"), and of the latter three regs and at (of
--   the trap frame); what (text, where the kind does not say it, and of what is
--   no code)
-- @treturn ?string why it ended before the stack's beginning
function walk.frames(view, context)
	local arch, regs = view.arch, context.regs
	local self = setmetatable({
		view = view, kd = view.k.kd, read_ptr = view.k.kd.read_ptr, word = view.word,
		pc = arch.clean and arch.clean(regs[arch.pc]) or regs[arch.pc],
		fp = regs[arch.fp], sp = regs[arch.sp], regs = regs, known = regs,
		cpu = context.cpu, cr2 = context.source ~= "pcb" and context.source ~= "stale" and regs.cr2 or nil,
		kstack = context.low, kstack_end = context.high, hops = 0, exact = true,
	}, meta)
	change_stack(self, self.sp)
	local frames, n = {}, 0
	local going, reason
	repeat
		n = n + 1
		local frame = {}
		frames[n] = frame
		going, reason = visit(self, frame)
		if going and n == FRAMES_MAX then
			going, reason = nil, ("more than %d frames"):format(FRAMES_MAX)
		end
	until not going
	return frames, reason
end

return walk
