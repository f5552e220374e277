--- The kernel file of a dump, looked for as crashinfo(8) looks.
local lab = require "spec.support.lab"
local vmcore = require "vmcore"

describe("the kernel of a dump", function()
	local ours, other

	setup(function()
		ours = lab.system("13", { layout = 13 })
		other = lab.system("other", { layout = 13, version = "FreeBSD 13.2-RELEASE OTHER\n" })
	end)

	-- A crash directory with these files, linked to others.
	local function crash(files)
		local dir = lab.folder()
		for name, target in pairs(files) do
			local folder = name:match "^(.*)/[^/]*$"
			if folder then
				os.execute(("mkdir -p %s/%s"):format(dir, folder))
			end
			os.execute(("ln -s %s %s/%s"):format(target, dir, name))
		end
		return dir
	end

	local function found(files)
		files["vmcore.0"], files["info.0"] = ours.core, ours.dir .. "/info.0"
		local dir = crash(files)
		local k <close> = assert(vmcore.open { core = dir .. "/vmcore.0" })
		assert.same({}, k:warnings())
		return k.kernel:sub(#dir + 2)
	end

	it("is found beside it", function()
		assert.equal("kernel", found { kernel = ours.kernel })
		assert.equal("kernel.0", found { ["kernel.0"] = ours.kernel, kernel = other.kernel })
		assert.equal("kernel.debug", found { ["kernel.debug"] = ours.kernel })
		assert.equal("boot/kernel/kernel", found { ["boot/kernel/kernel"] = ours.kernel })
	end)

	it("is the one whose version is the dump's", function()
		assert.equal("boot/kernel/kernel", found { kernel = other.kernel,
			["kernel.0"] = ours.core, ["boot/kernel/kernel"] = ours.kernel })
	end)

	it("is missed with a list of what was tried", function()
		local dir = crash { ["vmcore.0"] = ours.core, ["info.0"] = ours.dir .. "/info.0" }
		local k, message, code = vmcore.open { core = dir .. "/vmcore.0" }
		assert.is_nil(k)
		assert.equal("nokernel", code)
		for _, name in ipairs { "/kernel.0", "/kernel,", "/kernel.debug", "/boot/kernel/kernel" } do
			assert.truthy(message:find(dir .. name, 1, true))
		end
		dir = crash { ["vmcore.0"] = ours.core, ["info.0"] = ours.dir .. "/info.0",
			kernel = other.kernel, ["kernel.debug"] = ours.core }
		k, message, code = vmcore.open { core = dir .. "/vmcore.0" }
		assert.is_nil(k)
		assert.equal("nokernel", code)
		assert.truthy(message:find(dir .. "/kernel: is not the dump's kernel", 1, true))
		assert.truthy(message:find(dir .. "/kernel.debug: ", 1, true))
	end)

	it("is not looked for when the dump can't be opened", function()
		local k, message, code = vmcore.open { core = "/nonexistent/vmcore.0" }
		assert.is_nil(k)
		assert.matches("vmcore.0", message)
		assert.equal("sys", code)
	end)
end)
