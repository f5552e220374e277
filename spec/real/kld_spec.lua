--- `vmcore kldstat` and the variables of CPUs and network stacks on real dumps.
local real = require "spec.support.real"
local vmcore = require "vmcore"

describe("freebsd13-amd64", function()
	local dump = real.freebsd13()
	if dump == nil then
		return pending "freebsd13-amd64 is not here"
	end

	it("had loaded what kldstat(2) said", function()
		local rows, err, status = real.rows(dump, "kldstat")
		assert.same({ "", 0, 1 }, { err, status, #rows })
		-- struct kld_file_stat, sys/linker.h.
		local _, name, refs, id, address, size, path = string.unpack("<i4c1024i4i4!8i8i8c1024",
			real.truth(dump, "truth/kldstat"))
		local function text(bytes)
			return bytes:match "^[^%z]*"
		end
		assert.same({ name = text(name), refs = refs, id = id, size = size, path = text(path),
			address = ("0x%x"):format(address), file = dump.kernel }, rows[1])
	end)

	it("tells as much when its kernel file is lost", function()
		local k <close> = assert(vmcore.open { core = dump.core, no_kernel = true })
		local files = require "vmcore.kern.kld".new(k):files()
		local _, name, _, _, address, size = string.unpack("<i4c1024i4i4!8i8i8", real.truth(dump, "truth/kldstat"))
		assert.same({ 1, name:match "^[^%z]*", address, size },
			{ #files, files[1].name, files[1].address, files[1].size })
	end)

	it("has variables of every network stack and CPU", function()
		local k <close> = assert(vmcore.open { core = dump.core, kernel = dump.kernel })
		local vnet, pcpu = require "vmcore.kern.vnet", require "vmcore.kern.pcpu"
		local stacks = 0
		for stack in vnet.each(k) do
			stacks = stacks + 1
			-- Each has its own lo0, which lists itself by that stack.
			local lo = k:eval("VNET(loif)", { vnet = stack })
			assert.equal("lo0", lo.if_xname)
			assert.equal(stack, lo.if_vnet)
			local found = vnet.owner(k, vmcore.toaddress((k:eval("&VNET(loif)", { vnet = stack }))))
			assert.same({ "loif", vmcore.toaddress(stack) }, { found.name, found.vnet })
		end
		assert.is_true(stacks >= 2)
		local cpus = 0
		for cpu in pcpu.each(k) do
			cpus = cpus + 1
			assert.equal(cpu, k:eval(("PCPU(cpuid, %d)"):format(cpu)))
			local at = vmcore.toaddress((k:eval(("&DPCPU(nws, %d)"):format(cpu))))
			assert.same({ "nws", cpu }, { pcpu.owner(k, at).name, pcpu.owner(k, at).cpu })
		end
		assert.equal(tonumber((real.truth(dump, "truth/hw.ncpu"):byte())), cpus)
		assert.equal(k.var.dumptid, k:eval "PCPU(curthread)->td_tid")
	end)
end)
