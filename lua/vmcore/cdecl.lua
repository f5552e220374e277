--- C type names and declarations, parsed by an LPeg grammar of C11 6.7.
--
-- Parsing needs no dump: it gives a syntax tree. vmcore.ctype makes a type of
-- a kernel of it. The grammar does not know which identifiers are typedef
-- names; in a type name none can be anything else.
--
-- A tree is one of
--
--	{ kind = "base", name = "unsigned long" }	the words in C's usual order
--	{ kind = "struct" | "union" | "enum" | "typedef", name = NAME }
--	{ kind = "const" | "volatile" | "restrict", of = TREE }
--	{ kind = "pointer", of = TREE }
--	{ kind = "array", of = TREE, n = NUMBER or NAME or nil }
--	{ kind = "function", of = RESULT, params = { TREE... }, variadic = BOOLEAN }
-- @module vmcore.cdecl

local lpeg = require "lpeg"

local P, R, S, V = lpeg.P, lpeg.R, lpeg.S, lpeg.V
local C, Cc, Ct, Cg, Carg, Cmt = lpeg.C, lpeg.Cc, lpeg.Ct, lpeg.Cg, lpeg.Carg, lpeg.Cmt

local cdecl = {}

-- The farthest position that a token reached is where the error is: every
-- token ends here, and notes it in the state that comes with the match.
local function mark(_, position, state)
	if position > state.farthest then
		state.farthest = position
	end
	return true
end

local comment = "/*" * (1 - P "*/") ^ 0 * "*/" + "//" * (1 - P "\n") ^ 0	-- 6.4.9
local space = (S " \t\r\n\v\f" + comment) ^ 0 * Cmt(Carg(1), mark)

local letter = R("az", "AZ") + "_"
local digit = R "09"
local word_end = -(letter + digit)

-- 6.4.1. Those of them that can't be an identifier in a declaration.
local KEYWORDS = {}
for word in ([[auto break case char const continue default do double else enum
    extern float for goto if inline int long register restrict return short
    signed sizeof static struct switch typedef union unsigned void volatile
    while _Alignas _Alignof _Atomic _Bool _Complex _Generic _Imaginary
    _Noreturn _Static_assert _Thread_local bool]]):gmatch "%S+" do
	KEYWORDS[word] = true
end

local function token(text)
	return P(text) * space
end

local function keyword(text)
	return P(text) * word_end * space
end

-- 6.4.2.1
local identifier = Cmt(C(letter * (letter + digit) ^ 0), function(_, _, name)
	return not KEYWORDS[name], name
end) * space

-- 6.4.4.1; what does not fit in 64 bits is no size of anything.
local function integer(digits, base)
	return #digits > 15 and -1 or tonumber(digits, base)
end
local suffix = S "uUlL" ^ -3 * word_end
local number = (P "0" * S "xX" * C(R("09", "af", "AF") ^ 1) * Cc(16) / integer
    + C(P "0" * R "07" ^ 0) * Cc(8) / integer
    + C(R "19" * digit ^ 0) * Cc(10) / integer) * suffix * space

cdecl.lexical = {
	space = space, identifier = identifier,
	token = token, keyword = keyword, word_end = word_end,
}

local function tagged(kind)
	return keyword(kind) * Ct(Cg(Cc(kind), "kind") * Cg(identifier, "name"))
end

-- 6.7.2: the words that make a base type, in any order and number; which
-- combinations mean something is decided by base().
local base_words = P(false)
for word in ([[void char short int long float double signed unsigned _Bool
    _Complex bool]]):gmatch "%S+" do
	base_words = base_words + C(P(word)) * word_end * space
end
-- 6.7.3
local qualifier = (C(P "const") + C(P "volatile") + C(P "restrict")
    + C(P "_Atomic")) * word_end * space

local function list(item)
	return item * (token "," * item) ^ 0
end

