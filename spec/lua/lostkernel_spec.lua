--- Commands on a dump whose kernel file is lost: the symbol table that loader(8)
-- left in memory stands in for it.
local lab = require "spec.support.lab"
local lostkernel = require "vmcore.lostkernel"

local TABLE <const> = 0xffffffff80c00000	-- behind all that the forge puts there
local OBJECT <const>, FUNCTION <const>, GLOBAL <const> = 1, 2, 0x10	-- elf(5)

-- Size, symbols, size, names: stand/common/load_elf.c.
local function loaded_symbols(sys)
	local names, records = { "\0" }, { ("\0"):rep(24) }
	local at = 1
	for name, symbol in pairs(sys.by_name) do
		records[#records + 1] = ("<I4BBI2I8I8"):pack(at, GLOBAL | (symbol.type == "func" and FUNCTION
		    or OBJECT), 0, 1, symbol.addr, symbol.size or 0)
		names[#names + 1] = name .. "\0"
		at = at + #name + 1
	end
	local symbols, strings = table.concat(records), table.concat(names)
	local bytes = ("<I8"):pack(#symbols) .. symbols .. ("<I8"):pack(#strings) .. strings
	for page = TABLE, TABLE + #bytes, 4096 do
		sys.mem:map(page, sys.mem:alloc_page())
	end
	sys.mem:write(TABLE, bytes)
end

describe("a dump whose kernel is lost", function()
	local sys, core

	-- The dump where no kernel is beside it.
	local function alone(of)
		local dir = lab.folder()
		assert(os.execute(("ln -s %s %s/vmcore.0"):format(of.core, dir)))
		return dir .. "/vmcore.0"
	end

	setup(function()
		sys = lab.system("lost kernel", { layout = 13, no_ctf = true, prepare = loaded_symbols })
		core = alone(sys)
	end)

	local WARNING = "vmcore: WARNING: no kernel file was found: symbols are those that the dump holds,"
	    .. " types are not known\n"

	it("tells of processes, threads and stacks as with a kernel that has no types", function()
		for _, arguments in ipairs { { "ps" }, { "threads" }, { "bt" }, { "bt", "-a" }, { "pstree" }, { "stacks" } } do
			local expected, said, state = lab.vmcore("-M", sys.core, "-N", sys.kernel, table.unpack(arguments))
			local out, err, status = lab.vmcore("-M", core, table.unpack(arguments))
			assert.same({ expected, WARNING .. said, state }, { out, err, status }, table.concat(arguments, " "))
		end
	end)

	it("answers what symbols are enough for, without a warning", function()
		local hz = sys.system.sys.by_name.hz.addr
		assert.equal("100\n", (lab.vmcore("-M", core, "print", "*(int *)&hz")))
		assert.matches(("0x%x +hz +0x00000064"):format(hz), (lab.vmcore("-M", core, "x", "/1wx", "hz")))
		assert.matches("symbol +panic%+0x4\n", (lab.vmcore("-M", core, "whatis",
		    ("0x%x"):format(sys.system.sys.by_name.panic.addr + 4))))
		assert.matches(" hz +", (lab.vmcore("-M", core, "search", "-w", "0x64", "-z", "4", "-F", "hz", "-n", "1")))
	end)

	it("has a prompt that knows them", function()
		local path = lab.folder() .. "/lines"
		local f = assert(io.open(path, "w"))
		f:write "= *(int *)&hz\nps -p 1 --json\npanic\n"
		f:close()
		local pipe = io.popen(("%s scripts/vmcore -M %s <%s 2>&1"):format(os.getenv "LUA" or "lua5.4", core, path))
		local text = pipe:read "a"
		pipe:close()
		assert.equal(WARNING, text:sub(1, #WARNING))
		assert.matches("\n100\n", text)
		assert.matches('\n{"pid":1,', text)
		assert.matches(" panic\n$", text)
	end)

	it("says what takes types", function()
		local out, err, status = lab.vmcore("-M", core, "ptype", "struct proc")
		assert.same({ "", 1 }, { out, status })
		assert.matches("ptype: no kernel file was opened", err)
	end)

	it("and that holds no symbols is not opened", function()
		local bare = alone(lab.system("13", { layout = 13 }))
		assert.is_nil(lostkernel.open { core = bare })
		assert.is_nil(lostkernel.open { core = "/nonexistent" })
		local out, err, status = lab.vmcore("-M", bare, "ps")
		assert.same({ "", 3 }, { out, status })
		assert.matches("^vmcore: no kernel file was found; looked for ", err)
		-- What needs no symbol is answered all the same.
		assert.matches("^6\n$", (lab.vmcore("-M", bare, "print", "1 + 5")))
	end)

	it("may have a table that is damaged", function()
		local bad = alone(lab.system("lost and damaged", { layout = 13, no_ctf = true, prepare = function(s)
			loaded_symbols(s)
			-- Every third symbol's name lies behind the names.
			for at = TABLE + 8, TABLE + 8 + 24 * 90, 72 do
				s.mem:write(at, ("\xff"):rep(4))
			end
		end }))
		local out, err, status = lab.vmcore("-M", bad, "ps")
		assert.is_true(status == 0 or status == 1 or status == 3, err)
		assert.is_falsy(err:find "traceback", err .. out)
	end)
end)
