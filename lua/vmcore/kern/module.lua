--- Modules: what a file that the kernel's linker loaded consists of; sys/module.h,
-- kern/kern_module.c.
-- @module vmcore.kern.module

local member = require "vmcore.kern.member"
local queue = require "vmcore.queue"

local module = {}

local NAME_MAX <const> = 256

local methods = {}
local view_meta = { __index = methods }

--- The modules of a file.
-- @tparam integer file address of the struct linker_file: `at` of what
--   vmcore.kern.kld has of it
-- @tparam ?function on_stop as queue.foreach()
-- @treturn function iterator of addresses, which the fields take
function methods:each(file, on_stop)
	return (self.list(file + self.offset, on_stop))
end

--- What can be known of a kernel's modules.
-- @tparam table k
-- @treturn ?table each(); `fields`, functions of a module's address: addr id
--   name refs handler (address of the function that loads and unloads it) arg.
--   nil when the kernel file does not tell
function module.new(k)
	local F, M = k:type "struct linker_file", k:type "struct module"
	local list = F and F:member "modules"
	if not (list and M and M:member "flink") then
		return nil
	end
	return setmetatable({
		offset = list.offset,
		list = queue.prepare(list.type, "flink", { element = M, addresses = true }),
		fields = {
			addr = function(m) return m end, id = member.getter(M, "id"),
			name = member.text(M, "name", NAME_MAX), refs = member.getter(M, "refs"),
			handler = member.pointer(M, "handler"), arg = member.pointer(M, "arg"),
		},
	}, view_meta)
end

return module
