--- `make doc`: the manual as HTML; and what README lists.
local lab = require "spec.support.lab"
local markdown = dofile "rocks/markdown.lua"
local pages = require "spec.support.manpages"
local source = require "spec.support.source"

local PAGES = source.files("core lua scripts", "*.[1-9]", "*.3lua")

-- What breaks a rule; there must be nothing.
local function none(list)
	assert.equal("", table.concat(list, "\n"))
end

local function without(text, what)
	return (text:gsub(what, ""))
end

-- Files that a page refers to, and anchors in them: href -> true.
local function references(html)
	local out = {}
	for target in html:gmatch 'href="([^"]*)"' do
		out[target] = true
	end
	return out
end

describe("make doc", function()
	local folder, html = nil, {}

	-- It needs mandoc.
	local function test(name, fn)
		it(name, function()
			if folder == nil then
				return pending "no mandoc here"
			end
			fn()
		end)
	end

	setup(function()
		if #source.lines_of "command -v mandoc" == 0 then
			return
		end
		folder = lab.folder()
		assert(os.execute(("%s rocks/doc.lua %s"):format(os.getenv "LUA", folder)))
		for _, path in ipairs(source.files(folder, "*.html")) do
			html[path:match "[^/]*$"] = source.read(path)
		end
	end)

	test("renders every page, and README", function()
		for _, path in ipairs(PAGES) do
			local file = path:match "[^/]*$" .. ".html"
			assert.is_truthy(html[file], file)
			assert.matches('id="NAME"', html[file])
		end
		assert.matches('id="two%-commands"', html["readme.html"])
	end)

	test("links every page from the start page, and the start page from every page", function()
		local linked = references(html["index.html"])
		for file, text in pairs(html) do
			assert.is_truthy(file == "index.html" or linked[file], file)
			assert.is_truthy(references(text)["index.html"], file)
		end
	end)

	test("links every command from the start page", function()
		local linked = references(html["index.html"])
		for _, name in ipairs(pages.commands()) do
			assert.is_truthy(linked["vmcore.1.html#" .. name], name)
			assert.matches('<dt id="' .. name .. '"><a [^>]*><code class="Cm">' .. name .. "</code>",
			    html["vmcore.1.html"])
		end
	end)

	test("makes links that lead somewhere: file and anchor", function()
		local bad = {}
		for file, text in pairs(html) do
			for target in pairs(references(text)) do
				local to, anchor = target:match "^([^#]*)#?(.*)$"
				local there = html[to == "" and file or to]
				local found = there and (anchor == "" or there:find('id="' .. anchor .. '"', 1, true))
				if not found and not target:find "^https://" and target ~= "style.css" then
					bad[#bad + 1] = file .. ": " .. target
				end
			end
		end
		none(bad)
	end)

	test("refers to other systems' pages only where the tree has none", function()
		for file, text in pairs(html) do
			for name, section in text:gmatch "query=([%w_.]+)&amp;sektion=(%w+)" do
				assert.is_nil(html[("%s.%s.html"):format(name, section)], file .. " " .. name)
			end
		end
	end)

	test("needs no script and nothing from elsewhere, and says nothing of the host", function()
		for file, text in pairs(html) do
			assert.is_nil(text:find "<script", file)
			assert.is_nil(text:find('<link[^>]*href="http'), file)
			local uname = source.lines_of "uname -s"[1]
			assert.is_nil(text:match('"foot%-os">' .. uname), file)
		end
	end)

	test("closes what it opens", function()
		for file, text in pairs(html) do
			local open = {}
			text = without(without(text, "<!.->"), "<%a[^>]*/>")
			for slash, tag in text:gmatch "<(/?)(%a%w*)" do
				if slash == "/" then
					assert.equal(table.remove(open), tag, file)
				elseif tag ~= "meta" and tag ~= "link" and tag ~= "br" then
					open[#open + 1] = tag
				end
			end
			assert.same({}, open, file)
		end
	end)
end)

describe("README", function()
	it("has a row for every command, and for nothing else", function()
		local listed = {}
		for _, topic in ipairs(markdown.topics(source.read "README.md")) do
			for _, command in ipairs(topic) do
				listed[#listed + 1] = command.name
				assert.matches("%?$", command.text)
			end
		end
		table.sort(listed)
		assert.same(pages.commands(), listed)
	end)

	it("refers to files that are there", function()
		local bad = {}
		for target in source.read "README.md":gmatch "%]%(([^)#]+)%)" do
			if not target:find "^https?:" and not io.open(target) then
				bad[#bad + 1] = target
			end
		end
		none(bad)
	end)
end)
