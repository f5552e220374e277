--- Damage to a dump's file: words, pages or its end, and how to undo it.
local damage = {}

local PAGE <const> = 4096

-- What a word becomes, given what it was and the words that may be hit.
local CHANGES = {
	{ "poison", function() return 0xdeadc0dedeadc0de end },
	{ "null", function() return 0 end },
	{ "self", function(_, at) return at.address end },
	{ "neighbour", function(_, _, words) return words[math.random(#words)].address end },
	{ "copied", function(_, _, words) return words[math.random(#words)].value end },
	{ "huge", function() return 0x7fffffffffffffff end },
	{ "count", function(old) return old & 0xffffffff | 0x7ffffff << 32 end },
	{ "low count", function(old) return old & ~0xffffffff | 0x7fffffff end },
	{ "nowhere", function() return 0xfffffe0000000000 | math.random(0, 0xffffffff) << 3 end },
	{ "odd", function(old) return old + math.random(1, 7) end },
	{ "flipped", function(old) return old ~ 1 << math.random(0, 63) end },
	{ "random", function() return math.random(0) end },
	{ "ones", function() return -1 end },
	{ "escape", function() return 0x1b5b324a9b07610a end },
}

local function is_pointer(value)
	return value >> 40 >= 0xfffff8 and value ~= -1
end

-- A word to hit: mostly one that leads on.
local function choose(words)
	for _ = 1, 4 do
		local at = words[math.random(#words)]
		if is_pointer(at.value) then
			return at
		end
	end
	return words[math.random(#words)]
end

local function put(file, offset, bytes, undo)
	file:seek("set", offset)
	local old = file:read(#bytes)
	if old == nil or #old < #bytes then
		return nil
	end
	table.insert(undo, 1, { offset, old })
	file:seek("set", offset)
	file:write(bytes)
	return old
end

local function hit_word(file, words, undo, said)
	local at = choose(words)
	local change = CHANGES[math.random(#CHANGES)]
	local new = change[2](at.value, at, words)
	put(file, at.offset, ("<i8"):pack(new), undo)
	said[#said + 1] = ("%s at %#x: %#x -> %#x"):format(change[1], at.address, at.value, new)
end

local function hit_page(file, words, undo, said)
	local at = words[math.random(#words)]
	local offset = at.offset & -PAGE
	local page = math.random(2) == 1 and ("\0"):rep(PAGE) or ("\xde\xc0\xad\xde"):rep(PAGE // 4)
	put(file, offset, page, undo)
	said[#said + 1] = ("page of %#x: %s"):format(at.address, page:byte() == 0 and "zeroed" or "poisoned")
end

--- Damage a file.
-- @tparam file file open for update
-- @tparam table words that are read: { address, offset, value }
-- @treturn table for undo()
-- @treturn {string...} what was done
function damage.apply(file, words)
	local undo, said = {}, {}
	if math.random(12) == 1 then
		hit_page(file, words, undo, said)
	else
		for _ = 1, math.random(3) == 1 and math.random(2, 30) or 1 do
			hit_word(file, words, undo, said)
		end
	end
	file:flush()
	return undo, said
end

--- Take it back.
function damage.undo(file, undo)
	for _, piece in ipairs(undo) do
		file:seek("set", piece[1])
		file:write(piece[2])
	end
	file:flush()
end

return damage
