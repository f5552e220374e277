--- Paths of vnodes, modes as ls(1) prints them.
local files = require "spec.support.files"
local lab = require "spec.support.lab"
local vmcore = require "vmcore"
local vnode = require "vmcore.kern.vnode"

describe("a mode", function()
	it("is printed as strmode(3) does", function()
		assert.equal("-rw-r--r--", vnode.mode_text("VREG", 420))
		assert.equal("drwxrwxrwt", vnode.mode_text("VDIR", 1023))
		assert.equal("crwS--S--T", vnode.mode_text("VCHR", 3968))
		assert.equal("prwsr-sr-x", vnode.mode_text("VFIFO", 3565))
		assert.equal("?---------", vnode.mode_text("VBAD", 0))
	end)
end)

describe("a vnode", function()
	local function opened(name, change, layout)
		layout = layout or 13
		local sys = lab.system(name, { layout = layout, prepare = files.prepare(layout), change = change })
		return assert(vmcore.open { core = sys.core, kernel = sys.kernel }), sys.truth.files
	end

	for _, layout in ipairs { 12, 13, 15 } do
		it("of " .. layout .. " has its path, through mount points, and what its file system knows", function()
			local k <close>, made = opened("files " .. layout, files.place, layout)
			local view = assert(vnode.new(k))
			assert.equal("/etc/motd", view:path(made.motd))
			assert.equal("/dev/null", view:path(made.null))
			assert.equal("/", view:path(made.root))
			assert.is_nil(view:path(made.lost))
			assert.equal("VREG", view.kind(made.motd))
			assert.equal("VDIR", view.kind(made.root))
			assert.equal("ufs", view.filesystem(made.motd))
			assert.equal("/", view.mounted_on(view.mount(made.motd)))
			assert.same({ number = 11, mode = "-rw-r--r--", size = 60 }, view:attributes(made.motd))
		end)
	end

	it("that is the root of what was unmounted by force has no path", function()
		local k <close>, made = opened("unmounted", function(s)
			files.place(s)
			s.sys:fill(s.truth.files.root, "struct vnode", { v_mount = 0 })
		end)
		assert.is_nil(assert(vnode.new(k)):path(made.root))
	end)

	it("in a directory that is inside itself has none, and says so", function()
		local k <close>, made = opened("directory in itself", function(s)
			files.place(s)
			local nc = s.memory:get(s.truth.files.etc +
			    s.types:offsetof("struct vnode", "v_cache_dst"), 8)
			s.memory:ptr(nc + s.types:offsetof("struct namecache", "nc_dvp"), s.truth.files.etc)
		end)
		local view = assert(vnode.new(k))
		local ok, damage = pcall(view.path, view, made.motd)
		assert.is_false(ok)
		assert.matches("circle", tostring(damage))
	end)
end)
