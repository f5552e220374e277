--- Physical memory as emulators and debuggers save it: raw bytes, or QEMU's ELF
-- file, in which the same memory stands many times.
local elf = require "spec.support.elf"
local forge = require "spec.support.forge"
local packed = require "spec.support.packed"
local reader = require "spec.support.reader"

local MB = 1 << 20
local VERSION = "FreeBSD 14.1-RELEASE FORGED\n"

-- Where each architecture's kernel is linked, and what its tables are called.
local MACHINES = {
	amd64 = { arch = "amd64", link = 0xffffffff80200000, ram = 0, variables = true },
	["amd64, five levels"] = { arch = "amd64", link = 0xffffffff80200000, ram = 0,
		variables = true, la57 = true },
	arm64 = { arch = "arm64", link = 0xffff000000000000, ram = 0x40000000,
		tables = { "pagetable_l0_ttbr1", "pagetable_l1_ttbr1" } },
	["arm64, pages of 16 KiB"] = { arch = "arm64", link = 0xffff000000000000,
		ram = 0x80000000, page = 16384, large = 32 * MB,
		tables = { "pagetable_l0_ttbr1", "pagetable_l1_ttbr1" } },
	["riscv64, Sv39"] = { arch = "riscv", link = 0xffffffc000000000, ram = 0x80000000,
		tables = { "pagetable_l1", "pagetable_l2" } },
	["riscv64, Sv48"] = { arch = "riscv", link = 0xffffffc000000000, ram = 0x80000000,
		sv48 = true, tables = { "pagetable_l1", "pagetable_l2" } },
}

-- The table that va is translated by n levels below the root.
local function below(mem, va, n)
	local at = mem.root
	for i = 1, n or 1 do
		local l = mem.levels[i]
		local index = va >> l.shift & ((1 << l.bits) - 1)
		at = mem.arch.table_address(mem.store:get(at + index * 8, 8))
	end
	return at
end

