--- Kernel files that a C compiler and a linker made, with their debug data.
local cc = require "spec.support.cc"

local dwarfcc = {}

local FLAGS = "-O1 -ffreestanding -fno-pic -mcmodel=kernel -fno-asynchronous-unwind-tables " ..
    "-fno-eliminate-unused-debug-types -fno-stack-protector -fno-common -fcf-protection=none"

--- Whether there is a compiler for the kernel's machine.
-- @tparam string compiler
function dwarfcc.usable(compiler)
	local machine, _, status = cc.run(("LD_PRELOAD= %s -dumpmachine"):format(compiler))
	return status == 0 and machine:find "^x86_64" ~= nil
end

local function run(command, ...)
	local _, err, status = cc.run("LD_PRELOAD=; unset LD_PRELOAD; " .. command:format(...))
	assert(status == 0, err)
end

--- Run objcopy(1) and its like in a folder.
function dwarfcc.run(dir, command)
	run("cd %s && %s", dir, command)
end

--- Compile C texts, a unit each, and link them where amd64's kernel lies.
-- @tparam string path of the kernel file
-- @tparam {string...} units
-- @tparam[opt] table o compiler ("cc"), flags ("-g")
-- @treturn string path
function dwarfcc.kernel(path, units, o)
	local objects = {}
	o = o or {}
	for i, text in ipairs(units) do
		local name = ("%s-%d.c"):format(path, i)
		local f = assert(io.open(name, "w"))
		f:write(text)
		f:close()
		objects[i] = name:gsub("c$", "o")
		run("%s %s %s -c -o %s %s", o.compiler or "cc", FLAGS, o.flags or "-g", objects[i], name)
	end
	run("ld -static -nostdlib -e 0 -Ttext=0xffffffff80200000 -Tdata=0xffffffff81000000 -o %s %s",
	    path, table.concat(objects, " "))
	return path
end

return dwarfcc
