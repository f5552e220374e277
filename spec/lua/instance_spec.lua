--- VNET(), PCPU() and DPCPU() in expressions; names of modules there and in
-- k.var, k:vnet() and k:dpcpu().
local lab = require "spec.support.lab"
local modworld = require "spec.support.modworld"
local vmcore = require "vmcore"

for _, layout in ipairs { 12, 15 } do
	describe("expressions over a system with modules as in " .. layout, function()
		local w, k, sys = modworld.new { layout = layout }, nil, nil

		setup(function()
			sys = lab.system("instance " .. layout, w.options)
			w:write(sys.dir)
			k = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		end)

		teardown(function()
			k:close()
		end)

		local function gives(values, options)
			for text, value in pairs(values) do
				assert.equal(value, (assert(k:eval(text, options))), text)
			end
		end

		it("know the variables of network stacks", function()
			gives {
				["VNET(own).number"] = 1, ["VNET(own, 1).number"] = 2, ['VNET(own, "www").number'] = 2,
				["VNET(own, vnet0).number"] = 1, ["V_own.number"] = 1,
				["VNET(own, prison0.pr_vnet).number"] = 1, ["sizeof VNET(own)"] = 4,
				[("VNET(own, (struct vnet *)0x%x).number"):format(w.stacks[2].vnet)] = 2,
				["VNET(demo_hits)"] = 110, ["VNET(dyn_hits, 1) + 1"] = 221,
				["VNET(if_demo`demo_hits, 1)"] = 210, ["V_dyn_hits"] = 120,
			}
			assert.equal(w.files[1]:address_of "vnet_entry_demo_hits" + w.stacks[2].base,
				vmcore.toaddress((k:eval "&VNET(demo_hits, 1)")))
			gives({ ["VNET(own).number"] = 2, ["VNET(own, 0).number"] = 1, V_demo_hits = 210 }, { vnet = "www" })
		end)

		it("know the variables of CPUs", function()
			gives {
				["DPCPU(own).number"] = 1, ["DPCPU(own, 3).number"] = 4, ["DPCPU(demo_counts, 1 + 2).n"] = 3010,
				["DPCPU(dyn_counts).n"] = 20, ["PCPU(pc_cpuid)"] = 0, ["PCPU(cpuid, 3)"] = 3,
				["PCPU(curthread)->td_tid == dumptid"] = 1,
			}
			gives({ ["DPCPU(own).number"] = 4, ["PCPU(cpuid)"] = 3 }, { cpu = 3 })
			assert.equal(w.cpus[3].pcpu, vmcore.toaddress((k:eval "&PCPU(curthread, 3)")))
		end)

		it("are completed", function()
			local session = require "vmcore.prompt".new { k = k, folder = "scripts/", out = io.tmpfile(),
				complain = error }
			local function of(before, word)
				local list = session:complete(before, word)
				table.sort(list)
				return table.concat(list, " ")
			end
			assert.equal("own", of("= VNET(", "ow"))
			assert.equal("demo_hits dyn_hits", (of("VNET(", "d")))
			assert.equal("demo_counts dyn_counts", of("DPCPU(", "d"))
			assert.equal("number", of("= VNET(own, 1).", ""))
			assert.equal("number", of("V_own.", "n"))
			assert.equal("number", of("DPCPU(own).", "n"))
			assert.equal("", of("VNET(nosuch).", ""))
		end)

		it("know the variables and types of modules", function()
			gives {
				["demo_softc.unit"] = 1, ["dyn_softc.unit"] = 2, ["if_demo`unit"] = 41, ["dyn.ko`unit"] = 42,
				["unit"] = 41, ["sizeof(struct demo_softc)"] = 32, ["kernel`dumptid == dumptid"] = 1,
				["((struct demo_softc *)&dyn_softc)->name"] = "dyn0",
			}
			assert.equal(1, k.var.demo_softc.unit)
			assert.equal(42, k.var["dyn`unit"])
			assert.equal("dyn.ko", k:symbol "dyn_softc".module)
			assert.equal("struct demo_softc", tostring(k:type("struct demo_softc", "dyn.ko")))
			assert.equal("struct demo_softc", tostring(k:type("struct demo_softc", "*")))
			assert.is_nil((k:type "struct demo_softc"))
			local symbol, offset, module = k:symbol_at(w.files[2]:address_of "dyn_softc" + 4)
			assert.same({ "dyn_softc", 4, "dyn.ko" }, { symbol.name, offset, module })
		end)

		it("have them as tables, too", function()
			assert.equal(1, k:vnet().own.number)
			assert.equal(2, k:vnet(1).own.number)
			assert.equal(220, k:vnet "www".dyn_hits)
			assert.equal(4, k:dpcpu(3).own.number)
			assert.equal(10, k:dpcpu().demo_counts.n)
			assert.equal(3, k:pcpu(3).pc_cpuid)
			assert.error_matches(function() k:vnet "nosuch" end, "there is no jail nosuch")
			assert.error_matches(function() k:dpcpu(2) end, "there is no CPU 2")
			assert.error_matches(function() return k:vnet().nosuch end, "nosuch")
			assert.error_matches(function() k:vnet().own = 1 end, "can't be set")
			assert.error_matches(function() return k.var.nosuch end, "no symbol nosuch in .*kernel$")
		end)

		it("say what is wrong with a call", function()
			for text, message in pairs {
				["VNET(1)"] = "VNET%(%) takes the name of a variable", ["DPCPU()"] = "takes the name",
				["PCPU(cpuid, 1, 2)"] = "takes the name", ["VNET(nosuch)"] = "no symbol nosuch",
				["VNET(panic)"] = "panic is no variable of a network stack",
				["DPCPU(nosuch)"] = "pcpu_entry_nosuch", ["PCPU(nosuch)"] = "struct pcpu has no member 'nosuch'",
				["DPCPU(own, 1)"] = "there is no CPU 1", ["PCPU(cpuid, 77)"] = "there is no CPU 77",
				['VNET(own, "nosuch")'] = "there is no jail nosuch", ["PCPU(cpuid, \"a\")"] = "no address",
				["VNET(own, prison0)"] = "is no number", ["none`unit"] = "no symbol or enumerator 'unit'",
				["DPCPU(own, 1.5)"] = "is no number", ["V_nosuch"] = "no symbol nosuch",
			} do
				local value, why, code = k:eval(text)
				assert.is_nil(value, text)
				assert.matches(message, why)
				assert.is_true(code == "nosym" or code == "syntax" or code == "notype" or code == "notsup", code)
			end
		end)

		it("without the modules' files have addresses only", function()
			local bare <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel, klddir = "/nowhere" })
			assert.equal(2, bare:eval "VNET(own, 1).number")
			os.rename(sys.dir .. "/dyn.ko", sys.dir .. "/dyn.gone")
			local address = bare:eval "&dyn_softc"
			os.rename(sys.dir .. "/dyn.gone", sys.dir .. "/dyn.ko")
			assert.equal(w.files[2]:address_of "dyn_softc", vmcore.toaddress(address))
			local value, message = bare:eval "dyn_softc.unit"
			assert.is_nil(value)
			assert.matches("'dyn_softc' has no type here: cast its address, as in %*%(int %*%)&dyn_softc "
			    .. "%(dyn%.ko: its file is not here, so the type of dyn_softc is not known%)", message)
		end)
	end)
end

describe("a kernel without VIMAGE or types", function()
	it("says what it can't tell", function()
		local sys = lab.system("instance bare", { layout = 13, no_ctf = true })
		local k <close> = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		local _, message = k:eval "PCPU(curthread)"
		assert.matches("does not tell what a struct pcpu is", message)
		_, message = k:eval "VNET(nosuch)"
		assert.matches("no symbol nosuch", message)
		-- Its variables are plain ones, whoever asks.
		assert.is_not_nil(k:eval "&VNET(dumptid)")
		assert.is_not_nil(k:eval "&VNET(dumptid, 3)")
	end)
end)
