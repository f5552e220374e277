--- The rules that the tree obeys: who may use whom, how long things may be.
local source = require "spec.support.source"

local BUILD = os.getenv "B" or "build"
local SANITIZED = (os.getenv "CFLAGS" or ""):find "sanitize" ~= nil

-- Each rule gathers what breaks it, and there must be nothing.
local function none(list)
	assert.equal("", table.concat(list, "\n"))
end

local function basename(path)
	return path:match "([^/]*)$"
end

-- The driver and the commands beside it.
local function scripts_of()
	return source.lines_of "find scripts -type f ! -name '*.[1-9]' | sort"
end

local function set(words)
	local out = {}
	for word in words:gmatch "%S+" do
		out[word] = true
	end
	return out
end

describe("the tree", function()
	it("has a fixed top level", function()
		local allowed = set [[. .. .git .gitignore .ci build Makefile README.md LICENSE
			core lua scripts rocks spec]]
		local extra = {}
		for _, name in ipairs(source.lines_of "ls -a; ls .ci | grep -vx run") do
			if not allowed[name] then
				extra[#extra + 1] = name
			end
		end
		none(extra)
	end)

	it("has no binary file over 4 KB in the specs", function()
		none(source.lines_of [[find spec -type f -size +4k -exec sh -c \
			'tr -d "\0" <"$1" | cmp -s - "$1" || echo "$1"' sh {} \;]])
	end)

	it("names every C file in the Makefile", function()
		-- One of crypt.c and nocrypt.c is taken, by what the host has.
		local core = source.lines_of("ls core/*.c | grep -v -e '/\\(no\\)\\{0,1\\}crypt[.]c$' " ..
		    "-e '/\\(no\\)\\{0,1\\}dwarf[a-z]*[.]c$' -e '/debugfile[.]c$'")
		assert.same(core, source.make_list "CORE")
		-- The same goes for DWARF.
		local dwarf = source.lines_of "ls core/debugfile.c core/dwarf*.c"
		assert.matches(" " .. table.concat(dwarf, " "):gsub("%p", "%%%0") .. " ",
		    source.read "Makefile")
		assert.same(source.lines_of "ls core/arch/*.c", source.make_list "ARCHES")
		-- The same goes for line editing. Others are not part of kvm.so.
		local bind = source.lines_of("ls core/bind/*.c | grep -v " ..
		    "-e '/testing[.]c$' -e '/\\(no\\)\\{0,1\\}lineedit[.]c$' -e '/terminal[.]c$' " ..
		    "-e '/embedded[.]c$' -e '/main[.]c$'")
		assert.same(bind, source.make_list "BIND")
	end)

	it("has header, list entry and spec for every architecture", function()
		local listed = source.read "core/arch/arches.h"
		for _, path in ipairs(source.make_list "ARCHES") do
			local name = path:match "([%w_]+)%.c$"
			assert.matches("KVMI_ARCH%(" .. name .. "%)", listed)
			assert(io.open(("core/arch/%s.h"):format(name))):close()
			local spec = ("spec/core/arch/%s_spec.lua"):format(name)
			assert(io.open(spec), spec .. " is missing"):close()
		end
	end)

	it("has what every command prints of a healthy and of a damaged dump", function()
		local missing = {}
		for _, path in ipairs(scripts_of()) do
			local name = path:match "[^/]+$"
			for _, state in ipairs(name ~= "vmcore" and { "", "-damaged" } or {}) do
				local golden = ("spec/scripts/%s%s.out"):format(name, state)
				missing[#missing + 1] = source.lines_of("ls " .. golden .. " 2>/dev/null")[1] == nil
				    and golden or nil
			end
		end
		assert.same({}, missing)
	end)

	it("has a spec for every kernel module and command", function()
		local missing = {}
		local files = source.files("lua/vmcore/kern", "*.lua")
		table.move(scripts_of(), 1, 1000, #files + 1, files)
		for _, path in ipairs(files) do
			local name = basename(path):gsub("%.lua$", "")
			if #source.files("spec", name .. "_spec.lua") == 0 then
				missing[#missing + 1] = path
			end
		end
		none(missing)
	end)
end)

describe("C", function()
	local files = source.files("core", "*.c", "*.h")

	-- What a tool says of the archive.
	local function about_archive(command)
		local lines = source.lines_of(("%s %s/libvmcore.a"):format(command, BUILD))
		assert.is_true(#lines > 0, "no archive")
		return lines
	end

	local function includes(path)
		return source.strip_c(source.read(path)):gmatch "#%s*include%s*[<\"]([^>\"]+)"
	end

	it("includes Lua's headers in bind only, and there nothing private", function()
		local lua = set "lua.h lauxlib.h lualib.h luaconf.h"
		local bad = {}
		for _, path in ipairs(files) do
			local bind = path:find "^core/bind/"
			for name in includes(path) do
				local private = io.open("core/" .. name) and name ~= "kvm.h" and
				    not name:find "^bind/"
				if lua[name] and not bind or bind and private and
				    basename(path) ~= "testing.c" then
					bad[#bad + 1] = path .. " includes " .. name
				end
			end
		end
		none(bad)
	end)

	it("keeps architectures apart", function()
		local bad = {}
		for _, path in ipairs(files) do
			local own = path:match "^core/arch/([%w_]+)%.[ch]$"
			for name in includes(path) do
				local other = name:match "arch/([%w_]+)%.h$" or
				    own and name:match "^([%w_]+)%.h$"
				local mine = other == own or other == "arches" or
				    not io.open(("core/arch/%s.h"):format(other))
				if other and not mine then
					bad[#bad + 1] = path .. " includes " .. name
				end
			end
		end
		none(bad)
	end)

	it("has short files and functions, and names its licence", function()
		local bad = {}
		for _, path in ipairs(files) do
			local text = source.read(path)
			if not text:sub(1, 200):find("SPDX-License-Identifier: BSD-2-Clause", 1, true) then
				bad[#bad + 1] = path .. ": no SPDX line"
			end
			-- Headers are half prose.
			if path:find "%.c$" and source.count_lines(text) >= 600 then
				bad[#bad + 1] = path .. ": 600 lines or more"
			end
			for _, f in ipairs(source.c_functions(text)) do
				if f.last - f.first > 80 and not f.body:find "switch %(" then
					bad[#bad + 1] = ("%s:%d: %s has over 80 lines"):format(path, f.first, f.name)
				end
			end
		end
		none(bad)
	end)

	it("neither prints nor exits, but for kvm_open's errors and the bar that openx is asked for", function()
		local bad, reports = {}, set "core/error.c core/open.c core/bind/progress.c core/bind/main.c"
		for _, path in ipairs(source.files("core", "*.c")) do
			local text = source.strip_c(source.read(path)):gsub('"[^"\n]*"', '""')
			for call in text:gmatch "[%w_]+%s*%(" do
				call = call:match "[%w_]+"
				if set("printf puts putchar exit _exit abort assert")[call] or
				    set("fprintf fputs vfprintf perror")[call] and not reports[path] then
					bad[#bad + 1] = path .. " calls " .. call
				end
			end
		end
		none(bad)
	end)

	it("has no state outside descriptors", function()
		if SANITIZED then
			return pending "sanitizers add state of their own"
		end
		local bad, member = {}, nil
		for _, line in ipairs(about_archive "size -A") do
			member = line:match "^(%S+)%s.*:$" or member
			local section, size = line:match "^(%.%S+)%s+(%d+)"
			if section and (section:find "^%.data" and not section:find "%.rel%.ro" or
			    section:find "^%.t?bss") and size ~= "0" then
				bad[#bad + 1] = member .. " has " .. section
			end
		end
		none(bad)
	end)

	it("gives what crosses files the prefix kvm_ or kvmi_", function()
		local bad = {}
		for _, line in ipairs(about_archive "nm -g --defined-only") do
			local name = line:match "^%x+ %a ([%w_.]+)$"
			if name and not name:find "^kvmi?_" and not name:find "^_" then
				bad[#bad + 1] = name
			end
		end
		none(bad)
	end)
end)

describe("Lua", function()
	local modules = source.files("lua", "*.lua")
	local scripts = scripts_of()
	local externals = set "kvm kvm.terminal lpeg argparse dkjson"

	local function module_name(path)
		return (path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", "."))
	end

	-- Call fn(path, module) for whatever the files require.
	local function each_require(files, fn)
		for _, path in ipairs(files) do
			for _, name in ipairs(source.requires(path)) do
				fn(path, name)
			end
		end
	end

	local function check(files, allowed)
		local bad = {}
		each_require(files, function(path, name)
			if not allowed(name, path) then
				bad[#bad + 1] = path .. " requires " .. name
			end
		end)
		none(bad)
	end

	it("has short files and functions", function()
		local bad = {}
		local function measure(files, lines, rows)
			for _, path in ipairs(files) do
				local text = source.read(path)
				if source.count_lines(text) >= lines then
					bad[#bad + 1] = ("%s: %d lines or more"):format(path, lines)
				end
				for _, f in ipairs(rows and source.lua_functions(text) or {}) do
					if f.last - f.first >= rows then
						bad[#bad + 1] = ("%s:%d: a function of over %d lines"):format(
						    path, f.first, rows)
					end
				end
			end
		end
		measure(modules, 350, 50)
		measure(scripts, 150, 50)
		measure(source.lines_of "find spec -name '*.lua' ! -name '*_spec.lua'", 350, 50)
		none(bad)
	end)

	it("looks downwards: scripts to vmcore, never to a script", function()
		check(scripts, function(name, path)
			return name == "vmcore" or name:find "^vmcore%." or
			    basename(path) == "vmcore" and externals[name]
		end)
	end)

	it("looks downwards: modules to modules and to what the design names", function()
		check(modules, function(name)
			return name == "vmcore" or name:find "^vmcore%." or externals[name]
		end)
	end)

	it("looks downwards: kern to lists and kern; lists to objects", function()
		local lists = set "vmcore.queue vmcore.tree vmcore.pctrie vmcore.bits vmcore.hash vmcore.walk vmcore.bisect"
		check(source.files("lua/vmcore/kern", "*.lua"), function(name)
			return name == "kvm" or lists[name] or name:find "^vmcore%.kern%."
		end)
		check(source.files("lua/vmcore/*.lua", "queue.lua", "tree.lua", "pctrie.lua", "bits.lua",
		    "hash.lua", "walk.lua"),
		    function(name)
			return name == "kvm" or lists[name]
		end)
	end)

	it("has no circle of modules", function()
		local uses, state = {}, {}
		each_require(modules, function(path, name)
			local from = module_name(path)
			uses[from] = uses[from] or {}
			table.insert(uses[from], name)
		end)
		local function visit(name, path)
			assert.not_equal("open", state[name], path .. " -> " .. name)
			if not state[name] then
				state[name] = "open"
				for _, next in ipairs(uses[name] or {}) do
					visit(next, path .. " -> " .. name)
				end
				state[name] = "done"
			end
		end
		for _, path in ipairs(modules) do
			visit(module_name(path), "")
		end
	end)

	it("prints in scripts and script.lua only, exits in the driver only", function()
		local bad = {}
		local function forbid(files, pattern, but)
			for _, path in ipairs(files) do
				local text = source.strip_lua(source.read(path))
				local found = text:match("%f[%w_]" .. pattern)
				if found and path ~= but then
					bad[#bad + 1] = path .. ": " .. found
				end
			end
		end
		for _, pattern in ipairs{ "print%s*[%(\"']", "io%.write", "io%.std%a+" } do
			forbid(modules, pattern, "lua/vmcore/script.lua")
		end
		forbid(modules, "os%.exit")
		forbid(scripts, "os%.exit", "scripts/vmcore")
		none(bad)
	end)
end)

describe("kernel knowledge", function()
	it("asks the types, never the kernel's version", function()
		local bad = {}
		local files = source.files("core lua", "*.c", "*.h", "*.lua")
		table.move(scripts_of(), 1, 1000, #files + 1, files)
		for _, path in ipairs(files) do
			local text = source.read(path)
			text = path:find "%.[ch]$" and source.strip_c(text) or source.strip_lua(text, true)
			for _, word in ipairs{ "osreldate", "__FreeBSD_version", "P_OSREL" } do
				if text:find(word, 1, true) then
					bad[#bad + 1] = path .. " uses " .. word
				end
			end
		end
		none(bad)
	end)
end)
