--- Names in the kernel and its modules: which of them a name means. The kernel
-- comes first, then the modules in the order of its list, unless the name says
-- where: "if_demo.ko:demo_softc", "if_demo`demo_softc", "kernel`panic".
-- @module vmcore.kern.kld.scope

-- These become methods of vmcore.kern.kld's views.
local scope = {}

local function split(name, module)
	if module == nil then
		local before, after = name:match "^([^`:]+)[`:](.+)$"
		if before then
			return after, before
		end
	end
	return name, module
end

local function is_called(file, module)
	return file.name ~= nil and (file.name == module or file.name == module .. ".ko")
end

-- The modules that are meant: all of them, or the ones of that name; and only
-- those that may have a symbol.
local function modules(view, module, symbol)
	local files, i = view:files(), 1
	return function()
		repeat
			i = i + 1
			local file = files[i]
		until file == nil or (module == nil or is_called(file, module))
		    and (symbol == nil or view:may_have(file, symbol))
		return files[i]
	end
end

local function in_kernel(module)
	return module == nil or module == "kernel"
end

-- A copy that says where it is from.
local function of(symbol, file)
	local copy = { module = file and file.name }
	for key, value in pairs(symbol) do
		copy[key] = value
	end
	return copy
end

local function kernel_symbols(view, name)
	if view.k.kernel then
		return view.k.kd:symbols(name)
	end
	local list, i = view:kernel_symbols(), 0
	return function()
		repeat
			i = i + 1
		until list[i] == nil or list[i].name == name
		return list[i]
	end
end

--- Symbols of a name, of the kernel and every module.
-- @tparam string name
-- @tparam ?string module only there: a module's name, with or without ".ko", or
--   "kernel"; the name itself may say it
-- @treturn {table...} symbols with a field `module`
function scope:named(name, module)
	local found = {}
	name, module = split(name, module)
	if in_kernel(module) then
		for symbol in kernel_symbols(self, name) do
			found[#found + 1] = of(symbol)
		end
	end
	for file in modules(self, module, name) do
		for _, symbol in ipairs((self:symbols(file))) do
			if symbol.name == name then
				found[#found + 1] = of(symbol, file)
			end
		end
	end
	return found
end

-- Global symbols before local ones, as in the kernel.
local RANK <const> = { global = 3, weak = 2 }

local function best(symbols, name)
	local found, rank = nil, 0
	for _, symbol in ipairs(symbols) do
		local this = symbol.name == name and (RANK[symbol.bind] or 1) or 0
		if this > rank then
			found, rank = symbol, this
		end
	end
	return found
end

local function find_in_kernel(view, name)
	if view.k.kernel then
		return (view.k.kd:symbol(name))
	end
	return best(view:kernel_symbols(), name)
end

--- The symbol that a name means.
-- @tparam string name
-- @tparam ?string module as in named()
-- @tparam ?string prefix of the symbol, which the name goes without
-- @treturn ?table symbol, with a field `module` unless it is the kernel's; nil
--   when there is none
-- @treturn ?table file of files(); nil for the kernel
function scope:find(name, module, prefix)
	name, module = split(name, module)
	name = (prefix or "") .. name
	local symbol = in_kernel(module) and find_in_kernel(self, name)
	if symbol then
		return symbol
	end
	for file in modules(self, module, name) do
		local m = self:module(file)
		if m then
			symbol = m:symbol(name)
		else
			symbol = best(self:symbols(file), name)
		end
		if symbol then
			return of(symbol, file), file
		end
	end
	return nil
end

--- A section of a module, whose file must be there.
-- @tparam string name
-- @tparam string module with or without ".ko"
-- @treturn ?table section of kvm.module
function scope:section(name, module)
	for file in modules(self, module) do
		local m = self:module(file)
		for _, s in pairs(m and m:sections() or {}) do
			if s.placed and s.name == name then
				return s
			end
		end
	end
	return nil
end

--- The symbol of whichever module has its section of a name at an address: of
-- sets that the kernel gives a place in its own.
-- @tparam string name
-- @tparam integer address
-- @treturn ?table symbol
-- @treturn ?integer offset
-- @treturn ?string name of the module
function scope:in_section(name, address)
	for file in modules(self) do
		local m = self:module(file)
		for _, s in pairs(m and m:sections() or {}) do
			if s.placed and s.name == name and math.ult(address - s.addr, s.size) then
				local symbol, inside = m:symbol_at(address)
				return symbol, inside, file.name
			end
		end
	end
	return nil
end

--- The type of a symbol.
-- @tparam table symbol of find()
-- @tparam ?table file of find()
-- @treturn[1] kvm.type
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] string code
function scope:type_of(symbol, file)
	if file == nil then
		return self.k.kd:type_of_symbol(symbol.name)
	end
	local m, message = self:module(file)
	if m == nil then
		return nil, message or ("%s: its file is not here, so the type of %s is not known"):format(
		    file.name, symbol.name), "notype"
	end
	return m:type_of_symbol(symbol.name)
end

-- Types of all modules, or of one.
local function module_type(view, kind, name, module)
	local first, why, code
	for file in modules(view, module) do
		local m, trouble = view:module(file)
		local t, message, class
		if m then
			t, message, class = m:type(kind, name)
		else
			message, class = trouble or (file.name or "a module") .. ": its file is not here", "notype"
		end
		if t ~= nil then
			return t
		end
		if first == nil then
			first, why, code = true, message, class
		end
	end
	return nil, why or ("no module %s is loaded"):format(module or ""), code or "notype"
end

--- A type by kind and name, as kvm(3lua)'s kd:type().
-- @tparam string kind
-- @tparam string name
-- @tparam ?string module as in named()
-- @treturn[1] kvm.type
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] string code
function scope:type(kind, name, module)
	if module ~= nil and module ~= "kernel" then
		return module_type(self, kind, name, module)
	end
	local t, message, code = self.k.kd:type(kind, name)
	if t == nil and code == "notype" and module == nil then
		t = module_type(self, kind, name)
	end
	return t, message, code
end

return scope
