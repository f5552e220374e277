--- FreeBSD kernel crash dumps, from any host.
--
--	local vmcore = require "vmcore"
--	local k <close> = assert(vmcore.open{ core = "vmcore.0.zst", kernel = "kernel" })
--	print(k.var.allproc, k:eval "allproc.lh_first->p_comm")
--
-- Objects are those of `kvm`: after a dot the kernel owns the names, so what
-- this library does to an object is a function here.
-- @module vmcore

local kvm = require "kvm"
local identity = require "vmcore.kern.identity"
local names = require "vmcore.names"

local vmcore = {}

--- Version of the library.
vmcore.version = kvm.version

-- A type, or the name of one in a kernel: that of `kd`, or of `object`.
local function as_type(t, kd, object)
	if type(t) ~= "string" then
		return t
	end
	local found, message = names.parse_type(kd or kvm.typeof(object).descriptor, t)
	if found == nil then
		error(message, 3)
	end
	return found
end

local methods = {}

--- Read kernel memory.
-- @tparam integer address
-- @tparam integer n bytes
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] string code
-- @treturn[2] string what could be read before the fault
function methods:read(address, n)
	return self.kd:read(address, n)
end

--- Read a string that ends with NUL.
-- @tparam integer address
-- @tparam[opt=4096] integer max bytes
function methods:read_string(address, max)
	return self.kd:read_string(address, max)
end

--- A symbol by name: { name, value, size, type, bind, ... }. What the kernel
-- does not have is looked for in its modules, and then `module` says in which;
-- "if_demo.ko:demo_softc" is that module's.
-- @tparam string name
-- @treturn[1] table
-- @treturn[2] nil, a message and its code
function methods:symbol(name)
	local symbol, message, code = names.symbol(self, name)
	if symbol then
		return symbol
	end
	return nil, message, code
end

--- The symbol that an address belongs to, and the offset into it.
-- @tparam integer address
-- @treturn ?table
-- @treturn ?integer
-- @treturn ?string the module that it is in; nil for the kernel
function methods:symbol_at(address)
	return require "vmcore.kern.kld".new(self):symbol_at(address)
end

--- Whether the kernel has a symbol.
-- @tparam string name
-- @treturn boolean
function methods:has_symbol(name)
	return self.kd:lookup(name) ~= nil
end

--- A type by its C name (C11 6.7.7): "struct proc *", "uint8_t[16]".
-- @tparam string name
-- @tparam ?string module of this module, whose file must be there; "*": of
--   whichever has it, when the kernel has not; by default the kernel's
-- @treturn[1] kvm.type
-- @treturn[2] nil, a message, its code
function methods:type(name, module)
	if module then
		return names.module_type(self, name, module)
	end
	return names.parse_type(self.kd, name)
end

--- The variables of a network stack, by name: k:vnet(3).ifnet, k:vnet "www".
-- @param which a jail's id or name, a pointer to struct vnet or its address; by
--   default the system's own; it must be there
-- @treturn table
function methods:vnet(which)
	return names.of_vnet(self, which)
end

--- The dynamic variables of a CPU, by name: k:dpcpu(1).nws.
-- @tparam ?integer cpu by default the one that crashed; it must be there
-- @treturn table
function methods:dpcpu(cpu)
	return names.of_cpu(self, cpu)
end

--- The struct pcpu of a CPU.
-- @tparam ?integer cpu as in dpcpu()
-- @treturn object
function methods:pcpu(cpu)
	return require "vmcore.kern.pcpu".of(self, cpu)
end

--- Whether the kernel has a type.
-- @tparam string name
-- @treturn boolean
function methods:has_type(name)
	return names.parse_type(self.kd, name) ~= nil
end

--- Where types come from: "ctf", "dwarf", "defined", "none".
function methods:type_source()
	return self.kd:type_source()
end

--- The file and line of source of an address in the kernel's text; of a return
-- address, ask for the byte before. See kvm(3lua).
-- @tparam integer address
function methods:source_line(address)
	return self.kd:source_line(address)
end

--- What stands at an address, as reading a member of that type would give it.
-- @tparam string|kvm.type name
-- @tparam integer address
-- @raise a fault; an error when there is no such type
function methods:object(name, address)
	return kvm.object(as_type(name, self.kd), address)
end

--- A pointer value of a pointer type; nil for 0.
-- @tparam string|kvm.type name of the pointer type: "struct proc *"
-- @tparam integer address what it holds
function methods:pointer(name, address)
	return kvm.pointer(as_type(name, self.kd), address)
end

--- A cast, of an object or an integer.
-- @tparam string|kvm.type name
-- @param value object or integer
function methods:cast(name, value)
	return kvm.cast(as_type(name, self.kd), value)
end

--- Evaluate a C expression (C11 6.5 without assignment).
-- @tparam string text
-- @tparam ?table options whose variables VNET() and DPCPU() mean: see vmcore.eval
-- @return[1] the value, as reading a member gives it
-- @treturn[2] nil, a message that shows the place, its code
-- @raise a fault, when memory that the expression needs can't be read
function methods:eval(text, options)
	return require "vmcore.eval".eval(self, text, options)
end

