--- What WITNESS keeps of a forged system's locks.
--
--	system.new{ prepare = witnesses.prepare } and then witnesses.place(s)
local locks = require "spec.support.locks"
local types = require "spec.support.types"

local witnesses = {}

local NODES, BUCKETS = 16, 7
-- w_rmatrix; li_flags
local PARENT, ANCESTOR, CHILD, DESCENDANT, REVERSAL, KNOWN = 1, 2, 4, 8, 0x10, 0x80
local EXCLUSIVE = 0x10000
local RW, SPIN = 5, 0

local TYPES = ([[
struct lock_instance { struct lock_object *li_lock; const char *li_file; int li_line;
	unsigned int li_flags; };
struct lock_list_entry { struct lock_list_entry *ll_next; struct lock_instance ll_children[5];
	unsigned int ll_count; };
struct witness { char w_name[64]; unsigned int w_index; struct lock_class *w_class;
	struct { struct witness *stqe_next; } w_list;
	struct { struct witness *stqe_next; } w_typelist; struct witness *w_hash_next;
	const char *w_file; unsigned int w_line; unsigned int w_refcount;
	unsigned short w_num_ancestors; unsigned short w_num_descendants; short w_ddb_level;
	unsigned int w_displayed:1; unsigned int w_reversed:1; };
struct witness_lock_order_key { unsigned short from; unsigned short to; };
struct witness_lock_order_data { struct stack wlod_stack; struct witness_lock_order_key wlod_key;
	struct witness_lock_order_data *wlod_next; };
struct witness_lock_order_hash { struct witness_lock_order_data *wloh_array[%d];
	unsigned int wloh_size; unsigned int wloh_count; };
]]):format(BUCKETS)

-- Name, class, where it was last acquired.
local KINDS = {
	{ "Giant", "sleep mutex", "../../../kern/kern_demo.c", 100 }, { "alpha", "sx", "kern/kern_a.c", 10 },
	{ "beta", "rw", "kern/kern_b.c", 20 }, { "noted", "rw", "kern/kern_demo.c", 120 },
	{ "config", "rw" }, { "spun", "spin mutex", "x86/x86/demo_machdep.c", 7 },
}
-- Where reversals were seen.
local FUNCTIONS = { "_sx_xlock_hard", "__rw_wlock_hard", "demo_ioctl", "devfs_ioctl" }
local ORDER = { { 1, 4 }, { 1, 2 }, { 2, 3, true }, { 3, 4 } }

local function file(s, name)
	s.sys.files = s.sys.files or {}
	s.sys.files[name] = s.sys.files[name] or s.sys.mem:string(nil, name)
	return s.sys.files[name]
end

