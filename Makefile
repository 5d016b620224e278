# make            build/vidimus                 make run      the demo world and the gateway
# make test       everything that CI runs       make check    a quick part of it, while working
# make bench fuzz strangers asan tsan cov lint deps install compdb
#
# MODE=release|debug|asan|tsan|fuzz|cov and CC=gcc|clang choose a build; each has its own folder.

MODE ?= release
ifeq ($(origin CC),default)
CC := gcc
endif
OUT := build/$(MODE)-$(notdir $(CC))

NEEDS := libevent_core >= 2.1.12, libevent_openssl >= 2.1.12, libevent_pthreads >= 2.1.12, openssl >= 3.0, libcbor >= 0.8.0, \
	 jansson >= 2.14, libxml-2.0 >= 2.9.14, libdeflate >= 1.14, libsodium >= 1.0.18, libcurl >= 7.88.1, \
	 libseccomp >= 2.5.4, p11-kit-1 >= 0.24.1, libqrencode >= 4.1.1, libpng >= 1.6.39, sqlite3 >= 3.40.1, libpq >= 15.0
NEEDS_TEST := cmocka >= 1.1.5
PACKAGES := gcc make pkg-config libevent-dev libssl-dev libcbor-dev libjansson-dev libxml2-dev \
	    libdeflate-dev libsodium-dev libcurl4-openssl-dev libqrencode-dev libpng-dev libsqlite3-dev libpq-dev \
	    libseccomp-dev libp11-kit-dev
PACKAGES_TEST := $(PACKAGES) clang clang-format libclang-rt-14-dev libcmocka-dev curl git haproxy openssl zbar-tools postgresql softhsm2
# npm may be there without a package of its name.
PACKAGES_TEST += $(if $(shell command -v npm 2>/dev/null),,nodejs npm)

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-qual \
	-Wwrite-strings -Wundef -Wvla -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes \
	-Wold-style-definition -Wimplicit-fallthrough -Wframe-larger-than=8192
HARD := -fno-common -fPIE -fstack-protector-strong -fstack-clash-protection -fcf-protection=full \
	-fno-strict-overflow
LINK := -pie -Wl,-z,relro,-z,now -Wl,-z,noexecstack -Wl,--as-needed

flags.release := -O2 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
ifeq ($(notdir $(CC)),gcc)
flags.release += -flto=auto
AR := gcc-ar
endif
flags.debug   := -Og -g3 -Werror
flags.asan    := -O1 -g -Werror -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
flags.tsan    := -O1 -g -Werror -fno-omit-frame-pointer -fsanitize=thread
flags.fuzz    := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all \
		 -fsanitize=fuzzer-no-link
flags.cov     := -O0 -g --coverage -fprofile-update=atomic

VERSION  := $(shell sed -n 's/^\#\# \[\{0,1\}\([0-9][^] ]*\).*/\1/p' CHANGELOG.md 2>/dev/null | head -n 1)
CPPFLAGS += -I. -D_GNU_SOURCE -DVIDIMUS_VERSION='"$(or $(VERSION),0.0.0)"' -MMD -MP
CFLAGS   += -std=c11 $(WARN) $(HARD) $(flags.$(MODE)) $(shell pkg-config --cflags "$(NEEDS)" 2>/dev/null)
LDFLAGS  += $(LINK) $(filter -fsanitize=address% -fsanitize=thread --coverage -flto% -O2,$(flags.$(MODE)))
LDLIBS   += $(shell pkg-config --libs "$(NEEDS)" 2>/dev/null) -lm -pthread
TESTLIBS := $(shell pkg-config --libs cmocka 2>/dev/null)

