--- What a bounded walk says of itself: the record that comes beside an
-- iterator, and tells why not everything was handed out.
-- @module vmcore.walk

local walk = {}

local methods = {}
local meta = { __index = methods, __name = "vmcore.walk" }

--- Links that lead nowhere, by the size of a pointer. QUEUE_MACRO_DEBUG_TRASH
-- writes -1 over dead ones (sys/queue.h), UMA and malloc(9) fill freed memory
-- with 0xdeadc0de (vm/uma_dbg.c).
walk.POISON = {
	[8] = { [-1] = true, [0xdeadc0dedeadc0de] = true },
	[4] = { [0xffffffff] = true, [0xdeadc0de] = true },
}

--- Messages of a walk that ends at the first thing it can't pass.
walk.LIST = {
	unreadable = "%s: stopped after %d elements: the one at %#x can't be read",
	poisoned = "%s: stopped after %d elements at a poisoned link (%#x)",
	cycle = "%s: stopped after %d elements: the list runs in a circle, back to %#x",
}

--- Messages of a walk that goes on beside what it misses.
walk.TREE = {
	unreadable = "%s: after %d nodes: the one at %#x can't be read",
	poisoned = "%s: after %d nodes: a poisoned link (%#x)",
	cycle = "%s: after %d nodes: the tree leads back to %#x",
}

--- What was first missed.
-- @treturn ?table nil while it goes well and when it came to the end; else
--   reason ("unreadable", "poisoned", "cycle"), address (of what could not be
--   passed), count (what was handed out before), message
function methods:status()
	return self.stopped
end

--- Note that something was missed.
-- @tparam string reason
-- @tparam integer address
-- @tparam[opt] integer count of what was handed out; the walk's own `count`
--   when absent
function methods:miss(reason, address, count)
	count = count or self.count
	local status = { reason = reason, address = address, count = count,
		message = self.messages[reason]:format(self.name, count, address) }
	self.stopped = self.stopped or status
	if self.on_stop then
		self.on_stop(status)
	end
end

--- A record.
-- @tparam[opt] string name for messages
-- @tparam[opt] table messages LIST or TREE
-- @tparam[opt] function on_stop called with each status
-- @treturn table with status(), miss(reason, address, count) and `count`, 0
function walk.new(name, messages, on_stop)
	return setmetatable({ name = name, messages = messages, on_stop = on_stop, count = 0 }, meta)
end

return walk
