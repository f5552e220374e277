--- Runs every command on damaged dumps, and says what it should not have done:
--
--	lua5.4 spec/fuzz/commands.lua KERNEL CORE WORK SECONDS [SEED [ROUND]]
--
-- WORK is a folder for the copy that is damaged. Only words that the command
-- reads are hit: run with the test variant of the module, which tells. A round
-- depends on the seed and its number alone; with ROUND, only that one is run
-- and what it printed is shown. WORK/now names the round, should the process
-- die of it. In the environment: FUZZ_LIMIT, the seconds of processor time that
-- a command may take, 5; FUZZ_DOUBT, also to tell of answers that lost much.
local kvm = require "kvm"
local testing = require "kvm.testing"
local vmcore = require "vmcore"
local escape = require "vmcore.escape"
local invocation = require "vmcore.invocation"
local script = require "vmcore.script"
local damage = require "spec.fuzz.damage"
local lines = require "spec.fuzz.lines"

local KERNEL, CORE, WORK, SECONDS, SEED, ROUND = table.unpack(arg)
local LIMIT <const> = tonumber(os.getenv "FUZZ_LIMIT" or 5)	-- seconds of processor time
local MEMORY <const> = 500 << 10	-- KiB
local MODES = { "text", "text", "json", "csv" }

local function sh(command, ...)
	assert(os.execute(command:format(...)), command)
end

