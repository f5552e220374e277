--- C type names and declarations, as C11 6.7 has them.
local cdecl = require "vmcore.cdecl"

-- A tree as English, as cdecl(1) would say it.
local function say(tree)
	if tree.kind == "base" then
		return tree.name
	elseif tree.kind == "array" then
		return ("array %s of %s"):format(tree.n or "?", say(tree.of))
	elseif tree.kind == "function" then
		local params = {}
		for i, param in ipairs(tree.params) do
			params[i] = say(param)
		end
		if tree.variadic then
			params[#params + 1] = "..."
		end
		return ("function(%s) to %s"):format(table.concat(params, ", "), say(tree.of))
	elseif tree.of then
		return tree.kind .. " " .. say(tree.of)
	end
	return tree.kind .. " " .. tree.name
end

describe("type names", function()
	local CASES = {
		{ "int", "int" },
		{ "  int  ", "int" },
		{ "struct proc", "struct proc" },
		{ "struct proc *", "pointer struct proc" },
		{ "union  u\n*\t*", "pointer pointer union u" },
		{ "enum p_states", "enum p_states" },
		{ "foo_t", "typedef foo_t" },
		{ "struct proc *[4]", "array 4 of pointer struct proc" },
		{ "struct proc (*)[4]", "pointer array 4 of struct proc" },
		{ "int[2][3]", "array 2 of array 3 of int" },
		{ "int (*)[3][4]", "pointer array 3 of array 4 of int" },
		{ "char[]", "array ? of char" },
		{ "int[N]", "array N of int" },
		{ "uint8_t[0x10]", "array 16 of typedef uint8_t" },
		{ "uint8_t[010]", "array 8 of typedef uint8_t" },
		{ "uint8_t[16UL]", "array 16 of typedef uint8_t" },
		{ "const char *(*)(int)", "pointer function(int) to pointer const char" },
		{ "void (*)(void)", "pointer function() to void" },
		{ "void (*)()", "pointer function() to void" },
		{ "int (*)(const char *, ...)", "pointer function(pointer const char, ...) to int" },
		{ "int (*)(int x, char *s)", "pointer function(int, pointer char) to int" },
		{ "int (*)(int (*)(long))", "pointer function(pointer function(long) to int) to int" },
		{ "int (*(*)(void))[3]", "pointer function() to pointer array 3 of int" },
		{ "int (*[2])(void)", "array 2 of pointer function() to int" },
		{ "int(foo_t)", "function(typedef foo_t) to int" },
		{ "const int", "const int" },
		{ "int const", "const int" },
		{ "const volatile struct x *", "pointer volatile const struct x" },
		{ "char *const", "const pointer char" },
		{ "char *restrict volatile", "volatile restrict pointer char" },
		{ "long const unsigned", "const unsigned long" },
		{ "int /* a word */ *", "pointer int" },
		{ "_Atomic int", "int" },
	}
	for _, case in ipairs(CASES) do
		it("reads " .. case[1], function()
			assert.equal(case[2], say(assert(cdecl.type_name(case[1]))))
		end)
	end

	-- 6.7.2 p2
	local WORDS = {
		["unsigned long"] = { "unsigned long", "long unsigned", "unsigned long int",
			"int long unsigned" },
		["long"] = { "long", "signed long", "long signed int" },
		["long long"] = { "long long", "long int long", "signed long long int" },
		["unsigned long long"] = { "unsigned long long", "long unsigned long" },
		["unsigned int"] = { "unsigned", "unsigned int", "int unsigned" },
		["int"] = { "int", "signed", "signed int" },
		["short"] = { "short", "short int", "signed short" },
		["unsigned short"] = { "unsigned short", "short unsigned int" },
		["signed char"] = { "signed char", "char signed" },
		["unsigned char"] = { "unsigned char" }, ["char"] = { "char" },
		["_Bool"] = { "_Bool", "bool" }, ["void"] = { "void" },
		["float"] = { "float" }, ["double"] = { "double" },
		["long double"] = { "long double", "double long" },
	}
	for name, spellings in pairs(WORDS) do
		it("knows the words of " .. name, function()
			for _, spelling in ipairs(spellings) do
				assert.same({ kind = "base", name = name }, cdecl.type_name(spelling))
			end
		end)
	end

	it("takes no words that mean nothing together", function()
		for _, words in ipairs { "long char", "short long", "long long long",
		    "unsigned double", "unsigned signed", "void int", "float float" } do
			local tree, message = cdecl.type_name(words)
			assert.is_nil(tree)
			assert.matches("'" .. words .. "' is no type", message)
		end
	end)

	it("shows where an error is", function()
		local _, message = cdecl.type_name "int *)"
		assert.equal("type name: unexpected ')'\n    int *)\n         ^", message)
		_, message = cdecl.type_name "struct proc * x"
		assert.equal("type name: unexpected 'x'\n    struct proc * x\n                  ^", message)
		_, message = cdecl.type_name "struct"
		assert.equal("type name: something is missing at the end\n    struct\n          ^", message)
		_, message = cdecl.type_name "int *\nconst ]"
		assert.equal("type name: unexpected ']'\n    const ]\n          ^", message)
	end)

	it("refuses what is no type name", function()
		for _, text in ipairs { "", "*", "int,", "int[", "int[]]", "struct 5", "int x[2]",
		    "struct { int a; }", "5", "int (*)(,)", "return", "int int x" } do
			assert.is_nil(cdecl.type_name(text), text)
		end
	end)

	it("does not go under on deep or long text", function()
		for _, text in ipairs { ("("):rep(2000), "int" .. ("("):rep(2000), "int" .. ("*"):rep(5000),
		    "int" .. ("(*"):rep(500) .. (")"):rep(500), ("const "):rep(600) .. "int",
		    "int" .. ("[1]"):rep(1000), "\0", "int\xff" } do
			local tree, message = cdecl.type_name(text)
			assert.is_true(tree ~= nil or type(message) == "string")
		end
	end)
end)

describe("declarations", function()
	local CASES = {
		{ "int x", "int", "x" },
		{ "int (*fn)(void *);", "pointer function(pointer void) to int", "fn" },
		{ "char name[20];", "array 20 of char", "name" },
		{ "struct proc *p, *q", nil },
		{ "int (x)", "int", "x" },
		{ "void (*signal(int, void (*)(int)))(int)",
			"function(int, pointer function(int) to void) to pointer function(int) to void", "signal" },
		{ "int", nil },
	}
	for _, case in ipairs(CASES) do
		it("reads " .. case[1], function()
			local tree, name = cdecl.declaration(case[1])
			assert.equal(case[2], tree and say(tree))
			if case[2] then
				assert.equal(case[3], name)
			end
		end)
	end
end)
