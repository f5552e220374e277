--- The driver: arguments, commands, exit status.
local lab = require "spec.support.lab"

describe("vmcore", function()
	local sys

	setup(function()
		sys = lab.system("13", { layout = 13 })
	end)

	local function run(...)
		return lab.vmcore(...)
	end

	local function script(text)
		local path = lab.folder() .. "/script"
		local f = assert(io.open(path, "w"))
		f:write(text)
		f:close()
		return path
	end

	it("takes its options before and behind the command", function()
		local expected = run("-M", sys.core, "-N", sys.kernel, "--json", "ps", "-p", "1")
		assert.matches('^{"pid":1,', expected)
		assert.equal(expected, (run("ps", "-p", "1", "--json", "-N", sys.kernel, "-M", sys.core)))
		assert.equal(expected, (run("--core=" .. sys.core, "ps", "--kernel", sys.kernel, "-p1", "--json")))
		assert.equal(expected, (run("-M" .. sys.core, "--json", "ps", "-p", "1")))
	end)

	it("lists its commands", function()
		local out, err, status = run("--help")
		assert.equal("", err)
		assert.equal(0, status)
		for _, line in ipairs { "ps +list processes", "threads +list threads", "dmesg", "info" } do
			assert.matches("\n +" .. line, out)
		end
		out, err, status = run()
		assert.equal("", out)
		assert.equal(2, status)
		assert.matches("list processes", err)
	end)

	it("tells of one command", function()
		local out, _, status = run("ps", "--help")
		assert.equal(0, status)
		assert.matches("list processes", out)
		assert.matches("%-%-pid", out)
		out, _, status = run("--help", "ps")
		assert.equal(0, status)
		assert.matches("%-%-pid", out)
	end)

	it("tells of a command that wants arguments, without them", function()
		for _, name in ipairs { "print", "ptype", "search", "sym", "walk", "whatis", "x" } do
			for _, help in ipairs { "-h", "--help" } do
				local out, err, status = run(name, help)
				assert.equal("", err)
				assert.equal(0, status)
				assert.matches("^Usage: vmcore " .. name, out)
			end
		end
	end)

	it("has a version", function()
		local out, _, status = run("--version")
		assert.equal("vmcore " .. require "kvm".version, out:match "^[^\n]*")
		assert.matches("\nLua 5%.4, LPeg 1%.%d.*, libelf.*, zlib %d.*, zstd %d.*\n$", out)
		assert.equal(0, status)
	end)

	it("tells shells how to complete", function()
		for _, shell in ipairs { "bash", "zsh", "fish" } do
			local out, err, status = run("--completion", shell)
			assert.equal("", err)
			assert.equal(0, status)
			assert.matches("netstat", out)
			assert.matches("kernel", out)
		end
		local bash = script((run("--completion", "bash")))
		local words = io.popen("bash -c '. " .. bash .. [[ && COMP_WORDS=(vmcore ps -) COMP_CWORD=2 &&
			_vmcore && echo "${COMPREPLY[@]}"' 2>&1]]):read "a"
		assert.matches("%-%-pid", words)
		assert.equal(2, select(3, run("--completion", "tcsh")))
	end)

	it("exits with 2 when the command line is wrong", function()
		for _, arguments in ipairs { { "nosuch" }, { "ps", "--nosuch" }, { "--nosuch" },
		    { "../scripts/nosuch" }, { "vmcore" }, { "ps", "extra" }, { "ps", "-M" },
		    { "-M", sys.core, "-N", sys.kernel, "ps", "--json", "--csv" } } do
			local out, err, status = run(table.unpack(arguments))
			assert.equal("", out)
			assert.equal(2, status, table.concat(arguments, " "))
			assert.matches("vmcore: ", err)
		end
	end)

	it("exits with 3 when dump or kernel can't be opened", function()
		for _, arguments in ipairs { { "-M", "/nonexistent/vmcore", "ps" },
		    { "-M", sys.core, "-N", "/nonexistent/kernel", "ps" },
		    { "-M", sys.kernel, "-N", sys.kernel, "ps" }, { "-M", sys.core, "-N", sys.core, "ps" } } do
			local out, err, status = run(table.unpack(arguments))
			assert.equal("", out)
			assert.equal(3, status, table.concat(arguments, " "))
			assert.matches("^vmcore: ", err)
		end
	end)

	it("says which command may have been meant", function()
		for name, meant in pairs { netsat = "netstat", stack = "stacks", pcup = "pcpu", ["lock"] = "locks, lockchain" } do
			local err = select(2, run("-M", sys.core, name))
			for one in meant:gmatch "%a+" do
				assert.matches(("no command '%s' %%(.*%s.*%%?%%); see"):format(name, one), err)
			end
		end
		assert.equal("vmcore: no command 'frobnicate'; see vmcore --help\n", (select(2, run "frobnicate")))
	end)

	it("has no dump to look into where it was told none", function()
		if io.open "/dev/mem" and io.popen("uname"):read() == "FreeBSD" then
			return pending "this host has one: itself"
		end
		local _, err, status = run "ps"
		assert.equal(3, status)
		assert.matches("^vmcore: [^\n]*this host does not run FreeBSD; name a file\n$", err)
	end)

	it("says that its output could not be written", function()
		local full = io.open("/dev/full", "w")
		if not full then
			return pending "no /dev/full here"
		end
		full:close()
		local command = ("%s scripts/vmcore -M %s -N %s "):format(os.getenv "LUA" or "lua5.4", sys.core, sys.kernel)
		for _, arguments in ipairs { "ps", "ps --json", "--help", "ps --help", "--version", "-e 'print(1)'",
		    "-e 'io.write(1)'", "" } do
			local pipe = io.popen(("{ echo ps | %s; } 2>&1 >/dev/full; echo $?"):format(command .. arguments))
			local said = pipe:read "a"
			pipe:close()
			assert.matches("^vmcore: standard output: .*\n1\n$", said, arguments)
		end
	end)

	it("sees that -M and -N were mixed up", function()
		local _, err, status = run("-M", sys.kernel, "-N", sys.core, "ps")
		assert.equal(3, status)
		assert.matches("; %-M and %-N have changed places\n$", err)
		for _, core in ipairs { sys.kernel, "/nonexistent" } do
			assert.is_nil((select(2, run("-M", core, "-N", sys.kernel, "ps")):find("places", 1, true)))
		end
	end)

	it("needs a kernel for ps, not for info", function()
		local dir = lab.folder()
		os.execute(("ln -s %s %s/vmcore.0"):format(sys.core, dir))
		local _, err, status = run("-M", dir .. "/vmcore.0", "ps")
		assert.equal(3, status)
		assert.matches("no kernel file was found; looked for ", err)
		_, err, status = run("-M", dir .. "/vmcore.0", "info")
		assert.equal(0, status)
		assert.equal("", err)
	end)

	it("opens compressed dumps", function()
		local dir = lab.folder()
		os.execute(("gzip -c %s >%s/vmcore.0.gz && zstd -qc %s >%s/vmcore.0.zst"):format(sys.core, dir,
		    sys.core, dir))
		for _, name in ipairs { "vmcore.0.gz", "vmcore.0.zst" } do
			local out, _, status = run("-M", dir .. "/" .. name, "-N", sys.kernel, "ps", "-p", "720")
			assert.equal(0, status)
			assert.matches("crasher", out)
		end
	end)

	it("runs a script of the user's own", function()
		local path = script [[
			return {
				summary = "count processes",
				usage = function(parser) parser:argument "word" end,
				columns = { { "word", "WORD", "left" }, { "n", "N", "right" } },
				rows = function(k, options)
					local n = 0
					local procs = require "vmcore.kern.proc".new(k)
					for _ in procs:each() do n = n + 1 end
					local rows = { { word = options.word, n = n } }
					return function() return table.remove(rows) end
				end,
			}
		]]
		local out, err, status = run("-M", sys.core, "-N", sys.kernel, path, "hello")
		assert.equal("", err)
		assert.equal(0, status)
		assert.equal("WORD N\nhello 29\n", out)
	end)

	it("prints the parts of an answer one below the other, with titles where there are rows", function()
		local path = script [[
			local function part(title, n, layout)
				return { title = title, layout = layout, columns = { { "a", "A", "left", width = 3 },
					{ "b", "B", "right" } },
					rows = function()
						local i = 0
						return function()
							i = i + 1
							return i <= n and { a = title or "-", b = i } or nil
						end
					end }
			end
			return { summary = "x", parts = function()
				return { part("none", 0), part("one", 1), part("two", 2, function(o)
					return not o.json and "lines" or nil
				end), part(nil, 0) }
			end }
		]]
		local out, err, status = run("-M", sys.core, "-N", sys.kernel, path)
		assert.same({ "", 0 }, { err, status })
		assert.equal("one\nA   B\none 1\n\ntwo\ntwo\ntwo\n\nA   B\n", out)
		assert.equal('{"a":"one","b":1}\n{"a":"two","b":1}\n{"a":"two","b":2}\n',
		    (run("-M", sys.core, "-N", sys.kernel, path, "--json")))
		assert.equal("a,b\r\none,1\r\n\r\na,b\r\ntwo,1\r\ntwo,2\r\n\r\na,b\r\n",
		    (run("-M", sys.core, "-N", sys.kernel, path, "--csv")))
	end)

	it("exits with 1 when a script reports, or breaks", function()
		local out, err, status = run("-M", sys.core, "-N", sys.kernel, script [[
			return { summary = "x", columns = { { "a", "A", "left" } },
				rows = function(_, _, report)
					report("half of it is missing")
					return ipairs {}
				end }
		]])
		assert.equal(1, status)
		assert.equal("A\n", out)
		assert.equal("vmcore: half of it is missing\n", err)
		out, err, status = run("-M", sys.core, "-N", sys.kernel, script [[
			return { summary = "x", columns = { { "a", "A", "left" } },
				rows = function() error "a mistake" end }
		]])
		assert.equal("", out)
		assert.equal(1, status)
		assert.matches("a mistake", err)
	end)

	it("runs no file that is no script", function()
		for _, text in ipairs { "return 1", "syntax error", "return {}",
		    "return { summary = 'x', columns = {}, rows = 1 }" } do
			local _, err, status = run("-M", sys.core, "-N", sys.kernel, script(text))
			assert.equal(2, status, text)
			assert.matches("^vmcore: ", err)
		end
	end)

	it("warns loudly, and goes on", function()
		local other = lab.system("other", { layout = 13, version = "FreeBSD 13.2-RELEASE OTHER\n" })
		local out, err = run("-M", sys.core, "-N", other.kernel, "ps", "-p", "1")
		assert.matches("vmcore: WARNING: the kernel file does not match the dump", err)
		assert.matches("PID", out)
	end)

	it("is quiet when nobody reads on", function()
		local errors = os.tmpname()
		os.execute(("lua5.4 scripts/vmcore -M %s -N %s threads 2>%s | head -1 >/dev/null"):format(sys.core,
		    sys.kernel, errors))
		assert.equal("", io.open(errors):read "a")
		os.remove(errors)
	end)
end)
