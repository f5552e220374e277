--- Call frame tables as a compiler writes them, next to what readelf(1) reads.
local cfa = require "vmcore.kern.stack.cfa"
local ehframe = require "vmcore.kern.stack.ehframe"

local SOURCE = [[
int g(int, ...);
int f(int a, int b, int c, int d) { int x = g(a), y = g(b); return x * y + g(c) + g(d) + x; }
int many(int a, int b, int c, int d) {
	if (a) return g(b, c, d) + g(c) + g(d) + g(a);
	return g(d + c + b);
}
int array(int n) { volatile char v[n]; v[0] = g(n); return g(v[0]); }
int aligned(int n) { int v[8] __attribute__((aligned(64))); v[n & 7] = g(n); return g(v[0]); }
int leaf(int n) { return n * 3; }
]]

local function lines_of(command)
	local p = assert(io.popen(command))
	local text = p:read "a"
	return p:close() and text or nil
end

local function run(command)
	return (os.execute(command .. " 2>/dev/null"))
end

-- A shared object of the source, with tables of the kind that flags ask for.
local function build(dir, flags)
	local f = assert(io.open(dir .. "/f.c", "w"))
	f:write(SOURCE)
	f:close()
	return run(("%s -O2 -fomit-frame-pointer -nostdlib -shared -fPIC %s -o %s/f.so %s/f.c"):format(
	    os.getenv "CC" or "cc", flags, dir, dir))
end

-- The rows that readelf prints: address, and the offsets from the CFA at which
-- registers are.
local function read_rows(path)
	local text, rows = lines_of(("readelf -wF %s 2>/dev/null"):format(path)) or "", {}
	for line in text:gmatch "[^\n]+" do
		local pc, how, rest = line:match "^(%x+) (%S+)(.*)$"
		-- At 0 is what functions have in common.
		if pc and #pc == 16 and pc:find "[^0]" and (how == "exp" or how:find "^%w+%+%d+$") then
			local offsets = {}
			for offset in rest:gmatch "c([-+]%d+)" do
				offsets[#offsets + 1] = math.tointeger(offset)
			end
			table.sort(offsets)
			rows[#rows + 1] = { pc = tonumber(pc, 16), offset = math.tointeger(how:match "%d+$"),
				saved = table.concat(offsets, " ") }
		end
	end
	return rows
end

-- A descriptor of the sections of a file.
local function descriptor(dir)
	local addresses = {}
	for name, address in (lines_of(("readelf -SW %s/f.so"):format(dir)) or ""):gmatch
	    "%] (%S+) +%S+ +(%x+) " do
		addresses[name] = tonumber(address, 16)
	end
	return { ptrsize = function() return 8 end, byteorder = function() return "little" end,
		kerndisp = function() return 0 end, section = function(_, name)
			if not addresses[name] or not run(("objcopy --dump-section %s=%s/s %s/f.so %s/null"):format(
			    name, dir, dir, dir)) then
				return nil
			end
			local f = assert(io.open(dir .. "/s", "rb"))
			local data = f:read "a"
			f:close()
			return { name = name, addr = addresses[name], size = #data, data = data }
		end }
end

describe("a compiler's call frame table", function()
	for name, flags in pairs { eh_frame = "-fasynchronous-unwind-tables",
		debug_frame = "-g -fno-asynchronous-unwind-tables -fno-unwind-tables" } do
		it("." .. name .. " reads as readelf reads it", function()
			local dir = os.tmpname()
			os.remove(dir)
			os.execute("mkdir -p " .. dir)
			local rows = build(dir, flags) and read_rows(dir .. "/f.so") or {}
			local tables = #rows > 0 and ehframe.tables(descriptor(dir)) or {}
			os.execute("rm -rf " .. dir)
			if #tables == 0 then
				return pending "no 64-bit compiler, readelf or objcopy"
			end
			for _, want in ipairs(rows) do
				-- The linker's own entries are in .eh_frame, whatever the compiler does.
				local fde = ehframe.find(tables[1], want.pc) or ehframe.find(tables[#tables], want.pc)
				local row, saved = assert(cfa.row(fde, want.pc)), {}
				for _, rule in pairs(row.rules) do
					saved[#saved + 1] = rule.at
				end
				table.sort(saved)
				assert.same({ want.offset, want.saved }, { row.cfa.offset, table.concat(saved, " ") })
			end
			assert.is_true(#rows > 20)
		end)
	end
end)
