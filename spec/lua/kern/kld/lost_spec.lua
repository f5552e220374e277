--- The kernel's symbols without its file.
local forge = require "spec.support.forge"
local kld = require "vmcore.kern.kld"
local lab = require "spec.support.lab"
local vmcore = require "vmcore"

local STRINGS = "\0panic\0linker_files\0vpanic\0"

-- A dump with a symbol table as loader(8) leaves it, behind the kernel.
local function dump(arch, start, strings)
	local mem = forge.memory{ arch = arch }
	local e, wide = mem.endian, mem.ptrsize == 8
	local records = { ("\0"):rep(wide and 24 or 16) }
	for name, place in pairs { [1] = 0x100, [7] = 0x900, [20] = 0x200 } do
		records[#records + 1] = wide and string.pack(e .. "I4BBI2I8I8", name, 0x12, 0, 1, start + place, 0x80)
		    or string.pack(e .. "I4I4I4BBI2", name, start + place, 0x80, 0x12, 0, 1)
	end
	local symbols, word = table.concat(records), e .. (wide and "I8" or "I4")
	local bytes = ("x"):rep(0x1000) .. ("\0linker_files\0 is a decoy") .. ("y"):rep(7)
	bytes = bytes .. ("\0"):rep(-#bytes % 8) .. string.pack(word, #symbols) .. symbols
	    .. string.pack(word, #strings) .. strings
	for at = start, start + #bytes + 4096, 4096 do
		mem:map(at, mem:alloc_page())
	end
	mem:write(start, bytes)
	local path = lab.folder() .. "/vmcore.0"
	forge.minidump{ memory = mem }:write(path)
	return path
end

local PLACES = { amd64 = 0xffffffff80200000, arm64 = 0xffff000000800000, i386 = 0x1000000,
	riscv = 0xffffffc000200000 }

describe("a kernel that is lost", function()
	for arch, start in pairs(PLACES) do
		it("has symbols in the dump: " .. arch, function()
			local k <close> = assert(vmcore.open { core = dump(arch, start, STRINGS), no_kernel = true })
			local klds = kld.new(k)
			local symbol, offset, module = klds:symbol_at(start + 0x210)
			assert.same({ "vpanic", start + 0x200, "func", 0x10 },
			    { symbol.name, symbol.value, symbol.type, offset })
			assert.is_nil(module)
			assert.equal(start + 0x100, klds:named "panic"[1].value)
			assert.is_nil((klds:symbol_at(start + 0x800)))
		end)
	end

	it("without a table has none", function()
		local k <close> = assert(vmcore.open { core = dump("amd64", PLACES.amd64, "\0panic\0"),
			no_kernel = true })
		local symbols, why = require "vmcore.kern.kld.lost".symbols(k.kd)
		assert.same({}, symbols)
		assert.equal("the dump holds no symbol table of the kernel", why)
		assert.same({}, kld.new(k):named "panic")
	end)
end)
