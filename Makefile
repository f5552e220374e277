# vmcore: one POSIX makefile for GNU make and bmake.
#
# Compiler output goes under $(B).  A variant (sanitizers, allocation
# failures, another compiler) is this same file run again with another B and
# other flags.  Files come into being whole, by mv: somebody may be using the
# old ones.

B	= build
CC	= cc
LUA	!= for l in lua5.4 lua54 lua-5.4 lua; do case "$$($$l -v 2>&1)" in "Lua 5.4"*) echo $$l; exit;; esac; done; case "$$(uname)" in FreeBSD) echo lua54;; *) echo lua5.4;; esac
LUA_CFLAGS	= -I/usr/include/lua5.4 -I/usr/local/include/lua54 -I/usr/local/include -I/usr/include/private/zstd
WARN	= -Wall -Werror=implicit-function-declaration -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings
OPT	= -O2 -g
CFLAGS	= $(OPT)
LDFLAGS	=
STD	= -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -fPIC -fvisibility=hidden
# FreeBSD's base system has one of its own, if the port is not there.
ZSTD	!= [ ! -f /usr/local/include/zstd.h ] && [ -f /usr/include/private/zstd/zstd.h ] && echo privatezstd || echo zstd
LIBS	= -L/usr/local/lib -lelf -lz -l$(ZSTD) -pthread
SONAME	= libvmcore.so.0
# What the linkers call it: macOS's has words of its own, and is told that the
# interpreter has Lua.  kvm_* is kept out of the module's exports: it may share
# a process with libkvm.
SHLIB	!= case "$$(uname)" in Darwin) echo -bundle -undefined dynamic_lookup;; *) echo -shared;; esac
HIDE	!= case "$$(uname)" in Darwin) echo -Wl,-exported_symbol,_luaopen_kvm;; *) echo -Wl,--exclude-libs,ALL;; esac
EXPORT	!= case "$$(uname)" in Darwin) echo "-dynamiclib -install_name @rpath/$(SONAME) -Wl,-exported_symbol,_kvm_*";; *) echo "-shared -Wl,-soname,$(SONAME) -Wl,--version-script=core/vmcore.map";; esac
JOBS	= 2

# Optional parts; "no" leaves them out.
CRYPTO	?= yes
DW	?= yes
# Those that `make embed' links, and what standalone links for them.
WITH	=
WITH_LIBS	=

# Encrypted dumps, where OpenSSL's headers are (the library is loaded when it
# is needed).
CRYPT	!= test '$(CRYPTO)' = no || for d in /usr/include /usr/local/include; do test -f $$d/openssl/evp.h && echo core/crypt.c && exit; done; echo core/nocrypt.c

# DWARF, where elfutils' headers are (the library is loaded when it is needed).
DWARF	!= test '$(DW)' = no || for d in /usr/include /usr/local/include; do test -f $$d/elfutils/libdw.h && echo core/debugfile.c core/dwarf.c core/dwarfindex.c core/dwarfline.c core/dwarfpart.c core/dwarftype.c && exit; done; echo core/nodwarf.c

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

CORE	= $(CRYPT) core/addrset.c core/arch.c core/built.c core/bytes.c core/cache.c \
	core/codec.c core/container.c core/ctf.c core/ctfrecord.c core/ctfsym.c \
	core/derive.c core/disk.c core/dump.c core/dumphdr.c core/elfcore.c core/error.c \
	core/field.c core/gather.c core/image.c core/index.c core/jobctl.c \
	core/kproc.c core/kthread.c core/ktime.c core/library.c core/live.c core/loadavg.c \
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
# What a program that loads nothing links: all, and all of Lua in one file.
EMBED	= $(CORE) $(ARCHES) $(BIND) core/bind/embedded.c core/bind/nolineedit.c \
	core/bind/terminal.c $(B)/sources.c
# Compiled into the test variant only.
TESTING	=
HEADERS	= core/*.h core/*/*.h

# What the tests and lint read.
SPECS	=
SPEC_JOBS	= 1
REAL	=

