--- Symbol tables in memory, of either word size and byte order.
local forge = require "spec.support.forge"
local reader = require "spec.support.reader"
local symtab = require "vmcore.kern.kld.symtab"

local NAMES = "\0alpha\0beta\0$x\0$d.7\0gamma\0"

-- Records of name, value, size, info, section.
local RECORDS = {
	{ 0, 0, 0, 0, 0 }, { 7, 0x2000, 0x40, 0x12, 1 }, { 1, 0x1000, 0x100, 0x02, 1 },
	{ 12, 0x1000, 0, 0, 1 }, { 15, 0x1010, 0, 0, 1 }, { 20, 0x1000, 0x100, 0x11, 1 },
	{ 1, 0x3000, 8, 0x13, 1 }, { 7, 0x9000, 8, 0x12, 0 },
}

local function open(arch, endian, wide)
	local mem = forge.memory{ arch = arch, endian = endian }
	local bytes = {}
	for i, r in ipairs(RECORDS) do
		bytes[i] = wide and string.pack(endian .. "I4BBI2I8I8", r[1], r[4], 0, r[5], r[2], r[3])
		    or string.pack(endian .. "I4I4I4BBI2", r[1], r[2], r[3], r[4], 0, r[5])
	end
	local text = table.concat(bytes)
	local symbols, strings = mem:alloc(#text, { pages = true }), mem:alloc(#NAMES, { pages = true })
	mem:write(symbols, text)
	mem:write(strings, NAMES)
	return assert(reader.open(forge.minidump{ memory = mem },
	    forge.kernel{ arch = arch, endian = endian, symbols = {} })),
	    { symbols = symbols, count = #RECORDS, strings = strings, length = #NAMES, base = 0x10000 }
end

describe("a symbol table", function()
	it("is read by word size and byte order", function()
		for _, t in ipairs { { "amd64", "<", true }, { "powerpc64", ">", true }, { "i386", "<" } } do
			local kd, where = open(table.unpack(t))
			local list, message = symtab.read(kd, where)
			assert.is_nil(message)
			local found = {}
			for i, s in ipairs(list) do
				found[i] = ("%s %#x %#x %s %s"):format(s.name, s.value, s.size, s.type, s.bind)
			end
			assert.same({ "gamma 0x11000 0x100 object global", "alpha 0x11000 0x100 func local",
				"beta 0x12000 0x40 func global" }, found)
		end
	end)

	it("answers for the addresses that its symbols cover", function()
		local kd, where = open("amd64", "<", true)
		local list = symtab.read(kd, where)
		local function at(address)
			local symbol, offset = symtab.at(list, address)
			return symbol and symbol.name .. "+" .. offset
		end
		assert.is_nil(at(0x10fff))
		assert.equal("alpha+0", at(0x11000))
		assert.equal("alpha+255", at(0x110ff))
		assert.equal("alpha+256", at(0x11100))
		assert.is_nil(at(0x11110))
		assert.equal("beta+1", at(0x12001))
		assert.is_nil(symtab.at({}, 1))
	end)

	it("that is cut off gives what is left", function()
		local kd, where = open("amd64", "<", true)
		where.count = 1000
		local list, message = symtab.read(kd, where)
		assert.is_true(#list >= 3)
		assert.is_string(message)
	end)

	it("of absurd size is refused", function()
		local kd, where = open("amd64", "<", true)
		for key, value in pairs { count = 1 << 40, length = 1 << 50 } do
			local saved = where[key]
			where[key] = value
			local list, message = symtab.read(kd, where)
			assert.same({}, list)
			assert.matches("^a table of", message)
			where[key] = saved
		end
	end)
end)
