--- Parts that vmcore can be built without: libdw, libcrypto.
local kvm = require "kvm"

local part = {}

--- Whether the build under test has a part.
function part.has(library)
	return not kvm.built_with():find("no " .. library, 1, true)
end

--- busted's describe(), or one whose contents are pending without the part.
-- @tparam string library
-- @tparam function describe
-- @tparam function pending
function part.describer(library, describe, pending)
	if part.has(library) then
		return describe
	end
	return function(name)
		describe(name, function()
			pending("built without " .. library)
		end)
	end
end

return part
