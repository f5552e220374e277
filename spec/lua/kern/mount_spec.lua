--- The words of mount flags.
local mount = require "vmcore.kern.mount"

describe("mount flags", function()
	it("have the words of mount(8)", function()
		assert.same({}, mount.words(0))
		assert.same({ "local", "read-only", "nosuid" }, mount.words(0x1009))
		assert.same({ "automounted" }, mount.words(0x800000000))
	end)
end)
