--- Lists of sys/queue.h and their ck_queue.h twins, walked in a dump.
--
--	for p in queue.list_foreach(k.var.allproc, "p_list") do ... end
--
--	local each, walk = queue.foreach(head, "td_plist")
--	for td in each do ... end
--	if walk:status() then ... end
--
-- The kernel died in the middle of something, and the dump may be damaged: a
-- walk is bounded. It ends at a link that can't be read or was poisoned by
-- the kernel's own debugging, and before it would come to an element for the
-- second time; then it says where and why. An element whose link can't be
-- read is not handed out: nothing says that it is one.
-- @module vmcore.queue

local kvm = require "kvm"
local walk = require "vmcore.walk"

local queue = {}

-- Kind -> the head's and the link's member, sys/queue.h first, then those of
-- contrib/ck/include/ck_queue.h.
local KINDS = {
	list = { { "lh_first", "le_next" }, { "clh_first", "cle_next" } },
	slist = { { "slh_first", "sle_next" }, { "cslh_first", "csle_next" } },
	tailq = { { "tqh_first", "tqe_next" } },
	stailq = { { "stqh_first", "stqe_next" }, { "cstqh_first", "cstqe_next" } },
}
local ORDER = { "list", "tailq", "stailq", "slist" }

-- Elements before the list runs into itself, given one inside the circle
-- (Floyd): the way to where the circle begins is as long from the list's
-- first element as from there, and then once around.
local function distinct_elements(kd, offset, first, inside)
	local a, b, count = first, inside, 0
	while a ~= b do
		a, b, count = kd:read_ptr(a + offset), kd:read_ptr(b + offset), count + 1
	end
	local around = a
	repeat
		around, count = kd:read_ptr(around + offset), count + 1
	until around == a
	return count, a
end

-- The iterator proper. `hare` runs ahead two links a step: it meets the walk
-- inside a circle before any element has come twice, and costs no memory.
local function iterator(record, kd, first, offset, pointer)
	local read_ptr, make, poison = kd.read_ptr, kvm.pointer, walk.POISON[kd:ptrsize()]
	local current, hare, count, limit, entry = first, first, 0, nil, nil
	local function ended(reason, address)
		current = 0
		record:miss(reason, address, count)
	end
	return function()
		local address = current
		if address == 0 then
			return nil
		elseif poison[address] then
			return ended("poisoned", address)
		elseif count == limit then
			return ended("cycle", entry)
		end
		local following = read_ptr(kd, address + offset)
		if following == nil then
			return ended("unreadable", address)
		end
		current, count = following, count + 1
		if hare then
			hare = read_ptr(kd, hare + offset)
			hare = hare and hare ~= 0 and read_ptr(kd, hare + offset)
			if hare == 0 then
				hare = nil
			elseif hare == following then
				limit, entry = distinct_elements(kd, offset, first, hare)
				hare = nil
			end
		end
		return pointer and make(pointer, address) or address
	end
end

-- Everything about walking heads of one type by one link that does not
-- depend on the head.
local function plan(head_type, link, kinds, element)
	local base = head_type:strip()
	if base.kind == "pointer" then
		base = base.target:strip()
	end
	for _, kind in ipairs(kinds) do
		for _, names in ipairs(KINDS[kind]) do
			local first = base:member(names[1])
			if first ~= nil then
				local pointer = element and element:pointer() or first.type
				local path = link .. "." .. names[2]
				-- Called like this, it tells no line of this file.
				local ok, offset = pcall(kvm.offsetof, pointer:strip().target, path)
				return ok and { kind = kind, head = base, offset = first.offset, pointer = pointer,
					link = offset } or error(offset, 0)
			end
		end
	end
	error(("%s is no head of a %s"):format(tostring(base),
	    #kinds == 1 and kinds[1] or "list"), 0)
end

local function start(p, kd, address, name, on_stop)
	local record = walk.new(name, walk.LIST, on_stop)
	local first = kd:read_ptr(address + p.offset)
	if first == nil then
		first = 0
		record:miss("unreadable", address)
	end
	return iterator(record, kd, first, p.link, not p.addresses and p.pointer), record
end

--- Prepare to walk many heads of one type by the same link.
-- @tparam kvm.type head_type of the heads, or of pointers to them
-- @tparam string link the member that links the elements; may be a path
--   ("td_md.link")
-- @tparam ?table options `kind`: "list", "slist", "tailq", "stailq", found out
--   if absent; `element`: the type of the elements, where the head does not
--   tell; `addresses`: hand out integers, which a getter takes too, not
--   pointers
-- @treturn function of a head (object, or its address) and optionally
--   on_stop; it returns what foreach() returns
-- @raise when the type is no head, or the elements have no such link
function queue.prepare(head_type, link, options)
	options = options or {}
	local p = plan(head_type, link, options.kind and { options.kind } or ORDER, options.element)
	p.addresses = options.addresses
	local kd = head_type.descriptor
	return function(head, on_stop)
		local address = math.type(head) and head or kvm.toaddress(head)
		return start(p, kd, address, link, on_stop)
	end
end

-- Plans by head type and link, as long as the type lives.
local prepared = setmetatable({}, { __mode = "k" })

local function foreach(kind, head, link, on_stop)
	local t = kvm.typeof(head)
	local walkers = prepared[t]
	if walkers == nil then
		walkers = {}
		prepared[t] = walkers
	end
	local key = link .. " " .. (kind or "")
	local start_at = walkers[key]
	if start_at == nil then
		start_at = queue.prepare(t, link, { kind = kind })
		walkers[key] = start_at
	end
	return start_at(head, on_stop)
end

--- Walk any of the lists; the head's members tell which it is.
-- @param head the head, or a pointer to it
-- @tparam string link the member that links the elements; may be a path
-- @tparam ?function on_stop called with the status when the walk ends early
-- @treturn function iterator of pointers to the elements
-- @treturn table walk, whose status() tells why it ended early
-- @raise when it is no head, or the elements have no such link
function queue.foreach(head, link, on_stop)
	return foreach(nil, head, link, on_stop)
end

--- Walk a LIST or CK_LIST; as foreach().
function queue.list_foreach(head, link, on_stop)
	return foreach("list", head, link, on_stop)
end

--- Walk an SLIST or CK_SLIST; as foreach().
function queue.slist_foreach(head, link, on_stop)
	return foreach("slist", head, link, on_stop)
end

--- Walk a TAILQ; as foreach().
function queue.tailq_foreach(head, link, on_stop)
	return foreach("tailq", head, link, on_stop)
end

--- Walk an STAILQ or CK_STAILQ; as foreach().
function queue.stailq_foreach(head, link, on_stop)
	return foreach("stailq", head, link, on_stop)
end

return queue
