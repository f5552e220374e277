# vmcore: one POSIX makefile for GNU make and bmake.
#
# Compiler output goes under $(B).  A variant (sanitizers, allocation
# failures, another compiler) is this same file run again with another B and
# other flags.  Files come into being whole, by mv: somebody may be using the
# old ones.

B	= build
CC	= cc
LUA	!= for l in lua5.4 lua54 lua-5.4 lua; do case "$$($$l -v 2>&1)" in "Lua 5.4"*) echo $$l; exit;; esac; done; case "$$(uname)" in FreeBSD) echo lua54;; *) echo lua5.4;; esac
LUA_CFLAGS	= -I/usr/include/lua5.4 -I/usr/local/include/lua54 -I/usr/local/include
WARN	= -Wall -Werror=implicit-function-declaration -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings
OPT	= -O2 -g
CFLAGS	= $(OPT)
LDFLAGS	=
STD	= -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -fPIC -fvisibility=hidden
LIBS	= -L/usr/local/lib -lelf -lz -lzstd -pthread
SHLIB	= -shared
# Keep kvm_* out of the module's exports: it may share a process with libkvm.
MODULE	= $(SHLIB) -Wl,--exclude-libs,ALL
JOBS	= 2

# Encrypted dumps, where OpenSSL's headers are (the library is loaded when it
# is needed).
CRYPT	!= for d in /usr/include /usr/local/include; do test -f $$d/openssl/evp.h && echo core/crypt.c && exit; done; echo core/nocrypt.c

# DWARF, where elfutils' headers are (the library is loaded when it is needed).
DWARF	!= for d in /usr/include /usr/local/include; do test -f $$d/elfutils/libdw.h && echo core/debugfile.c core/dwarf.c core/dwarfindex.c core/dwarfline.c core/dwarfpart.c core/dwarftype.c && exit; done; echo core/nodwarf.c

# Line editing at the prompt, where readline or libedit is.
EDITLIB	!= try() { printf '\043include <stdio.h>\n\043include <%s>\n' $$1 | $(CC) $(LUA_CFLAGS) -E - >/dev/null 2>&1; }; try readline/readline.h && echo -lreadline && exit; try editline/readline.h || try edit/readline/readline.h && echo -ledit || :
LINEEDIT	!= test -n "$(EDITLIB)" && echo core/bind/lineedit.c || echo core/bind/nolineedit.c

# One line an architecture: core/arch/X.c
ARCHES	= core/arch/amd64.c \
	core/arch/arm.c \
	core/arch/arm64.c \
	core/arch/i386.c \
	core/arch/mips.c \
	core/arch/powerpc.c \
	core/arch/powerpc64.c \
	core/arch/riscv64.c \
	core/arch/sparc64.c

CORE	= $(CRYPT) core/addrset.c core/arch.c core/bytes.c core/cache.c \
	core/codec.c core/container.c core/ctf.c core/ctfrecord.c core/ctfsym.c \
	core/derive.c core/dump.c core/dumphdr.c core/elfcore.c core/error.c \
	core/field.c core/gather.c core/image.c core/index.c core/jobctl.c \
	core/kproc.c core/kthread.c core/ktime.c core/live.c core/loadavg.c \
	core/match.c core/member.c core/module.c core/nlist.c core/note.c core/open.c core/pagemap.c \
	core/pages.c core/pcpu.c core/proc.c core/procfield.c core/proclist.c \
	core/radix.c core/rawmem.c core/rawtables.c core/read.c core/search.c core/stream.c core/swapinfo.c \
	core/symaddr.c core/symbol.c core/symtab.c core/twin.c core/type.c core/typefind.c \
	core/typeinfo.c core/typename.c core/vnet.c $(DWARF)
BIND	= core/bind/access.c core/bind/ctype.c core/bind/descriptor.c \
	core/bind/fault.c core/bind/getter.c core/bind/kinfo.c \
	core/bind/kvm.c core/bind/memory.c core/bind/module.c core/bind/object.c \
	core/bind/progress.c core/bind/resolver.c core/bind/search.c core/bind/symbol.c \
	core/bind/system.c core/bind/type.c core/bind/typeset.c
