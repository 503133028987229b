# Homard. `make help` lists the targets.
VERSION := 0.1.0
BUILD   ?= build
PREFIX  ?= /usr/local
DESTDIR ?=
CC      ?= cc
OPT     ?= -O2 -g
SAN     ?=
HARDEN  ?= -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE -fstack-clash-protection -fcf-protection
HARDEN_LD ?= -pie -Wl,-z,relro,-z,now
WARN    := -Wall -Wextra -Wshadow -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef -Wwrite-strings

PKG     := pkg-config
# What libagent.a and the program link; helpers and tests name their own.
LIBS_AGENT := libuv libcjson sqlite3 libutf8proc yaml-0.1 libcrypto
LIBS_TUI   := ncursesw
MD4C       := -lmd4c

CPPFLAGS += -D_GNU_SOURCE -I. -DHOMARD_VERSION='"$(VERSION)"' -DHOMARD_PREFIX='"$(PREFIX)"'
CFLAGS   += -std=c11 $(WARN) $(WERROR) $(OPT) $(SAN) $(HARDEN)
LDFLAGS  += $(SAN) $(HARDEN_LD)
CFLAGS_LIBS := $(shell $(PKG) --cflags $(LIBS_AGENT) $(LIBS_TUI) 2>/dev/null)
LDLIBS_AGENT = $(shell $(PKG) --libs $(LIBS_AGENT)) -ldl -lpthread -lm
LDLIBS_TUI   = $(shell $(PKG) --libs $(LIBS_TUI)) $(MD4C) -lutil

