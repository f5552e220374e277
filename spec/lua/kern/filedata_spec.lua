--- What is open and no file: by what its data says.
local filedata = require "vmcore.kern.filedata"
local files = require "spec.support.files"
local lab = require "spec.support.lab"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("data of files of " .. layout, function()
		it("has names, sizes, ends, where the kernel has such files", function()
			local sys = lab.system("files " .. layout, { layout = layout,
				prepare = files.prepare(layout), change = files.place })
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local data, made = filedata.new(k), sys.truth.files
			assert.equal(("%#x -> %#x"):format(made.a, made.b), data.names.pipe(made.a))
			assert.equal(made.b, data.peer(made.a))
			assert.equal(17, data.sizes.pipe(made.a))
			assert.equal(layout == 15, data.names.inotify ~= nil)
			assert.equal(layout >= 13, data.names.eventfd ~= nil)
			assert.is_nil(data.names.mqueue)
		end)
	end)
end
