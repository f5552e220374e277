--- Call frame tables: records, their index, and torn ones.
local ehframe = require "vmcore.kern.stack.ehframe"
local forged = require "spec.support.ehframe"

local TEXT, TABLE, HEADER = 0xffffffff80300000, 0xffffffff80a00000, 0xffffffff80a80000

-- A descriptor of sections, and of memory where one has no data.
local function descriptor(sections, word, memory, displacement)
	local by_name = {}
	for _, s in ipairs(sections) do
		by_name[s.name] = { name = s.name, addr = s.addr or 0, size = s.size or #s.data, data = s.data }
	end
	return { section = function(_, name) return by_name[name] end,
		ptrsize = function() return word or 8 end, byteorder = function() return "little" end,
		kerndisp = function() return displacement or 0 end,
		read = function(_, at, n)
			return memory and at == memory.at and memory.bytes:sub(1, n) or nil, "not in dump"
		end }
end

-- Three functions, not in the order of their addresses.
local function frames(o)
	local f = forged.new((function()
		local all = { address = TABLE, data = -8, ra = 16, initial = "\x0c\x07\x08\x90\x01" }
		for key, value in pairs(o or {}) do
			all[key] = value
		end
		return all
	end)())
	local base = o and o.word == 4 and 0xc0300000 or TEXT
	f:func(base + 0x200, 0x100, "\x41\x0e\x10")
	f:func(base, 0x80, "\x42\x0e\x20")
	f:func(base + 0x1000, 0x10, "\x43\x0e\x30")
	return f, base
end

-- The program of the function that an address is in.
local function program(t, pc)
	local fde, message = ehframe.find(t, pc)
	if fde == nil then
		return nil, message
	end
	return t.bytes:sub(fde.first, fde.last):match "^.-%z*$":gsub("%z+$", ""), fde
end

local function check(t, base)
	for _, case in ipairs { { 0x200, "\x41\x0e\x10", 0x200 }, { 0x2ff, "\x41\x0e\x10", 0x200 },
		{ 0, "\x42\x0e\x20", 0 }, { 0x7f, "\x42\x0e\x20", 0 }, { 0x100f, "\x43\x0e\x30", 0x1000 } } do
		local bytes, fde = program(t, base + case[1])
		assert.equal(case[2], bytes)
		assert.same({ base + case[3], 1, -8, 16 }, { fde.pc, fde.common.code, fde.common.data,
			fde.common.ra })
	end
	for _, outside in ipairs { -1, 0x80, 0x1ff, 0x300, 0xfff, 0x1010 } do
		assert.same({}, { ehframe.find(t, base + outside) })
	end
end

describe("a call frame table", function()
	it("of every form knows functions by their addresses", function()
		for _, o in ipairs { {}, { encoding = 0x00 }, { encoding = 0x04 }, { encoding = 0x1c },
			{ debug = true }, { debug = true, version = 4 }, { debug = true, version = 1 },
			{ augmentation = "zPLR", extra = "\x03\1\2\3\4\x1b" }, { augmentation = "zSR" },
			{ word = 4, address = 0xc0a00000 }, { word = 4, debug = true } } do
			local f, base = frames(o)
			local tables = ehframe.tables(descriptor({ f:section() }, o.word))
			assert.equal(1, #tables)
			assert.equal(o.debug and ".debug_frame" or ".eh_frame", tables[1].name)
			check(tables[1], base)
		end
	end)

	it("is searched by .eh_frame_hdr where there is one", function()
		local f, base = frames()
		local t = ehframe.tables(descriptor { f:section(), f:header(HEADER) })[1]
		check(t, base)
		assert.is_nil(t.index)
		-- One that can't be right is not used.
		for _, spoil in ipairs { "\2\x1b\x03\x3b", "\1\x1b\xff\x3b", "\1\x1b\x03\x1b" } do
			local header = f:header(HEADER)
			header.data = spoil .. header.data:sub(5)
			t = ehframe.tables(descriptor { f:section(), header })[1]
			check(t, base)
			assert.is_table(t.index)
		end
		local header = f:header(HEADER)
		header.data = header.data:sub(1, -2)
		check(ehframe.tables(descriptor { f:section(), header })[1], base)
	end)

	it("is read from the dump where the file has no contents", function()
		local f, base = frames()
		local s = f:section()
		for _, data in ipairs { false, ("\0"):rep(#s.data) } do
			local kd = descriptor({ { name = s.name, addr = TABLE - 0x1000, size = #s.data,
				data = data or nil } }, 8, { at = TABLE, bytes = s.data }, 0x1000)
			check(ehframe.tables(kd)[1], base)
		end
		assert.same({}, ehframe.tables(descriptor { { name = s.name, addr = TABLE, size = 64 } }))
	end)

	it("in absolute addresses moves with the kernel", function()
		local f = frames { debug = true }
		check(ehframe.tables(descriptor({ f:section() }, 8, nil, 0x100000))[1], TEXT + 0x100000)
	end)

	it("tells frames that interrupts made", function()
		local f = frames { augmentation = "zRS" }
		assert.is_true(ehframe.find(ehframe.tables(descriptor { f:section() })[1], TEXT).common.interrupt)
		f = frames()
		assert.is_nil(ehframe.find(ehframe.tables(descriptor { f:section() })[1], TEXT).common.interrupt)
	end)

	it("that is torn gives what is in front of it", function()
		local f, base = frames()
		local s = f:section()
		local cut = f.list[3].at
		for _, bytes in ipairs { s.data:sub(1, cut + 6), s.data:sub(1, cut) .. "\xf0\xff\xff\x7f\0\0\0\0" } do
			local t = ehframe.tables(descriptor { { name = s.name, addr = TABLE, data = bytes } })[1]
			assert.equal("\x42\x0e\x20", (program(t, base)))
			assert.same({}, { ehframe.find(t, base + 0x1000) })
		end
	end)

	it("with a common record that is not understood says so, or has nothing", function()
		local f = frames { version = 7 }
		local t = ehframe.tables(descriptor { f:section() })[1]
		assert.same({}, { ehframe.find(t, TEXT) })
		local header = f:header(HEADER)
		t = ehframe.tables(descriptor { f:section(), header })[1]
		assert.same({ nil, ".eh_frame of version 7" }, { ehframe.find(t, TEXT) })
		f = frames { augmentation = "eh" }
		t = ehframe.tables(descriptor { f:section(), f:header(HEADER) })[1]
		assert.same({ nil, "augmentation 'eh' of .eh_frame" }, { ehframe.find(t, TEXT) })
	end)

	it("survives any damage", function()
		local f = frames()
		local s, header = f:section(), f:header(HEADER)
		math.randomseed(7)
		for _ = 1, 3000 do
			local bytes, index = s.data, header.data
			for _ = 1, math.random(1, 3) do
				local i, j = math.random(#bytes), math.random(#index)
				bytes = bytes:sub(1, i - 1) .. string.char(math.random(0, 255)) .. bytes:sub(i + 1)
				index = index:sub(1, j - 1) .. string.char(math.random(0, 255)) .. index:sub(j + 1)
			end
			for _, sections in ipairs { { { name = s.name, addr = TABLE, data = bytes } },
				{ { name = s.name, addr = TABLE, data = bytes },
				{ name = header.name, addr = HEADER, data = index } } } do
				local t = ehframe.tables(descriptor(sections))[1]
				for pc = TEXT - 8, TEXT + 0x1020, 0xb8 do
					ehframe.find(t, pc)
				end
			end
		end
	end)
end)
