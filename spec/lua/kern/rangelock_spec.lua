--- Range locks of both generations, whole and damaged.
local lab = require "spec.support.lab"
local lock = require "vmcore.kern.lock"
local rangelock = require "vmcore.kern.rangelock"
local rangelocks = require "spec.support.rangelocks"
local vmcore = require "vmcore"

local function opened(sys)
	local k = assert(vmcore.open { core = sys.core, kernel = sys.kernel })
	return k, rangelock.new(k, assert(lock.new(k)))
end

local function made(name, layout, change, prepare)
	return lab.system("ranges " .. name, { layout = layout, prepare = prepare or rangelocks.prepare,
		change = function(s)
			rangelocks.place(s)
			if change then
				change(s)
			end
		end })
end

local function texts(found)
	local out = {}
	for i, e in ipairs(found.entries) do
		out[i] = ("%d %d %s %s"):format(e.from, e.to, e.mode, e.granted and "granted" or "waits")
	end
	return out
end

for _, layout in ipairs { 12, 13, 15 } do
	describe("range locks of " .. layout, function()
		local sys = made(tostring(layout), layout)
		local k, view

		setup(function() k, view = opened(sys) end)
		teardown(function() k:close() end)

		it("are known by what they are a part of", function()
			assert.same({ "vnode", sys.truth.vnode }, { view:container(sys.truth.file) })
			assert.same({ "shm", sys.truth.shmfd, "/shared" }, { view:container(sys.truth.shm) })
			assert.is_nil(view:container(sys.truth.file + 8))
		end)

		it("tell what is held", function()
			local file, shm = view:at(sys.truth.file), view:at(sys.truth.shm)
			assert.equal("exclusive", file.state)
			assert.same({ "shared", 3 }, { shm.state, shm.readers })
			if layout == 15 then
				assert.same({ "0 4096 exclusive granted", "8192 12288 shared granted" }, texts(file))
				assert.is_true(shm.cheating and shm.draining)
			else
				assert.same({ "0 4096 exclusive granted", "0 8192 shared waits",
					"100 200 exclusive waits" }, texts(file))
				assert.equal(4, #shm.entries)
			end
			assert.is_nil(file.broken)
			assert.is_nil(file.entries[1].owner)
		end)

		it("are found from where threads sleep", function()
			local function wait(pid)
				local td = sys.truth.processes[pid].threads[1].addr
				local thread = vmcore.cast(k:type "struct thread *", td)
				return view:of_channel(vmcore.toaddress(thread.td_wchan), vmcore.string(thread.td_wmesg))
			end
			local at, request = wait(722)
			assert.equal(sys.truth.file, at)
			assert.equal(sys.truth.requests.vi, request)
			assert.equal(sys.truth.file, (wait(723)))
			assert.equal(sys.truth.shm, (wait(712)))
			assert.is_nil((view:of_channel(sys.truth.file, "select")))
		end)
	end)
end

describe("range locks", function()
	it("tell owners in a kernel with INVARIANTS", function()
		local sys = made("owned", 15, nil, rangelocks.prepare_owned)
		local k <close>, view = opened(sys)
		assert.equal(sys.truth.processes[612].threads[1].addr, view:at(sys.truth.file).entries[1].owner)
		assert(k)
	end)

	it("end where the list runs in a circle or can't be read", function()
		for bad, message in pairs { circle = "runs in a circle", [0xfffffe0000123000] = "can't be read" } do
			for _, layout in ipairs { 13, 15 } do
				local sys = made(layout .. tostring(bad), layout, function(s)
					local last = s.truth.requests.last or s.truth.requests.yes
					s.memory:ptr(last, bad == "circle" and (s.truth.requests.first or s.truth.requests.vi) or bad)
				end)
				local k <close>, view = opened(sys)
				local found = view:at(sys.truth.file)
				assert.matches(message, found.broken)
				assert.equal("exclusive", found.state)
				assert(k)
			end
		end
	end)

	it("are not found from a request whose links are damaged", function()
		local sys = made("links", 13, function(s)
			s.memory:ptr(s.truth.requests.vi + 8, 0xfffffe0000123000)
		end)
		local k <close>, view = opened(sys)
		assert.is_nil((view:of_channel(sys.truth.requests.vi, "range")))
		assert.is_nil((view:of_channel(sys.truth.requests.yes, "range")))
		assert(k)
	end)
end)
