--- At the end of its input the gzip codec computed an address from a null
-- pointer: undefined, though nothing came of it. Found by spec/fuzz/stream.c,
-- shown by `make sanitize`.
local packed = require "spec.support.packed"

describe("a gzip stream whose input ends inside a member", function()
	it("ends there, wherever that is", function()
		local bytes = packed.gzip(packed.machine(8).bytes)
		for n = 1, 600, 7 do
			local kd = packed.open(bytes:sub(1, n))
			if kd then
				kd:read_dump(math.maxinteger, 1)
				assert.matches("ends early", kd:dump().damage)
				kd:close()
			end
		end
		for n = #bytes - 20, #bytes - 1 do
			local kd = assert(packed.open(bytes:sub(1, n)))
			kd:read_dump(math.maxinteger, 1)
			assert.matches("ends early", kd:dump().damage)
		end
	end)
end)
