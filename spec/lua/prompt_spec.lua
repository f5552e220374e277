--- The prompt without a terminal: what lines mean, what they print.
local lab = require "spec.support.lab"
local vmcore = require "vmcore"
local prompt = require "vmcore.prompt"

local function writer()
	local out = { text = {} }
	function out:write(...)
		for _, text in ipairs { ... } do
			self.text[#self.text + 1] = text
		end
		return not self.broken and self or nil
	end
	function out.setvbuf() return true end
	function out:flush() return self end
	return out
end

describe("prompt", function()
	local sys, k, session, out, complaints

	setup(function()
		sys = lab.system("prompt", { layout = 13 })
		k = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
	end)

	teardown(function()
		k:close()
	end)

	before_each(function()
		out, complaints = writer(), {}
		session = prompt.new { k = k, folder = "scripts/", out = out,
			complain = function(message) complaints[#complaints + 1] = message end }
	end)

	-- What lines print, the status of the last one, and the complaints.
	local function feed(...)
		out.text, complaints = {}, {}
		local status
		for _, line in ipairs { ... } do
			status = session:feed(line)
		end
		return table.concat(out.text), status, table.concat(complaints, "\n")
	end

	it("runs commands with their options", function()
		local text, status, errors = feed "ps -p 1 --json"
		assert.matches('^{"pid":1,', text)
		assert.equal("done", status)
		assert.equal("", errors)
		assert.equal((lab.vmcore("-M", sys.core, "-N", sys.kernel, "threads", "-c", "cron,sh")),
		    (feed "threads -c cron,sh"))
	end)

	it("says what is wrong with a command's options, and goes on", function()
		local text, status, errors, _ = feed "ps --nosuch"
		assert.equal("", text)
		assert.equal("failed", status)
		assert.matches("Usage: ps .*unknown option '%-%-nosuch'", errors)
		_, status, errors = feed "ps --json --csv"
		assert.equal("failed", status)
		assert.matches("exclude each other", errors)
		_, status, errors = feed "ps -c 'x"
		assert.equal("failed", status)
		assert.equal("a quote is missing", errors)
		assert.equal("done", select(2, feed "ps"))
	end)

	it("prints help of a command, and of itself", function()
		for _, line in ipairs { "ps --help", "ps -h", ".help ps" } do
			assert.matches("%-%-pid", (feed(line)))
		end
		local text = feed ".help"
		assert.matches("Ctrl%-C stops", text)
		assert.matches("ps +list processes", text)
		assert.matches("no command '%.nosuch'; see %.help", select(3, feed ".nosuch"))
		assert.matches("no command 'nosuch'", select(3, feed ".help nosuch"))
		assert.equal("quit", select(2, feed ".quit"))
	end)

	it("takes Lua in which the kernel's variables are objects", function()
		assert.equal('"zombieparent"\n', (feed "allproc.lh_first.p_comm"))
		assert.equal("3\n", (feed("x = 1 + 2", "x")))
		assert.equal("1\n2\n", (feed "return 1, 2"))
		assert.equal("nil\n", (feed "nil"))
		assert.equal("", (feed "local y = 1"))
		assert.equal('[1] = {a = 1, b = "x", c = {...}}\n[2] = {}\n[3] = 3\n',
		    (feed "return { { a = 1, b = 'x', c = { 1 } }, {}, 3 }"))
		assert.matches("^%(struct proc %*%)0x%x+\n%(struct proc %*%)0x%x+\n",
		    (feed "queue.list_foreach(allproc, 'p_list')"))
		local hits, _, errors = feed "k:search { string = 'zombieparent', limit = 1 }"
		assert.matches("^{address = [^\n]*}\n$", hits)
		assert.matches("stopped after 1 hit", errors)
		assert.equal("216\tproc\n", (feed "print(216, 'proc')"))
		assert.equal("init\n", (feed("for p in queue.list_foreach(allproc, 'p_list') do",
		    "if p.p_pid == 1 then print(p.p_comm) end", "end")))
		assert.equal("true\n", (feed "vmcore.sizeof(k:type 'struct proc') == sizeof(allproc.lh_first[0])"))
		assert.equal("true\n", (feed "kern.proc == require 'vmcore.kern.proc'"))
	end)

	it("keeps its variables out of Lua's own", function()
		feed "prompt_spec_variable = 1"
		assert.is_nil(rawget(_G, "prompt_spec_variable"))
	end)

	it("takes C, with = in front or where Lua makes no sense of it", function()
		assert.equal('"zombieparent"\n', (feed "allproc.lh_first->p_comm"))
		assert.equal("3\n", (feed "= 7 / 2"))
		assert.equal("3.5\n", (feed "7 / 2"))
		assert.equal("1\n", (feed "!0"))
		assert.equal("1000000 (0xf4240)\n", (feed "= 1000000"))
		assert.equal("NULL\n", (feed "(void *)0"))
		assert.matches("^%(struct proc %*%)0x%x+ {\n  %.p_list", (feed "*&allproc.lh_first"))
		assert.matches("^PRS_", (feed "allproc.lh_first->p_state"))
		assert.matches("^%d+ ?", (feed "sizeof(struct proc)"))
	end)

	it("follows arrows from variables of Lua", function()
		assert.equal("770\n", (feed("p = allproc.lh_first", "p->p_pid")))
		assert.equal("0\n", (feed "p->p_ucred->cr_uid"))
	end)

	it("tells commands, Lua and C apart", function()
		assert.equal("", (feed("info = 5")))
		assert.equal("5\n", (feed("(info)")))
		assert.equal("1\n", (feed "print(1)"))
		assert.matches("page fault", (feed "info --json"))
		assert.equal("done", select(2, feed ""))
		assert.equal("done", select(2, feed "   "))
		assert.equal("done", select(2, feed "# a remark"))
	end)

	it("waits for the end of a statement, and forgets a bad one", function()
		assert.equal("more", select(2, feed "for i = 1, 2 do"))
		assert.equal("1\n2\n", (feed("print(i)", "end")))
		assert.equal("more", select(2, feed "f("))
		assert.equal("failed", select(2, feed "))"))
		assert.equal("2\n", (feed "1 + 1"))
	end)

	it("shows the place of a mistake", function()
		local _, status, errors = feed "allproc.nosuch"
		assert.equal("failed", status)
		assert.matches("has no member 'nosuch'", errors)
		assert.matches("no symbol or enumerator 'nosuch'\n    nosuch %+ 1\n    ^", select(3, feed "nosuch + 1"))
		assert.matches("'then' expected", select(3, feed "if x = 1 do"))
		assert.matches("unexpected", select(3, feed "a $ b"))
		assert.matches("attempt to call", select(3, feed "(nil)()"))
		assert.matches("a table", select(3, feed "error(setmetatable({}, { __tostring = function() return 'a table' end }))"))
	end)

	it("reports a fault and goes on", function()
		local text, status, errors = feed "(*(struct proc *)0x10).p_pid"
		assert.equal("", text)
		assert.equal("failed", status)
		assert.matches("0x", errors)
		assert.equal("2\n", (feed "1 + 1"))
	end)

	it("lets no escape sequence of the dump out", function()
		for _, line in ipairs { "print('\\27[2J')", "'\\27[2J'", "{ ['\\27'] = '\\27' }",
		    "error '\\27[2J'", "io.write '\\27[2J'" } do
			session = prompt.new { k = k, folder = "scripts/", out = out, terminal = true,
				complain = session.complain }
			local text, _, errors = feed(line)
			assert.is_nil((text .. errors):find "\27", line)
			assert.matches("\\x1b", text .. errors)
		end
		assert.equal("a\tb\n", (feed "print('a\\tb')"))
		local path = lab.folder() .. "/reporter"
		local f = assert(io.open(path, "w"))
		f:write [[return { summary = "x", columns = { { "a", "A", "left" } },
			rows = function(_, _, report) report "\27[2J" return function() end end }]]
		f:close()
		assert.equal("\\x1b[2J", (select(3, feed(path))))
		assert.equal("vmcore: \\x1b[2J\n", (select(2, lab.vmcore("-M", sys.core, "-N", sys.kernel, path))))
	end)

	it("tells at once what it finds out about the dump", function()
		local warnings = { "the dump ends early" }
		local own = k.new_warnings
		rawset(k, "new_warnings", function()
			return table.move(warnings, 1, 1, 1, {}), table.remove(warnings)
		end)
		local text, status, errors = feed "1"
		rawset(k, "new_warnings", nil)
		assert.equal(own, k.new_warnings)
		assert.equal("1\n", text)
		assert.equal("done", status)
		assert.equal("WARNING: the dump ends early", errors)
	end)

	it("prints tables in order", function()
		assert.equal("[1] = 10\n[2] = 20\n[10] = 5\n", (feed "{ 10, 20, [10] = 5 }"))
		assert.equal('a = 1\nb = "x"\n', (feed "{ b = 'x', a = 1 }"))
		assert.equal("{}\n", (feed "{}"))
	end)

	it("stops quietly when nobody reads on", function()
		out.broken = true
		local _, status, errors = feed "while true do print(1) end"
		assert.equal("done", status)
		assert.equal("", errors)
	end)

	it("says that it was interrupted, and goes on", function()
		assert.equal("interrupted", session:feed("1", function() return nil end))
		assert.equal("2\n", (feed "1 + 1"))
	end)

	it("runs files: commands and programs", function()
		local path = lab.folder() .. "/count"
		local function file(text)
			local f = assert(io.open(path, "w"))
			f:write(text)
			f:close()
		end
		file "#!/usr/bin/env vmcore\nprint(k.var.allproc.lh_first.p_pid, ...)"
		assert.equal("770\tx\ty z\n", (feed(path .. " x 'y z'")))
		file "error 'a mistake'"
		assert.matches("a mistake", select(3, feed(path)))
		file [[return { summary = "x", columns = { { "a", "A", "left" } },
			rows = function() local n = 0 return function() n = n + 1
			return n == 1 and { a = "b" } or nil end end }]]
		assert.equal("A\nb\n", (feed(path)))
		assert.matches("No such file", select(3, feed "/nonexistent/file"))
	end)

	it("looks into another dump when a command is told to", function()
		local other = lab.system("prompt-other", { layout = 15 })
		local text = feed(("ps -p 720 --json -M %s -N %s"):format(other.core, other.kernel))
		assert.matches('"comm":"crasher"', text)
		assert.matches("ps: .*/nonexistent/core", select(3, feed "ps -M /nonexistent/core"))
	end)

	it("takes lines from a file", function()
		local path = lab.folder() .. "/lines"
		local function batch(text)
			local f = assert(io.open(path, "w"))
			f:write(text)
			f:close()
			out.text = {}
			return prompt.batch(session, assert(io.open(path)))
		end
		assert.is_true(batch "x = 1\nx\n.quit\ny\n")
		assert.equal("1\n", table.concat(out.text))
		assert.is_false(batch "nosuch\n2\n")
		assert.equal("2\n", table.concat(out.text))
		assert.is_false(batch "for i = 1, 2 do\n")
	end)
end)

describe("banner", function()
	local banner = require "vmcore.prompt.banner"

	local function lines_of(sys, options)
		local k <close> = assert(vmcore.open(options or { core = sys.core, kernel = sys.kernel }))
		return "\n" .. table.concat(banner.lines(k), "\n")
	end

	it("tells of the system, its panic and the thread that had it", function()
		local sys = lab.system("prompt")
		local text = lines_of(sys)
		assert.matches("\nHost: +demo.example.org\nVersion: FreeBSD 13.2%-RELEASE DEMO\nPanic: +page fault\n", text)
		assert.matches("\nThread: +100030 %(crasher%), process 720 %(crasher%)\n#0  0x%x+ in doadump", text)
		assert.matches("\n%-%-%- trap 12", text)
	end)

	it("does without a kernel", function()
		local sys = lab.system("prompt")
		local text = lines_of(sys, { core = sys.core, no_kernel = true })
		assert.matches("\nHost: +demo", text)
		assert.matches("\nNo kernel file", text)
	end)
end)

describe("words", function()
	local split = require "vmcore.prompt.words".split

	it("are parted by blanks, but in quotes", function()
		assert.same({}, split "  ")
		assert.same({ "a", "b c", "d e", "f g", "" }, split [[ a 'b c' "d e" f\ g '' ]])
		assert.same({ "a=b c" }, split [[a="b c"]])
		assert.same({ 'x"y' }, split [["x\"y"]])
		for _, text in ipairs { "'a", 'b"', "c\\" } do
			assert.is_nil((split(text)))
		end
	end)
end)

describe("history", function()
	local history = require "vmcore.prompt.history"

	local function at(values)
		return select(2, history.path(function(name) return values[name] end))
	end

	it("is where XDG says", function()
		assert.equal("/s/vmcore/history", at { XDG_STATE_HOME = "/s", HOME = "/h" })
		assert.equal("/h/.local/state/vmcore/history", at { HOME = "/h" })
		assert.equal("/h/.local/state/vmcore/history", at { XDG_STATE_HOME = "relative", HOME = "/h" })
		assert.is_nil(at {})
	end)

	it("makes its folder, keeps lines, and does not grow for ever", function()
		local folder = lab.folder() .. "/a b/vmcore"
		local path = folder .. "/history"
		assert.same({}, history.load(path))
		local add = history.writer(folder, path)
		add "one"
		add "two"
		assert.same({ "one", "two" }, history.load(path))
		local f = assert(io.open(path, "a"))
		for i = 1, 10001 do
			f:write(i, "\n")
		end
		f:close()
		local lines = history.load(path)
		assert.equal(5000, #lines)
		assert.equal("10001", lines[5000])
		local _, kept = io.open(path):read "a":gsub("\n", "")
		assert.equal(5000, kept)
	end)

	it("says nothing where it can't write", function()
		history.writer("/dev/null/x", "/dev/null/x/history") "line"
		history.writer(nil, nil) "line"
	end)
end)

describe("pager", function()
	local pager = require "vmcore.prompt.pager"

	local function new(lines)
		local out, pipe, started = writer(), writer(), nil
		function pipe.close() pipe.closed = true end
		return pager.new(out, lines, 10, "less", function(command)
			started = command
			return pipe
		end), out, pipe, function() return started end
	end

	it("leaves alone what fits", function()
		local p, out, _, started = new(4)
		p:write("a\n", "b\n")
		p:write "c"
		assert.same({}, out.text)
		p:close()
		assert.equal("a\nb\nc", table.concat(out.text))
		assert.is_nil(started())
	end)

	it("starts when lines, or what they wrap to, are too many", function()
		for _, text in ipairs { "a\nb\nc\nd\n", ("x"):rep(31) .. "\n" } do
			local p, out, pipe, started = new(4)
			p:write(text)
			p:write "more\n"
			assert.equal("less", started())
			p:close()
			assert.equal(text .. "more\n", table.concat(pipe.text))
			assert.same({}, out.text)
			assert.is_true(pipe.closed)
		end
	end)

	it("tells when it was quit", function()
		local p, _, pipe = new(2)
		assert.is_truthy(p:write "a\nb\nc\n")
		pipe.broken = true
		assert.is_falsy(p:write "d\n")
	end)

	it("is not needed", function()
		local out = writer()
		local p = pager.new(out, 2, 10, "none", function() return nil end)
		p:write "a\nb\nc\n"
		p:write "d\n"
		p:close()
		assert.equal("a\nb\nc\nd\n", table.concat(out.text))
	end)
end)
