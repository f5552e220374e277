--- The command without a command: lines from a file and at a terminal; -e;
-- programs.
local lab = require "spec.support.lab"
local source = require "spec.support.source"

local LUA = os.getenv "LUA" or "lua5.4"

describe("vmcore without a command", function()
	local sys

	setup(function()
		sys = lab.system("13", { layout = 13 })
	end)

	local function file(name, text)
		local path = lab.folder() .. "/" .. name
		local f = assert(io.open(path, "w"))
		f:write(text)
		f:close()
		return path
	end

	-- Output, errors, status of a shell's command line.
	local function shell(line)
		local errors = os.tmpname()
		local pipe = io.popen(("(%s) 2>%s"):format(line, errors))
		local out = pipe:read "a"
		local _, how, status = pipe:close()
		local err = source.read(errors)
		os.remove(errors)
		return out, err, how == "exit" and status or 128 + status
	end

	local function command(options)
		return ("%s scripts/vmcore %s"):format(LUA, options)
	end

	local function dump()
		return ("-M %s -N %s"):format(sys.core, sys.kernel)
	end

	local function piped(lines)
		return shell(("%s <%s"):format(command(dump()), file("lines", lines)))
	end

	it("takes lines from a pipe, without banner and prompt", function()
		local out, err, status = piped "x1 = 6 * 7\nx1\nallproc.lh_first->p_comm\nps -p 1 --json\n"
		assert.equal("", err)
		assert.equal(0, status)
		assert.matches('^42\n"zombieparent"\n{"pid":1,.*}\n$', out)
	end)

	it("exits with 1 when a line fails, after all the others", function()
		local out, err, status = piped "nosuch\n1 + 1"
		assert.equal("2\n", out)
		assert.matches("^vmcore: no symbol or enumerator 'nosuch'", err)
		assert.equal(1, status)
	end)

	it("does without a kernel, as far as that goes", function()
		local dir = lab.folder()
		os.execute(("ln -s %s %s/vmcore.0"):format(sys.core, dir))
		local out, err, status = shell(("printf 'info\\nps\\n' | %s"):format(command("-M " .. dir .. "/vmcore.0")))
		assert.matches("page fault", out)
		assert.equal("vmcore: ps: it needs a kernel file, and none was found\n", err)
		assert.equal(1, status)
	end)

	it("runs the text of -e", function()
		local out, err, status = lab.vmcore("-M", sys.core, "-N", sys.kernel, "-e", "k.var.allproc.lh_first.p_pid",
		    "-e", "local n = ...; print(n, #arg)", "a", "b")
		assert.equal("", err)
		assert.equal("770\na\t2\n", out)
		assert.equal(0, status)
		out, err, status = lab.vmcore("-e", "k")
		assert.equal("nil\n", out .. err)
		assert.equal(0, status)
		assert.equal("1\n", (lab.vmcore("-e1")))
	end)

	it("says how -e ended", function()
		local _, err, status = lab.vmcore("-e", "x x")
		assert.matches("^vmcore: %-e:1: syntax error", err)
		assert.equal(2, status)
		_, err, status = lab.vmcore("-e", "error 'a mistake'")
		assert.matches("^vmcore: %-e:1: a mistake\nstack traceback:", err)
		assert.equal(1, status)
		_, err, status = lab.vmcore("-M", "/nonexistent/core", "-e", "k")
		assert.matches("/nonexistent/core", err)
		assert.equal(3, status)
	end)

	it("runs programs, with their own arguments and vmcore's", function()
		local path = file("program.lua", "#!/usr/bin/env vmcore\nprint(k.var.allproc.lh_first.p_pid, arg[0], ...)\n")
		for _, words in ipairs { { "-M", sys.core, "-N", sys.kernel, path, "-x", "y" },
		    { path, "-x", "-M", sys.core, "--kernel=" .. sys.kernel, "y" } } do
			local out, err, status = lab.vmcore(table.unpack(words))
			assert.equal("", err)
			assert.equal("770\t" .. path .. "\t-x\ty\n", out)
			assert.equal(0, status)
		end
		local out = lab.vmcore(file("none.lua", "print(k, ...)"), "--", "-M", "x")
		assert.equal("nil\t--\t-M\tx\n", out)
	end)

	it("says how a program ended", function()
		local _, err, status = lab.vmcore(file("bad.lua", "error 'a mistake'"))
		assert.matches("a mistake\nstack traceback", err)
		assert.equal(1, status)
		_, err, status = lab.vmcore("nosuch.lua")
		assert.matches("nosuch.lua", err)
		assert.equal(2, status)
	end)

	it("starts as a script's interpreter", function()
		local folder = lab.folder()
		os.execute(("printf '#!/bin/sh\\nexec %s \"%s/scripts/vmcore\" \"$@\"\\n' >%s/vmcore && chmod +x %s/vmcore")
		    :format(LUA, source.lines_of "pwd"[1], folder, folder))
		local path = file("count", "#!/usr/bin/env vmcore\nprint(sizeof(k:type 'struct proc') > 0, ...)\n")
		os.execute("chmod +x " .. path)
		local out, err = shell(("PATH=%s:$PATH %s %s more"):format(folder, path, dump()))
		assert.equal("", err)
		assert.equal("true\tmore\n", out)
	end)

	describe("at a terminal", function()
		local found = shell "command -v python3" ~= "" and shell "python3 -c 'import pty'; echo $?" == "0\n"

		-- Everything printed, and the status; env in front of the command.
		local function talk(env, script)
			return shell(("env TERM=xterm PAGER=cat %s python3 spec/support/terminal.py %s %s"):format(env,
			    file("script", script), command(dump())))
		end

		local function test(name, fn)
			it(name, function()
				if not found then
					return pending "no python3 with pty"
				end
				fn("XDG_STATE_HOME=" .. lab.folder())
			end)
		end

		test("greets, prompts, and leaves", function(env)
			local out, err, status = talk(env, "expect page fault\nexpect doadump\nexpect vmcore> \nsend 6*7\\r\n"
			    .. "expect 42\nexpect vmcore> \nsend .quit\\r\n")
			assert.equal("", err)
			assert.equal(0, status, out)
			out, err, status = talk(env, "expect vmcore> \nsend \\x04\n")
			assert.equal("", err)
			assert.equal(0, status, out)
		end)

		test("completes and remembers", function(env)
			local out, err, status = talk(env, "expect vmcore> \nsend allproc.lh_first->p_com\\t\\r\n"
			    .. "expect zombieparent\nexpect vmcore> \nsend .quit\\r\n")
			if status == 99 then
				return pending "built without line editing"
			end
			assert.equal("", err)
			assert.equal(0, status, out)
			out, err, status = talk(env, "expect vmcore> \nsend \\x10\\x10\\r\nexpect p_comm\n"
			    .. "expect zombieparent\nexpect vmcore> \nsend .quit\\r\n")
			assert.equal("", err)
			assert.equal(0, status, out)
		end)

		test("is interrupted, and goes on", function(env)
			local out, _, status = talk(env, "expect vmcore> \n"
			    .. "send io.stderr:write('beg' .. 'un') while true do pcall(type) end\\r\n"
			    .. "expect begun\nsend \\x03\nexpect interrupted\nexpect vmcore> \nsend 6*7\\r\nexpect 42\n"
			    .. "expect vmcore> \nsend half a line\nexpect line\nsend \\x03\nexpect ^C\n"
			    .. "expect vmcore> \nsend 2*7\\r\nexpect 14\nsend .quit\\r\n")
			assert.equal(0, status, out)
		end)

		test("is interrupted in a coroutine, and goes on with others", function(env)
			local out, _, status = talk(env, "expect vmcore> \n"
			    .. "send it = coroutine.wrap(function() while true do coroutine.yield(7) end end) it()\\r\n"
			    .. "expect vmcore> \n"
			    .. "send coroutine.wrap(function() io.stderr:write('beg' .. 'un') "
			    .. "while true do pcall(it) end end)()\\r\n"
			    .. "expect begun\nsend \\x03\nexpect interrupted\nexpect vmcore> \nsend 6*7\\r\nexpect 42\n"
			    .. "expect vmcore> \nsend coroutine.wrap(function() return 6*9 end)()\\r\nexpect 54\n"
			    .. "expect vmcore> \nsend .quit\\r\n")
			assert.equal(0, status, out)
		end)

		test("pages what is long, and that only", function(env)
			local pager = file("pager", "sed 's/^/paged /'\n")
			local out, _, status = talk(("%s PAGER='sh %s'"):format(env, pager), "size 10 80\nexpect vmcore> \n"
			    .. "send 6*7\\r\nexpect 42\nexpect vmcore> \nsend for i = 1, 10 do print(i) end\\r\n"
			    .. "expect paged 1\nexpect paged 10\nexpect vmcore> \nsend .quit\\r\n")
			assert.equal(0, status, out)
			assert.is_nil(out:find "paged 42")
		end)

		test("keeps the dump's escape sequences in", function(env)
			local out, _, status = talk(env, "expect vmcore> \n"
			    .. "send io.write('\\\\27[31mred'); print '\\\\27[31mred'\\r\n"
			    .. "expect x1b[31mred\nexpect x1b[31mred\nexpect vmcore> \nsend .quit\\r\n")
			assert.equal(0, status, out)
			assert.is_nil(out:find("\27[31m", 1, true))
		end)
	end)
end)
