--- A dump whose kernel file is lost: the dump's own symbol table, which loader(8)
-- put there for ddb(4), stands in for it.
-- @module vmcore.lostkernel

local kld = require "vmcore.kern.kld"
local vmcore = require "vmcore"

local lostkernel = {}

local DOUBT = "no kernel file was found: symbols are those that the dump holds, types are not known"

--- Open a dump with the symbols that it holds.
-- @tparam table options of vmcore.open
-- @treturn ?table handle, with `lost_kernel` set; nil when the dump can't be opened, or has no symbols
function lostkernel.open(options)
	local without = { no_kernel = true }
	for key, value in pairs(options) do
		without[key] = value
	end
	local bare = vmcore.open(without)
	local holder = bare and kld.new(bare)
	if holder == nil or #holder:kernel_symbols() == 0 then
		return nil
	end
	function without.resolver(name)
		local symbol = holder:find(name)
		return symbol and symbol.value
	end
	local k = vmcore.open(without)
	if k then
		k.lost_kernel = true
		kld.new(k):take_kernel_symbols(holder)
		table.insert(k:warnings(), 1, DOUBT)
	end
	return k
end

return lostkernel
