--- The message buffer: in order, cut, wrapped, without a kernel.
local forge = require "spec.support.forge"
local lab = require "spec.support.lab"
local msgbuf = require "vmcore.kern.msgbuf"
local types = require "spec.support.types"
local vmcore = require "vmcore"

describe("the message buffer", function()
	-- A dump with only a message buffer, opened without a kernel.
	local function dump_of(buffer)
		local memory = forge.memory { types = types.layout "freebsd13-amd64" }
		buffer.where = "dmap"
		local placed = forge.msgbuf.place(memory, buffer)
		local path = lab.folder() .. "/vmcore.0"
		forge.minidump { memory = memory, version = 3, msgbuf = placed }:write(path)
		return assert(vmcore.open { core = path, no_kernel = true }), placed
	end

	it("is read through the kernel, and without it", function()
		local sys = lab.system("13", { layout = 13 })
		for _, options in ipairs { { kernel = sys.kernel }, { no_kernel = true } } do
			options.core = sys.core
			local k <close> = assert(vmcore.open(options))
			local text, missing = msgbuf.text(k)
			assert.equal(sys.truth.message, text)
			assert.is_nil(missing)
		end
	end)

	it("is in order wherever the kernel is in it", function()
		local lines = {}
		for i = 1, 500 do
			lines[i] = ("<6>line %d\n"):format(i)
		end
		local whole = table.concat(lines)
		for _, case in ipairs { { reserved = 98304 }, { reserved = 8192 }, { reserved = 4096 },
		    { reserved = 8192, seq = 8000 }, { reserved = 8192, text = "<6>short\n" },
		    { reserved = 8192, seq = 8119, text = "over the end\n" } } do
			case.text = case.text or whole
			local k <close>, placed = dump_of(case)
			-- The beginning may be cut inside a line's priority.
			local expected = placed.text
			if #expected == placed.size then
				expected = expected:gsub("^%d?%d?%d?>", "")
			end
			assert.equal(expected, (msgbuf.text(k)))
		end
	end)

	it("without its structure is taken up behind the NULs", function()
		for _, seq in ipairs { 0, 3000, 8100 } do
			local k <close> = dump_of { text = "first\nsecond\n", reserved = 8192, seq = seq,
				magic = 0x123456 }
			-- Nothing is missing from it.
			assert.same({ "first\nsecond\n" }, { msgbuf.text(k) })
		end
	end)

	it("is split into lines without priorities", function()
		local lines = {}
		for line in msgbuf.lines "<118>one\n\n<6>two <7>\n  three" do
			lines[#lines + 1] = line
		end
		assert.same({ "one", "", "two <7>", "  three" }, lines)
		for _ in msgbuf.lines "" do
			error "no line"
		end
	end)

	it("knows the last panic", function()
		assert.equal("b", msgbuf.panic "x\npanic: a\ny\n<2>panic: b\nz\n")
		assert.is_nil(msgbuf.panic "x\n")
	end)

	it("that is not there is said", function()
		local path = lab.folder() .. "/vmcore.0"
		forge.minidump { memory = forge.memory {}, version = 2 }:write(path)
		local k <close> = assert(vmcore.open { core = path, no_kernel = true })
		local text, message = msgbuf.text(k)
		if text == nil then
			assert.matches("can't be read", message)
		else
			assert.equal("", text)
		end
	end)

	it("has records with facility and level, and lines without", function()
		local text = "plain\n<118>console\n<3>error\n<999>odd\n<99999999999999999999>no number\n<x>y\n"
		local found, lines = {}, {}
		for record in msgbuf.records(text) do
			found[#found + 1] = ("%s %s %s %s"):format(record.priority, record.facility, record.level, record.text)
		end
		for line in msgbuf.lines(text) do
			lines[#lines + 1] = line
		end
		assert.same({ "nil kern nil plain", "118 console info console", "3 kern err error",
			"999 124 debug odd", "nil kern nil <99999999999999999999>no number", "nil kern nil <x>y" }, found)
		assert.same({ "plain", "console", "error", "odd", "<99999999999999999999>no number", "<x>y" }, lines)
	end)

	it("has facilities as sys/syslog.h numbers them, of which 15 is none", function()
		local found = {}
		for record in msgbuf.records "<118>a\n<122>b\n<134>c\n<191>d\n<192>e\n" do
			found[#found + 1] = record.facility
		end
		assert.same({ "console", "15", "local0", "local7", "24" }, found)
	end)
end)
