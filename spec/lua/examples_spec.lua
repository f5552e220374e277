--- The examples of the library's manual pages run, as they stand there.
local devices = require "spec.support.devices"
local lab = require "spec.support.lab"
local memstats = require "spec.support.memstats"
local runqs = require "spec.support.runqs"
local modworld = require "spec.support.modworld"
local net = require "spec.support.net"
local source = require "spec.support.source"
local vmaps = require "spec.support.vmaps"

-- The literal blocks of a page's EXAMPLES that are Lua.
local function examples(path)
	local found = {}
	local section = source.read(path):match "\n%.Sh EXAMPLES\n(.-)\n%.Sh " or ""
	for text in section:gmatch "%.Bd %-literal[^\n]*\n(.-)\n%.Ed" do
		if text:find("require \"vmcore\"", 1, true) then
			found[#found + 1] = (text:gsub("\\e", "\\"):gsub("\\&", ""))
		end
	end
	return found
end

describe("the example", function()
	local sys, queued, modular, network, mapped, memory

	setup(function()
		sys = lab.system("devices 13", { layout = 13, prepare = devices.prepare(13) })
		queued = lab.system("runq 13", { layout = 13, prepare = runqs.prepare, change = runqs.place })
		local w = modworld.new()
		modular = lab.system("modules 13", w.options)
		w:write(modular.dir)
		network = net.system(13)
		memory = lab.system("memory 13", { layout = 13, prepare = memstats.prepare(13) })
		mapped = lab.system("maps 13", { layout = 13, prepare = vmaps.prepare(13), change = vmaps.place })
	end)

	-- What it prints; files are those of the forged system.
	local function run(text, path)
		local printed, of = {}, path:find "vmcore_lock" and queued or path:find "vmcore_kld" and modular
		    or (path:find "vmcore_net" or path:find "vmcore_mbuf") and network
		    or path:find "vmcore_uma" and memory or path:find "vmcore_proc" and mapped
		    or (path:find "vmcore_files" or path:find "vmcore_vm%.") and mapped or sys
		local chunk = assert(load(text:gsub('core = "[^"]*"', ("core = %q"):format(of.core))
		    :gsub('kernel = "[^"]*"', ("kernel = %q"):format(of.kernel)), "@" .. path, "t",
		    setmetatable({ print = function(...) printed[#printed + 1] = table.pack(...) end },
		    { __index = _G })))
		chunk()
		return printed
	end

	for _, path in ipairs(source.files("lua", "*.3lua")) do
		for _, text in ipairs(examples(path)) do
			it("of " .. path:match "[^/]+$" .. " runs", function()
				assert.is_true(#run(text, path) > 0)
			end)
		end
	end
end)