# A module of its own, which only the prompt loads.
TERMINAL	= $(LINEEDIT) core/bind/terminal.c
# Compiled into the test variant only.
TESTING	=
HEADERS	= core/*.h core/*/*.h

# What the tests and lint read.
SPECS	=
REAL	=

# Sanitizers; a Lua that was built without them needs the run-time preloaded.
SAN	= -fsanitize=address,undefined -fno-sanitize-recover=undefined
SANFLAGS	= -O1 -g -fno-omit-frame-pointer $(SAN)
SANENV	= LD_PRELOAD=$$($(CC) -print-file-name=libasan.so) ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1
PRELOAD	=

# Fuzzing: a file of spec/fuzz each.
FUZZERS	= core kernel types header stream
FUZZ_SECONDS	= 60
FUZZCC	= clang
TSANFLAGS	= -O1 -g -fsanitize=thread
FUZZFLAGS	= -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
WRAP	= -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray,--wrap=strdup,--wrap=strndup,--wrap=asprintf,--wrap=vasprintf

# Packages for `make deps'.
DEBIAN	= gcc libc6-dev lua5.4 liblua5.4-dev lua-lpeg lua-argparse lua-dkjson \
	lua-busted libelf-dev libdw-dev zlib1g-dev libzstd-dev libreadline-dev zstd
FREEBSD	= lua54 lua54-lpeg lua54-argparse lua54-luarocks zstd

# Compile the sources on stdin that are older than their objects in $(B)/obj.
COMPILE	= { mkdir -p $(B)/obj && xargs -P $(JOBS) -n 1 sh -c ' \
	  o=$(B)/obj/$$(echo "$$1" | tr / _ | sed "s/c$$/o/"); \
	  if [ -n "$$(find "$$1" $(HEADERS) Makefile -newer "$$o" 2>&1)" ]; then \
	    echo "CC $$1"; \
	    $(CC) $(STD) $(WARN) $(CFLAGS) $(LUA_CFLAGS) -Icore -c -o "$$o.new" "$$1" && \
	    mv "$$o.new" "$$o" || exit 255; \
	  fi' sh; }
# The objects of the sources on stdin.
OBJECTS	= tr / _ | sed 's,^,$(B)/obj/,; s,c$$,o,'

# Where Lua finds the tree, its modules and whatever the user had set; and
# what specs that compile or start something need to know.
ENV	= LUA_PATH="$$PWD/lua/?.lua;$$PWD/lua/?/init.lua;$$PWD/?.lua;$$PWD/?/init.lua;$${LUA_PATH_5_4:-$${LUA_PATH:-;}}"; \
	LUA_CPATH="$$PWD/$(B)/?.so;$${LUA_CPATH_5_4:-$${LUA_CPATH:-;}}"; \
	unset LUA_PATH_5_4 LUA_CPATH_5_4; \
	LUA='$(LUA)' CC='$(CC)' CFLAGS='$(CFLAGS)' LDFLAGS='$(LDFLAGS)' LIBS='$(LIBS)' B='$(B)' REAL='$(REAL)'; \
	export LUA_PATH LUA_CPATH LUA CC CFLAGS LDFLAGS LIBS B REAL

# Print the Lua modules that `make deps' has to bring.
LUA_MISSING	= for m in ("lpeg argparse dkjson busted.core"):gmatch "%S+" do \
	if not package.searchpath(m, package.path .. ";" .. package.cpath) then \
	print("module " .. m) end end

#: all        build/kvm.so, build/libvmcore.{a,so} and build/vmcore (default)
all: $(B)/kvm.so $(B)/kvm/terminal.so $(B)/libvmcore.a $(B)/libvmcore.so $(B)/vmcore
	@:

