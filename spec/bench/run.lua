--- Measures what the design promises about speed, each figure against its
-- baseline in the same run: run.lua BUILD/bench [REAL]
--
-- Ratios are what to look at; a clock fails nothing.
local inputs = require "spec.bench.inputs"

local dir, real = ...
local BUILD = dir:gsub("/bench$", "")

local function quote(s)
	return "'" .. tostring(s):gsub("'", "'\\''") .. "'"
end

-- Run a program that prints "name value" lines.
local function measure(...)
	local words = {}
	for i, word in ipairs{ ... } do
		words[i] = quote(word)
	end
	local p, out = assert(io.popen(table.concat(words, " "))), {}
	for name, value in p:read "a":gmatch "([%w_]+) ([%d.]+)" do
		out[name] = tonumber(value)
	end
	assert(p:close(), "failed: " .. table.concat(words, " "))
	return out
end

local function heading(text)
	print("\n" .. text)
end

-- One line: what, measured, baseline, ratio, target and whether it is met.
local function row(what, value, baseline, result, target, met)
	print(("  %-38s %-14s %-30s %-12s %s%s"):format(what, value, baseline or "", result or "",
	    target or "", met == nil and "" or met and "  met" or "  MISSED"))
end

local function random_rows(where, x)
	local ratio = x.random_seek_page_ns / x.random_read_ns
	row("random 8-byte reads, " .. where, ("%.0f ns"):format(x.random_read_ns),
	    ("lseek+read a page %.0f ns"):format(x.random_seek_page_ns),
	    ("1/%.0f"):format(ratio), ">= 20x", ratio >= 20)
	row("", "", ("lseek+read 8 bytes %.0f ns"):format(x.random_seek_8_ns),
	    ("1/%.0f"):format(x.random_seek_8_ns / x.random_read_ns))
	row("", "", ("load from the mapping %.0f ns"):format(x.random_load_ns),
	    ("%.1fx"):format(x.random_read_ns / x.random_load_ns))
end

local function bulk_row(where, x)
	local ratio = x.bulk_read_gbs / x.bulk_memcpy_gbs
	row("64 KiB reads, " .. where, ("%.1f GB/s"):format(x.bulk_read_gbs),
	    ("memcpy %.1f GB/s"):format(x.bulk_memcpy_gbs), ("%.2f"):format(ratio),
	    ">= 0.8", ratio >= 0.8)
end

local function reads()
	local m = inputs.memory(dir)
	local function region(at, length)
		return measure(dir .. "/reads", m.kernel, m.core, at, length)
	end
	local direct = region(m.dmap[1], m.dmap[2])
	local mapped = region(m.kmap[1], m.kmap[2])
	heading "Reading: 1 GiB behind the direct map; 64 MiB of scattered pages, mapped one by one"
	local ratio = direct.hot_read_ns / direct.hot_load_ns
	row("hot 8-byte kvm_read2", ("%.1f ns"):format(direct.hot_read_ns),
	    ("bare load %.1f ns"):format(direct.hot_load_ns), ("%.1fx"):format(ratio), "<= 5x",
	    ratio <= 5)
	random_rows("direct map", direct)
	random_rows("16 MiB of it", region(m.dmap[1], 16 << 20))
	random_rows("kernel map", mapped)
	bulk_row("direct map", direct)
	bulk_row("kernel map", mapped)
end

local function searching()
	local m = inputs.memory(dir)
	local s = measure(dir .. "/search", m.kernel, m.core)
	heading(("Searching %.1f GB, one thread"):format(s.searched_gb))
	for _, kind in ipairs { "word", "range", "bytes" } do
		local speed = s[kind .. "_gbs"]
		row(kind == "range" and "pointers into an object" or "a " .. kind:gsub("bytes", "string of bytes"),
		    ("%.1f GB/s"):format(speed), ("reading %.1f GB/s"):format(s.load_gbs),
		    ("%.2f"):format(speed / s.load_gbs), ">= 0.5", speed / s.load_gbs >= 0.5)
	end
end

