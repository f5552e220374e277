--- The ELF files of modules: finding one beside the kernel, making sure that
-- it is the one that was loaded, and placing its sections where
-- kern/link_elf.c and kern/link_elf_obj.c put them.
-- @module vmcore.kern.kld.placed

local kvm = require "kvm"
local address_of = require "vmcore.kern.kld.list".address_of
local symtab = require "vmcore.kern.kld.symtab"

local placed = {}

local SECTIONS_MAX = 65536	-- more than ELF numbers without escapes
local NAME_MAX = 64

-- ---- where a file may be

-- A name out of the dump must not lead out of a folder.
local function is_tame(path)
	return path ~= nil and path ~= "" and not ("/" .. path .. "/"):find "/%.%.?/"
end

-- Folders by the user's choice, then the kernel's own.
local function folders(k)
	local list = type(k.klddir) == "table" and { table.unpack(k.klddir) } or { k.klddir }
	if type(k.kernel) == "string" then
		list[#list + 1] = k.kernel:match "^(.*)/[^/]*$" or "."
	end
	return list
end

-- A folder has the file itself, or all of the file system that it was in.
local function candidates(k, file)
	local path, list = file.path or file.name, {}
	local base = path and path:match "[^/]*$"
	for _, folder in ipairs(folders(k)) do
		if is_tame(base) then
			list[#list + 1] = folder .. "/" .. base
		end
		if is_tame(path) and path:find "^/" then
			list[#list + 1] = folder .. path
		end
	end
	return list
end

-- ---- where its sections are

local function check(condition, message, ...)
	if not condition then
		error({ mismatch = message:format(...) }, 0)
	end
end

-- link_elf_obj.c notes the address of each section that it has loaded; of
-- set_pcpu and set_vnet that in the kernel's own sets.
local function places_of_progtab(ef, sections)
	local places, n = {}, ef.nprogtab
	check(n <= SECTIONS_MAX, "its table of sections has %d entries", n)
	local progtab = ef.progtab
	check(progtab ~= nil or n == 0, "its table of sections is gone")
	for i = 0, n - 1 do
		local entry = progtab[i]
		local section = sections[entry.sec]
		check(section and section.alloc, "it has no section %d, which was loaded", entry.sec)
		check(section.size == entry.size, "its %s has %d bytes, what was loaded %d",
		    section.name, section.size, entry.size)
		local name = entry.name ~= nil and kvm.string(entry.name, NAME_MAX)
		check(not name or name == section.name or name:find "^<<",
		    "its section %d is %s, what was loaded is %s", entry.sec, section.name, name or "?")
		places[entry.sec] = address_of(entry.addr)
	end
	return places
end

local function round(value, size)
	return (value + size - 1) & -size
end

-- Where the pages of a shared object begin, so that they are `size` bytes:
-- at 0, where headers come before all sections, or with its first section.
local function first_page(sections, size, page)
	local first, last = math.maxinteger, 0
	for _, s in pairs(sections) do
		if s.alloc and s.addr >= 0 and s.size >= 0 then
			first, last = math.min(first, s.addr), math.max(last, s.addr + s.size)
		end
	end
	first, last = first & -page, round(last, page)
	check(last == size or last - first == size, "it takes up %d bytes, what was loaded %d", last, size)
	return last == size and 0 or first
end

-- Where a set was moved to: link_elf.c, parse_dpcpu and parse_vnet.
local function moved(ef, set, address)
	local T = kvm.typeof(ef)
	local prefix = set == "set_pcpu" and "pcpu" or set == "set_vnet" and "vnet"
	if not prefix or not kvm.has_member(T, prefix .. "_start") then
		return address
	end
	local start, stop, base = ef[prefix .. "_start"], ef[prefix .. "_stop"], ef[prefix .. "_base"]
	if start ~= stop and math.ult(address - start, stop - start) then
		return address - start + base
	end
	return address
end

-- link_elf.c maps the whole file.
local function places_of_image(ef, sections, file, page)
	local first = first_page(sections, round(file.size, page), page)
	local base, places = address_of(ef.address), {}
	for i, s in pairs(sections) do
		if s.alloc then
			places[i] = moved(ef, s.name, base + s.addr - first)
		end
	end
	return places
end

-- ---- whether it is the one

-- The symbols of a file by name, as { value, size } one after the other.
local function by_name(m)
	local index = {}
	for s in m:symbols() do
		local list = index[s.name]
		if list == nil then
			list = {}
			index[s.name] = list
		end
		list[#list + 1] = s.value
		list[#list + 1] = s.size
	end
	return index
end

-- What may lie between a symbol's value in the file and in memory: where the
-- symbols were relocated in place, the address of some section.
local function distances(places, relocatable, base)
	local set = { [relocatable and 0 or base] = true }
	for _, address in pairs(relocatable and places or {}) do
		set[address] = true
	end
	return set
end

-- The kernel keeps the symbols of what it has loaded. All of them must be the
-- file's.
local function check_symbols(kd, m, where, places)
	local loaded, message = {}, nil
	if where then
		loaded, message = symtab.read(kd, where)
	end
	local known, apart = by_name(m), distances(places, m:relocatable(), where and where.base)
	for _, s in ipairs(loaded) do
		local list, found = known[s.name] or {}, false
		for i = 1, #list, 2 do
			found = found or list[i + 1] == s.size and apart[s.value - list[i]]
		end
		check(found, "its symbol %s is not that of what was loaded", s.name)
	end
	return message
end

local function place_all(k, m, file, ef, where)
	local sections = m:sections()
	check(m:relocatable() == (file.kind == "elf_obj"), "it is %s, what was loaded is not",
	    m:relocatable() and "relocatable" or "a shared object")
	local places = m:relocatable() and places_of_progtab(ef, sections)
	    or places_of_image(ef, sections, file, k:dump().page_size)
	check_symbols(k.kd, m, where, places)
	for index, address in pairs(places) do
		m:place(index, address)
	end
end

-- What is no regular file is not waited for: Lua's own io would.
local function try(k, path, file, ef, where)
	local m, message, code = k.kd:module(path)
	if m == nil and code == "sys" and (message:find "No such file" or message:find "Not a directory") then
		return nil
	elseif m == nil then
		return nil, message
	end
	local ok, why = pcall(place_all, k, m, file, ef, where)
	if ok then
		return m
	elseif type(why) == "table" and why.mismatch then
		return nil, ("%s is not the %s of this dump: %s"):format(path, file.name or "module", why.mismatch)
	end
	return nil, ("%s: where it was loaded can't be told: %s"):format(path, tostring(why))
end

--- The file of a module, found, made sure of and placed.
-- @tparam table k
-- @tparam table file of vmcore.kern.kld, files()
-- @param ef its struct elf_file
-- @tparam ?table where its symbols are, as symtab.read() takes it
-- @treturn[1] kvm.module
-- @treturn[2] nil
-- @treturn[2] ?string why a file that was found does not serve; nil when none
--   was found
function placed.open(k, file, ef, where)
	local trouble
	for _, path in ipairs(candidates(k, file)) do
		local m, message = try(k, path, file, ef, where)
		if m then
			return m
		end
		trouble = trouble or message
	end
	return nil, trouble
end

return placed
