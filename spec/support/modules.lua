--- Loaded kernel modules: struct linker_file, struct elf_file, and the symbol
-- tables that the kernel keeps of them. For the `prepare` of system.new():
--
--	modules.add(sys, { name = "if_demo.ko", kind = "elf_obj",
--	    address = 0xffffffff82000000, size = 0x3000, symbols = {
--	    { name = "demo_attach", offset = 0x100, size = 0x80, func = true } } })
--	modules.add(sys, { name = "if_demo.ko", address = 0xffffffff82000000,
--	    file = modfile.new{ ... }, sets = { set_vnet = 0xffffffff80612340 } })
local types = require "spec.support.types"

local modules = {}

-- sys/kern/link_elf.c and link_elf_obj.c: what of them is needed. Both have
-- that name in C.
local TYPES = [[
struct kobj_class { const char *name; };
struct kobj_ops { void *cache[256]; struct kobj_class *cls; };
struct elf_file_elf { struct linker_file lf; int preloaded; char *address; void *dynamic;
	void *ddbsymtab; long ddbsymcnt; char *ddbstrtab; long ddbstrcnt;
	unsigned long pcpu_start; unsigned long pcpu_stop; unsigned long pcpu_base;
	unsigned long vnet_start; unsigned long vnet_stop; unsigned long vnet_base; };
struct elf_file_obj { struct linker_file lf; int preloaded; char *address; void *object;
	void *e_shdr; Elf_progent *progtab; unsigned int nprogtab; void *ddbsymtab; long ddbsymcnt;
	char *ddbstrtab; long ddbstrcnt; };
]]
-- 15 has origaddr.
local PROGENT = "typedef struct progent { void *addr; %s unsigned long size; int flags; int sec; "
    .. "char *name; } Elf_progent;\n"

-- What st_info is made of: elf(5).
local LOCAL, GLOBAL, NOTYPE, OBJECT, FUNC = 0, 1 << 4, 0, 1, 2

local function define(sys)
	local set = sys.types
	if not set:has "struct elf_file_obj" then
		types.parse(PROGENT:format(sys.osreldate >= 1500000 and "void *origaddr;" or "") .. TYPES, nil, set)
	end
	return set
end

-- Elf64_Sym records and their names.
local function tables(m)
	if m.file then
		return m.file:tables()
	end
	local strings, records = "\0", { ("\0"):rep(24) }
	for _, s in ipairs(m.symbols or {}) do
		local info = (s.bind == "local" and LOCAL or GLOBAL) |
		    (s.func and FUNC or s.label and NOTYPE or OBJECT)
		local value = s.offset + (m.kind == "elf_obj" and m.address or 0)
		records[#records + 1] = string.pack("<I4BBI2i8i8", #strings, info, 0,
		    s.undefined and 0 or 1, value, s.size or 0)
		strings = strings .. s.name .. "\0"
	end
	return table.concat(records), strings
end

local function class(sys, m)
	if m.class == false then
		return 0
	end
	local cls = sys:make("struct kobj_class", { name = sys.mem:string(nil,
	    m.class or m.kind == "elf_obj" and "elf64_obj" or "elf64") })
	return sys:make("struct kobj_ops", { cls = cls })
end

-- What the linker notes of sections: link_elf_obj.c all, link_elf.c the sets.
local function note_sections(sys, m, at, spelling)
	local mem, f = sys.mem, m.file
	if f.kind == "elf_obj" then
		local size, loaded = sys.types:sizeof "struct progent", f:loaded()
		local n = #loaded
		local progtab = mem:alloc(n * size)
		for i, s in ipairs(loaded) do
			sys:fill(progtab + (i - 1) * size, "struct progent", { addr = s.at,
				origaddr = s.home, size = s.size or #s.data, sec = s.index,
				name = mem:string(nil, s.name) })
		end
		mem:struct(at, spelling, { progtab = progtab, nprogtab = n })
		return progtab
	end
	for name, prefix in pairs { set_pcpu = "pcpu_", set_vnet = "vnet_" } do
		local s = f.by_name[name]
		if s then
			mem:struct(at, spelling, { [prefix .. "start"] = s.home,
				[prefix .. "stop"] = s.home + (s.size or #s.data), [prefix .. "base"] = s.at })
		end
	end
end

-- Its memory, up to the end of its last page, zeros but for what sections have.
local function map_sections(sys, m)
	sys.mem:map_fresh(m.address, m.size)
	for _, s in ipairs(m.file:loaded()) do
		if s.data then
			sys.mem:write(s.home, s.data)
		end
	end
end

-- A module with a file is what the file says.
local function fill_in(sys, m)
	if m.file == nil then
		return m
	end
	local copy = { kind = m.file.kind, size = m.file:place(m.address, m.sets) }
	for key, value in pairs(m) do
		copy[key] = value
	end
	map_sections(sys, copy)
	return copy
end

--- Add a module.
-- @tparam table sys image.lua
-- @tparam table m name, path, kind ("elf", "elf_obj"), id, refs, address, size,
--   symbols ({ name, offset, size, func, label, bind, undefined }), class (the
--   name of its class; false: none); or file (of modfile.lua, instead of kind,
--   size and symbols) and sets (where its set_vnet and set_pcpu went)
-- @treturn integer address of its struct linker_file
-- @treturn ?integer address of its table of sections
function modules.add(sys, m)
	m = fill_in(sys, m)
	local mem, set = sys.mem, define(sys)
	local symbols, strings = tables(m)
	local spelling = m.kind == "elf_obj" and "struct elf_file_obj" or "struct elf_file_elf"
	local file = mem:alloc(set:sizeof(spelling))
	sys:fill(file, "struct linker_file", { ops = class(sys, m), refs = m.refs or 1, flags = 1,
		filename = mem:string(nil, m.name), pathname = mem:string(nil,
		m.path or "/boot/kernel/" .. m.name), id = m.id or 2, address = m.address,
		size = m.size })
	local at, names = mem:alloc(#symbols), mem:alloc(#strings, { align = 1 })
	mem:write(at, symbols)
	mem:write(names, strings)
	mem:struct(file, spelling, { address = m.address, ddbsymtab = at,
		ddbsymcnt = #symbols // 24, ddbstrtab = names, ddbstrcnt = #strings })
	sys:tailq_insert(sys.by_name.linker_files.addr, file, "struct linker_file", "link")
	return file, m.file and note_sections(sys, m, file, spelling)
end

--- Give both struct elf_file the name that they have in C, when nothing more
-- will be added.
function modules.finish(sys)
	for _, spelling in ipairs { "struct elf_file_elf", "struct elf_file_obj" } do
		sys.types.list[sys.types:id(spelling)].n = "elf_file"
	end
end

return modules
