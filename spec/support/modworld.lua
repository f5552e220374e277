--- A forged system whose modules have files, variables of network stacks and
-- of CPUs:
--
--	local w = modworld.new{ layout = 13 }
--	local sys = lab.system("name", w.options)
--	w:write(sys.dir)		-- the modules' files
--	w.stacks[2].vnet, w:vnet_at(2, "vnet_entry_hits")
--
-- if_demo.ko is relocatable, dyn.ko a shared object; both have the same names.
-- Two network stacks, the host's and that of jail 1; two CPUs, 0 and 3.
local modfile = require "spec.support.modfile"
local modules = require "spec.support.modules"
local types = require "spec.support.types"

local modworld = {}
local world = {}
world.__index = world

local OBJ <const>, DYN <const> = 0xffffffff82000000, 0xffffffff82400000
local SET <const> = 0x800		-- bytes of each kernel set, its reserve included
local CPUS <const> = { 0, 3 }

-- The kernel's own; struct vnet as in all releases, but for its last member.
local KERNEL_TYPES = [[
struct vnet { struct { struct vnet *le_next; struct vnet **le_prev; } vnet_le;
	unsigned int vnet_magic_n; unsigned int vnet_ifcnt; unsigned int vnet_sockcnt;
	unsigned int vnet_state; void *vnet_data_mem; unsigned long vnet_data_base; };
struct vnet_list_head { struct vnet *lh_first; };
struct own { int number; };
]]
local MODULE_TYPES = [[
typedef unsigned long size_t;
struct own { int number; };
struct demo_softc { int unit; struct demo_softc *next; char name[8]; struct own own; };
struct demo_counts { int n; long sum; };
int demo_attach(struct demo_softc *sc);
]]

local SECTIONS = {
	{ name = ".text", flags = "AX", size = 0x400, align = 16 },
	{ name = ".rodata.str", flags = "A", size = 0x20, align = 1 },
	{ name = ".data", flags = "WA", size = 0x100, align = 64 },
	{ name = "set_demo_set", flags = "WA", size = 16, align = 8 },
	{ name = "set_pcpu", flags = "WA", size = 64, align = 64 },
	{ name = "set_vnet", flags = "WA", size = 48, align = 16 },
	{ name = ".bss", flags = "WA", size = 0x40, align = 32 },
	{ name = ".comment", flags = "", size = 16 },
}

local function symbols(prefix, functions)
	return {
		{ name = prefix .. "_attach", section = ".text", offset = 0x100, size = 0x80, type = "func",
			ctype = functions.demo_attach },
		{ name = "helper", section = ".text", offset = 0x180, size = 0x20, type = "func", bind = "local" },
		{ name = prefix .. "_softc", section = ".data", offset = 0x20, size = 40, ctype = "struct demo_softc" },
		{ name = "unit", section = ".bss", offset = 8, size = 4, ctype = "int", bind = "local" },
		{ name = "vnet_entry_" .. prefix .. "_hits", section = "set_vnet", offset = 16, size = 4,
			ctype = "int", bind = "local" },
		{ name = "pcpu_entry_" .. prefix .. "_counts", section = "set_pcpu", offset = 8, size = 16,
			ctype = "struct demo_counts" },
		{ name = "panic", section = "UND", type = "notype" },
	}
end

local function file(kind, prefix, ctf)
	local set = types.parse(MODULE_TYPES)
	return modfile.new { kind = kind, sections = SECTIONS, types = set, ctf = ctf,
		symbols = symbols(prefix, set.functions) }
end

-- A set of the kernel: one variable of its own, then the reserve for modules.
local function kernel_set(sys, set, ctype)
	local start = sys:reserve(".data", 0, 64)
	sys:var(set .. "_entry_own", ctype, nil, { section = ".data" })
	sys.next[".data"] = start + SET
	sys:symbol { name = set .. "_entry_modspace", addr = start + 64, size = SET - 64, section = ".data",
		type = "object", bind = "local" }
	sys:symbol { name = "__start_set_" .. set, addr = start, type = "notype", section = ".data" }
	sys:symbol { name = "__stop_set_" .. set, addr = start + SET, type = "notype", section = ".data" }
	return start
end

