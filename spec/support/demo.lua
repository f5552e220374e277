--- Writes a kernel, its crash dump and info.0: lua5.4 demo.lua OUTDIR [release]
--
-- A believable small FreeBSD 13 system (or 12, 15) to try vmcore on; see
-- system.lua. Needs nothing but Lua.
local here = arg[0]:match "^(.*)/[^/]*$" or "."
package.path = here .. "/../../?.lua;" .. package.path
local net = require "spec.support.net"
local system = require "spec.support.system"

if not arg[1] then
	io.stderr:write("usage: demo.lua OUTDIR [12|13|15]\n")
	os.exit(2)
end
local layout = tonumber(arg[2] or 13)
system.new{ layout = layout, prepare = net.prepare(layout) }:write(arg[1])
