--- What caches hold of a zone's items.
local bucket = require "vmcore.kern.uma.bucket"
local net = require "spec.support.net"
local uma = require "vmcore.kern.uma"
local vmcore = require "vmcore"

local function opened(sys, report)
	local k = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
	local view = assert(uma.new(k, report))
	return k, view, assert(bucket.new(view)), view:find "mbuf"[1].zone
end

for _, layout in ipairs { 12, 13, 15 } do
	describe("buckets of " .. layout, function()
		it("have what is cached, and where", function()
			local sys = net.system(layout)
			local _ <close>, _, buckets, zone = opened(sys, error)
			local cached, n = buckets:cached(zone), 0
			for _, m in ipairs(sys.net.cached) do
				assert.matches("^CPU [01]$", cached[m])
				n = n + 1
			end
			assert.equal(5, n)
			assert.is_nil(cached[sys.net.leaked])
			local found = {}
			for b in buckets:each(zone) do
				found[#found + 1] = ("%s %s %d"):format(b.cpu, b.kind, b.count)
			end
			assert.same({ "0 alloc 2", "0 free 0", "1 alloc 2", "1 free 1" }, found)
		end)

		it("that can't be read, or count what can't be, cost what is in them", function()
			local sys = net.system(layout, "net buckets " .. layout, function(s)
				local set, at = s.sys.types, s.sys.net.zones.mbuf
				local cache = at + set:sizeof "struct uma_zone"
				local new = set:has("struct uma_cache", "uc_allocbucket.ucb_bucket")
				local first = set:offsetof("struct uma_cache", new and "uc_allocbucket.ucb_bucket" or "uc_allocbucket")
				local size = set:sizeof "struct uma_cache"
				if new then
					s.memory:struct(cache, "struct uma_cache", { ["uc_allocbucket.ucb_cnt"] = -2 })
				else
					s.memory:struct(s.memory:get(cache + first, 8), "struct uma_bucket", { ub_cnt = -2 })
				end
				s.memory:ptr(cache + size + first, 0xfffffe0000123000)
			end)
			local told = {}
			local _ <close>, _, buckets, zone = opened(sys, function(message) told[#told + 1] = message end)
			local n = 0
			for _ in pairs(buckets:cached(zone)) do
				n = n + 1
			end
			assert.equal(1, #told)
			assert.matches("0xfffffe0000123000.*not mapped", told[1])
			assert.is_true(n <= 1)
		end)
	end)
end
