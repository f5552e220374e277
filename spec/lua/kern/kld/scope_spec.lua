--- What a name means in the kernel and its modules.
local kld = require "vmcore.kern.kld"
local lab = require "spec.support.lab"
local modworld = require "spec.support.modworld"
local vmcore = require "vmcore"

for _, how in ipairs { "with files", "without files" } do
	describe("names of modules " .. how, function()
		local w, k, klds = modworld.new { layout = 15 }, nil, nil
		local files = how == "with files"

		setup(function()
			local sys = lab.system("scope " .. how, w.options)
			if files then
				w:write(sys.dir)
			end
			k = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			klds = kld.new(k)
		end)

		teardown(function()
			k:close()
		end)

		it("are found after the kernel's, or where they say", function()
			local helper = { w.files[1]:address_of "helper", w.files[2]:address_of "helper" }
			for name, address in pairs {
				helper = helper[1], ["if_demo.ko:helper"] = helper[1], ["if_demo:helper"] = helper[1],
				["dyn.ko:helper"] = helper[2], ["dyn`helper"] = helper[2],
				dyn_softc = w.files[2]:address_of "dyn_softc",
				panic = k:symbol "panic".value, ["kernel`panic"] = k:symbol "panic".value,
			} do
				assert.equal(address, klds:find(name).value)
			end
			assert.equal(helper[2], klds:find("helper", "dyn.ko").value)
			assert.equal("dyn.ko", klds:find("helper", "dyn").module)
			for _, name in ipairs { "kernel`helper", "dyn.ko:demo_softc", "none.ko:helper", "nosuch", "if_demo:panic" } do
				assert.is_nil((klds:find(name)))
			end
		end)

		it("are all listed", function()
			local function modules(name)
				local found = {}
				for i, s in ipairs(klds:named(name)) do
					found[i] = s.module or "kernel"
				end
				return found
			end
			assert.same({ "if_demo.ko", "dyn.ko" }, modules "helper")
			assert.same({ "dyn.ko" }, modules "dyn.ko:helper")
			assert.same({ "kernel" }, modules "panic")
			assert.same({}, modules "nosuch")
		end)

		it("have types where their file is here", function()
			local symbol, file = klds:find "dyn_softc"
			local t, message = klds:type_of(symbol, file)
			if files then
				assert.equal("struct demo_softc", tostring(t))
				assert.equal(t, klds:type("struct", "demo_softc", "dyn"))
				assert.equal(k:type "struct own", t:member "own".type)
				assert.equal("struct demo_softc", tostring((klds:type("struct", "demo_softc"))))
			else
				assert.is_nil(t)
				assert.equal("dyn.ko: its file is not here, so the type of dyn_softc is not known", message)
				assert.is_nil((klds:type("struct", "demo_softc")))
				t, message = klds:type("struct", "demo_softc", "dyn")
				assert.is_nil(t)
				assert.equal("dyn.ko: its file is not here", message)
			end
			assert.equal("struct own", tostring((klds:type_of((klds:find "vnet_entry_own")))))
			t, message = klds:type("struct", "own", "none")
			assert.is_nil(t)
			assert.equal("no module none is loaded", message)
			t, message = klds:type("struct", "nosuch")
			assert.is_nil(t)
			assert.matches("no struct nosuch among the types of .*/kernel$", message)
		end)
	end)
end

describe("a name that no module has", function()
	it("has no file opened", function()
		local w = modworld.new { layout = 13 }
		local sys = lab.system("scope unopened", w.options)
		w:write(sys.dir)
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		assert.is_nil((k:symbol "nosuch"))
		assert.is_nil(k.kd:lookup "demo_attach")
		-- Not even the other module's, when one has it.
		assert.is_not_nil(k:symbol "dyn_attach")
		assert.is_not_nil(k.kd:lookup "dyn_attach")
		assert.is_nil(k.kd:lookup "demo_attach")
	end)
end)
