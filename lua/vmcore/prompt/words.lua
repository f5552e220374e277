--- A line taken apart into words, as a shell does: blanks between them, quotes
-- and backslashes around what is none.
-- @module vmcore.prompt.words

local words = {}

-- Ways to go on in a word, but for double quotes.
local PARTS = { "^'([^']*)'()", "^\\(.)()", "^([^%s'\"\\]+)()" }

-- What is between double quotes, and the position behind them.
local function quoted(text, position)
	local at = position + 1
	while true do
		at = text:find('["\\]', at)
		if at == nil then
			return nil
		elseif text:sub(at, at) == '"' then
			return (text:sub(position + 1, at - 1):gsub("\\(.)", "%1")), at + 1
		end
		at = at + 2
	end
end

local function part(text, position)
	if text:sub(position, position) == '"' then
		return quoted(text, position)
	end
	for _, pattern in ipairs(PARTS) do
		local found, stop = text:match(pattern, position)
		if found then
			return found, stop
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