$(B)/libvmcore.a: $(CORE) $(ARCHES) $(HEADERS) Makefile
	@printf '%s\n' $(CORE) $(ARCHES) | $(COMPILE)
	@rm -f $@.new
	@ar rcs $@.new $$(printf '%s\n' $(CORE) $(ARCHES) | $(OBJECTS))
	@mv $@.new $@

$(B)/libvmcore.so: $(B)/libvmcore.a
	@$(CC) $(SHLIB) $(CFLAGS) $(LDFLAGS) -Wl,-soname,libvmcore.so -o $@.new $$(printf '%s\n' $(CORE) $(ARCHES) | $(OBJECTS)) $(LIBS)
	@mv $@.new $@

$(B)/kvm.so: $(B)/libvmcore.a $(BIND) $(TESTING) $(HEADERS) Makefile
	@printf '%s\n' $(BIND) $(TESTING) | $(COMPILE)
	@$(CC) $(MODULE) $(CFLAGS) $(LDFLAGS) -o $@.new $$(printf '%s\n' $(BIND) $(TESTING) | $(OBJECTS)) $(B)/libvmcore.a $(LIBS)
	@mv $@.new $@

$(B)/kvm/terminal.so: $(TERMINAL) core/bind/terminal.h Makefile
	@printf '%s\n' $(TERMINAL) | $(COMPILE)
	@mkdir -p $(B)/kvm
	@$(CC) $(SHLIB) $(CFLAGS) $(LDFLAGS) -o $@.new $$(printf '%s\n' $(TERMINAL) | $(OBJECTS)) -L/usr/local/lib $(EDITLIB)
	@mv $@.new $@

# The command, run from the tree.  A Lua file, not a shell one: nothing stands
# between exec and the interpreter, and only the latter's own short path has
# to fit into the first line.
$(B)/vmcore: Makefile
	@mkdir -p $(B)
	@printf '%s\n' "#!$$(command -v $(LUA))" \
	    "local tree, build = [==[$$PWD]==], [==[$$PWD/$(B)]==]" \
	    'package.path = tree .. "/lua/?.lua;" .. tree .. "/lua/?/init.lua;" .. package.path' \
	    'package.cpath = build .. "/?.so;" .. package.cpath' \
	    'arg[0] = tree .. "/scripts/vmcore"' \
	    'return assert(loadfile(arg[0]))(...)' > $@.new
	@chmod +x $@.new
	@mv $@.new $@

# What a rock consists of, for rocks/*.rockspec.
rock: $(B)/kvm.so $(B)/kvm/terminal.so
	@mkdir -p $(B)/command
	@for f in $$(cd scripts && ls | grep -v -e '^vmcore$$' -e '[.]1$$'); do cp scripts/$$f $(B)/command/$$f.lua || exit 1; done

#: deps       install what is missing (apt-get, pkg; sudo when not root)
deps:
	@missing() { \
	  command -v $(CC) >/dev/null || echo "compiler ($(CC))"; \
	  command -v zstd >/dev/null || echo "zstd"; \
	  printf '#include <%s>\n' lua.h libelf.h zlib.h zstd.h | \
	    $(CC) $(LUA_CFLAGS) -E - >/dev/null 2>&1 || echo "headers (lua, libelf, zlib, zstd)"; \
	  $(LUA) -e '$(LUA_MISSING)' 2>/dev/null || echo "$(LUA)"; \
	}; \
	what=$$(missing); \
	[ -n "$$what" ] || exit 0; \
	echo "missing:" $$what; \
	if command -v apt-get >/dev/null; then \
	  show="apt-get install -y --no-install-recommends $(DEBIAN)"; \
	  get="export DEBIAN_FRONTEND=noninteractive; $$show || { apt-get update && $$show; }"; \
	elif command -v pkg >/dev/null; then \
	  show="pkg install -y $(FREEBSD) && luarocks54 install busted"; get=$$show; \
	else \
	  echo "install them by hand: neither apt-get nor pkg is here" >&2; exit 1; \
	fi; \
	sudo=; \
	if [ "$$(id -u)" -ne 0 ] && ! sudo=$$(command -v sudo); then \
	  echo "neither root nor sudo; as root, run:" >&2; echo "  $$show" >&2; exit 1; \
	fi; \
	echo $$sudo "$$show"; \
	$$sudo sh -c "$$get" </dev/null || exit 1; \
	what=$$(missing); \
	[ -z "$$what" ] || { echo "still missing:" $$what >&2; exit 1; }

