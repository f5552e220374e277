--- Callouts, in a wheel and out of it, of whole and damaged systems.
local callout = require "vmcore.kern.callout"
local devices = require "spec.support.devices"
local kld = require "vmcore.kern.kld"
local lab = require "spec.support.lab"
local vmcore = require "vmcore"

local NOWHERE = 0xfffffe0000123000

local function made(layout, name, change)
	return lab.system(name or "devices " .. layout, { layout = layout,
		prepare = devices.prepare(layout), change = change })
end

-- What is found, by the function's name, and what is said of it.
local function found_in(sys)
	local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
	local view, klds, list, said = callout.new(k), kld.new(k), {}, {}
	local f = view.fields
	for c in view:each(function(message) said[#said + 1] = message end) do
		local ok, func = pcall(f.func, c)
		list[#list + 1] = ok and { f.cpu(c), f.state(c), klds:name_at(func), f.due(c), f.arg(c) or 0,
			f.lock_name(c) or false, f.flags(c) } or { f.cpu(c), "broken" }
	end
	table.sort(list, function(a, b)
		return ("%d %s %s"):format(a[1], a[2], a[3]) < ("%d %s %s"):format(b[1], b[2], b[3])
	end)
	return list, table.concat(said, "\n"), view.now
end

for _, layout in ipairs { 12, 13, 15 } do
	describe("callouts of " .. layout, function()
		it("are found on every CPU", function()
			local list, said, now = found_in(made(layout))
			assert.equal("", said)
			assert.equal(devices.UPTIME, now)
			assert.same({
				{ 0, "due", "sleepq_timeout", -0.25, 0x5678, false, "PENDING|PROCESSED|DIRECT" },
				{ 0, "pending", "loadavg", 2.5, 0, false, "ACTIVE|PENDING|DIRECT" },
				{ 0, "pending", "tcp_timer_keep", 7199.5, 0x1234, "tcpinp", "ACTIVE|PENDING" },
				{ 1, "pending", "loadavg", 0.125, 0, false, "ACTIVE|PENDING" },
				{ 1, "running", "softclock_demo", -1.0, 0x9abc, "Giant", "ACTIVE" },
			}, list)
		end)

		it("that are damaged end their list only", function()
			local list, said = found_in(made(layout, "callouts damaged " .. layout, function(s)
				local dev, mem = s.sys.dev, s.memory
				mem:ptr(dev.callouts[1], dev.callouts[1])	-- le_next
				mem:ptr(dev.callouts[2], 0xdeadc0dedeadc0de)
				mem:ptr(dev.wheels[1] + 3 * 8, NOWHERE)
				mem:ptr(dev.wheels[1] + 5 * 8, dev.callouts[4])
			end))
			assert.equal(5, #list)
			assert.matches("CPU 0: c_links.le: stopped after 1 elements: the list runs in a circle", said)
			assert.matches("CPU 0: c_links.le: stopped after 1 elements at a poisoned link", said)
			assert.matches("CPU 1: c_links.le: stopped after 0 elements: the one at 0xfffffe0000123000", said)
			assert.matches("CPU 1: list 5 leads into another's", said)
		end)

		it("without a wheel that can be read are those outside of it", function()
			local list, said = found_in(made(layout, "callouts no wheel " .. layout, function(s)
				local wheel = layout < 15 and s.sys.by_name.cc_cpu.addr or
				    s.memory:get(s.sys.by_name.dpcpu_off.addr, 8) + s.sys.by_name.pcpu_entry_cc_cpu.addr
				s.memory:ptr(wheel + s.types:offsetof("struct callout_cpu", "cc_callwheel"), NOWHERE)
			end))
			assert.same({ 0, "due", "sleepq_timeout" }, { table.unpack(list[1], 1, 3) })
			assert.equal(3, #list)
			assert.matches("CPU 0: 8 of its wheel's 8 lists can't be read", said)
		end)
	end)
end

describe("callouts", function()
	it("are not told of by a kernel without types", function()
		local sys = lab.system("no types", { layout = 13, no_ctf = true })
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		assert.is_nil(callout.new(k))
	end)
end)
