--- All vnodes of a system: mount by mount.
local files = require "spec.support.files"
local lab = require "spec.support.lab"
local mount = require "vmcore.kern.mount"
local vmcore = require "vmcore"
local vnodelist = require "vmcore.kern.vnodelist"

for _, layout in ipairs { 12, 13, 15 } do
	describe("vnodes of " .. layout, function()
		it("are those of the mounts that are wanted", function()
			local sys = lab.system("files " .. layout, { layout = layout,
				prepare = files.prepare(layout), change = files.place })
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local list = assert(vnodelist.new(k))
			local _, of = mount.each(k, error)
			local n, found = 0, nil
			for vp in list:each(function(mp) return of.fstype(mp) == "ufs" end, error) do
				n = n + 1
				found = found or vp == sys.truth.files.sh and vp
			end
			assert.equal(7, n)
			assert.equal("exclusive", list.fields.lock(found))
			assert.equal(sys.truth.processes[720].threads[1].tid, list.fields.owner(found))
			assert.equal("/bin/sh", list.fields.path(found))
			assert.equal(0, list.fields.resident(found))
		end)
	end)
end
