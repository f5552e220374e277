--- netstat(1): what protocols counted.
-- @module vmcore.netstat.counters

local ifnet = require "vmcore.kern.ifnet"
local netstack = require "vmcore.kern.netstack"
local part = require "vmcore.netstat.part"
local protostat = require "vmcore.kern.protostat"
local sentence = require "vmcore.netstat.sentence"

local counters = {}

local function machine(o)
	return o.json or o.csv
end

function counters.layout(o)
	return not machine(o) and "lines" or nil
end

function counters.columns(o)
	if not machine(o) then
		return { { "line", "", "left" } }
	end
	return part.columns { { "proto", "Proto", "left" }, { "counter", "Counter", "left" },
		{ "value", "Value" }, part.JID }
end

-- Protocols of -f.
local SIX = { tcp = true, udp = true, ip6 = true, icmp6 = true, rip6 = true, ipsec6 = true }
local ONLY_SIX = { ip6 = true, icmp6 = true, rip6 = true, ipsec6 = true }

local function chosen(o)
	local name = o.protocol
	return function(proto)
		return (not name or proto == name) and (not o.family
		    or o.family == "inet" and not ONLY_SIX[proto] or o.family == "inet6" and SIX[proto])
	end
end

-- The counters of a stack that are asked for, one by one.
local function each(k, o, report, stacks, stack)
	local wanted = chosen(o)
	local next_row = protostat.each(k, stacks, stack, report)
	return function()
		for row in next_row do
			if wanted(row.proto) then
				return row
			end
		end
	end
end

local function rows_of_values(k, o, report, stacks)
	local any = false
	for _, stack in ipairs(stacks.list) do
		for row in each(k, o, report, stacks, stack) do
			row.jid, any = stack.jid, true
			if not o.nonzero or row.fault or (row.value or 0) ~= 0 then
				coroutine.yield(row)
			end
		end
	end
	return any
end

local function shown(row)
	if row.fault then
		return row.fault.address and ("<fault 0x%x>"):format(row.fault.address) or "<fault>"
	end
	return row.value
end

-- Counters of one protocol by name, as vmcore.netstat.sentence takes them.
local function gather(set, row)
	local name, value = row.counter, shown(row)
	set[#set + 1], set[name] = name, value
	local array, index = name:match "^(.*)%[(%d+)%]$"
	if array then
		set[array .. "#"] = math.max(set[array .. "#"] or 0, math.tointeger(index) + 1)
	end
end

-- The lines of a stack's protocols, one after the other.
local function stack_lines(next_row, context, emit)
	local proto, set
	local function flush()
		for _, line in ipairs(proto and sentence.lines(proto, set, context) or {}) do
			emit(line)
		end
	end
	for row in next_row do
		if row.proto ~= proto then
			flush()
			proto, set = row.proto, {}
		end
		gather(set, row)
	end
	flush()
end

local function rows_of_lines(k, o, report, stacks)
	local interface, any = ifnet.namer(k, stacks), false
	for _, stack in ipairs(stacks.list) do
		local begun = #stacks.list == 1
		stack_lines(each(k, o, report, stacks, stack), { nonzero = o.nonzero,
			interface = function(i) return interface(stack, i) end }, function(line)
			if not begun then
				if any then
					coroutine.yield { line = "" }
				end
				coroutine.yield { line = ("Network stack of jail %s"):format(stack.jid or "?") }
			end
			begun, any = true, true
			coroutine.yield { line = line }
		end)
	end
	return any
end

function counters.rows(k, o, report)
	part.known(k:type "struct udpstat" or k:type "struct ipstat", "udpstat")
	local stacks = netstack.new(k, report, o.jail)
	local rows = machine(o) and rows_of_values or rows_of_lines
	return coroutine.wrap(function()
		if not rows(k, o, report, stacks) then
			report(("no counters of %s are known of this kernel"):format(o.protocol or "protocols"))
		end
	end)
end

return counters
