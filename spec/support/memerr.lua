--- Fails every allocation of the core, one after another: the program behind
-- spec/core/memerr_spec.lua, run with the test variant of the module.
--
--	lua memerr.lua KERNEL CORE COMPRESSED [MODULE]
--
-- MODULE returns a table of other scenarios, which are run instead.
-- Each scenario is run with the n-th allocation failing, for n = 1, 2, ...
-- until there is no n-th. It must give either the right answer or "nomem";
-- and, asked again with memory there, the right answer.
local kvm = require "kvm"
local testing = require "kvm.testing"

local kernel, core, compressed, module = ...

local function open()
	return assert(kvm.openx{ kernel = kernel, core = core })
end

-- All that a table says, in a fixed order.
local function flat(value)
	if type(value) ~= "table" then
		return tostring(value)
	end
	local keys = {}
	for key in pairs(value) do
		keys[#keys + 1] = key
	end
	table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
	for i, key in ipairs(keys) do
		keys[i] = tostring(key) .. "=" .. flat(value[key])
	end
	return "{" .. table.concat(keys, ",") .. "}"
end

local function opened(kd, ...)
	if kd then
		kd:close()
		return "opened"
	end
	return kd, ...
end

-- name -> { run, prepare }; run(kd) returns an answer, or nil, message, code.
local scenarios = {}

function scenarios.open()
	return opened(kvm.open(kernel, core))
end

function scenarios.openfiles()
	return opened(kvm.openfiles(kernel, core))
end

function scenarios.open_with_resolver()
	return opened(kvm.open2(kernel, core, kvm.O_RDONLY, function() end))
end

function scenarios.open_compressed()
	local kd, message, code = kvm.openx{ kernel = kernel, core = compressed }
	if not kd then
		return nil, message, code
	end
	local d = kd:dump()
	local bytes, why, class = kd:read_dump(d.size - 16, 16)
	kd:close()
	return bytes and ("%q"):format(bytes), why, class
end

function scenarios.dump(kd)
	return kd:dump()
end

function scenarios.nlist(kd)
	return kd:nlist2{ "hz", "allproc", "missing" }
end

function scenarios.symbol_at(kd)
	local hz, message, code = kd:lookup "hz"
	if not hz then
		return nil, message, code
	end
	return kd:symbol_at(hz + 1)
end

function scenarios.read(kd)
	local hz, message, code = kd:lookup "hz"
	if not hz then
		return nil, message, code
	end
	return kd:read(hz, 4096 + 8)
end

function scenarios.walk_pages(kd)
	local n = 0
	local done, message, code = kd:walk_pages(function() n = n + 1 end)
	return done and n, message, code
end

function scenarios.search(kd)
	local hits = {}
	local done, message, code = kd:search({ bytes = "init\0", threads = 1 }, function(address)
		hits[#hits + 1] = address
	end)
	return done and hits, message, code
end

function scenarios.section(kd)
	local s, message, code = kd:section ".SUNW_ctf"
	return s and #s.data, message, code
end

function scenarios.types(kd)
	local t, message, code = kd:type("struct", "proc")
	if not t then
		return nil, message, code
	end
	local out = { t:spell "x", tostring(t:pointer():array(3)) }
	for i, m in ipairs(t:members()) do
		out[i + 2] = m.name .. ":" .. tostring(m.type) .. ":" .. m.offset
	end
	return out
end

function scenarios.define(kd)
	local int, message, code = kd:type("integer", "int")
	if not int then
		return nil, message, code
	end
	local t
	t, message, code = kd:define("struct", "own", 8, {
		{ name = "a", type = int, offset = 0 },
		{ name = "b", type = int, offset = 4 } })
	return t and t:member "b".offset, message, code
end

function scenarios.enumerator(kd)
	return kd:enumerator "BLUE"
end

function scenarios.objects(kd)
	local t, message, code = kd:type_of_symbol "allproc"
	if not t then
		return nil, message, code
	end
	local at
	at, message, code = kd:lookup "allproc"
	if not at then
		return nil, message, code
	end
	local p, out = kvm.object(t, at), {}
	while p do
		out[#out + 1] = ("%d %s %d"):format(p.p_pid, p.p_comm, p.p_flag)
		p = p.p_next
	end
	return out
end

function scenarios.module(kd)
	local m, message, code = kd:module(kernel .. ".ko")
	if not m then
		return nil, message, code
	end
	m:place(1, 0xffffffff82000000)
	local t, at, symbol
	t, message, code = m:type_of_symbol "own"
	if t then
		symbol, message, code = m:symbol_at(0xffffffff82000010)
	end
	if symbol then
		at, message, code = kd:lookup "own"
	end
	return at and { tostring(t), symbol.name, at }, message, code
end

-- The answer; or nil and how it failed.
local function attempt(run, kd)
	local ok, answer, message, code = pcall(run, kd)
	if not ok then
		-- A fault inside an expression is raised; so is Lua's own shortage.
		local fault = answer
		code = kvm.type_of(fault) == "fault" and fault.code or
		    tostring(fault):find "not enough memory" and "nomem" or "raised"
		return nil, ("%s: %s"):format(code, tostring(fault)), code
	elseif answer == nil or answer == false then
		return nil, ("%s: %s"):format(code, message), code
	end
	return flat(answer)
end

local function sweep(name, run)
	local kd <close> = open()
	local expected = assert(attempt(run, kd))
	local n, failed = 0, 0
	repeat
		n = n + 1
		local fresh <close> = open()
		testing.fail_at(n)
		local answer, how, code = attempt(run, fresh)
		local count = testing.disarm()
		if answer == nil then
			failed = failed + 1
			assert(code == "nomem", ("%s, allocation %d: %s"):format(name, n, how))
			answer, how = attempt(run, fresh)
		end
		assert(answer == expected, ("%s, allocation %d: %s, not %s"):format(name, n,
		    answer or how, expected))
	until count < n
	print(("%s: %d allocations, %d failed the call"):format(name, n - 1, failed))
end

if module then
	scenarios = require(module)
end
local names = {}
for name in pairs(scenarios) do
	names[#names + 1] = name
end
table.sort(names)
for _, name in ipairs(names) do
	sweep(name, scenarios[name])
end
