--- Write the manual as HTML: lua rocks/doc.lua OUTDIR
--
-- In the folder of the tree. mandoc(1) renders the pages; this puts navigation
-- around them and writes the start page. Nothing is listed here: pages are
-- those of the tree, commands and their topics those of README.md.
package.path = "rocks/?.lua;" .. package.path
local markdown = require "markdown"

local escape = markdown.escape
local FREEBSD = "https://man.freebsd.org/cgi/man.cgi?query=%s&amp;sektion=%s"

-- What the start page has, in order; 3lua before 3, as people come for scripts.
local SECTIONS = {
	{ name = "7", title = "Guides" },
	{ name = "1", title = "The command" },
	{ name = "3lua", title = "The Lua library" },
	{ name = "3", title = "The C library" },
}

local function lines_of(command)
	local pipe = assert(io.popen(command))
	local out = {}
	for line in pipe:lines() do
		out[#out + 1] = line
	end
	return out, pipe:close()
end

local function read(path)
	local file <close> = assert(io.open(path, "rb"))
	return file:read "a"
end

local function write(path, text)
	local file <close> = assert(io.open(path, "wb"))
	assert(file:write(text))
end

-- The words of a line of mdoc, its macros left out.
local function words(line)
	local text = line:gsub('"', ""):gsub("%f[%S]Fx%f[%s\0]", "FreeBSD")
	    :gsub("%f[%S]Xr (%S+) (%S+)", "%1(%2)"):gsub("%f[%S]%u%l%s", ""):gsub(" ([,.;:])", "%1")
	return text
end

-- The pages of the tree, by section and name.
local function pages_of_tree()
	local pages = {}
	for _, path in ipairs((lines_of "find core lua scripts -name '*.[1-9]' -o -name '*.3lua' | sort")) do
		local name, section = path:match "([^/]+)%.(%w+)$"
		local source = read(path)
		local names, modules = {}, {}
		for module in (source:match "\n%.Sh SYNOPSIS\n(.-)\n%.Sh " or ""):gmatch 'require "(vmcore%.[%w_.]+)"' do
			modules[#modules + 1] = module
		end
		for line in source:match "\n%.Sh NAME\n(.-)\n%.Sh ":gmatch "%.Nm ([^\n]*)" do
			names[#names + 1] = line:match "^%S+"
		end
		pages[#pages + 1] = { path = path, name = name, section = section, names = names, modules = modules,
			file = ("%s.%s.html"):format(name, section),
			title = ("%s(%s)"):format(name, section), about = words(source:match "\n%.Nd ([^\n]*)") }
	end
	return pages
end

-- Headings of a page: a list of level, anchor and title, all HTML.
local function headings(body)
	local out = {}
	for level, anchor, title in body:gmatch '<h(%d)[^>]* id="([^"]*)">(.-)</h%d>' do
		out[#out + 1] = { level = tonumber(level), anchor = anchor,
			title = title:gsub("</?a[^>]*>", ""):gsub("%s+", " ") }
	end
	return out
end

local function link(to, label)
	return ('<a href="%s">%s</a>'):format(to, label)
end

local function contents(body)
	local out = {}
	for _, heading in ipairs(headings(body)) do
		out[#out + 1] = ('<li class="level%d">%s</li>'):format(heading.level,
		    link("#" .. heading.anchor, heading.title))
	end
	return '<nav class="contents">\n<ul>\n' .. table.concat(out, "\n") .. "\n</ul>\n</nav>\n"
end

-- The line that leads from each page to the start page and its parts.
local function bar()
	local out = { link("index.html", "vmcore"), link("readme.html", "README"),
		link("index.html#commands", "Commands") }
	for _, section in ipairs(SECTIONS) do
		out[#out + 1] = link("index.html#section-" .. section.name, section.title)
	end
	return '<nav class="bar">' .. table.concat(out, "\n") .. "</nav>\n"
end

local function document(title, body, inner)
	return table.concat { "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
		'<meta name="viewport" content="width=device-width, initial-scale=1">\n',
		"<title>", escape(title), "</title>\n<link rel=\"stylesheet\" href=\"style.css\">\n</head>\n<body>\n",
		bar(), inner or "", "<main>\n", body, "</main>\n</body>\n</html>\n" }
end

-- A page as HTML. References to pages that are not ours lead to FreeBSD's.
local function render(page, ours)
	local lines, ok = lines_of(("mandoc -I os=vmcore -T html -O fragment,man=%%N.%%S.html '%s'"):format(
	    page.path))
	if not ok then
		error("mandoc: " .. page.path)
	end
	return (table.concat(lines, "\n"):gsub('(<a class="Xr" href=")([^"]*)%.(%w+)%.html"',
	    function(start, name, section)
		local file = ("%s.%s.html"):format(name, section)
		return start .. (ours[file] and file or FREEBSD:format(name, section)) .. '"'
	end))
end

local function commands(readme)
	local out = { '<h2 id="commands">Commands</h2>' }
	for _, topic in ipairs(markdown.topics(readme)) do
		out[#out + 1] = ("<h3>%s</h3>\n<table>"):format(escape(topic.title))
		for _, command in ipairs(topic) do
			out[#out + 1] = ("<tr><td>%s</td><td>%s</td></tr>"):format(
			    link("vmcore.1.html#" .. command.name, command.name), escape(command.text))
		end
		out[#out + 1] = "</table>"
	end
	return table.concat(out, "\n")
end

-- What else a page has: functions, modules, or the headings of the command's.
local function also(page)
	local out = {}
	for _, name in ipairs(page.section == "3lua" and page.modules or page.names) do
		if name ~= page.name then
			out[#out + 1] = escape(name)
		end
	end
	for _, heading in ipairs(page.section == "1" and headings(page.body) or {}) do
		if heading.title:find "%l" then
			out[#out + 1] = link(page.file .. "#" .. heading.anchor, heading.title)
		end
	end
	return #out > 0 and '<br><span class="also">' .. table.concat(out, ", ") .. "</span>" or ""
end

-- The pages of a section: first those that README leads to, in its order.
local function listing(section, pages, readme)
	local found = {}
	for _, page in ipairs(pages) do
		if page.section == section.name then
			found[#found + 1] = page
			page.place = readme:find("(" .. page.path .. ")", 1, true) or #readme
		end
	end
	table.sort(found, function(a, b)
		return a.place < b.place or a.place == b.place and a.name < b.name
	end)
	local out = { ('<h2 id="section-%s">%s</h2>'):format(section.name, escape(section.title)), "<table>" }
	for _, page in ipairs(found) do
		out[#out + 1] = ("<tr><td>%s</td><td>%s%s</td></tr>"):format(link(page.file, page.title),
		    escape(page.about), also(page))
	end
	out[#out + 1] = "</table>"
	return table.concat(out, "\n")
end

local function start_page(pages, readme)
	local first = markdown.html(readme:match "^# [^\n]*\n\n(.-\n)\n", function() return nil end)
	local out = { "<h1>vmcore</h1>", first, "<p>" .. link("readme.html", "README") ..
		": what there is, two commands to begin with, a script of your own.</p>" }
	out[#out + 1] = listing(SECTIONS[1], pages, readme)
	out[#out + 1] = commands(readme)
	for i = 2, #SECTIONS do
		out[#out + 1] = listing(SECTIONS[i], pages, readme)
	end
	return table.concat(out, "\n") .. "\n"
end

local function main(folder)
	local pages, ours = pages_of_tree(), {}
	for _, page in ipairs(pages) do
		ours[page.file] = true
		ours[page.path] = page.file
	end
	for _, page in ipairs(pages) do
		page.body = render(page, ours)
		write(folder .. "/" .. page.file, document(page.title, page.body .. "\n", contents(page.body)))
	end
	local readme = read "README.md"
	local body = markdown.html(readme, function(target)
		return target:find "^#" and target or target:find "^https?:" and target or ours[target]
	end)
	write(folder .. "/readme.html", document("vmcore: README", body, contents(body)))
	write(folder .. "/index.html", document("vmcore", start_page(pages, readme)))
	write(folder .. "/style.css", read "rocks/doc.css")
end

if not arg[1] then
	io.stderr:write "usage: doc.lua OUTDIR\n"
	os.exit(2)
end
main(arg[1])