ROOMS   := base store draft net llm skill tools core cli
AGENT_C := $(sort $(foreach r,$(ROOMS),$(wildcard agent/$(r)/*.c)))
TUI_C   := $(sort $(wildcard tui/*.c))
HELPERS := $(sort $(patsubst agent/helpers/%/,%,$(wildcard agent/helpers/*/)))
UNIT_C  := $(sort $(wildcard tests/unit/*.c))
SUPPORT_C := $(sort $(wildcard tests/support/*.c))
PO      := $(sort $(wildcard agent/data/po/*.po))

AGENT_O := $(AGENT_C:%.c=$(BUILD)/%.o)
BASE_O  := $(filter $(BUILD)/agent/base/%,$(AGENT_O))
TUI_O   := $(TUI_C:%.c=$(BUILD)/%.o)
TUI_LIB_O := $(filter-out $(BUILD)/tui/main.o,$(TUI_O))
SUPPORT_O := $(SUPPORT_C:%.c=$(BUILD)/%.o)
UNITS   := $(UNIT_C:tests/unit/%.c=$(BUILD)/tests/unit/%)
MO      := $(PO:agent/data/po/%.po=$(BUILD)/share/locale/%/LC_MESSAGES/homard.mo)

Q = @
all: $(BUILD)/homard helpers $(MO) share $(BUILD)/share/requests.sense ## build the program, its helpers and the translations

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS_LIBS) $(CFLAGS) -MMD -MP -c $< -o $@ 2>$(@:.o=.warn); \
		s=$$?; cat $(@:.o=.warn) >&2; [ -s $(@:.o=.warn) ] || rm -f $(@:.o=.warn); exit $$s

$(BUILD)/libbase.a: $(BASE_O)
$(BUILD)/libagent.a: $(AGENT_O)
$(BUILD)/libtui.a: $(TUI_LIB_O)
$(BUILD)/libsupport.a: $(SUPPORT_O)
$(BUILD)/lib%.a:
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BUILD)/homard: $(BUILD)/tui/main.o $(BUILD)/libtui.a $(BUILD)/libagent.a
	@echo "  LD    $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS_TUI) $(LDLIBS_AGENT)

# A helper is a folder agent/helpers/NAME; the file `pkgs` in it names its pkg-config packages.
define HELPER_RULES
HELPER_O_$(1) := $$(patsubst %.c,$$(BUILD)/%.o,$$(sort $$(wildcard agent/helpers/$(1)/*.c)))
$$(HELPER_O_$(1)): CFLAGS_LIBS += $$(shell $$(PKG) --cflags $$$$(cat agent/helpers/$(1)/pkgs) 2>/dev/null)
$$(BUILD)/libexec/homard-$(1): $$(HELPER_O_$(1)) $$(BUILD)/libbase.a agent/helpers/$(1)/pkgs
	@mkdir -p $$(@D)
	@echo "  LD    $$@"
	$$(Q)$$(CC) $$(LDFLAGS) -Wl,--as-needed -o $$@ $$(HELPER_O_$(1)) $$(BUILD)/libbase.a \
		$$$$($$(PKG) --libs $$$$(cat agent/helpers/$(1)/pkgs)) $$(LDLIBS_AGENT)
helpers: $$(BUILD)/libexec/homard-$(1)
endef
$(foreach h,$(HELPERS),$(eval $(call HELPER_RULES,$(h))))
helpers: ## build the helper executables

$(BUILD)/share/locale/%/LC_MESSAGES/homard.mo: agent/data/po/%.po
	@mkdir -p $(@D)
	@echo "  MO    $@"
	$(Q)msgfmt --check-format -o $@ $<

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(BUILD)/libsupport.a $(BUILD)/libtui.a $(BUILD)/libagent.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka -lvterm -Wl,--as-needed -lssl $(LDLIBS_TUI) $(LDLIBS_AGENT)

units: $(UNITS) ## build the unit tests

unit-%: $(BUILD)/tests/unit/% ## build and run one unit test, e.g. make unit-buf
	$<

# What the program finds beside itself when it runs from the build folder (places_init).
SHIPPED := $(wildcard skills themes) $(wildcard agent/data/*.yaml agent/data/*.json agent/data/*.txt)
share:
	@mkdir -p $(BUILD)/share
	@for f in $(SHIPPED); do ln -sfn $(CURDIR)/$$f $(BUILD)/share/$${f##*/}; done

# What people's words mean, learned from lists of requests: some seconds, so only when the lists or the
# learning change. A build with sanitizers takes the normal build's (SENSE_FROM).
REQUESTS := $(sort $(wildcard agent/data/requests/*.tsv))
SENSE_O := $(filter $(BUILD)/agent/skill/sense% $(BUILD)/agent/skill/concepts.o $(BUILD)/agent/skill/atoms.o \
	$(BUILD)/agent/skill/lexicon.o,$(AGENT_O))
$(BUILD)/share/requests.sense: $(REQUESTS) $(wildcard skills/*/recipe.yaml) $(SENSE_O) | $(BUILD)/homard share
	@mkdir -p $(@D)
	@echo "  LEARN $@"
	$(Q)$(if $(wildcard $(SENSE_FROM)),cp $(SENSE_FROM) $@,HOMARD_HOME=$(BUILD) $(BUILD)/homard recipe train $@ $(REQUESTS) >/dev/null)

-include $(shell find $(BUILD) -name '*.d' -type f 2>/dev/null)

# --- running and checking ---
# Each step is a make of its own: on a fresh machine pkg-config only exists after the first.
NPROC := $(shell nproc 2>/dev/null || echo 2)
SUBMAKE = $(MAKE) --no-print-directory -s -j$(NPROC)
ASAN_BUILD := build-asan
ASAN_ARGS := BUILD=$(ASAN_BUILD) SENSE_FROM=$(BUILD)/share/requests.sense HARDEN= HARDEN_LD= OPT='-O1 -g' \
	SAN='-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer'

deps: ## install the packages that are missing (Debian; asks sudo when not root)
	@sh agent/data/install-deps.sh

run: deps ## install what is missing, build, and start the program
	@$(SUBMAKE) all
	@exec $(BUILD)/homard

asan: ## build everything with the address and undefined-behaviour sanitizers
	@$(SUBMAKE) $(ASAN_ARGS) all units

check: deps ## all tests: walls, units under sanitizers, scenarios; the last line counts
	@$(SUBMAKE) all && $(SUBMAKE) asan || { echo "0 passed, 1 failed, 0 skipped"; exit 1; }
	@tests/run.sh -j $(NPROC) -x lint '$(SUBMAKE) lint' -x translations '$(SUBMAKE) po-check PO_STRICT=1' \
		-u $(ASAN_BUILD) -s $(BUILD)/homard -k $(ASAN_BUILD)/homard

test: all units ## quick round: units and scenarios of the normal build
	@tests/run.sh -j $(NPROC) -u $(BUILD) -s $(BUILD)/homard

# --- lint ---
SOURCES := $(sort $(AGENT_C) $(TUI_C) $(UNIT_C) $(SUPPORT_C) $(wildcard agent/helpers/*/*.c tests/fuzz/*.c tests/bench/*.c tests/torture/*.c))
HEADERS := $(sort $(wildcard agent/*/*.h agent/helpers/*/*.h tui/*.h tests/*/*.h))
CLANG := $(shell command -v clang 2>/dev/null)
CLANG_OK := $(if $(CLANG),$(SOURCES:%.c=$(BUILD)/clang/%.ok))

$(BUILD)/clang/%.ok: %.c
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(CPPFLAGS) $(CFLAGS_LIBS) -std=c11 $(WARN) -Wno-missing-field-initializers -Wno-string-concatenation -Werror -fsyntax-only \
		-MMD -MP -MF $(@:.ok=.d) -MT $@ $< && touch $@
define HELPER_CLANG
$$(patsubst %.c,$$(BUILD)/clang/%.ok,$$(wildcard agent/helpers/$(1)/*.c)): \
	CFLAGS_LIBS += $$(shell $$(PKG) --cflags $$$$(cat agent/helpers/$(1)/pkgs) 2>/dev/null)
endef
$(foreach h,$(HELPERS),$(eval $(call HELPER_CLANG,$(h))))

lint: all units $(CLANG_OK) ## the walls between rooms, symbols, file lengths, compilers' warnings
	@! for w in $(SOURCES:%.c=$(BUILD)/%.warn); do [ ! -e $$w ] || cat $$w; done | grep .
	@awk -f tests/lint/deps.awk $(SOURCES) $(HEADERS)
	@sh tests/lint/symbols.sh $(BUILD)
	@sh tests/lint/root.sh
	@sh tests/lint/files.sh

format: ## lay the sources out by .clang-format
	@command -v clang-format >/dev/null || { echo "install clang-format first"; exit 1; }
	clang-format -i $(SOURCES) $(HEADERS)

# --- translations ---
PO_SOURCES = $(sort $(AGENT_C) $(TUI_C) $(wildcard agent/*/*.h tui/*.h agent/helpers/*/*.c))
$(BUILD)/homard.pot: $(PO_SOURCES)
	@mkdir -p $(@D)
	@xgettext --language=C --from-code=UTF-8 --keyword=_ --keyword=N_ --keyword=ngettext_:1,2 \
		--add-comments=TRANSLATORS: --package-name=homard --package-version=$(VERSION) \
		--sort-by-file -o $@ $(PO_SOURCES)

pot: $(BUILD)/homard.pot ## collect every sentence for translators into build/homard.pot

po-merge: $(BUILD)/homard.pot ## bring the translations up to the present sentences
	@for f in $(PO); do msgmerge --quiet --update --backup=none --no-fuzzy-matching --no-location $$f $<; done

po-check: $(BUILD)/homard.pot ## are all sentences translated (PO_STRICT=1: fail when not)
	@sh agent/data/po/check.sh $< agent/data/po/zh_CN.po

# --- installing and packaging ---
BINDIR = $(DESTDIR)$(PREFIX)/bin
LIBEXECDIR = $(DESTDIR)$(PREFIX)/libexec/homard
SHAREDIR = $(DESTDIR)$(PREFIX)/share
install: all ## install below PREFIX (/usr/local); DESTDIR goes in front
	@sh agent/data/install.sh $(BUILD) $(DESTDIR)$(PREFIX)

uninstall: ## remove what install put below PREFIX
	@sh agent/data/install.sh --remove $(DESTDIR)$(PREFIX)

deb: all ## a Debian package in dist/
	@sh agent/data/deb.sh $(BUILD) $(VERSION)

dist: ## the sources as dist/homard-VERSION.tar.gz
	@mkdir -p dist
	git archive --format=tar.gz --prefix=homard-$(VERSION)/ -o dist/homard-$(VERSION).tar.gz HEAD

# --- measuring ---
BENCHES := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/bench/*.c))
$(BUILD)/tests/bench/%: $(BUILD)/tests/bench/%.o $(BUILD)/libsupport.a $(BUILD)/libtui.a $(BUILD)/libagent.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka -lvterm -Wl,--as-needed -lssl $(LDLIBS_TUI) $(LDLIBS_AGENT)
bench: all $(BENCHES) ## measure speed and size against the limits
	@sh tests/bench.sh $(BUILD)

TORTURES := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/torture/*.c))
$(BUILD)/tests/torture/%: $(BUILD)/tests/torture/%.o $(BUILD)/libsupport.a $(BUILD)/libtui.a $(BUILD)/libagent.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka -lvterm -Wl,--as-needed -lssl $(LDLIBS_TUI) $(LDLIBS_AGENT)
torture: all $(TORTURES) ## the long tests: every command of the corpora, kills, power cuts, races
	@for t in $(TORTURES) $(wildcard tests/torture/*.sh); do \
		echo "== $${t##*/}"; HOMARD=$(CURDIR)/$(BUILD)/homard $$t || exit 1; done

cover: ## which lines the unit tests reach, by room (gcov)
	@$(SUBMAKE) BUILD=build-cover HARDEN= HARDEN_LD= OPT=-O0 SAN=--coverage all units
	@find build-cover -name '*.gcda' -delete
	@tests/run.sh -j $(NPROC) -u build-cover | tail -1
	@sh tests/cover.sh build-cover

FUZZ_C := $(wildcard tests/fuzz/*.c)
FUZZ_SECONDS ?= 30
FUZZ_ARGS := BUILD=build-fuzz CC=clang HARDEN= HARDEN_LD= OPT='-O1 -g' \
	SAN='-fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all'
$(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/libtui.a $(BUILD)/libagent.a
	$(Q)$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS_TUI) $(LDLIBS_AGENT)
fuzzers: $(FUZZ_C:%.c=$(BUILD)/%)
fuzz: ## each fuzz target for 30 seconds (FUZZ_SECONDS), with clang's libFuzzer
	@$(SUBMAKE) $(FUZZ_ARGS) fuzzers
	@sh tests/fuzz.sh build-fuzz $(FUZZ_SECONDS)

clean: ## remove what was built
	rm -rf build build-* dist

help: ## this list
	@awk -F':.*## ' '/^[a-z%-]+:.*## /{printf "  %-12s %s\n",$$1,$$2}' $(MAKEFILE_LIST)

.PHONY: all share helpers units clean help deps run asan check test lint format pot po-merge po-check \
	install uninstall deb dist bench cover fuzz fuzzers
.SECONDARY:
.DEFAULT_GOAL := all