# Sanitizers; a Lua that was built without them needs the run-time preloaded.
SAN	= -fsanitize=address,undefined -fno-sanitize-recover=undefined
SANFLAGS	= -O1 -g -fno-omit-frame-pointer $(SAN)
SANENV	= LD_PRELOAD=$$($(CC) -print-file-name=libasan.so) ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1
PRELOAD	=

# Fuzzing: a file of spec/fuzz each.
FUZZERS	= core kernel types dwarf header stream
FUZZ_SECONDS	= 60
FUZZ_SEED	= 1
FUZZCC	= clang
TSANFLAGS	= -O1 -g -fsanitize=thread
FUZZFLAGS	= -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
WRAP	= -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray,--wrap=strdup,--wrap=strndup,--wrap=asprintf,--wrap=vasprintf,--wrap=kvm_read2,--wrap=kvm_read_partial,--wrap=kvm_read_string,--wrap=kvm_read_uint,--wrap=kvm_read_ptr

# Where `make install' puts things; DESTDIR goes in front of all of it.
VERSION	!= sed -n '/define.KVM_VERSION/s/.*"\(.*\)".*/\1/p' core/kvm.h
DESTDIR	=
PREFIX	= /usr/local
BINDIR	= $(PREFIX)/bin
LIBDIR	= $(PREFIX)/lib
INCLUDEDIR	= $(PREFIX)/include/vmcore
SHAREDIR	= $(PREFIX)/share
MANDIR	= $(SHAREDIR)/man
LUADIR	= $(SHAREDIR)/lua/5.4
LUALIBDIR	= $(LIBDIR)/lua/5.4
PKGCONFIGDIR	= $(LIBDIR)/pkgconfig

# Where flua(1) looks.
FLUA	= /usr/libexec/flua
FLUADIR	= /usr/share/flua
FLUALIBDIR	= /usr/lib/flua
FLUABINDIR	= /usr/bin
FLUAMANDIR	= /usr/share/man
# What it lacks and vmcore uses: copied from where $(LUA) has it.
FLUA_WITH	= lpeg argparse dkjson

# Packages for `make deps'.
DEBIAN	= gcc libc6-dev lua5.4 liblua5.4-dev lua-lpeg lua-argparse lua-dkjson \
	lua-busted libelf-dev libdw-dev zlib1g-dev libzstd-dev libreadline-dev zstd
FREEBSD	= lua54 lua54-lpeg lua54-argparse lua54-luarocks zstd

