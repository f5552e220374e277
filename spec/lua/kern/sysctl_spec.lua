--- The tree of sysctl(9): a list of siblings, and from 14 on a tree of them.
local devices = require "spec.support.devices"
local lab = require "spec.support.lab"
local sysctl = require "vmcore.kern.sysctl"
local vmcore = require "vmcore"

local function names_of(sys, hidden)
	local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
	local view, list, said = sysctl.new(k), {}, {}
	for o in view:each(function(message) said[#said + 1] = message end, hidden) do
		list[#list + 1] = o.name
	end
	return table.concat(list, " "), table.concat(said, "\n")
end

local NAMES = "kern.ostype kern.hz kern.hostname kern.negative kern.constant kern.big kern.evil "
    .. "kern.timeout kern.long kern.s64 kern.list kern.temperature kern.packets kern.all_packets "
    .. "kern.pair kern.bytes kern.proc kern.small.s8 kern.small.u8 kern.small.u16 kern.small.s32 "
    .. "kern.small.bool"

for _, layout in ipairs { 12, 13, 15 } do
	describe("the sysctl tree of " .. layout, function()
		local function made(name, change)
			return lab.system(name or "devices " .. layout, { layout = layout,
				prepare = devices.prepare(layout), change = change })
		end
		local T = "struct sysctl_oid"

		it("is walked in order", function()
			local names, said = names_of(made())
			assert.equal(NAMES, names)
			assert.equal("", said)
			assert.equal("sysctl.debug " .. NAMES, (names_of(made(), true)))
		end)

		it("tells what oids are", function()
			local sys = made()
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local view = sysctl.new(k)
			local f, by = view.fields, {}
			for o in view:each(error) do
				by[o.name] = o
			end
			local hz = by["kern.hz"]
			assert.same({ "int", "TUN|RD", "I", "Number of clock ticks per second", "sysctl_handle_int", 100,
				sys.system.sys.dev.oids["kern.hz"] }, { f.type(hz), f.flags(hz), f.fmt(hz), f.descr(hz),
				f.handler_name(hz), f.value(hz), f.oid(hz) })
			assert.is_nil(f.value(by["kern.proc"]))
		end)

		it("that is damaged is walked as far as it goes", function()
			local names, said = names_of(made("sysctl damaged " .. layout, function(s)
				local at, mem = s.sys.dev.oids, s.memory
				local link = s.types:offsetof(T, "oid_link")
				local children = s.types:offsetof(T, "oid_children")
				mem:ptr(at["kern.small"] + children, at["kern.hz"])
				mem:ptr(at["kern.negative"] + s.types:offsetof(T, "oid_name"), 0xfffffe0000123000)
				for i = 0, layout == 15 and 16 or 0, 8 do
					mem:ptr(at["kern.small"] + link + i, 0xdeadc0dedeadc0de)
				end
			end))
			assert.matches("kern.ostype kern.hz kern.hostname kern.constant", names)
			assert.matches("kern: the oid at 0x%x+: .*0xfffffe0000123000", said)
			assert.matches("poisoned link", said)
			assert.matches("kern.small: its list leads to 0x%x+, which was there before", said)
		end)
	end)
end
