--- The columns of the command ps, by the keywords of ps(1), and its formats.
-- @module vmcore.ps

local record = require "vmcore.record"

local ps = {}

-- Microseconds as ps(1) prints CPU time: minutes:seconds.hundredths.
local function cpu_time(us)
	return us and ("%d:%02d.%02d"):format(us // 60000000, us // 1000000 % 60, us // 10000 % 100)
end

-- Seconds as [[days-]hours:]minutes:seconds.
local function elapsed(s)
	if s == nil then
		return nil
	end
	local text = ("%02d:%02d"):format(s // 60 % 60, s % 60)
	if s >= 3600 then
		text = ("%02d:%s"):format(s // 3600 % 24, text)
	end
	return s >= 86400 and ("%d-%s"):format(s // 86400, text) or text
end

local function tenth(value)
	return value and ("%.1f"):format(value)
end

local function kilobytes(value)
	return value and tostring(value // 1024)
end

local function some(text)
	return text ~= "" and text or nil
end

local function command(args, row)
	return args ~= nil and args ~= "" and args or "[" .. row.comm .. "]"
end

-- Without what every terminal's name begins with.
local function short(tty)
	return tty and (tty:gsub("^tty", ""):gsub("^cua", ""):gsub("^pts/", ""))
end

local function left(key, header, width, more)
	return { key, header, "left", width = width, more = more }
end

local function right(key, header, width, more)
	return { key, header, "right", width = width, more = more }
end

-- By keyword: the column's key (of vmcore.kern.procinfo), its header...
local KEYWORDS = {
	acflag = right("acflag", "ACFLG", 5), args = left("args", "COMMAND", nil, { wide = true, text = command }),
	c = right("lastcpu", "C", 2), class = left("class", "CLASS", 10), comm = left("comm", "COMMAND", 19),
	cow = right("cow", "COW"), cpu = right("oncpu", "CPU"), dsiz = right("dsize", "DSIZ"),
	emul = left("emul", "EMUL", 13), etime = right("etime", "ELAPSED", 11, { text = elapsed }),
	etimes = right("etime", "ELAPSED"), exit = right("exit", "EXIT"), fib = right("fibnum", "FIB"),
	flags = right("flags", "F", 8, { format = "hex" }), flags2 = right("flags2", "F2", 8, { format = "hex" }),
	gid = right("gid", "GID", 5), inblk = right("inblock", "INBLK"), jail = left("jail", "JAIL", 10),
	jid = right("jid", "JID"), jobc = right("jobc", "JOBC"), lastcpu = right("lastcpu", "LASTCPU"),
	lockname = left("lockname", "LOCK", 8, { text = some }), login = left("login", "LOGIN", 8, { text = some }),
	lstart = left("start", "STARTED", 19, { format = "time" }), lwp = right("tid", "LWP", 6),
	majflt = right("majflt", "MAJFLT"), minflt = right("minflt", "MINFLT"), msgrcv = right("msgrcv", "MSGRCV"),
	msgsnd = right("msgsnd", "MSGSND"), mwchan = left("mwchan", "MWCHAN", 8, { text = some }),
	nice = right("nice", "NI"), nivcsw = right("nivcsw", "NIVCSW"), nlwp = right("threads", "NLWP"),
	nsigs = right("nsignals", "NSIGS"), nswap = right("nswap", "NSWAP"), nvcsw = right("nvcsw", "NVCSW"),
	nwchan = left("wchan", "NWCHAN", 18, { format = "address" }), oublk = right("oublock", "OUBLK"),
	paddr = left("addr", "PADDR", 18, { format = "address" }),
	["%cpu"] = right("cpu", "%CPU", 5, { text = tenth }), ["%mem"] = right("pctmem", "%MEM", nil, { text = tenth }),
	pgid = right("pgid", "PGID", 5), pid = right("pid", "PID", 5), ppid = right("ppid", "PPID", 5),
	pri = right("pri", "PRI"), rgid = right("rgid", "RGID", 5), rss = right("rss", "RSS", 6, { text = kilobytes }),
	ruid = right("ruid", "RUID", 5), sid = right("sid", "SID", 5), sigcatch = left("sigcatch", "CAUGHT", 32),
	sigignore = left("sigignore", "IGNORED", 32), sigmask = left("sigmask", "BLOCKED", 32),
	sigpend = left("sigpend", "PENDING", 32), sl = right("slptime", "SL"), ssiz = right("ssize", "SSIZ"),
	start = left("start", "STARTED", 19, { format = "time" }), state = left("state", "STAT", 5),
	svgid = right("svgid", "SVGID", 5), svuid = right("svuid", "SVUID", 5),
	systime = right("systime", "SYSTIME", 9, { text = cpu_time }),
	tdname = left("tdname", "TDNAME", 19), time = right("runtime", "TIME", 9, { text = cpu_time }),
	tpgid = right("tpgid", "TPGID", 5), tracer = right("tracer", "TRACER"), tsid = right("tsid", "TSID", 5),
	tsiz = right("tsize", "TSIZ"), tt = left("tty", "TT", 3, { text = short }), tty = left("tty", "TTY", 6),
	uid = right("uid", "UID", 5), upr = right("userpri", "UPR"), usertime = right("usertime", "USERTIME", 9,
	    { text = cpu_time }), vsz = right("vsize", "VSZ", 7, { text = kilobytes }),
	wmesg = left("wmesg", "WMESG", 8, { text = some }), xstat = right("xstat", "XSTAT"),
}
local SAME = { acflg = "acflag", blocked = "sigmask", caught = "sigcatch", command = "args", cputime = "time",
	f = "flags", f2 = "flags2", ignored = "sigignore", inblock = "inblk", logname = "login", ni = "nice",
	nsignals = "nsigs", oublock = "oublk", pcpu = "%cpu", pending = "sigpend", pmem = "%mem", rssize = "rss",
	sig = "sigpend", stat = "state", tid = "lwp", ucomm = "comm", user = "uid", ruser = "ruid", usrpri = "upr",
	vsize = "vsz", wchan = "mwchan", addr = "paddr", group = "gid", egid = "gid", rgroup = "rgid" }

local FORMATS = {
	default = "pid,ppid,pgid,sid,uid,ruid,gid,jid,nlwp,stat,flags,wmesg,comm=COMM,args,tty,start,paddr=ADDR",
	j = "user,pid,ppid,pgid,sid,jobc,state,tt,time,command",
	l = "uid,pid,ppid,c,pri,nice,vsz,rss,mwchan,state,tt,time,command",
	u = "user,pid,%cpu,%mem,vsz,rss,tt,state,start,time,command",
	H = "pid,lwp,tdname,state,pri,c,mwchan,tt,time,command",
}

-- What stands above the names that are another keyword's, as in ps(1).
local HEADERS = { user = "USER", ruser = "RUSER", comm = "COMMAND", ucomm = "UCOMM", wchan = "WCHAN",
	stat = "STAT", logname = "LOGIN" }

-- The column of a keyword; "keyword=HEADER" renames it.
local function column(word)
	local name, header = word:match "^([^=]+)=(.*)$"
	name = (name or word):lower()
	local found = KEYWORDS[SAME[name] or name]
	if found == nil then
		return nil
	end
	local own = { found[1], header or HEADERS[name] or found[2], found[3], width = found.width }
	for key, value in pairs(found.more or {}) do
		own[key] = value
	end
	return own
end

--- The columns of a list of keywords.
-- @tparam string list "pid,comm,%cpu=LOAD"
-- @treturn[1] {table...} see vmcore.table
-- @treturn[2] nil
-- @treturn[2] string message: no such keyword
function ps.columns(list)
	local columns, seen = {}, {}
	for word in list:gmatch "[^,%s]+" do
		local own = column(word)
		if own == nil then
			return nil, ("no keyword '%s'; there are: %s"):format(word, ps.keywords())
		end
		if not seen[own[1]] then
			columns[#columns + 1], seen[own[1]] = own, true
		end
	end
	return #columns > 0 and columns or nil, "a list of keywords is needed"
end

--- The columns of a format: "default", "j" "l" "u" "H".
-- @tparam string name
-- @tparam ?boolean threads with a thread's columns
-- @treturn {table...}
function ps.format(name, threads)
	local list = FORMATS[name]
	if threads and name ~= "H" then
		list = list:gsub("pid,", "pid,lwp,tdname,", 1)
	end
	return (ps.columns(list))
end

--- All keywords, for help.
-- @treturn string
function ps.keywords()
	local names = {}
	for name in pairs(KEYWORDS) do
		names[#names + 1] = name
	end
	for name in pairs(SAME) do
		names[#names + 1] = name
	end
	table.sort(names)
	return table.concat(names, " ")
end

-- The options that those letters stand for.
local LETTERS = { a = "all", x = "all", w = "wide", H = "threads", j = "job", l = "long", u = "usage",
	m = "by_memory", r = "by_cpu" }

--- What stands without a dash, as in "ps aux", "ps 720".
-- @tparam string text
-- @treturn[1] table options by name, for scripts/ps
-- @treturn[2] nil
-- @treturn[2] string message
function ps.letters(text)
	local found = { pid = text:find "^[%d,]+$" and record.set(text, math.tointeger) or nil }
	for letter in (found.pid and "" or text):gmatch "." do
		local name = LETTERS[letter]
		if name == nil then
			return nil, ("'%s' are no options; -c takes names of processes"):format(text)
		end
		found[name] = true
	end
	return found
end

return ps
