--- A loaded file and the modules that it consists of, told in sys.modules.
local modules = require "spec.support.modules"
local types = require "spec.support.types"

local kldworld = {}

-- As sys/kern/kern_module.c has had it since 11.
local TYPES = [[
struct module { struct { struct module *tqe_next; struct module **tqe_prev; } link;
	struct { struct module *tqe_next; struct module **tqe_prev; } flink;
	struct linker_file *file; int refs; int id; char *name;
	int (*handler)(struct module *, int, void *); void *arg; long data; };
]]

--- What system.new takes as `prepare`.
function kldworld.prepare(sys)
	types.parse(TYPES, nil, sys.types)
	local file = modules.add(sys, { name = "if_demo.ko", kind = "elf_obj",
		address = 0xffffffff82000000, size = 0x3210 })
	local head = file + sys.types:offsetof("struct linker_file", "modules")
	sys.mem:u64(head + 8, head)
	sys.modules = {}
	for i, m in ipairs { { 7, "if_demo", "demo_modevent" }, { 8, "pci/demo\27[2J", "driver_module_handler" } } do
		sys.modules[i] = sys:make("struct module", { file = file, refs = 1, id = m[1],
			name = sys.mem:string(nil, m[2]), handler = sys:fn(m[3]).addr })
		sys:tailq_insert(head, sys.modules[i], "struct module", "flink")
	end
	modules.finish(sys)
end

return kldworld
