--- Devices, interrupts, callouts, GEOM and the sysctl(9) tree of a forged
-- system. Where things are is told in sys.dev.
local percpu = require "spec.support.percpu"
local source = require "spec.support.source"
local types = require "spec.support.types"

local devices = {}

-- These have no names in the kernel.
local HEADS = [[
struct event_list { struct intr_event *tqh_first; struct intr_event **tqh_last; };
struct g_classes { struct g_class *lh_first; };
]]

local SECOND <const> = 1 << 32		-- sbintime_t
devices.UPTIME = 3723 * SECOND + (SECOND >> 1)

--- cpu, place, function, seconds until it is due, argument, lock's name, flags;
-- of "running" ones the kernel notes function and argument from 13 on.
devices.CALLOUTS = {
	{ 0, "wheel", "loadavg", 2.5, 0, nil, 0x106 },
	{ 0, "wheel", "tcp_timer_keep", 7199.5, 0x1234, "tcpinp", 0x6 },
	{ 0, "due", "sleepq_timeout", -0.25, 0x5678, nil, 0x184 },
	{ 1, "wheel", "loadavg", 0.125, 0, nil, 0x6 },
	{ 1, "running", "softclock_demo", -1.0, 0x9abc, "Giant", 0x2 },
}
local BUCKETS = 8

local builder = {}
builder.__index = builder

function builder:text(s)
	return self.sys.mem:string(nil, s)
end

-- Where each CPU has its struct callout_cpu: in its own data in 15.
function builder:wheels(layout)
	local sys, T = self.sys, "struct callout_cpu"
	if layout < 15 then
		local at = sys:var("cc_cpu", T .. "[4]", nil)
		return { [0] = at, at + sys.types:sizeof(T) }
	end
	return percpu.var(sys, "cc_cpu", T)
end

function builder:lock(name)
	return name and self.sys:make("struct lock_object", { lo_name = self:text(name) }) or 0
end

function builder:callout(c)
	return self.sys:make("struct callout", { c_time = devices.UPTIME + math.floor(c[4] * SECOND),
		c_precision = SECOND >> 2, c_arg = c[5], c_func = self.sys:fn(c[3]).addr,
		c_lock = self:lock(c[6]), c_flags = c[7] & ~4, c_iflags = c[7] & 4, c_cpu = c[1] })
end

function builder:callouts(layout)
	local sys, T = self.sys, "struct callout_cpu"
	sys:var("timehands", "struct timehands *", sys:make("struct timehands", {
		["th_offset.sec"] = 3723, ["th_offset.frac"] = 1 << 63 }))
	sys:var("callwheelmask", "unsigned int", BUCKETS - 1)
	local wheels = self:wheels(layout)
	self.dev.wheels, self.dev.callouts = {}, {}
	for cpu = 0, 1 do
		self.dev.wheels[cpu] = sys.mem:alloc(BUCKETS * 8)
		sys:fill(wheels[cpu], T, { cc_callwheel = self.dev.wheels[cpu] })
		sys.mem:u64(wheels[cpu] + sys.types:offsetof(T, "cc_expireq") + 8,
		    wheels[cpu] + sys.types:offsetof(T, "cc_expireq"))
	end
	for i, c in ipairs(devices.CALLOUTS) do
		local at, cc = self:callout(c), wheels[c[1]]
		self.dev.callouts[i] = at
		if c[2] == "wheel" then
			sys:list_insert(self.dev.wheels[c[1]] + i % BUCKETS * 8, at, "struct callout", "c_links.le")
		elseif c[2] == "due" then
			sys:tailq_insert(cc + sys.types:offsetof(T, "cc_expireq"), at, "struct callout", "c_links.tqe")
		else
			sys:fill(cc + sys.types:offsetof(T, "cc_exec_entity"), "struct cc_exec", { cc_curr = at,
				cc_last_func = sys:fn(c[3]).addr, cc_last_arg = c[5] })
		end
	end
end

--- Name, irq (nil: soft), count, CPU, handlers: { name, filter, handler,
-- priority, flags }, and the thread's id.
devices.EVENTS = {
	{ "irq1:", 1, 37230, -1, { { "atkbd0", nil, "atkbdintr", 16, 2 } }, 100777 },
	{ "irq3:", 3, 0, -1, {} },
	{ "irq16:", 16, 512, 1, { { "ehci0", nil, "ehci_interrupt", 4, 0x80000000 },
		{ "em0\27[2J", "em_irq_fast", "em_handle_link", 8, 0x80000001 } } },
	{ "swi4:", nil, nil, 0, { { "clock (0)", nil, "softclock", 40, 0x80000000 } },
	    100778 },
}
local COUNTERS = { { "irq1: atkbd0", 37230 }, { "stray irq1", 0 }, { "irq3:", 0 },
	{ "stray irq3", 2 }, { "irq16: ehci0+", 512 }, { "stray irq16", 0 }, { "cpu0:timer", 74460 } }

