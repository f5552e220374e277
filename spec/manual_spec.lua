--- That manual pages say what is there: nothing is kept by hand that nobody
-- compares.
local header = require "spec.support.header"
local pages = require "spec.support.manpages"
local script = require "vmcore.script"
local source = require "spec.support.source"

-- What breaks a rule; there must be nothing.
local function none(list)
	assert.equal("", table.concat(list, "\n"))
end

describe("the manual", function()
	it("documents what kvm.h declares, with the same prototypes", function()
		assert.same(header.prototypes(), pages.prototypes(source.files("core", "*.3")))
	end)

	it("mentions every constant and field of kvm.h", function()
		local text, missing = "", {}
		for _, path in ipairs(source.files("core", "*.3")) do
			text = text .. source.read(path)
		end
		for name in pairs(header.names()) do
			if not text:find("%f[%w_]" .. name .. "%f[^%w_]") then
				missing[#missing + 1] = name
			end
		end
		none(missing)
	end)

	it("documents what the Lua module has", function()
		local documented = pages.lua_names "core/bind/kvm.3lua"
		local missing = {}
		for name in pairs(require "kvm") do
			if not documented[name] then
				missing[#missing + 1] = name
			end
		end
		none(missing)
	end)

	it("documents every command", function()
		local page = source.read "scripts/vmcore.1"
		for _, name in ipairs(pages.commands()) do
			assert.matches("\n%.It %a%a " .. name .. "%f[^%w]", page)
		end
	end)

	-- The keys of a script's rows, those that its usual options ask for.
	local function keys_of(command)
		local found = {}
		local function add(columns, options)
			if type(columns) == "function" then
				columns = columns(options)
			end
			for _, column in ipairs(columns or {}) do
				found[#found + 1] = column[1]
			end
		end
		for _, flag in ipairs { "json", "all", "addresses", "queues", "buffers", "retransmits", "flows",
		    "congestion", "interfaces", "memory", "bpf", "netisr", "routes", "statistics", "zones",
		    "malloc", "interrupts", "hexdump", "summary", "verbose", "use", "long", "usage", "job" } do
			local options = { json = true, nonzero = 0, address = {}, [flag] = true }
			for _, part in ipairs(command.parts and command.parts(options) or { command }) do
				add(part.columns, options)
			end
		end
		return found
	end

	-- Words behind .Va in a page: a set. What ends in * stands for many.
	local function variables(page)
		local names = {}
		for line in page:gmatch "[^\n]*%f[%w]Va%f[%W][^\n]*" do
			for name in line:gmatch "[%w_]+%*?" do
				names[name] = true
			end
		end
		return names
	end

	it("documents every key of every command", function()
		local known, missing = variables(source.read "scripts/vmcore.1"), {}
		for _, name in ipairs(pages.commands()) do
			for _, key in ipairs(keys_of(assert(script.load("scripts/" .. name)))) do
				assert.equal(key:lower(), key)
				if not (known[key] or known[key:gsub("_.*", "_*")]) then
					missing[name .. ": " .. key] = name
				end
			end
		end
		assert.same({}, missing)
	end)

	-- Text and modules of each page about Lua.
	local function lua_pages()
		local out = {}
		for _, path in ipairs(source.files("lua", "*.3lua")) do
			local text = source.read(path)
			out[#out + 1] = { path = path, text = text, modules = pages.modules_named(text) }
		end
		return out
	end

	it("documents every module that is there for others, and each of its functions", function()
		local missing, described = {}, lua_pages()
		for _, name in ipairs(pages.public_modules()) do
			local text = ""
			for _, page in ipairs(described) do
				text = text .. (page.modules[name] and page.text or "")
			end
			local module = text == "" and {} or require(name)
			missing[#missing + 1] = text == "" and name or nil
			for fn, value in pairs(type(module) == "table" and module or {}) do
				if type(value) == "function" and not text:find("%f[%w_]" .. fn .. "%f[^%w_]") then
					missing[#missing + 1] = name .. "." .. fn
				end
			end
		end
		none(missing)
	end)

	it("documents no function that a module has not", function()
		local bad = {}
		for _, page in ipairs(lua_pages()) do
			local by_last = {}
			for name in pairs(page.modules) do
				if name ~= "vmcore" and package.searchpath(name, package.path) then
					by_last[name:match "[^.]+$"] = name
				end
			end
			for last, fn in page.text:gmatch "\n%.It Fn ([%w_]+)%.([%w_]+)" do
				local module = by_last[last] and require(by_last[last])
				if module and module[fn] == nil then
					bad[#bad + 1] = ("%s: %s.%s"):format(page.path, by_last[last], fn)
				end
			end
		end
		none(bad)
	end)

	it("has an example on every page about Lua", function()
		local bad = {}
		for _, page in ipairs(lua_pages()) do
			local section = page.text:match "\n%.Sh EXAMPLES\n(.-)\n%.Sh " or ""
			if not section:find("require \"vmcore\"", 1, true) then
				bad[#bad + 1] = page.path
			end
		end
		none(bad)
	end)

	it("refers to pages of its own that exist", function()
		none(pages.dangling(source.files("core lua scripts", "*.[1-9]", "*.3lua")))
	end)

	it("is clean to mandoc", function()
		if #source.lines_of "command -v mandoc" == 0 then
			return pending "no mandoc here"
		end
		none(pages.lint(source.files("core lua scripts", "*.[1-9]", "*.3lua")))
	end)
end)