#: demo       forge a sample crash dump and look into it
demo: deps
	@$(MAKE) -s all
	@$(MAKE) -s run-demo

run-demo:
	@mkdir -p $(B)/demo
	@$(ENV); $(LUA) spec/support/demo.lua $(B)/demo
	@for c in info ps threads dmesg; do \
	  printf '\n$$ %s\n' "$(B)/vmcore -N $(B)/demo/kernel -M $(B)/demo/vmcore.0 $$c"; \
	  $(B)/vmcore -N $(B)/demo/kernel -M $(B)/demo/vmcore.0 $$c || exit 1; \
	done

#: test       run the specs; SPECS="file ..." names some of them
test: deps
	@$(MAKE) -s all testing
	@$(MAKE) -s run-specs

run-specs:
	@$(ENV); specs="$(SPECS)"; \
	[ -n "$$specs" ] || specs=$$(find spec -name '*_spec.lua' ! -path 'spec/real/*' ! -path 'spec/bench/*' | sort); \
	$(PRELOAD) $(LUA) spec/support/run.lua $$specs

# The variant that can be told to fail an allocation (core/bind/testing.c).
testing:
	@$(MAKE) -s B=$(B)/test CFLAGS='$(CFLAGS) -DKVM_TESTING' TESTING=core/bind/testing.c \
	    LDFLAGS='$(LDFLAGS) $(WRAP)' $(B)/test/kvm.so

#: test-real  compare with the known answers of real dumps: REAL=folder
test-real: deps
	@[ -d "$(REAL)" ] || { echo 'usage: make test-real REAL=folder' >&2; exit 2; }
	@$(MAKE) -s all
	@$(MAKE) -s REAL="$$(cd "$(REAL)" && pwd)" SPECS="$$(echo spec/real/*_spec.lua)" run-specs

#: sanitize   run the specs under AddressSanitizer and UBSan
sanitize: deps
	@$(MAKE) -s B=build/san CFLAGS='$(SANFLAGS)' all testing
	@$(MAKE) -s B=build/san CFLAGS='$(SANFLAGS)' PRELOAD="$(SANENV)" run-specs

#: tsan       run a descriptor a thread under ThreadSanitizer
tsan: deps
	@$(MAKE) -s B=build/tsan CFLAGS='$(TSANFLAGS)' build/tsan/libvmcore.a
	@$(MAKE) -s B=build/tsan CFLAGS='$(TSANFLAGS)' TOOL="$$(command -v setarch >/dev/null && echo setarch -R)" run-threads

#: valgrind   run programs in C under valgrind, which finds leaks, too
valgrind: deps
	@command -v valgrind >/dev/null || { echo 'no valgrind here' >&2; exit 2; }
	@$(MAKE) -s B=build/valgrind CFLAGS='-O1 -g -DROUNDS=50' build/valgrind/libvmcore.a
	@$(MAKE) -s B=build/valgrind CFLAGS='-O1 -g -DROUNDS=50' run-threads \
	  TOOL='valgrind -q --error-exitcode=9 --leak-check=full --show-leak-kinds=all'

run-threads:
	@$(ENV); dumps=$$($(LUA) spec/support/twodumps.lua $(B)) || exit 1; \
	$(CC) $(STD) $(CFLAGS) -Icore -o $(B)/threads spec/core/c/threads.c $(B)/libvmcore.a $(LIBS) -lpthread || exit 1; \
	$(TOOL) $(B)/threads $$dumps && echo "clean"