local function opening()
	local t = inputs.terabyte(dir)
	local cold = measure(dir .. "/opening", t.kernel, t.core)
	local o = measure(dir .. "/opening", t.kernel, t.core)
	heading "Opening a minidump that describes 1 TiB of RAM"
	row("open and close", ("%.1f ms"):format(o.open_first_ms), "", "", "< 50 ms",
	    o.open_first_ms < 50)
	row("  the file not in memory yet", ("%.1f ms"):format(cold.open_first_ms))
	row("  again in the same process", ("%.1f ms"):format(o.open_ms))
	local limit = t.bitmap / 1024
	row("peak memory added", ("%.0f KiB"):format(o.open_peak_kib),
	    ("bitmap %.0f KiB"):format(limit), ("%.2f"):format(o.open_peak_kib / limit),
	    "<= 1.125", o.open_peak_kib <= limit * 1.125)
end

local function symbols(kernel)
	local s = measure(dir .. "/symbols", kernel)
	heading(("Symbols, %d of them"):format(s.nsymbols))
	row("by name", ("%.0f ns"):format(s.symbol_ns), ("linear search %.0f ns"):format(
	    s.symbol_linear_ns), ("1/%.0f"):format(s.symbol_linear_ns / s.symbol_ns),
	    "< 1000 ns", s.symbol_ns < 1000)
	row("by address", ("%.0f ns"):format(s.symbol_at_ns), "", "", "< 1000 ns",
	    s.symbol_at_ns < 1000)
	row("the first one ever", ("%.2f ms"):format(s.first_symbol_ms))
end

local function objects(system)
	local o = measure(os.getenv "LUA" or "lua5.4", "spec/bench/objects.lua", system.kernel,
	    system.core)
	heading "Typed objects from Lua"
	row("a scalar member", ("%.0f ns"):format(o.member_ns), ("a table's field %.0f ns"):format(
	    o.field_ns), ("%.1fx"):format(o.member_ns / o.field_ns), "<= 150 ns", o.member_ns <= 150)
	row("the same by kd:read_uint", ("%.0f ns"):format(o.read_uint_ns))
	row("the same by kvm.getter", ("%.0f ns"):format(o.getter_ns))
	row(("list of %d, four members each"):format(o.walk_elements),
	    ("%.2f M/s"):format(1e3 / o.walk_ns), "", "", "> 1 M/s", o.walk_ns < 1000)
	row("type by name", ("%.0f ns"):format(o.type_lookup_ns))
end

-- A command next to an interpreter that does nothing.
local function command(what, files, ms, kib, ...)
	local words = { "ps" }
	if ... then
		words = { ... }
	end
	local lua = measure(dir .. "/command", 20, os.getenv "LUA" or "lua5.4", "-e", "")
	local c = measure(dir .. "/command", 10, BUILD .. "/vmcore", "-N", files.kernel, "-M",
	    files.core, table.unpack(words))
	row(what, ("%.1f ms"):format(c.command_ms), ("lua -e '' %.1f ms"):format(lua.command_ms),
	    ("%.1fx"):format(c.command_ms / lua.command_ms), ms and ("< %d ms"):format(ms),
	    ms and c.command_ms < ms)
	row("  peak memory", ("%.1f MiB"):format(c.command_peak_kib / 1024),
	    ("lua -e '' %.1f MiB"):format(lua.command_peak_kib / 1024), "",
	    kib and ("< %d MiB"):format(kib / 1024), kib and c.command_peak_kib < kib)
	row("  of it private", ("%.1f MiB"):format(c.command_private_kib / 1024))
end

reads()
searching()
opening()
local few, many = inputs.system(dir, 74), inputs.system(dir, 10000)
symbols(few.kernel)
objects(many)
heading "vmcore ps, exec to exit; forged kernels of 20,000 types, 34,000 symbols"
command("74 processes", few, 15, 12 * 1024)
command("10,000 processes", many, 100)
heading "vmcore stacks, bt -a, exec to exit; the stacks of 10,000 threads"
command("stacks", many, 1000, nil, "stacks")
command("bt -a", many, 1000, nil, "bt", "-a")
heading "the network, exec to exit; 1,000 processes, 10,000 sockets, 50,000 mbufs"
local network = inputs.network(dir)
for _, mode in ipairs { { "netstat", "-an" }, { "netstat", "-anx" }, { "sockstat" }, { "mbuf", "-a" } } do
	command(table.concat(mode, " "), network, mode[1] == "netstat" and 500 or 1000, 100 * 1024,
	    table.unpack(mode))
end
local known = inputs.real(dir, real and real ~= "" and real or "../shared/dumps")
if known then
	heading "vmcore ps, exec to exit; a real dump"
	command("freebsd13-amd64", known, 15, 12 * 1024)
end
