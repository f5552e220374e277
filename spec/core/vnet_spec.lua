--- Variables of which each network stack has its own.
local tiny = require "spec.support.tiny"

for _, target in ipairs(tiny.TARGETS) do
	local name, options = table.unpack(target)

	describe("network stacks of " .. name, function()
		local kd, k

		setup(function()
			kd, k = tiny.open(options)
		end)

		before_each(function()
			assert.is_true(kd:vnet_select())
		end)

		it("are listed", function()
			assert.same(k.vnet, kd:vnet_list())
		end)

		it("begin with that of the crashed thread's jail", function()
			assert.equal(k.vnet[2], kd:vnet())
			assert.equal(k.ifnet[2], kd:lookup "ifnet")
			assert.equal(72, kd:read_uint(kd:lookup "ifnet", 4))
		end)

		it("are selected", function()
			for i = 1, 2 do
				assert.is_true(kd:vnet_select(k.vnet[i]))
				assert.equal(k.vnet[i], kd:vnet())
				assert.equal(k.ifnet[i], kd:lookup "_ifnet")
				assert.equal(k.ifnet[i], kd:nlist2{ "ifnet" }.ifnet.value)
			end
		end)

		it("leave the template where it is", function()
			assert.equal(kd:symbol "vnet_entry_ifnet".value,
			    kd:lookup "vnet_entry_ifnet")
		end)

		it("are not to be selected where there are none", function()
			local ok, message, code = kd:vnet_select(k.pcpu[0])
			assert.is_nil(ok)
			assert.equal("inval", code)
			assert.matches("there is no vnet at 0x", message)
			assert.equal("fault-unmapped", select(3, kd:vnet_select(16)))
			assert.equal(k.vnet[2], kd:vnet())
		end)
	end)
end

describe("the first network stack", function()
	it("is the system's when the crashed thread is not known", function()
		local kd, k = tiny.open{ dumptid = 4711 }
		assert.equal(k.vnet[1], kd:vnet())
		assert.equal(k.ifnet[1], kd:lookup "ifnet")
		kd:close()
	end)

	it("is the system's when the jail's lies nowhere", function()
		local kd, k = tiny.open{ change = function(k)
			k:set(k.jail, "prison", "pr_vnet", 0x10)
		end }
		assert.equal(k.ifnet[1], kd:lookup "ifnet")
		kd:close()
	end)

	it("is an error when that can't be read either", function()
		local kd = tiny.open{ dumptid = 4711, change = function(k)
			k:set(k.vnet[1], "vnet", "vnet_magic_n", 0)
		end }
		local answer, message, code = kd:nlist2{ "ifnet" }
		assert.is_nil(answer)
		assert.equal("inval", code)
		assert.matches("^symbol vnet_entry_ifnet: there is no vnet at", message)
		assert.equal("inval", select(3, kd:vnet()))
		kd:close()
	end)
end)

describe("network stacks", function()
	it("without types are an error", function()
		local kd = tiny.open{ no_ctf = true }
		assert.equal("notype", select(3, kd:lookup "ifnet"))
		assert.equal("notype", select(3, kd:vnet_list()))
		kd:close()
	end)

	it("that form a circle end", function()
		local kd = tiny.open{ change = function(k)
			k:set(k.vnet[2], "vnet", "vnet_le.le_next", k.vnet[1])
		end }
		local answer, message, code = kd:vnet_list()
		assert.is_nil(answer)
		assert.equal("format", code)
		assert.matches("no end", message)
		kd:close()
	end)

	it("without symbols for its bounds have a section", function()
		local kd, k = tiny.open{ change = function(k)
			for i = #k.symbols, 1, -1 do
				if k.symbols[i].name:find "^__st.*_set_vnet" then
					table.remove(k.symbols, i)
				end
			end
		end }
		assert.equal(k.ifnet[2], kd:lookup "ifnet")
		kd:close()
	end)

	it("are none in a kernel that was compiled without", function()
		local kd = tiny.open{ change = function(k)
			for i = #k.symbols, 1, -1 do
				if k.symbols[i].name:find "vnet" then
					table.remove(k.symbols, i)
				end
			end
		end }
		assert.equal("nosym", select(3, kd:lookup "ifnet"))
		assert.equal("nosym", select(3, kd:vnet_list()))
		kd:close()
	end)
end)