# Compile the sources on stdin that are older than their objects in $(B)/obj.
COMPILE	= { mkdir -p $(B)/obj && xargs -P $(JOBS) -n 1 sh -c ' \
	  o=$(B)/obj/$$(echo "$$1" | tr / _ | sed "s/c$$/o/"); \
	  if [ -n "$$(find "$$1" $(HEADERS) Makefile -newer "$$o" 2>&1)" ]; then \
	    echo "CC $$1"; \
	    $(CC) $(STD) $(WARN) $(CFLAGS) $(LUA_CFLAGS) -Icore -c -o "$$o.$$$$" "$$1" && \
	    mv "$$o.$$$$" "$$o" || exit 255; \
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
	@ar rcs $@.$$$$ $$(printf '%s\n' $(CORE) $(ARCHES) | $(OBJECTS)) && mv $@.$$$$ $@

$(B)/libvmcore.so: $(B)/libvmcore.a core/vmcore.map
	@$(CC) $(EXPORT) $(CFLAGS) $(LDFLAGS) -o $@.$$$$ $$(printf '%s\n' $(CORE) $(ARCHES) | $(OBJECTS)) $(LIBS) && mv $@.$$$$ $@
	@ln -sf libvmcore.so $(B)/$(SONAME)

$(B)/kvm.so: $(B)/libvmcore.a $(BIND) $(TESTING) $(HEADERS) Makefile
	@printf '%s\n' $(BIND) $(TESTING) | $(COMPILE)
	@$(CC) $(SHLIB) $(HIDE) $(CFLAGS) $(LDFLAGS) -o $@.$$$$ $$(printf '%s\n' $(BIND) $(TESTING) | $(OBJECTS)) $(B)/libvmcore.a $(LIBS) && mv $@.$$$$ $@

$(B)/kvm/terminal.so: $(TERMINAL) core/bind/terminal.h Makefile
	@printf '%s\n' $(TERMINAL) | $(COMPILE)
	@mkdir -p $(B)/kvm
	@$(CC) $(SHLIB) $(CFLAGS) $(LDFLAGS) -o $@.$$$$ $$(printf '%s\n' $(TERMINAL) | $(OBJECTS)) -L/usr/local/lib $(EDITLIB) && mv $@.$$$$ $@

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
	    'return assert(loadfile(arg[0]))(...)' > $@.$$$$ && chmod +x $@.$$$$ && mv $@.$$$$ $@

# Lua files as C.  The name is new only when the text is.
$(B)/sources.c: FORCE
	@mkdir -p $(B)
	@$(LUA) core/bind/embed.lua $@.$$$$ $$(find lua -name '*.lua') \
	  $$(find scripts -type f ! -name '*.*') $(EMBED_ALSO) && \
	{ cmp -s $@.$$$$ $@ && rm $@.$$$$ || mv $@.$$$$ $@; }
FORCE:

#: embed      build/libvmcore-lua.a, for a static interpreter (core/bind/embedded.h)
# Nothing can be loaded there: what is optional is linked, WITH="crypto dw", or
# left out.  The objects are others than those of libvmcore.a.
embed:
	@crypt=core/nocrypt.c dwarf=core/nodwarf.c; for w in $(WITH); do case $$w in \
	  crypto) crypt='$(CRYPT)';; dw) dwarf='$(DWARF)';; \
	  *) echo "embed: WITH=$$w: neither crypto nor dw" >&2; exit 2;; esac; done; \
	rm -f $(B)/embed/libvmcore-lua.a; \
	$(MAKE) -s B=$(B)/embed CFLAGS='$(CFLAGS) -DKVM_LINK_CRYPTO -DKVM_LINK_DW' CRYPT="$$crypt" DWARF="$$dwarf" $(B)/embed/libvmcore-lua.a && \
	mv $(B)/embed/libvmcore-lua.a $(B)/libvmcore-lua.a

$(B)/libvmcore-lua.a: $(EMBED) $(HEADERS) Makefile
	@printf '%s\n' $(EMBED) | $(COMPILE)
	@ar rcs $@.$$$$ $$(printf '%s\n' $(EMBED) | $(OBJECTS)) && mv $@.$$$$ $@

# Other people's archives: the compiler knows where the system has them.
ARCHIVE	= archive() { for n; do f=$$($(CC) -print-file-name=$$n); [ -f "$$f" ] || f=/usr/local/lib/$$n; \
	  [ -f "$$f" ] && { echo "$$f"; return; }; done; false; }; \
	have() { for a; do archive "$$a" >/dev/null || return 1; done; }

#: standalone build/standalone/vmcore, one file to copy to a machine that has nothing
standalone: deps
	@$(ARCHIVE); with= libs=; \
	[ '$(CRYPT)' != core/nocrypt.c ] && have libcrypto.a && with=crypto libs=-lcrypto; \
	[ '$(DWARF)' != core/nodwarf.c ] && have libdw.a libbz2.a liblzma.a && with="$$with dw" libs="$$libs -ldw -lelf -lbz2 -llzma"; \
	modules=$$($(LUA) -e 'for _, m in ipairs { "argparse", "dkjson" } do print(m .. "=" .. assert(package.searchpath(m, package.path))) end') && \
	$(MAKE) -s B=$(B)/standalone WITH="$$with" EMBED_ALSO="$$(echo $$modules)" embed && \
	$(MAKE) -s B=$(B)/standalone WITH_LIBS="$$libs" link-standalone

