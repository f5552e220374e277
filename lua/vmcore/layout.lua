--- Text of nested values: on one line where it fits, else indented.
--
-- A node is a string, or a table { open, close, label, node, label, node ... }
-- by position from 3 on; `tall` keeps it off one line.
-- @module vmcore.layout

local layout = {}

local INDENT = "  "

-- The node on one line, or nil when that is longer than room.
local function flat(node, room)
	if type(node) == "string" then
		return #node <= room and node or nil
	elseif node.tall then
		return nil
	end
	local parts, used = { node[1] }, #node[1] + #node[2]
	for i = 3, #node, 2 do
		local text = flat(node[i + 1], room - used - #node[i])
		if text == nil then
			return nil
		end
		used = used + #node[i] + #text + 2
		if used > room then
			return nil
		end
		parts[#parts + 1] = (i > 3 and ", " or "") .. node[i] .. text
	end
	parts[#parts + 1] = node[2]
	return table.concat(parts)
end

local function lines(out, node, prefix, label, ending, width)
	local text = flat(node, width - #prefix - #label - #ending)
	if text == nil and type(node) == "string" then
		text = node
	end
	if text then
		out[#out + 1] = prefix .. label .. text .. ending
		return
	end
	out[#out + 1] = prefix .. label .. node[1]
	for i = 3, #node, 2 do
		lines(out, node[i + 1], prefix .. INDENT, node[i], ",", width)
	end
	out[#out + 1] = prefix .. node[2] .. ending
end

--- The text of a node.
-- @param node
-- @tparam string label in front of it
-- @tparam integer width of the screen, in bytes
-- @treturn string without a newline at its end
function layout.text(node, label, width)
	local out = {}
	lines(out, node, "", label, "", width)
	return table.concat(out, "\n")
end

return layout
