# What tests of commands with children and sessions share. To be sourced after
# test-lib.sh.
#
# shellcheck shell=sh disable=SC2154

# survivors: the command lines of processes that carry the word $TOKEN, but for the tests' own.
survivors() {
	grep -lsF -e "$TOKEN" /proc/[0-9]*/cmdline | while read -r file
	do
		words=$(tr '\0' ' ' <"$file") 2>/dev/null || continue
		case $words in
		"" | "grep "*)
			;;
		*)
			echo "$words"
			;;
		esac
	done
}

# no_survivors [<tries>]: what ends later than we look has gone after so many looks, twenty a second.
no_survivors() {
	for try in $(seq "${1:-400}")
	do
		test -n "$(survivors)" || return 0
		sleep 0.05
	done
	survivors
	return 1
}

# wait_for <path>: until it is there, for $WAIT_TRIES looks, twenty a second.
WAIT_TRIES=1200
wait_for() {
	for try in $(seq "$WAIT_TRIES")
	do
		test ! -e "$1" || return 0
		sleep 0.05
	done
	echo >&4 "it never came to $1"
	return 1
}

# refused <sentence's pattern> <command>...: 128, nothing on stdout, one fatal line. What it
# said is in the test's own folder, wherever the command ran.
refused() {
	refused_pattern=$1
	shift
	test_expect_code 128 "$@" >"$HOME/refused-out" 2>"$HOME/refused-err" &&
	test_must_be_empty "$HOME/refused-out" &&
	sed -n "/^fatal: /p" "$HOME/refused-err" >"$HOME/refused-fatal" &&
	test_line_count = 1 "$HOME/refused-fatal" &&
	test_grep -e "$refused_pattern" "$HOME/refused-fatal"
}
