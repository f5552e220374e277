--- What waits to be reassembled, in the layouts of three generations.
local mbufqueues = require "spec.support.mbufqueues"
local netstack = require "vmcore.kern.netstack"
local reass = require "vmcore.kern.mbufs.reass"

local function found_in(k, report)
	local stacks, list = netstack.new(k), {}
	for queue in reass.each(k, stacks, stacks.list[1], report) do
		list[#list + 1] = ("%s %s %x %x %s"):format(queue.state, queue.way, queue.owner, queue.mbuf, queue.records)
	end
	return list
end

local function line(way, owner, m, records)
	return ("reassembly %s %x %x %s"):format(way, owner, m, records)
end

for _, release in ipairs { 12, 13, 15 } do
	describe("fragments and segments as in " .. release, function()
		it("are found with whose they are", function()
			local k <close>, made = mbufqueues.open(release)
			assert.same({ line("ip", made.ipq, made.ip[1], true), line("ip6", made.ip6q, made.ip6[1], false),
				line("ip6", made.ip6q, made.ip6[2], false), line("tcp", made.tp, made.tcp, false) },
			    found_in(k, error))
		end)

		it("cost what a damaged one leads to", function()
			local told = {}
			local k <close>, made = mbufqueues.open(release, function(b)
				-- The second fragment leads back to the first.
				local link = release == 12 and "ip6af_down" or "ip6af_tq.tqe_next"
				b.mem:struct(b.made.fragments[2], "struct ip6asfrag", { [link] = b.made.fragments[1] })
				b.mem:struct(b.made.ipq, "struct ipq", { ["ipq_list.tqe_next"] = 0xdeadc0dedeadc0de })
				b.mem:struct(b.made.tp, "struct tcpcb", { ["t_segq.tqh_first"] = 0xfffffe0000123000 })
			end)
			local list = found_in(k, function(message) told[#told + 1] = message end)
			assert.equal(line("ip", made.ipq, made.ip[1], true), list[1])
			assert.equal(line("ip6", made.ip6q, made.ip6[2], false), list[3])
			local text = table.concat(told, "\n")
			assert.matches("ipq: .*poisoned", text)
			assert.matches("ip6q", text)
			assert.matches("t_segq: .*can't be read", text)
			assert.is_true(#list <= 1 + (1 << 16))
		end)
	end)
end
