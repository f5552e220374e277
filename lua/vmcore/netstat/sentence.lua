--- Sentences of `netstat -s` out of counters.
--
-- They are written in a notation of their own, a line a sentence:
--
--	tcps_sndpack tcps_sndbyte: {} data packet{s} ({} byte{s})
--
-- Before the colon are the members whose values stand for {} in turn; a|b are
-- names of different releases, a -b is a difference. {s}, {es} and {y|ies} are
-- what becomes of a word by the number before it. Tabs in front put a line
-- deeper, "<" less deep. Without members it is a title, printed when there is
-- something below it. member[list] is the title of an array's elements, which
-- are called as the list says.
-- @module vmcore.netstat.sentence

local tcpcb = require "vmcore.kern.tcpcb"

local sentence = {}

local SOURCES = { "tcp", "inet", "inet6" }

-- Names by number; what is not named is "#17".
local function names(words, ...)
	local list, number = {}, nil
	for _, item in ipairs { words, ... } do
		if math.type(item) then
			number = item
		else
			for word in item:gmatch "[^;]+" do
				list[number or 0], number = word, (number or 0) + 1
			end
		end
	end
	return function(i) return list[i] or "#" .. i end
end

-- netinet/ip_icmp.h, ICMP_*
local ICMP = names("echo reply", 3, "destination unreachable;source quench;routing redirect", 8,
	"echo;router advertisement;router solicitation;time exceeded;parameter problem;time stamp;"
	.. "time stamp reply;information request;information request reply;address mask request;"
	.. "address mask reply", 30, "icmp traceroute;datagram conversion error;mobile host redirect;"
	.. "IPv6 where-are-you;IPv6 i-am-here;mobile registration req;mobile registration reply;"
	.. "domain name request;domain name reply;icmp SKIP;icmp photuris")
-- netinet/icmp6.h, ICMP6_* and ND_*
local ICMP6 = names("#0;unreach;packet too big;time exceed;parameter problem", 128, "echo;echo reply;"
	.. "multicast listener query;MLDv1 listener report;MLDv1 listener done;router solicitation;"
	.. "router advertisement;neighbor solicitation;neighbor advertisement;redirect;"
	.. "router renumbering;node information request;node information reply;"
	.. "inverse neighbor solicitation;inverse neighbor advertisement;MLDv2 listener report")
-- netinet/in.h, IPPROTO_*
local NEXT = names("hop by hop;ICMP;IGMP;#3;IP;#5;TCP", 17, "UDP", 22, "IDP", 29, "TP", 41,
	"IP6", 43, "routing;fragment", 50, "ESP;AH", 58, "ICMP6;no next header;destination option;#61;mobility",
	80, "ISOIP", 89, "OSPF", 97, "Ethernet", 103, "PIM")
-- netinet6/in6_src.c, in6_selectsrc()
local RULE = names("first candidate;same address;appropriate scope;deprecated address;home address;"
	.. "outgoing interface;matching label;public/temporary address;alive interface;better virtual status;"
	.. "preferred source;rule #11;rule #12;rule #13;longest match;rule #15")
-- netinet6/in6.h, IPV6_ADDR_SCOPE_*
local SCOPES = { [1] = "node-local", [2] = "link-local", [5] = "site-local", [14] = "global" }

-- The sentences of elements: functions of a number and of what names an
-- interface by its number.
local ELEMENTS = {
	icmp = function(i) return ICMP(i) .. ": {}" end,
	icmp6 = function(i) return ICMP6(i) .. ": {}" end,
	next = function(i) return NEXT(i) .. ": {}" end,
	rule = function(i) return "{} " .. RULE(i) end,
	scope = function(i)
		return SCOPES[i] and "{} " .. SCOPES[i] .. "{s}" or ("{} addresses scope=%x"):format(i)
	end,
	mbufs = function(i, interface) return (interface(i) or "#" .. i) .. "= {}" end,
	state = function(i) return ("{} connection{s} in %s state"):format(tcpcb.state_name(i)) end,
}
local TITLES = { rt = "routing" }
local ALWAYS = { state = true }		-- elements that are 0 are printed, too

