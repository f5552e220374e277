# vmcore: one POSIX makefile for GNU make and bmake.  Compiler output goes
# under $(B); variants (sanitizers, tests) are the same file with another B.

B	= build
CC	= cc
LUA	= lua5.4
BUSTED	= busted --lua=$(LUA)
LUA_CFLAGS	= -I/usr/include/lua5.4 -I/usr/local/include/lua54
WARN	= -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings
OPT	= -O2 -g
CFLAGS	= $(OPT)
LDFLAGS	=
STD	= -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -fPIC -fvisibility=hidden
LIBS	= -lelf -lz -lzstd
JOBS	= 2

# One line an architecture: core/arch/X.c
ARCHES	= core/arch/amd64.c

CORE	= core/bytes.c core/ctf.c core/dumphdr.c core/elfcore.c core/error.c \
	core/image.c core/nlist.c core/open.c core/pagemap.c core/pages.c \
	core/read.c core/type.c
BIND	= core/bind/kvm.c core/bind/descriptor.c core/bind/object.c \
	core/bind/resolver.c core/bind/symbol.c core/bind/type.c
HEADERS	= core/kvm.h core/private.h core/arch/*.h core/bind/*.h

# Compile the sources on stdin that are older than their objects in $(B)/obj.
COMPILE	= mkdir -p $(B)/obj && xargs -P $(JOBS) -n 1 sh -c ' \
	  o=$(B)/obj/$$(echo "$$1" | tr / _ | sed "s/c$$/o/"); \
	  if [ -n "$$(find "$$1" $(HEADERS) Makefile -newer "$$o" 2>&1)" ]; then \
	    echo "CC $$1"; $(CC) $(STD) $(WARN) $(CFLAGS) $(LUA_CFLAGS) -Icore -c -o "$$o" "$$1" || exit 255; \
	  fi' sh

all: $(B)/kvm.so $(B)/libvmcore.a

$(B)/libvmcore.a: $(CORE) $(ARCHES) $(HEADERS) Makefile
	@printf '%s\n' $(CORE) $(ARCHES) | $(COMPILE)
	@rm -f $@
	@ar rcs $@ $$(printf '%s\n' $(CORE) $(ARCHES) | tr / _ | sed 's,^,$(B)/obj/,; s,c$$,o,')

$(B)/kvm.so: $(B)/libvmcore.a $(BIND) $(HEADERS) Makefile
	@printf '%s\n' $(BIND) | $(COMPILE)
	@$(CC) -shared $(LDFLAGS) -o $@ $$(printf '%s\n' $(BIND) | tr / _ | sed 's,^,$(B)/obj/,; s,c$$,o,') $(B)/libvmcore.a $(LIBS)

clean:
	rm -rf build

.PHONY: all clean
