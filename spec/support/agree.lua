--- What several commands say of one thing, to be compared: each function takes
-- ask(command), which returns rows, and returns tables that must be the same;
-- of any dump, and of those that a kernel made.
local lab = require "spec.support.lab"

local agree = { any = {}, kernels = {} }

local any, kernels = agree.any, agree.kernels

-- The sum of a key, of rows that `keep` takes.
local function sum(rows, key, keep)
	local n = 0
	for _, row in ipairs(rows) do
		if (keep == nil or keep(row)) and math.type(row[key]) then
			n = n + row[key]
		end
	end
	return n
end

-- How often each value of a key is there.
local function tally(rows, key, keep)
	local n = {}
	for _, row in ipairs(rows) do
		if keep == nil or keep(row) then
			local value = type(key) == "function" and key(row) or row[key]
			n[value] = (n[value] or 0) + 1
		end
	end
	return n
end

-- A value by the value of another key.
local function map(rows, from, to, keep)
	local found = {}
	for _, row in ipairs(rows) do
		if keep == nil or keep(row) then
			found[row[from]] = row[to]
		end
	end
	return found
end

local function numbers(text)
	local list = {}
	for number in text:gmatch "%d+" do
		list[#list + 1] = math.tointeger(number)
	end
	return list
end

local function is(key, ...)
	local wanted = {}
	for _, value in ipairs { ... } do
		wanted[value] = true
	end
	return function(row) return wanted[row[key]] end
end

-- In use by netstat's words, from the items in use of zones: packets' mbufs are
-- mbufs. (Clusters in caches of packets are in use for their own zone.)
local function in_words(zones)
	return { mbufs = zones.mbuf and zones.mbuf + (zones.mbuf_packet or 0), packets = zones.mbuf_packet,
		["jumbo page"] = zones.mbuf_jumbo_page, ["jumbo 9k"] = zones.mbuf_jumbo_9k,
		["jumbo 16k"] = zones.mbuf_jumbo_16k }
end

function any.network_memory(ask)
	local items = in_words(map(ask "vmstat -z", "item", "used"))
	return map(ask "netstat -m", "item", "current", function(row) return items[row.item] end), items
end

-- What statistics count, found one by one in the slabs.
function kernels.network_items(ask)
	local seen = {}
	for _, row in ipairs(ask "mbuf -a -S") do
		seen[row.zone] = (seen[row.zone] or 0) + (row.state ~= "cached" and row.count or 0)
	end
	local items = in_words(seen)
	return map(ask "netstat -m", "item", "current", function(row) return items[row.item] end), items
end

-- A map's size leaves out what guards its stacks.
function kernels.address_space(ask)
	local mapped = {}
	for _, row in ipairs(ask "vm") do
		local size = math.tointeger(row["end"]) - math.tointeger(row.start)
		mapped[row.pid] = (mapped[row.pid] or 0) + (row.type ~= "gd" and size or 0)
	end
	return map(ask "ps -o pid,vsz", "pid", "vsize", function(row) return mapped[row.pid] end), mapped
end

-- Two zones may have one name: that of each network stack.
function any.zones(ask)
	local function used(rows)
		local found = {}
		for _, row in ipairs(rows) do
			found[row.item] = (found[row.item] or 0) + row.used
		end
		return found
	end
	return used(ask "vmstat -z"), used(ask "uma")
end

function any.interrupts(ask)
	local total = sum(ask "vmstat -i", "total", function(row) return row.interrupt ~= "Total" end)
	return { total }, { sum(ask "intr -a", "count") }
end

function any.processes(ask)
	local ps = ask "ps"
	return tally(ps, "pid"), tally(ask "pstree", "pid")
end

-- A zombie's first thread is gone in some kernels, and is still there in others.
function any.threads(ask)
	local function alive(row) return not row.state:find "Z" end
	local zombies = map(ask "ps", "pid", "state", function(row) return not alive(row) end)
	local function of_living(row) return not zombies[row.pid] end
	return map(ask "ps", "pid", "threads", alive), tally(ask "threads", "pid", of_living),
	    tally(ask "ps -H", "pid", of_living)
end

function any.stacks(ask)
	return { #ask "threads" }, { sum(ask "stacks", "count") }
end

-- Who sleeps: by the threads, and by the queues that they are in.
function any.sleepers(ask)
	local queues = {}
	for _, row in ipairs(ask "sleepq") do
		for _, tid in ipairs(numbers(row.tids)) do
			queues[tid] = row.wchan
		end
	end
	return queues, map(ask "threads", "tid", "wchan", function(row) return queues[row.tid] end)
end

function any.run_queues(ask)
	local queued = map(ask "runq", "tid", "state")
	return queued, map(ask "threads", "tid", "state", function(row) return queued[row.tid] end)
end

function any.cpus(ask)
	local running = map(ask "threads", "oncpu", "tid", is("state", "running"))
	return running, map(ask "pcpu", "cpu", "tid", function(row) return running[row.cpu] end)
end

local function descriptor(row)
	return ("%s:%s"):format(row.pid, row.fd)
end

function any.open_sockets(ask)
	local function numbered(row) return math.type(row.fd) == "integer" end
	return tally(ask "sockstat", descriptor, numbered),
	    tally(ask "fstat", descriptor, function(row) return row.type == "socket" end)
end

-- Every internet socket that sockstat names is one of netstat's, with the same
-- ends and state: 127.0.0.1:22 is 127.0.0.1.22 there.
function any.connections(ask)
	local function inet(row) return row.proto and (row.proto:find "^tcp" or row.proto:find "^udp") end
	local function ends(row)
		local function dotted(text) return (text:gsub("[%[%]]", ""):gsub("[:.](%w*%*?)$", ".%1")) end
		return table.concat({ row.proto, dotted(row["local"]), dotted(row.foreign), row.jid }, " ")
	end
	local function once(rows)
		local found = tally(rows, ends, inet)
		for key in pairs(found) do
			found[key] = true
		end
		return found
	end
	return once(ask "netstat -an"), once(ask "sockstat")
end

function any.interfaces(ask)
	local function name(row) return ("%s of %s"):format(row.name, row.jid) end
	local function link(row) return row.network:find "^<Link" end
	local function mtu(rows, keep)
		local found = {}
		for _, row in ipairs(rows) do
			if keep(row) then
				found[name(row)] = row.mtu
			end
		end
		return found
	end
	return mtu(ask "netstat -i", link), mtu(ask "ifconfig", is("family", "ether"))
end

local QUEUES = { active = "v_active_count", inactive = "v_inactive_count",
	laundry = "v_laundry_count", free = "v_free_count" }

-- The kernel's numbers, in either command.
function any.pages(ask)
	local counted, kernel = map(ask "vmstat -s", "name", "value"), {}
	for _, row in ipairs(ask "pages") do
		local name = QUEUES[row.kind]
		if name and math.type(row.kernel) then
			kernel[name] = (kernel[name] or 0) + row.kernel
		end
	end
	local same = {}
	for name in pairs(kernel) do
		same[name] = counted[name]
	end
	return same, kernel
end

--- The rows of a command line, which must be complete.
-- @tparam table by lab or real
-- @tparam table dump
-- @tparam string command
function agree.rows(by, dump, command)
	local words = {}
	for word in command:gmatch "%S+" do
		words[#words + 1] = word
	end
	local rows, err, status = by.rows(dump, table.unpack(words))
	assert(err == "" and status == 0, ("%s: %s"):format(command, err))
	for _, row in ipairs(rows) do
		for key, value in pairs(row) do
			row[key] = value ~= lab.null and value or nil
		end
	end
	return rows
end

--- What one says, which must be something, and what the others say.
function agree.of(fn, ask)
	local answers = table.pack(fn(ask))
	local first = table.remove(answers, 1)
	assert(next(first) ~= nil, "nothing to compare")
	return first, answers
end

return agree
