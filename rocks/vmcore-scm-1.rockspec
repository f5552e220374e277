rockspec_format = "3.0"
package = "vmcore"
version = "scm-1"
source = {
	-- `luarocks make` builds the checkout it is run in and fetches nothing.
	url = "git+file://.",
}
description = {
	summary = "Scriptable analysis of FreeBSD kernel crash dumps, on any host",
	detailed = [[
The kvm(3) descriptors and every architecture's address translation in C,
typed kernel objects, walkers and analysis scripts in Lua 5.4.]],
	license = "BSD-2-Clause",
}
supported_platforms = { "unix" }
dependencies = {
	"lua >= 5.4, < 5.5",
	"lpeg >= 1.0",
	"argparse >= 0.7",
	"dkjson >= 2.5",
}
external_dependencies = {
	LIBELF = { header = "libelf.h", library = "elf" },
	ZLIB = { header = "zlib.h", library = "z" },
	ZSTD = { header = "zstd.h", library = "zstd" },
}
build = {
	type = "make",
	build_target = "rock",
	install_pass = false,
	build_variables = {
		B = "build/rock",
		CC = "$(CC)",
		CFLAGS = "$(CFLAGS)",
		LUA_CFLAGS = "-I$(LUA_INCDIR) -I$(LIBELF_INCDIR) -I$(ZLIB_INCDIR) -I$(ZSTD_INCDIR)",
		LIBS = "-L$(LIBELF_LIBDIR) -lelf -L$(ZLIB_LIBDIR) -lz -L$(ZSTD_LIBDIR) -lzstd -pthread",
	},
	install = {
		lib = { kvm = "build/rock/kvm.so" },
		bin = { vmcore = "scripts/vmcore" },
		-- spec/house_spec.lua compares both lists with the tree.
		lua = {
			["vmcore"] = "lua/vmcore/init.lua",
			["vmcore.bits"] = "lua/vmcore/bits.lua",
			["vmcore.cdecl"] = "lua/vmcore/cdecl.lua",
			["vmcore.cells"] = "lua/vmcore/cells.lua",
			["vmcore.cnumber"] = "lua/vmcore/cnumber.lua",
			["vmcore.command.bt"] = "build/rock/command/bt.lua",
			["vmcore.command.dmesg"] = "build/rock/command/dmesg.lua",
			["vmcore.command.info"] = "build/rock/command/info.lua",
			["vmcore.command.kldstat"] = "build/rock/command/kldstat.lua",
			["vmcore.command.ps"] = "build/rock/command/ps.lua",
			["vmcore.command.stacks"] = "build/rock/command/stacks.lua",
			["vmcore.command.sym"] = "build/rock/command/sym.lua",
			["vmcore.command.threads"] = "build/rock/command/threads.lua",
			["vmcore.commands"] = "lua/vmcore/commands.lua",
			["vmcore.ctype"] = "lua/vmcore/ctype.lua",
			["vmcore.cvalue"] = "lua/vmcore/cvalue.lua",
			["vmcore.escape"] = "lua/vmcore/escape.lua",
			["vmcore.eval"] = "lua/vmcore/eval.lua",
			["vmcore.expr"] = "lua/vmcore/expr.lua",
			["vmcore.findkernel"] = "lua/vmcore/findkernel.lua",
			["vmcore.format"] = "lua/vmcore/format.lua",
			["vmcore.hash"] = "lua/vmcore/hash.lua",
			["vmcore.kern.clock"] = "lua/vmcore/kern/clock.lua",
			["vmcore.kern.identity"] = "lua/vmcore/kern/identity.lua",
			["vmcore.kern.kld"] = "lua/vmcore/kern/kld.lua",
			["vmcore.kern.kld.symtab"] = "lua/vmcore/kern/kld/symtab.lua",
			["vmcore.kern.member"] = "lua/vmcore/kern/member.lua",
			["vmcore.kern.msgbuf"] = "lua/vmcore/kern/msgbuf.lua",
			["vmcore.kern.offsets"] = "lua/vmcore/kern/offsets.lua",
			["vmcore.kern.pidhash"] = "lua/vmcore/kern/pidhash.lua",
			["vmcore.kern.proc"] = "lua/vmcore/kern/proc.lua",
			["vmcore.kern.selection"] = "lua/vmcore/kern/selection.lua",
			["vmcore.kern.stack"] = "lua/vmcore/kern/stack.lua",
			["vmcore.kern.stack.amd64"] = "lua/vmcore/kern/stack/amd64.lua",
			["vmcore.kern.stack.arm64"] = "lua/vmcore/kern/stack/arm64.lua",
			["vmcore.kern.stack.context"] = "lua/vmcore/kern/stack/context.lua",
			["vmcore.kern.stack.i386"] = "lua/vmcore/kern/stack/i386.lua",
			["vmcore.kern.stack.link"] = "lua/vmcore/kern/stack/link.lua",
			["vmcore.kern.stack.powerpc64"] = "lua/vmcore/kern/stack/powerpc64.lua",
			["vmcore.kern.stack.registers"] = "lua/vmcore/kern/stack/registers.lua",
			["vmcore.kern.stack.riscv64"] = "lua/vmcore/kern/stack/riscv64.lua",
			["vmcore.kern.stack.syscall"] = "lua/vmcore/kern/stack/syscall.lua",
			["vmcore.kern.stack.walk"] = "lua/vmcore/kern/stack/walk.lua",
			["vmcore.kern.stack.x86"] = "lua/vmcore/kern/stack/x86.lua",
			["vmcore.kern.stat"] = "lua/vmcore/kern/stat.lua",
			["vmcore.kern.system"] = "lua/vmcore/kern/system.lua",
			["vmcore.kern.thread"] = "lua/vmcore/kern/thread.lua",
			["vmcore.kern.vm_map"] = "lua/vmcore/kern/vm_map.lua",
			["vmcore.layout"] = "lua/vmcore/layout.lua",
			["vmcore.pctrie"] = "lua/vmcore/pctrie.lua",
			["vmcore.queue"] = "lua/vmcore/queue.lua",
			["vmcore.record"] = "lua/vmcore/record.lua",
			["vmcore.scalar"] = "lua/vmcore/scalar.lua",
			["vmcore.script"] = "lua/vmcore/script.lua",
			["vmcore.search"] = "lua/vmcore/search.lua",
			["vmcore.table"] = "lua/vmcore/table.lua",
			["vmcore.tree"] = "lua/vmcore/tree.lua",
		},
	},
}
