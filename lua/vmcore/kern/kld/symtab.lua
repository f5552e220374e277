--- The symbol tables that the kernel keeps of its files, for ddb(4): ELF's, in
-- the dump's memory, so no file is needed.
-- @module vmcore.kern.kld.symtab

local bisect = require "vmcore.bisect"

local symtab = {}

local SYMBOLS_MAX, STRINGS_MAX = 1 << 20, 64 << 20
local PADDING = 16		-- that functions are aligned to
local LABELS_MAX = 64		-- looked at in search of their function

-- elf(5), st_info: STT_* and STB_*
local TYPES = { [0] = "notype", "object", "func", [6] = "tls", [10] = "ifunc" }
local BINDS = { [0] = "local", "global", "weak" }
-- What stands for an address, where several symbols have it.
local RANK = { func = 8, ifunc = 8, object = 4, notype = 0, tls = 0,
	global = 2, weak = 1, ["local"] = 0 }

-- Elf64_Sym and Elf32_Sym, as: name, value, size, info, section
local function unpacker(kd)
	local e = kd:byteorder() == "little" and "<" or ">"
	local unpack = string.unpack
	if kd:ptrsize() == 8 then
		return 24, function(bytes, at)
			local name, info, _, section, value, size = unpack(e .. "I4BBI2I8I8", bytes, at)
			return name, value, size, info, section
		end
	end
	return 16, function(bytes, at)
		local name, value, size, info, _, section = unpack(e .. "I4I4I4BBI2", bytes, at)
		return name, value, size, info, section
	end
end

-- The mapping symbols of ARM's ABI mark code and data, and name nothing.
local function is_mark(name)
	return name == "" or name:find "^%$[adtx]%f[%z.]"
end

local function order(a, b)
	if a.value ~= b.value then
		return math.ult(a.value, b.value)
	end
	local x, y = RANK[a.type] + RANK[a.bind], RANK[b.type] + RANK[b.bind]
	return x < y or x == y and a.index < b.index
end

--- Whether a table can be that large.
-- @tparam table where as read() takes it
-- @treturn boolean
function symtab.plausible(where)
	return where.count > 0 and where.count <= SYMBOLS_MAX and
	    where.length > 0 and where.length <= STRINGS_MAX
end

--- Read a table.
-- @tparam kvm.descriptor kd
-- @tparam table where `symbols` and `count`, `strings` and `length`, and
--   `base`, to be added to values
-- @treturn {table...} symbols in the order of their addresses: name value size
--   type bind index
-- @treturn ?string what could not be read
function symtab.read(kd, where)
	local size, unpack = unpacker(kd)
	local count, length = where.count, where.length
	if not symtab.plausible(where) then
		return {}, ("a table of %d symbols and %d bytes of names"):format(count, length)
	end
	local bytes, message, _, partial = kd:read(where.symbols, count * size)
	local names, why, _, some = kd:read(where.strings, length)
	bytes, names = bytes or partial or "", names or some or ""
	local list = {}
	for i = 0, #bytes // size - 1 do
		local at, value, extent, info, section = unpack(bytes, i * size + 1)
		local kind = TYPES[info & 0xf]
		local name = section ~= 0 and kind and names:match("^[^%z]+", at + 1)
		if name and not is_mark(name) then
			list[#list + 1] = { name = name, value = value + where.base, size = extent,
				type = kind, bind = BINDS[info >> 4] or "local", index = i }
		end
	end
	table.sort(list, order)
	return list, message or why
end

--- The symbols of a module's file that was placed, as read() gives them.
-- @tparam kvm.module m
-- @treturn {table...}
function symtab.of_module(m)
	local list = {}
	for symbol in m:symbols() do
		-- Others are undefined, or of sections that memory does not have.
		if RANK[symbol.type] and RANK[symbol.bind] and not is_mark(symbol.name)
		    and m:symbol(symbol.name) then
			list[#list + 1] = symbol
		end
	end
	table.sort(list, order)
	return list
end

--- The symbol that an address belongs to.
-- @tparam {table...} list of read()
-- @tparam integer address
-- @treturn ?table symbol
-- @treturn ?integer offset
function symtab.at(list, address)
	local last = bisect.first(1, #list, function(i) return math.ult(address, list[i].value) end) - 1
	-- Labels inside a function have neither type nor size; the function has.
	for i = last, math.max(last - LABELS_MAX, 1), -1 do
		local symbol = list[i]
		local offset = address - symbol.value
		if symbol.size > 0 and math.ult(offset, symbol.size) then
			return symbol, offset
		elseif symbol.size > 0 or symbol.type ~= "notype" then
			break
		end
	end
	local symbol = list[last]
	-- What a call at a function's end returns to is between functions.
	if symbol == nil or symbol.size > 0 and
	    not math.ult(address - symbol.value, symbol.size + PADDING) then
		return nil
	end
	return symbol, address - symbol.value
end

return symtab