-- The kernel's image: strings, and symbols for what lies in it.
local function image(m, mem, at)
	local symbols, free = {}, m.link + m.large - 0x10000
	local function symbol(name, va)
		symbols[#symbols + 1] = { name = name, addr = va, size = 8 }
	end
	local function variable(name, value)
		symbol(name, free)
		mem:write(free, type(value) == "string" and value .. "\0" or
		    string.pack("<i8", value))
		free = free + 512
	end
	variable("version", VERSION)
	variable("ostype", "FreeBSD")
	variable("osrelease", "14.1-RELEASE")
	for i, name in ipairs(m.tables or {}) do
		-- With Sv48, the kernel's symbols are one level down.
		symbol(name, m.link + below(mem, m.link, i - (m.sv48 and 0 or 1)) - at)
	end
	if m.variables then
		local pml4 = m.la57 and below(mem, m.link) or mem.root
		variable("kernphys", at)
		variable("KPML4phys", pml4)
		variable("KPML5phys", mem.root)
		variable("la57", m.la57 and 1 or 0)
	else
		variable("dmap_phys_base", m.ram)
		variable("dmap_phys_max", m.ram + m.size)
		variable("dmap_max_addr", mem.dmapbase + m.size)
	end
	return symbols
end

-- A machine of m.size bytes whose kernel was loaded at m.ram + load.
local function machine(m, load)
	m.large = m.large or 2 * MB
	m.size = math.max(16 * MB, 4 * m.large)
	local at = m.ram + load
	local arch = forge.arches[m.arch]
	local mem = forge.memory{ arch = m.arch, la57 = m.la57, page = m.page,
		levels = m.sv48 and arch.sv48 or nil, dmapphys = m.ram,
		ram = { { m.ram, m.ram + m.size } }, free = at, top = m.ram + m.size }
	mem:map(m.link, at, { size = m.large, prot = "rwx" })
	if m.variables then
		mem:map_direct(2 * MB)
	end
	local w = { mem = mem, va = mem:alloc(3 * mem.page, { pages = true }) }
	mem:write(w.va, ("forged"):rep(1000))
	w.symbols = image(m, mem, at)
	w.dump = forge.elfdump{ memory = mem }
	w.raw = w.dump:tostring():sub(4097)
	assert(#w.raw == m.size)
	w.kernel = forge.kernel{ arch = m.arch, symbols = w.symbols }
	return w
end

local function check(w, kd)
	local d = kd:dump()
	assert.equal("full", d.kind)
	assert.is_false(d.truncated)
	assert.equal(("forged"):rep(1000), kd:read(w.va, 6000))
	assert.equal(VERSION, kd:read_string(w.symbols[1].addr))
	local pa = w.mem:physical(w.va)
	assert.equal(pa, kd:translate(w.va).paddr)
	assert.equal("forged", kd:read_phys(pa, 6))
	assert.equal("forged", kd:read(w.mem:dmap(pa), 6))
	assert.is_nil((kd:read(w.va + 64 * MB, 1)))
	local seen
	assert.is_true(kd:walk_pages(function(page)
		seen = seen or page.kmap_vaddr == w.va
	end))
	assert.is_true(seen)
	return d
end

for name, m in pairs(MACHINES) do
	describe("physical memory of " .. name, function()
		m.large = m.large or 2 * MB
		for _, load in ipairs{ 0, 2 } do
			-- amd64 leaves the first megabytes to the firmware.
			load = (load + (m.variables and 1 or 0)) * m.large
			it(("is read when the kernel is at 0x%x"):format(load), function()
				if load + m.large > math.max(16 * MB, 4 * m.large) then
					return
				end
				local w = machine(m, load)
				local d = check(w, assert(reader.open(w.raw, w.kernel)))
				assert.equal("raw", d.container)
				d = check(w, assert(reader.open(w.dump, w.kernel)))
				assert.equal("file", d.container)
			end)
		end

		it("may stand in a file many times", function()
			local w = machine(m, m.large)
			local segments = {}
			for i = 1, 40 do
				local pa = m.ram + (i * 7919 % 100) * 4096
				segments[i] = { type = elf.PT.LOAD, flags = "R", paddr = pa,
					vaddr = m.link + i * 8 * MB, offset = 8192 + pa - m.ram,
					filesz = (i % 9 + 1) * 4096 }
			end
			local dump = forge.elfdump{ memory = w.mem, segments = segments }
			check(w, assert(reader.open(dump, w.kernel)))
		end)

		it("may be compressed", function()
			local w = machine(m, m.large)
			check(w, assert(reader.open(packed.zstd(w.raw), w.kernel)))
		end)

		it("tells its kernel when there is none given", function()
			local w = machine(m, m.large)
			local d = assert(reader.open(w.raw)):dump()
			assert.equal("full", d.kind)
			assert.equal("raw", d.container)
			assert.equal(VERSION:gsub("\n", ""), d.note.version)
		end)

		it("is refused with another kernel", function()
			local w = machine(m, m.large)
			local other = {}
			for i, s in ipairs(w.symbols) do
				other[i] = { name = s.name, addr = s.addr + 0x3000, size = 8 }
			end
			assert.is_nil((reader.open(w.raw, forge.kernel{ arch = m.arch,
				symbols = other })))
			assert.is_nil((reader.open(w.raw, forge.kernel{ arch = m.arch,
				symbols = { w.symbols[1] } })))
		end)

		it("survives damage", function()
			local w = machine(m, m.large)
			local path = w.kernel:write(reader.path())
			math.randomseed(11)
			for _ = 1, 6 do
				local at = m.large + math.random(0x20000)
				local kd = require "kvm".openx{ core = reader.file(w.raw:sub(1, at) ..
				    string.char(math.random(0, 255)) .. w.raw:sub(at + 2)),
				    kernel = path }
				if kd then
					kd:read(w.va, 100)
					kd:close()
				end
			end
		end)
	end)
end

-- QEMU's note: registers, segments, control registers (QEMUCPUState, version 1).
local function cpu_note(cr3, cr4)
	local cpu = string.pack("<I4I4", 1, 440) .. ("\0"):rep(18 * 8 + 10 * 24) ..
	    string.pack("<i8i8i8i8i8i8", 0, 0, 0, cr3, cr4, 0)
	local other = string.pack("<I4I4I4", 5, 3, 1) .. "CORE\0\0\0\0" .. "abc\0"
	return other .. string.pack("<I4I4I4", 5, #cpu, 0) .. "QEMU\0\0\0\0" .. cpu
end

describe("an emulator's dump with the processor's registers", function()
	local NOTE = 0x800	-- between the headers and the memory

	local function with_note(w, note)
		local text = forge.elfdump{ memory = w.mem, osabi = 0, segments = { {
			type = 4, flags = "", offset = NOTE, filesz = #note } } }:tostring()
		return text:sub(1, NOTE) .. note .. text:sub(NOTE + #note + 1)
	end

	for name, cr4 in pairs{ amd64 = 0x6f8, ["amd64, five levels"] = 0x16f8 } do
		it("needs no symbols of " .. name, function()
			local w = machine(MACHINES[name], 2 * MB)
			local dump = with_note(w, cpu_note(w.mem.root | 5, cr4))
			check(w, assert(reader.open(dump)))
			check(w, assert(reader.open(dump, w.kernel)))
			local bare = forge.kernel{ arch = "amd64", symbols = { w.symbols[1] } }
			check(w, assert(reader.open(dump, bare)))
			assert.is_nil((reader.open(w.dump, bare)))
		end)
	end

	it("is not believed when its tables map no kernel, or the note is cut off", function()
		local w = machine(MACHINES.amd64, 2 * MB)
		local bare = forge.kernel{ arch = "amd64", symbols = { w.symbols[1] } }
		local note = cpu_note(w.mem.root, 0)
		for _, bad in ipairs{ cpu_note(0x5000, 0), cpu_note(-4096, 0), note:sub(1, -100),
			note:sub(1, 30), ("\255"):rep(#note), ("\0"):rep(#note) } do
			assert.is_nil((reader.open(with_note(w, bad), bare)))
		end
	end)
end)

describe("bytes that are no memory", function()
	it("are refused", function()
		local value, message, code = reader.open(("\0"):rep(8 * MB))
		reader.fails("format", "not a FreeBSD kernel crash dump", value, message, code)
		assert.is_nil((reader.open(("FreeBSD 1"):rep(MB):sub(1, 8 * MB))))
	end)
end)
