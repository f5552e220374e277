--- Completion at the prompt.
local lab = require "spec.support.lab"
local vmcore = require "vmcore"
local prompt = require "vmcore.prompt"

describe("completion", function()
	local k, session

	setup(function()
		local sys = lab.system("prompt", { layout = 13 })
		k = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
		session = prompt.new { k = k, folder = "scripts/", out = io.tmpfile(), complain = error }
		session:feed "p = allproc.lh_first"
		session:feed "mine = { inner = { p = p } }"
	end)

	teardown(function()
		k:close()
	end)

	-- The candidates, sorted; the second result as it is.
	local function of(before, word)
		local list, final = session:complete(before, word)
		table.sort(list)
		return table.concat(list, " "), final
	end

	local function has(name, before, word)
		local list = " " .. of(before, word) .. " "
		assert.is_truthy(list:find(" " .. name .. " ", 1, true), before .. word .. ":" .. list)
	end

	local function lacks(name, before, word)
		local list = " " .. of(before, word) .. " "
		assert.is_falsy(list:find(" " .. name .. " ", 1, true), list)
	end

	it("knows commands and their options", function()
		has("threads", "", "thr")
		has("dmesg", "", "")
		lacks("allproc", "", "")
		lacks("threads", "x = ", "threads")
		assert.same({ "json", true }, { of("ps --", "js") })
		has("p", "ps -p 1 -", "")
		lacks("pid", "ps -", "")
		lacks("p", "ps --", "")
		assert.same({ "help", true }, { of(".", "h") })
		has("ps", ".help ", "p")
	end)

	it("knows what is in a struct pcpu", function()
		has("curthread", "= PCPU(", "cur")
		has("cpuid", "1 + PCPU( ", "")
		has("td_proc", "= PCPU(curthread)->", "td_p")
		has("p_comm", "PCPU(curthread, 1)->td_proc->", "p_")
		for _, before in ipairs { "PCPU(nosuch).", "FOO(curthread)->", "DPCPU(" } do
			assert.equal("", (of(before, "")), before)
		end
		-- Without VIMAGE there is one of each.
		has("allproc", "VNET(", "allp")
		has("lh_first", "VNET(allproc).", "")
	end)

	it("knows what the kernel and Lua have", function()
		has("allproc", "", "allp")
		has("allproc", "print(", "allp")
		has("vpanic", "= ", "vp")
		has("sizeof", "", "size")
		has("mine", "", "mi")
		has("linker_file_list_t", "(", "linker_file")
		assert.equal("struct", (of("(", "stru")))
	end)

	it("knows types", function()
		has("proc", "(struct ", "pr")
		lacks("proc", "(union ", "pr")
		has("proc", "struct  ", "pr")
	end)

	it("knows members, and reads nothing", function()
		local read = k.kd.read
		assert.is_function(read)
		has("p_comm", "p.", "p_c")
		has("p_comm", "p->", "p_c")
		has("p_comm", "x = f(p.", "p_c")
		has("lh_first", "allproc.", "")
		has("p_pid", "allproc.lh_first->", "p_p")
		has("p_pid", "allproc . lh_first -> ", "p_p")
		has("cr_uid", "1 + p->p_ucred->", "cr_")
		has("td_name", "p.p_threads.tqh_first.", "td_")
		has("p_pid", "p[0].", "p_")
		has("p_pid", "(*p).", "p_")
		has("p_pid", "((struct proc *)0x10)->", "p_")
		has("p_pid", "(*(struct proc *)0x10).", "p_")
		has("p_pid", "mine.inner.p.", "p_")
		has("p_pid", "k.var.allproc.lh_first.", "p_")
	end)

	it("knows fields and methods of Lua's values", function()
		has("inner", "mine.", "in")
		has("list_foreach", "queue.", "l")
		has("symbol_at", "k:", "sy")
		has("kd", "k.", "")
		lacks("kd", "k:", "")
		has("allproc", "k.var.", "allp")
		has("format", "string.", "f")
	end)

	it("has nothing to say about what it does not know", function()
		for _, before in ipairs { "nosuch.", "p.nosuch.", "f().", "f(1)[2]->", "p->p_pid.", "(.", ")).",
		    "]].", "...", "1.", "'x'.", "((nosuch *)1)->", "->", "k.nosuch.x." } do
			assert.equal("", (of(before, "")), before)
		end
	end)

	it("does without a kernel", function()
		local sys = lab.system("prompt")
		local bare <close> = assert(vmcore.open { core = sys.core, no_kernel = true })
		local other = prompt.new { k = bare, folder = "scripts/", out = io.tmpfile(), complain = error }
		assert.same({}, (other:complete("(struct ", "pr")))
		assert.same({}, (other:complete("allproc.", "")))
		assert.same({ "dmesg" }, (other:complete("", "dme")))
	end)
end)
