--- The names that can be completed, in order: gathered when they are first
-- asked for.
-- @module vmcore.prompt.names

local bisect = require "vmcore.bisect"
local kld = require "vmcore.kern.kld"

local names = {}

-- More than anybody reads.
local MOST = 2000

local function sorted(set)
	local list = {}
	for name in pairs(set) do
		list[#list + 1] = name
	end
	table.sort(list)
	return list
end

local gather = {}

function gather.symbols(k)
	local set = {}
	for symbol in kld.new(k):each_symbol() do
		if symbol.name:find "^[%a_][%w_]*$" then
			set[symbol.name] = true
		end
	end
	return sorted(set)
end

function gather.types(k)
	local sets = { struct = {}, union = {}, enum = {}, typedef = {} }
	for t in k.kd:types() do
		local set = sets[t.kind]
		if set and t.name ~= "" then
			set[t.name] = true
		end
	end
	for kind, set in pairs(sets) do
		sets[kind] = sorted(set)
	end
	return sets
end

--- Those of a sorted list that begin with a prefix.
-- @tparam {string...} list
-- @tparam string prefix
-- @tparam[opt] {string...} into where they are added
-- @treturn {string...}
function names.with(list, prefix, into)
	into = into or {}
	local from = bisect.first(1, #list, function(i) return list[i] >= prefix end)
	for i = from, math.min(#list, from + MOST) do
		if list[i]:sub(1, #prefix) ~= prefix then
			break
		end
		into[#into + 1] = list[i]
	end
	return into
end

--- The names of a dump.
-- @tparam table k
-- @treturn table `symbols`, `types` (by kind): sorted lists
function names.of(k)
	return setmetatable({}, { __index = function(self, what)
		local ok, list = pcall(gather[what], k)
		list = ok and list or (what == "types" and { struct = {}, union = {}, enum = {}, typedef = {} } or {})
		rawset(self, what, list)
		return list
	end })
end

return names
