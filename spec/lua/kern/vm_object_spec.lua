--- Memory objects: what they shadow, their pages, whose contents they are.
local lab = require "spec.support.lab"
local vm_object = require "vmcore.kern.vm_object"
local vmaps = require "spec.support.vmaps"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 13, 15 } do
	describe("objects of " .. layout, function()
		local k, objects, vm, files

		setup(function()
			local sys = lab.system("maps " .. layout, { layout = layout, prepare = vmaps.prepare(layout),
				change = vmaps.place })
			k = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			objects, vm, files = assert(vm_object.new(k)), sys.truth.vm, sys.truth.files
		end)

		teardown(function()
			k:close()
		end)

		it("have pages by index, a type, a vnode", function()
			local found = {}
			for index, page in objects:pages(vm.file) do
				found[#found + 1] = { index, (page - vm.array) // k:type("struct vm_page").size }
			end
			assert.same({ { 0, 10 }, { 1, 11 }, { 2, 12 } }, found)
			assert.equal("vnode", objects.fields.type(vm.file))
			assert.equal(files.motd, objects:vnode(vm.file))
			assert.equal("swap", objects.fields.type(vm.own))
			assert.is_nil(objects:vnode(vm.own))
			assert.equal(3, objects.fields.resident(vm.file))
		end)

		it("shadow one another", function()
			assert.same({ vm.own, vm.file }, objects:chain(vm.own))
			assert.same({ vm.file }, objects:chain(vm.file))
		end)
	end)
end

describe("an object that shadows itself", function()
	it("is damage", function()
		local sys = lab.system("own shadow", { layout = 13, prepare = vmaps.prepare(13), change = function(s)
			vmaps.place(s)
			s.memory:struct(s.truth.vm.own, "struct vm_object", { backing_object = s.truth.vm.own })
		end })
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		local objects = assert(vm_object.new(k))
		local ok, damage = pcall(objects.chain, objects, sys.truth.vm.own)
		assert.is_false(ok)
		assert.matches("leads back", tostring(damage))
	end)
end)
