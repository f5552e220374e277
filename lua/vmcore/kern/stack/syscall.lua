--- What a thread asked the kernel for: sys/proc.h, td_sa; sys/sysent.h.
-- @module vmcore.kern.stack.syscall

local kvm = require "kvm"
local member = require "vmcore.kern.member"

local syscall = {}

local NAME_MAX = 64

-- A name of the table that a process's ABI has: sv_syscallnames.
local function name_field(k, T)
	local names = member.getter(T, "td_proc.p_sysent.sv_syscallnames")
	local size = member.getter(T, "td_proc.p_sysent.sv_size")
	local kd = k.kd
	return names and size and function(td, code)
		local list = names(td)
		if list == nil or code < 0 or code >= size(td) then
			return nil
		end
		local word = kd:ptrsize()
		local text = kd:read_ptr(kvm.toaddress(list) + code * word)
		return text and kd:read_string(text, NAME_MAX)
	end
end

--- A function that tells of the system call that a thread is in.
-- @tparam table k
-- @tparam ?kvm.type T struct thread
-- @treturn function of a thread's address and the number that its registers
--   hold, if any; it returns number, ABI and name, as far as they are known
function syscall.new(k, T)
	local code = member.getter(T, "td_sa.code")
	local abi = member.getter(T, "td_proc.p_sysent.sv_name")
	local name = name_field(k, T)
	return function(td, number)
		if code then
			number = code(td)
		end
		local ok, which = pcall(abi or error, td)
		which = ok and which and kvm.string(which, NAME_MAX) or nil
		local known, what = pcall(name or error, td, number or -1)
		return number, which, known and what or nil
	end
end

return syscall
