--- Reads the project's own tree: files, C and Lua functions, what requires what.
local source = {}

--- Lines that a shell command prints.
function source.lines_of(command)
	local p = assert(io.popen(command))
	local out = {}
	for line in p:lines() do
		out[#out + 1] = line
	end
	p:close()
	return out
end

--- Files below the folders (a string of names) that fit one of the globs.
function source.files(folders, ...)
	local globs = {}
	for i, glob in ipairs{ ... } do
		globs[i] = ("-name '%s'"):format(glob)
	end
	return source.lines_of(("find %s -type f \\( %s \\) 2>/dev/null | sort"):format(
	    folders, table.concat(globs, " -o ")))
end

--- The text of a file.
function source.read(path)
	local f = assert(io.open(path, "rb"))
	local text = f:read "a"
	f:close()
	return text
end

--- How many lines a text has.
function source.count_lines(text)
	return select(2, text:gsub("\n", ""))
end

-- Text of the same lines, all else gone.
local function blank(text)
	return (text:gsub("[^\n]+", " "))
end

--- C text without comments, strings kept, lines kept.
function source.strip_c(text)
	return (text:gsub("/%*.-%*/", blank))
end

--- The functions of a C file in style(9): name -> { first, last, body }.
function source.c_functions(text)
	local out, line, first, name, body = {}, 0, nil, nil, nil
	for l in text:gmatch "([^\n]*)\n" do
		line = line + 1
		if l:find "^{" then
			first, body = line, {}
		elseif l:find "^}" and first then
			out[#out + 1] = { name = name or "?", first = first, last = line,
				body = table.concat(body, "\n") }
			first = nil
		elseif first then
			body[#body + 1] = l
		else
			name = l:match "^([%a_][%w_]*)%(" or name
		end
	end
	return out
end

-- The end of the comment or string that starts at i; nil when none does.
local function skip(text, i)
	local level = text:match("^%-%-%[(=*)%[", i) or text:match("^%[(=*)%[", i)
	if level then
		return select(2, text:find("]" .. level .. "]", i, true)) or #text
	elseif text:find("^%-%-", i) then
		return (text:find("\n", i, true) or #text + 1) - 1
	end
	local quote = text:match("^[\"']", i)
	while quote do
		i = text:find("[\\" .. quote .. "]", i + 1) or #text
		if text:sub(i, i) ~= "\\" then
			return i
		end
		i = i + 1
	end
	return nil
end

--- Lua text without comments, and without what is in strings unless keep; lines
-- stay where they are.
function source.strip_lua(text, keep)
	local out, i = {}, 1
	while i <= #text do
		local stop = skip(text, i)
		local piece = text:sub(i, stop or i)
		if stop and (not keep or piece:find "^%-%-") then
			piece = blank(piece)
		end
		out[#out + 1] = piece
		i = (stop or i) + 1
	end
	return table.concat(out)
end

local OPENS = { ["function"] = true, ["do"] = true, ["if"] = true, ["repeat"] = true }
local CLOSES = { ["end"] = true, ["until"] = true }

--- The functions of a Lua text: a list of { first, last }.
function source.lua_functions(text)
	local out, open, line = {}, {}, 0
	for l in source.strip_lua(text):gmatch "([^\n]*)\n" do
		line = line + 1
		for word in l:gmatch "[%a_][%w_]*" do
			if OPENS[word] then
				open[#open + 1] = { word = word, first = line }
			elseif CLOSES[word] then
				local top = table.remove(open)
				if top and top.word == "function" then
					out[#out + 1] = { first = top.first, last = line }
				end
			end
		end
	end
	return out
end

--- Modules that a Lua file requires by a literal name.
function source.requires(path)
	local out = {}
	local text = source.strip_lua(source.read(path), true)
	for name in text:gmatch "require%s*%(?%s*[\"']([%w_.]+)[\"']" do
		out[#out + 1] = name
	end
	return out
end

--- The words of a variable of the Makefile, other variables in it left out.
function source.make_list(name)
	local text = ("\n" .. source.read "Makefile"):gsub("\\\n", " ")
	local out = {}
	for word in text:match("\n" .. name .. "%s*=([^\n]*)"):gmatch "%S+" do
		if not word:find "^%$" then
			out[#out + 1] = word
		end
	end
	table.sort(out)
	return out
end

return source