# Every .c below these folders is part of the product: no list to keep.
SRC := $(sort $(shell find codecs trust config gateway conformance -name '*.c'))
OBJ := $(SRC:%.c=$(OUT)/%.o)
LIB := $(OUT)/libvidimus.a
HDR := $(sort $(shell find codecs trust config gateway conformance tests -name '*.h'))
# tests/**/test_*.c are programs of their own; other .c files of tests/ help them.
TST := $(patsubst %.c,$(OUT)/%,$(sort $(shell find tests -name 'test_*.c')))
AID := $(patsubst %.c,$(OUT)/%.o,$(sort $(shell find tests -name '*.c' -not -name 'test_*.c' -not -path 'tests/fuzz/*' -not -path 'tests/load/*' -not -path 'tests/strangers/*')))
FUZZ := $(patsubst %.c,$(OUT)/%,$(sort $(shell find tests/fuzz -name 'fuzz_*.c')))
LOAD := $(patsubst %.c,$(OUT)/%,$(sort $(shell find tests/load -name 'bench_*.c' 2>/dev/null)))

ifneq ($(V),1)
Q := @
endif

all: $(OUT)/vidimus
	$(Q)ln -sf $(OUT:build/%=%)/vidimus build/vidimus

$(OUT)/vidimus: $(OUT)/gateway/main.o $(LIB)
	@echo "  LD  $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(LIB): $(filter-out $(OUT)/gateway/main.o,$(OBJ))
	@echo "  AR  $@"
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(OUT)/tests/test_% $(OUT)/tests/%: $(OUT)/tests/%.o $(AID) $(LIB)
	@echo "  LD  $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $< $(AID) $(LIB) $(TESTLIBS) $(LDLIBS)

# The command line is tested as a process: the program that stands beside its test.
$(filter $(OUT)/tests/endure/%,$(TST)) \
$(OUT)/tests/cli/test_store $(OUT)/tests/cli/test_cli $(OUT)/tests/cli/test_input: | $(OUT)/vidimus

$(OUT)/tests/fuzz/fuzz_%: $(OUT)/tests/fuzz/fuzz_%.o $(LIB)
	@echo "  LD  $@"
	$(Q)$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)

$(OUT)/tests/load/bench_%: $(OUT)/tests/load/bench_%.o $(LIB)
	@echo "  LD  $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(OUT)/tests/strangers/%: $(OUT)/tests/strangers/%.o $(LIB)
	@echo "  LD  $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(OUT)/%.o: %.c Makefile
	@mkdir -p $(@D); echo "  CC  $<"
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# What `vidimus version` says of the libraries.
$(OUT)/gateway/cli/help.o: CPPFLAGS += -DVIDIMUS_LIBRARIES='"$(shell for l in openssl libevent_core libcbor jansson libxml-2.0 libdeflate libsodium libcurl sqlite3 libpq; do \
	printf '%s %s, ' "$$l" "$$(pkg-config --modversion $$l 2>/dev/null)"; done | sed 's/, $$//')"'

