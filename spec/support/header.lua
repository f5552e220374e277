--- What core/kvm.h declares, read as text.
local squeeze = require "spec.support.manpages".squeeze

local header = {}

local function read(path)
	local f = assert(io.open(path, "rb"))
	local text = f:read "a"
	f:close()
	return text
end

--- C text without comments and preprocessor lines.
function header.strip(text)
	text = text:gsub("/%*.-%*/", " "):gsub("\\\n", " ")
	return (("\n" .. text):gsub("\n%s*#[^\n]*", "\n"))
end

--- The functions that kvm.h declares: name -> prototype, in one spelling.
function header.prototypes()
	local text = header.strip(read "core/kvm.h"):gsub("typedef[^;{]*;", "")
	local found = {}
	for statement in text:gmatch "([^;{}]+);" do
		local name = statement:match "([%w_]+)%s*%("
		if name and name:find "^kvm_" then
			found[name] = squeeze(statement)
		end
	end
	return found
end

--- The constants and structure fields that kvm.h declares.
function header.names()
	local found = {}
	for name in read "core/kvm.h":gsub("/%*.-%*/", " "):gmatch "[%a_][%w_]*" do
		if name:find "^KVM_[A-Z]" or name:find "^k[adpsme]n?_" then
			found[name] = true
		end
	end
	return found
end

--- The names of the functions.
-- @treturn {[string]=true}
function header.functions()
	local names = {}
	for name in pairs(header.prototypes()) do
		names[name] = true
	end
	return names
end

return header