#: fuzz       run each fuzzer (libFuzzer; clang) for FUZZ_SECONDS, 60
fuzz: deps
	@command -v $(FUZZCC) >/dev/null || { echo 'fuzz: no $(FUZZCC)' >&2; exit 2; }
	@$(MAKE) -s B=build/fuzz CC=$(FUZZCC) CFLAGS='$(FUZZFLAGS)' build/fuzz/libvmcore.a
	@$(MAKE) -s B=build/fuzz CC=$(FUZZCC) CFLAGS='$(FUZZFLAGS)' FUZZERS='$(FUZZERS)' FUZZ_SECONDS='$(FUZZ_SECONDS)' run-fuzz

# What they learn stays in $(B)/corpus, what they find in $(B)/found.
run-fuzz:
	@$(ENV); $(LUA) spec/fuzz/seeds.lua $(B)/seeds
	@for f in $(FUZZERS); do \
	  mkdir -p $(B)/corpus/$$f $(B)/found; \
	  $(CC) $(STD) $(WARN) $(CFLAGS) -fsanitize=fuzzer -Icore -o $(B)/$$f spec/fuzz/$$f.c $(B)/libvmcore.a $(LIBS) || exit 1; \
	  echo "fuzz: $$f, $(FUZZ_SECONDS) seconds"; \
	  ASAN_OPTIONS=allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1 \
	    $(B)/$$f -max_total_time=$(FUZZ_SECONDS) -timeout=20 -rss_limit_mb=2000 -max_len=120000 \
	    -artifact_prefix=$(B)/found/$$f- $(B)/corpus/$$f $(B)/seeds/$$f >$(B)/$$f.log 2>&1 || \
	    { tail -n 40 $(B)/$$f.log; exit 1; }; \
	  tail -n 1 $(B)/$$f.log; \
	done

#: bench      print how fast it is, as ratios measured in one run
bench: deps
	@$(MAKE) -s all
	@$(MAKE) -s run-bench

run-bench:
	@mkdir -p $(B)/bench
	@for c in spec/bench/*.c; do \
	  $(CC) $(STD) $(CFLAGS) -Icore -o $(B)/bench/$$(basename $$c .c) $$c $(B)/libvmcore.a $(LIBS) || exit 1; \
	done
	@$(ENV); $(LUA) spec/bench/run.lua $(B)/bench

#: lint       luacheck, shellcheck, both compilers without a warning, the house rules
lint:
	@have() { command -v $$1 >/dev/null || { echo "lint: no $$1, skipped"; false; }; }; bad=0; \
	if have luacheck; then \
	  luacheck -qq --no-color --no-config --std lua54 $$(find lua -name '*.lua') $$(find scripts -type f ! -name '*.1') || bad=1; \
	  luacheck -qq --no-color --no-config --std lua54+busted spec || bad=1; \
	fi; \
	if have shellcheck; then shellcheck .ci/run || bad=1; fi; \
	for cc in gcc clang; do \
	  if have $$cc; then \
	    printf '%s\n' $(CORE) $(ARCHES) $(BIND) $(TERMINAL) core/bind/nolineedit.c core/bind/testing.c core/nodwarf.c spec/bench/*.c spec/core/c/*.c spec/fuzz/*.c | \
	      $(MAKE) -s B=build/lint-$$cc CC=$$cc CFLAGS='-O2 -Werror -DKVM_TESTING' compile || bad=1; \
	  fi; \
	done; \
	$(MAKE) -s all && $(MAKE) -s SPECS="spec/house_spec.lua spec/manual_spec.lua" run-specs || bad=1; \
	exit $$bad

# Compile the sources on stdin, and stop there.
compile:
	@$(COMPILE)

#: clean      remove build/
clean:
	rm -rf build

#: help       print this list
help:
	@sed -n 's/^#: /  /p' Makefile

.PHONY: all deps demo run-demo test run-specs testing test-real sanitize tsan valgrind run-threads fuzz run-fuzz bench run-bench lint compile rock clean help
