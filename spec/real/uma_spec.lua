--- Zones in depth of freebsd13-amd64, against what its vm.uma told a moment
-- before, and against each other.
local real = require "spec.support.real"
local slab = require "vmcore.kern.uma.slab"
local uma = require "vmcore.kern.uma"
local vmcore = require "vmcore"

describe("uma on freebsd13-amd64", function()
	local dump = real.freebsd13()
	if dump == nil then
		return pending "freebsd13-amd64 is not here"
	end
	local told, k, view = {}, nil, nil

	setup(function()
		for line in real.truth(dump, "truth/sysctl-all.tsv"):gmatch "[^\n]+" do
			local name, value = line:match "^vm%.uma%.(%S+)\t.-\t.-\t.-\t(.*)"
			if name then
				told[name] = tonumber(value) or value:match "^'(.*)'$"
			end
		end
		k = assert(vmcore.open { core = dump.core, kernel = dump.kernel })
		view = assert(uma.new(k, error))
	end)

	teardown(function()
		k:close()
	end)

	-- Zones whose name is theirs alone, by what sysctl(8) calls them.
	local function each_known()
		local times, list = {}, {}
		for _, z in ipairs(view:list()) do
			times[z.name] = (times[z.name] or 0) + 1
		end
		for _, z in ipairs(view:list()) do
			local name = z.name:gsub("[ /%-.]", "_")
			if times[z.name] == 1 and told[name .. ".size"] then
				list[#list + 1] = { z, name }
			end
		end
		assert.is_true(#list > 100)
		return list
	end

	it("names flags as the kernel does", function()
		local seen = {}
		for _, pair in ipairs(each_known()) do
			local number, names = told[pair[2] .. ".flags"]:match "^0x(%x+)<(.*)>$"
			local flags = view.fields.flags(pair[1].zone)
			assert.equal(tonumber(number, 16), flags)
			-- NOKASAN has a bit, and no name there.
			assert.equal(names, (view:flag_names(flags):gsub("NOKASAN,", "")))
			seen[names] = true
		end
		assert.is_true(seen["SMR,FIRSTTOUCH"] and seen["VTOSLAB,OFFPAGE,FIRSTTOUCH,PCPU"])
	end)

	it("has the kegs that it said", function()
		for _, pair in ipairs(each_known()) do
			local z, f = pair[1], view.fields
			if z.keg then
				for _, key in ipairs { "name", "rsize", "ppera", "ipers", "align", "reserve" } do
					local said, value = told[("%s.keg.%s"):format(pair[2], key)], f["keg_" .. key](z.keg)
					-- sysctl(8) prints no name for these two.
					assert.equal(said, value, pair[2] .. " " .. key)
				end
				assert.is_true(math.abs(told[pair[2] .. ".keg.domain.0.pages"] - f.keg_pages(z.keg)) <= 1)
			end
			assert.equal(told[pair[2] .. ".bucket_size_max"], f.bucket_size_max(z.zone))
		end
	end)

	-- What was allocated before counters were is in no count: zones of the
	-- allocator itself, and of what the kernel's memory is managed with.
	local EARLY = { ["KMAP ENTRY"] = 3, ["RADIX NODE"] = 1, ["vmem btag"] = 12, vmem = 2, ["SMR CPU"] = 1,
		["SMR SHARED"] = 1, ["128 Bucket"] = 1, ["UMA Slabs 1"] = 1, ["UMA Slabs 0"] = 6, ["UMA Zones"] = 26,
		["UMA Kegs"] = 27 }

	it("has as many items in each state as each zone counts", function()
		local slabs, f, kegs = slab.new(view), view.fields, 0
		for _, z in ipairs(view:list()) do
			if z.first then
				local found = { allocated = EARLY[z.name] and -EARLY[z.name] or 0, cached = 0, free = 0 }
				for _, state in slabs:items(z.keg) do
					found[state] = found[state] + 1
				end
				local counted = { allocated = 0, cached = 0, free = f.keg_free(z.keg) }
				for _, other in ipairs(slabs.kegs[z.keg]) do
					counted.allocated = counted.allocated + f.used(other.zone)
					counted.cached = counted.cached + f.cached(other.zone)
				end
				assert.same(counted, found, z.name)
				kegs = kegs + 1
			end
		end
		assert.equal(121, kegs)
	end)

	it("knows whose copy an address is in", function()
		local slabs = slab.new(view)
		for item, state in slabs:items(view:find "pcpu-8"[1].keg) do
			if state == "allocated" then
				local found = slabs:of(item + k:dump().page_size + 4)
				assert.same({ item, 4, 1, "allocated" }, { found.item, found.offset, found.cpu, found.state })
				return
			end
		end
		error "no item is allocated"
	end)
end)
