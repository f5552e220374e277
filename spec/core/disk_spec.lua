--- Dump devices of FreeBSD as host, whose disks are character devices: played
-- by a file (spec/core/c/disk.c).
local cc = require "spec.support.cc"
local kdh = require "spec.support.kdh"
local packed = require "spec.support.packed"
local reader = require "spec.support.reader"

describe("a disk that can't be mapped", function()
	local m = packed.machine(100)
	local program

	setup(function()
		program = cc.build("disk", false, "-D_FILE_OFFSET_BITS=64 spec/core/c/disk.c")
	end)

	local function look(bytes)
		local path = reader.file(bytes)
		local out, err, status = cc.exec(program, path)
		os.remove(path)
		return out, err, status
	end

	it("has its dump before its last sector, of either size", function()
		for _, sector in ipairs { 512, 4096 } do
			for version = 1, 4 do
				local out, err, status = look(kdh.device(m.bytes, packed.fields { version = version,
					blocksize = sector }))
				assert.equal("", err)
				assert.equal(0, status)
				assert.equal("device good\n" .. m.bytes, out)
			end
		end
	end)

	it("is not copied but for the dump", function()
		local free = ("swapped out "):rep(1 << 20)
		local bytes = free .. kdh.device(m.bytes, packed.fields {})
		local limit = #m.bytes // 512 + 64
		local path = reader.file(bytes)
		local out, err = cc.run(("trap '' XFSZ; ulimit -f %d; LD_PRELOAD= ASAN_OPTIONS=detect_leaks=0 %s %s | cat"):format(
		    limit, program, path))
		os.remove(path)
		assert.equal("", err)
		assert.equal("device good\n" .. m.bytes, out)
	end)

	it("has a textdump that lies backwards", function()
		local tar = packed.pipe("cd spec/support && tar -cf - --format=ustar kdh.lua", "")
		tar = tar .. ("\0"):rep(-#tar % 512)
		local blocks = {}
		for at = #tar - 511, 1, -512 do
			blocks[#blocks + 1] = tar:sub(at, at + 511)
		end
		local head = kdh.encode(packed.fields { magic = "FreeBSD Text Dump", length = #tar, extent = #tar })
		local out, err = look(("free"):rep(10240) .. table.concat(blocks) .. head)
		assert.equal("", err)
		assert.equal("device good\n" .. tar, out)
	end)

	it("is read like a pipe when it has none, or nonsense", function()
		for _, bytes in ipairs { m.bytes, m.bytes .. ("\0"):rep(8192) } do
			assert.equal("file \n", (look(bytes):match "^[^\n]*\n"))
		end
		for _, fields in ipairs { { extent = 1 << 40, length = 1 << 40 }, { length = -1, extent = -1 },
			{ keysize = 1 << 30, length = 512 } } do
			local head = kdh.encode(packed.fields(fields))
			local out, err, status = look(("x"):rep(16384) .. head)
			assert.equal("", out)
			assert.matches("not a FreeBSD kernel crash dump", err)
			assert.equal(1, status)
		end
		for _, small in ipairs { "", "x", ("x"):rep(4095) } do
			local _, _, status = look(small)
			assert.equal(1, status)
		end
	end)
end)
