--- The list of the files that the kernel's linker has loaded: linker_files,
-- kern/kern_linker.c.
-- @module vmcore.kern.kld.list

local kvm = require "kvm"
local queue = require "vmcore.queue"

local list = {}

local STRING_MAX = 1024

--- The integer that a member which may be a pointer or a number holds.
-- @param value
-- @treturn integer
function list.address_of(value)
	return value == nil and 0 or math.type(value) and value or kvm.toaddress(value)
end

local function text(kd, pointer)
	return pointer ~= nil and (kd:read_string(kvm.toaddress(pointer), STRING_MAX)) or nil
end

-- Whether a file is of link_elf.c or link_elf_obj.c: its class, "elf64" or
-- "elf64_obj"; nil when that can't be read.
local function kind_of(lf)
	local ok, name = pcall(function() return kvm.string(lf.ops.cls.name, 32) end)
	if not ok or not name:find "^elf" then
		return nil
	end
	return name:find "_obj$" and "elf_obj" or "elf"
end

local function describe(view, lf)
	local kd = view.k.kd
	return {
		id = lf.id, refs = lf.refs, flags = lf.flags, size = lf.size,
		address = list.address_of(lf.address), name = text(kd, lf.filename),
		path = text(kd, lf.pathname), kind = kind_of(lf), at = kvm.toaddress(lf),
	}
end

-- struct linker_file as it begins in all releases from 11 to 15 (sys/linker.h),
-- for kernels without types: behind its struct kobj.
local function linker_file(kd)
	local word, int = kd:ptrsize(), kd:type("integer", "int")
	local T = kd:define("struct", "vmcore_linker_file", 0, {})
	local char, long = kd:type("integer", "char"):pointer(), kd:type("integer", "unsigned long")
	local entry = kd:define("struct", "vmcore_linker_file_entry", 2 * word, {
		{ name = "tqe_next", type = T:pointer(), offset = 0 },
		{ name = "tqe_prev", type = T:pointer():pointer(), offset = word } })
	local at = (word + 12 + word - 1) & -word
	return kd:define("struct", "vmcore_linker_file", at + 7 * word, {
		{ name = "refs", type = int, offset = word }, { name = "flags", type = int, offset = word + 8 },
		{ name = "link", type = entry, offset = at },
		{ name = "filename", type = char, offset = at + 2 * word },
		{ name = "pathname", type = char, offset = at + 3 * word },
		{ name = "id", type = int, offset = at + 4 * word },
		{ name = "address", type = char, offset = at + 5 * word },
		{ name = "size", type = long, offset = at + 6 * word } })
end

-- Where the list begins: without a kernel file, what the dump holds of the
-- kernel's symbols tells.
local function list_address(view)
	local address = view.k.kd:lookup "linker_files"
	if address == nil then
		for _, symbol in ipairs(view.k.kernel and {} or view:kernel_symbols()) do
			if symbol.name == "linker_files" then
				return symbol.value
			end
		end
	end
	return address
end

--- The files.
-- @tparam table view of vmcore.kern.kld
-- @treturn[1] {table...} see vmcore.kern.kld, files()
-- @treturn[1] ?string what of them could not be read
-- @treturn[2] nil
-- @treturn[2] string why they can't be told
function list.walk(view)
	local k = view.k
	local address = list_address(view)
	if address == nil then
		return nil, "the kernel does not tell of loaded modules: it has no linker_files"
	end
	local T = k:type "struct linker_file" or linker_file(k.kd)
	local head = k.kd:type_of_symbol "linker_files"
	local broken
	-- The list is static and has a type without a name, so its symbol may have
	-- none; a TAILQ's head begins with its first element.
	head = head or k.kd:define("struct", "vmcore_linker_files", k.kd:ptrsize(),
	    { { name = "tqh_first", type = T:pointer(), offset = 0 } })
	local each = queue.prepare(head, "link", { kind = "tailq", element = T })
	local files = {}
	for lf in each(address, function(status) broken = status.message end) do
		local ok, file = pcall(describe, view, lf)
		if ok then
			files[#files + 1] = file
		else
			broken = broken or tostring(file)
		end
	end
	return files, broken
end

return list
