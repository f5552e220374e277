--- The sysctl tree of freebsd13-amd64, against what sysctl(3) answered for
-- every name a moment before the panic (truth/sysctl-all.tsv): whatever lies in
-- memory must be that, but for what is named here.
local real = require "spec.support.real"
local scalar = require "vmcore.scalar"
local sysctl = require "vmcore.kern.sysctl"
local vmcore = require "vmcore"

-- Counted on until the panic.
local MOVED = {
	"kern.tty_nout", "kern.devstat.generation", "vfs.freevnodes", "vm.uma_kmem_total",
	"vm.domain.0.pidctrl.ticks", "vm.domain.0.stats.actpdpgs",
	-- Events that nobody reads, a slab for them, a file that was closed.
	"vm.uma.DEVCTL.keg.domain.0.free_items", "vm.uma.DEVCTL.keg.domain.0.pages",
	"vm.uma.UMA_Slabs_0.keg.domain.0.free_items", "kern.openfiles",
	-- The page daemon's and the processor's work of that moment.
	"vm.stats.vm.v_tfree", "vm.stats.vm.v_vm_faults", "vm.stats.sys.v_soft", "vm.stats.sys.v_intr",
	"vm.stats.sys.v_syscall", "vm.stats.sys.v_trap", "vm.stats.sys.v_swtch",
}

-- What was not asked for, or can't be read without an argument.
local NOT_ASKED = { "^kern%.msgbuf", "^security%.mac%.", "^hw%.intr", "^kern%.geom%.conf", "getcred$",
	"^debug%.f?try_reclaim_vnode$", "^debug%.ddb%.", "^kern%.proc%.all$", "^kern%.file$",
	"^kern%.ipc%.shmsegs$", "^kern%.malloc_stats$", "^kern%.function_list$", "^kern%.devname$",
	"^vm%.zone_stats$", "^vfs%.ffs%.adjrefcnt$", "^vfs%.ctl$", "^net%.inet%.tcp%.pcblist$", "^sysctl%.name2oid$" }

local ESCAPES = { n = "\n", t = "\t", r = "\r", ["\\"] = "\\", ["'"] = "'" }

-- A value as it was recorded: a string in quotes, a number, or bytes.
local function told_value(text)
	local quoted = text:match "^'(.*)'$"
	if quoted then
		return (quoted:gsub("\\(.)", ESCAPES):gsub("%z.*", ""))
	end
	return text
end

-- Our value in the same words.
local function our_value(value, kind)
	if type(value) == "table" then
		return "hex:" .. ("<" .. ("I8"):rep(#value)):pack(table.unpack(value)):gsub(".", function(c)
			return ("%02x"):format(c:byte())
		end)
	elseif math.type(value) then
		return (kind == "u64" or kind == "ulong") and scalar.unsigned(value) or tostring(value)
	elseif kind == "opaque" then
		return "hex:" .. value:gsub(".", function(c) return ("%02x"):format(c:byte()) end)
	end
	return value
end

describe("sysctl on freebsd13-amd64", function()
	local dump = real.freebsd13()
	if dump == nil then
		return pending "freebsd13-amd64 is not here"
	end
	local told, names = {}, 0

	setup(function()
		for line in real.truth(dump, "truth/sysctl-all.tsv"):gmatch "[^\n]+" do
			local name, kind, fmt, _, value = line:match "^(%S+)\t(.-)\t(.-)\t(.-)\t(.*)"
			told[name] = { kind = kind, fmt = fmt, value = told_value(value) }
			names = names + 1
		end
	end)

	it("has every name, kind and format, and every value that lies in memory", function()
		local k <close> = assert(vmcore.open { core = dump.core, kernel = dump.kernel })
		local view, moved, compared, different = sysctl.new(k), {}, 0, {}
		for _, name in ipairs(MOVED) do
			moved[name] = true
		end
		local f, found = view.fields, 0
		for o in view:each(error) do
			local before = told[o.name]
			if before then
				found = found + 1
				assert.same({ before.kind, before.fmt }, { f.type(o), f.fmt(o) }, o.name)
				local value = f.value(o)
				local text = value ~= nil and our_value(value, f.type(o))
				compared = compared + (text and 1 or 0)
				if text and text ~= before.value and not moved[o.name] then
					different[#different + 1] = ("%s: %s, not %s"):format(o.name, text, before.value)
				end
			else
				local excused = false
				for _, pattern in ipairs(NOT_ASKED) do
					excused = excused or o.name:find(pattern) ~= nil
				end
				assert.is_true(excused, o.name)
			end
		end
		assert.same({}, different)
		assert.equal(names, found)
		assert.is_true(compared > 4550)
	end)

	it("prints names and values", function()
		local rows, err, status = real.rows(dump, "sysctl", "kern.ostype", "vm.max_kernel_address",
		    "kern.hostname", "net.inet.ip.ttl")
		assert.equal("", err)
		assert.equal(0, status)
		for _, row in ipairs(rows) do
			assert.equal(told[row.name].value, tostring(row.value))
		end
		assert.equal(4, #rows)
	end)

	it("counts in each network stack the connections that netstat lists", function()
		local STATES = { "CLOSED", "LISTEN", "SYN_SENT", "SYN_RCVD", "ESTABLISHED", "CLOSE_WAIT",
			"FIN_WAIT_1", "CLOSING", "LAST_ACK", "FIN_WAIT_2", "TIME_WAIT" }
		for jid, jail in pairs { [0] = "0", [2] = "vnetjail" } do
			local listed, counted = {}, {}
			for _, row in ipairs((real.rows(dump, "netstat", "-an", "-j", tostring(jid)))) do
				if (row.proto or ""):find "^tcp" then
					listed[row.state] = (listed[row.state] or 0) + 1
				end
			end
			local row = real.rows(dump, "sysctl", "-j", jail, "net.inet.tcp.states")[1]
			local i = 0
			for n in row.value:gmatch "%d+" do
				i = i + 1
				counted[STATES[i]] = n ~= "0" and tonumber(n) or nil
			end
			assert.same(counted, listed)
		end
	end)
end)
