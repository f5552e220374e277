--- Text from a dump, made safe for a terminal, for JSON and for CSV.
--
-- Control characters (ESC among them, DEL, the C1 set) and bytes that are no
-- UTF-8 become \xNN, so a process may be called what it likes and the
-- terminal still does what its user wants. A JSON string carries the same
-- four characters where the dump's bytes are no UTF-8: JSON has no way to say
-- them.
-- @module vmcore.escape

local escape = {}

local find, format, gsub = string.find, string.format, string.gsub

local function hex(s)
	return (gsub(s, ".", function(c)
		return format("\\x%02x", c:byte())
	end))
end

-- Go through text that has bytes above 127: valid runs pass through `valid`,
-- other bytes become \xNN.
local function by_runs(text, valid)
	local parts, position = {}, 1
	while position <= #text do
		local length, bad = utf8.len(text, position)
		local stop = length and #text or bad - 1
		if stop >= position then
			parts[#parts + 1] = valid(text:sub(position, stop))
		end
		if bad then
			parts[#parts + 1] = hex(text:sub(bad, bad))
		end
		position = (bad or #text) + 1
	end
	return table.concat(parts)
end

-- U+0080 to U+009F: terminals obey them too.
local C1 = "\xc2[\x80-\x9f]"

local function printable(text)
	return (gsub(gsub(text, "%c", hex), C1, hex))
end

-- One range, anchored: the quickest question that Lua's patterns can ask.
local PLAIN = "^[ -~]*$"
local PLAIN_JSON = "^[ !#-%[%]-~]*$"	-- neither " nor \

--- Safe for a terminal.
-- @tparam string text
-- @treturn string
function escape.text(text)
	if find(text, PLAIN) then
		return text
	end
	return by_runs(text, printable)
end

--- The same, but tabs stay: for lines, where they are text.
-- @tparam string text
-- @treturn string
function escape.line(text)
	if find(text, PLAIN) then
		return text
	end
	return (gsub(escape.text(text), "\\x09", "\t"))
end

local SHORT = {
	['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f",
	["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t",
}

local function json_escaped(c)
	return SHORT[c] or format("\\u%04x", c:byte())
end

local function json_valid(text)
	return (gsub(text, '[%c"\\\x7f]', json_escaped))
end

--- A JSON string (RFC 8259), quotes and all.
-- @tparam string text
-- @treturn string
function escape.json(text)
	if find(text, PLAIN_JSON) then
		return '"' .. text .. '"'
	elseif utf8.len(text) then
		return '"' .. json_valid(text) .. '"'
	end
	-- A backslash of our own has to be escaped like any other.
	return '"' .. json_valid(by_runs(text, function(run)
		return run
	end)) .. '"'
end

--- A CSV field (RFC 4180), in quotes where it needs them.
-- @tparam string text
-- @treturn string
function escape.csv(text)
	text = escape.text(text)
	if find(text, '[",]') then
		return '"' .. gsub(text, '"', '""') .. '"'
	end
	return text
end

return escape
