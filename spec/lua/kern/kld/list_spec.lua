--- The list of loaded files where there are no types, or is no kernel file.
local kld = require "vmcore.kern.kld"
local lab = require "spec.support.lab"
local modworld = require "spec.support.modworld"
local vmcore = require "vmcore"

local function listed(k)
	local found = {}
	local files, broken = kld.new(k):files()
	for i, f in ipairs(files) do
		found[i] = { f.id, f.refs, f.name, f.path, f.address, f.size }
	end
	return found, broken
end

for _, layout in ipairs { 12, 13, 15 } do
	describe("loaded files of a kernel of " .. layout, function()
		it("are the same without types, but for their contents", function()
			local w = modworld.new { layout = layout }
			local sys = lab.system("list typed " .. layout, w.options)
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local expected = listed(k)
			assert.equal(3, #expected)
			-- The same kernel without its .SUNW_ctf.
			local path = sys.dir .. "/bare"
			sys.system.sys:kernel { types = false }:write(path)
			local bare <close> = assert(vmcore.open { core = sys.core, kernel = path })
			assert.is_nil((bare:type "struct linker_file"))
			assert.same(expected, (listed(bare)))
			local klds = kld.new(bare)
			local symbol, offset, module = klds:symbol_at(w.files[2]:address_of "dyn_attach" + 4)
			assert.same({ "dyn.ko", w.files[2].by_name[".text"].at + 0x104 - w.files[2].address, "dyn.ko" },
				{ symbol.name, offset, module })
			local symbols, lost = klds:symbols(klds:files()[2])
			assert.same({}, symbols)
			assert.equal("if_demo.ko has no symbol table", lost)
		end)
	end)
end

describe("loaded files", function()
	it("of a kernel without the list are not told", function()
		local w = modworld.new()
		local sys = lab.system("list without", w.options)
		local k <close> = assert(vmcore.open { core = sys.core, no_kernel = true })
		local files, why = kld.new(k):files()
		assert.same({}, files)
		assert.equal("the kernel does not tell of loaded modules: it has no linker_files", why)
	end)
end)
