--- Interrupt events, handlers and counters.
local devices = require "spec.support.devices"
local intr = require "vmcore.kern.intr"
local lab = require "spec.support.lab"
local memstats = require "spec.support.memstats"
local source = require "spec.support.source"
local types = require "spec.support.types"
local vmcore = require "vmcore"

local function open(sys)
	return assert(vmcore.open { core = sys.core, kernel = sys.kernel })
end

for _, layout in ipairs { 12, 13, 15 } do
	describe("interrupts of " .. layout, function()
		local sys = function()
			return lab.system("devices " .. layout, { layout = layout, prepare = devices.prepare(layout) })
		end

		it("have events, and events handlers", function()
			local k <close> = open(sys())
			local view = intr.new(k)
			local e, h, i = view.fields, view.handler_fields, 0
			for event in view:each(error) do
				i = i + 1
				local made = devices.EVENTS[i]
				assert.same({ made[1], made[2] or nil, made[3], made[4] >= 0 and made[4] or nil, made[6],
					made[2] and "hard" or "soft" },
				    { e.name(event), e.irq(event), e.count(event), e.cpu(event), e.tid(event), e.type(event) })
				local n = 0
				for handler in view:handlers(event, error) do
					n = n + 1
					assert.same({ made[5][n][1], made[5][n][4], 0xdddd0000 + made[5][n][4] },
					    { h.name(handler), h.priority(handler), h.arg(handler) })
				end
				assert.equal(#made[5], n)
			end
			assert.equal(#devices.EVENTS, i)
		end)

		it("have counters that belong to events", function()
			local k <close> = open(sys())
			local view, by = intr.new(k), {}
			for _, counter in ipairs(intr.counters(k)) do
				by[counter.address] = counter
			end
			local names = {}
			for event in view:each() do
				local at = view.fields.counter(event)
				names[#names + 1] = at and by[at].name
			end
			assert.same({ "irq1: atkbd0", "irq3:", "irq16: ehci0+" }, names)
		end)
	end)
end

describe("the counters of interrupts", function()
	it("are named", function()
		local sys = lab.system("memory 12", { layout = 12, prepare = memstats.prepare(12) })
		local k <close> = open(sys)
		local list = {}
		for i, counter in ipairs(intr.counters(k)) do
			list[i] = { counter.name, counter.total }
		end
		assert.same({ { "irq1: atkbd0", 37230 }, { "irq4: uart0", 0 }, { "cpu0:timer", 74460 } }, list)
	end)

	it("are none where the kernel does not tell, or their number is absurd", function()
		for name, options in pairs { ["13"] = { layout = 13 }, ["intr absurd"] = { layout = 13,
		    prepare = devices.prepare(13), change = function(s)
			s.memory:u64(s.sys.by_name.sintrcnt.addr, -8)
		end } } do
			local k <close> = open(lab.system(name, options))
			assert.is_nil(intr.counters(k))
		end
	end)
end)

describe("an event's source", function()
	it("is believed only when it knows the event", function()
		local sys = lab.system("intr source", { layout = 13, prepare = devices.prepare(13),
			change = function(s)
				s.memory:set(s.sys.dev.events[1], "struct intr_event", "ie_source", s.sys.dev.events[2])
			end })
		local k <close> = open(sys)
		local view = intr.new(k)
		local first = view:each()()
		assert.is_nil(view.fields.count(first))
	end)
end)

-- Where interrupts are those of INTRNG (arm64, riscv): sys/intr.h. The counters
-- are arrays, as in 12.
local IRQSRC = [[
struct intr_irqsrc { void *isrc_dev; unsigned int isrc_irq; unsigned int isrc_flags;
	char isrc_name[24]; unsigned long *isrc_count; struct intr_event *isrc_event; };
struct event_list { struct intr_event *tqh_first; struct intr_event **tqh_last; };
]]

local function with_irqsrc(sys)
	local layout = source.read "spec/support/layouts/dev12-amd64.h"
	types.parse(layout:gsub("struct intsrc %b{} @ %d+;", ""), nil, sys.types)
	types.parse(IRQSRC, nil, sys.types)
	local counts = sys:var("intrcnt", "unsigned long[2]", { 7, 8 })
	sys:var("intrnames", "char[16]", "gic0,s1\0gic0,s2\0")
	sys:var("sintrcnt", "unsigned long", 16)
	sys:var("sintrnames", "unsigned long", 16)
	local event = sys:make("struct intr_event", { ie_name = "gic0,s2:", ie_irq = 2, ie_cpu = -1 })
	sys.mem:set(event, "struct intr_event", "ie_source", sys:make("struct intr_irqsrc", {
		isrc_irq = 2, isrc_count = counts + 8, isrc_event = event }))
	local head = sys:var("event_list", "struct event_list", { tqh_first = 0 })
	sys.mem:u64(head + 8, head)
	sys:tailq_insert(head, event, "struct intr_event", "ie_list")
end

describe("interrupts of INTRNG", function()
	it("are counted where their source says", function()
		local k <close> = open(lab.system("intr irqsrc", { layout = 12, prepare = with_irqsrc }))
		local view = intr.new(k)
		local event = view:each()()
		assert.same({ "gic0,s2:", 2, 8 }, { view.fields.name(event), view.fields.irq(event),
			view.fields.count(event) })
		local list = intr.counters(k)
		assert.same({ "gic0,s1", 7, "gic0,s2", 8 }, { list[1].name, list[1].total, list[2].name, list[2].total })
		assert.equal(list[2].address, view.fields.counter(event))
		assert.is_nil(view.fields.strays(event))
	end)
end)