local grammar = {
	"type_name",
	type_name = Ct(V "specifiers" * Cg(V "abstract" ^ -1, "declarator")),	-- 6.7.7
	declaration = Ct(V "specifiers" * Cg(V "declarator", "declarator"))	-- 6.7
	    * token ";" ^ -1,

	-- 6.7.2.1 specifier-qualifier-list: one type among qualifiers.
	specifiers = Cg(Ct(qualifier ^ 0 * (V "words" + V "tag" + V "typedef_name")
	    * qualifier ^ 0), "specifiers"),
	words = Ct(Cg(Cc "words", "kind") * base_words
	    * (base_words + #qualifier * V "inner_qualifier") ^ 0),
	-- A qualifier between words ("long const int") qualifies all the same.
	inner_qualifier = qualifier * #(qualifier ^ 0 * base_words),
	tag = tagged "struct" + tagged "union" + tagged "enum",			-- 6.7.2.1-3
	typedef_name = Ct(Cg(Cc "typedef", "kind") * Cg(identifier, "name")),	-- 6.7.8

	pointer = Ct(Cg(Cc "pointer", "kind") * token "*" * qualifier ^ 0),	-- 6.7.6.1
	array = Ct(Cg(Cc "array", "kind") * token "["				-- 6.7.6.2
	    * (keyword "static" + qualifier / 0) ^ 0
	    * Cg(number + identifier, "n") ^ -1 * token "]"),
	func = Ct(Cg(Cc "function", "kind") * token "("				-- 6.7.6.3
	    * Cg(Ct(V "params" ^ -1), "params")
	    * Cg(token "," ^ -1 * token "..." * Cc(true), "variadic") ^ -1 * token ")"),
	params = keyword "void" * #P ")" + list(V "param"),
	param = Ct(V "specifiers"
	    * Cg(V "declarator" + V "abstract" ^ -1, "declarator")),

	-- 6.7.6, 6.7.7: pointers, then a name or a nested declarator, then
	-- arrays and parameter lists.
	declarator = Ct(Cg(Ct(V "pointer" ^ 0), "pointers")
	    * (Cg(identifier, "name")
	    + token "(" * Cg(V "declarator", "inner") * token ")")
	    * Cg(Ct((V "array" + V "func") ^ 0), "suffixes")),
	abstract = Ct(Cg(Ct(V "pointer" ^ 0), "pointers")
	    * (token "(" * Cg(V "abstract_inner", "inner") * token ")") ^ -1
	    * Cg(Ct((V "array" + V "func") ^ 0), "suffixes")),
	abstract_inner = #S "*([" * V "abstract",
}

local function compile(start)
	grammar[1] = start
	return space * P(grammar) * space
end

--- The pattern of a type name, for grammars that contain one (see expr).
-- It takes a table with `farthest` as the first extra argument of the match
-- and captures what cdecl.build() takes.
cdecl.type_name_pattern = compile "type_name"
local whole_type_name = cdecl.type_name_pattern * -1
local whole_declaration = compile "declaration" * -1

-- 6.7.2 p2: the allowed multisets, words sorted, and C's usual spelling.
local BASES = {}
for line in ([[
char: char
signed char: char signed
unsigned char: char unsigned
short: short|short signed|int short|int short signed
unsigned short: short unsigned|int short unsigned
int: int|signed|int signed
unsigned int: unsigned|int unsigned
long: long|long signed|int long|int long signed
unsigned long: long unsigned|int long unsigned
long long: long long|long long signed|int long long|int long long signed
unsigned long long: long long unsigned|int long long unsigned
float: float
double: double
long double: double long
float _Complex: _Complex float
double _Complex: _Complex double
long double _Complex: _Complex double long
_Bool: _Bool|bool
void: void
]]):gmatch "[^\n]+" do
	local name, sets = line:match "^([^:]+): (.*)"
	for set in sets:gmatch "[^|]+" do
		BASES[set] = name
	end
end

local QUALIFIERS = { const = true, volatile = true, restrict = true, _Atomic = true }

local function qualify(tree, qualifiers)
	for i = 1, #qualifiers do
		if qualifiers[i] ~= "_Atomic" then	-- CTF has none
			tree = { kind = qualifiers[i], of = tree }
		end
	end
	return tree
end

local function base(words, qualifiers)
	local names = {}
	for _, word in ipairs(words) do
		if QUALIFIERS[word] then
			qualifiers[#qualifiers + 1] = word
		else
			names[#names + 1] = word
		end
	end
	table.sort(names)
	local name = BASES[table.concat(names, " ")]
	if name == nil then
		return nil, "'" .. table.concat(words, " ") .. "' is no type"
	end
	return { kind = "base", name = name }
end

local function specified(specifiers)
	local tree, message
	local qualifiers = {}
	for _, part in ipairs(specifiers) do
		if type(part) == "string" then
			qualifiers[#qualifiers + 1] = part
		elseif part.kind == "words" then
			tree, message = base(part, qualifiers)
		else
			tree = { kind = part.kind, name = part.name }
		end
	end
	if tree == nil then
		return nil, message
	end
	return qualify(tree, qualifiers)
end

local build

local function parameters(captured)
	local params = {}
	for i, param in ipairs(captured) do
		local tree, message = build(param)
		if tree == nil then
			return nil, message
		end
		params[i] = tree
	end
	return params
end

-- 6.7.6: a declarator is read from the name outwards: what stands right of it
-- first, then the pointers, then what is around the parentheses. Building
-- starts from the base type and so goes the other way.
local function derive(tree, declarator)
	for _, pointer in ipairs(declarator.pointers) do
		tree = qualify({ kind = "pointer", of = tree }, pointer)
	end
	for i = #declarator.suffixes, 1, -1 do
		local s = declarator.suffixes[i]
		if s.kind == "array" then
			tree = { kind = "array", of = tree, n = s.n }
		else
			local params, message = parameters(s.params)
			if params == nil then
				return nil, message
			end
			tree = { kind = "function", of = tree, params = params,
			    variadic = s.variadic or false }
		end
	end
	if declarator.inner then
		return derive(tree, declarator.inner)
	end
	return tree, declarator.name
end

--- Make the tree of what the type name pattern captured.
-- @tparam table captured
-- @treturn[1] table tree
-- @treturn[1] ?string declared name
-- @treturn[2] nil
-- @treturn[2] string what is wrong
function build(captured)
	local tree, message = specified(captured.specifiers)
	if tree == nil then
		return nil, message
	end
	if type(captured.declarator) ~= "table" then
		return tree
	end
	return derive(tree, captured.declarator)
end
cdecl.build = build

--- An error message that shows its place.
-- @tparam string text what was parsed
-- @tparam integer position of the error, in bytes from 1
-- @tparam string message
-- @treturn string the message, and under it the line with a caret
function cdecl.complain(text, position, message)
	local from = text:sub(1, position - 1):match "()[^\n]*$"
	local line = text:match("[^\n]*", from):gsub("%c", " ")
	return ("%s\n    %s\n    %s^"):format(message, line, (" "):rep(position - from))
end

--- LPeg raises when parentheses nest deeper than its stack: a message for
-- that; other errors go on.
-- @tparam string what
-- @param err what lpeg.match raised
-- @treturn string
function cdecl.overflow(what, err)
	if not tostring(err):find "overflow" then
		error(err, 0)
	end
	return what .. " nests too deep"
end

-- Longer than any type a kernel names; it bounds how deep a tree can get.
local TEXT_MAX = 4096

local function parse(pattern, what, text)
	if #text > TEXT_MAX then
		return nil, what .. " is too long"
	end
	local state = { farthest = 1 }
	local ok, captured = pcall(lpeg.match, pattern, text, 1, state)
	if not ok then
		return nil, cdecl.overflow(what, captured)
	end
	local tree, name
	if captured then
		tree, name = build(captured)
		if tree ~= nil then
			return tree, name
		end
		return nil, cdecl.complain(text, 1, name)
	end
	local near = text:match("^[%w_]+", state.farthest)
	    or text:match("^.", state.farthest)
	return nil, cdecl.complain(text, state.farthest, near
	    and ("%s: unexpected '%s'"):format(what, near)
	    or what .. ": something is missing at the end")
end

--- Parse a type name (C11 6.7.7): `struct proc *`, `const char *(*)(int)`.
-- @tparam string text
-- @treturn[1] table tree
-- @treturn[2] nil
-- @treturn[2] string message that shows the place
function cdecl.type_name(text)
	return parse(whole_type_name, "type name", text)
end

--- Parse a declaration of one name (C11 6.7): `int (*fn)(void *)`.
-- @tparam string text
-- @treturn[1] table tree
-- @treturn[1] string the declared name
-- @treturn[2] nil
-- @treturn[2] string message that shows the place
function cdecl.declaration(text)
	return parse(whole_declaration, "declaration", text)
end

return cdecl
