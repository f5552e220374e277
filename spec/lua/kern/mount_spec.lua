--- Mounts in their order, where a path is, the words of mount flags.
local lab = require "spec.support.lab"
local memstats = require "spec.support.memstats"
local mount = require "vmcore.kern.mount"

local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("mounts of " .. layout, function()
		it("are in the order of the list, and have what is below them", function()
			local sys = lab.system("memory " .. layout, { layout = layout,
				prepare = memstats.prepare(layout) })
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local each, of = mount.each(k, error)
			local found = {}
			for mp in each do
				found[#found + 1] = of.directory(mp)
			end
			assert.same({ "/", "/dev", "/tmp" }, found)
			assert.equal("/tmp", mount.containing(k, "/tmp/a/b"))
			assert.equal("/tmp", mount.containing(k, "/tmp"))
			assert.equal("/", mount.containing(k, "/tmpfile"))
			assert.equal("/dev", mount.containing(k, "/dev/null"))
		end)
	end)
end

it("a kernel that does not tell of mounts has none", function()
	local sys = lab.system("13", { layout = 13 })
	local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
	assert.is_nil(mount.each(k, error))
	assert.is_nil(mount.containing(k, "/"))
end)

describe("mount flags", function()
	it("have the words of mount(8)", function()
		assert.same({}, mount.words(0))
		assert.same({ "local", "read-only", "nosuid" }, mount.words(0x1009))
		assert.same({ "automounted" }, mount.words(0x800000000))
	end)
end)
