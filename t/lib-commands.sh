# For tests that hold for every command and every subcommand; later ones are
# found by themselves. To be sourced after test-lib.sh.
#
# shellcheck shell=sh

# What the commands say of themselves, a file each; the words of such a line
# are parted by tabs (see --git-completion-helper-table).
list_commands() {
	for program in "$PERF_BUILD"/bin/git-*
	do
		"$program" --git-completion-helper-table >"table-${program##*/}" || return 1
		echo "${program##*/}"
	done >commands
}

# The subcommands of a command; its first is what it does without one.
subcommands_of() {
	sed -n 's/^command	\([^	]*\).*/\1/p' "table-$1"
}

# The rows "name<TAB>letter<TAB>negated" of the options of a command and
# subcommand; empty fields are "-".
options_of() {
	awk -F '\t' -v OFS='\t' -v wanted="$2" '
		$1 == "command" { on = $2 == wanted }
		$1 == "option" && on { print ($2 == "" ? "-" : $2), ($3 == "" ? "-" : $3), ($4 == "" ? "-" : "no") }
	' "table-$1"
}

manual_of() {
	echo "$PROJECT_SOURCE/Documentation/$1.adoc"
}

# section_of <command> <title>: the text of a section of its manual page.
section_of() {
	awk -v title="$2" '
		previous == title && /^-+$/ { on = 1; previous = ""; next }
		/^-+$/ && length($0) == length(previous) && previous != "" { on = 0; kept = "" }
		on && kept != "" { print substr(kept, 2) }
		{ kept = on ? "x" $0 : ""; previous = $0 }
		END { if (on && kept != "") print substr(kept, 2) }
	' "$(manual_of "$1")"
}

# The statuses that ui/exit.h names, one a line.
exit_statuses() {
	sed -n 's/^[[:space:]]*EXIT_[A-Z]* = \([0-9]*\),.*/\1/p' "$PROJECT_SOURCE/lib/ui/exit.h"
}
