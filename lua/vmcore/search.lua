--- Looking for something in all memory of a dump.
--
--	for hit in k:search{ word = 0xfffff80003a1c000 } do print(hit.address) end
--	for hit in k:refs(p) do ... end			-- who points there
--	for hit in k:strings{ min = 12 } do print(hit.text) end
--
-- @module vmcore.search

local kvm = require "kvm"
local walk = require "vmcore.walk"

local search = {}

-- Hits that are kept when nobody says how many are wanted.
local LIMIT <const> = 100000

-- The last reason is the one that is told.
local function stop(record, reason, count, message)
	record.stopped = { reason = reason, count = count, message = message }
end

-- What C is asked for in one range of addresses.
local function question(what, range)
	local text = what.string and what.string .. (what.whole and "\0" or "")
	return {
		bytes = what.bytes or text, word = what.word, span = what.span, size = what.size,
		strings = what.min, align = what.align,
		prot = what.code and kvm.PROT_EXECUTE or what.prot, threads = what.threads,
		-- Where there is one, an interrupt is heard while it looks.
		memory = what.memory, progress = what.progress or function() end,
		from = range[1], to = range[2],
	}
end

local function collect(kd, what, record)
	local hits, limit = {}, what.limit or LIMIT
	for _, range in ipairs(what.ranges or { {} }) do
		local complete, message = kd:search(question(what, range), function(address, prot, paddr, dmap)
			if #hits == limit then
				stop(record, "limit", limit, ("stopped after %d hits"):format(limit))
				return false
			end
			hits[#hits + 1] = { address = address, prot = prot, paddr = paddr, dmap = dmap }
		end)
		if complete == nil then
			if #hits == 0 and kd:errclass() == "inval" then
				error(message, 3)
			end
			stop(record, "unreadable", #hits, message)
		elseif not complete then
			break
		end
	end
	return hits
end

-- An iterator over hits, each given what `more` adds when its turn comes.
local function each(hits, more)
	local i = 0
	return function()
		i = i + 1
		local hit = hits[i]
		if hit and more then
			more(hit)
		end
		return hit
	end
end

--- Search all dumped memory.
-- @tparam table k
-- @tparam table what one of `word` (an integer; with `span`, any from word to
--   word + span; `size` 4 or 8, a pointer's by default), `bytes`, `string`,
--   `min` (strings of at least so many characters); and `align`; `ranges`: a
--   list of { first, last } addresses; `memory`: "kernel" (mapped by page
--   tables) or "direct" (only by the direct map); `code`: only executable memory;
--   `limit` (100,000 hits); `threads`; `progress`: called with the number of
--   bytes done, ends the search by returning false
-- @treturn function iterator of hits: tables of address, dmap, paddr, prot
-- @treturn table walk, whose status() tells why not everything was found
function search.search(k, what)
	local record = walk.new()
	return each(collect(k.kd, what, record)), record
end

--- Who points to an address, or into an object.
-- @tparam table k
-- @param target an object, or an address
-- @tparam ?integer size bytes from there on that count; all of an object, or
--   what a pointer points to, unless told; 1 for an address
-- @tparam ?table options as in search()
-- @treturn function iterator of hits; `value` is the pointer found
-- @treturn table walk, whose status() tells why not everything was found
function search.refs(k, target, size, options)
	local address = target
	if kvm.type_of(target) == "object" then
		local t = kvm.typeof(target):strip()
		address = kvm.toaddress(target)
		size = size or (t.kind == "pointer" and t.target:strip() or t).size
	end
	local what = { word = address, span = math.max(size or 1, 1) - 1 }
	for key, value in pairs(options or {}) do
		what[key] = value
	end
	local record = walk.new()
	return each(collect(k.kd, what, record), function(hit)
		hit.value = k.kd:read_ptr(hit.address)
	end), record
end

--- All strings: printable ASCII that ends with NUL.
-- @tparam table k
-- @tparam ?table options as in search(); `min`: characters they have at least
--   (4)
-- @treturn function iterator of hits; `text` is the string
-- @treturn table walk, whose status() tells why not everything was found
function search.strings(k, options)
	local what = { min = 4 }
	for key, value in pairs(options or {}) do
		what[key] = value
	end
	local record = walk.new()
	return each(collect(k.kd, what, record), function(hit)
		hit.text = k.kd:read_string(hit.address)
	end), record
end

return search
