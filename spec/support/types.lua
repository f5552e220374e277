--- Sets of C types: what the kernel's CTF says, and where its members are.
--
-- A set is a list of records, the record's index its type id:
--
--	{ k = "int" | "float", n = name, s = size, e = CTF encoding word }
--	{ k = "ptr" | "typedef" | "const" | "volatile" | "restrict" | "fwd",
--	  n = name, r = id }
--	{ k = "array", a = { contents id, index id, count } }
--	{ k = "func", r = id, p = { ids } }	last id 0: variadic
--	{ k = "struct" | "union", n = name, s = size,
--	  m = { { name, id, bit offset }, ... } }
--	{ k = "enum", n = name, s = size, m = { { name, value }, ... } }
--	{ k = "?" }				a hole: an unused id
--
-- It is the form of a types.jsonl layout file, so a set is either read from
-- one or parsed from C text:
--
--	local set = types.load("freebsd15-amd64.types.jsonl.zst")
--	local set = types.parse("struct p { int pid; struct p *next; };")
--	set:member(set:id("struct p"), "next").bit	--> 64
local types = {}
local set = {}
set.__index = set

local TAGGED = { struct = true, union = true, enum = true }
local THROUGH = { typedef = true, const = true, volatile = true,
	restrict = true }

--- An empty set.
-- @tparam[opt] table opts ptrsize (8), align (largest alignment of an 8-byte
-- integer; 8, i386 has 4), endian ("<")
function types.new(opts)
	opts = opts or {}
	return setmetatable({ list = {}, names = {}, members = {},
		ptrsize = opts.ptrsize or 8, align = opts.align or 8,
		endian = opts.endian or "<" }, set)
end

-- The name under which a record is found.
local function key_of(t)
	if t.n == nil or t.n == "" or t.k == "ptr" then
		return nil
	end
	if t.k == "fwd" then
		return "fwd " .. t.n
	end
	return TAGGED[t.k] and t.k .. " " .. t.n or t.n
end

local function bitfield(t)
	return (t.k == "int" or t.k == "float") and t.e & 0xffff ~= t.s * 8
end

--- Append a record; return its id.
function set:add(t)
	local id = #self.list + 1
	self.list[id] = t
	local key = key_of(t)
	if key and not self.names[key] and not (t.s ~= 0 and bitfield(t)) then
		self.names[key] = id
	end
	if t.k == "ptr" and not self.names[t.r] then
		self.names[t.r] = id	-- the pointer to type t.r
	end
	return id
end

--- Read a layout file: one JSON object a line, plain or zstd.
function types.load(path, opts)
	local f = path:find "%.zst$" and
	    assert(io.popen("zstd -dcq '" .. path .. "'")) or
	    assert(io.open(path))
	local text = f:read "a"
	assert(f:close(), path)
	-- The lines are JSON without escapes or brackets in strings: respelled
	-- they are a Lua table, which loads ten times as fast.
	text = text:gsub('"(%w)":', "%1="):gsub("[%[%]\n]",
	    { ["["] = "{", ["]"] = "}", ["\n"] = ",\n" })
	local list = assert(load("return {" .. text .. "}", path, "t", {}))()
	local self = types.new(opts)
	for _, t in ipairs(list) do
		self:add(t)
	end
	return self
end

--- Parse C text (see ctext.lua) into a set, new or given.
function types.parse(text, opts, into)
	local self = into or types.new(opts)
	require "spec.support.ctext".parse(self, text)
	return self
end

--- A layout of layouts/: types.layout "freebsd13-amd64".
function types.layout(name)
	local here = package.searchpath("spec.support.types", package.path)
	local f = assert(io.open(here:gsub("types%.lua$", "layouts/") .. name ..
	    ".h"))
	local text = f:read "a"
	f:close()
	return types.parse(text)
end

--- The id of the pointer to a type, made when there is none.
function set:pointer(id)
	return self.names[id] or self:add{ k = "ptr", r = id }
end

--- The id of an array type, made anew.
function set:array(id, count)
	local index = self.names["unsigned int"] or self.names["int"] or
	    self:add{ k = "int", n = "int", s = 4, e = 1 << 24 | 32 }
	return self:add{ k = "array", a = { id, index, count } }
end

--- The id of a type spelled in C: "struct proc", "int", "struct proc *[4]".
-- @raise when the set has no such type
function set:id(spelling)
	if math.type(spelling) == "integer" then
		return spelling
	end
	local base, rest = spelling:match "^%s*([%w_ ]-)%s*([%*%[].*)$"
	base = base or spelling:match "^%s*(.-)%s*$"
	local id = self.names[base] or self.names["fwd " ..
	    (base:match "^%w+ (.*)" or "")] or
	    error("types: no type '" .. base .. "'", 2)
	for op, count in (rest or ""):gmatch "([%*%[])%s*(%d*)%]?" do
		id = op == "*" and self:pointer(id) or
		    self:array(id, tonumber(count) or 0)
	end
	return id
