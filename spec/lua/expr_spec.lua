--- The grammar of C expressions: what binds to what, and where errors are.
local expr = require "vmcore.expr"

local function is_typedef(name)
	return name:find "_t$" ~= nil
end

-- A tree with every parenthesis.
local function show(tree)
	if tree.op == "number" or tree.op == "float" then
		return tostring(tree.value) .. (tree.suffix or "")
	elseif tree.op == "name" then
		return tree.name
	end
	local parts = { tree.op }
	parts[2] = tree.name
	for _, child in ipairs(tree) do
		parts[#parts + 1] = show(child)
	end
	return "(" .. table.concat(parts, " ") .. ")"
end

describe("expressions", function()
	local CASES = {
		{ "a", "a" }, { " ( a ) ", "a" },
		{ "1+2*3-4", "(- (+ 1 (* 2 3)) 4)" },
		{ "a-b-c", "(- (- a b) c)" },
		{ "a->b.c[1]->d", "(arrow d (index (member c (arrow b a)) 1))" },
		{ "*p->q", "(u* (arrow q p))" },
		{ "&a[1]", "(u& (index a 1))" },
		{ "-a*b", "(* (u- a) b)" }, { "!a==b", "(== (u! a) b)" }, { "~0u", "(u~ 0u)" },
		{ "- -a", "(u- (u- a))" }, { "*&a", "(u* (u& a))" },
		{ "a & &b", "(& a (u& b))" }, { "a&&b", "(&& a b)" }, { "a & b && c", "(&& (& a b) c)" },
		{ "a||b&&c|d^e&f==g<h<<i+j*k",
			"(|| a (&& b (| c (^ d (& e (== f (< g (<< h (+ i (* j k))))))))))" },
		{ "a<<3>>2<=4", "(<= (>> (<< a 3) 2) 4)" },
		{ "a?b:c?d:e", "(?: a b (?: c d e))" }, { "a?b,c:d", "(?: a (, b c) d)" },
		{ "1,2", "(, 1 2)" },
		{ "sizeof a[2]", "(sizeof (index a 2))" }, { "sizeof(a)", "(sizeof a)" },
		{ "sizeof(foo_t)", "(sizeof_type)" }, { "sizeof(int)*2", "(* (sizeof_type) 2)" },
		{ "sizeof -a", "(sizeof (u- a))" },
		{ "(foo_t)a+1", "(+ (cast a) 1)" }, { "(foo)+1", "(+ foo 1)" },
		{ "(struct x *)a->b", "(cast (arrow b a))" },
		{ "*(int *)&a", "(u* (cast (u& a)))" },
		{ "f(1,a)", "(call f 1 a)" },
		{ "0x10UL", "16UL" }, { "010", "8" }, { "0", "0" }, { "0XfF", "255" },
		{ "18446744073709551615", "-1" }, { "'a'", "97" }, { "'\\n'", "10" }, { "'\\x41'", "65" },
		{ "'\\101'", "65" }, { "1.5", "1.5" }, { ".5e1", "5.0" }, { "2.", "2.0" },
		{ "a /* b */ + c", "(+ a c)" },
	}
	for _, case in ipairs(CASES) do
		it("reads " .. case[1], function()
			assert.equal(case[2], show(assert(expr.parse(case[1], is_typedef))))
		end)
	end

	it("knows neither assignment nor ++", function()
		for _, text in ipairs { "a=b", "a+=b", "a<<=1", "a>>=1", "a&=1", "a|=1", "a^=1", "a-=1",
		    "a*=1", "a/=1", "a%=1", "++a", "a++", "--a", "a--" } do
			local tree, message, code = expr.parse(text, is_typedef)
			assert.is_nil(tree, text)
			assert.matches("unexpected", message)
			assert.equal("syntax", code)
		end
	end)

	it("refuses what is no expression, and shows where", function()
		local WRONG = {
			[""] = 0, ["a->"] = 3, ["a b"] = 2, ["(a"] = 2, ["a)"] = 1, ["a ? b"] = 5, ["a[1"] = 3,
			["08"] = 0, ["0x"] = 0, ["1x"] = 0, ["99999999999999999999"] = 0, ["a !b"] = 2,
			["'ab'"] = 0, ["struct x"] = 0, ["a..b"] = 2, ["a,"] = 2,
		}
		for text, column in pairs(WRONG) do
			local tree, message = expr.parse(text, is_typedef)
			assert.is_nil(tree, text)
			assert.equal((" "):rep(column + 4) .. "^", message:match "[^\n]*$", text)
		end
	end)

	it("does not go under on deep or long text", function()
		for _, text in ipairs { ("("):rep(3000), ("*"):rep(4000), ("a+"):rep(2000) .. "a",
		    ("a?"):rep(1000), ("(int)"):rep(500) .. "a", "a" .. (".b"):rep(2000), "\0", "\xff" } do
			local tree, message = expr.parse(text, is_typedef)
			assert.is_true(tree ~= nil or type(message) == "string")
		end
	end)
end)
