--- Graphs in the language of Graphviz, dot(1).
-- @module vmcore.dot

local dot = {}

--- A string of the language. Names come from a dump: what could end the string,
-- or means something inside it, becomes a question mark.
-- @tparam string text
-- @treturn string quoted
function dot.quote(text)
	return '"' .. text:gsub('[%c"\\]', "?") .. '"'
end

-- " [label="x", color=red]", the attributes by name.
local function attributes(list)
	local out = {}
	for name, value in pairs(list or {}) do
		out[#out + 1] = ("%s=%s"):format(name, dot.quote(value))
	end
	table.sort(out)
	return #out > 0 and " [" .. table.concat(out, ", ") .. "]" or ""
end

--- The lines of a directed graph.
-- @tparam string name of the graph: a word
-- @tparam {table...} edges from and to (text; to may be absent: a node alone),
--   attributes (a table of text, optional)
-- @treturn {string...}
function dot.digraph(name, edges)
	local lines = { "digraph " .. name .. " {" }
	for _, edge in ipairs(edges) do
		local target = edge.to and " -> " .. dot.quote(edge.to) or ""
		lines[#lines + 1] = ("\t%s%s%s;"):format(dot.quote(edge.from), target,
		    attributes(edge.attributes))
	end
	lines[#lines + 1] = "}"
	return lines
end

return dot
