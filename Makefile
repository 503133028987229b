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
CFLAGS   += -std=c11 $(WARN) $(OPT) $(SAN) $(HARDEN)
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
all: $(BUILD)/homard helpers $(MO) ## build the program, its helpers and the translations

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS_LIBS) $(CFLAGS) -MMD -MP -c $< -o $@

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
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka -lvterm $(LDLIBS_TUI) $(LDLIBS_AGENT)

units: $(UNITS) ## build the unit tests

unit-%: $(BUILD)/tests/unit/% ## build and run one unit test, e.g. make unit-buf
	$<

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

clean: ## remove what was built
	rm -rf build build-*

help: ## this list
	@awk -F':.*## ' '/^[a-z%-]+:.*## /{printf "  %-12s %s\n",$$1,$$2}' $(MAKEFILE_LIST)

.PHONY: all helpers units clean help
.SECONDARY:
.DEFAULT_GOAL := all
