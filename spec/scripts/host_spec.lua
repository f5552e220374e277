--- What the host that vmcore runs on is and has does not enter its answers.
local lab = require "spec.support.lab"
local net = require "spec.support.net"

local COMMANDS = { "info", "ps -aux", "ps -o pid,lstart,user,command", "fstat", "sockstat",
	"netstat -a", "netstat -r", "netstat -i", "netstat -s", "arp", "ifconfig", "mount", "dmesg -a",
	"vmstat -i", "jls", "pcpu", "whatis allproc", "print boottimebin" }

-- Another place, language and user.
local ODD = "env -u HOME -u LANG TZ=XYZ-5:45 LC_ALL=tr_TR.UTF-8 LC_TIME=de_DE USER=nobody COLUMNS=20"

describe("the host", function()
	local sys, lua

	setup(function()
		sys, lua = net.system(13), os.getenv "LUA" or "lua5.4"
	end)

	local function output(before, command, how)
		local pipe = io.popen(("%s %s scripts/vmcore -M %s -N %s %s %s 2>&1"):format(before, lua, sys.core,
		    sys.kernel, how, command))
		local text = pipe:read "a"
		pipe:close()
		return text
	end

	for _, command in ipairs(COMMANDS) do
		it("has no part in what it prints: " .. command, function()
			for _, how in ipairs { "", "--json" } do
				local text = output("env TZ=UTC LC_ALL=C", command, how)
				assert.is_true(#text > 0)
				assert.equal(text, output(ODD, command, how))
			end
		end)
	end

	it("is asked for no user, service, address or time zone", function()
		local names = lab.folder() .. "/opened"
		if not os.execute "strace -o /dev/null true 2>/dev/null" then
			return pending "no strace here, or it may not"
		end
		for _, command in ipairs(COMMANDS) do
			output("strace -f -e trace=openat,open,socket,connect -o " .. names, command, "")
			for line in io.lines(names) do
				assert.falsy(line:find "socket%(" or line:find "/etc/%a" and not line:find "/etc/ld", line)
			end
		end
	end)
end)