local function stacks(w, sys)
	local start = kernel_set(sys, "vnet", "struct own")
	local head = sys:var("vnet_head", "struct vnet_list_head", {})
	for i = 2, 1, -1 do
		local data = sys.mem:alloc(SET)
		w.stacks[i] = { base = data - start, data = data, vnet = sys:make("struct vnet", {
			vnet_magic_n = 0x5e4a6f28, vnet_data_mem = data, vnet_data_base = data - start }) }
		sys:list_insert(head, w.stacks[i].vnet, "struct vnet", "vnet_le")
	end
	sys:var("vnet0", "struct vnet *", w.stacks[1].vnet)
	local jail = sys.mem:get(sys.by_name.allprison.addr, 8)
	while jail ~= 0 do
		local jid = sys.mem:get(jail + sys.types:offsetof("struct prison", "pr_id"), 4)
		sys:fill(jail, "struct prison", { pr_vnet = w.stacks[jid + 1].vnet })
		jail = sys.mem:get(jail + sys.types:offsetof("struct prison", "pr_list"), 8)
	end
	return start
end

-- CPU 1 moves to where CPU 3 would be: ids are sparse.
local function cpus(w, sys)
	local start, pcpus, offsets = kernel_set(sys, "pcpu", "struct own"),
	    sys.by_name.cpuid_to_pcpu.addr, sys.by_name.dpcpu_off.addr
	local second = sys.mem:get(pcpus + 8, 8)
	sys.mem:u64(pcpus + 8, 0)
	sys.mem:u64(pcpus + 24, second)
	sys.mem:set(second, "struct pcpu", "pc_cpuid", 3)
	for i = 0, 3 do
		sys.mem:u64(offsets + i * 8, 0)
	end
	for _, cpu in ipairs(CPUS) do
		local area = sys.mem:alloc(SET)
		w.cpus[cpu] = { base = area - start, pcpu = sys.mem:get(pcpus + cpu * 8, 8) }
		sys.mem:u64(offsets + cpu * 8, area - start)
	end
	sys.mem:u32(sys.by_name.mp_maxid.addr, 3)
	return start
end

-- What the variables hold: 100 * stack + 10 * module, 1000 * CPU + 10 * module.
local function values(w, sys)
	for m, f in ipairs(w.files) do
		local prefix = m == 1 and "demo" or "dyn"
		local softc = f:address_of(prefix .. "_softc")
		sys.mem:u32(softc, m)
		sys.mem:write(softc + 16, prefix .. "0\0")
		sys.mem:u32(f:address_of "unit", 40 + m)
		sys.mem:u64(f.by_name.set_demo_set.at, softc)
		for i, stack in ipairs(w.stacks) do
			sys.mem:u32(f:address_of("vnet_entry_" .. prefix .. "_hits") + stack.base, 100 * i + 10 * m)
		end
		for cpu, c in pairs(w.cpus) do
			sys.mem:u32(f:address_of("pcpu_entry_" .. prefix .. "_counts") + c.base, 1000 * cpu + 10 * m)
		end
	end
	for i, stack in ipairs(w.stacks) do
		sys.mem:u32(stack.base + sys.by_name.vnet_entry_own.addr, i)
	end
	for cpu, c in pairs(w.cpus) do
		sys.mem:u32(c.base + sys.by_name.pcpu_entry_own.addr, cpu + 1)
	end
end

local function prepare(w, o)
	return function(sys)
		types.parse(KERNEL_TYPES, nil, sys.types)
		local vnets, dpcpu = stacks(w, sys), cpus(w, sys)
		for i, address in ipairs { OBJ, DYN } do
			w.at[i], w.progtab[i] = modules.add(sys, { name = i == 1 and "if_demo.ko" or "dyn.ko",
				address = address, file = w.files[i], id = i + 1, class = o.class, sets = {
					set_vnet = vnets + 64 * i, set_pcpu = dpcpu + 64 * i } })
		end
		values(w, sys)
		if o.prepare then
			o.prepare(sys, w)
		end
		modules.finish(sys)
	end
end

--- A system to be made.
-- @tparam ?table o layout (13); class (false: the modules' classes can't be
--   read); prepare (function(sys, world), called before the end)
-- @treturn table options (of lab.system), files (1: if_demo.ko, 2: dyn.ko), at
--   (their struct linker_file), progtab, stacks ({ vnet, base }), cpus (by id:
--   { pcpu, base })
function modworld.new(o)
	o = o or {}
	local w = setmetatable({ stacks = {}, cpus = {}, at = {}, progtab = {} }, world)
	local ctf = o.layout == 12 and 2 or 3
	w.files = { file("elf_obj", "demo", ctf), file("elf", "dyn", ctf) }
	w.options = { layout = o.layout or 13, prepare = prepare(w, o) }
	return w
end

--- Write the modules' files into a folder.
function world:write(dir)
	self.files[1]:write(dir .. "/if_demo.ko")
	self.files[2]:write(dir .. "/dyn.ko")
end

return modworld
