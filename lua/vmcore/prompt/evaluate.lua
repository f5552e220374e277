--- What a line at the prompt means. In this order it is
--
--	.help, .quit		what the prompt itself understands
--	= EXPRESSION		C
--	COMMAND ARGUMENTS	when there is such a command
--	Lua			an expression or statements, when it can be compiled
--	C			an expression
--
-- The kernel's variables can be used in Lua as they can in C. A Lua expression
-- in which a name is missing may still be one of C: VNET(x), enumerators.
-- @module vmcore.prompt.evaluate

local environment = require "vmcore.prompt.environment"
local eval = require "vmcore.eval"
local show = require "vmcore.prompt.show"

local evaluate = {}

local CHUNK = "=line"

-- Without the place in a line that is the only one. Faults and the like go on
-- as they are.
local function plain(err)
	return type(err) == "string" and err:gsub("^line:1: ", "") or err
end

-- Compile Lua: a chunk; or nil, message.
local function compile(session, text)
	local chunk, expression = load("return " .. text, CHUNK, "t", session.env)
	if chunk then
		return chunk
	end
	local message
	chunk, message = load(text, CHUNK, "t", session.env)
	return chunk, expression:find "<eof>$" and expression or message
end

local WALKED <const> = 10000

-- What a walker goes through, as far as one wants to read.
local function show_walk(session, each, walk)
	local n = 0
	for item in each do
		n = n + 1
		if n > WALKED then
			session:write "...\n"
			return
		end
		session:write(show.item(item) .. "\n")
	end
	local status = walk:status()
	if status then
		session.complain(status.message)
	end
end

local function show_all(session, results)
	local meta = getmetatable(results[2])
	if type(results[1]) == "function" and type(meta) == "table" and meta.__name == "vmcore.walk" then
		return show_walk(session, results[1], results[2])
	end
	for i = 1, results.n do
		session:write(show.value(results[i], session:format_options()) .. "\n")
	end
end

--- Evaluate a C expression and show its value.
-- @tparam table session of vmcore.prompt
-- @tparam string text
-- @treturn[1] string "done"
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] string code
-- @raise a fault
function evaluate.c(session, text)
	local result, message, code = eval.typed(session.k, text)
	if result == nil then
		return nil, message, code
	end
	session:write(show.result(result, session:format_options()) .. "\n")
	return "done"
end

local function run(session, chunk)
	local results = table.pack(pcall(chunk))
	if not results[1] then
		return nil, results[2]
	end
	show_all(session, table.pack(table.unpack(results, 2, results.n)))
	return "done"
end

-- A variable of Lua in front of C's "->".
local function arrows(session, text)
	local root = text:match "^%s*([%a_][%w_]*)%s*%->"
	if root == nil or rawget(session.env, root) == nil then
		return nil
	end
	return compile(session, (text:gsub("%->", ".")))
end

local function as_c(session, text, why)
	local status, message, code = evaluate.c(session, text)
	if status then
		return status
	end
	local chunk = arrows(session, text)
	if chunk then
		return run(session, chunk)
	end
	return nil, code == "syntax" and why or message, code
end

local STATEMENT = {}
for word in ("break do for function goto if local repeat return while"):gmatch "%a+" do
	STATEMENT[word] = true
end

-- Neither Lua nor C: whose complaint helps more.
local function looks_like_lua(text)
	return STATEMENT[text:match "^%s*(%a+)"] or text:find "^[%w_.,%s]+=[^=]"
end

local function not_lua(session, text, message)
	local status, why, code = as_c(session, text)
	if status or code ~= "syntax" then
		return status, why
	elseif message:find "<eof>$" then
		return "more"
	end
	if looks_like_lua(text) then
		return nil, plain(message)
	end
	return nil, select(2, evaluate.c(session, text))
end

--- Run Lua, or what else it may be.
-- @tparam table session
-- @tparam string text
-- @treturn[1] string "done", "more" when the text is not complete
-- @treturn[2] nil
-- @treturn[2] string message
function evaluate.lua(session, text)
	local chunk, message = compile(session, text)
	if chunk == nil then
		return not_lua(session, text, message)
	end
	local status, err = run(session, chunk)
	if status == nil and environment.is_undefined(err) then
		status, err = as_c(session, text, err)
	end
	return status, err and plain(err)
end

--- Whether Lua takes the text.
-- @tparam table session
-- @tparam string text
-- @treturn boolean
function evaluate.is_lua(session, text)
	return compile(session, text) ~= nil
end

return evaluate