--- Define types and variables, those of locks.lua too.
function witnesses.prepare(sys)
	locks.prepare(sys)
	types.parse(TYPES, nil, sys.types)
	sys.noted_lock = sys:make("struct rwlock", { lock_object = locks.object(sys, "noted", RW) })
	sys:var("spun_mtx", "struct mtx", { lock_object = locks.object(sys, "spun", SPIN) })
	local at = sys.mem:alloc(NODES * sys.types:sizeof "struct witness")
	sys.mem:write(at, ("\0"):rep(NODES * sys.types:sizeof "struct witness"))
	sys:var("w_data", "struct witness *", at, { bind = "local" })
	local rows = {}
	for i = 0, NODES do
		rows[i + 1] = sys.mem:alloc(NODES + 1)
		sys.mem:write(rows[i + 1], ("\0"):rep(NODES + 1))
	end
	local table_at = sys.mem:alloc((NODES + 1) * 8)
	for i, row in ipairs(rows) do
		sys.mem:ptr(table_at + (i - 1) * 8, row)
	end
	sys:var("w_rmatrix", "unsigned char **", table_at, { bind = "local" })
	sys:var("w_max_used_index", "int", #KINDS)
	sys:var("witness_count", "int", NODES)
	sys:var("witness_watch", "int", 1)
	sys:var("witness_cold", "int", 0)
	for _, name in ipairs(FUNCTIONS) do
		sys:fn(name)
	end
	locks.room(sys, 16384)
	local hash = sys:var("w_lohash", "struct witness_lock_order_hash", {}, { bind = "local" })
	sys.mem:write(hash, ("\0"):rep(sys.types:sizeof "struct witness_lock_order_hash"))
end

local function var(s, name)
	return s.sys.by_name[name].addr
end

-- The row of a kind in w_rmatrix.
function witnesses.row(s, i)
	return s.memory:get(s.memory:get(var(s, "w_rmatrix"), 8) + i * 8, 8)
end

local function relate(s, i, j, bits)
	local at = witnesses.row(s, i) + j
	s.memory:write(at, string.char(s.memory:get(at, 1) | bits))
end

-- Where one was first acquired while the other was held.
local function remember(s, from, to, names)
	local pcs = {}
	for i, name in ipairs(names) do
		pcs[i] = s.sys:fn(name).addr + 0x10
	end
	local head = var(s, "w_lohash") + (from * 31 + to) % BUCKETS * 8
	s.memory:ptr(head, s.sys:make("struct witness_lock_order_data", { wlod_stack = { depth = #pcs,
		pcs = pcs }, wlod_key = { from = from, to = to }, wlod_next = s.memory:get(head, 8) }))
end

local function graph(s)
	local classes, at = {}, s.memory:get(var(s, "w_data"), 8)
	for i, name in ipairs(locks.CLASSES) do
		classes[name] = s.memory:get(var(s, "lock_classes") + (i - 1) * 8, 8)
	end
	for i, kind in ipairs(KINDS) do
		s.sys:fill(at + i * s.types:sizeof "struct witness", "struct witness", { w_name = kind[1],
			w_index = i, w_class = classes[kind[2]], w_file = kind[3] and file(s, kind[3]) or 0,
			w_line = kind[4] or 0, w_refcount = i })
	end
	for _, edge in ipairs(ORDER) do
		local from, to, reversed = table.unpack(edge)
		relate(s, from, to, PARENT | ANCESTOR | KNOWN | (reversed and REVERSAL or 0))
		relate(s, to, from, CHILD | DESCENDANT | (reversed and REVERSAL | KNOWN or 0))
	end
	relate(s, 1, 3, ANCESTOR)
	relate(s, 3, 1, DESCENDANT)
	remember(s, 2, 3, { "_sx_xlock_hard", "demo_ioctl", "devfs_ioctl" })
	remember(s, 3, 2, { "__rw_wlock_hard", "demo_ioctl" })
	remember(s, 1, 4, { "__rw_wlock_hard", "demo_ioctl" })
end

--- Make a list of lock instances: { lock, file, line, flags }, the oldest first.
function witnesses.list(s, held, following)
	local children = {}
	for i, one in ipairs(held) do
		children[i] = { li_lock = one[1], li_file = file(s, one[2]), li_line = one[3], li_flags = one[4] }
	end
	return s.sys:make("struct lock_list_entry", { ll_next = following or 0, ll_count = #held,
		ll_children = children })
end

--- What locks.place() does; and crasher (720) has Giant, three times, idle and
-- noted, spinner (721) the spin mutex spun, cron (612) beta; of the three who
-- read config two are known: cron and sh (712).
function witnesses.place(s)
	locks.place(s)
	graph(s)
	local mem = s.memory
	local function td(pid)
		return s.truth.processes[pid].threads[1].addr
	end
	mem:u64(s.sys.noted_lock + 24, td(720))
	mem:u64(var(s, "idle_mtx") + 24, td(720))
	mem:u64(var(s, "spun_mtx") + 24, td(721))
	mem:struct(var(s, "Giant"), "struct mtx", { ["lock_object.lo_data"] = 2 })
	local old = witnesses.list(s, { { var(s, "Giant"), "../../../kern/kern_demo.c", 100, EXCLUSIVE | 2 },
		{ var(s, "idle_mtx"), "kern/kern_demo.c", 110, EXCLUSIVE } })
	s.truth.noted = witnesses.list(s, { { s.sys.noted_lock, "kern/kern_demo.c", 120, EXCLUSIVE } }, old)
	local cron = witnesses.list(s, { { var(s, "config_rw"), "kern/kern_c.c", 30, 0 },
		{ var(s, "beta_rw"), "kern/kern_b.c", 20, EXCLUSIVE } })
	local sh = witnesses.list(s, { { var(s, "config_rw"), "kern/kern_c.c", 40, 0 } })
	for pid, list in pairs { [720] = s.truth.noted, [612] = cron, [712] = sh } do
		mem:struct(td(pid), "struct thread", { td_sleeplocks = list })
	end
	local pcpu = mem:get(var(s, "cpuid_to_pcpu") + 8, 8)
	mem:struct(pcpu, "struct pcpu", { pc_spinlocks = witnesses.list(s,
	    { { var(s, "spun_mtx"), "x86/x86/demo_machdep.c", 7, EXCLUSIVE } }) })
end

return witnesses
