# git perfbisect, git perfrank and git perfhunt. The module table below is the architecture:
# each folder of lib/ is compiled with include paths for its row only, so an
# include that goes upward does not compile.
#
#	make			build the programs into build/bin
#	make demo		the main job on a small real repository
#	make test		the tests (make test-slow: those that take long)
#	make test-sanitized	all of them with the address, leak and undefined behaviour sanitizers
#	make fuzz		fuzz the parsers, FUZZ_SECONDS each
#	make check		static analysis and house style
#	make bench		speed, side by side with git
#	make bench-bisect	bisections in a simulated world: right, and at what cost
#	make bench-hunt		decisions to keep a change, in a simulated world: how often right
#	make install		prefix=~/.local (make uninstall takes it back)
#	make man		the manual pages into build/man
#	make completion		for bash, zsh and fish, from the option tables, into build/share
#
# DEVELOPER=1 turns warnings into errors; SANITIZE=address,undefined builds
# into a folder of its own with those sanitizers.

all:

# Module table
MODULES = base ui repo profile stats store bench engine trial fixer report
USES_base =
USES_ui = base
USES_repo = base
USES_profile = base repo
USES_stats = base
USES_store = base
USES_bench = base stats
USES_engine = base stats
USES_trial = base stats repo store bench
USES_fixer = base repo
USES_report = base stats

# Commands: each git-<name>/ may use every module, never another command.
COMMANDS = $(patsubst git-%/main.c,%,$(wildcard git-*/main.c))

VERSION = 0.1.0
VERSION_DATE = 2026-11-23
prefix = $(HOME)/.local
bindir = $(prefix)/bin
mandir = $(prefix)/share/man
datadir = $(prefix)/share

CC = gcc
AR = ar
INSTALL = install
PKG_CONFIG = pkg-config
ASCIIDOCTOR = asciidoctor
PYTHON = python3
OPT = -O2 -g
# libmariadb is done without where it is missing, or with NO_MARIADB=1.
MARIADB := $(if $(NO_MARIADB),,$(shell $(PKG_CONFIG) --exists libmariadb 2>/dev/null && echo libmariadb))
LIBRARIES = libgit2 jansson libpcre2-8 gsl sqlite3 yaml-0.1 libdw $(MARIADB)
LIBRARY_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(LIBRARIES) 2>/dev/null)
LIBRARY_LIBS := $(shell $(PKG_CONFIG) --libs $(LIBRARIES) 2>/dev/null || \
	echo -lgit2 -ljansson -lpcre2-8 -lgsl -lgslcblas -lsqlite3 -lyaml -ldw -lelf) -lcsv -lm

WARNINGS = -Wall
ifdef DEVELOPER
WARNINGS += -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wold-style-definition -Wpointer-arith -Wwrite-strings -Wvla -Wundef \
	-Wformat=2 -Wno-format-nonliteral -Wdeclaration-after-statement \
	-Wno-missing-field-initializers -Wimplicit-fallthrough
endif

BUILD = build
ifdef SANITIZE
comma = ,
BUILD = build/sanitize-$(subst $(comma),-,$(SANITIZE))
HARDENING = -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer
HARDENING_LINK = -fsanitize=$(SANITIZE)
OPT = -O1 -g
else
HARDENING = -fPIE -fstack-protector-strong -fstack-clash-protection \
	-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
HARDENING_LINK = -pie -Wl,-z,relro,-z,now
endif

CFLAGS = $(OPT)
ALL_CFLAGS = -std=gnu11 $(WARNINGS) $(HARDENING) $(CFLAGS) $(LIBRARY_CFLAGS) \
	-DPROJECT_VERSION='"$(VERSION)"' $(if $(MARIADB),-DHAVE_MARIADB) -MMD -MP
ALL_LDFLAGS = $(HARDENING_LINK) $(LDFLAGS)

