--- Processes as a tree: parents and their children.
-- @module vmcore.kern.proctree

local proctree = {}

local DEPTH_MAX = 500		-- generations; no system has nearly as many

-- Processes by address and by number; what can't be read has no number.
local function nodes_of(procs, report)
	local list, by_pid = {}, {}
	for p in procs:addresses(report) do
		local ok, pid = pcall(procs.fields.pid, p)
		local node = { p = p, pid = ok and pid or nil, children = {} }
		list[#list + 1] = node
		if ok and by_pid[pid] == nil then
			by_pid[pid] = node
		elseif ok then
			report(("two processes have the number %d"):format(pid))
		end
	end
	return list, by_pid
end

local function before(a, b)
	if a.pid ~= b.pid then
		return (a.pid or math.maxinteger) < (b.pid or math.maxinteger)
	end
	return a.p < b.p
end

-- Hang every process on its parent; those without one are the roots.
local function join(list, by_pid, parent_of, report)
	local roots = {}
	for _, node in ipairs(list) do
		local ok, ppid = pcall(parent_of or function() return nil end, node.p)
		node.parent = ok and ppid and by_pid[ppid] or nil
		if ok and ppid and ppid ~= 0 and node.parent == nil then
			report(("process %s: its parent %d is not there"):format(tostring(node.pid), ppid))
		end
		if node.parent == nil or node.parent == node then
			node.parent = nil
			roots[#roots + 1] = node
		else
			table.insert(node.parent.children, node)
		end
	end
	return roots
end

-- Everything below a node, first children first; prefix says of each level above
-- whether more follows there.
local function visit(node, depth, prefix, last, seen)
	seen[node] = true
	node.depth, node.prefix, node.last = depth, prefix, last
	coroutine.yield(node)
	table.sort(node.children, before)
	local below = {}
	for _, child in ipairs(depth < DEPTH_MAX and node.children or {}) do
		below[#below + 1] = not seen[child] and child or nil
	end
	for i, child in ipairs(below) do
		if not seen[child] then
			visit(child, depth + 1, depth == 0 and {} or table.move(prefix, 1, #prefix, 1,
			    { [#prefix + 1] = not last }), i == #below, seen)
		end
	end
end

--- Go through the tree, every process behind its parent.
-- @tparam table procs vmcore.kern.proc
-- @tparam ?integer pid only this process and those below it
-- @tparam function report called with messages about what is out of reach, about
--   parents that are missing and circles
-- @treturn function iterator of tables: p (address), pid, parent (such a table),
--   depth, prefix (of the levels above it but the topmost: whether more follows
--   there), last (whether it is the last child of its parent)
function proctree.each(procs, pid, report)
	local list, by_pid = nodes_of(procs, report)
	local roots = join(list, by_pid, procs.fields.ppid, report)
	local seen = {}
	return coroutine.wrap(function()
		if pid then
			if by_pid[pid] then
				visit(by_pid[pid], 0, {}, true, seen)
			else
				report(("no process %d"):format(pid))
			end
			return
		end
		table.sort(roots, before)
		for _, root in ipairs(roots) do
			visit(root, 0, {}, true, seen)
		end
		-- What is left has parents, but no root among them, or one too far away.
		table.sort(list, before)
		for _, node in ipairs(list) do
			if not seen[node] then
				report((seen[node.parent] and "process %s: more than %d generations"
				    or "process %s: its parents lead in a circle"):format(tostring(node.pid), DEPTH_MAX))
				visit(node, 0, {}, true, seen)
			end
		end
	end)
end

return proctree