end

--- Whether the set has the type, and with a path also the member.
function set:has(spelling, path)
	local ok, id = pcall(self.id, self, spelling)
	return ok and (path == nil or self:member(id, path) ~= nil)
end

--- The id with typedefs and qualifiers taken off, and its record.
function set:strip(id)
	local t = self.list[id]
	while t and THROUGH[t.k] do
		id = t.r
		t = self.list[id]
	end
	return id, t
end

--- The size of a type in bytes.
function set:sizeof(id)
	local _, t = self:strip(self:id(id))
	if not t then
		return 0
	elseif t.k == "ptr" then
		return self.ptrsize
	elseif t.k == "array" then
		return t.a[3] * self:sizeof(t.a[1])
	end
	return t.s or 0
end

-- A direct member of a struct, or one of an anonymous struct inside it.
local function direct(self, t, name)
	for _, m in ipairs(t and t.m or {}) do
		if m[1] == name then
			return m[2], m[3]
		elseif m[1] == "" then
			local _, inner = self:strip(m[2])
			local id, bit = direct(self, inner, name)
			if id then
				return id, bit + m[3]
			end
		end
	end
end

local function step(self, id, part)
	local _, t = self:strip(id)
	if part:find "^%d" and t.k == "array" then
		return t.a[1], tonumber(part) * self:sizeof(t.a[1]) * 8
	end
	if TAGGED[t.k] then
		return direct(self, t, part)
	end
end

--- Where a member is: path "p_list.le_next", "pr_addrs[1].x", "a.3".
-- @treturn table|nil bit (offset in bits), id (its type), size (bytes of the
-- storage), bits (of a bit-field, else nil)
function set:member(id, path)
	id = self:id(id)
	local cache = self.members[id]
	if not cache then
		cache = {}
		self.members[id] = cache
	end
	local found = cache[path]
	if found == nil then
		local at, bit = id, 0
		for part in path:gmatch "[%w_]+" do
			local offset
			at, offset = step(self, at, part)
			if not at then
				break
			end
			bit = bit + offset
		end
		found = at and self:place(at, bit)
		cache[path] = found or false
	end
	return found or nil
end

-- Describe the storage of a type at a bit offset.
function set:place(id, bit)
	local _, t = self:strip(id)
	local m = { bit = bit, id = id, size = self:sizeof(id), kind = t.k,
		type = t }
	if t.k == "int" and t.s > 0 and bitfield(t) then
		m.bits = t.e & 0xffff
	end
	return m
end

--- The byte offset of a member.
function set:offsetof(id, path)
	local m = self:member(id, path)
	return m and m.bit // 8 or error("types: no member " .. path, 2)
end

--- A new set with only the named types and what they contain by value.
-- Pointers to other structs point to forward declarations; pass true in wide
-- for every type to follow.
function set:subset(names, wide)
	local out, map = types.new(self), {}
	local wanted = {}
	for _, name in ipairs(names) do
		wanted[self:id(name)] = true
	end
	local copy
	local function placeholder(id, t)
		return TAGGED[t.k] and t.n and not wanted[id] and not wide and
		    { k = "fwd", n = t.n, r = 0 }
	end
	function copy(id, behind)
		local t = self.list[id]
		if not t or map[id] and (not behind or map[id]) then
			return map[id] or 0
		end
		local fwd = behind and placeholder(id, t)
		if fwd then
			return out.names["fwd " .. t.n] or out:add(fwd)
		end
		local new = {}
		for k, v in pairs(t) do
			new[k] = v
		end
		map[id] = out:add(new)
		types.refer(new, function(ref, pointed)
			return copy(ref, pointed or
			    behind and THROUGH[t.k])
		end)
		return map[id]
	end
	for _, name in ipairs(names) do
		copy(self:id(name))
	end
	out:reindex()
	return out
end

--- Replace every type id in a record by fn(id, behind a pointer).
function types.refer(t, fn)
	local behind = t.k == "ptr" or t.k == "func"
	if t.a then
		t.a = { fn(t.a[1]), fn(t.a[2]), t.a[3] }
	elseif t.p then
		local p = {}
		for i, id in ipairs(t.p) do
			p[i] = id == 0 and 0 or fn(id, true)
		end
		t.p = p
	elseif t.m and t.k ~= "enum" then
		local m = {}
		for i, e in ipairs(t.m) do
			m[i] = { e[1], fn(e[2]), e[3] }
		end
		t.m = m
	end
	if t.r and t.k ~= "fwd" then
		t.r = t.r == 0 and 0 or fn(t.r, behind)
	end
end

--- Recompute the name index after records were changed.
function set:reindex()
	local list = self.list
	self.list, self.names, self.members = {}, {}, {}
	for _, t in ipairs(list) do
		self:add(t)
	end
end

return types
