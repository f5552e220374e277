--- A line taken apart into words, as a shell does: blanks between them, quotes
-- and backslashes around what is none.
-- @module vmcore.prompt.words

local words = {}

local function unescaped(text)
	return (text:gsub("\\(.)", "%1"))
end

-- Ways to go on in a word.
local PARTS = {
	{ "^'([^']*)'()", function(text) return text end },
	{ '^"([^"]*)"()', unescaped },
	{ "^\\(.)()", function(text) return text end },
	{ "^([^%s'\"\\]+)()", function(text) return text end },
}

local function part(text, position)
	for _, way in ipairs(PARTS) do
		local found, stop = text:match(way[1], position)
		if found then
			return way[2](found), stop
		end
	end
	return nil
end

--- Split a line.
-- @tparam string text
-- @treturn[1] {string...}
-- @treturn[2] nil
-- @treturn[2] string message
function words.split(text)
	local list, word = {}, nil
	local position = text:match "^%s*()"
	while position <= #text do
		local found, stop = part(text, position)
		if found == nil then
			return nil, "a quote is missing"
		end
		word = (word or "") .. found
		position = text:match("^%s*()", stop)
		if position > stop then
			list[#list + 1], word = word, nil
		end
	end
	list[#list + 1] = word
	return list
end

return words
