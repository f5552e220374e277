--- The Markdown that README.md uses, as HTML: headings, paragraphs, lists,
-- tables, blocks of code; in a line `code`, **bold** and [links](to).
local markdown = {}

local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

--- Text as HTML shows it.
-- @tparam string text
-- @treturn string
function markdown.escape(text)
	return (text:gsub('[&<>"]', ENTITIES))
end

--- The anchor of a heading, as forges of git repositories make it.
-- @tparam string text of the heading
-- @treturn string
function markdown.anchor(text)
	return (text:lower():gsub("[^%w%s_-]", ""):gsub("%s", "-"))
end

-- What is not code.
local function plain(text, link)
	text = markdown.escape(text):gsub("%*%*(.-)%*%*", "<b>%1</b>")
	return (text:gsub("%[(.-)%]%((.-)%)", function(label, target)
		local to = link(target)
		return to and ('<a href="%s">%s</a>'):format(to, label) or label
	end))
end

--- A line, or lines, of text.
-- @tparam string text
-- @tparam function link what a target is called, or nil when it has no page
-- @treturn string
function markdown.inline(text, link)
	local out, at = {}, 1
	for from, code, to in text:gmatch "()`([^`]+)`()" do
		out[#out + 1] = plain(text:sub(at, from - 1), link)
		out[#out + 1] = "<code>" .. markdown.escape(code) .. "</code>"
		at = to
	end
	out[#out + 1] = plain(text:sub(at), link)
	return table.concat(out)
end

local function cells(line)
	local out = {}
	for cell in line:gmatch "|%s*([^|]-)%s*%f[|]" do
		out[#out + 1] = cell
	end
	return out
end

local function row(line, tag, inline)
	local out = {}
	for i, cell in ipairs(cells(line)) do
		out[i] = ("<%s>%s</%s>"):format(tag, inline(cell), tag)
	end
	return "<tr>" .. table.concat(out) .. "</tr>"
end

local function table_of(lines, inline)
	local out = { "<table>", row(lines[1], "th", inline) }
	for i = 3, #lines do
		out[#out + 1] = row(lines[i], "td", inline)
	end
	out[#out + 1] = "</table>"
	return table.concat(out, "\n")
end

local function list_of(lines, inline)
	local items = {}
	for _, line in ipairs(lines) do
		local text = line:match "^%- (.*)"
		if text then
			items[#items + 1] = text
		else
			items[#items] = items[#items] .. "\n" .. line
		end
	end
	for i, item in ipairs(items) do
		items[i] = "<li>" .. inline(item) .. "</li>"
	end
	return "<ul>\n" .. table.concat(items, "\n") .. "\n</ul>"
end

-- Lines from `at` on that `wanted` accepts, and where the others begin.
local function take(lines, at, wanted)
	local out = {}
	while lines[at] and wanted(lines[at]) do
		out[#out + 1] = lines[at]
		at = at + 1
	end
	return out, at
end

local function code(lines)
	return "<pre>" .. markdown.escape(table.concat(lines, "\n")) .. "</pre>"
end

local function is_text(line)
	return line ~= ""
end

-- The block that begins at a line, and where the next one begins.
local function block(lines, at, inline)
	local line = lines[at]
	local level, title = line:match "^(#+) (.*)"
	if level then
		return ('<h%d id="%s">%s</h%d>'):format(#level, markdown.anchor(title), inline(title), #level),
		    at + 1
	elseif line:find "^```" then
		local found, after = take(lines, at + 1, function(l) return not l:find "^```" end)
		return code(found), after + 1
	elseif line:find "^    " then
		local found, after = take(lines, at, function(l) return l:find "^    " end)
		for i, l in ipairs(found) do
			found[i] = l:sub(5)
		end
		return code(found), after
	end
	local found, after = take(lines, at, is_text)
	if line:find "^|" then
		return table_of(found, inline), after
	elseif line:find "^%- " then
		return list_of(found, inline), after
	end
	return "<p>" .. inline(table.concat(found, "\n")) .. "</p>", after
end

--- A text as HTML, without what surrounds it.
-- @tparam string text
-- @tparam function link see inline()
-- @treturn string
function markdown.html(text, link)
	local lines, out, at = {}, {}, 1
	for line in (text .. "\n"):gmatch "([^\n]*)\n" do
		lines[#lines + 1] = line
	end
	local function inline(words)
		return markdown.inline(words, link)
	end
	while lines[at] do
		if lines[at] == "" then
			at = at + 1
		else
			out[#out + 1], at = block(lines, at, inline)
		end
	end
	return table.concat(out, "\n") .. "\n"
end

--- The tables of commands: topics in order, each with its commands.
-- @tparam string text of README.md
-- @treturn {table...} title; list of { name, text }
function markdown.topics(text)
	local topics = {}
	local section = text:match "\n## The commands\n(.-)\n## " or ""
	for line in section:gmatch "[^\n]+" do
		local title = line:match "^### (.*)"
		local name, answer = line:match "^| `([%w_]+)` | (.-) |$"
		if title then
			topics[#topics + 1] = { title = title }
		elseif name then
			table.insert(topics[#topics], { name = name, text = answer })
		end
	end
	return topics
end

return markdown
