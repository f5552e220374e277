--- What a thread asked the kernel for.
local forge = require "spec.support.forge"
local reader = require "spec.support.reader"
local syscall = require "vmcore.kern.stack.syscall"

local TYPES = [[
struct sysentvec { int sv_size; const char *sv_name; const char **sv_syscallnames; };
struct proc { struct sysentvec *p_sysent; };
struct thread { struct proc *td_proc; struct { unsigned int code; } td_sa; };
]]

local function open(make)
	local types = forge.types(TYPES)
	local mem = forge.memory{ types = types }
	local names = mem:alloc(16)
	mem:u64(names, mem:string(nil, "syscall"))
	mem:u64(names + 8, mem:string(nil, "exit"))
	local sv = mem:make("struct sysentvec", { sv_size = 2, sv_name = mem:string(nil, "FreeBSD ELF64"),
		sv_syscallnames = names })
	local proc = mem:make("struct proc", { p_sysent = sv })
	local td = make(mem, proc)
	local kd = assert(reader.open(forge.minidump{ memory = mem },
	    forge.kernel{ types = types, symbols = {} }))
	return { kd = kd }, kd:type("struct", "thread"), td
end

local function thread(code)
	return function(mem, proc)
		return mem:make("struct thread", { td_proc = proc, ["td_sa.code"] = code })
	end
end

describe("a system call", function()
	it("has number, ABI and name", function()
		local k, T, td = open(thread(1))
		assert.same({ 1, "FreeBSD ELF64", "exit" }, { syscall.new(k, T)(td, 77) })
	end)

	it("beyond the table has no name", function()
		local k, T, td = open(thread(2))
		assert.same({ 2, "FreeBSD ELF64" }, { syscall.new(k, T)(td) })
	end)

	it("of a thread without a process has a number", function()
		local k, T, td = open(function(mem) return thread(1)(mem, 0) end)
		assert.same({ 1 }, { syscall.new(k, T)(td) })
	end)

	it("of a kernel without types has the number of its registers", function()
		local k, _, td = open(thread(1))
		assert.same({ 77 }, { syscall.new(k, nil)(td, 77) })
	end)
end)
