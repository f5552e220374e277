--- Processes and threads of a kernel without type information.
--
-- FreeBSD kernels tell debuggers the offsets of a few members in integer
-- constants (kern/kern_proc.c, kern/kern_thread.c: proc_off_p_pid,
-- thread_off_td_tid and their like, "used by kernel debuggers"). They make
-- a `struct proc` and a `struct thread` with these members and no others.
-- @module vmcore.kern.offsets

local member = require "vmcore.kern.member"

local offsets = {}

local NAME_SIZE = 20		-- MAXCOMLEN + 1, sys/param.h; td_name too

-- A struct of one pointer, to stand for a list's head or link.
local function one_pointer(kd, name, field)
	return kd:define("struct", name, kd:ptrsize(),
	    { { name = field, type = kd:type("void", "void"):pointer(), offset = 0 } })
end

local function struct(k, name, prefix, types)
	local members, size = {}, 0
	for field, t in pairs(types) do
		local offset = member.integer(k, prefix .. field)
		if offset and offset >= 0 then
			members[#members + 1] = { name = field, type = t, offset = offset }
			size = math.max(size, offset + t.size)
		end
	end
	table.sort(members, function(a, b) return a.offset < b.offset end)
	return #members > 0 and k.kd:define("struct", name, size, members) or nil
end

--- Define struct proc and struct thread, if the kernel has none but has the
-- constants.
-- @tparam table k
-- @treturn ?kvm.type struct proc
-- @treturn ?kvm.type struct thread
function offsets.define(k)
	local kd = k.kd
	if kd:lookup "proc_off_p_pid" == nil then
		return nil
	end
	local int, char = kd:type("integer", "int"), kd:type("integer", "char")
	local list_link = one_pointer(kd, "vmcore_list_link", "le_next")
	local thread = struct(k, "thread", "thread_off_", {
		td_tid = int, td_oncpu = int, td_name = char:array(NAME_SIZE),
		td_pcb = kd:type("void", "void"):pointer(),
		td_plist = one_pointer(kd, "vmcore_tailq_link", "tqe_next"),
	})
	local proc = struct(k, "proc", "proc_off_", {
		p_pid = int, p_comm = char:array(NAME_SIZE),
		p_list = list_link, p_hash = list_link,
		p_threads = one_pointer(kd, "vmcore_tailq_head", "tqh_first"),
	})
	return proc, thread
end

--- The type of a list's head: the variable's own, or a bare pointer.
-- @tparam table k
-- @tparam string name of the variable
-- @treturn kvm.type
function offsets.list_head(k, name)
	return k.kd:type_of_symbol(name) or one_pointer(k.kd, "vmcore_list_head", "lh_first")
end

return offsets
