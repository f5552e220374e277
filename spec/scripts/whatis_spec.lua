--- `vmcore whatis`: what addresses of a forged system are, in two generations
-- of layouts. (Items of zones: spec/lua/kern/slab_spec.lua.)
local lab = require "spec.support.lab"
local modworld = require "spec.support.modworld"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 15 } do
	describe("whatis in a system of " .. layout, function()
		local sys, set, lost

		setup(function()
			sys = lab.system("whatis" .. layout, { layout = layout, prepare = function(s)
				set = s:var("counters", "unsigned long[8]", nil, { align = 64 })
				lost = s.mem:alloc(4096, { pages = true })
				s.mem:write(lost, "lost")
				s.mem:drop(s.mem:translate(lost), 4096)
			end })
		end)

		local function ask(...)
			local words = {}
			for i, address in ipairs { ... } do
				words[i] = math.type(address) and ("0x%x"):format(address) or address
			end
			local rows, err, status = lab.rows(sys, "whatis", table.unpack(words))
			return lab.by(rows, "kind"), err, status, rows
		end

		if layout == 15 then
			it("prints a healthy system, and what is left of a damaged one", function()
				local function text(...)
					local out, err = lab.vmcore("-M", sys.core, "-N", sys.kernel, "whatis", ...)
					return out .. (err ~= "" and "--- standard error\n" .. err or "")
				end
				lab.golden("whatis", text("panic+2", ("0x%x"):format(set + 9), "cpuid_to_pcpu[1]",
				    "allproc.lh_first"))
				lab.golden("whatis-damaged", text(("0x%x"):format(lost), "0xdeadc0dedeadc0de", "nosuch",
				    "panic"))
			end)
		end

		it("names symbols", function()
			local by, err, status = ask "counters"
			assert.equal("counters", by.symbol.text)
			assert.equal("", err)
			assert.equal(0, status)
			assert.equal("counters+0x9", ask(set + 9).symbol.text)
			assert.equal("panic+0x2", ask(sys.truth.symbols.panic.addr + 2).symbol.text)
		end)

		it("names the thread and frame of a stack", function()
			local checked = 0
			for tid, thread in pairs(sys.truth.threads) do
				if thread.kstack and checked < 5 then
					checked = checked + 1
					local text = ask(thread.kstack + 16).stack.text
					assert.truthy(text:find(("of thread %d (%s), process %d"):format(tid, thread.name,
					    thread.pid), 1, true), text)
				end
			end
			assert.equal(5, checked)
		end)

		it("names the function whose frame it is", function()
			local checked = 0
			for _, thread in pairs(sys.truth.threads) do
				if thread.regs and thread.wmesg and thread.trace and checked < 3 then
					checked = checked + 1
					local text = ask(thread.regs.rbp).stack.text
					assert.truthy(text:find(": frame 0, " .. thread.trace[1].name, 1, true), text)
				end
			end
			assert.equal(3, checked)
		end)

		it("names the CPU", function()
			local by = ask "cpuid_to_pcpu[1]"
			assert.truthy(by["per-CPU"].text:find "CPU 1: struct pcpu 0x%x+, pc_curthread")
		end)

		it("tells memory that is mapped, not dumped and not mapped apart", function()
			local truth = sys.truth.processes[sys.truth.order[1]]
			local by, _, _, rows = ask(truth.addr)
			assert.truthy(by["kernel map"] or by["direct map"], rows[#rows] and rows[#rows].kind)
			assert.truthy(ask(lost)["not dumped"].text:find "its page is not in the dump")
			assert.truthy(ask(0xdeadbeef).unmapped)
		end)

		it("answers the library, too", function()
			local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
			local answers, troubles = vmcore.whatis(k, set + 8)
			assert.equal("symbol", answers[1].kind)
			assert.equal(8, answers[1].offset)
			assert.same({}, troubles)
			answers = k:whatis(k:eval "allproc.lh_first")
			assert.is_true(#answers > 0)
		end)

		it("answers for several, and says what is no address", function()
			local _, _, _, rows = ask("panic", "counters")
			assert.is_true(#rows >= 4)
			local _, err, status = ask "nosuch"
			assert.truthy(err:find("nosuch", 1, true))
			assert.equal(1, status)
		end)
	end)
end

for _, layout in ipairs { 12, 15 } do
	describe("whatis in a system with modules of " .. layout, function()
		local w, sys, k = modworld.new { layout = layout }, nil, nil

		setup(function()
			sys = lab.system("whatis modules" .. layout, w.options)
			w:write(sys.dir)
			k = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		end)

		teardown(function()
			k:close()
		end)

		local function ask(address)
			local by = {}
			for _, answer in ipairs((k:whatis(address))) do
				by[answer.kind] = answer.text
			end
			return by
		end

		it("names sections", function()
			local data = w.files[1].by_name[".data"].at
			assert.equal("if_demo.ko .data+0x30", ask(data + 0x30).section)
			assert.equal("demo_softc+0x10 in if_demo.ko", ask(data + 0x30).symbol)
			assert.equal("dyn.ko .text+0x180", ask(w.files[2]:address_of "helper").section)
			assert.is_nil(ask(k:symbol "panic".value).section)
		end)

		it("names variables of network stacks and CPUs, in modules too", function()
			local stack, cpu = w.stacks[2], w.cpus[3]
			local function vnet(address)
				return ask(address + stack.base).vnet
			end
			local prefix = ("network stack 0x%x of jail 1 (www): "):format(stack.vnet)
			assert.equal(prefix .. "dyn_hits in dyn.ko", vnet(w.files[2]:address_of "vnet_entry_dyn_hits"))
			assert.equal(prefix .. "own+0x2", vnet(k:symbol "vnet_entry_own".value + 2))
			assert.equal(prefix .. "reserve", vnet(k:symbol "vnet_entry_modspace".value + 0x300))
			local function pcpu(address)
				return ask(address + cpu.base)["per-CPU"]
			end
			assert.equal("CPU 3: demo_counts+0x8 in if_demo.ko",
				pcpu(w.files[1]:address_of "pcpu_entry_demo_counts" + 8))
			assert.equal("CPU 3: own", pcpu(k:symbol "pcpu_entry_own".value))
			assert.matches("^CPU 3: struct pcpu 0x%x+, pc_cpuid$",
				ask(cpu.pcpu + sys.system.sys.types:offsetof("struct pcpu", "pc_cpuid"))["per-CPU"])
		end)
	end)
end
