--- C expressions (C11 6.5), parsed by an LPeg grammar: everything but
-- assignment, and module`symbol. vmcore.eval says what a tree means in a dump.
--
-- A tree is { op = OPERATOR, at = POSITION, ... } with the operands in its
-- array part; operators are spelled as in C, unary ones with a "u" before
-- ("u-"), and beside them there are
--
--	number (value, suffix, decimal)	float (value)	string (text)
--	name (name, module)	member (name; of [1])	arrow (name; of [1])
--	index	call	cast (type)	sizeof	sizeof_type (type)	?:	,
--	offsetof (of a member or index; innermost is absent (type))
-- @module vmcore.expr

local lpeg = require "lpeg"
local cdecl = require "vmcore.cdecl"

local P, R, S, V = lpeg.P, lpeg.R, lpeg.S, lpeg.V
local C, Cc, Cp, Ct, Cg = lpeg.C, lpeg.Cc, lpeg.Cp, lpeg.Ct, lpeg.Cg
local Carg, Cmt = lpeg.Carg, lpeg.Cmt

local expr = {}

local lexical = cdecl.lexical
local space, token, keyword = lexical.space, lexical.token, lexical.keyword
local identifier, type_name = lexical.identifier, cdecl.type_name_pattern

local digit = R "09"
local suffix = C(S "uUlL" ^ 0) * lexical.word_end

local at = Cg(Cp(), "at")

local function node(op, ...)
	local pattern = at * Cg(Cc(op), "op")
	for _, part in ipairs { ... } do
		pattern = pattern * part
	end
	return Ct(pattern)
end

-- 64 bits at most, as a Lua integer of that bit pattern.
local function integer(_, position, digits)
	local value = 0
	local base, limit = 10, "18446744073709551615"
	if digits:find "^0[xX]" then
		digits, base, limit = digits:sub(3), 16, "ffffffffffffffff"
	elseif digits:find "^0" then
		base, limit = 8, "1777777777777777777777"
	end
	digits = digits:lower():gsub("^0+(.)", "%1")
	if #digits > #limit or #digits == #limit and digits > limit then
		return false
	end
	for d in digits:gmatch "." do
		value = value * base + tonumber(d, 16)
	end
	return position, value
end

local function digits_of(pattern)
	return Cg(Cmt(C(pattern), integer), "value") * Cg(suffix, "suffix")
end

-- 6.4.4.1
local number = node("number", digits_of(P "0" * S "xX" * R("09", "af", "AF") ^ 1))
    + node("number", digits_of(P "0" * R "07" ^ 0))
    + node("number", digits_of(R "19" * digit ^ 0), Cg(Cc(true), "decimal"))

-- 6.4.4.2, decimal
local exponent = S "eE" * S "+-" ^ -1 * digit ^ 1
local floating = node("float", Cg(C((digit ^ 1 * "." * digit ^ 0 + "." * digit ^ 1)
    * exponent ^ -1 + digit ^ 1 * exponent) / tonumber, "value") * S "fFlL" ^ -1
    * lexical.word_end)

-- 6.4.4.4
local ESCAPES = { n = 10, t = 9, r = 13, a = 7, b = 8, f = 12, v = 11, ["0"] = 0,
	["\\"] = 92, ["'"] = 39, ['"'] = 34, ["?"] = 63 }
local escape = P "\\" * (P "x" * (C(R("09", "af", "AF") ^ -2) * Cc(16) / tonumber)
    + C(R "07" * R "07" ^ -2) * Cc(8) / tonumber
    + C(S "ntrabfv\\'\"?") / ESCAPES)
local character = node("number", P "'"
    * Cg(escape + C(1 - S "'\\\n") / string.byte, "value") * "'",
    Cg(Cc "", "suffix"))
local string_literal = node("string", P '"' * Cg(C((P "\\" * 1 + (1 - S '"\\\n')) ^ 0), "text") * '"')

-- Not C's: if_demo`softc, if_demo.ko`softc, a symbol of that module.
local word = (R("az", "AZ") + "_") * (R("az", "AZ", "09") + "_") ^ 0
local scoped = node("name", Cg(C(word * (P ".ko") ^ -1), "module") * "`" * Cg(identifier, "name"))

-- An identifier in parentheses is a type when the kernel has a typedef of
-- that name; the state of the match answers that.
local typedef = Cmt(identifier * Carg(1), function(_, _, name, state)
	return state.is_typedef(name) and true or false
end)
local type_start = P(false)
for name in ([[void char short int long float double signed unsigned _Bool bool
    _Complex const volatile struct union enum]]):gmatch "%S+" do
	type_start = type_start + keyword(name)
end
local parenthesised_type = token "(" * #(type_start + typedef)
    * Cg(type_name, "type") * token ")"

-- Operators. Assignment and ++ must not be taken for something else.
local function symbol(name)
	local pattern = P(name)
	if #name == 1 and ("&|<>+-"):find(name, 1, true) then
		pattern = pattern * -P(name)
	end
	if name ~= "==" and name ~= "!=" and name ~= "<=" and name ~= ">=" then
		pattern = pattern * -(P "=" - P "==")
	end
	return pattern
