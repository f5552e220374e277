--- How fast typed objects are from Lua: objects.lua KERNEL CORE
--
-- Prints lines of "name value", as the C programs do.
local kvm = require "kvm"
local queue = require "vmcore.queue"
local vmcore = require "vmcore"

local kernel, core = ...

-- Nanoseconds per round of fn(rounds), best of five.
local function best(rounds, fn)
	local least = math.huge
	for _ = 1, 5 do
		local start = os.clock()
		fn(rounds)
		least = math.min(least, (os.clock() - start) / rounds * 1e9)
	end
	return least
end

local function show(name, value)
	print(("%s %.3f"):format(name, value))
end

local k <close> = assert(vmcore.open{ kernel = kernel, core = core })
local p = k.var.allproc.lh_first
local t = { p_pid = p.p_pid }
local at = kvm.toaddress(p) + kvm.offsetof(kvm.typeof(p).target, "p_pid")
local kd = k.kd

show("field_ns", best(1000000, function(n)
	for _ = 1, n do local _ = t.p_pid end
end))
show("read_uint_ns", best(1000000, function(n)
	for _ = 1, n do local _ = kd:read_uint(at, 4) end
end))
show("member_ns", best(1000000, function(n)
	for _ = 1, n do local _ = p.p_pid end
end))

local count = 0
for _ in queue.list_foreach(k.var.allproc, "p_list") do
	count = count + 1
end
show("walk_elements", count)
show("walk_ns", best(100, function(n)
	for _ = 1, n do
		for q in queue.list_foreach(k.var.allproc, "p_list") do
			local _ = q.p_pid + q.p_flag + q.p_swtick + q.p_osrel
		end
	end
end) / count)

local get_pid = kvm.getter(kvm.typeof(p).target, "p_pid")
show("getter_ns", best(1000000, function(n)
	for _ = 1, n do local _ = get_pid(p) end
end))
show("type_lookup_ns", best(100000, function(n)
	for _ = 1, n do local _ = kd:type("struct", "proc") end
end))
