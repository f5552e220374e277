--- GEOM's classes, geoms, providers and consumers.
local devices = require "spec.support.devices"
local geom = require "vmcore.kern.geom"
local lab = require "spec.support.lab"
local vmcore = require "vmcore"

local function tree_of(sys)
	local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
	local view, list, said = geom.new(k), {}, {}
	for i, row in ipairs(view:tree(function(message) said[#said + 1] = message end)) do
		local ok, name = pcall(view.geom.name, row.geom)
		list[i] = ("%s%s %s %s"):format((" "):rep(row.depth), view.geom.class(row.geom), ok and name,
		    row.provider and view.provider.name(row.provider))
	end
	return list, table.concat(said, "\n"), #view:all(error)
end

for _, layout in ipairs { 12, 13, 15 } do
	describe("GEOM of " .. layout, function()
		local function made(name, change)
			return lab.system(name or "devices " .. layout, { layout = layout,
				prepare = devices.prepare(layout), change = change })
		end

		it("stands on disks", function()
			local list, said, n = tree_of(made())
			assert.same({ "DISK ada0 ada0", " PART ada0 ada0p1", "  DEV ada0p1 nil", " PART ada0 ada0p2",
				"  SWAP swap nil" }, list)
			assert.equal("", said)
			assert.equal(4, n)
		end)

		it("has sizes and counts of opens", function()
			local sys = made()
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local p, at = geom.new(k).provider, sys.system.sys.dev.geom.ada0
			assert.same({ "ada0", 500107862016, 512, 4096, 0, 2, 1, 3, 0 }, { p.name(at), p.mediasize(at),
				p.sectorsize(at), p.stripesize(at), p.stripeoffset(at), p.r(at), p.w(at), p.e(at), p.error(at) })
		end)

		it("does not run in circles", function()
			-- The disk consumes a partition of its own.
			local list, said = tree_of(made("geom circle " .. layout, function(s)
				s.memory:set(s.sys.dev.geom.dev_on_p1, "struct g_consumer", "geom", s.sys.dev.geom.disk)
			end))
			assert.equal("DISK ada0 ada0", list[1])
			assert.matches("stands on itself", said)
		end)

		it("loses what hangs on a damaged link only", function()
			local list, said = tree_of(made("geom damaged " .. layout, function(s)
				local at, mem = s.sys.dev.geom, s.memory
				mem:ptr(at.p1 + s.types:offsetof("struct g_provider", "consumers"), 0xdeadc0dedeadc0de)
				mem:set(at.swap_on_p2, "struct g_consumer", "geom", 0xfffffe0000123000)
			end))
			assert.equal("DISK ada0 ada0", list[1])
			assert.equal(" PART ada0 ada0p1", list[2])
			assert.is_true(#list >= 5)
			assert.matches("poisoned link", said)
		end)
	end)
end
