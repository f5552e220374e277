--- What the manual pages say, read from their mdoc source.
local source = require "spec.support.source"

local manpages = {}

-- Macro arguments: words, or "quoted".
local function arguments(text)
	local out = {}
	for quoted, word in (text .. " "):gmatch '%s*"([^"]*)"%s*()' do
		out[#out + 1] = { quoted, word }
	end
	if #out > 0 then
		for i, pair in ipairs(out) do
			out[i] = pair[1]
		end
		return out
	end
	for word in text:gmatch "%S+" do
		out[#out + 1] = word
	end
	return out
end

local function unquoted(text)
	return (text:gsub('^"', ""):gsub('"$', ""))
end

-- One spelling for a prototype, whatever its spaces.
local function squeeze(text)
	text = text:gsub("%s+", " "):gsub(" ?([%*%(%),%[%]]) ?", "%1")
	return (text:gsub("^ ", ""):gsub(" $", ""))
end
manpages.squeeze = squeeze

local function synopsis(text)
	return text:match "\n%.Sh SYNOPSIS\n(.-)\n%.Sh " or ""
end

-- Call fn(type, name, parameters) for each function of a SYNOPSIS.
local function each_function(text, fn)
	local result, name, params
	for line in synopsis(text):gmatch "[^\n]+" do
		local macro, rest = line:match "^%.(%a%a) ?(.*)"
		if macro == "Ft" then
			result = unquoted(rest)
		elseif macro == "Fn" then
			local first, tail = rest:match "^(%S+) ?(.*)"
			fn(result, first, arguments(tail))
		elseif macro == "Fo" then
			name, params = rest, {}
		elseif macro == "Fa" and params then
			params[#params + 1] = unquoted(rest)
		elseif macro == "Fc" then
			fn(result, name, params)
			params = nil
		end
	end
end

--- The prototypes in the SYNOPSIS of pages: name -> text.
function manpages.prototypes(paths)
	local out = {}
	for _, path in ipairs(paths) do
		local text = source.read(path)
		each_function(text, function(result, name, params)
			if result:find "^typedef" then
				return
			end
			assert(not out[name], name .. " is documented twice")
			assert(text:find("\n.Nm " .. name .. "%f[^%w_]"), name .. " not in NAME of " .. path)
			out[name] = squeeze(("%s %s(%s)"):format(result, name, table.concat(params, ", ")))
		end)
	end
	return out
end

--- Names that a page of the Lua module documents: kvm.X, kd:X, kvm.CONSTANT.
function manpages.lua_names(path)
	local out = {}
	for name in source.read(path):gmatch "%f[%w]k[vd]m?[.:]([%w_]+)" do
		out[name] = true
	end
	return out
end

--- The names of the commands, sorted.
function manpages.commands()
	return source.lines_of "cd scripts && find . -type f ! -name '*.[1-9]' ! -name vmcore | sed 's,^./,,' | LC_ALL=C sort"
end

local function module_of(path)
	return (path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", "."))
end

--- The modules that are there for others: those of the kernel's headers, and
-- whatever else a command requires. Sorted.
function manpages.public_modules()
	local seen, out = {}, {}
	for _, path in ipairs(source.lines_of "ls lua/vmcore/kern/*.lua") do
		seen[module_of(path)] = true
	end
	for _, name in ipairs(manpages.commands()) do
		for _, required in ipairs(source.requires("scripts/" .. name)) do
			seen[required] = true
		end
	end
	for name in pairs(seen) do
		out[#out + 1] = name
	end
	table.sort(out)
	return out
end

--- The modules that a page names: name -> true.
function manpages.modules_named(text)
	local out = {}
	for name in text:gmatch "%f[%w_]vmcore[%w_.]*" do
		out[name:gsub("%.$", "")] = true
	end
	return out
end

--- References to pages of our own that are not there.
function manpages.dangling(paths)
	local have, bad = {}, {}
	for _, path in ipairs(paths) do
		have[path:match "([^/]+)$"] = true
	end
	for _, path in ipairs(paths) do
		for name, section in source.read(path):gmatch "\n%.Xr ([%w_.]+) (%w+)" do
			if (name:find "^kvm" or name:find "^vmcore") and not have[name .. "." .. section] then
				bad[#bad + 1] = ("%s refers to %s(%s)"):format(path, name, section)
			end
		end
	end
	return bad
end

-- Not ours to mend: pages of FreeBSD that the host lacks, and its section 3lua.
local NOT_OURS = { "referenced manual not found", "outdated mandoc.db",
	"unknown manual section: Dt ... 3lua" }

--- What mandoc has against the pages.
function manpages.lint(paths)
	local bad = {}
	for _, line in ipairs(source.lines_of("mandoc -T lint -W style " ..
	    table.concat(paths, " ") .. " 2>/dev/null")) do
		local ours = true
		for _, text in ipairs(NOT_OURS) do
			ours = ours and not line:find(text, 1, true)
		end
		if ours then
			bad[#bad + 1] = line
		end
	end
	return bad
end

return manpages
