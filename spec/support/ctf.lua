--- Writes CTF, the type data of FreeBSD kernels: versions 2 and 3.
--
-- Constants are those of ctf(5) and sys/ctf.h.
--
--	local data = ctf.encode(types.parse "struct p { int pid; };",
--	    { version = 3, compress = true })
--
-- Version 2 counts to 1023: enumerators beyond that are left out.
--
-- A type reference below zero is the id -n of the parent container: only
-- meaningful with child = true, which numbers the set's own types from 0x8001
-- (v2) or 0x80000001 (v3).
local elf = require "spec.support.elf"
local zlib = require "spec.support.zlib"

local ctf = {}

local KIND = { ["?"] = 0, int = 1, float = 2, ptr = 3, array = 4, func = 5,
	struct = 6, union = 7, enum = 8, fwd = 9, typedef = 10, volatile = 11,
	const = 12, restrict = 13 }

local V2 = { info = "I2", id = "I2", lsize = 0xffff, shift = 11,
	root = 0x400, vlen = 0x3ff, child = 0x8000, large = 0x2000,
	small_member = "I4I2I2", large_member = "I4I2xxI4I4",
	array = "I2I2I4", units = 2 }
local V3 = { info = "I4", id = "I4", lsize = 0xffffffff, shift = 26,
	root = 0x2000000, vlen = 0xffffff, child = 0x80000000,
	large = 0x20000000, small_member = "I4I4I4",
	large_member = "I4I4I4I4", array = "I4I4I4", units = 4 }

local writer = {}
writer.__index = writer

function writer:pack(format, ...)
	return string.pack(self.endian .. format, ...)
end

-- A type id as it is written.
function writer:ref(id)
	if id < 0 then
		return -id
	elseif id > 0 and self.child then
		return id | self.v.child
	end
	return id
end

function writer:name(text)
	local outside = text and self.extern and self.extern(text)
	if outside then
		return outside | 0x80000000
	end
	return self.add(text or "")
end

-- The fixed part of a type record.
function writer:head(t, vlen, value, is_size)
	local v = self.v
	assert(vlen <= v.vlen, "ctf: too many members for this version")
	local info = KIND[t.k] << v.shift | vlen |
	    (t.hidden and 0 or v.root)
	local name = self:name(t.n)
	if is_size and (value >= v.lsize or t.lsize) then
		return self:pack("I4" .. v.info .. v.id .. "I4I4", name, info,
		    v.lsize, value >> 32, value & 0xffffffff)
	end
	return self:pack("I4" .. v.info .. v.id, name, info, value)
end

local function members(w, t)
	local v, out = w.v, {}
	local large = t.s >= v.large
	for i, m in ipairs(t.m) do
		local name, ref = w:name(m[1]), w:ref(m[2])
		if large then
			out[i] = w:pack(v.large_member, name, ref, m[3] >> 32,
			    m[3] & 0xffffffff)
		else
			out[i] = w:pack(v.small_member, name, ref, m[3])
		end
	end
	return w:head(t, #t.m, t.s, true) .. table.concat(out)
end

local function enumerators(w, t)
	local out = {}
	for i = 1, math.min(#t.m, w.v.vlen) do
		local m = t.m[i]
		out[i] = w:pack("I4I4", w:name(m[1]), m[2] & 0xffffffff)
	end
	return w:head(t, #out, t.s, true) .. table.concat(out)
end

local function parameters(w, t)
	local out = {}
	for i, id in ipairs(t.p) do
		out[i] = w:pack(w.v.id, w:ref(id))
	end
	local pad = w.v.units == 2 and #t.p % 2 == 1 and "\0\0" or ""
	return w:head(t, #t.p, w:ref(t.r)) .. table.concat(out) .. pad
end

local function reference(w, t)
	return w:head(t, 0, w:ref(t.r or 0))
end

local RECORD = { struct = members, union = members, enum = enumerators,
	func = parameters }

function RECORD.array(w, t)
	return w:head(t, 0, 0, true) .. w:pack(w.v.array, w:ref(t.a[1]),
	    w:ref(t.a[2]), t.a[3])
end

function RECORD.int(w, t)
	return w:head(t, 0, t.s, true) .. w:pack("I4", t.e)
end

RECORD.float = RECORD.int

function RECORD.fwd(w, t)
	return w:head(t, 0, t.r or 0)
end

function RECORD.hole(w)
	return w:pack("I4" .. w.v.info .. w.v.id, 0, 0, 0)
end

RECORD["?"] = RECORD.hole

-- Whether a symbol has a slot in the object or function section: the rules of
-- ctfmerge(1) as ctf readers know them.
local function has_slot(s)
	return s.name ~= "" and s.section ~= "UND" and s.section ~= 0 and
	    s.name ~= "_START_" and s.name ~= "_END_" and
	    not (s.type == "object" and (s.value or s.addr or 0) == 0 and
	    (s.section == nil or s.section == "ABS" or s.section == 0xfff1))
end

local function symbol_sections(w, symbols)
	local objects, functions = {}, {}
	for _, s in ipairs(symbols or {}) do
		local id = s.ctype and w.set:id(s.ctype) or 0
		local t = w.set.list[id]
		local slot = has_slot(s) and s.type
		if slot == "object" then
			objects[#objects + 1] = w:pack(w.v.id, w:ref(id))
		elseif slot == "func" and t and t.k == "func" then
			local p = {}
			for i, arg in ipairs(t.p) do
				p[i] = w:pack(w.v.id, w:ref(arg))
			end
			functions[#functions + 1] = w:pack(w.v.info .. w.v.id,
			    KIND.func << w.v.shift | #t.p, w:ref(t.r)) ..
			    table.concat(p)
		elseif slot == "func" then
			functions[#functions + 1] = w:pack(w.v.info, 0)
		end
	end
	return table.concat(objects), table.concat(functions)
end

local function labels(w, list)
	local out = {}
	for i, l in ipairs(list or {}) do
		out[i] = w:pack("I4I4", w:name(l[1]), w:ref(l[2]))
	end
	return table.concat(out)
end

local function round4(s)
	return s .. ("\0"):rep(-#s % 4)
end

--- Encode a type set.
-- @tparam table set see types.lua
-- @tparam[opt] table opts version (3; 2), endian (the set's), compress,
-- symbols (in symbol table order; each with name, type "object" or "func",
-- section, value, and ctype: a spelling or an id), labels ({ { text, last id }
-- }), parlabel, parname, child, extern (function from a name to its offset in
-- the ELF string table, or nil)
-- @treturn string the contents of .SUNW_ctf
function ctf.encode(set, opts)
	opts = opts or {}
	local w = setmetatable({ set = set, v = opts.version == 2 and V2 or V3,
		endian = opts.endian or set.endian, child = opts.child,
		extern = opts.extern }, writer)
	local finish
	w.add, finish = elf.strings()
	local objt, func = symbol_sections(w, opts.symbols)
	local out = {}
	for i, t in ipairs(set.list) do
		out[i] = RECORD[t.k] and RECORD[t.k](w, t) or reference(w, t)
	end
	local label = labels(w, opts.labels)
	local types = table.concat(out)
	local parlabel, parname = w:name(opts.parlabel), w:name(opts.parname)
	local strings = finish()
	local before = round4(label .. objt .. func)
	local body = before .. types .. strings
	local header = w:pack("I2BBI4I4I4I4I4I4I4I4", 0xcff1,
	    opts.version or 3, opts.compress and 1 or 0, parlabel, parname, 0,
	    #label, #label + #objt, #before, #before + #types, #strings)
	return header .. (opts.compress and zlib.store(body) or body)
end

return ctf