--- Search all dumped memory: see vmcore.search.
-- @tparam table what
-- @treturn function iterator of hits
-- @treturn table walk
function methods:search(what)
	return require "vmcore.search".search(self, what)
end

--- Who points to an object or address: see vmcore.search.
function methods:refs(target, size, options)
	return require "vmcore.search".refs(self, target, size, options)
end

--- All strings in memory: see vmcore.search.
function methods:strings(options)
	return require "vmcore.search".strings(self, options)
end

--- What an address is: see vmcore.kern.whatis.
-- @tparam integer|object address
-- @treturn {table...} answers: kind, text, and more by kind
-- @treturn {string...} what went wrong on the way
function methods:whatis(address)
	self.asker = self.asker or require "vmcore.kern.whatis".new(self)
	return self.asker:ask(math.type(address) and address or kvm.toaddress(address))
end

--- What the dump says of itself: see kvm(3lua), dump.
-- @treturn table
function methods:dump()
	return self.kd:dump()
end

--- What makes answers doubtful: a kernel file that is not the dump's, a dump
-- that is cut off.
-- @treturn {string...}
function methods:warnings()
	return self.doubts
end

--- What has become known since: where a compressed dump that was read further
-- turned out to end; that a debug file is not the kernel's.
-- @treturn {string...}
function methods:new_warnings()
	local known, new = {}, {}
	for _, doubt in ipairs(self.doubts) do
		known[doubt] = true
	end
	for _, doubt in ipairs(identity.damage(self.kd)) do
		if not known[doubt] then
			new[#new + 1] = doubt
			self.doubts[#self.doubts + 1] = doubt
		end
	end
	return new
end

--- Close; objects read before can't be used any more.
function methods:close()
	return self.kd:close()
end

local handle_meta = {
	__index = methods,
	__name = "vmcore",
	__close = methods.close,
}

local function open_descriptor(options)
	local how = { keyfile = options.keyfile, cachedir = options.cachedir,
		progress = options.progress, any_version = options.any_version, debug = options.debug }
	if options.kernel or options.resolver or options.no_kernel or options.core == nil then
		how.core, how.kernel, how.resolver = options.core, options.kernel, options.resolver
		-- No core is the running kernel, whose file kvm_open(3) knows.
		how.no_kernel = options.core and options.kernel == nil or options.no_kernel
		local kd, message, code = kvm.openx(how)
		return kd, message or options.kernel, code
	end
	return require "vmcore.findkernel".open(options.core, how)
end

--- Open a dump.
-- @tparam table options `core`: the dump, plain or compressed; `kernel`: the
--   kernel file, found as crashinfo(8) finds it when absent; `resolver`: a
--   function from names to addresses, instead of the kernel's symbols;
--   `no_kernel`: do without one; `klddir`: a folder, or several, where files of
--   modules are looked for before the kernel's own folder;
--   `debug`, `keyfile`, `cachedir`, `progress`, `any_version`: see kvm(3lua), openx
-- @treturn[1] vmcore handle, to be closed; fields `kd` (the descriptor of
--   kvm), `var` (the kernel's variables by name), `core`, `kernel`
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] string code; "nokernel" when none was found
function vmcore.open(options)
	if type(options) ~= "table" then
		error("vmcore.open takes a table of options", 2)
	end
	local kd, kernel, code = open_descriptor(options)
	if kd == nil then
		return nil, kernel, code
	end
	local k = setmetatable({
		kd = kd,
		core = options.core,
		kernel = kernel,
		klddir = options.klddir,
		doubts = identity.doubts(kd),
	}, handle_meta)
	k.var = names.variables(k)
	return k
end

--- The type of an object.
vmcore.typeof = kvm.typeof

--- Size of an object or type in bytes.
vmcore.sizeof = kvm.sizeof

--- Where a member is in a type: bytes; of a bit-field also bit and width.
vmcore.offsetof = kvm.offsetof

--- The address of an object, or of a member, as an object: C's &.
vmcore.addressof = kvm.addressof

--- The address that an object stands at, or a pointer holds, as an integer.
vmcore.toaddress = kvm.toaddress

--- The string that a char pointer or array holds.
vmcore.string = kvm.string

--- Whether a type, or an object's type, has a member; a path may be asked.
vmcore.has_member = kvm.has_member

--- C's cast.
-- @tparam string|kvm.type t
-- @param object
function vmcore.cast(t, object)
	return kvm.cast(as_type(t, nil, object), object)
end

--- Whether an object is of a type.
-- @tparam string|kvm.type t
-- @param object
-- @treturn boolean
function vmcore.istype(t, object)
	return kvm.istype(as_type(t, nil, object), object)
end

--- The struct that a member is in.
-- @param object the member, or a pointer to it
-- @tparam string|kvm.type t of the struct
-- @tparam string member
-- @return pointer to the struct
function vmcore.container_of(object, t, member)
	return kvm.container_of(object, as_type(t, nil, object), member)
end

--- What an address is: k:whatis().
function vmcore.whatis(k, address)
	return k:whatis(address)
end

--- The text of a value: nested structs, enums by name, pointers with symbols.
-- @param value
-- @tparam ?table options see vmcore.format(3lua)
-- @treturn string
function vmcore.format(value, options)
	return require "vmcore.format".format(value, options)
end

return vmcore
