--- The modules of loaded files.
local kld = require "vmcore.kern.kld"
local kldworld = require "spec.support.kldworld"
local lab = require "spec.support.lab"
local module = require "vmcore.kern.module"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("modules of " .. layout, function()
		it("belong to their file", function()
			local sys = lab.system("module " .. layout, { layout = layout, prepare = kldworld.prepare })
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local view, klds, found = module.new(k), kld.new(k), {}
			for _, file in ipairs((klds:files())) do
				for m in view:each(file.at, error) do
					found[#found + 1] = { file.name, view.fields.id(m), view.fields.name(m), view.fields.refs(m),
						klds:name_at(view.fields.handler(m)) }
				end
			end
			assert.same({ { "if_demo.ko", 7, "if_demo", 1, "demo_modevent" },
				{ "if_demo.ko", 8, "pci/demo\27[2J", 1, "driver_module_handler" } }, found)
		end)

		it("are listed as far as their list goes", function()
			local sys = lab.system("module damaged " .. layout, { layout = layout, prepare = kldworld.prepare,
				change = function(s)
					s.memory:set(s.sys.modules[1], "struct module", "flink.tqe_next", s.sys.modules[1])
				end })
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local view, n, said = module.new(k), 0, nil
			for _ in view:each(kld.new(k):files()[2].at, function(status) said = status.reason end) do
				n = n + 1
			end
			assert.same({ 1, "cycle" }, { n, said })
		end)
	end)
end

describe("modules", function()
	it("are not told of by a kernel without types", function()
		local sys = lab.system("no types", { layout = 13, no_ctf = true })
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		assert.is_nil(module.new(k))
	end)
end)