local function parse(text)
	local rules = {}
	for mark, tabs, head, line in text:gmatch "(<?)(\t*)([^:\n]*): ([^\n]*)\n" do
		local rule = { depth = (mark == "<" and 0 or 1) + #tabs, text = line, members = {} }
		head = head:gsub("%[(%w+)%]$", function(list)
			rule.elements = list
			return ""
		end)
		for member in head:gmatch "%S+" do
			local sign, alternatives = member:match "^(%-?)(.*)$"
			local list = { minus = sign == "-" }
			for name in alternatives:gmatch "[^|]+" do
				list[#list + 1] = name
			end
			rule.members[#rule.members + 1] = list
			rule.difference = rule.difference or list.minus
		end
		rules[#rules + 1] = rule
	end
	return rules
end

local parsed = {}

-- The rules of a protocol; none is known for some.
local function rules_of(proto)
	if next(parsed) == nil then
		for _, source in ipairs(SOURCES) do
			for name, text in pairs(require("vmcore.netstat.sentences." .. source)) do
				parsed[name] = parse(text)
			end
		end
		parsed.ipsec6 = parsed.ipsec
	end
	return parsed[proto] or {}
end

--- A text with its numbers.
-- @tparam string text in the notation
-- @tparam table values numbers, or strings where one can't be read
-- @treturn string
function sentence.fill(text, values)
	local i, number = 0, nil
	return (text:gsub("{([^}]*)}", function(ending)
		if ending == "" then
			i = i + 1
			number = values[i]
			return tostring(number)
		end
		local one, many = ending:match "^(.*)|(.*)$"
		return number == 1 and (one or "") or many or ending
	end))
end

-- A member's value by the name that this release has for it.
local function value_of(counters, names_of, used)
	for _, name in ipairs(names_of) do
		if counters[name] ~= nil then
			used[name] = true
			return counters[name]
		end
	end
	return nil
end

-- The values of a rule; nil when the kernel does not count that.
local function values_of(rule, counters, used)
	local values, sum = {}, 0
	for i, member in ipairs(rule.members) do
		local value = value_of(counters, member, used)
		if value == nil then
			return nil
		elseif rule.difference then
			sum = sum and math.type(value) and sum + (member.minus and -value or value) or nil
		end
		values[i] = value
	end
	return rule.difference and { sum or "?" } or values
end

local function any(values)
	for _, value in ipairs(values) do
		if value ~= 0 then
			return true
		end
	end
	return false
end

-- The sentences of an array's elements that are not 0.
local function element_lines(rule, counters, used, context, add)
	local name, first = rule.members[1][1], true
	for i = 0, (counters[name .. "#"] or 0) - 1 do
		local key = ("%s[%d]"):format(name, i)
		local value = counters[key]
		used[key] = true
		if value ~= nil and (value ~= 0 or ALWAYS[rule.elements] and not context.nonzero) then
			if first then
				add(rule.depth, rule.text)
				first = false
			end
			add(rule.depth + 1, sentence.fill(ELEMENTS[rule.elements](i, context.interface), { value }))
		end
	end
end

local function rule_lines(rule, counters, used, context, add)
	if rule.elements then
		element_lines(rule, counters, used, context, add)
	elseif #rule.members == 0 then
		add(rule.depth, rule.text, true)
	else
		local values = values_of(rule, counters, used)
		if values and (not context.nonzero or any(values)) then
			add(rule.depth, sentence.fill(rule.text, values))
		end
	end
end

-- What no sentence is known for is not lost.
local function unsaid(counters, used, last, add)
	local later = {}
	for _, rule in ipairs(last) do
		later[rule.members[1][1]] = true
	end
	for _, name in ipairs(counters) do
		if not used[name] and not later[name:match "^[^%[]*"] and counters[name] ~= nil
		    and counters[name] ~= 0 then
			add(1, ("%s: %s"):format(name, counters[name]))
		end
	end
end

--- The lines of a protocol.
-- @tparam string proto of vmcore.kern.protostat
-- @tparam table counters values by the members' names, arrays as "name[0]"
--   with their length as "name#"; a string where a value can't be read; and a
--   list of all names
-- @tparam table context `nonzero`: leave out what is 0; `interface`: function
--   of a number, to an interface's name or nil
-- @treturn {string...}
function sentence.lines(proto, counters, context)
	local lines, used, title = { (TITLES[proto] or proto) .. ":" }, {}, nil
	local function add(depth, text, is_title)
		if is_title then
			title = { depth, text }
			return
		elseif title and depth > title[1] then
			lines[#lines + 1] = ("\t"):rep(title[1]) .. title[2]
		end
		title = nil
		lines[#lines + 1] = ("\t"):rep(depth) .. text
	end
	local last = {}
	for _, rule in ipairs(rules_of(proto)) do
		if rule.depth == 0 then
			last[#last + 1] = rule
		else
			rule_lines(rule, counters, used, context, add)
		end
	end
	unsaid(counters, used, last, add)
	for _, rule in ipairs(last) do
		rule_lines(rule, counters, used, context, add)
	end
	return lines
end

return sentence