# Static, where the system has an archive of everything.
link-standalone:
	@$(ARCHIVE); lua=$$(archive liblua5.4.a liblua-5.4.a liblua54.a) && lpeg=$$(archive liblua5.4-lpeg.a liblpeg.a) || { \
	  echo 'standalone: no archive of Lua or of LPeg (on Debian: liblua5.4-dev, lua-lpeg-dev)' >&2; exit 1; }; \
	edit=core/bind/nolineedit.c libs='$(WITH_LIBS)'; \
	have libreadline.a libtinfo.a && edit=core/bind/lineedit.c && libs="$$libs -lreadline -ltinfo"; \
	printf '%s\n' core/bind/main.c $$edit | $(COMPILE) && \
	link() { $(CC) "$$@" $(CFLAGS) $(LDFLAGS) -o $(B)/vmcore.new $$(printf '%s\n' core/bind/main.c $$edit | $(OBJECTS)) \
	    $(B)/libvmcore-lua.a $$lua $$lpeg $$libs $(LIBS) -lm -ldl; } && \
	{ link -static -s 2>$(B)/link.log || { echo 'standalone: not static, for lack of archives' >&2; link -s; }; } && \
	mv $(B)/vmcore.new $(B)/vmcore

# What is installed where: mode (or "link"), file (or what the link says) and
# place, with tabs between.
FILES	= list() { mode=$$1 from=$$2 to=$$3; while read -r f; do \
	  printf '%s\t%s\t%s\n' $$mode "$$from/$$f" "$$to/$$f"; done; }; \
	modules() { (cd lua && find vmcore -name '*.lua') | list 644 lua "$$1"; \
	  file 644 scripts/vmcore "$$1/vmcore/driver.lua"; \
	  for f in $$(cd scripts && find . -type f ! -name '*.*' ! -name vmcore | sed 's,^./,,'); do \
	    file 644 "scripts/$$f" "$$1/vmcore/command/$$f.lua"; done; }; \
	pages() { (cd core/bind && echo *.3lua | tr ' ' '\n') | list 644 core/bind "$$1"; \
	  (cd lua/vmcore && echo *.3lua | tr ' ' '\n') | list 644 lua/vmcore "$$1"; }; \
	guides() { for f in $$(find core scripts -name '*.7'); do file 644 "$$f" "$$1/$$(basename $$f)"; done; }; \
	file() { printf '%s\t%s\t%s\n' "$$@"; }
MANIFEST	= $(FILES); \
	file 755 '$(B)/install/vmcore' '$(BINDIR)/vmcore'; \
	file 644 '$(B)/libvmcore.a' '$(LIBDIR)/libvmcore.a'; \
	file 755 '$(B)/libvmcore.so' '$(LIBDIR)/$(SONAME)'; \
	file link '$(SONAME)' '$(LIBDIR)/libvmcore.so'; \
	file 644 core/kvm.h '$(INCLUDEDIR)/kvm.h'; \
	file 644 '$(B)/install/vmcore.pc' '$(PKGCONFIGDIR)/vmcore.pc'; \
	file 755 '$(B)/kvm.so' '$(LUALIBDIR)/kvm.so'; \
	file 755 '$(B)/kvm/terminal.so' '$(LUALIBDIR)/kvm/terminal.so'; \
	modules '$(LUADIR)'; \
	file 644 scripts/vmcore.1 '$(MANDIR)/man1/vmcore.1'; \
	(cd core && echo *.3 | tr ' ' '\n') | list 644 core '$(MANDIR)/man3'; \
	pages '$(MANDIR)/man3'; \
	guides '$(MANDIR)/man7'; \
	file 644 '$(B)/install/vmcore.bash' '$(SHAREDIR)/bash-completion/completions/vmcore'; \
	file 644 '$(B)/install/_vmcore' '$(SHAREDIR)/zsh/site-functions/_vmcore'; \
	file 644 '$(B)/install/vmcore.fish' '$(SHAREDIR)/fish/vendor_completions.d/vmcore.fish'
FLUA_MANIFEST	= $(FILES); \
	file 755 '$(B)/kvm.so' '$(FLUALIBDIR)/kvm.so'; \
	file 755 '$(B)/kvm/terminal.so' '$(FLUALIBDIR)/kvm/terminal.so'; \
	modules '$(FLUADIR)'; \
	file 755 '$(B)/install/vmcore-flua' '$(FLUABINDIR)/vmcore'; \
	file 644 scripts/vmcore.1 '$(FLUAMANDIR)/man1/vmcore.1'; \
	pages '$(FLUAMANDIR)/man3lua'; \
	guides '$(FLUAMANDIR)/man7'

