--- What documentation shows: shell sessions and files, carried out in a folder.
--
-- A literal block whose text before it ends with a file's name and a colon is
-- that file. In other blocks a line "$ command" is run; lines behind
-- "vmcore> " and "   ...> " are given to it; what follows is what it prints,
-- "..." standing for any lines. A command of vmcore's that shows nothing
-- prints something all the same.
local cc = require "spec.support.cc"
local source = require "spec.support.source"

local session = {}

local quote = cc.quote
local PROMPT <const> = "vmcore> "
local CONTINUED <const> = "   ...> "
local MARK <const> = "--8<-- "

-- Lines of a text, and what begins at one of them.
local function lines_of(text)
	local lines = {}
	for line in text:gmatch "([^\n]*)\n" do
		lines[#lines + 1] = line
	end
	return lines
end

-- The block from line `first` to `last`, read by `plain`.
local function block(lines, first, last, file, plain)
	local out = { file = file, first = first }
	for i = first, last do
		out[#out + 1] = plain(lines[i])
	end
	return out
end

-- The first line from `at` on that fits, or the last.
local function find(lines, at, pattern)
	while lines[at] and not lines[at]:find(pattern) do
		at = at + 1
	end
	return at
end

--- The literal blocks of Markdown: lists of lines with `file`, `first`.
function session.markdown(text)
	local lines, out, at, file = lines_of(text), {}, 1, nil
	local function same(line)
		return line
	end
	while lines[at] do
		local last
		if lines[at]:find "^```" then
			last = find(lines, at + 1, "^```")
			out[#out + 1] = block(lines, at + 1, last - 1, file, same)
		elseif lines[at]:find "^    " then
			last = find(lines, at, "^[^ ]") - 1
			while not lines[last]:find "^    " do
				last = last - 1
			end
			out[#out + 1] = block(lines, at, last, nil, function(line) return line:sub(5) end)
		end
		file = lines[at] == "" and file or lines[at]:match "`([%w_./]+)`:$"
		at = (last or at) + 1
	end
	return out
end

-- A line of a literal block of mdoc as it is printed.
local function printed(line)
	return (line:gsub("^\\&", ""):gsub("\\%(dq", '"'):gsub("\\&", ""):gsub("\\e", "\\"))
end

-- And back.
local function as_mdoc(line)
	return (line:gsub("\\", "\\e"):gsub("^[.']", "\\&%0"))
end

--- The literal blocks of mdoc.
function session.mdoc(text)
	local lines, out, at, file = lines_of(text), {}, 1, nil
	while lines[at] do
		if lines[at]:find "^%.Bd %-literal" then
			local last = find(lines, at, "^%.Ed")
			out[#out + 1] = block(lines, at + 1, last - 1, file, printed)
			out[#out].escape = as_mdoc
			at = last
		elseif lines[at]:find "^%.Dl %$ " then
			out[#out + 1] = block(lines, at, at, nil, function(line) return printed(line:sub(5)) end)
		end
		file = lines[at]:match "^%.Pa ([%w_./]+) :$"
		at = at + 1
	end
	return out
end

-- The commands of a block: text, inputs, expected lines and where these stand.
local function commands(lines)
	local out, last = {}, nil
	for i, line in ipairs(lines) do
		local command = line:match "^%$ (.*)"
		local input = line:sub(1, #PROMPT) == PROMPT and line:sub(#PROMPT + 1)
		if command then
			out[#out + 1] = { text = command, inputs = {}, from = lines.first + i, escape = lines.escape }
			last = out[#out]
		elseif input then
			last = { text = input, from = lines.first + i, escape = lines.escape }
			table.insert(out[#out].inputs, last)
		elseif line:sub(1, #CONTINUED) == CONTINUED then
			last.text = last.text .. "\n" .. line:sub(#CONTINUED + 1)
			last.from = lines.first + i
		elseif last then
			last.expected = last.expected or {}
			table.insert(last.expected, line)
		end
	end
	return out
end

-- What is to be done, in order.
function session.steps(blocks)
	local out = {}
	for _, lines in ipairs(blocks) do
		if lines.file then
			out[#out + 1] = { file = lines.file, text = table.concat(lines, "\n") .. "\n" }
		else
			local more = commands(lines)
			table.move(more, 1, #more, #out + 1, out)
		end
	end
	return out
end

-- Whether lines are the expected ones, "..." being any number of lines.
local function fits(expected, lines, i, j)
	i, j = i or 1, j or 1
	while expected[i] do
		if expected[i] == "..." then
			for from = j, #lines + 1 do
				if fits(expected, lines, i + 1, from) then
					return true
				end
			end
			return false
		elseif expected[i] ~= lines[j] then
			return false
		end
		i, j = i + 1, j + 1
	end
	return lines[j] == nil
end
session.fits = fits

-- What stands on standard input: each input, then a mark.
local function typed(inputs)
	local out = {}
	for i, input in ipairs(inputs) do
		out[i] = ("%s\nprint %q\n"):format(input.text, MARK .. i)
	end
	return table.concat(out)
end

-- Hold what was printed against what is shown.
local function compare(shown, text, wrong)
	shown.printed = lines_of(text:find "[^\n]$" and text .. "\n" or text)
	if shown.expected and not fits(shown.expected, shown.printed) then
		wrong[#wrong + 1] = ("%s\nprints\n%s\ninstead of\n%s"):format(shown.text, text,
		    table.concat(shown.expected, "\n"))
	end
end

--- Carry out a step in a folder.
-- @tparam string folder
-- @tparam table step of steps()
-- @tparam ?string before shell text in front of the command
-- @treturn {string...} what is not as it is shown
function session.run(folder, step, before)
	if step.file then
		local file <close> = assert(io.open(folder .. "/" .. step.file, "w"))
		file:write(step.text)
		return {}
	end
	local wrong, input = {}, folder .. "/.input"
	local file = assert(io.open(input, "w"))
	file:write(typed(step.inputs))
	file:close()
	local out, err, status = cc.run(("cd %s && %s{ %s\n} <%s"):format(quote(folder), before or "", step.text,
	    quote(input)))
	if status ~= 0 then
		wrong[1] = ("%s\nhas status %d:\n%s%s"):format(step.text, status, out, err)
	elseif err ~= "" then
		wrong[1] = step.text .. "\ncomplains:\n" .. err
	elseif out == "" and step.text:find "%f[%w]vmcore%f[%s]" then
		wrong[1] = step.text .. "\nprints nothing"
	end
	for i, line in ipairs(step.inputs) do
		local text, rest = out:match("^(.-)" .. MARK:gsub("%p", "%%%0") .. i .. "\n(.*)$")
		compare(line, text or "", wrong)
		out = rest or ""
	end
	compare(step, out, wrong)
	return wrong
end

--- Put what was printed into the file that shows it, where it shows all.
function session.rewrite(path, steps)
	local lines, shown = lines_of(source.read(path)), {}
	for _, step in ipairs(steps) do
		table.move(step.inputs or {}, 1, #(step.inputs or {}), #shown + 1, shown)
		shown[#shown + 1] = step
	end
	table.sort(shown, function(a, b) return (a.from or 0) > (b.from or 0) end)
	for _, item in ipairs(shown) do
		if item.expected and item.printed and not table.concat(item.expected, "\n"):find "%.%.%." then
			for _ = 1, #item.expected do
				table.remove(lines, item.from)
			end
			for i, line in ipairs(item.printed) do
				table.insert(lines, item.from + i - 1, item.escape and item.escape(line) or "    " .. line)
			end
		end
	end
	local file <close> = assert(io.open(path, "w"))
	file:write(table.concat(lines, "\n"), "\n")
end

return session
