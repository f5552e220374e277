--- Parses a little C into a type set.
--
-- Understood: struct, union and enum definitions and forwards, typedef,
-- pointers, arrays (constant sizes, [] flexible), bit-fields, anonymous
-- members, function pointers and prototypes in typedefs, const and volatile,
-- comments. Layout is the natural one of the set's ptrsize and align. Two
-- additions for the facts of real kernels: `int p_pid @ 196;` puts a member at
-- a byte offset, `} @ 1360;` gives a struct its size.
--
--	ctext.parse(set, "struct list { struct list *next; unsigned up:1; };")
local ctext = {}

local BASE = { "char", "short", "int", "long", "signed", "unsigned", "void",
	"_Bool", "bool", "float", "double" }
for _, word in ipairs(BASE) do
	BASE[word] = true
end
local SIGNED, CHAR, BOOL = 1 << 24, 2 << 24, 4 << 24

local function lex(text)
	text = text:gsub("/%*.-%*/", " "):gsub("//[^\n]*", " ")
	local tokens, at = {}, 1
	while true do
		at = text:find("%S", at)
		if not at then
			return tokens
		end
		local s, e = text:find("^[%w_]+", at)
		if not s then
			s, e = text:find("^%.%.%.", at)
		end
		s, e = s or at, e or at
		tokens[#tokens + 1] = text:sub(s, e)
		at = e + 1
	end
end

local parser = {}
parser.__index = parser

function parser:peek()
	return self.tokens[self.at]
end

function parser:next()
	self.at = self.at + 1
	return self.tokens[self.at - 1]
end

function parser:accept(token)
	if self.tokens[self.at] == token then
		self.at = self.at + 1
		return true
	end
end

function parser:expect(token)
	if not self:accept(token) then
		error("ctext: '" .. token .. "' expected before '" ..
		    tostring(self:peek()) .. "' (token " .. self.at .. ")")
	end
end

function parser:number()
	local text = self:next()
	local sign = 1
	if text == "-" then
		sign, text = -1, self:next()
	end
	return sign * (math.tointeger(tonumber(text)) or
	    error("ctext: number expected, not " .. text))
end

-- name, size and encoding word of an integer or float spelled in words.
local function base_record(words, long)
	local n = {}
	for _, w in ipairs(words) do
		n[w] = (n[w] or 0) + 1
	end
	if n.double or n.float then
		local size = n.float and 4 or n.long and 16 or 8
		local kind = n.float and 1 or n.long and 6 or 2
		return { k = "float", n = n.float and "float" or n.long and
		    "long double" or "double", s = size,
		    e = kind << 24 | size * 8 }
	elseif n.void then
		return { k = "int", n = "void", s = 0, e = SIGNED }
	elseif n._Bool or n.bool then
		return { k = "int", n = "_Bool", s = 1, e = BOOL | SIGNED | 8 }
	end
	local size = n.char and 1 or n.short and 2 or
	    n.long and (n.long > 1 and 8 or long) or 4
	local name = n.char and "char" or n.short and "short" or
	    n.long and ("long "):rep(n.long):sub(1, -2) or "int"
	local e = size * 8 | (n.char and CHAR or 0) |
	    (n.unsigned and 0 or SIGNED)
	if n.unsigned then
		name = "unsigned " .. name
		e = n.char and CHAR | 8 or e
	elseif n.signed and n.char then
		name = "signed char"
	end
	return { k = "int", n = name, s = size, e = e }
end

function parser:base()
	local words = {}
	while BASE[self:peek()] do
		words[#words + 1] = self:next()
		self:qualifiers()
	end
	local t = base_record(words, self.set.ptrsize)
	return self.set.names[t.n] or self.set:add(t)
end

function parser:qualifiers()
	local found = {}
	while self:peek() == "const" or self:peek() == "volatile" do
		found[#found + 1] = self:next()
	end
	return found
end

function parser:qualify(id, words)
	for _, k in ipairs(words) do
		self.set.qualified = self.set.qualified or {}
		local key = k .. id
		self.set.qualified[key] = self.set.qualified[key] or
		    self.set:add{ k = k, r = id }
		id = self.set.qualified[key]
	end
	return id
end

-- The declaration specifiers: a type without its declarator.
function parser:specifier()
	local words = self:qualifiers()
	local word = self:peek()
	local id
	if word == "struct" or word == "union" then
		id = self:aggregate(self:next())
	elseif word == "enum" then
		self:next()
		id = self:enum()
	elseif BASE[word] then
		id = self:base()
	else
		id = self.set.names[self:next()] or
		    error("ctext: unknown type '" .. tostring(word) .. "'")
	end
	for _, w in ipairs(self:qualifiers()) do
		words[#words + 1] = w
	end
	return self:qualify(id, words)
end

-- The record of a tag, a forward declaration until it is defined.
function parser:tag(kind, name)
	local set = self.set
	local id = set.names[kind .. " " .. name] or set.names["fwd " .. name]
	if not id then
		id = set:add{ k = "fwd", n = name, r = kind == "union" and 7 or
		    kind == "enum" and 8 or 6 }
		set.names[kind .. " " .. name] = id
	end
	return id, set.list[id]
end

function parser:aggregate(kind)
	local name = self:peek() ~= "{" and self:next() or nil
	local id, t
	if name then
		id, t = self:tag(kind, name)
	else
		t = { k = kind, s = 0, m = {} }
		id = self.set:add(t)
	end
	if self:accept "{" then
		t.k, t.r, t.s, t.m = kind, nil, 0, {}
		require "spec.support.clayout".fill(self, t)
		if self.set.names["fwd " .. (name or "")] == id then
			self.set.names["fwd " .. name] = nil
		end
	end
	return id
end

function parser:enum()
	local name = self:peek() ~= "{" and self:next() or nil
	local id, t
	if name then
		id, t = self:tag("enum", name)
	else
		t = {}
		id = self.set:add(t)
	end
	if self:accept "{" then
		t.k, t.r, t.s, t.m = "enum", nil, 4, {}
		local value = 0
		while not self:accept "}" do
			local label = self:next()
			value = self:accept "=" and self:number() or value
			t.m[#t.m + 1] = { label, value }
			value = value + 1
			self:accept ","
		end
	end
	return id
end

function parser:parameters()
	local out = {}
	while not self:accept ")" do
		if self:accept "..." then
			out[#out + 1] = 0
		else
			local id = self:declarator(self:specifier())
			out[#out + 1] = id
		end
		self:accept ","
	end
	if #out == 1 and out[1] == self.set.names.void then
		out = {}
	end
	return out
end

-- [n]... and (params) after a name.
function parser:suffix(id)
	if self:accept "(" then
		local p = self:parameters()
		return self.set:add{ k = "func", r = self:suffix(id), p = p }
	elseif self:accept "[" then
		local count = self:peek() ~= "]" and self:number() or 0
		self:expect "]"
		return self.set:array(self:suffix(id), count)
	end
	return id
end

--- Parse a declarator; return the whole type's id and the name.
function parser:declarator(id)
	while self:accept "*" do
		id = self:qualify(self.set:pointer(id), self:qualifiers())
	end
	if self:peek() == "(" and self.tokens[self.at + 1] == "*" then
		self:next()
		local from = self.at
		local depth = 1
		while depth > 0 do
			local t = self:next()
			depth = depth + (t == "(" and 1 or t == ")" and -1 or 0)
		end
		id = self:suffix(id)
		local back = self.at
		self.at = from
		local inner, name = self:declarator(id)
		self.at = back
		return inner, name
	end
	local name = self:peek():find "^[%a_]" and self:next() or nil
	return self:suffix(id), name
end

--- Add the declarations of text to set.
function ctext.parse(set, text)
	local p = setmetatable({ set = set, tokens = lex(text), at = 1 }, parser)
	while p:peek() do
		local typedef = p:accept "typedef"
		local id = p:specifier()
		while not p:accept ";" do
			local whole, name = p:declarator(id)
			local record = set.list[whole]
			if typedef then
				set:add{ k = "typedef", n = name, r = whole }
			elseif record and record.k == "func" then
				set.functions = set.functions or {}
				set.functions[name] = whole
			end
			p:accept ","
		end
	end
	set:reindex()
end

return ctext
