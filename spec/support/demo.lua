--- Writes a kernel, its crash dump and info.0: lua5.4 demo.lua OUTDIR [release]
--
-- A believable small FreeBSD 13 system (or 12, 15) to try vmcore on: processes
-- (system.lua), locks and a deadlock, run queues, files and maps, devices, a
-- network. Needs nothing but Lua and what `make deps` brings.
local here = arg[0]:match "^(.*)/[^/]*$" or "."
package.path = here .. "/../../?.lua;" .. package.path

local kenvimage = require "spec.support.kenvimage"
local locks = require "spec.support.locks"
local runqs = require "spec.support.runqs"
local system = require "spec.support.system"
local vmaps = require "spec.support.vmaps"

if not arg[1] then
	io.stderr:write("usage: demo.lua OUTDIR [12|13|15]\n")
	os.exit(2)
end

local layout = tonumber(arg[2] or 13)

-- In this order: where two define the same, the later one is more complete.
local PARTS = { locks.prepare, runqs.prepare, vmaps.prepare(layout),
	require "spec.support.net".prepare(layout), require "spec.support.devices".prepare(layout),
	kenvimage.prepare() }

-- What the others do not have sleep or wait for locks.
local RUNNABLE = { { 0, "realtime", 84, 6 }, { 1, "realtime", 84, 8 }, { 1, "realtime", 84, 7 } }

local demo = system.new { layout = layout, prepare = function(sys)
	for _, prepare in ipairs(PARTS) do
		prepare(sys)
	end
	locks.room(sys, 1 << 18)
end }
locks.place(demo)
runqs.place(demo, RUNNABLE)
vmaps.place(demo)
demo:write(arg[1])