-- A command line, ready to be run; `address` stands in it for $A.
local function prepare(line, address)
	local words = {}
	for word in line:gmatch "%S+" do
		words[#words + 1] = word == "$A" and ("%#x"):format(address) or word
	end
	if words[1] == "ptype" then
		words = { "ptype", table.concat(words, " ", 2) }
	end
	local name = words[1]:match "^%a+"
	words[1] = words[1]:match "/.*"
	local arguments = table.move(words, words[1] and 1 or 2, #words + 1, 1, {})
	local command = assert(script.load("scripts/" .. name))
	local parser = invocation.parser(name, "")
	if command.usage then
		command.usage(parser)
	end
	return command, assert(invocation.parse(parser, arguments))
end

local function collector(into)
	local out = {}
	function out.write(_, ...)
		for i = 1, select("#", ...) do
			into[#into + 1] = (select(i, ...))
		end
		return out
	end
	out.setvbuf, out.flush = function() end, function() end
	return out
end

-- Run under the limits. Returns what came of it.
local function run(line, address, core, mode)
	local result = { out = {}, said = {} }
	local began = os.clock()
	local function complain(message)
		result.said[#result.said + 1] = message
	end
	debug.sethook(function()
		local memory = collectgarbage "count"
		result.memory = math.max(result.memory or 0, memory)
		if os.clock() - began > LIMIT or memory > MEMORY then
			result.limit = result.limit or debug.traceback("limit", 2)
			error("over the limit", 0)
		end
	end, "", 100000)
	local ok, complete = pcall(function()
		local command, options = prepare(line, address)
		local k <close> = assert(vmcore.open { core = core, kernel = KERNEL })
		return script.run(k, command, options, mode, collector(result.out), complain)
	end)
	debug.sethook()
	result.seconds = os.clock() - began
	result.complete = ok and complete
	if not ok then
		result.error = complete
		complain(tostring(complete))
	end
	result.text = table.concat(result.out)
	collectgarbage()
	return result
end

local MISTAKES = { "%.lua:%d+:", "scripts/%a+:%d+:", "attempt to %a+ a", "bad argument", "stack overflow %(",
	"C stack overflow", "not enough memory", "%[string ", "table: 0x", "function: 0x",
	"no integer representation" }

-- What is wrong with an answer: none of it depends on what was damaged.
local function mistakes(result, mode)
	local said = table.concat(result.said, "\n")
	for _, pattern in ipairs(MISTAKES) do
		if said:find(pattern) or result.text:find(pattern) then
			return "shows '" .. (said:match(pattern) or result.text:match(pattern)) .. "'"
		end
	end
	if result.limit then
		return ("over the limit: %.1f s, %d MB: %s"):format(result.seconds, result.memory // 1024, result.limit)
	end
	local text = mode == "csv" and result.text:gsub("\r\n", "\n") or result.text
	for text_line in text:gmatch "[^\n]+" do
		if mode ~= "json" and escape.line(text_line) ~= text_line or text_line:find "%c" and not text_line:find "\t" then
			return ("control characters: %q"):format(text_line)
		end
	end
end

-- Words that a command line reads in the healthy dump, and what it says then.
local function learn(line, address)
	testing.record()
	local healthy = run(line, address, CORE, "text")
	local addresses = testing.recorded()
	local k <close> = assert(vmcore.open { core = CORE, kernel = KERNEL })
	local words = {}
	for _, at in ipairs(addresses) do
		local page, value = k.kd:translate(at), k.kd:read_uint(at, 8)
		if page and page.offset and value then
			words[#words + 1] = { address = at, offset = page.offset, value = value }
		end
	end
	table.sort(words, function(a, b) return math.ult(a.address, b.address) end)
	return words, healthy
end

local function count_lines(text)
	return select(2, text:gsub("\n", ""))
end

local learned = {}

-- What a command line needs, at the first time that it comes up.
local function known(line, address)
	if learned[line] == nil then
		local words, healthy = learn(line, address)
		learned[line] = { words = words, lines = count_lines(healthy.text), healthy = healthy }
		local mistake = mistakes(healthy, "text")
		if mistake then
			print(("healthy: %s: %s"):format(line, mistake))
		end
	end
	return learned[line]
end

local function write_file(name, text)
	local f = assert(io.open(WORK .. "/" .. name, "w"))
	f:write(text)
	f:close()
end

-- The dump cut off: a copy of its own.
local function truncated(size)
	sh("head -c %d '%s' >'%s/cut'", size, CORE, WORK)
	return WORK .. "/cut"
end

local file, pool, seen = nil, nil, {}

local function show(round, line, mode, said, result)
	print(("== round %d: %s (%s)\n%s\n-- %s\n%s%s"):format(round, line, mode, table.concat(said, "\n"),
	    tostring(result.complete), result.text, table.concat(result.said, "\n")))
end

local function report(round, line, mode, said, what)
	local key = line:match "%a+" .. what:sub(1, 60):gsub("%d", "")
	seen[key] = (seen[key] or 0) + 1
	if seen[key] < 4 then
		print(("%s: round %d: %s (%s): %s\n\t%s"):format(CORE, round, line, mode, what, table.concat(said, "\n\t")))
		io.stdout:flush()
	end
end

-- What may be right: to be looked at.
local function suspicious(result, lines_before, said)
	local after = count_lines(result.text)
	if result.complete and after < lines_before and #said == 1 and said[1]:find "poison" then
		return ("silent: %d lines of %d"):format(after, lines_before)
	elseif not result.complete and lines_before > 5 and after < lines_before / 4 and #said == 1 then
		return ("lost: %d lines of %d: %s"):format(after, lines_before, result.said[1] or "")
	end
end

local function round(n)
	math.randomseed(tonumber(SEED or 1), n)
	local line = lines[math.random(#lines)]
	local mode = MODES[math.random(#MODES)]
	local at = pool[math.random(#pool)]
	local address = math.random(2) == 1 and at.address or at.value
	local words = known(line, address).words
	if #words == 0 then
		words = pool
	end
	local core, undo, said = WORK .. "/core", {}
	if math.random(60) == 1 then
		local size = math.random(0, file:seek "end")
		core, said = truncated(size), { "cut off at " .. size }
	else
		undo, said = damage.apply(file, words)
	end
	write_file("now", ("round %d: %s %#x (%s)\n%s\n"):format(n, line, address, mode, table.concat(said, "\n")))
	local result = run(line, address, core, mode)
	damage.undo(file, undo)
	local text = ("%s %#x"):format(line, address)
	if ROUND then
		show(n, text, mode, said, result)
	end
	local mistake = mistakes(result, mode)
	local doubt = not mistake and mode == "text" and not line:find "$A" and suspicious(result, learned[line].lines, said)
	if mistake or doubt and os.getenv "FUZZ_DOUBT" then
		report(n, text, mode, said, mistake or doubt)
	end
	return mistake ~= nil, result
end

sh("mkdir -p '%s' && cp '%s' '%s/core' && chmod u+w '%s/core'", WORK, CORE, WORK, WORK)
file = assert(io.open(WORK .. "/core", "r+b"))
file:setvbuf "no"
math.randomseed(1)
pool = known("fstat -m", 0).words
table.move(known("netstat -a", 0).words, 1, #known("netstat -a", 0).words, #pool + 1, pool)
if ROUND then
	round(tonumber(ROUND))
	os.exit(0)
end
local n, bad, slowest, until_ = 0, 0, 0, os.time() + tonumber(SECONDS)
while os.time() < until_ do
	n = n + 1
	local mistaken, result = round(n)
	bad = bad + (mistaken and 1 or 0)
	slowest = math.max(slowest, result.seconds)
end
print(("%s: %d rounds, %d bad, slowest %.1f s, %s"):format(CORE, n, bad, slowest, kvm.version))
os.exit(bad == 0 and 0 or 1)
