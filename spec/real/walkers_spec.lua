--- Walkers, slabs and search on a real dump, against what that kernel said of
-- itself a moment before it panicked, and against counting by hand.
local counter = require "vmcore.kern.counter"
local hash = require "vmcore.hash"
local items = require "vmcore.kern.whatis.item"
local malloc = require "vmcore.kern.malloc"
local pctrie = require "vmcore.pctrie"
local queue = require "vmcore.queue"
local real = require "spec.support.real"
local slab = require "vmcore.kern.uma.slab"
local source = require "spec.support.source"
local uma = require "vmcore.kern.uma"
local vm_map = require "vmcore.kern.vm_map"
local vmcore = require "vmcore"
local vnet = require "vmcore.kern.vnet"

describe("freebsd13-amd64", function()
	local dump = real.freebsd13()
	if dump == nil then
		return pending "freebsd13-amd64 is not here"
	end
	local k, sysctl

	setup(function()
		k = assert(vmcore.open { core = dump.core, kernel = dump.kernel })
		sysctl = {}
		for name, value in real.truth(dump, "truth/sysctl-all.tsv"):gmatch "([^\t\n]+)\t[^\n]*\t([^\t\n]*)\n" do
			sysctl[name] = math.tointeger(value)
		end
	end)

	teardown(function()
		k:close()
	end)

	it("has as many entries in each map as the map says", function()
		local maps = 0
		for p in queue.list_foreach(k.var.allproc, "p_list") do
			local space = p.p_vmspace
			local each, walk = vm_map.entries(space.vm_map)
			local count, last = 0, 0
			for e in each do
				assert.is_true(e.start == e["end"] or math.ult(last, e["end"]))
				count, last = count + 1, e["end"]
			end
			assert.is_nil(walk:status())
			assert.equal(space.vm_map.nentries, count)
			maps = maps + 1
		end
		assert.equal(74, maps)
	end)

	it("has as many pages in each object as the object says", function()
		local objects = 0
		for object in queue.tailq_foreach(k.var.vm_object_list, "object_list") do
			local each, walk = pctrie.foreach(object.rtree, "struct vm_page", "pindex")
			local count, last = 0, -1
			for page in each do
				assert.is_true(page.pindex > last)
				assert.equal(vmcore.toaddress(object), vmcore.toaddress(page.object))
				count, last = count + 1, page.pindex
			end
			assert.is_nil(walk:status())
			assert.equal(object.resident_page_count, count)
			objects = objects + 1
		end
		assert.is_true(objects > 100)
	end)

	it("has every process in the hash of process ids", function()
		local count = 0
		for p, bucket in hash.foreach(k.var.pidhashtbl, k.var.pidhash, "p_hash") do
			assert.equal(bucket, p.p_pid & k.var.pidhash)
			count = count + 1
		end
		assert.equal(75, count)
	end)

	-- What a zone's slabs have, item by item, asked for each address.
	local function tally(slabs, wanted)
		local states = {}
		for item in slabs:items(slabs.view:find(wanted)[1].keg) do
			local state = slabs:of(item).state
			states[state] = (states[state] or 0) + 1
		end
		return states
	end

	it("has the items in its zones that it said", function()
		local slabs = slab.new(uma.new(k))
		for name, key in pairs { PROC = "PROC", THREAD = "THREAD", VNODE = "VNODE",
		    ["malloc-256"] = "malloc_256" } do
			local states = tally(slabs, name)
			assert.equal(sysctl["vm.uma." .. key .. ".stats.current"], states.allocated, name)
			assert.equal(sysctl["vm.uma." .. key .. ".keg.domain.0.free_items"], states.free, name)
		end
	end)

	it("counted what it said that it counted", function()
		local read = counter.reader(k)
		for _, entry in ipairs(uma.new(k):list()) do
			if entry.name == "PROC" or entry.name == "THREAD" then
				local zone = k:cast("struct uma_zone *", entry.zone)
				local sum = read(vmcore.toaddress(zone.uz_allocs))
				for cpu = 0, 1 do
					sum = sum + zone.uz_cpu[cpu].uc_allocs
				end
				assert.equal(sysctl["vm.uma." .. entry.name .. ".stats.allocs"], sum)
			end
		end
	end)

	it("says how much malloc(9) has of what is larger than its zones' items", function()
		-- Two hash tables of connections that are asked for, one for each network
		-- stack: all that this type has.
		local sum = 0
		for v in vnet.each(k) do
			local at = vnet.variable(k, "tcp_syncache", v).hashbase
			local answers = k:whatis(vmcore.toaddress(at) + 5000)
			assert.equal("malloc", answers[1].kind)
			assert.equal(vmcore.toaddress(at), answers[1].address)
			assert.equal(5000, answers[1].offset)
			sum = sum + answers[1].size
		end
		local types, memory = malloc.new(k), nil
		for ks in types:each(error) do
			memory = types.fields.name(ks) == "syncache" and types.fields.memory(ks) or memory
		end
		assert.equal(memory, sum)
	end)

	it("knows who has an mbuf, a cluster, a vnode", function()
		local zones = uma.new(k)
		local slabs, seen, asker = slab.new(zones), {}, items.new(k, zones, error)
		for _, name in ipairs { "mbuf", "mbuf_cluster", "VNODE", "PROC", "THREAD", "malloc-64" } do
			for at, state in slabs:items(zones:find(name)[1].keg) do
				local text = state == "allocated" and asker:of(slabs:of(at))
				if text then
					seen[name] = (seen[name] or "") .. "\n" .. text
				end
			end
		end
		assert.matches("\nsocket 0x%x+ %(udp4 127.0.0.1:5353 %*:%*%), rcv, packet 3", seen.mbuf)
		assert.matches("\nneighbour 0x%x+, packet 2", seen.mbuf)
		assert.matches("\nsocket 0x%x+ %(.-%), rcv: storage of mbuf 0x%x+", seen.mbuf_cluster)
		assert.matches("\ncached, mbuf_packet CPU 1: storage of mbuf", seen.mbuf_cluster)
		assert.matches("\nVREG /sbin/init", seen.VNODE)
		assert.matches("\nprocess 1 %(init%)", seen.PROC)
		assert.matches("one of %d+ types with items of this size, sysctloid, devbuf", seen["malloc-64"])
		assert.is_nil((seen.mbuf:find "nothing leads"))
	end)

	it("is searched as by hand", function()
		local first = k:eval "allproc.lh_first"
		local bytes, seen, by_hand = source.read(dump.core), {}, 0
		local at = 1
		while true do
			at = bytes:find(("<I8"):pack(vmcore.toaddress(first)), at, true)
			if at == nil then
				break
			end
			by_hand, at = by_hand + ((at - 1) % 8 == 0 and 1 or 0), at + 1
		end
		local found = 0
		for hit in k:refs(vmcore.toaddress(first)) do
			assert.equal(vmcore.toaddress(first), hit.value)
			found = found + (seen[hit.paddr] and 0 or 1)
			seen[hit.paddr] = true
		end
		assert.equal(by_hand, found)
	end)
end)
