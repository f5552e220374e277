--- What machines with a link register have in common: a function that has not
-- saved it has no frame, and when a trap takes it there, the register is the
-- way back.
-- @module vmcore.kern.stack.link

local link = {}

--- Where the way out of a function without a frame is.
link.way_out = "the link register"

local PROLOGUE_MAX = 256	-- bytes: where compilers save the link register

--- The instructions of the interrupted function from its start to where it was.
-- @tparam table walk see vmcore.kern.stack.walk
-- @treturn ?string nil when they can't be read, or read as zeros: some dumps
--   leave out the kernel's text
function link.code(walk)
	local f = walk:name()
	if f == nil then
		return nil
	end
	local length = math.min(f.offset, PROLOGUE_MAX)
	if length <= 0 then
		return length == 0 and "" or nil
	end
	local code = walk.kd:read(f.value, length)
	return code and code:find "[^%z]" and code or nil
end

--- To the caller of an interrupted function that has no frame.
-- @tparam table walk
-- @tparam function saves of link.code(): whether the function has saved the
--   link register
-- @tparam integer address what the link register holds
-- @treturn boolean whether it was one
function link.leave(walk, saves, address)
	if address == nil or not walk:is_text(address) then
		return false
	elseif walk:is_code(walk.pc) then
		local code = link.code(walk)
		if code == nil or saves(code) then
			return false
		end
	end
	walk.inner, walk.pc = walk.sp, address
	return true
end

return link