# The web page is served from the binary: its symbols are made by the assembler, which link-time optimisation can't see.
$(OUT)/gateway/http/info.o: CFLAGS += -fno-lto
$(OUT)/gateway/http/info.o: $(wildcard gateway/http/page/*)

lib: $(LIB)
objects: $(OBJ) $(AID) $(TST:%=%.o)
tests: $(TST)
unit: $(TST)
	@tests/run-unit $(TST)

check: lint unit

test:
	@tests/test-all
fuzzers: $(FUZZ)
FUZZ_TIME ?= 300
fuzz:
	@$(MAKE) -s MODE=fuzz CC=clang fuzzers && tests/run-fuzz $(FUZZ_TIME)
asan:
	@$(MAKE) -s MODE=asan CC=clang all tests && $(MAKE) -s MODE=asan CC=clang unit
# Loops, workers, reload and stop under ThreadSanitizer.
THREADED = $(filter %/test_remote $(OUT)/tests/http/% $(OUT)/tests/store/% $(OUT)/tests/publish/% $(OUT)/tests/desk/% %/test_certify,$(TST))
tsan:
	@$(MAKE) -s MODE=tsan CC=clang unit-threads
unit-threads: $(THREADED)
	@tests/run-unit $(THREADED)
# A gateway, PostgreSQL under it, and the power, each cut KILLS times: minutes.
KILLS ?= 200
test-kill: $(OUT)/tests/store/test_kill $(OUT)/tests/store/test_disk
	KILL_ROUNDS=$(KILLS) $(OUT)/tests/store/test_disk && KILL_ROUNDS=$(KILLS) $<
# The same of running gateways, under clients: killed, two behind a balancer, out of disk, without their database.
ENDURE = $(filter $(OUT)/tests/endure/%,$(TST))
endure: $(OUT)/vidimus $(ENDURE)
	@for t in $(ENDURE); do ENDURE_ROUNDS=$(KILLS) $$t || exit 1; done
# What we attest, verified by libraries of others; needs npm and, once, its registry.
strangers: $(OUT)/vidimus $(OUT)/tests/strangers/status_list
	@tests/strangers/check.sh $(OUT)
cov:
	@tests/coverage.sh
bench: all $(LOAD)
	@tests/load/bench.sh $(OUT)

# The cases of what is written in another form, made anew from the cases of their sources: to be read before they are kept.
pairs: all
	@rm -rf build/pairs && $(OUT)/vidimus demo --cases build/pairs
	@rm -rf conformance/cases/translate && mv build/pairs/translate conformance/cases/ && rm -rf build/pairs
	@$(OUT)/vidimus conformance pairs --as page >docs/pairs.md
	@git status --short conformance/cases/translate docs/pairs.md

lint: layers sizes headers format current
current:
	@tests/lint/docs.sh --check
docs:
	@tests/lint/docs.sh
layers:
	@tests/lint/layers.sh
sizes:
	@tests/lint/sizes.sh
headers:
	@CC="$(CC)" CFLAGS="-std=c11 -I. -D_GNU_SOURCE" tests/lint/headers.sh
format:
	@tests/lint/format.sh

deps:
	@tests/lint/deps.sh "$(NEEDS)" $(PACKAGES)
deps-test:
	@tests/lint/deps.sh "$(NEEDS), $(NEEDS_TEST)" $(PACKAGES_TEST)

# The web page and the gateway on the demo world, which is made anew when it is missing, cut short or expired.
ADDRESS ?= $(or $(VIDIMUS_LISTEN_ADDRESS),127.0.0.1:8080)
run: deps
	@$(MAKE) --no-print-directory all
	@build/vidimus verify --config var/demo/vidimus.conf var/demo/samples/vaccination.txt >/dev/null 2>&1 || \
		build/vidimus demo var/demo
	@printf '%s\n' '' '  the page   http://$(ADDRESS)/' \
		"  by curl    curl -s --data-binary @var/demo/samples/vaccination.txt -H 'Content-Type: text/plain' http://$(ADDRESS)/v1/verify" ''
	@VIDIMUS_LISTEN_ADDRESS=$(ADDRESS) exec build/vidimus serve --config var/demo/vidimus.conf

# make install PREFIX=/usr DESTDIR=/tmp/package
PREFIX ?= /usr/local
SHARE := $(DESTDIR)$(PREFIX)/share
install: all
	install -D -m 755 $(OUT)/vidimus $(DESTDIR)$(PREFIX)/bin/vidimus
	install -D -m 644 docs/vidimus.1 $(SHARE)/man/man1/vidimus.1
	install -D -m 644 docs/vidimus.bash $(SHARE)/bash-completion/completions/vidimus
	install -D -m 644 config/vidimus.example.conf $(SHARE)/doc/vidimus/vidimus.example.conf
	install -d -m 755 $(DESTDIR)$(PREFIX)/lib/systemd/system
	sed 's|@PREFIX@|$(PREFIX)|g' docs/vidimus.service >$(DESTDIR)$(PREFIX)/lib/systemd/system/vidimus.service
	chmod 644 $(DESTDIR)$(PREFIX)/lib/systemd/system/vidimus.service
	test -e $(DESTDIR)/etc/vidimus/vidimus.conf || \
		install -D -m 644 config/vidimus.example.conf $(DESTDIR)/etc/vidimus/vidimus.conf
.PHONY: run install

compdb: clean
	@bear -- $(MAKE) objects

clean:
	rm -rf build

.PHONY: test pairs strangers test-kill endure fuzzers fuzz asan tsan unit-threads cov bench current docs all lib objects tests unit check lint layers sizes headers format deps deps-test compdb clean
.PRECIOUS: $(OUT)/%.o $(OUT)/tests/%.o
-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