BIN = $(BUILD)/bin
LIB = $(BUILD)/libperf.a
PROGRAMS = $(COMMANDS:%=$(BIN)/git-%)
LIB_SOURCES = $(foreach m,$(MODULES),$(wildcard lib/$m/*.c lib/$m/*/*.c))
LIB_OBJECTS = $(LIB_SOURCES:%.c=$(BUILD)/%.o)
UNIT_TESTS = $(patsubst t/unit/%.c,$(BUILD)/unit/%,$(wildcard t/unit/test-*.c))
HELPERS = $(patsubst t/helper/%.c,$(BUILD)/helper/%,$(wildcard t/helper/*.c))

# V=1 shows the commands themselves.
QUIET = $(if $(V),,@printf '  %-5s %s\n' $1 $@;)

all: $(LIB) $(PROGRAMS)

.DELETE_ON_ERROR:
.SECONDARY:

# One folder of links per module: the only headers it can see.
define MODULE
$(BUILD)/include/$1/.made: Makefile
	@rm -rf $$(@D) && mkdir -p $$(@D)
	@for m in $1 $(USES_$1); do ln -s "$(CURDIR)/lib/$$$$m" $$(@D)/$$$$m; done
	@touch $$@
$(BUILD)/lib/$1/%.o: lib/$1/%.c $(BUILD)/include/$1/.made
	@mkdir -p $$(@D)
	$$(call QUIET,CC)$$(CC) $$(ALL_CFLAGS) -I$(BUILD)/include/$1 -c -o $$@ $$<
endef
$(foreach m,$(MODULES),$(eval $(call MODULE,$m)))

$(LIB): $(LIB_OBJECTS)
	@rm -f $@
	$(call QUIET,AR)$(AR) rcs $@ $^

define COMMAND
$(BUILD)/git-$1/%.o: git-$1/%.c Makefile
	@mkdir -p $$(@D)
	$$(call QUIET,CC)$$(CC) $$(ALL_CFLAGS) -Ilib -c -o $$@ $$<
$(BIN)/git-$1: $(patsubst %.c,$(BUILD)/%.o,$(wildcard git-$1/*.c)) $(LIB)
	@mkdir -p $$(@D)
	$$(call QUIET,LINK)$$(CC) $$(ALL_LDFLAGS) -o $$@ $$^ $(LIBRARY_LIBS)
endef
$(foreach c,$(COMMANDS),$(eval $(call COMMAND,$c)))
$(BUILD)/git-perfbisect/kernel-files.o: $(wildcard git-perfbisect/kernel/*)

$(BUILD)/unit/%: t/unit/%.c $(LIB)
	@mkdir -p $(@D)
	$(call QUIET,LINK)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -Ilib -o $@ $< $(LIB) $(LIBRARY_LIBS) -lcmocka

$(BUILD)/helper/%: t/helper/%.c $(LIB)
	@mkdir -p $(@D)
	$(call QUIET,LINK)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -Ilib -o $@ $< $(LIB) $(LIBRARY_LIBS)

# The simulators: <name>-sim.c each, and sim-*.c for all of them, over the engine.
SIM_OBJECTS = $(patsubst t/perf/%.c,$(BUILD)/perf/%.o,$(wildcard t/perf/sim-*.c))

$(BUILD)/perf/%.o: t/perf/%.c Makefile
	@mkdir -p $(@D)
	$(call QUIET,CC)$(CC) $(ALL_CFLAGS) -Ilib -It/perf -c -o $@ $<
$(BUILD)/perf/%-sim: $(BUILD)/perf/%-sim.o $(SIM_OBJECTS) $(LIB)
	$(call QUIET,LINK)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBRARY_LIBS)

# Manual pages: git-*.adoc in section 1, the format of a file in section 5,
# other gitperf*.adoc in section 7. Version and date are the release's, so that
# the same sources give the same bytes.
FORMATS = Documentation/gitperf-context.adoc
MAN_PAGES = $(patsubst Documentation/%.adoc,$(BUILD)/man/man1/%.1,$(wildcard Documentation/git-*.adoc)) \
	$(patsubst Documentation/%.adoc,$(BUILD)/man/man5/%.5,$(wildcard $(FORMATS))) \
	$(patsubst Documentation/%.adoc,$(BUILD)/man/man7/%.7,$(filter-out $(FORMATS),$(wildcard Documentation/gitperf*.adoc)))
MAKE_MAN_PAGE = $(call QUIET,MAN)mkdir -p $(@D) && $(ASCIIDOCTOR) -b manpage -d manpage -a docdate=$(VERSION_DATE) \
	-a manmanual='Git Manual' -a mansource='Git Perf $(VERSION)' --failure-level=WARN -o $@ $<

$(BUILD)/man/man1/%.1: Documentation/%.adoc Makefile
	$(MAKE_MAN_PAGE)
$(BUILD)/man/man5/%.5: Documentation/%.adoc Makefile
	$(MAKE_MAN_PAGE)
$(BUILD)/man/man7/%.7: Documentation/%.adoc Makefile
	$(MAKE_MAN_PAGE)

man:
	@$(DEPS) doc
	$(SUBMAKE) man-pages

man-pages: $(MAN_PAGES)

# One fuzzer per parser; its seeds are t/fuzz/<name>/, its words t/fuzz/<name>.dict.
# What one input may take: ten seconds, 64 MiB in one piece, and 64 MiB above
# what the sanitizers, libFuzzer and its corpus have (38 MiB and growing). What
# was freed is kept from use up to 1 MiB, more than an input frees; with 8 MiB
# this was what grew the most.
$(BUILD)/fuzz/%: t/fuzz/%.c $(LIB)
	@mkdir -p $(@D)
	$(call QUIET,LINK)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -Ilib -o $@ $< $(LIB) $(LIBRARY_LIBS)

FUZZ_SECONDS = 60
FUZZ_LIMITS = -timeout=10 -malloc_limit_mb=64 -rss_limit_mb=128
FUZZERS = $(patsubst t/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard t/fuzz/fuzz-*.c))

# Wants clang.
fuzz:
	$(SUBMAKE) CC=clang SANITIZE=fuzzer,address,undefined run-fuzzers

run-fuzzers: $(FUZZERS)
	@for fuzzer in $(FUZZERS); do \
		name=$${fuzzer##*/fuzz-}; \
		mkdir -p $(BUILD)/fuzz/$$name.corpus && \
		echo "  FUZZ  $$name, $(FUZZ_SECONDS) s" && \
		ASAN_OPTIONS=quarantine_size_mb=1 $$fuzzer -max_total_time=$(FUZZ_SECONDS) $(FUZZ_LIMITS) \
			-verbosity=0 -print_final_stats=1 \
			-dict=t/fuzz/$$name.dict -artifact_prefix=$(BUILD)/fuzz/$$name- \
			$(BUILD)/fuzz/$$name.corpus t/fuzz/$$name || exit 1; \
	done

helpers: $(HELPERS)
unit-tests: $(UNIT_TESTS)

# The targets that install what they need say so to script/deps, and then
# start make anew: what pkg-config knows is read when make starts. DEPS=: does
# without.
DEPS = script/deps
JOBS = 2
SUBMAKE = +@$(MAKE) --no-print-directory -j$(JOBS)
# Family 9 is slow, or needs real machines.
FAST_TESTS = $(wildcard t/t[0-8]*.sh)
SLOW_TESTS = $(wildcard t/t9*.sh)
RUN_TESTS = PERF_BUILD="$(if $(filter /%,$(BUILD)),,$(CURDIR)/)$(BUILD)" script/run-tests -j$(JOBS) $(if $(V),-v)

test:
	@$(DEPS) build doc test
	$(SUBMAKE) run-tests

test-slow:
	@$(DEPS) build doc test bench slow real kernel guest
	$(SUBMAKE) run-slow-tests

# Sooner done: without the tests in which shells, compilers and sleep run
# rather than our programs.
OTHERS_RUN = $(filter-out t/t0006-%,$(wildcard t/t000*.sh)) t/t0013-% t/t1011-% t/t1021-%
SANITIZERS = address,undefined

test-sanitized:
	@$(DEPS) build doc test
	$(SUBMAKE) SANITIZE=$(SANITIZERS) run-tests

test-sanitized-most:
	@$(DEPS) build doc test
	$(SUBMAKE) SANITIZE=$(SANITIZERS) run-tests \
		TESTS='$$(filter-out $$(OTHERS_RUN),$$(FAST_TESTS)) $$(UNIT_TESTS)'

run-tests: all helpers unit-tests man-pages completion
	@$(RUN_TESTS) $(if $(TESTS),$(TESTS),$(FAST_TESTS) $(UNIT_TESTS))

run-slow-tests: all helpers unit-tests man-pages completion
	@$(RUN_TESTS) -t 7200 $(if $(TESTS),$(TESTS),$(SLOW_TESTS))

demo:
	@$(DEPS) build perf demo
	$(SUBMAKE) all
	@script/demo

bench:
	@$(DEPS) build bench history
	$(SUBMAKE) all helpers
	@t/perf/bench --build "$(BUILD)"

# The real command with a machine that is made up.
bench-command:
	@$(DEPS) build bench
	$(SUBMAKE) all helpers $(BUILD)/perf/bisect-sim
	@t/perf/bench-command --build "$(BUILD)"

# strategies by their names, and what to look at: see the script.
bench-bisect:
	@$(DEPS) build
	$(SUBMAKE) $(BUILD)/perf/bisect-sim
	@t/perf/bench-bisect $(BUILD)/perf/bisect-sim $(STRATEGIES)

# TRIALS decisions a row.
bench-hunt:
	@$(DEPS) build
	$(SUBMAKE) $(BUILD)/perf/hunt-sim
	@t/perf/bench-hunt $(BUILD)/perf/hunt-sim

check:
	@$(DEPS) build test check
	+@script/check

# Where the shells look below datadir, which is also where it is built.
BASH_PLACE = bash-completion/completions
ZSH_PLACE = zsh/site-functions
FISH_PLACE = fish/vendor_completions.d
COMPLETION_BASH = $(PROGRAMS:$(BIN)/%=$(BUILD)/share/$(BASH_PLACE)/%)
COMPLETION_ZSH = $(PROGRAMS:$(BIN)/%=$(BUILD)/share/$(ZSH_PLACE)/_%)
COMPLETION_FISH = $(PROGRAMS:$(BIN)/%=$(BUILD)/share/$(FISH_PLACE)/%.fish)

# The description is the manual page's own.
define GEN_COMPLETION
	@mkdir -p $(@D)
	$(call QUIET,GEN)script/gen-completion $1 $< \
		"$$(sed -n 's/^$(notdir $<) - //p' Documentation/$(notdir $<).adoc 2>/dev/null)" >$@
endef
$(BUILD)/share/$(BASH_PLACE)/%: $(BIN)/% script/gen-completion
	$(call GEN_COMPLETION,bash)
$(BUILD)/share/$(ZSH_PLACE)/_%: $(BIN)/% script/gen-completion
	$(call GEN_COMPLETION,zsh)
$(BUILD)/share/$(FISH_PLACE)/%.fish: $(BIN)/% script/gen-completion
	$(call GEN_COMPLETION,fish)

completion: $(COMPLETION_BASH) $(COMPLETION_ZSH) $(COMPLETION_FISH)

# What is installed where; $(call PLACES,WHAT) does WHAT for each kind of file.
MAN1 = $(filter %.1,$(MAN_PAGES))
MAN5 = $(filter %.5,$(MAN_PAGES))
MAN7 = $(filter %.7,$(MAN_PAGES))
CONTEXTS = $(wildcard contrib/contexts/*)
define PLACES
$(call $1,0755,$(bindir),$(PROGRAMS))
$(call $1,0644,$(mandir)/man1,$(MAN1))
$(call $1,0644,$(mandir)/man5,$(MAN5))
$(call $1,0644,$(mandir)/man7,$(MAN7))
$(call $1,0644,$(datadir)/doc/git-perf/contexts,$(CONTEXTS))
$(call $1,0644,$(datadir)/$(BASH_PLACE),$(COMPLETION_BASH))
$(call $1,0644,$(datadir)/$(ZSH_PLACE),$(COMPLETION_ZSH))
$(call $1,0644,$(datadir)/$(FISH_PLACE),$(COMPLETION_FISH))
endef
PUT = $(if $3,@$(INSTALL) -d "$(DESTDIR)$2" && $(INSTALL) -m $1 $3 "$(DESTDIR)$2")
REMOVE = $(if $3,@rm -f $(foreach f,$(notdir $3),"$(DESTDIR)$2/$f"))

install:
	@$(DEPS) build doc
	$(SUBMAKE) install-files

install-files: all man-pages completion
	$(call PLACES,PUT)
	@echo "Installed below $(DESTDIR)$(prefix)"

uninstall:
	$(call PLACES,REMOVE)

clean:
	rm -rf build

.PHONY: all helpers unit-tests test test-slow test-sanitized test-sanitized-most run-tests run-slow-tests man man-pages \
	completion demo bench bench-command bench-bisect bench-hunt check fuzz run-fuzzers install install-files \
	uninstall clean

-include $(wildcard $(BUILD)/lib/*/*.d $(BUILD)/lib/*/*/*.d $(BUILD)/git-*/*.d $(BUILD)/unit/*.d $(BUILD)/helper/*.d \
	$(BUILD)/perf/*.d $(BUILD)/fuzz/*.d)
