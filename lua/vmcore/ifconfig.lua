--- An interface as ifconfig(8) prints it.
-- @module vmcore.ifconfig

local ifnet = require "vmcore.kern.ifnet"

local ifconfig = {}

local IFF_POINTOPOINT = 0x10	-- net/if.h
local STATUS = { up = "active", down = "no carrier" }

--- A reader of fields: what can't be read is reported, and said in its place.
-- @tparam table fields functions of a subject, which has `ifp`
-- @tparam function report
-- @treturn function of a field's name and a subject, to the value
function ifconfig.reader(fields, report)
	return function(key, s)
		local ok, value = pcall(fields[key], s)
		if ok then
			return value
		end
		report(("the interface at %#x: %s"):format(s.ifp, tostring(value)))
		return ("<fault 0x%x>"):format(type(value) ~= "string" and value.address or s.ifp)
	end
end

local function mask(prefix)
	return prefix and ("0x%08x"):format(~(0xffffffff >> prefix) & 0xffffffff) or "?"
end

-- An address's line.
local function address_line(get, s, flags)
	local family, peer = get("family", s), get("peer", s)
	if family == nil then
		return nil
	elseif family == "ether" then
		return s.ifa.address ~= "" and "\tether " .. s.ifa.address or nil
	end
	local parts = { "\t" .. family, s.ifa.address or "?" }
	local to = math.type(flags) and flags & IFF_POINTOPOINT ~= 0
	if peer and to then
		parts[#parts + 1] = "--> " .. peer
	end
	parts[#parts + 1] = family == "inet" and "netmask " .. mask(s.ifa.prefix)
	    or ("prefixlen %s"):format(s.ifa.prefix or "?")
	if peer and not to and family == "inet" then
		parts[#parts + 1] = "broadcast " .. peer
	end
	return table.concat(parts, " ")
end

local function hex(value)
	return math.type(value) and ("%x"):format(value) or tostring(value)
end

--- The lines of an interface.
-- @tparam function get of reader()
-- @tparam {table...} list subjects, one for each address: ifp, ifa (a record of
--   vmcore.kern.ifnet), stack, groups
-- @tparam function emit called with each line
function ifconfig.lines(get, list, emit)
	local s = list[1]
	local flags, options = get("flags", s), get("options", s)
	emit(("%s: flags=%s<%s> metric %s mtu %s"):format(get("name", s), hex(flags),
	    math.type(flags) and ifnet.flag_names(flags) or "", get("metric", s), get("mtu", s)))
	local description = get("description", s)
	if description then
		emit("\tdescription: " .. description)
	end
	if options ~= 0 and options ~= nil then
		emit(("\toptions=%s<%s>"):format(hex(options), math.type(options) and ifnet.option_names(options) or ""))
	end
	for _, one in ipairs(list) do
		local line = address_line(get, one, flags)
		if line then
			emit(line)
		end
	end
	-- All interfaces are in the group "all".
	local groups = {}
	for _, name in ipairs(s.groups) do
		groups[#groups + 1] = name ~= "all" and name or nil
	end
	if #groups > 0 then
		emit("\tgroups: " .. table.concat(groups, " "))
	end
	local link = get("link", s)
	emit("\tstatus: " .. (STATUS[link] or link))
	emit(("\tindex %s fib %s jail %s ifnet 0x%x"):format(get("index", s), get("fib", s),
	    s.stack.jid or "?", s.ifp))
end

return ifconfig
