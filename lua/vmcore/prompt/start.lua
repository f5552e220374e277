--- Starting the prompt: at a terminal, or with lines from elsewhere.
-- @module vmcore.prompt.start

local prompt = require "vmcore.prompt"

local start = {}

-- Both ends have to be a terminal; where the module is missing, none is.
local function terminal_here()
	local found, terminal = pcall(require, "kvm.terminal")
	if found and terminal.isatty(0) and terminal.isatty(1) then
		return terminal
	end
	return nil, found and terminal.isatty(1)
end

--- Run the prompt until its input ends.
-- @tparam table k
-- @tparam string folder of the driver
-- @tparam function complain
-- @tparam file out standard output
-- @treturn string the exit status: "complete"; "partial" when a line from elsewhere
--   than a terminal failed
function start.run(k, folder, complain, out)
	local terminal, shown = terminal_here()
	local session = prompt.new {
		k = k, folder = folder, out = out, complain = complain,
		terminal = terminal ~= nil or shown,
	}
	if terminal == nil then
		return prompt.batch(session, io.input()) and "complete" or "partial"
	end
	require "vmcore.prompt.screen".run(session, terminal)
	return "complete"
end

return start