end

local function operator(names)
	local any = P(false)
	for name in names:gmatch "%S+" do
		any = any + symbol(name) * Cc(name)
	end
	return any * space
end

local function fold(first, ...)
	local tree = first
	local parts = { ... }
	for i = 1, #parts, 3 do
		tree = { op = parts[i + 1], at = parts[i], tree, parts[i + 2] }
	end
	return tree
end

local function left(names, operand)
	return operand * (Cp() * operator(names) * operand) ^ 0 / fold
end

local function suffixed(first, ...)
	local tree = first
	for _, part in ipairs { ... } do
		table.insert(part, 1, tree)
		tree = part
	end
	return tree
end

local function prefix(name)
	return node("u" .. name, symbol(name) * space, V "cast")
end

local grammar = P {
	"comma",
	comma = left(",", V "conditional"),					-- 6.5.17
	conditional = Ct(V "lor" * (token "?" * at * V "comma" * token ":"	-- 6.5.15
	    * V "conditional") ^ -1) / function(t)
		if #t == 1 then
			return t[1]
		end
		t.op = "?:"
		return t
	end,
	lor = left("||", V "land"),						-- 6.5.14
	land = left("&&", V "bor"),						-- 6.5.13
	bor = left("|", V "bxor"),						-- 6.5.12
	bxor = left("^", V "band"),						-- 6.5.11
	band = left("&", V "equality"),						-- 6.5.10
	equality = left("== !=", V "relational"),				-- 6.5.9
	relational = left("<= >= < >", V "shift"),				-- 6.5.8
	shift = left("<< >>", V "additive"),					-- 6.5.7
	additive = left("+ -", V "multiplicative"),				-- 6.5.6
	multiplicative = left("* / %", V "cast"),				-- 6.5.5
	cast = node("cast", parenthesised_type, V "cast") + V "unary",		-- 6.5.4
	unary = node("sizeof_type", keyword "sizeof" * parenthesised_type)	-- 6.5.3
	    + node("sizeof", keyword "sizeof" * V "unary")
	    + node("offsetof", (keyword "offsetof" + keyword "__offsetof")		-- 7.19
	    * token "(" * V "designator" * token ")")
	    + prefix "-" + prefix "+" + prefix "!" + prefix "~"
	    + prefix "*" + prefix "&" + V "postfix",
	postfix = V "primary" * (V "index" + V "call" + V "member") ^ 0 / suffixed, -- 6.5.2
	designator = node("absent", Cg(type_name, "type")) * token ","
	    * node("member", Cg(identifier, "name")) * (V "index" + V "member") ^ 0 / suffixed,
	index = node("index", token "[" * V "comma" * token "]"),
	call = node("call", token "(" * (V "conditional"
	    * (token "," * V "conditional") ^ 0) ^ -1 * token ")"),
	member = node("arrow", token "->" * at * Cg(identifier, "name"))
	    + node("member", token "." * at * Cg(identifier, "name")),
	primary = (floating + number + character + string_literal) * space		-- 6.5.1
	    + scoped + node("name", Cg(identifier, "name"))
	    + token "(" * V "comma" * token ")",
}
local whole = space * grammar * -1

-- Longer than anybody types; it bounds how deep a tree can get.
local TEXT_MAX = 4096

-- What is wrong at a place. A name in parentheses that something follows was
-- meant to be a type.
local function unexpected(text, position)
	local near = text:match("^[%w_]+", position) or text:match("^%S", position)
	if near == nil then
		return cdecl.complain(text, position, "expression: something is missing at the end")
	end
	local before = text:sub(1, position - 1)
	local from, name = before:match "%(%s*()([%a_][%w_]*)[%s*]*%)%s*$"
	if name == nil and near == ")" then
		from, name = before:match "%(%s*()([%a_][%w_]*)%s*%*[%s*]*$"
	end
	if name then
		return cdecl.complain(text, from, ("expression: '%s' is no type"):format(name))
	end
	return cdecl.complain(text, position, ("expression: unexpected '%s'"):format(near))
end

--- Parse an expression.
-- @tparam string text
-- @tparam function is_typedef whether an identifier is the name of a typedef
-- @treturn[1] table tree
-- @treturn[2] nil
-- @treturn[2] string message that shows the place
-- @treturn[2] string code: "syntax"
function expr.parse(text, is_typedef)
	if #text > TEXT_MAX then
		return nil, "expression is too long", "syntax"
	end
	local state = { farthest = 1, is_typedef = is_typedef }
	local ok, tree = pcall(lpeg.match, whole, text, 1, state)
	if not ok then
		return nil, cdecl.overflow("expression", tree), "syntax"
	end
	if tree ~= nil then
		return tree
	end
	return nil, unexpected(text, state.farthest), "syntax"
end

return expr