FLUA_ALSO	= for m in $(FLUA_WITH); do M=$$m $(LUA) -e 'local m = os.getenv "M"; local so = package.searchpath(m, package.cpath); \
	  local lua = package.searchpath(m, package.path) if not (lua or so) then error("no module " .. m) end; \
	  print(table.concat(lua and { 644, lua, "$(FLUADIR)/" .. m .. ".lua" } or { 755, so, "$(FLUALIBDIR)/" .. m .. ".so" }, "\t"))' || exit 1; done

# Put in place, or remove, what a manifest on stdin lists.
PUT	= tab=$$(printf '\t'); while IFS="$$tab" read -r mode from to; do to="$(DESTDIR)$$to"; mkdir -p "$$(dirname "$$to")" && \
	  if [ $$mode = link ]; then ln -sf "$$from" "$$to"; else install -m $$mode "$$from" "$$to"; fi || exit 1; done
REMOVE	= tab=$$(printf '\t'); while IFS="$$tab" read -r mode from to; do rm -f "$(DESTDIR)$$to"; d=$$(dirname "$$to"); \
	  while case $$d in *vmcore*|*/kvm) rmdir "$(DESTDIR)$$d" 2>/dev/null;; *) false;; esac; do d=$$(dirname "$$d"); done; done

# launcher INTERPRETER LUADIR LUALIBDIR: the command, installed.
LAUNCHER	= launcher() { printf '\043!%s\n' "$$1"; printf '%s\n' \
	    "package.path = [==[$$2/?.lua;$$2/?/init.lua;]==] .. package.path" \
	    "package.cpath = [==[$$3/?.so;]==] .. package.cpath" 'require "vmcore.driver"'; }

#: install    into PREFIX (/usr/local), below DESTDIR; uninstall takes it away
install: all
	@mkdir -p $(B)/install
	@$(LAUNCHER); launcher "$$(command -v $(LUA))" '$(LUADIR)' '$(LUALIBDIR)' >$(B)/install/vmcore
	@printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$(LIBDIR)' 'includedir=$(INCLUDEDIR)' '' \
	  'Name: vmcore' 'Description: kvm(3) for FreeBSD crash dumps, on any host' 'Version: $(VERSION)' \
	  'Cflags: -I"$${includedir}"' 'Libs: -L"$${libdir}" -lvmcore' 'Libs.private: $(LIBS)' >$(B)/install/vmcore.pc
	@$(B)/vmcore --completion bash >$(B)/install/vmcore.bash
	@$(B)/vmcore --completion zsh >$(B)/install/_vmcore
	@$(B)/vmcore --completion fish >$(B)/install/vmcore.fish
	@{ $(MANIFEST); } >$(B)/install/manifest
	@{ $(PUT); } <$(B)/install/manifest

uninstall:
	@{ $(MANIFEST); } | { $(REMOVE); }

#: install-flua  for FreeBSD's flua(1), FLUA=file; uninstall-flua takes it away
install-flua: all
	@mkdir -p $(B)/install
	@$(LAUNCHER); launcher '$(FLUA)' '$(FLUADIR)' '$(FLUALIBDIR)' >$(B)/install/vmcore-flua
	@{ $(FLUA_MANIFEST); $(FLUA_ALSO); } >$(B)/install/manifest-flua
	@{ $(PUT); } <$(B)/install/manifest-flua

uninstall-flua:
	@{ $(FLUA_MANIFEST); $(FLUA_ALSO); } | { $(REMOVE); }

# For rocks/*.rockspec: what a rock consists of.  Only when it is deployed is it
# known where: the command looks beside its own folder.
ROCK_MANIFEST	= $(FILES); \
	file 755 '$(B)/install/vmcore-rock' '$(BINDIR)/vmcore'; \
	file 755 '$(B)/kvm.so' '$(LUALIBDIR)/kvm.so'; \
	file 755 '$(B)/kvm/terminal.so' '$(LUALIBDIR)/kvm/terminal.so'; \
	modules '$(LUADIR)'; \
	file 644 scripts/vmcore.1 '$(MANDIR)/man1/vmcore.1'; \
	pages '$(MANDIR)/man3'; \
	guides '$(MANDIR)/man7'

rock: $(B)/kvm.so $(B)/kvm/terminal.so