function builder:counters()
	local sys, names, width = self.sys, {}, 19
	local counts = sys.mem:alloc(#COUNTERS * 8)
	for i, c in ipairs(COUNTERS) do
		names[i] = ("%-" .. width .. "s\0"):format(c[1])
		sys.mem:u64(counts + (i - 1) * 8, c[2])
	end
	names = table.concat(names)
	local at = sys.mem:alloc(#names)
	sys.mem:write(at, names)
	sys:var("intrnames", "char *", at)
	sys:var("intrcnt", "unsigned long *", counts)
	sys:var("sintrnames", "unsigned long", #names)
	sys:var("sintrcnt", "unsigned long", #COUNTERS * 8)
	return counts
end

function builder:handlers(event, list)
	local sys, head = self.sys, event + self.sys.types:offsetof("struct intr_event", "ie_handlers")
	for _, h in ipairs(list) do
		local at = sys:make("struct intr_handler", { ih_name = h[1], ih_event = event, ih_pri = h[4],
			ih_filter = h[2] and sys:fn(h[2]).addr or 0, ih_handler = sys:fn(h[3]).addr,
			ih_argument = 0xdddd0000 + h[4], ih_flags = h[5] })
		sys.mem:u64(head, at)
		head = at + sys.types:offsetof("struct intr_handler", "ih_next")
	end
end

function builder:interrupts()
	local sys, counts, n = self.sys, self:counters(), 0
	local list = sys:var("event_list", "struct event_list", { tqh_first = 0 })
	sys.mem:u64(list + 8, list)
	self.dev.events = {}
	for i, e in ipairs(devices.EVENTS) do
		local event = sys:make("struct intr_event", { ie_name = e[1],
			ie_fullname = e[1] .. (e[5][1] and " " .. e[5][1][1]:sub(1, 9) or ""), ie_flags = e[2] and 0 or 1,
			ie_irq = e[2] or 0, ie_cpu = e[4] })
		if e[2] then
			sys.mem:set(event, "struct intr_event", "ie_source", sys:make("struct intsrc", {
				is_event = event, is_count = counts + n * 16, is_straycount = counts + n * 16 + 8 }))
			n = n + 1
		end
		if e[6] then
			sys.mem:set(event, "struct intr_event", "ie_thread", sys:make("struct intr_thread", {
				it_event = event, it_thread = sys:make("struct thread", { td_tid = e[6] }) }))
		end
		self:handlers(event, e[5])
		sys:tailq_insert(list, event, "struct intr_event", "ie_list")
		self.dev.events[i] = event
	end
end

--- Names with depth, description, driver, state, and on PCI the slot.
devices.DEVICES = {
	{ 0, "root0", "System root bus", "root", 30 }, { 1, "nexus0", nil, "nexus", 30 },
	{ 2, "pcib0", "Host bridge", "pcib", 30 }, { 3, "pci0", "PCI bus", "pci", 30 },
	{ 4, "em0", "Network card \27[2J", "em", 40, 3 }, { 4, nil, nil, nil, 10, 4 },
	{ 2, "sc0", nil, nil, 10 }, { 2, "uart0", "16550", "uart", 30 },
}

function builder:device(T, d, parent, bus)
	local sys, class = self.sys, d[2] and d[2]:gsub("%d+$", "")
	local at = sys:make(T, { parent = parent or 0, nameunit = d[2] and self:text(d[2]) or 0,
		desc = d[3] and self:text(d[3]) or 0, state = d[5], unit = d[2] and 0 or -1, flags = 0x401,
		devflags = d[2] == "uart0" and 0x10 or 0, softc = d[4] and 0xfffff80001000000 or 0,
		driver = d[4] and sys:make("struct kobj_class", { name = self:text(d[4]) }) or 0,
		devclass = class and sys:make("struct devclass", { name = self:text(class) }) or 0 })
	if d[6] then
		sys.mem:set(at, T, "ivars", sys:make("struct pci_devinfo", { ["cfg.dev"] = at,
			["cfg.vendor"] = 0x8086, ["cfg.device"] = 0x1000 + d[6], ["cfg.subvendor"] = 0x1af4,
			["cfg.subdevice"] = 0x1100, ["cfg.baseclass"] = 2, ["cfg.slot"] = d[6], ["cfg.func"] = 1,
			["cfg.bus"] = bus }))
	end
	local list = at + sys.types:offsetof(T, "children")
	sys.mem:u64(list + 8, list)
	if parent then
		sys:tailq_insert(parent + sys.types:offsetof(T, "children"), at, T, "link")
	end
	return at
end

function builder:devices()
	local sys, above = self.sys, {}
	local T = sys.types.names["struct _device"] and "struct _device" or "struct device"
	self.dev.devices = {}
	for i, d in ipairs(devices.DEVICES) do
		above[d[1]] = self:device(T, d, above[d[1] - 1], 0)
		self.dev.devices[i] = above[d[1]]
	end
	sys:var("root_bus", T .. " *", above[0])
end

--- Kind, first and last number, place in DEVICES (0: nobody's; a list: shared).
devices.RESOURCES = {
	{ "Interrupt request lines", 0, 3, 0 }, { "Interrupt request lines", 4, 4, 8 },
	{ "Interrupt request lines", 16, 16, { 5, 3 } },
	{ "I/O ports", 0x3f8, 0x3ff, 8 }, { "I/O ports", 0x400, 0xffff, 0 },
}

function builder:resource(r, owner)
	return self.sys:make("struct resource_i", { r_start = r[2], r_end = r[3],
		r_flags = owner == 0 and 0 or 0x2407, r_dev = owner ~= 0 and self.dev.devices[owner] or 0 })
end

-- All that share one, the first of which is on the manager's list.
function builder:shared(r)
	local sys = self.sys
	local head, first = sys.mem:alloc(16), nil
	sys.mem:u64(head, 0)
	for _, owner in ipairs(r[4]) do
		first = self:resource(r, owner)
		sys:list_insert(head, first, "struct resource_i", "r_sharelink")
		sys.mem:set(first, "struct resource_i", "r_sharehead", head)
	end
	return first
end

function builder:resources()
	local sys, managers = self.sys, {}
	local head = sys:var("rman_head", "struct rman_head", { tqh_first = 0 })
	sys.mem:u64(head + 8, head)
	self.dev.resources = {}
	for i, r in ipairs(devices.RESOURCES) do
		local at = managers[r[1]]
		if at == nil then
			at = sys:make("struct rman", { rm_descr = self:text(r[1]), rm_end = r[1]:find "ports" and 0xffff or 255 })
			local list = at + sys.types:offsetof("struct rman", "rm_list")
			sys.mem:u64(list + 8, list)
			sys:tailq_insert(head, at, "struct rman", "rm_link")
			managers[r[1]] = at
		end
		self.dev.resources[i] = type(r[4]) == "table" and self:shared(r) or self:resource(r, r[4])
		sys:tailq_insert(at + sys.types:offsetof("struct rman", "rm_list"), self.dev.resources[i],
		    "struct resource_i", "r_link")
	end
end

function builder:provider(g, name, size, r, w, e)
	local at = self.sys:make("struct g_provider", { name = self:text(name), geom = g, acr = r, acw = w,
		ace = e, mediasize = size, sectorsize = 512, stripesize = 4096, flags = 0x38 })
	self.sys:list_insert(g + self.sys.types:offsetof("struct g_geom", "provider"), at,
	    "struct g_provider", "provider")
	return at
end

function builder:consumer(g, provider)
	local at = self.sys:make("struct g_consumer", { geom = g, provider = provider, acr = 1 })
	local set = self.sys.types
	self.sys:list_insert(g + set:offsetof("struct g_geom", "consumer"), at, "struct g_consumer",
	    "consumer")
	self.sys:list_insert(provider + set:offsetof("struct g_provider", "consumers"), at,
	    "struct g_consumer", "consumers")
	return at
end

-- A class and a geom of it.
function builder:geom(head, class, name)
	local sys, set = self.sys, self.sys.types
	local C = self.classes[class]
	if C == nil then
		C = sys:make("struct g_class", { name = self:text(class) })
		sys:list_insert(head, C, "struct g_class", "class")
		self.classes[class] = C
	end
	local g = sys:make("struct g_geom", { name = self:text(name), class = C, rank = 1 })
	sys:list_insert(C + set:offsetof("struct g_class", "geom"), g, "struct g_geom", "geom")
	return g
end

function builder:geoms()
	local head = self.sys:var("g_classes", "struct g_classes", { lh_first = 0 })
	self.classes = {}
	local d = { disk = self:geom(head, "DISK", "ada0"), part = self:geom(head, "PART", "ada0"),
		dev = self:geom(head, "DEV", "ada0p1"), swap = self:geom(head, "SWAP", "swap") }
	d.ada0 = self:provider(d.disk, "ada0", 500107862016, 2, 1, 3)
	d.part_on_disk = self:consumer(d.part, d.ada0)
	d.p2 = self:provider(d.part, "ada0p2", 4294967296, 1, 1, 0)
	d.p1 = self:provider(d.part, "ada0p1", 524288, 0, 0, 0)
	d.dev_on_p1 = self:consumer(d.dev, d.p1)
	d.swap_on_p2 = self:consumer(d.swap, d.p2)
	self.dev.geom = d
end

--- What system.new's `prepare` takes.
-- @tparam integer layout 12, 13, 15
function devices.prepare(layout)
	return function(sys)
		types.parse(source.read(("spec/support/layouts/dev%d-amd64.h"):format(layout)), nil, sys.types)
		types.parse(HEADS, nil, sys.types)
		sys.dev = {}
		local b = setmetatable({ sys = sys, dev = sys.dev, layout = layout }, builder)
		b:callouts(layout)
		b:interrupts()
		b:devices()
		b:geoms()
		b:resources()
		require "spec.support.oids".build(sys)
	end
end

return devices
