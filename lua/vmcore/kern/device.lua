--- The tree of devices: kern/subr_bus.c, sys/bus.h; where on PCI one is,
-- dev/pci/pcivar.h.
-- @module vmcore.kern.device

local bits = require "vmcore.bits"
local member = require "vmcore.kern.member"
local queue = require "vmcore.queue"

local device = {}

local DEPTH_MAX <const> = 64
local NAME_MAX <const>, TEXT_MAX <const> = 256, 1024

-- device_state_t, sys/bus.h; until 14 a device in use was DS_BUSY.
local STATES = { [10] = "notpresent", [20] = "alive", [25] = "attaching", [30] = "attached",
	[40] = "busy" }
device.ATTACHED = 30

-- flags, sys/bus.h: DF_*
local FLAGS = bits.flags {
	ENABLED = 0x01, FIXEDCLASS = 0x02, WILDCARD = 0x04, DESCMALLOCED = 0x08, QUIET = 0x10,
	DONENOMATCH = 0x20, EXTERNALSOFTC = 0x40, SUSPENDED = 0x100, QUIET_CHILDREN = 0x200,
	ATTACHED_ONCE = 0x400, NEEDNOMATCH = 0x800,
}

local methods = {}
local view_meta = { __index = methods }

-- The devices below one, on a stack of lists.
local function enter(view, levels, parent, report)
	local each = view.list(parent + view.children, function(status)
		report(("children of the device at %#x: %s"):format(parent, status.message))
	end)
	levels[#levels + 1] = each
end

--- All devices, parents before their children.
-- @tparam function report called with messages
-- @treturn function iterator of address (the fields take it) and depth, 0 for
--   the root
-- @raise a fault, when even the root can't be read
function methods:each(report)
	local levels, seen = {}, {}
	local root = self.k.kd:read_ptr(self.root)
	if root == nil then
		error(member.damage(self.root, "root_bus can't be read"))
	end
	return function()
		if root and root ~= 0 then
			local found = root
			root, seen[root] = nil, true
			enter(self, levels, found, report)
			return found, 0
		end
		while #levels > 0 do
			local depth = #levels
			local found = levels[depth]()
			if found and not seen[found] then
				seen[found] = true
				if depth < DEPTH_MAX then
					enter(self, levels, found, report)
				end
				return found, depth
			elseif found then
				report(("the device at %#x is below two"):format(found))
			end
			levels[depth] = nil
		end
	end
end

-- Whether a device is a function on a PCI bus: the bus, of class "pci", gives
-- each of its children a struct pci_devinfo.
local function pci_of(view, f)
	local P = view.k:type "struct pci_devinfo"
	local parent = member.pointer(view.type, "parent")
	local ivars = member.pointer(view.type, "ivars")
	local owner = member.pointer(P, "cfg.dev")
	return owner and function(dev)
		local bus = parent(dev)
		local at = bus and f.class(bus) == "pci" and ivars(dev)
		return at and owner(at) == dev and at or nil
	end, P
end

local function pci_fields(view, f)
	local place, P = pci_of(view, f)
	if place == nil then
		return
	end
	local function numbers(format, ...)
		local list = {}
		for i, name in ipairs { ... } do
			list[i] = member.getter(P, "cfg." .. name)
		end
		return function(dev)
			local at, values = place(dev), {}
			for i, get in ipairs(at and list or {}) do
				values[i] = get(at)
			end
			return at and format:format(table.unpack(values)) or nil
		end
	end
	-- In the words of pci_child_location_method() and
	-- pci_child_pnpinfo_method(), dev/pci/pci.c.
	f.location = numbers("slot=%d function=%d dbsf=pci%d:%d:%d:%d", "slot", "func", "domain", "bus",
	    "slot", "func")
	f.pnpinfo = numbers("vendor=0x%04x device=0x%04x subvendor=0x%04x subdevice=0x%04x "
	    .. "class=0x%02x%02x%02x", "vendor", "device", "subvendor", "subdevice", "baseclass",
	    "subclass", "progif")
end

local function fields_of(view)
	local T, k = view.type, view.k
	local class, driver = member.pointer(T, "devclass"), member.pointer(T, "driver")
	local class_name = member.text(k:type "struct devclass", "name", NAME_MAX)
	local D = k:type "struct kobj_class"
	local driver_name, driver_size = member.text(D, "name", NAME_MAX), member.getter(D, "size")
	local state, flags = member.getter(T, "state"), member.getter(T, "flags")
	local function through(pointer, get)
		return pointer and get and function(dev)
			local at = pointer(dev)
			return at and get(at)
		end or function() return nil end
	end
	local f = {
		addr = function(dev) return dev end,
		name = member.text(T, "nameunit", NAME_MAX), desc = member.text(T, "desc", TEXT_MAX),
		class = through(class, class_name), driver = through(driver, driver_name),
		softc_size = through(driver, driver_size),
		parent = member.pointer(T, "parent"), unit = member.getter(T, "unit"),
		softc = member.pointer(T, "softc"), ivars = member.pointer(T, "ivars"),
		state_number = state, busy = member.getter(T, "busy"),
		state = function(dev) return STATES[state(dev)] or tostring(state(dev)) end,
		flags = function(dev) return bits.names(flags(dev), FLAGS) end,
		devflags = member.getter(T, "devflags"),
	}
	pci_fields(view, f)
	return f
end

--- What can be known of a kernel's devices.
-- @tparam table k
-- @treturn ?table each(); `fields`, functions of a device's address: addr name
--   ("em0"; nil for one that no driver took) desc class driver parent unit
--   state state_number busy flags devflags softc softc_size (bytes) ivars; where the kernel has
--   PCI, location and pnpinfo (nil off PCI). nil when the kernel file does not
--   tell
function device.new(k)
	-- struct device until 12.
	local T, root = k:type "struct _device" or k:type "struct device", k.kd:lookup "root_bus"
	local children = T and T:member "children"
	if not (root and children and T:member "nameunit") then
		return nil
	end
	local view = setmetatable({ k = k, type = T, root = root, children = children.offset,
		list = queue.prepare(children.type, "link", { element = T, addresses = true }) }, view_meta)
	view.fields = fields_of(view)
	return view
end

return device