install-rock: rock
	@mkdir -p $(B)/install
	@printf '\043!%s\n' "$$(command -v $(LUA))" >$(B)/install/vmcore-rock
	@printf '%s\n' 'local root = arg[0]:match "^(.*/)[^/]*$$" or "./"' \
	  'package.path = root .. "../share/lua/5.4/?.lua;" .. root .. "../share/lua/5.4/?/init.lua;" .. package.path' \
	  'package.cpath = root .. "../lib/lua/5.4/?.so;" .. package.cpath' \
	  'require "vmcore.driver"' >>$(B)/install/vmcore-rock
	@{ $(ROCK_MANIFEST); } >$(B)/install/manifest-rock
	@{ $(PUT); } <$(B)/install/manifest-rock

#: deps       install what is missing (apt-get, pkg; sudo when not root)
deps:
	@missing() { \
	  command -v $(CC) >/dev/null || echo "compiler ($(CC))"; \
	  command -v zstd >/dev/null || echo "zstd"; \
	  printf '#include <%s>\n' lua.h libelf.h zlib.h zstd.h | \
	    $(CC) $(LUA_CFLAGS) -E - >/dev/null 2>&1 || echo "headers (lua, libelf, zlib, zstd)"; \
	  ! command -v apt-get >/dev/null || [ -f /usr/include/elfutils/libdw.h ] || echo "headers (libdw)"; \
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
	@$(MAKE) -s SPEC_JOBS=$(JOBS) run-specs

run-specs:
	@$(ENV); specs="$(SPECS)"; \
	[ -n "$$specs" ] || specs=$$(find spec -name '*_spec.lua' ! -path 'spec/real/*' ! -path 'spec/bench/*' ! -path 'spec/install/*' | sort); \
	$(PRELOAD) SPEC_JOBS=$(SPEC_JOBS) $(LUA) spec/support/run.lua $$specs

#: test-install  install, build and run it in every way there is
test-install: deps
	@$(MAKE) -s all
	@$(MAKE) -s SPECS="$$(echo spec/install/*_spec.lua)" run-specs

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
	@$(MAKE) -s B=build/san CFLAGS='$(SANFLAGS)' PRELOAD="$(SANENV)" SPEC_JOBS=$(JOBS) run-specs

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

#: fuzz-commands  run every command on damaged dumps, FUZZ_SECONDS for each
fuzz-commands: deps
	@$(MAKE) -s all testing
	@$(MAKE) -s FUZZ_SECONDS='$(FUZZ_SECONDS)' FUZZ_SEED='$(FUZZ_SEED)' run-fuzz-commands

run-fuzz-commands:
	@$(ENV); LUA_CPATH="$$PWD/$(B)/test/?.so;$$LUA_CPATH"; \
	for r in 12 13 15; do \
	  d=$(B)/commands/$$r; mkdir -p $$d && $(LUA) spec/support/demo.lua $$d $$r && \
	  timeout $$(($(FUZZ_SECONDS) + 120)) $(LUA) spec/fuzz/commands.lua $$d/kernel $$d/vmcore.0 $$d/work $(FUZZ_SECONDS) $(FUZZ_SEED) || \
	    { cat $$d/work/now; exit 1; }; \
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
	  luacheck -qq --no-color --no-config --std lua54 $$(find lua rocks -name '*.lua') $$(find scripts -type f ! -name '*.[1-9]') || bad=1; \
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

#: doc        the manual and README as HTML (mandoc): build/doc/index.html
doc:
	@command -v mandoc >/dev/null || { echo 'doc: no mandoc' >&2; exit 2; }
	@mkdir -p $(B)/doc
	@rm -f $(B)/doc/*.html
	@$(LUA) rocks/doc.lua $(B)/doc

#: clean      remove build/
clean:
	rm -rf build

#: help       print this list
help:
	@sed -n 's/^#: /  /p' Makefile

.PHONY: all FORCE embed standalone link-standalone install uninstall install-flua uninstall-flua deps demo run-demo test run-specs testing test-install test-real sanitize tsan valgrind run-threads fuzz run-fuzz fuzz-commands run-fuzz-commands bench run-bench lint compile doc rock install-rock clean help
